"""aiosqlite with at most one trip to its thread per statement.

As it comes, each statement makes four trips (open a cursor, execute, fetch, close), and a trip costs more than a
small statement itself. This connection opens, executes, fetches and closes in one. A transaction begins on the trip of
its first statement, and who has only read does not wait for the end. A transaction of one statement is one trip.

A small question is answered without any trip. Whatever turns out not to be small is given up after `STEPS`, long before
anybody could notice that the event loop waits, and asked again in the thread. A single row is written without a trip,
too: it changes a few pages in memory. Waiting for somebody else's lock and committing are for the thread alone.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import aiosqlite

STEPS = 3000
"""Instructions of SQLite's machine that a question may take on the event loop: a fraction of a millisecond."""


class QuickCursor:
    """What SQLAlchemy asks of a cursor. All rows are fetched when the statement runs."""

    def __init__(self, connection: QuickConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        if not self._connection.small(sql) or not self._done_here(sql, parameters):
            await self._connection.in_thread(self._execute, sql, parameters)

    def _done_here(self, sql: str, parameters: Iterable[Any]) -> bool:
        """Execute it on the event loop; false when it was given up. Only questions may be: giving up a change would
        take back its whole transaction."""
        if not _asks(sql):
            self._execute(sql, parameters)
            return True
        try:
            with self._connection.few_steps():
                self._execute(sql, parameters)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return False
        return True

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> None:
        await self._connection.in_thread(self._executemany, sql, parameters)

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        """The real cursor is closed already."""

    def _execute(self, sql: str, parameters: Any) -> None:
        cursor = self._connection.begun().execute(sql, parameters)
        try:
            self.description = cursor.description
            if cursor.description:
                self._rows = cursor.fetchall()
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()
        self._connection.done()

    def _executemany(self, sql: str, parameters: Any) -> None:
        cursor = self._connection.begun().executemany(sql, parameters)
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()


class QuickConnection(aiosqlite.Connection):
    _begin = ""
    _reading = _alone = False
    _synchronous = _wanted = ""
    _sent = _back = 0

    async def cursor(self) -> QuickCursor:  # type: ignore[override] # there: awaited or entered
        return QuickCursor(self)

    @property
    def raw(self) -> sqlite3.Connection:
        return self._conn

    async def in_thread(self, function: Any, *arguments: Any) -> Any:
        self._sent += 1
        return await self._execute(self._trip, function, *arguments)  # type: ignore[no-untyped-call] # untyped there

    def _trip(self, function: Any, *arguments: Any) -> Any:
        try:
            return function(*arguments)
        finally:
            self._back += 1

    @property
    def away(self) -> bool:
        """Whether something is done in the thread; somebody who was cancelled does not wait for it."""
        return self._sent != self._back

    def begin(self, how: str, *, reading: bool = False, alone: bool = False, synchronous: str = "") -> None:
        """Begin a transaction with the next statement; if it is to be `alone`, end with it, too. `synchronous` is how
        the commit is to be written, where that is not to stay as it is."""
        self._begin, self._reading, self._alone, self._wanted = how, reading, alone, synchronous

    def begun(self) -> sqlite3.Connection:
        """The connection, inside the transaction that was asked for."""
        begin, self._begin = self._begin, ""
        if begin:
            if self._wanted not in ("", self._synchronous):
                self.raw.execute(f"PRAGMA synchronous={self._wanted}")
                self._synchronous = self._wanted
            self.raw.execute(begin)
        return self.raw

    def done(self) -> None:
        """A statement was executed, and its rows are fetched."""
        if self._alone:
            self.raw.commit()

    def small(self, sql: str) -> bool:
        """Whether a statement may be tried on the event loop. Its transaction is begun then, if it can be at once."""
        if self.away or self._alone or not (_asks(sql) or _is_about_one_row(sql)):
            return False
        return not self._begin or self._reading or self._begun_at_once()

    def _begun_at_once(self) -> bool:
        """Begin to write, unless somebody would have to be waited for."""
        begin = self._begin
        ((patience,),) = self.raw.execute("PRAGMA busy_timeout").fetchall()
        self.raw.execute("PRAGMA busy_timeout=0")
        try:
            self.begun()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            self._begin = begin
            return False
        finally:
            self.raw.execute(f"PRAGMA busy_timeout={patience}")
        return True

    @contextmanager
    def few_steps(self) -> Iterator[None]:
        """Only small things inside; others end with SQLITE_INTERRUPT, which a question survives."""
        self.raw.set_progress_handler(_stop, STEPS)
        try:
            yield
        finally:
            self.raw.set_progress_handler(None, 0)

    async def commit(self) -> None:
        await self._end(self.raw.commit)

    async def rollback(self) -> None:
        await self._end(self.raw.rollback)

    async def _end(self, how: Callable[[], None]) -> None:
        if self._begin or (self._alone and not self.away and not self.raw.in_transaction):
            self._begin = ""  # nothing was said, or it has ended already
        elif self._reading and not self.away:
            how()
        else:
            await self.in_thread(how)


def _stop() -> bool:
    return True


def _asks(sql: str) -> bool:
    return sql.startswith("SELECT")


_ONE_ROW = (
    # made of its parameters, as `records.one_row` does: neither a list of rows nor what is found in a table
    re.compile(r"INSERT (?!.*\b(FROM|VALUES)\b)", re.DOTALL),
    # changed by its number
    re.compile(r"UPDATE (\w+) SET .*\sWHERE \1\.id = \?( AND [\w.]+( = 1)?)?\Z", re.DOTALL),
)


@lru_cache(500)
def _is_about_one_row(sql: str) -> bool:
    return any(kind.match(sql) for kind in _ONE_ROW)


async def connection_to(path: Path, *settings: str) -> QuickConnection:
    """A connection on which the pragmas `settings` hold. It begins no transaction by itself."""

    def connect() -> sqlite3.Connection:
        # Two threads, never at once: see `away`.
        connection = sqlite3.connect(path, isolation_level=None, cached_statements=512, check_same_thread=False)
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")
        return connection

    made = QuickConnection(connect, iter_chunk_size=64)
    # Nothing that is unfinished here may keep the process from ending.
    made._thread.daemon = True
    await made
    return made
