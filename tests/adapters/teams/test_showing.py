"""What people see of the engine's answers: in place, below, in their own chat, or for them alone."""

from __future__ import annotations

import pytest

from adapters.catalogues import read_catalogues
from adapters.teams.answers import CARD, SENTENCE
from adapters.teams.drawing import HOME
from adapters.teams.stamps import stamp
from bot.messages.blocks import Button, File, Reply
from bot.model.course import Language
from bot.model.delivery import Reason
from tests.adapters.teams.inbound_stage import (
    BOT,
    CHAT,
    GROUP,
    HELP,
    THREAD,
    USER,
    a_door,
    a_form,
    card_text,
    mentioning,
    message,
    pressing,
    saying,
    submitting,
)

REPORT = File("report.csv", "text/csv", b"a,b\n", "A report")


async def test_words_are_answered_below_them() -> None:
    """As one message with a card and never a text beside it."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Here you are"))
        await door.take(message("progress"))
        [post] = door.chats.posts[CHAT]
        assert post.activity["summary"] == "Here you are"
        assert "Here you are" in card_text(post.card)


async def test_a_notice_alone_is_a_message_after_words() -> None:
    """Something was typed, so something is said."""
    async with a_door() as door:
        door.engine.reply = Reply(notice="Saved.")
        await door.take(message("plain off"))
        assert door.chats.texts() == ["Saved."]


async def test_a_press_that_changes_its_message_is_answered_with_the_card() -> None:
    """At once for whoever pressed, and in the chat for their other devices; both are the same card."""
    async with a_door() as door:
        door.chats.stand("m1", "Lesson")
        door.engine.reply = Reply(replace=saying("Lesson, done", Button("Undo", HELP), topic="lesson/1"), notice="Ok.")
        body = await door.body(pressing(key="e1/lesson", topic="lesson/1"))
        [post] = door.chats.posts[CHAT]
        assert (body["statusCode"], body["type"]) == (200, CARD)
        assert body["value"] == post.card
        assert body["value"]["refresh"]["userIds"] == [USER]
        assert '"e1/lesson"' in str(body["value"]).replace("'", '"')


async def test_each_card_can_be_told_from_the_one_before() -> None:
    """So that the same button in a newer card is another press."""
    async with a_door() as door:
        door.engine.reply = Reply(replace=saying("Lesson", Button("Done", HELP)))
        nonces = set()
        for _ in range(2):
            body = await door.body(pressing(key="e1/lesson"))
            nonces.add(body["value"]["refresh"]["action"]["data"]["cc"]["n"])
        assert len(nonces) == 2
        assert "" not in nonces


async def test_a_card_that_was_deleted_is_answered_all_the_same() -> None:
    """People may delete what the app wrote; the answer still shows in the invoke."""
    async with a_door() as door:
        door.engine.reply = Reply(replace=saying("Lesson, done"))
        body = await door.body(pressing(key="e1/lesson"))
        assert body["type"] == CARD
        assert door.chats.posts == {}


async def test_a_new_message_comes_below_and_the_answer_says_so() -> None:
    """In the language of the answer."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Your progress"))
        body = await door.body(pressing())
        assert body == {"statusCode": 200, "type": SENTENCE, "value": "The answer is below."}
        assert door.chats.texts() == ["Your progress"]


async def test_a_notice_answers_a_press_by_itself() -> None:
    """Without a message of its own."""
    async with a_door() as door:
        door.engine.reply = Reply(notice="Recorded.")
        assert (await door.body(pressing()))["value"] == "Recorded."
        assert door.chats.posts == {}


async def test_a_press_that_shows_nothing_is_still_answered() -> None:
    """A client that hears nothing shows an error."""
    async with a_door() as door:
        assert (await door.body(pressing()))["value"] == "C’est fait."


