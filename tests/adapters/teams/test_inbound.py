"""Teams' door over HTTP: real botbuilder turns, answers as Teams documents them, and nothing lost on the way."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import aiohttp
from aiohttp import web

from adapters.catalogues import read_catalogues
from adapters.teams.adapter import TeamsAdapter
from adapters.teams.checking import InboundCheck
from adapters.teams.connector import Connector
from adapters.teams.inbound import PATH, TeamsInbound
from adapters.teams.places import Place
from adapters.teams.stamps import stamp
from bot.messages.blocks import Button, Reply
from tests.adapters.teams.inbound_stage import (
    BEN,
    CHAT,
    HELP,
    ME,
    TENANT,
    USER,
    Chats,
    Kept,
    Script,
    activity,
    card_text,
    message,
    press,
    pressing,
    saying,
)


class Everybody:
    """A check that lets all requests in; `test_checking.py` is about the real one."""

    async def check(self, authorization: str, activity: dict[str, Any]) -> None:
        return None


@dataclass
class Server:
    engine: Script
    chats: Chats
    inbox: Kept
    inbound: TeamsInbound
    session: aiohttp.ClientSession
    url: str

    async def post(self, raw: dict[str, Any]) -> tuple[int, Any]:
        """What Teams gets for an activity: status, and the body where there is one."""
        async with self.session.post(self.url + PATH, json=raw) as response:
            status, text = response.status, await response.text()
            return status, (await response.json() if text else None)


@asynccontextmanager
async def a_server() -> AsyncIterator[Server]:
    engine, chats, inbox = Script(), Chats(), Kept()
    chats.places[ME] = Place(TENANT, BEN, CHAT, "https://smba.trafficmanager.net/amer/", USER)
    async with aiohttp.ClientSession() as session:
        adapter = TeamsAdapter(cast(InboundCheck, Everybody()), cast(Connector, None), local=False)
        inbound = TeamsInbound(
            engine,
            chats,
            adapter,
            chats,
            inbox,
            session,
            lambda: datetime(2026, 11, 24, tzinfo=UTC),
            read_catalogues(),
        )
        app = web.Application()
        app.add_routes(inbound.routes())
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await inbound.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield Server(engine, chats, inbox, inbound, session, url)
        finally:
            engine.gate.set()
            await inbound.close()
            await runner.cleanup()


async def test_a_message_is_acknowledged_and_answered_in_the_background() -> None:
    """202 without a body, while the engine still thinks."""
    async with a_server() as server:
        server.engine.gate.clear()
        server.engine.reply = Reply(say=saying("Here"))
        assert await server.post(message("progress")) == (202, None)
        assert list(server.inbox.rows)
        server.engine.gate.set()
        await server.inbound.idle()
        assert server.chats.texts() == ["Here"]


async def test_a_press_is_answered_with_the_card_exactly_as_it_was_made() -> None:
    """Through botbuilder's turn nothing is lost of it, and the trigger of a refresh is heard."""
    async with a_server() as server:
        server.engine.reply = Reply(replace=saying("Lesson, done", Button("Undo", HELP)))
        server.chats.stand("m1", "Lesson")
        status, body = await server.post(pressing(key="e1/lesson"))
        await server.inbound.idle()
        assert (status, body["statusCode"]) == (200, 200)
        assert body["value"] == server.chats.posts[CHAT][0].card
        server.engine.wholes["e1/lesson"] = saying("Lesson, now")
        status, body = await server.post(press(stamp(HELP, "e1/lesson"), trigger="automatic"))
        assert "Lesson, now" in card_text(body["value"])
        assert len(server.engine.asked) == 1


async def test_unknown_invokes_are_not_implemented_and_files_are_answered_empty() -> None:
    """501, and 200 without a body."""
    async with a_server() as server:
        assert (await server.post(activity("invoke", name="task/fetch", value={})))[0] == 501
        value = {"action": "decline", "context": {}}
        assert await server.post(activity("invoke", name="fileConsent/invoke", value=value)) == (200, None)


async def test_whatever_breaks_is_never_a_500() -> None:
    """A press is told so in the form that Teams knows; anything else is acknowledged."""
    async with a_server() as server:
        server.engine.broken = True
        status, body = await server.post(pressing())
        assert (status, body["statusCode"], body["type"]) == (200, 500, "application/vnd.microsoft.error")
        assert await server.post(message("x")) == (202, None)
        assert await server.post(activity("installationUpdate", action="add")) == (202, None)


async def test_presses_are_answered_within_a_second() -> None:
    """Each of fifty, on a machine that does other things too."""
    async with a_server() as server:
        server.engine.reply = Reply(replace=saying("Lesson, done", Button("Undo", HELP)))
        for number in range(50):
            begun = time.perf_counter()
            status, _ = await server.post(pressing(key=f"e{number}/lesson"))
            assert status == 200
            assert time.perf_counter() - begun < 1.0
