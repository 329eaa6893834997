"""When people are reminded of a meeting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.course import Weekday
from bot.rules.planner import WORKDAYS, zone_of
from bot.rules.reminders import BREATH, SOON, Reminder, reminders, timely

ZONES = ("America/Toronto", "America/St_Johns", "America/Vancouver", "Europe/Paris", "Asia/Kolkata", "Pacific/Apia")
START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 2 * 365 * 96).map(lambda quarters: START + quarters * timedelta(minutes=15))


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("meeting", "zone", "day"),
    [
        (at(2026, 12, 3, 18), "America/Toronto", at(2026, 12, 2, 18)),
        # Monday: Friday, because nobody works in between
        (at(2026, 12, 7, 18), "America/Toronto", at(2026, 12, 4, 18)),
        # the clocks went forward in between: the same wall time, not 24 hours
        (at(2026, 3, 9, 14), "America/Toronto", at(2026, 3, 6, 15)),
        # a day that begins elsewhere: the local day counts
        (at(2026, 12, 3, 1), "Asia/Kolkata", at(2026, 12, 2, 1)),
    ],
)
def test_the_day_before_is_the_last_working_day_at_the_same_wall_time(
    meeting: datetime, zone: str, day: datetime
) -> None:
    """In the person's own zone."""
    assert reminders(meeting, zone, meeting - timedelta(days=6)) == {
        Reminder.DAY: day,
        Reminder.SOON: meeting - SOON,
    }


def test_whoever_has_just_been_told_is_reminded_only_just_before() -> None:
    """A meeting that was planned in the morning for tomorrow does not come up again in the afternoon."""
    meeting = at(2026, 12, 3, 18)
    assert list(reminders(meeting, "America/Toronto", at(2026, 12, 2, 12))) == [Reminder.SOON]


def test_a_meeting_in_ten_minutes_has_no_reminder() -> None:
    """It has just been planned, and everybody was told."""
    meeting = at(2026, 12, 3, 18)
    assert reminders(meeting, "America/Toronto", meeting - timedelta(minutes=10)) == {}


def test_a_reminder_that_comes_late_says_nothing() -> None:
    """A day's reminder three hours before, a quarter of an hour's once it has begun."""
    meeting = at(2026, 12, 3, 18)
    assert timely(Reminder.DAY, meeting, at(2026, 12, 3, 15))
    assert not timely(Reminder.DAY, meeting, at(2026, 12, 3, 15, 1))
    assert timely(Reminder.SOON, meeting, at(2026, 12, 3, 17, 59))
    assert not timely(Reminder.SOON, meeting, meeting)


@given(MOMENTS, st.integers(0, 20 * 96), st.sampled_from(ZONES), st.sets(st.sampled_from(Weekday)))
def test_reminders_lie_between_being_told_and_the_meeting(
    meeting: datetime, before: int, zone: str, days: set[Weekday]
) -> None:
    """Never in the past, never after the meeting, the day's before the last one, and on a day on which one works."""
    told = meeting - before * timedelta(minutes=15)
    found = reminders(meeting, zone, told, days)
    for moment in found.values():
        assert told < moment < meeting
        assert moment.tzinfo is UTC
    if Reminder.DAY in found:
        day = found[Reminder.DAY]
        assert day >= told + BREATH
        assert timely(Reminder.DAY, meeting, day)
        assert not days or Weekday(day.astimezone(zone_of(zone)).weekday()) in days


@given(MOMENTS, st.lists(st.tuples(st.integers(1, 12 * 96), st.integers(1, 200)), min_size=1, max_size=6))
def test_moving_never_reminds_twice_of_one_moment(start: datetime, moves: list[tuple[int, int]]) -> None:
    """However often a meeting is moved, back and forth too: what was sent for a moment is not sent for it again."""
    now, sent = start, []
    for ahead, later in moves:
        meeting = (now + ahead * timedelta(minutes=15)).replace(minute=0)
        if meeting <= now:
            continue
        until = now + later * timedelta(hours=1)
        due = reminders(meeting, "America/Toronto", now, WORKDAYS)
        sent += [(kind, meeting) for kind, moment in due.items() if moment < until]
        now = until
    assert len(sent) == len(set(sent))
