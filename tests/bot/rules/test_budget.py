"""One weekly budget over everything that comes unasked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.delivery import UNSOLICITED, Kind
from bot.rules.budget import within

kinds = st.sampled_from(Kind)


@pytest.mark.parametrize(
    ("kind", "sent", "budget", "may_go"),
    [
        (Kind.LESSON, 0, 5, True),
        (Kind.LESSON, 4, 5, True),
        (Kind.LESSON, 5, 5, False),
        (Kind.NUDGE, 4, 5, True),
        (Kind.NUDGE, 5, 5, False),
        (Kind.READY_CHECK, 9, 5, False),
        (Kind.NUDGE, 0, 0, False),
        # not unasked for, or needed by somebody
        (Kind.WELCOME, 9, 5, True),
        (Kind.REFRESH, 9, 5, True),
        (Kind.CLOSING, 9, 5, True),
        (Kind.ALERT, 9, 5, True),
        (Kind.PROGRESS, 9, 0, True),
    ],
)
def test_what_may_go_this_week(kind: Kind, sent: int, budget: int, may_go: bool) -> None:
    """The budget is a number of messages in seven days, not a number of lessons."""
    assert within(kind, sent, budget) is may_go


@given(kinds, st.integers(0, 50), st.integers(0, 20))
def test_a_larger_budget_never_holds_more_back(kind: Kind, sent: int, budget: int) -> None:
    """Nor does having got less."""
    if within(kind, sent, budget):
        assert within(kind, sent, budget + 1)
        assert within(kind, max(0, sent - 1), budget)


@given(st.lists(kinds, max_size=60), st.integers(0, 10))
def test_a_week_never_holds_more_unasked_messages_than_the_budget(week: list[Kind], budget: int) -> None:
    """Whatever wants to go, in whatever order."""
    sent = 0
    for kind in week:
        if within(kind, sent, budget) and kind in UNSOLICITED:
            sent += 1
    assert sent == min(budget, sum(kind in UNSOLICITED for kind in week))
