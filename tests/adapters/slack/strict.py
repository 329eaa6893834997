"""What Slack would refuse, and what the house would: checks for everything that is rendered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.local_slack.app import App
from tests.local_slack.blocks import check_view
from tests.local_slack.checks import Findings, Json
from tests.local_slack.clock import DrivenClock
from tests.local_slack.content import check_content
from tests.local_slack.state import State

NO_EXTRAS = frozenset({"chat:write"})
"""An installation without the scopes for films inside messages and for files."""


def accepted(payload: Json, *, scopes: frozenset[str] = NO_EXTRAS, domains: tuple[str, ...] = ()) -> Json:
    """The payload, which Slack takes: within all limits, nobody notified, its text as complete as its blocks."""
    check_content(App(unfurl_domains=domains), State(DrivenClock()), scopes, payload)
    assert set(payload) <= {"text", "blocks", "metadata", "unfurl_links", "unfurl_media"}
    ids = [each["action_id"] for each in controls(payload["blocks"])]
    assert len(ids) == len(set(ids)), "a press must say which button it was"
    return payload


def accepted_view(view: Json, *, scopes: frozenset[str] = NO_EXTRAS) -> Json:
    """The view, which Slack takes."""
    found = check_view(view, view["type"], Findings(scopes=scopes))
    assert found.problems == [], found.messages
    assert found.broadcasts == 0
    assert len(json.dumps(view).encode()) < 250_000
    return view


def controls(blocks: Any) -> Iterator[Json]:
    """Everything that can be pressed or filled in."""
    if isinstance(blocks, list):
        for each in blocks:
            yield from controls(each)
    elif isinstance(blocks, dict):
        if "action_id" in blocks:
            yield blocks
        for value in blocks.values():
            if isinstance(value, list | dict):
                yield from controls(value)


def kinds(payload: Json) -> list[str]:
    return [block["type"] for block in payload["blocks"]]


def words_of(node: Any) -> str:
    """All strings that people read in some blocks, one after another."""
    if isinstance(node, list):
        return " ".join(filter(None, map(words_of, node)))
    if not isinstance(node, dict):
        return ""
    own = [node[key] for key in ("text", "fallback", "alt_text") if isinstance(node.get(key), str)]
    return " ".join(
        [*own, *filter(None, (words_of(value) for value in node.values() if isinstance(value, list | dict)))]
    )


def parts_of(blocks: Any, kind: str) -> list[Json]:
    """Every object of a type, in order."""
    if isinstance(blocks, list):
        return [found for each in blocks for found in parts_of(each, kind)]
    if not isinstance(blocks, dict):
        return []
    own = [blocks] if blocks.get("type") == kind else []
    return own + [found for value in blocks.values() for found in parts_of(value, kind)]
