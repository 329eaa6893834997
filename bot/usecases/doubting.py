"""What may or may not have arrived, and what may have arrived twice.

A call that was cut leaves a row in doubt: its key is looked up on the platform, and only then is the message adopted or
sent again. Where the platform cannot be asked, an admin is; rows that were only claimed when a process died are sent
again there, because that a call begins is noted before (`beginning`). A row that was sent more than once is looked at
once more when any late call has settled: the recorded message stays, every other copy is withdrawn.

Look-ups are made one at a time per lane, aside from the tick: a platform that answers slowly stops nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.errors import SendFailed, SendUnknown
from bot.model.delivery import Delivery, DeliveryState, Kind, MessageRef, Reason
from bot.ports import Ability, ChatPlatform, Outcome
from bot.rules.retries import next_attempt, next_look
from bot.usecases.context import Parts

DOUBTS = 200
"""Rows in doubt that one look takes up."""

AT_ONCE_AGAIN = 8
"""How often a message that is not there is sent again at once; then with pauses, like any failure. Rows that were only
claimed when a process died count as well."""

LOOKED_BACK = timedelta(days=3)
RECALLED = timedelta(minutes=15)
"""How far back a new process looks for rows that the one before it wanted to look at once more."""

MOST_LOOKS = 20

_STILL_OPEN = frozenset({DeliveryState.READY, DeliveryState.RETRY, DeliveryState.SENDING, DeliveryState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Sweep:
    """A delivery to look at once more: it may be there twice. `own` is a copy known to be there."""

    at: datetime
    delivery: Delivery
    own: MessageRef | None = None
    looks: int = 0


@dataclass
class Doubts:
    """The doubts of this process. `report` as in `delivering`; `wake` has a lane worked on."""

    parts: Parts
    report: Callable[..., None]
    wake: Callable[[Sequence[str]], None]
    looking: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    sweeps: list[Sweep] = field(default_factory=list)
    failed_looks: dict[int, int] = field(default_factory=dict)
    recalled: bool = False

    def look_again(self, row: Delivery, now: datetime, own: MessageRef | None = None, looks: int = 0) -> None:
        """Remember to look once more, after any late call has settled."""
        timing = self.parts.timing
        wait = timing.request + timing.settle * 2
        self.sweeps.append(Sweep(now + wait * (1 + looks), row, own, looks))

    def recall(self, now: datetime) -> None:
        """Once per process: sweeps are kept in memory, and the process before this one may have been killed."""
        if not self.recalled:
            self.recalled = True
            self._begin("recall", self._recall(now))

    async def _recall(self, now: datetime) -> None:
        try:
            for row in await self.parts.store.sent_again(now - RECALLED, DOUBTS * 10):
                self.look_again(row, row.sent_at or now)
        except Exception as error:
            self.recalled = False
            self.report("recall_broke", error=type(error).__name__, exc_info=error)

    async def look(self, now: datetime) -> None:
        """Begin to look up rows in doubt."""
        by_lane: dict[str, list[Delivery]] = {}
        for row in await self.parts.store.in_doubt(now, DOUBTS):
            by_lane.setdefault(row.address.lane, []).append(row)
        for lane, rows in by_lane.items():
            self._aside(lane, lane, rows)

    def sweep(self, now: datetime) -> None:
        """Begin the second looks whose time has come."""
        by_lane: dict[str, list[Sweep]] = {}
        for each in self.sweeps:
            if each.at <= now:
                by_lane.setdefault(each.delivery.address.lane, []).append(each)
        for lane, due in by_lane.items():
            if self._aside(f"again {lane}", lane, due):
                taken = {id(each) for each in due}
                self.sweeps = [each for each in self.sweeps if id(each) not in taken]

    def _aside(self, name: str, lane: str, work: Sequence[Delivery | Sweep]) -> bool:
        """Work through these one after the other; false when this is being done already."""
        platform = self.parts.platforms.get(lane.partition(":")[0])
        if platform is None or name in self.looking:
            return platform is None
        self._begin(name, self._work(platform, work))
        return True

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name=f"look {name}")
        self.looking[name] = task
        task.add_done_callback(lambda _: self.looking.pop(name, None))

    async def _work(self, platform: ChatPlatform, work: Sequence[Delivery | Sweep]) -> None:
        for each in work:
            row = each.delivery if isinstance(each, Sweep) else each
            try:
                if isinstance(each, Sweep):
                    await self._sweep_one(platform, each)
                else:
                    await self._settle(platform, each)
            except Exception as error:
                # the row is still in doubt, or looked at when the next process starts
                self.report("look_broke", delivery=row.id, error=type(error).__name__, exc_info=error)

    async def stop(self) -> None:
        """Looking up changes nothing on a platform: it can be cut at any point."""
        tasks = list(self.looking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- rows in doubt ---

    async def _settle(self, platform: ChatPlatform, row: Delivery) -> None:
        """Found is adopted, missing or not begun is sent again, not findable is shown to an admin."""
        if row.kind is Kind.REFRESH:
            await self._resolve(row, DeliveryState.READY)
            return
        if Ability.FIND not in platform.can:
            if row.state is DeliveryState.SENDING and not row.begun:
                await self._send_again(row)
                return
            await self._resolve(row, DeliveryState.FAILED, reason=Reason.NOT_VERIFIABLE.value)
            return
        try:
            found = await self._find(platform, row)
        except (SendFailed, SendUnknown, TimeoutError) as error:
            await self._could_not_look(row, error)
            return
        self.failed_looks.pop(row.id, None)
        self.report("doubt_settled", delivery=row.id, found=len(found))
        if not found:
            await self._send_again(row)
        elif await self._resolve(row, DeliveryState.SENT, ref=found[0]) and row.attempt > 1:
            self.look_again(row, self.parts.clock())

    async def _could_not_look(self, row: Delivery, error: Exception) -> None:
        """Look again later, with growing pauses; where it is no use, an admin is told."""
        asked = 0.0
        if isinstance(error, SendFailed):
            if error.permanent and not error.whole_lane:
                await self._resolve(row, DeliveryState.FAILED, reason=Reason.NOT_VERIFIABLE.value)
                return
            asked = error.retry_after or 0.0
        now, looks = self.parts.clock(), self.failed_looks.get(row.id, 0)
        self.failed_looks[row.id] = looks + 1
        later = max(now + timedelta(seconds=asked), next_look(looks, now))
        await self._resolve(row, DeliveryState.UNKNOWN, not_before=later)

    async def _send_again(self, row: Delivery) -> None:
        now = self.parts.clock()
        again: datetime | None = now
        if row.attempt > AT_ONCE_AGAIN:
            again = next_attempt(row.attempt, row.tried_at, now)
        if again is None:
            await self._resolve(row, DeliveryState.FAILED, reason=Reason.DOWN.value)
        else:
            await self._resolve(row, DeliveryState.READY, not_before=again)

    async def _resolve(
        self,
        row: Delivery,
        to: DeliveryState,
        *,
        ref: MessageRef | None = None,
        reason: str | None = None,
        not_before: datetime | None = None,
    ) -> bool:
        outcome = Outcome(row.id, row.attempt, to, self.parts.clock(), ref, reason, not_before)
        done = await self.parts.store.resolve(row, outcome)
        if done and to is DeliveryState.READY:
            self.wake([row.address.lane])
        return done

    # --- second looks ---

    async def _sweep_one(self, platform: ChatPlatform, sweep: Sweep) -> None:
        row, now = sweep.delivery, self.parts.clock()
        if Ability.WITHDRAW not in platform.can or row.kind is Kind.REFRESH:
            return
        async with self.parts.store.reading() as tx:
            current = await tx.delivery(row.key)
        if current is None:
            return
        if current.state in _STILL_OPEN:
            self._later(sweep, now)
            return
        if current.ref is None:
            return
        try:
            there = list(await self._find(platform, row)) if Ability.FIND in platform.can else []
            if sweep.own is not None and sweep.own not in there:
                there.append(sweep.own)
            for copy in there:
                if copy != current.ref:
                    await self._withdraw(platform, copy)
        except (SendFailed, SendUnknown, TimeoutError):
            self._later(sweep, now)

    def _later(self, sweep: Sweep, now: datetime) -> None:
        if sweep.looks < MOST_LOOKS:
            self.look_again(sweep.delivery, now, sweep.own, sweep.looks + 1)

    async def _withdraw(self, platform: ChatPlatform, ref: MessageRef) -> None:
        self.report("copy_withdrawn", lane=ref.address.lane)
        async with asyncio.timeout(self.parts.timing.request.total_seconds()):
            await platform.withdraw(ref)

    async def _find(self, platform: ChatPlatform, row: Delivery) -> Sequence[MessageRef]:
        async with asyncio.timeout(self.parts.timing.request.total_seconds()):
            return await platform.find(row.address, row.key, row.due_at - LOOKED_BACK)
