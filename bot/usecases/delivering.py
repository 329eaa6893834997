"""Sending what is owed: never lost, never twice.

1. A worker owns a lane (one workspace of one platform) by a lease, and paces it.
2. It claims a few rows: `sending`, with worker, attempt and a lease, committed before any call. The next rows are
   claimed while the last of these are sent.
3. It calls the platform once per row; clients never retry by themselves. Where the platform cannot be asked what it
   has, that the call begins is committed first (`beginning`).
4. Outcomes are settled in groups (`settling`), each only where (worker, attempt) still holds the row.
5. A call that was cut is `unknown`. A row left in `sending` after its lease is in doubt as well. Both are looked up on
   the platform by their key, and only then adopted or sent again (`doubting`). Where it cannot be asked, rows whose
   call had begun are shown to an admin, and the others are sent again.
6. A worker that was frozen and finds its row gone withdraws its own late copy; rows sent more than once are looked at
   once more.

A lease outlives a request and the time a platform needs to show what it accepted. It is counted from before the claim:
however long a worker was frozen in between, it does not begin a call that somebody else may be making.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.errors import SendFailed, SendUnknown
from bot.model.delivery import Delivery, DeliveryState, Kind, Reason
from bot.ports import Ability, ChatPlatform, Outcome
from bot.rules.retries import next_attempt
from bot.usecases.beginning import Beginner
from bot.usecases.composing import Composer, Hold, Send, Verdict, Waive
from bot.usecases.context import Parts, Report, Timing
from bot.usecases.doubting import Doubts
from bot.usecases.pacing import Pacer
from bot.usecases.settling import Settler

LANES_AT_ONCE = 400
CLAIMS_AT_ONCE = 8
"""Lanes that ask the database at the same moment; the others wait their turn."""

TURN = 5.0
"""Seconds after which a lane makes room for lanes that wait."""

AHEAD = 4.0
"""Seconds of work a claim takes up: after a crash all of it is looked up, and what is asked for waits behind it."""

LAST_WORDS = 2.0
"""Seconds to store what was cut at the end."""


def usable(timing: Timing) -> timedelta:
    """How long after a claim a call may begin: it is over, and can be found, before the lease is."""
    return timing.lease - timing.request - timing.settle


def lane_hold(timing: Timing) -> timedelta:
    """How long a lane is owned without a renewal. Shorter than the lease of rows: it only keeps two workers from
    pacing the same lane, and after a crash somebody else goes on sooner."""
    return max(timing.request + timing.settle, timing.lease / 3)


class Lanes:
    """The lanes this process works on, some at a time."""

    def __init__(self, parts: Parts, composer: Composer, report: Report) -> None:
        if usable(parts.timing) <= timedelta(0):
            raise ValueError("a lease must be longer than a request and the settling time together")
        self.parts = parts
        self.composer = composer
        self.report = report
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.waiting: dict[str, None] = {}
        self.pacers: dict[str, Pacer] = {}
        self.doubts = Doubts(parts, report, self.wake)
        self.beginner = Beginner(parts, self._not_noted)
        self.settler = Settler(parts, self._settled, self._not_stored)
        self.claiming = asyncio.Semaphore(CLAIMS_AT_ONCE)
        self.stopping = False

    def wake(self, lanes: Sequence[str] | set[str]) -> None:
        """Work on these lanes soon; a lane that is being worked on is looked at again afterwards."""
        self.waiting.update((lane, None) for lane in lanes if lane.partition(":")[0] in self.parts.platforms)
        self._start()

    def _start(self) -> None:
        if self.stopping:
            return
        for lane in [lane for lane in self.waiting if lane not in self.tasks]:
            if len(self.tasks) >= LANES_AT_ONCE:
                break
            del self.waiting[lane]
            shift = Shift(self, lane, self.parts.platforms[lane.partition(":")[0]])
            task = asyncio.get_running_loop().create_task(shift.work(), name=f"lane {lane}")
            self.tasks[lane] = task
            task.add_done_callback(partial(self._ended, lane))

    def _ended(self, lane: str, task: asyncio.Task[None]) -> None:
        self.tasks.pop(lane, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.report("lane_broke", lane=lane, error=type(error).__name__, exc_info=error)
        self._start()

    async def idle(self) -> None:
        """Until nothing is being sent or looked up."""
        while tasks := [*self.tasks.values(), *self.doubts.looking.values()]:
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0)  # lets the next lane begin

    async def stop(self, seconds: float) -> None:
        """Finish what is in hand; whatever is not attempted by then is released."""
        self.stopping = True
        await self.doubts.stop()
        if self.tasks:
            _, late = await asyncio.wait(list(self.tasks.values()), timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=LAST_WORDS)

    @property
    def crowded(self) -> bool:
        """Whether lanes wait for a place."""
        return len(self.tasks) >= LANES_AT_ONCE and any(lane not in self.tasks for lane in self.waiting)

    def pacer(self, lane: str, platform: ChatPlatform) -> Pacer:
        pacing = platform.pacing(lane.partition(":")[2])
        pacer = self.pacers.get(lane)
        if pacer is None or pacer.pacing != pacing:
            pacer = self.pacers[lane] = Pacer(pacing)
        return pacer

    def _settled(self, row: Delivery, outcome: Outcome, ours: bool) -> None:
        """A second look where a message may be there twice: sent more than once, or sent for a row that was taken
        over meanwhile."""
        maybe_there = outcome.to in (DeliveryState.SENT, DeliveryState.UNKNOWN)
        if not ours and maybe_there:
            self.doubts.look_again(row, outcome.at, outcome.ref)
        elif outcome.to is DeliveryState.SENT and row.attempt > 1:
            self.doubts.look_again(row, outcome.at)

    def _not_noted(self, error: Exception) -> None:
        self.report("begin_failed", error=type(error).__name__, exc_info=error)

    def _not_stored(self, error: Exception) -> None:
        self.report("settle_failed", error=type(error).__name__, exc_info=error)


@dataclass(slots=True)
class Job:
    """A claimed row. No call begins after `until` (the event loop's clock) or `until_clock` (the world's: a machine
    that sleeps stops the other one). `begun`: there was a call."""

    row: Delivery
    verdict: Verdict | Exception
    until: float
    until_clock: datetime
    begun: bool = False


@dataclass
class Shift:
    """One lane being worked on until it is empty, must rest, or the process ends."""

    lanes: Lanes
    lane: str
    platform: ChatPlatform
    queue: deque[Job] = field(default_factory=deque)
    hungry: asyncio.Event = field(default_factory=asyncio.Event)
    stored: asyncio.Future[None] | None = None
    senders: int = 0
    owned_until: float = 0.0
    rest: bool = False

    def __post_init__(self) -> None:
        self.parts = self.lanes.parts
        self.loop = asyncio.get_running_loop()
        self.turn_until = self.loop.time() + TURN
        self.pacer = self.lanes.pacer(self.lane, self.platform)
        pacing, timing = self.pacer.pacing, self.parts.timing
        self.in_flight = max(1, pacing.in_flight)
        self.size = timing.batch
        if pacing.per_second:
            ahead = max(self.in_flight, int(pacing.per_second * AHEAD))
            in_time = int(pacing.per_second * usable(timing).total_seconds() / 2)
            self.size = max(1, min(self.size, ahead, in_time))
        self.low = min(self.in_flight, self.size // 2)

    async def work(self) -> None:
        """Own the lane and empty it. However it ends: what was begun is settled, what was not is given back."""
        try:
            async with asyncio.TaskGroup() as group:
                while not self._ending() and await self._claim(group):
                    await self._until_hungry()
        finally:
            for job in self.queue:
                self._settle(job.row, self._released(job))
            self.lanes.settler.hurry()
            if self.stored is not None:
                await asyncio.wait([self.stored])
            if self.owned_until:
                await asyncio.shield(self.parts.store.leave_lane(self.lane, self.parts.worker))

    def _ending(self) -> bool:
        if self.lanes.crowded and self.loop.time() > self.turn_until:
            self.lanes.waiting[self.lane] = None
            return True
        return self.lanes.stopping or self.rest

    # --- claiming ---

    async def _claim(self, group: asyncio.TaskGroup) -> bool:
        """Claim and compose a few rows and have them sent; false when there is nothing more to claim now."""
        async with self.lanes.claiming:
            jobs = await self._claimed()
        self.queue += jobs
        self.hungry.clear()
        for _ in range(min(self.in_flight - self.senders, len(jobs))):
            self.senders += 1
            group.create_task(self._send())
        return len(jobs) == self.size

    async def _claimed(self) -> list[Job]:
        timing, store = self.parts.timing, self.parts.store
        begun, now = self.loop.time(), self.parts.clock()
        if not await self._own(begun, now):
            return []
        rows = await store.claim(self.lane, self.parts.worker, self.size, now, now + timing.lease)
        if not rows:
            return []
        try:
            async with store.reading() as tx:
                verdicts = await self.lanes.composer.verdicts(tx, rows, now)
        except BaseException:
            for row in rows:
                self._settle(row, self._unused(row))
            raise
        until, until_clock = begun + usable(timing).total_seconds(), now + usable(timing)
        return [Job(row, verdicts[row.id], until, until_clock) for row in rows]

    async def _own(self, begun: float, now: datetime) -> bool:
        """Own the lane, or renew it in time; false when it is somebody else's, or paused."""
        hold = lane_hold(self.parts.timing)
        seconds = hold.total_seconds()
        if self.owned_until - begun > seconds / 2:
            return True
        free = await self.parts.store.take_lane(self.lane, self.parts.worker, now, now + hold)
        if free is None:
            self.owned_until = 0.0
            return False
        self.owned_until = begun + seconds
        return free <= now

    async def _until_hungry(self) -> None:
        if len(self.queue) > self.low:
            await self.hungry.wait()

    # --- sending ---

    async def _send(self) -> None:
        """Send what is in the queue, one after the other; as many of these run as calls are allowed at once."""
        while self.queue:
            job = self.queue.popleft()
            if len(self.queue) <= self.low:
                self.hungry.set()
            try:
                outcome = await self._one(job)
            except BaseException:
                self._settle(job.row, self._released(job))
                raise
            self._settle(job.row, outcome)
        self.senders -= 1

    def _settle(self, row: Delivery, outcome: Outcome) -> None:
        self.stored = self.lanes.settler.add(row, outcome)  # groups are stored in order: the last one is enough

    def _released(self, job: Job) -> Outcome:
        """What is to be stored when a row was not sent after all."""
        if not job.begun:
            return self._unused(job.row)
        now = self.parts.clock()
        settled = now + self.parts.timing.settle
        return Outcome(job.row.id, job.row.attempt, DeliveryState.UNKNOWN, now, not_before=settled)

    def _unused(self, row: Delivery) -> Outcome:
        return Outcome(row.id, row.attempt, DeliveryState.READY, self.parts.clock(), not_before=row.not_before)

    async def _one(self, job: Job) -> Outcome:
        row, verdict = job.row, job.verdict
        if not isinstance(verdict, Send):
            return self._not_sent(row, verdict)
        if self._too_late(job):
            return self._released(job)
        await self.pacer.take(row.address)
        # that it is noted can take a while, so the time is looked at after it
        if self._too_late(job) or not await self._may_call(row) or self._too_late(job):
            return self._released(job)
        job.begun = True
        return await self._call(row, verdict)

    def _not_sent(self, row: Delivery, verdict: Hold | Waive | Exception) -> Outcome:
        now = self.parts.clock()
        if isinstance(verdict, Hold):
            reason = verdict.reason.value
            return Outcome(row.id, row.attempt, DeliveryState.HELD, now, reason=reason, not_before=verdict.until)
        if isinstance(verdict, Waive):
            return Outcome(row.id, row.attempt, DeliveryState.WAIVED, now, reason=verdict.reason)
        self.lanes.report("message_broken", delivery=row.id, error=type(verdict).__name__, exc_info=verdict)
        return Outcome(row.id, row.attempt, DeliveryState.FAILED, now, reason=Reason.BROKEN.value)

    def _too_late(self, job: Job) -> bool:
        """A call is begun only while the lease outlives it, so that nobody takes the row over meanwhile."""
        moment = self.loop.time()
        over = moment > job.until or moment > self.owned_until or self.parts.clock() > job.until_clock
        return over or self.rest or self.lanes.stopping

    async def _may_call(self, row: Delivery) -> bool:
        """Where the platform can be asked whether it has a message, nothing need be noted of it, nor of showing one
        anew, which can simply be repeated."""
        if Ability.FIND in self.platform.can or row.kind is Kind.REFRESH:
            return True
        return await self.lanes.beginner.may_call(row)

    async def _call(self, row: Delivery, verdict: Send) -> Outcome:
        try:
            async with asyncio.timeout(self.parts.timing.request.total_seconds()):
                if row.kind is not Kind.REFRESH:
                    ref = await self.platform.send(row.address, verdict.message, row.key)
                elif row.ref is None:
                    return Outcome(row.id, row.attempt, DeliveryState.WAIVED, self.parts.clock(), reason="gone")
                else:
                    await self.platform.update(row.ref, verdict.message)
                    ref = row.ref
        except SendFailed as error:
            return await self._failed(row, error)
        except (SendUnknown, TimeoutError):
            self.lanes.report("send_unknown", delivery=row.id, attempt=row.attempt)
            return self._unknown(row)
        except Exception as error:
            # platforms promise never to raise anything else: one that does must not hold up the others' messages
            self.lanes.report("platform_broke", delivery=row.id, error=type(error).__name__, exc_info=error)
            return self._unknown(row)
        return Outcome(row.id, row.attempt, DeliveryState.SENT, self.parts.clock(), ref)

    def _unknown(self, row: Delivery) -> Outcome:
        """Maybe sent. Showing a message anew can simply be repeated."""
        now = self.parts.clock()
        if row.kind is not Kind.REFRESH:
            return Outcome(row.id, row.attempt, DeliveryState.UNKNOWN, now, not_before=now + self.parts.timing.settle)
        again = next_attempt(row.attempt, row.tried_at, now)
        if again is None:
            return Outcome(row.id, row.attempt, DeliveryState.FAILED, now, reason=Reason.DOWN.value)
        return Outcome(row.id, row.attempt, DeliveryState.RETRY, now, not_before=again)

    async def _failed(self, row: Delivery, error: SendFailed) -> Outcome:
        now = self.parts.clock()
        again = None if error.permanent else next_attempt(row.attempt, row.tried_at, now, error.retry_after)
        if error.whole_lane and again is not None:
            self.rest = True
            self.hungry.set()
            await self.parts.store.pause_lane(self.lane, again)
        self.lanes.report(
            "send_failed", delivery=row.id, attempt=row.attempt, reason=error.reason, permanent=again is None
        )
        if again is None:
            return Outcome(row.id, row.attempt, DeliveryState.FAILED, now, reason=error.reason)
        return Outcome(row.id, row.attempt, DeliveryState.RETRY, now, reason=error.reason, not_before=again)