async def test_a_client_that_only_submits_sees_the_same_in_messages() -> None:
    """Its message is changed; what it cannot be told in passing is a message."""
    async with a_door() as door:
        door.chats.stand("m1", "Lesson")
        door.engine.reply = Reply(replace=saying("Lesson, done"), notice="Ok.")
        await door.take(submitting(stamp(HELP)))
        door.engine.reply = Reply(notice="Recorded.")
        await door.take(submitting(stamp(HELP)))
        door.engine.reply = Reply(say=saying("More"))
        await door.take(submitting(stamp(HELP)))
        assert door.chats.texts() == ["Lesson, done", "Recorded.", "More"]


async def test_the_home_card_is_a_message_that_is_shown_anew_where_it_is() -> None:
    """Pressed on itself; typed, it comes as a message; from elsewhere as one too."""
    async with a_door() as door:
        door.chats.stand("h1", "Home, old")
        door.engine.reply = Reply(home=saying("Home"))
        body = await door.body(pressing(topic=HOME, shown="h1"))
        assert body["type"] == CARD
        assert door.chats.texts() == ["Home"]
        card = saying("Home", Button("Help", HELP))
        door.engine.reply = Reply(say=card, home=card)
        await door.take(message(""))
        assert (await door.body(pressing()))["value"] == "The answer is below."
        assert door.chats.texts() == ["Home"] * 3
        assert f"'t': '{HOME}'" in str(door.chats.posts[CHAT][1].card)


async def test_what_is_done_from_the_home_card_shows_in_it() -> None:
    """The answer comes below, and the home card is as it is then."""
    async with a_door() as door:
        door.chats.stand("h1", "Home, old")
        door.engine.reply = Reply(say=saying("Paused until Monday"))
        await door.take(pressing(topic=HOME, shown="h1"))
        assert door.chats.texts() == ["Your home", "Paused until Monday"]


async def test_a_form_comes_below_and_typed_words_bring_it_too() -> None:
    """As a message of its own."""
    async with a_door() as door:
        door.engine.reply = Reply(form=a_form())
        assert (await door.body(pressing()))["value"] == "The form is below."
        await door.take(message("answer"))
        assert door.chats.texts() == ["Your answer", "Your answer"]


