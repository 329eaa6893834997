"""What one types, in the reader's language: buttons and examples name the English words of the same commands."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from bot.errors import Slip
from bot.model.commands import Enrol, Join, Launch, People, Resend, Roles
from bot.model.commands_groups import GroupChoices, Groups, MoveMember
from bot.model.course import Language
from bot.rules.grammar import VerbHelp, parse, table
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
    "unverified": "incertains",
    "start": "début",
    "name": "nom",
    "slots": "créneaux",
    "add": "ajouter",
    "facilitator": "animateur",
    "in": "en",
    "mon,wed": "lun,mer",
    "anyway": "quand même",
    "for": "pour",
    "host": "hôte",
    "cohort": "cohorte",
    "link": "lien",
    "moderators": "modération",
    "hours": "heures",
    "language": "langue",
    "quiet": "calme",
    "other": "autre",
    "ask": "demander",
    "seed": "tirage",
    "remove": "retirer",
    "find": "chercher",
    "cancel": "annuler",
    "going": "présent",
    "maybe": "peut-être",
    "planned": "prévue",
    "great": "excellente",
    "good": "bonne",
    "fair": "moyenne",
    "little": "faible",
    "lost": "perdue",
    "another": "autre",
    "named": "nommée",
    "unnamed": "anonyme",
    "depends": "selon",
    "me": "moi",
    "next": "suivant",
    "into": "avec",
}
_PREFIXES = (("contributor:", "contributeur:"), ('"tue,thu', '"mar,jeu'))
_VALUES = {
    "<date>": frozenset({"monday", "tomorrow"}),
    "<days>": frozenset({"mon,wed"}),
    "[confirm]": frozenset({"yes", "no"}),
}
"""What else is a word of ours where a verb's usage says so."""
_NAME = re.compile(r"[<\[](?:cohort|course)[>\]]")
_GAPS = re.compile(r'<[^>]*>|"[^"]*"')


def typed_in(language: Language, text: str) -> str:
    """The typed form `text` (English, perhaps beginning with a noun) with the words of `language`."""
    if language is not Language.FR or not text:
        return text
    if text in _ARGUMENTS:
        return _ARGUMENTS[text]
    noun, rest = _split_noun(text)
    row = next((row for row in _rows(noun) if f"{rest} ".startswith(f"{row.verb} ")), None)
    if rest and row is None:
        return text
    words = [row.french_verb, *_arguments(row, rest.removeprefix(row.verb))] if row else []
    if _named_noun(text):
        words.insert(0, noun_in(language, noun))
    return " ".join(words)


@lru_cache(maxsize=1000)
def name_typed(name: str) -> str:
    """The name of a cohort as one types it: in quotes where it is a word of a command as well."""
    meant = {
        f"join {name}": Join(name),
        f"cohort launch {name}": Launch(name),
        f"cohort people {name}": People(name),
        f"cohort resend {name}": Resend(name),
        f"cohort roles {name}": Roles(name),
        f"cohort roles {name} facilitator @ann": Roles(name, "facilitator", "@ann"),
        f"cohort enrol {name} @ann": Enrol(name, "@ann"),
        f"cohort groups {name}": Groups(name),
        f"cohort groups options {name}": GroupChoices(name),
        f"cohort groups move {name} @ann to 2": MoveMember(name, "@ann", to=2),
    }
    try:
        plain = all(parse(text, language=Language.EN, direct=True) == command for text, command in meant.items())
    except Slip:
        plain = False
    return name if plain else f'"{name}"'


def noun_in(language: Language, noun: str) -> str:
    """The noun one types, in the language."""
    return next((each.name_in(language) for each in NOUNS if each.name == noun), noun)


def _arguments(row: VerbHelp, said: str) -> list[str]:
    """What follows the verb: words of its usage are translated; names and what people write are not."""
    named = _NAME.match(row.usage.removeprefix(row.verb).strip()) is not None
    return [word if named and not place else _argument(word, _known(row)) for place, word in enumerate(said.split())]


@cache
def _known(row: VerbHelp) -> frozenset[str]:
    literals = frozenset(re.findall(r"[a-z]+", _GAPS.sub(" ", row.usage.removeprefix(row.verb))))
    return literals.union(*(values for mark, values in _VALUES.items() if mark in row.usage))


def _argument(word: str, known: frozenset[str]) -> str:
    for english, french in _PREFIXES:
        if word.startswith(english):
            return french + word.removeprefix(english)
    return _ARGUMENTS.get(word, word) if word in known else word


def _named_noun(text: str) -> bool:
    return text.partition(" ")[0] in {noun.name for noun in NOUNS}


def _split_noun(text: str) -> tuple[str, str]:
    if _named_noun(text):
        noun, _, rest = text.partition(" ")
        return noun, rest
    return "course", text


@cache
def _rows(noun: str) -> tuple[VerbHelp, ...]:
    """The verbs of a noun, the longest first."""
    return tuple(sorted((row for row in table() if row.noun == noun), key=lambda row: -len(row.verb)))
