"""Study groups out of people.

Two steps. First a division in which everything that must hold holds: people who can talk to each other and share a
language are put in the order of their working day and cut into groups (dynamic programming over that order, so that as
few as possible are left over). Then people change places as long as the wishes come out better; the same seed gives the
same result.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import reduce
from operator import and_

from bot.model.course import Language
from bot.model.forming import Band, Candidate, Forming, LeftOver, Proposed, Terms
from bot.rules.forming_exchange import exchange
from bot.rules.forming_judge import Judge, spread
from bot.rules.forming_sizes import cut, day_order


def form(people: Sequence[Candidate], terms: Terms, seed: int = 0) -> Forming:
    """A division of all people; the order in which they are given does not matter."""
    known = sorted(people, key=lambda each: each.id)
    judge = Judge(terms)
    groups: list[list[Candidate]] = []
    left: dict[int, LeftOver] = {}
    for pool in _pools(known, terms.band, left):
        groups += _divided(pool, terms, judge, left)
    groups = _apart(groups, judge, left)
    exchange(groups, judge, terms.band, random.Random(seed))  # noqa: S311 (nothing secret)
    proposed = tuple(
        judge.proposed(group) for group in sorted(groups, key=lambda group: min(each.id for each in group))
    )
    return Forming(proposed, left, mean_score(proposed))


def mean_score(groups: Sequence[Proposed]) -> float:
    """The mean over people of their group's score."""
    people = sum(len(group.people) for group in groups)
    return sum(group.score * len(group.people) for group in groups) / people if people else 0.0


# --- a division in which everything holds -----------------------------------------------------------------------


def _pools(people: Sequence[Candidate], band: Band, left: dict[int, LeftOver]) -> list[list[Candidate]]:
    """People who reach each other and share a language. Who speaks several languages goes where they are needed for a
    group, otherwise where they prefer."""
    pools: list[list[Candidate]] = []
    for realm in sorted({each.realm for each in people}):
        here = [each for each in people if each.realm == realm]
        pools += _by_language(here, band, left, alone=len(people) < band.floor)
    return pools


def _by_language(
    people: Sequence[Candidate], band: Band, left: dict[int, LeftOver], *, alone: bool
) -> list[list[Candidate]]:
    spoken: dict[Language, list[Candidate]] = {}
    several: list[Candidate] = []
    for each in people:
        if len(each.languages) == 1:
            spoken.setdefault(next(iter(each.languages)), []).append(each)
        elif each.languages:
            several.append(each)
        else:
            left[each.id] = LeftOver.LANGUAGE
    for language, pool in sorted(spoken.items(), key=lambda item: (len(item[1]), item[0])):
        missing = band.smallest - len(pool)
        able = [each for each in several if language in each.languages]
        able.sort(key=lambda each: (each.prefers != language, each.id))
        for each in able[: max(missing, 0)]:
            several.remove(each)
            pool.append(each)
    for each in several:
        wanted = each.prefers if each.prefers in each.languages else min(each.languages)
        into = wanted if wanted in spoken else next((other for other in each.languages if other in spoken), wanted)
        spoken.setdefault(into, []).append(each)
    pools = [spoken[language] for language in sorted(spoken)]
    enough = min(len(people), band.floor) if alone else band.floor
    for pool in [pool for pool in pools if len(pool) < enough]:
        pools.remove(pool)
        _taken_in(pool, pools, left, LeftOver.LANGUAGE if len(people) > len(pool) else LeftOver.REACH)
    return pools


def _taken_in(
    lonely: Sequence[Candidate], pools: Sequence[list[Candidate]], left: dict[int, LeftOver], why: LeftOver
) -> None:
    """Too few for a group of their own: who speaks the language of another pool joins that."""
    for each in lonely:
        for pool in pools:
            if reduce(and_, (other.languages for other in pool)) & each.languages:
                pool.append(each)
                break
        else:
            left[each.id] = why


def _divided(pool: Sequence[Candidate], terms: Terms, judge: Judge, left: dict[int, LeftOver]) -> list[list[Candidate]]:
    """The pool in the order of the day, cut into groups of whom nobody works too far from the others."""
    order = day_order(pool, lambda each: each.middle, lambda each: (each.track or "", each.id))
    middles = [each.middle for each in order]
    pieces, over = cut(middles, terms.band, lambda part: spread(part) <= terms.most_apart)
    left |= {order[place].id: LeftOver.HOURS for place in over}
    return [[order[place] for place in piece] for piece in pieces]


def _apart(groups: list[list[Candidate]], judge: Judge, left: dict[int, LeftOver]) -> list[list[Candidate]]:
    """Groups without two people of whom one avoids the other: they change places with others, of any group. Where no
    exchange helps, one of them is left over."""
    for group in groups:
        while (why := _avoiding(group)) is not None:
            if not _exchange_away(why, group, groups, judge):
                group.remove(why)
                left[why.id] = LeftOver.AVOID
    return [group for group in groups if group]


def _avoiding(group: Sequence[Candidate]) -> Candidate | None:
    ids = {each.id for each in group}
    return next((each for each in group if not each.avoid.isdisjoint(ids)), None)


def _exchange_away(who: Candidate, group: list[Candidate], groups: Sequence[list[Candidate]], judge: Judge) -> bool:
    for other in groups:
        if other is group or other[0].realm != who.realm:
            continue
        for place, candidate in enumerate(other):
            here = [candidate if each is who else each for each in group]
            there = [who if each is candidate else each for each in other]
            if judge.may(here) and judge.may(there):
                group[group.index(who)], other[place] = candidate, who
                return True
    return False
