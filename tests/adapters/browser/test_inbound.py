"""The chat's doors: what a page gets, what it cannot break, and what survives."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.adapters.browser import showcase
from tests.adapters.browser.scripted import ScriptedEngine
from tests.adapters.browser.server import WORKSPACE, Chat, fill, serving

Json = dict[str, Any]


class Page:
    """What the page in the browser would send, as one person."""

    def __init__(self, chat: Chat, session: aiohttp.ClientSession, ref: str = "") -> None:
        self.base = f"{chat.base}/chat/api"
        self.session = session
        self.headers = {"X-Chat-As": ref} if ref else {}
        self.ref = ref

    async def get(self, path: str) -> Json:
        async with self.session.get(f"{self.base}/{path}", headers=self.headers) as response:
            assert response.status == 200, await response.text()
            found: Json = await response.json()
            return found

    async def post(self, path: str, *, status: int = 200, **body: Any) -> Json:
        async with self.session.post(f"{self.base}/{path}", json=body, headers=self.headers) as response:
            assert response.status == status, await response.text()
            found: Json = await response.json() if status == 200 else {}
            return found

    async def room(self) -> int:
        places = (await self.get("state"))["places"]
        number: int = next(place["id"] for place in places if place["direct"])
        return number

    async def rows(self) -> list[Json]:
        rows: list[Json] = (await self.get(f"rooms/{await self.room()}"))["rows"]
        return rows


@pytest.fixture
async def chat(sqlite_url: str) -> AsyncIterator[Chat]:
    """A running chat with some conversation, open as on one's own machine."""
    async with serving(sqlite_url) as made:
        await fill(made)
        yield made


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as made:
        yield made


@pytest.fixture
def ben(chat: Chat, session: aiohttp.ClientSession) -> Page:
    return Page(chat, session, "ben")


# --- looking ----------------------------------------------------------------------------------------------------


async def test_the_page_learns_who_and_where(ben: Page) -> None:
    """One look says who one is, where one may go and what is unread there."""
    state = await ben.get("state")
    assert state["me"]["name"] == "Ben Carter"
    assert [(place["direct"], place["name"], place["unread"]) for place in state["places"]] == [
        (True, "", 2),
        (False, "spring-07-toronto", 1),
    ]
    assert [person["ref"] for person in state["people"]] == ["amelie", "ben", "nadia", "sam"]


async def test_messages_come_as_blocks(ben: Page) -> None:
    """A message is JSON, in its own language."""
    rows = await ben.rows()
    assert [row["message"]["language"] for row in rows] == ["en", "en"]
    assert rows[0]["message"]["blocks"][0] == {"kind": "title", "text": "Lesson 1: Why culture comes before tools"}


async def test_other_peoples_conversations_do_not_exist(chat: Chat, ben: Page, session: aiohttp.ClientSession) -> None:
    """Neither reading, nor writing, nor pressing in them."""
    amelie = Page(chat, session, "amelie")
    room = await amelie.room()
    row = (await amelie.rows())[0]["id"]
    async with session.get(f"{ben.base}/rooms/{room}", headers=ben.headers) as response:
        assert response.status == 404
    await ben.post("say", status=404, room=room, text="hi", client="c1")
    await ben.post("press", status=404, room=room, row=row, action="course.done?activity=film", client="c2")
    await ben.post("read", status=404, room=room, row=row)
    assert chat.engine.heard == []


# --- acting -----------------------------------------------------------------------------------------------------


async def test_typed_words_are_answered(chat: Chat, ben: Page) -> None:
    """In a direct message everything is for the app; both words and answer stay."""
    answer = await ben.post("say", room=await ben.room(), text="  help ", client="c1")
    assert [row.get("text") for row in answer["rows"]] == ["help", None]
    assert [row["id"] for row in (await ben.rows())[-2:]] == [row["id"] for row in answer["rows"]]
    (kind, text, caller) = chat.engine.heard[0]
    assert (kind, text, caller.address, caller.room) == ("say", "help", chat.addresses["ben"], None)
    assert caller.event_id
    assert not caller.pressed


async def test_a_notice_to_typed_words_becomes_an_answer(ben: Page) -> None:
    """Who types gets words back, where they were typed."""
    answer = await ben.post("say", room=await ben.room(), text="done 1", client="c1")
    assert "notice" not in answer
    assert answer["rows"][1]["message"]["summary"] == "Recorded: 1."


async def test_a_press_changes_the_message_in_place(chat: Chat, ben: Page) -> None:
    """The engine hears which delivery it was; the row says something else; the page gets a notice."""
    row = (await ben.rows())[0]
    pressed = {"room": row["room"], "row": row["id"], "action": "course.done?activity=film", "client": "c1"}
    answer = await ben.post("press", **pressed)
    assert answer["notice"] == "Recorded."
    assert answer["rows"][0]["id"] == row["id"]
    assert (await ben.rows())[0]["edited"]
    caller = chat.engine.heard[0][2]
    assert (caller.delivery_key, caller.pressed, caller.room) == ("ben/lesson/1", True, None)


