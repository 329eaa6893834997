"""Empty databases for long runs, and honesty where there is no server."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.conftest import USUAL_POSTGRES_URLS, execute_on_postgres


def find_postgres() -> str | None:
    """A server on which databases can be made, or None."""
    given = os.environ.get("TEST_POSTGRES_URL")
    for url in (given,) if given else USUAL_POSTGRES_URLS:
        with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError):
            execute_on_postgres(url, "SELECT 1")
            return url
    return None


@contextmanager
def a_database(kind: str, folder: Path) -> Iterator[str | None]:
    """An empty database of its own; None where there is no server."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder / 'chatcourse.db'}"
        return
    server = find_postgres()
    if server is None:
        yield None
        return
    name = f"chatcourse_soak_{secrets.token_hex(4)}"
    execute_on_postgres(server, f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        execute_on_postgres(server, f"DROP DATABASE {name} WITH (FORCE)")
