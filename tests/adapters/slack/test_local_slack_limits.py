"""Rate limits and faults: on a clock that is driven, so that no test waits."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.local_slack import App, DrivenClock, faults
from tests.local_slack.echo import World, bare

METADATA = {"event_type": "course_delivery", "event_payload": {"k": "key-1"}}


async def wait_of(call: Any) -> int:
    """The Retry-After of a call that must be refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    response = caught.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    return int(response.headers["Retry-After"])


async def test_a_tier_lets_its_number_through_each_minute() -> None:
    """Tier 2 takes twenty calls in a minute, tells how long to wait, and takes more afterwards."""
    clock = DrivenClock()
    async with bare(clock=clock) as world:
        world.slack.limits.like_slack()
        for _ in range(20):
            await world.client.usergroups_list()
        assert await wait_of(world.client.usergroups_list()) == 60
        await clock.advance(30)
        assert await wait_of(world.client.usergroups_list()) == 30
        assert world.slack.limits.impatient["usergroups.list"] == 1
        await world.client.conversations_list()
        await clock.advance(30)
        await world.client.usergroups_list()


async def test_a_channel_takes_a_message_a_second_after_a_small_burst() -> None:
    """Three at once, then one a second; another channel is not affected once the method is open again."""
    clock = DrivenClock()
    async with bare(clock=clock) as world:
        world.slack.limits.like_slack()
        ben, amelie = world.acme.user("Ben Carter"), world.acme.user("Amélie Tremblay")
        for _ in range(3):
            await world.client.chat_postMessage(channel=ben.id, text="x")
        assert await wait_of(world.client.chat_postMessage(channel=ben.id, text="x")) == 1
        assert await wait_of(world.client.chat_postMessage(channel=amelie.id, text="x")) == 1
        await clock.advance(1)
        await world.client.chat_postMessage(channel=amelie.id, text="x")
        await world.client.chat_postMessage(channel=ben.id, text="x")
        assert len(world.slack.ledger.entries) == 5


async def test_a_workspace_has_a_ceiling() -> None:
    """Above so many messages a minute, whatever the channel, posting is closed."""
    clock = DrivenClock()
    async with bare(clock=clock) as world:
        world.slack.limits.ceiling = 5
        for number in range(5):
            await world.client.chat_postMessage(channel=world.acme.user(f"P{number}").id, text="x")
        assert await wait_of(world.client.chat_postMessage(channel=world.acme.user("Last").id, text="x")) == 60


async def test_apps_outside_the_marketplace_read_history_once_a_minute() -> None:
    """One call a minute and 15 messages, whatever was asked for."""
    clock = DrivenClock()
    async with bare(App(distribution="distributed"), clock=clock) as world:
        ben = world.acme.user("Ben Carter")
        for number in range(20):
            await world.client.chat_postMessage(channel=ben.id, text=str(number))
        page = await world.client.conversations_history(channel=ben.direct().id, limit=100)
        assert len(page["messages"]) == 15
        assert page["messages"][0]["text"] == "19"
        assert await wait_of(world.client.conversations_history(channel=ben.direct().id)) == 60
        await clock.advance(60)
        await world.client.conversations_history(channel=ben.direct().id)


async def test_a_cut_connection_may_leave_a_message_behind() -> None:
    """Cut before: nothing stands. Cut after: the message stands, and the sender does not know."""
    async with bare() as world:
        ben = world.acme.user("Ben Carter")
        for fault, standing in ((faults.CUT_BEFORE, 0), (faults.CUT_AFTER, 1), (faults.BROKEN_AFTER, 2)):
            world.slack.faults.on("chat.postMessage", fault, key="key-1")
            with pytest.raises((aiohttp.ClientError, SlackApiError)):
                await world.client.chat_postMessage(channel=ben.id, text="x", metadata=METADATA)
            assert len(world.slack.ledger.live("key-1")) == standing


async def test_a_default_client_posts_twice_when_it_is_cut_off() -> None:
    """The trap this fault is for: the SDK's own retry repeats a POST that had been accepted."""
    async with bare() as world:
        ben = world.acme.user("Ben Carter")
        hasty = type(world.client)(world.token, base_url=world.slack.api_url, session=world.session)
        world.slack.faults.on("chat.postMessage", faults.CUT_AFTER)
        await hasty.chat_postMessage(channel=ben.id, text="x", metadata=METADATA)
        assert world.slack.ledger.doubled == ["key-1"]


async def test_the_other_faults_look_like_slacks() -> None:
    """429 with Retry-After, 503 with HTML, fatal_error, and an answer that never comes."""
    async with bare() as world:
        ben, order = world.acme.user("Ben Carter"), world.slack.faults.on
        order("chat.postMessage", faults.Fault("ratelimited", seconds=7))
        assert await wait_of(world.client.chat_postMessage(channel=ben.id, text="x")) == 7
        assert await wait_of(world.client.chat_postMessage(channel=ben.id, text="x")) == 7
        order("users.info", faults.BROKEN)
        with pytest.raises(SlackApiError) as caught:
            await world.client.users_info(user=ben.id)
        assert (caught.value.response.status_code, caught.value.response.data) == (503, {})
        order("users.info", faults.FATAL)
        with pytest.raises(SlackApiError, match="fatal_error"):
            await world.client.users_info(user=ben.id)
        order("users.info", faults.HALF_OPEN)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(world.client.users_info(user=ben.id), 0.1)
        await world.client.users_info(user=ben.id)


async def test_chance_repeats_itself_with_its_seed() -> None:
    """The same seed strikes the same calls."""

    async def run(seed: int) -> list[bool]:
        async with bare(seed=seed) as world:
            world.slack.faults.chance("auth.test", faults.FATAL, 0.5)
            return [await _works(world) for _ in range(20)]

    first, second, other = await run(1), await run(1), await run(2)
    assert first == second
    assert first != other


async def _works(world: World) -> bool:
    try:
        await world.client.auth_test()
    except SlackApiError:
        return False
    return True
