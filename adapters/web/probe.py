"""Looks at a web side from outside, for `doctor` and for helpful words when a port is taken."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

PATIENCE = 3.0
"""Seconds an address gets to answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `ours` says that it was Chatcourse; `error` says in a few words why nothing came."""

    status: int = 0
    ours: bool = False
    ready: bool | None = None
    clock: datetime | None = None
    error: str = ""


def listen(host: str, port: int) -> socket.socket:
    """Take the port now, before anything slow. Raises OSError when it is taken or not ours to take."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return socket.create_server(found[0][4][:2], family=family, backlog=512)


async def ask(url: str) -> Answer:
    """GET `url`/readyz, in a thread: this is no place for the event loop's own client."""
    return await asyncio.to_thread(_ask, f"{url}/readyz")


def _ask(url: str) -> Answer:
    request = Request(url, headers={"Accept": "application/json"})  # noqa: S310 (http or https: settings checked it)
    try:
        with urlopen(request, timeout=PATIENCE) as response:  # noqa: S310 (the same)
            return _answer(response.status, response.read(10_000), response.headers.get("Date"))
    except HTTPError as error:
        with error:
            return _answer(error.code, error.read(10_000), error.headers.get("Date"))
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return Answer(error=str(getattr(reason, "strerror", None) or reason)[:120])


def _answer(status: int, body: bytes, date: str | None) -> Answer:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    ours = isinstance(said, dict) and isinstance(said.get("ready"), bool)
    return Answer(status, ours, said["ready"] if ours else None, _moment(date))


def _moment(date: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
