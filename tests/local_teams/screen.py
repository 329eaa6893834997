"""What a person has in front of them, and how to find a button or a field in it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .checks import CARD, CONSENT, FILE_INFO, actions, inputs
from .core import Core
from .state import Conversation, Json, Posted, User

LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
UNSEEN = re.compile("[\u200b\u200c\ufeff]|\\*\\*")


class NotThere(AssertionError):
    """A person looked for something that they cannot see."""


class NotAllowed(AssertionError):
    """A client does not let a person do this: a required field is empty, a message is somebody else's."""


@dataclass(frozen=True)
class Shown:
    """A message as one person sees it: their own view of its card, where they have one."""

    core: Core = field(repr=False, compare=False)
    posted: Posted = field(repr=False)
    place: Conversation = field(repr=False)
    card: Json | None
    text: str = ""
    summary: str = ""
    edits: int = 0

    @property
    def id(self) -> str:
        return self.posted.id

    @property
    def key(self) -> str:
        """The delivery key it was sent with."""
        return self.posted.key

    @property
    def mine_only(self) -> bool:
        """A targeted message: nobody else sees it."""
        return bool(self.posted.targeted)

    def texts(self) -> list[str]:
        """All visible words, in order."""
        return list(words_of(self.card)) if self.card is not None else [self.text]

    def reads(self) -> str:
        return "\n".join(self.texts())

    def buttons(self) -> list[str]:
        return [str(each.get("title", "")) for each in actions(self.card or {})]

    def action(self, name: str) -> Json:
        """The one button of that title or tooltip; a unique beginning will do."""
        every = actions(self.card or {})
        exact = [each for each in every if name in (each.get("title"), each.get("tooltip"), each.get("id"))]
        found = exact or [each for each in every if str(each.get("title", "")).startswith(name)]
        if len(found) != 1:
            names = [(each.get("title"), each.get("tooltip")) for each in every]
            raise NotThere(f"{len(found)} buttons are called {name!r} among {names}")
        return found[0]

    def sends(self) -> Json:
        """The button that sends what was filled in: the first one that takes the inputs along."""
        for each in actions(self.card or {}):
            if each["type"] in ("Action.Execute", "Action.Submit") and each.get("associatedInputs") != "none":
                return each
        raise NotThere("nothing to send")

    def inputs(self) -> list[Json]:
        return inputs(self.card or {})

    def labels(self) -> list[str]:
        return [str(each.get("label", "")) for each in self.inputs()]

    def input(self, name: str) -> Json:
        """The field of that label or id."""
        for each in self.inputs():
            if name in (each.get("label"), each.get("id")):
                return each
        raise NotThere(f"no field {name!r} among {self.labels()}")

    def attachment(self, kind: str) -> Json | None:
        found = self.posted.activity.get("attachments", [])
        return next((each for each in found if each.get("contentType") == kind), None)

    @property
    def asks_consent(self) -> Json | None:
        """The card that offers a file."""
        return self.attachment(CONSENT)

    @property
    def gives_file(self) -> Json | None:
        return self.attachment(FILE_INFO)


def show(core: Core, place: Conversation, posted: Posted, viewer: User | None = None) -> Shown:
    activity = posted.activity
    cards = [each["content"] for each in activity.get("attachments", []) if each.get("contentType") == CARD]
    card = cards[0] if cards else None
    if viewer is not None and viewer.aad in posted.views:
        card = posted.views[viewer.aad]
    text, summary = str(activity.get("text") or ""), str(activity.get("summary") or "")
    return Shown(core, posted, place, copy.deepcopy(card), text, summary, posted.edits)


def words_of(part: Any) -> Iterator[str]:
    """The words of a card in the order in which they stand."""
    if isinstance(part, list):
        for each in part:
            yield from words_of(each)
        return
    if not isinstance(part, dict):
        return
    kind = part.get("type", "")
    if kind == "RichTextBlock":
        yield seen("".join(each if isinstance(each, str) else each.get("text", "") for each in part["inlines"]))
    elif kind == "TextBlock":
        yield seen(part["text"])
    elif kind == "FactSet":
        yield from (f"{seen(each['title'])}: {seen(each['value'])}" for each in part["facts"])
    elif kind == "Image":
        yield seen(part.get("altText", ""))
    elif kind.startswith("Input."):
        yield from (seen(part[name]) for name in ("label", "errorMessage") if part.get(name))
        yield from (seen(each["title"]) for each in part.get("choices", []))
    else:
        for name in ("body", "items", "columns", "rows", "cells", "card"):
            yield from words_of(part.get(name))


def seen(text: str) -> str:
    """Markdown as it looks: links as their words and address, no signs for bold."""
    return UNSEEN.sub("", LINK.sub(r"\1 (\2)", text))
