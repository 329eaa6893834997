"""Filling in the inputs of a card the way a client does: by label, with its own checks, as the text it sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .screen import NotAllowed, NotThere, Shown
from .state import Json


def values(shown: Shown, entries: Mapping[str, Any]) -> dict[str, str]:
    """What a client sends for all inputs of a card: everything is text, what is empty is left out.

    `entries` are by label or id; a choice is named by its title or value, several of them as a list.
    """
    wanted = {str(shown.input(name)["id"]): value for name, value in entries.items()}
    found: dict[str, str] = {}
    for each in shown.inputs():
        value = _value(each, wanted[each["id"]]) if each["id"] in wanted else str(each.get("value", ""))
        _check(each, value)
        if value:
            found[each["id"]] = value
    return found


def _value(field: Json, value: Any) -> str:
    kind = field["type"]
    if kind == "Input.ChoiceSet":
        chosen = list(value) if isinstance(value, list | tuple) else [value] if value != "" else []
        if len(chosen) > 1 and not field.get("isMultiSelect"):
            raise NotAllowed(f"{field['label']} takes one choice")
        return ",".join(_choice(field, str(each)) for each in chosen)
    if kind == "Input.Toggle":
        return str(field.get("valueOn", "true") if value in (True, "true") else field.get("valueOff", "false"))
    if kind == "Input.Date" and value and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
        raise NotAllowed(f"{value} is no day")
    return str(value)


def _choice(field: Json, name: str) -> str:
    for each in field["choices"]:
        if name in (each["value"], each["title"]):
            return str(each["value"])
    raise NotThere(f"no {name!r} among {[each['title'] for each in field['choices']]}")


def _check(field: Json, value: str) -> None:
    if field.get("isRequired") and not value:
        raise NotAllowed(field.get("errorMessage") or f"{field.get('label')} is required")
    if "maxLength" in field and len(value) > field["maxLength"]:
        raise NotAllowed(f"{field.get('label')} takes {field['maxLength']} characters")