async def test_a_press_told_twice_happens_once(chat: Chat, ben: Page) -> None:
    """A double click or a repeated request, at once or later, gets the same answer."""
    row = (await ben.rows())[0]
    pressed = {"room": row["room"], "row": row["id"], "action": "course.answer", "client": "c1"}
    answers = await asyncio.gather(*(ben.post("press", **pressed) for _ in range(5)))
    answers.append(await ben.post("press", **pressed))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["form"]["title"] == "Reflection"
    assert len(chat.engine.heard) == 1


async def test_a_form_is_sent_and_its_errors_come_back(ben: Page) -> None:
    """Errors keep the form open, by field."""
    row = (await ben.rows())[0]
    sent = {"room": row["room"], "row": row["id"], "action": "course.answer?activity=my-habit"}
    answer = await ben.post("submit", **sent, values={"text": "x"}, client="c1")
    assert answer["errors"] == {"text": "A little longer, please."}
    answer = await ben.post("submit", **sent, values={"text": "I will look."}, client="c2")
    assert answer["close"]
    assert answer["rows"][0]["id"] == row["id"]


async def test_a_file_is_handed_over_once(ben: Page) -> None:
    """It travels in the answer and is kept nowhere."""
    answer = await ben.post("press", action="course.mydata", client="c1", home=True)
    assert answer["file"]["name"] == "mydata.json"
    assert base64.b64decode(answer["file"]["content"]) == b'{"you": "nothing much"}'
    assert len(await ben.rows()) == 2


async def test_home_is_asked_anew(chat: Chat, ben: Page) -> None:
    """The card is never stored."""
    answer = await ben.post("home")
    assert answer["home"]["blocks"][0]["text"] == "Your course"
    assert chat.engine.heard[0][2].on_home


async def test_an_answer_on_home_goes_to_the_conversation(ben: Page) -> None:
    """What is said there stays there."""
    answer = await ben.post("press", action="course.catchup", client="c1", home=True)
    assert answer["rows"][0]["room"] == await ben.room()


# --- rooms ------------------------------------------------------------------------------------------------------


async def test_talk_in_a_room_is_for_its_people(chat: Chat, ben: Page, session: aiohttp.ClientSession) -> None:
    """The app hears commands and mentions only, and answers the asker alone."""
    nadia = Page(chat, session, "nadia")
    room = next(place["id"] for place in (await ben.get("state"))["places"] if not place["direct"])
    await ben.post("say", room=room, text="Shall we meet?", client="c1")
    assert chat.engine.heard == []
    await ben.post("say", room=room, text="/course next", client="c2")
    await ben.post("say", room=room, text="Hey @Chatcourse help", client="c3")
    assert [text for _, text, _ in chat.engine.heard] == ["/course next", "Hey  help"]
    assert chat.engine.heard[0][2].room is not None
    seen = [row.get("text") for row in (await nadia.get(f"rooms/{room}"))["rows"][1:]]
    assert seen == ["Shall we meet?", "Hey @Chatcourse help"]
    mine = (await ben.get(f"rooms/{room}"))["rows"][1:]
    assert [row.get("only", False) for row in mine] == [False, True, True, False, True]


async def test_a_closed_room_is_read_only(chat: Chat, ben: Page) -> None:
    """It can be read, and says no calmly."""
    room = await chat.platform.open_room(WORKSPACE, "old", "", [chat.addresses["ben"]], "old")
    await chat.platform.send(room, showcase.home_card(showcase.EN), "k")
    await chat.platform.close_room(room)
    number = int(room.ref.removeprefix("#"))
    await ben.post("say", status=409, room=number, text="hi", client="c1")
    assert len((await ben.get(f"rooms/{number}"))["rows"]) == 1


# --- what is new ------------------------------------------------------------------------------------------------


async def test_news_come_by_themselves(chat: Chat, ben: Page, session: aiohttp.ClientSession) -> None:
    """An open page hears a message, an edit and a withdrawal as they happen."""
    upto = (await ben.get("state"))["upto"]
    address = chat.addresses["ben"]
    async with session.ws_connect(f"{ben.base}/live?as=ben&after={upto}") as live:
        ref = await chat.platform.send(address, showcase.home_card(showcase.EN), "k1")
        news = await live.receive_json(timeout=5)
        assert [(row["id"], "message" in row) for row in news["rows"]] == [(int(ref.ref), True)]
        assert news["places"][0]["unread"] == 3
        await chat.platform.update(ref, showcase.a_lesson(showcase.EN))
        assert (await live.receive_json(timeout=5))["rows"][0]["edited"]
        await chat.platform.withdraw(ref)
        assert (await live.receive_json(timeout=5))["rows"][0]["deleted"]


