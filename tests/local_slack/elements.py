"""Text objects, options and interactive elements with their limits (Slack: "Composition objects", "Block elements")."""

from __future__ import annotations

import re
from typing import Any

from . import rich_text
from .checks import (
    ByType,
    Check,
    Findings,
    Shape,
    at_least_one,
    boolean,
    both,
    exactly_one,
    integer,
    items,
    one_of,
    string,
    unique,
    url,
)

BROADCAST = re.compile(r"<!(?:here|channel|everyone)(?:\|[^>]*)?>")


def plain(most: int) -> Check:
    """A plain_text object: headers, labels, buttons, titles."""
    return Shape(
        {"type": one_of("plain_text"), "text": string(most, 1, visible=True)},
        {"emoji": boolean},
    )


def markup(most: int) -> Check:
    """A plain_text or mrkdwn object. Broadcast mentions in mrkdwn are counted."""
    mrkdwn = Shape(
        {"type": one_of("mrkdwn"), "text": both(string(most, 1, visible=True), _mentions)},
        {"verbatim": boolean},
    )
    return ByType({"plain_text": plain(most), "mrkdwn": mrkdwn}, "text object")


def _mentions(value: Any, at: str, out: Findings) -> None:
    if isinstance(value, str):
        out.broadcasts += len(BROADCAST.findall(value))


def _focus(value: Any, at: str, out: Findings) -> None:
    boolean(value, at, out)
    if value is True:
        out.focused += 1


