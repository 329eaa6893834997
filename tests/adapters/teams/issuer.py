"""Whoever signs what Teams sends, and the login that gives the app its own tokens; both on one loopback port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

Json = dict[str, Any]

ISSUER = "https://api.botframework.com"
APP_ID = "11111111-2222-3333-4444-555555555555"
SECRET = "app-secret-of-a-test"
TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"


@cache
def key_pair(kid: str) -> rsa.RSAPrivateKey:
    """One key per name in a whole test run: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Issuer:
    """What the two answer; everything may be changed while they run.

    `keys` are the names and endorsed channels of the published keys. `down` makes key documents fail; `gate` holds
    their answers back until it is set; `reached` says that one waits there. `asked` are the
    token requests, `answers` what they get instead of a token.
    """

    url: str = ""
    keys: dict[str, list[str]] = field(default_factory=lambda: {"first": ["msteams"]})
    further: list[Json] = field(default_factory=list)
    down: bool = False
    gate: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    fetched: int = 0
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    expires_in: Any = 3600

    @property
    def openid_url(self) -> str:
        return self.url + "/openidconfiguration"

    def token(self, kid: str = "first", *, algorithm: str = "RS256", key: Any = None, **claims: Any) -> str:
        """A token of that key; a claim given as None is left out."""
        given = {name: value for name, value in claims.items() if value is not None}
        signed_with = key_pair(kid) if key is None else key
        return jwt.encode(given, signed_with, algorithm=algorithm, headers={"kid": kid})

    async def openid(self, _: web.Request) -> web.Response:
        self.fetched += 1
        if self.gate is not None:
            self.reached.set()
            await self.gate.wait()
        if self.down:
            return web.Response(status=503, text="<html>down</html>")
        return web.json_response({"issuer": ISSUER, "jwks_uri": self.url + "/keys"})

    async def jwks(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": [*self.further, *(jwk(kid, names) for kid, names in self.keys.items())]})

    async def login(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, {name: str(value) for name, value in (await request.post()).items()}))
        if self.answers:
            return self.answers.pop(0)
        token = f"token-{len(self.asked)}"
        return web.json_response({"token_type": "Bearer", "expires_in": self.expires_in, "access_token": token})


def jwk(kid: str, endorsements: list[str]) -> Json:
    made: Json = json.loads(RSAAlgorithm.to_jwk(key_pair(kid).public_key()))
    return {**made, "kid": kid, "use": "sig", "endorsements": endorsements}


@asynccontextmanager
async def issuing() -> AsyncIterator[Issuer]:
    """An issuer and login that answer."""
    issuer = Issuer()
    routes = [
        web.get("/openidconfiguration", issuer.openid),
        web.get("/keys", issuer.jwks),
        web.post("/{tenant}/oauth2/v2.0/token", issuer.login),
    ]
    async with listening(*routes) as issuer.url:
        yield issuer


@asynccontextmanager
async def listening(*routes: web.AbstractRouteDef) -> AsyncIterator[str]:
    """The address of a web server with these routes."""
    app = web.Application(client_max_size=4 * 2**20)
    app.add_routes(routes)
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
