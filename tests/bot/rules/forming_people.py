"""People to form study groups from: by hand, or a whole made-up public service."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.model.course import Language
from bot.model.forming import Candidate

EN, FR = Language.EN, Language.FR
BOTH = frozenset({EN, FR})
QUARTERS = 7 * 24 * 4
ZONES = {-210: 1, -240: 2, -300: 10, -360: 3, -420: 3, -480: 4, 60: 1}
"""Minutes from UTC, and how many people work there."""


def week(offset: int, start: int = 9, end: int = 17, days: Iterable[int] = range(5)) -> int:
    """Working hours as quarter hours of a week in UTC; local `start` to `end` at `offset` minutes from UTC."""
    bits = 0
    for day in days:
        for quarter in range(start * 4, end * 4):
            bits |= 1 << ((day * 96 + quarter - offset // 15) % QUARTERS)
    return bits


def somebody(number: int, offset: int = -300, start: int = 9, **more: Any) -> Candidate:
    """Somebody who works eight hours from `start` on, in English unless said otherwise."""
    values: dict[str, Any] = {"languages": frozenset({EN}), "hours": week(offset, start, start + 8)} | more
    return Candidate(number, middle=(start * 60 + 240 - offset) % 1440, **values)


def everybody(count: int, seed: int = 1) -> list[Candidate]:
    """A public service: most work in the east, some speak one language, few avoid somebody."""
    chance = random.Random(seed)
    return [_anybody(number, count, chance) for number in range(1, count + 1)]


def _anybody(number: int, count: int, chance: random.Random) -> Candidate:
    offset = chance.choices(list(ZONES), list(ZONES.values()))[0]
    others = [other for other in (chance.randrange(1, count + 1) for _ in range(3)) if other != number]
    return somebody(
        number,
        offset,
        chance.choice([7, 8, 8, 9, 9, 10]),
        languages=chance.choices([frozenset({EN}), frozenset({FR}), BOTH], [6, 2, 2])[0],
        prefers=chance.choice([EN, FR]),
        track=chance.choice(["policy", "service", "data", None]),
        employer=chance.choice([None, *(f"employer {n}" for n in range(30))]),
        jurisdiction=chance.choice([None, *(f"jurisdiction {n}" for n in range(8))]),
        experience=chance.choice([None, *range(25)]),
        earlier=frozenset(others if chance.random() < 0.2 else ()),
        avoid=frozenset(others[:1] if chance.random() < 0.02 else ()),
    )


def divisions(people: Sequence[Candidate], sizes: range) -> Iterator[list[list[Candidate]]]:
    """Every way to divide people into groups of these sizes."""
    if not people:
        yield []
        return
    first, rest = people[0], list(people[1:])
    for size in sizes:
        for mates in _choices(rest, size - 1):
            others = [each for each in rest if each not in mates]
            for further in divisions(others, sizes):
                yield [[first, *mates], *further]


def _choices(things: Sequence[Candidate], count: int) -> Iterator[list[Candidate]]:
    if count == 0:
        yield []
        return
    for place, thing in enumerate(things):
        for more in _choices(things[place + 1 :], count - 1):
            yield [thing, *more]
