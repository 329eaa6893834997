"""How alive a study group is, from presses, RSVPs and "we met" only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.group_health import ACTIVE_FOR, ENOUGH, MEETS_FOR, YOUNG, Health, Signs, health

NOW = datetime(2026, 12, 14, 15, tzinfo=UTC)
OLD = NOW - timedelta(days=60)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def group(active: int, people: int = 5, **more: object) -> Signs:
    """`active` members who pressed something yesterday, the others never did."""
    last = {number: ago(1) if number < active else None for number in range(people)}
    return replace(Signs(OLD, last), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        (group(3, met=ago(2)), Health.ALIVE),
        (group(5, met=ago(2)), Health.ALIVE),
        (group(3, coming=2), Health.ALIVE),
        (group(2, people=2, met=ago(2)), Health.ALIVE),
        (group(3, formed=ago(5)), Health.ALIVE),
        (group(3), Health.FADING),
        (group(3, coming=1), Health.FADING),
        (group(2, met=ago(2)), Health.FADING),
        (group(0, met=ago(2)), Health.FADING),
        (group(1, coming=2), Health.FADING),
        (group(3, met=ago(30)), Health.FADING),
        (group(1), Health.SILENT),
        (group(0), Health.SILENT),
        (group(0, formed=ago(5)), Health.SILENT),
        (group(1, people=1), Health.SILENT),
        (Signs(OLD, {}), Health.SILENT),
    ],
)
def test_how_alive_a_group_is(signs: Signs, expected: Health) -> None:
    """The formula of the module, case by case."""
    assert health(signs, NOW) is expected


@pytest.mark.parametrize("beyond", [timedelta(0), timedelta(seconds=1)])
def test_what_is_too_long_ago_counts_no_more(beyond: timedelta) -> None:
    """To the second, for presses, meetings and youth."""
    inside = not beyond
    last = dict.fromkeys(range(3), NOW - ACTIVE_FOR - beyond)
    assert (len(Signs(OLD, last).active(NOW)) == 3) is inside
    assert (health(group(3, met=NOW - MEETS_FOR - beyond), NOW) is Health.ALIVE) is inside
    assert (health(group(3, formed=NOW - YOUNG - beyond), NOW) is Health.ALIVE) is inside


MOMENTS = st.none() | st.integers(0, 40 * 24).map(lambda hours: NOW - timedelta(hours=hours))
SIGNS = st.builds(
    Signs,
    MOMENTS.filter(bool),
    st.dictionaries(st.integers(1, 8), MOMENTS, max_size=6),
    MOMENTS,
    st.integers(0, 6),
)


@given(SIGNS, st.data())
def test_more_signs_never_make_a_group_look_worse(signs: Signs, data: st.DataObject) -> None:
    """A press, an RSVP or "we met" more."""
    before = health(signs, NOW)
    better = [replace(signs, met=NOW), replace(signs, coming=signs.coming + 1)]
    if signs.last:
        who = data.draw(st.sampled_from(sorted(signs.last)))
        better.append(replace(signs, last={**signs.last, who: NOW}))
    assert all(health(each, NOW) >= before for each in better)


@given(SIGNS, st.integers(0, 60))
def test_time_alone_never_makes_a_group_look_better(signs: Signs, days: int) -> None:
    """Silence is not recovery."""
    assert health(signs, NOW + timedelta(days=days)) <= health(signs, NOW)


@given(SIGNS)
def test_a_group_that_is_alive_has_enough_active_people(signs: Signs) -> None:
    """Three, or everybody where there are fewer."""
    if health(signs, NOW) is Health.ALIVE:
        assert len(signs.active(NOW)) >= min(ENOUGH, len(signs.last)) > 0
