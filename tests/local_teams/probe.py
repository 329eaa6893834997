"""A tiny app for tests of the local Teams itself: it writes down what comes and answers as told, and calls by hand."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from .app import App
from .local import LocalTeams
from .state import Json

CARD = "application/vnd.microsoft.card.adaptive"
CONNECTOR, GRAPH = "https://api.botframework.com/.default", "https://graph.microsoft.com/.default"


def execute(title: str, key: str = "e1/lesson", **more: Any) -> Json:
    data = {"cc": {"a": title.lower(), "k": key}}
    return {"type": "Action.Execute", "verb": "cc", "title": title, "data": data, **more} | {
        "fallback": {"type": "Action.Submit", "title": title, "data": data}
    }


def card(*body: Json, actions: tuple[Json, ...] = (), reader: str = "", key: str = "e1/lesson") -> Json:
    made: Json = {"type": "AdaptiveCard", "version": "1.5", "lang": "en", "fallbackText": "A card"}
    made["speak"] = "A card"
    made["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json"
    made["body"] = list(body) or [{"type": "TextBlock", "text": "Hello", "wrap": True}]
    if actions:
        made["body"].append({"type": "ActionSet", "actions": list(actions)})
    if reader:
        refresh = {"type": "Action.Execute", "verb": "cc", "data": {"cc": {"a": "refresh", "k": key}}}
        made["refresh"] = {"action": refresh, "userIds": [reader]}
    return made


def carrying(content: Json) -> Json:
    return {"type": "message", "summary": "Hello", "attachments": [{"contentType": CARD, "content": content}]}


def saying(text: str) -> Json:
    return {"type": "message", "text": text}


def card_answer(content: Json) -> Json:
    return {"statusCode": 200, "type": CARD, "value": content}


@dataclass
class Probe:
    """`answers` maps the name of an invoke to the body it gets; `statuses` an activity's type to another status."""

    teams: LocalTeams
    session: aiohttp.ClientSession
    heard: list[tuple[Json, str]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self.heard.append((activity, request.headers["Authorization"].removeprefix("Bearer ")))
        if activity["type"] in self.statuses:
            return web.Response(status=self.statuses[activity["type"]])
        if activity["type"] != "invoke":
            return web.Response(status=202)
        body = self.answers.get(activity["name"])
        return web.json_response(body) if body is not None else web.Response()

    async def token(self, scope: str = CONNECTOR, tenant: str = "", **changes: str) -> tuple[int, Json]:
        """Ask for a token; with `changes` something else than Microsoft expects."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.teams.app.id,
            "client_secret": self.teams.app.password,
            "scope": scope,
        }
        where = tenant or self.teams.app.login_tenant
        url = f"{self.teams.login_url}/{where}/oauth2/v2.0/token"
        async with self.session.post(url, data=form | changes) as answer:
            return answer.status, await answer.json()

    async def calls(
        self, method: str, path: str, body: Json | None = None, token: str = ""
    ) -> tuple[int, Any, Mapping[str, str]]:
        """A call of the connector, signed; status, body (None for none) and headers."""
        if not token and CONNECTOR not in self.tokens:
            self.tokens[CONNECTOR] = (await self.token())[1]["access_token"]
        url = f"{self.teams.core.base}/amer/v3/{path}"
        return await self._call(method, url, body, token or self.tokens[CONNECTOR])

    async def graph(self, tenant: str, method: str, path: str, body: Json | None = None) -> tuple[int, Any]:
        """A call of Graph; `path` may be a whole address."""
        if tenant not in self.tokens:
            self.tokens[tenant] = (await self.token(GRAPH, tenant))[1]["access_token"]
        url = path if path.startswith("http") else f"{self.teams.core.base}/graph/v1.0/{path}"
        status, found, _ = await self._call(method, url, body, self.tokens[tenant])
        return status, found

    async def _call(self, method: str, url: str, body: Json | None, token: str) -> tuple[int, Any, Mapping[str, str]]:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            raw = await answer.read()
            found = json.loads(raw) if answer.content_type == "application/json" else raw.decode() or None
            return answer.status, found, answer.headers


@asynccontextmanager
async def probing(app: App | None = None, **more: Any) -> AsyncIterator[Probe]:
    """A local Teams whose app is a probe."""
    async with LocalTeams(app, **more) as teams, aiohttp.ClientSession() as session:
        probe = Probe(teams, session)
        served = web.Application()
        served.router.add_post("/api/messages", probe.take)
        runner = web.AppRunner(served, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        teams.connect(f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages")
        try:
            yield probe
        finally:
            await teams.settle()
            await runner.cleanup()
