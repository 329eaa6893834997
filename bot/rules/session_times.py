"""When sessions are: reading a moment as people type it, what to remind of, whom it finds at night, what it clashes
with. Pure; all moments are aware UTC unless a name says wall time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.errors import Slip
from bot.model.cohort import Cohort
from bot.model.course import Language
from bot.model.sessions import Session, Task
from bot.rules.dates import parse_date, parse_time
from bot.rules.day_and_time import day_and_time, is_time_alone
from bot.rules.grammar_text import plain, shown
from bot.rules.planner import resolve, zone_of

REMIND = {Task.DAY: timedelta(days=1), Task.HOUR: timedelta(hours=1), Task.SOON: timedelta(minutes=10)}
"""How long before the start each reminder is due."""
USELESS = {Task.DAY: timedelta(hours=2), Task.HOUR: timedelta(minutes=15), Task.SOON: timedelta(minutes=-10)}
"""A reminder that would come less than this before the start is left out."""
TOLD_LATELY = timedelta(hours=12)
"""Whoever heard of a session's new time less than this before the day's reminder is not told again by it."""
URGENT = timedelta(hours=24)
"""What changes in a session that begins, or would have begun, within this time is told at once, whatever the hour."""
NIGHT = (time(21), time(7))
LEAST, MOST = 10, 8 * 60
"""How many minutes a session may take."""
LONGEST_OVERTIME = timedelta(hours=12)
"""So long after its start a session that nobody closed counts as gone by."""


def parse_when(text: str, today: date, language: Language) -> datetime:
    """The wall time that is meant: `2026-12-03 13:00`, `thursday at 2pm`, `demain à 14 h`, `3 Dec 9:30`.

    Raises Slip where the day or the time is missing, or one of them cannot be read.
    """
    parted = day_and_time(text)
    if parted is not None:
        day, clock = parted
        return datetime.combine(parse_date(day, today, language), parse_time(clock))
    example = f"{today + timedelta(days=7)} 13:00"
    if is_time_alone(text):
        raise Slip("Say the day, too.", example=example)
    parse_date(text, today, language)
    raise Slip("Say the time, too.", example=example)


def moment_of(starts: datetime, zone: str) -> datetime:
    """The UTC moment of a wall time; one that a clock change skips moves forward, of two the first counts."""
    return resolve(starts.date(), starts.time(), zone)


def reminders(at: datetime, now: datetime, told_at: datetime | None = None) -> dict[Task, datetime]:
    """When to remind of a session at `at`. What is over is left out; so is the day's reminder where people were told of
    this time (`told_at`) shortly before."""
    due = {kind: at - before for kind, before in REMIND.items()}
    if told_at is not None and due[Task.DAY] - told_at < TOLD_LATELY:
        del due[Task.DAY]
    return {kind: moment for kind, moment in due.items() if moment > now}


def is_useless(kind: Task, at: datetime, now: datetime) -> bool:
    """Whether a reminder of a session at `at` comes too late to be of use."""
    return now > at - USELESS[kind]


def is_urgent(now: datetime, *moments: datetime) -> bool:
    """Whether what changed must be told at once."""
    return any(moment - now < URGENT for moment in moments)


# --- before it is announced -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LocalTime:
    """When it is for the people of a zone; `night` says that it is between 21 and 7 there, or reaches into it."""

    zone: str
    starts: datetime
    people: int
    night: bool


def local_times(at: datetime, minutes: int, zones: Mapping[str, int]) -> list[LocalTime]:
    """One entry per wall time, the most people first; zones with the same clock count as the largest of them."""
    by_clock: dict[datetime, dict[str, int]] = {}
    for zone, people in zones.items():
        wall = at.astimezone(zone_of(zone)).replace(tzinfo=None)
        by_clock.setdefault(wall, {})[zone] = people
    found = [
        LocalTime(max(sorted(there), key=there.__getitem__), wall, sum(there.values()), _at_night(wall, minutes))
        for wall, there in by_clock.items()
    ]
    return sorted(found, key=lambda each: (-each.people, each.starts))


def _at_night(wall: datetime, minutes: int) -> bool:
    evening, morning = NIGHT
    end = wall + timedelta(minutes=minutes)
    late = end > datetime.combine(wall.date(), evening)
    return wall.time() < morning or wall.time() >= evening or late


def overlapping(at: datetime, minutes: int, others: Iterable[Session], *, but: int | None = None) -> list[Session]:
    """Other sessions that are going on at the same time."""
    end = at + timedelta(minutes=minutes)
    return [
        each for each in others if each.id != but and each.at < end and at < each.at + timedelta(minutes=each.minutes)
    ]


def lessons_near(at: datetime, minutes: int, cohorts: Sequence[Cohort]) -> list[tuple[Cohort, datetime]]:
    """Cohorts whose lessons come within an hour of it, with the lesson's wall time; as far as slots say."""
    hour = timedelta(hours=1)
    found = []
    for cohort in cohorts:
        wall = at.astimezone(zone_of(cohort.zone)).replace(tzinfo=None)
        for slot in cohort.slots:
            lesson = datetime.combine(wall.date(), slot.at)
            near = lesson - hour < wall + timedelta(minutes=minutes) and wall < lesson + hour
            if slot.day == wall.weekday() and wall.date() >= cohort.starts_on and near:
                found.append((cohort, lesson))
    return found


def found_in(words: str, texts: Iterable[str]) -> bool:
    """Whether every one of these words occurs in the texts; accents and capitals do not count."""
    said = plain(" ".join(texts))
    return all(word in said for word in plain(words).split())


def short(text: str, most: int = 60) -> str:
    """The beginning of a question, for labels."""
    return shown(text, most)
