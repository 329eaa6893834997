"""What a button means survives the way through a chat, for ever."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Slip
from bot.messages.actions import MOST, decode, encode
from bot.model import commands
from bot.model.commands import COMMANDS, Command

signs = st.one_of(st.text(), st.text(alphabet="&=|?+%;# \n\x00é’🙂", max_size=12))
numbers = st.integers(-MOST, MOST)
VALUES: dict[object, st.SearchStrategy[Any]] = {
    str: signs,
    int: numbers,
    bool: st.booleans(),
    str | None: st.one_of(st.none(), signs),
    int | None: st.one_of(st.none(), numbers),
    bool | None: st.one_of(st.none(), st.booleans()),
}


@st.composite
def any_command(draw: st.DrawFn) -> Command:
    cls = COMMANDS[draw(st.sampled_from(sorted(COMMANDS)))]
    hints = get_type_hints(cls)
    return cls(**{field.name: draw(VALUES[hints[field.name]]) for field in fields(cls)})


def with_optional_defaults(cls: type[Command]) -> bool:
    """None comes back as None only where None is the default: it is then left out."""
    hints = get_type_hints(cls)
    return all(
        field.default is None for field in fields(cls) if type(None) in getattr(hints[field.name], "__args__", ())
    )


@given(any_command())
def test_every_command_comes_back_equal(command: Command) -> None:
    """Whatever it holds: other alphabets, signs that mean something in addresses, nothing at all."""
    assert decode(encode(command)) == command


@pytest.mark.parametrize("verb", sorted(COMMANDS))
def test_every_command_can_be_a_button(verb: str) -> None:
    """Only kinds of fields that come back, only defaults that may be left out, and a verb with a noun."""
    cls = COMMANDS[verb]
    assert cls.verb == verb
    assert verb.partition(".")[0] in ("course", "group", "ama", "cohort")
    assert set(get_type_hints(cls).values()) - {get_type_hints(Command)["verb"]} <= VALUES.keys()
    assert with_optional_defaults(cls)


@pytest.mark.parametrize("verb", sorted(COMMANDS))
def test_what_was_not_said_is_not_written(verb: str) -> None:
    """A command with its defaults is its verb alone."""
    cls = COMMANDS[verb]
    if all(field.default is not MISSING for field in fields(cls)):
        assert encode(cls()) == verb
        assert decode(verb) == cls()


@pytest.mark.parametrize(
    ("command", "action"),
    [
        (commands.Help(), "course.help"),
        (
            commands.Done(cohort=3, lesson="open", activity="film"),
            "course.done?cohort=3&lesson=open&activity=film",
        ),
        (commands.AnswerReady(False, 3), "course.ready?yes=0&cohort=3"),
        (commands.ConfirmEnrol(7, undo=True), "cohort.enrol-confirm?job=7&undo=1"),
        (commands.Answer(text="a&b=c"), "course.answer?text=a%26b%3Dc"),
        (commands.Answer(text=""), "course.answer?text="),
    ],
)
def test_how_it_is_written(command: Command, action: str) -> None:
    """Buttons stay in chats for ever: this is a format that must keep its meaning."""
    assert encode(command) == action
    assert decode(action) == command


@pytest.mark.parametrize(
    "action",
    [
        "",
        "?",
        "course",
        "course.fly",
        "COURSE.DONE",
        "course.done?number=two",
        "course.done?number=" + "9" * 20,
        "course.done?number=" + "9" * 5000,
        "course.settings?plain=perhaps",
        "course.ready",  # an answer without its yes or no
        "cohort.enrol-confirm?undo=1",
        "cohort.enrol-confirm?job=",
    ],
)
def test_an_outdated_button_answers_calmly(action: str) -> None:
    """A slip with a sentence, never an error."""
    with pytest.raises(Slip, match="older version"):
        decode(action)


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_nothing_that_is_pressed_or_sent_can_break_anything(action: str, values: dict[str, str]) -> None:
    """Whoever makes up actions and form values gets a command or a slip."""
    for text in (action, f"course.done?{action}", f"course.settings?{action}"):
        try:
            command = decode(text, values)
        except Slip:
            continue
        assert isinstance(command, Command)


def test_fields_of_a_newer_or_older_version_are_left_out() -> None:
    """What this version does not know, it does not need."""
    assert decode("course.next?cohort=3&colour=red") == commands.Next(3)


def test_a_form_fills_in_what_its_action_left_open() -> None:
    """Values of fields by their names; values of other names are ignored."""
    action = encode(commands.Vote(cohort=3, lesson="open", activity="poll"))
    values = {"option": "b", "nonsense": "x", "verb": "course.forget"}
    assert decode(action, values) == commands.Vote(3, "open", "poll", option="b")


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("on", True), ("Yes", True), ("0", False), ("off", False), ("", False)]
)
def test_boxes_of_forms_are_yes_or_no(text: str, value: bool) -> None:
    """An empty box is a no."""
    assert decode("course.settings", {"plain": text}) == commands.Settings(plain=value)
