"""Files: offered, made again and put where Teams says; and read from what people attach.

Bytes go to files' hosts only, and come from nowhere else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web

from adapters.teams.acts import Attached
from adapters.teams.files import MOST_BYTES, Files, Unreadable, wanted
from bot.errors import SendFailed
from bot.messages.blocks import File, Reply
from tests.adapters.teams.inbound_stage import CHAT, Door, a_door, activity, message, saying

REPORT = File("report.csv", "text/csv", b"a,b\n", "A report")
CONTEXT = {"ccfile": {"how": "press", "what": "cohort.report?cohort=1"}}


@dataclass
class Drive:
    """Where files are: gives `content`, takes what is put, answers `status`."""

    url: str = ""
    content: bytes = b"email,track\nann@example.org,x\n"
    status: int = 200
    taken: list[tuple[bytes, str, str]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)

    async def give(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.headers))
        headers = {"Location": "https://elsewhere.example"} if self.status == 302 else {}
        return web.Response(status=self.status, body=self.content, headers=headers)

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((await request.read(), request.headers["Content-Range"], request.content_type))
        return web.Response(status=self.status)


@asynccontextmanager
async def a_drive() -> AsyncIterator[Drive]:
    drive = Drive()
    app = web.Application(client_max_size=10 * MOST_BYTES)
    app.add_routes([web.get("/f", drive.give), web.put("/f", drive.take)])
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    drive.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield drive
    finally:
        await runner.cleanup()


def consent(action: str, drive: Drive | None = None, context: Any = CONTEXT) -> dict[str, Any]:
    value: dict[str, Any] = {"type": "fileUpload", "action": action, "context": context}
    if drive is not None:
        url = f"{drive.url}/f"
        value["uploadInfo"] = {"uploadUrl": url, "contentUrl": "https://acme.sharepoint.com/r.csv", "name": "r.csv"}
    return activity("invoke", name="fileConsent/invoke", value=value, replyToId="c1")


def attaching(url: str, text: str = "cohort enrol spring") -> dict[str, Any]:
    kind = "application/vnd.microsoft.teams.file.download.info"
    return message(text, attachments=[{"contentType": kind, "name": "p.csv", "content": {"downloadUrl": url}}])


class Nobody:
    """A session that must not be used."""

    def get(self, url: str, **more: Any) -> None:
        raise AssertionError("called")

    put = get


async def offered(door: Door) -> None:
    door.chats.stand("c1", "report.csv")
    door.engine.reply = Reply(file=REPORT)


async def test_an_accepted_file_is_made_again_and_put_there() -> None:
    """Its card then shows the file; the answer itself is empty and at once."""
    async with a_drive() as drive, a_door(files_from=[drive.url]) as door:
        await offered(door)
        answered = await door.take(consent("accept", drive))
        assert answered is not None
        assert answered.body is None
        assert door.asked == [("press", "cohort.report?cohort=1")]
        assert drive.taken == [(b"a,b\n", "bytes 0-3/4", "text/csv")]
        [post] = door.chats.posts[CHAT]
        [attachment] = post.activity["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.teams.card.file.info"
        assert attachment["contentUrl"] == "https://acme.sharepoint.com/r.csv"


async def test_a_file_accepted_again_by_the_same_event_is_put_once() -> None:
    """Teams may tell it twice."""
    async with a_drive() as drive, a_door(files_from=[drive.url]) as door:
        await offered(door)
        raw = consent("accept", drive)
        await door.take(raw)
        await door.take(raw)
        assert len(drive.taken) == 1


async def test_a_declined_file_is_not_made() -> None:
    """One line says that it was not saved."""
    async with a_door() as door:
        await offered(door)
        await door.take(consent("decline"))
        assert door.asked == []
        assert len(door.chats.texts()) == 1
        assert door.chats.texts() != ["report.csv"]


@pytest.mark.parametrize("status", [302, 403, 500])
async def test_a_file_that_cannot_be_put_there_is_said(status: int) -> None:
    """In place of the offer."""
    async with a_drive() as drive, a_door(files_from=[drive.url]) as door:
        await offered(door)
        drive.status = status
        await door.take(consent("accept", drive))
        assert len(door.chats.texts()) == 1
        assert "report.csv" not in door.chats.texts()[0]


async def test_a_file_that_one_may_not_have_any_more_is_answered_as_the_engine_says() -> None:
    """The answer takes the place of the offer."""
    async with a_drive() as drive, a_door(files_from=[drive.url]) as door:
        await offered(door)
        door.engine.reply = Reply(say=saying("Only admins may have this."))
        await door.take(consent("accept", drive))
        assert door.chats.texts() == ["Only admins may have this."]
        assert drive.taken == []


@pytest.mark.parametrize(
    ("context", "how"),
    [
        ({"ccfile": {"how": "say", "what": "report csv"}}, ("say", "report csv")),
        ({"ccfile": {"how": "submit", "what": "course.mydata", "values": {"a": "b"}}}, ("submit", "course.mydata")),
    ],
)
async def test_a_file_is_asked_for_as_it_was_the_first_time(context: dict[str, Any], how: tuple[str, str]) -> None:
    """Typed, pressed, or with a form."""
    async with a_drive() as drive, a_door(files_from=[drive.url]) as door:
        await offered(door)
        await door.take(consent("accept", drive, context))
        assert door.asked == [how]
        assert len(drive.taken) == 1


@pytest.mark.parametrize("context", [{}, {"ccfile": 7}, {"ccfile": {"how": "delete", "what": "x"}}, "no", None])
async def test_a_context_that_is_not_ours_makes_nothing(context: Any) -> None:
    """Whatever somebody sends."""
    async with a_drive() as drive, a_door(files_from=[drive.url]) as door:
        await door.take(consent("accept", drive, context))
        assert (door.asked, drive.taken, door.chats.posts) == ([], [], {})


def test_the_values_of_a_context_are_words() -> None:
    """Numbers and nothings are read as such."""
    found = wanted({"ccfile": {"how": "submit", "what": 3, "values": {"a": 1}}})
    assert found is not None
    assert (found.what, dict(found.values)) == ("3", {"a": "1"})


# what people attach


async def test_the_text_of_an_attached_file_goes_below_the_words() -> None:
    """Without any token of ours, which is nobody's business there."""
    async with a_drive() as drive, a_door(files_from=[drive.url]) as door:
        drive.content = b"\xef\xbb\xbfemail\nann@example.org\n"
        await door.take(attaching(f"{drive.url}/f"))
        assert door.asked == [("say", "cohort enrol spring\nemail\nann@example.org")]
        assert "Authorization" not in drive.asked[0]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a\x00b", b"x" * (MOST_BYTES + 1)])
