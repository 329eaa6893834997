"""How often a method may be called, on a clock that stands until it is moved."""

from __future__ import annotations

import asyncio

import pytest

from adapters.slack.pacing import LONGEST_PROMISE, WINDOW, Paces
from bot.errors import SendFailed
from bot.model.delivery import Reason
from tests.local_slack import DrivenClock


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock()


@pytest.fixture
def paces(clock: DrivenClock) -> Paces:
    return Paces(clock.now, clock.sleep)


def refused(paces: Paces, method: str, per_minute: int | None = None) -> float:
    with pytest.raises(SendFailed) as failed:
        paces.take("T1", method, per_minute)
    assert (failed.value.reason, failed.value.permanent, failed.value.whole_lane) == (Reason.BUSY, False, False)
    return failed.value.retry_after or 0.0


async def test_a_window_holds_what_its_tier_allows(paces: Paces, clock: DrivenClock) -> None:
    """Fifty at once, the next ones when the first are a minute old; workspaces and methods are apart."""
    for _ in range(50):
        paces.take("T1", "chat.update")
    assert refused(paces, "chat.update") >= WINDOW
    paces.take("T2", "chat.update")
    paces.take("T1", "chat.delete")
    await clock.advance(WINDOW)
    for _ in range(50):
        paces.take("T1", "chat.update")
    refused(paces, "chat.update")


async def test_an_unknown_method_gets_the_lowest_tier(paces: Paces) -> None:
    for _ in range(20):
        paces.take("T1", "pins.add")
    refused(paces, "pins.add")


async def test_everybody_who_is_refused_gets_a_moment_of_their_own(paces: Paces, clock: DrivenClock) -> None:
    """Coming back when told, hardly anybody is refused twice."""
    for _ in range(50):
        paces.take("T1", "chat.update")
    begun = clock.now()
    moments = sorted(begun + refused(paces, "chat.update") for _ in range(200))
    assert len(set(moments)) == 200
    for moment in moments:
        await clock.advance(max(0.0, moment - clock.now()))
        paces.take("T1", "chat.update")


async def test_no_promise_is_later_than_a_quarter_of_an_hour(paces: Paces) -> None:
    paces.take("T1", "conversations.history", 1)
    assert max(refused(paces, "conversations.history", 1) for _ in range(100)) <= LONGEST_PROMISE


async def test_waiting_takes_turns(paces: Paces, clock: DrivenClock) -> None:
    """Those who wait go one after another, each as soon as it may."""
    for _ in range(20):
        await paces.wait("T1", "users.list", 0)
    waiting = [asyncio.create_task(paces.wait("T1", "users.list", 70)) for _ in range(20)]
    await asyncio.sleep(0)
    await clock.advance(WINDOW - 1)
    assert not any(task.done() for task in waiting)
    await clock.advance(1)
    assert await asyncio.gather(*waiting) == [pytest.approx(WINDOW)] * 20


async def test_who_cannot_wait_so_long_is_told_how_long(paces: Paces) -> None:
    for _ in range(20):
        await paces.wait("T1", "users.list", 0)
    with pytest.raises(SendFailed) as failed:
        await paces.wait("T1", "users.list", 20)
    assert failed.value.retry_after == pytest.approx(WINDOW)


async def test_slacks_own_refusal_closes_the_window(paces: Paces, clock: DrivenClock) -> None:
    paces.close("T1", "users.info", 30)
    assert refused(paces, "users.info") >= 30
    await clock.advance(31)
    paces.take("T1", "users.info")
