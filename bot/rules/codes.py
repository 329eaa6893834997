"""Codes with which somebody comes back to what they asked anonymously: words that can be said and typed, and the
fingerprint that is stored in their place. Pure."""

from __future__ import annotations

import hashlib

from bot.rules.grammar_text import plain

_CONSONANTS = "bdfgklmnprstvz"
_VOWELS = "aeiou"
_SYLLABLES = [consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS]
WORDS, LENGTH = 3, 2
NEEDED = WORDS * LENGTH * 2
"""How many random bytes a code is made of."""


def code_from(chance: bytes) -> str:
    """A code like "bado-kiru-temu", made of `NEEDED` random bytes: 70 syllables six times, about 37 bits."""
    if len(chance) != NEEDED:
        raise ValueError(f"a code is made of {NEEDED} bytes")
    numbers = [int.from_bytes(chance[at : at + 2], "big") for at in range(0, NEEDED, 2)]
    syllables = [_SYLLABLES[number % len(_SYLLABLES)] for number in numbers]
    return "-".join("".join(syllables[at : at + LENGTH]) for at in range(0, len(syllables), LENGTH))


def fingerprint(code: str) -> str:
    """What is stored of a code; however it is written, it is the same. It holds for every session, because questions
    that were not answered go along to the next one."""
    letters = "".join(sign for sign in plain(code) if sign.isalpha())
    return hashlib.blake2b(letters.encode(), digest_size=16, person=b"chatcourse-ask").hexdigest()
