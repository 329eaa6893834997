"""What was said after a verb, and the questions every verb asks about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.errors import Slip
from bot.model.course import Language
from bot.rules.grammar_text import Token, key, shown, tokens, unquoted
from bot.rules.grammar_verbs import VerbHelp

_POLITE = re.compile(
    r"(?:[\s,]|^)(?:please|pls|thanks|thank you|merci|s['’]il (?:vous|te) pla[iî]t|svp|stp)[.!]*$", re.IGNORECASE
)
_YES = frozenset(["yes", "y", "yep", "yeah", "on", "true", "oui", "o", "ok", "vrai", "marche", "active"])
_NO = frozenset(["no", "n", "nope", "off", "false", "non", "faux", "arret", "arrete", "desactive", "none"])
_CONFIRM = frozenset(["confirm", "confirmed", "confirmer", "confirme", "confirmez"])
_FILE = frozenset(["file", "csv", "json", "fichier", "download", "telecharger"])
_NUMBER = re.compile(r"(?:#|n°|no\.?|number|numero|activity|activite)? ?(\d{1,3})[.)]?", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"\s*(?:#|n°\s?)?(\d{1,3})[.):]?\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Said:
    """`rest` is what follows the verb, as typed; `noun` and `word` are what came before it, for making examples."""

    row: VerbHelp
    noun: str
    word: str
    rest: str
    language: Language

    @property
    def tokens(self) -> list[Token]:
        return tokens(self.rest)

    @property
    def key(self) -> str:
        """What follows, compared; politeness does not count."""
        return _POLITE.sub("", key(self.rest)).rstrip(" ,")

    @property
    def text(self) -> str | None:
        return self.rest.strip() or None

    @property
    def name(self) -> str | None:
        """What follows as a name or value: no quotes around it, no punctuation or politeness after it."""
        found = self.tokens
        if len(found) == 1 and found[0].quoted:
            return found[0].text or None  # whatever stands in quotes is meant, "thanks" too
        if not self.key:
            return None
        return unquoted(_POLITE.sub("", " ".join(self.rest.split()))).rstrip(" .,;:!?") or None

    def example(self, *arguments: str) -> str:
        """A valid thing to type with the same verb; without arguments, the one of the table."""
        if arguments:
            return " ".join(part for part in (self.noun, self.word, *arguments) if part)
        return f"{self.noun} {self.row.example_in(self.language)}".strip()

    def bare(self) -> str:
        return " ".join(part for part in (self.noun, self.word) if part)

    def with_rest(self, rest: str) -> Said:
        return Said(self.row, self.noun, self.word, rest, self.language)

    # --- questions --------------------------------------------------------------------------------------------

    def nothing_more(self) -> None:
        """The verb stands alone."""
        if self.key:
            raise Slip(
                "I know “{verb}”, but not with “{word}” after it.",
                example=self.bare(),
                verb=self.word,
                word=shown(self.rest),
            )

    def number(self) -> int | None:
        """The number of one activity, or nothing."""
        if not self.key:
            return None
        if match := _NUMBER.fullmatch(self.key):
            return self.whole(match[1])
        several = re.findall(r"\d+", self.key)
        if len(several) > 1 and not re.search(r"[^\W\d]{4,}", self.key):
            raise Slip("One activity at a time, please.", example=self.example(self._tidy(several[0])))
        raise Slip("“{word}” is not the number of an activity.", example=self.example("2"), word=shown(self.rest))

    def whole(self, digits: str) -> int:
        number = int(digits)
        if number < 1:
            raise Slip("Activities are numbered from 1.", example=self.example("1"))
        return number

    def number_and_text(self) -> tuple[int | None, str | None]:
        """A number counts as one only when words follow it: "answer 42" is an answer."""
        if (match := _NUMBER_FIRST.match(self.rest)) and int(match[1]):
            return int(match[1]), self.rest[match.end() :].strip()
        return None, self.text

    def on_or_off(self) -> bool | None:
        if not self.key:
            return None
        answer = yes_or_no(self.key)
        if answer is None:
            raise Slip("“{word}” is neither on nor off.", example=self.example(), word=shown(self.rest))
        return answer

    def without_confirmation(self, *also: str) -> tuple[bool, Said]:
        """Whether it ends with "confirm" (or `also`), and the rest before that."""
        return self._without_last(_CONFIRM | set(also))

    def without_file(self) -> tuple[bool, Said]:
        return self._without_last(_FILE)

    def _without_last(self, words: frozenset[str]) -> tuple[bool, Said]:
        found = self.tokens
        if found and not found[-1].quoted and key(found[-1].text) in words:
            return True, self.with_rest(self.rest[: found[-1].start].strip())
        return False, self

    @staticmethod
    def _tidy(digits: str) -> str:
        number = int(digits[:3])
        return str(number or 1)


def yes_or_no(word: str) -> bool | None:
    """What a compared word answers."""
    return True if word in _YES else False if word in _NO else None


@contextmanager
def about(said: Said) -> Iterator[None]:
    """A value's slip, with an example that can be typed as it stands."""
    try:
        yield
    except Slip as slip:
        arguments = [slip.example] if slip.example else []
        raise Slip(slip.text, example=said.example(*arguments), field=slip.field, **slip.values) from None
