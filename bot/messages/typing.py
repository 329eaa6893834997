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
}


def typed_in(language: Language, text: str) -> str:
    """The typed form `text` (English, perhaps beginning with a noun) with the words of `language`."""
    if language is not Language.FR or not text:
        return text
    noun, rest = _split_noun(text)
    verb, arguments = _split_verb(noun, rest)
    if verb is None:
        return text
    words = [verb, *(_ARGUMENTS.get(word, word) for word in arguments.split())]
    if _named_noun(text):
        words.insert(0, next(each.french for each in NOUNS if each.name == noun))
    return " ".join(word for word in words if word)


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
