"""Short words that several messages share: kinds, levels, weekdays, lists, shares, letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import time

from bot.messages.texts import N_, Catalogue
from bot.model.course import Activity, BadgeLevel, Kind, Slot, Weekday
from bot.model.people import Window
from bot.model.richtext import Line, Paragraph, RichText, Span

KIND_WORDS = {
    Kind.VIDEO: N_("Video"),
    Kind.READING: N_("Reading"),
    Kind.CASE_STUDY: N_("Case study"),
    Kind.POLL: N_("Poll"),
    Kind.QUIZ: N_("Quiz"),
    Kind.REFLECTION: N_("Reflection"),
    Kind.STARTER: N_("Conversation starter"),
    Kind.TASK: N_("Task"),
}
KINDS_INSIDE = {
    Kind.VIDEO: N_("video"),
    Kind.READING: N_("reading"),
    Kind.CASE_STUDY: N_("case study"),
    Kind.POLL: N_("poll"),
    Kind.QUIZ: N_("quiz"),
    Kind.REFLECTION: N_("reflection"),
    Kind.STARTER: N_("conversation starter"),
    Kind.TASK: N_("task"),
}
LEVEL_WORDS = {
    BadgeLevel.NONE: N_("no badge yet"),
    BadgeLevel.BRONZE: N_("bronze"),
    BadgeLevel.SILVER: N_("silver"),
    BadgeLevel.GOLD: N_("gold"),
}
DAY_WORDS = {
    Weekday.MON: N_("Monday"),
    Weekday.TUE: N_("Tuesday"),
    Weekday.WED: N_("Wednesday"),
    Weekday.THU: N_("Thursday"),
    Weekday.FRI: N_("Friday"),
    Weekday.SAT: N_("Saturday"),
    Weekday.SUN: N_("Sunday"),
}


def kind_word(t: Catalogue, activity: Activity) -> str:
    return t.t(KIND_WORDS[activity.kind])


def kind_inside(t: Catalogue, activity: Activity) -> str:
    """The kind inside a sentence."""
    return t.t(KINDS_INSIDE[activity.kind])


def level_word(t: Catalogue, level: BadgeLevel) -> str:
    return t.t(LEVEL_WORDS[level])


def minutes(t: Catalogue, n: int) -> str:
    return t.tn("{n} minute", "{n} minutes", n)


def wall(t: Catalogue, at: time) -> str:
    """A wall time as the language writes it: 9:30, « 9 h 30 »."""
    if not at.minute:
        return t.t("{hour}:00", hour=at.hour)
    return t.t("{hour}:{minute}", hour=at.hour, minute=f"{at.minute:02d}")


def window_words(t: Catalogue, window: Window) -> str:
    return t.t("{start} to {end}", start=wall(t, window.start), end=wall(t, window.end))


def day_words(t: Catalogue, days: Iterable[Weekday]) -> str:
    return listed(t, [t.t(DAY_WORDS[day]) for day in sorted(days)])


def slot_words(t: Catalogue, slots: Sequence[Slot]) -> str:
    """ "Tuesday and Thursday at 9:00", or each with its own time."""
    times = {slot.at for slot in slots}
    if len(times) == 1:
        days = day_words(t, [slot.day for slot in slots])
        return t.t("{days} at {time}", days=days, time=wall(t, next(iter(times))))
    each = [t.t("{days} at {time}", days=t.t(DAY_WORDS[slot.day]), time=wall(t, slot.at)) for slot in slots]
    return listed(t, each)


def listed(t: Catalogue, parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return t.t("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])


def letter(place: int) -> str:
    """The letter of an option: 0 is A."""
    return chr(ord("A") + place)


def para(line: Line) -> RichText:
    return (Paragraph(line),)


def text(words: str) -> RichText:
    return (Paragraph((Span(words),)),)


def labelled(t: Catalogue, label: str, words: str) -> str:
    """ "Label: words", with the spacing of the language."""
    return t.t("{label}: {words}", label=label, words=words)


def percent(t: Catalogue, share: float) -> str:
    return t.t("{n}%", n=round(share * 100))


def place_of(zone: str) -> str:
    """The city of a zone (IANA name), for "Toronto time"."""
    return zone.rpartition("/")[2].replace("_", " ")
