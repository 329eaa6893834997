"""What happens to nearly every delivery: its call begins, and it is sent. Many of them in one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.types import TypeEngine

from adapters.database import tables
from adapters.database.metadata import Moment, stored_moment
from bot.model.delivery import DeliveryState, Kind
from bot.ports import Outcome

DELIVERY, ADDRESS = tables.delivery, tables.address
_Values = dict[str, Any]

_CALLS: dict[str, TypeEngine[Any]] = {"id": sa.BigInteger(), "attempt": sa.Integer()}
_COLUMNS: dict[str, TypeEngine[Any]] = {
    **_CALLS,
    "at": Moment(),
    "ref": sa.Text(),
    "place": sa.Text(),
}
"""What is said of each row that was sent; `place` is the address of the message."""


def _said(dialect: str, about: dict[str, TypeEngine[Any]]) -> sa.FromClause:
    """What is said about rows, as a table: in PostgreSQL made of a list for each column, in SQLite of one text."""
    if dialect == "postgresql":
        lists: list[sa.BindParameter[Any]] = [
            sa.bindparam(f"all_{name}", type_=postgresql.ARRAY(kind)) for name, kind in about.items()
        ]
        columns: list[sa.ColumnClause[Any]] = [sa.column(name, kind) for name, kind in about.items()]
        return sa.func.unnest(*lists).table_valued(*columns, name="said").render_derived()
    each = sa.func.json_each(sa.bindparam("rows", type_=sa.Text())).table_valued("value", name="each").c.value
    values = [sa.func.json_extract(each, f"$[{place}]", type_=kind) for place, kind in enumerate(about.values())]
    return sa.select(*(value.label(name) for value, name in zip(values, about, strict=True))).subquery("said")


def _values(dialect: str, worker: str, rows: Sequence[tuple[Any, ...]], about: dict[str, TypeEngine[Any]]) -> _Values:
    """The parameters. Ordered, so that those who lock several rows never wait in a circle."""
    rows = sorted(rows, key=lambda row: row[:2])
    if dialect == "postgresql":
        lists = zip(about, zip(*rows, strict=True), strict=True)
        return {"by": worker, **{f"all_{name}": list(values) for name, values in lists}}
    return {"by": worker, "rows": json.dumps(rows, default=stored_moment)}


@cache
def begun_rows(dialect: str) -> ReturningUpdate[Any]:
    """Each only where its attempt still holds the row."""
    said = _said(dialect, _CALLS)
    return sa.update(DELIVERY).where(*_held(said)).values(begun=sa.true()).returning(DELIVERY.c.id, DELIVERY.c.attempt)


def begun_values(dialect: str, worker: str, calls: Sequence[tuple[int, int]]) -> _Values:
    """The parameters of `begun_rows`: (delivery id, attempt) each."""
    return _values(dialect, worker, calls, _CALLS)


def _held(said: sa.FromClause) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        DELIVERY.c.id == said.c.id,
        DELIVERY.c.attempt == said.c.attempt,
        DELIVERY.c.state == DeliveryState.SENDING,
        DELIVERY.c.worker == sa.bindparam("by"),
    )


@cache
def sent_rows(dialect: str) -> ReturningUpdate[Any]:
    """Each only where its attempt still holds the row, and where nobody wished for it once more meanwhile."""
    said = _said(dialect, _COLUMNS)
    to_ref = sa.select(ADDRESS.c.ref).where(ADDRESS.c.id == DELIVERY.c.address_id).scalar_subquery()
    return (
        sa.update(DELIVERY)
        .where(*_held(said), sa.or_(DELIVERY.c.kind != Kind.REFRESH, DELIVERY.c.wishes == 0))
        .values(
            state=DeliveryState.SENT,
            worker=None,
            lease_until=None,
            wishes=0,
            reason=None,
            sent_at=said.c.at,
            tried_at=None,
            ref=said.c.ref,
            ref_place=sa.func.nullif(said.c.place, to_ref),
        )
        .returning(DELIVERY.c.id, DELIVERY.c.attempt)
    )


def sent_values(dialect: str, worker: str, outcomes: Sequence[Outcome]) -> _Values:
    """The parameters of `sent_rows`."""
    rows = []
    for outcome in outcomes:
        assert outcome.ref is not None  # noqa: S101 (they were sent)
        rows.append((outcome.delivery_id, outcome.attempt, outcome.at, outcome.ref.ref, outcome.ref.address.ref))
    return _values(dialect, worker, rows, _COLUMNS)
