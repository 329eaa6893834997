"""Forms and panels as Slack's modals, and what comes back from them. Pure.

A field's input block has the field's name as block id, with `~` and a nonce behind it where the form is shown anew with
other values: Slack keeps what was typed under a block id it has seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from adapters.slack.blocks import Painter, plain
from adapters.slack.fields import Asked, asked, value_of
from adapters.slack.fitting import VIEW, pages
from adapters.slack.limits import PRIVATE_METADATA, VIEW_BLOCKS, VIEW_TITLE, clipped, length
from adapters.slack.pictures import Looks
from adapters.slack.richtext import Json, clean, one_line, words
from adapters.slack.stamps import whole_action
from bot.messages import chats as say
from bot.messages.blocks import Block, Button, Buttons, Form, Look, Message, Note, Title
from bot.messages.forms import form_message
from bot.messages.texts import Catalogue
from bot.messages.words import labelled
from bot.model.richtext import Span

FORM, PANEL = "form", "panel"
"""Callback ids: a view with something to submit, and one to read."""
FIELD_BYTES = 100_000
_PLAIN = Looks()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a form was opened from: its action, the pressed message and what it was stamped with, the room of the
    conversation, and whether it was the home tab. Comes back when the form is sent."""

    action: str = ""
    channel: str = ""
    ts: str = ""
    response_url: str = ""
    key: str = ""
    topic: str = ""
    room: str = ""
    home: bool = False


def modal(form: Form, t: Catalogue, origin: Origin, nonce: str = "", looks: Looks = _PLAIN) -> Json:
    """The form as a modal; `origin.action` is set to the form's. A new `nonce` makes Slack show the values given here
    instead of what was typed; the same one keeps what was typed."""
    origin = replace(origin, action=form.action)
    fields = [asked(field, t, nonce, looks.files) for field in form.fields]
    painter = Painter(t, looks, origin.key, origin.topic)
    below = painter.actions(form.buttons)
    taken = sum(len(each.blocks) for each in fields) + len(below) + 1
    head = _heading(form.title)
    room = VIEW_BLOCKS - taken - len(head)
    above = painter.within((*head, *_first_page(form, t, room, looks)), VIEW_BLOCKS - taken)
    blocks = [*above, *_within(fields, VIEW_BLOCKS - len(above) - len(below)), *below]
    return _view(form, t, origin, blocks, sends=any(block["type"] == "input" for block in blocks))


def offer(form: Form, t: Catalogue, action: str) -> Message:
    """The form in words, with a press that opens it, for when a form comes up and nothing that was pressed lets one
    open: Slack opens windows only in answer to a press."""
    title, *words = form_message(form, t).blocks
    button = Button(say.open_the_form(t), action, Look.PRIMARY, spoken=labelled(t, say.open_the_form(t), form.title))
    return Message(form.language, form.title, (title, Buttons((button,)), *words))


def whole_view(message: Message, t: Catalogue, origin: Origin, page: int = 0, looks: Looks = _PLAIN) -> Json:
    """A page (from 0) of everything a message says. Its buttons work as in the message; “More” shows the next page,
    where the origin has a key by which the message is found again."""
    all_pages = pages(message, t, VIEW, looks)
    page = max(0, min(page, len(all_pages) - 1))
    painter = Painter(t, looks, origin.key, message.topic)
    blocks = painter.within(all_pages[page].blocks, VIEW.blocks)
    if page + 1 < len(all_pages):
        more = Buttons((Button(say.more(t), whole_action(page + 1)),))
        blocks += painter.draw((more if origin.key else Note((Span(say.the_rest(t)),)),))
    return _view(Form(t.language, message.summary, ""), t, origin, blocks, sends=False)


def origin_of(view: Mapping[str, Any]) -> Origin:
    """What `modal` put into the view's private metadata; an empty origin where there is nothing to read."""
    try:
        said = json.loads(view.get("private_metadata") or "{}")
        return Origin(**said)
    except (ValueError, TypeError, RecursionError):
        return Origin()


