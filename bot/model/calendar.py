"""An entry for people's calendars, as the calendar's own programs need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """`starts` is the wall time in `zone` (IANA), naive. `uid` never changes; `sequence` grows with every change that
    calendars must follow. `description` is plain text; `url` is where one takes part, empty where that is not said.
    `updated_at` is an aware UTC moment."""

    uid: str
    sequence: int
    starts: datetime
    zone: str
    minutes: int
    title: str
    description: str
    url: str
    cancelled: bool
    updated_at: datetime

    def __post_init__(self) -> None:
        if self.starts.tzinfo is not None or self.updated_at.tzinfo is None:
            raise ValueError("an entry starts at a wall time, and was updated at an aware moment")
