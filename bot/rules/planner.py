"""When a message is owed, and why then.

All moments here are course time: aware UTC datetimes of the clock a cohort lives by. A rehearsal converts them with
its `Pace`. The policy for wall times: in the gap of a clock change a time moves forward by the gap; in the overlap the
first one counts; a date that a zone skipped moves to the next allowed day. The end of a window never moves later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.model.course import Language, Slot, Weekday
from bot.model.people import Absence, Window

WORKDAYS = frozenset({Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI})
NUDGE_AFTER = (timedelta(hours=4), timedelta(days=2), timedelta(days=3))
"""How long after the lesson, or after the reminder before it, each of the reminders follows."""
READY_CHECK_BEFORE = timedelta(hours=48)
MAX_DAYS_AHEAD = 800


class Why(StrEnum):
    """Why a moment is not simply the slot's."""

    HOLIDAY = "holiday"
    NOT_YOUR_DAY = "not_your_day"
    WINDOW = "window"
    SPACING = "spacing"
    CLOCK_CHANGE = "clock_change"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Step:
    """One reason, with the local day it is about; `names` are the holiday's names."""

    why: Why
    day: date
    names: Mapping[Language, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wishes:
    """When somebody wants messages: zone (IANA), window, weekdays (None: working days), and the days they are away."""

    zone: str
    window: Window
    days: frozenset[Weekday] | None = None
    absences: tuple[Absence, ...] = ()

    def allows(self, day: date, slot_days: frozenset[Weekday] = frozenset()) -> bool:
        return Weekday(day.weekday()) in (self.days if self.days is not None else WORKDAYS | slot_days)

    def absence_on(self, day: date) -> Absence | None:
        return next((away for away in self.absences if away.first <= day <= away.last), None)


@dataclass(frozen=True, slots=True)
class PlannedMoment:
    """`at` is when it is owed and `until` when the window ends that day, both UTC course time; `local` is `at` in the
    learner's zone, `slot` the cohort's own local day and time, `steps` every reason why they differ, in order."""

    at: datetime
    until: datetime
    local: datetime
    slot: datetime | None = None
    steps: tuple[Step, ...] = ()


Calendar = Mapping[date, Mapping[Language, str]]
"""Holidays: day to its names."""


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone with this IANA name. Python itself keeps eight, and reads the others from their files each time."""
    return ZoneInfo(name)


@lru_cache(maxsize=8192)
def resolve(day: date, at: time, zone: str) -> datetime:
    """The UTC moment of a wall time (gap: forward by the gap; overlap: the first)."""
    return datetime.combine(day, at, tzinfo=zone_of(zone)).astimezone(UTC)


@lru_cache(maxsize=8192)
def closes(day: date, end: time, zone: str) -> datetime:
    """The UTC moment at which a window ends that day; on the day of a clock change rather early than late."""
    wall = datetime.combine(day, end, tzinfo=zone_of(zone))
    return min(wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC))


def slot_of(index: int, starts_on: date, slots: Sequence[Slot]) -> tuple[date, Slot]:
    """The local day and the slot of lesson number `index` (from 0) of a cohort: slots are taken in order, from
    `starts_on` on."""
    ordered = sorted(slots, key=lambda slot: (slot.day, slot.at))
    start = starts_on.weekday()
    first = next((i for i, slot in enumerate(ordered) if slot.day >= start), len(ordered))
    weeks, place = divmod(first + index, len(ordered))
    monday = starts_on - timedelta(days=start)
    slot = ordered[place]
    return monday + timedelta(weeks=weeks, days=int(slot.day)), slot


def plan_lesson(
    index: int,
    starts_on: date,
    slots: Sequence[Slot],
    wishes: Wishes,
    holidays: Calendar,
    after: datetime | None = None,
) -> PlannedMoment:
    """The moment at which lesson number `index` (from 0) is owed.

    It is never outside the window, never on a holiday or a day the learner did not choose, and on a later local day
    than `after` (the lesson before it). Days away do not move a lesson: it waits, see `absence_at`.
    """
    day, slot = slot_of(index, starts_on, slots)
    slot_days = frozenset(slot.day for slot in slots)
    wall = datetime.combine(day, slot.at)
    steps: list[Step] = []
    if after is not None:
        before = after.astimezone(zone_of(wishes.zone)).date()
        if day <= before:
            day = before + timedelta(days=1)
            steps.append(Step(Why.SPACING, day))
    at_time = slot.at
    if not wishes.window.start <= slot.at < wishes.window.end:
        at_time = wishes.window.start
    present = Wishes(wishes.zone, wishes.window, wishes.days)
    planned = _first_open(day, at_time, present, holidays, slot_days, steps)
    if at_time != slot.at:
        steps.append(Step(Why.WINDOW, planned.local.date()))
    return PlannedMoment(
        planned.at, planned.until, planned.local, wall.replace(tzinfo=zone_of(wishes.zone)), tuple(steps)
    )


def next_open(moment: datetime, wishes: Wishes, holidays: Calendar, *, heed_absence: bool = False) -> PlannedMoment:
    """The first moment at or after `moment` that is inside the window, on a wanted day and not on a holiday."""
    local = moment.astimezone(zone_of(wishes.zone))
    day = local.date()
    ahead = Wishes(wishes.zone, wishes.window, wishes.days, wishes.absences if heed_absence else ())
    if _open_day(day, ahead, holidays) and wishes.window.start <= local.time() < wishes.window.end:
        until = closes(day, wishes.window.end, wishes.zone)
        if moment < until:
            return PlannedMoment(moment, until, local)
    return _first_open(day, wishes.window.start, ahead, holidays, frozenset(), [], earliest=moment)


def nudge_after(base: datetime, step: int, wishes: Wishes, holidays: Calendar) -> PlannedMoment | None:
    """When reminder number `step` (from 0) follows `base`; None when there are no more."""
    if step >= len(NUDGE_AFTER):
        return None
    return next_open(base + NUDGE_AFTER[step], wishes, holidays, heed_absence=True)


def absence_at(at: datetime, wishes: Wishes) -> Absence | None:
    """The absence in which `at` falls, if any."""
    if not wishes.absences:
        return None
    return wishes.absence_on(at.astimezone(zone_of(wishes.zone)).date())


def back_from(away: Absence, wishes: Wishes, holidays: Calendar) -> PlannedMoment:
    """The first open moment after days away."""
    morning = resolve(away.last + timedelta(days=1), time(0), wishes.zone)
    return next_open(morning, wishes, holidays, heed_absence=True)


def _open_day(day: date, wishes: Wishes, holidays: Calendar) -> bool:
    return wishes.allows(day) and day not in holidays and wishes.absence_on(day) is None


def _first_open(
    day: date,
    at: time,
    wishes: Wishes,
    holidays: Calendar,
    slot_days: frozenset[Weekday],
    steps: list[Step],
    *,
    earliest: datetime | None = None,
) -> PlannedMoment:
    """The first open day from `day` on, at `at` and not before `earliest`; `steps` gets what stands in the way."""
    for _ in range(MAX_DAYS_AHEAD):
        moment = resolve(day, at, wishes.zone)
        until = closes(day, wishes.window.end, wishes.zone)
        local = moment.astimezone(zone_of(wishes.zone))
        if earliest is not None and until <= earliest:
            pass  # over already when it was asked for, which needs no reason
        elif away := wishes.absence_on(day):
            steps.append(Step(Why.AWAY, away.last))
            day = away.last
        elif day in holidays:
            steps.append(Step(Why.HOLIDAY, day, holidays[day]))
        elif not wishes.allows(day, slot_days):
            if not steps or steps[-1].why is not Why.NOT_YOUR_DAY:
                steps.append(Step(Why.NOT_YOUR_DAY, day))
        elif local.date() == day and moment < until and (earliest is None or earliest <= moment):
            if local.time() != at:
                steps.append(Step(Why.CLOCK_CHANGE, day))
            return PlannedMoment(moment, until, local, steps=tuple(steps))
        else:
            steps.append(Step(Why.CLOCK_CHANGE, day))
        day += timedelta(days=1)
    raise ValueError("no day is open in more than two years: the wanted days are all holidays")
