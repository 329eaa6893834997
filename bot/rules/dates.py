"""Dates, times, windows, weekdays and durations as people write them, in English and French.

Nothing here asks the clock: `today` is the day where the person is. What cannot be read, and what could mean
two things, is a `Slip` whose example is the closest thing that can.
"""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Collection, Sequence
from datetime import date, time, timedelta

from bot.errors import Slip
from bot.model.course import Language, Weekday
from bot.model.people import Window
from bot.rules.grammar_text import plain, shown
from bot.rules.slots import DAY_NAMES

_MONTH_NAMES = (
    "jan january janv janvier",
    "feb february fev fevr fevrier",
    "mar march mars",
    "apr april avr avril",
    "may mai",
    "jun june juin",
    "jul july juil juillet",
    "aug august aout",
    "sep sept september septembre",
    "oct october octobre",
    "nov november novembre",
    "dec december decembre",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_ENGLISH = "January February March April May June July August September October November December"
_FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_IN_WORDS = {Language.EN: _ENGLISH.split(), Language.FR: _FRENCH.split()}

_DAYS_FROM_NOW = {
    "today": 0,
    "aujourd'hui": 0,
    "tomorrow": 1,
    "demain": 1,
    "day after tomorrow": 2,
    "the day after tomorrow": 2,
    "apres-demain": 2,
    "apres demain": 2,
    "yesterday": -1,
    "hier": -1,
}
_NEXT_WEEK = {"next week", "semaine prochaine", "la semaine prochaine"}
_NEXT_MONTH = {"next month", "mois prochain", "le mois prochain"}
_SMALL = {"a": 1, "an": 1, "one": 1, "un": 1, "une": 1, "two": 2, "deux": 2, "three": 3, "trois": 3}
_FILLERS = {"of", "the", "on", "le", "de", "du", "au", "d'", "ce", "this"}

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4}|\d{2}))?")
_RELATIVE = re.compile(
    r"(?:in |dans |for |pour )?(\d{1,3}|[a-z]+) ?(day|jour|week|semaine|month|mois)s?(?: later| plus tard)?"
)
_WEEKDAY = re.compile(r"(?:next |this |on |ce |le )?([a-z]+)(?: prochain)?")
_TIME = re.compile(r"(\d{1,2})(?: ?(?:[:h.]|heures?) ?(\d{2})?)? ?([ap])?\.?(?(3)m\.?)")
_WINDOW = re.compile(
    r"(?:from |de |between |entre )?(.+?)(?: ?[-‐‑–—→] ?|(?: (?:to|until|till|a|and|et|jusqu'a) ))(.+)"
)
_DURATION = re.compile(r"(?:in |en |dans |for |pour )?((?:\d{1,4} ?[a-z]+ ?)*(?:\d{1,4})?)")
_UNITS = {
    **dict.fromkeys(("m", "mn", "min", "mins", "minute", "minutes"), 1),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "heure", "heures"), 60),
    **dict.fromkeys(("d", "day", "days", "j", "jour", "jours"), 1440),
}
_DAY_SETS = {
    "weekdays": range(5),
    "working days": range(5),
    "jours ouvrables": range(5),
    "en semaine": range(5),
    "weekend": (5, 6),
    "weekends": (5, 6),
    "fin de semaine": (5, 6),
    "all": range(7),
    "any": range(7),
    "every day": range(7),
    "daily": range(7),
    "tous": range(7),
    "tous les jours": range(7),
}
_MOST_MINUTES = 7 * 1440

# --- dates ----------------------------------------------------------------------------------------------------


def parse_date(text: str, today: date, language: Language = Language.EN, *, earliest: date | None = None) -> date:
    """The day that is meant: `2026-12-03`, `3 Dec`, `le 3 décembre`, `tomorrow`, `monday`, `in 3 days`, `next week`.

    Without a year it is the next such day from today on; a weekday is the next one after today. A day before
    `earliest` is a slip.
    """
    try:
        day = _read_date(text, today, language)
    except OverflowError:
        raise _no_date(text, today) from None
    if earliest is not None and day < earliest:
        raise Slip(
            "{day} is too early. Choose a later day.",
            example=_same_day_later(day, earliest).isoformat(),
            day=written(day, language),
        )
    return day


def written(day: date, language: Language) -> str:
    """A date in words: 3 December 2026, 3 décembre 2026, 1er mai 2027."""
    number = "1er" if language is Language.FR and day.day == 1 else str(day.day)
    return f"{number} {_IN_WORDS[language][day.month - 1]} {day.year}"


