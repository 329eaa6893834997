"""Connections to the two databases, under one discipline: `begin` to write, `alone` for a change that is one statement,
`look` to read.

SQLite has one writer at a time: whoever writes holds the lock of this process and starts with BEGIN IMMEDIATE, so that
nobody fails half way; readers look at the last committed state from connections of their own and wait for
nobody. PostgreSQL does the same by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from adapters.database.leader import FileLeader, Leader, PostgresLeader
from adapters.database.sqlite_driver import QuickConnection, connection_to

READERS = 4
"""Connections that read an SQLite file at once."""

POSTGRES_CONNECTIONS = 20
"""Connections a process keeps to PostgreSQL; in a rush it opens as many again."""

# Every statement has its index, so a plan is made once (planning takes longer than running) and must not depend on
# how full a table was then: one made on the first day, for an empty table, would read a million rows on the next.
# Compiling to machine code takes longer than these statements take.
_POSTGRES_PLANNING = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "jit": "off"}

_NO_WAIT_FOR_THE_DISK = sa.text("SET LOCAL synchronous_commit TO off")

_SQLITE = ("foreign_keys=ON", "busy_timeout=15000", "temp_store=MEMORY")
_SQLITE_WRITER = (
    *_SQLITE,
    "journal_mode=WAL",
    # 32 MB: planning for very many writes the same pages again and again, and they are copied back once
    "wal_autocheckpoint=8000",
    "synchronous=NORMAL",
    "cache_size=-131072",
    "journal_size_limit=67108864",
)
_SQLITE_READER = (*_SQLITE, "cache_size=-16384", "query_only=ON")


class UnusableDatabase(ValueError):
    """This is not the address of a database."""


def database_url(text: str) -> sa.URL:
    """Read an address in any of the usual spellings. Raises `UnusableDatabase` with a sentence that helps."""
    try:
        url = sa.make_url(text.strip())
    except sa.exc.ArgumentError:
        raise UnusableDatabase(
            "A database address looks like sqlite:///var/chatcourse.db or postgresql://user@host/name"
        ) from None
    kind = url.get_backend_name()
    if kind == "sqlite":
        if not url.database or url.database.startswith((":memory:", "file:")):
            raise UnusableDatabase("An SQLite database needs a file, for example sqlite:///var/chatcourse.db")
        return url.set(drivername="sqlite+aiosqlite")
    if kind in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+asyncpg")
    raise UnusableDatabase(f"'{kind}' is no database Chatcourse works with; it takes sqlite and postgresql")


class Connections(Protocol):
    """What both have: `dialect` is the name of the database's SQL, `leader` the lock of the process that plans, and
    `planners` how many transactions should plan at once."""

    dialect: str
    leader: Leader
    planners: int

    def begin(self, *, durable: bool = False, repeatable: bool = False) -> AbstractAsyncContextManager[AsyncConnection]:
        """Write. With `durable`, what was written survives even a power cut that comes right after; what is
        `repeatable` would be done again, so that it may be lost in one, as a whole."""
        ...

    def alone(self, *, durable: bool = False) -> AbstractAsyncContextManager[AsyncConnection]:
        """Write with one statement, which is committed when it has been executed: one trip to the database, not three.

        Nothing that comes after it in the block takes it back.
        """
        ...

    def look(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Read one consistent state."""
        ...

    async def close(self) -> None: ...


class SqliteConnections(Connections):
    dialect = "sqlite"
    planners = 1

    def __init__(self, url: sa.URL) -> None:
        path = Path(url.database or "")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._turn = asyncio.Lock()
        self._writer = _sqlite_engine(url, path, 1, _SQLITE_WRITER)
        self._readers = _sqlite_engine(url, path, READERS, _SQLITE_READER)
        sa.event.listen(self._writer.sync_engine, "begin", _begin_writing)
        sa.event.listen(self._readers.sync_engine, "begin", _begin_reading)
        self.leader = FileLeader(path.with_name(path.name + ".leader"))

    def begin(self, *, durable: bool = False, repeatable: bool = False) -> AbstractAsyncContextManager[AsyncConnection]:
        # Only `durable` transactions are on the disk when they end here; `repeatable` is nothing less.
        return self._write(durable=durable)

    def alone(self, *, durable: bool = False) -> AbstractAsyncContextManager[AsyncConnection]:
        return self._write(durable=durable, alone=True)

    @asynccontextmanager
    async def _write(self, **options: bool) -> AsyncIterator[AsyncConnection]:
        async with self._turn, self._writer.connect() as connection:
            if any(options.values()):
                await connection.execution_options(**options)
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def look(self) -> AsyncIterator[AsyncConnection]:
        async with self._readers.begin() as connection:
            yield connection

    async def close(self) -> None:
        await self.leader.close()
        await self._readers.dispose()
        await self._writer.dispose()


def _sqlite_engine(url: sa.URL, path: Path, size: int, settings: tuple[str, ...]) -> AsyncEngine:
    async def connect(*_: object, **__: object) -> QuickConnection:
        return await connection_to(path, *settings)

    return create_async_engine(
        url,
        async_creator=connect,
        pool_size=size,
        max_overflow=0,
        pool_reset_on_return=None,  # every transaction here is ended by its block
        query_cache_size=1000,
    )


def _begin_writing(connection: sa.Connection) -> None:
    # In WAL mode, NORMAL loses the last commits in a power cut (never in a crash). The intent to send must not be
    # lost, or the message would be sent again. FULL also saves everything that was committed before.
    options = connection.get_execution_options()
    synchronous = "FULL" if options.get("durable") else "NORMAL"
    _driver(connection).begin("BEGIN IMMEDIATE", synchronous=synchronous, alone=options.get("alone", False))


def _begin_reading(connection: sa.Connection) -> None:
    _driver(connection).begin("BEGIN", reading=True)


def _driver(connection: sa.Connection) -> QuickConnection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, QuickConnection)  # noqa: S101 (made by `_sqlite_engine`)
    return driver


class PostgresConnections(Connections):
    dialect = "postgresql"
    planners = 2

    def __init__(self, url: sa.URL) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=POSTGRES_CONNECTIONS,
            max_overflow=POSTGRES_CONNECTIONS,
            # the one that was used last: each has to prepare its statements itself, so few and busy ones are quickest
            pool_use_lifo=True,
            query_cache_size=1000,
            connect_args={
                "prepared_statement_cache_size": 500,
                "server_settings": {"application_name": "chatcourse", "timezone": "UTC", **_POSTGRES_PLANNING},
            },
        )
        self._alone = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self.leader = PostgresLeader(url)

    @asynccontextmanager
    async def begin(self, *, durable: bool = False, repeatable: bool = False) -> AsyncIterator[AsyncConnection]:
        # PostgreSQL writes every commit to disk before it says so; `durable` is nothing more here. It does not wait
        # for one that is `repeatable`, and writes it before or with the next one for which it does.
        async with self._engine.begin() as connection:
            if repeatable:
                await connection.execute(_NO_WAIT_FOR_THE_DISK)
            yield connection

    @asynccontextmanager
    async def alone(self, *, durable: bool = False) -> AsyncIterator[AsyncConnection]:
        async with self._alone.connect() as connection:
            yield connection

    @asynccontextmanager
    async def look(self) -> AsyncIterator[AsyncConnection]:
        async with self._reading.begin() as connection:
            yield connection

    async def close(self) -> None:
        await self.leader.close()
        await self._engine.dispose()


def connections_to(url: str) -> Connections:
    address = database_url(url)
    return SqliteConnections(address) if address.get_backend_name() == "sqlite" else PostgresConnections(address)
