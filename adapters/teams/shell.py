"""What every card and every activity with a card has around its content. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.messages.texts import Catalogue
from bot.model.course import Language

Json = dict[str, Any]

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
# "Cards reference": cards of bots are supported up to 1.5.
VERSION = "1.5"
# The renderers take two letters and no region.
_TAGS = {Language.EN: "en", Language.FR: "fr"}


def card_shell(body: Sequence[Json], text: str, t: Catalogue) -> Json:
    """A card: its elements, the language they are in, and the text for screen readers and for clients without cards."""
    return {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "lang": _TAGS[t.language],
        "speak": text,
        "fallbackText": text,
        "msteams": {"width": "Full"},
        "body": list(body),
    }


def activity_of(card: Json, summary: str) -> Json:
    """A message with nothing but a card. Teams divides a message with text and card in two, of which one is lost to us;
    without a summary its notification would say “Sent a card”."""
    attachment = {"contentType": ADAPTIVE, "content": card}
    return {"type": "message", "summary": summary, "attachments": [attachment]}
