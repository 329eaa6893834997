"""The outbox as stories see it: owed, moved, looked at. Claiming and settling is in `outbox.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningInsert

from adapters.database import tables
from adapters.database.metadata import Moment, among
from adapters.database.plans import HELD, PLANNED
from adapters.database.records import Records, insert_rows, one_row, parts
from adapters.database.rows import DELIVERY_COLUMNS, delivery_of, lane_of
from bot.model.cohort import EnrolmentState
from bot.model.delivery import MOVES, UNSOLICITED, Delivery, DeliveryState, Kind, Priority
from bot.ports import NewDelivery

DELIVERY, ADDRESS, ENROLMENT = tables.delivery, tables.address, tables.enrolment

DELIVERIES = sa.select(*DELIVERY_COLUMNS, ADDRESS.c.ref.label("to_ref")).join_from(
    DELIVERY, ADDRESS, ADDRESS.c.id == DELIVERY.c.address_id
)
"""Deliveries as `rows.delivery_of` reads them."""

UNDER_WAY = frozenset({DeliveryState.SENDING, DeliveryState.UNKNOWN})
"""States in which a row belongs to its worker or to the look-up; only `settle` and `resolve` end them."""

OPEN = frozenset({DeliveryState.PLANNED, DeliveryState.READY, DeliveryState.HELD, DeliveryState.RETRY})
"""States of what will still be sent if nobody does anything."""

_NEW = (
    "key",
    "kind",
    "lane",
    "address_id",
    "state",
    "due_at",
    "not_before",
    "not_after",
    "cohort_id",
    "enrolment_id",
    "person_id",
    "lesson_id",
    "edition",
    "reason",
    "priority",
    "content",
)
_ADD_ONE = insert_rows(DELIVERY, one_row(DELIVERY, *_NEW))
# Whatever is planned anew is tried anew; the end of a short hold (see `outbox`) is no new beginning.
_TRIED_AT = sa.case((DELIVERY.c.state == DeliveryState.HELD, DELIVERY.c.tried_at), else_=None)
_BY_KEY = DELIVERIES.where(DELIVERY.c.key == sa.bindparam("key"))
_SENT_SINCE = DELIVERY.c.sent_at >= sa.bindparam("since", type_=Moment())
_UNSOLICITED = (
    sa.select(DELIVERY.c.person_id, sa.func.count())
    .where(among(DELIVERY.c.person_id, "ids"), _SENT_SINCE, DELIVERY.c.kind.in_(sorted(UNSOLICITED)))
    .group_by(DELIVERY.c.person_id)
)
_LAST_LESSONS = (
    sa.select(DELIVERY.c.enrolment_id, sa.func.max(DELIVERY.c.sent_at))
    .join_from(
        ENROLMENT,
        DELIVERY,
        (DELIVERY.c.person_id == ENROLMENT.c.person_id) & (DELIVERY.c.enrolment_id == ENROLMENT.c.id),
    )
    .where(among(ENROLMENT.c.id, "ids"), _SENT_SINCE)
    .where(DELIVERY.c.kind == Kind.LESSON, DELIVERY.c.priority != Priority.ASKED)
    .group_by(DELIVERY.c.enrolment_id)
)
_REFRESH = "refresh/"


def _want_refresh() -> ReturningInsert[Any]:
    whose = ("lane", "address_id", "cohort_id", "enrolment_id", "person_id")
    what = ("lesson_id", "edition", "ref", "ref_place")
    row = DELIVERY.c
    own = (
        sa.bindparam("key", type_=row.key.type).label("key"),
        sa.literal(Kind.REFRESH, row.kind.type).label("kind"),
        sa.literal(DeliveryState.READY, row.state.type).label("state"),
        sa.bindparam("now", type_=row.due_at.type).label("due_at"),
        sa.bindparam("now", type_=row.not_before.type).label("not_before"),
        sa.literal(Priority.ASKED, row.priority.type).label("priority"),
    )
    original = sa.select(*(row[name] for name in (*whose, *what)), *own).where(
        row.key == sa.bindparam("original"), row.ref.is_not(None), row.kind != Kind.REFRESH
    )
    # Where the refresh is at rest it starts afresh: attempts count failures to show it this time.
    rest = f"delivery.state NOT IN ({_words(OPEN | UNDER_WAY)})"
    fresh = ", ".join(
        f"{name} = CASE WHEN {rest} THEN {value} ELSE delivery.{name} END"
        for name, value in (
            ("state", "excluded.state"),
            ("due_at", "excluded.due_at"),
            ("not_before", "excluded.not_before"),
            ("attempt", "0"),
            ("tried_at", "NULL"),
            ("reason", "NULL"),
        )
    )
    return insert_rows(
        DELIVERY,
        original,
        f"ON CONFLICT (key) DO UPDATE SET {fresh}, ref = excluded.ref, ref_place = excluded.ref_place, "
        f"wishes = CASE WHEN delivery.state IN ({_words(UNDER_WAY)}) THEN 1 ELSE 0 END",
    ).returning(row.id)


def _words(states: Iterable[DeliveryState]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


_WANT_REFRESH = _want_refresh()


class DeliveryTx(Records):
    async def add_deliveries(self, rows: Sequence[NewDelivery]) -> int:
        if not rows:
            return 0
        numbers = await self.address_ids({row.address for row in rows})
        values = [_new_values(row, numbers[row.address]) for row in rows]
        if len(values) == 1:
            return await self.count(_ADD_ONE, {f"new_{name}": value for name, value in values[0].items()})
        statement = self.insert(DELIVERY).on_conflict_do_nothing().returning(DELIVERY.c.id)
        return len((await self.connection.execute(statement, values)).all())

    async def delivery(self, key: str) -> Delivery | None:
        row = await self.first(_BY_KEY, {"key": key})
        return None if row is None else delivery_of(row)

    async def deliveries_of(
        self,
        enrolment_id: int,
        kinds: Collection[Kind] | None = None,
        states: Collection[DeliveryState] | None = None,
    ) -> Sequence[Delivery]:
        statement = DELIVERIES.where(*_belongs_to(enrolment_id))
        if kinds is not None:
            statement = statement.where(DELIVERY.c.kind.in_(kinds))
        if states is not None:
            statement = statement.where(DELIVERY.c.state.in_(states))
        rows = await self.all(statement.order_by(DELIVERY.c.due_at, DELIVERY.c.id))
        return [delivery_of(row) for row in rows]

    async def deliveries_to(self, person_id: int) -> Sequence[Delivery]:
        c = DELIVERY.c
        statement = DELIVERIES.where(c.person_id == person_id, c.enrolment_id.is_(None), c.kind != Kind.REFRESH)
        return [delivery_of(row) for row in await self.all(statement.order_by(c.due_at, c.id))]

    async def latest_lesson(self, person_id: int) -> Delivery | None:
        statement = (
            DELIVERIES.join(ENROLMENT, ENROLMENT.c.id == DELIVERY.c.enrolment_id)
            .where(
                DELIVERY.c.person_id == person_id,
                DELIVERY.c.sent_at.is_not(None),
                DELIVERY.c.kind == Kind.LESSON,
                DELIVERY.c.state == DeliveryState.SENT,
                ENROLMENT.c.state != EnrolmentState.LEFT,
            )
            .order_by(DELIVERY.c.sent_at.desc(), DELIVERY.c.id.desc())
            .limit(1)
        )
        row = await self.first(statement)
        return None if row is None else delivery_of(row)

    async def held_over(self, now: datetime, limit: int) -> Sequence[Delivery]:
        return await self._waiting(HELD, now, limit)

    async def planned_due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        return await self._waiting(PLANNED, now, limit)

    async def move(
        self,
        delivery_ids: Collection[int],
        to: DeliveryState,
        *,
        reason: str | None = None,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        priority: Priority | None = None,
        edition: str | None = None,
    ) -> Collection[int]:
        """Rows that are being sent are left alone although `MOVES` knows ways out: those are the sender's."""
        given = {"not_before": not_before, "not_after": not_after, "priority": priority, "edition": edition}
        values = {name: value for name, value in given.items() if value is not None}
        moved: list[int] = []
        for ids in parts(sorted(set(delivery_ids))):
            statement = (
                sa.update(DELIVERY)
                .where(DELIVERY.c.id.in_(ids), _may_become(to))
                .values(state=to, reason=reason, worker=None, lease_until=None, tried_at=_TRIED_AT, **values)
                .returning(DELIVERY.c.id)
            )
            moved += (await self.connection.execute(statement)).scalars()
        return moved

    async def hold_on(self, delivery_ids: Collection[int], reason: str, not_before: datetime) -> None:
        for ids in parts(sorted(set(delivery_ids))):
            statement = sa.update(DELIVERY).where(DELIVERY.c.id.in_(ids), DELIVERY.c.state == DeliveryState.HELD)
            await self.connection.execute(statement.values(reason=reason, not_before=not_before, tried_at=None))

    async def free_held(self, cohort_id: int, reason: str, now: datetime) -> int:
        held = (DELIVERY.c.cohort_id == cohort_id, DELIVERY.c.state == DeliveryState.HELD, DELIVERY.c.reason == reason)
        return (await self.connection.execute(sa.update(DELIVERY).where(*held).values(not_before=now))).rowcount

    async def save_content(self, delivery_id: int, content: Mapping[str, Any]) -> None:
        statement = sa.update(DELIVERY).where(DELIVERY.c.id == delivery_id).values(content=content)
        await self.connection.execute(statement)

    async def want_refresh(self, key: str, now: datetime) -> bool:
        """The refresh is a delivery with key `refresh/<key>` that carries the message's envelope.

        A wish while it is under way is counted; whoever ends the attempt makes it ready once more.
        """
        row = await self.first(_WANT_REFRESH, {"original": key, "key": _REFRESH + key, "now": now})
        return row is not None

    async def unsolicited_since(self, person_ids: Collection[int], since: datetime) -> Mapping[int, int]:
        counts = dict.fromkeys(person_ids, 0)
        rows = await self.all(_UNSOLICITED, {"ids": counts, "since": since}) if counts else ()
        return counts | {person_id: number for person_id, number in rows}  # noqa: C416 - rows are no pairs

    async def last_lessons(self, enrolment_ids: Collection[int], since: datetime) -> Mapping[int, datetime]:
        rows = await self.all(_LAST_LESSONS, {"ids": enrolment_ids, "since": since}) if enrolment_ids else ()
        return {number: at for number, at in rows}  # noqa: C416 - rows are no pairs

    async def delivery_counts(self, cohort_id: int) -> Mapping[tuple[Kind, DeliveryState, str | None], int]:
        by = (DELIVERY.c.kind, DELIVERY.c.state, DELIVERY.c.reason)
        statement = (
            sa.select(*by, sa.func.count())
            .where(DELIVERY.c.cohort_id == cohort_id, DELIVERY.c.kind != Kind.REFRESH)
            .group_by(*by)
        )
        return {(kind, state, reason): number for kind, state, reason, number in await self.all(statement)}

    async def failures(self, cohort_id: int, limit: int) -> Sequence[Delivery]:
        failed = DELIVERY.c.state == sa.literal_column("'failed'", sa.Text())
        statement = DELIVERIES.where(failed, DELIVERY.c.cohort_id == cohort_id, DELIVERY.c.kind != Kind.REFRESH)
        rows = await self.all(statement.order_by(DELIVERY.c.due_at.desc(), DELIVERY.c.id.desc()).limit(limit))
        return [delivery_of(row) for row in rows]

    async def waive_open(self, enrolment_id: int, reason: str) -> int:
        statement = (
            sa.update(DELIVERY)
            .where(
                *_belongs_to(enrolment_id),
                DELIVERY.c.kind != Kind.REFRESH,
                _may_become(DeliveryState.WAIVED),
            )
            .values(state=DeliveryState.WAIVED, reason=reason, worker=None, lease_until=None)
        )
        return await self.count(statement)

    async def _waiting(self, conditions: Sequence[sa.ColumnElement[bool]], now: datetime, limit: int) -> list[Delivery]:
        statement = DELIVERIES.where(*conditions).order_by(DELIVERY.c.not_before).limit(limit)
        return [delivery_of(row) for row in await self.all(statement, {"now": now})]


