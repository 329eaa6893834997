"""When lessons are sent, as people write it: `tue,thu 09:00` or `mar 9 h, jeu 14 h 30`."""

from __future__ import annotations

import difflib
import re
from datetime import time

from bot.model.course import Slot, Weekday

EXAMPLE = "tue,thu 09:00"

_NAMES = {
    Weekday.MON: "mon monday lun lundi",
    Weekday.TUE: "tue tues tuesday mar mardi",
    Weekday.WED: "wed wednesday mer mercredi",
    Weekday.THU: "thu thur thurs thursday jeu jeudi",
    Weekday.FRI: "fri friday ven vendredi",
    Weekday.SAT: "sat saturday sam samedi",
    Weekday.SUN: "sun sunday dim dimanche",
}
DAY_NAMES = {name: day for day, names in _NAMES.items() for name in names.split()}
"""Every day name that is understood, in small letters."""

_TOKEN = re.compile(
    r"(?P<time>\d{1,2}(?::\d{2}(?!\d)|\s?h(?:\s?\d{2}(?!\d))?(?!\w)))"
    r"|(?P<word>\w+)"
    r"|(?P<separator>[,;&+.\s]+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_JOINERS = frozenset({"and", "et", "at", "à"})


class SlotsError(ValueError):
    """The slots cannot be read. `reason` is `empty`, `day`, `time`, `no_day`, `no_time` or `twice`.

    `word` is what it is about and `nearest` the closest valid spelling, so that a caller can say the same
    in another language; the message itself is a complete English sentence.
    """

    def __init__(self, reason: str, message: str, *, word: str = "", nearest: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.word = word
        self.nearest = nearest


def parse_slots(text: str) -> tuple[Slot, ...]:
    """Weekdays, then the local time they share; several such groups may follow each other.

    English and French day names, short or long; times as 9:00, 09:00, 9h or 9 h 30. The slots come back in
    the order of the week. Raises `SlotsError` with a message that says what to write instead.
    """
    slots: list[Slot] = []
    waiting: list[Weekday] = []
    last_day = ""
    for token in _TOKEN.finditer(text):
        kind, word = token.lastgroup, token.group()
        if kind == "separator" or word.casefold() in _JOINERS:
            continue
        if kind == "time":
            at = _time(word)
            if not waiting:
                raise SlotsError("no_day", f'"{word}" has no weekday before it, as in "tue {word}"', word=word)
            slots.extend(Slot(day, at) for day in waiting)
            waiting = []
        else:
            waiting.append(_day(word))
            last_day = word
    if waiting:
        raise SlotsError("no_time", f'"{last_day}" has no time after it, as in "{last_day} 09:00"', word=last_day)
    if not slots:
        raise SlotsError("empty", f'there is no weekday and time here; write for example "{EXAMPLE}"')
    return _sorted_once(slots)


def _sorted_once(slots: list[Slot]) -> tuple[Slot, ...]:
    for number, slot in enumerate(slots):
        if slot in slots[:number]:
            word = f"{slot.day.name.lower()} {slot.at:%H:%M}"
            raise SlotsError("twice", f'"{word}" is there twice; write it once', word=word)
    return tuple(sorted(slots, key=lambda slot: (slot.day, slot.at)))


def _time(word: str) -> time:
    hours, _, minutes = re.sub(r"\s|h", lambda match: ":" if match.group() == "h" else "", word).partition(":")
    try:
        return time(int(hours), int(minutes or 0))
    except ValueError:
        raise SlotsError(
            "time", f'"{word}" is not a time of day; write it from 00:00 to 23:59, as in "tue 09:00"', word=word
        ) from None


def _day(word: str) -> Weekday:
    name = word.casefold()
    for spelling in (name, name.removesuffix("s")):
        if spelling in DAY_NAMES:
            return DAY_NAMES[spelling]
    if word[:1].isdigit():
        raise SlotsError("time", f'"{word}" is not a time of day; write for example 09:00', word=word)
    close = difflib.get_close_matches(name, DAY_NAMES, 1)
    hint = f'did you mean "{close[0]}"?' if close else f'write for example "{EXAMPLE}"'
    raise SlotsError("day", f'"{word}" is not a weekday; {hint}', word=word, nearest=close[0] if close else "")
