"""Wakes the open pages of a workspace when something happened in it.

Pages are told at once about what this process writes (`poke`). What other processes write is noticed by one look
per second and workspace, and only while somebody is there to be told.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

LOOK_EVERY = 1.0  # seconds


class Listener:
    """One open page: `woken` waits for news, and knows when the server goes away."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.closing = False

    def wake(self) -> None:
        self._event.set()

    async def woken(self, patience: float) -> bool:
        """True when there is news (or the end); False when `patience` seconds went by without."""
        try:
            async with asyncio.timeout(patience):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Hub:
    """All open pages. `latest` asks for the number of a workspace's latest change."""

    def __init__(self, latest: Callable[[str], Awaitable[int]]) -> None:
        self._latest = latest
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._lookouts: dict[str, asyncio.Task[None]] = {}
        self._closing = False

    @asynccontextmanager
    async def listening(self, workspace: str) -> AsyncIterator[Listener]:
        listener = Listener()
        listener.closing = self._closing
        listeners = self._listeners[workspace]
        listeners.add(listener)
        if workspace not in self._lookouts and not self._closing:
            self._lookouts[workspace] = asyncio.create_task(self._look(workspace))
        try:
            yield listener
        finally:
            listeners.discard(listener)
            if not listeners:
                self._listeners.pop(workspace, None)
                lookout = self._lookouts.pop(workspace, None)
                if lookout:
                    lookout.cancel()

    def poke(self, workspace: str) -> None:
        """Something was written here just now."""
        for listener in self._listeners.get(workspace, ()):
            listener.wake()

    def close(self) -> None:
        """The server goes away: every page is told, and comes back by itself."""
        self._closing = True
        for lookout in self._lookouts.values():
            lookout.cancel()
        self._lookouts.clear()
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.closing = True
                listener.wake()

    async def _look(self, workspace: str) -> None:
        known: int | None = None
        while True:
            with suppress(Exception):  # a database that is away for a moment: look again
                latest = await self._latest(workspace)
                if known is not None and latest != known:
                    self.poke(workspace)
                known = latest
            await asyncio.sleep(LOOK_EVERY)
