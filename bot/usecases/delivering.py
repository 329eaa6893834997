"""Sending what is owed: never lost, never twice.

1. A worker owns a lane (one workspace of one platform) by a lease, and paces it.
2. It claims a few rows: `sending`, with worker, attempt and a lease, committed before any call.
3. It calls the platform once per row; clients never retry by themselves.
4. Outcomes are settled in groups, each only where (worker, attempt) still holds the row.
5. A call that was cut is `unknown`. A row left in `sending` after its lease is in doubt as well. Both are looked up on
   the platform by their key, and only then adopted or sent again.
6. A worker that was frozen and finds its row gone withdraws its own late copy; rows sent more than once are looked at
   once more.

A lease outlives a request and the time a platform needs to show what it accepted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.errors import SendFailed, SendUnknown
from bot.model.delivery import Delivery, DeliveryState, Kind, MessageRef, Reason
from bot.ports import Ability, ChatPlatform, Outcome
from bot.rules.retries import next_attempt, next_look
from bot.usecases.composing import Composer, Hold, Send, Verdict, Waive
from bot.usecases.context import Parts
from bot.usecases.pacing import Pacer

LANES_AT_ONCE = 48
DOUBTS = 200

Report = Callable[..., None]
"""Called as report(event, **ids) for every event worth a log line."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A delivery to look at once more: it may be there twice."""

    at: datetime
    delivery: Delivery


