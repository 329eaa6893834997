"""Forms and panels as cards with inputs, a message of their own. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.teams.buttons import Keys, action_of, execute, rows_of
from adapters.teams.cards import Painter
from adapters.teams.fields import Asked, asked
from adapters.teams.fitting import ROOM, pages, weight
from adapters.teams.limits import LABEL, SUMMARY, clipped, length
from adapters.teams.looks import Looks
from adapters.teams.markdown import clean, literal, one_line
from adapters.teams.shell import activity_of, card_shell
from adapters.teams.spoken import SHORT, spoken
from adapters.teams.stamps import Origin, stamp
from adapters.teams.text import line_element, rich, run
from bot.messages import chats as say
from bot.messages.blocks import Block, Field, Form, Message, Note, Title
from bot.messages.forms import form_message
from bot.messages.texts import Catalogue
from bot.model.richtext import Span

Json = dict[str, Any]

_PLAIN = Looks()
_FIELD_ROOM = ROOM // 2
"""Bytes of all inputs together, beside which a text has room."""
_TEXT_ROOM = ROOM // 8
"""Bytes of each of the two texts that say the same."""


def form_activity(
    form: Form,
    t: Catalogue,
    origin: Origin,
    looks: Looks = _PLAIN,
    errors: Sequence[tuple[str, str]] = (),
    values: Mapping[str, str] | None = None,
    nonce: str = "",
) -> Json:
    """The form as one activity, within every limit; see `form_card`."""
    summary = clipped(one_line(literal(form.title)), SUMMARY) or "…"
    return activity_of(form_card(form, t, origin, looks, errors, values, nonce), summary)


def form_card(
    form: Form,
    t: Catalogue,
    origin: Origin,
    looks: Looks = _PLAIN,
    errors: Sequence[tuple[str, str]] = (),
    values: Mapping[str, str] | None = None,
    nonce: str = "",
) -> Json:
    """The form as a card. `errors` (field to sentence) stand in words at their fields, those of no field ("") on top;
    `values` are what was typed before and is kept. Sending it brings back the form's action with `origin`."""
    fields = _different(form.fields)
    wrong = _by_field(errors, fields)
    origin = replace(origin, topic=clean(origin.topic))
    keys = Keys(origin.key, origin.topic, nonce, inputs=bool(fields), origin=origin)
    inputs = [
        element
        for each in _within([asked(field, t, _typed(values, field), wrong.get(field.name, "")) for field in fields])
        for element in each
    ]
    buttons = _actions(form, t, origin, keys, [field.name for field in fields])
    painter = Painter(t, looks, keys)
    head = [*painter.draw((Title(form.title),)), *_alarm(wrong.get("", ""), t)]
    above = painter.draw(_first_page(form, t, looks, ROOM - weight([head, inputs, buttons]) - 2 * _TEXT_ROOM))
    body = [*head, *above, *_parted(inputs, bool(above)), *buttons]
    text = _text(form, t, min(_TEXT_ROOM, (ROOM - weight(body)) // 2))
    return card_shell(body or [rich([run("…")])], text, t)


# --- parts ---


def _different(fields: Sequence[Field]) -> list[Field]:
    """Fields with names of their own: of two inputs with one id the values are lost."""
    return list({field.name: field for field in reversed(fields)}.values())[::-1]


def _by_field(errors: Sequence[tuple[str, str]], fields: Sequence[Field]) -> dict[str, str]:
    names = {field.name for field in fields}
    made: dict[str, str] = {}
    for name, text in errors:
        place = name if name in names else ""
        made[place] = f"{made[place]} {text}" if place in made else text
    return made


def _typed(values: Mapping[str, str] | None, field: Field) -> str | None:
    return values.get(field.name) if values else None


def _alarm(error: str, t: Catalogue) -> list[Json]:
    line = line_element((Span(clean(f"⚠ {error}")),), t, color="attention", weight="bolder") if error.strip() else None
    return [line] if line else []


def _within(fields: Sequence[Asked]) -> list[list[Json]]:
    """The fields' elements. The longest lists of choices become fields to type in when the card would be too large."""
    budget = _FIELD_ROOM
    made: list[list[Json]] = []
    for each in fields:
        chosen = each.elements if weight(each.elements) <= budget else each.typed
        budget -= min(weight(chosen), budget)
        made.append(chosen)
    return made


def _first_page(form: Form, t: Catalogue, looks: Looks, room: int) -> tuple[Block, ...]:
    """What stands above the fields. Where it does not fit, its beginning and a line that says so."""
    message = Message(form.language, form.title, form.blocks)
    if weight(Painter(t, looks).draw(form.blocks)) <= room:
        return form.blocks
    first = next(iter(pages(message, t, looks, max(room // 2, 1))), None)
    return (*(first.blocks if first else ()), Note((Span(say.the_rest(t)),)))


def _parted(inputs: list[Json], below: bool) -> list[Json]:
    """Inputs with air between them, and more where a text stands above."""
    made: list[Json] = []
    for element in inputs:
        is_input = element["type"].startswith("Input.")
        spacing = "large" if below and not made else "medium"
        made.append({**element, "spacing": spacing} if is_input else element)
    return made


def _actions(form: Form, t: Catalogue, origin: Origin, keys: Keys, names: Sequence[str]) -> list[Json]:
    made: list[Json] = []
    if names or form.submit:
        label = clipped(one_line(literal(form.submit)), LABEL) or say.ok(t)
        data = stamp(
            clean(form.action), origin.key, origin.topic, keys.nonce, form=True, origin=origin, fields=tuple(names)
        )
        made.append({**execute(label, data), "style": "positive"})
    made += [action for button in form.buttons if (action := action_of(button, keys))]
    rows = rows_of(made)
    return [{**row, "spacing": "small" if place else "large"} for place, row in enumerate(rows)]


def _text(form: Form, t: Catalogue, room: int) -> str:
    """Everything the form asks and what one can type instead; of a long one its beginning."""
    message = form_message(form, t)
    text = spoken(message, t)
    if weight(text) > room:
        text = spoken(message, t, SHORT)
    while text and weight(text) > room:
        text = clipped(text, length(text) // 2) if len(text) > 1 else ""
    return text or "…"
