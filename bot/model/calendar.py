"""What goes into people's calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One entry. `starts` is a naive wall time in `zone` (IANA), which stays true when the rules of a zone change.

    `uid` never changes; `sequence` grows with every change that calendars must follow (RFC 5546: one that did not grow
    is ignored). `title` and `description` are in one language, `url` is where one joins ("" for none), `updated_at` an
    aware UTC moment.
    """

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
