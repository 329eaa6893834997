"""The validator takes exactly what Slack's documented limits allow: each limit, and one more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.local_slack.blocks import check_blocks, check_view
from tests.local_slack.checks import Findings, Json


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str = "Done", **more: Any) -> Json:
    return {"type": "button", "text": plain(text), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(text: str = "A", value: str = "a", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(str(n), str(n)) for n in range(count)]


def select(**more: Any) -> Json:
    return actions({"type": "static_select", **more})


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "a map", **more}


def field(**more: Any) -> Json:
    return {"type": "input", "label": plain("Name"), "element": {"type": "plain_text_input"}, **more}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def words(*parts: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(parts)}


def table(rows: int, cells: int) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * cells] * rows}


def markdown(size: int) -> list[Json]:
    """Two blocks of so many characters together."""
    return [{"type": "markdown", "text": "x" * (size - size // 2)}, {"type": "markdown", "text": "x" * (size // 2)}]


def container(children: int) -> Json:
    return {"type": "container", "title": plain("t"), "child_blocks": [section()] * children}


def indented(depth: int) -> Json:
    item = words({"type": "text", "text": "x"})
    return rich({"type": "rich_text_list", "style": "bullet", "indent": depth, "elements": [item]})


def text_form(**limits: int) -> Json:
    element = {"type": "plain_text_input", **limits}
    return {"submit": plain("Go"), "blocks": [field(element=element)]}


ICON = {"type": "icon_button", "icon": "trash", "text": plain("x")}
CONFIRM = {"title": plain("t"), "text": plain("t"), "confirm": plain("y"), "deny": plain("n")}
TASK = {"type": "task_card", "task_id": "1", "title": "t", "status": "pending"}
CARD = {"type": "card", "title": plain("t")}
Make = Callable[[int], list[Json]]

# What, how to make one of that size, the most that is allowed, the least (-1: nothing is too little).
SIZES: list[tuple[str, Make, int, int]] = [
    ("message blocks", lambda n: [section() for _ in range(n)], 50, 1),
    ("header text", lambda n: [{"type": "header", "text": plain("x" * n)}], 150, 1),
    ("section text", lambda n: [section("x" * n)], 3000, 1),
    ("section field", lambda n: [{"type": "section", "fields": [plain("x" * n)]}], 2000, 1),
    ("section fields", lambda n: [{"type": "section", "fields": [plain("x")] * n}], 10, 1),
    ("actions elements", lambda n: [actions(*[button()] * n)], 25, 1),
    ("context elements", lambda n: [{"type": "context", "elements": [plain("x")] * n}], 10, 1),
    (
        "context_actions elements",
        lambda n: [{"type": "context_actions", "elements": [ICON] * n}],
        5,
        1,
    ),
    ("button text", lambda n: [actions(button("x" * n))], 75, 1),
    ("button value", lambda n: [actions(button(value="x" * n))], 2000, 1),
    ("button url", lambda n: [actions(button(url="https://e.org/".ljust(n, "x")))], 3000, -1),
    ("button accessibility_label", lambda n: [actions(button(accessibility_label="x" * n))], 75, 1),
    ("option text", lambda n: [select(options=[option("x" * n)])], 75, 1),
    ("option value", lambda n: [select(options=[option(value="x" * n)])], 150, 1),
    ("option description", lambda n: [select(options=[option(description=plain("x" * n))])], 75, 1),
    ("select options", lambda n: [select(options=options(n))], 100, 1),
    (
        "select groups",
        lambda n: [select(option_groups=[{"label": plain("g"), "options": options(1)}] * n)],
        100,
        1,
    ),
    ("group label", lambda n: [select(option_groups=[{"label": plain("x" * n), "options": options(1)}])], 75, 1),
    ("radio options", lambda n: [actions({"type": "radio_buttons", "options": options(n)})], 10, 1),
    ("checkbox options", lambda n: [actions({"type": "checkboxes", "options": options(n)})], 10, 1),
    ("overflow options", lambda n: [actions({"type": "overflow", "options": options(n)})], 5, 1),
    ("action_id", lambda n: [actions(button(action_id="x" * n))], 255, 1),
    ("block_id", lambda n: [section(block_id="x" * n)], 255, 1),
    ("placeholder", lambda n: [select(options=options(1), placeholder=plain("x" * n))], 150, 1),
    ("confirm title", lambda n: [actions(button(confirm={**CONFIRM, "title": plain("x" * n)}))], 100, 1),
    ("confirm text", lambda n: [actions(button(confirm={**CONFIRM, "text": plain("x" * n)}))], 300, 1),
    ("confirm button", lambda n: [actions(button(confirm={**CONFIRM, "deny": plain("x" * n)}))], 30, 1),
    ("image alt", lambda n: [image(alt_text="x" * n)], 2000, 1),
    ("image url", lambda n: [image(image_url="https://e.org/".ljust(n, "x"))], 3000, -1),
    ("image title", lambda n: [image(title=plain("x" * n))], 2000, 1),
    ("markdown sum", markdown, 12_000, -1),
    ("table rows", lambda n: [table(n, 2)], 100, 1),
    ("table cells", lambda n: [table(2, n)], 20, 1),
    ("tables", lambda n: [table(1, 1) for _ in range(n)], 1, -1),
    ("plan tasks", lambda n: [{"type": "plan", "title": "p", "tasks": [TASK] * n}], 50, 1),
    ("carousel cards", lambda n: [{"type": "carousel", "elements": [CARD] * n}], 10, 1),
    ("container children", lambda n: [container(n)], 10, 1),
    ("card buttons", lambda n: [{"type": "card", "actions": [button()] * n}], 3, 1),
    ("card body", lambda n: [{**CARD, "body": plain("x" * n)}], 200, 1),
    ("list indent", lambda n: [indented(n)], 8, 0),
]

MODAL_SIZES: list[tuple[str, Callable[[int], Json], int, int]] = [
    ("view blocks", lambda n: {"blocks": [section() for _ in range(n)]}, 100, 1),
    ("title", lambda n: {"title": plain("x" * n)}, 24, 1),
    ("submit", lambda n: {"submit": plain("x" * n)}, 24, 1),
    ("close", lambda n: {"close": plain("x" * n)}, 24, 1),
    ("private_metadata", lambda n: {"private_metadata": "x" * n}, 3000, -1),
    ("callback_id", lambda n: {"callback_id": "x" * n}, 255, 1),
    ("external_id", lambda n: {"external_id": "x" * n}, 255, 1),
    ("input label", lambda n: {"submit": plain("Go"), "blocks": [field(label=plain("x" * n))]}, 2000, 1),
    ("input hint", lambda n: {"submit": plain("Go"), "blocks": [field(hint=plain("x" * n))]}, 2000, 1),
    ("alert", lambda n: {"blocks": [{"type": "alert", "text": plain("x" * n)}]}, 200, 1),
    ("max_length", lambda n: text_form(max_length=n), 3000, 1),
    ("min_length", lambda n: text_form(min_length=n), 3000, 0),
]


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("Form"), "blocks": [section()], **more}


def edges(rows: list[tuple[str, Any, int, int]]) -> Iterator[Any]:
    for name, make, most, least in rows:
        yield pytest.param(make, most, True, id=f"{name} {most}")
        yield pytest.param(make, most + 1, False, id=f"{name} {most + 1}")
        if least >= 0:
            yield pytest.param(make, least, True, id=f"{name} {least}")
            yield pytest.param(make, least - 1, False, id=f"{name} {least - 1}")


@pytest.mark.parametrize(("make", "size", "good"), list(edges(SIZES)))
def test_sizes_of_blocks_end_where_slacks_end(make: Make, size: int, good: bool) -> None:
    """The limit passes, one more or one too few does not."""
    found = check_blocks(make(size)).messages
    assert (found == []) is good, found


@pytest.mark.parametrize(("make", "size", "good"), list(edges(MODAL_SIZES)))
def test_sizes_of_views_end_where_slacks_end(make: Callable[[int], Json], size: int, good: bool) -> None:
    """The limit passes, one more or one too few does not."""
    found = check_view(modal(**make(size)), "modal").messages
    assert (found == []) is good, found


WRONG: dict[str, list[Json]] = {
    "header in mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "section with nothing": [{"type": "section"}],
    "unknown block": [{"type": "banner"}],
    "unknown key": [section(title="x")],
    "unknown key deep inside": [actions(button(colour="red"))],
    "two equal block_ids": [section(block_id="a"), section(block_id="a")],
    "two equal action_ids": [actions(button(action_id="a"), button(action_id="a"))],
    "style default": [actions(button(style="default"))],
    "options and groups": [select(options=options(1), option_groups=[{"label": plain("g"), "options": options(1)}])],
    "neither options nor groups": [select()],
    "initial option that is none": [select(options=options(2), initial_option=option("C", "c"))],
    "two equal option values": [select(options=[option("A", "a"), option("B", "a")])],
    "mrkdwn in a select option": [select(options=[{"text": {"type": "mrkdwn", "text": "x"}, "value": "v"}])],
    "url in a select option": [select(options=[option(url="https://example.org")])],
    "image without alt": [{"type": "image", "image_url": "https://example.org/a.png"}],
    "image with both sources": [image(slack_file={"id": "F1"})],
    "image without a source": [{"type": "image", "alt_text": "a map"}],
    "a file nobody knows": [{"type": "image", "slack_file": {"id": "F404"}, "alt_text": "a map"}],
    "input in a message": [field()],
    "alert in a message": [{"type": "alert", "text": plain("x")}],
    "button in a context": [{"type": "context", "elements": [button()]}],
    "datetimepicker beside a section": [section(accessory={"type": "datetimepicker"})],
    "text field in actions": [actions({"type": "plain_text_input"})],
    "video without the scope": [
        {
            "type": "video",
            "alt_text": "film",
            "title": plain("Film"),
            "video_url": "https://media.example.org/v",
            "thumbnail_url": "https://media.example.org/v.png",
        }
    ],
    "list item that is no section": [
        rich({"type": "rich_text_list", "style": "bullet", "elements": [{"type": "text", "text": "x"}]})
    ],
    "an unknown style": [rich(words({"type": "text", "text": "x", "style": {"blink": True}}))],
    "empty text in rich text": [rich(words({"type": "text", "text": ""}))],
    "user in preformatted text": [
        rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]})
    ],
    "link without protocol": [rich(words({"type": "link", "url": "example.org"}))],
    "date without a format": [rich(words({"type": "date", "timestamp": 1}))],
    "more UTF-16 units than allowed": [{"type": "header", "text": plain("🎉" * 76)}],
    "text that is no string": [{"type": "header", "text": {"type": "plain_text", "text": 5}}],
    "element that is no object": [actions("button")],  # type: ignore[arg-type]
}


@pytest.mark.parametrize("blocks", WRONG.values(), ids=WRONG)
def test_what_slack_refuses_is_refused(blocks: list[Json]) -> None:
    """Each of these is invalid_blocks, without the validator stumbling."""
    assert check_blocks(blocks, Findings(scopes=frozenset())).problems


def test_a_problem_is_named_by_its_pointer() -> None:
    """Answers say where in the JSON the problem is."""
    found = check_blocks([section(), actions(button("x" * 76))])
    assert found.messages == ["[ERROR] must be less than 76 characters [json-pointer:/blocks/1/elements/0/text/text]"]


def test_a_video_passes_with_scope_and_domain() -> None:
    """The scope links.embed:write and a domain of the manifest let a video through."""
    out = Findings(scopes=frozenset({"links.embed:write"}), unfurl_domains=("example.org",))
    assert check_blocks(WRONG["video without the scope"], out).messages == []


WRONG_VIEWS: dict[str, Json] = {
    "input without submit": modal(blocks=[field()]),
    "no title": {"type": "modal", "blocks": [section()]},
    "markdown in a modal": modal(blocks=[{"type": "markdown", "text": "x"}]),
    "two focused elements": modal(
        submit=plain("Go"),
        blocks=[field(element={"type": "plain_text_input", "focus_on_load": True}) for _ in range(2)],
    ),
    "min above max": modal(
        submit=plain("Go"), blocks=[field(element={"type": "plain_text_input", "min_length": 9, "max_length": 8})]
    ),
    "number as a number": modal(
        submit=plain("Go"),
        blocks=[field(element={"type": "number_input", "is_decimal_allowed": False, "min_value": 1})],
    ),
    "button as input": modal(submit=plain("Go"), blocks=[field(element=button())]),
    "home with a title": {"type": "home", "title": plain("x"), "blocks": [section()]},
}


@pytest.mark.parametrize("view", WRONG_VIEWS.values(), ids=WRONG_VIEWS)
def test_views_that_slack_refuses_are_refused(view: Json) -> None:
    """Each of these is refused as a view."""
    assert check_view(view, view["type"], Findings(scopes=frozenset())).problems
