"""The whole engine on a strict and faulty Teams, which cannot be asked what it has: nobody gets anything twice, and
what may not have arrived is said, until its reader is seen with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from aiohttp import web

from adapters.catalogues import read_catalogues
from adapters.database.migrate import migrate
from adapters.database.store import DatabaseStore, open_store
from adapters.database.teams import TeamsInbox
from adapters.holidays import HolidayCalendars
from adapters.teams.adapter import TeamsAdapter
from adapters.teams.checking import InboundCheck
from adapters.teams.connector import Connector
from adapters.teams.hosts import Hosts
from adapters.teams.inbound import TeamsInbound
from adapters.teams.tokens import Tokens
from app import utc_now
from bot.messages.links import Links
from bot.model.commands import Caller
from bot.model.delivery import Kind, Reason
from bot.model.people import Profile
from bot.usecases.context import Parts
from bot.usecases.engine import Engine
from tests.adapters.teams.platform_stage import Stage, staged
from tests.builders import a_course
from tests.local_slack.faults import BROKEN, BROKEN_AFTER, CUT_AFTER, CUT_BEFORE, RATELIMITED, Fault
from tests.local_teams import DrivenClock
from tests.local_teams.people import Person
from tests.world import NOW, Shelf, buttons_of

T = TypeVar("T")


@dataclass
class Course:
    """A running engine whose time is Teams'."""

    stage: Stage
    store: DatabaseStore
    engine: Engine
    inbound: TeamsInbound
    ada: Person

    @property
    def clock(self) -> DrivenClock:
        assert isinstance(self.stage.teams.clock, DrivenClock)
        return self.stage.teams.clock

    async def through(self, work: Awaitable[T]) -> T:
        """Wait for something, and let time come for whoever sleeps on the clock meanwhile."""
        waiting = asyncio.ensure_future(work)
        while not waiting.done():
            if self.clock.sleepers:
                await self.clock.advance(max(0.0, self.clock.sleepers[0][0] - self.clock.now()))
            await asyncio.wait([waiting], timeout=0.005)
        return waiting.result()

    async def says(self, text: str) -> list[str]:
        """What the admin types; returns what could be typed next."""
        asked = self.engine.say(text, Caller(self.stage.at(self.ada), Profile("Ada")))
        reply = await self.through(asked)
        return [each.typed for each in buttons_of(reply.say)] if reply.say else []

    async def launched(self, *people: Person) -> None:
        await self.says("cohort create small start 2026-12-01 name spring")
        offered = await self.says(f"cohort enrol spring {' '.join(f'<@{each.id}>' for each in people)}")
        await self.says(next(each for each in offered if each.startswith("cohort confirm")))
        await self.says("cohort launch spring confirm")

    async def passes(self, time: timedelta, step: float = 5.0) -> None:
        until = self.clock.now() + time.total_seconds()
        while self.clock.now() < until:
            await self.engine.tick()
            await self.through(self.engine.idle())
            await self.clock.advance(step)

    async def welcomes(self, *people: Person) -> list[tuple[str, str]]:
        """State and reason of each person's welcome."""
        found = []
        async with self.store.reading() as tx:
            for each in people:
                known = await tx.person_at(self.stage.at(each))
                assert known is not None
                (enrolment,) = await tx.enrolments_of(known.id)
                (row,) = await tx.deliveries_of(enrolment.id, {Kind.WELCOME})
                found.append((row.state.value, row.reason or ""))
        return found


