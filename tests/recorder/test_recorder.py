"""The harness itself: the recorder remembers, misbehaves as told, and the checker sees what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SendFailed, SendUnknown
from bot.messages.blocks import Message, Title
from bot.model.course import Language
from bot.model.people import Address
from tests.recorder.ledger import Ledger, Row, compare, read_ledger
from tests.recorder.platform import RecorderPlatform
from tests.recorder.server import Faults, Recorder, serve

ANN = Address("recorder", "w", "ann")
HELLO = Message(Language.EN, "Hello", (Title("Hello"),))
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def a_recorder(**faults: float) -> AsyncIterator[tuple[Recorder, RecorderPlatform]]:
    recorder = Recorder(Ledger(), faults=Faults(usual_seconds=0, **faults))
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    ending = asyncio.Event()
    serving = asyncio.create_task(serve(recorder, ending.wait(), address.set_result))
    try:
        async with RecorderPlatform(await address, seconds=0.3) as platform:
            yield recorder, platform
    finally:
        ending.set()
        await serving


async def test_a_message_is_sent_found_shown_anew_and_withdrawn() -> None:
    async with a_recorder() as (recorder, platform):
        ref = await platform.send(ANN, HELLO, "e1/welcome")
        assert await platform.find(ANN, "e1/welcome", SINCE) == [ref]
        assert await platform.find(Address("recorder", "w", "ben"), "e1/welcome", SINCE) == []
        await platform.update(ref, HELLO)
        assert recorder.ledger.edits == {ref.ref: 1}
        await platform.withdraw(ref)
        await platform.withdraw(ref)
        assert await platform.find(ANN, "e1/welcome", SINCE) == []
        with pytest.raises(SendFailed):
            await platform.update(ref, HELLO)


@pytest.mark.parametrize(
    ("fault", "error", "accepted"),
    [
        ("cut", SendUnknown, 0),
        ("error_before", SendUnknown, 0),
        ("busy", SendFailed, 0),
        ("lost", SendUnknown, 1),
        ("error_after", SendUnknown, 1),
    ],
)
async def test_every_fault_is_one_post(fault: str, error: type[Exception], accepted: int) -> None:
    """The client never tries again by itself."""
    async with a_recorder(**{fault: 1.0}) as (recorder, platform):
        with pytest.raises(error):
            await platform.send(ANN, HELLO, "e1/welcome")
        assert recorder.figures["posts"] == 1
        assert len(recorder.ledger.keys) == accepted


async def test_busy_says_when_to_come_back() -> None:
    async with a_recorder(busy=1.0, retry_after=7) as (_, platform):
        with pytest.raises(SendFailed) as caught:
            await platform.send(ANN, HELLO, "e1/welcome")
        assert (caught.value.retry_after, caught.value.whole_lane, caught.value.permanent) == (7.0, True, False)


@pytest.mark.parametrize("fault", ["slow_before", "slow_after"])
async def test_a_slow_answer_is_cut_and_the_message_arrives(fault: str) -> None:
    async with a_recorder(**{fault: 1.0}, slow_seconds=1.0) as (recorder, platform):
        platform.seconds = 0.05
        with pytest.raises(SendUnknown):
            await platform.send(ANN, HELLO, "e1/welcome")
        async with asyncio.timeout(3):
            while not recorder.ledger.keys:  # noqa: ASYNC110 (the recorder tells nobody)
                await asyncio.sleep(0.01)


async def test_a_recorder_that_is_not_there_was_sent_nothing() -> None:
    async with RecorderPlatform("http://127.0.0.1:9", seconds=1) as platform:
        with pytest.raises(SendFailed) as caught:
            await platform.send(ANN, HELLO, "e1/welcome")
        assert not caught.value.permanent


def test_the_file_tells_the_same(tmp_path: Path) -> None:
    with (tmp_path / "ledger").open("a") as file:
        ledger = Ledger(file)
        first = ledger.accept("ann", "a")
        ledger.accept("ann", "a")
        ledger.withdraw(first)
        ledger.accept("ben", "b")
    again = read_ledger(tmp_path / "ledger")
    assert (again.live, again.ever) == (ledger.live, ledger.ever) == ({"a": ["m2"], "b": ["m3"]}, {"a": 2, "b": 1})


@pytest.mark.parametrize(
    ("row", "posts", "wrong"),
    [
        (Row("a", "sent", "m1"), 1, {}),
        (Row("a", "sent", "m1"), 0, {"lost": ["a"]}),
        (Row("a", "sent", "m1"), 2, {"doubled": ["a"]}),
        (Row("a", "sent", "m9"), 1, {"wrong_ref": ["a"]}),
        (Row("a", "sending", None), 1, {"wrong_ref": ["a"], "open": ["a"]}),
        (Row("a", "waived", None), 0, {"lost": ["a"], "open": ["a"]}),
        (Row("b", "sent", "m9"), 1, {"lost": ["b"], "strange": ["a"]}),
    ],
)
def test_the_checker_sees_it(row: Row, posts: int, wrong: dict[str, Any]) -> None:
    ledger = Ledger()
    for _ in range(posts):
        ledger.accept("ann", "a")
    found = compare(ledger, [row])
    names = ("lost", "doubled", "strange", "wrong_ref", "open")
    assert {name: getattr(found, name) for name in names if getattr(found, name)} == wrong
    assert found.clean == (not wrong)
