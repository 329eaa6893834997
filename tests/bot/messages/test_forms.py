"""A form as a message, for people who only type: everything it asks, and what to type instead."""

from __future__ import annotations

import pytest

from bot.errors import Slip
from bot.messages.actions import decode
from bot.messages.blocks import Buttons, ChoiceField, Form, Note, Title
from bot.messages.forms import form_message
from bot.messages.lessons import LessonView, activity_panel
from bot.model.course import Kind, Language
from bot.model.richtext import Span
from bot.rules.grammar import parse
from tests.bot.messages.gallery import CATALOGUES, LINKS, everything, parts_of, scene, strings
from tests.builders import a_course

LANGUAGES = pytest.mark.parametrize("language", Language)


def forms(language: Language) -> dict[str, Form]:
    """One form of each kind; panels of one small course."""
    return {name: form for name, form in everything(scene(language, a_course(1))) if isinstance(form, Form)}


@LANGUAGES
def test_everything_a_form_asks_is_said(language: Language) -> None:
    """Title, text, the label of every field, its hint, its choices, and further buttons."""
    for name, form in forms(language).items():
        message = form_message(form, CATALOGUES[language])
        said = set(strings(message))
        assert message.blocks[0] == Title(form.title), name
        assert message.blocks[1 : 1 + len(form.blocks)] == form.blocks, name
        for field in form.fields:
            assert field.label in said, name
            assert not field.hint or field.hint in said, name
            if isinstance(field, ChoiceField):
                assert {choice.label for choice in field.choices} <= said, name
        assert (Buttons(form.buttons) in message.blocks) is bool(form.buttons), name


@LANGUAGES
def test_what_to_type_instead_works(language: Language) -> None:
    """A form that can be sent names words that can be typed; they mean what the form means."""
    for name, form in forms(language).items():
        if not (form.action and form.submit):
            continue
        message = form_message(form, CATALOGUES[language])
        hint = [block for block in message.blocks if isinstance(block, Note)][-1]
        typed = [span.text for span in parts_of(hint, Span) if span.code]
        assert typed, name
        for text in typed[0].split(", "):
            try:
                command = parse(text, language=language, direct=True)
            except Slip as slip:
                pytest.fail(f"{name}: “{text}”: {slip.text}")
            verbs = {decode(form.action).verb}
            if verbs == {"course.settings"}:
                verbs = {"course.window", "course.days", "course.tz", "course.lang", "course.plain"}
            assert command.verb in verbs, (name, text)


@LANGUAGES
@pytest.mark.parametrize("kind", [Kind.POLL, Kind.QUIZ, Kind.REFLECTION, Kind.STARTER, Kind.TASK, Kind.READING])
def test_what_to_type_names_the_activity(kind: Kind, language: Language) -> None:
    """With its number, as the lesson shows it."""
    course = a_course(1)
    view = LessonView(3, course, course.lessons[0], None, LINKS)
    activity = next(each for each in view.activities if each.kind is kind)
    number = view.number(activity)
    t = CATALOGUES[language]
    message = form_message(activity_panel(view, activity, t), t)
    hint = [block for block in message.blocks if isinstance(block, Note)][-1]
    typed = [span.text for span in parts_of(hint, Span) if span.code]
    assert typed
    assert all(str(number) in text.split() for text in typed)
