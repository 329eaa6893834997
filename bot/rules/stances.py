"""What private stances add up to, and who could talk with whom about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.model.group_life import Stance, StanceTaken

ENOUGH = 3
"""A split of fewer stances than this is not shown: it would say who thinks what."""
_APART = {
    frozenset({Stance.YES, Stance.NO}): 0,
    frozenset({Stance.YES, Stance.DEPENDS}): 1,
    frozenset({Stance.NO, Stance.DEPENDS}): 1,
}
"""The more different two stances are, the smaller."""


def split(taken: Sequence[StanceTaken]) -> Mapping[Stance, int] | None:
    """How many took each stance; None while there are too few to show it."""
    if len(taken) < ENOUGH:
        return None
    return {stance: sum(each.stance is stance for each in taken) for stance in Stance}


def pairs(taken: Sequence[StanceTaken]) -> list[tuple[StanceTaken, StanceTaken]]:
    """People with different stances, two by two, nobody twice; only those who agreed to be named.

    As many pairs as possible: whoever holds the stance that most share goes first, with the most different one.
    """
    left = [each for each in taken if each.named]
    found: list[tuple[StanceTaken, StanceTaken]] = []
    while True:
        crowd = {stance: [each for each in left if each.stance is stance] for stance in Stance}
        held = sorted((stance for stance in Stance if crowd[stance]), key=lambda stance: -len(crowd[stance]))
        if len(held) < 2:
            return found
        first = held[0]
        second = min(held[1:], key=lambda stance: (-len(crowd[stance]), _APART[frozenset({first, stance})]))
        one, other = crowd[first][0], crowd[second][0]
        found.append((one, other))
        left.remove(one)
        left.remove(other)