def _read_date(text: str, today: date, language: Language) -> date:
    said = plain(text).strip(" .,!?;:\"'")
    if said in _DAYS_FROM_NOW:
        return today + timedelta(days=_DAYS_FROM_NOW[said])
    if said in _NEXT_WEEK:
        return today + timedelta(days=7 - today.weekday())
    if said in _NEXT_MONTH:
        return _months_later(today.replace(day=1), 1)
    if match := _ISO.fullmatch(said):
        return _day(int(match[1]), int(match[2]), int(match[3]), text, today)
    if match := _NUMERIC.fullmatch(said):
        return _numeric(match[1], match[2], match[3], text, today, language)
    if (match := _RELATIVE.fullmatch(said)) and (match[1].isdecimal() or match[1] in _SMALL):
        number = int(match[1]) if match[1].isdecimal() else _SMALL[match[1]]
        if match[2] in ("month", "mois"):
            return _months_later(today, number)
        return today + timedelta(days=number * (7 if match[2] in ("week", "semaine") else 1))
    if (match := _WEEKDAY.fullmatch(said)) and (weekday := _weekday(match[1])) is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return _spelled(said, text, today, language)


def _spelled(said: str, text: str, today: date, language: Language) -> date:
    """A date with its month as a word, the weekday perhaps before it."""
    apart = re.sub(r"(?<=\d)(?:st|nd|rd|th|er|e)\b", "", said)
    apart = re.sub(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)", " ", apart)
    words = [word for word in re.split(r"[\s,.\-/]+", apart) if word and word not in _FILLERS]
    weekday = None
    if len(words) > 2 and _weekday(words[0]) is not None and any(word in _MONTHS for word in words[1:]):
        weekday = _weekday(words.pop(0))
    months = [word for word in words if word in _MONTHS]
    numbers = [word for word in words if word.isdecimal()]
    if len(months) != 1 or len(months) + len(numbers) != len(words) or not 1 <= len(numbers) <= 2:
        raise _no_date(text, today)
    month = _MONTHS[months[0]]
    if len(numbers) == 2 and len(numbers[0]) == 4:
        numbers.reverse()
    if len(numbers[0]) > 2 or (len(numbers) == 2 and len(numbers[1]) != 4):
        raise _no_date(text, today)
    if len(numbers) == 2:
        day = _day(int(numbers[1]), month, int(numbers[0]), text, today)
    else:
        day = _without_year(month, int(numbers[0]), text, today)
    if weekday is not None and day.weekday() != weekday:
        raise Slip(
            "{day} is on another weekday than “{word}”.",
            example=day.isoformat(),
            day=written(day, language),
            word=shown(text),
        )
    return day


def _numeric(first: str, second: str, year: str | None, text: str, today: date, language: Language) -> date:
    """12/03 is a day in December or in March, depending on where one grew up: only what has one reading counts."""
    readings = []
    parts = [(int(second), int(first)), (int(first), int(second))]
    for month, number in parts:
        try:
            if year is None:
                readings.append(_without_year(month, number, text, today))
            else:
                readings.append(date(int(year) if len(year) == 4 else 2000 + int(year), month, number))
        except (ValueError, Slip):
            continue
    if not readings:
        raise _not_in_calendar(text, today)
    if len(set(readings)) > 1:
        raise Slip(
            "“{word}” could be {first} or {second}. Write the year first.",
            example=min(readings, key=lambda day: (day < today, day)).isoformat(),
            word=shown(text),
            first=written(readings[0], language),
            second=written(readings[1], language),
        )
    return readings[0]


def _without_year(month: int, number: int, text: str, today: date) -> date:
    for year in range(today.year, min(today.year + 9, date.max.year + 1)):
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if day >= today:
            return day
    raise _not_in_calendar(text, today)


def _day(year: int, month: int, number: int, text: str, today: date) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        if 1 <= year <= 9999 and 1 <= month <= 12 and number > 28:
            last = date(year, month, calendar.monthrange(year, month)[1])
            raise _not_in_calendar(text, today, nearest=last) from None
        raise _not_in_calendar(text, today) from None


def _weekday(word: str) -> Weekday | None:
    return DAY_NAMES.get(word)


def _months_later(day: date, months: int) -> date:
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    if year > date.max.year:
        raise OverflowError
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _same_day_later(day: date, earliest: date) -> date:
    """The same day of the year, next time; it makes a good example."""
    for year in range(earliest.year, min(earliest.year + 2, date.max.year + 1)):
        again = date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))
        if again >= earliest:
            return again
    return earliest


def _example_day(today: date) -> date:
    return today if today > date.max - timedelta(days=7) else today + timedelta(days=7)


def _not_in_calendar(text: str, today: date, nearest: date | None = None) -> Slip:
    return Slip(
        "There is no {word} in the calendar.",
        example=(nearest or _example_day(today)).isoformat(),
        word=shown(text),
    )


def _no_date(text: str, today: date) -> Slip:
    words = [*_DAYS_FROM_NOW, *(name for name in DAY_NAMES if len(name) > 4)]
    close = difflib.get_close_matches(plain(text), words, 1, 0.7)
    example = close[0] if close else _example_day(today).isoformat()
    return Slip("“{word}” is not a date that I can read.", example=example, word=shown(text))


# --- times ----------------------------------------------------------------------------------------------------


def parse_time(text: str) -> time:
    """A time of day: `9`, `9:30`, `9h30`, `9 h 30`, `2pm`, `14:00`, `noon`, `midi`."""
    clock = _clock(text)
    if clock is None or clock[0] >= 1440:
        raise Slip("“{word}” is not a time of day that I can read.", example="9:30", word=shown(text))
    return _as_time(clock[0])


