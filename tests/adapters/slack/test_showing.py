"""Every part of an answer, in every place somebody can act from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.messages.blocks import Button, File, Form, Message, Reply, Text
from bot.model.course import Language
from bot.model.richtext import words
from tests.adapters.slack.inbound_stage import (
    HELP,
    a_door,
    a_form,
    general,
    saying,
    texts,
)
from tests.local_slack import App, DrivenClock
from tests.local_slack.faults import BROKEN, Fault

REPORT = File("report.csv", "text/csv", b"a,b\n1,2\n", "The report")
PANEL = Form(Language.EN, "Your progress", "", (Text(words("Three of five.")),))


def long_message() -> Message:
    blocks = tuple(Text(words(f"Paragraph {n}. " + "word " * 300)) for n in range(20))
    return Message(Language.EN, "Very long", blocks)


# --- slash commands ---


@pytest.mark.parametrize("in_channel", [True, False])
async def test_a_command_is_answered_for_its_reader_only(in_channel: bool) -> None:
    """In the acknowledgement itself: no call is made, nobody else sees it."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Tomorrow at nine", Button("Now", HELP)))
        place = general(door) if in_channel else door.ben.direct()
        await door.ben.slash("/course", "next", place)
        await door.idle()
        [shown] = door.ben.ephemerals(place)
        assert (texts([shown]), shown.buttons()) == (["Tomorrow at nine"], ["Now"])
        assert door.slack.count("response_url") == door.slack.count("chat.postMessage") == 0
        door.fine()


async def test_a_commands_notice_is_said_too() -> None:
    """Typed words deserve an answer, however short."""
    async with a_door() as door:
        door.engine.reply = Reply(notice="Saved.")
        await door.ben.slash("/course", "lang fr")
        assert texts(door.ben.ephemerals()) == ["Saved."]


async def test_a_command_may_open_a_form() -> None:
    """With its own trigger."""
    async with a_door() as door:
        door.engine.reply = Reply(form=a_form())
        delivery = await door.ben.slash("/course", "answer", general(door))
        await door.idle()
        assert delivery.body == ""
        assert door.ben.form.title == "Your answer"
        door.fine()


async def test_a_command_whose_form_comes_too_late_says_how_to_go_on() -> None:
    """The form in words, and a button that opens it."""
    async with a_door() as door:
        door.engine.reply = Reply(form=a_form())
        door.slack.faults.on("views.open", Fault("error", code="expired_trigger_id"))
        await door.ben.slash("/course", "answer 1", general(door))
        await door.idle()
        [shown] = door.ben.ephemerals(general(door))
        await door.ben.press(shown, "Open the form")
        await door.idle()
        assert door.asked[-1] == ("say", "course answer 1")
        assert door.ben.form.title == "Your answer"
        door.fine()


async def test_a_panel_that_cannot_open_is_a_message() -> None:
    """There is nothing to send in it, so nothing to open."""
    async with a_door() as door:
        door.engine.reply = Reply(form=PANEL)
        door.slack.faults.on("views.open", Fault("error", code="expired_trigger_id"))
        await door.ben.slash("/course", "progress")
        await door.idle()
        [shown] = door.ben.ephemerals()
        assert "Three of five." in shown.text
        assert "Open the form" not in shown.buttons()


async def test_a_long_answer_to_a_command_comes_whole() -> None:
    """In several parts, in order, nothing left off: what a response_url does not take goes to the conversation."""
    async with a_door() as door:
        door.engine.reply = Reply(say=long_message())
        await door.ben.slash("/course", "open", general(door))
        await door.idle()
        whispered = door.ben.ephemerals(general(door))
        said = " ".join(" ".join(each.texts()) for each in (*whispered, *door.ben.messages()))
        places = [said.index(f"Paragraph {n}.") for n in range(20)]
        assert len(whispered) == 5
        assert places == sorted(places)
        door.fine()


