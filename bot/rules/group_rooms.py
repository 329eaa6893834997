"""When a study group usually meets, and what its room is called."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import and_

from bot.model.cohort import Cohort
from bot.model.course import Weekday
from bot.model.groups import MeetingSlot
from bot.rules.meetings import LUNCH, QUARTER, QUARTERS, WorkWeek, week_of
from bot.rules.planner import resolve, zone_of

DAYS = (Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.MON, Weekday.FRI, Weekday.SAT, Weekday.SUN)
"""Days for a meeting, the best first: nobody's week begins or ends with it."""
MINUTES = 45
EDGE = 8
"""Quarter hours: a moment two hours away from the ends of everybody's day is as good as any."""


def usual_slot(people: Sequence[WorkWeek], monday: date, minutes: int = MINUTES) -> MeetingSlot | None:
    """The weekly moment at which all of them work in the week from `monday` on, as a wall time in the zone of most of
    them: away from the ends of anybody's day and from lunch, on the best day. None where they share no such moment."""
    if not people:
        return None
    common = reduce(and_, (week_of(work, monday) for work in people))
    length = max(-(-minutes // 15), 1)
    zone = main_zone([work.zone for work in people])
    start = resolve(monday, time(0), "UTC")
    best: tuple[int, int, int] | None = None
    found: datetime | None = None
    for quarter in range(0, QUARTERS - length, 2):
        if common >> quarter & (1 << length) - 1 != (1 << length) - 1:
            continue
        local = (start + quarter * QUARTER).astimezone(zone_of(zone))
        at_lunch = local.time() < LUNCH[1] and (local + timedelta(minutes=minutes)).time() > LUNCH[0]
        room = min(_free(common, quarter - 1, -1), _free(common, quarter + length, 1), EDGE)
        fit = (room - EDGE * at_lunch, -DAYS.index(Weekday(local.weekday())), -quarter)
        if best is None or fit > best:
            best, found = fit, local
    return None if found is None else MeetingSlot(Weekday(found.weekday()), found.time(), zone)


def _free(common: int, quarter: int, step: int) -> int:
    """How many quarter hours in a row are common, from this one on, at most `EDGE`."""
    count = 0
    while count < EDGE and 0 <= quarter < QUARTERS and common >> quarter & 1:
        count, quarter = count + 1, quarter + step
    return count


def main_zone(zones: Sequence[str]) -> str:
    """The zone most of them are in; of several, the first by name."""
    counts = Counter(zones)
    return min(counts, key=lambda zone: (-counts[zone], zone))


def room_name(cohort: Cohort, number: int, slot: MeetingSlot | None) -> str:
    """Predictable and in order when sorted: `spring26-grp-07-toronto-am`."""
    name = slug(cohort.name)
    if not re.search(r"\d", name):
        name += f"{cohort.starts_on:%y}"
    parts = [name[:40], "grp", f"{number:02d}"]
    if slot is not None:
        parts += [slug(slot.zone.rsplit("/", 1)[-1]), "am" if slot.at < time(12) else "pm"]
    return "-".join(parts)


def slug(words: str) -> str:
    """Small letters without accents, digits and hyphens."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", words) if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "x"
