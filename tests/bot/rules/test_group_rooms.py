"""When a group usually meets, and what its room is called."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.course import Weekday
from bot.model.groups import MeetingSlot
from bot.model.people import Window
from bot.rules.group_rooms import main_zone, room_name, slug, usual_slot
from bot.rules.meetings import WorkWeek, outside
from bot.rules.planner import resolve
from tests.contracts.store_world import a_cohort

MONDAY = date(2026, 11, 30)
ZONES = ("America/Toronto", "America/Vancouver", "America/Halifax", "America/St_Johns", "Europe/Paris", "Asia/Kolkata")


def moment(slot: MeetingSlot) -> datetime:
    """The slot in the week from `MONDAY` on."""
    return resolve(MONDAY + timedelta(days=int(slot.day)), slot.at, slot.zone)


def test_one_zone_meets_on_tuesday_away_from_the_ends_of_the_day_and_from_lunch() -> None:
    """At eleven or at two, not at nine, noon or five."""
    slot = usual_slot([WorkWeek("America/Toronto")] * 4, MONDAY)
    assert slot is not None
    assert slot.day is Weekday.TUE
    assert time(10) <= slot.at <= time(15)
    assert not time(11, 30) <= slot.at < time(13)


def test_over_several_zones_the_wall_time_is_that_of_most() -> None:
    """Toronto and Vancouver share their afternoon and morning."""
    slot = usual_slot([WorkWeek("America/Toronto"), WorkWeek("America/Toronto"), WorkWeek("America/Vancouver")], MONDAY)
    assert slot is not None
    assert slot.zone == "America/Toronto"
    assert time(12) <= slot.at <= time(16, 15)


def test_without_a_common_moment_there_is_no_slot() -> None:
    """Nobody is asked to meet at night; and nobody is no group."""
    assert usual_slot([WorkWeek("America/Vancouver"), WorkWeek("Asia/Kolkata")], MONDAY) is None
    assert usual_slot([], MONDAY) is None


@given(
    st.lists(
        st.builds(
            WorkWeek,
            st.sampled_from(ZONES),
            st.sampled_from([Window(time(9), time(17)), Window(time(7), time(15)), Window(time(8), time(18))]),
            st.frozensets(st.sampled_from(list(Weekday)), min_size=1),
        ),
        min_size=1,
        max_size=6,
    ),
    st.dates(date(2026, 1, 1), date(2028, 1, 1)),
)
def test_a_slot_lies_in_everybodys_working_hours(people: list[WorkWeek], day: date) -> None:
    """Over real zones, and over weeks in which clocks change."""
    monday = day - timedelta(days=day.weekday())
    slot = usual_slot(people, monday)
    if slot is None:
        return
    days = [monday + timedelta(days=n) for n in range(-1, 9)]
    moments = [resolve(each, slot.at, slot.zone) for each in days if each.weekday() == int(slot.day)]
    assert any(not outside(people, at, 45) for at in moments)


def test_names_are_predictable_and_in_order() -> None:
    """Cohort and year, number, place, half of the day."""
    cohort = replace(a_cohort(), name="spring", starts_on=date(2026, 3, 3))
    am, pm = (MeetingSlot(Weekday.TUE, time(hour), "America/St_Johns") for hour in (10, 14))
    assert room_name(cohort, 7, am) == "spring26-grp-07-st-johns-am"
    assert room_name(cohort, 12, pm) == "spring26-grp-12-st-johns-pm"
    assert room_name(cohort, 7, None) == "spring26-grp-07"
    assert room_name(replace(cohort, name="culture-dec26"), 1, None) == "culture-dec26-grp-01"


@given(st.text(min_size=1, max_size=60), st.integers(1, 2000))
def test_every_name_fits_a_channel(name: str, number: int) -> None:
    """Small letters, digits and hyphens, at most 80; no two numbers share one."""
    cohort = replace(a_cohort(), name=name)
    slot = MeetingSlot(Weekday.TUE, time(9), "America/Argentina/ComodRivadavia")
    made = room_name(cohort, number, slot)
    assert re.fullmatch(r"[a-z0-9-]{1,80}", made)
    assert made != room_name(cohort, number + 1, slot)


@pytest.mark.parametrize(("words", "plain"), [("Été à Québec", "ete-a-quebec"), ("***", "x"), ("A_b", "a-b")])
def test_words_become_plain(words: str, plain: str) -> None:
    """Accents go, signs become hyphens."""
    assert slug(words) == plain


def test_the_main_zone_is_that_of_most() -> None:
    """Of equally many, the first by name, whatever their order."""
    assert main_zone(["b", "a", "b"]) == "b"
    assert main_zone(["b", "a"]) == main_zone(["a", "b"]) == "a"
