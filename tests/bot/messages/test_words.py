"""Short words that several messages share."""

from __future__ import annotations

from datetime import time

import pytest

from bot.messages.words import (
    KIND_WORDS,
    KINDS_INSIDE,
    day_words,
    letter,
    level_word,
    listed,
    minutes,
    percent,
    slot_words,
    wall,
    window_words,
)
from bot.model.course import BadgeLevel, Kind, Language, Slot, Weekday
from bot.model.people import Window
from tests.bot.messages.gallery import CATALOGUES

EN, FR = CATALOGUES[Language.EN], CATALOGUES[Language.FR]
GAP = "\u00a0"


def spaced(text: str) -> str:
    """Whatever kind of space a language wants."""
    return text.replace(GAP, " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("at", "english", "french"),
    [
        (time(9), "9:00", "9 h"),
        (time(9, 5), "9:05", "9 h 05"),
        (time(14, 30), "14:30", "14 h 30"),
        (time(0), "0:00", "0 h"),
    ],
)
def test_times_of_day(at: time, english: str, french: str) -> None:
    """As each language writes them."""
    assert wall(EN, at) == english
    assert spaced(wall(FR, at)) == french


@pytest.mark.parametrize(
    ("n", "english", "french"),
    [(0, "0 minutes", "0 minute"), (1, "1 minute", "1 minute"), (2, "2 minutes", "2 minutes")],
)
def test_minutes(n: int, english: str, french: str) -> None:
    """Nothing is singular in French."""
    assert minutes(EN, n) == english
    assert spaced(minutes(FR, n)) == french


@pytest.mark.parametrize(
    ("parts", "english", "french"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a and b", "a et b"),
        (["a", "b", "c"], "a, b and c", "a, b et c"),
    ],
)
def test_lists(parts: list[str], english: str, french: str) -> None:
    """With a word before the last."""
    assert listed(EN, parts) == english
    assert listed(FR, parts) == french


@pytest.mark.parametrize(
    ("slots", "english", "french"),
    [
        (
            [Slot(Weekday.TUE, time(9)), Slot(Weekday.THU, time(9))],
            "Tuesday and Thursday at 9:00",
            "mardi et jeudi à 9 h",
        ),
        (
            [Slot(Weekday.TUE, time(9)), Slot(Weekday.THU, time(14, 30))],
            "Tuesday at 9:00 and Thursday at 14:30",
            "mardi à 9 h et jeudi à 14 h 30",
        ),
        ([Slot(Weekday.FRI, time(9))], "Friday at 9:00", "vendredi à 9 h"),
        ([], "", ""),
    ],
)
def test_slots(slots: list[Slot], english: str, french: str) -> None:
    """A time that all days share is said once."""
    assert slot_words(EN, slots) == english
    assert spaced(slot_words(FR, slots)) == french


def test_days_and_windows() -> None:
    """Days in the order of the week, and a window from its start to its end."""
    assert day_words(EN, {Weekday.FRI, Weekday.MON}) == "Monday and Friday"
    assert day_words(FR, {Weekday.FRI, Weekday.MON}) == "lundi et vendredi"
    assert window_words(EN, Window(time(9), time(12, 30))) == "9:00 to 12:30"


@pytest.mark.parametrize(
    ("share", "english", "french"), [(0, "0%", "0 %"), (0.375, "38%", "38 %"), (1, "100%", "100 %")]
)
def test_shares(share: float, english: str, french: str) -> None:
    """Whole percents, with the space that French wants."""
    assert percent(EN, share) == english
    assert spaced(percent(FR, share)) == french


def test_letters() -> None:
    """A for the first option."""
    assert [letter(place) for place in range(4)] == ["A", "B", "C", "D"]


def test_every_kind_and_level_has_a_word() -> None:
    """A new one needs its words in both languages."""
    assert KIND_WORDS.keys() == KINDS_INSIDE.keys() == set(Kind)
    for t in (EN, FR):
        assert len({level_word(t, level) for level in BadgeLevel}) == len(BadgeLevel)
        assert len({t.t(KIND_WORDS[kind]) for kind in Kind}) == len(Kind)
