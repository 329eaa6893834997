"""Fields of forms as inputs of a card. Pure. What comes back from them is read by `stamps.values_of`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from adapters.teams.limits import FEW_CHOICES, INPUT_TEXT, LISTED_CHOICES, clipped, length
from adapters.teams.markdown import clean, literal, one_line, tame
from adapters.teams.stamps import FIELD, option_value
from adapters.teams.text import line_element
from bot.messages import chats as say
from bot.messages.blocks import Choice, ChoiceField, DateField, Field, FileField, TextField
from bot.messages.texts import Catalogue
from bot.model.richtext import Span

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """The elements of one field, and the elements that ask for the same by typing."""

    elements: list[Json]
    typed: list[Json]


def asked(field: Field, t: Catalogue, value: str | None = None, error: str = "") -> Asked:
    """A field as an input with its label, below it what helps to fill it in, and what was wrong with it.

    `value` is what was typed before, None for what the field itself says.
    """
    if value is not None and not isinstance(field, FileField):
        field = replace(field, value=value)
    error = error or field.error
    match field:
        case TextField():
            made = _whole(field, _text(field.value, field.lines > 1, field.max_length), t, error)
            return Asked(made, made)
        case DateField():
            made = _whole(field, _date(field), t, error)
            return Asked(made, made)
        case FileField():
            hint = " ".join(part for part in (field.hint, say.paste(t)) if part)
            made = _whole(replace(field, hint=hint), _text(value or "", True, INPUT_TEXT), t, error)
            return Asked(made, made)
        case ChoiceField():
            typed = replace(field, hint=say.too_many(t))
            return Asked(
                _whole(field, _choices(field, t), t, error) if field.choices else [],
                _whole(typed, _text(field.value, False, INPUT_TEXT), t, error),
            )


def _whole(field: Field, control: Json, t: Catalogue, error: str) -> list[Json]:
    made: Json = {**control, "id": FIELD + field.name, "label": tame(one_line(field.label)) or tame(field.name)}
    if field.required:
        made |= {"isRequired": True, "errorMessage": literal(say.missing(t))}
    wrong = f"⚠ {error}" if error.strip() else ""
    below = (
        line_element((Span(clean(wrong)),), t, color="attention", weight="bolder"),
        line_element((Span(clean(field.hint)),), t, size="small", isSubtle=True),
    )
    return [made, *({**line, "spacing": "none"} for line in below if line)]


def _text(value: str, multiline: bool, most: int) -> Json:
    value = clean(value)
    made: Json = {"type": "Input.Text"}
    if multiline:
        made["isMultiline"] = True
    # A text that was stored when more was allowed must be sendable as it stands.
    made["maxLength"] = max(1, min(INPUT_TEXT, max(most, length(value))))
    return {**made, "value": clipped(value, INPUT_TEXT)} if value else made


def _date(field: DateField) -> Json:
    made: Json = {"type": "Input.Date"}
    try:
        return {**made, "value": date.fromisoformat(field.value).isoformat()}
    except ValueError:
        return made


def _choices(field: ChoiceField, t: Catalogue) -> Json:
    """Radio buttons, boxes, a menu, or a list to search in, by how many there are."""
    different = {choice.value: choice for choice in reversed(field.choices)}
    choices = list(different.values())[::-1]
    made: Json = {"type": "Input.ChoiceSet", "choices": [_choice(each) for each in choices], "wrap": True}
    wanted = field.value.split(",") if field.many else [field.value]
    chosen = [option_value(clean(value)) for value in wanted if value in different]
    if chosen:
        made["value"] = ",".join(chosen)
    if field.many:
        made["isMultiSelect"] = True
    made["style"] = _style(field, choices)
    if made["style"] != "expanded":
        made["placeholder"] = say.choose(t)
    return made


def _style(field: ChoiceField, choices: Sequence[Choice]) -> str:
    if field.few or field.many:
        return "expanded" if len(choices) <= FEW_CHOICES or field.few else "compact"
    return "filtered" if len(choices) > LISTED_CHOICES else "compact"


def _choice(choice: Choice) -> Json:
    title = tame(one_line(choice.label)) or tame(one_line(choice.value)) or "—"
    return {"title": title, "value": option_value(clean(choice.value))}
