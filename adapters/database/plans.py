"""What is due, and planning for many people at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

import sqlalchemy as sa

from adapters.database import groups, tables, tables_ama, tables_group_life, tables_groups
from adapters.database.enrolments import ENROLMENTS, open_enrolment
from adapters.database.metadata import Moment, one_of
from adapters.database.records import Records
from adapters.database.rows import days_of, enrolment_of, window
from bot.model.cohort import Enrolment, EnrolmentState
from bot.model.delivery import DeliveryState, Priority
from bot.ports import Due, Group, GroupDelivery, GroupNext, JobState

ENROLMENT, PERSON, ADDRESS, DELIVERY = tables.enrolment, tables.person, tables.address, tables.delivery

MANY = 50
"""In groups of so many people it pays to set a savepoint first."""

# As text: SQLAlchemy compiles its own anew each time.
_BEFORE, _BACK = sa.text("SAVEPOINT before_group"), sa.text("ROLLBACK TO SAVEPOINT before_group")

_NOW = sa.bindparam("now", type_=Moment())


def claimable(delivery: sa.FromClause = DELIVERY) -> sa.ColumnElement[bool]:
    """The condition of `ix_delivery_claim`."""
    return one_of(delivery.c.state, (DeliveryState.READY, DeliveryState.RETRY))


def _exists(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists(sa.select(sa.literal_column("1")).select_from(table).where(*conditions))


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
            groups.looked_up(
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
    paused = groups.looked_up(lane, lane.c.lane == hop.c.lane, lane.c.paused_until > _NOW)
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
    _exists(tables_ama.session_task, tables_ama.session_task.c.at <= _NOW).label("sessions"),
    _exists(tables_groups.group_room, tables_groups.group_room.c.work_at <= _NOW).label("rooms"),
    sa.or_(
        _exists(tables_group_life.group_life, tables_group_life.group_life.c.next_at <= _NOW),
        _exists(tables_group_life.group_watch, tables_group_life.group_watch.c.next_at <= _NOW),
    ).label("life"),
    _lanes().label("lanes"),
)

_WHO = ENROLMENT.join(PERSON, PERSON.c.id == ENROLMENT.c.person_id)

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


@cache
def _due_moments(limit: int, *, further: bool) -> sa.CTE:
    """The first pairs of moment and cohort for which something is due, found by hopping along `ix_enrolment_due`;
    when looking `further`, those behind `after_at` and `after_cohort`."""
    row = ENROLMENT.alias("e")
    last_at = sa.bindparam("after_at", type_=ENROLMENT.c.next_due_at.type)
    last_cohort = sa.bindparam("after_cohort", type_=ENROLMENT.c.cohort_id.type)

    def earliest(name: str, *beyond: Callable[[sa.FromClause], sa.ColumnElement[bool]]) -> sa.ScalarSelect[int]:
        of = ENROLMENT.alias(name)
        due = (open_enrolment(of), of.c.next_due_at <= _NOW, *(condition(of) for condition in beyond))
        one = sa.select(of.c.id).where(*due).order_by(of.c.next_due_at, of.c.cohort_id)
        return one.limit(sa.literal_column("1")).scalar_subquery()

    def next_after(name: str, at: sa.ColumnElement[Any], cohort_id: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
        # Two looks instead of one for (moment, cohort) > (...), for which SQLite would use half of the index.
        beside = earliest(f"beside_{name}", lambda of: of.c.next_due_at == at, lambda of: of.c.cohort_id > cohort_id)
        return sa.func.coalesce(beside, earliest(f"after_{name}", lambda of: of.c.next_due_at > at))

    first = next_after("last", last_at, last_cohort) if further else earliest("first")
    hop = (
        sa.select(row.c.next_due_at, row.c.cohort_id, sa.literal_column("1").label("n"))
        .where(row.c.id == first)
        .cte("hop", recursive=True)
    )
    return hop.union_all(
        sa.select(row.c.next_due_at, row.c.cohort_id, hop.c.n + sa.literal_column("1"))
        .select_from(hop.join(row, row.c.id == next_after("hop", hop.c.next_due_at, hop.c.cohort_id)))
        .where(hop.c.n < sa.literal_column(str(limit)))
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
            rooms=bool(row.rooms),
            life=bool(row.life),
            lanes=tuple(row.lanes.split("\n")) if row.lanes else (),
            sessions=bool(row.sessions),
        )

    async def due_groups(
        self, now: datetime, limit: int, *, moments: int | None = None, after: Group | None = None
    ) -> Sequence[Group]:
        """Each cohort and moment has a group at least, so as many of those as `limit` are enough to look into: with a
        million due at once, only the first of them are read."""
        pairs = _due_moments(min(limit, moments or limit), further=after is not None)
        values: dict[str, Any] = {"now": now}
        if after is not None:
            values |= {"after_at": after.next_due_at, "after_cohort": after.cohort_id}
        mine = ENROLMENT.c
        here = ENROLMENT.join(pairs, (mine.next_due_at == pairs.c.next_due_at) & (mine.cohort_id == pairs.c.cohort_id))
        who = here.join(PERSON, PERSON.c.id == mine.person_id)
        return await self._groups(who, open_enrolment(), limit, values)

    async def groups_in(self, cohort_id: int, states: Collection[EnrolmentState]) -> Sequence[Group]:
        of = (ENROLMENT.c.cohort_id == cohort_id) & ENROLMENT.c.state.in_(states)
        return await self._groups(_WHO, of, None, {})

    async def plan_group(self, group: Group, rows: Sequence[GroupDelivery], then: GroupNext | None) -> int:
        self.enrolments_read.clear()
        shape, members = groups.shape_of(group), groups.members_of(group)
        changed = groups.next_values(then) if then is not None else {}
        values = {f"then_{name}": value for name, value in changed.items()}
        if self.dialect == "postgresql" and len(rows) == 1 and changed:
            return await self._insert_and_move_on(group, members | groups.row_values(rows[0]) | values, changed)
        new = 0
        for row in rows:
            result = await self.connection.execute(groups.insert_for(shape), members | groups.row_values(row))
            new += result.rowcount
        if then is not None:
            # SQLite has one writer: nobody joined the group meanwhile, and no row has to be looked for
            written = rows if self.dialect == "postgresql" else ()
            statement = groups.move_on(shape, frozenset(changed), len(written))
            suffixes = {f"suffix_{number}": f"/{row.suffix}" for number, row in enumerate(written)}
            await self.connection.execute(statement, members | values | suffixes)
        return new

    async def waking(self, now: datetime, limit: int) -> Sequence[Enrolment]:
        return await self._due_enrolments(WAKING, ENROLMENT.c.paused_until, now, limit)

    async def nudges_due(self, now: datetime, limit: int) -> Sequence[Enrolment]:
        return await self._due_enrolments(NUDGE, ENROLMENT.c.next_nudge_at, now, limit)

    async def set_next_lesson(self, cohort_id: int, old: str, new: str | None) -> int:
        self.enrolments_read.clear()
        statement = sa.update(ENROLMENT).where(ENROLMENT.c.cohort_id == cohort_id, ENROLMENT.c.next_lesson == old)
        if new is None:
            statement = statement.values(next_due_at=None)
        return await self.count(statement.values(next_lesson=new))

    async def _insert_and_move_on(self, group: Group, values: Mapping[str, Any], changed: Iterable[str]) -> int:
        """Nearly always none of the rows is there yet, and it is cheaper to find out than to ask first."""
        both = partial(groups.insert_and_move_on, groups.shape_of(group), frozenset(changed))
        if group.size >= MANY:
            await self.connection.execute(_BEFORE)
            try:
                return await self.count(both(all_new=True), values)
            except sa.exc.IntegrityError:
                await self.connection.execute(_BACK)
        return await self.count(both(all_new=False), values)

    async def _groups(
        self, who: sa.FromClause, condition: sa.ColumnElement[bool], limit: int | None, parameters: Mapping[str, Any]
    ) -> list[Group]:
        statement = (
            sa.select(*_GROUP_BY, sa.func.count())
            .select_from(who)
            .where(condition)
            .group_by(*_GROUP_BY)
            .order_by(ENROLMENT.c.next_due_at, ENROLMENT.c.cohort_id)
            .limit(limit)
        )
        return [_group_of(row) for row in await self.all(statement, parameters)]

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
