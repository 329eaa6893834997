"""When something comes, in words: moments stay moments, and every reason has its sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.plans import day, joined, reasons, when
from bot.messages.texts import Catalogue
from bot.model.course import Language, Slot, Weekday
from bot.model.people import Absence, Window
from bot.model.richtext import Line, Moment, MomentStyle, Span
from bot.rules.planner import Calendar, Step, Why, Wishes, back_from, plan_lesson
from tests.bot.messages.gallery import CATALOGUES, planned

EN, FR = CATALOGUES[Language.EN], CATALOGUES[Language.FR]
TORONTO = "America/Toronto"
TUE_THU = (Slot(Weekday.TUE, time(9)), Slot(Weekday.THU, time(9)))
MORNING = Window(time(9), time(12, 30))
CHRISTMAS = {Language.EN: "Christmas Day", Language.FR: "Noël"}


def words(line: Line) -> str:
    return "".join(part.text if isinstance(part, Span) else f"[{part.at:%Y-%m-%d}]" for part in line)


@pytest.mark.parametrize("t", [EN, FR], ids=["en", "fr"])
@pytest.mark.parametrize("why", Why)
def test_every_reason_has_a_sentence(why: Why, t: Catalogue) -> None:
    """None is empty, none is said in the other language."""
    (line,) = reasons(planned(Step(why, date(2026, 12, 1))), TUE_THU, MORNING, TORONTO, t)
    said = words(line)
    assert said.endswith(".")
    other = FR if t is EN else EN
    assert said != words(reasons(planned(Step(why, date(2026, 12, 1))), TUE_THU, MORNING, TORONTO, other)[0])


def test_without_a_reason_it_is_the_cohorts_time() -> None:
    """There is always something to say."""
    assert [words(line) for line in reasons(planned(), TUE_THU, MORNING, TORONTO, EN)] == [
        "That is your cohort's time: Tuesday and Thursday at 9:00."
    ]


def say(wishes: Wishes, holidays: Calendar, starts: date, t: Catalogue) -> str:
    moment = plan_lesson(0, starts, TUE_THU, wishes, holidays)
    return words(joined(reasons(moment, TUE_THU, wishes.window, wishes.zone, t)))


@pytest.mark.parametrize(
    ("wishes", "holidays", "starts", "english"),
    [
        (
            Wishes(TORONTO, Window(time(13), time(17, 30))),
            {},
            date(2026, 12, 1),
            "Your window is 13:00 to 17:30; the cohort's time would be 9:00.",
        ),
        (
            Wishes(TORONTO, MORNING),
            {date(2026, 12, 1): CHRISTMAS},
            date(2026, 12, 1),
            "[2026-12-01] is a holiday (Christmas Day).",
        ),
        (
            Wishes(TORONTO, Window(time(13), time(14)), frozenset({Weekday.FRI})),
            {date(2026, 12, 1): {}},
            date(2026, 12, 1),
            "[2026-12-01] is a holiday (public holiday). [2026-12-02] is not one of your days. "
            "Your window is 13:00 to 14:00; the cohort's time would be 9:00.",
        ),
    ],
)
def test_reasons_come_from_what_the_planner_decided(
    wishes: Wishes, holidays: Calendar, starts: date, english: str
) -> None:
    """Sentence by sentence, in the order in which things were decided."""
    assert say(wishes, holidays, starts, EN) == english


def test_coming_back_says_until_when_one_was_away() -> None:
    """The last day away, not the day one asked."""
    first = Absence(date(2026, 12, 21), date(2026, 12, 24))
    second = Absence(date(2026, 12, 25), date(2027, 1, 1))
    back = back_from(first, Wishes(TORONTO, MORNING, None, (first, second)), {})
    assert "[2027-01-01]" in words(joined(reasons(back, TUE_THU, MORNING, TORONTO, EN)))


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.sampled_from([TORONTO, "Pacific/Auckland", "Pacific/Honolulu"]))
def test_a_day_is_that_day_for_everybody_in_its_zone(on: date, zone: str) -> None:
    """Noon: neither a clock change nor a rounding moves it to its neighbour."""
    moment = day(on, zone)
    assert moment.at.astimezone(ZoneInfo(zone)).date() == on
    assert moment.style is MomentStyle.DAY


def test_moments_are_stored_in_utc() -> None:
    """Whatever zone they come in."""
    local = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo(TORONTO))
    assert when(local, TORONTO) == Moment(datetime(2026, 12, 1, 14, tzinfo=UTC), TORONTO)


def test_sentences_are_joined_with_spaces() -> None:
    """None at the beginning, none at the end."""
    assert joined([]) == ()
    assert words(joined([(Span("A."),), (Span("B."), Span(" C."))])) == "A. B. C."
