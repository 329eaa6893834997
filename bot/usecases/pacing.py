"""Keeping to a platform's ceiling, in process: one lane has one owner, so no shared limiter is needed."""

from __future__ import annotations

import asyncio
from bisect import insort
from dataclasses import dataclass, field

from bot.model.people import Address
from bot.ports import Pacing

KEEP = 10_000


@dataclass
class Pacer:
    """Spaces calls of one lane evenly (GCRA with no burst) and, per address, by its own distance.

    `now` is the event loop's clock, in seconds.
    """

    pacing: Pacing
    taken: list[float] = field(default_factory=list)
    addresses: dict[Address, float] = field(default_factory=dict)

    def wait(self, address: Address, now: float) -> float:
        """Take a place; returns the seconds to wait for it.

        Places are a gap apart. A call that waits for its own address takes a later place; the ones before it stay free
        for others.
        """
        gap = 1.0 / self.pacing.per_second if self.pacing.per_second else 0.0
        at = max(now, self.addresses.get(address, 0.0))
        if gap:
            self.taken = [place for place in self.taken if place > now - gap]
            for place in self.taken:
                if place - gap < at < place + gap:
                    at = place + gap
            insort(self.taken, at)
        if self.pacing.per_address_seconds:
            self.addresses[address] = at + self.pacing.per_address_seconds
            if len(self.addresses) > KEEP:
                self.addresses = {key: free for key, free in self.addresses.items() if free > now}
        return at - now

    async def take(self, address: Address) -> None:
        delay = self.wait(address, asyncio.get_running_loop().time())
        if delay > 0:
            await asyncio.sleep(delay)
