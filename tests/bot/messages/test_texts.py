"""Sentences in two languages: placeholders, emphasis, moments, and how many things there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.catalogues import read_catalogues
from bot.messages.texts import N_, Catalogue
from bot.model.course import Language
from bot.model.richtext import Line, Moment, Span, plain_line

EN = Catalogue(Language.EN)
FR = Catalogue(
    Language.FR,
    {
        "Next: {when}, {what}.": "Ensuite : {what}, {when}.",
        "Type `{what}` *now*.": "Écrivez `{what}` *tout de suite*.",
        "Nothing yet": "",
    },
    {"{n} day": ("{n} jour", "{n} jours"), "*{n}* vote of {all}": ("*{n}* voix sur {all}", "*{n}* voix de {all}")},
)
WHEN = Moment(datetime(2026, 12, 1, 14, tzinfo=UTC), "America/Toronto")
COUNTS = [(0, 0), (1, 0), (-1, 0), (2, 1), (-2, 1), (5, 1), (1_000_000, 1)]


def test_a_sentence_that_nobody_translated_is_said_in_english() -> None:
    """English words are better than none, also where a translator left the field empty."""
    assert FR.t("Never translated: {x}", x=1) == "Never translated: 1"
    assert FR.t("Nothing yet") == "Nothing yet"
    assert FR.tn("{n} hour", "{n} hours", 3) == "3 hours"
    assert N_("Marked") == "Marked"


def test_placeholders_go_where_the_language_wants_them() -> None:
    """Each language has its own order, and a value may be anything that can be written."""
    assert EN.t("Next: {when}, {what}.", when=9, what="film") == "Next: 9, film."
    assert FR.t("Next: {when}, {what}.", when=9, what="film") == "Ensuite : film, 9."


def test_a_placeholder_without_its_value_stays_and_breaks_nothing() -> None:
    """A mistake of ours is seen in the sentence; nobody's message is lost."""
    assert EN.t("Hello {name}, {other}", name="Zoé") == "Hello Zoé, {other}"
    assert EN.line("Hello {name}") == (Span("Hello "), Span("{name}"))


@given(st.text())
def test_values_are_never_read_as_sentences(words: str) -> None:
    """Stars, braces and backticks in names are only signs."""
    assert EN.t("Hello {name}!", name=words) == f"Hello {words}!"
    said = [Span(words)] if words else []
    assert EN.line("Hello {name}!", name=words) == (Span("Hello "), *said, Span("!"))
    assert EN.line("*{name}*", name=words) == tuple(replace(span, bold=True) for span in said)


def test_emphasis_and_code_are_spans() -> None:
    """Stars are bold, backticks are what one types, and the signs themselves are gone."""
    assert EN.line("Type `{what}` *now*.", what="help") == (
        Span("Type "),
        Span("help", code=True),
        Span(" "),
        Span("now", bold=True),
        Span("."),
    )
    assert FR.line("Type `{what}` *now*.", what="aide") == (
        Span("Écrivez "),
        Span("aide", code=True),
        Span(" "),
        Span("tout de suite", bold=True),
        Span("."),
    )


def test_moments_spans_and_lines_stay_what_they_are() -> None:
    """A platform shows a moment in the reader's zone and a link as a link, also inside a sentence."""
    link = Span("the page", href="https://course.example")
    line: Line = (Span("a", italic=True), WHEN)
    assert EN.line("Next: {when}, {what}.", when=WHEN, what=link) == (
        Span("Next: "),
        WHEN,
        Span(", "),
        link,
        Span("."),
    )
    assert FR.line("Next: {when}, {what}.", when=line, what=link) == (
        Span("Ensuite : "),
        link,
        Span(", "),
        *line,
        Span("."),
    )


def test_a_span_inside_emphasis_keeps_its_own_look() -> None:
    """What is handed in ready-made is not restyled."""
    plain = Span("x")
    assert EN.line("*a {x} b*", x=plain) == (Span("a ", bold=True), plain, Span(" b", bold=True))


@given(st.text(alphabet="ab*`{} \n", max_size=20))
def test_any_sentence_becomes_a_line_without_empty_spans(text: str) -> None:
    """Unpaired signs are words like all others."""
    line = EN.line(text)
    assert all(isinstance(part, Span) and part.text for part in line)
    if "*" not in text and "`" not in text:
        assert plain_line(line) == text


@pytest.mark.parametrize(("n", "index"), COUNTS)
def test_french_has_a_singular_for_nothing_and_one(n: int, index: int) -> None:
    """« 0 jour », « 1 jour », « 2 jours »."""
    assert FR.plural_index(n) == index
    assert FR.tn("{n} day", "{n} days", n) == f"{n} jour{'s' if index else ''}"


@pytest.mark.parametrize(("n", "words"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (21, "21 days")])
def test_english_has_a_singular_for_one(n: int, words: str) -> None:
    """ "0 days", "1 day"."""
    assert EN.tn("{n} day", "{n} days", n) == words


def test_counted_lines_are_lines() -> None:
    """Numbers may be emphasised, and other placeholders are filled beside them."""
    assert FR.line_n("*{n}* vote of {all}", "*{n}* votes of {all}", 0, all=9) == (
        Span("0", bold=True),
        Span(" voix sur "),
        Span("9"),
    )
    assert plain_line(FR.line_n("*{n}* vote of {all}", "*{n}* votes of {all}", 2, all=9)) == "2 voix de 9"
    assert plain_line(EN.line_n("*{n}* vote of {all}", "*{n}* votes of {all}", 2, all=9)) == "2 votes of 9"


def test_a_number_may_be_written_otherwise() -> None:
    """A value called n goes before the number itself: « deux jours »."""
    assert EN.tn("{n} day", "{n} days", 2, n="two") == "two days"


def test_one_form_is_enough_for_languages_that_have_one() -> None:
    """A catalogue with fewer forms than numbers uses the last it has."""
    single = replace(FR, plurals={"{n} day": ("{n} jour(s)",)})
    assert single.tn("{n} day", "{n} days", 7) == "7 jour(s)"


def test_words_of_a_course_are_said_in_the_other_language_rather_than_not_at_all() -> None:
    """A course may lack a translation; nothing is empty for that."""
    assert FR.of({Language.EN: "Trust", Language.FR: "Confiance"}) == "Confiance"
    assert FR.of({Language.EN: "Trust"}) == "Trust"
    assert FR.of({Language.EN: "Trust", Language.FR: ""}) == "Trust"
    assert FR.of({}) == ""


def test_the_real_catalogues_say_everything_twice() -> None:
    """English is built in; French has every sentence, with two forms where things are counted."""
    real = read_catalogues()
    assert set(real) == set(Language)
    assert not real[Language.EN].sentences
    assert len(real[Language.FR].sentences) > 300
    assert {len(forms) for forms in real[Language.FR].plurals.values()} == {2}
