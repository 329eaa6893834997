"""Many people at once, written straight into an empty database: filling it is not what is measured."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from adapters.catalogues import read_catalogues
from adapters.content.loader import load_courses
from adapters.database.metadata import Moment
from adapters.database.migrate import migrate
from adapters.database.store import DatabaseStore, open_store
from adapters.holidays import HolidayCalendars
from app import utc_now
from bot.messages.blocks import Message
from bot.messages.links import Links
from bot.model.cohort import CohortState
from bot.model.course import Course
from bot.model.delivery import MessageRef
from bot.model.people import Address, Profile
from bot.ports import Ability, ChatPlatform, Due, Found, Pacing
from bot.rules.content import course_from_document
from bot.usecases.context import Parts
from bot.usecases.engine import Engine
from tests.kill.seeding import a_cohort

COURSES = Path(__file__).resolve().parents[2] / "course_content"
ZONES = (
    "America/Toronto",
    "America/Halifax",
    "America/Winnipeg",
    "America/Edmonton",
    "America/St_Johns",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Moncton",
    "America/Regina",
)


@dataclass
class Silent:
    """A platform that takes everything at once and keeps nothing."""

    name: str
    can: frozenset[Ability] = frozenset({Ability.FIND, Ability.WITHDRAW, Ability.EDIT, Ability.FORMS})
    sent: int = 0

    def pacing(self, workspace: str) -> Pacing:
        return Pacing(0, 0, 32)

    async def send(self, to: Address, message: Message, key: str) -> MessageRef:
        self.sent += 1
        return MessageRef(to, f"m{self.sent}")

    async def update(self, ref: MessageRef, message: Message) -> None:
        """Nobody looks."""

    async def find(self, to: Address, key: str, since: datetime) -> Sequence[MessageRef]:
        return []

    async def withdraw(self, ref: MessageRef) -> None:
        """There is nothing."""

    async def profile(self, address: Address) -> Profile | None:
        return Profile()

    async def find_people(self, workspace: str, wanted: Sequence[str]) -> Sequence[Found]:
        return []

    async def open_room(self, workspace: str, name: str, topic: str, people: Sequence[Address], key: str) -> Address:
        raise NotImplementedError

    async def set_room_people(self, room: Address, people: Sequence[Address]) -> None:
        raise NotImplementedError

    async def close_room(self, room: Address) -> None:
        raise NotImplementedError

    async def forget(self, address: Address) -> None:
        """Nothing is kept."""


@dataclass
class Shelf:
    """One course."""

    course: Course

    def latest(self, course_id: str) -> Course | None:
        return self.course

    def all_latest(self) -> Sequence[Course]:
        return [self.course]

    def edition(self, course_id: str, edition: str) -> Course:
        return self.course


@dataclass
class Clock:
    """The world's time, moved by `ahead`."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass
class Crowd:
    """An engine over a database full of people."""

    store: DatabaseStore
    engine: Engine
    course: Course
    platform: str
    clock: Clock
    each: int
    """People per cohort."""


@asynccontextmanager
async def a_crowd(
    url: str,
    people: int,
    *,
    cohorts: int = 10,
    lanes: int = 10,
    zones: int = 1,
    platform: ChatPlatform | None = None,
    name: str = "silent",
) -> AsyncIterator[Crowd]:
    """`people` who are active in one of `cohorts` each, with the first lesson an hour ahead.

    Without a `platform` nothing is sent.
    """
    migrate(url)
    clock = Clock()
    documents = load_courses(COURSES, utc_now().date()).documents
    course = course_from_document(documents["culture"])
    async with open_store(url, clock) as store:
        await _cohorts(store, cohorts, lanes, course, documents["culture"], name)
        await _people(store, people, cohorts, lanes, zones, course, name)
        parts = Parts(
            store=store,
            courses=Shelf(course),
            holidays=HolidayCalendars(),
            platforms={} if platform is None else {platform.name: platform},
            catalogues=read_catalogues(),
            clock=clock,
            links=Links("https://course.example"),
        )
        engine = Engine(parts)
        yield Crowd(store, engine, course, name, clock, -(-people // cohorts))
        await engine.stop(5)


async def all_planned(crowd: Crowd) -> Due:
    """What is due once everybody's first lesson is planned and none is sent; the clock stands at its hour."""
    lanes = crowd.engine.lanes
    lanes.stopping = True
    crowd.clock.ahead = timedelta(hours=1, seconds=5)
    while True:
        await crowd.engine.tick()
        async with crowd.store.reading() as tx:
            due = await tx.due(crowd.clock())
        if not due.plan:
            break
    lanes.stopping = False
    return due


async def _cohorts(store: DatabaseStore, cohorts: int, lanes: int, course: Course, document: str, name: str) -> None:
    now = utc_now()
    async with store.transaction() as tx:
        await tx.save_edition(course.id, course.edition, document, now)
        for number in range(cohorts):
            made = await tx.add_cohort(a_cohort(f"{name}:w{number % lanes}", course.edition, now, f"Cohort {number}"))
            await tx.save_cohort(replace(made, state=CohortState.RUNNING))


_SERIES = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :people)"


async def _people(
    store: DatabaseStore, people: int, cohorts: int, lanes: int, zones: int, course: Course, name: str
) -> None:
    """Person, address and enrolment number i + 1 belong together: the database is empty. A cohort's people are
    enrolled together, as a list of them is, so their rows lie together."""
    now = utc_now()
    zone = " ".join(f"WHEN {n} THEN '{each}'" for n, each in enumerate(ZONES[:zones]))
    statements = [
        "INSERT INTO person (name, language, zone, added_at) {series} SELECT 'Person ' || i, "
        "CASE i % 2 WHEN 0 THEN 'en' ELSE 'fr' END, CASE i % {zones} {zone} END, :now FROM n",
        "INSERT INTO address (lane, ref, person_id) {series} "
        "SELECT '{name}:w' || (i / {each} % {lanes}), 'p' || i, i + 1 FROM n",
        "INSERT INTO enrolment (cohort_id, person_id, address_id, state, joined_at, next_lesson, next_due_at) {series} "
        "SELECT i / {each} + 1, i + 1, i + 1, 'active', :now, '{lesson}', CASE i % {zones} {due} END FROM n",
    ]
    names = {
        "series": _SERIES,
        "each": -(-people // cohorts),
        "lanes": lanes,
        "zones": zones,
        "zone": zone,
        "name": name,
    }
    # Nine o'clock is another moment in each zone.
    dues = {f"due{n}": now + timedelta(hours=1, minutes=n) for n in range(zones)}
    names["due"] = " ".join(f"WHEN {n} THEN :due{n}" for n in range(zones))
    values = {"people": people, "now": now, **dues}
    async with store.begin() as connection:
        for template in statements:
            statement = template.format(lesson=course.lessons[0].id, **names)
            used = {word: value for word, value in values.items() if re.search(f":{word}\\b", statement)}
            moments = [sa.bindparam(word, type_=Moment()) for word in used if word != "people"]
            await connection.execute(sa.text(statement).bindparams(*moments), used)
        if store.dialect == "postgresql":
            await connection.execute(sa.text("ANALYZE"))
