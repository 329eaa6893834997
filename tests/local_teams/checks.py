"""What Teams accepts as an activity of a bot (Teams: "Format your bot messages", "Conversation messages")."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from typing import Any

from tests.adapters.teams.strict import accepted_card

from .state import Json

CARD = "application/vnd.microsoft.card.adaptive"
CONSENT = "application/vnd.microsoft.teams.card.file.consent"
FILE_INFO = "application/vnd.microsoft.teams.card.file.info"
LARGEST = 100 * 1024
"""Bytes of UTF-16, JSON included (Teams: "message size limit")."""
KEYS = frozenset(
    {
        *("type", "text", "textFormat", "summary", "attachments", "attachmentLayout", "entities", "channelData"),
        *("conversation", "recipient", "from", "replyToId", "locale", "suggestedActions", "importance", "inputHint"),
        *("serviceUrl", "channelId", "id", "timestamp", "deliveryMode", "value", "localTimestamp"),
    }
)


def size(activity: Json) -> int:
    return len(json.dumps(activity, ensure_ascii=False, separators=(",", ":")).encode("utf-16-le"))


def problems(activity: Json, *, rules: bool = True) -> Iterator[str]:
    """Everything that Teams would refuse in an activity, or that people would not see as meant."""
    for name in set(activity) - KEYS:
        yield f"unknown field {name}"
    for each in activity.get("attachments", []):
        yield from _attachment(each, rules)
    text = activity.get("text") or ""
    for entity in activity.get("entities", []):
        if entity.get("type") == "mention" and entity.get("text", "") not in text:
            yield f"the mention {entity.get('text')!r} is not in the text"
    cards = [each for each in activity.get("attachments", []) if each.get("contentType") == CARD]
    if rules and cards and not activity.get("summary"):
        yield "a card without summary is announced as “Sent a card”"


def _attachment(attachment: Any, rules: bool) -> Iterator[str]:
    if not isinstance(attachment, dict) or not isinstance(attachment.get("contentType"), str):
        yield "an attachment needs a contentType"
        return
    content = attachment.get("content")
    if attachment["contentType"] == CARD:
        if isinstance(content, dict):
            yield from card_problems(content, rules=rules)
        else:
            yield "a card needs content"
    elif attachment["contentType"] == CONSENT:
        wanted = {"description", "sizeInBytes", "acceptContext", "declineContext"}
        if not attachment.get("name") or not isinstance(content, dict) or not wanted <= set(content):
            yield f"a file consent card needs a name and {sorted(wanted)}"
        elif not isinstance(content["sizeInBytes"], int):
            yield "sizeInBytes is a number"
    elif attachment["contentType"] == FILE_INFO:
        if not isinstance(content, dict) or not {"uniqueId", "fileType"} <= set(content):
            yield "a file card needs uniqueId and fileType"
        elif not attachment.get("contentUrl"):
            yield "a file card needs contentUrl"


def card_problems(card: Json, *, rules: bool = True) -> Iterator[str]:
    """What holds for every Adaptive Card in Teams; with `rules`, the published schema and those of the house too."""
    if card.get("type") != "AdaptiveCard":
        yield "a card is of type AdaptiveCard"
    if not isinstance(card.get("version"), str):
        yield "a card has a version"
    refresh = card.get("refresh")
    if refresh is not None and len(refresh.get("userIds", [])) > 60:
        yield "refresh takes 60 people at most"
    ids = [each["id"] for each in inputs(card) if each.get("id")]
    if len(ids) != len(set(ids)) or len(ids) != len(list(inputs(card))):
        yield "every input needs an id of its own, else its value is lost"
    if rules:
        yield from _house_problems(card)


def _house_problems(card: Json) -> Iterator[str]:
    try:
        accepted_card(card)
    except AssertionError as broken:
        (*_, place) = traceback.extract_tb(broken.__traceback__)
        yield f"{place.line} {broken}".strip()
    except (KeyError, TypeError, AttributeError) as broken:
        yield f"a part is missing or of the wrong kind: {broken!r}"


def walk(part: Any) -> Iterator[Json]:
    """Every typed object of a card, in order; what stands in `fallback` and `data` is not shown."""
    if isinstance(part, list):
        for each in part:
            yield from walk(each)
    elif isinstance(part, dict):
        if isinstance(part.get("type"), str):
            yield part
        for name, value in part.items():
            if name not in ("fallback", "data", "refresh", "msteams", "requires"):
                yield from walk(value)


def inputs(card: Json) -> list[Json]:
    return [each for each in walk(card) if each["type"].startswith("Input.")]


def actions(card: Json) -> list[Json]:
    """Everything that can be pressed, `selectAction` included."""
    return [each for each in walk(card) if each["type"].startswith("Action.")]
