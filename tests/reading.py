"""Reading messages as text, in their own language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from adapters.catalogues import read_catalogues
from bot.messages.blocks import Message
from bot.messages.plain import plain_text as in_words
from bot.model.richtext import Span

CATALOGUES = read_catalogues()


def plain_text(message: Message) -> str:
    """The whole message as text."""
    return in_words(message, CATALOGUES[message.language])


def empty_spans(thing: object) -> Iterator[Span]:
    """The spans without words in a message, form or reply: screen readers stop at them, platforms refuse some."""
    if isinstance(thing, Span):
        if not thing.text:
            yield thing
    elif isinstance(thing, tuple | list):
        for part in thing:
            yield from empty_spans(part)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from empty_spans(getattr(thing, field.name))
