"""When the engine needs longer than Slack waits: nothing is lost, nothing happens twice."""

from __future__ import annotations

from bot.messages.actions import encode
from bot.messages.blocks import Button, Reply
from bot.model.commands_ama import AskQuestion
from tests.adapters.slack.inbound_stage import Door, a_door, a_form, saying

SOON = 0.05
"""Instead of two seconds."""


async def test_a_quick_act_leaves_nothing_in_the_inbox() -> None:
    """It is not even put in."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Hello"))
        await door.ben.slash("/course", "next")
        await door.ben.dm("next")
        await door.idle()
        assert door.inbox.put_in == 0


async def test_a_slow_answer_to_a_command_comes_later() -> None:
    """A word at once, the answer through the response_url, and the inbox is empty again."""
    async with a_door(ack_seconds=SOON) as door:
        door.engine.gate.clear()
        door.engine.reply = Reply(say=saying("At last"))
        assert (await door.ben.slash("/course", "next")).ok
        assert "takes a moment" in door.ben.ephemerals()[-1].text
        [row] = door.inbox.rows.values()
        assert (row.workspace, row.kind) == (door.workspace, "Said")
        assert '"text": "next"' in row.payload
        door.engine.gate.set()
        await door.idle()
        assert door.ben.ephemerals()[-1].text == "At last"
        assert door.inbox.rows == {}
        door.fine()


async def test_a_slow_answer_to_words_and_presses_comes_later() -> None:
    """In the conversation, and in place of what was pressed."""
    async with a_door(ack_seconds=SOON) as door:
        shown = await door.posted(saying("Lesson", Button("Done", "x")))
        door.engine.gate.clear()
        door.engine.reply = Reply(replace=saying("Lesson, done"), say=saying("Well done"))
        assert (await door.ben.press(shown, "Done")).ok
        delivery = await door.ben.dm("done")
        assert delivery
        assert delivery.ok
        assert len(door.inbox.rows) == 2
        door.engine.gate.set()
        await door.idle()
        texts = [each.text for each in door.ben.messages()]
        assert texts.count("Lesson, done") == 1
        assert texts.count("Well done") == 2
        assert door.inbox.rows == {}
        door.fine()


async def test_a_form_whose_answer_is_slow_stays_open_until_it_comes() -> None:
    """What is wrong is said in the form, with everything that was entered still in it."""
    async with a_door(ack_seconds=SOON) as door:
        await door.opened_form()
        door.engine.gate.clear()
        door.engine.reply = Reply(errors=(("text", "Too short."),))
        assert (await door.ben.submit(None, {"Your words": "hm"})).ok
        assert "takes a moment" in " ".join(door.ben.form.texts())
        door.engine.gate.set()
        await door.idle()
        form = door.ben.form
        assert "Too short." in " ".join(form.texts())
        assert form.control("Your words").element["initial_value"] == "hm"
        door.engine.reply = Reply(close=True, say=saying("Thank you"))
        await door.ben.submit(None, {})
        await door.idle()
        assert dict(door.engine.asked[-1].values) == {"text": "hm"}
        assert door.ben.last().text == "Thank you"
        door.fine()


async def test_a_slow_form_that_went_well_says_so_in_its_window() -> None:
    """Slack lets nobody close a window later."""
    async with a_door(ack_seconds=SOON) as door:
        await door.opened_form()
        door.engine.gate.clear()
        door.engine.reply = Reply(close=True, notice="Saved.")
        await door.ben.submit(None, {"Your words": "hm"})
        door.engine.gate.set()
        await door.idle()
        assert "Saved." in door.ben.form.texts()


async def test_a_slow_form_that_was_closed_meanwhile_is_answered_in_the_conversation() -> None:
    """Nothing wrong goes unsaid."""
    async with a_door(ack_seconds=SOON) as door:
        await door.opened_form()
        door.engine.gate.clear()
        door.engine.reply = Reply(errors=(("text", "Too short."),))
        await door.ben.submit(None, {"Your words": "hm"})
        await door.ben.closes()
        door.engine.gate.set()
        await door.idle()
        assert door.ben.last().text == "Too short."


async def test_a_slow_press_whose_form_comes_too_late_offers_a_button() -> None:
    """Its trigger is used up by then."""
    async with a_door(ack_seconds=SOON) as door:
        shown = await door.posted(saying("Lesson", Button("Answer", "course.answer:1")))
        door.engine.gate.clear()
        door.engine.reply = Reply(form=a_form())
        await door.ben.press(shown, "Answer")
        for trigger in door.slack.state.triggers.values():
            trigger.expires = 0
        door.engine.gate.set()
        await door.idle()
        assert door.ben.modal is None
        await door.ben.press(door.ben.last(), "Open the form")
        await door.idle()
        assert door.asked[-1] == ("press", "course.answer:1")
        assert door.ben.form.title == "Your answer"


async def crashed(door: Door) -> None:
    """The process ends in the middle: nothing it had begun goes on."""
    await door.inbound._dispatch.close(0.0)


async def test_what_was_acknowledged_before_a_crash_is_done_after_it() -> None:
    """Exactly once, and answered: by the response_url, which still works."""
    async with a_door(ack_seconds=SOON) as door:
        door.engine.gate.clear()
        door.engine.reply = Reply(say=saying("At last"))
        await door.ben.slash("/course", "next")
        await crashed(door)
        assert len(door.inbox.rows) == 1
        door.engine.gate.set()
        again = door.make()
        await again.start()
        await again.idle()
        assert door.ben.ephemerals()[-1].text == "At last"
        assert door.inbox.rows == {}
        await again.close()
        third = door.make()
        await third.start()
        await third.idle()
        assert len(door.engine.seen) == 1
        assert [each.text for each in door.ben.ephemerals()].count("At last") == 1
        await third.close()


async def test_what_the_engine_did_before_the_crash_is_not_done_again() -> None:
    """It knows the event; the inbox forgets it."""
    async with a_door(ack_seconds=SOON) as door:
        door.engine.gate.clear()
        door.engine.reply = Reply(say=saying("At last"))
        delivery = await door.ben.dm("done")
        assert delivery is not None
        await crashed(door)
        door.engine.seen.add(delivery.payload["event_id"])
        door.engine.gate.set()
        again = door.make()
        await again.start()
        await again.idle()
        assert "At last" not in [each.text for each in door.ben.messages()]
        assert door.inbox.rows == {}
        await again.close()


async def test_what_cannot_be_read_any_more_does_not_stop_the_start() -> None:
    """A payload of an older version: forgotten."""
    async with a_door(start=False) as door:
        for number, payload in enumerate(("{", "[]", '{"type": "block_actions"}', '{"type": "event_callback"}')):
            await door.inbox.put(f"e{number}", door.workspace, "Said", payload, None)  # type: ignore[arg-type]
        await door.inbound.start()
        await door.idle()
        assert door.inbox.rows == {}


async def test_an_event_that_can_be_neither_done_nor_kept_is_sent_again_by_slack() -> None:
    """The one case for an error: Slack's own retries are the memory then. What was done meanwhile is not done twice."""
    async with a_door(ack_seconds=SOON) as door:
        door.inbox.broken = True
        door.engine.gate.clear()
        door.engine.reply = Reply(say=saying("At last"))
        delivery = await door.ben.dm("done")
        assert delivery is not None
        assert delivery.status == 503
        door.engine.gate.set()
        await door.idle()
        assert (await door.slack.redeliver(delivery)).ok
        await door.idle()
        assert [each.text for each in door.ben.messages()].count("At last") == 1