async def test_a_file_that_is_no_text_or_too_long_is_refused_kindly(content: bytes) -> None:
    """The engine is not asked for half a list."""
    async with a_drive() as drive, a_door(files_from=[drive.url]) as door:
        drive.content = content
        await door.take(attaching(f"{drive.url}/f"))
        assert door.asked == []
        assert len(door.chats.texts()) == 1


@pytest.mark.parametrize("status", [302, 401, 404, 500])
async def test_a_file_that_is_not_there_is_refused_kindly(status: int) -> None:
    """Wherever it may have gone: nobody is followed elsewhere."""
    async with a_drive() as drive, a_door(files_from=[drive.url]) as door:
        drive.status = status
        await door.take(attaching(f"{drive.url}/f"))
        assert (door.asked, len(door.chats.texts())) == ([], 1)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "no address",
        "http://acme.sharepoint.com/f",
        "https://sharepoint.com.evil.example/f",
        "https://evilsharepoint.com/f",
        "https://acme.sharepoint.com@evil.example/f",
        "https://user@acme.sharepoint.com/f",
        "https://acme.sharepoint.com:8443/f",
        "https://169.254.169.254/latest",
        "http://127.0.0.1:1/f",
        "file:///etc/passwd",
        "https://[::1/f",
    ],
)
async def test_bytes_go_to_and_come_from_files_hosts_only(url: str) -> None:
    """No other address is ever called."""
    files = Files(cast(aiohttp.ClientSession, Nobody()))
    with pytest.raises(Unreadable):
        await files.read(Attached("p.csv", url))
    with pytest.raises(SendFailed):
        await files.upload({"uploadUrl": url}, REPORT)


@pytest.mark.parametrize("url", ["https://acme-my.sharepoint.com/f?tempauth=x", "https://eu-prod.svc.ms:443/f"])
async def test_files_hosts_are_called(url: str) -> None:
    """Over https."""
    files = Files(cast(aiohttp.ClientSession, Nobody()))
    with pytest.raises(AssertionError, match="called"):
        await files.read(Attached("p.csv", url))
    with pytest.raises(AssertionError, match="called"):
        await files.upload({"uploadUrl": url}, REPORT)
