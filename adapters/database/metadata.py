"""What all tables share: one `metadata` with names for every constraint, and column types that behave alike on both
databases.

Another adapter module with tables of its own (such as `chat.py`) declares them on this `metadata` and gets its
connections from a `DatabaseStore`:

* `async with store.begin() as connection` writes: an `AsyncConnection` inside a transaction that commits at the end and
  rolls back when the block raises. On SQLite it waits for the one writer of the process, so keep the block short.
* `async with store.look() as connection` reads: a consistent look that never waits for a writer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""The type of ids and of references to them (SQLite numbers rows by itself only in a plain INTEGER)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware datetime; comes back in UTC. Naive ones are refused, because nobody knows what they mean.

    SQLite has no type for it and gets whole microseconds since 1970: exact, short and in order.
    To read them there: `datetime(sent_at / 1000000, 'unixepoch')`.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; the database takes aware datetimes only")
        return (value - _EPOCH) // _MICROSECOND if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return _EPOCH + timedelta(microseconds=value)
        return value.astimezone(UTC)  # type: ignore[no-any-return] # a driver's value


Word = TypeVar("Word", bound=StrEnum)


class OneOf(TypeDecorator[Word], Generic[Word]):
    """A StrEnum, stored as its text."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, words: type[Word]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Word | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Word | None:
        return None if value is None else self.words(value)


Grade = TypeVar("Grade", bound=IntEnum)


class OneOfNumbers(TypeDecorator[Grade], Generic[Grade]):
    """An IntEnum, stored as its number."""

    impl = sa.SmallInteger
    cache_ok = True

    def __init__(self, grades: type[Grade]) -> None:
        super().__init__()
        self.grades = grades

    def process_bind_param(self, value: Grade | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Grade | None:
        return None if value is None else self.grades(value)


class Facts(TypeDecorator[Mapping[str, Any]]):
    """A small JSON object, stored as text (NULL when empty), so that both databases compare and search it alike."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        return facts_text(value) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Mapping[str, Any]:
        return json.loads(value) if value else {}


def facts_text(value: Any) -> str:
    """JSON as `Facts` stores it."""
    return json.dumps(dict(value) if isinstance(value, Mapping) else value, ensure_ascii=False, separators=(",", ":"))


def one_of(column: sa.ColumnElement[Any], words: Iterable[StrEnum]) -> sa.ColumnElement[bool]:
    """`column = 'a'` or `column IN ('a', 'b')` with the words written out.

    A partial index is used only where the statement itself says the index's condition, in the same way; parameters
    do not.
    """
    literals = [sa.literal_column(f"'{word}'", sa.Text()) for word in sorted(words)]
    return column == literals[0] if len(literals) == 1 else column.in_(literals)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """An index of the rows that fulfil `where`, on both databases."""
    condition = sa.text(where)
    return sa.Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
