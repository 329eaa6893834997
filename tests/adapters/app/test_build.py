"""The whole, plugged together in this process: what tests and harnesses use."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
from aiohttp import web

from adapters.settings import load_settings
from adapters.web.probe import listen
from app import App, PlatformFactory, Plug, Tools, build, running, serve
from bot.messages.blocks import Message
from bot.model.delivery import MessageRef
from bot.model.people import Address, Profile
from bot.ports import Ability, Found, Pacing
from tests.adapters.app.conftest import REPOSITORY


class Recorder:
    """A platform that remembers what it was given."""

    name = "recorder"
    can: frozenset[Ability] = frozenset()

    def __init__(self) -> None:
        self.sent: list[tuple[Address, str]] = []
        self.said_goodbye = False

    def pacing(self, workspace: str) -> Pacing:
        return Pacing(per_second=100, per_address_seconds=0, in_flight=4)

    async def send(self, to: Address, message: Message, key: str) -> MessageRef:
        self.sent.append((to, key))
        return MessageRef(to, str(len(self.sent)))

    async def update(self, ref: MessageRef, message: Message) -> None: ...

    async def find(self, to: Address, key: str, since: datetime) -> Sequence[MessageRef]:
        return []

    async def withdraw(self, ref: MessageRef) -> None: ...

    async def profile(self, address: Address) -> Profile | None:
        return Profile(name=address.ref)

    async def find_people(self, workspace: str, wanted: Sequence[str]) -> Sequence[Found]:
        return [Found(words, Address(self.name, workspace, words), Profile(name=words)) for words in wanted]

    async def open_room(self, workspace: str, name: str, topic: str, people: Sequence[Address], key: str) -> Address:
        raise NotImplementedError

    async def set_room_people(self, room: Address, people: Sequence[Address]) -> None: ...

    async def close_room(self, room: Address) -> None: ...

    async def forget(self, address: Address) -> None: ...

    def plug(self, tools: Tools) -> Plug:
        async def hello(_request: web.Request) -> web.Response:
            return web.json_response({"platform": self.name})

        async def goodbye() -> None:
            self.said_goodbye = True

        return Plug(self, lambda engine: [web.get("/recorder", hello)], closing=goodbye)


def get(url: str) -> dict[str, object]:
    with urlopen(url, timeout=10) as response:  # noqa: S310 (our own server)
        answer: dict[str, object] = json.loads(response.read())
        return answer


@asynccontextmanager
async def served(root: Path, platforms: Sequence[PlatformFactory]) -> AsyncIterator[App]:
    (root / "course_content").symlink_to(REPOSITORY / "course_content")
    settings = load_settings(root, {"PORT": "0"}, create_key=True)
    with listen(settings.host, settings.port) as listener:
        settings = settings.listening_on(listener.getsockname()[1])
        async with build(settings, platforms) as app, running(app, listener):
            yield app


async def test_a_platform_can_be_plugged_in(tmp_path: Path) -> None:
    """With its routes, without a change anywhere else; and it hears when the server stops."""
    recorder = Recorder()
    async with served(tmp_path, [recorder.plug]) as app:
        assert app.engine.parts.platforms == {"recorder": recorder}
        assert await asyncio.to_thread(get, f"{app.settings.public_url}/recorder") == {"platform": "recorder"}
        assert app.chat_url is None
    assert recorder.said_goodbye


async def test_the_engine_gets_every_part(tmp_path: Path) -> None:
    """Courses, calendars, both languages, and links that lead here."""
    async with served(tmp_path, []) as app:
        parts = app.engine.parts
        course = parts.courses.latest("culture")
        assert course is not None
        assert parts.courses.edition("culture", course.edition) == course
        assert [each.id for each in parts.courses.all_latest()] == ["culture"]
        assert parts.courses.latest("nothing") is None
        with pytest.raises(KeyError):
            parts.courses.edition("culture", "nothing")
        assert parts.holidays.known("CA-ON")
        assert len(parts.catalogues) == 2
        assert parts.links.base == app.settings.public_url
        await asyncio.sleep(0.1)
        assert app.heartbeat.age < 5


async def test_two_processes_know_each_others_editions(tmp_path: Path) -> None:
    """One has newer files; the other can still send what was planned with them."""
    async with served(tmp_path, []) as app:
        async with app.store.transaction() as tx:
            course = app.shelf.latest("culture")
            assert course is not None
            document = await tx.document("culture", course.edition)
            assert document is not None
            newer = document.replace('"licence":"', '"licence":"X-')
            assert newer != document
            from bot.rules.content import edition_of

            await tx.save_edition("culture", edition_of(newer), newer, app.engine.parts.clock())
        assert not await app.shelf.refresh()
        assert app.shelf.edition("culture", edition_of(newer)).licence.startswith("X-")
        assert app.shelf.latest("culture") == course


async def test_serving_can_be_ended_from_inside(tmp_path: Path) -> None:
    """A harness cancels it like any task, and everything is closed."""
    (tmp_path / "course_content").symlink_to(REPOSITORY / "course_content")
    settings = load_settings(tmp_path, {"PORT": "0"}, create_key=True)
    recorder, begun = Recorder(), asyncio.Event()
    with listen(settings.host, settings.port) as listener:
        serving = asyncio.create_task(
            serve(settings, listener, platforms=[recorder.plug], announce=lambda app: begun.set())
        )
        await asyncio.wait_for(begun.wait(), 20)
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
    assert recorder.said_goodbye
