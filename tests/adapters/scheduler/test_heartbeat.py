"""The heart beats once a second, whatever a beat does, and stops without cutting anything off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from adapters.scheduler.heartbeat import Chore, Heartbeat

EVERY = 0.05


def clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 (the heart beats in real time)


class Work:
    """Counts beats; each takes `seconds` and may fail."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.begun = 0
        self.ended = 0
        self.at_once = 0
        self.most_at_once = 0
        self.fails = False

    async def tick(self) -> None:
        self.begun += 1
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(self.seconds)
            if self.fails:
                raise RuntimeError("broken")
        finally:
            self.at_once -= 1
        self.ended += 1


@asynccontextmanager
async def beating(work: Work, every: float = EVERY, chores: tuple[Chore, ...] = ()) -> AsyncIterator[Heartbeat]:
    heartbeat = Heartbeat(work.tick, clock=clock, every_seconds=every, chores=chores)
    heartbeat.start()
    yield heartbeat
    await heartbeat.stop()


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (what is waited for knows nothing of events)
            await asyncio.sleep(0.005)


async def test_it_begins_at_once_and_goes_on() -> None:
    """The first beat does not wait for the first interval."""
    work = Work()
    async with beating(work, every=60):
        await until(lambda: work.ended == 1, 1)
    work = Work()
    async with beating(work):
        await until(lambda: work.ended >= 4)


async def test_a_beat_never_begins_before_the_last_one_ended() -> None:
    """A slow beat leaves some out instead of piling up."""
    work = Work(seconds=EVERY * 3)
    async with beating(work):
        await until(lambda: work.ended >= 3)
    assert work.most_at_once == 1


async def test_beats_missed_while_the_process_slept_are_made_up_once() -> None:
    """After a frozen minute there is one beat, not sixty."""
    work = Work()
    async with beating(work):
        await until(lambda: work.ended >= 1)
        before = work.ended
        time.sleep(EVERY * 10)  # noqa: ASYNC251 (the whole process is meant to stand still)
        await asyncio.sleep(EVERY * 0.5)
        assert work.ended - before <= 2
        await until(lambda: work.ended >= before + 3)


async def test_a_beat_that_fails_is_counted_and_the_heart_goes_on() -> None:
    """The age of the heartbeat grows meanwhile, so that readiness tells; afterwards all is well again."""
    work, seen = Work(), list[bool]()
    work.fails = True
    heartbeat = Heartbeat(
        work.tick, clock=clock, every_seconds=EVERY, observe=lambda seconds, failed: seen.append(failed)
    )
    heartbeat.start()
    await until(lambda: work.begun >= 4)
    assert all(seen[:3])
    assert heartbeat.age >= EVERY * 2
    work.fails = False
    await until(lambda: work.ended >= 1)
    assert heartbeat.age < EVERY * 2
    assert not seen[-1]
    await heartbeat.stop()


async def test_a_failure_that_lasts_is_logged_once_and_not_every_second(capsys: pytest.CaptureFixture[str]) -> None:
    """An hour without a database must not be 3,600 tracebacks."""
    work = Work()
    work.fails = True
    async with beating(work, every=0.01):
        await until(lambda: work.begun >= 10)
    assert capsys.readouterr().out.count("tick_failed") == 1


async def test_age_tells_that_a_beat_hangs() -> None:
    """Nothing is measured by the beat itself, so a stuck one cannot hide."""
    work = Work(seconds=60)
    heartbeat = Heartbeat(work.tick, clock=clock, every_seconds=EVERY)
    heartbeat.start()
    await asyncio.sleep(EVERY * 4)
    assert heartbeat.age >= EVERY * 3
    await heartbeat.stop(seconds=0.01)


async def test_waking_beats_at_once() -> None:
    """What somebody waits for is not kept until the next second."""
    work = Work()
    async with beating(work, every=60) as heartbeat:
        await until(lambda: work.ended == 1)
        heartbeat.wake()
        await until(lambda: work.ended == 2, 1)


async def test_many_wishes_are_one_beat() -> None:
    """A hundred presses at once cost one look."""
    work = Work()
    async with beating(work, every=60) as heartbeat:
        await until(lambda: work.ended == 1)
        for _ in range(100):
            heartbeat.wake()
        await asyncio.sleep(0.1)
        assert work.ended == 2


async def test_a_wish_during_a_beat_leads_to_another_one() -> None:
    """The beat at work may have looked already."""
    work = Work(seconds=0.05)
    async with beating(work, every=60) as heartbeat:
        await until(lambda: work.begun == 1)
        heartbeat.wake()
        heartbeat.wake()
        await until(lambda: work.ended == 2, 1)
        await asyncio.sleep(0.1)
        assert work.begun == 2


async def test_stopping_lets_the_beat_at_work_end() -> None:
    """Nothing in hand is dropped."""
    work = Work(seconds=0.2)
    heartbeat = Heartbeat(work.tick, clock=clock, every_seconds=EVERY)
    heartbeat.start()
    await until(lambda: work.begun == 1)
    assert await heartbeat.stop()
    assert (work.begun, work.ended) == (1, 1)
    heartbeat.wake()
    await asyncio.sleep(EVERY * 2)
    assert work.begun == 1


async def test_stopping_does_not_wait_for_ever() -> None:
    """A beat that hangs is cut off after the time that was given."""
    work = Work(seconds=60)
    heartbeat = Heartbeat(work.tick, clock=clock, every_seconds=EVERY)
    heartbeat.start()
    await until(lambda: work.begun == 1)
    begun = time.monotonic()
    assert not await heartbeat.stop(seconds=0.1)
    assert time.monotonic() - begun < 1
    await until(lambda: work.at_once == 0)


async def test_a_chore_that_fails_is_done_again_next_time() -> None:
    """And the heart does not notice."""
    work, done = Work(), list[int]()

    async def chore() -> None:
        done.append(1)
        raise RuntimeError("broken")

    async with beating(work, chores=(Chore("tidy", EVERY, chore),)):
        await until(lambda: len(done) >= 3 and work.ended >= 3)


def test_a_heart_that_never_began_can_be_stopped() -> None:
    """When something else fails at the start."""

    async def run() -> bool:
        return await Heartbeat(Work().tick, clock=clock).stop()

    runner: Callable[[Awaitable[bool]], bool] = asyncio.run  # type: ignore[assignment]
    assert runner(run())
