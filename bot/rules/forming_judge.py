"""Whether people may be a study group, and how good a one they are."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import reduce
from operator import and_

from bot.model.forming import Candidate, LeftOver, Proposed, Terms, Wish

DAY = 24 * 60
COMMON_ENOUGH = 40
"""Quarter hours a week: with ten hours in common a meeting is easily found, more is no better."""
YEARS_APART = 10
"""A group whose experience spans so many years is fully mixed."""


class Judge:
    """Says of a group whether it may be, and how good it is."""

    def __init__(self, terms: Terms) -> None:
        self._most_apart = terms.most_apart
        total = sum(terms.weights.values()) or 1.0
        self._weights = {wish: terms.weights.get(wish, 0.0) / total for wish in Wish}
        self._hours, self._track = self._weights[Wish.HOURS], self._weights[Wish.TRACK]
        self._employers, self._places = self._weights[Wish.EMPLOYERS], self._weights[Wish.JURISDICTIONS]
        self._new, self._experience = self._weights[Wish.NEW_FACES], self._weights[Wish.EXPERIENCE]

    def may(self, group: Sequence[Candidate]) -> bool:
        """Whether everything that must hold between these people holds."""
        return why_not(group, self._most_apart) is None

    def score(self, group: Sequence[Candidate]) -> float:
        """How good a group is, 0 to 1: the weighted mean of its wishes."""
        parts = self.parts(group)
        return (
            self._hours * parts[0]
            + self._track * parts[1]
            + self._employers * parts[2]
            + self._places * parts[3]
            + self._new * parts[4]
            + self._experience * parts[5]
        )

    def parts(self, group: Sequence[Candidate]) -> tuple[float, float, float, float, float, float]:
        """The wishes in the order of `Wish`."""
        size = len(group)
        hours = -1
        tracks: dict[str | None, int] = {}
        employers: set[str] = set()
        places: set[str] = set()
        unknown = unplaced = met = 0
        years: list[int] = []
        ids = {each.id for each in group}
        for each in group:
            hours &= each.hours
            tracks[each.track] = tracks.get(each.track, 0) + 1
            if each.employer is None:
                unknown += 1
            else:
                employers.add(each.employer)
            if each.jurisdiction is None:
                unplaced += 1
            else:
                places.add(each.jurisdiction)
            if each.experience is not None:
                years.append(each.experience)
            if each.earlier:
                met += len(each.earlier & ids)
        pairs = size * (size - 1) or 1
        return (
            min(hours.bit_count() / COMMON_ENOUGH, 1.0),
            sum(n * (n - 1) for track, n in tracks.items() if track is not None) / pairs,
            _different(len(employers), size - unknown),
            _different(len(places), size - unplaced),
            1.0 - met / pairs,
            min((max(years) - min(years)) / YEARS_APART, 1.0) if years else 0.0,
        )

    def proposed(self, group: Sequence[Candidate]) -> Proposed:
        parts = dict(zip(Wish, self.parts(group), strict=True))
        languages = reduce(and_, (each.languages for each in group))
        return Proposed(tuple(sorted(each.id for each in group)), languages, parts, self.score(group))


def _different(kinds: int, people: int) -> float:
    """1 where all are different, 0 where all are the same; of what nobody said nothing is known."""
    return (kinds - 1) / (people - 1) if people > 1 else 0.0


def why_not(group: Sequence[Candidate], most_apart: int) -> LeftOver | None:
    """Why these people may not be one group; None when they may."""
    if len({each.realm for each in group}) > 1:
        return LeftOver.REACH
    if not reduce(and_, (each.languages for each in group)):
        return LeftOver.LANGUAGE
    if spread([each.middle for each in group]) > most_apart:
        return LeftOver.HOURS
    ids = {each.id for each in group}
    if any(each.avoid and not each.avoid.isdisjoint(ids) for each in group):
        return LeftOver.AVOID
    return None


def spread(middles: Sequence[int]) -> int:
    """The shortest stretch of the day's circle, in minutes, that holds all these moments."""
    around = sorted(middles)
    gaps = [after - before for before, after in itertools.pairwise(around)]
    return DAY - max([*gaps, around[0] + DAY - around[-1]])