async def test_a_file_goes_to_the_direct_conversation() -> None:
    """Whoever asked in a channel is told where it is."""
    async with a_door() as door:
        door.engine.reply = Reply(file=REPORT)
        await door.ben.slash("/cohort", "report", general(door))
        await door.idle()
        assert [name for each in door.ben.messages() for name in each.message.files] != []
        assert texts(door.ben.ephemerals(general(door))) == ["The file is in your direct conversation with the app."]
        assert [each for each in general(door).live if each.files] == []
        door.fine()


async def test_where_the_app_may_send_no_files_it_says_so() -> None:
    """files:write is a permission that a workspace may refuse."""
    async with a_door(App(scopes=App().scopes - {"files:write"})) as door:
        door.engine.reply = Reply(file=REPORT)
        await door.ben.dm("report")
        await door.idle()
        assert "may not send files" in door.ben.last().text


# --- typed words ---


async def test_words_are_answered_in_the_conversation() -> None:
    """And in the thread they were written in."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Noted"))
        await door.ben.dm("done")
        await door.idle()
        first = door.ben.last()
        await door.ben.dm("done", thread=first)
        await door.idle()
        second = door.ben.last()
        assert (first.text, second.text) == ("Noted", "Noted")
        assert (first.message.thread_ts, second.message.thread_ts) == (None, first.ts)
        door.fine()


async def test_words_that_ask_for_a_form_get_a_button() -> None:
    """Slack opens windows only when something is pressed."""
    async with a_door() as door:
        door.engine.reply = Reply(form=a_form())
        await door.ben.dm("answer 2 " + "x" * 3000)
        await door.idle()
        await door.ben.press(door.ben.last(), "Open the form")
        await door.idle()
        assert door.engine.asked[-1].what.startswith("answer 2 xxx")
        assert door.ben.form.labels() == ["Your words"]
        door.fine()


async def test_words_are_answered_with_a_notice_a_file_or_the_card() -> None:
    """Whatever the engine says."""
    async with a_door() as door:
        for reply in (Reply(notice="Saved."), Reply(file=REPORT), Reply(home=saying("Your home"))):
            door.engine.reply = reply
            await door.ben.dm("something")
            await door.idle()
        said = texts(door.ben.messages())
        assert "Saved." in said
        assert "Your home" in said
        assert any(each.message.files for each in door.ben.messages())
        door.fine()


async def test_a_long_answer_to_words_comes_whole() -> None:
    """In as many messages as it takes."""
    async with a_door() as door:
        door.engine.reply = Reply(say=long_message())
        await door.ben.dm("open")
        await door.idle()
        said = " ".join(" ".join(each.texts()) for each in door.ben.messages())
        assert all(f"Paragraph {n}." in said for n in range(20))


# --- presses on messages ---


async def test_what_was_pressed_is_replaced_in_its_place() -> None:
    """Through the response_url: no method is called, and the message can be found and pressed again."""
    async with a_door() as door:
        shown = await door.posted(saying("Lesson", Button("Done", HELP), topic="lesson/1"), "e7/lesson")
        door.engine.reply = Reply(
            replace=saying("Lesson ✓", Button("Undo", HELP), topic="lesson/1"), notice="Well done"
        )
        await door.ben.press(shown, "Done")
        await door.idle()
        [after] = door.ben.messages()
        assert (after.ts, texts([after]), after.buttons()) == (shown.ts, ["Lesson ✓"], ["Undo"])
        assert after.metadata == shown.metadata
        assert door.ben.ephemerals() == []
        assert door.slack.count("chat.update") == 0
        await door.ben.press(after, "Undo")
        await door.idle()
        assert door.engine.asked[-1].caller.delivery_key == "e7/lesson"
        door.fine()


@pytest.mark.parametrize("trouble", ["expired", "used up", "broken"])
async def test_without_its_response_url_a_message_is_replaced_by_name(trouble: str) -> None:
    """After half an hour, after five uses, or when Slack's answer was an error."""
    clock = DrivenClock()
    async with a_door(clock=clock, ack_seconds=0.05) as door:
        shown = await door.posted(saying("Lesson", Button("Done", HELP)), "e7/lesson")
        door.engine.gate.clear()
        door.engine.reply = Reply(replace=saying("Lesson ✓"))
        await door.ben.press(shown, "Done")
        if trouble == "expired":
            await clock.advance(31 * 60)
        elif trouble == "used up":
            for each in door.slack.state.response_urls.values():
                each.uses = 5
        else:
            door.slack.faults.on("response_url", BROKEN)
        door.engine.gate.set()
        await door.idle()
        [after] = door.ben.messages()
        assert (after.text, after.metadata) == ("Lesson ✓", shown.metadata)
        assert door.slack.count("chat.update") == 1


