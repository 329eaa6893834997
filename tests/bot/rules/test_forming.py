"""Everybody has a group, nothing that must hold is broken, and the groups are good ones."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import reduce
from operator import and_

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.forming import Band, Candidate, Forming, LeftOver, Terms, Wish
from bot.rules.forming import form, mean_score
from bot.rules.forming_exchange import exchange
from bot.rules.forming_judge import Judge, spread, why_not
from bot.rules.forming_sizes import cut
from tests.bot.rules.forming_people import BOTH, EN, FR, divisions, everybody, somebody

TERMS = Terms()


def grouped(formed: Forming) -> list[int]:
    return sorted(person for group in formed.groups for person in group.people)


def sizes(formed: Forming) -> list[int]:
    return sorted(len(group.people) for group in formed.groups)


# --- who is in a group --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", range(1, 40))
def test_nobody_is_left_over_whatever_the_number(count: int) -> None:
    """People who may be with anybody: groups of four to six, three only where nothing else adds up."""
    formed = form([somebody(number) for number in range(count)], TERMS)
    assert grouped(formed) == list(range(count))
    assert formed.left == {}
    if count >= 3:
        assert all(3 <= size <= 6 for size in sizes(formed))
        assert sizes(formed).count(3) <= (count in (3, 7))
    else:
        assert sizes(formed) == [count]


def test_of_nobody_there_are_no_groups() -> None:
    """An empty cohort is no mistake."""
    assert form([], TERMS) == Forming((), {}, 0.0)


@given(st.integers(0, 60), st.integers(0, 2**32))
def test_what_must_hold_always_holds(count: int, seed: int) -> None:
    """Everybody is in exactly one group or left over with a reason; no group breaks a rule."""
    people = {each.id: each for each in everybody(count, seed)}
    formed = form(list(people.values()), TERMS, seed)
    assert sorted([*grouped(formed), *formed.left]) == sorted(people)
    for group in formed.groups:
        members = [people[number] for number in group.people]
        assert why_not(members, TERMS.most_apart) is None
        assert len(members) <= 6
        assert len(members) >= min(3, count)
        assert group.languages == reduce(and_, (each.languages for each in members))


@given(st.integers(3, 40), st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_the_same_people_and_seed_are_the_same_groups(count: int, seed: int, chance: random.Random) -> None:
    """In whatever order people are given."""
    people = everybody(count, seed)
    mixed = list(people)
    chance.shuffle(mixed)
    assert form(people, TERMS, 7) == form(mixed, TERMS, 7)


def test_people_who_avoid_each_other_are_apart() -> None:
    """Even where everything else speaks for them."""
    people = [somebody(number) for number in range(10)]
    people[0] = replace(people[0], avoid=frozenset({1, 2, 3}))
    formed = form(people, TERMS)
    mates = next(group.people for group in formed.groups if 0 in group.people)
    assert not {1, 2, 3} & set(mates)
    assert formed.left == {}


def test_whoever_avoids_everybody_is_left_over_with_the_reason() -> None:
    """The others have their group all the same."""
    people = [somebody(number) for number in range(5)]
    people[2] = replace(people[2], avoid=frozenset({0, 1, 3, 4}))
    formed = form(people, TERMS)
    assert formed.left == {2: LeftOver.AVOID}
    assert grouped(formed) == [0, 1, 3, 4]


def test_who_shares_no_language_is_left_over_unless_somebody_speaks_both() -> None:
    """One French speaker among the English: alone; with three who speak both, in a group."""
    english = [somebody(number) for number in range(6)]
    alone = somebody(50, languages=frozenset({FR}))
    assert form([*english, alone], TERMS).left == {50: LeftOver.LANGUAGE}
    both = [somebody(60 + number, languages=BOTH, prefers=EN) for number in range(3)]
    formed = form([*english, alone, *both], TERMS)
    assert formed.left == {}
    assert (50, 60, 61, 62) in [group.people for group in formed.groups]


def test_working_days_that_lie_too_far_apart_are_not_put_together() -> None:
    """Whoever is alone at the other end of the world is left over, and the reason says so."""
    people = [somebody(number) for number in range(5)]
    formed = form([*people, somebody(9, offset=600)], TERMS)
    assert formed.left == {9: LeftOver.HOURS}
    assert grouped(formed) == [0, 1, 2, 3, 4]


def test_around_midnight_is_not_far_apart() -> None:
    """The day is a circle: two working days on either side of midnight in UTC are close."""
    assert spread([1430, 10]) == 20
    assert spread([0, 720]) == 720
    people = [somebody(number, offset=-480, start=12 + number % 2) for number in range(5)]
    assert form(people, TERMS).left == {}


def test_chats_that_do_not_reach_each_other_are_not_mixed() -> None:
    """Two workspaces, two groups; two people alone in a third one are told why."""
    people = [somebody(number, realm="slack:A" if number % 2 else "slack:B") for number in range(8)]
    formed = form([*people, somebody(20, realm="slack:C"), somebody(21, realm="slack:C")], TERMS)
    assert sizes(formed) == [4, 4]
    assert {number % 2 for number in formed.groups[0].people} == {0}
    assert formed.left == {20: LeftOver.REACH, 21: LeftOver.REACH}


# --- how good a group is ----------------------------------------------------------------------------------------


def test_each_wish_is_a_share_from_nothing_to_all() -> None:
    """The same hours and track, different employers and jurisdictions, new faces, mixed experience."""
    judge = Judge(TERMS)
    best = [
        somebody(n, track="data", employer=str(n), jurisdiction=str(n), experience=experience)
        for n, experience in enumerate((1, 3, 7, 20))
    ]
    assert judge.proposed(best).parts == dict.fromkeys(Wish, 1.0)
    assert judge.score(best) == pytest.approx(1.0)
    worst = [
        somebody(
            n, start=9 if n else 17, employer="x", jurisdiction="y", experience=3, earlier=frozenset(range(4)) - {n}
        )
        for n in range(4)
    ]
    parts = judge.proposed([replace(each, track=str(each.id)) for each in worst]).parts
    assert parts == dict.fromkeys(Wish, 0.0)


def test_what_nobody_said_counts_neither_way() -> None:
    """Three of four employers are known and different: as good as four."""
    judge = Judge(TERMS)
    group = [somebody(n, employer=str(n) if n else None) for n in range(4)]
    assert judge.proposed(group).parts[Wish.EMPLOYERS] == 1.0


def test_weights_are_what_counts() -> None:
    """With only the track wished for, tracks stay together."""
    people = [somebody(n, track="abc"[n % 3]) for n in range(15)]
    formed = form(people, Terms(weights={Wish.TRACK: 1}))
    assert formed.score == pytest.approx(1.0)
    assert all(len({n % 3 for n in group.people}) == 1 for group in formed.groups)


@pytest.mark.parametrize("seed", range(6))
def test_small_cases_are_near_the_best_there_is(seed: int) -> None:
    """Against every possible division of nine people who may all be together."""
    people = [replace(each, languages=BOTH, avoid=frozenset()) for each in everybody(9, seed)]
    terms = Terms(most_apart=1440)
    judge = Judge(terms)
    best = max(mean_score([judge.proposed(group) for group in division]) for division in divisions(people, range(4, 7)))
    assert form(people, terms, seed).score >= 0.97 * best


def test_a_thousand_people_come_near_what_a_long_search_finds() -> None:
    """At least 95 % of its total; a bench prints the exact figure and the time."""
    people = everybody(1000)
    formed = form(people, TERMS, 1)
    by_id = {each.id: each for each in people}
    groups = [[by_id[number] for number in group.people] for group in formed.groups]
    judge = Judge(TERMS)
    exchange(groups, judge, TERMS.band, random.Random(2), 400)
    long = mean_score([judge.proposed(group) for group in groups])
    assert formed.score >= 0.95 * long
    assert long > mean_score([judge.proposed(list(group)) for group in _at_random(people)])


def _at_random(people: list[Candidate]) -> list[list[Candidate]]:
    english = [each for each in people if EN in each.languages]
    return [english[place : place + 5] for place in range(0, len(english) - 5, 5)]


# --- cutting an order -------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(0, 12))
def test_an_order_is_cut_into_what_may_be_together(places: list[int], most: int) -> None:
    """Consecutive groups of allowed sizes, each position once, nobody left over without need."""
    places.sort()

    def together(part: object) -> bool:
        return max(part) - min(part) <= most  # type: ignore[call-overload,no-any-return]

    pieces, over = cut(places, Band(), together)
    assert sorted([position for piece in pieces for position in piece] + over) == list(range(len(places)))
    assert all(together([places[position] for position in piece]) for piece in pieces)
    assert all(3 <= len(piece) <= 6 or len(places) < 3 for piece in pieces)
    if len(places) >= 3 and together(places):
        assert over == []


@pytest.mark.parametrize("band", [(1, 4, 6), (5, 4, 6), (3, 7, 6)])
def test_a_band_makes_sense(band: tuple[int, int, int]) -> None:
    """A group of one is none; the smallest is not above the largest."""
    floor, smallest, largest = band
    with pytest.raises(ValueError, match="a band is"):
        Band(smallest, largest, floor)
