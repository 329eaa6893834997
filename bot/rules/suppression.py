"""Small cells are held back, together with what would reveal them.

A row is a partition of a named total into cells. A cell from 1 to `SMALL - 1` is hidden, and with it the first larger
one: the total gives away their sum only. Which larger one never depends on how large it is, for whoever knows this rule
could conclude something from the choice; so it cannot be told from what is shown what any small cell is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from bot.model.course import BadgeLevel

K = TypeVar("K")
SMALL = 5


def held_back(cells: Mapping[K, int], small: int = SMALL) -> dict[K, int | None]:
    """The same cells with None where a number is held back; what comes first is the first to help hiding others."""
    hidden = {key for key, n in cells.items() if 0 < n < small}
    if hidden:
        large = [key for key, n in cells.items() if n >= small]
        # ones beside a cell of exactly `small` are the only way to their sum
        enough = 2 if sum(cells[key] for key in {*hidden, *large[:1]}) <= len(hidden) + small else 1
        hidden = {*hidden, *large[:enough]} if len(large) >= enough else set(cells)
    return {key: None if key in hidden else n for key, n in cells.items()}


def started_and_levels(
    sent: int, started: int, levels: Mapping[BadgeLevel, int]
) -> tuple[int | None, dict[BadgeLevel, int | None]]:
    """How many started and who is at which level, both of the same `sent`: one must not reveal the other.

    Without a badge are those who did nothing and those who began; only together they are a level.
    """
    idle = sent - started
    cells: dict[BadgeLevel | str, int] = {
        level: levels.get(level, 0) for level in (BadgeLevel.BRONZE, BadgeLevel.SILVER, BadgeLevel.GOLD)
    }
    cells |= {"begun": levels.get(BadgeLevel.NONE, 0) - idle, "idle": idle}
    shown = held_back(cells)
    none = None if shown["idle"] is None or shown["begun"] is None else shown["idle"] + shown["begun"]
    parts = {level: none if level is BadgeLevel.NONE else shown[level] for level in BadgeLevel}
    return None if shown["idle"] is None else started, parts
