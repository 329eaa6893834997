"""Brings a database up to date: runs the migrations it has not seen yet, all or none of them.

Safe to run at every start and by several processes at once: the second waits for the first and finds nothing to do.
Forward only; there is no way back but a backup.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from adapters.database.connections import database_url
from adapters.database.schema import metadata

MIGRATION_LOCK = 4_707_123_002
"""The number of the advisory lock under which a PostgreSQL database is changed."""

FOLDER = Path(__file__).parent / "migrations"

Result = TypeVar("Result")


def migrate(url: str, to: str = "head") -> str:
    """Upgrade the database at `url`, creating an SQLite file that is not there; returns the revision reached."""

    def upgrade(connection: sa.Connection) -> str:
        command.upgrade(_config(connection), to)
        return _revision(connection) or ""

    return _on(url, upgrade)


def current(url: str) -> str | None:
    """The revision of the database at `url`; None when it is empty."""
    return _on(url, _revision)


def newest() -> str:
    """The revision that `migrate` leads to."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def differences(url: str) -> list[object]:
    """What in the database at `url` differs from the tables in the code; nothing after `migrate`."""

    def compare(connection: sa.Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    return _on(url, compare)


def draft(url: str, message: str) -> None:
    """For developers: write a new migration from what differs between the tables and an up-to-date database."""

    def write(connection: sa.Connection) -> None:
        command.revision(_config(connection), message, autogenerate=True)

    _on(url, write)


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _on(url: str, work: Callable[[sa.Connection], Result]) -> Result:
    """`work` in one transaction. A thread of its own, because callers may be inside an event loop or not."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(_work(url, work))).result()


async def _work(url: str, work: Callable[[sa.Connection], Result]) -> Result:
    address = database_url(url)
    embedded = address.get_backend_name() == "sqlite"
    if embedded:
        Path(address.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(address, poolclass=NullPool)
    if embedded:
        # By itself the driver commits before each CREATE TABLE, and a failed upgrade would stay half done.
        # References are not checked meanwhile: a table that is copied would take its children's rows with it.
        sa.event.listen(engine.sync_engine, "connect", _take_over)
        sa.event.listen(engine.sync_engine, "begin", _begin_alone)
    try:
        async with engine.begin() as connection:
            if not embedded:
                await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _take_over(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in ("busy_timeout=15000", "journal_mode=WAL", "foreign_keys=OFF"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_alone(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
