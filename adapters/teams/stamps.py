"""What a pressed button or a sent form brings back: the action, and which message it stood in. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

MARK = "cc"
"""The name under which a stamp travels in the data of an action, and the verb of our `Action.Execute`."""
FIELD = "f_"
"""Before the name of a field in the id of its input."""
REFRESH = "teams:refresh"
"""The action of the automatic refresh that every delivery carries."""
WHOLE = "teams:whole"
"""The action of “Read everything”; see `whole_page`."""
SAY = "teams:say:"
"""The action of a button that says a typed text again: this and the text."""
MOST_SAID = 1_500


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a form was opened from: the activity that was pressed, what that message was stamped with, whether it was
    the home card, and the room of the conversation."""

    activity: str = ""
    key: str = ""
    topic: str = ""
    home: bool = False
    room: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """`key` is the delivery's key ("" where the message was no delivery), `topic` the message's, `nonce` what sets this
    card apart from an earlier one that says the same. `form`: sent from a card with inputs, named in `fields`; `origin`
    says where that card was opened."""

    action: str
    key: str = ""
    topic: str = ""
    nonce: str = ""
    form: bool = False
    origin: Origin = field(default_factory=Origin)
    fields: tuple[str, ...] = ()


def stamp(
    action: str,
    key: str = "",
    topic: str = "",
    nonce: str = "",
    *,
    form: bool = False,
    origin: Origin | None = None,
    fields: Sequence[str] = (),
) -> Json:
    """The data of an action; `stamped` reads it. What says nothing is left out, except the names that a card drawn once
    for many gets filled in later."""
    said: Json = {"a": action, "k": key, "n": nonce}
    if topic:
        said["t"] = topic
    if form:
        said["f"] = 1
        said["i"] = list(fields)
    if origin is not None and (packed := _packed(origin)):
        said["o"] = packed
    return {MARK: said}


def stamped(data: object) -> Stamp | None:
    """The stamp in the data of a press, None where there is none of ours. Never raises, whatever arrives: parts of the
    wrong kind count as missing."""
    said = data.get(MARK) if isinstance(data, Mapping) else None
    if not isinstance(said, Mapping) or not isinstance(said.get("a"), str):
        return None
    names = said.get("i")
    return Stamp(
        action=said["a"],
        key=_word(said.get("k")),
        topic=_word(said.get("t")),
        nonce=_word(said.get("n")),
        form=said.get("f") == 1,
        origin=_origin(said.get("o")),
        fields=tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else (),
    )


def values_of(data: object) -> dict[str, str]:
    """What was filled in, by the field's name: several choices joined by commas, nothing chosen as "". Clients leave
    out inputs that nobody touched; the stamp names them."""
    if not isinstance(data, Mapping):
        return {}
    read = stamped(data)
    values = dict.fromkeys(read.fields if read else (), "")
    for name, value in data.items():
        if isinstance(name, str) and name.startswith(FIELD):
            values[name.removeprefix(FIELD)] = _value(value)
    return values


def whole_action(page: int = 0) -> str:
    """The action that shows a page (from 0) of the whole message."""
    return f"{WHOLE}:{page}" if page else WHOLE


def whole_page(action: str) -> int | None:
    """The page that `whole_action` named, None for other actions."""
    head, _, number = action.removeprefix(WHOLE).partition(":")
    if not action.startswith(WHOLE) or head:
        return None
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0


def say_action(text: str) -> str:
    """The action of a button that says `text` again, as if it had been typed."""
    return SAY + text[:MOST_SAID]


def said_again(action: str) -> str | None:
    """The text that `say_action` was made from, None for other actions."""
    return action.removeprefix(SAY) if action.startswith(SAY) else None


# --- parts ---

NOTHING = "cc:none"
"""A choice without a value would count as not chosen; this one stands for it."""


def option_value(value: str) -> str:
    """An engine's value of a choice as a card's; `values_of` turns it back."""
    return value or NOTHING


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        return ""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return "" if text == NOTHING else text


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _packed(origin: Origin) -> Json:
    said: Json = {"m": origin.activity, "k": origin.key, "t": origin.topic, "r": origin.room}
    made = {name: value for name, value in said.items() if value}
    return {**made, "h": 1} if origin.home else made


def _origin(said: object) -> Origin:
    if not isinstance(said, Mapping):
        return Origin()
    return Origin(
        activity=_word(said.get("m")),
        key=_word(said.get("k")),
        topic=_word(said.get("t")),
        home=said.get("h") == 1,
        room=_word(said.get("r")),
    )
