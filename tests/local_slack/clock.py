"""Time as the local Slack sees it: real, faster than real, or moved by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from dataclasses import dataclass, field


class Clock:
    """Unix seconds that run `scale` times as fast as the wall's."""

    def __init__(self, scale: float = 1.0, start: float | None = None) -> None:
        self.scale = scale
        self._start = wall() if start is None else start
        self._zero = time.monotonic()

    def now(self) -> float:
        return self._start + (time.monotonic() - self._zero) * self.scale

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.scale)


@dataclass
class DrivenClock(Clock):
    """A clock that stands until it is moved; whoever sleeps on it wakes when it passes."""

    moment: float = field(default_factory=lambda: wall())
    sleepers: list[tuple[float, int, asyncio.Future[None]]] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def now(self) -> float:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waiting = asyncio.get_running_loop().create_future()
        heapq.heappush(self.sleepers, (self.moment + seconds, next(self.numbers), waiting))
        await waiting

    async def advance(self, seconds: float) -> None:
        """Move on; sleepers wake one after another, each at its own moment."""
        until = self.moment + seconds
        while self.sleepers and self.sleepers[0][0] <= until:
            self.moment, _, waiting = heapq.heappop(self.sleepers)
            if not waiting.done():
                waiting.set_result(None)
            await asyncio.sleep(0)
        self.moment = until
        await asyncio.sleep(0)


def wall() -> float:
    """The real time, which signatures are about."""
    return time.time()  # noqa: TID251 (this server is its own clock)
