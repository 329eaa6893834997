"""A whole small world for engine tests: a real store, the fake platform, a clock that is moved by hand, and the same
people everywhere: Zoé reads French, Ben English, Fatou facilitates, Ada is the admin. Otto is admin somewhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from adapters.catalogues import read_catalogues
from adapters.content.loader import load_courses
from adapters.database import tables, tables_ama, tables_group_life, tables_groups
from adapters.database.migrate import migrate
from adapters.database.store import DatabaseStore, open_store
from adapters.holidays import HolidayCalendars
from bot.messages.blocks import Button, Buttons, Form, Item, Message, Reply
from bot.messages.links import Links
from bot.model.cohort import Cohort, Enrolment
from bot.model.commands import Caller, Home
from bot.model.course import Course, Language
from bot.model.delivery import Delivery, Kind
from bot.model.people import Address, Profile
from bot.rules.content import course_from_document
from bot.usecases.context import Parts, Timing
from bot.usecases.engine import Engine
from tests.builders import a_course
from tests.fake_platform import FakeClock, FakePlatform, Posted
from tests.reading import empty_spans, plain_text

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ROOT / "course_content"
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@dataclass
class Shelf:
    """Courses for tests: editions are put there by hand."""

    editions: dict[tuple[str, str], Course] = field(default_factory=dict)
    newest: dict[str, str] = field(default_factory=dict)

    def put(self, course: Course) -> None:
        self.editions[course.id, course.edition] = course
        self.newest[course.id] = course.edition

    def latest(self, course_id: str) -> Course | None:
        edition = self.newest.get(course_id)
        return self.editions[course_id, edition] if edition else None

    def all_latest(self) -> Sequence[Course]:
        return [self.editions[course_id, edition] for course_id, edition in self.newest.items()]

    def edition(self, course_id: str, edition: str) -> Course:
        return self.editions[course_id, edition]


@dataclass
class World:
    store: DatabaseStore
    shelf: Shelf
    platform: FakePlatform
    clock: FakeClock
    engine: Engine
    zoe: Address
    ben: Address
    fatou: Address
    ada: Address
    otto: Address
    events: list[tuple[str, Mapping[str, object]]]
    heard: list[tuple[Address, Reply]] = field(default_factory=list)

    async def says(self, who: Address, text: str, *, room: Address | None = None) -> Reply:
        reply = await self.engine.say(text, self.caller(who, room=room))
        return await self._after(who, reply)

    async def opens_home(self, who: Address) -> Message:
        """Look at the home card."""
        reply = await self.engine.handle(Home(), replace(self.caller(who, pressed=True), on_home=True))
        await self._after(who, reply)
        assert reply.home is not None
        return reply.home

    async def presses(self, who: Address, label: str, where: Message | Reply | None = None) -> Reply:
        """Press a button (by label, spoken label or typed form) in a message, else in the person's newest message."""
        message = _message(where) if where is not None else self.newest(who).message
        button = find_button(message, label)
        posted = next((p for p in reversed(self.platform.to(who)) if p.message == message), None)
        caller = self.caller(who, pressed=True, key=posted.key if posted else None, topic=message_topic(message))
        reply = await self.engine.press(button.action, caller)
        if posted and reply.replace:
            await self.platform.update(posted.ref, reply.replace)
        return await self._after(who, reply)

    async def presses_in(self, who: Address, form: Form, number: int = 0) -> Reply:
        """Press one of the buttons of a form or panel that is open."""
        reply = await self.engine.press(form.buttons[number].action, self.caller(who, pressed=True))
        return await self._after(who, reply)

    async def submits(self, who: Address, form: Form, **values: str) -> Reply:
        filled = {each.name: each.value for each in form.fields if hasattr(each, "value")} | values
        reply = await self.engine.submit(form.action, filled, self.caller(who, pressed=True))
        return await self._after(who, reply)

    async def _after(self, who: Address, reply: Reply) -> Reply:
        assert not list(empty_spans(reply)), reply
        self.heard.append((who, reply))
        await self.settle()
        return reply

    async def running(
        self, *people: str, course: str = "small", name: str = "spring", start: str = "2026-12-01", more: str = ""
    ) -> int:
        """A launched cohort of Ada's with these people (`@ben`); returns its number."""
        await self.says(self.ada, f"cohort create {course} start {start} name {name} {more}".strip())
        dry_run = await self.says(self.ada, f"cohort enrol {name} {' '.join(people)}")
        assert dry_run.say is not None
        confirm = next(b.typed for b in buttons_of(dry_run.say) if b.typed.startswith("cohort confirm"))
        await self.says(self.ada, confirm)
        await self.says(self.ada, f"cohort launch {name} confirm")
        return (await self.cohort(name)).id

    async def publish(self, course: Course) -> None:
        """A new edition is read: it is stored, and cohorts follow it."""
        self.shelf.put(course)
        async with self.store.transaction() as tx:
            await tx.save_edition(course.id, course.edition, "{}", self.clock())
        await self.engine.follow_editions()

    async def cohort(self, name: str = "spring", lane: str | None = None) -> Cohort:
        async with self.store.reading() as tx:
            return next(each for each in await tx.cohorts(lane=lane or self.ada.lane) if each.name == name)

    async def enrolment(self, who: Address, name: str = "spring") -> Enrolment:
        async with self.store.reading() as tx:
            person = await tx.person_at(who)
            cohort = next(each for each in await tx.cohorts(lane=who.lane) if each.name == name)
            enrolment = await tx.enrolment_of(cohort.id, person.id) if person else None
        assert enrolment is not None
        return enrolment

    async def lessons(self, who: Address, name: str = "spring") -> dict[str, Delivery]:
        """The lesson deliveries of somebody in a cohort, by lesson."""
        enrolment = await self.enrolment(who, name)
        async with self.store.reading() as tx:
            rows = await tx.deliveries_of(enrolment.id, {Kind.LESSON})
        return {row.lesson_id or "": row for row in rows}

    async def states(self, who: Address, name: str = "spring") -> dict[str, str]:
        return {lesson_id: row.state.value for lesson_id, row in (await self.lessons(who, name)).items()}

    def keys(self, who: Address) -> list[str]:
        """What was posted to somebody, as the part of each key after the enrolment: `lesson/l1`, `nudge/l1/0`."""
        return [posted.key.partition("/")[2] for posted in self.platform.to(who)]

    async def settle(self) -> None:
        """Let time do what is due at this moment, until nothing is left to do."""
        for _ in range(20):
            await self.engine.tick()
            await self.engine.idle()
            async with self.store.reading() as tx:
                if not (await tx.due(self.clock())).anything:
                    return

    async def at(self, moment: datetime) -> None:
        """Move to a moment, stopping at everything that becomes due on the way, exactly when it does."""
        while self.clock.now < moment:
            due = await self._next_due()
            self.clock.now = min(moment, due or moment)
            await self.settle()

    async def _next_due(self) -> datetime | None:
        """The next moment after now at which the engine may have something to do."""
        enrolment, delivery, lane = tables.enrolment.c, tables.delivery.c, tables.lane.c
        room, life = tables_groups.group_room.c, tables_group_life.group_life.c
        watch = tables_group_life.group_watch.c
        waiting = ("planned", "ready", "held", "retry", "unknown")
        looks = [
            *(
                sa.select(sa.func.min(column)).where(column > self.clock.now)
                for column in (enrolment.next_due_at, enrolment.next_nudge_at, enrolment.paused_until)
            ),
            sa.select(sa.func.min(delivery.not_before)).where(
                delivery.not_before > self.clock.now, delivery.state.in_(waiting)
            ),
            sa.select(sa.func.min(delivery.lease_until)).where(
                delivery.lease_until > self.clock.now, delivery.state == "sending"
            ),
            sa.select(sa.func.min(lane.paused_until)).where(lane.paused_until > self.clock.now),
            sa.select(sa.func.min(tables_ama.session_task.c.at)).where(tables_ama.session_task.c.at > self.clock.now),
            *(
                sa.select(sa.func.min(column)).where(column > self.clock.now)
                for column in (room.work_at, life.next_at, watch.next_at)
            ),
        ]
        async with self.store.look() as connection:
            found = [(await connection.execute(look)).scalar() for look in looks]
        return min((moment for moment in found if moment), default=None)

    def caller(
        self,
        who: Address,
        *,
        room: Address | None = None,
        pressed: bool = False,
        key: str | None = None,
        topic: str | None = None,
    ) -> Caller:
        profile = next((p for ref, p in self.platform.people.values() if ref == who.ref), Profile())
        return Caller(who, profile, room, pressed, delivery_key=key, topic=topic)

    def newest(self, who: Address) -> Posted:
        return self.platform.to(who)[-1]

    def reads(self, who: Address) -> str:
        """Everything in a person's chat, as words."""
        return "\n\n".join(plain_text(posted.message) for posted in self.platform.to(who))


