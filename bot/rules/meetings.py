"""When people can meet: their working hours over real zones, and the moments at which all of them work.

A week is counted in quarter hours of UTC from Monday 00:00, as bits of one number: what several people share is the
AND of their weeks. Each week is computed for itself, because clocks change at different dates in different places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, reduce
from operator import and_

from bot.model.course import Weekday
from bot.model.people import Absence, Window
from bot.rules.planner import WORKDAYS, resolve, zone_of

QUARTER = timedelta(minutes=15)
QUARTERS = 7 * 24 * 4
OFFICE = Window(time(9), time(17))
"""What counts as working hours where nobody said otherwise."""
LUNCH = (time(12), time(13))


@dataclass(frozen=True, slots=True)
class WorkWeek:
    """When somebody works: local wall times in `zone` (IANA) on `days`, except on days away and public holidays
    (`off`, local dates)."""

    zone: str
    window: Window = OFFICE
    days: frozenset[Weekday] = WORKDAYS
    absences: tuple[Absence, ...] = ()
    off: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        away = day in self.off or any(each.first <= day <= each.last for each in self.absences)
        return Weekday(day.weekday()) in self.days and not away


@dataclass(frozen=True, slots=True)
class Proposal:
    """A moment (UTC) to meet; `outside` are the places in the list of people for whom it is outside working hours."""

    at: datetime
    outside: tuple[int, ...] = ()


def working_window(window: Window | None) -> Window:
    """Working hours of somebody who wants messages within `window`: office hours, longer where the window is."""
    if window is None:
        return OFFICE
    return Window(min(window.start, OFFICE.start), max(window.end, OFFICE.end))


@lru_cache(maxsize=4096)
def week_of(work: WorkWeek, monday: date) -> int:
    """The quarter hours of the week from `monday` 00:00 UTC in which somebody works throughout."""
    start = _midnight(monday)
    bits = 0
    for number in range(-1, 8):
        day = monday + timedelta(days=number)
        if work.works_on(day):
            first = -((start - resolve(day, work.window.start, work.zone)) // QUARTER)
            last = (resolve(day, work.window.end, work.zone) - start) // QUARTER
            first, last = max(first, 0), min(last, QUARTERS)
            if last > first:
                bits |= ((1 << (last - first)) - 1) << first
    return bits


def middle_of_day(work: WorkWeek, monday: date) -> int:
    """The middle of the working day in minutes of UTC (0 to 1439) in that week."""
    start, end = (resolve(monday, at, work.zone) for at in (work.window.start, work.window.end))
    middle = start + (end - start) / 2
    return middle.hour * 60 + middle.minute


def proposals(
    people: Sequence[WorkWeek], after: datetime, minutes: int, *, count: int = 3, weeks: int = 2
) -> list[Proposal]:
    """The best moments to meet from `after` (UTC) on, within `weeks` weeks, earliest first, on different days if there
    are enough.

    Moments at which everybody works come first; where there are none, those that suit most. A good moment lies away
    from the edges of anybody's day and from lunch, and begins on the hour or at half past.
    """
    fits = list(_candidates(people, after, minutes, weeks))
    fits.sort(key=lambda each: (len(each[0].outside), -each[1], each[0].at))
    chosen: list[Proposal] = []
    for proposal, _ in fits:
        alike = bool(chosen) and len(proposal.outside) == len(chosen[0].outside)
        if (alike and all(proposal.at.date() != other.at.date() for other in chosen)) or not chosen:
            chosen.append(proposal)
        if len(chosen) == count:
            break
    for proposal, _ in fits:
        if len(chosen) >= count:
            break
        if all(abs(proposal.at - other.at) >= timedelta(hours=2) for other in chosen):
            chosen.append(proposal)
    return sorted(chosen, key=lambda each: each.at)


def outside(people: Sequence[WorkWeek], at: datetime, minutes: int) -> tuple[int, ...]:
    """The places of those people for whom a meeting at `at` (UTC) is outside working hours."""
    monday = _monday(at)
    first = (at - _midnight(monday)) // QUARTER
    needed = ((1 << _quarters(minutes)) - 1) << first
    return tuple(place for place, work in enumerate(people) if _fortnight(work, monday) & needed != needed)


def common_hours(people: Iterable[WorkWeek], monday: date) -> float:
    """How many hours of that week everybody works."""
    weeks = [week_of(work, monday) for work in people]
    return reduce(and_, weeks).bit_count() / 4 if weeks else 0.0


def _candidates(
    people: Sequence[WorkWeek], after: datetime, minutes: int, weeks: int
) -> Iterable[tuple[Proposal, float]]:
    """Every half hour at which at least one more than half of the people works, with how comfortable it is."""
    first = _monday(after)
    for week in range(weeks + 1):
        monday = first + timedelta(weeks=week)
        bits = [_fortnight(work, monday) for work in people]
        for quarter in range(0, QUARTERS, 2):
            at = _midnight(monday) + quarter * QUARTER
            needed = ((1 << _quarters(minutes)) - 1) << quarter
            missing = tuple(place for place, each in enumerate(bits) if each & needed != needed)
            if after <= at <= after + timedelta(weeks=weeks) and len(missing) * 2 < max(len(people), 1):
                yield Proposal(at, missing), min((_comfort(work, at, minutes) for work in people), default=0.0)


def _comfort(work: WorkWeek, at: datetime, minutes: int) -> float:
    """Hours to the nearer end of somebody's day, at most two; over lunch less."""
    zone = zone_of(work.zone)
    start, end = at.astimezone(zone), (at + timedelta(minutes=minutes)).astimezone(zone)
    before = _hours(start.time()) - _hours(work.window.start)
    behind = _hours(work.window.end) - _hours(end.time())
    over_lunch = start.time() < LUNCH[1] and end.time() > LUNCH[0]
    return min(before, behind, 2.0) - (1.0 if over_lunch else 0.0)


def _fortnight(work: WorkWeek, monday: date) -> int:
    """Two weeks in a row, so that a meeting may pass Sunday midnight in UTC."""
    return week_of(work, monday) | week_of(work, monday + timedelta(weeks=1)) << QUARTERS


def _quarters(minutes: int) -> int:
    return max(-(-minutes // 15), 1)


def _hours(at: time) -> float:
    return at.hour + at.minute / 60


def _monday(at: datetime) -> date:
    day = at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
