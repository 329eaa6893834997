"""What Slack accepts as blocks of a message, a modal or a home tab (Slack: "Block Kit reference").

`check_blocks` and `check_view` return findings with JSON pointers, in the words of Slack's own answers. Kinds that are
newer than most clients (charts, calls, sign-in cards) are refused: the product has no business sending them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    integer,
    items,
    one_of,
    string,
    unique,
    url,
)
from .elements import (
    ALT,
    BUTTON,
    IN_ACCESSORY,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    KIND,
    PICTURE,
    PICTURE_RULES,
    markup,
    plain,
)

MAX_MESSAGE_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_MESSAGE_TEXT = 12_000
MAX_VIEW_BYTES = 250_000
BLOCK_ID = {"block_id": string(255, 1)}
ALL_ACTIONS = unique("action_id", "action_id")

M, V, H = "message", "modal", "home"


def _video(value: Any, at: str, out: Findings) -> None:
    """Only with the scope links.embed:write, and from a domain of the app's manifest."""
    if out.scopes is not None and "links.embed:write" not in out.scopes:
        out.add(at, "video blocks need the scope links.embed:write")
    address = value.get("video_url")
    if isinstance(address, str):
        host = address.removeprefix("https://").split("/")[0].split(":")[0].lower()
        if not any(host == domain or host.endswith("." + domain) for domain in out.unfurl_domains):
            out.add(f"{at}/video_url", "domain is not among the app's unfurl domains")


def _markdown(value: Any, at: str, out: Findings) -> None:
    text = value.get("text")
    out.markdown += len(text) if isinstance(text, str) else 0
    if out.markdown > 12_000:
        out.add(f"{at}/text", "markdown text of all blocks together must be less than 12001 characters")


def _table(value: Any, at: str, out: Findings) -> None:
    out.tables += 1
    if out.tables > 1:
        out.add(at, "only_one_table_allowed")


def _equal_rows(value: Any, at: str, out: Findings) -> None:
    rows = value.get("rows")
    if isinstance(rows, list) and len({len(row) for row in rows if isinstance(row, list)}) > 1:
        out.add(f"{at}/rows", "rows must have the same number of cells")


def _response_url(value: Any, at: str, out: Findings) -> None:
    element = value.get("element")
    if isinstance(element, dict) and element.get("response_url_enabled") and out.surface != V:
        out.add(f"{at}/element", "response_url_enabled is for inputs of modals only")


def _file_input(value: Any, at: str, out: Findings) -> None:
    element = value.get("element")
    if isinstance(element, dict) and element.get("type") == "file_input":
        if out.surface != V:
            out.add(f"{at}/element", "file inputs are for modals only")
        if out.scopes is not None and "files:read" not in out.scopes:
            out.add(f"{at}/element", "file inputs need the scope files:read")


def _no_urls_back(value: Any, at: str, out: Findings) -> None:
    for number, element in enumerate(value.get("elements") or []):
        if isinstance(element, dict) and element.get("response_url_enabled"):
            out.add(f"{at}/elements/{number}", "response_url_enabled is for inputs of modals only")


def _block(required: dict[str, Check], rules: Sequence[Check] = (), **optional: Check) -> Shape:
    return Shape({**KIND, **required}, {**BLOCK_ID, **optional}, (_once, *rules))


def _once(value: Any, at: str, out: Findings) -> None:
    """Block ids are unique in a message or view."""
    block_id = value.get("block_id")
    if isinstance(block_id, str):
        if block_id in out.block_ids:
            out.add(f"{at}/block_id", f"block_id {block_id!r} already exists")
        out.block_ids.add(block_id)


