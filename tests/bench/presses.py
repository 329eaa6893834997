"""From a button press to the stored fact and the rendered answer, while a hundred people press every second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import sqlalchemy as sa

from adapters.database import tables
from bot.messages.actions import encode
from bot.model.commands import Caller, Done
from bot.model.people import Address
from tests.bench.crowds import Crowd, Silent, a_crowd
from tests.bench.figures import Figure, milliseconds, quantile

RATE = 100
SECONDS = 10


async def presses(database: str, url: str, scale: float) -> list[Figure]:
    """Everybody has the first lesson and marks its core activity done."""
    people = max(2 * RATE * SECONDS, int(10_000 * scale))
    platform = Silent("silent")
    async with a_crowd(url, people, cohorts=10, lanes=10, platform=platform) as crowd:
        crowd.clock.ahead = timedelta(hours=1, seconds=5)
        while platform.sent < people:
            await crowd.engine.tick()
            await crowd.engine.idle()
        bare = await _at_rate(lambda i: _bare(crowd, i))
        took = await _at_rate(lambda i: _press(crowd, people - i))
        await crowd.engine.idle()
        kept = await _kept(crowd)
        assert kept == 2 * RATE * SECONDS, f"{kept} facts instead of {2 * RATE * SECONDS}"
    return [
        Figure(
            f"press to fact and answer, {RATE}/s",
            database,
            f"p50 {milliseconds(quantile(took, 0.5))}, p99 {milliseconds(quantile(took, 0.99))}",
            f"bare INSERT: {milliseconds(quantile(bare, 0.5))}, {milliseconds(quantile(bare, 0.99))}",
            "p50 under 5, p99 under 50",
            quantile(took, 0.5) < 0.005 and quantile(took, 0.99) < 0.05,
        )
    ]


async def _at_rate(act: Callable[[int], Awaitable[None]]) -> list[float]:
    """Begin one act every hundredth of a second, however long the others take; seconds from when each was to begin."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    took: list[float] = []

    async def one(i: int) -> None:
        due = begun + i / RATE
        await asyncio.sleep(max(0.0, due - loop.time()))
        await act(i + 1)
        took.append(loop.time() - due)

    await asyncio.gather(*(one(i) for i in range(RATE * SECONDS)))
    return took


async def _press(crowd: Crowd, number: int) -> None:
    """Person `number` (from 1) presses the first activity of the first lesson."""
    cohort = (number - 1) // crowd.each + 1
    lesson = crowd.course.lessons[0]
    action = encode(Done(cohort=cohort, lesson=lesson.id, activity=lesson.core.id))
    address = Address(crowd.platform, f"w{cohort - 1}", f"p{number - 1}")
    key = f"e{number}/lesson/{lesson.id}"
    reply = await crowd.engine.press(
        action, Caller(address, pressed=True, event_id=f"press {number}", delivery_key=key)
    )
    assert reply.replace is not None or reply.say is not None or reply.notice, reply


async def _bare(crowd: Crowd, number: int) -> None:
    """One row in one transaction, with the parts of the same key made up."""
    row = {"enrolment_id": number, "lesson_id": "bare", "activity_id": "bare", "done_at": crowd.clock()}
    async with crowd.store.begin() as connection:
        await connection.execute(sa.insert(tables.completion).values(row))


async def _kept(crowd: Crowd) -> int:
    async with crowd.store.look() as connection:
        found = await connection.execute(sa.select(sa.func.count()).select_from(tables.completion))
        return int(found.scalar_one())
