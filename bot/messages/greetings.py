"""What the app says of itself where it is new."""

from __future__ import annotations

from bot.messages.blocks import Message, Note, Text, Title
from bot.messages.texts import Catalogue
from bot.messages.typing import typed_in
from bot.messages.words import para
from bot.model.richtext import Line


def greeting(t: Catalogue) -> Message:
    """For somebody who added the app for themselves; their home card follows."""
    title = t.t("Welcome to Chatcourse")
    does = t.line(
        "Courses come to you here in short lessons, at times that suit you. Nothing comes before you join one."
    )
    hint = t.line(
        "You can press buttons or type, for example `{home}` or `{help}`.",
        home=typed_in(t.language, "home"),
        help=typed_in(t.language, "help"),
    )
    return Message(t.language, title, (Title(title), Text(para(does)), Note(hint)))


def room_greeting(t: Catalogue, other: Catalogue) -> Message:
    """For a room that got the app, in both languages, because nobody knows who reads there."""
    texts = tuple(Text(para(_in_a_room(each))) for each in (t, other))
    return Message(t.language, t.t("Chatcourse is here."), (Title(t.t("Chatcourse")), *texts))


def _in_a_room(t: Catalogue) -> Line:
    return t.line(
        "Chatcourse brings courses in short lessons to everybody’s own chat. Here it reads only messages that mention "
        "it, and its answers come to whoever asked."
    )
