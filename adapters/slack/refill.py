"""A form that was sent, shown anew with what was entered: for answers that took longer than Slack waits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.blocks import plain
from adapters.slack.limits import VIEW_BLOCKS
from adapters.slack.richtext import Json

_STATES = {
    "plain_text_input": ("value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
}
_KEPT = ("type", "callback_id", "title", "submit", "close", "private_metadata")


def refilled(view: Mapping[str, Any], errors: Mapping[str, str], nonce: str) -> Json:
    """The view of a submission as one can show it again; `errors` by block id stand above their fields."""
    values = (view.get("state") or {}).get("values") or {}
    blocks: list[Json] = []
    for block in view.get("blocks") or ():
        block_id = str(block.get("block_id", ""))
        if block_id in errors:
            blocks.append({"type": "context", "elements": [plain(f"⚠ {errors[block_id]}")]})
        blocks.append(_filled(block, values.get(block_id) or {}, nonce) if block.get("type") == "input" else block)
    return {name: view[name] for name in _KEPT if view.get(name)} | {"blocks": blocks[:VIEW_BLOCKS]}


def _filled(block: Mapping[str, Any], leaves: Mapping[str, Any], nonce: str) -> Json:
    element = dict(block["element"])
    value, initial = _STATES.get(element["type"], ("", ""))
    entered = (leaves.get(str(element.get("action_id"))) or {}).get(value) if value else None
    if initial:
        element.pop(initial, None)
    if entered:
        element[initial] = entered
    name = str(block["block_id"]).partition("~")[0]
    return {**block, "block_id": f"{name}~{nonce}"[:255], "element": element}
