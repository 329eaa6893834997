"""What people do in Teams, as the engine hears it: each act once, with who, where and what it belongs to."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.teams.answers import CARD, ERROR, SENTENCE
from adapters.teams.drawing import HOME
from adapters.teams.platform import reference
from adapters.teams.stamps import REFRESH, Origin, say_action, stamp, whole_action
from bot.messages.blocks import Reply
from bot.model.course import Language
from bot.model.people import Address, Profile
from tests.adapters.teams.inbound_stage import (
    CHAT,
    GROUP,
    HELP,
    ME,
    TENANT,
    THREAD,
    Time,
    a_door,
    activity,
    card_text,
    filled,
    mentioning,
    message,
    press,
    pressing,
    saying,
    submitting,
)


async def test_words_reach_the_engine_with_who_said_them() -> None:
    """Name, language and zone come along, and where somebody can be reached is stored."""
    async with a_door() as door:
        assert await door.take(message("/progress")) is None
        caller = door.engine.asked[0].caller
        assert door.asked == [("say", "/progress")]
        assert (caller.address, caller.room, caller.pressed) == (ME, None, False)
        assert caller.profile == Profile("Ben Carter", Language.FR, "America/Toronto")
        assert door.chats.heard_of == ["message"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("@bot progress", "course progress"),
        ("hello @bot /next", "course hello /next"),
        ("@bot course next", "course next"),
        ("@bot cours suite", "cours suite"),
        ("@bot cohort status spring", "cohort status spring"),
        ("@bot cohorte état", "cohorte état"),
        ("@bot /Course next", "/Course next"),
        ("@bot", ""),
        ("@bot ?", "?"),
    ],
)
async def test_in_rooms_the_learners_noun_goes_without_saying(typed: str, said: str) -> None:
    """Whoever mentions the app means it; the grammar wants a noun there."""
    async with a_door() as door:
        await door.take(mentioning(typed))
        assert door.asked == [("say", said)]
        assert door.engine.asked[0].caller.room == Address("teams", TENANT, "19:general@thread.tacv2")


async def test_the_same_message_three_times_is_one() -> None:
    """Teams tells it again when it heard nothing in time."""
    async with a_door() as door:
        raw = message("next")
        for _ in range(3):
            await door.take(raw)
        assert door.asked == [("say", "next")]


async def test_a_message_is_stored_before_it_is_acknowledged_and_gone_when_done() -> None:
    """A crash in between loses nothing."""
    async with a_door() as door:
        door.engine.gate.clear()
        assert await door.dispatch.take(message("next")) is None
        assert [row.kind for row in door.inbox.rows.values()] == ["Said"]
        door.engine.gate.set()
        await door.dispatch.idle()
        assert door.inbox.rows == {}


async def test_what_the_last_process_left_is_taken_up_once() -> None:
    """The next one does it, and a repetition of the event changes nothing."""
    async with a_door() as door:
        door.engine.gate.clear()
        raw = message("next")
        await door.dispatch.take(raw)
        await door.dispatch.close(0)
        assert len(door.inbox.rows) == 1
        door.engine.gate.set()
        door.engine.asked.clear()
        door.engine.reply = Reply(say=saying("Here"))
        door.dispatch = door.made()
        assert await door.dispatch.replay() == 1
        await door.take(raw)
        assert door.asked == [("say", "next")]
        assert door.chats.texts() == ["Here"]
        assert door.inbox.rows == {}


async def test_a_message_that_cannot_be_stored_is_done_all_the_same() -> None:
    """The store being away must not keep people from an answer."""
    async with a_door() as door:
        door.inbox.broken = True
        door.engine.reply = Reply(say=saying("Here"))
        await door.take(message("next"))
        assert door.chats.texts() == ["Here"]


async def test_a_broken_payload_of_the_last_process_is_put_away() -> None:
    """It would stay for ever otherwise."""
    async with a_door() as door:
        await door.inbox.put("x", TENANT, "Said", "{", None)  # type: ignore[arg-type]
        await door.inbox.put("y", TENANT, "Said", "[1]", None)  # type: ignore[arg-type]
        await door.dispatch.replay()
        await door.dispatch.idle()
        assert (door.inbox.rows, door.asked) == ({}, [])


async def test_a_press_brings_what_its_message_was_stamped_with() -> None:
    """The delivery and the topic, and that it was no word."""
    async with a_door() as door:
        raw = pressing(key="e7/lesson", topic="lesson/1")
        await door.take(raw)
        caller = door.engine.asked[0].caller
        assert door.asked == [("press", HELP)]
        assert (caller.delivery_key, caller.topic, caller.pressed, caller.on_home) == (
            "e7/lesson",
            "lesson/1",
            True,
            False,
        )
        assert caller.event_id == f"{CHAT}:{raw['id']}"


async def test_a_press_on_the_home_card_says_so() -> None:
    """Its topic is ours and no topic of the engine's."""
    async with a_door() as door:
        await door.take(pressing(topic=HOME))
        caller = door.engine.asked[0].caller
        assert (caller.on_home, caller.topic, caller.delivery_key) == (True, None, None)


