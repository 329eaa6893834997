"""The rich_text block: sections, lists, quotes and preformatted text with their parts (Slack: "Rich text block").

Nothing is escaped inside; styles are booleans; lists hold sections only, indented 0 to 8.
"""

from __future__ import annotations

from typing import Any

from .checks import ByType, Check, Findings, Shape, boolean, integer, items, one_of, string, url

KIND: dict[str, Check] = {"type": string()}
INLINE_STYLE = Shape(
    optional=dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), boolean)
)
STYLE: dict[str, Check] = {"style": INLINE_STYLE}


def _broadcast(value: Any, at: str, out: Findings) -> None:
    one_of("here", "channel", "everyone")(value, at, out)
    out.broadcasts += 1


def _part(required: dict[str, Check], **optional: Check) -> Shape:
    return Shape({**KIND, **required}, {**STYLE, **optional})


PARTS = ByType(
    {
        "text": _part({"text": string(least=1, visible=True)}),
        "link": _part({"url": url()}, text=string(visible=True), unsafe=boolean),
        "user": _part({"user_id": string(pattern="[UW][A-Z0-9]+")}),
        "usergroup": _part({"usergroup_id": string(pattern="S[A-Z0-9]+")}),
        "team": _part({"team_id": string(pattern="T[A-Z0-9]+")}),
        "channel": _part({"channel_id": string(pattern="[CGD][A-Z0-9]+")}),
        "emoji": _part({"name": string(least=1, pattern="[a-z0-9_+'-]+")}, unicode=string(), skin_tone=integer(1, 6)),
        "broadcast": _part({"range": _broadcast}),
        "color": _part({"value": string(pattern="#[0-9a-fA-F]{6}")}),
        "date": _part(
            {"timestamp": integer(0), "format": string(least=1)}, url=url(), fallback=string(least=1, visible=True)
        ),
    },
    "rich text element",
)
TEXT_PARTS = items(PARTS, 10_000)

SECTION = Shape({**KIND, "elements": TEXT_PARTS})
BORDER: dict[str, Check] = {"border": one_of(0, 1)}
ELEMENTS = ByType(
    {
        "rich_text_section": SECTION,
        "rich_text_list": Shape(
            {
                **KIND,
                "style": one_of("bullet", "ordered"),
                "elements": items(ByType({"rich_text_section": SECTION}, "list item"), 10_000),
            },
            {**BORDER, "indent": integer(0, 8), "offset": integer(0)},
        ),
        "rich_text_quote": Shape({**KIND, "elements": TEXT_PARTS}, BORDER),
        "rich_text_preformatted": Shape(
            {**KIND, "elements": items(PARTS.only("text", "link"), 10_000)},
            {**BORDER, "language": string()},
        ),
    },
    "rich text container",
)
BLOCK: dict[str, Check] = {"elements": items(ELEMENTS, 10_000)}
