"""A lane keeps to its platform's ceiling, whatever wants to go at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.people import Address
from bot.ports import Pacing
from bot.usecases.pacing import KEEP, Pacer

SLACK = Pacing(per_second=4.0, per_address_seconds=1.0, in_flight=4)
TEAMS = Pacing(per_second=40.0, per_address_seconds=0.0, in_flight=16)
NEAR = 1e-6

requests = st.lists(st.tuples(st.integers(0, 5), st.floats(0, 2)), max_size=80)


def person(number: int) -> Address:
    return Address("slack", "T1", f"U{number}")


def moments(pacing: Pacing, asked: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Who wants to send, and how long after the one before; back comes when each may."""
    pacer, now, sent = Pacer(pacing), 100.0, []
    for who, pause in asked:
        now += pause
        wait = pacer.wait(person(who), now)
        assert wait >= 0
        sent.append((who, now + wait))
    return sent


def most_in_a_window(times: Sequence[float], seconds: float) -> int:
    ordered = sorted(times)
    return max((sum(start <= each < start + seconds - NEAR for each in ordered) for start in ordered), default=0)


@given(requests, st.sampled_from([0.5, 2.0, 4.0, 40.0]))
def test_no_window_holds_more_than_the_ceiling(asked: list[tuple[int, float]], per_second: float) -> None:
    """Neither a second nor a minute, nor any other length: calls are spread evenly, with no burst."""
    times = [at for _, at in moments(Pacing(per_second, 0.0, 4), asked)]
    for window in (1.0, 10.0, 60.0):
        assert most_in_a_window(times, window) <= max(1, window * per_second)
    assert all(after - before >= 1 / per_second - NEAR for before, after in pairwise(sorted(times)))


@given(requests)
def test_one_address_gets_no_two_messages_at_once(asked: list[tuple[int, float]]) -> None:
    """Slack takes one message a second into each channel."""
    sent = moments(SLACK, asked)
    for who in range(6):
        mine = sorted(at for each, at in sent if each == who)
        assert all(after - before >= SLACK.per_address_seconds - NEAR for before, after in pairwise(mine))


@given(st.lists(st.floats(0, 2), max_size=80))
def test_people_who_get_one_message_each_are_spread_evenly(pauses: list[float]) -> None:
    """The usual case, with both limits at once."""
    times = [at for _, at in moments(SLACK, list(enumerate(pauses)))]
    assert times == sorted(times)
    assert all(after - before >= 0.25 - NEAR for before, after in pairwise(times))


def test_a_call_that_waits_for_its_address_keeps_its_distance_too() -> None:
    """Two messages to one person and then one to another: three different moments."""
    times = sorted(at for _, at in moments(SLACK, [(1, 0.0), (1, 0.0), (2, 1.0)]))
    assert all(after - before >= 0.25 - NEAR for before, after in pairwise(times))


def test_nobody_waits_after_a_pause() -> None:
    """What was not used is not saved up, and not owed either."""
    pacer = Pacer(TEAMS)
    for _ in range(10):
        pacer.wait(person(1), 0.0)
    assert pacer.wait(person(2), 60.0) == 0.0


def test_a_waiting_address_holds_nobody_else_up() -> None:
    """Only the one who was just written to waits the full second."""
    pacer = Pacer(SLACK)
    assert [pacer.wait(person(who), 0.0) for who in (1, 1, 2)] == pytest.approx([0.0, 1.0, 0.25])


def test_without_a_ceiling_nothing_waits() -> None:
    """Zero means: no limit."""
    pacer = Pacer(Pacing(0.0, 0.0, 1))
    assert [pacer.wait(person(1), 0.0) for _ in range(5)] == [0.0] * 5


def test_memory_stays_flat() -> None:
    """Addresses that may be written to again are forgotten."""
    pacer = Pacer(Pacing(1000.0, 1.0, 4))
    for number in range(KEEP * 2):
        pacer.wait(person(number), float(number))
    assert len(pacer.addresses) <= KEEP


async def test_taking_a_place_waits_for_it() -> None:
    """The event loop's clock is the one that counts."""
    pacer = Pacer(Pacing(1000.0, 0.0, 4))
    for number in range(5):
        await pacer.take(person(number))
    assert len(pacer.taken) > 0
