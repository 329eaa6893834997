"""Fields of forms as Slack's inputs, and the values that come back from them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from adapters.slack.blocks import plain
from adapters.slack.limits import (
    FEW_OPTIONS,
    GROUPS,
    INPUT_LABEL,
    INPUT_TEXT,
    OPTION,
    OPTION_VALUE,
    OPTIONS,
    PLACEHOLDER,
    clipped,
    length,
)
from adapters.slack.richtext import Flow, Json, clean, one_line, words
from bot.messages import chats as say
from bot.messages.blocks import Choice, ChoiceField, DateField, Field, FileField, TextField
from bot.messages.texts import Catalogue

FILE_TYPES = ("csv", "txt")
_NOTHING = "~"
"""Slack wants a value of at least one character for each option; this one stands for none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The blocks of one field, and the blocks that ask for the same by typing."""

    blocks: list[Json]
    typed: list[Json]


def asked(field: Field, t: Catalogue, nonce: str = "", files: bool = False) -> Asked:
    """A field as an input block, and above it what the input cannot hold."""
    block_id = f"{field.name}~{nonce}" if nonce else field.name
    match field:
        case TextField():
            typed = [_input(field, block_id, _text(field.value, field.lines > 1, field.max_length))]
            return Asked(typed, typed)
        case DateField():
            typed = [_input(field, block_id, _date(field))]
            return Asked(typed, typed)
        case FileField():
            made = [_file(field, block_id, t, files)]
            return Asked(made, made)
        case ChoiceField():
            typed = [_input(replace(field, hint=say.too_many(t)), block_id, _text(field.value, False, INPUT_TEXT))]
            return Asked(_choice(field, block_id, t), typed)


def _input(field: Field, block_id: str, element: Json) -> Json:
    label = one_line(field.label) or field.name
    made: Json = {
        "type": "input",
        "block_id": block_id[:255],
        "label": plain(clipped(label, INPUT_LABEL)),
        "element": {**element, "action_id": field.name[:255]},
        "optional": not field.required,
    }
    hint = " ".join(part for part in (f"⚠ {field.error}" if field.error else "", field.hint) if part.strip())
    if hint.strip():
        made["hint"] = plain(clipped(clean(hint), INPUT_LABEL))
    return made


def _text(value: str, multiline: bool, most: int) -> Json:
    value = clean(value)
    made: Json = {"type": "plain_text_input", "multiline": multiline}
    # A text that was stored when more was allowed must be sendable as it stands.
    made["max_length"] = max(1, min(INPUT_TEXT, max(most, length(value))))
    return {**made, "initial_value": clipped(value, INPUT_TEXT)} if value else made


def _date(field: DateField) -> Json:
    made: Json = {"type": "datepicker"}
    try:
        return {**made, "initial_date": date.fromisoformat(field.value).isoformat()}
    except ValueError:
        return made


def _file(field: FileField, block_id: str, t: Catalogue, files: bool) -> Json:
    if files:
        return _input(field, block_id, {"type": "file_input", "filetypes": list(FILE_TYPES), "max_files": 1})
    hint = " ".join(part for part in (field.hint, say.paste(t)) if part)
    return _input(replace(field, hint=hint), block_id, _text("", True, INPUT_TEXT))


# --- choices ---


def _choice(field: ChoiceField, block_id: str, t: Catalogue) -> list[Json]:
    """Radio buttons, boxes or a menu; labels that no option can hold are listed in full above."""
    different = {option_value(choice.value): choice for choice in reversed(field.choices)}
    choices = list(different.values())[::-1][: OPTIONS * GROUPS]
    if not choices:
        return []
    options = {choice.value: _option(choice) for choice in choices}
    wanted = field.value.split(",") if field.many else [field.value]
    chosen = [options[value] for value in wanted if value in options]
    if len(choices) <= FEW_OPTIONS and (field.few or field.many):
        element = _few(list(options.values()), chosen, field.many)
    else:
        element = _menu(list(options.values()), chosen, field.many, t)
    return [*_in_full(choices), _input(field, block_id, element)]


def _few(options: list[Json], chosen: list[Json], many: bool) -> Json:
    made: Json = {"type": "checkboxes" if many else "radio_buttons", "options": options}
    if chosen:
        made["initial_options" if many else "initial_option"] = chosen if many else chosen[0]
    return made


def _menu(options: list[Json], chosen: list[Json], many: bool, t: Catalogue) -> Json:
    made: Json = {"type": "multi_static_select" if many else "static_select"}
    made["placeholder"] = plain(clipped(say.choose(t), PLACEHOLDER))
    if len(options) <= OPTIONS:
        made["options"] = options
    else:
        made["option_groups"] = [_group(options, at) for at in range(0, len(options), OPTIONS)]
    if chosen:
        made["initial_options" if many else "initial_option"] = chosen[:OPTIONS] if many else chosen[0]
    return made


def _group(options: Sequence[Json], at: int) -> Json:
    part = list(options[at : at + OPTIONS])
    return {"label": plain(f"{at + 1}–{at + len(part)}"), "options": part}


def _option(choice: Choice) -> Json:
    """A long label goes on in the option's description."""
    first, rest = _halves(one_line(choice.label) or one_line(choice.value) or "—")
    made: Json = {"text": plain(first), "value": option_value(choice.value)}
    return {**made, "description": plain(rest)} if rest else made


def _halves(label: str) -> tuple[str, str]:
    if length(label) <= OPTION:
        return label, ""
    at = label.find(": ") + 1
    if not 0 < at <= OPTION or length(label[at:].strip()) > OPTION:
        at = label.rfind(" ", 0, OPTION - 1)
    first, rest = label[:at].strip().removesuffix(":").rstrip(), label[at:].strip()
    if at > 0 and 0 < length(first) <= OPTION and 0 < length(rest) <= OPTION:
        return first, rest
    return clipped(label, OPTION), ""


def _in_full(choices: Sequence[Choice]) -> list[Json]:
    """Labels that were cut, in full."""
    flow = Flow()
    if any(_option(choice)["text"]["text"].endswith("…") and length(choice.label) > OPTION for choice in choices):
        for choice in choices:
            flow.say(words(choice.label), "\n")
    return flow.done()


def option_value(value: str) -> str:
    """An engine's value as Slack's; see `engine_value`."""
    value = clean(value)
    return clipped(f"{_NOTHING}{value}" if not value or value.startswith(_NOTHING) else value, OPTION_VALUE)


def engine_value(value: str) -> str:
    """Slack's value as the engine's."""
    return value.removeprefix(_NOTHING)


def value_of(leaf: Mapping[str, Any]) -> str | None:
    """What one input of a sent view says; None where it is no input of ours."""
    match leaf.get("type"):
        case "plain_text_input":
            return re.sub(r"\r\n?", "\n", leaf.get("value") or "")
        case "datepicker":
            return str(leaf.get("selected_date") or "")
        case "radio_buttons" | "static_select":
            return _of_option(leaf.get("selected_option"))
        case "checkboxes" | "multi_static_select":
            return ",".join(_of_option(option) for option in leaf.get("selected_options") or ())
        case _:
            return None


def _of_option(option: Mapping[str, Any] | None) -> str:
    return engine_value(str(option.get("value", ""))) if option else ""