async def test_a_form_brings_its_values_and_where_it_was_opened() -> None:
    """The message behind it can be shown anew."""
    async with a_door() as door:
        await door.take(press(filled({"text": "mine"}, Origin("m0", "e1/lesson", "lesson/1"))))
        sent = door.engine.asked[0]
        assert (sent.how, sent.what, dict(sent.values)) == ("submit", HELP, {"text": "mine"})
        assert (sent.caller.delivery_key, sent.caller.topic) == ("e1/lesson", "lesson/1")


async def test_clients_that_only_submit_do_the_same() -> None:
    """A message with data and without text."""
    async with a_door() as door:
        assert await door.take(submitting(stamp(HELP, "e7/lesson"))) is None
        await door.take(submitting(filled({"text": "mine"})))
        assert door.asked == [("press", HELP), ("submit", HELP)]


async def test_a_button_that_says_words_again_says_them() -> None:
    """As if they had been typed."""
    async with a_door() as door:
        await door.take(pressing(say_action("next now")))
        assert door.asked == [("say", "next now")]


async def test_the_same_press_three_times_has_one_effect_and_one_answer() -> None:
    """While it is being done, and afterwards."""
    async with a_door() as door:
        door.engine.reply = Reply(notice="Recorded.")
        door.engine.gate.clear()
        raw = pressing()
        asked = [asyncio.ensure_future(door.dispatch.take(raw)) for _ in range(2)]
        await asyncio.sleep(0)
        door.engine.gate.set()
        answers = [await each for each in asked] + [await door.take(raw)]
        assert [each.body["value"] for each in answers if each and each.body] == ["Recorded."] * 3
        assert len(door.engine.asked) == 1


async def test_a_slow_press_told_again_with_a_new_id_has_one_effect_and_one_answer() -> None:
    """Reported for answers that took longer than about five seconds."""
    time = Time()
    async with a_door(now=time) as door:
        door.engine.reply = Reply(notice="Recorded.")
        door.engine.gate.clear()
        first = asyncio.ensure_future(door.dispatch.take(pressing()))
        await door.engine.thinking.wait()
        time.seconds = 5.0
        second = asyncio.ensure_future(door.dispatch.take(pressing()))
        await asyncio.sleep(0)
        door.engine.gate.set()
        assert await first == await second
        await door.dispatch.idle()
        assert len(door.engine.asked) == 1


async def test_two_quick_presses_of_the_same_button_both_work() -> None:
    """The engine knows them apart by their events."""
    async with a_door() as door:
        door.engine.reply = Reply(notice="Recorded.")
        await door.take(pressing())
        await door.take(pressing())
        events = [each.caller.event_id for each in door.engine.asked]
        assert len(set(events)) == 2


