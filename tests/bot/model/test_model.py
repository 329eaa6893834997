"""Values that cannot be wrong, and the two clocks of a rehearsal."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.cohort import Pace
from bot.model.course import Kind, Levels
from bot.model.delivery import MOVES, DeliveryState
from bot.model.people import Address, Profile, Window
from bot.model.richtext import Moment, Paragraph, Span, plain_line, words
from tests.builders import EVERY_KIND, a_course, a_lesson

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
parts = st.text(st.characters(exclude_characters=":", exclude_categories=["Z", "C"]), min_size=1)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


# --- people -----------------------------------------------------------------------------------------------------


@given(parts, parts, st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1))
def test_an_address_can_be_written_and_read(platform: str, workspace: str, ref: str) -> None:
    """Teams' references hold colons of their own."""
    address = Address(platform, workspace, ref)
    assert Address.parse(str(address)) == address
    assert address.lane == f"{platform}:{workspace}"


@pytest.mark.parametrize("text", ["", "slack", "slack:T0123", "slack::U1", ":T0123:U1", "slack:T0123:"])
def test_an_address_lacks_nothing(text: str) -> None:
    """And the refusal shows what a complete one looks like."""
    with pytest.raises(ValueError, match="slack:T0123:U0456"):
        Address.parse(text)


@pytest.mark.parametrize(("start", "end"), [(time(9), time(9)), (time(12), time(9))])
def test_a_window_starts_before_it_ends(start: time, end: time) -> None:
    """There is always room for a message in it."""
    with pytest.raises(ValueError, match="before"):
        Window(start, end)


@pytest.mark.parametrize("zone", ["Atlantis/Center", "", "../etc/passwd", "\x00"])
def test_a_zone_that_does_not_exist_counts_as_missing(zone: str) -> None:
    """Platforms send what they like; the cohort's zone applies then."""
    assert Profile(zone=zone).zone is None
    assert Profile(zone="America/Toronto").zone == "America/Toronto"


# --- deliveries -------------------------------------------------------------------------------------------------


def test_every_state_can_be_reached_and_left() -> None:
    """Nothing is stuck for ever; only what was sent is at its end, unless it is shown anew."""
    assert MOVES.keys() == set(DeliveryState)
    reached = {DeliveryState.PLANNED}
    while more := {after for state in reached for after in MOVES[state]} - reached:
        reached |= more
    assert reached == set(DeliveryState)
    assert all(MOVES.values())


def test_nothing_is_sent_without_saying_so_first() -> None:
    """A message goes out from `sending` alone, and is in doubt or adopted, never quietly sent again."""
    assert {state for state, moves in MOVES.items() if DeliveryState.SENT in moves} == {
        DeliveryState.SENDING,
        DeliveryState.UNKNOWN,
        DeliveryState.FAILED,
    }
    assert {state for state, moves in MOVES.items() if DeliveryState.SENDING in moves} == {
        DeliveryState.READY,
        DeliveryState.RETRY,
    }
    assert DeliveryState.SENDING not in MOVES[DeliveryState.UNKNOWN]
    assert DeliveryState.SENDING not in MOVES[DeliveryState.SENT]


# --- the pace of a cohort ----------------------------------------------------------------------------------------


@given(moments)
def test_real_cohorts_have_one_clock(moment: datetime) -> None:
    """Course time is real time."""
    pace = Pace(NOW, NOW)
    assert pace.to_course(moment) == pace.to_real(moment) == moment


@given(moments, st.floats(1.5, 20_000))
def test_a_rehearsal_converts_there_and_back(moment: datetime, factor: float) -> None:
    """To the second, over years."""
    pace = Pace(NOW, NOW + timedelta(days=7), factor)
    assert abs(pace.to_course(pace.to_real(moment)) - moment) < timedelta(seconds=1)
    assert pace.to_course(NOW) == NOW + timedelta(days=7)
    assert pace.real_span(timedelta(days=7)) <= timedelta(days=7)


@given(moments, moments, st.floats(1.5, 20_000))
def test_a_rehearsal_keeps_the_order(first: datetime, second: datetime, factor: float) -> None:
    """What comes later in the course comes no earlier in reality."""
    pace = Pace(NOW, NOW, factor)
    if first <= second:
        assert pace.to_real(first) <= pace.to_real(second)


# --- the course ---------------------------------------------------------------------------------------------------


def test_a_track_sees_what_everybody_gets_and_its_own() -> None:
    """The core item first, then the author's order."""
    lesson = a_lesson(1, activities=EVERY_KIND[::-1])
    assert [each.id for each in lesson.on(None)] == ["page", "task", "talk", "think", "quiz", "open", "secret"]
    assert [each.id for each in lesson.on("leaders")] == [
        "page",
        "extra",
        "task",
        "talk",
        "think",
        "quiz",
        "open",
        "secret",
    ]
    assert lesson.on("unknown") == lesson.on(None)
    assert lesson.core.id == "page"


def test_lessons_are_numbered_from_one() -> None:
    """And what an edition no longer has is number nought."""
    course = a_course(3)
    assert [course.number(lesson.id) for lesson in course.lessons] == [1, 2, 3]
    assert course.number("gone") == 0
    assert course.lesson("gone") is None
    assert course.track("gone") is None
    assert course.contributor("gone") is None


def test_levels_and_options_are_found_by_what_they_are_called() -> None:
    """Lookups of things that are there."""
    assert [Levels(1, 3, 5).needed(level) for level in range(4)] == [0, 1, 3, 5]  # type: ignore[arg-type]
    quiz = next(each for each in EVERY_KIND if each.kind is Kind.QUIZ)
    assert quiz.option("birch") is quiz.options[1]
    assert quiz.option("gone") is None
    assert a_lesson(1).activity("quiz") is quiz
    assert a_lesson(1).activity("gone") is None


# --- text -----------------------------------------------------------------------------------------------------------


def test_a_moment_knows_its_zone() -> None:
    """A time without one would mean something else to everybody."""
    with pytest.raises(ValueError, match="aware"):
        Moment(datetime.combine(date(2026, 12, 1), time(9)), "America/Toronto")


def test_a_line_as_words() -> None:
    """Looks and links are left out, moments are written out."""
    line = (Span("See ", bold=True), Span("this", href="https://example.org"), Span(" at "), Moment(NOW, "UTC"))
    assert plain_line(line) == "See this at 2026-11-24 15:00 UTC"
    assert words("a") == (Paragraph((Span("a"),)),)
