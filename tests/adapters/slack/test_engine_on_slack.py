"""The whole engine on a strict and faulty Slack: everybody gets everything once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.catalogues import read_catalogues
from adapters.database.migrate import migrate
from adapters.database.store import DatabaseStore, open_store
from adapters.holidays import HolidayCalendars
from bot.messages.links import Links
from bot.model.commands import Caller
from bot.model.people import Address, Profile
from bot.usecases.context import Parts
from bot.usecases.engine import Engine
from tests.adapters.slack.platform_stage import Stage, staged
from tests.builders import a_course
from tests.local_slack import App, DrivenClock
from tests.local_slack.faults import CUT_AFTER, CUT_BEFORE, FATAL_AFTER, RATELIMITED, Fault
from tests.local_slack.people import Person
from tests.world import NOW, Shelf, buttons_of


@dataclass
class Course:
    """A running engine whose time is Slack's."""

    stage: Stage
    store: DatabaseStore
    engine: Engine
    ada: Person

    @property
    def clock(self) -> DrivenClock:
        assert isinstance(self.stage.slack.clock, DrivenClock)
        return self.stage.slack.clock

    async def says(self, text: str) -> list[str]:
        """What the admin types; returns what could be typed next."""
        reply = await self.engine.say(text, Caller(self.stage.at(self.ada), Profile("Ada")))
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
            await self.engine.idle()
            await self.clock.advance(step)


@asynccontextmanager
async def taught(folder: Path, app: App | None = None) -> AsyncIterator[Course]:
    async with staged(app, driven=True) as stage:
        driven = stage.slack.clock
        assert isinstance(driven, DrivenClock)
        driven.moment = NOW.timestamp()
        stage.slack.limits.like_slack()
        ada = stage.acme.user("Ada Tremblay")
        url = f"sqlite:///{folder / 'course.db'}"
        migrate(url)

        def clock() -> datetime:
            return datetime.fromtimestamp(driven.now(), UTC)

        store, shelf = open_store(url, clock), Shelf()
        course = a_course()
        shelf.put(course)
        async with store.transaction() as tx:
            await tx.save_edition(course.id, course.edition, "{}", NOW)
        admins = frozenset({Address("slack", stage.workspace, ada.id)})
        links = Links("https://course.example")
        parts = Parts(
            store, shelf, HolidayCalendars(), {"slack": stage.platform}, read_catalogues(), clock, links, admins
        )
        engine = Engine(parts, lambda event, **ids: None)
        try:
            yield Course(stage, store, engine, ada)
        finally:
            await engine.stop(5)
            await store.close()


@pytest.mark.parametrize("distribution", ["internal", "distributed"])
@pytest.mark.parametrize("fault", [CUT_AFTER, CUT_BEFORE, FATAL_AFTER, RATELIMITED, Fault("html", status=502)])
async def test_whatever_happens_to_a_welcome_it_arrives_once(tmp_path: Path, fault: Fault, distribution: str) -> None:
    """Also where history may be read once a minute, and nothing is ever called against Slack's wish."""
    async with taught(tmp_path, App(distribution=distribution)) as course:  # type: ignore[arg-type]
        people = [course.stage.acme.user(name) for name in ("Ben Carter", "Zoé Lavoie")]
        course.stage.slack.faults.on("chat.postMessage", fault, times=2)
        await course.launched(*people)
        await course.passes(timedelta(minutes=6))
        assert [len(each.messages()) for each in people] == [1, 1]
        assert course.stage.slack.faults.struck.total() >= 1
        assert course.stage.slack.ledger.doubled == []
        assert course.stage.slack.limits.impatient == {}