def _may_become(to: DeliveryState) -> sa.ColumnElement[bool]:
    """Whether the law allows this row's state to become `to` outside an attempt."""
    sources = [state for state, targets in MOVES.items() if to in targets and state not in UNDER_WAY]
    if to == DeliveryState.SENDING:
        sources = []  # only a claim may, because it also notes who and until when
    refresh_only = (DELIVERY.c.state == DeliveryState.SENT) & (DELIVERY.c.kind == Kind.REFRESH)
    allowed = DELIVERY.c.state.in_([state for state in sources if state != DeliveryState.SENT])
    return allowed | refresh_only if DeliveryState.SENT in sources else allowed


def _belongs_to(enrolment_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """The index of enrolments begins with their cohorts."""
    cohort_id = sa.select(ENROLMENT.c.cohort_id).where(ENROLMENT.c.id == enrolment_id).scalar_subquery()
    return DELIVERY.c.cohort_id == cohort_id, DELIVERY.c.enrolment_id == enrolment_id


def _new_values(row: NewDelivery, address_id: int) -> dict[str, Any]:
    if row.enrolment_id is not None and row.cohort_id is None:
        raise ValueError(f"{row.key}: a delivery to an enrolment names its cohort")
    return {
        "key": row.key,
        "kind": row.kind,
        "lane": lane_of(row.address),
        "address_id": address_id,
        "state": row.state,
        "due_at": row.due_at,
        "not_before": row.due_at if row.not_before is None else row.not_before,
        "not_after": row.not_after,
        "cohort_id": row.cohort_id,
        "enrolment_id": row.enrolment_id,
        "person_id": row.person_id,
        "lesson_id": row.lesson_id,
        "edition": row.edition,
        "reason": row.reason,
        "priority": row.priority,
        "content": row.content,
    }
