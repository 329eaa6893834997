"""Messages that are too long: each step honest, nothing lost that cannot be read elsewhere."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings

from adapters.catalogues import read_catalogues
from adapters.teams.fitting import count, pages, weight
from adapters.teams.limits import CARD_ELEMENTS, MESSAGE_BYTES, clipped, length
from adapters.teams.render import message_activities, message_activity
from adapters.teams.stamps import WHOLE
from bot.messages.blocks import (
    Bar,
    Bars,
    Block,
    Button,
    Buttons,
    Facts,
    Item,
    Message,
    Note,
    Sample,
    Table,
    Text,
    Title,
)
from bot.messages.plain import plain_text
from bot.model.course import Language
from bot.model.richtext import Bullets, Code, Line, Paragraph, Span
from tests.adapters.slack.trees import messages
from tests.adapters.teams.strict import accepted, actions_of, card_in, words_of

CATALOGUES = read_catalogues()
T = CATALOGUES[Language.EN]
SENTENCE = "A draft is shown early, and people say what they see. "
BOOK = Text(tuple(Paragraph((Span(f"{n}. " + SENTENCE * 5),)) for n in range(150)))
"""Forty kilobytes of letters, of which Teams counts each twice, and which a message says three times."""
HELP = Buttons((Button("Help", "course.help"),))


def line(text: str) -> Line:
    return (Span(text),)


def message(*blocks: Block) -> Message:
    return Message(Language.EN, "Summary", blocks, "topic")


def test_a_message_that_fits_is_whole() -> None:
    assert actions_of(message_activity(message(Title("Short"), HELP), T, "key")) == ["course.help"]


def test_the_spoken_text_gets_shorter_first() -> None:
    """What one could type and where links lead; all the words and all the buttons stay."""
    rows = [
        Item(str(n), line(SENTENCE), buttons=(Button(f"Do {n}", f"do {n}", spoken=f"Do {n} now", typed="y" * 1_500),))
        for n in range(32)
    ]
    card = card_in(accepted(message_activity(message(*rows), T, "key")))
    assert actions_of(card) == [f"do {n}" for n in range(32)]
    assert "y" * 20 not in card["speak"]
    assert card["speak"].count("[Do ") == 32


def test_a_message_too_long_offers_the_rest_and_keeps_its_last_buttons() -> None:
    """The beginning, a line that says so, a press for everything, and what the message ended with."""
    small = Note(line("You can also type."))
    activity = accepted(message_activity(message(Title("Book"), BOOK, HELP, small), T, "key"))
    said = words_of(card_in(activity))
    assert actions_of(activity) == [WHOLE, "course.help"]
    assert said.startswith("Book 0. A draft")
    assert "The rest does not fit here." in said
    assert said.endswith("You can also type.")
    assert said.count("A draft") > 100


def test_without_a_key_nothing_is_offered_that_could_not_be_shown() -> None:
    activity = accepted(message_activity(message(BOOK), T))
    assert actions_of(activity) == []
    assert "The rest does not fit here." in words_of(card_in(activity))


def test_an_answer_is_sent_in_as_many_messages_as_it_takes() -> None:
    """Whoever asked gets everything, in order, and the last buttons at the end."""
    parts = [accepted(each) for each in message_activities(message(Title("Book"), BOOK, HELP), T)]
    assert 1 < len(parts) < 6
    said = " ".join(words_of(card_in(part)) for part in parts)
    assert said.count("A draft") == 750
    assert [int(n) for n in re.findall(r"(\d+)\. A draft", said)] == list(range(150))
    assert actions_of(parts[-1]) == ["course.help"]
    assert len(message_activities(message(Title("Short")), T)) == 1


def test_presses_in_the_parts_of_a_delivery_know_it() -> None:
    """“Read everything” shows the parts of a message that has a key."""
    (part,) = message_activities(message(HELP), T, key="e1/lesson/03")
    assert part == message_activity(message(HELP), T, "e1/lesson/03")


def test_what_fits_for_one_key_fits_for_every_other() -> None:
    """Nobody's lesson is cut where another's is whole."""
    rows = [Item(str(n), line(SENTENCE), buttons=(Button("Do", f"do {n}"),)) for n in range(60)]
    short = actions_of(accepted(message_activity(message(*rows), T, "k")))
    assert short == actions_of(accepted(message_activity(message(*rows), T, "k" * 60, reader="29:" + "r" * 120)))


def test_a_hundred_rows_of_every_kind_fit() -> None:
    for block in (
        Facts(tuple((f"Label {n}", line(SENTENCE * 4)) for n in range(200))),
        Table(("Name", "Note"), tuple((line(str(n)), line(SENTENCE * 3)) for n in range(200)), "People"),
        Bars("Votes", tuple(Bar(f"{n} {SENTENCE}", n, n / 100) for n in range(150)), line("The end")),
        Text((Bullets(tuple((Paragraph(line(SENTENCE * 3)),) for _ in range(100)), 1),)),
        Text((Code(SENTENCE * 700),)),
        Sample("Preview", message(BOOK)),
        Note(line(SENTENCE * 700)),
        Title(SENTENCE * 700),
        Buttons(tuple(Button(f"Button {n} with a rather long name", f"a{n}") for n in range(200))),
        Item("x" * 40_000, line("y" * 40_000), line("z" * 40_000), buttons=(Button("Open", "open"),)),
        Facts((("x" * 40_000, line("y" * 40_000)),)),
    ):
        activity = accepted(message_activity(message(block), T, "key"))
        assert WHOLE in actions_of(activity), block
        assert len(card_in(activity)["speak"]) > 1_500, type(block)


def test_no_card_is_an_endless_way_to_scroll() -> None:
    """Also where its bytes would fit."""
    rows = [Item("•", line(str(n))) for n in range(200)]
    activity = accepted(message_activity(message(*rows), T, "key"))
    assert count(card_in(activity)["body"]) <= CARD_ELEMENTS
    assert actions_of(activity) == [WHOLE]


@settings(suppress_health_check=list(HealthCheck), max_examples=25)
@given(messages)
def test_pages_hold_every_word_and_each_is_taken(tree: Message) -> None:
    """For any message: its parts fit, and no word is lost between them."""
    t = CATALOGUES[tree.language]
    parts = pages(tree, t)
    for part in parts:
        card = card_in(accepted(message_activity(part, t)))
        assert t.t("The rest does not fit here.") not in words_of(card)
    said = set(re.findall(r"\w{3,}", " ".join(plain_text(part, t) for part in parts)))
    wanted = set(re.findall(r"\w{3,590}", " ".join(b.text for b in tree.blocks if isinstance(b, Title))))
    assert wanted <= said


def test_weight_is_what_teams_counts() -> None:
    """Two bytes for each unit of UTF-16, never less."""
    for text in ("plain", "été « où »", "🎉" * 10):
        assert weight(text) >= len(f'"{text}"'.encode("utf-16-le"))
    assert MESSAGE_BYTES == 80_000


def test_clipping_keeps_whole_characters_and_says_that_it_clipped() -> None:
    assert clipped("short", 24) == "short"
    assert clipped("The habit you would change first", 24) == "The habit you would…"
    assert length(clipped("🎉" * 30, 24)) <= 24
    assert clipped("🎉" * 30, 24).endswith("🎉…")
