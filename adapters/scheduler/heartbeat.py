"""The heartbeat: one job that beats once a second, and some slower chores.

APScheduler is a clock here, not a memory: no job store, no job per learner. A beat that was missed because the
process slept is made up once, and no beat begins before the last one has ended.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger(__name__)

REMIND_EVERY = 60
"""While every beat fails, only each so many-th failure is logged after the first."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do every so often. An error in it is logged and does not stop the next time."""

    name: str
    every_seconds: float
    do: Callable[[], Awaitable[None]]


class Heartbeat:
    """Calls `tick` every second, and each chore at its own pace, until it is stopped.

    `observe` is told how long every beat took and whether it failed.
    """

    def __init__(
        self,
        tick: Callable[[], Awaitable[None]],
        *,
        clock: Callable[[], datetime],
        chores: tuple[Chore, ...] = (),
        every_seconds: float = 1.0,
        observe: Callable[[float, bool], None] = lambda seconds, failed: None,
    ) -> None:
        self._tick = tick
        self._clock = clock
        self._chores = chores
        self._every = every_seconds
        self._observe = observe
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._at_work = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._beating = False
        self._again = False
        self._stopping = False
        self._failures = 0
        self._last_good = time.monotonic()

    @property
    def age(self) -> float:
        """Seconds since a beat ended well (or since the start): a tick that hangs or always fails lets it grow."""
        return time.monotonic() - self._last_good

    def start(self) -> None:
        """Begin with a beat at once."""
        now = self._clock()
        self._last_good = time.monotonic()
        self._scheduler.add_job(self._beat, "interval", seconds=self._every, next_run_time=now, id="tick", name="tick")
        for chore in self._chores:
            self._scheduler.add_job(
                self._chore, "interval", seconds=chore.every_seconds, args=[chore], id=chore.name, name=chore.name
            )
        self._scheduler.start()

    def wake(self) -> None:
        """Beat at once: something was written that should not wait a second. Many wishes are one beat."""
        if self._stopping or not self._scheduler.running:
            return
        if self._beating:
            self._again = True
        elif not self._again:
            self._again = True
            self._scheduler.modify_job("tick", next_run_time=self._clock())

    async def stop(self, seconds: float = 5.0) -> bool:
        """No new beat; let the one at work end, at most so long. Returns whether it did."""
        self._stopping = True
        if not self._scheduler.running:
            return True
        self._scheduler.pause()
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            ended = False
            log.warning("heartbeat_cut", seconds=seconds)
        else:
            ended = True
        # This cancels what is still running, hence the wait above.
        self._scheduler.shutdown(wait=False)
        return ended

    async def _beat(self) -> None:
        self._enter()
        self._beating = True
        try:
            await self._one_beat()
            while self._again and not self._stopping:
                await self._one_beat()
        finally:
            self._beating = False
            self._again = False
            self._leave()

    async def _one_beat(self) -> None:
        self._again = False
        begun = time.monotonic()
        try:
            await self._tick()
        except Exception as error:
            self._failed(error)
        else:
            if self._failures:
                log.info("tick_recovered", failures=self._failures)
            self._failures = 0
            self._last_good = time.monotonic()
        self._observe(time.monotonic() - begun, self._failures > 0)

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        if self._failures == 1:
            log.error("tick_failed", number=secrets.token_hex(4), error=type(error).__name__, exc_info=error)
        elif self._failures % REMIND_EVERY == 0:
            log.error("tick_still_fails", failures=self._failures, error=type(error).__name__)

    async def _chore(self, chore: Chore) -> None:
        self._enter()
        try:
            await chore.do()
        except Exception as error:
            log.error(
                "chore_failed",
                chore=chore.name,
                number=secrets.token_hex(4),
                error=type(error).__name__,
                exc_info=error,
            )
        finally:
            self._leave()

    def _enter(self) -> None:
        self._at_work += 1
        self._idle.clear()

    def _leave(self) -> None:
        self._at_work -= 1
        if self._at_work == 0:
            self._idle.set()
