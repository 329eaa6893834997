"""`GET /calendar/{token}.ics`: the newest state of what a link is about."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from adapters.calendar.ics import calendar_file
from adapters.calendar.tokens import Tokens
from bot.model.calendar import CalendarEvent

PATH = "/calendar/{token}.ics"

HEADERS = {
    "Content-Disposition": 'inline; filename="chatcourse.ics"',
    # calendars ask again, and are told when nothing changed; nobody in between keeps it
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex",
}


class CalendarSource(Protocol):
    """Who knows the events."""

    async def calendar(self, subject: str) -> Sequence[CalendarEvent] | None:
        """What a link about `subject` shows; None when there is nothing (any more)."""
        ...


def calendar_routes(source: CalendarSource, tokens: Tokens, host: str) -> list[web.AbstractRouteDef]:
    """The route. A link that was made up and one that has ended get the same answer."""

    async def show(request: web.Request) -> web.Response:
        subject = tokens.open(request.match_info["token"])
        events = await source.calendar(subject) if subject is not None else None
        if events is None:
            raise web.HTTPNotFound
        body = calendar_file(events, host)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers={**HEADERS, "ETag": tag})
        response = web.Response(body=body, headers={**HEADERS, "ETag": tag})
        response.headers["Content-Type"] = "text/calendar; charset=utf-8; method=PUBLISH"
        return response

    return [web.get(PATH, show)]
