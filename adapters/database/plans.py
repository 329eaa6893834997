"""What is due, and planning for many people at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.database import tables
from adapters.database.enrolments import ENROLMENTS, open_enrolment
from adapters.database.metadata import Moment, one_of
from adapters.database.records import Records, insert_rows
from adapters.database.rows import days_mask, days_of, enrolment_of, window, window_values
from bot.model.cohort import Enrolment, EnrolmentState
from bot.model.delivery import DeliveryState, Priority
from bot.ports import Due, Group, GroupDelivery, GroupNext, JobState

ENROLMENT, PERSON, ADDRESS, DELIVERY = tables.enrolment, tables.person, tables.address, tables.delivery

ROWS_PER_LOOK = 20_000
"""How many enrolments one look for groups reads, so that a million due at once are not read for each few groups."""

_NOW = sa.bindparam("now", type_=Moment())


def claimable(delivery: sa.FromClause = DELIVERY) -> sa.ColumnElement[bool]:
    """The condition of `ix_delivery_claim`."""
    return one_of(delivery.c.state, (DeliveryState.READY, DeliveryState.RETRY))


def _exists(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists(sa.select(sa.literal_column("1")).select_from(table).where(*conditions))


def _any(table: sa.FromClause, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether there is one, looked up for each row: PostgreSQL may answer EXISTS by reading everything once, which is
    wrong for a table that has grown since it was last measured."""
    first: sa.Select[Any] = (
        sa.select(sa.literal_column("1")).select_from(table).where(*conditions).limit(sa.literal_column("1"))
    )
    return first.scalar_subquery().is_not(None)


NUDGE = (one_of(ENROLMENT.c.state, [EnrolmentState.ACTIVE]), ENROLMENT.c.next_nudge_at <= _NOW)
WAKING = (one_of(ENROLMENT.c.state, [EnrolmentState.PAUSED]), ENROLMENT.c.paused_until <= _NOW)
HELD = (one_of(DELIVERY.c.state, [DeliveryState.HELD]), DELIVERY.c.not_before <= _NOW)
PLANNED = (one_of(DELIVERY.c.state, [DeliveryState.PLANNED]), DELIVERY.c.not_before <= _NOW)
SENDING = (one_of(DELIVERY.c.state, [DeliveryState.SENDING]), DELIVERY.c.lease_until <= _NOW)
UNKNOWN = (one_of(DELIVERY.c.state, [DeliveryState.UNKNOWN]), DELIVERY.c.not_before <= _NOW)
OPEN_JOB = one_of(tables.job.c.state, [JobState.LOOKING, JobState.WORKING])


def _lanes() -> sa.ScalarSelect[str]:
    """Lanes with something to claim, joined by newlines.

    It hops along the index from lane to lane instead of reading every ready row.
    """
    rows = DELIVERY.alias("d")
    first = sa.select(sa.func.min(rows.c.lane).label("lane")).where(claimable(rows))
    hop = first.cte("hop", recursive=True)
    beyond = DELIVERY.alias("beyond")
    following = (
        sa.select(sa.func.min(beyond.c.lane)).where(claimable(beyond), beyond.c.lane > hop.c.lane).scalar_subquery()
    )
    hop = hop.union_all(sa.select(following).where(hop.c.lane.is_not(None)))
    ready = DELIVERY.alias("ready")
    now_ready = sa.or_(
        *(
            _any(
                ready,
                claimable(ready),
                ready.c.lane == hop.c.lane,
                ready.c.priority == sa.literal_column(str(int(priority))),
                ready.c.not_before <= _NOW,
            )
            for priority in Priority
        )
    )
    lane = tables.lane
    paused = _any(lane, lane.c.lane == hop.c.lane, lane.c.paused_until > _NOW)
    return (
        sa.select(sa.func.aggregate_strings(hop.c.lane, "\n"))
        .where(hop.c.lane.is_not(None), now_ready, ~paused)
        .scalar_subquery()
    )


