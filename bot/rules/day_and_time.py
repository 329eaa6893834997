"""A day and a time as people type them one after the other, in either order."""

from __future__ import annotations

import re

from bot.errors import Slip
from bot.rules.dates import parse_time

_CLOCK = re.compile(r"\d\s?[:h]|\d\s?[ap]\.?m|noon|midday|midi|midnight|minuit", re.IGNORECASE)
_AT = re.compile(r"(?:^|\s)(?:at|à|a|@|,)$", re.IGNORECASE)
_ISO = re.compile(r"\s*\d{4}-\d\d-\d\dT")


def day_and_time(text: str) -> tuple[str, str] | None:
    """The day and the time, neither read yet: `2026-12-03 13:00`, `thursday at 2pm`, `demain à 14 h`, `9:30 3 Dec`.
    None where one of them is missing. A bare number is a time only after "at": "3 Dec 2026" ends with a year."""
    words = text.replace("T", " ").split() if _ISO.match(text) else text.split()
    for count in (1, 2, 3):
        clock, day = " ".join(words[-count:]), " ".join(words[:-count])
        if day and _reads(clock) and (_CLOCK.search(clock) or _AT.search(day)):
            return _AT.sub("", day).strip(" ,"), clock
    for count in (1, 2):
        clock, day = " ".join(words[:count]), " ".join(words[count:])
        if day and _CLOCK.search(clock) and _reads(clock):
            return day, clock
    return None


def is_time_alone(text: str) -> bool:
    """Whether it says a time and no day."""
    return bool(_CLOCK.search(text)) and _reads(" ".join(text.split()))


def _reads(clock: str) -> bool:
    try:
        parse_time(clock)
    except Slip:
        return False
    return True
