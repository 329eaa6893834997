"""Rooms of study groups: opened, filled, pinned and archived in steps that survive a restart.

What a room needs next is stored with its moment (`GroupRoom.work_at`). The platform is asked between transactions, one
room of a workspace after the other. A call that was cut is repeated: the room's key makes the platform return the same
room. What it refuses for good is kept with its reason, and the group is written to one by one from then on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from bot.errors import SendFailed, SendUnknown
from bot.messages.groups import topic
from bot.model.cohort import Cohort
from bot.model.delivery import DeliveryState, MessageRef, Reason
from bot.model.groups import GroupRoom, GroupState, RoomState, StudyGroup
from bot.model.people import Address, RoleName
from bot.ports import Ability, ChatPlatform, Pins, Tx
from bot.rules.group_rooms import room_name
from bot.rules.retries import next_attempt
from bot.usecases.context import Parts, Report
from bot.usecases.groups_life import begin
from bot.usecases.groups_telling import key_in, members_in, tell_lane

AT_ONCE = 50
LOOK_AGAIN = timedelta(seconds=5)
"""So long after a look whether a room's first or last message has gone out comes the next look."""
NO_ROOMS = "no_rooms"
"""The reason where a platform has no rooms at all."""
_ON_ITS_WAY = frozenset(DeliveryState) - {DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.WAIVED}


class Step(StrEnum):
    """What a room needs next."""

    OPEN = "open"
    FILL = "fill"
    PIN = "pin"
    CLOSE = "close"
    WAIT = "wait"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Site:
    """A room with what its next step needs."""

    room: GroupRoom
    group: StudyGroup
    cohort: Cohort
    people: tuple[Address, ...]
    step: Step
    card: MessageRef | None = None


