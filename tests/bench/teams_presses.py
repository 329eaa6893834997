"""From a signed press of Teams' to its answer with the card, beside a bare aiohttp handler that checks the same token
with PyJWT and answers the same card.

    python -m tests.bench.teams_presses

Each server is a process of its own, so that what is measured is the server and not the crowd.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import jwt
from aiohttp import web

from adapters.catalogues import read_catalogues
from adapters.database.teams import TeamsInbox, TeamsPlaces
from adapters.teams.adapter import TeamsAdapter
from adapters.teams.checking import InboundCheck
from adapters.teams.clients import new_session
from adapters.teams.connector import Connector
from adapters.teams.hosts import Hosts
from adapters.teams.inbound import PATH, TeamsInbound
from adapters.teams.pacing import Pace
from adapters.teams.places import Place, Room, Team
from adapters.teams.platform import TeamsPlatform
from adapters.teams.tokens import Tokens
from app import utc_now
from bot.messages.actions import encode
from bot.model.commands import Done
from tests.bench.crowds import Silent, a_crowd
from tests.bench.figures import Figure, milliseconds, quantile, show
from tests.bench.teams import APP, at_home
from tests.bench.teams_stub import ROOT, a_connector
from tests.local_teams.login import ISSUER, Login, claims, key_number, openid

RATE = 100
SECONDS = 10
PEOPLE = RATE * SECONDS + 100
TOKENS = 50
DONE = encode(Done(cohort=1, lesson="why-culture", activity="film"))


async def stored(application: web.Application, stack: AsyncExitStack, base: str, address: str) -> None:
    """The door with the real engine behind it, over a database file; everybody has the app and the first lesson."""
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    silent = Silent("teams")
    crowd = await stack.enter_async_context(
        a_crowd(f"sqlite:///{folder}/chatcourse.db", PEOPLE, cohorts=1, lanes=1, platform=silent, name="teams")
    )
    crowd.clock.ahead = timedelta(hours=1, seconds=5)
    while silent.sent < PEOPLE:
        await crowd.engine.tick()
        await crowd.engine.idle()
    await at_home(crowd, PEOPLE, address)
    session = await stack.enter_async_context(new_session())
    hosts = Hosts([address.removeprefix("http://")])
    connector = Connector(session, Tokens(session, address, APP, "password-of-a-bench", ""), hosts)
    places, catalogues = TeamsPlaces(crowd.store, utc_now, Place, Team, Room), read_catalogues()
    platform = TeamsPlatform(connector, places, catalogues, APP, pace=Pace(1e6, 0.0))
    check = InboundCheck(session, f"{base}/openid", APP, None, hosts, clock=utc_now)
    adapter = TeamsAdapter(check, connector, local=False)
    inbound = TeamsInbound(
        crowd.engine, platform, adapter, places, TeamsInbox(crowd.store), session, utc_now, catalogues
    )
    await inbound.start()
    application.add_routes(inbound.routes())


async def bare(application: web.Application) -> None:
    key = key_number(0).public_key()
    body = {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": {"x": "x" * 20_000}}

    async def pressed(request: web.Request) -> web.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        jwt.decode(token, key, ["RS256"], audience=APP, issuer=ISSUER)
        await request.json()
        return web.json_response(body)

    application.router.add_post(PATH, pressed)


async def serve(which: str, address: str) -> None:
    """Prints its address and some tokens, as JSON."""
    login, routes = Login(), web.RouteTableDef()
    base = ""

    @routes.get("/openid")
    async def _(request: web.Request) -> web.Response:
        return web.json_response(openid(base))

    @routes.get("/v1/.well-known/keys")
    async def _(request: web.Request) -> web.Response:
        return web.json_response(login.keys())

    application = web.Application()
    application.add_routes(routes)
    sock = await _listen()
    base = f"http://127.0.0.1:{sock.getsockname()[1]}"
    async with AsyncExitStack() as stack:
        if which == "stored":
            await stored(application, stack, base, address)
        else:
            await bare(application)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.SockSite(runner, sock, backlog=1024).start()
        now = utc_now().timestamp()
        tokens = [login.signed(claims(APP, address, now - number)) for number in range(TOKENS)]
        print(json.dumps({"url": base + PATH, "tokens": tokens}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await runner.cleanup()


async def _listen() -> Any:
    import socket

    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    return sock


@contextmanager
def served(which: str, address: str) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.bench.teams_presses", which, address]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def pressed(number: int, address: str) -> bytes:
    """A press as Teams sends it: somebody else each time, who marks the first activity done."""
    person = number % PEOPLE
    stamp = {"a": DONE, "k": f"e{person + 1}/lesson/why-culture", "n": "", "t": "lesson/1/why-culture"}
    activity = {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "id": f"f:{number}",
        "timestamp": "2026-11-24T12:00:00.000Z",
        "serviceUrl": address,
        "channelId": "msteams",
        "locale": "en-CA",
        "from": {"id": f"29:{person}", "name": "Someone", "aadObjectId": f"p{person}"},
        "conversation": {"conversationType": "personal", "id": f"a:p{person}", "tenantId": "w0"},
        "recipient": {"id": f"28:{APP}", "name": "Chatcourse"},
        "channelData": {"tenant": {"id": "w0"}, "source": {"name": "message"}},
        "entities": [{"type": "clientInfo", "locale": "en-CA", "timezone": "America/Toronto", "platform": "Web"}],
        "replyToId": str(1_700_000_000_000 + number),
        "value": {
            "action": {"type": "Action.Execute", "verb": "cc", "data": {"cc": stamp}},
            "trigger": "manual",
        },
    }
    return json.dumps(activity).encode()


async def at_rate(server: dict[str, Any], address: str, first: int, count: int) -> list[float]:
    """A hundred presses a second, begun on time however long the others take; seconds from when each was due."""
    loop = asyncio.get_running_loop()
    took: list[float] = []
    bodies = [pressed(first + i, address) for i in range(count)]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as session:
        begun = loop.time() + 0.2

        async def one(i: int) -> None:
            due = begun + i / RATE
            token = server["tokens"][i % TOKENS]
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            await asyncio.sleep(max(0.0, due - loop.time()))
            async with session.post(server["url"], data=bodies[i], headers=headers) as answer:
                said = await answer.json()
                assert answer.status == 200, answer.status
                assert said["type"] == "application/vnd.microsoft.card.adaptive", said
            took.append(loop.time() - due)

        await asyncio.gather(*(one(i) for i in range(count)))
    return took


def teams_presses(seconds: int = SECONDS) -> list[Figure]:
    """Token checked, fact stored, card drawn; the message in Teams is changed besides."""
    took: dict[str, list[float]] = {}
    with a_connector(0.0) as address:
        for which in ("bare", "stored"):
            with served(which, address) as server:
                asyncio.run(at_rate(server, address, 0, 100))
                took[which] = asyncio.run(at_rate(server, address, 100, RATE * seconds))
    return [
        Figure(
            f"Teams press to card, {RATE}/s",
            "sqlite",
            _said(took["stored"]),
            f"bare aiohttp and PyJWT: {_said(took['bare'])}",
        )
    ]


def _said(took: Sequence[float]) -> str:
    return f"p50 {milliseconds(quantile(took, 0.5))}, p99 {milliseconds(quantile(took, 0.99))}"


def main() -> None:
    if len(sys.argv) > 1:
        asyncio.run(serve(sys.argv[1], sys.argv[2]))
        return
    for figure in teams_presses():
        show(figure)


if __name__ == "__main__":
    main()
