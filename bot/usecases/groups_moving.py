"""Coming into a study group, going, and moving: rooms, card and host follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.model.cohort import Cohort, Enrolment
from bot.model.delivery import Priority
from bot.model.groups import GroupRoom, GroupState, RoomState, StudyGroup
from bot.ports import Tx
from bot.rules.forming_judge import why_not
from bot.usecases.groups_people import crowd, terms_of
from bot.usecases.groups_telling import members_in, show_anew, tell_lane, to_member

AT_ONCE = 20
"""So many groups are looked at together, the smallest first."""


async def place(tx: Tx, cohort: Cohort, enrolment: Enrolment, now: datetime) -> set[str]:
    """Somebody who came later goes to the smallest group that fits. Nothing happens before groups are formed, and to
    whoever left a group by their own wish. Returns the lanes to wake."""
    groups = await tx.study_groups(cohort.id, {GroupState.OPEN})
    before = (await tx.memberships([enrolment.id])).get(enrolment.id, ())
    if not groups or any(each.left_at is None or each.own_wish for each in before):
        return set()
    found = await fitting(tx, cohort, enrolment, groups, now, 1)
    return await put_in(tx, found[0][0], enrolment, now, moved=False, priority=Priority.ASKED) if found else set()


async def fitting(
    tx: Tx, cohort: Cohort, enrolment: Enrolment, groups: Sequence[StudyGroup], now: datetime, want: int
) -> list[tuple[StudyGroup, int]]:
    """Up to `want` groups with a place in which everything holds with this person, the smallest first, with sizes."""
    options = await tx.group_options(cohort.id)
    sizes = {number: len(some) for number, some in (await tx.members([group.id for group in groups])).items()}
    open_to = await _within_reach(tx, enrolment, groups, across=options.across)
    able = [group for group in open_to if 0 < sizes[group.id] < options.band.largest]
    able.sort(key=lambda group: (sizes[group.id], group.number))
    found: list[tuple[StudyGroup, int]] = []
    for start in range(0, len(able), AT_ONCE):
        some = able[start : start + AT_ONCE]
        members = {group.id: await members_in(tx, group) for group in some}
        everybody = [each for people in members.values() for each in people if each.id != enrolment.id]
        around = await crowd(tx, cohort, [*everybody, enrolment], now, together=True)
        for group in some:
            people = around.of([enrolment.id, *(each.id for each in members[group.id])])
            if why_not(people, terms_of(options).most_apart) is None:
                found.append((group, sizes[group.id]))
                if len(found) == want:
                    return found
    return found


async def _within_reach(
    tx: Tx, enrolment: Enrolment, groups: Sequence[StudyGroup], *, across: bool
) -> Sequence[StudyGroup]:
    """Groups that have people in the same workspace; all of them where none has, or where the cohort mixes them."""
    rooms = await tx.rooms([group.id for group in groups])
    lane = enrolment.address.lane
    here = [group for group in groups if any(room.lane == lane for room in rooms[group.id])]
    return groups if across or not here else here


async def put_in(
    tx: Tx,
    group: StudyGroup,
    enrolment: Enrolment,
    now: datetime,
    *,
    moved: bool,
    hosted: int = 0,
    priority: Priority | None = Priority.TIMELY,
) -> set[str]:
    """Make somebody a member: they are told (unless `priority` is None: they see it already), the card shows them, and
    the room takes them in."""
    if not await tx.join_group(group.id, enrolment.id, now, hosted):
        return set()
    await tx.close_wish(enrolment.id)
    lane = enrolment.address.lane
    rooms = {room.lane: room for room in (await tx.rooms([group.id]))[group.id]}
    if lane not in rooms:
        await tx.add_rooms([GroupRoom(group.id, lane, RoomState.WANTED, work_at=now)])
    lanes = await show_anew(tx, group, "roster", now)
    await _bring_up_to_date(tx, rooms.values(), lane, now)
    if priority is not None:
        what = f"placed/{int(now.timestamp())}"
        word = to_member(group, enrolment, what, now, content={"moved": moved}, priority=priority)
        await tx.add_deliveries([word])
    if lane in rooms and rooms[lane].state is RoomState.REFUSED:
        lanes |= await tell_lane(tx, group, rooms[lane], "roster", now)
    if group.host is None:
        await pass_on(tx, group.id)
    return lanes | {lane}


async def remove(tx: Tx, enrolment: Enrolment, now: datetime, *, own_wish: bool = False) -> set[str]:
    """Take somebody out of their group, if they are in one: out of the room, off the card, and another host. A group
    without anybody is over."""
    member = await tx.leave_group(enrolment.id, now, own_wish=own_wish)
    group = await tx.study_group(member.group_id) if member else None
    if group is None:
        return set()
    await tx.close_wish(enrolment.id)
    await pass_on(tx, group.id)
    rooms = (await tx.rooms([group.id]))[group.id]
    await _bring_up_to_date(tx, rooms, enrolment.address.lane, now)
    if not (await tx.members([group.id]))[group.id] and group.state is GroupState.OPEN:
        return await close_group(tx, group, now, keep=False)
    return await show_anew(tx, group, "roster", now)


async def move(
    tx: Tx, enrolment: Enrolment, to: StudyGroup, now: datetime, *, priority: Priority | None = Priority.TIMELY
) -> set[str]:
    """From one group to another; how often somebody hosted goes with them. `priority`: see `put_in`."""
    before = await tx.membership(enrolment.id)
    if before is not None and before.group_id == to.id:
        return set()
    lanes = await remove(tx, enrolment, now)
    hosted = before.hosted if before else 0
    return lanes | await put_in(tx, to, enrolment, now, moved=before is not None, hosted=hosted, priority=priority)


async def pass_on(tx: Tx, group_id: int) -> None:
    """A group without a host gets one: who hosted least, of these who came first."""
    group = await tx.study_group(group_id)
    members = (await tx.members([group_id]))[group_id]
    if group is None or group.host is not None or not members:
        return
    least = min(members, key=lambda each: (each.hosted, each.joined_at, each.enrolment_id))
    await tx.save_group(replace(group, host=least.enrolment_id))


async def close_group(tx: Tx, group: StudyGroup, now: datetime, *, keep: bool) -> set[str]:
    """Say farewell; rooms are archived once that was sent, unless they are kept. Returns the lanes to wake."""
    lanes: set[str] = set()
    rooms = (await tx.rooms([group.id]))[group.id]
    if (await tx.members([group.id]))[group.id]:
        for room in rooms:
            if room.state is RoomState.OPEN:
                lanes |= await tell_lane(tx, group, room, "farewell", now)
    await tx.save_group(replace(group, state=GroupState.CLOSED))
    for room in rooms:
        if room.state is RoomState.OPEN and not keep:
            await tx.save_room(replace(room, state=RoomState.CLOSING, work_at=now))
        elif room.state is not RoomState.OPEN:
            await tx.save_room(replace(room, state=RoomState.CLOSED, work_at=None))
    return lanes


async def close_groups(tx: Tx, cohort: Cohort, now: datetime) -> set[str]:
    """The cohort is over: so are its groups."""
    options = await tx.group_options(cohort.id)
    lanes: set[str] = set()
    for group in await tx.study_groups(cohort.id, {GroupState.OPEN}):
        lanes |= await close_group(tx, group, now, keep=options.keep)
    return lanes


async def _bring_up_to_date(tx: Tx, rooms: Iterable[GroupRoom], lane: str, now: datetime) -> None:
    for room in rooms:
        if room.lane == lane and room.state is RoomState.OPEN:
            await tx.save_room(replace(room, stale=True, work_at=now))
