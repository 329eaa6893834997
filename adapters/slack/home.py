"""Home tabs: published when somebody opens theirs, and anew when something changed for them.

Slack allows a hundred a minute and workspace: a tab that changed is published a little later, once, as it is then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
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
    async def is_open(self, workspace: str, ref: str) -> bool: ...
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
            return
        task = asyncio.get_running_loop().create_task(self._later(who), name="home tab")
        self._dirty[who] = task
        task.add_done_callback(lambda _: self._ended(who))  # also when it ends before it began

    async def idle(self) -> None:
        """Until nothing waits to be published."""
        while self._dirty:
            await asyncio.gather(*self._dirty.values(), return_exceptions=True)

    async def close(self) -> None:
        """A tab that is not published now is published when it is opened again."""
        self._closed = True
        for task in self._dirty.values():
            task.cancel()
        await asyncio.gather(*self._dirty.values(), return_exceptions=True)

    async def _later(self, who: Address) -> None:
        try:
            if not await self._is_open(who):
                return
            wait: float | None = self._soon
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

    async def _is_open(self, who: Address) -> bool:
        """Only "open" is remembered: another process may be the one that somebody opens theirs in."""
        if not self._open.get(who) and await self._homes.is_open(who.workspace, who.ref):
            self._remember(who)
        return self._open.get(who, False)

    def _remember(self, who: Address) -> None:
        if len(self._open) >= MOST_REMEMBERED:
            self._open.clear()
        self._open[who] = True