@dataclass
class Lanes:
    """The lanes this process works on."""

    parts: Parts
    composer: Composer
    report: Report
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    again: set[str] = field(default_factory=set)
    pacers: dict[str, Pacer] = field(default_factory=dict)
    sweeps: list[Sweep] = field(default_factory=list)
    stopping: bool = False

    def wake(self, lanes: Sequence[str] | set[str]) -> None:
        """Work on these lanes now, as far as they are not worked on already."""
        for lane in lanes:
            if self.stopping or lane.partition(":")[0] not in self.parts.platforms:
                continue
            if lane in self.tasks:
                self.again.add(lane)
            elif len(self.tasks) < LANES_AT_ONCE:
                task = asyncio.get_running_loop().create_task(self._run(lane), name=f"lane {lane}")
                self.tasks[lane] = task
                task.add_done_callback(partial(self._ended, lane))

    def _ended(self, lane: str, task: asyncio.Task[None]) -> None:
        self.tasks.pop(lane, None)
        if not task.cancelled() and task.exception() is not None:
            self.report("lane_broke", lane=lane, error=type(task.exception()).__name__)
        if lane in self.again:
            self.again.discard(lane)
            self.wake([lane])

    async def stop(self, seconds: float) -> None:
        """Finish what is in hand; whatever is not attempted by then is released."""
        self.stopping = True
        if self.tasks:
            _, late = await asyncio.wait(list(self.tasks.values()), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, lane: str) -> None:
        """Own the lane and empty it."""
        parts, store = self.parts, self.parts.store
        platform = parts.platforms[lane.partition(":")[0]]
        while not self.stopping:
            now = parts.clock()
            free = await store.take_lane(lane, parts.worker, now, now + parts.timing.lease)
            if free is None or free > now:
                return
            if not await self._batch(lane, platform, now):
                await store.leave_lane(lane, parts.worker)
                return
        await store.leave_lane(lane, parts.worker)

    async def _batch(self, lane: str, platform: ChatPlatform, now: datetime) -> bool:
        """Claim, compose, send and settle a few rows; false when the lane is empty or must rest."""
        parts = self.parts
        pacing = platform.pacing(lane.partition(":")[2])
        seconds = (parts.timing.lease - parts.timing.request - parts.timing.settle).total_seconds() / 2
        n = max(1, min(parts.timing.batch, int(pacing.per_second * seconds)))
        rows = await parts.store.claim(lane, parts.worker, n, now, now + parts.timing.lease)
        if not rows:
            return False
        async with parts.store.reading() as tx:
            verdicts = await self.composer.verdicts(tx, rows, now)
        deadline = asyncio.get_running_loop().time() + seconds * 2
        pacer = self.pacers.get(lane)
        if pacer is None or pacer.pacing != pacing:
            pacer = self.pacers[lane] = Pacer(pacing)
        shift = Shift(self, lane, platform, pacer, deadline)
        await shift.work(rows, verdicts, pacing.in_flight)
        return not shift.rest

    # --- doubt ---

    async def settle_doubts(self, now: datetime) -> None:
        """Look up rows in doubt: found is adopted, missing is sent again, not findable is shown to an admin."""
        rows = await self.parts.store.in_doubt(now, DOUBTS)
        await asyncio.gather(*(self._settle_doubt(row, now) for row in rows))

    async def _settle_doubt(self, row: Delivery, now: datetime) -> None:
        parts, platform = self.parts, self.parts.platform_of(row.address)
        if platform is None:
            return
        if row.kind is Kind.REFRESH:
            await self._resolve(row, DeliveryState.READY, now)
            return
        if Ability.FIND not in platform.can:
            await self._resolve(row, DeliveryState.FAILED, now, reason=Reason.NOT_VERIFIABLE.value)
            return
        try:
            since = row.due_at - timedelta(days=3)
            async with asyncio.timeout(parts.timing.request.total_seconds()):
                found = await platform.find(row.address, row.key, since)
        except (SendFailed, SendUnknown, TimeoutError):
            later = next_look(row.attempt, now)
            await self._resolve(row, DeliveryState.UNKNOWN, now, not_before=later)
            return
        self.report("doubt_settled", delivery=row.id, found=len(found))
        if found:
            await self._resolve(row, DeliveryState.SENT, now, ref=found[0])
            for extra in found[1:]:
                await self._withdraw(platform, extra)
        else:
            await self._resolve(row, DeliveryState.READY, now)
        self.look_again(row, now)

    async def _resolve(
        self,
        row: Delivery,
        to: DeliveryState,
        now: datetime,
        *,
        ref: MessageRef | None = None,
        reason: str | None = None,
        not_before: datetime | None = None,
    ) -> None:
        outcome = Outcome(row.id, row.attempt, to, now, ref, reason, not_before)
        if await self.parts.store.resolve(row, outcome) and to is DeliveryState.READY:
            self.wake([row.address.lane])

    def look_again(self, row: Delivery, now: datetime) -> None:
        """Remember to look once more, after any late call has settled."""
        timing = self.parts.timing
        self.sweeps.append(Sweep(now + timing.request + timing.settle * 2, row))

    async def sweep(self, now: datetime) -> None:
        """Withdraw copies of deliveries that are there twice: the recorded message is the one that stays."""
        due = [each for each in self.sweeps if each.at <= now]
        self.sweeps = [each for each in self.sweeps if each.at > now]
        for each in due[:DOUBTS]:
            await self._sweep_one(each.delivery, now)
        self.sweeps += due[DOUBTS:]

    async def _sweep_one(self, row: Delivery, now: datetime) -> None:
        platform = self.parts.platform_of(row.address)
        if platform is None or not {Ability.FIND, Ability.WITHDRAW} <= platform.can or row.kind is Kind.REFRESH:
            return
        async with self.parts.store.reading() as tx:
            current = await tx.delivery(row.key)
        if current is None or current.ref is None or current.state is not DeliveryState.SENT:
            if current is not None and current.state in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
                self.look_again(row, now)
            return
        try:
            for found in await platform.find(row.address, row.key, row.due_at - timedelta(days=3)):
                if found != current.ref:
                    await self._withdraw(platform, found)
        except (SendFailed, SendUnknown):
            self.look_again(row, now)

    async def _withdraw(self, platform: ChatPlatform, ref: MessageRef) -> None:
        if Ability.WITHDRAW in platform.can:
            self.report("copy_withdrawn", lane=ref.address.lane)
            await platform.withdraw(ref)

    async def heal(self, row: Delivery, outcome: Outcome) -> None:
        """The row was no longer ours when the call came back: if another message is recorded, ours is a copy."""
        self.look_again(row, outcome.at)


