"""Windows: what becomes of a form that was pressed in, sent, or filled with a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.messages.blocks import Button, Choice, ChoiceField, FileField, Form, Reply, Text
from bot.model.course import Language
from bot.model.richtext import words
from tests.adapters.slack.inbound_stage import (
    HELP,
    Door,
    a_door,
    a_form,
    entered,
    general,
    saying,
    texts,
    without_scope,
)

PANEL = Form(Language.EN, "Your progress", "", (Text(words("Three of five.")),))


# --- modals ---


async def test_a_press_in_a_modal_brings_the_next_one_in_its_place() -> None:
    """What the engine filled in is shown, also under a name that was filled in before."""
    async with a_door() as door:
        await door.opened_form(replace(a_form(value="old"), buttons=(Button("Again", "course.open:1"),)))
        door.ben.fill({"Your words": "typed"})
        door.engine.reply = Reply(form=a_form("Second", value="new"))
        await door.ben.press(door.ben.form, "Again")
        await door.idle()
        form = door.ben.form
        assert form.title == "Second"
        assert entered(form) == "new"
        door.fine()


async def test_a_press_in_a_modal_shows_its_answer_there() -> None:
    """A message as something to read, and the message behind it is replaced."""
    async with a_door() as door:
        shown = await door.opened_form(replace(PANEL, buttons=(Button("Done", "course.done:1"),)))
        door.engine.reply = Reply(replace=saying("Lesson ✓"), say=saying("Well done", Button("Next", HELP)))
        await door.ben.press(door.ben.form, "Done")
        await door.idle()
        assert "Well done" in door.ben.form.texts()
        assert [each.text for each in door.ben.messages() if each.ts == shown.ts] == ["Lesson ✓"]
        door.engine.reply = Reply(notice="Soon.")
        await door.ben.press(door.ben.form, "Next")
        await door.idle()
        door.fine()


async def test_a_press_in_a_modal_that_ends_it_says_so_there() -> None:
    """Slack lets nobody close a window but its reader."""
    async with a_door() as door:
        await door.opened_form(replace(PANEL, buttons=(Button("Done", "course.done:1"),)))
        door.engine.reply = Reply(close=True, notice="Saved.")
        await door.ben.press(door.ben.form, "Done")
        await door.idle()
        assert "Saved." in door.ben.form.texts()


async def test_a_modal_that_changed_meanwhile_gets_the_newest_answer() -> None:
    """Two presses at once: Slack's refusal of the second is no reason to lose it."""
    async with a_door(ack_seconds=0.05) as door:
        await door.opened_form(replace(PANEL, buttons=(Button("Done", "course.done:1"),)))
        door.engine.gate.clear()
        door.engine.reply = Reply(form=a_form("Newest"))
        await door.ben.press(door.ben.form, "Done")
        door.ben.form.view.hash = "changed meanwhile"
        door.engine.gate.set()
        await door.idle()
        assert door.ben.form.title == "Newest"


async def test_a_modal_that_was_closed_meanwhile_is_answered_in_the_conversation() -> None:
    """The answer is not lost with the window."""
    async with a_door(ack_seconds=0.05) as door:
        await door.opened_form(replace(PANEL, buttons=(Button("Done", "course.done:1"),)))
        door.engine.gate.clear()
        door.engine.reply = Reply(say=saying("Well done"))
        await door.ben.press(door.ben.form, "Done")
        await door.ben.closes()
        door.engine.gate.set()
        await door.idle()
        assert door.ben.last().text == "Well done"


# --- forms that were sent ---


async def test_a_form_that_went_well_closes_and_shows_its_effect() -> None:
    """The message behind it is new, the answer beside it."""
    async with a_door() as door:
        shown = await door.opened_form()
        door.engine.reply = Reply(replace=saying("Lesson ✓", topic="lesson/1"), say=saying("Thank you"), close=True)
        await door.ben.submit(None, {"Your words": "x"})
        await door.idle()
        assert door.ben.modal is None
        assert texts(door.ben.messages()) == ["Lesson ✓", "Thank you"]
        assert door.ben.messages()[0].metadata == shown.metadata
        door.fine()


async def test_a_form_without_any_effect_to_see_is_confirmed() -> None:
    """For its reader only."""
    async with a_door() as door:
        await door.opened_form()
        door.engine.reply = Reply(notice="Saved.", close=True)
        await door.ben.submit(None, {"Your words": "x"})
        await door.idle()
        assert texts(door.ben.ephemerals()) == ["Saved."]


async def test_a_form_from_a_channel_is_answered_in_the_channel() -> None:
    """For its reader only, where they are."""
    async with a_door() as door:
        door.engine.reply = Reply(form=a_form())
        await door.ben.slash("/course", "answer", general(door))
        await door.idle()
        door.engine.reply = Reply(say=saying("Thank you"), close=True)
        await door.ben.submit(None, {"Your words": "x"})
        await door.idle()
        assert texts(door.ben.ephemerals(general(door))) == ["Thank you"]
        assert door.ben.messages() == []
        door.fine()


