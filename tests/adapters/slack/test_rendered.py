"""Drawing once for many: nobody can tell the difference, but the clock."""

from __future__ import annotations

import copy

import pytest

from adapters.catalogues import read_catalogues
from adapters.slack.pictures import Looks
from adapters.slack.render import message_payload
from adapters.slack.rendered import KEPT, Rendered
from bot.errors import SendFailed
from bot.messages.blocks import Button, Buttons, Item, Message, Text
from bot.model.course import Language
from bot.model.delivery import Reason
from bot.model.richtext import Span, words
from tests.adapters.browser import showcase
from tests.adapters.slack.platform_stage import saying

CATALOGUES = read_catalogues()
LONG = saying("Long", *(Button(f"Button {n}", "a" * (1_700 + 20 * n)) for n in range(15)), topic="lesson/1/" + "t" * 80)
ENDLESS = Message(
    Language.EN,
    "Endless",
    tuple(Item(str(n), (Span("word " * 100),), buttons=(Button(f"Do {n}", f"do {n}"),)) for n in range(60)),
    topic="list",
)
MESSAGES = {
    "lesson": showcase.a_lesson(Language.FR, voted="b"),
    "everything": showcase.everything(Language.EN),
    "plain": saying("Hello"),
    "long": LONG,
    "endless": ENDLESS,
}


@pytest.mark.parametrize("key", ["k", "e1/lesson/03", "e" * 200, 'é“\\"/ '])
@pytest.mark.parametrize("name", MESSAGES)
def test_it_is_what_drawing_for_this_key_gives(name: str, key: str) -> None:
    """The first time and every other time, whatever the keys before were."""
    message, rendered = MESSAGES[name], Rendered(CATALOGUES, Looks())
    wanted = message_payload(message, CATALOGUES[message.language], key)
    for _ in range(2):
        assert rendered.payload(copy.deepcopy(message), "another") != wanted
        assert rendered.payload(message, key) == wanted
    assert rendered.payload(message) == message_payload(message, CATALOGUES[message.language])


def test_a_message_that_cannot_be_compared_is_drawn_each_time() -> None:
    """A list where a tuple belongs is no reason not to send."""
    message = Message(Language.EN, "Hello", [Text(words("Hello"))])  # type: ignore[arg-type]
    rendered = Rendered(CATALOGUES, Looks())
    assert rendered.payload(message, "k1") == message_payload(message, CATALOGUES[Language.EN], "k1")


def test_only_so_many_are_kept() -> None:
    rendered = Rendered(CATALOGUES, Looks())
    for number in range(KEPT + 10):
        rendered.payload(saying(f"Message {number}"), "k1")
    assert len(rendered.drawn) == KEPT


def test_what_cannot_be_drawn_was_never_sent() -> None:
    """Not a doubt: a clear, lasting failure."""
    broken = Message(Language.EN, "Broken", (Buttons(None), Text(words("x"))))  # type: ignore[arg-type]
    with pytest.raises(SendFailed) as failed:
        Rendered(CATALOGUES, Looks()).payload(broken, "k")
    assert (failed.value.reason, failed.value.permanent) == (Reason.BROKEN, True)
