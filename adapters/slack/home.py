"""Home tabs: published when somebody opens theirs, and anew when something changed for them.

Slack allows a hundred a minute and workspace: a tab that changed is published a little later, once, as it is then.
Every message that is sent changes one, and few people ever open theirs: whose are open is asked for many at once.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import Protocol

import structlog

from bot.errors import SendFailed, Trouble
from bot.model.people import Address

log = structlog.get_logger("chatcourse.slack")

SOON = 2.0
"""Seconds between a change and the new tab: several changes in a row are one."""
MOST_REMEMBERED = 100_000


class OpenHomes(Protocol):
    """Remembers whose home tab is worth publishing."""

    async def opened(self, workspace: str, ref: str, now: datetime) -> None: ...
    async def open_ones(self, workspace: str, refs: Collection[str]) -> Collection[str]: ...
    async def forget(self, workspace: str, ref: str) -> None: ...


class HomeTabs:
    """`publish` shows a person's home as it is now, and raises Trouble when it cannot."""

    def __init__(
        self,
        homes: OpenHomes,
        clock: Callable[[], datetime],
        publish: Callable[[Address], Awaitable[None]],
        soon: float = SOON,
    ) -> None:
        self._homes, self._clock, self._publish, self._soon = homes, clock, publish, soon
        self._open: dict[Address, bool] = {}
        self._unknown: defaultdict[str, set[str]] = defaultdict(set)
        self._asking: asyncio.Task[None] | None = None
        self._dirty: dict[Address, asyncio.Task[None]] = {}
        self._again: set[Address] = set()
        self._closed = False

    async def opened(self, who: Address) -> None:
        """Somebody looks at their home tab."""
        if not self._open.get(who):
            await self._homes.opened(who.workspace, who.ref, self._clock())
            self._remember(who)

    def changed(self, who: Address) -> None:
        """Something about this person changed: if they ever opened their home tab, it is published anew soon."""
        if self._closed or not who.ref.startswith(("U", "W")):
            return
        if who in self._dirty:
            self._again.add(who)
        elif self._open.get(who):
            self._begin(who, self._soon)
        else:
            self._unknown[who.workspace].add(who.ref)
            if self._asking is None:
                self._asking = asyncio.get_running_loop().create_task(self._ask(), name="open home tabs")
                self._asking.add_done_callback(self._asked)

    async def idle(self) -> None:
        """Until nothing waits to be published."""
        while tasks := self._tasks():
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """A tab that is not published now is published when it is opened again."""
        self._closed = True
        tasks = self._tasks()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [*self._dirty.values(), *([self._asking] if self._asking else ())]

    async def _ask(self) -> None:
        """Only "open" is remembered: another process may be the one that somebody opens theirs in."""
        try:
            while self._unknown:
                await asyncio.sleep(self._soon)
                unknown, self._unknown = self._unknown, defaultdict(set)
                for workspace, refs in unknown.items():
                    for ref in await self._homes.open_ones(workspace, refs):
                        who = Address("slack", workspace, ref)
                        self._remember(who)
                        self._begin(who, 0.0)
        except Exception as error:
            log.error("slack_home_broke", error=type(error).__name__)

    def _asked(self, _: asyncio.Task[None]) -> None:
        self._asking = None

    def _begin(self, who: Address, wait: float) -> None:
        if who in self._dirty:
            self._again.add(who)
            return
        task = asyncio.get_running_loop().create_task(self._later(who, wait), name="home tab")
        self._dirty[who] = task
        task.add_done_callback(lambda _: self._ended(who))  # also when it ends before it began

    async def _later(self, who: Address, soon: float) -> None:
        wait: float | None = soon
        try:
            while wait is not None:
                await asyncio.sleep(wait)
                self._again.discard(who)
                wait = await self._published(who)
        except Exception as error:
            log.error("slack_home_broke", error=type(error).__name__)

    def _ended(self, who: Address) -> None:
        self._dirty.pop(who, None)
        if who in self._again:  # something changed meanwhile
            self._again.discard(who)
            self.changed(who)

    async def _published(self, who: Address) -> float | None:
        """Publish. Returns the seconds to wait where Slack has no room for it now."""
        try:
            await self._publish(who)
        except Trouble as error:
            if isinstance(error, SendFailed) and not error.permanent and error.retry_after:
                return max(error.retry_after, self._soon)
            reason = str(error.reason) if isinstance(error, SendFailed) else "unknown"
            log.info("slack_home_not_shown", reason=reason)
        return None

    def _remember(self, who: Address) -> None:
        if len(self._open) >= MOST_REMEMBERED:
            self._open.clear()
        self._open[who] = True