async def test_a_command_that_cannot_be_kept_is_answered_all_the_same() -> None:
    """Slack does not send commands again: the process goes on with it."""
    async with a_door(ack_seconds=SOON) as door:
        door.inbox.broken = True
        door.engine.gate.clear()
        door.engine.reply = Reply(say=saying("At last"))
        assert (await door.ben.slash("/course", "next")).ok
        door.engine.gate.set()
        await door.idle()
        assert door.ben.ephemerals()[-1].text == "At last"


async def test_closing_waits_for_what_was_begun() -> None:
    """A few seconds; an answer under way still arrives."""
    async with a_door(ack_seconds=SOON) as door:
        door.engine.gate.clear()
        door.engine.reply = Reply(say=saying("At last"))
        await door.ben.slash("/course", "next")
        door.engine.gate.set()
        await door.inbound.close()
        assert door.ben.ephemerals()[-1].text == "At last"
        assert door.inbox.rows == {}


async def test_an_anonymous_question_is_never_kept() -> None:
    """However slow the engine is: the inbox would say who wrote it."""
    async with a_door(ack_seconds=SOON) as door:
        await door.opened_form(a_form(action=encode(AskQuestion(1, anonymous=True, draft=400_001))))
        door.engine.gate.clear()
        door.engine.reply = Reply(close=True, notice="Saved.")
        assert (await door.ben.submit(None, {"Your words": "Why so slow?"})).ok
        assert door.inbox.put_in == 0
        door.engine.gate.set()
        await door.idle()
        assert dict(door.engine.asked[-1].values) == {"text": "Why so slow?"}
