"""What a look at an installation finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing `doctor` looked at. `status` is ok, warning or problem; `fix` says what to do."""

    about: str
    status: str
    said: str
    fix: str = ""
