"""Which study groups become one, and what that does for a cohort in which people fall silent."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.forming import Band, Terms
from bot.rules.forming_judge import why_not
from bot.rules.group_health import ENOUGH
from bot.rules.group_merging import CROWDED, Part, fits, merges
from tests.bot.rules.forming_people import EN, FR, everybody, somebody
from tests.simulation import simulate

BAND, APART = Band(), 300


def a_part(number: int, active: int, people: int = 5, **more: object) -> Part:
    members = tuple(somebody(number * 100 + each, **more) for each in range(people))  # type: ignore[arg-type]
    return Part(number, members, frozenset(each.id for each in members[:active]))


def test_two_weak_groups_become_one() -> None:
    """The one with fewer active people joins the other."""
    assert merges([a_part(1, 1), a_part(2, 2), a_part(3, 5)], BAND, APART) == [(1, 2)]


def test_a_weak_group_joins_a_strong_one_where_no_weak_one_fits() -> None:
    """As long as there is room for more active people."""
    assert merges([a_part(1, 1), a_part(2, 4)], BAND, APART) == [(1, 2)]
    assert merges([a_part(1, 1), a_part(2, 6, people=6)], BAND, APART) == []


def test_strong_groups_are_left_alone() -> None:
    """Nobody is moved without need."""
    assert merges([a_part(1, 3), a_part(2, 3), a_part(3, 5)], BAND, APART) == []


def test_what_must_hold_between_people_holds_after_merging() -> None:
    """No language in common, hours too far apart, or somebody who avoids somebody: no merging."""
    weak = a_part(1, 1)
    assert not fits(weak, a_part(2, 2, languages=frozenset({FR})), BAND, APART)
    assert not fits(weak, a_part(2, 2, offset=480), BAND, APART)
    assert not fits(weak, a_part(2, 2, avoid=frozenset({101})), BAND, APART)
    assert not fits(weak, a_part(2, 2, realm="elsewhere"), BAND, APART)
    assert fits(weak, a_part(2, 2, languages=frozenset({EN, FR})), BAND, APART)


@given(st.integers(0, 10_000), st.integers(1, 20), st.floats(0, 1))
def test_no_merging_breaks_what_must_hold(seed: int, groups: int, silent: float) -> None:
    """Each group in one pair at most, at least one of the two weak, nobody crowded out."""
    chance, terms = random.Random(seed), Terms()
    people = everybody(groups * 5, seed)
    known = [
        Part(number, tuple(some), frozenset(each.id for each in some if chance.random() > silent))
        for number, some in enumerate((people[start : start + 5] for start in range(0, len(people), 5)), 1)
    ]
    found = merges(known, terms.band, terms.most_apart)
    named = [number for pair in found for number in pair]
    assert len(named) == len(set(named))
    by_number = {group.number: group for group in known}
    for gone, into in found:
        one, other = by_number[gone], by_number[into]
        assert len(one.active) < ENOUGH
        assert len(one.active) <= len(other.active)
        assert len(one.active) + len(other.active) <= terms.band.largest
        assert len(one.people) + len(other.people) <= terms.band.largest * CROWDED
        assert why_not(one.people + other.people, terms.most_apart) is None


@pytest.mark.parametrize("ready_check", [True, False], ids=["with the ready check", "without it"])
@pytest.mark.parametrize("silent", [0.3, 0.5, 0.7])
def test_nine_of_ten_groups_have_three_active_people_after_merging(silent: float, ready_check: bool) -> None:
    """Of 500 people so many fall silent; the ready check makes groups stronger from the start."""
    found = simulate(silent, ready_check=ready_check)
    print(f"{silent:.0%} silent, ready check {ready_check}: {found.before:.1%} before, {found.after:.1%} after merging")
    assert found.after >= 0.9
    if ready_check:
        assert found.before > simulate(silent, ready_check=False).before
