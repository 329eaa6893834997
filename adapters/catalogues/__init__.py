"""Reads what translators wrote (gettext catalogues) into what the engine speaks with."""

from __future__ import annotations

from pathlib import Path

from bot.messages.texts import Catalogue
from bot.model.course import Language

DOMAIN = "chatcourse"
LOCALE = Path(__file__).resolve().parents[2] / "bot" / "messages" / "locale"


def catalogue_file(language: Language, locale: Path = LOCALE) -> Path:
    return locale / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalogues(locale: Path = LOCALE) -> dict[Language, Catalogue]:
    """A catalogue for every language. English needs no file: its sentences are the message ids.

    Sentences that are not translated, or only guessed (fuzzy), are left out; `check` finds them.
    """
    return {language: _read(language, catalogue_file(language, locale)) for language in Language}


def _read(language: Language, file: Path) -> Catalogue:
    if not file.exists():
        return Catalogue(language)
    from babel.messages.pofile import read_po

    with file.open("rb") as source:
        catalogue = read_po(source, locale=str(language))
    sentences: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if not message.id or message.fuzzy or not message.string:
            continue
        if isinstance(message.string, str):
            sentences[str(message.id)] = message.string
        elif all(message.string):
            plurals[message.id[0]] = tuple(message.string)
    return Catalogue(language, sentences, plurals)