CONFIRM = Shape(
    {"title": plain(100), "text": markup(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def option(*, marked: bool = False, linked: bool = False) -> Check:
    """An option: text, description <= 75, value <= 150; mrkdwn only in boxes and radios, a URL only in overflows."""
    text = markup if marked else plain
    return Shape(
        {"text": text(75), "value": string(150, 1)},
        {"description": text(75), **({"url": url()} if linked else {})},
    )


def options(most: int, *, marked: bool = False, linked: bool = False) -> Check:
    return both(items(option(marked=marked, linked=linked), most), unique("value", "option value"))


OPTION_GROUPS = items(Shape({"label": plain(75), "options": options(100)}), 100)


def _initial_among_options(value: Any, at: str, out: Findings) -> None:
    """What is chosen at first must equal one of the options exactly."""
    offered = list(value.get("options") or [])
    for group in value.get("option_groups") or []:
        offered += group.get("options", []) if isinstance(group, dict) else []
    for key in ("initial_option", "initial_options"):
        chosen = value.get(key, [])
        for each in chosen if isinstance(chosen, list) else [chosen]:
            if each not in offered:
                out.add(f"{at}/{key}", "initial option is not among the options")


def _min_max(low: str, high: str) -> Check:
    def check(value: Any, at: str, out: Findings) -> None:
        least, most = value.get(low), value.get(high)
        try:
            wrong = least is not None and most is not None and float(least) > float(most)
        except (TypeError, ValueError):
            return
        if wrong:
            out.add(at, f"{low} must not exceed {high}")

    return check


def _number(value: Any, at: str, out: Findings) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d+(\.\d+)?", value):
        out.add(at, "must be a number written as a string")


def _date(value: Any, at: str, out: Findings) -> None:
    string(pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")(value, at, out)


KIND: dict[str, Check] = {"type": string()}
ACTION: dict[str, Check] = {"action_id": string(255, 1)}
FOCUS: dict[str, Check] = {"focus_on_load": _focus}
CONFIRMED: dict[str, Check] = {"confirm": CONFIRM}
PLACEHOLDER: dict[str, Check] = {"placeholder": plain(150)}
PICK: dict[str, Check] = {**ACTION, **FOCUS, **CONFIRMED}
SELECT: dict[str, Check] = {**PICK, **PLACEHOLDER}
MANY: dict[str, Check] = {"max_selected_items": integer(1)}
DISPATCH: dict[str, Check] = {
    "dispatch_action_config": Shape(
        {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)}
    )
}
INPUT: dict[str, Check] = {**ACTION, **FOCUS, **PLACEHOLDER, **DISPATCH}
PEOPLE = items(string(pattern="[UW][A-Z0-9]+"), 1000)
PLACES = items(string(pattern="[CGD][A-Z0-9]+"), 1000)
FILTER: dict[str, Check] = {
    "filter": Shape(
        optional={
            "include": items(one_of("im", "mpim", "private", "public"), 4),
            "exclude_external_shared_channels": boolean,
            "exclude_bot_users": boolean,
        },
        rules=(at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),),
    )
}
CHOSEN = (exactly_one("options", "option_groups"), _initial_among_options)


def _picture(value: Any, at: str, out: Findings) -> None:
    file_id = (value.get("slack_file") or {}).get("id") if isinstance(value.get("slack_file"), dict) else None
    if file_id and file_id not in out.files:
        out.add(f"{at}/slack_file", "slack file not found")


SLACK_FILE = Shape(optional={"id": string(pattern="F[A-Z0-9]+"), "url": url()}, rules=(exactly_one("id", "url"),))
PICTURE: dict[str, Check] = {"image_url": url(3000, ("http", "https")), "slack_file": SLACK_FILE}
PICTURE_RULES = (exactly_one("image_url", "slack_file"), _picture)
ALT: dict[str, Check] = {"alt_text": string(2000, 1)}

IMAGE = Shape({**KIND, **ALT}, PICTURE, PICTURE_RULES)
BUTTON = Shape(
    {**KIND, "text": plain(75)},
    {
        **ACTION,
        **CONFIRMED,
        "value": string(2000, 1),
        "url": url(),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(75, 1),
    },
)
FEEDBACK = Shape({"text": plain(75), "value": string(2000, 1)}, {"accessibility_label": string(75, 1)})

ELEMENTS = ByType(
    {
        "button": BUTTON,
        "checkboxes": Shape(
            {**KIND, "options": options(10, marked=True)},
            {**PICK, "initial_options": items(option(marked=True), 10)},
            (_initial_among_options,),
        ),
        "radio_buttons": Shape(
            {**KIND, "options": options(10, marked=True)},
            {**PICK, "initial_option": option(marked=True)},
            (_initial_among_options,),
        ),
        "overflow": Shape({**KIND, "options": options(5, linked=True)}, {**ACTION, **CONFIRMED}),
        "static_select": Shape(
            KIND,
            {**SELECT, "options": options(100), "option_groups": OPTION_GROUPS, "initial_option": option()},
            CHOSEN,
        ),
        "multi_static_select": Shape(
            KIND,
            {
                **SELECT,
                **MANY,
                "options": options(100),
                "option_groups": OPTION_GROUPS,
                "initial_options": items(option(), 100),
            },
            CHOSEN,
        ),
        "users_select": Shape(KIND, {**SELECT, "initial_user": string(pattern="[UW][A-Z0-9]+")}),
        "multi_users_select": Shape(KIND, {**SELECT, **MANY, "initial_users": PEOPLE}),
        "conversations_select": Shape(
            KIND,
            {
                **SELECT,
                **FILTER,
                "initial_conversation": string(pattern="[CGDUW][A-Z0-9]+"),
                "default_to_current_conversation": boolean,
                "response_url_enabled": boolean,
            },
        ),
        "multi_conversations_select": Shape(
            KIND,
            {
                **SELECT,
                **FILTER,
                **MANY,
                "initial_conversations": PLACES,
                "default_to_current_conversation": boolean,
            },
        ),
        "channels_select": Shape(
            KIND, {**SELECT, "initial_channel": string(pattern="C[A-Z0-9]+"), "response_url_enabled": boolean}
        ),
        "multi_channels_select": Shape(KIND, {**SELECT, **MANY, "initial_channels": PLACES}),
        "external_select": Shape(KIND, {**SELECT, "min_query_length": integer(0), "initial_option": option()}),
        "multi_external_select": Shape(
            KIND, {**SELECT, **MANY, "min_query_length": integer(0), "initial_options": items(option(), 100)}
        ),
        "plain_text_input": Shape(
            KIND,
            {
                **INPUT,
                "multiline": boolean,
                "min_length": integer(0, 3000),
                "max_length": integer(1, 3000),
                "initial_value": string(3000),
            },
            (_min_max("min_length", "max_length"),),
        ),
        "email_text_input": Shape(KIND, {**INPUT, "initial_value": string(3000)}),
        "url_text_input": Shape(KIND, {**INPUT, "initial_value": string(3000)}),
        "number_input": Shape(
            {**KIND, "is_decimal_allowed": boolean},
            {**INPUT, "min_value": _number, "max_value": _number, "initial_value": _number},
            (_min_max("min_value", "max_value"),),
        ),
        "datepicker": Shape(KIND, {**SELECT, "initial_date": _date}),
        "timepicker": Shape(
            KIND,
            {**SELECT, "initial_time": string(pattern=r"([01]\d|2[0-3]):[0-5]\d"), "timezone": string(100, 1)},
        ),
        "datetimepicker": Shape(KIND, {**PICK, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}),
        "file_input": Shape(KIND, {**ACTION, "max_files": integer(1, 10), "filetypes": items(string(20, 1), 50)}),
        "rich_text_input": Shape(
            KIND,
            {
                **INPUT,
                "min_lines": integer(1, 100),
                "max_lines": integer(1, 100),
                "initial_value": Shape({**KIND, **rich_text.BLOCK}, {"block_id": string(255)}),
            },
        ),
        "feedback_buttons": Shape({**KIND, "positive_button": FEEDBACK, "negative_button": FEEDBACK}, ACTION),
        "icon_button": Shape(
            {**KIND, "icon": one_of("trash"), "text": plain(75)},
            {
                **ACTION,
                **CONFIRMED,
                "value": string(2000, 1),
                "accessibility_label": string(75, 1),
                "visible_to_user_ids": items(string(pattern="[UW][A-Z0-9]+"), 10),
            },
        ),
        "image": IMAGE,
    },
    "element",
)

SELECTS = tuple(kind for kind in ELEMENTS.kinds if kind.endswith("_select"))
BOXES = ("checkboxes", "radio_buttons")
PICKERS = ("datepicker", "timepicker", "datetimepicker")
INPUTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input")

IN_ACTIONS = ELEMENTS.only("button", "overflow", "rich_text_input", *BOXES, *SELECTS, *PICKERS)
IN_ACCESSORY = ELEMENTS.only("button", "image", "overflow", "datepicker", "timepicker", *BOXES, *SELECTS)
IN_INPUT = ELEMENTS.only(*INPUTS, *BOXES, *SELECTS, *PICKERS)
IN_CONTEXT_ACTIONS = ELEMENTS.only("feedback_buttons", "icon_button")
IN_CONTEXT = ByType({"image": IMAGE, **dict.fromkeys(("plain_text", "mrkdwn"), markup(3000))}, "context element")
