"""When a failed attempt is repeated, and when to give up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.retries import DOUBT_WAITS, GIVE_UP_AFTER, WAITS, next_attempt, next_look

BEGAN = datetime(2026, 12, 1, 14, tzinfo=UTC)
attempts = st.integers(1, 40)
elapsed = st.timedeltas(timedelta(0), timedelta(days=5))
asked_for = st.one_of(st.none(), st.floats(0, 7 * 86_400))


@pytest.mark.parametrize(
    ("attempt", "retry_after", "seconds"),
    [
        (1, None, 2),
        (2, None, 10),
        (3, None, 30),
        (7, None, 3600),
        (30, None, 3600),
        # the platform's word counts at first, and later at least
        (1, 1, 1),
        (1, 0, 0),
        (3, 600, 600),
        (4, 1, 120),
        (4, 600, 600),
    ],
)
def test_the_next_attempt(attempt: int, retry_after: float | None, seconds: float) -> None:
    """Seconds at first, an hour in the end, and what the platform asked for."""
    assert next_attempt(attempt, BEGAN, BEGAN, retry_after) == BEGAN + timedelta(seconds=seconds)


def test_waits_only_grow() -> None:
    """Every further failure waits at least as long as the one before."""
    waits = [next_attempt(attempt, BEGAN, BEGAN) for attempt in range(1, 20)]
    assert all(before <= after for before, after in pairwise(wait for wait in waits if wait))
    looks = [next_look(number, BEGAN) for number in range(20)]
    assert all(before <= after for before, after in pairwise(looks))


@given(attempts, elapsed, asked_for)
def test_what_the_platform_asked_for_is_respected(attempt: int, late: timedelta, retry_after: float | None) -> None:
    """Never sooner, whatever the attempt, and never in the past."""
    now = BEGAN + late
    again = next_attempt(attempt, BEGAN, now, retry_after)
    if again is not None:
        assert again >= now + timedelta(seconds=retry_after or 0)


@given(attempts, elapsed, asked_for)
def test_nobody_gives_up_within_two_days(attempt: int, late: timedelta, retry_after: float | None) -> None:
    """However often it failed and however long the platform wants us to wait."""
    if late <= GIVE_UP_AFTER:
        assert next_attempt(attempt, BEGAN, BEGAN + late, retry_after) is not None


@given(attempts, asked_for)
def test_the_first_failure_is_never_the_last(attempt: int, retry_after: float | None) -> None:
    """Also where earlier attempts were counted, as after a failure that an admin has sent again."""
    assert next_attempt(attempt, None, BEGAN, retry_after) is not None


@pytest.mark.parametrize("attempt", range(1, len(WAITS)))
def test_a_late_delivery_still_gets_its_attempts(attempt: int) -> None:
    """What failed for the first time long ago is not given up after a few failures."""
    assert next_attempt(attempt, BEGAN, BEGAN + timedelta(days=9)) is not None


def test_a_platform_that_stays_down_is_given_up_once() -> None:
    """Two days of failures, counted from the first one, then an end: about fifty attempts, not thousands."""
    now, attempt = BEGAN, 1
    while (again := next_attempt(attempt, BEGAN, now)) is not None:
        now, attempt = again, attempt + 1
    assert timedelta(hours=48) < now - BEGAN < timedelta(hours=50)
    assert 40 < attempt < 60


def test_doubts_are_looked_at_for_ever() -> None:
    """A message in doubt is never dropped; looks only become rarer."""
    assert next_look(0, BEGAN) == BEGAN + DOUBT_WAITS[0]
    assert next_look(10_000, BEGAN) == BEGAN + DOUBT_WAITS[-1]
