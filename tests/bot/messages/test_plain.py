"""A message as text is complete."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from bot.messages.blocks import Button, Message
from bot.messages.typing import typed_in
from bot.model.course import Language
from bot.model.richtext import Moment
from tests.adapters.browser import showcase
from tests.reading import plain_text

SILENT = {
    "action",
    "language",
    "look",
    "poster",
    "style",
    "summary",
    "zone",
}  # what no reader of the message is meant to read


def words_in(thing: Any, language: Language) -> list[str]:
    """Every word that a message holds, wherever; what one types in the words of the language."""
    if isinstance(thing, str):
        return [thing]
    if isinstance(thing, tuple):
        return [text for part in thing for text in words_in(part, language)]
    if isinstance(thing, Moment) or not is_dataclass(thing):
        return []
    names = {field.name for field in fields(thing)} - SILENT
    typed: list[str] = []
    if isinstance(thing, Button):
        names -= {"typed", "label"} if thing.spoken else {"typed"}
        typed = [typed_in(language, thing.typed)]
    return typed + [text for name in names for text in words_in(getattr(thing, name), language)]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("make", [showcase.a_lesson, showcase.everything, showcase.home_card])
def test_every_word_is_there(make: Any, language: Language) -> None:
    """Whoever reads the text misses nothing."""
    message: Message = make(language)
    text = " ".join(plain_text(message).split())
    missing = [word for word in words_in(message.blocks, language) if " ".join(word.split()) not in text]
    assert missing == []


def test_text_says_what_looks_say() -> None:
    """Own votes, moments and typed forms are words."""
    text = plain_text(showcase.a_lesson(Language.EN, frozenset({"trust"}), voted="b"))
    assert "- Some: I look, but I hold back my opinion: 7 (35%) (your vote)" in text
    assert "[Done] How much do you trust a draft?" in text
    assert "Next lesson: 2026-12-01 09:30" in text
    assert "[Done, activity 1] (type: done 1)" in text
    assert "votre vote" in plain_text(showcase.a_lesson(Language.FR, voted="b"))
