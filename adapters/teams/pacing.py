"""How often Teams may be called: a few windows per conversation and a rate per tenant, kept in front of every call.

The engine paces deliveries by what `TeamsPlatform.pacing` names; answers, updates and look-ups come on top of that, so
both ceilings are kept here for everything.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.errors import SendFailed
from bot.model.delivery import Reason

MESSAGES_PER_SECOND = 40.0
"""Below the 50 requests a second that Teams grants one app in one tenant
(https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit)."""

ONE_CONVERSATION_SECONDS = 1.0
IN_FLIGHT = 32
"""At 40 messages a second Teams may take 0.8 seconds to answer."""

WINDOWS = ((7, 1.25), (8, 2.25), (60, 30.5), (1800, 3601.0))
"""At most so many messages to one conversation in so many seconds. Teams counts in 1, 2, 30 and 3600 seconds; what is
more here is for calls that travel at different speeds."""

HEADROOM = 1.1
"""Everything together may go a little faster than deliveries alone, so that answers need not wait behind a cohort."""

BURST = 5
"""Calls that may go at once after a quiet moment: with 40 deliveries a second, 49 calls in the first second."""

PATIENCE = 5.0
"""Seconds that a message may wait here."""

BUSY_SECONDS = 10.0
"""How long to wait when Teams says "too many" without saying how long."""

SEVERAL, AT_ABOUT_THE_SAME_TIME = 3, 10.0
"""A conversation that has had too much and a tenant that has had too much are refused in the same words. Three
conversations refused within ten seconds mean the tenant: the windows above keep a single one below its own limit."""

REMEMBERED = 20_000
PACED = "paced"


@dataclass(frozen=True, slots=True)
class Pace:
    """What an operator may choose: messages a second to a whole tenant. `conversation_seconds` lie between two
    deliveries to the same place; `in_flight` calls are under way at once."""

    per_second: float = MESSAGES_PER_SECOND
    conversation_seconds: float = ONE_CONVERSATION_SECONDS
    in_flight: int = IN_FLIGHT


@dataclass(slots=True)
class Window:
    """The messages to one conversation, those that wait for their moment included."""

    times: deque[float] = field(default_factory=deque)
    closed_until: float = 0.0

    def free_at(self, now: float) -> float:
        """When the next may be sent; `now` when at once."""
        times = self.times
        at = max(now, self.closed_until)
        for most, seconds in WINDOWS:
            if len(times) < most:
                break
            at = max(at, times[-most] + seconds)
        return at

    def note(self, at: float) -> None:
        self.times.append(at)
        while self.times[0] < at - WINDOWS[-1][1]:
            self.times.popleft()

    def idle(self, now: float) -> bool:
        return self.closed_until <= now and (not self.times or self.times[-1] < now - WINDOWS[-1][1])


@dataclass(slots=True)
class Flow:
    """All calls to one tenant: `gap` seconds apart in the long run, `BURST` of them at once."""

    gap: float
    due: float = 0.0
    closed_until: float = 0.0
    refused: deque[tuple[float, str]] = field(default_factory=deque)

    def free_at(self, now: float) -> float:
        return max(now, self.due - self.gap * (BURST - 1), self.closed_until)

    def note(self, at: float) -> None:
        self.due = max(self.due, at) + self.gap


class Paces:
    """The ceilings of one process. Other processes are noticed by Teams' own refusals: see `refused`."""

    def __init__(
        self,
        per_second: float = MESSAGES_PER_SECOND,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._gap = 1 / (per_second * HEADROOM)
        self._now = now
        self._sleep = sleep
        self._windows: dict[tuple[str, str], Window] = {}
        self._flows: dict[str, Flow] = {}

    async def message(self, workspace: str, conversation: str, patience: float = PATIENCE) -> None:
        """Wait until a message may go to a conversation. Longer than `patience`: SendFailed (busy), nothing noted."""
        now, window, flow = self._now(), self._window(workspace, conversation), self._flow(workspace)
        own, common = window.free_at(now), flow.free_at(now)
        at = max(own, common)
        if at - now > patience:
            raise busy(at - now, whole_lane=flow.closed_until - now > patience)
        window.note(at)
        await self._until(flow, at, now)

    async def call(self, workspace: str, patience: float = PATIENCE) -> None:
        """Wait until anything else may be asked of Teams for this tenant."""
        now, flow = self._now(), self._flow(workspace)
        at = flow.free_at(now)
        if at - now > patience:
            raise busy(at - now, whole_lane=flow.closed_until > now)
        await self._until(flow, at, now)

    def refused(self, workspace: str, conversation: str, seconds: float | None, detail: str = PACED) -> SendFailed:
        """Teams said "too many": nothing to this conversation for so long, and where several conversations are refused
        at about the same time, nothing to the tenant. Returns what the engine is to be told."""
        now, wait = self._now(), BUSY_SECONDS if seconds is None else seconds
        window, flow = self._window(workspace, conversation), self._flow(workspace)
        window.closed_until = max(window.closed_until, now + wait)
        flow.refused.append((now, conversation))
        while flow.refused[0][0] < now - AT_ABOUT_THE_SAME_TIME:
            flow.refused.popleft()
        everybody = len({each for _, each in flow.refused}) >= SEVERAL
        if everybody:
            flow.closed_until = max(flow.closed_until, now + wait)
        return busy(wait, whole_lane=everybody, detail=detail)

    async def _until(self, flow: Flow, at: float, now: float) -> None:
        flow.note(at)
        if at - now > 1e-6:  # less is how sums of fractions are rounded
            await self._sleep(at - now)

    def _flow(self, workspace: str) -> Flow:
        flow = self._flows.get(workspace)
        if flow is None:
            flow = self._flows[workspace] = Flow(self._gap)
        return flow

    def _window(self, workspace: str, conversation: str) -> Window:
        window = self._windows.get((workspace, conversation))
        if window is None:
            if len(self._windows) >= REMEMBERED:
                self._tidy()
            window = self._windows[workspace, conversation] = Window()
        return window

    def _tidy(self) -> None:
        """Forget conversations that have been quiet for an hour; if that is not enough, the older half."""
        now = self._now()
        busy_ones = {key: each for key, each in self._windows.items() if not each.idle(now)}
        keep = list(busy_ones.items())[-REMEMBERED // 2 :]
        self._windows = dict(keep)


def busy(seconds: float, *, whole_lane: bool = False, detail: str = PACED) -> SendFailed:
    """Too many calls for now."""
    return SendFailed(Reason.BUSY, permanent=False, retry_after=seconds, whole_lane=whole_lane, detail=detail)