def values_of(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by field: several choices joined by commas, nothing chosen as "". Files are left out, see
    `files_of`."""
    return {
        name: value
        for name, leaf in _leaves(view)
        if leaf.get("type") != "file_input" and (value := value_of(leaf)) is not None
    }


def files_of(view: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Slack's descriptions of the files that were handed in, by field."""
    return {name: list(leaf["files"]) for name, leaf in _leaves(view) if leaf.get("files")}


def error_blocks(view: Mapping[str, Any], errors: Sequence[tuple[str, str]] | Mapping[str, str]) -> dict[str, str]:
    """Errors by field as Slack wants them: by the block id of an input. What belongs to no field ("") stands at the
    first one. Empty when the view asks nothing: then the error has to be said elsewhere."""
    inputs = [block["block_id"] for block in view.get("blocks", ()) if block.get("type") == "input"]
    made: dict[str, str] = {}
    for name, text in errors.items() if isinstance(errors, Mapping) else errors:
        place = next((block_id for block_id in inputs if _field(block_id) == name), inputs[0] if inputs else None)
        if place is not None and text.strip():
            made[place] = f"{made[place]} {clean(text)}" if place in made else clean(text)
    return made


# --- parts ---


def _view(form: Form, t: Catalogue, origin: Origin, blocks: list[Json], *, sends: bool) -> Json:
    title = one_line(form.title) or "…"
    view: Json = {
        "type": "modal",
        "callback_id": FORM if sends or form.submit else PANEL,
        "title": plain(clipped(title, VIEW_TITLE)),
        "close": plain(clipped(say.cancel(t) if sends or form.submit else say.close(t), VIEW_TITLE)),
        "private_metadata": _packed(origin),
        "blocks": blocks or [{"type": "rich_text", "elements": [_section(title)]}],
    }
    if sends or form.submit:
        view["submit"] = plain(clipped(one_line(form.submit) or say.ok(t), VIEW_TITLE))
    return view


def _section(text: str) -> Json:
    return {"type": "rich_text_section", "elements": words(text)}


def _heading(title: str) -> tuple[Block, ...]:
    """The title in full where the window's own line cannot hold it."""
    return (Title(title),) if length(one_line(title)) > VIEW_TITLE else ()


def _first_page(form: Form, t: Catalogue, blocks: int, looks: Looks) -> tuple[Block, ...]:
    """What stands above the fields. Where it does not fit, its beginning and a line that says so."""
    message = Message(form.language, form.title, form.blocks)
    room = replace(VIEW, blocks=max(blocks - 1, 1))
    first, *rest = pages(message, t, room, looks)
    return (*first.blocks, Note((Span(say.the_rest(t)),))) if rest else first.blocks


def _within(fields: Sequence[Asked], blocks: int) -> list[Json]:
    """The fields' blocks. The longest lists of choices become fields to type in when the view would be too large."""
    budget = FIELD_BYTES
    made: list[Json] = []
    for each in fields:
        size = len(json.dumps(each.blocks))
        chosen = each.blocks if size <= budget else each.typed
        budget -= min(size, budget) if chosen is each.blocks else 0
        made += chosen
    return made[:blocks] if len(made) > blocks else made


def _packed(origin: Origin) -> str:
    """The origin as JSON of at most 3,000 units; what can be done without is left out first."""
    said = {name: value for name, value in asdict(origin).items() if value}
    for spare in ("", "topic", "response_url", "key"):
        said.pop(spare, None)
        packed = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        if length(packed) <= PRIVATE_METADATA:
            return packed
    return "{}"


def _field(block_id: str) -> str:
    return block_id.partition("~")[0]


def _leaves(view: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    state = view.get("state") or {}
    values = state.get("values") or {}
    return [(_field(block_id), leaf) for block_id, leaves in values.items() for leaf in leaves.values()]
