"""What a person has in front of them: messages, modals and the home tab, and how to find a control in them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field

from .checks import Json
from .core import Core
from .methods_views import controls
from .state import Message, View
from .texts import read, visible


class NotThere(AssertionError):
    """A person looked for something that they cannot see."""


@dataclass(frozen=True)
class Control:
    """A button, select, box or field. `option` is set for one entry of an overflow menu or of boxes."""

    element: Json
    block: Json
    option: Json | None = None

    @property
    def names(self) -> list[str]:
        """What one can call it: visible text, spoken label, placeholder, ids."""
        texts = [self.element.get("text"), self.element.get("placeholder"), self.block.get("label")]
        if self.option is not None:
            texts = [self.option["text"]]
        found = [each["text"] for each in texts if isinstance(each, dict)]
        spoken = self.element.get("accessibility_label") if self.option is None else None
        ids = [self.element.get("action_id"), self.block.get("block_id")] if self.option is None else []
        return [name for name in (spoken, *found, *ids) if name]


@dataclass(frozen=True)
class Screen:
    """Something with blocks, as it looked when it was asked for."""

    core: Core = field(repr=False, compare=False)
    blocks: list[Json]

    def texts(self) -> list[str]:
        """All visible words, in order."""
        return visible(self.blocks, self.core.name)

    def controls(self) -> Iterator[Control]:
        for block in self.blocks:
            for element in controls(block):
                yield Control(element, block)
                if element["type"] == "overflow":
                    for option in element["options"]:
                        yield Control(element, block, option)

    def buttons(self) -> list[str]:
        """What the buttons are called, by their spoken label where they have one."""
        found = [each for each in self.controls() if each.element["type"] == "button"]
        return [each.names[0] for each in found]

    def control(self, name: str) -> Control:
        """The one control of that name; a unique beginning of a name will do."""
        every = list(self.controls())
        exact = [each for each in every if name in each.names]
        found = exact or [each for each in every if any(given.startswith(name) for given in each.names)]
        if len({id(each.element) for each in found}) > 1:
            raise NotThere(f"{len(found)} controls are called {name!r}")
        if found:
            return next((each for each in found if each.option is not None), found[0])
        raise NotThere(f"no {name!r} among {[each.names for each in every]}")


@dataclass(frozen=True)
class Shown(Screen):
    """A message as a person sees it. `text` is what a screen reader says."""

    message: Message = field(repr=False)
    ts: str = ""
    text: str = ""
    metadata: Json | None = None
    edits: int = 0

    def texts(self) -> list[str]:
        """All visible words; a message without blocks shows its text."""
        return visible(self.blocks, self.core.name) if self.blocks else [read(self.text, self.core.name)]

    @property
    def ephemeral(self) -> bool:
        return self.message.ephemeral_to is not None

    @property
    def channel(self) -> str:
        return self.message.channel


@dataclass(frozen=True)
class ShownView(Screen):
    """A modal or home tab as a person sees it, with the errors under its inputs by label."""

    view: View = field(repr=False)
    title: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.view.id

    def labels(self) -> list[str]:
        return [block["label"]["text"] for block in self.blocks if block["type"] == "input"]


def show(core: Core, message: Message) -> Shown:
    return Shown(
        core,
        copy.deepcopy(message.blocks),
        message,
        message.ts,
        message.text,
        copy.deepcopy(message.metadata),
        message.edits,
    )


def show_view(core: Core, view: View) -> ShownView:
    body = view.body
    labels = {block["block_id"]: block["label"]["text"] for block in body["blocks"] if block["type"] == "input"}
    errors = {labels[block_id]: said for block_id, said in view.errors.items()}
    title = body["title"]["text"] if "title" in body else ""
    return ShownView(core, copy.deepcopy(body["blocks"]), view, title, errors)
