"""Socket Mode with the real client: hello, envelopes, acknowledgements, renewal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from tests.local_slack import App
from tests.local_slack.echo import QUIET, World, bare, echo_listeners


@asynccontextmanager
async def connected() -> AsyncIterator[World]:
    async with bare(App(socket_mode=True)) as world:
        echo_listeners(world)
        handler = AsyncSocketModeHandler(world.bolt, world.slack.app.app_token, logger=QUIET, web_client=world.client)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await world.slack.sockets.connected()
        try:
            yield world
        finally:
            await world.slack.settle()
            await handler.close_async()  # type: ignore[no-untyped-call]


async def test_commands_and_messages_come_over_the_socket() -> None:
    """The answer rides in the acknowledgement; events are acknowledged too."""
    async with connected() as world:
        ben = world.acme.user("Ben Carter")
        assert (await ben.slash("/echo", "hello")).ok
        assert [each.text for each in ben.ephemerals()] == ["Echo: hello"]
        delivery = await ben.dm("hi")
        assert delivery
        assert delivery.ok
        await world.slack.until(lambda: ben.last().text == "You said: hi")
        assert world.slack.sockets.strange == []


async def test_forms_work_over_the_socket() -> None:
    """Errors and the next view come back in the acknowledgement."""
    async with connected() as world:
        ben = world.acme.user("Ben Carter")
        await ben.slash("/form")
        await world.slack.until(lambda: ben.modal)
        await ben.submit(None, {"Your name": "nobody"})
        assert ben.form.errors == {"Your name": "Nobody is taken."}


async def test_a_renewal_is_followed() -> None:
    """Slack asks for a new connection, the client makes it, and goes on working."""
    async with connected() as world:
        ben = world.acme.user("Ben Carter")
        await world.slack.sockets.refresh()
        assert world.slack.sockets.opened == 2
        assert (await ben.slash("/echo", "again")).ok


async def test_nobody_connected_is_a_failed_delivery() -> None:
    """Without a connection nothing can be delivered."""
    async with bare(App(socket_mode=True)) as world:
        delivery = await world.acme.user("Ben Carter").slash("/echo", "x")
        assert delivery.failure == "connection_failed"


async def test_connections_need_the_app_token_and_socket_mode() -> None:
    """A bot token opens no socket, and an app without Socket Mode has none."""
    async with bare() as world:
        with pytest.raises(SlackApiError, match="forbidden_team"):
            await world.client.apps_connections_open(app_token=world.slack.app.app_token)
        with pytest.raises(SlackApiError, match="not_allowed_token_type"):
            await world.client.apps_connections_open(app_token=world.token)
