"""One setting, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """One name an operator may set. `default` is how documentation words it; `read` raises ValueError with a
    sentence that says what to write instead (and, for a secret, does not repeat the value)."""

    name: str
    default: str
    doc: str
    read: Callable[[str], Any]
    secret: bool = False
