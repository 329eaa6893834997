"""What a message may say: text, blocks and metadata, checked before anything is stored.

Slack pages: "chat.postMessage", "Blocks", "Message metadata"; plus two rules of this house, that the top-level text
says everything the blocks say, and that nobody is woken by @channel.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .app import App
from .blocks import MAX_MESSAGE_TEXT, check_blocks
from .checks import Findings, Json, length
from .elements import BROADCAST
from .errors import Refused, house_rule, invalid
from .state import Install, State
from .texts import missing_words, stored

MAX_TEXT = 4_000
MAX_METADATA = 1_024
EVENT_TYPE = re.compile(r"[a-z][a-z0-9_]{0,254}")
BLOCK_ID_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_chance = random.Random(7)


@dataclass
class Content:
    text: str
    blocks: list[Json]
    metadata: Json | None


@dataclass
class Scheduled:
    """A message for later."""

    id: str
    channel: str
    post_at: int
    content: Content
    install: Install


def check_content(
    app: App, state: State, scopes: frozenset[str], args: Mapping[str, Any], *, own_rules: bool = True
) -> Content:
    """The content of a message or reply, or the refusal Slack would give."""
    blocks, text, markdown = args.get("blocks"), args.get("text"), args.get("markdown_text")
    if args.get("attachments"):
        raise house_rule("no_attachments", "use blocks")
    if markdown is not None:
        if text or blocks:
            raise Refused("markdown_text_conflict")
        if not isinstance(markdown, str) or not 1 <= length(markdown) <= MAX_MESSAGE_TEXT:
            raise Refused("msg_too_long")
        text = markdown
    if text is not None and not isinstance(text, str):
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] text must be a string"]})
    if blocks is not None and not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if not (text or "").strip() and not blocks:
        raise Refused("no_text")
    findings = Findings(scopes=scopes, unfurl_domains=app.unfurl_domains, files=state.files)
    if blocks:
        check_blocks(blocks, findings)
        if findings.problems:
            raise invalid("invalid_blocks", findings)
        if findings.total_text > MAX_MESSAGE_TEXT:
            raise Refused("msg_blocks_too_long")
    if own_rules:
        _house_rules(app, text or "", blocks or [], findings, args)
    metadata = check_metadata(args["metadata"]) if args.get("metadata") is not None else None
    return Content(stored(text or ""), with_ids(blocks or []), metadata)


def _house_rules(app: App, text: str, blocks: list[Json], findings: Findings, args: Mapping[str, Any]) -> None:
    if length(text) > (MAX_TEXT if args.get("markdown_text") is None else MAX_MESSAGE_TEXT):
        raise house_rule(
            "text_too_long", f"text of {length(text)} characters could never be updated (at most {MAX_TEXT})"
        )
    if blocks and app.complete_text:
        if not text.strip():
            raise house_rule("text_missing", "screen readers get the top-level text in place of the blocks")
        lacking = missing_words(text, blocks)
        if lacking:
            raise house_rule("text_incomplete", *(f"not in the top-level text: {each!r}" for each in lacking))
    loud = findings.broadcasts + len(BROADCAST.findall(text))
    if args.get("parse") == "full" or args.get("link_names"):
        loud += len(re.findall(r"@(?:here|channel|everyone)\b", text))
    if loud and not app.broadcasts:
        raise house_rule("broadcast", "the message would notify everybody")


def check_metadata(metadata: Any) -> Json | None:
    """A type and a flat payload under 1 kB; `{}` stands for none."""
    if not isinstance(metadata, dict):
        raise Refused("invalid_metadata_format")
    if not metadata:
        return None
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if set(metadata) != {"event_type", "event_payload"} or not isinstance(payload, dict):
        raise Refused("invalid_metadata_schema")
    if not isinstance(kind, str) or not EVENT_TYPE.fullmatch(kind):
        raise Refused("invalid_metadata_schema")
    if not all(_value(each) for each in payload.values()):
        raise Refused("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > MAX_METADATA:
        raise Refused("metadata_too_large")
    return copy.deepcopy(metadata)


def _value(value: Any) -> bool:
    if isinstance(value, list):
        return all(_flat(each) or _plain(each) for each in value)
    return _plain(value) or _flat(value)


def _plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _flat(value: Any) -> bool:
    return isinstance(value, dict) and all(_plain(each) for each in value.values())


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which every block and every control has an id, as Slack gives them."""
    made = copy.deepcopy(blocks)
    for block in made:
        block.setdefault("block_id", "".join(_chance.choices(BLOCK_ID_LETTERS, k=5)))
        controls = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        interactive = block["type"] in {"actions", "section", "input", "context_actions"}
        for control in controls if interactive else []:
            if isinstance(control, dict) and control.get("type") != "image":
                control.setdefault("action_id", "".join(_chance.choices(BLOCK_ID_LETTERS, k=5)))
    return made
