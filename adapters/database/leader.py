"""One process per database plans. Which one: whoever holds a lock that ends with its holder, however that dies."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import IO, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

LEADER_LOCK = 4_707_123_001
"""The number of the advisory lock (they are per database)."""

PATIENCE = 5.0
"""Seconds after which a connection that does not answer counts as lost."""


class Leader(Protocol):
    async def hold(self, worker: str) -> bool:
        """Take or keep the lead; false when another process has it."""
        ...

    async def close(self) -> None: ...


class FileLeader:
    """A lock of the operating system on a file beside the database.

    The file stays; its lock goes with the process. It says who held the lock last, for people who look.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    async def hold(self, worker: str) -> bool:
        if self._file is None:
            file = self._path.open("a+", encoding="utf-8")
            if not _lock(file):
                file.close()
                return False
            self._file = file
            file.truncate(0)
            file.write(f"{worker}\n")
            file.flush()
        return True

    async def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock(file: IO[str]) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            # Far behind the words in the file, which others may read.
            file.seek(1 << 20)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore] # on Windows only
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class PostgresLeader:
    """An advisory lock on a connection of its own, which is touched each time the lead is asked for.

    It belongs to the session, so it needs a connection that no transaction-mode pooler shares out.
    """

    def __init__(self, url: sa.URL) -> None:
        self._engine = create_async_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"server_settings": {"application_name": "chatcourse leader"}},
        )
        self._connection: AsyncConnection | None = None
        self._holds = False

    async def hold(self, worker: str) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                if self._connection is None:
                    self._connection = await self._engine.connect()
                question = "SELECT true" if self._holds else f"SELECT pg_try_advisory_lock({LEADER_LOCK})"
                self._holds = bool((await self._connection.exec_driver_sql(question)).scalar_one())
        except (TimeoutError, OSError, sa.exc.SQLAlchemyError):
            # The lock went with the session. Whoever asks next, asks anew.
            await self._drop()
        return self._holds

    async def close(self) -> None:
        await self._drop()
        await self._engine.dispose()

    async def _drop(self) -> None:
        connection, self._connection, self._holds = self._connection, None, False
        if connection is not None:
            try:
                async with asyncio.timeout(PATIENCE):
                    await connection.invalidate()
                    await connection.close()
            except (TimeoutError, OSError, sa.exc.SQLAlchemyError):
                pass  # it is gone, which is what was wanted