async def test_what_takes_longer_is_answered_kindly_stored_and_shown_when_it_is_there() -> None:
    """Teams would show an error after fifteen seconds."""
    async with a_door(answer_seconds=0.0) as door:
        door.chats.stand("m1", "Lesson")
        door.engine.gate.clear()
        answered = await door.dispatch.take(pressing(key="e1/lesson"))
        assert answered is not None
        assert answered.body == {
            "statusCode": 200,
            "type": SENTENCE,
            "value": "Cela prend un moment. La réponse suivra ici.",
        }
        assert [row.kind for row in door.inbox.rows.values()] == ["Pressed"]
        door.engine.reply = Reply(replace=saying("Lesson, done"), say=saying("Well done"))
        door.engine.gate.set()
        await door.dispatch.idle()
        assert door.chats.texts() == ["Lesson, done", "Well done"]
        assert door.inbox.rows == {}


async def test_an_automatic_refresh_shows_the_message_as_it_is_now_and_does_nothing() -> None:
    """However often it is asked, and even if its data name an action. It proves that the message arrived."""
    async with a_door() as door:
        door.engine.wholes["e1/lesson"] = saying("Lesson, two of four")
        for data in (stamp(REFRESH, "e1/lesson"), stamp("course.done?number=1", "e1/lesson")):
            body = await door.body(press(data, trigger="automatic"))
            assert body["type"] == CARD
            assert "two of four" in card_text(body["value"])
            assert body["value"]["refresh"]["userIds"] == ["29:1bEn-_x"]
        assert (door.asked, door.chats.posts, door.inbox.put_in) == ([], {}, [])
        assert door.engine.witnesses == [("e1/lesson", reference(ME, CHAT, "m1", "e1/lesson"))] * 2


async def test_a_refresh_always_shows_what_is_there_now() -> None:
    """The same request once more is no repetition of an answer."""
    async with a_door() as door:
        raw = press(stamp(REFRESH, "e1/lesson"), trigger="automatic")
        for text in ("One of four", "Two of four"):
            door.engine.wholes["e1/lesson"] = saying(text)
            assert text in card_text((await door.body(raw))["value"])


async def test_a_refresh_of_what_is_no_more_leaves_the_card_as_it_is() -> None:
    """Without a word: nobody asked for anything."""
    async with a_door() as door:
        body = await door.body(press(stamp(REFRESH, "gone"), trigger="automatic"))
        assert body == {"statusCode": 200, "type": SENTENCE, "value": ""}


async def test_a_press_in_a_delivery_proves_that_it_arrived() -> None:
    """A form does not: it stands in another message."""
    async with a_door() as door:
        await door.take(pressing(key="e1/lesson", shown="m7"))
        await door.take(press(filled({"text": "x"}, Origin("m7", "e1/lesson")), "m8"))
        assert door.engine.witnesses == [("e1/lesson", reference(ME, CHAT, "m7", "e1/lesson"))]


async def test_a_press_in_a_room_proves_it_for_the_room() -> None:
    """Deliveries to rooms are addressed to them."""
    async with a_door() as door:
        await door.take(pressing(key="g1/note", shown="m7", conversation=GROUP))
        room = Address("teams", TENANT, GROUP)
        assert door.engine.witnesses == [("g1/note", reference(room, GROUP, "m7", "g1/note"))]


async def test_whoever_acts_in_their_own_chat_is_reachable_again() -> None:
    """A chat that was blocked does not say when it is open again. The engine hears it once in a while, and not for what
    is done in rooms or by a client alone."""
    time = Time()
    async with a_door(now=time) as door:
        await door.take(pressing(conversation=GROUP))
        await door.take(press(stamp(REFRESH, "e1/lesson"), trigger="automatic"))
        assert door.engine.reached == []
        await door.take(message("next"))
        await door.take(pressing())
        assert door.engine.reached == [ME]
        time.seconds = 601.0
        await door.take(message("next"))
        assert door.engine.reached == [ME, ME]


