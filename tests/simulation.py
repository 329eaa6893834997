"""A cohort in which people fall silent: study groups are formed, wither, and are merged by the rule of the product.

What is made up: who falls silent, and how often these people say yes before the start. Forming, the judgement that a
group is too weak, and merging are the engine's own rules.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from bot.model.forming import Candidate, Terms
from bot.rules.forming import form
from bot.rules.group_health import ENOUGH
from bot.rules.group_merging import Part, merges
from tests.bot.rules.forming_people import everybody

STAYS_AND_SAYS_YES = 0.95
FALLS_SILENT_AND_SAYS_YES = 0.5
"""How many answer "still in?" with yes, of those who will stay and of those who will not."""
WEEKS = 6
"""Facilitators follow the weekly card so often."""


@dataclass(frozen=True)
class Outcome:
    """Shares of groups with three or more active people: as formed, and after merging."""

    people: int
    formed: int
    before: float
    merged: int
    after: float
    active_cared_for: float
    """The share of active people who are in a group with three or more of them."""


def simulate(silent: float, *, ready_check: bool, people: int = 500, seed: int = 1) -> Outcome:
    chance = random.Random(seed)
    crowd = everybody(people, seed)
    quiet = {each.id for each in chance.sample(crowd, round(people * silent))}
    if ready_check:
        crowd = [each for each in crowd if chance.random() < _says_yes(each.id in quiet)]
    terms = Terms()
    known = {each.id: each for each in crowd}
    groups = [
        _part(number, [known[each] for each in group.people], quiet)
        for number, group in enumerate(form(crowd, terms, seed).groups, 1)
    ]
    before = groups
    for _ in range(WEEKS):
        groups = _merged(groups, merges(groups, terms.band, terms.most_apart))
    active = sum(len(group.active) for group in groups)
    cared = sum(len(group.active) for group in groups if len(group.active) >= ENOUGH)
    return Outcome(len(crowd), len(before), strong(before), len(groups), strong(groups), cared / max(active, 1))


def strong(groups: Sequence[Part]) -> float:
    """The share of groups with enough active people."""
    return sum(len(group.active) >= ENOUGH for group in groups) / max(len(groups), 1)


def _says_yes(quiet: bool) -> float:
    return FALLS_SILENT_AND_SAYS_YES if quiet else STAYS_AND_SAYS_YES


def _part(number: int, people: Sequence[Candidate], quiet: set[int]) -> Part:
    return Part(number, tuple(people), frozenset(each.id for each in people if each.id not in quiet))


def _merged(groups: Sequence[Part], pairs: Sequence[tuple[int, int]]) -> list[Part]:
    by_number = {group.number: group for group in groups}
    for gone, into in pairs:
        one, other = by_number.pop(gone), by_number[into]
        by_number[into] = Part(into, other.people + one.people, other.active | one.active)
    return list(by_number.values())


def table() -> list[str]:
    """What the bench prints: every share of silence, with and without the ready check."""
    lines = ["silent  ready check  people  groups  >=3 active  merged to  >=3 active  active people in such a group"]
    for silent in (0.3, 0.4, 0.5, 0.6, 0.7):
        for ready_check in (False, True):
            out = simulate(silent, ready_check=ready_check)
            lines.append(
                f"{silent:>6.0%}  {'with' if ready_check else 'without':>11}  {out.people:>6}  {out.formed:>6}"
                f"  {out.before:>10.1%}  {out.merged:>9}  {out.after:>10.1%}  {out.active_cared_for:>10.1%}"
            )
    return lines


if __name__ == "__main__":
    print("\n".join(table()))
