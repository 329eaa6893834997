"""The quick connection does what aiosqlite does, in fewer trips."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from adapters.database.sqlite_driver import connection_to


async def test_a_statement_is_one_trip_to_the_thread(tmp_path: Path) -> None:
    """Executing and fetching together, counted."""
    connection = await connection_to(tmp_path / "c.db")
    trips = 0
    in_thread = connection.in_thread

    async def counted(function: Any, *arguments: Any) -> Any:
        nonlocal trips
        trips += 1
        return await in_thread(function, *arguments)

    connection.in_thread = counted  # type: ignore[method-assign]
    cursor = await connection.cursor()
    await cursor.execute("SELECT 1 AS one UNION SELECT 2")
    assert (await cursor.fetchall(), cursor.description[0][0]) == ([(1,), (2,)], "one")
    await cursor.close()
    assert trips == 1
    await connection.close()


async def test_changes_are_counted(tmp_path: Path) -> None:
    """By one statement, or by one with many sets of values."""
    connection = await connection_to(tmp_path / "c.db", "journal_mode=WAL")
    cursor = await connection.cursor()
    await cursor.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)")
    await cursor.executemany("INSERT INTO t VALUES (?)", [(1,), (2,), (3,)])
    assert cursor.rowcount == 3
    await cursor.execute("UPDATE t SET n = n + 10 WHERE n > ?", (1,))
    assert cursor.rowcount == 2
    await connection.close()


async def test_an_error_comes_back_as_it_is(tmp_path: Path) -> None:
    """And the connection stays usable."""
    connection = await connection_to(tmp_path / "c.db")
    cursor = await connection.cursor()
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await cursor.execute("SELECT * FROM nowhere")
    await cursor.execute("SELECT 1")
    await connection.close()
