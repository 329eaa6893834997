"""Typed words as they arrive from phones and office programs, made comparable: accents, quotes, spaces, tokens."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"))
_STRAIGHT = str.maketrans("’‘ʼ`´“”„«»", "'''''\"\"\"\"\"")
_FOR = ("for ", "for the ", "pour ", "pour les ", "pour le ", "pour la ", "pour l'", "les ", "le ", "la ", "l'")
_EDGES = " .,;:!?…\"'*_~()[]¡¿"
_TOKEN = re.compile(
    r"[\"“”„«](?P<double>[^\"“”„«»\n]*)[\"“”»](?=[\s,;.]|$)"
    r"|(?<!\S)['‘](?P<single>[^\n]{0,200}?)['’](?=[\s,;.]|$)"
    r"|(?P<word>[^\s\"“”„«]+|\S)"
)
_ADDRESSED = re.compile(r"(?:<@[^>\s]+>|<at\b[^>]*>[^<]*</at>|@[^\s,:]+|@?chatcourse(?!\w))[\s,:]*", re.IGNORECASE)
_ADDRESSED_LAST = re.compile(r"(?<=\s)(?:<at\b[^>]*>\s*chatcourse\s*</at>|@chatcourse)[\s.!?]*$", re.IGNORECASE)
_WRAPPED = re.compile(r"(?:[\"“„«](?P<a>[^\"“”„«»]*)[\"”»]|`+(?P<b>[^`]*)`+|\*+(?P<c>[^*]*)\*+)\Z")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or words in quotes (then `text` is what stands between them), and where it stands."""

    text: str
    start: int
    end: int
    quoted: bool = False


def plain(text: str) -> str:
    """Small letters without accents, straight quotes, single spaces."""
    letters = unicodedata.normalize("NFKD", text.translate(_INVISIBLE).translate(_STRAIGHT).casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(bare.replace("œ", "oe").replace("æ", "ae").split())


def key(text: str) -> str:
    """What words are compared by: plain, hyphens as spaces, no punctuation around them."""
    return " ".join(re.sub(r"[-‐‑_]", " ", plain(text)).split()).strip(_EDGES)


def spellings(title: str) -> frozenset[str]:
    """How people type a title that says for whom something is: whole, or from any word on that carries meaning."""
    whole = key(title)
    rests = (whole.removeprefix(opening) for opening in _FOR if whole.startswith(opening))
    return frozenset(text for text in (whole, *rests) if text)


def tokens(text: str) -> list[Token]:
    """Words and quoted passages, in order; quotes may be straight, curly or French."""
    found = []
    for match in _TOKEN.finditer(text):
        inner = match["double"] if match["double"] is not None else match["single"]
        if inner is None:
            found.append(Token(match[0], match.start(), match.end()))
        else:
            found.append(Token(inner.strip(), match.start(), match.end(), quoted=True))
    return found


def unquoted(text: str) -> str:
    """The text without quotes around the whole of it."""
    text = text.strip()
    found = tokens(text)
    return found[0].text if len(found) == 1 and found[0].quoted else text.strip('"“”„«»').strip()


def without_address(text: str) -> str:
    """What was said, without mentioning the bot before or after it, a slash, or quotes around everything."""
    text = text.translate(_INVISIBLE).strip()
    while match := _ADDRESSED.match(text):
        text = text[match.end() :]
    text = _ADDRESSED_LAST.sub("", text)
    if match := _WRAPPED.match(text):
        text = next(part for part in match.groups() if part is not None)
    return text.strip().lstrip("/").strip()


def shown(text: str, most: int = 40) -> str:
    """A short form of what was typed, for repeating it in an answer."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
