"""When people are reminded of a meeting: one day before it, and a quarter of an hour before it.

The day before is the last working day at the same wall time in the person's own zone. A reminder whose moment is past,
or that would come on the heels of the message that told of the meeting, is left out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.course import Weekday
from bot.rules.planner import WORKDAYS, resolve, zone_of

SOON = timedelta(minutes=15)
BREATH = timedelta(hours=12)
"""So long after a meeting was planned or moved nobody is reminded of it a day ahead: they have just been told."""
WORTHWHILE = timedelta(hours=3)
"""A reminder for the day before that comes later than so long before the meeting says nothing new."""


class Reminder(StrEnum):
    DAY = "day"
    SOON = "soon"


def reminders(
    at: datetime, zone: str, told: datetime, days: Collection[Weekday] = WORKDAYS
) -> dict[Reminder, datetime]:
    """The moments (UTC) at which somebody in `zone` (IANA) who works on `days` is reminded of a meeting at `at`, of
    which they were told at `told`."""
    found: dict[Reminder, datetime] = {}
    day = _day_before(at, zone, days)
    if told + BREATH <= day <= at - WORTHWHILE:
        found[Reminder.DAY] = day
    if told < at - SOON:
        found[Reminder.SOON] = at - SOON
    return found


def timely(kind: Reminder, at: datetime, now: datetime) -> bool:
    """Whether a reminder still says something at `now`."""
    return now <= at - WORTHWHILE if kind is Reminder.DAY else now < at


def _day_before(at: datetime, zone: str, days: Collection[Weekday]) -> datetime:
    local = at.astimezone(zone_of(zone))
    for back in range(1, 8):
        day = local.date() - timedelta(days=back)
        if Weekday(day.weekday()) in days:
            return resolve(day, local.time(), zone)
    return resolve(local.date() - timedelta(days=1), local.time(), zone)
