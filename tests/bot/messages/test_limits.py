"""What platforms and people can take: sizes, labels that tell buttons apart, and a typed form for every button."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Slip
from bot.messages.actions import decode
from bot.messages.blocks import Buttons, Form, Item, Message, Title
from bot.messages.texts import Catalogue
from bot.messages.typing import typed_in
from bot.model.commands import Command, Snooze
from bot.model.course import Language
from bot.model.richtext import Span
from bot.rules.dates import parse_date
from bot.rules.grammar import parse
from tests.adapters.browser import showcase
from tests.bot.messages.gallery import (
    Scene,
    admin_things,
    buttons_of,
    everything,
    learner_things,
    parts_of,
    scene,
    strings,
)
from tests.reading import empty_spans

LONGEST_LABEL = 75
"""Slack's limit for the words on a button; its action ids may have 255 characters."""
LONGEST_ACTION = 255
LONGEST_NAMES = ("x" * 40, "ж" * 40, "ش" * 40, "課" * 40, "𠀀" * 40)
"""As long as a cohort's name may be, in letters that addresses write with one to twelve characters each."""

SHOWCASE = tuple(
    (make.__name__, make(language))
    for make in (showcase.everything, showcase.a_form, showcase.a_panel, showcase.home_card, showcase.a_lesson)
    for language in Language
)

LANGUAGES = pytest.mark.parametrize("language", Language)


@cache
def gallery(language: Language) -> tuple[tuple[str, Message | Form], ...]:
    return tuple(everything(scene(language)))


@LANGUAGES
@pytest.mark.parametrize("cohort_name", LONGEST_NAMES)
def test_labels_and_actions_fit_everywhere(language: Language, cohort_name: str) -> None:
    """At most 75 characters on a button, at most 255 in what it means, also with the longest cohort name."""
    long = replace(scene(language), cohort_name=cohort_name)
    for name, thing in (*gallery(language), *learner_things(long), *admin_things(long)):
        for button in buttons_of(thing):
            assert 0 < len(button.label) <= LONGEST_LABEL, (name, button)
            assert len(button.action) <= LONGEST_ACTION, (name, button)
            assert bool(button.action) != bool(button.href), (name, button)
        if isinstance(thing, Form):
            assert len(thing.action) <= LONGEST_ACTION, name


@LANGUAGES
def test_nothing_that_is_shown_is_empty(language: Language) -> None:
    """No span without words, whatever a sentence was filled with: screen readers stop at them."""
    for name, thing in (*gallery(language), *SHOWCASE):
        assert not list(empty_spans(thing)), name


@given(st.lists(st.sampled_from(["{a}", "*{a}*", "`{b}`", "words", " ", "*bold*"]), max_size=8), st.text(), st.text())
def test_an_empty_value_leaves_no_empty_span(parts: list[str], a: str, b: str) -> None:
    """However a sentence is made, its words are there and nothing else."""
    line = Catalogue(Language.EN).line("".join(parts), a=a, b=b)
    assert not list(empty_spans(line))
    assert "".join(span.text for span in line if isinstance(span, Span)) == "".join(
        part.strip("*`").replace("{a}", a).replace("{b}", b) for part in parts
    )


@LANGUAGES
def test_every_action_comes_back(language: Language) -> None:
    """No button and no form means something that is not known."""
    for _, thing in gallery(language):
        actions = [button.action for button in buttons_of(thing) if button.action]
        if isinstance(thing, Form) and thing.action:
            actions.append(thing.action)
        for action in actions:
            decode(action)


@LANGUAGES
def test_every_message_has_a_title_and_a_summary(language: Language) -> None:
    """For the notification, for a list of messages, and to jump from one to the next."""
    for name, thing in gallery(language):
        assert thing.language is language, name
        if isinstance(thing, Form):
            assert thing.title.strip(), name
            continue
        assert thing.summary.strip(), name
        assert "\n" not in thing.summary, name
        if not name.startswith(("slip", "trouble")):
            assert isinstance(thing.blocks[0], Title), name
        assert sum(isinstance(block, Title) for block in thing.blocks) <= 1, name


@LANGUAGES
def test_nothing_is_empty(language: Language) -> None:
    """No empty words, no row without buttons: platforms refuse them, and readers stumble."""
    for name, thing in gallery(language):
        assert all(span.text for span in parts_of(thing, Span)), name
        assert all(row.buttons for row in parts_of(thing, Buttons)), name
        assert all(item.mark and item.line for item in parts_of(thing, Item)), name
        for text in strings(thing):
            assert "{" not in text, (name, text)
            assert "  " not in text, (name, text)


@LANGUAGES
def test_screen_readers_can_tell_buttons_apart(language: Language) -> None:
    """Within a message, buttons that do different things sound different; the same button is there once."""
    double = set()
    for name, thing in gallery(language):
        sounds = Counter(button.spoken or button.label for button in buttons_of(thing))
        double |= {f"{name}: {sound}" for sound, n in sounds.items() if n > 1}
    assert not double


@LANGUAGES
def test_every_button_has_a_typed_form(language: Language) -> None:
    """Everything is possible by typing."""
    missing = {
        f"{name.split(' ')[0]}: {button.action.partition('?')[0]}"
        for name, thing in gallery(language)
        for button in buttons_of(thing)
        if not button.typed and not button.href
    }
    assert not missing


SAME = {"course.lang": "course.settings"}
"""One setting has a verb of its own."""


def dated(command: Command) -> Command:
    """Days as dates, in whichever language they were said."""
    if isinstance(command, Snooze) and command.until:
        return replace(command, until=parse_date(command.until, date(2026, 11, 24)).isoformat())
    return command


@cache
def typed_forms() -> tuple[tuple[str, str, str], ...]:
    """Every typed form with the action of its button, and where one of them is."""
    found = {(b.typed, b.action): name for name, thing in gallery(Language.EN) for b in buttons_of(thing) if b.typed}
    return tuple(sorted((name, typed, action) for (typed, action), name in found.items()))


def test_typed_forms_mean_what_their_button_means() -> None:
    """The same verb in English; and in French words, what the English ones mean."""
    wrong = []
    for name, typed, action in typed_forms():
        french = typed_in(Language.FR, typed)
        try:
            english = parse(typed, language=Language.EN, direct=True)
            translated = parse(french, language=Language.FR, direct=True)
        except Slip as slip:
            wrong.append(f"{name}: “{typed}”, “{french}”: {slip.text} {slip.values}")
            continue
        if SAME.get(english.verb, english.verb) != SAME.get(decode(action).verb, decode(action).verb):
            wrong.append(f"{name}: “{typed}” is {english.verb}, its button {action}")
        if dated(english) != dated(translated):
            wrong.append(f"{name}: “{typed}” is {english}, “{french}” is {translated}")
    assert not wrong


@pytest.mark.parametrize("cohort_name", ["start", "in", "all", "page", "now", "none", "to", "name", "yes"])
def test_a_cohort_may_be_called_like_a_word_of_ours(cohort_name: str) -> None:
    """Names are never translated."""
    here: Scene = replace(scene(Language.EN), cohort_name=cohort_name)
    for name, thing in (*learner_things(here), *admin_things(here)):
        for button in buttons_of(thing):
            if cohort_name in button.typed.split():
                french = typed_in(Language.FR, button.typed)
                assert parse(french, language=Language.FR, direct=True) == parse(
                    button.typed, language=Language.EN, direct=True
                ), (name, button.typed, french)
