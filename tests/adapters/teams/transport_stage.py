"""Teams' door over real HTTP, and a connector that writes down what it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from botbuilder.core import TurnContext

from adapters.teams.adapter import TeamsAdapter
from adapters.teams.checking import InboundCheck
from adapters.teams.clients import new_session
from adapters.teams.connector import Connector
from adapters.teams.hosts import Hosts
from adapters.teams.tokens import Tokens
from tests.adapters.teams.issuer import APP_ID, ISSUER, SECRET, TENANT, Issuer, Json, issuing, listening

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DM = "a:1Xyz"


@dataclass
class Call:
    """What came to the connector."""

    method: str
    path: str
    token: str
    body: Any


@dataclass
class Service:
    """A connector that answers `{"id": "m1"}`, or what a test put into `answers`."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: list[web.StreamResponse | Callable[[web.Request], Awaitable[web.StreamResponse]]] = field(
        default_factory=list
    )

    async def take(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.calls.append(Call(request.method, request.raw_path, token, body))
        answer = self.answers.pop(0) if self.answers else web.json_response({"id": "m1"}, status=201)
        return answer if isinstance(answer, web.StreamResponse) else await answer(request)


async def nothing(_: TurnContext) -> None:
    """A handler that does nothing."""


@dataclass
class Door:
    """The adapter behind an address. `logic` handles turns and may be changed; `now` is its clock."""

    issuer: Issuer
    service: Service
    session: aiohttp.ClientSession
    local: bool = False
    tenants: frozenset[str] | None = frozenset({TENANT})
    now: datetime = NOON
    seconds: float = 0.0
    logic: Callable[[TurnContext], Awaitable[None]] = nothing
    turns: list[TurnContext] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        app_id = "" if self.local else APP_ID
        # as Teams' own host would be, the connector of tests is named
        hosts = Hosts([self.service.url.removeprefix("http://"), "smba.trafficmanager.net"])
        self.tokens = Tokens(self.session, self.issuer.url, app_id, SECRET, TENANT)
        self.check = InboundCheck(
            self.session,
            self.issuer.openid_url,
            app_id,
            self.tenants,
            hosts,
            clock=lambda: self.now,
            now=lambda: self.seconds,
        )
        self.connector = Connector(self.session, self.tokens, hosts)
        self.adapter = TeamsAdapter(self.check, self.connector, local=self.local)

    async def take(self, request: web.Request) -> web.Response:
        return await self.adapter.handle(request, self._turn)

    async def _turn(self, context: TurnContext) -> None:
        self.turns.append(context)
        await self.logic(context)

    def activity(self, **changed: Any) -> Json:
        """A message in a personal chat as Teams sends it; a field given as None is left out."""
        made = {
            "type": "message",
            "id": "1714471234567",
            "timestamp": "2026-11-24T12:00:00.123Z",
            "serviceUrl": self.service.url + "/amer/",
            "channelId": "msteams",
            "from": {"id": "29:1Abc", "name": "Léa", "aadObjectId": "0000-lea"},
            "conversation": {"conversationType": "personal", "id": DM, "tenantId": TENANT},
            "recipient": {"id": f"28:{APP_ID}", "name": "Culture Course"},
            "text": "progress",
            "locale": "fr-CA",
            "entities": [{"type": "clientInfo", "locale": "fr-CA", "timezone": "America/Toronto"}],
            "channelData": {"tenant": {"id": TENANT}},
            **changed,
        }
        return {name: value for name, value in made.items() if value is not None}

    def claims(self, **changed: Any) -> Json:
        """What Teams claims: good for an hour, for this app and service address."""
        unix = int(self.now.timestamp())
        return {
            "iss": ISSUER,
            "aud": APP_ID,
            "nbf": unix - 300,
            "exp": unix + 3600,
            "serviceurl": self.service.url + "/amer/",
            **changed,
        }

    def token(self, kid: str = "first", *, key: Any = None, algorithm: str = "RS256", **changed: Any) -> str:
        return self.issuer.token(kid, key=key, algorithm=algorithm, **self.claims(**changed))

    async def post(
        self, activity: Any = None, token: str | None = None, *, headers: dict[str, str] | None = None, **how: Any
    ) -> tuple[int, bytes]:
        """Status and body of what is answered to an activity with a token, both good unless given."""
        sent = {"Authorization": f"Bearer {self.token() if token is None else token}", **(headers or {})}
        if "data" not in how:
            how["json"] = self.activity() if activity is None else activity
        async with self.session.post(self.url, headers=sent, **how) as answer:
            return answer.status, await answer.read()

    def later(self, **by: float) -> None:
        """Both clocks go on."""
        self.now += timedelta(**by)
        self.seconds += timedelta(**by).total_seconds()


@asynccontextmanager
async def opened(*, local: bool = False, tenants: frozenset[str] | None = frozenset({TENANT})) -> AsyncIterator[Door]:
    """A door, with issuer and connector."""
    service = Service()
    async with (
        issuing() as issuer,
        listening(web.route("*", "/{rest:.*}", service.take)) as service.url,
        new_session() as session,
    ):
        door = Door(issuer, service, session, local, tenants)
        async with listening(web.post("/api/messages", door.take)) as url:
            door.url = url + "/api/messages"
            yield door
