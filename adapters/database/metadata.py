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
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum, IntEnum, StrEnum
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
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

# The types below say how their values are read with `result_processor`, one plain function for a value:
# SQLAlchemy's `process_result_value` goes through two more calls, for twenty columns of every row.
_Read = Callable[[Any], Any] | None


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
        return stored_moment(value) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> _Read:
        return _moment_of_number if dialect.name == "sqlite" else _moment_in_utc


def stored_moment(value: datetime) -> int:
    """A moment as SQLite keeps it."""
    return (value - _EPOCH) // _MICROSECOND


def _moment_of_number(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)


def _moment_in_utc(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


def _members(kind: type[Enum]) -> _Read:
    """From what is stored to the member; anything else is an error, as it would be in `kind(value)`."""
    return {None: None, **{member.value: member for member in kind}}.__getitem__


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

    def result_processor(self, dialect: Dialect, coltype: object) -> _Read:
        return _members(self.words)


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

    def result_processor(self, dialect: Dialect, coltype: object) -> _Read:
        return _members(self.grades)


class Facts(TypeDecorator[Mapping[str, Any]]):
    """A small JSON object, stored as text (NULL when empty), so that both databases compare and search it alike."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        return facts_text(value) if value else None

    def result_processor(self, dialect: Dialect, coltype: object) -> _Read:
        return _facts


def _facts(value: str | None) -> Mapping[str, Any]:
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


class _Many(TypeDecorator[Collection[Any]]):
    """A list of ids or words in one parameter, see `among`."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else postgresql.ARRAY(self.item))

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        items = sorted(value or ())
        return json.dumps(items) if dialect.name == "sqlite" else items


class _Among(FunctionElement[bool]):
    type = sa.Boolean()
    inherit_cache = True
    name = "among"

    def self_group(self, against: Any = None) -> Any:
        return self  # it is a comparison; where there are no booleans, others are compared with 1, past their index


@compiles(_Among)
def _among_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, numbers = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} = ANY ({numbers})"


@compiles(_Among, "sqlite")
def _among_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, numbers = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 (made of names by the compiler)


_NUMBER = sa.BigInteger()


def among(column: sa.ColumnElement[Any], name: str, item: TypeEngine[Any] = _NUMBER) -> sa.ColumnElement[bool]:
    """Whether the column is one of those in the list that is the parameter `name`.

    `column.in_(ids)` would be another statement for every number of ids: written anew by SQLAlchemy each time, and
    planned anew by PostgreSQL.
    """
    return _Among(column, sa.bindparam(name, type_=_Many(item)))


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """An index of the rows that fulfil `where`, on both databases."""
    condition = sa.text(where)
    return sa.Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
