"""Words stay words: nothing that somebody wrote becomes a mention, a link, a list, a heading or a date."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.catalogues import read_catalogues
from adapters.teams.markdown import APART, is_address, literal, tame
from adapters.teams.moments import moment_function, spoken_moment
from adapters.teams.render import Origin, form_activity, message_activity
from bot.messages.blocks import (
    Bar,
    Bars,
    Block,
    Button,
    Buttons,
    Choice,
    ChoiceField,
    Facts,
    Film,
    Form,
    Item,
    Message,
    Note,
    Sample,
    Section,
    Steps,
    Table,
    Text,
    TextField,
    Title,
)
from bot.model.course import Language
from bot.model.richtext import Bullets, Code, Heading, Line, Moment, MomentStyle, Paragraph, Picture, Quote, Span
from tests.adapters.teams.strict import PLAIN_MARKDOWN, accepted, card_in, check_markdown, nodes, of_kind, words_of

EN = Language.EN
CATALOGUES = read_catalogues()
T = CATALOGUES[EN]
AT = Moment(datetime(2026, 12, 1, 14, 30, tzinfo=UTC), "America/Toronto")

HOSTILE = (
    "<at>Ada</at>",
    "<at id='0'>Ada</at> {{DATE(2026-12-01T14:30:00Z,SHORT)}}",
    "{{TIME(2026-12-01T14:30:00Z)}}",
    "[click](https://evil.example)",
    "[a][b] [b]: https://evil.example",
    "https://evil.example www.evil.example mailto:a@evil.example ada@evil.example",
    "**bold** _it_ __b__ `code` ~~no~~",
    "2 * 3 * 4 = 24, snake_case_name",
    "# Heading",
    "- one\n- two",
    "+ one",
    "1. one\n2) two",
    "> quoted",
    "---",
    "===",
    "    indented",
    "![x](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)> &lt;b&gt; &#42; &amp;",
    "\\* C:\\new\\_x",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "a\n\nb\r\nc",
    "été « où » 🎉 \U0001f468\u200d\U0001f469",
    "\ud800 \x00k\x07",
    "\\u0000k",
)


def line(*words: str) -> Line:
    return tuple(Span(each) for each in words)


def everywhere(words: str) -> tuple[Block, ...]:
    """The words in every place that a message has for them."""
    rich = (
        Paragraph(line(words)),
        Paragraph(
            (Span(words, bold=True), AT, Span(words, italic=True), Span(words, href="https://example.org/a_(b)"))
        ),
        Heading((Span(words),)),
        Bullets(((Paragraph(line(words)),),), start=1),
        Quote((Paragraph(line(words)),)),
        Code(words),
        Picture("https://example.org/a.png", words),
    )
    inner = Message(EN, words, (Title(words), Buttons((Button(words, "x"),))))
    return (
        Title(words),
        Section(words),
        Text(rich),
        Note(line(words)),
        Note((Span(words), AT, Span(words))),
        Film("https://example.org/f.mp4", words, words, 2, EN),
        Item(words, line(words), line(words), buttons=(Button(words, "a", spoken=words), Button("Open", "b"))),
        Buttons((Button(words, "c", spoken=words), Button("Go", "d")), words),
        Bars(words, (Bar(words, 3, 0.5, mine=True),), line(words)),
        Steps(1, 2, words),
        Facts(((words, line(words)),)),
        Facts(((words, (AT,)),)),
        Table((words, words), ((line(words), line(words)),), words),
        Table((words,) * 4, ((line(words),) * 4,), words),
        Sample(words, inner),
    )


@pytest.mark.parametrize("words", HOSTILE)
def test_words_stay_words_in_messages(words: str) -> None:
    """In every place a message has; the only links and dates are those we made."""
    card = card_in(accepted(message_activity(Message(EN, words, everywhere(words)), T, "key")))
    links = [href for node in of_kind(card, "TextBlock") for href in check_markdown(node["text"])]
    assert set(links) <= {"https://example.org/a%5F%28b%29"}
    for node in of_kind(card, "TextBlock"):
        # `accepted` has seen that no other date function is left.
        assert node["text"].count("{{") in (0, 2)
    targets = {node["url"] for node in nodes(card) if node["type"] == "Action.OpenUrl"}
    assert targets <= {"https://example.org/a_(b)", "https://example.org/f.mp4", "https://example.org/a.png"}


@pytest.mark.parametrize("words", HOSTILE)
def test_words_stay_words_in_forms(words: str) -> None:
    """Labels, hints, choices, errors, what was typed."""
    fields = (
        TextField("name", words, value=words, hint=words, error=words, required=True),
        ChoiceField("pick", words, (Choice("a", words), Choice("b", words)), hint=words, few=True),
    )
    form = Form(EN, words, "course.settings", everywhere(words), fields, words, (Button(words, "x"),))
    accepted(form_activity(form, T, Origin(), errors=[("", words), ("pick", words)], values={"name": words}))


@given(st.text(st.sampled_from("*_`~[]()<>{}&#-+=|\\!:/.@1 aA\n"), max_size=40))
def test_no_text_of_signs_is_read_as_markdown(words: str) -> None:
    """Whatever signs come together, on their own and between bold words."""
    if text := tame(words).strip():
        assert check_markdown(text, PLAIN_MARKDOWN) == []
        assert check_markdown(f"**x** {text} _y_") == []


@given(st.text(max_size=60))
def test_words_are_told_apart_by_nothing_that_is_seen(words: str) -> None:
    """Ordinary words, in any script, come out as they went in."""
    shown = literal(words).replace(APART, "")
    assert shown == literal(words.replace(APART, "")).replace(APART, "")
    letters = re.sub(r"[\W_]", "", words)
    assert re.sub(r"[\W_]", "", tame(words).replace("ˋ", "").replace("ˍ", "")) == letters


def test_bare_addresses_are_no_links() -> None:
    """Some clients make links of whatever looks like an address."""
    for text in ("https://evil.example", "www.evil.example", "ada@evil.example", "mailto:ada"):
        assert not re.search(r"https?://|www\.|\w@\w|mailto:", tame(text)), text


def test_our_own_addresses_are_links() -> None:
    """Of a text: a run that opens the address; a link that leads nowhere shows where it would have led."""
    spans = (Span("the guide", href="https://example.org/"), Span(", "), Span("here", href="/path"))
    card = card_in(accepted(message_activity(Message(EN, "x", (Text((Paragraph(spans),)),)), T)))
    runs = of_kind(card, "TextRun")
    assert runs[0]["selectAction"]["url"] == "https://example.org/"
    assert words_of(runs[2]) == "here (/path)"


@pytest.mark.parametrize(
    ("href", "is_one"),
    [
        ("https://example.org/a?b=c#d", True),
        ("HTTP://example.org", True),
        ("mailto:a@example.org", True),
        ("/media/film.mp4", False),
        ("javascript:alert(1)", False),
        ("https://example.org/with space", False),
        ("https://example.org/" + "x" * 3_000, False),
        ("", False),
        (None, False),
    ],
)
def test_an_address_is_absolute_and_of_the_web(href: str | None, is_one: bool) -> None:
    assert is_address(href) is is_one


# --- moments -----------------------------------------------------------------------------------------------------


def block_of(*spans: Span | Moment, language: Language = EN) -> dict[str, object]:
    message = Message(language, "x", (Text((Paragraph(spans),)),))
    (block,) = card_in(accepted(message_activity(message, CATALOGUES[language])))["body"]
    return dict(block)


def test_a_moment_is_shown_by_the_readers_own_clock() -> None:
    """In a text block, the only element for which the functions are documented; the spoken text names the place."""
    message = Message(EN, "x", (Text((Paragraph((Span("Next: ", bold=True), AT, Span(". Then rest."))),)),))
    card = card_in(accepted(message_activity(message, T)))
    (block,) = card["body"]
    functions = "{{DATE(2026-12-01T14:30:00Z,SHORT)}}, {{TIME(2026-12-01T14:30:00Z)}}"
    assert block == {"type": "TextBlock", "text": f"**Next:** {functions}. Then rest.", "wrap": True}
    assert card["speak"] == "Next: 2026-12-01 9:30 (Toronto time). Then rest."
    assert card["fallbackText"] == card["speak"]


def test_the_styles_of_moments() -> None:
    day, time = (Moment(AT.at, AT.zone, style) for style in (MomentStyle.DAY, MomentStyle.TIME))
    assert moment_function(day) == "{{DATE(2026-12-01T14:30:00Z,SHORT)}}"
    assert moment_function(time) == "{{TIME(2026-12-01T14:30:00Z)}}"


def test_moments_of_other_zones_and_fractions_are_whole_seconds_of_utc() -> None:
    """Clients show anything else as it stands."""
    at = datetime.fromisoformat("2026-12-01T09:30:00.250000-05:00")
    assert moment_function(Moment(at, "America/Toronto", MomentStyle.TIME)) == "{{TIME(2026-12-01T14:30:00Z)}}"


def test_years_that_clients_may_not_know_are_words() -> None:
    old = Moment(datetime(1, 1, 2, tzinfo=UTC), "America/Toronto", MomentStyle.DAY)
    assert moment_function(old) == ""
    assert block_of(Span("Since "), old)["type"] == "RichTextBlock"


def test_an_unknown_zone_is_left_out() -> None:
    assert spoken_moment(Moment(AT.at, "Nowhere/Land"), T) == "2026-12-01 14:30"


def test_a_line_with_breaks_keeps_them() -> None:
    """Markdown would join its lines, so its moments are words there."""
    block = block_of(Span("One\ntwo "), AT)
    assert block["type"] == "RichTextBlock"
    assert "One\ntwo " in words_of(block)
    assert "(Toronto time)" in words_of(block)


def test_looks_beside_moments_stay_clear_of_words() -> None:
    """Markdown inside a word would show its signs."""
    assert str(block_of(Span("half", bold=True), Span("done "), AT)["text"]).startswith("halfdone {{DATE")
    assert str(block_of(Span("half ", italic=True), Span("done "), AT)["text"]).startswith("_half_ done {{DATE")
