"""Small numbers cannot be computed from what is shown, not even by somebody who knows the rule.

The attack tries every table there can be: what is published must always fit several values of each small cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.course import BadgeLevel
from bot.rules.suppression import SMALL, held_back, started_and_levels

NONE, BRONZE, SILVER, GOLD = BadgeLevel

Table = tuple[int, ...]
cells = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 30), min_size=2, max_size=5)


def tables(total: int, size: int) -> Iterator[Table]:
    """Every way to divide a total into cells."""
    if size == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in tables(total - first, size - 1):
            yield (first, *rest)


def revealed(worlds: Sequence[Table], published: Callable[[Table], Hashable], small: int = SMALL) -> list[str]:
    """Small numbers that everybody knows who sees what is published: the same in every world that looks like this."""
    alike: dict[Hashable, list[Table]] = defaultdict(list)
    for world in worlds:
        alike[published(world)].append(world)
    return [
        f"{view} can only be {group[0]}, place {place}"
        for view, group in alike.items()
        for place, values in enumerate(zip(*group, strict=True))
        if 0 < values[0] < small and len(set(values)) == 1
    ]


@pytest.mark.parametrize(
    ("small", "size", "largest"), [(5, 2, 40), (5, 3, 26), (5, 4, 18), (5, 5, 12), (3, 3, 20), (3, 4, 12)]
)
def test_no_small_cell_can_be_computed_from_the_total_and_the_shown_cells(small: int, size: int, largest: int) -> None:
    """Whoever knows the total, the shown cells and the rule is left with several possibilities."""

    def published(world: Table) -> Table:
        shown = held_back(dict(enumerate(world)), small)
        return tuple(-1 if shown[place] is None else world[place] for place in range(size))

    for total in range(largest + 1):
        assert revealed(list(tables(total, size)), published, small) == []


@pytest.mark.parametrize("begun_counts", [False, True], ids=["one activity is bronze", "bronze needs more"])
def test_who_started_does_not_reveal_who_reached_what(begun_counts: bool) -> None:
    """Both are parts of the same total; together they say no more than each alone."""

    def published(world: Table) -> Hashable:
        started, none, bronze, silver, gold, *_ = world
        levels = {NONE: none, BRONZE: bronze, SILVER: silver, GOLD: gold}
        shown, parts = started_and_levels(started + world[5], started, levels)
        return shown, *parts.values()

    for total in range(16):
        worlds = [
            (total - idle, idle + begun, bronze, silver, gold, idle, begun)
            for idle, begun, bronze, silver, gold in tables(total, 5)
            if begun_counts or not begun
        ]
        assert revealed(worlds, published) == []


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((20, 30, 50), (20, 30, 50)),
        ((0, 0, 50), (0, 0, 50)),
        ((5, 5, 5), (5, 5, 5)),
        # the first larger one hides the small one, however large it is
        ((20, 3, 6), (None, None, 6)),
        ((0, 3, 6), (0, None, None)),
        ((3, 4, 50), (None, None, None)),
        # nothing large beside it: everything is held back
        ((3, 0, 0), (None, None, None)),
        ((4, 4, 0), (None, None, None)),
        # 6 would only be 1 and 5
        ((1, 5, 9), (None, None, None)),
        ((1, 5, 0), (None, None, None)),
        ((0, 0, 0), (0, 0, 0)),
    ],
)
def test_small_numbers_and_what_hides_them(numbers: Table, shown: tuple[int | None, ...]) -> None:
    """As little as possible is held back, and zero is no secret unless it hides another."""
    assert tuple(held_back(dict(zip("abc", numbers, strict=True))).values()) == shown


@given(cells)
def test_what_is_shown_is_true(numbers: dict[str, int]) -> None:
    """Every cell is its own number or held back; no small one is shown; nothing is held back without need."""
    shown = held_back(numbers)
    assert list(shown) == list(numbers)
    assert all(shown[key] in (None, n) for key, n in numbers.items())
    assert all(shown[key] is None for key, n in numbers.items() if 0 < n < SMALL)
    if not any(0 < n < SMALL for n in numbers.values()):
        assert shown == numbers
    assert sum(n is None for n in shown.values()) != 1


@pytest.mark.parametrize(
    ("sent", "started", "levels", "expected"),
    [
        (40, 30, (10, 10, 10, 10), (30, 10, 10, 10, 10)),
        (40, 38, (2, 18, 10, 10), (None, None, None, 10, 10)),
        (40, 30, (10, 17, 10, 3), (30, 10, None, 10, None)),
        (12, 12, (0, 12, 0, 0), (12, 0, 12, 0, 0)),
        (3, 1, (2, 1, 0, 0), (None, None, None, None, None)),
    ],
)
def test_a_lessons_figures(sent: int, started: int, levels: Table, expected: tuple[int | None, ...]) -> None:
    """Started, without a badge, bronze, silver, gold."""
    shown, parts = started_and_levels(sent, started, dict(zip(BadgeLevel, levels, strict=True)))
    assert (shown, *parts.values()) == expected