async def test_a_file_is_offered_with_what_makes_it_again() -> None:
    """Nothing is stored; the consent card holds the press."""
    async with a_door() as door:
        door.engine.reply = Reply(file=REPORT, notice="Your file is ready.")
        body = await door.body(pressing("cohort.report?cohort=1"))
        [post] = door.chats.posts[CHAT]
        [attachment] = post.activity["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.teams.card.file.consent"
        assert (attachment["name"], attachment["content"]["sizeInBytes"]) == ("report.csv", 4)
        assert attachment["content"]["acceptContext"] == {"ccfile": {"how": "press", "what": "cohort.report?cohort=1"}}
        assert body["value"] == read_catalogues()[Language.FR].t(
            "The file is below: accept it, and it is saved with your files."
        )
        await door.take(message("report csv"))
        assert len(door.chats.posts[CHAT]) == 2


async def test_a_file_that_may_not_be_sent_is_said() -> None:
    """Some clouds have no files."""
    async with a_door() as door:
        door.chats.apart[CHAT] = Reason.FORBIDDEN
        door.engine.reply = Reply(file=REPORT)
        assert (await door.body(pressing()))["type"] == SENTENCE


# rooms


@pytest.mark.parametrize("where", [THREAD, GROUP])
async def test_words_in_a_room_are_answered_in_ones_own_chat(where: str) -> None:
    """One line in the thread says so; what is for one person is not for all."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Your progress"))
        await door.take(mentioning("@bot progress", where))
        assert door.chats.texts(CHAT) == ["Your progress"]
        assert door.chats.texts(where) == ["The answer is in your own chat with the app."]


async def test_somebody_without_a_chat_is_told_kindly_to_add_the_app() -> None:
    """In the thread, with the way there. The answer itself is not shown to others."""
    async with a_door(installed=False) as door:
        door.engine.reply = Reply(say=saying("Your progress"))
        await door.take(mentioning("@bot progress", GROUP))
        [post] = door.chats.posts[GROUP]
        assert "https://teams.microsoft.com/l/app/1" in str(post.card)
        assert "Your progress" not in str(post.card)
        assert CHAT not in door.chats.posts


@pytest.mark.parametrize("reply", [Reply(form=a_form()), Reply(file=REPORT)])
async def test_forms_and_files_asked_for_in_a_room_come_to_ones_own_chat(reply: Reply) -> None:
    """Both work there only, or are nobody else's business."""
    async with a_door() as door:
        door.engine.reply = reply
        await door.take(mentioning("@bot report", GROUP))
        assert len(door.chats.posts[CHAT]) == 1
        assert len(door.chats.posts[GROUP]) == 1
        body = await door.body(pressing(conversation=GROUP))
        assert body["type"] == SENTENCE
        assert len(door.chats.posts[CHAT]) == 2
        assert len(door.chats.posts[GROUP]) == 1


async def test_a_press_in_a_room_is_answered_for_the_presser_only() -> None:
    """The card in the room stays what it is for the others; the engine says when it changes for all."""
    async with a_door() as door:
        door.chats.stand("m1", "Vote", GROUP)
        door.engine.reply = Reply(replace=saying("You voted A"))
        body = await door.body(pressing(key="g1/vote", conversation=GROUP))
        assert "You voted A" in card_text(body["value"])
        assert "refresh" not in body["value"]
        assert door.chats.texts(GROUP) == ["Vote"]


async def test_a_press_in_a_room_says_where_its_answer_is() -> None:
    """In one's own chat, or nowhere before one adds the app."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Your progress"))
        body = await door.body(pressing(conversation=GROUP))
        assert body["value"] == "The answer is in your own chat with the app."
        door.chats.places.clear()
        body = await door.body(pressing(conversation=GROUP))
        assert body["value"].startswith("Answers come into your own chat")
        assert door.chats.posts.get(GROUP) is None


async def test_a_submit_in_a_room_is_answered_like_words() -> None:
    """A client that cannot show an answer gets a line in the thread."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Your progress"))
        await door.take(submitting(stamp(HELP), "m1", GROUP))
        assert door.chats.texts(CHAT) == ["Your progress"]
        assert door.chats.texts(GROUP) == ["The answer is in your own chat with the app."]


async def test_with_targeted_messages_answers_stay_in_the_room_for_their_reader() -> None:
    """No line is needed then."""
    async with a_door(targeted=True) as door:
        door.engine.reply = Reply(say=saying("Your progress"))
        await door.take(mentioning("@bot progress", GROUP))
        [post] = door.chats.posts[GROUP]
        assert (post.only, post.text) == (USER, "Your progress")
        body = await door.body(pressing(conversation=GROUP))
        assert body["value"] == "The answer is below."
        assert CHAT not in door.chats.posts


async def test_a_slash_command_that_cannot_be_answered_in_the_room_leaves_no_trace_there() -> None:
    """Nobody else saw it being asked."""
    async with a_door(targeted=False) as door:
        door.engine.reply = Reply(say=saying("Your progress"))
        await door.take(message("progress", GROUP, recipient={"id": BOT, "isTargeted": True}))
        assert door.chats.texts(CHAT) == ["Your progress"]
        assert GROUP not in door.chats.posts


async def test_words_of_our_own_are_in_the_language_of_the_answer() -> None:
    """Else in that of the person's Teams."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Votre progression", language=Language.FR))
        french = (await door.body(pressing()))["value"]
        door.engine.reply = Reply(say=saying("Your progress", language=Language.EN))
        english = (await door.body(pressing()))["value"]
        assert french == read_catalogues()[Language.FR].t("The answer is below.")
        assert english == "The answer is below."
