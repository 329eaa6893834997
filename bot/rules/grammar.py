"""From words to a command: one grammar for slash commands and typed text, on every platform, in both languages.

Nothing that was not clearly said is done: a near miss is a `Slip` whose example is the closest valid thing to type.
The words themselves are a table, see `grammar_words`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping

from bot.errors import Slip
from bot.model.commands import CohortHome, Command, Help, Home
from bot.model.commands_ama import AmaHome
from bot.model.commands_groups import GroupHome
from bot.model.course import Language
from bot.rules.grammar_ama import AMA_READERS
from bot.rules.grammar_cohort import COHORT_READERS
from bot.rules.grammar_course import COURSE_READERS, help_about, lone_sign, whole_phrase
from bot.rules.grammar_group import GROUP_READERS
from bot.rules.grammar_group_life import GROUP_LIFE_READERS
from bot.rules.grammar_said import Said
from bot.rules.grammar_text import Token, key, shown, tokens, without_address
from bot.rules.grammar_verbs import VerbHelp
from bot.rules.grammar_words import NOUNS, Noun, find_help, noun_called, table, verbs_of

__all__ = ["Noun", "VerbHelp", "find_help", "parse", "table"]

_READERS: Mapping[str, Callable[[Said], Command]] = {
    **COURSE_READERS,
    **GROUP_READERS,
    **GROUP_LIFE_READERS,
    **AMA_READERS,
    **COHORT_READERS,
}
_HOMES: Mapping[str, Callable[[], Command]] = {
    "course": Home,
    "group": GroupHome,
    "ama": AmaHome,
    "cohort": CohortHome,
}
_ALONE = next(noun for noun in NOUNS if noun.alone)

_LONGEST_VERB = 4  # words: "je suis de retour"
_LONGEST_WORD = 24
_CLOSE = 0.7
_GLUED = re.compile(r"([^\W\d_]+)\W*(\d.*)", re.DOTALL)


def parse(text: str, *, language: Language, direct: bool) -> Command:
    """The command that `text` means. In a room (`direct` false) it begins with a noun.

    Raises Slip for everything else.
    """
    said = without_address(text)
    command = _understand(said, language, direct)
    if command is not None:
        return command
    raise _not_understood(said, language, direct)


def _understand(said: str, language: Language, direct: bool) -> Command | None:
    """The command, None when the first words are none of ours, Slip when what follows them does not fit."""
    if not said:
        return Home()
    if not said.strip("?¿ "):
        return Help()
    found = tokens(said)
    noun = noun_called(key(found[0].text))
    if noun is None:
        return _read(_ALONE, "", said, language) if direct else None
    rest = said[found[0].end :].strip()
    if not key(rest) and not rest.strip("?!.,:; "):
        return _HOMES[noun.name]()
    return _read(noun, key(found[0].text), rest, language)


def _read(noun: Noun, typed_noun: str, text: str, language: Language) -> Command | None:
    """The longest verb that the text begins with, and what its reader makes of the rest."""
    if noun.alone:
        alone = whole_phrase(key(text)) or lone_sign(key(text))
        if alone is not None:
            return alone
    found = tokens(text)
    for count in range(min(_LONGEST_VERB, len(found)), 0, -1):
        word = " ".join(token.text for token in found[:count])
        row = verbs_of(noun.name).get(key(word))
        # a lone quotation mark or dash belongs to what follows, and so does a name in quotes that a verb could contain
        if row is not None and key(found[count - 1].text) and not any(token.quoted for token in found[1:count]):
            rest = text[found[count - 1].end :].strip()
            return _READERS[row.command](Said(row, typed_noun, row.spelled(key(word)), rest, language))
    if not noun.alone and key(found[0].text) in verbs_of(_ALONE.name):
        row = verbs_of(_ALONE.name)[key(found[0].text)]
        if row.command == "course.help":
            return help_about(f"{noun.name} {key(text[found[0].end :])}".strip())
    return None


# --- near misses ------------------------------------------------------------------------------------------------


def _not_understood(said: str, language: Language, direct: bool) -> Slip:
    found = tokens(said)
    noun = noun_called(key(found[0].text))
    last_resort = verbs_of(_ALONE.name)["help"].example_in(language)
    if noun is not None or not direct:
        last_resort = f"{_ALONE.name_in(language)} {last_resort}"
    if noun is not None and not noun.alone:
        last_resort = (
            noun.name_in(language) if len(found) == 1 else f"{noun.name_in(language)} {last_resort.split()[-1]}"
        )
    example = _closest(said, found, noun, language, direct)
    if len(found) > 6 and example is None:
        return Slip("I understand short commands, not whole sentences yet.", example=last_resort)
    if noun is None and not direct and example is not None and key(example).endswith(key(said)):
        return Slip("In a room, begin with “{noun}”.", example=example, noun=_ALONE.name_in(language))
    unknown = found[0].text if noun is None else found[1].text
    return Slip("“{word}” is not something I know.", example=example or last_resort, word=shown(unknown))


def _closest(said: str, found: list[Token], noun: Noun | None, language: Language, direct: bool) -> str | None:
    """The closest thing to type that is valid as it stands."""
    if noun is not None:
        rest = said[found[0].end :].strip()
        written = key(found[0].text)
        return _closest_verb(noun, written, rest, language) or _elsewhere(noun, rest, language)
    # "course" was meant and misspelled
    near = _near(key(found[0].text), [word for entry in NOUNS for word in entry.words])
    meant = noun_called(near) if near else None
    if near and meant is not None:
        rest = said[found[0].end :].strip()
        if not rest:
            return near
        example = _valid(f"{near} {rest}", language) or _closest_verb(meant, near, rest, language)
        if example is not None:
            return example
    prefix = "" if direct else _ALONE.name_in(language)
    if prefix and (example := _valid(f"{prefix} {said}", language)):
        return example
    return _closest_verb(_ALONE, prefix, said, language) or _elsewhere(_ALONE, said, language)


def _closest_verb(noun: Noun, written: str, text: str, language: Language) -> str | None:
    """The verb that looks most like what was typed, with the rest if that fits."""
    found = tokens(text)
    if not found:
        return None
    if (match := _GLUED.fullmatch(found[0].text)) and key(match[1]) in verbs_of(noun.name):
        first: str | None = key(match[1])
        rest = match[2] + text[found[0].end :]
    else:
        first, rest = _near(key(found[0].text), verbs_of(noun.name)), text[found[0].end :]
    if not first:
        return None
    row = verbs_of(noun.name)[first]
    example = _valid(" ".join(f"{written} {row.spelled(first)} {rest}".split()), language)
    if example is not None:
        return example
    if len(found) > 3:
        return None
    return f"{written} {row.example_in(language)}".strip()


def _elsewhere(noun: Noun, text: str, language: Language) -> str | None:
    """The verb belongs to another noun: "launch spring" is about a cohort."""
    for other in NOUNS:
        if other is not noun and (example := _valid(f"{other.name_in(language)} {text}", language)):
            return example
    return None


def _valid(text: str, language: Language) -> str | None:
    """The text as an example, if it can be typed; a correction of it, if that is known."""
    if len(text) > 80 or "\n" in text:
        return None
    try:
        command = _understand(text, language, direct=True)
    except Slip as slip:
        return slip.example
    if command is None or (isinstance(command, Help) and command.topic is not None and not find_help(command.topic)):
        return None
    return text


def _near(word: str, words: Mapping[str, object] | list[str]) -> str | None:
    """The word that looks most alike; letters that swapped places, as fingers do, count as nearest."""
    if not 3 <= len(word) <= _LONGEST_WORD:
        return None
    close = difflib.get_close_matches(word, [entry for entry in words if len(entry) > 2], 5, _CLOSE)
    return max(
        close,
        key=lambda entry: (
            sorted(entry) == sorted(word),
            difflib.SequenceMatcher(None, word, entry).ratio() + (0.1 if entry[0] == word[0] else 0),
        ),
        default=None,
    )
