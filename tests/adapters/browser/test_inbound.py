"""The chat's doors: what a page gets, what it cannot break, and what survives."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import aiohttp

from tests.adapters.browser import showcase
from tests.adapters.browser.pages import Json, Page
from tests.adapters.browser.scripted import ScriptedEngine
from tests.adapters.browser.server import WORKSPACE, Chat, fill, serving

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