@asynccontextmanager
async def taught(folder: Path) -> AsyncIterator[Course]:
    async with staged(driven=True) as stage:
        driven, teams = stage.teams.clock, stage.teams
        assert isinstance(driven, DrivenClock)
        driven.moment = NOW.timestamp()
        teams.limits.like_teams()
        ada = await stage.person("Ada Tremblay")
        url = f"sqlite:///{folder / 'course.db'}"
        migrate(url)

        def clock() -> datetime:
            return datetime.fromtimestamp(driven.now(), UTC)

        store, shelf = open_store(url, clock), Shelf()
        course = a_course()
        shelf.put(course)
        async with store.transaction() as tx:
            await tx.save_edition(course.id, course.edition, "{}", NOW)
        admins = frozenset({stage.at(ada)})
        catalogues, links = read_catalogues(), Links("https://course.example")
        parts = Parts(store, shelf, HolidayCalendars(), {"teams": stage.platform}, catalogues, clock, links, admins)
        engine = Engine(parts, lambda event, **ids: None)
        hosts, app, here = Hosts([teams.host]), teams.app, frozenset({stage.workspace})
        check = InboundCheck(stage.session, teams.openid_url, app.id, here, hosts, clock=utc_now)
        tokens = Tokens(stage.session, teams.login_url, app.id, app.password, "multi", now=driven.now)
        adapter = TeamsAdapter(check, Connector(stage.session, tokens, hosts), local=False)
        inbox = TeamsInbox(store)
        inbound = TeamsInbound(engine, stage.platform, adapter, stage.kept, inbox, stage.session, utc_now, catalogues)
        application = web.Application()
        application.add_routes(inbound.routes())
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        teams.connect(f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages")
        try:
            yield Course(stage, store, engine, inbound, ada)
        finally:
            await inbound.close()
            await engine.stop(5)
            await teams.settle()
            await runner.cleanup()
            await store.close()


async def a_class(course: Course) -> list[Person]:
    people = [course.stage.contoso.person(name) for name in ("Ben Carter", "Zoé Lavoie")]
    for each in people:
        await each.installs()
    await course.through(course.inbound.idle())
    return people


def carded(person: Person) -> list[str]:
    """The deliveries that stand in a person's chat."""
    return [each.key for each in person.messages() if each.key]


SURE = [RATELIMITED, Fault("error", status=412, code="PreconditionFailed"), Fault("error", status=401, code="Expired")]
UNSURE = [CUT_AFTER, CUT_BEFORE, BROKEN, BROKEN_AFTER, Fault("error_after", status=500, code="ServiceError")]


@pytest.mark.parametrize("fault", SURE)
async def test_what_teams_refused_for_now_arrives_once(tmp_path: Path, fault: Fault) -> None:
    """Nothing was posted, so it is tried again, never against Teams' wish."""
    async with taught(tmp_path) as course:
        people = await a_class(course)
        course.stage.teams.faults.on("send", fault, times=2)
        await course.launched(*people)
        await course.passes(timedelta(minutes=6))
        assert course.stage.teams.faults.struck.total() == 2
        assert [len(carded(each)) for each in people] == [1, 1]
        assert await course.welcomes(*people) == [("sent", "")] * 2
        assert course.stage.teams.limits.impatient == {}


@pytest.mark.parametrize("fault", UNSURE)
async def test_what_may_have_arrived_is_never_sent_twice(tmp_path: Path, fault: Fault) -> None:
    """It is shown to the admin as not verifiable; when its reader's client refreshes the card, it is known to be there;
    what is nowhere to be seen stays shown."""
    async with taught(tmp_path) as course:
        people = await a_class(course)
        course.stage.teams.faults.on("send", fault, times=2)
        await course.launched(*people)
        await course.passes(timedelta(minutes=6))
        assert course.stage.teams.ledger.doubled == []
        assert await course.welcomes(*people) == [("failed", Reason.NOT_VERIFIABLE)] * 2
        there = [bool(carded(each)) for each in people]
        for each in people:
            await course.through(each.looks())
        await course.through(course.inbound.idle())
        states = [state for state, _ in await course.welcomes(*people)]
        assert states == ["sent" if each else "failed" for each in there]
        assert course.stage.teams.failures == []


async def test_a_press_proves_it_too(tmp_path: Path) -> None:
    """Whoever uses a message has it."""
    async with taught(tmp_path) as course:
        (ben, _) = people = await a_class(course)
        course.stage.teams.faults.on("send", CUT_AFTER, times=2)
        await course.launched(*people)
        await course.passes(timedelta(minutes=6))
        (shown,) = [each for each in ben.messages() if each.key]
        pressed = await course.through(ben.presses(shown, shown.buttons()[0]))
        await course.through(course.inbound.idle())
        assert pressed.ok
        assert [state for state, _ in await course.welcomes(*people)] == ["sent", "failed"]


async def test_only_on_request_is_it_sent_again(tmp_path: Path) -> None:
    """The admin may say that it did not arrive; then it goes out once more."""
    async with taught(tmp_path) as course:
        people = await a_class(course)
        course.stage.teams.faults.on("send", CUT_BEFORE, times=2)
        await course.launched(*people)
        await course.passes(timedelta(minutes=6))
        assert [carded(each) for each in people] == [[], []]
        await course.says("cohort retry spring unverified")
        await course.passes(timedelta(minutes=2))
        assert [len(carded(each)) for each in people] == [1, 1]


async def test_whoever_gets_the_app_gets_what_waited(tmp_path: Path) -> None:
    """Without the app nothing arrives, and the admin sees why; installing it brings the welcome."""
    async with taught(tmp_path) as course:
        team = course.stage.contoso.team("Culture", course.ada)
        ben = course.stage.contoso.person("Ben Carter")
        team.members[ben.aad] = ""
        await course.stage.contoso.adds_app(team)
        await course.through(course.inbound.idle())
        await course.launched(ben)
        await course.passes(timedelta(minutes=1))
        assert await course.welcomes(ben) == [("failed", Reason.NOT_INSTALLED)]
        await ben.installs()
        await course.through(course.inbound.idle())
        await course.passes(timedelta(minutes=1))
        assert [state for state, _ in await course.welcomes(ben)] == ["sent"]
        assert len(carded(ben)) == 1


async def test_two_reports_of_an_installation_greet_once(tmp_path: Path) -> None:
    """In either order, and again after the app was away."""
    async with taught(tmp_path) as course:
        ben = course.stage.contoso.person("Ben Carter")
        await ben.installs(order=("installationUpdate", "conversationUpdate"))
        await course.through(course.inbound.idle())
        greeted = len(ben.messages())
        assert greeted == 2, "a greeting and the home card"
        await ben.uninstalls()
        await ben.installs()
        await course.through(course.inbound.idle())
        assert len(ben.messages()) == 2 * greeted


async def test_a_press_that_is_told_twice_counts_once(tmp_path: Path) -> None:
    """With the same id at once; the second answer is the first one."""
    async with taught(tmp_path) as course:
        people = await a_class(course)
        await course.launched(*people)
        await course.passes(timedelta(minutes=1))
        (shown,) = [each for each in people[0].messages() if each.key]
        first = await course.through(people[0].presses(shown, shown.buttons()[0]))
        await course.through(course.inbound.idle())
        stood = len(people[0].messages())
        again = await course.through(course.stage.teams.redeliver(first))
        await course.through(course.inbound.idle())
        assert again.answer == first.answer
        assert len(people[0].messages()) == stood


async def test_people_of_another_organisation_are_refused(tmp_path: Path) -> None:
    """Their requests are genuine, and not for this list of tenants."""
    async with taught(tmp_path) as course:
        otto = course.stage.teams.tenant("Elsewhere").person("Otto Berg", installed=True)
        refused = await otto.types("home")
        await course.through(course.inbound.idle())
        assert refused is not None
        assert refused.status == 403
        assert otto.messages() == []
