"""What somebody typed, out of what Slack made of it (Slack: "Formatting text"). Pure.

Mentions stay marked, without the names Slack puts into them, so that looking people up needs no guessing.
"""

from __future__ import annotations

import re

_MARKED = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_BROADCASTS = ("!here", "!channel", "!everyone")


def typed_words(text: str) -> str:
    """The text as it was typed: links and addresses as words, `&amp;` and its kin as signs. Mentions become `<@U1>`,
    `<#C1>` and `<!subteam^S1>`."""
    return _signs(_MARKED.sub(_mark, text)).strip()


def _mark(found: re.Match[str]) -> str:
    target, label = found[1], found[2]
    if target.startswith(("@", "#", "!subteam^")):
        return f"<{target}>"
    if target in _BROADCASTS:
        return "@" + target[1:]
    if target.startswith("!"):
        return label or ""
    if target.startswith("mailto:"):
        return label or target.removeprefix("mailto:")
    # "example.org" was typed, Slack made the address of it
    return label if label and target.rstrip("/").endswith(label.rstrip("/")) else target


def _signs(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
