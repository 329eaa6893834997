"""People change places between groups as long as that makes the groups better.

Simulated annealing over exchanges of two people and moves of one: early on a change for the worse is taken now and
then, which leads out of dead ends. How many changes are tried is counted, never timed, so that the same seed gives the
same groups on every machine.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from bot.model.forming import Band, Candidate
from bot.rules.forming_judge import Judge

TRIES_PER_PERSON = 90
"""Twice as many gained less than one percent at 1,000 people."""
NEAR = 6
"""Groups follow each other along the day; most exchanges are tried with one that is about so many places away."""
FAR_SHARE = 0.25
MOVE_SHARE = 0.1
HOT = 0.15
"""At the beginning a loss of so much (in scores, one per person) is taken with a probability of 1/e."""


def exchange(
    groups: list[list[Candidate]],
    judge: Judge,
    band: Band,
    chance: random.Random,
    tries_per_person: int = TRIES_PER_PERSON,
) -> None:
    """Improve `groups` in place. What must hold between people holds at every moment if it held before."""
    if len(groups) < 2:
        return
    scores = [judge.score(group) * len(group) for group in groups]
    tries = tries_per_person * sum(len(group) for group in groups)
    for turn in range(tries):
        heat = HOT * (1 - turn / tries)
        here = chance.randrange(len(groups))
        there = _partner(here, len(groups), chance)
        if here != there:
            _try(groups, scores, here, there, judge, band, chance, heat)


def _partner(here: int, count: int, chance: random.Random) -> int:
    if chance.random() < FAR_SHARE:
        return chance.randrange(count)
    return (here + round(chance.gauss(0, NEAR))) % count


def _try(
    groups: list[list[Candidate]],
    scores: list[float],
    here: int,
    there: int,
    judge: Judge,
    band: Band,
    chance: random.Random,
    heat: float,
) -> None:
    """One exchange or move, taken when it is good enough for this heat and everything that must hold holds."""
    ours, theirs = groups[here], groups[there]
    moves = len(ours) > band.smallest and len(theirs) < band.largest and chance.random() < MOVE_SHARE
    one = chance.randrange(len(ours))
    if moves:
        left, right = [*ours[:one], *ours[one + 1 :]], [*theirs, ours[one]]
    else:
        other = chance.randrange(len(theirs))
        left, right = _with(ours, one, theirs[other]), _with(theirs, other, ours[one])
    new_left, new_right = judge.score(left) * len(left), judge.score(right) * len(right)
    gain = new_left + new_right - scores[here] - scores[there]
    if gain <= 0 and (heat <= 0 or chance.random() >= math.exp(gain / heat)):
        return
    if judge.may(left) and judge.may(right):
        groups[here], groups[there] = left, right
        scores[here], scores[there] = new_left, new_right


def _with(group: Sequence[Candidate], place: int, who: Candidate) -> list[Candidate]:
    return [*group[:place], who, *group[place + 1 :]]
