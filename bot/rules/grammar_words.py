"""Every noun and verb people can type: the words, their French forms, one valid example, one sentence of help.

This table is the single source for parsing, help cards, suggestions while typing and docs/commands.md. A new noun is a
new entry of `NOUNS` with its rows, and its readers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.model.course import Language
from bot.rules.grammar_ama_words import AMA
from bot.rules.grammar_cohort_words import COHORT
from bot.rules.grammar_course_words import COURSE
from bot.rules.grammar_group_life_words import COHORT_GROUPS_LIFE, GROUP_LIFE
from bot.rules.grammar_group_words import COHORT_GROUPS, GROUP
from bot.rules.grammar_text import key
from bot.rules.grammar_verbs import VerbHelp


@dataclass(frozen=True, slots=True)
class Noun:
    """A first word. With `alone`, its verbs work without it in a direct message."""

    name: str
    french: str
    words: tuple[str, ...]
    alone: bool
    verbs: tuple[VerbHelp, ...]

    def name_in(self, language: Language) -> str:
        return self.french if language is Language.FR else self.name


def table() -> Sequence[VerbHelp]:
    """Everything that can be typed, in the order in which people meet it."""
    return [verb for noun in NOUNS for verb in noun.verbs]


def find_help(topic: str | None) -> VerbHelp | None:
    """The row about a topic of `Help`: "done", "cohort enrol", "fait". None when there is none."""
    said = key(topic or "")
    for noun in NOUNS:
        rest = said.removeprefix(f"{noun.name} ")
        if rest in verbs_of(noun.name):
            return verbs_of(noun.name)[rest]
    return None


def noun_called(word: str) -> Noun | None:
    """The noun that a compared word (see `key`) stands for."""
    return next((noun for noun in NOUNS if word in noun.words), None)


@cache
def verbs_of(noun: str) -> Mapping[str, VerbHelp]:
    """A noun's rows by every compared word that means them."""
    rows = next(entry.verbs for entry in NOUNS if entry.name == noun)
    return {key(word): row for row in rows for word in row.words}


NOUNS: tuple[Noun, ...] = (
    Noun("course", "cours", ("course", "cours"), alone=True, verbs=COURSE),
    Noun("ama", "ama", ("ama", "amas"), alone=False, verbs=AMA),
    Noun(
        "group",
        "groupe",
        ("group", "groupe"),
        alone=False,
        verbs=(*GROUP, *GROUP_LIFE),
    ),
    Noun(
        "cohort",
        "cohorte",
        ("cohort", "cohorte", "cohorts", "cohortes"),
        alone=False,
        verbs=(*COHORT, *COHORT_GROUPS, *COHORT_GROUPS_LIFE),
    ),
)
