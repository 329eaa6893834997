"""Drawing once for many: nobody can tell the difference, but the clock."""

from __future__ import annotations

import copy

import pytest

from adapters.catalogues import read_catalogues
from adapters.teams.looks import Looks
from adapters.teams.render import message_activity
from adapters.teams.rendered import KEPT, Rendered
from bot.errors import SendFailed
from bot.messages.blocks import Button, Buttons, Item, Message, Text, Title
from bot.model.course import Language
from bot.model.delivery import Reason
from bot.model.richtext import Span, words
from tests.adapters.browser import showcase
from tests.adapters.teams.strict import accepted

CATALOGUES = read_catalogues()


def saying(text: str, *buttons: Button) -> Message:
    return Message(Language.EN, text, (Title(text), Buttons(buttons)), "lesson/1/open")


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
    "like a stand-in": saying('\\u0000k "\x00k" "\\u0000n', Button("\x00k", "\x00k \\u0000k")),
    "endless": ENDLESS,
}


@pytest.mark.parametrize("key", ["k", "e1/lesson/03", "e" * 60, 'é“\\"/ '])
@pytest.mark.parametrize("name", MESSAGES)
def test_it_is_what_drawing_for_this_reader_gives(name: str, key: str) -> None:
    """The first time and every other time, whatever the keys before were."""
    message, rendered = MESSAGES[name], Rendered(CATALOGUES, Looks())
    wanted = accepted(message_activity(message, CATALOGUES[message.language], key, Looks(), "29:me", f"n-{key}"))
    for _ in range(2):
        assert rendered.activity(copy.deepcopy(message), "another", "29:you", "n") != wanted
        assert rendered.activity(message, key, "29:me", f"n-{key}") == wanted
    assert rendered.activity(message) == message_activity(message, CATALOGUES[message.language])
    assert len(rendered.drawn) == 2, "with a key and without"


def test_each_gets_his_own() -> None:
    """Whoever sends it may change what he got."""
    rendered = Rendered(CATALOGUES, Looks())
    first = rendered.activity(MESSAGES["lesson"], "k1")
    first["attachments"][0]["content"]["body"].clear()
    first["recipient"] = {"id": "29:x"}
    assert rendered.activity(MESSAGES["lesson"], "k1") == message_activity(
        MESSAGES["lesson"], CATALOGUES[Language.FR], "k1"
    )


def test_a_message_that_cannot_be_compared_is_drawn_each_time() -> None:
    """A list where a tuple belongs is no reason not to send."""
    message = Message(Language.EN, "Hello", [Text(words("Hello"))])  # type: ignore[arg-type]
    rendered = Rendered(CATALOGUES, Looks())
    assert rendered.activity(message, "k1") == message_activity(message, CATALOGUES[Language.EN], "k1")


def test_only_so_many_are_kept() -> None:
    rendered = Rendered(CATALOGUES, Looks())
    for number in range(KEPT + 10):
        rendered.activity(saying(f"Message {number}"), "k1")
    assert len(rendered.drawn) == KEPT


def test_what_cannot_be_drawn_was_never_sent() -> None:
    """Not a doubt: a clear, lasting failure."""
    broken = Message(Language.EN, "Broken", (Buttons(None), Text(words("x"))))  # type: ignore[arg-type]
    with pytest.raises(SendFailed) as failed:
        Rendered(CATALOGUES, Looks()).activity(broken, "k")
    assert (failed.value.reason, failed.value.permanent) == (Reason.BROKEN, True)
