"""Column types behave alike on both databases."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from adapters.database.metadata import Facts, Moment, OneOf, OneOfNumbers, among, metadata
from adapters.database.schema import tables

DIALECTS: list[Dialect] = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]
NOW = datetime(2026, 3, 3, 14, 30, 0, 1, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    BIG = 9


def read(kind: TypeDecorator[Any], stored: object, dialect: Dialect) -> Any:
    """A value as it comes back."""
    reads = kind.result_processor(dialect, None)
    assert reads is not None
    return reads(stored)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_moment_comes_back_in_utc(dialect: Dialect) -> None:
    """The same moment, whatever zone it was said in."""
    there = NOW.astimezone(timezone(timedelta(hours=-5)))
    stored = Moment().process_bind_param(there, dialect)
    back = read(Moment(), stored, dialect)
    assert (back, back.tzinfo) == (NOW, UTC)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_naive_moment_is_refused(dialect: Dialect) -> None:
    """Nobody knows what it means."""
    with pytest.raises(ValueError, match="no time zone"):
        Moment().process_bind_param(NOW.replace(tzinfo=None), dialect)


def test_moments_before_1970_work_too() -> None:
    """Order is kept on SQLite, where a moment is a number."""
    stored = [Moment().process_bind_param(NOW.replace(year=year), DIALECTS[0]) for year in (1900, 1969, 1971)]
    assert stored == sorted(stored)


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        (Moment(), None, None),
        (OneOf(Colour), Colour.RED, "red"),
        (OneOf(Colour), None, None),
        (OneOfNumbers(Size), Size.BIG, 9),
        (OneOfNumbers(Size), None, None),
        (Facts(), {"é": [1, None]}, '{"é":[1,null]}'),
        (Facts(), {}, None),
    ],
)
def test_values_are_stored_plainly(kind: TypeDecorator[Any], value: object, stored: object) -> None:
    """As text and numbers that a person can read, and come back equal."""
    assert kind.process_bind_param(value, DIALECTS[0]) == stored
    assert read(kind, stored, DIALECTS[0]) == value


def test_every_constraint_and_index_has_a_name_of_its_own() -> None:
    """So that a later migration can find it, on either database."""
    assert tables.delivery.metadata is metadata
    names = [index.name for table in metadata.tables.values() for index in table.indexes]
    assert all(names)
    assert len(names) == len(set(names))


def test_a_list_of_ids_is_found_by_the_index() -> None:
    """Compared in any other way, SQLite reads the whole table."""
    statement = sa.select(tables.person.c.id).where(among(tables.person.c.id, "ids"))
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE person (id INTEGER PRIMARY KEY)")
        plan = database.execute(f"EXPLAIN QUERY PLAN {statement.compile(dialect=DIALECTS[0])}", ("[1, 2]",)).fetchall()
    assert "SEARCH person USING INTEGER PRIMARY KEY" in str(plan)