class Shift:
    """One claimed batch of one lane."""

    def __init__(self, lanes: Lanes, lane: str, platform: ChatPlatform, pacer: Pacer, deadline: float) -> None:
        self.lanes, self.lane, self.platform, self.pacer, self.deadline = lanes, lane, platform, pacer, deadline
        self.parts = lanes.parts
        self.rest = False

    async def work(self, rows: Sequence[Delivery], verdicts: dict[int, Verdict | Exception], in_flight: int) -> None:
        """Send with at most `in_flight` calls at once, and settle everything."""
        queue = iter(rows)
        outcomes: list[Outcome] = []

        async def sender() -> None:
            for row in queue:
                outcomes.append(await self._one(row, verdicts[row.id]))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(in_flight, len(rows))):
                    group.create_task(sender())
        finally:
            settled = {outcome.delivery_id for outcome in outcomes}
            now = self.parts.clock()
            outcomes += [
                Outcome(row.id, row.attempt, DeliveryState.UNKNOWN, now, not_before=now + self.parts.timing.settle)
                for row in rows
                if row.id not in settled
            ]
            await asyncio.shield(self._settle(rows, outcomes))

    async def _settle(self, rows: Sequence[Delivery], outcomes: Sequence[Outcome]) -> None:
        gone = set(await self.parts.store.settle(self.parts.worker, outcomes))
        by_id = {row.id: row for row in rows}
        for outcome in outcomes:
            row = by_id[outcome.delivery_id]
            if outcome.delivery_id in gone and outcome.ref is not None:
                await self.lanes.heal(row, outcome)
            elif outcome.to is DeliveryState.SENT and row.attempt > 1:
                self.lanes.look_again(row, outcome.at)

    async def _one(self, row: Delivery, verdict: Verdict | Exception) -> Outcome:
        now = self.parts.clock()
        if isinstance(verdict, Exception):
            self.lanes.report("message_broken", delivery=row.id, error=type(verdict).__name__)
            return Outcome(row.id, row.attempt, DeliveryState.FAILED, now, reason=Reason.BROKEN.value)
        if isinstance(verdict, Hold):
            return Outcome(
                row.id, row.attempt, DeliveryState.HELD, now, reason=verdict.reason.value, not_before=verdict.until
            )
        if isinstance(verdict, Waive):
            return Outcome(row.id, row.attempt, DeliveryState.WAIVED, now, reason=verdict.reason)
        if self._too_late(asyncio.get_running_loop().time()):
            return Outcome(row.id, row.attempt, DeliveryState.READY, now, not_before=row.not_before)
        await self.pacer.take(row.address)
        loop = asyncio.get_running_loop()
        # a call is begun only while the lease outlives it, so that nobody takes the row over meanwhile
        if self._too_late(loop.time()):
            return Outcome(row.id, row.attempt, DeliveryState.READY, self.parts.clock(), not_before=row.not_before)
        return await self._call(row, verdict)

    def _too_late(self, loop_time: float) -> bool:
        return self.rest or self.lanes.stopping or loop_time > self.deadline

    async def _call(self, row: Delivery, verdict: Send) -> Outcome:
        timing, clock = self.parts.timing, self.parts.clock
        try:
            async with asyncio.timeout(timing.request.total_seconds()):
                if row.kind is Kind.REFRESH:
                    if row.ref is None:
                        return Outcome(row.id, row.attempt, DeliveryState.WAIVED, clock(), reason="gone")
                    await self.platform.update(row.ref, verdict.message)
                    ref = row.ref
                else:
                    ref = await self.platform.send(row.address, verdict.message, row.key)
        except SendFailed as error:
            return await self._failed(row, error)
        except (SendUnknown, TimeoutError):
            self.lanes.report("send_unknown", delivery=row.id, attempt=row.attempt)
            at = clock()
            if row.kind is Kind.REFRESH:
                return Outcome(row.id, row.attempt, DeliveryState.RETRY, at, not_before=at + timing.settle)
            return Outcome(row.id, row.attempt, DeliveryState.UNKNOWN, at, not_before=at + timing.settle)
        return Outcome(row.id, row.attempt, DeliveryState.SENT, clock(), ref)

    async def _failed(self, row: Delivery, error: SendFailed) -> Outcome:
        now = self.parts.clock()
        again = None if error.permanent else next_attempt(row.attempt, row.due_at, now, error.retry_after)
        if error.whole_lane and again is not None:
            self.rest = True
            await self.parts.store.pause_lane(self.lane, again)
        self.lanes.report(
            "send_failed", delivery=row.id, attempt=row.attempt, reason=error.reason, permanent=again is None
        )
        if again is None:
            return Outcome(row.id, row.attempt, DeliveryState.FAILED, now, reason=error.reason)
        return Outcome(row.id, row.attempt, DeliveryState.RETRY, now, reason=error.reason, not_before=again)