@dataclass
class Rooms:
    """Works on rooms that are due: a task per workspace, as many as there are. `wake` is told the lanes that have
    something to send."""

    parts: Parts
    report: Report
    wake: Callable[[set[str]], None]
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    resting: dict[str, datetime] = field(default_factory=dict)

    async def look(self, now: datetime) -> None:
        """Begin with what is due, unless it is under way."""
        async with self.parts.store.reading() as tx:
            due = await tx.rooms_due(now, AT_ONCE * 20)
        for lane in dict.fromkeys(room.lane for room in due):
            if lane not in self.tasks and self.resting.get(lane, now) <= now:
                rooms = [room for room in due if room.lane == lane][:AT_ONCE]
                task = asyncio.get_running_loop().create_task(self._work(rooms), name=f"rooms {lane}")
                self.tasks[lane] = task
                task.add_done_callback(partial(self._ended, lane))

    async def idle(self) -> None:
        while self.tasks:
            await asyncio.gather(*self.tasks.values(), return_exceptions=True)
            await asyncio.sleep(0)

    async def stop(self) -> None:
        """Give up what is under way; it is done again at the next start."""
        tasks = list(self.tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, lane: str, task: asyncio.Task[None]) -> None:
        self.tasks.pop(lane, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.report("rooms_broke", lane=lane, error=type(error).__name__, exc_info=error)

    async def _work(self, rooms: Sequence[GroupRoom]) -> None:
        for room in rooms:
            if not await self._one(room.group_id, room.lane):
                return

    async def _one(self, group_id: int, lane: str) -> bool:
        """One step; False when the whole workspace must rest first."""
        async with self.parts.store.reading() as tx:
            site = await _site(self.parts, tx, group_id, lane)
        if site is None:
            return True
        now = self.parts.clock()
        try:
            made = await self._call(site)
        except SendFailed as error:
            if error.retry_after is not None and not error.permanent:
                self.resting[lane] = now + timedelta(seconds=error.retry_after)
            await self._failed(site, error.reason, permanent=error.permanent, retry_after=error.retry_after)
            return error.permanent or error.retry_after is None
        except (SendUnknown, TimeoutError):
            await self._failed(site, Reason.DOWN.value, permanent=False, retry_after=None)
            return True
        await self._done(site, made)
        return True

    async def _call(self, site: Site) -> Address | None:
        platform = self.parts.platforms.get(site.room.lane.partition(":")[0])
        if site.step in (Step.WAIT, Step.REST):
            return None
        if platform is None or Ability.ROOMS not in platform.can:
            raise SendFailed(NO_ROOMS, permanent=True)
        return await _ask(self.parts, platform, site)

    async def _done(self, site: Site, made: Address | None) -> None:
        """Write down what was done, and what is next."""
        now = self.parts.clock()
        lanes: set[str] = set()
        async with self.parts.store.transaction() as tx:
            room = await _fresh(tx, site.room)
            if room is None:
                return
            if room.state is not site.room.state:
                if site.step is Step.OPEN and room.state is RoomState.CLOSED:  # the group ended during the call
                    await tx.save_room(replace(room, state=RoomState.CLOSING, address=made, work_at=now))
                return
            room = _after(room, site.step, made)
            if site.step in (Step.OPEN, Step.FILL):
                people = await _people(tx, site.group, site.cohort, room.lane)
                room = replace(room, stale=people != site.people)  # somebody may have come or gone during the call
            await tx.save_room(replace(room, work_at=self._next(room, site.step, now)))
            if site.step is Step.OPEN:
                lanes |= await tell_lane(tx, site.group, room, "roster", now)
                lanes |= await show_reports(tx, site.cohort, now)
                await begin(tx, site.group, site.cohort, now)
        self.wake(lanes)

    def _next(self, room: GroupRoom, step: Step, now: datetime) -> datetime | None:
        """When to look at the room again; None when there is nothing to do."""
        if step is Step.WAIT:
            return now + LOOK_AGAIN
        if room.state is not RoomState.OPEN or step is Step.REST:
            return None
        platform = self.parts.platforms.get(room.lane.partition(":")[0])
        pins = platform is not None and Ability.PIN in platform.can and not room.pinned
        return now if room.stale else now + LOOK_AGAIN if pins else None

    async def _failed(self, site: Site, reason: str, *, permanent: bool, retry_after: float | None) -> None:
        """Try again later; or, when that is useless, do without: the group is written to one by one."""
        now = self.parts.clock()
        async with self.parts.store.transaction() as tx:
            room = await _fresh(tx, site.room)
            if room is None or room.state is not site.room.state:
                return
            since = room.tried_at or now
            again = None if permanent else next_attempt(room.tried + 1, since, now, retry_after)
            room = replace(room, tried=room.tried + 1, tried_at=since, work_at=again)
            lanes: set[str] = set()
            if again is None:
                self.report("room_refused", group=site.group.id, lane=room.lane, step=site.step.value, reason=reason)
                room = _given_up(room, site.step, reason)
            await tx.save_room(room)
            if again is None and site.step in (Step.OPEN, Step.FILL):
                lanes |= await tell_lane(tx, site.group, room, "roster", now)
                lanes |= await show_reports(tx, site.cohort, now)
                await begin(tx, site.group, site.cohort, now)
        self.wake(lanes)


def _after(room: GroupRoom, step: Step, made: Address | None) -> GroupRoom:
    """The room after a step that went well."""
    room = replace(room, tried=0, tried_at=None)
    match step:
        case Step.OPEN:
            return replace(
                room, state=RoomState.OPEN, address=made, reason=None, pinned=made == room.address and room.pinned
            )
        case Step.PIN:
            return replace(room, pinned=True)
        case Step.CLOSE:
            return replace(room, state=RoomState.CLOSED)
        case _:
            return room


def _given_up(room: GroupRoom, step: Step, reason: str) -> GroupRoom:
    room = replace(room, tried=0, tried_at=None, stale=False)
    match step:
        case Step.PIN:
            return replace(room, pinned=True)
        case Step.CLOSE:
            return replace(room, state=RoomState.CLOSED, reason=reason)
        case _:
            return replace(room, state=RoomState.REFUSED, reason=reason)


async def _ask(parts: Parts, platform: ChatPlatform, site: Site) -> Address | None:
    """The one call to the platform."""
    room, group = site.room, site.group
    workspace = room.lane.partition(":")[2]
    if site.step is Step.OPEN:
        name = room_name(site.cohort, group.number, group.slot)
        about = topic(parts.t(group.language), parts.course_of(site.cohort), group.number, group.slot)
        return await platform.open_room(workspace, name, about, site.people, room.key)
    assert room.address is not None  # noqa: S101 (it was opened)
    match site.step:
        case Step.FILL:
            await platform.set_room_people(room.address, site.people)
        case Step.PIN:
            if site.card is not None and isinstance(platform, Pins):
                await platform.pin(site.card)
        case Step.CLOSE:
            await platform.close_room(room.address)
    return room.address


async def _site(parts: Parts, tx: Tx, group_id: int, lane: str) -> Site | None:
    rooms = (await tx.rooms([group_id]))[group_id]
    room = next((each for each in rooms if each.lane == lane), None)
    group = await tx.study_group(group_id)
    cohort = await tx.cohort(group.cohort_id) if group else None
    if room is None or group is None or cohort is None:
        return None
    people = await _people(tx, group, cohort, lane)
    if room.state is RoomState.WANTED:
        return Site(room, group, cohort, people, Step.OPEN if group.state is GroupState.OPEN else Step.REST)
    if room.state is RoomState.CLOSING:
        farewell = await tx.delivery(await key_in(tx, room, "farewell"))
        waits = farewell is not None and farewell.state in _ON_ITS_WAY
        return Site(room, group, cohort, people, Step.WAIT if waits else Step.CLOSE)
    if room.state is not RoomState.OPEN:
        return Site(room, group, cohort, people, Step.REST)
    if room.stale:
        return Site(room, group, cohort, people, Step.FILL)
    card = await tx.delivery(await key_in(tx, room, "roster"))
    if not room.pinned and card is not None and card.state in _ON_ITS_WAY:
        return Site(room, group, cohort, people, Step.WAIT)
    if not room.pinned and card is not None and card.ref is not None:
        return Site(room, group, cohort, people, Step.PIN, card.ref)
    return Site(room, group, cohort, people, Step.REST)


async def _fresh(tx: Tx, room: GroupRoom) -> GroupRoom | None:
    rooms = (await tx.rooms([room.group_id]))[room.group_id]
    return next((each for each in rooms if each.lane == room.lane), None)


async def _people(tx: Tx, group: StudyGroup, cohort: Cohort, lane: str) -> tuple[Address, ...]:
    """Who belongs into the room: the members of its workspace, and facilitators if the cohort says so."""
    found = [each.address for each in await members_in(tx, group, lane)]
    if (await tx.group_options(cohort.id)).facilitators:
        for role in await tx.roles_in(cohort.lane, cohort.id):
            if role.name is RoleName.FACILITATOR:
                found += [each for each in await tx.addresses(role.person_id) if each.lane == lane]
    return tuple(dict.fromkeys(found))


async def show_reports(tx: Tx, cohort: Cohort, now: datetime) -> set[str]:
    """Bring the messages up to date that show how far the cohort's rooms are. Returns the lanes to wake."""
    lanes: set[str] = set()
    for job in await tx.open_jobs():
        if job.cohort_id == cohort.id and job.report and await tx.want_refresh(job.report, now):
            lanes.add(job.address.lane)
    return lanes
