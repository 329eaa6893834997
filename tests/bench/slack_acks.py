"""From a signed press to its acknowledgement, beside a bare Bolt app with one listener.

    python -m tests.bench.slack_acks

Each server is a process of its own, so that what is measured is the server and not the crowd. Once the engine is a stub
that answers at once, once the real one, which stores what was done; what Slack would be asked is swallowed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.catalogues import read_catalogues
from adapters.slack.clients import Clients, new_session
from adapters.slack.inbound import SlackInbound
from adapters.slack.installations import Installation
from adapters.slack.platform import SlackPlatform
from bot.messages.actions import encode
from bot.messages.blocks import Message, Reply
from bot.model.commands import Caller, Command, Done
from bot.model.people import Address, Profile
from tests.bench.crowds import Silent, a_crowd
from tests.bench.figures import Figure, milliseconds, quantile, show
from tests.local_slack.core import signing_time
from tests.local_slack.events import signature

ROOT = Path(__file__).resolve().parents[2]
SECRET = "0123456789abcdef0123456789abcdef"
RATES = (100, 500)
SECONDS = 10
PEOPLE = (sum(RATES) * SECONDS) + 100
PATH = "/slack/events"
INSTALLED = Installation("w0", "Acme", "xoxb-1", "UBOT", "BBOT", "A1", frozenset({"chat:write"}))


class Stub:
    """Everything around the door: answers at once, remembers nothing."""

    async def say(self, text: str, caller: Caller) -> Reply:
        return Reply()

    async def press(self, action: str, caller: Caller) -> Reply:
        return Reply()

    async def submit(self, action: str, values: Mapping[str, str], caller: Caller) -> Reply:
        return Reply()

    async def handle(self, command: Command, caller: Caller) -> Reply:
        return Reply()

    async def whole(self, key: str, caller: Caller) -> Message | None:
        return None

    async def put(self, event_id: str, workspace: str, kind: str, payload: str, now: datetime) -> None: ...

    async def done(self, event_id: str) -> None: ...

    async def waiting(self) -> Sequence[Any]:
        return ()

    async def opened(self, workspace: str, ref: str, now: datetime) -> None: ...

    async def open_ones(self, workspace: str, refs: Collection[str]) -> Collection[str]:
        return ()

    async def forget(self, workspace: str, ref: str) -> None: ...

    async def uninstalled(self, workspace: str) -> bool:
        return False

    async def tokens_revoked(self, workspace: str, bots: Sequence[str]) -> bool:
        return False

    async def of(self, workspace: str) -> Installation | None:
        return INSTALLED

    async def all(self) -> Sequence[Installation]:
        return (INSTALLED,)

    async def save(self, installation: Installation) -> None: ...

    async def close(self, workspace: str, reason: str) -> bool:
        return False


class Known(SlackPlatform):
    """Profiles are known already."""

    async def profile(self, address: Address) -> Profile | None:
        return Profile("Ben")


async def ours(application: web.Application) -> None:
    stub: Any = Stub()
    clients = Clients(stub, new_session(), "http://127.0.0.1:9/api/")
    catalogues = read_catalogues()
    platform = Known(clients, catalogues, _now)
    inbound = SlackInbound(stub, platform, clients, stub, stub, stub, _now, catalogues, stub, secrets=(SECRET,))
    await inbound.start()
    application.add_routes(inbound.routes())


class Swallowing:
    """Slack's answers cost Slack, not us."""

    async def once(self, *_: Any) -> dict[str, Any]:
        return {"ok": True}

    post = patiently = once


async def stored(application: web.Application, stack: AsyncExitStack) -> None:
    """The door with the real engine behind it, over a database file; everybody has the first lesson."""
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    silent = Silent("slack")
    crowd = await stack.enter_async_context(
        a_crowd(f"sqlite:///{folder}/chatcourse.db", PEOPLE, cohorts=1, lanes=1, platform=silent, name="slack")
    )
    crowd.clock.ahead = timedelta(hours=1, seconds=5)
    while silent.sent < PEOPLE:
        await crowd.engine.tick()
        await crowd.engine.idle()
    stub: Any = Stub()
    clients, catalogues = Clients(stub, new_session(), "http://127.0.0.1:9/api/"), read_catalogues()
    platform = Known(clients, catalogues, _now)
    platform.calls = Swallowing()  # type: ignore[assignment]
    inbound = SlackInbound(crowd.engine, platform, clients, stub, stub, stub, _now, catalogues, stub, secrets=(SECRET,))
    await inbound.start()
    application.add_routes(inbound.routes())


