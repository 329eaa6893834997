"""Home tabs: published when they are opened, true after that, and never more often than it takes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from adapters.slack.home import HomeTabs
from bot.errors import SendFailed, SendUnknown
from bot.messages.blocks import Reply
from bot.model.delivery import Reason
from bot.model.people import Address
from tests.adapters.slack.inbound_stage import OpenTabs, a_door, saying
from tests.local_slack.faults import BROKEN

BEN = Address("slack", "T1", "U1")


def now() -> datetime:
    return datetime(2026, 12, 1, tzinfo=UTC)


class Shown:
    """Where tabs are published. `troubles` come first; with `hold` closed a call waits for it to be opened."""

    def __init__(self, *troubles: Exception) -> None:
        self.calls: list[Address] = []
        self.troubles = list(troubles)
        self.hold = asyncio.Event()
        self.begun = asyncio.Event()
        self.hold.set()

    async def publish(self, who: Address) -> None:
        self.calls.append(who)
        self.begun.set()
        await self.hold.wait()
        if self.troubles:
            raise self.troubles.pop(0)


def tabs(shown: Shown, store: OpenTabs | None = None) -> HomeTabs:
    return HomeTabs(store or OpenTabs({("T1", "U1")}), now, shown.publish, 0.0)


async def test_an_opened_tab_is_published_and_remembered() -> None:
    """At once, by the acknowledgement of the event at the latest."""
    async with a_door() as door:
        delivery = await door.ben.opens_home()
        assert delivery
        assert delivery.ok
        await door.idle()
        assert door.ben.home is not None
        assert door.ben.home.texts() == ["Your home"]
        assert door.tabs.open == {(door.workspace, door.ben.id)}
        door.fine()


async def test_the_messages_tab_is_none_of_this() -> None:
    """Slack tells of it with the same event."""
    async with a_door() as door:
        await door.ben.opens_home("messages")
        await door.idle()
        assert door.ben.home is None


async def test_after_an_act_the_tab_is_true_again() -> None:
    """For whoever ever opened it; for nobody else is anything published."""
    async with a_door() as door:
        await door.ben.opens_home()
        await door.idle()
        door.engine.card = saying("One lesson done")
        await door.ben.dm("done")
        await door.acme.user("Zoé Lavoie").dm("done")
        await door.idle()
        await door.inbound.homes.idle()
        assert door.ben.home is not None
        assert door.ben.home.texts() == ["One lesson done"]
        assert door.slack.count("views.publish") == 2


async def test_after_a_sent_message_the_tab_is_true_again() -> None:
    """Whoever puts the parts together says so with `changed`."""
    async with a_door() as door:
        await door.ben.opens_home()
        await door.idle()
        door.engine.card = saying("A lesson came")
        door.inbound.changed(door.me)
        door.inbound.changed(Address("slack", door.workspace, "C0ROOM"))
        await door.inbound.homes.idle()
        assert door.ben.home is not None
        assert door.ben.home.texts() == ["A lesson came"]
        assert door.slack.count("views.publish") == 2


async def test_many_changes_are_one_tab() -> None:
    """The newest."""
    shown = Shown()
    homes = tabs(shown)
    for _ in range(20):
        homes.changed(BEN)
    await homes.idle()
    assert shown.calls == [BEN]


async def test_what_changes_while_a_tab_is_published_is_published_too() -> None:
    """Else the tab would stay behind."""
    shown = Shown()
    homes = tabs(shown)
    shown.hold.clear()
    homes.changed(BEN)
    await shown.begun.wait()
    homes.changed(BEN)
    homes.changed(BEN)
    shown.hold.set()
    await homes.idle()
    assert shown.calls == [BEN, BEN]


async def test_a_tab_that_finds_no_room_is_published_later() -> None:
    """Slack allows a hundred a minute."""
    shown = Shown(SendFailed(Reason.BUSY, permanent=False, retry_after=0.01))
    homes = tabs(shown)
    homes.changed(BEN)
    await homes.idle()
    assert shown.calls == [BEN, BEN]


async def test_a_tab_that_cannot_be_shown_is_given_up_until_the_next_change() -> None:
    """Whatever the reason: a tab of a moment ago is no loss."""
    for trouble in (SendFailed(Reason.GONE, permanent=True), SendUnknown("cut"), RuntimeError("ours")):
        shown = Shown(trouble)
        homes = tabs(shown)
        homes.changed(BEN)
        await homes.idle()
        assert shown.calls == [BEN]
        homes.changed(BEN)
        await homes.idle()
        assert shown.calls == [BEN, BEN]


async def test_tabs_that_another_process_opened_are_kept_true_as_well() -> None:
    """That somebody's is not open is not remembered."""
    shown, store = Shown(), OpenTabs()
    homes = tabs(shown, store)
    homes.changed(BEN)
    await homes.idle()
    assert shown.calls == []
    await store.opened("T1", "U1", now())
    homes.changed(BEN)
    await homes.idle()
    assert shown.calls == [BEN]


async def test_after_the_end_nothing_is_published() -> None:
    """What was waiting is dropped, what comes is not begun."""
    shown = Shown()
    homes = HomeTabs(OpenTabs({("T1", "U1")}), now, shown.publish, 3600.0)
    homes.changed(BEN)
    await homes.close()
    homes.changed(BEN)
    await homes.idle()
    assert shown.calls == []


async def test_a_tab_that_slack_refuses_harms_nobody() -> None:
    """The event is acknowledged, the person acts on."""
    async with a_door() as door:
        door.slack.faults.on("views.publish", BROKEN)
        delivery = await door.ben.opens_home()
        assert delivery
        assert delivery.ok
        door.engine.reply = Reply(say=saying("Hello"))
        await door.ben.slash("/course", "next")
        assert door.ben.ephemerals()[-1].text == "Hello"
        door.fine()


async def test_a_broken_home_is_no_error_to_slack() -> None:
    """The engine may fail there as well."""
    async with a_door() as door:
        door.engine.broken = True
        delivery = await door.ben.opens_home()
        assert delivery
        assert delivery.ok
        await door.idle()
        assert door.ben.home is None
