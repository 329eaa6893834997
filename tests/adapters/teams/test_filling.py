"""Forms: what was typed is never lost, and what a form led to stands in its place."""

from __future__ import annotations

from typing import Any

from adapters.teams.answers import CARD, SENTENCE
from adapters.teams.drawing import HOME
from adapters.teams.stamps import Origin
from bot.messages.blocks import Button, File, Reply
from tests.adapters.teams.inbound_stage import (
    CHAT,
    GROUP,
    HELP,
    Door,
    a_door,
    a_form,
    card_text,
    filled,
    message,
    press,
    pressing,
    saying,
    submitting,
)

ORIGIN = Origin("m1", "e1/lesson", "lesson/1")


async def opened(door: Door, *buttons: Button) -> str:
    """Ben opens a form from a lesson; the name of its message."""
    door.chats.stand("m1", "Lesson")
    door.engine.reply = Reply(form=a_form("Your answer", HELP, *buttons))
    await door.take(pressing(key="e1/lesson", topic="lesson/1"))
    return door.chats.posts[CHAT][-1].id


def send_data(door: Door, text: str) -> dict[str, Any]:
    """What the form's own button sends, with `text` typed."""
    [send] = [each for each in _actions(door.chats.posts[CHAT][-1].card) if each["title"] == "Send"]
    return dict(send["data"]) | {"f_text": text}


def _actions(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, dict):
        own = [part] if part.get("type") == "Action.Execute" and "title" in part else []
        return own + [each for name, value in part.items() if name != "fallback" for each in _actions(value)]
    return [each for value in part for each in _actions(value)] if isinstance(part, list) else []


async def test_a_form_says_where_it_was_opened() -> None:
    """Sending it brings back the message behind it."""
    async with a_door() as door:
        shown = await opened(door)
        await door.take(press(send_data(door, "mine"), shown))
        sent = door.engine.asked[-1]
        assert (sent.how, dict(sent.values)) == ("submit", {"text": "mine"})
        assert (sent.caller.delivery_key, sent.caller.topic) == ("e1/lesson", "lesson/1")


async def test_errors_stand_at_their_fields_and_what_was_typed_is_kept() -> None:
    """At once for the sender, and in the chat."""
    async with a_door() as door:
        shown = await opened(door)
        door.engine.reply = Reply(errors=(("text", "Please say a little more."),))
        body = await door.body(press(send_data(door, "my own words"), shown))
        assert body["type"] == CARD
        assert "Please say a little more." in card_text(body["value"])
        assert "my own words" in str(body["value"])
        assert door.chats.posts[CHAT][-1].card == body["value"]
        again = Reply(say=saying("Thank you"))
        door.engine.reply = again
        await door.take(press(send_data(door, "my own words, and more"), shown))
        assert door.chats.texts() == ["Lesson", "Thank you"]


async def test_errors_of_a_form_that_is_not_remembered_leave_its_card_alone() -> None:
    """After a restart: the sentence is shown, and Teams keeps what was typed in the card."""
    async with a_door() as door:
        shown = await opened(door)
        data = send_data(door, "mine")
        door.dispatch = door.made()
        before = door.chats.posts[CHAT][-1].activity
        door.engine.reply = Reply(errors=(("text", "Please say a little more."),))
        body = await door.body(press(data, shown))
        assert body == {"statusCode": 200, "type": SENTENCE, "value": "Please say a little more."}
        assert door.chats.posts[CHAT][-1].activity == before
        await door.take(submitting(data, shown))
        assert door.chats.texts()[-1] == "Please say a little more."


async def test_the_answer_takes_the_place_of_the_form() -> None:
    """And the message behind it shows what changed."""
    async with a_door() as door:
        shown = await opened(door)
        door.engine.reply = Reply(replace=saying("Lesson, answered", topic="lesson/1"), notice="Recorded.", close=True)
        body = await door.body(press(send_data(door, "mine"), shown))
        assert "Recorded." in card_text(body["value"])
        assert door.chats.texts() == ["Lesson, answered", "Recorded."]
        assert "refresh" in door.chats.posts[CHAT][0].card


async def test_a_form_that_leads_to_a_message_becomes_it() -> None:
    """A long one goes on below."""
    async with a_door() as door:
        shown = await opened(door)
        door.engine.reply = Reply(say=saying("Settings saved"), notice="Saved.", close=True)
        body = await door.body(press(send_data(door, "mine"), shown))
        assert "Settings saved" in card_text(body["value"])
        assert door.chats.texts() == ["Lesson", "Settings saved"]


async def test_a_form_that_leads_to_nothing_says_done() -> None:
    """So that nobody sends it twice."""
    async with a_door() as door:
        shown = await opened(door)
        door.engine.reply = Reply(close=True)
        await door.take(press(send_data(door, "mine"), shown))
        assert len(door.chats.texts()) == 2
        assert not _actions(door.chats.posts[CHAT][-1].card)


async def test_the_next_form_takes_the_place_of_the_one_before() -> None:
    """With the same message behind it, and its own errors."""
    async with a_door() as door:
        shown = await opened(door)
        door.engine.reply = Reply(form=a_form("And why?"))
        body = await door.body(press(send_data(door, "mine"), shown))
        assert "And why?" in card_text(body["value"])
        assert door.chats.texts() == ["Lesson", "And why?"]
        door.engine.reply = Reply(errors=(("text", "Say why."),))
        body = await door.body(press(send_data(door, "so"), shown))
        assert "Say why." in card_text(body["value"])
        assert door.engine.asked[-1].caller.delivery_key == "e1/lesson"


