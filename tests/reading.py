"""Reading messages as text, in their own language."""

from __future__ import annotations

from adapters.catalogues import read_catalogues
from bot.messages.blocks import Message
from bot.messages.plain import plain_text as in_words

CATALOGUES = read_catalogues()


def plain_text(message: Message) -> str:
    """The whole message as text."""
    return in_words(message, CATALOGUES[message.language])
