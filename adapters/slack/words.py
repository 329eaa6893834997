"""What people type, as Slack sends it, in the form the grammar reads. Pure.

Slack escapes three characters, and puts mentions, channels and links into angle brackets, with or without a name
(Slack: "Formatting text", "Slash commands").
"""

from __future__ import annotations

import re

_BRACKETS = re.compile(r"<([^<>]*)>")
_SPACES = re.compile(r"[\u00a0\u2007\u202f\t ]+")


def typed_words(text: str) -> str:
    """`<@U1|ann>` becomes `@U1`, `<#C1|news>` `#C1`, `<!subteam^S1|@team>` `@S1`, a link its address; lines stay."""
    plain = _BRACKETS.sub(lambda match: _meant(match[1]), text)
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return "\n".join(_SPACES.sub(" ", line).strip() for line in plain.splitlines()).strip()


def _meant(inside: str) -> str:
    target, _, label = inside.partition("|")
    if target.startswith(("@", "#")):
        return target
    if target.startswith("!subteam^"):
        return "@" + target.removeprefix("!subteam^")
    if target.startswith("!date^"):
        return label
    if target.startswith("!"):
        return "@" + target[1:].partition("^")[0]
    if target.startswith("mailto:"):
        return target.removeprefix("mailto:")
    # what was typed without https:// gets it from Slack; people mean what they typed
    return label if label and target.partition("://")[2].rstrip("/") == label else target