_DUE = sa.select(
    _exists(ENROLMENT, open_enrolment(), ENROLMENT.c.next_due_at <= _NOW).label("plan"),
    _exists(ENROLMENT, *NUDGE).label("nudge"),
    _exists(ENROLMENT, *WAKING).label("wake"),
    _exists(DELIVERY, *HELD).label("held"),
    _exists(DELIVERY, *PLANNED).label("planned"),
    _exists(DELIVERY, *SENDING).label("sending"),
    _exists(DELIVERY, *UNKNOWN).label("unknown"),
    _exists(tables.job, OPEN_JOB).label("jobs"),
    _lanes().label("lanes"),
)

_WHO = ENROLMENT.join(PERSON, PERSON.c.id == ENROLMENT.c.person_id)

_WITH_ADDRESS = _WHO.join(ADDRESS, ADDRESS.c.id == ENROLMENT.c.address_id)

# A person with days away is a group alone: their number is one of the things that must be equal.
_ALONE = sa.case((PERSON.c.has_absence, PERSON.c.id))
_GROUP_BY = (
    ENROLMENT.c.cohort_id,
    ENROLMENT.c.state,
    ENROLMENT.c.next_lesson,
    ENROLMENT.c.next_due_at,
    PERSON.c.zone,
    PERSON.c.window_start,
    PERSON.c.window_end,
    PERSON.c.days,
    ENROLMENT.c.pause_reason,
    _ALONE,
)


class PlanTx(Records):
    async def due(self, now: datetime) -> Due:
        row = await self.first(_DUE, {"now": now})
        assert row is not None  # noqa: S101 - a SELECT of expressions has one row
        return Due(
            plan=bool(row.plan),
            nudge=bool(row.nudge),
            wake=bool(row.wake),
            held=bool(row.held),
            planned=bool(row.planned),
            doubt=bool(row.sending or row.unknown),
            jobs=bool(row.jobs),
            lanes=tuple(row.lanes.split("\n")) if row.lanes else (),
        )

    async def due_groups(self, now: datetime, limit: int) -> Sequence[Group]:
        """Where very many are due, a look reads only the first of them, and the last group's size may be short."""
        due = (
            sa.select(ENROLMENT.c.id)
            .where(open_enrolment(), ENROLMENT.c.next_due_at <= now)
            .order_by(ENROLMENT.c.next_due_at, ENROLMENT.c.cohort_id, ENROLMENT.c.next_lesson)
            .limit(sa.literal_column(str(ROWS_PER_LOOK)))
        )
        return await self._groups(ENROLMENT.c.id.in_(due), limit)

    async def groups_in(self, cohort_id: int, states: Collection[EnrolmentState]) -> Sequence[Group]:
        return await self._groups((ENROLMENT.c.cohort_id == cohort_id) & ENROLMENT.c.state.in_(states), None)

    async def plan_group(self, group: Group, rows: Sequence[GroupDelivery], then: GroupNext | None) -> int:
        members = _members(group)
        new = 0
        for row in rows:
            columns = [column.label(name) for name, column in _delivery_columns(row).items()]
            everybody = sa.select(*columns).select_from(_WITH_ADDRESS).where(*members)
            new += await self.count(insert_rows(DELIVERY, everybody))
        if then is not None:
            await self.connection.execute(self._move_on(members, rows, then))
        return new

    async def waking(self, now: datetime, limit: int) -> Sequence[Enrolment]:
        return await self._due_enrolments(WAKING, ENROLMENT.c.paused_until, now, limit)

    async def nudges_due(self, now: datetime, limit: int) -> Sequence[Enrolment]:
        return await self._due_enrolments(NUDGE, ENROLMENT.c.next_nudge_at, now, limit)

    async def set_next_lesson(self, cohort_id: int, old: str, new: str | None) -> int:
        statement = sa.update(ENROLMENT).where(ENROLMENT.c.cohort_id == cohort_id, ENROLMENT.c.next_lesson == old)
        if new is None:
            statement = statement.values(next_due_at=None)
        return await self.count(statement.values(next_lesson=new))

    async def _groups(self, condition: sa.ColumnElement[bool], limit: int | None) -> list[Group]:
        statement = (
            sa.select(*_GROUP_BY, sa.func.count())
            .select_from(_WHO)
            .where(condition)
            .group_by(*_GROUP_BY)
            .order_by(ENROLMENT.c.next_due_at, ENROLMENT.c.cohort_id)
            .limit(limit)
        )
        return [_group_of(row) for row in await self.all(statement)]

    def _move_on(
        self, members: Sequence[sa.ColumnElement[bool]], rows: Sequence[GroupDelivery], then: GroupNext
    ) -> sa.Update:
        values: dict[str, Any] = {"next_lesson": then.next_lesson, "next_due_at": then.next_due_at}
        if then.state is not None:
            values["state"] = then.state
        if then.next_nudge_at is not None:
            values["next_nudge_at"] = then.next_nudge_at
        statement = sa.update(ENROLMENT).where(*members, ENROLMENT.c.person_id == PERSON.c.id).values(values)
        if self.dialect == "postgresql":
            # Somebody may have joined the group since the rows were written; nobody moves on without them.
            for row in rows:
                statement = statement.where(_any(DELIVERY, DELIVERY.c.key == _key(row.suffix)))
        return statement

    async def _due_enrolments(
        self,
        conditions: Sequence[sa.ColumnElement[bool]],
        when: sa.Column[Any],
        now: datetime,
        limit: int,
    ) -> list[Enrolment]:
        # Whoever is just doing something is passed over: there may be no reason any more a moment later.
        statement = ENROLMENTS.where(*conditions).order_by(when).limit(limit)
        rows = await self.all(self.locking(statement, ENROLMENT, skip_locked=True), {"now": now})
        return [enrolment_of(row) for row in rows]


