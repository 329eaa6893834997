"""What one types, in the reader's language: buttons and examples name the English words of the same commands."""

from __future__ import annotations

from functools import cache

from bot.model.course import Language
from bot.rules.grammar import table
from bot.rules.grammar_words import NOUNS

_ARGUMENTS = {
    "now": "maintenant",
    "yes": "oui",
    "no": "non",
    "partly": "en partie",
    "all": "tout",
    "none": "aucune",
    "on": "oui",
    "off": "non",
    "until": "à",
    "monday": "lundi",
    "tomorrow": "demain",
    "to": "au",
    "confirm": "confirmer",
    "undo": "annuler",
    "file": "fichier",
    "page": "page",
    "start": "début",
    "name": "nom",
    "slots": "créneaux",
    "add": "ajouter",
    "facilitator": "animateur",
    "in": "en",
    "mon,wed": "lun,mer",
}
_PREFIXES = (("contributor:", "contributeur:"), ('"tue,thu', '"mar,jeu'))


_WRITTEN = frozenset({"answer", "share", "stance"})
"""After these come people's own words."""


def typed_in(language: Language, text: str) -> str:
    """The typed form `text` (English, perhaps beginning with a noun) with the words of `language`."""
    if language is not Language.FR or not text:
        return text
    if text in _ARGUMENTS:
        return _ARGUMENTS[text]
    noun, rest = _split_noun(text)
    verb, arguments = _split_verb(noun, rest)
    if verb is None:
        return text
    free = any(rest.startswith(f"{word} ") for word in _WRITTEN)
    words = [verb, *(word if free else _argument(word) for word in arguments.split())]
    if _named_noun(text):
        words.insert(0, noun_in(language, noun))
    return " ".join(word for word in words if word)


def noun_in(language: Language, noun: str) -> str:
    """The noun one types, in the language."""
    return next((each.name_in(language) for each in NOUNS if each.name == noun), noun)


def _argument(word: str) -> str:
    for english, french in _PREFIXES:
        if word.startswith(english):
            return french + word.removeprefix(english)
    return _ARGUMENTS.get(word, word)


def _named_noun(text: str) -> bool:
    return text.partition(" ")[0] in {noun.name for noun in NOUNS}


def _split_noun(text: str) -> tuple[str, str]:
    if _named_noun(text):
        noun, _, rest = text.partition(" ")
        return noun, rest
    return "course", text


def _split_verb(noun: str, rest: str) -> tuple[str | None, str]:
    if not rest:
        return "", ""
    for english, french in _verbs(noun):
        if rest == english or rest.startswith(f"{english} "):
            return french, rest[len(english) :].strip()
    return None, rest


@cache
def _verbs(noun: str) -> tuple[tuple[str, str], ...]:
    """English and French verbs, the longest first."""
    pairs = {(row.verb, row.french_verb) for row in table() if row.noun == noun}
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))
