"""What all records have in common: how statements are run, and how addresses become numbers and back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import tables
from adapters.database.rows import lane_of
from bot.model.cohort import Enrolment
from bot.model.people import Address

Item = TypeVar("Item")
Row = sa.Row[Any]

AT_ONCE = 1000
"""Values in one list of a statement; databases limit them."""


def insert(dialect: str, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT. The two databases say it alike, SQLAlchemy has a class for each."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def insert_rows(
    table: sa.Table, rows: sa.Select[Any], conflict: str | sa.TextClause = "ON CONFLICT DO NOTHING"
) -> sa.Insert:
    """INSERT of what `rows` selects, under the names it selects them. SQLite needs a WHERE in `rows`.

    The clause is text because SQLAlchemy compiles a statement with its own ON CONFLICT anew each time, which takes
    longer (1 to 3 ms) than running it.
    """
    names = [column.name for column in rows.selected_columns]
    return sa.insert(table).from_select(names, rows.suffix_with(conflict), include_defaults=False)


def one_row(table: sa.Table, *names: str) -> sa.Select[Any]:
    """A row for `insert_rows`, made of the parameters `new_<column>`."""
    values = (sa.bindparam(f"new_{name}", type_=table.c[name].type).label(name) for name in names)
    return sa.select(*values).where(sa.true())


def parts(items: Collection[Item], size: int = AT_ONCE) -> Iterator[list[Item]]:
    """`items` in lists of at most `size`."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def _locked(statement: sa.Select[Any], table: sa.Table, *, skip_locked: bool = False) -> sa.Select[Any]:
    return statement.with_for_update(of=table, key_share=True, skip_locked=skip_locked)


@dataclass(frozen=True, slots=True)
class Lockable:
    """A statement that is used again and again, in its two forms: see `Records.locking`."""

    plain: sa.Select[Any]
    locked: sa.Select[Any]


def lockable(statement: sa.Select[Any], table: sa.Table) -> Lockable:
    return Lockable(statement, _locked(statement, table))


_ADD_ADDRESS = insert_rows(tables.address, one_row(tables.address, "lane", "ref"))


class Records:
    """A transaction: `connection` is inside one, `writing` says whether it may write.

    While writing on PostgreSQL, rows that a story reads in order to change them are locked by reading them
    (`locking`), so that stories about the same person wait for each other instead of overwriting each other's work.
    SQLite has one writer at a time anyway, and says nothing for it.

    What was read in this way cannot change but by this transaction, so that an enrolment is read once, however many
    steps of a story ask for it (`enrolments_read`). Whatever changes enrolments empties that.
    """

    def __init__(self, connection: AsyncConnection, *, writing: bool) -> None:
        self.connection = connection
        self.writing = writing
        self.dialect = connection.dialect.name
        self.locks = writing and self.dialect != "sqlite"
        self.enrolments_read: dict[int, Enrolment] = {}

    async def all(self, statement: sa.Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row]:
        return (await self.connection.execute(statement, parameters)).all()

    async def first(self, statement: sa.Executable, parameters: Mapping[str, Any] | None = None) -> Row | None:
        return (await self.connection.execute(statement, parameters)).first()

    async def count(
        self, statement: sa.Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> int:
        """Run it; how many rows it changed."""
        return (await self.connection.execute(statement, parameters)).rowcount

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        return insert(self.dialect, table)

    def locking(self, statement: sa.Select[Any], table: sa.Table, *, skip_locked: bool = False) -> sa.Select[Any]:
        return _locked(statement, table, skip_locked=skip_locked) if self.locks else statement

    async def read(self, statement: Lockable, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """Rows to be changed, locked where that has to be said."""
        return await self.all(statement.locked if self.locks else statement.plain, parameters)

    async def read_one(self, statement: Lockable, parameters: Mapping[str, Any]) -> Row | None:
        return await self.first(statement.locked if self.locks else statement.plain, parameters)

    # addresses

    async def address_ids(self, addresses: Collection[Address]) -> dict[Address, int]:
        """The number of every address; those not known yet are added (to nobody)."""
        wanted = sorted(set(addresses))
        known = await self.known_addresses(wanted)
        new = [address for address in wanted if address not in known]
        if new:
            values = [{"new_lane": lane_of(address), "new_ref": address.ref} for address in new]
            await self.connection.execute(_ADD_ADDRESS, values)
            known |= await self.known_addresses(new)
        return {address: row.id for address, row in known.items()}

    async def known_addresses(self, addresses: Collection[Address], *, lock: bool = False) -> dict[Address, Row]:
        """Rows (id, person_id) by address."""
        by_lane: dict[str, dict[str, Address]] = {}
        for address in addresses:
            by_lane.setdefault(lane_of(address), {})[address.ref] = address
        found: dict[Address, Row] = {}
        table = tables.address
        for lane, by_ref in sorted(by_lane.items()):
            for refs in parts(sorted(by_ref)):
                statement = (
                    sa.select(table.c.id, table.c.ref, table.c.person_id)
                    .where(table.c.lane == lane, table.c.ref.in_(refs))
                    .order_by(table.c.id)
                )
                if lock:
                    statement = self.locking(statement, table)
                for row in await self.all(statement):
                    found[by_ref[row.ref]] = row
        return found
