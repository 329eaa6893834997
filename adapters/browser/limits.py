"""Not more than anybody can do by hand: a bucket of tokens per person."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable


class Limit:
    """`per_second` on average, `burst` at once. `clock` counts seconds, from anywhere."""

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float], *, people: int = 10_000) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._people = people
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, who: str) -> bool:
        """Take a token; False when there is none."""
        now = self._clock()
        tokens, then = self._buckets.pop(who, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - then) * self._per_second)
        allowed = tokens >= 1
        self._buckets[who] = (tokens - 1 if allowed else tokens, now)
        while len(self._buckets) > self._people:
            self._buckets.popitem(last=False)
        return allowed
