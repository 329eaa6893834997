"""A form as a client sends it back."""

from __future__ import annotations

from typing import Any

from tests.adapters.teams.strict import nodes, presses

Json = dict[str, Any]


def sent(card: Json, **changed: str | None) -> Json:
    """The data of the button that sends the form (nothing for a panel to read), with the card's inputs as they were
    shown, those in `changed` (by field name) with other values; None leaves an input out, as clients do with what
    nobody touched."""
    data: Json = next((press["data"] for press in presses(card) if press["data"]["cc"].get("f")), {})
    inputs = {node["id"]: node.get("value") for node in nodes(card) if node["type"].startswith("Input.")}
    inputs |= {f"f_{name}": value for name, value in changed.items()}
    return {**data, **{name: value for name, value in inputs.items() if value is not None}}
