"""aiosqlite with one trip to its thread per statement.

As it comes, each statement makes four trips (open a cursor, execute, fetch, close), and a trip costs more than a
small statement itself. This connection opens, executes, fetches and closes in one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import aiosqlite


class QuickCursor:
    """What SQLAlchemy asks of a cursor. All rows are fetched when the statement runs."""

    def __init__(self, connection: QuickConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        await self._connection.in_thread(self._execute, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> None:
        await self._connection.in_thread(self._executemany, sql, parameters)

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        """The real cursor is closed already."""

    def _execute(self, sql: str, parameters: Any) -> None:
        cursor = self._connection.raw.execute(sql, parameters)
        try:
            self.description = cursor.description
            if cursor.description:
                self._rows = cursor.fetchall()
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()

    def _executemany(self, sql: str, parameters: Any) -> None:
        cursor = self._connection.raw.executemany(sql, parameters)
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()


class QuickConnection(aiosqlite.Connection):
    async def cursor(self) -> QuickCursor:  # type: ignore[override]
        return QuickCursor(self)

    @property
    def raw(self) -> sqlite3.Connection:
        return self._conn

    async def in_thread(self, function: Any, *arguments: Any) -> Any:
        return await self._execute(function, *arguments)  # type: ignore[no-untyped-call]


async def connection_to(path: Path, *settings: str) -> QuickConnection:
    """A connection on which the pragmas `settings` hold. It begins no transaction by itself."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")
        return connection

    made = QuickConnection(connect, iter_chunk_size=64)
    # Nothing that is unfinished here may keep the process from ending.
    made._thread.daemon = True
    await made
    return made
