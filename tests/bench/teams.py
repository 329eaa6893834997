"""Lessons through Teams: engine and adapter, beside the stock adapter of botbuilder and a bare loop of aiohttp, which
both record nothing. Once the connector answers at once, once after a tenth of a second."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import sqlalchemy as sa

from adapters.catalogues import read_catalogues
from adapters.database import tables, teams_tables
from adapters.database.teams import TeamsPlaces
from adapters.teams import pacing
from adapters.teams.clients import CONNECTIONS, new_session
from adapters.teams.connector import Connector
from adapters.teams.hosts import Hosts
from adapters.teams.looks import Looks
from adapters.teams.pacing import MESSAGES_PER_SECOND, Pace
from adapters.teams.places import PERSONAL, Place, Room, Team
from adapters.teams.platform import TeamsPlatform
from adapters.teams.render import message_activity
from adapters.teams.tokens import Tokens
from app import utc_now
from bot.messages.lessons import LessonView, lesson_message
from bot.model.course import Language
from tests.bench.crowds import Crowd, a_crowd, all_planned
from tests.bench.figures import Figure, milliseconds
from tests.bench.stock_bot import stock_rate
from tests.bench.teams_stub import a_connector

APP = "22222222-bbbb-4bbb-8bbb-000000000002"
WORKSPACE = "w0"
COHORTS = 10
LIFTED = Pace(per_second=1e6, conversation_seconds=0.0, in_flight=CONNECTIONS)
STOCK = 100
"""Messages of the stock adapter: more tell nothing else."""
FAR = 0.1
HURRY = 4.0
"""With Teams' own ceilings, so many times as fast."""
TICK = 0.002
PATIENCE = 600.0


async def teams(database: str, url: str, scale: float) -> list[Figure]:
    return await _beside(database, url, scale, 0.0)


async def teams_far(database: str, url: str, scale: float) -> list[Figure]:
    return await _beside(database, url, scale, FAR)


