"""A calendar link over HTTP: the newest state, for whoever holds the link and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.calendar.route import calendar_routes
from adapters.calendar.tokens import Tokens
from bot.model.calendar import CalendarEvent

EVENT = CalendarEvent(
    "session-1@course.example",
    0,
    datetime(2026, 12, 3, 13, 0),  # noqa: DTZ001 (a wall time)
    "America/Toronto",
    60,
    "Ask us anything",
    "A conversation.",
    "https://example.org/join",
    cancelled=False,
    updated_at=datetime(2026, 11, 24, tzinfo=UTC),
)
TOKENS = Tokens(["a secret"])

Client = TestClient[web.Request, web.Application]


@dataclass
class Source:
    """Events by subject."""

    events: dict[str, list[CalendarEvent]] = field(default_factory=lambda: {"session/1/en": [EVENT]})

    async def calendar(self, subject: str) -> Sequence[CalendarEvent] | None:
        return self.events.get(subject)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
async def client(source: Source) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(calendar_routes(source, TOKENS, "course.example"))
    async with TestClient(TestServer(app)) as made:
        yield made


def path(subject: str = "session/1/en") -> str:
    return f"/calendar/{TOKENS.seal(subject)}.ics"


async def test_a_link_gives_a_calendar_file(client: Client) -> None:
    """With the type that calendars expect, and nothing for search engines or caches."""
    answer = await client.get(path())
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "private" in answer.headers["Cache-Control"]
    assert (await answer.read()).startswith(b"BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize("token", ["x", TOKENS.seal("session/2/en"), Tokens(["other"]).seal("session/1/en")])
async def test_anything_else_gives_the_same_not_found(client: Client, token: str) -> None:
    """What was made up cannot be told from what is over."""
    answer = await client.get(f"/calendar/{token}.ics")
    assert answer.status == 404


async def test_what_did_not_change_is_not_sent_again(client: Client, source: Source) -> None:
    """Calendars ask every hour; a change gives them the new file."""
    tag = (await client.get(path())).headers["ETag"]
    assert (await client.get(path(), headers={"If-None-Match": tag})).status == 304
    source.events["session/1/en"] = [replace(EVENT, sequence=1, cancelled=True)]
    answer = await client.get(path(), headers={"If-None-Match": tag})
    assert answer.status == 200
    assert b"STATUS:CANCELLED" in await answer.read()


async def test_a_feed_may_be_empty(client: Client, source: Source) -> None:
    """Nothing planned is a calendar without entries, not an error."""
    source.events["mine/7/fr"] = []
    answer = await client.get(path("mine/7/fr"))
    assert answer.status == 200
    assert b"VEVENT" not in await answer.read()