async def test_a_press_that_was_done_by_another_process_shows_the_message_as_it_is() -> None:
    """The engine knows the event and does nothing more."""
    async with a_door() as door:
        door.engine.wholes["e1/lesson"] = saying("Lesson, done")
        raw = pressing(key="e1/lesson")
        await door.take(raw)
        door.dispatch = door.made()
        body = await door.body(raw)
        assert "Lesson, done" in card_text(body["value"])


async def test_read_everything_brings_the_whole_message() -> None:
    """As messages; what is no more is said."""
    async with a_door() as door:
        door.engine.wholes["e1/lesson"] = saying("All of it")
        body = await door.body(pressing(whole_action(), "e1/lesson"))
        assert body["value"] == "The answer is below."
        assert door.chats.texts() == ["All of it"]
        gone = await door.body(pressing(whole_action(), "e2/lesson"))
        assert gone["value"] == "Ce message ne peut plus être affiché."


@pytest.mark.parametrize("raw", [pressing(), press(filled({"text": "x"}))])
async def test_when_something_breaks_the_answer_is_a_kind_error_that_teams_knows(raw: dict[str, Any]) -> None:
    """In the person's language, with what was typed still in the card."""
    async with a_door() as door:
        door.engine.broken = True
        body = await door.body(raw)
        assert (body["statusCode"], body["type"]) == (500, ERROR)
        assert body["value"]["message"].startswith("Un problème est survenu")


async def test_words_are_answered_kindly_when_something_breaks() -> None:
    """Silence would look like a lost message."""
    async with a_door() as door:
        door.engine.broken = True
        await door.take(message("next"))
        await door.take(submitting(stamp(HELP)))
        assert all(text.startswith("Un problème est survenu") for text in door.chats.texts())
        assert len(door.chats.texts()) == 2


@pytest.mark.parametrize(
    "raw",
    [
        activity("messageReaction", reactionsAdded=[{"type": "like"}], replyToId="m1"),
        activity("messageUpdate", text="done"),
        activity("messageDelete"),
        activity("typing"),
        activity("event", name="application/vnd.microsoft.readReceipt"),
        activity("invoke", name="message/submitAction", value={}),
        message("what others say", THREAD),
        message("x") | {"from": "nobody", "conversation": 7, "channelData": []},
    ],
)
async def test_everything_else_is_ignored_calmly(raw: dict[str, Any]) -> None:
    """Nothing is asked, stored, shown or answered."""
    async with a_door() as door:
        assert await door.take(raw) is None
        assert (door.asked, door.chats.posts, door.inbox.put_in, door.chats.heard_of) == ([], {}, [], [])


ODD: tuple[Any, ...] = (None, 7, True, "x", [], {}, [None], {"id": 7})


def bent(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The activity with each of its parts, one at a time, replaced by something of another kind."""
    for path in paths(raw):
        for odd in ODD:
            made = copy.deepcopy(raw)
            part = made
            for name in path[:-1]:
                part = part[name]
            part[path[-1]] = odd
            yield made


def paths(part: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in pairs:
        yield (*above, name)
        yield from paths(value, (*above, name))


@pytest.mark.parametrize(
    "raw",
    [
        mentioning("@bot next"),
        pressing(key="e1/lesson", topic="lesson/1"),
        press(filled({"text": "x"}, Origin("m0", "e1/lesson"))),
        activity(
            "invoke", name="fileConsent/invoke", value={"action": "accept", "context": {}, "uploadInfo": {"a": 1}}
        ),
        activity("conversationUpdate", membersAdded=[{"id": "28:app"}]),
    ],
)
async def test_activities_of_odd_shapes_break_nothing(raw: dict[str, Any]) -> None:
    """Whatever stands where something else is expected: no error, and every invoke that is ours has an answer."""
    async with a_door() as door:
        for each in bent(raw):
            await door.dispatch.take(each)
        await door.dispatch.idle()
        assert door.inbox.rows == {}
