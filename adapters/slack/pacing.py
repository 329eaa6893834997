"""How often each method may be called: windows of a minute per workspace and method, kept in front of every call.

Posting is not in here: the engine paces it itself, by the ceiling that `SlackPlatform.pacing` names.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from adapters.slack.errors import busy

WINDOW = 61.0
"""Slack counts in minutes; the second more is for calls that travel at different speeds."""

LONGEST_PROMISE = 900.0

_TIERS: Mapping[int, str] = {
    20: "conversations.create conversations.archive conversations.setTopic conversations.setPurpose conversations.list "
    "users.list usergroups.list usergroups.users.list auth.teams.list",
    50: "chat.update chat.delete conversations.open conversations.invite conversations.kick conversations.history "
    "conversations.info users.lookupByEmail users.conversations",
    100: "chat.postEphemeral conversations.members users.info views.open views.update views.push views.publish "
    "files.getUploadURLExternal files.completeUploadExternal",
    600: "auth.test",
}
PER_MINUTE: Mapping[str, int] = {method: n for n, methods in _TIERS.items() for method in methods.split()}
"""Planning numbers (https://docs.slack.dev/apis/web-api/rate-limits/); what is not named gets the lowest, 20."""

SLOW_HISTORY = 1
"""Calls of conversations.history a minute for apps sold outside the Marketplace, 15 messages each."""


@dataclass
class Window:
    """The calls of one method in one workspace: at most `most` in any `WINDOW` seconds."""

    most: int
    times: deque[float] = field(default_factory=deque)
    closed_until: float = 0.0
    promised: float = 0.0

    def free_at(self, now: float) -> float:
        """When the next call may be made; `now` when at once."""
        first = self.times[-self.most] + WINDOW if len(self.times) >= self.most else now
        return max(now, first, self.closed_until)

    def note(self, at: float) -> None:
        """A call is made, or will be, at that moment."""
        self.times.append(at)
        while len(self.times) > self.most:
            self.times.popleft()

    def promise(self, now: float, free_at: float) -> float:
        """Seconds after which one who is refused may come again. Many who are refused get moments of their own, so
        that they do not all come at once and are refused again."""
        step = WINDOW / self.most
        self.promised = min(max(self.promised + step, free_at), now + LONGEST_PROMISE)
        return max(self.promised, free_at) - now


class Paces:
    """The windows of one process. Other processes are noticed by Slack's own refusals: see `close`."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._windows: dict[tuple[str, str], Window] = {}

    def take(self, workspace: str, method: str, per_minute: int | None = None) -> None:
        """Room for one call now, or `SendFailed` (busy) with the seconds to wait."""
        window, now = self._window(workspace, method, per_minute), self._now()
        free_at = window.free_at(now)
        if free_at > now:
            raise busy(window.promise(now, free_at), method)
        window.note(now)

    async def wait(self, workspace: str, method: str, patience: float, per_minute: int | None = None) -> float:
        """Room for one call, waited for; returns the seconds that took. More than `patience` is `SendFailed` (busy)."""
        window, now = self._window(workspace, method, per_minute), self._now()
        free_at = window.free_at(now)
        if free_at - now > patience:
            raise busy(free_at - now, method)
        window.note(free_at)
        if free_at > now:
            await self._sleep(free_at - now)
        return free_at - now

    def close(self, workspace: str, method: str, seconds: float) -> None:
        """Slack refused: nothing for so long."""
        window = self._window(workspace, method, None)
        window.closed_until = max(window.closed_until, self._now() + seconds)

    def _window(self, workspace: str, method: str, per_minute: int | None) -> Window:
        most = per_minute or PER_MINUTE.get(method, 20)
        window = self._windows.get((workspace, method))
        if window is None:
            window = self._windows[workspace, method] = Window(most)
        elif per_minute is not None:
            window.most = per_minute
        return window