async def test_of_two_quick_presses_the_later_one_stays() -> None:
    """The second state is not even sent before the first has arrived: on the way they could change places."""
    async with a_door() as door:
        shown = await door.posted(saying("Lesson", Button("One", HELP), Button("Two", HELP)), "e7/lesson")
        door.slack.faults.on("response_url", Fault("slow", seconds=0.3))
        door.engine.reply = Reply(replace=saying("One done"))
        await door.ben.press(shown, "One")
        await door.slack.until(lambda: door.slack.count("response_url"))
        door.engine.reply = Reply(replace=saying("Both done"))
        await door.ben.press(shown, "Two")
        for _ in range(10):  # time enough to send it
            await door.slack.verify_url()
        assert door.slack.count("response_url") == 1
        await door.idle()
        assert door.slack.count("response_url") == 2
        assert texts(door.ben.messages()) == ["Both done"]


async def test_an_answer_to_a_press_is_a_message_of_its_own() -> None:
    """In the conversation, and in the thread of what was pressed."""
    async with a_door() as door:
        shown = await door.posted(saying("Lesson", Button("Ask", HELP)))
        door.engine.reply = Reply(say=saying("The answer"))
        await door.ben.press(shown, "Ask")
        await door.idle()
        assert texts(door.ben.messages()) == ["Lesson", "The answer"]
        door.fine()


async def test_a_notice_is_shown_where_nothing_else_shows_the_effect() -> None:
    """For its reader only, and it is gone with the next start of their client."""
    async with a_door() as door:
        shown = await door.posted(saying("Lesson", Button("Done", HELP)))
        door.engine.reply = Reply(notice="That was done before.")
        await door.ben.press(shown, "Done")
        await door.idle()
        assert texts(door.ben.ephemerals()) == ["That was done before."]
        assert texts(door.ben.messages()) == ["Lesson"]


