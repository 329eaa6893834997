"""Buttons as actions of a card. Pure.

A press is an `Action.Execute`, answered with a card at once; clients that do not know it get an `Action.Submit` with
the same data. Links are `Action.OpenUrl`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.teams.limits import LABEL, LABEL_AIR, ROW_LETTERS, TOOLTIP, VISIBLE_ACTIONS, clipped, length
from adapters.teams.markdown import clean, is_address, literal, one_line
from adapters.teams.stamps import MARK, Origin, stamp
from bot.messages.blocks import Button, Look

Json = dict[str, Any]

_STYLES = {Look.PRIMARY: "positive", Look.DANGER: "destructive"}


@dataclass(frozen=True, slots=True)
class Keys:
    """What travels in the data of every action of a card, see `stamps.Stamp`. `inputs`: the card has inputs, with which
    ordinary presses have nothing to do. `origin`: the card is a form, opened from there."""

    key: str = ""
    topic: str = ""
    nonce: str = ""
    inputs: bool = False
    origin: Origin | None = None


def action_sets(buttons: Sequence[Button], keys: Keys) -> list[Json]:
    """Buttons as rows; see `rows_of`."""
    return rows_of([action for button in buttons if (action := action_of(button, keys))])


def rows_of(actions: Sequence[Json]) -> list[Json]:
    """Rows of actions, each no wider than a phone. The first four are shown, the others in the menu at the end of the
    last row."""
    rows: list[list[Json]] = []
    left = 0
    for action in actions[:VISIBLE_ACTIONS]:
        wide = length(action["title"]) + LABEL_AIR
        if not rows or wide > left:
            rows.append([])
            left = ROW_LETTERS
        rows[-1].append(action)
        left -= wide
    if rows:
        rows[-1] += [{**action, "mode": "secondary"} for action in actions[VISIBLE_ACTIONS:]]
    return [{"type": "ActionSet", "actions": row, **({"spacing": "small"} if n else {})} for n, row in enumerate(rows)]


def action_of(button: Button, keys: Keys) -> Json | None:
    """A button as an action, None for one that does nothing here: without label, action or usable address."""
    label = clipped(one_line(literal(button.label)), LABEL)
    if not label:
        return None
    if button.href:
        if not is_address(button.href):
            return None
        made: Json = {"type": "Action.OpenUrl", "title": label, "url": button.href}
    elif button.action:
        data = stamp(clean(button.action), keys.key, keys.topic, keys.nonce, origin=keys.origin)
        made = execute(label, data, inputs=not keys.inputs)
    else:
        return None
    if button.look in _STYLES:
        made["style"] = _STYLES[button.look]
    spoken = clipped(one_line(literal(button.spoken)), TOOLTIP)
    if spoken and spoken != label:
        made["tooltip"] = spoken
    return made


def execute(label: str, data: Json, *, inputs: bool = True) -> Json:
    """An `Action.Execute` with its fallback. `inputs` off: what was filled in is neither checked nor sent."""
    rest: Json = {} if inputs else {"associatedInputs": "none"}
    fallback = {"type": "Action.Submit", "title": label, "data": data, **rest}
    return {"type": "Action.Execute", "title": label, "verb": MARK, "data": data, **rest, "fallback": fallback}


def is_lost(button: Button) -> bool:
    """Whether it is a link that no button can hold; it is said in words."""
    return bool(button.href) and not is_address(button.href)