def message_topic(message: Message) -> str | None:
    return message.topic or None


def _message(where: Message | Reply) -> Message:
    if isinstance(where, Message):
        return where
    message = where.say or where.replace or where.home
    assert message is not None
    return message


def buttons_of(message: Message) -> list[Button]:
    found: list[Button] = []
    for block in message.blocks:
        if isinstance(block, Buttons | Item):
            found += block.buttons
    return found


def find_button(message: Message, label: str) -> Button:
    buttons = buttons_of(message)
    for button in buttons:
        if label in (button.label, button.spoken, button.typed):
            return button
    raise AssertionError(f"no button {label!r}; there are {[(b.label, b.spoken, b.typed) for b in buttons]}")


@asynccontextmanager
async def a_world(url: str, *, timing: Timing | None = None, now: datetime = NOW) -> AsyncIterator[World]:
    """A fresh world on a database; the example course and a small one are on the shelf."""
    migrate(url)
    clock = FakeClock(now)
    store = open_store(url, clock)
    shelf = await a_shelf(store, now)
    platform = FakePlatform()
    zoe = platform.add_person("U-zoe", "Zoé Lavoie", "zoe@example.org", language=Language.FR, zone="America/Toronto")
    ben = platform.add_person("U-ben", "Ben Okafor", "ben@example.org", language=Language.EN, zone="America/Vancouver")
    fatou = platform.add_person(
        "U-fatou", "Fatou Diop", "fatou@example.org", language=Language.EN, zone="America/Halifax"
    )
    ada = platform.add_person("U-ada", "Ada Tremblay", "ada@example.org", language=Language.EN, zone="America/Toronto")
    platform.add_person("U-otto", "Otto Berg", "otto@example.org", language=Language.EN, zone="America/Toronto")
    otto = Address(platform.name, "w2", "U-otto")
    events: list[tuple[str, Mapping[str, object]]] = []
    parts = Parts(
        store,
        shelf,
        HolidayCalendars(),
        {platform.name: platform},
        read_catalogues(),
        clock,
        Links("https://course.example", seal=lambda subject: subject.replace("/", "-")),
        frozenset({ada, otto}),
        timing=timing or Timing(),
    )
    engine = Engine(parts, lambda event, **ids: events.append((event, ids)))
    try:
        yield World(store, shelf, platform, clock, engine, zoe, ben, fatou, ada, otto, events)
    finally:
        await engine.stop(5)
        await store.close()


async def a_shelf(store: DatabaseStore, now: datetime) -> Shelf:
    """The example course and a small one, stored as editions."""
    shelf = Shelf()
    for course_id, document in EXAMPLE.documents.items():
        shelf.put(course_from_document(document))
        async with store.transaction() as tx:
            await tx.save_edition(course_id, shelf.newest[course_id], document, now)
    small = a_course()
    shelf.put(small)
    async with store.transaction() as tx:
        await tx.save_edition(small.id, small.edition, "{}", now)
    return shelf


EXAMPLE = load_courses(CONTENT, NOW.date())