async def test_a_press_on_what_only_one_person_sees() -> None:
    """It is replaced, and answered, for them alone."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Sure?", Button("Yes", HELP)))
        await door.ben.slash("/course", "leave", general(door))
        door.engine.reply = Reply(replace=saying("You left"), say=saying("Come back any time"))
        await door.ben.press(door.ben.ephemerals(general(door))[-1], "Yes")
        await door.idle()
        assert texts(door.ben.ephemerals(general(door))) == ["You left", "Come back any time"]
        assert door.ben.messages() == []
        assert door.engine.asked[-1].caller.room is not None
        door.fine()


async def test_what_only_one_person_sees_and_cannot_be_replaced_is_said_again() -> None:
    """Slack knows no other way to change it."""
    async with a_door(ack_seconds=0.05) as door:
        door.engine.reply = Reply(say=saying("Sure?", Button("Yes", HELP)))
        await door.ben.slash("/course", "leave", general(door))
        door.engine.gate.clear()
        door.engine.reply = Reply(replace=saying("You left"))
        await door.ben.press(door.ben.ephemerals(general(door))[-1], "Yes")
        for each in door.slack.state.response_urls.values():
            each.uses = 5
        door.engine.gate.set()
        await door.idle()
        assert "You left" in texts(door.ben.messages())


async def test_a_press_in_a_channel_is_answered_for_its_reader_only() -> None:
    """What stands there for all is replaced; the answer is for one."""
    async with a_door() as door:
        room = door.slack.state.channels[general(door).id]
        room.members.append(door.installed.open[door.workspace].bot_user)
        await door.platform.send(replace(door.me, ref=room.id), saying("A start", Button("Me too", HELP)), "g1/start")
        shown = next(each for each in door.ben.messages(room) if "A start" in each.text)
        door.engine.reply = Reply(replace=saying("A start: 1"), say=saying("You are in"))
        await door.ben.press(shown, "Me too")
        await door.idle()
        assert "A start: 1" in texts(door.ben.messages(room))
        assert texts(door.ben.ephemerals(room)) == ["You are in"]
        assert door.ben.messages() == []
        door.fine()


# --- the home tab ---


async def test_a_press_on_the_home_tab_shows_the_new_tab() -> None:
    """Or opens what it asks for."""
    async with a_door() as door:
        door.engine.card = saying("Home", Button("Pause", HELP))
        await door.ben.opens_home()
        await door.idle()
        assert door.ben.home is not None
        door.engine.reply = Reply(home=saying("Paused", Button("Resume", HELP)), notice="Paused.")
        await door.ben.press(door.ben.home, "Pause")
        await door.idle()
        assert door.ben.home.buttons() == ["Resume"]
        door.engine.reply = Reply(form=a_form())
        await door.ben.press(door.ben.home, "Resume")
        await door.idle()
        assert door.ben.form.title == "Your answer"
        assert door.ben.messages() == []
        door.fine()


async def test_an_answer_to_the_home_tab_is_seen_on_it() -> None:
    """In a window: the conversation is behind another tab. Where that cannot open, in the conversation."""
    async with a_door() as door:
        door.engine.card = saying("Home", Button("Catch up", HELP))
        await door.ben.opens_home()
        await door.idle()
        assert door.ben.home is not None
        door.engine.reply = Reply(say=saying("Two lessons wait", Button("First", HELP)))
        await door.ben.press(door.ben.home, "Catch up")
        await door.idle()
        assert "Two lessons wait" in door.ben.form.texts()
        await door.ben.closes()
        door.slack.faults.on("views.open", Fault("error", code="expired_trigger_id"))
        await door.ben.press(door.ben.home, "Catch up")
        await door.idle()
        assert texts(door.ben.messages()) == ["Two lessons wait"]
        door.fine()


# --- reading everything ---


async def test_a_message_that_was_cut_is_read_in_a_window() -> None:
    """Page by page; what is pressed there changes the message behind it, and the page."""
    async with a_door() as door:
        message = replace(long_message(), topic="lesson/1")
        message = replace(message, blocks=(*message.blocks, *saying("", Button("Done", HELP)).blocks[1:]))
        shown = await door.posted(message, "e7/lesson")
        door.engine.wholes["e7/lesson"] = message
        await door.ben.press(shown, "Read everything")
        await door.idle()
        seen = " ".join(door.ben.form.texts())
        while "More" in door.ben.form.buttons():
            await door.ben.press(door.ben.form, "More")
            await door.idle()
            seen += " ".join(door.ben.form.texts())
        assert all(f"Paragraph {n}." in seen for n in range(20))
        assert door.asked == []
        door.engine.reply = Reply(replace=saying("Lesson ✓", topic="lesson/1"))
        await door.ben.press(door.ben.form, "Done")
        await door.idle()
        assert door.engine.asked[-1].caller.delivery_key == "e7/lesson"
        assert texts(door.ben.messages()) == ["Lesson ✓"]
        assert "Lesson ✓" in door.ben.form.texts()
        door.fine()


async def test_a_message_that_is_no_more_says_so() -> None:
    """Instead of nothing."""
    async with a_door() as door:
        shown = await door.posted(long_message(), "e7/lesson")
        await door.ben.press(shown, "Read everything")
        await door.idle()
        assert door.ben.last().text == "This message cannot be shown any more."


async def test_where_no_window_opens_the_whole_message_is_posted() -> None:
    """In parts."""
    async with a_door() as door:
        shown = await door.posted(long_message(), "e7/lesson")
        door.engine.wholes["e7/lesson"] = long_message()
        door.slack.faults.on("views.open", Fault("error", code="expired_trigger_id"))
        await door.ben.press(shown, "Read everything")
        await door.idle()
        said = " ".join(" ".join(each.texts()) for each in door.ben.messages()[1:])
        assert all(f"Paragraph {n}." in said for n in range(20))