async def test_a_button_in_a_form_changes_the_message_behind_it_and_closes_it() -> None:
    """The form's place is taken by one line, never by the lesson; and no arrival is proven by it."""
    async with a_door() as door:
        shown = await opened(door, Button("Mark done", "course.done?number=1"))
        [done] = [each for each in _actions(door.chats.posts[CHAT][-1].card) if each["title"] == "Mark done"]
        door.engine.witnesses.clear()
        door.engine.reply = Reply(replace=saying("Lesson, done", topic="lesson/1"), notice="Recorded.", close=True)
        await door.take(press(done["data"], shown))
        assert door.engine.asked[-1].how == "press"
        assert door.engine.asked[-1].caller.delivery_key == "e1/lesson"
        assert door.chats.texts() == ["Lesson, done", "Recorded."]
        assert door.engine.witnesses == []


async def test_a_button_in_a_form_that_goes_on_leaves_the_form() -> None:
    """Its answer comes below."""
    async with a_door() as door:
        shown = await opened(door, Button("Help", HELP))
        [more] = [each for each in _actions(door.chats.posts[CHAT][-1].card) if each["title"] == "Help"]
        door.engine.reply = Reply(say=saying("This is how"))
        body = await door.body(press(more["data"], shown))
        assert body["value"] == "The answer is below."
        assert door.chats.texts() == ["Lesson", "Your answer", "This is how"]


async def test_a_form_opened_from_the_home_card_brings_the_home_card_up_to_date() -> None:
    """Whatever was changed in it."""
    async with a_door() as door:
        door.chats.stand("h1", "Home, old")
        door.engine.reply = Reply(form=a_form("Settings"))
        await door.take(pressing(topic=HOME, shown="h1"))
        assert door.chats.texts() == ["Home, old", "Settings"]
        door.engine.reply = Reply(notice="Saved.", close=True)
        await door.take(press(send_data(door, "9"), door.chats.posts[CHAT][-1].id))
        assert door.engine.asked[-1].caller.on_home
        assert door.chats.texts() == ["Your home", "Saved."]


async def test_a_form_opened_in_a_room_leaves_the_message_there_to_the_engine() -> None:
    """It is answered in one's own chat; what everybody sees is not changed by one person's answer."""
    async with a_door() as door:
        door.chats.stand("m1", "Vote", GROUP)
        door.chats.stand("m1", "Something else with the same name")
        door.engine.reply = Reply(form=a_form())
        await door.take(pressing(key="g1/vote", conversation=GROUP))
        door.engine.reply = Reply(replace=saying("You voted A"), notice="Recorded.", close=True)
        await door.take(press(send_data(door, "a"), door.chats.posts[CHAT][-1].id))
        assert door.chats.texts(GROUP) == ["Vote"]
        assert door.chats.texts() == ["Something else with the same name", "Recorded."]


async def test_a_form_that_makes_a_file_offers_it() -> None:
    """With its values, to make it again."""
    async with a_door() as door:
        shown = await opened(door)
        door.engine.reply = Reply(file=File("a.csv", "text/csv", b"a", "A list"))
        await door.take(press(send_data(door, "all"), shown))
        context = door.chats.posts[CHAT][-1].activity["attachments"][0]["content"]["acceptContext"]
        assert context["ccfile"] == {"how": "submit", "what": HELP, "values": {"text": "all"}}


async def test_a_client_that_only_submits_sees_the_form_answered() -> None:
    """By changing its message."""
    async with a_door() as door:
        shown = await opened(door)
        door.engine.reply = Reply(say=saying("Thank you"))
        await door.take(submitting(send_data(door, "mine"), shown))
        assert door.chats.texts() == ["Lesson", "Thank you"]


async def test_a_form_in_hand_that_takes_long_ends_in_its_place() -> None:
    """The kind sentence came first; the answer follows in the form's own message."""
    async with a_door(answer_seconds=0.0) as door:
        shown = await opened(door)
        data = send_data(door, "mine")
        door.engine.gate.clear()
        answered = await door.dispatch.take(press(data, shown))
        assert answered is not None
        assert answered.body is not None
        assert answered.body["type"] == SENTENCE
        door.engine.reply = Reply(say=saying("Thank you"))
        door.engine.gate.set()
        await door.dispatch.idle()
        assert door.chats.texts() == ["Lesson", "Thank you"]


async def test_the_same_form_sent_twice_slowly_has_one_effect() -> None:
    """The same words, told again."""
    async with a_door() as door:
        raw = press(filled({"text": "x"}, ORIGIN))
        await door.take(raw)
        await door.take(raw)
        assert len(door.engine.asked) == 1


async def test_a_typed_form_has_no_message_behind_it() -> None:
    """What it led to is all that is shown."""
    async with a_door() as door:
        door.engine.reply = Reply(form=a_form())
        await door.take(message("answer"))
        door.engine.reply = Reply(notice="Recorded.", close=True)
        await door.take(press(send_data(door, "mine"), door.chats.posts[CHAT][-1].id))
        assert door.chats.texts() == ["Recorded."]
