"""People in cohorts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.database import tables, tables_groups
from adapters.database.metadata import among, one_of
from adapters.database.records import Lockable, Records, lockable, parts
from adapters.database.rows import enrolment_of, lane_of
from bot.model.cohort import Enrolment, EnrolmentState
from bot.model.delivery import DeliveryState
from bot.ports import NewEnrolment

ENROLMENT, ADDRESS, DELIVERY = tables.enrolment, tables.address, tables.delivery

ENROLMENTS = sa.select(ENROLMENT, ADDRESS.c.lane.label("to_lane"), ADDRESS.c.ref.label("to_ref")).join(
    ADDRESS, ADDRESS.c.id == ENROLMENT.c.address_id
)
"""Enrolments as `rows.enrolment_of` reads them."""


def _enrolments_where(*conditions: sa.ColumnElement[bool]) -> Lockable:
    return lockable(ENROLMENTS.where(*conditions).order_by(ENROLMENT.c.id), ENROLMENT)


_PERSONS = ENROLMENT.c.person_id == sa.bindparam("person_id")
_BY_ID = _enrolments_where(ENROLMENT.c.id == sa.bindparam("id"))
_THESE = _enrolments_where(among(ENROLMENT.c.id, "ids"))
_OF_PERSON = _enrolments_where(_PERSONS)
_OF = _enrolments_where(ENROLMENT.c.cohort_id == sa.bindparam("cohort_id"), _PERSONS)
_SAVE = (
    sa.update(ENROLMENT)
    .where(ENROLMENT.c.id == sa.bindparam("number"))
    .values(
        # A person's address is known before an enrolment uses it; an unknown one is refused (NOT NULL).
        address_id=sa.select(ADDRESS.c.id)
        .where(ADDRESS.c.lane == sa.bindparam("to_lane"), ADDRESS.c.ref == sa.bindparam("to_ref"))
        .scalar_subquery(),
        **{
            name: sa.bindparam(f"new_{name}", type_=ENROLMENT.c[name].type)
            for name in (
                "state",
                "track",
                "ready",
                "next_lesson",
                "next_due_at",
                "pause_reason",
                "paused_until",
                "nudge_step",
                "next_nudge_at",
            )
        },
    )
)

_SENT = frozenset({DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN})
"""States of a message that is out, or perhaps."""


class EnrolmentTx(Records):
    async def add_enrolments(self, cohort_id: int, rows: Sequence[NewEnrolment], now: datetime) -> Sequence[int]:
        numbers = await self.address_ids({row.address for row in rows})
        statement = self.insert(ENROLMENT).on_conflict_do_nothing().returning(ENROLMENT.c.id)
        values = [_new_values(cohort_id, row, numbers[row.address], now) for row in rows]
        if not values:
            return []
        return sorted((await self.connection.execute(statement, values)).scalars())

    async def enrolment(self, enrolment_id: int) -> Enrolment | None:
        known = self.enrolments_read.get(enrolment_id)
        return known or self._noted(await self.read_one(_BY_ID, {"id": enrolment_id}))

    async def enrolments(self, enrolment_ids: Collection[int]) -> Mapping[int, Enrolment]:
        rows = await self.read(_THESE, {"ids": enrolment_ids}) if enrolment_ids else ()
        return {row.id: enrolment_of(row) for row in rows}

    async def enrolment_of(self, cohort_id: int, person_id: int) -> Enrolment | None:
        return self._noted(await self.read_one(_OF, {"cohort_id": cohort_id, "person_id": person_id}))

    async def enrolments_of(self, person_id: int) -> Sequence[Enrolment]:
        rows = await self.read(_OF_PERSON, {"person_id": person_id})
        return [enrolment_of(row) for row in reversed(rows)]

    async def enrolments_in(
        self,
        cohort_id: int,
        *,
        after_id: int = 0,
        limit: int = 1000,
        states: Collection[EnrolmentState] | None = None,
    ) -> Sequence[Enrolment]:
        statement = ENROLMENTS.where(ENROLMENT.c.cohort_id == cohort_id, ENROLMENT.c.id > after_id)
        if states is not None:
            statement = statement.where(ENROLMENT.c.state.in_(states))
        statement = statement.order_by(ENROLMENT.c.id).limit(limit)
        return [enrolment_of(row) for row in await self.all(self.locking(statement, ENROLMENT))]

    async def enrolment_counts(self, cohort_id: int) -> Mapping[EnrolmentState, int]:
        return await self._counts(cohort_id, ENROLMENT.c.state)

    async def ready_counts(self, cohort_id: int) -> Mapping[bool | None, int]:
        return await self._counts(cohort_id, ENROLMENT.c.ready)

    def _noted(self, row: sa.Row[Any] | None) -> Enrolment | None:
        if row is None:
            return None
        enrolment = self.enrolments_read[row.id] = enrolment_of(row)
        return enrolment

    async def save_enrolment(self, enrolment: Enrolment) -> None:
        if enrolment.id in self.enrolments_read:
            self.enrolments_read[enrolment.id] = enrolment
        await self.connection.execute(
            _SAVE,
            {
                "number": enrolment.id,
                "to_lane": lane_of(enrolment.address),
                "to_ref": enrolment.address.ref,
                "new_state": enrolment.state,
                "new_track": enrolment.track,
                "new_ready": enrolment.ready,
                "new_next_lesson": enrolment.next_lesson,
                "new_next_due_at": enrolment.next_due_at,
                "new_pause_reason": enrolment.pause_reason,
                "new_paused_until": enrolment.paused_until,
                "new_nudge_step": enrolment.nudge_step,
                "new_next_nudge_at": enrolment.next_nudge_at,
            },
        )

    async def remove_enrolments(self, enrolment_ids: Collection[int]) -> int:
        """The only place where rows of the outbox go: nothing of them was ever tried or seen."""
        removed = 0
        self.enrolments_read.clear()
        for ids in parts(sorted(set(enrolment_ids)), 500):
            removed += await self._remove(ids)
        return removed

    async def _remove(self, ids: list[int]) -> int:
        # Locked first, so that no worker claims one of the deliveries meanwhile.
        cohorts = sa.select(ENROLMENT.c.cohort_id).where(ENROLMENT.c.id.in_(ids))
        theirs = (DELIVERY.c.cohort_id.in_(cohorts), DELIVERY.c.enrolment_id.in_(ids))
        waiting = sa.select(DELIVERY.c.id, DELIVERY.c.enrolment_id, DELIVERY.c.state).where(*theirs)
        rows = await self.all(self.locking(waiting, DELIVERY))
        kept = {row.enrolment_id for row in rows if row.state in _SENT}
        for facts in (tables.completion, tables.answer, tables.feedback, tables_groups.group_member):
            using = sa.select(facts.c.enrolment_id).where(facts.c.enrolment_id.in_(ids)).distinct()
            kept |= {row.enrolment_id for row in await self.all(using)}
        gone = [number for number in ids if number not in kept]
        if not gone:
            return 0
        for part in parts([row.id for row in rows if row.enrolment_id not in kept]):
            await self.connection.execute(sa.delete(DELIVERY).where(DELIVERY.c.id.in_(part)))
        return await self.count(sa.delete(ENROLMENT).where(ENROLMENT.c.id.in_(gone)))

    async def kept_tier(self, enrolment_id: int) -> str | None:
        row = await self.first(sa.select(ENROLMENT.c.kept_tier).where(ENROLMENT.c.id == enrolment_id))
        return None if row is None else row.kept_tier

    async def keep_tier(self, enrolment_id: int, tier_id: str) -> None:
        statement = sa.update(ENROLMENT).where(ENROLMENT.c.id == enrolment_id)
        await self.connection.execute(statement.values(kept_tier=tier_id))

    async def _counts(self, cohort_id: int, column: sa.ColumnElement[Any]) -> dict[Any, int]:
        statement = sa.select(column, sa.func.count()).where(ENROLMENT.c.cohort_id == cohort_id).group_by(column)
        return {value: number for value, number in await self.all(statement)}  # noqa: C416 - rows are no pairs


def _new_values(cohort_id: int, row: NewEnrolment, address_id: int, now: datetime) -> dict[str, Any]:
    return {
        "cohort_id": cohort_id,
        "person_id": row.person_id,
        "address_id": address_id,
        "state": row.state,
        "track": row.track,
        "joined_at": now,
        "added_by": row.added_by,
        "ready": row.ready,
        "next_lesson": row.next_lesson,
        "next_due_at": row.next_due_at,
    }


def open_enrolment(enrolment: sa.FromClause = ENROLMENT) -> sa.ColumnElement[bool]:
    """The condition of `ix_enrolment_due`, but for the moment that must be there."""
    return one_of(enrolment.c.state, (EnrolmentState.ACTIVE, EnrolmentState.PAUSED))
