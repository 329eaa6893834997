"""Opening the database at a start, and looked at by `doctor`: what is wrong is told in words."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from adapters.database.migrate import current, migrate, newest
from adapters.database.store import DatabaseStore, open_store
from bot.model.findings import CannotStart, Finding
from bot.rules.redaction import scrub

PATIENCE = 3.0
"""Seconds a server gets to take a connection; knowing within seconds beats a driver's minute."""

Answered = TypeVar("Answered")


class Whereabouts(Protocol):
    """Which database (the settings are one of these). `database_label` is for people's eyes, without a password."""

    @property
    def database_url(self) -> str: ...
    @property
    def database_label(self) -> str: ...
    @property
    def database_file(self) -> Path | None: ...
    @property
    def database_host(self) -> tuple[str, int] | None: ...
    @property
    def embedded(self) -> bool: ...


async def open_database(where: Whereabouts) -> DatabaseStore:
    """The store, brought up to date when it is embedded. Raises CannotStart."""
    if where.embedded:
        await migrate_database(where)
    else:
        reached = await _ask(where, current)
        if reached != newest():
            state = "is empty" if reached is None else "belongs to another version"
            raise CannotStart(
                f"The database {where.database_label} {state}. Make a backup, then run: python app.py migrate"
            )
    return open_store(where.database_url)


async def migrate_database(where: Whereabouts) -> None:
    """Run the migrations that are missing. Raises CannotStart."""
    await _ask(where, migrate)


async def can_be_read(where: Whereabouts) -> bool:
    """Whether it is there and up to date, so that opening it changes nothing."""
    file = where.database_file
    if file is not None and not await asyncio.to_thread(file.exists):
        return False
    try:
        return await _ask(where, current) == newest()
    except CannotStart:
        return False


async def database_finding(where: Whereabouts) -> Finding:
    """Can it be reached, and is it up to date? Changes nothing, and makes no file."""
    label, file = where.database_label, where.database_file
    if file is not None and not await asyncio.to_thread(file.exists):
        return Finding("database", "ok", f"{label} is made at the first start")
    try:
        reached = await _ask(where, current)
    except CannotStart as error:
        said, _, fix = str(error).partition("\n")
        return Finding("database", "problem", said, fix)
    if reached == newest():
        return Finding("database", "ok", f"{label} is up to date")
    if where.embedded:
        return Finding("database", "ok", f"{label} is brought up to date at the next start")
    advice = "Make a backup, then run: python app.py migrate"
    return Finding("database", "problem", f"{label} {'is empty' if reached is None else 'is not up to date'}", advice)


async def _ask(where: Whereabouts, question: Callable[[str], Answered]) -> Answered:
    try:
        await asyncio.to_thread(_reach, where.database_host)
        return await asyncio.to_thread(question, where.database_url)
    except Exception as error:
        said = scrub(str(error)).strip().splitlines()
        reason = said[0] if said else type(error).__name__
        raise CannotStart(
            f"The database {where.database_label} cannot be used: {reason}\n"
            "Check DATABASE_URL, that the database runs, and that this user may use it; "
            "python app.py doctor tells more."
        ) from error


def _reach(server: tuple[str, int] | None) -> None:
    if server is not None:
        with socket.create_connection(server, timeout=PATIENCE):
            pass
