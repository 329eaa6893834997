"""Deliveries a second through the whole engine, beside the same posts made by a bare loop that records nothing."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

import aiohttp
import sqlalchemy as sa

from adapters.browser.render import message_json
from adapters.database import tables
from bot.messages.lessons import LessonView, lesson_message
from bot.model.course import Language
from bot.ports import Pacing
from tests.bench.crowds import Crowd, a_crowd, all_planned
from tests.bench.figures import Figure, memory_mb
from tests.bench.stub import stub
from tests.recorder.platform import NAME, RecorderPlatform

AT_ONCE = 32
LANES = 20


async def deliveries(database: str, url: str, scale: float) -> list[Figure]:
    people = max(2000, int(20_000 * scale))
    with stub() as address:
        async with (
            RecorderPlatform(address, Pacing(0, 0, AT_ONCE), seconds=30) as platform,
            a_crowd(url, people, cohorts=LANES, lanes=LANES, platform=platform, name=NAME) as crowd,
        ):
            message = _a_lesson(crowd)
            before = await _bare(address, message, people // 4)
            quick = await _ready_made(address, message, people // 4)
            memory = memory_mb()
            seconds, cpu = await _deliver(crowd)
            grown = memory_mb() - memory
            after = await _bare(address, message, people // 4)
            assert await _sent(crowd) == people
    rate, bare = people / seconds, (before + after) / 2
    size = len(json.dumps(message)) / 1000
    return [
        Figure(
            f"deliveries, {people:,} in {LANES} lanes",
            database,
            f"{rate:,.0f}/s ({cpu / people * 1e6:.0f} µs CPU each, +{grown:.0f} MB)",
            f"bare loop, {size:.1f} kB JSON each: {bare:,.0f}/s",
            "0.45 of the bare loop",
            rate >= 0.45 * bare,
        ),
        Figure("  share of the bare loop", database, f"{rate / bare:.2f}", f"bytes made before: {quick:,.0f}/s"),
    ]


def _a_lesson(crowd: Crowd) -> dict[str, object]:
    parts, course = crowd.engine.parts, crowd.course
    view = LessonView(1, course, course.lessons[0], None, parts.links)
    return message_json(lesson_message(view, parts.t(Language.EN)))


async def _deliver(crowd: Crowd) -> tuple[float, float]:
    """Seconds and seconds of CPU until everybody has the first lesson; planning has been done before."""
    due = await all_planned(crowd)
    lanes = crowd.engine.lanes
    begun, cpu = time.perf_counter(), time.process_time()
    lanes.wake(due.lanes)
    await lanes.idle()
    return time.perf_counter() - begun, time.process_time() - cpu


async def _sent(crowd: Crowd) -> int:
    state, ref = tables.delivery.c.state, tables.delivery.c.ref
    done = (state == sa.literal_column("'sent'"), ref.is_not(None), tables.delivery.c.sent_at.is_not(None))
    async with crowd.store.look() as connection:
        return int((await connection.execute(sa.select(sa.func.count()).where(*done))).scalar_one())


async def _bare(address: str, message: dict[str, object], n: int) -> float:
    """Posts a second of a loop that makes JSON, posts, and reads the answer."""
    return await _loop(
        address, n, lambda i: json.dumps({"to": f"{NAME}:w:p{i}", "key": f"e{i}/lesson/x", "message": message}).encode()
    )


async def _ready_made(address: str, message: dict[str, object], n: int) -> float:
    body = json.dumps({"to": f"{NAME}:w:p", "key": "e/lesson/x", "message": message}).encode()
    return await _loop(address, n, lambda i: body)


async def _loop(address: str, n: int, body: Callable[[int], bytes]) -> float:
    numbers = iter(range(n))
    timeout = aiohttp.ClientTimeout(total=30)
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=timeout, headers=headers
    ) as session:

        async def worker() -> None:
            for i in numbers:
                async with session.post(f"{address}/send", data=body(i)) as response:
                    json.loads(await response.read())

        begun = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        return n / (time.perf_counter() - begun)
