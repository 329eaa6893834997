"""Calendar files as calendars read them: every one here goes through ical.js, which shares no code with what writes
them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.calendar.ics import calendar_file
from bot.model.calendar import CalendarEvent
from tests.adapters.calendar.test_route import EVENT
from tests.node_tools import run_node

pytestmark = pytest.mark.node

HARD = "Demandez tout à l’invitée; vraiment, tout\\ou presque — 字 🎓"


def read(*files: Sequence[CalendarEvent]) -> list[dict[str, Any]]:
    """What a calendar shows after each of these files."""
    answers: list[dict[str, Any]] = run_node(
        "calendar.mjs", {"files": [calendar_file(events, "course.example").decode() for events in files]}
    )
    assert [answer["problems"] for answer in answers] == [[]] * len(files)
    assert {answer["method"] for answer in answers} == {"PUBLISH"}
    assert max(answer["lines"] for answer in answers) <= 75
    return answers


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_an_event_arrives_as_it_is() -> None:
    """Every word, with accents and signs that iCalendar treats specially; a reminder; nobody else's name."""
    event = replace(EVENT, title=HARD, description=f"{HARD}\n\nhttps://example.org/a,b;c")
    (shown,) = read([event])[0]["shown"]
    assert (shown["title"], shown["description"]) == (event.title, event.description)
    assert (shown["uid"], shown["url"], shown["attendees"]) == (event.uid, event.url, 0)
    assert shown["alarms"] == [-900]


ZONES = ["America/Toronto", "America/Vancouver", "America/Edmonton", "America/Winnipeg", "America/St_Johns"]
DAYS = [(2026, 7, 2), (2026, 12, 3), (2027, 3, 13), (2027, 3, 15), (2026, 10, 31), (2026, 11, 2)]


@pytest.mark.parametrize("zone", [*ZONES, "Europe/Paris", "Asia/Kathmandu", "UTC"])
def test_the_moment_is_right_in_every_zone_and_season(zone: str) -> None:
    """In winter, in summer, and on both sides of a clock change."""
    events = [
        replace(EVENT, uid=f"{n}@x", zone=zone, starts=datetime(*day, 13, 0))  # noqa: DTZ001 (a wall time)
        for n, day in enumerate(DAYS)
    ]
    shown = {each["uid"]: each for each in read(events)[0]["shown"]}
    for event in events:
        wanted = event.starts.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        assert instant(shown[event.uid]["starts"]) == wanted
        assert instant(shown[event.uid]["ends"]) == wanted + timedelta(hours=1)
        assert shown[event.uid]["wall"].startswith(event.starts.isoformat()[:16])


def test_a_move_moves_the_entry_and_a_cancellation_takes_it_away() -> None:
    """One entry all the time, by its name; a file that comes late does not bring the old time back."""
    moved = replace(EVENT, sequence=1, starts=EVENT.starts + timedelta(days=7, hours=2))
    gone = replace(moved, sequence=2, cancelled=True)
    first, second, late, last = read([EVENT], [moved], [EVENT], [gone])
    assert len(first["shown"]) == len(second["shown"]) == 1
    assert instant(second["shown"][0]["starts"]) - instant(first["shown"][0]["starts"]) == timedelta(days=7, hours=2)
    assert late["shown"] == second["shown"]
    assert last["shown"] == []


def test_a_feed_holds_many_events_in_several_zones() -> None:
    """Each with its own zone's rules."""
    events = [replace(EVENT, uid=f"{n}@x", zone=ZONES[n % 5]) for n in range(40)]
    assert len(read(events)[0]["shown"]) == 40


def test_the_same_events_are_the_same_file() -> None:
    """So that a calendar can be told that nothing changed."""
    assert calendar_file([EVENT], "a.example") == calendar_file([EVENT], "a.example")
    assert calendar_file([EVENT], "a.example") != calendar_file([replace(EVENT, sequence=1)], "a.example")
