"""Dates, times and weekdays as people write them; what could mean two things is asked, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Slip
from bot.model.course import Language, Weekday
from bot.model.people import Window
from bot.rules.dates import (
    days_text,
    parse_date,
    parse_days,
    parse_duration,
    parse_time,
    parse_window,
    window_text,
    written,
)

EN, FR = Language.EN, Language.FR
TODAY = date(2026, 11, 25)  # a Wednesday


def slip_of(read: Callable[[], object]) -> Slip | None:
    """The slip that reading ends with, if it does."""
    try:
        read()
    except Slip as slip:
        return slip
    return None


DATES = {
    "2026-12-03": date(2026, 12, 3),
    "2026/12/3": date(2026, 12, 3),
    "3 Dec": date(2026, 12, 3),
    "Dec 3": date(2026, 12, 3),
    "December 3rd, 2026": date(2026, 12, 3),
    "the 3rd of December": date(2026, 12, 3),
    "3dec2026": date(2026, 12, 3),
    "3-Dec-2026": date(2026, 12, 3),
    "2026 Dec 3": date(2026, 12, 3),
    "le 3 décembre": date(2026, 12, 3),
    "3 déc. 2026": date(2026, 12, 3),
    "jeudi 3 décembre": date(2026, 12, 3),
    "Thursday, December 3": date(2026, 12, 3),
    "mar 1 déc": date(2026, 12, 1),
    "1er mars": date(2027, 3, 1),
    "5 août": date(2027, 8, 5),
    "3 mar": date(2027, 3, 3),
    "13/12/2026": date(2026, 12, 13),
    "12/13/2026": date(2026, 12, 13),
    "12/12/26": date(2026, 12, 12),
    "29 Feb": date(2028, 2, 29),
    "today": TODAY,
    "aujourd’hui": TODAY,
    "Tomorrow": date(2026, 11, 26),
    "demain": date(2026, 11, 26),
    "après-demain": date(2026, 11, 27),
    "monday": date(2026, 11, 30),
    "Lundi": date(2026, 11, 30),
    "lundi prochain": date(2026, 11, 30),
    "next friday": date(2026, 11, 27),
    "wednesday": date(2026, 12, 2),
    "next week": date(2026, 11, 30),
    "la semaine prochaine": date(2026, 11, 30),
    "next month": date(2026, 12, 1),
    "in 3 days": date(2026, 11, 28),
    "dans 3 jours": date(2026, 11, 28),
    "3 days": date(2026, 11, 28),
    "in a week": date(2026, 12, 2),
    "dans une semaine": date(2026, 12, 2),
    "in 3 months": date(2027, 2, 25),
}


@pytest.mark.parametrize(("typed", "day"), DATES.items())
@pytest.mark.parametrize("language", Language)
def test_a_date_is_read_as_people_write_it(typed: str, day: date, language: Language) -> None:
    """In either language, whichever was chosen."""
    assert parse_date(typed, TODAY, language) == day


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [(EN, "12 March 2026", "3 December 2026"), (FR, "12 mars 2026", "3 décembre 2026")],
)
def test_a_date_with_two_readings_shows_both(language: Language, first: str, second: str) -> None:
    """12/03 is in March for some and in December for others."""
    with pytest.raises(Slip) as slip:
        parse_date("12/03/2026", TODAY, language)
    assert (slip.value.values["first"], slip.value.values["second"]) == (first, second)
    assert slip.value.example == "2026-12-03"


@pytest.mark.parametrize(
    ("typed", "example"),
    [
        ("2027-02-30", "2027-02-28"),
        ("31 April", "2026-12-02"),
        ("tomorow", "tomorrow"),
        ("mondy", "monday"),
        ("soon", "2026-12-02"),
        ("", "2026-12-02"),
        ("Friday 3 December", "2026-12-03"),
    ],
)
def test_what_is_no_date_gets_the_closest_one(typed: str, example: str) -> None:
    """The example can be typed as it stands."""
    with pytest.raises(Slip) as slip:
        parse_date(typed, TODAY)
    assert slip.value.example == example


def test_a_past_day_is_refused_where_a_coming_one_is_needed() -> None:
    """The answer names the same day, next time."""
    assert parse_date("2026-03-01", TODAY) == date(2026, 3, 1)
    for typed, example in (("2026-03-01", "2027-03-01"), ("yesterday", "2027-11-24"), ("2024-02-29", "2027-02-28")):
        with pytest.raises(Slip) as slip:
            parse_date(typed, TODAY, earliest=TODAY)
        assert slip.value.example == example


@given(st.dates(), st.dates(), st.sampled_from(Language))
def test_every_date_that_is_written_can_be_read(day: date, today: date, language: Language) -> None:
    """In words and in figures."""
    assert parse_date(day.isoformat(), today, language) == day
    if day.year >= 1000:
        assert parse_date(written(day, language), today, language) == day


@given(st.text(), st.dates(), st.sampled_from(Language))
def test_any_text_is_a_date_or_a_slip_with_a_date(text: str, today: date, language: Language) -> None:
    """Nothing breaks, and the example is readable."""
    slip = slip_of(lambda: parse_date(text, today, language))
    if slip is not None:
        assert slip.example is not None
        parse_date(slip.example, today, language)


DIGITS = st.text(st.sampled_from("0123456789 -/.:hampd²፩"), max_size=12)


@given(DIGITS, st.dates())
def test_figures_of_any_kind_break_nothing(text: str, today: date) -> None:
    """Dates, times, windows, weekdays and durations, or a slip."""
    readers: list[Callable[[], object]] = [
        lambda: parse_date(text, today),
        lambda: parse_time(text),
        lambda: parse_window(text),
        lambda: parse_days(text),
        lambda: parse_duration(text),
    ]
    slips = [slip_of(read) for read in readers]
    assert all(slip is None or slip.example for slip in slips)


TIMES = {
    "9": time(9),
    "09:30": time(9, 30),
    "9h30": time(9, 30),
    "9 h 30": time(9, 30),
    "9 h": time(9),
    "9.30": time(9, 30),
    "0930": time(9, 30),
    "14:00": time(14),
    "2pm": time(14),
    "2:15 p.m.": time(14, 15),
    "12am": time(0),
    "12 pm": time(12),
    "midi": time(12),
    "noon": time(12),
    "9 heures 30": time(9, 30),
}


@pytest.mark.parametrize(("typed", "at"), TIMES.items())
def test_a_time_is_read_as_people_write_it(typed: str, at: time) -> None:
    """Twelve or twenty-four hours, with a colon or an h."""
    assert parse_time(typed) == at


@pytest.mark.parametrize("typed", ["", "25", "9:60", "9:5", "13pm", "24:00", "soon", "9 am pm", "-1"])
def test_what_is_no_time_is_said(typed: str) -> None:
    """With a time as example."""
    with pytest.raises(Slip) as slip:
        parse_time(typed)
    assert slip.value.example == "9:30"


WINDOWS = {
    "9-12": (time(9), time(12)),
    "9:30–12": (time(9, 30), time(12)),
    "9h-12h30": (time(9), time(12, 30)),
    "9 h à 12 h 30": (time(9), time(12, 30)),
    "9 to 12": (time(9), time(12)),
    "de 9h à 12h": (time(9), time(12)),
    "between 9 and noon": (time(9), time(12)),
    "9-5pm": (time(9), time(17)),
    "2-5pm": (time(14), time(17)),
    "9am-5": (time(9), time(17)),
    "9 a.m. to 5 p.m.": (time(9), time(17)),
    "18:00-24:00": (time(18), time(23, 59)),
    "20h-minuit": (time(20), time(23, 59)),
    "11-1pm": (time(11), time(13)),
}


@pytest.mark.parametrize(("typed", "window"), WINDOWS.items())
def test_a_part_of_the_day_is_read_as_people_write_it(typed: str, window: tuple[time, time]) -> None:
    """From one time to another."""
    assert parse_window(typed) == Window(*window)


@pytest.mark.parametrize(
    ("typed", "example"),
    [("9-5", "09:00-17:00"), ("22-6", "9-17"), ("9", "9-12"), ("", "9-12"), ("9-9", "09:00-21:00")],
)
def test_a_part_of_the_day_ends_after_it_starts(typed: str, example: str) -> None:
    """ "9-5" probably means five in the afternoon, but we ask."""
    with pytest.raises(Slip) as slip:
        parse_window(typed)
    assert slip.value.example == example


@given(st.times(), st.times())
def test_a_window_survives_its_text(start: time, end: time) -> None:
    """What a command carries reads back equal."""
    start, end = (moment.replace(second=0, microsecond=0) for moment in sorted((start, end)))
    if start < end:
        assert parse_window(window_text(Window(start, end))) == Window(start, end)


MON_TO_FRI = frozenset(map(Weekday, range(5)))
DAYS = {
    "mon,wed": {Weekday.MON, Weekday.WED},
    "lun mer": {Weekday.MON, Weekday.WED},
    "Mondays and Wednesdays": {Weekday.MON, Weekday.WED},
    "mardi et jeudi": {Weekday.TUE, Weekday.THU},
    "mon-fri": MON_TO_FRI,
    "du lundi au vendredi": MON_TO_FRI,
    "weekdays": MON_TO_FRI,
    "tous les jours": frozenset(Weekday),
    "fri-mon": {Weekday.FRI, Weekday.SAT, Weekday.SUN, Weekday.MON},
    "mon - wed, sat": {Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.SAT},
}


@pytest.mark.parametrize(("typed", "days"), DAYS.items())
def test_weekdays_are_read_as_people_write_them(typed: str, days: set[Weekday]) -> None:
    """Short, long, plural, from one to another."""
    assert parse_days(typed) == days


@pytest.mark.parametrize(
    ("typed", "example"), [("tuesdya", "tuesday"), ("", "mon,wed"), ("mon-", "mon"), ("9", "mon,wed"), ("mno", "mon")]
)
def test_what_is_no_weekday_is_said(typed: str, example: str) -> None:
    """With the closest weekday."""
    with pytest.raises(Slip) as slip:
        parse_days(typed)
    assert slip.value.example == example


@given(st.frozensets(st.sampled_from(Weekday), min_size=1))
def test_weekdays_survive_their_text(days: frozenset[Weekday]) -> None:
    """What a command carries reads back equal."""
    assert parse_days(days_text(days)) == days


DURATIONS = {"20m": 20, "1h": 60, "90 min": 90, "45": 45, "1h30": 90, "1 h 30 min": 90, "2 heures": 120, "in 20m": 20}


@pytest.mark.parametrize(("typed", "minutes"), DURATIONS.items())
def test_a_length_of_time_is_read_as_people_write_it(typed: str, minutes: int) -> None:
    """Bare numbers are minutes."""
    assert parse_duration(typed) == timedelta(minutes=minutes)


@pytest.mark.parametrize("typed", ["", "0", "soon", "20 parsecs", "20m 20m", "9999h", "1" * 40])
def test_what_is_no_length_of_time_is_said(typed: str) -> None:
    """With an example."""
    with pytest.raises(Slip) as slip:
        parse_duration(typed)
    assert slip.value.example == "20 min"