async def bare(application: web.Application) -> None:
    quiet = logging.getLogger("tests.bench.bolt")
    quiet.setLevel(logging.ERROR)

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_user_id="UBOT", bot_id="BBOT", bot_token="xoxb-1"
        )

    bolt = AsyncApp(authorize=authorize, signing_secret=SECRET, process_before_response=True, logger=quiet)

    @bolt.action("press")
    async def pressed(ack: Any) -> None:
        await ack()

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    application.router.add_post(PATH, events)


async def serve(which: str) -> None:
    application = web.Application()
    async with AsyncExitStack() as stack:
        if which == "stored":
            await stored(application, stack)
        else:
            await {"ours": ours, "bare": bare}[which](application)
        await _until_the_end(application)


async def _until_the_end(application: web.Application) -> None:
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


@contextmanager
def served(which: str) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.slack_acks", which],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


DONE = encode(Done(cohort=1, lesson="why-culture", activity="film"))


def body_of(number: int) -> bytes:
    """A press as Slack sends it, about 2 kB: somebody else each time, who marks the first activity done."""
    person = f"p{number % PEOPLE}"
    pressed = {
        "type": "block_actions",
        "team": {"id": "w0", "domain": "acme"},
        "user": {"id": person, "team_id": "w0", "name": "someone"},
        "api_app_id": "A1",
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "D1", "is_ephemeral": False},
        "channel": {"id": "D1", "name": "directmessage"},
        "trigger_id": f"{number}.1.x",
        "message": {"type": "message", "ts": "1.1", "text": "x" * 700, "blocks": []},
        "actions": [
            {
                "type": "button",
                "action_id": "press",
                "block_id": "b",
                "value": json.dumps([DONE, f"e{number % PEOPLE + 1}/lesson/why-culture", "lesson/1/why-culture"]),
                "action_ts": f"{number}.000001",
            }
        ],
    }
    return b"payload=" + quote(json.dumps(pressed)).encode()


def signed(number: int) -> tuple[bytes, dict[str, str]]:
    body, at = body_of(number), str(signing_time())
    return body, {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": signature(SECRET, at, body),
    }


async def at_rate(url: str, rate: int, seconds: int = SECONDS) -> list[float]:
    """So many presses a second, begun on time however long the others take; seconds from when each was due."""
    loop = asyncio.get_running_loop()
    took: list[float] = []
    presses = [signed(i) for i in range(rate * seconds)]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as session:
        begun = loop.time() + 0.5

        async def one(i: int) -> None:
            due = begun + i / rate
            body, headers = presses[i]
            await asyncio.sleep(max(0.0, due - loop.time()))
            async with session.post(url, data=body, headers=headers) as answer:
                assert answer.status == 200, answer.status
                await answer.read()
            took.append(loop.time() - due)

        await asyncio.gather(*(one(i) for i in range(rate * seconds)))
    return took


def acks(seconds: int = SECONDS) -> list[Figure]:
    """Both servers at each rate."""
    took: dict[tuple[str, int], list[float]] = {}
    for which in ("bare", "ours", "stored"):
        with served(which) as url:
            asyncio.run(at_rate(url, 50, 1))
            for rate in RATES:
                took[which, rate] = asyncio.run(at_rate(url, rate, seconds))
    figures = []
    for rate in RATES:
        bare_bolt = f"bare Bolt: {_said(took['bare', rate])}"
        figures.append(Figure(f"Slack press to ack, {rate}/s", "none", _said(took["ours", rate]), bare_bolt))
        half, most = quantile(took["stored", rate], 0.5), quantile(took["stored", rate], 0.99)
        aim, met = ("p50 under 5, p99 under 50", half < 0.005 and most < 0.05) if rate == RATES[0] else ("", None)
        figures.append(Figure("  with the fact stored", "sqlite", _said(took["stored", rate]), bare_bolt, aim, met))
    return figures


def _said(took: Sequence[float]) -> str:
    return f"p50 {milliseconds(quantile(took, 0.5))}, p99 {milliseconds(quantile(took, 0.99))}"


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 (signatures are about the real time)


def main() -> None:
    if len(sys.argv) > 1:
        asyncio.run(serve(sys.argv[1]))
        return
    for figure in acks():
        show(figure)


if __name__ == "__main__":
    main()
