"""Answers to slips: what was understood, what is wrong, the closest thing that works."""

from __future__ import annotations

from bot.errors import Slip
from bot.messages.actions import encode
from bot.messages.blocks import Button, Buttons, Message, Note, Text
from bot.messages.texts import Catalogue
from bot.messages.typing import typed_in
from bot.messages.words import para
from bot.model.commands import Help
from bot.model.richtext import Span


def slip_words(slip: Slip, t: Catalogue) -> str:
    """The sentence alone, for form fields and notices."""
    return t.t(slip.text, **slip.values)


def slip_message(slip: Slip, t: Catalogue) -> Message:
    words = slip_words(slip, t)
    blocks: list[Text | Note | Buttons] = [Text(para((Span(words),)))]
    if slip.example:
        blocks.append(Note(t.line("For example: `{example}`", example=typed_in(t.language, slip.example))))
    blocks.append(Buttons((Button(t.t("Help"), encode(Help()), typed="help"),)))
    return Message(t.language, words, tuple(blocks))


def trouble_message(t: Catalogue, reference: str) -> Message:
    """Something broke on our side: say so, and that nothing was lost."""
    words = t.t("Something went wrong on our side, and nothing was changed. Please try again in a minute.")
    note = Note(t.line("If it happens again, give your admin this number: `{reference}`", reference=reference))
    return Message(t.language, words, (Text(para((Span(words),))), note))