async def test_nothing_is_lost_over_a_restart(sqlite_url: str, session: aiohttp.ClientSession) -> None:
    """The page knows its number; whatever happened while the server or the page was away is told then."""
    async with serving(sqlite_url) as chat:
        await fill(chat)
        ben = Page(chat, session, "ben")
        upto = (await ben.get("state"))["upto"]
        live = await session.ws_connect(f"{ben.base}/live?as=ben&after={upto}")
    closing = await live.receive(timeout=5)
    assert closing.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
    async with serving(sqlite_url) as chat:
        # sent before the page comes back
        ref = await chat.platform.send(chat.addresses["ben"], showcase.home_card(showcase.EN), "k1")
        ben = Page(chat, session, "ben")
        async with session.ws_connect(f"{ben.base}/live?as=ben&after={upto}") as again:
            news = await again.receive_json(timeout=5)
            assert [row["id"] for row in news["rows"]] == [int(ref.ref)]
        assert [row["id"] for row in (await ben.get(f"changes?after={upto}"))["rows"]] == [int(ref.ref)]


async def test_words_of_another_process_are_heard(sqlite_url: str, session: aiohttp.ClientSession) -> None:
    """A worker of its own may write; pages hear of it within seconds."""
    async with serving(sqlite_url) as chat, serving(sqlite_url) as other:
        ben = Page(chat, session, "ben")
        upto = (await ben.get("state"))["upto"]
        async with session.ws_connect(f"{ben.base}/live?as=ben&after={upto}") as live:
            await other.platform.send(chat.addresses["ben"], showcase.home_card(showcase.EN), "k1")
            assert len((await live.receive_json(timeout=5))["rows"]) == 1


async def test_words_sent_before_a_restart_are_answered_after_it(
    sqlite_url: str, session: aiohttp.ClientSession
) -> None:
    """The engine was cut off; the page repeats itself, and the words are there once, with their answer."""

    class Silent(ScriptedEngine):
        async def say(self, text: str, caller: Any) -> Any:
            raise RuntimeError("the power went out")

    async with serving(sqlite_url, engine=Silent()) as chat:
        ben = Page(chat, session, "ben")
        said: Json = {"room": await ben.room(), "text": "help", "client": "c1"}
        await ben.post("say", status=503, **said)
    async with serving(sqlite_url) as chat:
        ben = Page(chat, session, "ben")
        await ben.post("say", **said)
        await ben.post("say", **said)
        assert [row.get("text") for row in await ben.rows()] == ["help", None]
        assert len(chat.engine.heard) == 1


async def test_who_is_forgotten_gets_a_last_word(chat: Chat, session: aiohttp.ClientSession) -> None:
    """The conversation is gone, so the answer travels alone, and the open page is sent away."""

    ben = Page(chat, session, "ben")
    room, upto = await ben.room(), (await ben.get("state"))["upto"]
    async with session.ws_connect(f"{ben.base}/live?as=ben&after={upto}") as live:
        answer = await ben.post("say", room=room, text="forget me", client="c1")
        assert answer["last"]["summary"] == "Forgotten."
        news = [await live.receive_json(timeout=5) for _ in range(2)]
        assert news[-1] == {"gone": True} or news[0] == {"gone": True}


# --- what does not get through ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        '"x"',
        "null",
        '{"room": "1", "text": "a", "client": "c"}',
        '{"room": -1, "text": "a", "client": "c"}',
        '{"room": true, "text": "a", "client": "c"}',
        '{"room": 1, "text": 5, "client": "c"}',
        '{"room": 1, "text": "a"}',
        '{"room": 1, "text": "  ", "client": "c"}',
        '{"room": 1, "text": "a\\u0000", "client": "c"}',
        "[" * 100_000,
        '{"room": 1, "text": "' + "a" * 9000 + '", "client": "c"}',
    ],
)
async def test_bad_bodies_are_refused(chat: Chat, ben: Page, session: aiohttp.ClientSession, body: str) -> None:
    """400 or 404, never 500, and the engine hears nothing."""
    headers = {**ben.headers, "Content-Type": "application/json"}
    for path in ("say", "press", "submit", "read", "me"):
        async with session.post(f"{ben.base}/{path}", data=body, headers=headers) as response:
            # a body for another door may happen to be fine for these two
            assert response.status in ((200, 400, 404) if path in ("me", "read") else (400, 404))
    assert chat.engine.heard == []


