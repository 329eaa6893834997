"""Migrations lead an empty database, on either side, to exactly the tables in the code."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from adapters.database import migrate as migrations
from adapters.database.connections import database_url as as_url
from adapters.database.schema import metadata


def test_all_migrations_equal_the_tables(database_url: str) -> None:
    """Nothing is missing, and nothing is left over."""
    assert migrations.current(database_url) is None
    assert migrations.migrate(database_url) == migrations.newest()
    assert migrations.differences(database_url) == []


POSTGRES_CATALOGUE = """
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT table_name || '.' || column_name, concat_ws(' ', data_type, is_nullable, column_default)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""


async def catalogue(url: str, before: Callable[[sa.Connection], None] = lambda _: None) -> dict[str, list[str]]:
    """What the database itself says about its tables and indexes, conditions of partial indexes included."""
    engine = create_async_engine(as_url(url))
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    async with engine.begin() as connection:
        await connection.run_sync(before)
        query = query if engine.dialect.name == "sqlite" else POSTGRES_CATALOGUE
        rows = (await connection.execute(sa.text(query))).all()
    await engine.dispose()
    plain = {name: sql.replace('"', "") for name, sql in rows if not name.startswith("alembic")}
    # SQLite writes a column that was added behind the last one, on the same line
    return {name: sorted(re.split(r"\s*,?\s*\n\s*|, (?=\w+ [A-Z])", sql)) for name, sql in plain.items()}


def create(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    metadata.create_all(connection)


def test_migrations_make_what_the_tables_say_word_for_word(database_url: str, tmp_path: Path) -> None:
    """Also what alembic does not compare: conditions, defaults, references, AUTOINCREMENT."""
    migrations.migrate(database_url)
    migrated = asyncio.run(catalogue(database_url))
    fresh = f"sqlite:///{tmp_path}/fresh.db" if database_url.startswith("sqlite") else database_url
    assert migrated == asyncio.run(catalogue(fresh, create))


def test_a_table_that_is_copied_keeps_what_is_in_it(tmp_path: Path) -> None:
    """Its rows, and which numbers were given: none is given a second time."""
    path = tmp_path / "c.db"
    migrations.migrate(f"sqlite:///{path}", "0003")
    with closing(sqlite3.connect(path)) as database:
        for number in (1, 2, 7):
            database.execute(
                "INSERT INTO enrolment (id, cohort_id, person_id, address_id, state, joined_at) "
                "VALUES (?, 1, ?, 3, 'active', 5)",
                (number, number),
            )
        database.execute("DELETE FROM enrolment WHERE id = 7")
        database.commit()
        before = database.execute("SELECT * FROM enrolment").fetchall()
    migrations.migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT * FROM enrolment").fetchall() == before
        new = database.execute(
            "INSERT INTO enrolment (cohort_id, person_id, address_id, state, joined_at) VALUES (1, 8, 3, 'active', 5)"
        )
        assert new.lastrowid == 8


def test_what_an_older_program_claimed_may_have_been_called_for(tmp_path: Path) -> None:
    """It noted no calls: its rows are in doubt after a crash, before and after the column is there."""
    path = tmp_path / "c.db"
    row = (
        "INSERT INTO delivery (key, kind, lane, address_id, state, due_at, not_before, priority) "
        "VALUES (?, 'lesson', 'teams:T', 1, 'sending', 5, 5, 5)"
    )
    migrations.migrate(f"sqlite:///{path}", "0004")
    with closing(sqlite3.connect(path)) as database:
        database.execute(row, ("before",))
        database.commit()
    migrations.migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as database:
        database.execute(row, ("after",))
        assert database.execute("SELECT key, begun FROM delivery ORDER BY id").fetchall() == [
            ("before", 1),
            ("after", 1),
        ]


def test_migrating_again_does_nothing(database_url: str) -> None:
    """It is safe at every start, and by several processes at once."""
    with ThreadPoolExecutor(4) as threads:
        reached = list(threads.map(migrations.migrate, [database_url] * 4))
    assert reached == [migrations.newest()] * 4
    assert migrations.current(database_url) == migrations.newest()


async def test_it_works_inside_a_running_program(database_url: str) -> None:
    """Callers need not know whether an event loop runs."""
    assert migrations.migrate(database_url) == migrations.newest()


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    """A first start needs no preparation."""
    migrations.migrate(f"sqlite:///{tmp_path}/var/data/c.db")
    assert (tmp_path / "var/data/c.db").exists()


def test_odd_paths_work(tmp_path: Path) -> None:
    """Percent signs and spaces mean something to configuration files, but this is none."""
    folder = tmp_path / "100 % mine"
    migrations.migrate(f"sqlite:///{folder}/c.db")
    assert (folder / "c.db").exists()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    """All or none: the next start finds what the last one left."""
    path = tmp_path / "c.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE role (nobody INTEGER)")
    other.commit()
    with pytest.raises(sa.exc.OperationalError, match="already exists"):
        migrations.migrate(f"sqlite:///{path}")
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("role",)]
    other.close()
