"""Messages and forms survive the way into JSON and back."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from adapters.browser import render
from bot.messages import blocks
from bot.model import richtext
from bot.model.course import Language
from tests.adapters.browser import showcase

MESSAGES = [
    make(language) for language in Language for make in (showcase.a_lesson, showcase.everything, showcase.home_card)
]
FORMS = [make(language) for language in Language for make in (showcase.a_form, showcase.a_panel)]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: f"{message.language} {message.summary}")
def test_a_message_comes_back_equal(message: blocks.Message) -> None:
    """Through real JSON text, nothing changes."""
    assert render.message_from(json.loads(json.dumps(render.message_json(message)))) == message


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.language} {form.title}")
def test_a_form_comes_back_equal(form: blocks.Form) -> None:
    """Through real JSON text, nothing changes."""
    assert render.form_from(json.loads(json.dumps(render.form_json(form)))) == form


def test_every_kind_of_block_is_known() -> None:
    """A block that somebody adds to the engine is not forgotten here."""
    known = set(render.KINDS.values())
    for union in (blocks.Block, blocks.Field, richtext.TextBlock, richtext.Inline):
        assert set(get_args(union)) <= known


def test_the_showcase_shows_every_kind() -> None:
    """What the other tests look at leaves nothing out."""
    shown = json.dumps([render.message_json(each) for each in MESSAGES] + [render.form_json(each) for each in FORMS])
    missing = {kind for kind in render.KINDS if f'"kind": "{kind}"' not in shown}
    assert missing == set()


def test_what_has_its_default_is_left_out() -> None:
    """Rows stay small."""
    said = render.message_json(blocks.Message(Language.EN, "Hi", (blocks.Text(richtext.words("Hi")),)))
    span = {"kind": "span", "text": "Hi"}
    paragraph = {"kind": "paragraph", "line": [span]}
    assert said == {
        "kind": "message",
        "language": "en",
        "summary": "Hi",
        "blocks": [{"kind": "text", "rich": [paragraph]}],
    }


@pytest.mark.parametrize(
    "data",
    [{}, {"kind": "spell"}, {"kind": "title", "text": "x"}, {"kind": "message"}, {"kind": "message", "odd": 1}],
)
def test_something_else_is_refused(data: dict[str, object]) -> None:
    """What is no message is said to be none."""
    with pytest.raises(ValueError, match=r".+"):
        render.message_from(data)


def test_a_page_says_what_to_type_in_the_words_of_its_language() -> None:
    """The stored message keeps the canonical words; whoever reads French sees French ones."""
    button = {"label": "Ouvrir", "action": "course.open?number=4", "typed": "open 4"}
    shown = render.for_reader({"language": "fr", "blocks": [{"buttons": [button]}]})
    assert shown["blocks"][0]["buttons"][0]["typed"] == "ouvrir 4"
    assert button["typed"] == "open 4"