async def test_errors_stay_at_their_fields() -> None:
    """What belongs to no field stands at the first."""
    async with a_door() as door:
        form = replace(a_form(), fields=(*a_form().fields, replace(a_form().fields[0], name="more", label="More")))
        await door.opened_form(form)
        door.engine.reply = Reply(errors=(("more", "Too short."), ("", "Not now.")))
        await door.ben.submit(None, {"Your words": "x"})
        assert door.ben.form.errors == {"More": "Too short.", "Your words": "Not now."}
        door.fine()


async def test_errors_of_a_form_without_fields_are_said_in_it() -> None:
    """Slack shows errors at fields only."""
    async with a_door() as door:
        await door.opened_form(replace(a_form(), fields=(), submit="Yes"))
        door.engine.reply = Reply(errors=(("", "Not now."),))
        await door.ben.submit(None, {})
        await door.idle()
        assert "Not now." in " ".join(door.ben.form.texts())
        door.fine()


async def test_a_form_leads_to_the_next() -> None:
    """With what the engine filled in."""
    async with a_door() as door:
        await door.opened_form(a_form(value="first"))
        door.engine.reply = Reply(form=a_form("Second", value="second"))
        await door.ben.submit(None, {"Your words": "mine"})
        form = door.ben.form
        assert form.title == "Second"
        assert entered(form) == "second"
        door.fine()


async def test_a_form_sent_again_is_closed_without_any_effect() -> None:
    """Slack sent it twice, or it was pressed twice."""
    async with a_door() as door:
        await door.opened_form()
        door.engine.reply = Reply(close=True, say=saying("Thank you"))
        delivery = await door.ben.submit(None, {"Your words": "x"})
        await door.slack.redeliver(delivery)
        await door.idle()
        assert texts(door.ben.messages()).count("Thank you") == 1


# --- files handed in ---

UPLOAD = Form(Language.EN, "Enrol", HELP, (), (FileField("file", "Or a CSV file"),), "Look")


async def handed_in(door: Door, content: bytes, **how: Any) -> dict[str, str]:
    await door.opened_form(UPLOAD)
    door.engine.reply = Reply(close=True, say=saying("Found"))
    await door.ben.submit(None, {"Or a CSV file": [("people.csv", content)], **how})
    await door.idle()
    return dict(door.engine.asked[-1].values)


async def test_a_file_is_read_as_text() -> None:
    """With or without the mark that office programs put before it."""
    async with a_door() as door:
        assert await handed_in(door, "\ufeffemail\nzoé@example.org\n".encode()) == {"file": "email\nzoé@example.org\n"}
        door.fine()


async def test_a_large_file_is_read_whole() -> None:
    """Not only the first part that arrives."""
    async with a_door() as door:
        rows = "".join(f"person{n}@example.org\n" for n in range(20_000))
        assert await handed_in(door, rows.encode()) == {"file": rows}


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a\0b", "zo\u00e9".encode("latin-1"), b"x" * 2_000_001])
async def test_a_file_that_is_no_text_or_too_large_is_refused_kindly(content: bytes) -> None:
    """At its field; the engine is not asked."""
    async with a_door() as door:
        values = await handed_in(door, content)
        assert values == {}
        assert "cannot be read" in door.ben.form.errors["Or a CSV file"]
        door.fine()


async def test_a_file_somewhere_else_is_not_fetched() -> None:
    """The token goes to Slack's own host only."""
    async with a_door() as door:
        door.slack.core.base = door.slack.core.base.replace("127.0.0.1", "localhost")
        await door.opened_form(UPLOAD)
        door.slack.core.base = door.slack.core.base.replace("localhost", "127.0.0.2")
        await door.ben.submit(None, {"Or a CSV file": [("people.csv", b"a")]})
        await door.idle()
        assert "cannot be read" in door.ben.form.errors["Or a CSV file"]
        assert door.asked[-1][0] == "press"


async def test_a_file_that_slack_does_not_give_is_refused_kindly() -> None:
    """Without files:read Slack answers with a page to sign in."""
    async with a_door() as door:
        await door.opened_form(UPLOAD)
        for token in door.slack.state.tokens.values():
            if token.install is not None:
                token.scopes = token.scopes - {"files:read"}
        await door.ben.submit(None, {"Or a CSV file": [("people.csv", b"a")]})
        assert "cannot be read" in door.ben.form.errors["Or a CSV file"]


async def test_where_files_cannot_be_read_lines_are_pasted() -> None:
    """files:read is not among what we ask for; an installation that has it gets the file field."""
    async with a_door() as door:
        without_scope(door, "files:read")
        await door.opened_form(UPLOAD)
        await door.ben.submit(None, {"Or a CSV file": "a@example.org\nb@example.org"})
        await door.idle()
        assert dict(door.engine.asked[-1].values) == {"file": "a@example.org\nb@example.org"}
        door.fine()


async def test_choices_come_back_as_the_engine_named_them() -> None:
    """Also those it named with nothing."""
    async with a_door() as door:
        field = ChoiceField("window", "When", (Choice("", "Any time"), Choice("9-12", "Mornings")), value="9-12")
        await door.opened_form(replace(a_form(), fields=(field,)))
        door.engine.reply = Reply(close=True, notice="Saved.")
        await door.ben.submit(None, {"When": "Any time"})
        await door.idle()
        assert dict(door.engine.asked[-1].values) == {"window": ""}
