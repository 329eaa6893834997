"""How much Slack takes, with the page of docs.slack.dev that says so. Lengths are in UTF-16 units, the stricter of the
two ways to count, so that a text with emoji is never one too long."""

from __future__ import annotations

# "Blocks"
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100

# "chat.postMessage" and "chat.update": a text above this cannot be rewritten later.
MESSAGE_TEXT = 4_000
# Undocumented, measured by others at about 13,200 (slackapi/bolt-js, issue 2509): the words of all blocks together.
MESSAGE_WORDS = 12_000

# "Views": a view has at most 250 kB, of which inputs need a part.
VIEW_BYTES = 120_000
VIEW_TITLE = 24
PRIVATE_METADATA = 3_000

# "Header block", "Section block", "Context block", "Actions block", "Image block", "Video block", "Input block"
HEADER = 150
SECTION = 3_000
CONTEXT = 3_000
ACTIONS = 25
ALT = 2_000
IMAGE_TITLE = 2_000
VIDEO_WORDS = 199
INPUT_LABEL = 2_000
URL = 3_000

# "Rich text block": no size is given; what fits a section is safe.
RICH_WORDS = 3_000
INDENT = 8

# "Button element"
LABEL = 75
VALUE = 2_000

# "Option object", "Select menu element", "Radio button group element", "Checkboxes element", "Option group object"
OPTION = 75
OPTION_VALUE = 150
OPTIONS = 100
FEW_OPTIONS = 10
GROUPS = 100
PLACEHOLDER = 150

# "Plain-text input element"
INPUT_TEXT = 3_000

# "Message metadata": no size is given; a topic is left out rather than risk `metadata_too_large`.
METADATA_WORDS = 600


def length(text: str) -> int:
    """UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clipped(text: str, most: int) -> str:
    """The text, or as much of it as `most` units hold with an ellipsis at the end; a word is not cut in two where a
    space is near."""
    if length(text) <= most:
        return text
    kept = text[: most - 1]
    while length(kept) > most - 1:
        kept = kept[:-1]
    space = kept.rfind(" ")
    return (kept[:space] if space > len(kept) * 2 // 3 else kept).rstrip(" ,;:") + "…"
