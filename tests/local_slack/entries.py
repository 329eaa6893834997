"""How a person's entries become what Slack sends: choices by their visible words, texts within their limits.

What the client would not let a person do (an empty required field, a text that is too long) is an error here, and
never reaches the app.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from .checks import Json, length
from .methods_views import LEAVES
from .screen import Control, NotThere

FileMaker = Callable[[str, bytes], Json]


class NotAllowed(AssertionError):
    """The client would not let a person do this."""


def leaf(control: Control, value: Any, make_file: FileMaker) -> Json:
    """The state of a control after somebody entered `value`."""
    element = control.element
    kind = element["type"]
    if kind not in LEAVES:
        raise NotAllowed(f"nothing can be entered in a {kind}")
    key, empty, _ = LEAVES[kind]
    made: Any
    if value is None or value in ("", []):
        made = list(empty) if isinstance(empty, list) else None
    elif kind.endswith("_input") and kind not in {"file_input", "rich_text_input"}:
        made = _text(element, str(value))
    elif kind == "rich_text_input":
        part = {"type": "text", "text": str(value)}
        made = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [part]}]}
    elif key == "selected_option":
        made = choice(element, str(value))
    elif key == "selected_options":
        made = [choice(element, str(each)) for each in _list(value)]
    elif kind == "datepicker":
        made = value.isoformat() if isinstance(value, date) else str(date.fromisoformat(str(value)))
    elif kind == "timepicker":
        made = time.fromisoformat(str(value)).strftime("%H:%M")
    elif kind == "datetimepicker":
        made = int(value.timestamp()) if isinstance(value, datetime) else int(value)
    elif kind == "file_input":
        made = [make_file(name, content) for name, content in _list(value)]
        _files(element, made)
    else:
        many = isinstance(empty, list)
        refs = [getattr(each, "id", each) for each in _list(value)]
        made = refs if many else refs[0]
    most = element.get("max_selected_items")
    if most is not None and isinstance(made, list) and len(made) > most:
        raise NotAllowed(f"at most {most} can be chosen")
    return {"type": kind, key: made}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) and not _is_file(value) else [value]


def _is_file(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], bytes)


def _files(element: Json, made: list[Json]) -> None:
    types = element.get("filetypes")
    if len(made) > element.get("max_files", 10):
        raise NotAllowed("too many files")
    if types and any(each["filetype"] not in types for each in made):
        raise NotAllowed(f"only {types}")


def _text(element: Json, value: str) -> str:
    kind = element["type"]
    if length(value) > element.get("max_length", 3000):
        raise NotAllowed(f"{length(value)} characters are too many")
    if length(value) < element.get("min_length", 0):
        raise NotAllowed(f"{length(value)} characters are too few")
    if "\n" in value and not element.get("multiline"):
        raise NotAllowed("this field has one line")
    if kind == "email_text_input" and not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", value):
        raise NotAllowed("no e-mail address")
    if kind == "url_text_input" and not re.fullmatch(r"https?://\S+", value):
        raise NotAllowed("no address")
    if kind == "number_input":
        number = float(value)
        if not element["is_decimal_allowed"] and not number.is_integer():
            raise NotAllowed("no decimals")
        if number < float(element.get("min_value", number)) or number > float(element.get("max_value", number)):
            raise NotAllowed("out of range")
    return value


def choice(element: Json, name: str) -> Json:
    """The option of that visible text, or of that value."""
    offered = list(element.get("options", []))
    for group in element.get("option_groups", []):
        offered += group["options"]
    for option in offered:
        if name in {option["text"]["text"], option["value"]}:
            return dict(option)
    raise NotThere(f"no option {name!r} among {[each['text']['text'] for each in offered]}")


def check_required(blocks: list[Json], state: dict[str, Json]) -> None:
    """Inputs that are not optional are filled in before the client sends the form."""
    for block in blocks:
        if block["type"] != "input" or block.get("optional"):
            continue
        element = block["element"]
        key = LEAVES[element["type"]][0]
        if not state.get(block["block_id"], {}).get(element["action_id"], {}).get(key):
            raise NotAllowed(f"please complete this required field: {block['label']['text']}")
