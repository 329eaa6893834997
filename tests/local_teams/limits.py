"""How much Teams allows (Teams: "Optimize your bot with rate limiting in Teams"): windows per conversation, and a
ceiling for everything an app does in one tenant. Who is refused must wait `Retry-After` seconds; calls before that are
counted as impatient."""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.local_slack.clock import Clock

Window = tuple[float, int]
SEND: Sequence[Window] = ((1, 7), (2, 8), (30, 60), (3600, 1800))
READ: Sequence[Window] = ((1, 14), (2, 16), (30, 120), (3600, 3600))
TENANT: Sequence[Window] = ((1, 50),)


@dataclass
class Limits:
    """`conversations` and `tenants` can each be switched on. A message that is split counts twice."""

    clock: Clock
    conversations: bool = False
    tenants: bool = False
    calls: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    closed_until: dict[tuple[str, str], float] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    impatient: Counter[str] = field(default_factory=Counter)

    def like_teams(self) -> None:
        self.conversations = self.tenants = True

    def ask(self, kind: str, conversation: str, tenant: str, times: int = 1) -> int:
        """Seconds to wait before this call (`kind` "send" or "read") may be made; 0 lets it through and counts it."""
        scopes: list[tuple[tuple[str, str], Sequence[Window]]] = []
        if self.conversations and conversation:
            scopes.append(((kind, conversation), SEND if kind == "send" else READ))
        if self.tenants:
            scopes.append((("tenant", tenant), TENANT))
        for key, windows in scopes:
            wait = self._wait(key, windows, times)
            if wait > 0:
                return self._refuse(key, wait)
        for key, _ in scopes:
            self.calls[key].extend([self.clock.now()] * times)
        return 0

    def _wait(self, key: tuple[str, str], windows: Sequence[Window], times: int) -> float:
        now, calls = self.clock.now(), self.calls[key]
        if now < self.closed_until.get(key, 0.0):
            self.impatient[key[0]] += 1
            return self.closed_until[key] - now
        while calls and calls[0] <= now - windows[-1][0]:
            calls.popleft()
        wait = 0.0
        for seconds, allowed in windows:
            recent = [at for at in calls if at > now - seconds]
            if len(recent) + times > allowed:
                first = recent[len(recent) + times - allowed - 1] if recent else now
                wait = max(wait, first + seconds - now)
        return wait

    def _refuse(self, key: tuple[str, str], wait: float) -> int:
        seconds = max(1, math.ceil(wait))
        self.closed_until[key] = max(self.closed_until.get(key, 0.0), self.clock.now() + wait)
        self.refused[key[0]] += 1
        return seconds
