"""When sessions are: what people type, what to remind of, whom it finds at night, what it clashes with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Slip
from bot.model.course import Language
from bot.model.sessions import Task
from bot.rules.session_times import (
    REMIND,
    found_in,
    is_urgent,
    is_useless,
    lessons_near,
    local_times,
    moment_of,
    overlapping,
    parse_when,
    reminders,
)
from tests.bot.messages.gallery import scene
from tests.bot.messages.gallery_ama import a_session

TODAY = date(2026, 11, 24)
AT = datetime(2026, 12, 3, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-12-03 13:00", "2026-12-03T13:00"),
        ("2026-12-03T13:00", "2026-12-03T13:00"),
        ("3 Dec 1:30 pm", "2026-12-03T13:30"),
        ("3 Dec 2026 at 13", "2026-12-03T13:00"),
        ("thursday at 2pm", "2026-11-26T14:00"),
        ("tomorrow 9h30", "2026-11-25T09:30"),
        ("demain à 14 h", "2026-11-25T14:00"),
        ("le 3 décembre à 9 h 30", "2026-12-03T09:30"),
        ("13:00 tomorrow", "2026-11-25T13:00"),
        ("tomorrow noon", "2026-11-25T12:00"),
    ],
)
def test_moments_as_people_type_them(typed: str, meant: str) -> None:
    """Day and time, in either order and language."""
    assert parse_when(typed, TODAY, Language.FR).isoformat(timespec="minutes") == meant


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("2026-12-03", "Say the time, too."),
        ("3 Dec 2026", "Say the time, too."),
        ("13:00", "Say the day, too."),
        ("someday", "“{word}” is not a date that I can read."),
        ("someday 13:00", "“{word}” is not a date that I can read."),
    ],
)
def test_what_is_missing_is_named(typed: str, says: str) -> None:
    """With an example that can be typed."""
    with pytest.raises(Slip) as slip:
        parse_when(typed, TODAY, Language.EN)
    assert slip.value.text == says
    assert slip.value.example


def test_a_time_that_a_clock_change_skips_moves_forward() -> None:
    """And of two equal ones the first counts."""
    skipped = moment_of(datetime(2027, 3, 14, 2, 30), "America/Toronto")  # noqa: DTZ001 - a wall time
    assert skipped == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)
    twice = moment_of(datetime(2026, 11, 1, 1, 30), "America/Toronto")  # noqa: DTZ001 - a wall time
    assert twice == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@given(st.timedeltas(-timedelta(days=3), timedelta(days=9)), st.none() | st.timedeltas(timedelta(0), timedelta(days=5)))
def test_reminders_are_still_to_come_and_of_use(ahead: timedelta, told: timedelta | None) -> None:
    """Whenever a session is planned or moved; none of them is useless when it is due."""
    now = AT - ahead
    due = reminders(AT, now, None if told is None else now - told)
    assert all(now < moment == AT - REMIND[kind] for kind, moment in due.items())
    assert not any(is_useless(kind, AT, moment) for kind, moment in due.items())


def test_who_was_told_just_now_is_not_reminded_of_the_day() -> None:
    """The news of the move is enough; the hour and the ten minutes stay."""
    now = AT - timedelta(days=1, hours=3)
    assert set(reminders(AT, now)) == {Task.DAY, Task.HOUR, Task.SOON}
    assert set(reminders(AT, now, told_at=now)) == {Task.HOUR, Task.SOON}


def test_what_changes_within_a_day_is_urgent() -> None:
    """Of the old time and of the new one."""
    assert is_urgent(AT - timedelta(hours=3), AT + timedelta(days=9), AT)
    assert not is_urgent(AT - timedelta(days=3), AT)


def test_zones_with_the_same_clock_are_one_line() -> None:
    """Named after the place with the most people; night is between 21 and 7, or reaches into it."""
    zones = {"America/Toronto": 5, "America/New_York": 2, "Asia/Tokyo": 3, "Europe/Paris": 1}
    found = local_times(datetime(2026, 12, 3, 19, 30, tzinfo=UTC), 60, zones)
    assert [(each.zone, each.people, each.night) for each in found] == [
        ("America/Toronto", 7, False),
        ("Asia/Tokyo", 3, True),
        ("Europe/Paris", 1, True),
    ]
    shorter = local_times(datetime(2026, 12, 3, 19, 30, tzinfo=UTC), 30, {"Europe/Paris": 1})
    assert not shorter[0].night


def test_sessions_overlap_where_both_go_on() -> None:
    """One that begins when the other ends does not."""
    other = replace(a_session(), id=9, at=AT + timedelta(minutes=60))
    assert overlapping(AT, 60, [other]) == []
    assert overlapping(AT, 61, [other]) == [other]
    assert overlapping(AT, 61, [other], but=9) == []


def test_lessons_within_an_hour_are_near() -> None:
    """By the cohort's own slots: Tuesdays at 9:00, Thursdays at 14:30 in Toronto."""
    cohort = scene(Language.EN).cohort()
    assert [lesson.hour for _, lesson in lessons_near(datetime(2026, 12, 3, 20, tzinfo=UTC), 30, [cohort])] == [14]
    assert lessons_near(datetime(2026, 12, 3, 16, tzinfo=UTC), 60, [cohort]) == []
    assert lessons_near(datetime(2026, 11, 26, 19, 30, tzinfo=UTC), 60, [cohort]) == []


def test_words_are_found_without_their_accents() -> None:
    """All of them, in any of the texts."""
    assert found_in("PRESIDENTE données", ["La présidente", "nos données"])
    assert not found_in("présidente budget", ["La présidente", "nos données"])
