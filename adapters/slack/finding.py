"""Looking a message up by its delivery key, in what stands in a conversation.

It works where history may be read once a minute, 15 messages at a time: a look that is cut short by a limit goes on
from its last page when it is asked for again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.clients import Calls, Json, next_cursor
from bot.errors import SendFailed
from bot.model.delivery import Reason
from bot.ports import Clock

EVENT_TYPE = "chatcourse_delivery"
PAGE = 15
"""What every app may read at once. The message looked for is mostly among the newest."""

FURTHER_PAGE = 200
"""Later pages, where the app may read more at once."""

MOST_PAGES = 20
"""So far back it looks: 300 messages of one conversation, or 3,815."""

EARLIER = timedelta(seconds=60)
LATER = timedelta(days=1)
"""Clocks differ: a message is looked for a little before, and well after now. With an end named, Slack begins with the
newest messages."""

KEPT_SECONDS = 2 * 3600.0
"""An unfinished look is gone on with for so long after its last page; the engine may come back only after half an hour,
and others wait for the same limit."""

KEPT = 1_000
STALE = "invalid_cursor"
"""What Slack says to a page number that has become too old: the look begins anew."""


@dataclass
class Look:
    """How far a look got: the messages found so far, newest first."""

    touched: float
    cursor: str = ""
    pages: int = 0
    found: list[str] = field(default_factory=list)


class Finder:
    def __init__(self, calls: Calls, clock: Clock, now: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._clock = clock
        self._now = now
        self._looks: dict[tuple[str, str, str], Look] = {}

    async def copies(self, workspace: str, channel: str, key: str, since: datetime) -> list[str]:
        """The `ts` of every message of ours with this key, oldest first. Raises SendFailed (busy) when the limits do
        not allow a further page now, and (not verifiable, for good) when too much was said since."""
        installation = await self._calls.clients.installation(workspace)
        name = (workspace, channel, key)
        look = self._looks.pop(name, None)
        if look is None or self._now() - look.touched > KEPT_SECONDS:
            look = Look(self._now())
        while True:
            limit = FURTHER_PAGE if look.pages and not installation.distributed else PAGE
            page = await self._page(name, look, {**self._between(channel, since), "limit": limit})
            if page.get("error") == STALE:
                look = Look(self._now())
                continue
            look.found += _matching(page.get("messages") or (), installation.bot_id, key)
            look.cursor, look.pages = next_cursor(page), look.pages + 1
            if not look.cursor:
                return look.found[::-1]
            if look.pages >= MOST_PAGES:
                raise SendFailed(Reason.NOT_VERIFIABLE, permanent=True, detail="too much was said since")

    async def _page(self, name: tuple[str, str, str], look: Look, args: Json) -> Json:
        try:
            args = {**args, "cursor": look.cursor or None}
            return await self._calls.once(name[0], "conversations.history", args, ("channel_not_found", STALE))
        except SendFailed as error:
            if not error.permanent and look.pages:
                self._keep(name, look)
            raise

    def _keep(self, name: tuple[str, str, str], look: Look) -> None:
        if len(self._looks) >= KEPT:
            del self._looks[next(iter(self._looks))]
        look.touched = self._now()
        self._looks[name] = look

    def _between(self, channel: str, since: datetime) -> Json:
        return {
            "channel": channel,
            "oldest": _moment(since - EARLIER),
            "latest": _moment(self._clock() + LATER),
            "inclusive": True,
            "include_all_metadata": True,
        }


def _moment(at: datetime) -> str:
    return f"{max(0, int(at.timestamp()))}.000000"


def _matching(messages: Iterable[Mapping[str, Any]], own: str, key: str) -> list[str]:
    return [str(each["ts"]) for each in messages if each.get("bot_id") == own and _key(each) == key]


def _key(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return payload.get("k") if metadata.get("event_type") == EVENT_TYPE else None
