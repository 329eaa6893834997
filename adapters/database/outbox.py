"""Lanes, claims and outcomes: the verbs with which messages leave exactly once.

Each verb is a transaction of its own. An attempt belongs to (worker, attempt number) for as long as the row is
`sending` with both; whoever comes later with an outcome finds that it is no longer theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from adapters.database import tables
from adapters.database.connections import Connections
from adapters.database.deliveries import DELIVERIES
from adapters.database.metadata import Moment, among, one_of
from adapters.database.plans import SENDING, UNKNOWN, claimable
from adapters.database.records import insert_rows, one_row
from adapters.database.rows import DELIVERY_COLUMNS, delivery_of, ref_values
from adapters.database.sent import begun_rows, begun_values, sent_rows, sent_values
from bot.model.delivery import MOVES, Delivery, DeliveryState, Kind, Priority
from bot.ports import Outcome

DELIVERY, ADDRESS, LANE = tables.delivery, tables.address, tables.lane

_TRIED = frozenset({DeliveryState.SENT, DeliveryState.RETRY, DeliveryState.UNKNOWN, DeliveryState.FAILED})
"""Outcomes of a real attempt; with any other the claim was given back unused."""

_TRIED_ON = frozenset({DeliveryState.RETRY, DeliveryState.UNKNOWN, DeliveryState.READY})
"""Outcomes after which the row is attempted again."""

_SHORT = timedelta(days=1)
"""Holds up to this long, such as one night, do not end a row of failures: they would come back every day."""

# Written out, because PostgreSQL plans a limit it does not know as if it were large.
_N = sa.bindparam("n", type_=sa.Integer(), literal_execute=True)
_MOMENT = Moment()


@cache
def _claim(dialect: str) -> ReturningUpdate[Any]:
    """One look per priority, each a straight piece of the index, and one conditional update."""
    row = DELIVERY.alias("d")
    ready = (
        claimable(row),
        row.c.lane == sa.bindparam("in_lane"),
        row.c.not_before <= sa.bindparam("now", type_=_MOMENT),
    )
    looks = [
        sa.select(
            sa.select(row.c.id, row.c.priority, row.c.not_before)
            .where(*ready, row.c.priority == sa.literal_column(str(int(priority))))
            .order_by(row.c.not_before, row.c.id)
            .limit(_N)
            .subquery(f"p{int(priority)}")
        )
        for priority in Priority
    ]
    candidates = sa.union_all(*looks).subquery("candidates")
    best = (
        sa.select(candidates.c.id).order_by(candidates.c.priority, candidates.c.not_before, candidates.c.id).limit(_N)
    )
    if dialect == "postgresql":
        # Rows that another claim holds are passed over; rows that it has just taken no longer match.
        locked = sa.select(row.c.id).where(row.c.id.in_(best), claimable(row))
        best = sa.select(locked.with_for_update(skip_locked=True).cte("mine").c.id)
    to_ref = sa.select(ADDRESS.c.ref).where(ADDRESS.c.id == DELIVERY.c.address_id).scalar_subquery()
    return (
        sa.update(DELIVERY)
        .where(DELIVERY.c.id.in_(best))
        .values(
            state=DeliveryState.SENDING,
            worker=sa.bindparam("by"),
            lease_until=sa.bindparam("until", type_=_MOMENT),
            attempt=DELIVERY.c.attempt + 1,
            begun=sa.false(),
            wishes=0,
        )
        .returning(*DELIVERY_COLUMNS, to_ref.label("to_ref"))
    )


# A lane is taken when it is free, ours, or when its lease is over.
_TAKE_LANE = insert_rows(
    LANE,
    one_row(LANE, "lane", "worker", "lease_until"),
    sa.text(
        "ON CONFLICT (lane) DO UPDATE SET worker = excluded.worker, lease_until = excluded.lease_until "
        "WHERE lane.worker IS NULL OR lane.worker = excluded.worker OR lane.lease_until <= :now"
    ).bindparams(sa.bindparam("now", type_=_MOMENT)),
).returning(LANE.c.paused_until)

_LEAVE_LANE = (
    sa.update(LANE)
    .where(LANE.c.lane == sa.bindparam("its_lane"), LANE.c.worker == sa.bindparam("by"))
    .values(worker=None, lease_until=None)
)

_PAUSE_LANE = insert_rows(
    LANE,
    one_row(LANE, "lane", "paused_until"),
    "ON CONFLICT (lane) DO UPDATE SET paused_until = excluded.paused_until "
    "WHERE lane.paused_until IS NULL OR lane.paused_until < excluded.paused_until",
)


_HELD_ROWS = (
    sa.select(
        DELIVERY.c.id,
        DELIVERY.c.kind,
        DELIVERY.c.state,
        DELIVERY.c.worker,
        DELIVERY.c.attempt,
        DELIVERY.c.begun,
        DELIVERY.c.wishes,
        DELIVERY.c.tried_at,
        ADDRESS.c.ref.label("to_ref"),
    )
    .join(ADDRESS, ADDRESS.c.id == DELIVERY.c.address_id)
    .where(among(DELIVERY.c.id, "ids"))
    .order_by(DELIVERY.c.id)
    .with_for_update(of=DELIVERY)
)


def _new(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(f"new_{name}", type_=DELIVERY.c[name].type)


_END = (
    sa.update(DELIVERY)
    .where(DELIVERY.c.id == sa.bindparam("number"))
    .values(
        state=_new("state"),
        attempt=_new("attempt"),
        worker=_new("worker"),
        lease_until=None,
        wishes=0,
        reason=_new("reason"),
        not_before=sa.func.coalesce(_new("not_before"), DELIVERY.c.not_before),
        sent_at=sa.func.coalesce(_new("sent_at"), DELIVERY.c.sent_at),
        tried_at=_new("tried_at"),
        ref=sa.func.coalesce(_new("ref"), DELIVERY.c.ref),
        ref_place=sa.case((_new("ref").is_(None), DELIVERY.c.ref_place), else_=_new("ref_place")),
    )
)


def _end_values(row: sa.Row[Any], outcome: Outcome, *, tried: bool) -> dict[str, Any]:
    """How a row looks after an attempt. `tried` is false where the attempt was given back unused."""
    state, attempt, not_before = outcome.to, row.attempt, outcome.not_before
    sent = outcome.to == DeliveryState.SENT
    wanted_again = row.wishes and outcome.to in {DeliveryState.SENT, DeliveryState.FAILED}
    if row.kind == Kind.REFRESH and wanted_again:
        state, attempt, not_before = DeliveryState.READY, 0, outcome.at
    elif not tried:
        attempt -= 1
    values: dict[str, Any] = {"number": row.id, "new_state": state, "new_attempt": attempt}
    values["new_worker"] = row.worker if state == DeliveryState.UNKNOWN else None
    values["new_reason"] = outcome.reason
    values["new_not_before"] = not_before
    values["new_sent_at"] = outcome.at if sent else None
    values["new_tried_at"] = _tried_at(row, outcome, state, tried=tried)
    ref = ref_values(outcome.ref, row.to_ref) if outcome.ref is not None else {"ref": None, "ref_place": None}
    return values | {f"new_{name}": value for name, value in ref.items()}


def _tried_at(row: sa.Row[Any], outcome: Outcome, state: DeliveryState, *, tried: bool) -> datetime | None:
    """Since when attempts of this row fail; None: the next failure is the first one.

    It is forgotten at every end, because sending again after it is a new beginning, and where the row has to wait for
    long: that the platform was down before a holiday says nothing about the days after it.
    """
    if outcome.to == DeliveryState.HELD:
        short = outcome.not_before is not None and outcome.not_before - outcome.at <= _SHORT
        return row.tried_at if short else None
    if outcome.to in _TRIED_ON and not (row.kind == Kind.REFRESH and state != outcome.to):
        return row.tried_at or (outcome.at if tried else None)
    return None


class Outbox:
    """The part of the store that sends."""

    connections: Connections

    async def take_lane(self, lane: str, worker: str, now: datetime, until: datetime) -> datetime | None:
        values = {"new_lane": lane, "new_worker": worker, "new_lease_until": until, "now": now}
        async with self.connections.alone() as connection:
            row = (await connection.execute(_TAKE_LANE, values)).first()
        if row is None:
            return None
        return now if row.paused_until is None else max(now, row.paused_until)

    async def leave_lane(self, lane: str, worker: str) -> None:
        async with self.connections.alone() as connection:
            await connection.execute(_LEAVE_LANE, {"its_lane": lane, "by": worker})

    async def pause_lane(self, lane: str, until: datetime) -> None:
        """A pause never gets shorter: two workers may have been told different things."""
        async with self.connections.alone() as connection:
            await connection.execute(_PAUSE_LANE, {"new_lane": lane, "new_paused_until": until})

    async def claim(self, lane: str, worker: str, n: int, now: datetime, lease_until: datetime) -> Sequence[Delivery]:
        values = {"in_lane": lane, "by": worker, "n": n, "now": now, "until": lease_until}
        async with self.connections.alone(durable=True) as connection:
            rows = (await connection.execute(_claim(connection.dialect.name), values)).all()
        claimed = [delivery_of(row) for row in rows]
        return sorted(claimed, key=lambda delivery: (delivery.priority, delivery.not_before, delivery.id))

    async def begin_calls(self, worker: str, calls: Sequence[tuple[int, int]]) -> Collection[tuple[int, int]]:
        if not calls:
            return []
        async with self.connections.alone(durable=True) as connection:
            dialect = connection.dialect.name
            rows = await connection.execute(begun_rows(dialect), begun_values(dialect, worker, calls))
            return [(row.id, row.attempt) for row in rows]

    async def settle(self, worker: str, outcomes: Sequence[Outcome]) -> Sequence[int]:
        """Nearly all messages are sent, and that is all there is to say of them: one statement for many. The others
        are looked at one by one."""
        sent = [outcome for outcome in outcomes if outcome.to == DeliveryState.SENT and outcome.ref is not None]
        settled: set[tuple[int, int]] = set()
        async with self.connections.begin() as connection:
            if sent:
                dialect = connection.dialect.name
                values = sent_values(dialect, worker, sent)
                settled = {(row.id, row.attempt) for row in await connection.execute(sent_rows(dialect), values)}
            rest = [outcome for outcome in outcomes if (outcome.delivery_id, outcome.attempt) not in settled]
            return await _ended(connection, worker, rest) if rest else []

    async def in_doubt(self, now: datetime, limit: int) -> Sequence[Delivery]:
        found: list[Delivery] = []
        async with self.connections.look() as connection:
            for conditions, since in ((SENDING, DELIVERY.c.lease_until), (UNKNOWN, DELIVERY.c.not_before)):
                statement = DELIVERIES.where(*conditions).order_by(since).limit(limit - len(found))
                found += [delivery_of(row) for row in await connection.execute(statement, {"now": now})]
        return found

    async def sent_again(self, since: datetime, limit: int) -> Sequence[Delivery]:
        row = DELIVERY.c
        more_than_once = (one_of(row.state, [DeliveryState.SENT]), row.attempt > sa.literal_column("1"))
        again = (*more_than_once, row.sent_at >= since, row.kind != Kind.REFRESH)
        statement = DELIVERIES.where(*again).order_by(row.sent_at.desc()).limit(limit)
        async with self.connections.look() as connection:
            return [delivery_of(each) for each in await connection.execute(statement)]

    async def resolve(self, delivery: Delivery, outcome: Outcome) -> bool:
        async with self.connections.begin() as connection:
            row = (await _held_rows(connection, [delivery.id])).get(delivery.id)
            as_said = (delivery.state, delivery.worker, delivery.attempt, delivery.begun)
            if row is None or (row.state, row.worker, row.attempt, row.begun) != as_said:
                return False
            _check(row.state, outcome.to)
            await connection.execute(_END, [_end_values(row, outcome, tried=True)])
        return True


async def _ended(connection: AsyncConnection, worker: str, outcomes: Sequence[Outcome]) -> Sequence[int]:
    """Store outcomes of any kind; the ids of rows that were not this worker's any more."""
    lost: list[int] = []
    ends: list[dict[str, Any]] = []
    rows = await _held_rows(connection, [outcome.delivery_id for outcome in outcomes])
    for outcome in outcomes:
        row = rows.get(outcome.delivery_id)
        held = None if row is None else (row.state, row.worker, row.attempt)
        if row is None or held != (DeliveryState.SENDING, worker, outcome.attempt):
            lost.append(outcome.delivery_id)
        else:
            _check(row.state, outcome.to)
            ends.append(_end_values(row, outcome, tried=outcome.to in _TRIED))
    if ends:
        await connection.execute(_END, ends)
    return lost


async def _held_rows(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, sa.Row[Any]]:
    return {row.id: row for row in await connection.execute(_HELD_ROWS, {"ids": ids})}


def _check(state: DeliveryState, to: DeliveryState) -> None:
    later = state == to == DeliveryState.UNKNOWN  # the look-up has to be tried again
    if to not in MOVES[state] and not later:
        raise ValueError(f"a delivery does not go from {state} to {to}")
