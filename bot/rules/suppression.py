"""Small cells are held back, together with what would reveal them.

A row is a partition of a named total into cells. A cell from 1 to `SMALL - 1` is hidden; when that leaves exactly one
hidden cell, its value could be computed from the total, so the next smallest cell is hidden as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")
SMALL = 5


def held_back(cells: Mapping[K, int], small: int = SMALL) -> dict[K, int | None]:
    """The same cells with None where a number is held back. Zero is shown unless it must hide another cell."""
    hidden = {key for key, n in cells.items() if 0 < n < small}
    if hidden:
        together = sum(cells[key] for key in hidden)
        rest = sorted((key for key in cells if key not in hidden), key=lambda key: (cells[key] == 0, cells[key]))
        while rest and (len(hidden) == 1 or together < small):
            key = rest.pop(0)
            hidden.add(key)
            together += cells[key]
            if together >= small and len(hidden) > 1:
                break
    return {key: None if key in hidden else n for key, n in cells.items()}
