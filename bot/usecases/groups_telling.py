"""A message to a whole group: to its room, and one by one where there is none."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.model.cohort import Enrolment, EnrolmentState
from bot.model.delivery import DeliveryState, Kind, Priority
from bot.model.groups import GroupRoom, RoomState, StudyGroup
from bot.ports import NewDelivery, Tx
from bot.usecases.who import HERE


def room_key(group_id: int, what: str, lane: str) -> str:
    """The key of a group's message in its room of this lane; `what` is for example `roster` or `meeting/12`."""
    return f"g{group_id}/{what}/{lane}"


async def key_in(tx: Tx, room: GroupRoom, what: str) -> str:
    """The key of a group's message in this room. A room that took the place of another one has keys of its own, so that
    what was said in the old one is said in the new one, too."""
    key = room_key(room.group_id, what, room.lane)
    row = await tx.delivery(key)
    if row is None or room.address is None or row.address == room.address:
        return key
    return f"{key}/{hashlib.sha256(room.address.ref.encode()).hexdigest()[:8]}"


def member_key(enrolment_id: int, group_id: int, what: str) -> str:
    """The key of a group's message to one member."""
    return f"e{enrolment_id}/g{group_id}/{what}"


async def tell_group(
    tx: Tx,
    group: StudyGroup,
    what: str,
    now: datetime,
    *,
    at: datetime | None = None,
    content: Mapping[str, Any] | None = None,
    priority: Priority = Priority.TIMELY,
) -> set[str]:
    """Owe the message `what` (composed late, see `groups_composing`) to every member of a group, once: to the room of
    each lane, and by direct message where a lane has none. A lane whose room is still to be opened gets nothing: wait
    for `settled`. Returns the lanes to wake."""
    rooms = (await tx.rooms([group.id]))[group.id]
    lanes: set[str] = set()
    for room in rooms:
        lanes |= await tell_lane(tx, group, room, what, now, at=at, content=content, priority=priority)
    return lanes


async def tell_lane(
    tx: Tx,
    group: StudyGroup,
    room: GroupRoom,
    what: str,
    now: datetime,
    *,
    at: datetime | None = None,
    content: Mapping[str, Any] | None = None,
    priority: Priority = Priority.TIMELY,
) -> set[str]:
    """The same for one lane."""
    facts = {"group": group.id, "what": what.partition("/")[0], "lane": room.lane, **(content or {})}
    rows: list[NewDelivery] = []
    if room.state in (RoomState.OPEN, RoomState.CLOSING) and room.address is not None:
        rows.append(
            NewDelivery(
                key=await key_in(tx, room, what),
                kind=Kind.GROUP,
                address=room.address,
                due_at=at or now,
                state=DeliveryState.PLANNED if at and at > now else DeliveryState.READY,
                not_before=at or now,
                cohort_id=group.cohort_id,
                priority=priority,
                content=facts,
            )
        )
    elif room.state is RoomState.REFUSED:
        people = await members_in(tx, group, room.lane)
        rows += [to_member(group, each, what, now, at=at, content=facts, priority=priority) for each in people]
    await tx.add_deliveries(rows)
    return {room.lane} if rows else set()


def to_member(
    group: StudyGroup,
    enrolment: Enrolment,
    what: str,
    now: datetime,
    *,
    at: datetime | None = None,
    content: Mapping[str, Any] | None = None,
    priority: Priority = Priority.TIMELY,
) -> NewDelivery:
    """A direct message about the group to one member. It counts against their week and keeps to their window, unless
    its priority says that they asked for it."""
    return NewDelivery(
        key=member_key(enrolment.id, group.id, what),
        kind=Kind.GROUP,
        address=enrolment.address,
        due_at=at or now,
        state=DeliveryState.PLANNED if at and at > now else DeliveryState.READY,
        not_before=at or now,
        cohort_id=group.cohort_id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        priority=priority,
        content={"group": group.id, "what": what.partition("/")[0], "lane": enrolment.address.lane, **(content or {})},
    )


async def members_in(tx: Tx, group: StudyGroup, lane: str | None = None) -> list[Enrolment]:
    """The members of a group (of one lane), in the order in which they came."""
    members = (await tx.members([group.id]))[group.id]
    known = await tx.enrolments([each.enrolment_id for each in members])
    found = [known[each.enrolment_id] for each in members if each.enrolment_id in known]
    inside = HERE | {EnrolmentState.FINISHED}
    return [each for each in found if each.state in inside and lane in (None, each.address.lane)]


def settled(rooms: list[GroupRoom] | tuple[GroupRoom, ...]) -> bool:
    """Whether it is known for every lane where the group talks."""
    return bool(rooms) and all(room.state is not RoomState.WANTED for room in rooms)


async def show_anew(tx: Tx, group: StudyGroup, what: str, now: datetime) -> set[str]:
    """Have the message `what` shown as it is now, in rooms and wherever it went one by one. Returns lanes to wake."""
    lanes: set[str] = set()
    for room in (await tx.rooms([group.id]))[group.id]:
        if await tx.want_refresh(await key_in(tx, room, what), now):
            lanes.add(room.lane)
        if room.state is RoomState.REFUSED:
            for enrolment in await members_in(tx, group, room.lane):
                if await tx.want_refresh(member_key(enrolment.id, group.id, what), now):
                    lanes.add(room.lane)
    return lanes
