"""Messages that are too long: each step honest, nothing lost that cannot be read elsewhere."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings

from adapters.catalogues import read_catalogues
from adapters.slack.fitting import VIEW, pages
from adapters.slack.limits import clipped, length
from adapters.slack.render import message_payload, message_payloads
from adapters.slack.stamps import WHOLE, stamped
from adapters.slack.views import Origin, modal, whole_view
from bot.messages.blocks import (
    Bar,
    Bars,
    Block,
    Button,
    Buttons,
    Facts,
    Form,
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
from tests.adapters.slack.strict import accepted, accepted_view, controls, kinds, words_of
from tests.adapters.slack.trees import messages

CATALOGUES = read_catalogues()
T = CATALOGUES[Language.EN]
SENTENCE = "A draft is shown early, and people say what they see. "
BOOK = Text(tuple(Paragraph((Span(f"{n}. " + SENTENCE * 5),)) for n in range(150)))
"""Forty kilobytes."""


def line(text: str) -> Line:
    return (Span(text),)


def message(*blocks: Block) -> Message:
    return Message(Language.EN, "Summary", blocks, "topic")


def actions_of(payload: dict[str, object]) -> list[str]:
    return [stamped(each["value"]).action for each in controls(payload["blocks"]) if "value" in each]


def items(count: int, each: int = 1) -> list[Item]:
    return [
        Item(
            str(n),
            line(f"Lesson {n}"),
            buttons=tuple(Button("Open", f"open?n={n}&b={b}", spoken=f"Open lesson {n}, {b}") for b in range(each)),
        )
        for n in range(1, count + 1)
    ]


def test_rows_share_their_buttons_before_anything_is_left_out() -> None:
    """Thirty rows with two buttons each would be sixty blocks."""
    payload = accepted(message_payload(message(Title("Catch up"), *items(30, 2)), T, "key"))
    assert len(payload["blocks"]) <= 5
    assert len(actions_of(payload)) == 60
    labels = [each["text"]["text"] for each in controls(payload["blocks"])]
    assert len(set(labels)) == 60, "without their row, buttons are told apart by their full names"


def test_rows_share_their_buttons_in_windows_too() -> None:
    many = message(Title("Catch up"), *items(80, 2))
    view = accepted_view(whole_view(many, T, Origin(key="key")))
    assert len(actions_of(view)) == 160
    form = Form(Language.EN, "Catch up", "", many.blocks)
    assert len(actions_of(accepted_view(modal(form, T, Origin())))) == 160


def test_thirty_buttons_in_a_row_fit() -> None:
    payload = accepted(message_payload(message(Buttons(tuple(Button(str(n), f"a{n}") for n in range(30)))), T))
    assert kinds(payload) == ["actions", "actions"]


def test_a_book_ends_early_and_says_so() -> None:
    """It ends after a whole sentence, and a press reads everything."""
    payload = accepted(message_payload(message(Title("Book"), BOOK), T, "key-1"))
    assert "The rest does not fit here." in payload["text"]
    assert actions_of(payload) == [WHOLE]
    (button,) = controls(payload["blocks"])
    assert stamped(button["value"]).key == "key-1"
    assert len(payload["text"]) > 3_000, "there is room for more"
    assert re.search(r"see\.\s*\n\(The rest", payload["text"])


def test_what_the_message_was_about_can_still_be_pressed() -> None:
    """The last buttons stay when the list above them is cut."""
    launch = Buttons((Button("Enrol 2,000 people", "cohort.enrol"),))
    payload = accepted(message_payload(message(Title("Dry run"), BOOK, launch), T, "key"))
    assert actions_of(payload) == [WHOLE, "cohort.enrol"]


def test_an_end_that_is_too_long_itself_is_no_end() -> None:
    """Whatever a message ends with, its beginning is shown."""
    for last in (
        Buttons((Button("Help", "course.help"),), "x " * 20_000),
        Buttons((Button("Site", href="/" + "x" * 40_000),)),
        Note(line("x " * 20_000)),
        Buttons(tuple(Button(f"🎉{n} " * 40, f"a{n}") for n in range(10)), "🎉" * 120),
    ):
        payload = accepted(message_payload(message(Title("Book"), BOOK, last), T, "key"))
        assert payload["text"].startswith("Book\n0. A draft")
    amps = Buttons(tuple(Button("&" * 75 + str(n), f"a{n}") for n in range(10)), "&" * 120)
    assert actions_of(accepted(message_payload(message(BOOK, amps), T, "key"))) == [WHOLE]
    small = Note(line("You can also type."))
    payload = message_payload(message(Title("Book"), BOOK, Buttons((Button("Help", "course.help"),)), small), T, "key")
    assert actions_of(payload) == [WHOLE, "course.help"]


def test_without_a_key_nothing_is_offered_that_could_not_be_shown() -> None:
    payload = accepted(message_payload(message(BOOK), T))
    assert actions_of(payload) == []
    assert "The rest does not fit here." in payload["text"]


def test_an_answer_is_sent_in_as_many_messages_as_it_takes() -> None:
    """Whoever asked gets everything."""
    launch = Buttons((Button("Help", "course.help"),))
    payloads = [accepted(each) for each in message_payloads(message(Title("Book"), BOOK, launch), T)]
    assert " ".join(each["text"] for each in payloads).count("draft") == 750
    assert actions_of(payloads[-1]) == ["course.help"]
    assert len(message_payloads(message(Title("Short")), T)) == 1


def test_a_hundred_rows_of_every_kind_fit() -> None:
    for block in (
        Facts(tuple((f"Label {n}", line(SENTENCE)) for n in range(100))),
        Table(("Name", "Note"), tuple((line(str(n)), line(SENTENCE)) for n in range(100)), "People"),
        Bars("Votes", tuple(Bar(f"{n} {SENTENCE}", n, n / 100) for n in range(100)), line("The end")),
        Text((Bullets(tuple((Paragraph(line(SENTENCE)),) for _ in range(100)), 1),)),
        Text((Code(SENTENCE * 700),)),
        Sample("Preview", message(BOOK)),
        Note(line(SENTENCE * 700)),
        Title(SENTENCE * 700),
        Buttons(tuple(Button(f"Button {n} with a rather long name", f"a{n}") for n in range(200))),
        Item("x" * 40_000, line("y" * 40_000), line("z" * 40_000), buttons=(Button("Open", "open"),)),
        Facts((("x" * 40_000, line("y" * 40_000)),)),
    ):
        payload = accepted(message_payload(message(block), T, "key"))
        assert WHOLE in actions_of(payload), block
        assert len(payload["text"]) > 1_900, type(block)


def test_all_words_are_in_the_pages() -> None:
    """Reading everything shows everything, in order, a page at a time."""
    book = message(Title("Book"), BOOK, Buttons((Button("Help", "course.help"),)))
    origin = Origin(key="key")
    number, said = 0, ""
    while True:
        view = accepted_view(whole_view(book, T, origin, number))
        said += words_of(view["blocks"])
        more = [action for action in actions_of(view) if action.startswith(WHOLE)]
        if not more:
            break
        number += 1
        assert more == [f"{WHOLE}:{number}"]
    assert said.split().count("draft") == 750
    assert "course.help" in actions_of(view)


def test_more_is_offered_only_where_the_message_can_be_found_again() -> None:
    view = accepted_view(whole_view(message(Title("Book"), BOOK, BOOK, BOOK, BOOK), T, Origin()))
    assert actions_of(view) == []
    assert "The rest does not fit here." in words_of(view["blocks"])


def test_a_page_beyond_the_end_is_the_last_one() -> None:
    assert accepted_view(whole_view(message(Title("Short")), T, Origin(), 99))["callback_id"] == "panel"


@settings(suppress_health_check=list(HealthCheck))
@given(messages)
def test_pages_hold_every_word_and_each_is_taken(tree: Message) -> None:
    """For any message: its parts fit as messages and as views, and no word is lost between them."""
    t = CATALOGUES[tree.language]
    parts = pages(tree, t)
    for part in parts:
        payload = accepted(message_payload(part, t))
        assert t.t("The rest does not fit here.") not in payload["text"] or "rest" in tree.summary
    said = set(re.findall(r"\w{3,}", " ".join(plain_text(part, t) for part in parts)))
    wanted = set(re.findall(r"\w{3,590}", " ".join(t for block in tree.blocks for t in titles(block))))
    assert wanted <= said
    for number in range(len(pages(tree, t, VIEW))):
        accepted_view(whole_view(tree, t, Origin(), number))


def titles(block: Block) -> list[str]:
    return [block.text] if isinstance(block, Title) else []


def test_clipping_keeps_whole_characters_and_says_that_it_clipped() -> None:
    assert clipped("short", 24) == "short"
    assert clipped("The habit you would change first", 24) == "The habit you would…"
    assert length(clipped("🎉" * 30, 24)) <= 24
    assert clipped("🎉" * 30, 24).endswith("🎉…")
