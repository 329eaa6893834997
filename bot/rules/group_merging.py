"""Which study groups should become one: those that have too few active people left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.model.forming import Band, Candidate
from bot.rules.forming_judge import spread, why_not
from bot.rules.group_health import ENOUGH

CROWDED = 4
"""A room may hold this many times the largest size, counting those who have fallen silent; beyond that, whoever comes
back would be lost in it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A group as merging sees it: all of its `people`, and which of them are `active`."""

    number: int
    people: tuple[Candidate, ...]
    active: frozenset[int]


def merges(groups: Sequence[Part], band: Band, most_apart: int) -> list[tuple[int, int]]:
    """Pairs (from, into) of numbers, each group in at most one pair.

    A group with fewer than `ENOUGH` active people looks for another one with which everything holds for everybody and
    that leaves no more active people together than a group may have. The weakest chooses first. It prefers a partner
    that needs help as well, then one that brings it to `ENOUGH`, then the smallest result, then working hours that lie
    close. The group with fewer active people joins the other one, the later number in doubt.
    """
    left = sorted(groups, key=lambda group: (len(group.active), group.number))
    found: list[tuple[int, int]] = []
    while left:
        weak = left.pop(0)
        if len(weak.active) >= ENOUGH:
            break
        able = [other for other in left if fits(weak, other, band, most_apart)]
        if not able:
            continue
        best = min(able, key=lambda other: _preference(weak, other))
        left.remove(best)
        into, gone = sorted((weak, best), key=lambda group: (-len(group.active), group.number))
        found.append((gone.number, into.number))
    return found


def fits(one: Part, other: Part, band: Band, most_apart: int) -> bool:
    """Whether two groups may become one."""
    people = one.people + other.people
    together = len(one.active) + len(other.active)
    if together > band.largest or len(people) > band.largest * CROWDED:
        return False
    return why_not(people, most_apart) is None


def _preference(weak: Part, other: Part) -> tuple[bool, bool, int, int, int]:
    together = len(weak.active) + len(other.active)
    apart = spread([each.middle for each in weak.people + other.people])
    return (len(other.active) >= ENOUGH, together < ENOUGH, together, apart, other.number)
