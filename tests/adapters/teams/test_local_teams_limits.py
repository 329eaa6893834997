"""The local Teams has the limits of the real one, on a clock that is moved by hand."""

from __future__ import annotations

import pytest

from tests.local_slack.clock import DrivenClock
from tests.local_teams.limits import Limits
from tests.local_teams.probe import card as a_card
from tests.local_teams.probe import carrying, probing, saying


def limits() -> tuple[Limits, DrivenClock]:
    clock = DrivenClock(moment=1_000.0)
    made = Limits(clock)
    made.like_teams()
    return made, clock


@pytest.mark.parametrize(("kind", "allowed"), [("send", 7), ("read", 14)])
async def test_a_conversation_has_a_second(kind: str, allowed: int) -> None:
    """Seven messages or fourteen look-ups, then a wait; another conversation is not concerned."""
    made, clock = limits()
    assert [made.ask(kind, "a:1", "t") for _ in range(allowed)] == [0] * allowed
    assert made.ask(kind, "a:1", "t") == 1
    assert made.ask(kind, "a:2", "t") == 0
    assert made.impatient.total() == 0
    made.ask(kind, "a:1", "t")
    assert made.impatient[kind] == 1
    await clock.advance(1.0)
    assert made.ask(kind, "a:1", "t") == 0


async def test_longer_windows_count_too() -> None:
    """Eight messages in two seconds, sixty in half a minute."""
    made, clock = limits()
    sent = 0
    while clock.now() < 1_029:
        sent += made.ask("send", "a:1", "t") == 0
        await clock.advance(0.25)
    assert sent == 60
    assert made.ask("send", "a:1", "t") >= 1


async def test_a_tenant_has_fifty_a_second() -> None:
    """Over all conversations, look-ups included."""
    made, clock = limits()
    assert [made.ask("send", f"a:{number}", "t") for number in range(50)] == [0] * 50
    assert made.ask("read", "a:99", "t") == 1
    assert made.ask("read", "a:99", "another tenant") == 0
    await clock.advance(1.0)
    assert made.ask("read", "a:99", "t") == 0


async def test_what_is_too_much_is_answered_with_a_wait() -> None:
    """429 with `Retry-After`; a message that will be split counts twice."""
    async with probing(clock=DrivenClock()) as probe:
        probe.teams.limits.like_teams()
        ben = probe.teams.tenant("Contoso").person("Ben Carter", installed=True)
        path = f"conversations/{ben.at().id}/activities"
        for _ in range(3):
            assert (await probe.calls("POST", path, carrying(a_card()) | saying("Both")))[0] == 202
        assert (await probe.calls("POST", path, saying("One")))[0] == 201
        status, body, headers = await probe.calls("POST", path, saying("Too many"))
        assert (status, body["error"]["code"], headers["Retry-After"]) == (429, "Throttled", "1")
        assert len(ben.messages()) == 7
