"""Every usual spelling of a database's address works, and writing and reading keep out of each other's way."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.connections import Connections, UnusableDatabase, connections_to, database_url
from adapters.database.store import describe


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("sqlite:///var/c.db", "sqlite+aiosqlite:///var/c.db"),
        ("sqlite+aiosqlite:///var/c.db", "sqlite+aiosqlite:///var/c.db"),
        ("sqlite:////srv/c.db", "sqlite+aiosqlite:////srv/c.db"),
        ("postgresql://u@h/c", "postgresql+asyncpg://u@h/c"),
        ("postgres://u@h:6000/c", "postgresql+asyncpg://u@h:6000/c"),
        (" postgresql+asyncpg://u@h/c\n", "postgresql+asyncpg://u@h/c"),
    ],
)
def test_an_address_may_be_spelled_in_any_usual_way(given: str, read: str) -> None:
    """With or without the driver's name."""
    assert str(database_url(given)) == read


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("chatcourse.db", "looks like"),
        ("", "looks like"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://h/c", "'mysql' is no database"),
    ],
)
def test_another_address_is_refused_with_help(given: str, says: str) -> None:
    """Before anything is opened."""
    with pytest.raises(UnusableDatabase, match=says):
        database_url(given)


def test_a_database_is_described_without_its_password() -> None:
    """For logs and for the doctor."""
    assert describe("sqlite:///var/c.db") == "SQLite file var/c.db"
    assert describe("postgres://u:secret@db.example/c") == "PostgreSQL database c on db.example"
    assert "secret" not in describe("postgres://u:secret@/c")


async def make_table(connection: AsyncConnection) -> None:
    await connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")


async def count(connection: AsyncConnection) -> int:
    return int((await connection.exec_driver_sql("SELECT count(*) FROM t")).scalar_one())


async def fail_after_writing(connections: Connections) -> None:
    async with connections.begin() as writer:
        await writer.exec_driver_sql("INSERT INTO t VALUES (2)")
        raise ZeroDivisionError


async def test_writers_take_turns_and_readers_do_not_wait(database_url: str) -> None:
    """A reader sees the last committed state while somebody writes; a block that raises leaves nothing."""
    connections = connections_to(database_url)
    try:
        async with connections.begin() as connection:
            await make_table(connection)
        async with connections.begin() as writer:
            await writer.exec_driver_sql("INSERT INTO t VALUES (1)")
            async with connections.look() as reader:
                assert await count(reader) == 0
        with pytest.raises(ZeroDivisionError):
            await fail_after_writing(connections)
        async with connections.look() as reader:
            assert await count(reader) == 1
    finally:
        await connections.close()


async def test_a_cancelled_story_leaves_nothing_and_blocks_nobody(database_url: str) -> None:
    """Whoever comes next can write at once, also when the task died inside a statement."""
    connections = connections_to(database_url)
    try:
        async with connections.begin() as connection:
            await make_table(connection)

        async def story(started: asyncio.Event) -> None:
            async with connections.begin() as writer:
                await writer.exec_driver_sql("INSERT INTO t VALUES (1)")
                started.set()
                while True:
                    await count(writer)

        for wait in (0.0, 0.001, 0.003, 0.01):
            started = asyncio.Event()
            task = asyncio.create_task(story(started))
            await started.wait()
            await asyncio.sleep(wait)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        async with asyncio.timeout(5), connections.begin() as writer:
            assert await count(writer) == 0
            await writer.exec_driver_sql("INSERT INTO t VALUES (2)")
        async with connections.look() as reader:
            assert await count(reader) == 1
    finally:
        await connections.close()


async def test_sqlite_is_set_up_for_safety(tmp_path: Path) -> None:
    """References are checked, a claim is on the disk before it is answered, and a folder that is missing is made."""
    connections = connections_to(f"sqlite:///{tmp_path}/new/folder/c.db")

    async def setting(connection: AsyncConnection, name: str) -> object:
        return (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()

    try:
        for durable, level in ((False, 1), (True, 2), (False, 1)):
            async with connections.begin(durable=durable) as connection:
                assert await setting(connection, "synchronous") == level
                assert await setting(connection, "foreign_keys") == 1
                assert await setting(connection, "journal_mode") == "wal"
        async with connections.look() as connection:
            with pytest.raises(sa.exc.OperationalError, match="readonly"):
                await make_table(connection)
    finally:
        await connections.close()


async def test_sqlite_waits_for_another_program(tmp_path: Path) -> None:
    """Somebody who has the file open elsewhere delays a story but does not break it."""
    connections = connections_to(f"sqlite:///{tmp_path}/c.db")
    try:
        async with connections.begin() as connection:
            await make_table(connection)
        other = sqlite3.connect(tmp_path / "c.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        async def story() -> None:
            async with connections.begin() as connection:
                await connection.exec_driver_sql("INSERT INTO t VALUES (1)")

        task = asyncio.create_task(story())
        await asyncio.sleep(0.2)
        assert not task.done()
        other.execute("COMMIT")
        other.close()
        await task
    finally:
        await connections.close()
