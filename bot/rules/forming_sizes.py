"""How an order of people is cut into groups of the sizes that are allowed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from bot.model.forming import Band
from bot.rules.forming_judge import DAY

Thing = TypeVar("Thing")


def day_order(things: Sequence[Thing], minute: Callable[[Thing], int], then: Callable[[Thing], Any]) -> list[Thing]:
    """Along the day's circle, beginning after its longest stretch without anybody; within an hour by `then`."""
    if not things:
        return []
    around = sorted({minute(thing) for thing in things})
    gaps = [(after - before, after) for before, after in itertools.pairwise(around)]
    first = max([(around[0] + DAY - around[-1], around[0]), *gaps], key=lambda gap: (gap[0], -gap[1]))[1]
    return sorted(things, key=lambda thing: ((minute(thing) - first) % DAY // 60, then(thing)))


def cut(places: Sequence[int], band: Band, together: Callable[[Sequence[int]], bool]) -> tuple[list[range], list[int]]:
    """Cut an order into consecutive groups that may be `together`; returns them as ranges of positions, and the
    positions left over.

    As few as possible are left over, then as few groups as possible are below the band, then sizes are near its middle:
    dynamic programming over the order, at most `largest` looks per position.
    """
    total = len(places)
    if 0 < total < band.floor:
        return ([range(total)], []) if together(places) else ([], list(range(total)))
    worst = (total + 1, 0, 0.0)
    best: list[tuple[int, int, float]] = [(0, 0, 0.0), *([worst] * total)]
    size_at = [0] * (total + 1)
    for end in range(1, total + 1):
        left, small, odd = best[end - 1]
        best[end] = (left + 1, small, odd)
        for size in range(band.floor, min(band.largest, end) + 1):
            left, small, odd = best[end - size]
            cost = (left, small + (size < band.smallest), odd + (size - band.usual) ** 2)
            if cost < best[end] and together(places[end - size : end]):
                best[end], size_at[end] = cost, size
    pieces: list[range] = []
    over: list[int] = []
    end = total
    while end:
        size = size_at[end]
        if size:
            pieces.append(range(end - size, end))
        else:
            over.append(end - 1)
        end -= size or 1
    return pieces[::-1], over[::-1]
