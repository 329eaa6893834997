"""Messages and forms as JSON and back, round trip guaranteed. Pure.

Every block becomes an object whose `kind` names its class in snake case ("title", "text_field"), with the fields
that differ from their defaults. The page (`static/js/blocks.js`) turns such objects into HTML, and nothing in them
is ever taken for markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.messages import blocks
from bot.messages.blocks import Form, Look, Message
from bot.messages.typing import typed_in
from bot.model import richtext
from bot.model.course import Language
from bot.model.richtext import MomentStyle

_CLASSES: tuple[type, ...] = (
    blocks.Message,
    blocks.Form,
    blocks.Button,
    blocks.Title,
    blocks.Section,
    blocks.Text,
    blocks.Note,
    blocks.Film,
    blocks.Item,
    blocks.Buttons,
    blocks.Bar,
    blocks.Bars,
    blocks.Steps,
    blocks.Facts,
    blocks.Table,
    blocks.Sample,
    blocks.Divider,
    blocks.Choice,
    blocks.TextField,
    blocks.ChoiceField,
    blocks.DateField,
    blocks.FileField,
    richtext.Span,
    richtext.Moment,
    richtext.Paragraph,
    richtext.Heading,
    richtext.Bullets,
    richtext.Quote,
    richtext.Code,
    richtext.Picture,
    richtext.Rule,
)


def kind_of(cls: type) -> str:
    """The class's name as JSON says it: `TextField` is "text_field"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


KINDS: Mapping[str, type] = {kind_of(cls): cls for cls in _CLASSES}
"""Everything a message or form may be made of, by its name in JSON."""

_NAMES: Mapping[type, str] = {cls: kind for kind, cls in KINDS.items()}

# Fields that JSON holds as text, by name; every other one is text, number, truth, a list or a block.
_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "language": Language,
    "look": Look,
    "style": MomentStyle,
    "at": datetime.fromisoformat,
}


def message_json(message: Message) -> dict[str, Any]:
    """The message as JSON."""
    return _object(message)


def message_from(data: Mapping[str, Any]) -> Message:
    """The message that `message_json` made `data` from. Raises ValueError when it is something else."""
    made = _read(data)
    if not isinstance(made, Message):
        raise ValueError("not a message")
    return made


def form_json(form: Form) -> dict[str, Any]:
    """The form as JSON."""
    return _object(form)


def form_from(data: Mapping[str, Any]) -> Form:
    """The form that `form_json` made `data` from. Raises ValueError when it is something else."""
    made = _read(data)
    if not isinstance(made, Form):
        raise ValueError("not a form")
    return made


def _object(thing: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": _NAMES[type(thing)]}
    for field in fields(thing):
        value = getattr(thing, field.name)
        default = () if field.default_factory is not MISSING else field.default
        if value != default:
            said[field.name] = _plain(value)
    return said


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if type(value) in _NAMES:
        return _object(value)
    return value


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_read(part) for part in value)
    if not isinstance(value, Mapping):
        return value
    cls = KINDS.get(value.get("kind", ""))
    if cls is None:
        raise ValueError(f"unknown kind {value.get('kind')!r}")
    said = {name: _field(name, part) for name, part in value.items() if name != "kind"}
    try:
        return cls(**said)
    except TypeError as error:
        raise ValueError(str(error)) from error


def _field(name: str, value: Any) -> Any:
    made = _FROM_TEXT.get(name)
    return made(value) if made and isinstance(value, str) else _read(value)


def for_reader(data: Any, language: Language = Language.EN) -> Any:
    """A message or form as the page shows it: what one types is said in the words of its language."""
    if isinstance(data, list):
        return [for_reader(part, language) for part in data]
    if not isinstance(data, dict):
        return data
    spoken = Language(data["language"]) if data.get("language") in tuple(Language) else language
    shown = {key: for_reader(part, spoken) for key, part in data.items()}
    if "typed" in shown and "action" in shown and isinstance(shown["typed"], str):
        shown["typed"] = typed_in(spoken, shown["typed"])
    return shown
