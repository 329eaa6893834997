"""How one line of the table of commands is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.model.course import Language
from bot.model.people import RoleName
from bot.rules.grammar_text import key


def N_(text: str) -> str:  # noqa: N802 (the usual gettext name, so that extraction finds it)
    """Mark a sentence for translation; `bot.messages` fills it in."""
    return text


EVERYONE: frozenset[RoleName] = frozenset()
ADMINS = frozenset({RoleName.ADMIN})
LEADERS = frozenset({RoleName.ADMIN, RoleName.FACILITATOR})
READERS = frozenset({RoleName.ADMIN, RoleName.FACILITATOR, RoleName.CONTRIBUTOR})


@dataclass(frozen=True, slots=True)
class VerbHelp:
    """One thing people can ask for.

    `command` is the verb of the command it becomes. `verb` and `usage` are what one types after the noun, `example` is
    valid as it stands. `text` is a message id. `roles` are those who may; empty means everyone. `words` are
    all spellings that are understood, the usual ones first.
    """

    noun: str
    command: str
    verb: str
    usage: str
    example: str
    french_verb: str
    french_usage: str
    french_example: str
    text: str
    roles: frozenset[RoleName]
    words: tuple[str, ...]

    def spelled(self, word: str) -> str:
        """A compared word of this row as it is usually written, with its accents."""
        return next((spelling for spelling in self.words if key(spelling) == word), word)

    def verb_in(self, language: Language) -> str:
        return self.french_verb if language is Language.FR else self.verb

    def usage_in(self, language: Language) -> str:
        return self.french_usage if language is Language.FR else self.usage

    def example_in(self, language: Language) -> str:
        return self.french_example if language is Language.FR else self.example


def rows(noun: str, roles: frozenset[RoleName], *rows: tuple[str, str, str, str, str]) -> Iterator[VerbHelp]:
    """Rows from: command | English verb | arguments | example; the same in French; sentence; more words."""
    for name, english, french, text, more in rows:
        verb, arguments, example = (part.strip() for part in english.split("|"))
        verb_fr, arguments_fr, example_fr = (part.strip() for part in french.split("|"))
        yield VerbHelp(
            noun,
            f"{noun}.{name}",
            verb,
            f"{verb} {arguments}".strip(),
            f"{verb} {example}".strip(),
            verb_fr,
            f"{verb_fr} {arguments_fr}".strip(),
            f"{verb_fr} {example_fr}".strip(),
            text,
            roles,
            tuple(dict.fromkeys((verb, verb_fr, *(word.strip() for word in more.split(",") if word.strip())))),
        )
