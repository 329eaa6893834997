"""Words that stay words. Pure.

Cards have two kinds of text. A `TextRun` is shown as it stands; only date functions are looked for in it, and mentions.
A `TextBlock`, a label, the title of a choice are read as Markdown. Escaping with a backslash is no help there: clients
on phones show the backslash (microsoft/AdaptiveCards issues 5590 and 5758). So signs that Markdown reads are replaced
by signs that look alike, or kept apart by a space without width.
"""

from __future__ import annotations

import re

from adapters.teams.limits import URL

APART = "\u200b"
"""A space without width: nobody sees it, and it keeps signs from being read together."""
_NO_WORDS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>|\"\\]+", re.IGNORECASE)
_FUNCTION = re.compile(r"\{(?=\{)")
_TAG = re.compile(r"<(?=[a-zA-Z/!?@])")
_LIKE = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼", "\\": "＼"})
_UNDERLINE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LINK = re.compile(r"\](?=[(\[:])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_BARE_ADDRESS = re.compile(r"(?<=[a-zA-Z]):(?=//)|(?<=\bwww)\.|(?<=mailto):", re.IGNORECASE)
_MAIL = re.compile(r"(?<=[\w.+-])@(?=[\w-]+\.\w)")
_LINE_START = re.compile(r"^(\s*)(?=[-+#>=]|\d+[.)])", re.MULTILINE)
_GAPS = re.compile(r"\s*\n\s*")


def clean(text: str) -> str:
    """The text without what is no character: controls, halves of surrogate pairs."""
    return text if text.isascii() and text.isprintable() else _NO_WORDS.sub(" ", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """The text for places that hold one line: labels, titles."""
    return clean(text).replace("\n", " ").strip()


def literal(text: str) -> str:
    """Words for a `TextRun`, a tooltip, a fallback text: no date function and no mention comes out of them."""
    return _TAG.sub(f"<{APART}", _FUNCTION.sub(f"{{{APART}", clean(text)))


def tame(text: str) -> str:
    """Words for a `TextBlock`, a label, the title of a choice: on one line, and nothing in them is Markdown."""
    text = _GAPS.sub(" ", literal(text)).translate(_LIKE)
    text = _ENTITY.sub(f"&{APART}", _LINK.sub(f"]{APART}", _UNDERLINE.sub("ˍ", text)))
    text = _MAIL.sub(f"{APART}@", _BARE_ADDRESS.sub(lambda found: APART + found[0], text))
    return _LINE_START.sub(rf"\1{APART}", text)


def is_address(href: str | None) -> bool:
    """Whether a client can open it: absolute, of the web or a mail address."""
    return bool(href) and len(href or "") <= URL and _ADDRESS.fullmatch(href or "") is not None


def link(text: str, href: str) -> str:
    """A link in Markdown; `text` is tame."""
    target = href.replace("(", "%28").replace(")", "%29").replace("*", "%2A").replace("_", "%5F")
    return f"[{text.replace('[', '(').replace(']', ')')}]({target})"