async def _beside(database: str, url: str, scale: float, seconds: float) -> list[Figure]:
    """Ceilings lifted: how fast we are."""
    people = max(1000, int(10_000 * scale))
    with a_connector(seconds) as address:
        async with _a_crowd(url, people, address, LIFTED) as (crowd, session):
            body = _a_lesson(crowd)
            chats = [f"a:p{number}" for number in range(people)]
            stock = await stock_rate(address, APP, chats[:STOCK], json.loads(body), CONNECTIONS, address)
            helped = await stock_rate(address, APP, chats[:STOCK], json.loads(body), CONNECTIONS)
            before = await _bare(session, address, body, chats[: people // 2])
            took = await _deliver(crowd, people)
            after = await _bare(session, address, body, chats[: people // 2])
    rate, bare, bare_cpu = people / took.seconds, (before[0] + after[0]) / 2, (before[1] + after[1]) / 2
    name = f"Teams lessons, {people:,}, after {seconds * 1000:.0f} ms"
    return [
        Figure(
            name,
            database,
            f"{rate:,.0f}/s ({took.cpu / people * 1e6:.0f} µs CPU each)",
            f"bare loop, {len(body) / 1000:.0f} kB each: {bare:,.0f}/s ({bare_cpu * 1e6:.0f} µs)",
            f"0.5 of it; it is {rate / bare:.2f}",
            rate >= 0.5 * bare,
        ),
        _beside_botbuilder("as it is", database, rate, stock, wanted=seconds > 0),
        _beside_botbuilder("with a token at hand", database, rate, helped, wanted=False),
        _stall(database, took),
    ]


def _stall(database: str, took: Took) -> Figure:
    return Figure(
        "  longest stall of the event loop",
        database,
        f"{milliseconds(took.stall_cpu)} of our own CPU",
        f"by the clock {milliseconds(took.stall)}",
        "under 50 ms",
        took.stall_cpu < 0.05,
    )


def _beside_botbuilder(how: str, database: str, rate: float, stock: float, *, wanted: bool) -> Figure:
    value, baseline = f"{rate / stock:.0f} times", f"continue_conversation {how}: {stock:,.1f}/s"
    if not wanted:
        return Figure("  beside botbuilder", database, value, baseline)
    return Figure("  beside botbuilder", database, value, baseline, "20 times", rate >= 20 * stock)


async def teams_ceilings(database: str, url: str, scale: float) -> list[Figure]:
    """The pace that Teams allows, many times as fast: how close the engine keeps to it."""
    people = max(500, int(10_000 * scale))
    pace = Pace(MESSAGES_PER_SECOND * HURRY, pacing.ONE_CONVERSATION_SECONDS / HURRY, CONNECTIONS)
    with a_connector(0.0) as address:
        async with _a_crowd(url, people, address, pace) as (crowd, _):
            took = await _deliver(crowd, people)
    least = people / MESSAGES_PER_SECOND
    value = f"{took.seconds * HURRY:.0f} s of Teams' time"
    return [
        Figure(
            f"Teams lessons, {people:,}, Teams' pace",
            database,
            value,
            f"at {MESSAGES_PER_SECOND:.0f} a second: {least:.0f} s",
        ),
        _stall(database, took),
    ]


@dataclass
class Took:
    """How long it took, and the longest time in which nothing else could run: by the clock, and as far as the loop's
    own thread computed in it, which is what remains on a machine that others use too."""

    seconds: float = 0.0
    cpu: float = 0.0
    stall: float = 0.0
    stall_cpu: float = 0.0

    async def watch(self) -> None:
        while True:
            begun, cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK)
            self.stall = max(self.stall, time.perf_counter() - begun - TICK)
            self.stall_cpu = max(self.stall_cpu, time.thread_time() - cpu)


@asynccontextmanager
async def _a_crowd(
    url: str, people: int, address: str, pace: Pace
) -> AsyncIterator[tuple[Crowd, aiohttp.ClientSession]]:
    async with new_session() as session:
        hosts = Hosts([address.removeprefix("http://")])
        connector = Connector(session, Tokens(session, address, APP, "password-of-a-bench", ""), hosts)
        later = _Later()
        platform = TeamsPlatform(connector, later, read_catalogues(), APP, pace=pace, looks=Looks())
        async with a_crowd(url, people, cohorts=COHORTS, lanes=1, platform=platform, name="teams") as crowd:
            later.there = TeamsPlaces(crowd.store, utc_now, Place, Team, Room)
            await at_home(crowd, people, address)
            yield crowd, session


class _Later:
    """The places, once there is a store."""

    there: TeamsPlaces[Place, Team, Room]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.there, name)


async def at_home(crowd: Crowd, people: int, address: str) -> None:
    """Everybody has the app, and where to write to them is known."""
    rows = [
        {
            "workspace": WORKSPACE,
            "ref": f"p{number}",
            "conversation": f"a:p{number}",
            "user_id": f"29:{number}",
            "service_url": address,
            "kind": PERSONAL,
            "installed": True,
            "welcomed": True,
            "locale": "en-CA",
            "zone": "America/Toronto",
            "changed_at": utc_now(),
        }
        for number in range(people)
    ]
    async with crowd.store.begin() as connection:
        await connection.execute(sa.insert(teams_tables.places), rows)


async def _deliver(crowd: Crowd, people: int) -> Took:
    """Until everybody has the first lesson, every state recorded; planning has been done before."""
    await all_planned(crowd)
    took = Took()
    watching = asyncio.create_task(took.watch())
    begun, cpu = time.perf_counter(), time.process_time()
    while await _sent(crowd) < people:
        assert time.perf_counter() - begun < PATIENCE, "it does not end"
        await crowd.engine.tick()
        await crowd.engine.lanes.idle()
        await asyncio.sleep(0.05)
    took.seconds, took.cpu = time.perf_counter() - begun, time.process_time() - cpu
    watching.cancel()
    return took


async def _sent(crowd: Crowd) -> int:
    state = tables.delivery.c.state == sa.literal_column("'sent'")
    async with crowd.store.look() as connection:
        return int((await connection.execute(sa.select(sa.func.count()).where(state))).scalar_one())


def _a_lesson(crowd: Crowd) -> str:
    t = crowd.engine.parts.t(Language.EN)
    view = LessonView(1, crowd.course, crowd.course.lessons[0], None, crowd.engine.parts.links)
    return json.dumps(message_activity(lesson_message(view, t), t, "e1/lesson/x", Looks(), "29:1"))


async def _bare(session: aiohttp.ClientSession, address: str, body: str, chats: Sequence[str]) -> tuple[float, float]:
    """Posts a second, and seconds of CPU for each, of a loop over aiohttp: the same card, made once for each."""
    waiting = iter(chats)
    headers = {"Authorization": "Bearer t", "Content-Type": "application/json"}

    async def worker() -> None:
        for chat in waiting:
            made = json.loads(body)
            made["summary"] += chat
            url = f"{address}/v3/conversations/{chat}/activities"
            async with session.post(url, data=json.dumps(made).encode(), headers=headers) as answer:
                assert answer.status == 200
                json.loads(await answer.read())

    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))
    return len(chats) / (time.perf_counter() - begun), (time.process_time() - cpu) / len(chats)
