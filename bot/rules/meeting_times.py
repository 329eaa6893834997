"""Reading when a meeting is, as people type it: a day, a time, perhaps how long it takes."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from bot.errors import Slip
from bot.model.course import Language
from bot.rules.dates import parse_date, parse_duration, parse_time
from bot.rules.day_and_time import day_and_time, is_time_alone
from bot.rules.planner import resolve

LEAST, MOST = 10, 8 * 60
"""How many minutes a meeting may take."""

_LENGTH = re.compile(r"\s+(?:for|pour|pendant|durée)\s+(?P<span>\d\S*(?:\s?[a-z]+)?(?:\s?\d+)?)$", re.IGNORECASE)


def parse_meeting(text: str, today: date, zone: str, language: Language) -> tuple[datetime, int | None]:
    """The moment (UTC) that is meant in `zone` (IANA), and the minutes if they were said: `thursday 14:00`, `3 Dec at
    2pm for 30m`, `demain à 14 h pour 1 h`.

    Raises Slip where the day or the time is missing, or something cannot be read.
    """
    minutes: int | None = None
    if match := _LENGTH.search(text):
        minutes = int(parse_duration(match["span"]).total_seconds() // 60)
        text = text[: match.start()]
        if not LEAST <= minutes <= MOST:
            raise Slip("A meeting takes from 10 minutes to 8 hours.", example="group meet thursday 14:00 for 45m")
    wall = _wall_time(text, today, language)
    return resolve(wall.date(), wall.time(), zone), minutes


def _wall_time(text: str, today: date, language: Language) -> datetime:
    parted = day_and_time(text)
    if parted is not None:
        day, clock = parted
        return datetime.combine(parse_date(day, today, language), parse_time(clock))
    example = f"group meet {today + timedelta(days=7)} 14:00"
    if is_time_alone(text):
        raise Slip("Say the day, too.", example=example)
    try:
        parse_date(text, today, language)
    except Slip as slip:
        raise Slip(slip.text, example=example, **slip.values) from None
    raise Slip("Say the time, too.", example=example)
