"""What went to and fro between the Agents Playground and the app, read from its recording."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

Json = dict[str, Any]

BETWEEN = b"\n---\n"
CARD = "application/vnd.microsoft.card.adaptive"
_ACTIVITIES = re.compile(r"/v3/conversations/([^/]+)/activities(?:/([^/?]+))?")


@dataclass(frozen=True, slots=True)
class Call:
    """One request with its answer. `from_app`: the app asked the connector; otherwise the app was told something."""

    from_app: bool
    method: str
    url: str
    body: Json
    status: int
    answer: Json


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stands in a conversation (in a channel: in a thread)."""

    id: str
    conversation: str
    activity: Json

    @property
    def card(self) -> Json:
        found = [each["content"] for each in self.activity.get("attachments") or () if each["contentType"] == CARD]
        return dict(found[0]) if found else {}

    @property
    def text(self) -> str:
        """Everything that can be read in it."""
        return "\n".join([str(self.activity.get("text") or ""), *words(self.card)]).strip()

    def button(self, title: str) -> Json:
        """The first action whose title begins like this, wherever in the card it is."""
        found = [str(each.get("title") or "") for each in actions(self.card)]
        fitting = [each for each in actions(self.card) if str(each.get("title") or "").startswith(title)]
        assert fitting, f"no button {title!r} among {found}"
        return fitting[0]


@dataclass
class Recording:
    """The file that the Playground adds to. Each reading goes on where the last one ended."""

    path: Path
    _calls: list[Call] = field(default_factory=list)
    _read: int = 0

    def calls(self) -> list[Call]:
        """Everything so far, oldest first."""
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self._read)
                fresh = file.read()
            whole = fresh[: fresh.rfind(BETWEEN) + len(BETWEEN)] if BETWEEN in fresh else b""
            self._read += len(whole)
            self._calls += [_call(json.loads(each)) for each in whole.split(BETWEEN) if each.strip()]
        return self._calls

    def messages(self, conversation: str) -> list[Shown]:
        """What stands in a conversation and its threads, in the order of posting, as it is by now."""
        stands: dict[tuple[str, str], Shown] = {}
        for call in self.calls():
            at = _place(call)
            if at is not None and at[0].partition(";")[0] == conversation:
                stands[at] = Shown(at[1], at[0], dict(call.body.get("activity") or call.body))
        return list(stands.values())

    def chat(self, user_id: str) -> str:
        """Somebody's own chat with the app, if the connector was asked to open it."""
        for call in self.calls():
            members = call.body.get("members") or [{}]
            if call.url.endswith("/v3/conversations") and members[0].get("id") == user_id:
                return str(call.answer["id"])
        return ""


def words(part: Any) -> Iterator[str]:
    """The texts of a card, in order; those of fallbacks aside."""
    if isinstance(part, list):
        for each in part:
            yield from words(each)
    elif isinstance(part, dict):
        yield from (
            part[name] for name in ("text", "title", "label", "errorMessage") if isinstance(part.get(name), str)
        )
        for name, each in part.items():
            if name not in ("fallback", "data", "msteams"):
                yield from words(each)


def actions(part: Any) -> Iterator[Json]:
    """The actions of a card, in order; fallbacks aside."""
    if isinstance(part, list):
        for each in part:
            yield from actions(each)
    elif isinstance(part, dict):
        if str(part.get("type", "")).startswith("Action."):
            yield part
        for name, each in part.items():
            if name not in ("fallback", "data"):
                yield from actions(each)


def _call(entry: Mapping[str, Any]) -> Call:
    request, response = entry["request"], entry.get("response") or {}
    return Call(
        entry["direction"].startswith("User Application"),
        str(request.get("method")),
        unquote(str(request.get("url"))),
        _object(request.get("body")),
        int(response.get("statusCode") or 0),
        _object(response.get("body")),
    )


def _object(body: Any) -> Json:
    if isinstance(body, str):
        with suppress(ValueError):
            body = json.loads(body)
    return body if isinstance(body, dict) else {}


def _place(call: Call) -> tuple[str, str] | None:
    """Conversation and name of the message that a call posted or changed."""
    if not call.from_app or call.status >= 300:
        return None
    found = _ACTIVITIES.search(call.url)
    if found is not None and call.method in ("POST", "PUT"):
        told = found[2] if call.method == "PUT" else call.answer.get("id")
        return (found[1], str(told)) if told else None
    if found is None and "activity" in call.body and call.answer.get("id"):
        return str(call.answer["id"]), str(call.answer.get("activityId"))
    return None
