"""A browser chat on a real server and a real database, with the scripted engine behind it.

To look at it by hand: `.venv/bin/python -m tests.adapters.browser.server`
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from aiohttp import web

from adapters.browser.access import Access, Mode
from adapters.browser.inbound import BrowserInbound
from adapters.browser.log import ChatLog
from adapters.browser.platform import SAMPLE_PEOPLE, BrowserPlatform
from adapters.database import chat_tables
from adapters.database.chat import ChatStore
from adapters.database.connections import connections_to
from adapters.database.metadata import metadata
from bot.model.people import Address
from tests.adapters.browser.scripted import ScriptedEngine, commands

WORKSPACE = "demo"
TABLES = [
    table for table in metadata.sorted_tables if table.name.startswith("chat_") and chat_tables.messages is not None
]

MEDIA = {
    "film.svg": (
        "image/svg+xml",
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360"><rect width="640" height="360" fill="#0b5f63"/>'
        '<circle cx="230" cy="190" r="70" fill="#f2c879"/><rect x="330" y="110" width="180" height="150" rx="12" '
        'fill="#fdf6e6"/></svg>',
    ),
    "film.vtt": ("text/vtt", "WEBVTT\n\n00:00.000 --> 00:05.000\n(music)\n"),
    "film.html": ("text/html", "<!doctype html><title>Transcript</title><p>A clerk sits down."),
}


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 (this test server is its own clock)


@asynccontextmanager
async def open_chat(url: str) -> AsyncIterator[ChatLog]:
    """The chat's store on the database at `url`, tables made where they are missing."""
    connections = connections_to(url)
    try:
        async with connections.begin() as connection:
            await connection.run_sync(lambda sync: metadata.create_all(sync, tables=TABLES))
        yield cast(ChatLog, ChatStore(connections))
    finally:
        await connections.close()


@dataclass
class Chat:
    """Everything of one running chat."""

    log: ChatLog
    platform: BrowserPlatform
    engine: ScriptedEngine
    inbound: BrowserInbound
    app: web.Application
    base: str = ""
    addresses: dict[str, Address] = field(default_factory=dict)


@asynccontextmanager
async def serving(
    url: str,
    *,
    mode: Mode = "open",
    secrets: Sequence[str] = (),
    port: int = 0,
    engine: ScriptedEngine | None = None,
    public_url: str = "http://127.0.0.1",
) -> AsyncIterator[Chat]:
    """Serve the chat on this machine until the block ends."""
    async with open_chat(url) as log:
        platform = BrowserPlatform(log, now)
        await platform.add_people(WORKSPACE, SAMPLE_PEOPLE)
        engine = engine or ScriptedEngine()
        engine.forget = platform.forget
        access = Access(mode, workspace=WORKSPACE, public_url=public_url, secrets=secrets)
        inbound = BrowserInbound(engine, platform, log, now, access, commands)
        app = web.Application()
        app.add_routes(inbound.routes())
        app.router.add_get("/media/{name}", _media)
        app.on_shutdown.append(inbound.close)
        runner = web.AppRunner(app, shutdown_timeout=2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        chat = Chat(log, platform, engine, inbound, app)
        chat.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        chat.addresses = {who.ref: Address("browser", WORKSPACE, who.ref) for who in SAMPLE_PEOPLE}
        try:
            yield chat
        finally:
            await runner.cleanup()


async def _media(request: web.Request) -> web.Response:
    found = MEDIA.get(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    return web.Response(text=found[1], content_type=found[0])


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with serving(f"sqlite:///{Path(folder) / 'chat.db'}", port=3980) as chat:
            await fill(chat)
            print(f"{chat.base}/chat/side")
            await asyncio.Event().wait()


async def fill(chat: Chat) -> None:
    """Some conversation to look at."""
    from bot.model.commands import Caller
    from tests.adapters.browser import showcase

    for ref, language in (("amelie", showcase.FR), ("ben", showcase.EN)):
        address = chat.addresses[ref]
        profile = await chat.platform.profile(address)
        assert profile
        await chat.platform.send(address, chat.engine.lesson(Caller(address, profile)), f"{ref}/lesson/1")
        await chat.platform.send(address, showcase.everything(language), f"{ref}/everything")
    people = [chat.addresses["ben"], chat.addresses["nadia"]]
    room = await chat.platform.open_room(WORKSPACE, "spring-07-toronto", "Tue 12:30 · digital culture", people, "g7")
    await chat.platform.send(room, showcase.home_card(showcase.EN), "g7/hello")


if __name__ == "__main__":
    asyncio.run(main())