def parse_window(text: str) -> Window:
    """The part of a day from one time to another: `9-12`, `9:30–12`, `9h-12h30`, `9 to 12`, `de 9 h à 12 h`."""
    match = _WINDOW.fullmatch(plain(text).strip(" .,!?;\"'"))
    first, last = (_clock(match[1]), _clock(match[2])) if match else (None, None)
    if first is None or last is None or first[0] >= 1440:
        raise Slip("“{word}” is not a part of the day that I can read.", example="9-12", word=shown(text))
    start, end = _together(first, last)
    if start >= end:
        later = end + 720
        example = f"{_as_time(start):%H:%M}-{_as_time(later):%H:%M}" if start < later < 1440 else "9-17"
        raise Slip("A part of the day ends later than it starts.", example=example)
    return Window(_as_time(start), _as_time(end))


def window_text(window: Window) -> str:
    """How a window is written in a command: `09:00-12:00`."""
    return f"{window.start:%H:%M}-{window.end:%H:%M}"


def parse_duration(text: str) -> timedelta:
    """A number of minutes, or with units: `20m`, `1h`, `1h30`, `90 min`, `45`, `2 heures`."""
    match = _DURATION.fullmatch(plain(text).strip(" .,!?\"'").replace(".", " "))
    minutes, last = 0, 0
    for number, unit in re.findall(r"(\d+) ?([a-z]*)", match[1]) if match else ():
        # "1h30": a bare number after hours counts minutes; alone it does too
        size = _UNITS.get(unit, 0) if unit else int(last in (0, 60))
        if not size or (last and size >= last):
            minutes = 0
            break
        minutes += int(number) * size
        last = size
    if not 1 <= minutes <= _MOST_MINUTES:
        raise Slip("“{word}” is not a length of time that I can read.", example="20 min", word=shown(text))
    return timedelta(minutes=minutes)


def _clock(text: str) -> tuple[int, str] | None:
    """Minutes since midnight and whether `a`(m), `p`(m), `h`(ours of the day) or nothing says which half of the day."""
    said = plain(text).strip(" .,!?;\"'")
    if said in ("noon", "midday", "midi"):
        return 720, "h"
    if said in ("midnight", "minuit"):
        return 1440, "h"
    if re.fullmatch(r"\d{4}", said):
        said = f"{said[:2]}:{said[2:]}"
    match = _TIME.fullmatch(said)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3] or ""
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        return None
    return hour * 60 + minute, half or ("h" if "h" in said or hour > 12 else "")


def _together(first: tuple[int, str], last: tuple[int, str]) -> tuple[int, int]:
    """`9-5pm`, `2-5pm` and `9am-5`: one half of the day said for both."""
    (start, start_half), (end, end_half) = first, last
    if end_half == "p" and not start_half and start + 720 < end:
        start += 720
    if start_half in ("a", "p") and not end_half and end <= start and start < end + 720 < 1440:
        end += 720
    return start, end


def _as_time(minutes: int) -> time:
    # a day has no 24:00, and nobody minds the last minute
    return time(23, 59) if minutes >= 1440 else time(minutes // 60, minutes % 60)


# --- weekdays -------------------------------------------------------------------------------------------------


def parse_days(text: str) -> frozenset[Weekday]:
    """Weekdays: `mon,wed`, `lun mer`, `Monday and Friday`, `mon-fri`, `weekdays`, `tous les jours`."""
    said = plain(text).strip(" .,!?\"'")
    if said in _DAY_SETS:
        return frozenset(Weekday(day) for day in _DAY_SETS[said])
    days: set[Weekday] = set()
    last: Weekday | None = None
    ranging = False
    for word in re.findall(r"[^\W\d_]+|[-–—]|[^\s,;&+/.]", said):
        if word in ("and", "et", "le", "les", "on", "du", "from"):
            continue
        if word in ("-", "–", "—", "to", "au", "a") and last is not None and not ranging:
            ranging = True
            continue
        day = DAY_NAMES.get(word, DAY_NAMES.get(word.removesuffix("s")))
        if day is None:
            raise _no_day(word)
        days.update(_span(last, day) if ranging and last is not None else [day])
        last, ranging = day, False
    if not days or ranging:
        raise _no_day(text)
    return frozenset(days)


def days_text(days: Collection[Weekday]) -> str:
    """How weekdays are written in a command: `mon,wed`."""
    return ",".join(day.name.lower() for day in sorted(days))


def _span(first: Weekday, last: Weekday) -> Sequence[Weekday]:
    return [Weekday((first + step) % 7) for step in range((last - first) % 7 + 1)]


def _no_day(word: str) -> Slip:
    close = difflib.get_close_matches(plain(word), [name for name in DAY_NAMES if len(name) > 2], 1, 0.6)
    return Slip("“{word}” is not a weekday.", example=close[0] if close else "mon,wed", word=shown(word))
