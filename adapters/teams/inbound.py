"""Teams' door: one route, for everything that Microsoft's connector tells."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import aiohttp
import structlog
from aiohttp import web

from adapters.teams.adapter import TeamsAdapter
from adapters.teams.arriving import LANGUAGE_SECONDS, Arriving, Welcomes
from adapters.teams.asking import Engine
from adapters.teams.bot import TeamsBot
from adapters.teams.dispatch import ANSWER_SECONDS, Dispatch
from adapters.teams.drawing import Drawing
from adapters.teams.files import Files
from adapters.teams.inbox import Inbox
from adapters.teams.looks import Looks
from adapters.teams.showing import Showing
from adapters.teams.ways import Homes, Platform, Ways
from bot.messages.texts import Catalogue
from bot.model.course import Language

log = structlog.get_logger("chatcourse.teams")

PATH = "/api/messages"
CLOSE_SECONDS = 4.0


class Places(Homes, Welcomes, Protocol):
    """What is asked of `adapters.teams.places.Places`."""


class TeamsInbound:
    """Everything that comes in. `session` carries files, without any token. `targeted`: the app may send targeted
    messages. `add_link` leads to where one adds the app. `answer_seconds` as in `dispatch`, `files_from` as in `files`,
    `language_seconds` as in `arriving`; `now` is for durations."""

    def __init__(
        self,
        engine: Engine,
        platform: Platform,
        adapter: TeamsAdapter,
        places: Places,
        inbox: Inbox,
        session: aiohttp.ClientSession,
        clock: Callable[[], datetime],
        catalogues: Mapping[Language, Catalogue],
        *,
        looks: Looks | None = None,
        targeted: bool = False,
        add_link: str = "",
        files_from: Sequence[str] = (),
        answer_seconds: float = ANSWER_SECONDS,
        language_seconds: float = LANGUAGE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        drawing, ways = Drawing(catalogues, looks), Ways(platform, places)
        self._dispatch = Dispatch(
            engine,
            platform.heard,
            Showing(ways, drawing, targeted=targeted, add_link=add_link),
            Arriving(engine, ways, drawing, places, language_seconds),
            Files(session, files_from),
            inbox,
            clock,
            answer_seconds=answer_seconds,
            now=now,
        )
        self._adapter, self._bot = adapter, TeamsBot(self._dispatch.take)

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.post(PATH, self._request)]

    async def start(self) -> None:
        """Take up what the last process left."""
        left = await self._dispatch.replay()
        if left:
            log.info("teams_taken_up", count=left)

    async def idle(self) -> None:
        """Until everything begun is done; for tests and orderly ends."""
        await self._dispatch.idle()

    async def close(self) -> None:
        """What was begun is finished, within a few seconds; the rest is taken up at the next start."""
        await self._dispatch.close(CLOSE_SECONDS)

    async def _request(self, request: web.Request) -> web.Response:
        return await self._adapter.handle(request, self._bot.on_turn)
