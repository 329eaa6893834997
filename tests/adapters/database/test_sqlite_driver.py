"""The quick connection does what aiosqlite does, in fewer trips to its thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.database.sqlite_driver import QuickConnection, connection_to


@asynccontextmanager
async def connected(path: Path, *settings: str) -> AsyncIterator[tuple[QuickConnection, list[str]]]:
    """A connection, and the names of what was done in its thread."""
    connection = await connection_to(path, *settings)
    trips: list[str] = []
    in_thread = connection.in_thread

    async def counted(function: Any, *arguments: Any) -> Any:
        trips.append(function.__name__)
        return await in_thread(function, *arguments)

    connection.in_thread = counted  # type: ignore[method-assign]
    yield connection, trips
    await connection.close()


async def ask(connection: QuickConnection, sql: str, *values: object) -> list[Any]:
    cursor = await connection.cursor()
    await cursor.execute(sql, values)
    await cursor.close()
    return await cursor.fetchall()


LONG = "SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) SELECT i FROM n)"


async def test_a_small_question_is_answered_without_a_trip_to_the_thread(tmp_path: Path) -> None:
    """Executing and fetching together, as a transaction of its own or without."""
    async with connected(tmp_path / "c.db") as (connection, trips):
        cursor = await connection.cursor()
        await cursor.execute("SELECT 1 AS one UNION SELECT 2")
        assert (await cursor.fetchall(), cursor.description[0][0]) == ([(1,), (2,)], "one")
        connection.begin("BEGIN", reading=True)
        assert await ask(connection, "SELECT ?", 3) == [(3,)]
        inside = [connection.raw.in_transaction]
        await connection.commit()
        inside.append(connection.raw.in_transaction)
        assert (inside, trips) == ([True, False], [])


async def test_a_change_is_one_trip_and_begins_its_transaction_on_it(tmp_path: Path) -> None:
    """The lock of the writer is waited for in the thread; so is the commit."""
    async with connected(tmp_path / "c.db") as (connection, trips):
        connection.begin("BEGIN IMMEDIATE")
        await ask(connection, "CREATE TABLE t (n INTEGER)")
        assert await ask(connection, "SELECT count(*) FROM t") == [(0,)]
        await connection.commit()
        assert trips == ["_execute", "commit"]


async def test_a_question_that_begins_a_change_begins_it_at_once(tmp_path: Path) -> None:
    """When nobody else is writing."""
    async with connected(tmp_path / "c.db") as (connection, trips):
        connection.begin("BEGIN IMMEDIATE")
        await ask(connection, "SELECT 1")
        assert connection.raw.in_transaction
        await connection.rollback()
        assert trips == ["rollback"]


async def test_somebody_elses_lock_is_waited_for_in_the_thread(tmp_path: Path) -> None:
    """They may hold it for seconds; the event loop goes on meanwhile."""
    async with connected(tmp_path / "c.db", "busy_timeout=5000") as (connection, trips):
        other = sqlite3.connect(tmp_path / "c.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        connection.begin("BEGIN IMMEDIATE")
        asked = asyncio.ensure_future(ask(connection, "SELECT 1"))
        await asyncio.sleep(0.05)
        assert not asked.done()
        other.execute("COMMIT")
        assert await asked == [(1,)]
        assert await ask(connection, "PRAGMA busy_timeout") == [(5000,)]
        await connection.rollback()
        assert trips == ["_execute", "_execute", "rollback"]
        other.close()


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t (id, n) SELECT ? AS id, 1 AS n WHERE 1 ON CONFLICT DO NOTHING",
        "UPDATE t SET n=(SELECT max(n) \nFROM t \nWHERE t.n > 7) WHERE t.id = ?",
        "UPDATE t SET n=3 \nWHERE t.id = ? AND t.n",
    ],
)
async def test_one_row_is_written_without_a_trip(tmp_path: Path, sql: str) -> None:
    """But committed in the thread."""
    async with connected(tmp_path / "c.db") as (connection, trips):
        await ask(connection, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)")
        trips.clear()
        connection.begin("BEGIN IMMEDIATE")
        await ask(connection, sql, 1)
        assert connection.raw.in_transaction
        await connection.commit()
        assert trips == ["commit"]


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("INSERT INTO t (n) SELECT n + ? FROM t", (1,)),
        ("INSERT INTO t (n) VALUES (?), (?)", (3, 4)),
        ("UPDATE t SET n = ?", (1,)),
        ("UPDATE t SET n = 1 WHERE t.n = ?", (1,)),
        ("UPDATE t SET n = 1 WHERE t.id = ? OR t.n", (1,)),
        ("DELETE FROM t WHERE t.id = ?", (1,)),
    ],
)
async def test_what_may_be_many_rows_is_written_in_the_thread(
    tmp_path: Path, sql: str, values: tuple[object, ...]
) -> None:
    """Nobody knows how long it takes."""
    async with connected(tmp_path / "c.db") as (connection, trips):
        await ask(connection, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)")
        trips.clear()
        await ask(connection, sql, *values)
        assert trips == ["_execute"]


async def test_a_change_alone_is_one_trip(tmp_path: Path) -> None:
    """Beginning, changing, fetching and committing together; it cannot be taken back afterwards."""
    async with connected(tmp_path / "c.db") as (connection, trips):
        await ask(connection, "CREATE TABLE t (n INTEGER)")
        trips.clear()
        connection.begin("BEGIN IMMEDIATE", alone=True)
        assert await ask(connection, "INSERT INTO t (n) SELECT 1 AS n RETURNING n") == [(1,)]
        assert not connection.raw.in_transaction
        await connection.rollback()
        assert trips == ["_execute"]
        connection.begin("BEGIN", reading=True)
        assert await ask(connection, "SELECT n FROM t") == [(1,)]


async def test_a_change_alone_that_fails_leaves_nothing_open(tmp_path: Path) -> None:
    """The next one can begin."""
    async with connected(tmp_path / "c.db") as (connection, trips):
        await ask(connection, "CREATE TABLE t (n INTEGER UNIQUE)")
        connection.begin("BEGIN IMMEDIATE", alone=True)
        with pytest.raises(sqlite3.IntegrityError):
            await ask(connection, "INSERT INTO t (n) VALUES (1), (1)")
        await connection.rollback()
        assert not connection.raw.in_transaction
        assert trips[-1] == "rollback"


async def test_a_transaction_in_which_nothing_is_said_costs_nothing(tmp_path: Path) -> None:
    """Neither its beginning nor its end."""
    async with connected(tmp_path / "c.db") as (connection, trips):
        connection.begin("BEGIN IMMEDIATE")
        await connection.commit()
        connection.begin("BEGIN IMMEDIATE")
        await connection.rollback()
        await ask(connection, "CREATE TABLE t (n INTEGER)")
        assert not connection.raw.in_transaction
        assert trips == ["_execute"]


async def test_a_long_question_is_answered_in_the_thread_and_nobody_waits_for_it(tmp_path: Path) -> None:
    """It is right, its transaction goes on, and meanwhile the event loop does other things."""
    async with connected(tmp_path / "c.db") as (connection, trips):
        connection.begin("BEGIN", reading=True)
        question = asyncio.create_task(ask(connection, LONG.format(1_000_000)))
        turns = 0
        while not question.done():
            await asyncio.sleep(0.001)
            turns += 1
        assert await question == [(1_000_000,)]
        assert turns > 5
        assert trips == ["_execute"]
        assert connection.raw.in_transaction
        await connection.rollback()


async def test_after_somebody_gave_up_waiting_the_next_one_waits_for_the_thread(tmp_path: Path) -> None:
    """The two never use the connection at once."""
    async with connected(tmp_path / "c.db") as (connection, trips):
        connection.begin("BEGIN", reading=True)
        question = asyncio.create_task(ask(connection, LONG.format(1_000_000)))
        await asyncio.sleep(0.01)
        question.cancel()
        await asyncio.gather(question, return_exceptions=True)
        assert connection.away
        await connection.rollback()
        assert trips == ["_execute", "rollback"]
        assert not connection.raw.in_transaction
        assert await ask(connection, "SELECT 1") == [(1,)]


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
    for statement in ("SELECT * FROM nowhere", "DELETE FROM nowhere"):
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            await cursor.execute(statement)
    await cursor.execute("SELECT 1")
    await connection.close()
