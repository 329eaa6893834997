"""How much of each method Slack allows (Slack: "Rate limits").

Tiers count per method and workspace in a window of a minute; posting is one message a second and channel with a small
burst, under a ceiling for the whole workspace. Who is refused must wait `Retry-After` seconds; calls within that time
are refused again and counted as impatient.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field

from .clock import Clock

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
SPECIAL = {"auth.test": 600, "chat.getPermalink": 600, "oauth.v2.access": 600}


@dataclass
class Limits:
    """`tiers`, `channel_rate` and `ceiling` can each be switched on; `history_minute` is on where it applies."""

    clock: Clock
    tiers: bool = False
    channel_rate: bool = False
    channel_burst: int = 3
    ceiling: int | None = None
    history_minute: bool = True
    calls: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    channels: dict[str, tuple[float, float]] = field(default_factory=dict)
    closed_until: dict[tuple[str, str], float] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    impatient: Counter[str] = field(default_factory=Counter)

    def like_slack(self) -> None:
        """Everything at Slack's planning numbers."""
        self.tiers, self.channel_rate, self.ceiling = True, True, 300

    def off(self) -> None:
        self.tiers, self.channel_rate, self.ceiling = False, False, None

    def ask(self, method: str, place: str, tier: int | None, channel: str = "", slow_history: bool = False) -> int:
        """Seconds to wait before this call may be made; 0 lets it through and counts it."""
        key = (method, place)
        now = self.clock.now()
        if now < self.closed_until.get(key, 0.0):
            self.impatient[method] += 1
            return self._refuse(method, self.closed_until[key] - now)
        allowed = self._allowed(method, tier, slow_history)
        wait = self._window(key, now, allowed) if allowed is not None else 0.0
        if not wait and method == "chat.postMessage" and channel:
            wait = self._channel(channel, now)
        if wait:
            return self.close(method, place, wait)
        if allowed is not None:
            self.calls[key].append(now)
        return 0

    def close(self, method: str, place: str, seconds: float) -> int:
        """Refuse a method in a workspace for so long."""
        self.closed_until[method, place] = self.clock.now() + math.ceil(seconds)
        return self._refuse(method, seconds)

    def _refuse(self, method: str, seconds: float) -> int:
        self.refused[method] += 1
        return max(1, math.ceil(seconds))

    def _allowed(self, method: str, tier: int | None, slow_history: bool) -> int | None:
        if slow_history and self.history_minute:
            return 1
        if method == "chat.postMessage":
            return self.ceiling
        if not self.tiers:
            return None
        return TIERS[tier] if tier is not None else SPECIAL.get(method)

    def _window(self, key: tuple[str, str], now: float, allowed: int) -> float:
        calls = self.calls[key]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        return calls[0] + 60 - now if len(calls) >= allowed else 0.0

    def _channel(self, channel: str, now: float) -> float:
        """A bucket that holds a small burst and fills by one a second."""
        if not self.channel_rate:
            return 0.0
        left, at = self.channels.get(channel, (float(self.channel_burst), now))
        left = min(float(self.channel_burst), left + (now - at))
        if left < 1:
            self.channels[channel] = (left, now)
            return 1 - left
        self.channels[channel] = (left - 1, now)
        return 0.0