TEXT_CELL = Shape({**KIND, "text": string(None, 1, visible=True)})
NUMBER_CELL = Shape({**KIND, "value": string(None, 1, visible=True)})
RICH = _block(rich_text.BLOCK)
CELL = ByType({"raw_text": TEXT_CELL, "raw_number": NUMBER_CELL, "rich_text": RICH}, "cell")
HEAD_CELL = CELL.only("raw_text", "raw_number")
SETTING = Shape(optional={"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _setting(value: Any, at: str, out: Findings) -> None:
    if value is not None:
        SETTING(value, at, out)


def _head(value: Any, at: str, out: Findings) -> None:
    rows = value.get("rows")
    if isinstance(rows, list) and rows:
        items(HEAD_CELL, 20)(rows[0], f"{at}/rows/0", Findings())
        if any(isinstance(cell, dict) and cell.get("type") == "rich_text" for cell in rows[0]):
            out.add(f"{at}/rows/0", "rich_text is not allowed in the header row")


PICTURE_SHAPE = Shape({**KIND, **ALT}, PICTURE, PICTURE_RULES)
CARD = _block(
    {},
    (at_least_one("hero_image", "title", "body", "actions"),),
    hero_image=PICTURE_SHAPE,
    icon=PICTURE_SHAPE,
    title=markup(150),
    subtitle=markup(150),
    body=markup(200),
    subtext=markup(200),
    actions=both(items(ByType({"button": BUTTON}, "element"), 3), ALL_ACTIONS),
)
TASK = _block(
    {
        "task_id": string(255, 1),
        "title": string(None, 1, visible=True),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    details=RICH,
    output=RICH,
    sources=items(Shape({**KIND, "url": url(), "text": string(None, 1, visible=True)}), 100),
)

KINDS: dict[str, tuple[frozenset[str], Check]] = {
    "actions": (
        frozenset({M, V, H}),
        _block({"elements": both(items(IN_ACTIONS, 25), ALL_ACTIONS)}, (_no_urls_back,)),
    ),
    "context": (frozenset({M, V, H}), _block({"elements": items(IN_CONTEXT, 10)})),
    "context_actions": (frozenset({M}), _block({"elements": both(items(IN_CONTEXT_ACTIONS, 5), ALL_ACTIONS)})),
    "divider": (frozenset({M, V, H}), _block({})),
    "header": (frozenset({M, V, H}), _block({"text": plain(150)})),
    "section": (
        frozenset({M, V, H}),
        _block(
            {},
            (at_least_one("text", "fields"),),
            text=markup(3000),
            fields=items(markup(2000), 10),
            accessory=IN_ACCESSORY,
            expand=boolean,
        ),
    ),
    "image": (frozenset({M, V, H}), _block(ALT, PICTURE_RULES, **PICTURE, title=plain(2000))),
    "input": (
        frozenset({V, H}),  # messages show inputs in some workspaces only
        _block(
            {"label": plain(2000), "element": IN_INPUT},
            (_response_url, _file_input),
            hint=plain(2000),
            optional=boolean,
            dispatch_action=boolean,
        ),
    ),
    "video": (
        frozenset({M, V, H}),
        _block(
            {
                **ALT,
                "title": plain(199),
                "video_url": url(3000, ("https",)),
                "thumbnail_url": url(3000, ("https",)),
            },
            (_video,),
            title_url=url(3000, ("https",)),
            description=plain(199),
            author_name=string(49, 1),
            provider_name=string(50, 1),
            provider_icon_url=url(3000, ("https",)),
        ),
    ),
    "markdown": (frozenset({M}), _block({"text": string(12_000, 1, visible=True)}, (_markdown,))),
    "rich_text": (frozenset({M, V, H}), RICH),
    "table": (
        frozenset({M, H}),
        _block({"rows": items(items(CELL, 20), 100)}, (_table,), column_settings=items(_setting, 20)),
    ),
    "data_table": (
        frozenset({M, H}),
        _block(
            {"rows": items(items(CELL, 20), 201, 2), "caption": string(None, 1, visible=True)},
            (_equal_rows, _head),
            page_size=integer(1, 100),
            row_header_column_index=integer(0, 19),
        ),
    ),
    "card": (frozenset({M, V, H}), CARD),
    "carousel": (frozenset({M, H}), _block({"elements": items(ByType({"card": CARD}, "card"), 10)})),
    "alert": (
        frozenset({V}),
        _block({"text": markup(200)}, level=one_of("default", "info", "warning", "error", "success")),
    ),
    "task_card": (frozenset({M}), TASK),
    "plan": (
        frozenset({M}),
        _block({"title": string(None, 1, visible=True)}, tasks=items(ByType({"task_card": TASK}, "task"), 50)),
    ),
}

IN_CONTAINER = ByType(
    {
        kind: KINDS[kind][1]
        for kind in ("actions", "context", "divider", "header", "image", "rich_text", "section", "table", "video")
    },
    "child block",
)


def _container(value: Any, at: str, out: Findings) -> None:
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        out.add(f"{at}/default_collapsed", "needs is_collapsible")
    if value.get("has_header_divider") and value.get("is_collapsible"):
        out.add(f"{at}/has_header_divider", "not with is_collapsible")


KINDS["container"] = (
    frozenset({M, H}),
    _block(
        {"child_blocks": items(IN_CONTAINER, 10)},
        (at_least_one("title", "rich_text_title"), _container),
        title=plain(150),
        rich_text_title=RICH,
        subtitle=markup(150),
        width=one_of("narrow", "standard", "wide", "full"),
        icon=PICTURE_SHAPE,
        is_collapsible=boolean,
        default_collapsed=boolean,
        has_header_divider=boolean,
    ),
)


def _on_surface(value: Any, at: str, out: Findings) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        out.add(f"{at}/type", f"unsupported type: {kind}")
        return
    surfaces, check = KINDS[kind]
    if out.surface not in surfaces:
        out.add(f"{at}/type", f"block type {kind} is not supported in a {out.surface}")
    check(value, at, out)


def _focused(out: Findings) -> None:
    if out.focused > 1:
        out.add("/blocks", "focus_on_load may be true for one element only")


def check_blocks(blocks: Any, out: Findings | None = None, at: str = "/blocks") -> Findings:
    """The blocks of a message: at most 50, block ids unique. `total_text` is for the 12,000 of the whole message."""
    out = out or Findings()
    items(_on_surface, MAX_MESSAGE_BLOCKS)(blocks, at, out)
    _focused(out)
    return out


# --- views ------------------------------------------------------------------------------------------------


def _inputs_need_submit(value: Any, at: str, out: Findings) -> None:
    blocks = value.get("blocks")
    inputs = [b for b in blocks if isinstance(b, dict) and b.get("type") == "input"] if isinstance(blocks, list) else []
    if inputs and "submit" not in value:
        out.add(f"{at}/submit", "submit is required when an input block is present")


def _size(value: Any, at: str, out: Findings) -> None:
    if len(json.dumps(value, ensure_ascii=False).encode()) > MAX_VIEW_BYTES:
        out.add(at, "view_too_large")


COMMON = {
    **KIND,
    "blocks": items(_on_surface, MAX_VIEW_BLOCKS),
}
IDS = {
    "private_metadata": string(3000),
    "callback_id": string(255, 1),
    "external_id": string(255, 1),
}
VIEWS = {
    "modal": Shape(
        {**COMMON, "title": plain(24)},
        {**IDS, "submit": plain(24), "close": plain(24), "notify_on_close": boolean, "clear_on_close": boolean},
        (_inputs_need_submit, _size),
    ),
    "home": Shape(COMMON, IDS, (_size,)),
}


def check_view(view: Any, kind: str, out: Findings | None = None) -> Findings:
    """A modal or home view: 1 to 100 blocks, titles of 24, whole size at most 250 kB."""
    out = out or Findings()
    out.surface = kind
    if not isinstance(view, dict) or view.get("type") != kind:
        out.add("/view/type", f"must be {kind}")
    else:
        VIEWS[kind](view, "/view", out)
        _focused(out)
    return out
