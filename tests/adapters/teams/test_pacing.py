"""Teams' ceilings, per conversation and per tenant, are kept in front of every call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from adapters.teams import pacing
from adapters.teams.pacing import BURST, Paces
from bot.errors import SendFailed
from bot.model.delivery import Reason
from tests.local_teams.limits import SEND


class Time:
    """Stands still until somebody waits."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.sent: list[float] = []

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


def paces(time: Time, per_second: float = 1000.0) -> Paces:
    return Paces(per_second, time.now, time.sleep)


async def busy(call: Callable[[], object]) -> SendFailed:
    with pytest.raises(SendFailed) as failed:
        await call()  # type: ignore[misc]
    assert (failed.value.reason, failed.value.permanent) == (Reason.BUSY, False)
    return failed.value


async def test_a_conversation_never_gets_more_than_teams_allows() -> None:
    """In none of the windows, however long somebody goes on."""
    time = Time()
    kept, sent = paces(time), []
    for _ in range(2_000):
        await kept.message("t", "a:1", patience=4_000)
        sent.append(time.at)
    for seconds, most in SEND:
        worst = max(sum(1 for at in sent[i : i + most + 1] if at < sent[i] + seconds) for i in range(len(sent)))
        assert worst <= most


async def test_conversations_do_not_wait_for_each_other() -> None:
    """One that has had its share leaves the others free."""
    time = Time()
    kept = paces(time)
    for _ in range(7):
        await kept.message("t", "a:1")
    before = time.at
    await kept.message("t", "a:2")
    assert time.at - before < 0.01
    error = await busy(lambda: kept.message("t", "a:1", patience=0.5))
    assert 0.5 < (error.retry_after or 0) <= 1.25
    assert not error.whole_lane


async def test_a_tenant_gets_so_much_a_second_and_no_more() -> None:
    """Messages and look-ups together stay below Teams' fifty, from the first second on; another tenant is another."""
    time = Time()
    kept, calls = paces(time, 40), []
    for number in range(400):
        await (kept.message("t", f"a:{number}") if number % 2 else kept.call("t"))
        calls.append(time.at)
    assert max(sum(1 for at in calls[i:] if at < calls[i] + 1) for i in range(len(calls))) < 50
    assert 400 / (calls[-1] - calls[0]) > 40
    before = time.at
    await kept.call("other")
    assert time.at == before


async def test_who_would_wait_too_long_is_told_how_long_and_takes_no_place() -> None:
    """Being refused a thousand times does not push the moment away."""
    time = Time()
    kept = paces(time, 1)
    for number in range(BURST):
        await kept.message("t", f"a:{number}")
    waits = {(await busy(lambda: kept.call("t", patience=0.1))).retry_after for _ in range(1_000)}
    assert len(waits) == 1
    await kept.call("t", patience=1.0)


async def test_a_refusal_closes_the_conversation() -> None:
    """For as long as Teams said, or for a moment when it did not."""
    time = Time()
    kept = paces(time)
    told = kept.refused("t", "a:1", 30)
    assert (told.reason, told.retry_after, told.whole_lane) == (Reason.BUSY, 30, False)
    assert ((await busy(lambda: kept.message("t", "a:1"))).retry_after or 0) == pytest.approx(30)
    await kept.message("t", "a:2")
    assert kept.refused("t", "a:3", None).retry_after == pacing.BUSY_SECONDS
    time.at += 30
    await kept.message("t", "a:1")


async def test_several_refused_conversations_close_the_tenant() -> None:
    """Only together: the same one three times is one that has had too much."""
    time = Time()
    kept = paces(time)
    assert not any(kept.refused("t", "a:1", 1).whole_lane for _ in range(3))
    assert not kept.refused("t", "a:2", 1).whole_lane
    time.at += pacing.AT_ABOUT_THE_SAME_TIME + 1
    assert not kept.refused("t", "a:3", 1).whole_lane
    assert not kept.refused("t", "a:4", 1).whole_lane
    assert kept.refused("t", "a:5", 60).whole_lane
    assert (await busy(lambda: kept.message("t", "a:9"))).whole_lane
    await kept.message("other", "a:9")


async def test_quiet_conversations_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of a process stays small, and those in use keep their count."""
    monkeypatch.setattr(pacing, "REMEMBERED", 100)
    time = Time()
    kept = paces(time, 1e6)
    for number in range(90):
        await kept.message("t", f"old:{number}")
    time.at += 4_000
    for _ in range(7):
        await kept.message("t", "a:1")
    for number in range(30):
        await kept.message("t", f"new:{number}")
    assert len(kept._windows) <= 100
    await busy(lambda: kept.message("t", "a:1", patience=0))


async def test_those_who_wait_together_are_spaced() -> None:
    """Everybody gets a place of their own, also when all ask at the same moment."""
    time, woken = Time(), list[float]()

    async def sleep(seconds: float) -> None:
        woken.append(seconds)

    kept = Paces(10, time.now, sleep)
    await asyncio.gather(*(kept.call("t") for _ in range(BURST + 4)))
    assert woken == sorted(set(woken))
    assert len(woken) == 4
