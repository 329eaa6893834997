"""What a look at an installation finds."""

from __future__ import annotations

from dataclasses import dataclass


class CannotStart(Exception):
    """Something outside keeps the program from starting; the message says what it is and what to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing `doctor` looked at. `status` is ok, warning or problem; `fix` says what to do."""

    about: str
    status: str
    said: str
    fix: str = ""
