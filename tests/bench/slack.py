"""Lessons through Slack: engine, adapter and slack_sdk, beside a bare loop of slack_sdk that records nothing."""

from __future__ import annotations

import asyncio
import itertools
import json
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
from slack_sdk.web.async_client import AsyncWebClient

from adapters.catalogues import read_catalogues
from adapters.database import tables
from adapters.slack import errors, pacing
from adapters.slack.clients import QUIET, Clients, new_session
from adapters.slack.installations import FixedInstallation
from adapters.slack.platform import IN_FLIGHT, Pace, SlackPlatform
from adapters.slack.render import message_payload
from app import utc_now
from bot.messages.lessons import LessonView, lesson_message
from bot.model.course import Language
from tests.bench.crowds import Crowd, a_crowd, all_planned
from tests.bench.figures import Figure
from tests.kill.slack import SlackProcess, a_slack
from tests.local_slack.faults import RATELIMITED

LIFTED = Pace(posts_per_minute=10**6)
HURRY = 60.0
COHORTS = 10


async def slack(database: str, url: str, scale: float) -> list[Figure]:
    """Ceilings lifted: how fast we are. Slack's own ceilings, sixty times as fast: how well we keep to them."""
    people = max(500, int(10_000 * scale))
    figures = []
    with tempfile.TemporaryDirectory() as folder, a_slack(Path(folder), people, troubles=()) as process:
        async with _a_crowd(url, people, process, LIFTED) as (crowd, client):
            before = await _bare(crowd, client, process.people[: people // 4])
            seconds, cpu = await _deliver(crowd, people)
            after = await _bare(crowd, client, process.people[: people // 4])
        rate, bare = people / seconds, (before + after) / 2
        name = f"Slack lessons, {people:,} in one workspace"
        value = f"{rate:,.0f}/s ({cpu / people * 1e6:.0f} µs CPU each)"
        share = f"0.6 of it; it is {rate / bare:.2f}"
        figures.append(Figure(name, database, value, f"bare slack_sdk loop: {bare:,.0f}/s", share, rate >= 0.6 * bare))
    return figures


async def slack_ceilings(database: str, url: str, scale: float) -> list[Figure]:
    """Ten thousand people in one workspace, with Slack's limits and one post in two hundred refused for no reason."""
    people = max(500, int(10_000 * scale))
    options = ("--limits", "--scale", str(HURRY))
    window, pacing.WINDOW = pacing.WINDOW, pacing.WINDOW / HURRY
    asked = errors._retry_after
    errors._retry_after = lambda error: asked(error) / HURRY
    try:
        troubles = ((RATELIMITED, 0.005),)
        with (
            tempfile.TemporaryDirectory() as folder,
            a_slack(Path(folder), people, *options, troubles=troubles) as process,
        ):
            async with _a_crowd(url, people, process, Pace(int(240 * HURRY))) as (crowd, _):
                seconds, _ = await _deliver(crowd, people)
            counts = process.asks("counts")
    finally:
        pacing.WINDOW, errors._retry_after = window, asked
    asked = counts["chat.postMessage"]
    least = people / 240
    value = f"{seconds * HURRY / 60:.0f} minutes of Slack's time, {asked - people:,} posts refused and sent later"
    name = f"Slack lessons, {people:,}, Slack's ceilings"
    return [Figure(name, database, value, f"at 240 a minute: {least:.0f} minutes", "", None)]


@asynccontextmanager
async def _a_crowd(
    url: str, people: int, process: SlackProcess, pace: Pace
) -> AsyncIterator[tuple[Crowd, AsyncWebClient]]:
    async with new_session() as session:
        installations = FixedInstallation(process.token, session, process.api_url)
        platform = SlackPlatform(Clients(installations, session, process.api_url), read_catalogues(), utc_now, pace)
        client = AsyncWebClient(
            process.token, base_url=process.api_url, session=session, retry_handlers=[], logger=QUIET
        )
        async with a_crowd(url, people, cohorts=COHORTS, lanes=1, platform=platform, name="slack") as crowd:
            await _at_home(crowd, process)
            yield crowd, client


async def _at_home(crowd: Crowd, process: SlackProcess) -> None:
    """The crowd's people get the accounts that the local Slack knows."""
    address, cohort = tables.address, tables.cohort
    lane = f"slack:{process.team}"
    rows = [{"number": number, "new": ref} for number, ref in enumerate(process.people, 1)]
    async with crowd.store.begin() as connection:
        statement = sa.update(address).where(address.c.id == sa.bindparam("number"))
        await connection.execute(statement.values(ref=sa.bindparam("new"), lane=lane), rows)
        await connection.execute(sa.update(cohort).values(lane=lane))


async def _deliver(crowd: Crowd, people: int) -> tuple[float, float]:
    """Seconds and seconds of CPU until everybody has the first lesson; planning has been done before."""
    await all_planned(crowd)
    begun, cpu = time.perf_counter(), time.process_time()
    while await _sent(crowd) < people:
        await crowd.engine.tick()
        await crowd.engine.lanes.idle()
        await asyncio.sleep(0.05)
    return time.perf_counter() - begun, time.process_time() - cpu


async def _sent(crowd: Crowd) -> int:
    state = tables.delivery.c.state == sa.literal_column("'sent'")
    async with crowd.store.look() as connection:
        return int((await connection.execute(sa.select(sa.func.count()).where(state))).scalar_one())


async def _bare(crowd: Crowd, client: AsyncWebClient, refs: Sequence[str]) -> float:
    """Posts a second of a loop over slack_sdk with a shared session: the same message, made once for each."""
    t = crowd.engine.parts.t(Language.EN)
    view = LessonView(1, crowd.course, crowd.course.lessons[0], None, crowd.engine.parts.links)
    body = json.dumps(message_payload(lesson_message(view, t), t, "e1/lesson/x"))
    numbers = itertools.count()
    waiting = iter(refs)

    async def worker() -> None:
        for ref in waiting:
            made = json.loads(body) | {"channel": ref}
            made["metadata"]["event_payload"]["k"] = f"bare/{next(numbers)}/{id(waiting)}"
            await client.api_call("chat.postMessage", json=made)

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    return len(refs) / (time.perf_counter() - begun)
