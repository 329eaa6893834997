"""Socket Mode: Slack is called instead of calling, for places without a public address (Slack: "Using Socket Mode")."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.clients import QUIET

log = structlog.get_logger("chatcourse.slack")

CLOSE_SECONDS = 3.0
SOCKET = logging.getLogger("chatcourse.slack.socket")
SOCKET.setLevel(logging.CRITICAL)  # it logs addresses that hold a ticket


class Socket:
    """A connection that is made, kept and renewed in the background. To be used inside a running loop."""

    def __init__(self, bolt: AsyncApp, app_token: str, api_url: str, session: aiohttp.ClientSession) -> None:
        client = AsyncWebClient(base_url=api_url, session=session, retry_handlers=[], logger=QUIET)
        self._handler = AsyncSocketModeHandler(bolt, app_token, logger=SOCKET, web_client=client)
        self._opening: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to connect. Slack not answering stops nothing: the connection is tried again until it is there."""
        self._opening = asyncio.get_running_loop().create_task(self._open(), name="socket")

    async def close(self) -> None:
        """Take nothing more."""
        self._handler.client.closed = True
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        with suppress(Exception):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._handler.close_async()  # type: ignore[no-untyped-call] # untyped in slack_bolt

    async def _open(self) -> None:
        try:
            await self._handler.connect_async()  # type: ignore[no-untyped-call] # untyped in slack_bolt
        except Exception as error:
            log.error("slack_socket_not_open", error=type(error).__name__)
        else:
            log.info("slack_socket_open")
