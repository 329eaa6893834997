"""Which questions ask nearly the same: by their words, folded and cut to their stems, in English and French."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from bot.model.course import Language

NEAR = 0.45
"""From this likeness on two questions are shown as similar; on pairs of made-up questions, with and without the same
meaning, it parted them best."""
SHOWN = 3

_WORD = re.compile(r"[a-z0-9]+")
_ENGLISH = (
    "a about all an and any are as at be been being but by can could did do does for from get had has have how i if in "
    "into is it its just like make may us me might more most much my no not of on one or our out should so some such "
    "than that the their them then there these they this those to too use used using very was we were what when where "
    "which who why will with would you your"
)
_FRENCH = (
    "ai au aux avec c ce ces cela cette comment d dans de des donc du elle elles en est et etes etre eux fait faire "
    "faut il ils j je l la le les leur leurs lui m ma mais mes moi mon n ne nos notre nous ont ou par pas peut peuvent "
    "plus plutot pour pourquoi pourrait qu quand que quel quelle quelles quels qui s sa se ses si son sont sur t ta te "
    "tes toi ton tous tout toute toutes tres tu un une utiliser utilise va vos votre vous y"
)
_EMPTY_IN = {Language.EN: frozenset(_ENGLISH.split()), Language.FR: frozenset(_FRENCH.split())}
_EMPTY = frozenset.union(*_EMPTY_IN.values())
_ENDING_WORDS = (
    "ations ation ements ement ingly ments ment ities ables ible able tions tion euses euse eaux elles iques ique "
    "ances ance ences ence ness ings ing eurs eur ives ive ifs if ies ied ees ee es ed er ez ly al aux s e"
)
_ENDINGS = tuple(_ENDING_WORDS.split())
_LEAST_STEM = 4

Thing = TypeVar("Thing")


def alike(text: str, others: Sequence[tuple[Thing, str]], *, most: int = SHOWN) -> list[Thing]:
    """Of `others` (a thing and its text each) those that ask nearly the same as `text`, most alike first."""
    rated = [(likeness(text, other), place, thing) for place, (thing, other) in enumerate(others)]
    near = sorted((each for each in rated if each[0] >= NEAR), key=lambda each: (-each[0], each[1]))
    return [thing for _, _, thing in near[:most]]


def likeness(one: str, other: str) -> float:
    """How much two texts say the same: 0 nothing, 1 the same words.

    The mean of two measures: the share of the shorter text's stems that the other has as well, and the share that
    both have of all their stems (Jaccard). A single word in common says little, so it counts half.
    """
    ours, theirs = stems(one), stems(other)
    if not ours or not theirs:
        return float(one.strip().casefold() == other.strip().casefold())
    common = len(ours & theirs)
    inside, jaccard = common / min(len(ours), len(theirs)), common / len(ours | theirs)
    return (inside + jaccard) / 2 * (0.5 if common == 1 and min(len(ours), len(theirs)) > 1 else 1.0)


def language_of(text: str, otherwise: Language) -> Language:
    """The language in which a text is written, by its small words; `otherwise` where they do not tell."""
    said = set(_words(text))
    known = {language: len(said & words) for language, words in _EMPTY_IN.items()}
    most = max(known.values())
    return otherwise if list(known.values()).count(most) > 1 else max(known, key=known.__getitem__)


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """The words that carry meaning, without accents and endings."""
    return frozenset(_stem(word) for word in _words(text) if word not in _EMPTY)


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return _WORD.findall(plain)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)]
    return word
