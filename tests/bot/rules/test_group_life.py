"""The weeks of a study group."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.model.course import Slot, Weekday
from bot.model.group_life import Meeting, MeetingState, Stance, StanceTaken
from bot.model.groups import MeetingSlot, Member
from bot.rules.group_life import (
    LEAD,
    VOTE_FOR,
    decision_moment,
    next_host,
    next_on_day,
    next_question,
    week_of_group,
    winner,
)
from bot.rules.stances import ENOUGH, pairs, split
from tests.contracts.store_world import a_cohort

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
COHORT = replace(a_cohort(), slots=(Slot(Weekday.TUE, time(9)), Slot(Weekday.THU, time(13, 30))))
SLOT = MeetingSlot(Weekday.THU, time(10), "America/Toronto")
WEEK = week_of_group(SLOT, COHORT)
A, B, C = (NOW + timedelta(days=days) for days in (2, 3, 4))


# --- days ---------------------------------------------------------------------------------------------------


def test_the_groups_day_is_that_of_its_meeting() -> None:
    """Where it has none, it is Wednesday in the cohort's zone."""
    assert (WEEK.day, WEEK.zone) == (Weekday.THU, "America/Toronto")
    assert week_of_group(None, COHORT).day is Weekday.WED


def test_starters_come_after_the_lesson_of_the_day_and_before_the_question() -> None:
    """The lesson of Thursday comes at 13:30, so the group talks at 14:30, and is asked later."""
    assert WEEK.starters == time(14, 30)
    assert WEEK.ask == time(15, 30)
    assert week_of_group(replace(SLOT, day=Weekday.MON), COHORT).starters == time(9)


@given(st.integers(0, 400 * 24))
def test_the_next_group_day_is_within_a_week(hours: int) -> None:
    """Later than the moment it is asked for, on the right day, at the wall time, across clock changes."""
    after = NOW + timedelta(hours=hours)
    found = next_on_day(WEEK, WEEK.starters, after)
    local = found.astimezone(ZoneInfo(WEEK.zone))
    assert after < found <= after + timedelta(days=7, hours=1)
    assert (Weekday(local.weekday()), local.time()) == (Weekday.THU, time(14, 30))


def a_meeting(**more: object) -> Meeting:
    made = Meeting(1, 1, MeetingState.PLANNED, 45, "America/Toronto", "u", NOW, NOW, at=A)
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_group_is_asked_after_its_meeting() -> None:
    """A quarter of an hour after its end, whatever the group's day is."""
    assert next_question(WEEK, NOW, None, a_meeting()) == A + timedelta(hours=1)


def test_a_group_without_a_meeting_is_asked_on_its_day() -> None:
    """Not in its first days, and not twice within four days."""
    assert next_question(WEEK, NOW, None, None) == datetime(2026, 12, 3, 20, 30, tzinfo=UTC)
    assert next_question(WEEK, NOW, date(2026, 12, 1), None).date() == date(2026, 12, 10)
    proposed = a_meeting(state=MeetingState.PROPOSED, at=None)
    assert next_question(WEEK, NOW, None, proposed) == datetime(2026, 12, 3, 20, 30, tzinfo=UTC)


# --- votes --------------------------------------------------------------------------------------------------


def test_the_moment_that_suits_most_wins() -> None:
    """Of equals the one that suits the host, then the earliest."""
    assert winner([A, B, C], {1: {B}, 2: {A, B}, 3: {C}}, NOW) == B
    assert winner([A, B, C], {1: {B}, 2: {A}}, NOW) == A
    assert winner([A, B, C], {1: {B}, 2: {A}}, NOW, host=1) == B


def test_no_moment_wins_without_votes_or_when_it_has_passed() -> None:
    """Nobody is invited to what nobody chose."""
    assert winner([A, B], {}, NOW) is None
    assert winner([A, B], {1: set()}, NOW) is None
    assert winner([A, B], {1: {A}, 2: {A, B}}, A) == B


def test_a_vote_ends_before_the_first_moment() -> None:
    """After two days at the latest, and never before it began."""
    assert decision_moment([C], NOW) == NOW + VOTE_FOR
    assert decision_moment([NOW + timedelta(days=1)], NOW) == NOW + timedelta(days=1) - LEAD
    assert decision_moment([NOW + timedelta(hours=1)], NOW) == NOW


# --- hosts --------------------------------------------------------------------------------------------------


@given(st.integers(1, 7), st.integers(1, 30))
def test_hosting_goes_around(people: int, weeks: int) -> None:
    """Nobody hosts twice more than anybody else, and nobody twice in a row unless alone."""
    members = {number: Member(1, number, NOW + timedelta(minutes=number)) for number in range(people)}
    host = 0
    for _ in range(weeks):
        members[host] = replace(members[host], hosted=members[host].hosted + 1)
        following = next_host(list(members.values()), host)
        assert following is not None
        assert (following != host) is (people > 1)
        host = following
    hosted = [member.hosted for member in members.values()]
    assert max(hosted) - min(hosted) <= 1


def test_somebody_who_left_does_not_stay_host() -> None:
    """And a group without anybody has none."""
    assert next_host([Member(1, 5, NOW)], 9) == 5
    assert next_host([], 9) is None


# --- stances ------------------------------------------------------------------------------------------------

STANCES = st.lists(st.tuples(st.sampled_from(Stance), st.booleans()), max_size=8)


def taken(said: list[tuple[Stance, bool]]) -> list[StanceTaken]:
    return [StanceTaken(1, "l", "a", number, stance, NOW, named) for number, (stance, named) in enumerate(said)]


@given(STANCES)
def test_a_split_of_few_is_not_shown(said: list[tuple[Stance, bool]]) -> None:
    """From three on, and then everybody is counted."""
    found = split(taken(said))
    assert (found is None) is (len(said) < ENOUGH)
    assert found is None or sum(found.values()) == len(said)


@given(STANCES)
def test_pairs_see_it_differently_and_agreed_to_be_named(said: list[tuple[Stance, bool]]) -> None:
    """Nobody twice, nobody who did not agree, and nobody is left who could still be paired."""
    found = pairs(taken(said))
    everybody = [each.enrolment_id for pair in found for each in pair]
    assert len(everybody) == len(set(everybody))
    assert all(one.stance is not other.stance and one.named and other.named for one, other in found)
    left = {each.stance for each in taken(said) if each.named and each.enrolment_id not in everybody}
    assert len(left) <= 1