async def test_endless_bodies_are_cut(ben: Page, session: aiohttp.ClientSession) -> None:
    """Nobody fills the memory."""
    headers = {**ben.headers, "Content-Type": "application/json"}
    async with session.post(f"{ben.base}/say", data=io.BytesIO(b"[" * 7_000_000), headers=headers) as response:
        assert response.status == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Host": "evil.example"}, 403),
        ({"X-Chat-As": "nobody"}, 401),
    ],
)
async def test_other_sites_cannot_act(
    chat: Chat, ben: Page, session: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    """A page elsewhere cannot press anything on somebody's behalf."""
    body = '{"action": "course.help", "client": "c1"}'
    sent = {**ben.headers, "Content-Type": "application/json", **headers}
    async with session.post(f"{ben.base}/press", data=body, headers=sent) as response:
        assert response.status == status
    assert chat.engine.heard == []


async def test_other_sites_cannot_listen(ben: Page, session: aiohttp.ClientSession) -> None:
    """WebSockets know no same-origin rule of their own."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(f"{ben.base}/live?as=ben", headers={"Origin": "https://evil.example"})
    assert refused.value.status == 403


async def test_nobody_acts_faster_than_by_hand(ben: Page) -> None:
    """After a burst the answer is a calm no."""
    statuses = []
    for _ in range(60):
        async with ben.session.post(f"{ben.base}/home", json={}, headers=ben.headers) as response:
            statuses.append(response.status)
    assert statuses[:40] == [200] * 40
    assert 429 in statuses


async def test_a_silent_engine_is_said_to_be_silent(ben: Page) -> None:
    """A bug behind the door is a 503 that asks to try again, and trying again reaches the engine."""
    for _ in range(2):
        await ben.post("press", status=503, action="test.crash", client="c1")


async def test_headers_keep_strangers_out(chat: Chat, session: aiohttp.ClientSession) -> None:
    """No inline script, no other hosts, no sniffing, no telling where one was."""
    async with session.get(f"{chat.base}/chat/?as=ben") as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["Cache-Control"] == "no-store"
    async with session.get(f"{chat.base}/chat/static/../inbound.py") as response:
        assert response.status == 404


# --- personal links ---------------------------------------------------------------------------------------------

PATHS = (
    "",
    "side",
    "static/js/main.js",
    "static/mark.svg",
    "api/state",
    "api/people",
    "api/rooms/1",
    "api/changes",
    "api/commands",
    "api/live",
)


async def test_without_a_link_nobody_sees_anything(sqlite_url: str, session: aiohttp.ClientSession) -> None:
    """Every door answers 401 or 404, whatever one claims to be."""
    async with serving(sqlite_url, mode="links", secrets=["s3cret"]) as chat:
        await fill(chat)
        for path in PATHS:
            for claim in ("", "?as=ben"):
                url = f"{chat.base}/chat/{path}{claim}"
                async with session.get(url, headers={"X-Chat-As": "ben"}) as response:
                    assert response.status in (401, 404), path
                    assert "Ben" not in await response.text()
        for path in ("say", "press", "submit", "home", "read", "me"):
            async with session.post(f"{chat.base}/chat/api/{path}", json={"room": 1}) as response:
                assert response.status == 401
        async with session.get(f"{chat.base}/chat/enter?t=nonsense") as response:
            assert response.status == 401
        assert chat.engine.heard == []


async def test_a_personal_link_opens_the_chat(sqlite_url: str, session: aiohttp.ClientSession) -> None:
    """Opening it shows a button; pressing that signs in; previews of the link sign nobody in."""
    async with serving(sqlite_url, mode="links", secrets=["s3cret"]) as chat:
        link = chat.inbound.personal_link(chat.addresses["amelie"])
        token = link.partition("?t=")[2]
        async with session.get(f"{chat.base}/chat/enter?t={token}") as response:
            assert response.status == 200
            assert "Set-Cookie" not in response.headers
            assert "Ouvrir la messagerie" in await response.text()
        form = {"t": token}
        async with session.post(
            f"{chat.base}/chat/enter", data=form, headers={"Origin": "https://evil.example"}
        ) as response:
            assert response.status == 403
        async with session.post(f"{chat.base}/chat/enter", data=form, allow_redirects=False) as response:
            assert response.status == 303
            cookie = response.headers["Set-Cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
        amelie = Page(chat, session)
        state = await amelie.get("state")
        assert state["me"]["ref"] == "amelie"
        assert "people" not in state
        async with session.get(f"{chat.base}/chat/?as=sam") as response:
            assert '<html lang="fr"' in await response.text()
        async with session.post(f"{chat.base}/chat/leave") as response:
            assert response.status == 204
        async with session.get(f"{chat.base}/chat/api/state") as response:
            assert response.status == 401