def _group_of(row: sa.Row[Any]) -> Group:
    cohort_id, state, next_lesson, next_due_at, zone, start, end, days, pause_reason, alone, size = row
    return Group(
        cohort_id=cohort_id,
        state=state,
        next_lesson=next_lesson,
        next_due_at=next_due_at,
        zone=zone,
        window=window(start, end),
        days=days_of(days),
        pause_reason=pause_reason,
        person_id=alone,
        size=size,
    )


def _members(group: Group) -> list[sa.ColumnElement[bool]]:
    """Who is in the group now. `== None` becomes IS NULL, so indexes serve every comparison."""
    open_now = group.state in {EnrolmentState.ACTIVE, EnrolmentState.PAUSED}
    return [
        *([open_enrolment()] if open_now else []),
        ENROLMENT.c.cohort_id == group.cohort_id,
        ENROLMENT.c.state == group.state,
        ENROLMENT.c.next_lesson == group.next_lesson,
        ENROLMENT.c.next_due_at == group.next_due_at,
        ENROLMENT.c.pause_reason == group.pause_reason,
        PERSON.c.zone == group.zone,
        *(PERSON.c[name] == value for name, value in window_values(group.window).items()),
        PERSON.c.days == days_mask(group.days),
        PERSON.c.has_absence if group.person_id is not None else ~PERSON.c.has_absence,
        *([ENROLMENT.c.person_id == group.person_id] if group.person_id is not None else []),
    ]


def _key(suffix: str) -> sa.ColumnElement[str]:
    number = sa.literal_column("'e'", sa.Text()).concat(sa.cast(ENROLMENT.c.id, sa.Text()))
    return number.concat(sa.literal(f"/{suffix}", sa.Text()))


def _delivery_columns(row: GroupDelivery) -> dict[str, sa.ColumnElement[Any]]:
    values = {
        "kind": row.kind,
        "state": row.state,
        "due_at": row.due_at,
        "not_before": row.not_before,
        "not_after": row.not_after,
        "lesson_id": row.lesson_id,
        "edition": row.edition,
        "reason": row.reason,
        "priority": row.priority,
    }
    return {
        "key": _key(row.suffix),
        "lane": ADDRESS.c.lane,
        "address_id": ENROLMENT.c.address_id,
        "cohort_id": ENROLMENT.c.cohort_id,
        "enrolment_id": ENROLMENT.c.id,
        "person_id": ENROLMENT.c.person_id,
        **{name: sa.literal(value, DELIVERY.c[name].type) for name, value in values.items()},
    }
