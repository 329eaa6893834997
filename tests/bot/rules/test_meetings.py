"""Moments at which everybody works, over real zones and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.course import Weekday
from bot.model.people import Absence, Window
from bot.rules.meetings import (
    QUARTERS,
    Proposal,
    WorkWeek,
    common_hours,
    middle_of_day,
    outside,
    proposals,
    week_of,
    working_window,
)

TORONTO, VANCOUVER, HALIFAX = (WorkWeek(f"America/{city}") for city in ("Toronto", "Vancouver", "Halifax"))
PARIS, KOLKATA, KATHMANDU = WorkWeek("Europe/Paris"), WorkWeek("Asia/Kolkata"), WorkWeek("Asia/Kathmandu")
MONDAY = date(2026, 12, 7)
NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)


def quarters(work: WorkWeek, monday: date = MONDAY) -> list[datetime]:
    start = datetime.combine(monday, time(), tzinfo=UTC)
    bits = week_of(work, monday)
    return [start + timedelta(minutes=15 * n) for n in range(QUARTERS) if bits >> n & 1]


@pytest.mark.parametrize("work", [TORONTO, VANCOUVER, PARIS, KOLKATA, KATHMANDU])
def test_a_working_week_is_what_the_clock_on_the_wall_says(work: WorkWeek) -> None:
    """Each quarter hour lies within nine to five on a weekday, there; together they are forty hours."""
    zone = ZoneInfo(work.zone)
    walls = [at.astimezone(zone) for at in quarters(work)]
    assert all(wall.weekday() < 5 and time(9) <= wall.time() < time(17) for wall in walls)
    assert len(walls) == 5 * 8 * 4


def test_a_clock_change_moves_the_week_in_utc() -> None:
    """Paris and Toronto change their clocks on different Sundays: for a week they share an hour more or less."""
    pair = (TORONTO, PARIS)
    assert common_hours(pair, date(2026, 10, 19)) == 5 * 2
    assert common_hours(pair, date(2026, 10, 26)) == 5 * 3
    assert common_hours(pair, date(2026, 11, 2)) == 5 * 2
    assert middle_of_day(PARIS, date(2026, 10, 19)) == 11 * 60
    assert middle_of_day(PARIS, date(2026, 10, 26)) == 12 * 60


def test_who_is_away_does_not_work() -> None:
    """Days away, public holidays and free weekdays are left out."""
    away = WorkWeek(
        "America/Toronto",
        days=frozenset({Weekday.MON, Weekday.TUE, Weekday.WED}),
        absences=(Absence(date(2026, 12, 8), date(2026, 12, 8)),),
        off=frozenset({date(2026, 12, 9)}),
    )
    assert {at.date() for at in quarters(away)} == {MONDAY}


def test_a_window_makes_the_working_day_longer_never_shorter() -> None:
    """Whoever wants lessons from seven on can meet at seven; whoever wants them at noon still works all day."""
    assert working_window(None) == Window(time(9), time(17))
    assert working_window(Window(time(7), time(8))) == Window(time(7), time(17))
    assert working_window(Window(time(12), time(13))) == Window(time(9), time(17))


def test_three_moments_on_three_days_that_suit_everybody() -> None:
    """From Halifax to Vancouver: all within the hours that all of them work, early first, not over lunch for anyone."""
    people = [TORONTO, VANCOUVER, HALIFAX]
    found = proposals(people, NOON, 45)
    assert [each.outside for each in found] == [()] * 3
    assert len({each.at.date() for each in found}) == 3
    assert found == sorted(found, key=lambda each: each.at)
    for each in found:
        for work in people:
            wall = each.at.astimezone(ZoneInfo(work.zone))
            end = (each.at + timedelta(minutes=45)).astimezone(ZoneInfo(work.zone))
            assert time(9) <= wall.time() < end.time() <= time(17)


def test_where_nothing_suits_everybody_it_suits_most_and_says_whom_it_does_not() -> None:
    """Kolkata and Vancouver never work at the same time."""
    found = proposals([VANCOUVER, TORONTO, KOLKATA], NOON, 60)
    assert found
    assert {each.outside for each in found} == {(2,)}


def test_nobody_and_people_who_never_work_have_no_proposals_that_fit() -> None:
    """No crash, and nothing invented."""
    never = WorkWeek("America/Toronto", days=frozenset())
    assert proposals([never], NOON, 30) == []
    assert proposals([never, never], NOON, 30) == []


@given(
    st.lists(st.sampled_from([TORONTO, VANCOUVER, HALIFAX, PARIS, KATHMANDU]), min_size=1, max_size=6),
    st.integers(0, 2 * 365 * 24 * 60),
    st.integers(15, 120),
)
def test_a_proposal_says_truly_whom_it_suits(people: list[WorkWeek], minute: int, minutes: int) -> None:
    """Whoever is not named works from its beginning to its end by the clock on their wall."""
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    for proposal in proposals(people, moment, minutes):
        assert proposal.at >= moment
        assert outside(people, proposal.at, minutes) == proposal.outside
        for place, work in enumerate(people):
            wall = proposal.at.astimezone(ZoneInfo(work.zone))
            end = (proposal.at + timedelta(minutes=minutes)).astimezone(ZoneInfo(work.zone))
            works = work.works_on(wall.date()) and time(9) <= wall.time() and end.time() <= time(17)
            if place not in proposal.outside:
                assert works
                assert wall.date() == end.date()


def test_a_meeting_over_midnight_on_sunday_is_counted_in_one_piece() -> None:
    """Monday morning in Auckland is Sunday in UTC."""
    auckland = WorkWeek("Pacific/Auckland", Window(time(9), time(17)))
    at = datetime(2026, 12, 6, 23, 30, tzinfo=UTC)
    assert outside([auckland], at, 60) == ()
    assert outside([auckland], at - timedelta(hours=4), 60) == (0,)
    assert Proposal(at) == Proposal(at, ())
