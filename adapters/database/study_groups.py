"""Study groups: who is in them, their rooms, the last proposal, and what people say about themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.database import tables
from adapters.database import tables_groups as t
from adapters.database.enrolments import ENROLMENTS
from adapters.database.records import Records, parts
from adapters.database.rows import enrolment_of
from adapters.database.rows_groups import (
    about_of,
    about_values,
    group_of,
    group_values,
    member_of,
    options_of,
    options_values,
    plan_of,
    plan_values,
    room_of,
    room_values,
    wish_of,
)
from bot.model.cohort import Enrolment, EnrolmentState
from bot.model.groups import (
    AboutMe,
    ChangeWish,
    GroupOptions,
    GroupPlan,
    GroupRoom,
    GroupState,
    Member,
    NewGroup,
    RoomState,
    StudyGroup,
)
from bot.model.people import Address

ADDRESS, ENROLMENT = tables.address, tables.enrolment
GROUP, MEMBER, ROOM = t.study_group, t.group_member, t.group_room

_NOW_IN = MEMBER.c.left_at.is_(None)
_ROOMS = sa.select(ROOM, ADDRESS.c.lane.label("to_lane"), ADDRESS.c.ref.label("to_ref")).outerjoin(
    ADDRESS, ADDRESS.c.id == ROOM.c.address_id
)
_MEMBERS = sa.select(MEMBER).order_by(MEMBER.c.joined_at, MEMBER.c.enrolment_id)


class GroupTx(Records):
    # what people say about themselves

    async def about(self, person_ids: Collection[int]) -> Mapping[int, AboutMe]:
        rows = await self._where(sa.select(t.about_me), t.about_me.c.person_id, person_ids)
        return {row.person_id: about_of(row) for row in rows}

    async def save_about(self, person_id: int, about: AboutMe) -> None:
        await self._replace(t.about_me, {"person_id": person_id}, about_values(about))

    async def avoided(self, person_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
        rows = await self._where(sa.select(t.avoided), t.avoided.c.person_id, person_ids)
        return _sets((row.person_id, row.other_id) for row in rows)

    async def save_avoided(self, person_id: int, others: Collection[int]) -> None:
        await self.connection.execute(sa.delete(t.avoided).where(t.avoided.c.person_id == person_id))
        rows = [{"person_id": person_id, "other_id": other} for other in sorted(set(others) - {person_id})]
        if rows:
            await self.connection.execute(sa.insert(t.avoided), rows)

    # a cohort's wishes and its last proposal

    async def group_options(self, cohort_id: int) -> GroupOptions:
        row = await self.first(sa.select(t.group_options).where(t.group_options.c.cohort_id == cohort_id))
        return GroupOptions() if row is None else options_of(row)

    async def save_group_options(self, cohort_id: int, options: GroupOptions) -> None:
        await self._replace(t.group_options, {"cohort_id": cohort_id}, options_values(options))

    async def group_plan(self, cohort_id: int) -> GroupPlan | None:
        row = await self.first(sa.select(t.group_plan).where(t.group_plan.c.cohort_id == cohort_id))
        return None if row is None else plan_of(row)

    async def save_group_plan(self, plan: GroupPlan) -> None:
        await self._replace(t.group_plan, {"cohort_id": plan.cohort_id}, plan_values(plan))

    # groups and who is in them

    async def add_groups(self, cohort_id: int, groups: Sequence[NewGroup], now: datetime) -> Sequence[StudyGroup]:
        taken = await self._taken(cohort_id)
        placed = await self._placed(each for group in groups for each in group.people)
        made = []
        for group in groups:
            people = [each for each in group.people if each not in placed]
            if group.number in taken or not people:
                continue
            first = StudyGroup(
                0, cohort_id, group.number, group.language, now, host=people[0], slot=group.slot, parts=group.parts
            )
            row = await self.first(sa.insert(GROUP).values(group_values(first)).returning(GROUP.c.id))
            assert row is not None  # noqa: S101 - an INSERT that did not raise returns its row
            members = [_new_member(row.id, each, now) for each in people]
            await self.connection.execute(sa.insert(MEMBER), members)
            made.append(row.id)
        rows = await self._where(sa.select(GROUP), GROUP.c.id, made)
        return sorted((group_of(row) for row in rows), key=lambda group: group.number)

    async def study_group(self, group_id: int) -> StudyGroup | None:
        row = await self.first(self.locking(sa.select(GROUP).where(GROUP.c.id == group_id), GROUP))
        return None if row is None else group_of(row)

    async def study_groups(self, cohort_id: int, states: Collection[GroupState] | None = None) -> Sequence[StudyGroup]:
        statement = sa.select(GROUP).where(GROUP.c.cohort_id == cohort_id).order_by(GROUP.c.number)
        if states is not None:
            statement = statement.where(GROUP.c.state.in_(states))
        return [group_of(row) for row in await self.all(statement)]

    async def save_group(self, group: StudyGroup) -> None:
        await self.connection.execute(sa.update(GROUP).where(GROUP.c.id == group.id).values(group_values(group)))

    async def members(self, group_ids: Collection[int]) -> Mapping[int, Sequence[Member]]:
        found: dict[int, list[Member]] = {number: [] for number in group_ids}
        for row in await self._where(_MEMBERS.where(_NOW_IN), MEMBER.c.group_id, found):
            found[row.group_id].append(member_of(row))
        return found

    async def membership(self, enrolment_id: int) -> Member | None:
        row = await self.first(sa.select(MEMBER).where(MEMBER.c.enrolment_id == enrolment_id, _NOW_IN))
        return None if row is None else member_of(row)

    async def memberships(self, enrolment_ids: Collection[int]) -> Mapping[int, Sequence[Member]]:
        found: dict[int, list[Member]] = {}
        for row in await self._where(_MEMBERS, MEMBER.c.enrolment_id, enrolment_ids):
            found.setdefault(row.enrolment_id, []).append(member_of(row))
        return found

    async def join_group(self, group_id: int, enrolment_id: int, now: datetime, hosted: int = 0) -> bool:
        if await self._placed([enrolment_id]):
            return False
        again = {"joined_at": now, "left_at": None, "own_wish": False, "hosted": hosted}
        await self._replace(MEMBER, {"group_id": group_id, "enrolment_id": enrolment_id}, again)
        return True

    async def leave_group(self, enrolment_id: int, now: datetime, *, own_wish: bool = False) -> Member | None:
        member = await self.membership(enrolment_id)
        if member is None:
            return None
        theirs = sa.update(MEMBER).where(MEMBER.c.enrolment_id == enrolment_id, _NOW_IN)
        await self.connection.execute(theirs.values(left_at=now, own_wish=own_wish))
        hosts = sa.update(GROUP).where(GROUP.c.id == member.group_id, GROUP.c.host == enrolment_id)
        await self.connection.execute(hosts.values(host=None))
        return member

    async def without_group(self, cohort_id: int, *, after_id: int = 0, limit: int = 1000) -> Sequence[Enrolment]:
        statement = ENROLMENTS.where(*_waits(cohort_id), ENROLMENT.c.id > after_id).order_by(ENROLMENT.c.id)
        return [enrolment_of(row) for row in await self.all(statement.limit(limit))]

    async def count_without_group(self, cohort_id: int) -> int:
        row = await self.first(sa.select(sa.func.count()).select_from(ENROLMENT).where(*_waits(cohort_id)))
        return int(row[0]) if row else 0

    async def count_members(self, cohort_id: int) -> int:
        statement = (
            sa.select(sa.func.count())
            .select_from(MEMBER)
            .join(GROUP, GROUP.c.id == MEMBER.c.group_id)
            .where(GROUP.c.cohort_id == cohort_id, GROUP.c.state == GroupState.OPEN, _NOW_IN)
        )
        row = await self.first(statement)
        return int(row[0]) if row else 0

    async def save_member(self, member: Member) -> None:
        this = (MEMBER.c.group_id == member.group_id, MEMBER.c.enrolment_id == member.enrolment_id)
        await self.connection.execute(sa.update(MEMBER).where(*this).values(hosted=member.hosted))

    async def met_before(self, cohort_id: int, person_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
        mine, theirs = MEMBER.alias("mine"), MEMBER.alias("theirs")
        me, them = ENROLMENT.alias("me"), ENROLMENT.alias("them")
        statement = (
            sa.select(me.c.person_id, them.c.person_id.label("other_id"))
            .join_from(me, mine, mine.c.enrolment_id == me.c.id)
            .join(theirs, theirs.c.group_id == mine.c.group_id)
            .join(them, them.c.id == theirs.c.enrolment_id)
            .where(me.c.cohort_id != cohort_id, them.c.person_id != me.c.person_id)
            .distinct()
        )
        rows = await self._where(statement, me.c.person_id, person_ids)
        return _sets((row.person_id, row.other_id) for row in rows)

    # rooms

    async def add_rooms(self, rooms: Sequence[GroupRoom]) -> int:
        if not rooms:
            return 0
        numbers = await self.address_ids({room.address for room in rooms if room.address})
        values = [
            {"group_id": room.group_id, "lane": room.lane}
            | room_values(room, numbers.get(room.address) if room.address else None)
            for room in rooms
        ]
        statement = self.insert(ROOM).on_conflict_do_nothing().returning(ROOM.c.group_id)
        return len((await self.connection.execute(statement, values)).all())

    async def rooms(self, group_ids: Collection[int]) -> Mapping[int, Sequence[GroupRoom]]:
        found: dict[int, list[GroupRoom]] = {number: [] for number in group_ids}
        for row in await self._where(_ROOMS.order_by(ROOM.c.lane), ROOM.c.group_id, found):
            found[row.group_id].append(room_of(row))
        return found

    async def save_room(self, room: GroupRoom) -> None:
        number = (await self.address_ids([room.address]))[room.address] if room.address else None
        this = (ROOM.c.group_id == room.group_id, ROOM.c.lane == room.lane)
        await self.connection.execute(sa.update(ROOM).where(*this).values(room_values(room, number)))

    async def rooms_due(self, now: datetime, limit: int) -> Sequence[GroupRoom]:
        statement = _ROOMS.where(ROOM.c.work_at <= now).order_by(ROOM.c.work_at, ROOM.c.group_id, ROOM.c.lane)
        return [room_of(row) for row in await self.all(statement.limit(limit))]

    async def room_counts(self, cohort_id: int) -> Mapping[tuple[RoomState, str | None], int]:
        statement = (
            sa.select(ROOM.c.state, ROOM.c.reason, sa.func.count())
            .join(GROUP, GROUP.c.id == ROOM.c.group_id)
            .where(GROUP.c.cohort_id == cohort_id, GROUP.c.state == GroupState.OPEN)
            .group_by(ROOM.c.state, ROOM.c.reason)
        )
        return {(state, reason): n for state, reason, n in await self.all(statement)}

    async def group_in(self, room: Address) -> StudyGroup | None:
        statement = (
            sa.select(GROUP)
            .join(ROOM, ROOM.c.group_id == GROUP.c.id)
            .join(ADDRESS, ADDRESS.c.id == ROOM.c.address_id)
            .where(ADDRESS.c.lane == room.lane, ADDRESS.c.ref == room.ref)
        )
        row = await self.first(statement)
        return None if row is None else group_of(row)

    # wishes for another group

    async def wish_change(self, wish: ChangeWish) -> bool:
        table = t.change_wish
        mine = (table.c.enrolment_id == wish.enrolment_id, table.c.open)
        if await self.count(sa.update(table).where(*mine).values(why=wish.why, group_id=wish.group_id)):
            return False
        values = {"enrolment_id": wish.enrolment_id, "group_id": wish.group_id, "why": wish.why}
        await self.connection.execute(sa.insert(table).values(**values, at=wish.at, open=wish.open))
        return True

    async def change_wishes(self, cohort_id: int) -> Sequence[ChangeWish]:
        table = t.change_wish
        statement = (
            sa.select(table)
            .join(ENROLMENT, ENROLMENT.c.id == table.c.enrolment_id)
            .where(ENROLMENT.c.cohort_id == cohort_id, table.c.open)
            .order_by(table.c.id)
        )
        return [wish_of(row) for row in await self.all(statement)]

    async def change_wishes_of(self, enrolment_id: int) -> Sequence[ChangeWish]:
        table = t.change_wish
        statement = sa.select(table).where(table.c.enrolment_id == enrolment_id).order_by(table.c.id)
        return [wish_of(row) for row in await self.all(statement)]

    async def close_wish(self, enrolment_id: int) -> None:
        table = t.change_wish
        mine = (table.c.enrolment_id == enrolment_id, table.c.open)
        await self.connection.execute(sa.update(table).where(*mine).values(open=False))

    # parts

    async def _where(
        self, statement: sa.Select[Any], column: sa.ColumnElement[Any], values: Collection[int]
    ) -> list[sa.Row[Any]]:
        """What `statement` finds for these values of `column`, however many they are."""
        found: list[sa.Row[Any]] = []
        for some in parts(sorted(set(values))):
            found += await self.all(statement.where(column.in_(some)))
        return found

    async def _replace(self, table: sa.Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        statement = self.insert(table).values({**key, **values})
        await self.connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))

    async def _taken(self, cohort_id: int) -> set[int]:
        rows = await self.all(sa.select(GROUP.c.number).where(GROUP.c.cohort_id == cohort_id))
        return {row.number for row in rows}

    async def _placed(self, enrolment_ids: Iterable[int]) -> set[int]:
        """Those who are in a group now."""
        statement = sa.select(MEMBER.c.enrolment_id).where(_NOW_IN)
        return {row.enrolment_id for row in await self._where(statement, MEMBER.c.enrolment_id, set(enrolment_ids))}


def _waits(cohort_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Who could be in a group and is in none."""
    placed = sa.select(MEMBER.c.group_id).where(MEMBER.c.enrolment_id == ENROLMENT.c.id, _NOW_IN | MEMBER.c.own_wish)
    here = ENROLMENT.c.state.in_([EnrolmentState.ENROLLED, EnrolmentState.ACTIVE, EnrolmentState.PAUSED])
    return (ENROLMENT.c.cohort_id == cohort_id, ENROLMENT.c.ready.is_(True), here, ~placed.exists())


def _new_member(group_id: int, enrolment_id: int, now: datetime) -> dict[str, Any]:
    return {
        "group_id": group_id,
        "enrolment_id": enrolment_id,
        "joined_at": now,
        "left_at": None,
        "own_wish": False,
        "hosted": 0,
    }


def _sets(pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
    return {one: frozenset(others) for one, others in found.items()}
