"""How much Teams takes, with the source that says so. Lengths are in UTF-16 units."""

from __future__ import annotations

# "Format your bot messages" and "Agent message size limit" (learn.microsoft.com/microsoftteams/platform): a message has
# about 100 KB in UTF-16 with its card and the connector's own data; staying at 80 KB is recommended.
MESSAGE_BYTES = 80_000
BYTES_A_UNIT = 2
# What a message gets after it was drawn: the conversation, the bot, the reader for whom it refreshes.
ENVELOPE = 1_500

# Adaptive Cards give no number of elements; beyond this a card is a long way to scroll on a phone.
CARD_ELEMENTS = 400

# "Cards reference": Teams was seen to show six actions in a row, the JavaScript renderer five; the rest is in a menu.
VISIBLE_ACTIONS = 4
# How wide a row of buttons may be, in letters, so that a phone of 360 points shows it without cutting it (measured in
# pictures of `tests/docs/teams_pictures.py`); the air around a label counts as that many letters.
ROW_LETTERS = 46
LABEL_AIR = 4
# "Title" of actions: no number is given; longer ones are cut by clients.
LABEL = 75
TOOLTIP = 250
# "Summary": the line of a notification.
SUMMARY = 250
# A list this long can be searched ("filtered") instead of shown.
LISTED_CHOICES = 12
FEW_CHOICES = 8
URL = 2_000
INPUT_TEXT = 20_000


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
