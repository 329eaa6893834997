"""A naive app on the real Bolt, served over HTTP: what the local Slack is tried with.

It echoes messages and commands, replaces what is pressed, and opens a form; and it is what an app's own tests may
start from.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from .app import App
from .checks import Json
from .local import LocalSlack
from .workspaces import Workspace

QUIET = logging.getLogger("tests.local_slack.echo")
QUIET.setLevel(logging.CRITICAL)


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "plain_text", "text": text}}


def buttons(*labels: str) -> Json:
    return {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": f"press_{number}",
                "value": label,
                "text": {"type": "plain_text", "text": label},
            }
            for number, label in enumerate(labels)
        ],
    }


def form(**more: Any) -> Json:
    """A modal with one field."""
    field_ = {"type": "plain_text_input", "action_id": "name"}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "Join"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [
            {
                "type": "input",
                "block_id": "who",
                "label": {"type": "plain_text", "text": "Your name"},
                "element": field_,
            }
        ],
        **more,
    }


@dataclass
class World:
    """A local Slack with one workspace, and the app that serves it."""

    slack: LocalSlack
    acme: Workspace
    token: str
    client: AsyncWebClient
    bolt: AsyncApp
    session: aiohttp.ClientSession
    seen: list[Json] = field(default_factory=list)


@asynccontextmanager
async def bare(app: App | None = None, **how: Any) -> AsyncIterator[World]:
    """A local Slack, a workspace, a client that never repeats a call, and a Bolt app without listeners."""
    async with LocalSlack(app, **how) as slack, aiohttp.ClientSession() as session:
        acme = slack.workspace("Acme")
        token = slack.install(acme)
        client = AsyncWebClient(token, base_url=slack.api_url, session=session, retry_handlers=[], logger=QUIET)
        bolt = AsyncApp(client=client, signing_secret=slack.app.signing_secret, logger=QUIET)
        yield World(slack, acme, token, client, bolt, session)


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[World]:
    """Let the Bolt app take requests."""

    async def events(request: web.Request) -> web.Response:
        answer = await world.bolt.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    app = web.Application()
    app.router.add_post("/slack/events", events)
    runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    world.slack.connect(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield world
    finally:
        await world.slack.settle()
        await runner.cleanup()


def echo_listeners(world: World) -> None:
    """Say back what is said, replace what is pressed, open a form for /form."""
    bolt = world.bolt

    @bolt.event("message")
    async def message(event: Json, say: Any) -> None:
        world.seen.append(event)
        if not event.get("subtype"):
            await say(f"You said: {event['text']}")

    @bolt.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        world.seen.append(event)
        view = {"type": "home", "blocks": [section("Welcome home"), buttons("Start")]}
        await client.views_publish(user_id=event["user"], view=view)

    @bolt.event("team_join")
    @bolt.event("user_change")
    async def others(event: Json) -> None:
        world.seen.append(event)

    @bolt.command("/echo")
    async def command(ack: Any, body: Json) -> None:
        world.seen.append(body)
        await ack(f"Echo: {body['text']}")

    @bolt.command("/form")
    async def open_form(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form())

    @bolt.view("form")
    async def sent(ack: Any, view: Json) -> None:
        name = view["state"]["values"]["who"]["name"]["value"]
        if name == "nobody":
            await ack(response_action="errors", errors={"who": "Nobody is taken."})
        else:
            done = {"type": "modal", "title": {"type": "plain_text", "text": "Done"}, "blocks": [section(f"Hi {name}")]}
            await ack(response_action="update", view=done)

    @bolt.action({"type": "block_actions", "action_id": "press_0"})
    async def pressed(ack: Any, body: Json, respond: Any) -> None:
        world.seen.append(body)
        await ack()
        if "response_url" in body:
            await respond(text="Pressed", blocks=[section("Pressed")], replace_original=True)


@asynccontextmanager
async def echo(app: App | None = None, **how: Any) -> AsyncIterator[World]:
    """The whole: local Slack, echo app, connected."""
    async with bare(app, **how) as world, serving(world):
        echo_listeners(world)
        yield world
