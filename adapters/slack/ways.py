"""Ways to show something in Slack: a response_url, a message, an ephemeral one, a modal. Each says whether it worked.

What Slack refuses is logged by its reason; it undoes nothing that was stored.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.proxy_env_variable_loader import load_http_proxy_from_env

from adapters.slack.clients import QUIET, SLACK_API
from adapters.slack.platform import SlackPlatform
from bot.errors import SendFailed, Trouble
from bot.messages.blocks import Message
from bot.model.people import Address

Json = dict[str, Any]
log = structlog.get_logger("chatcourse.slack")

HOOKS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
"""Where response_urls lead. An address from a request is never posted to unless it is one of these."""
SECONDS = aiohttp.ClientTimeout(total=5.0)
OPEN_PATIENCE = 0.8
"""Seconds to wait for Slack's limits: a trigger lives three, of which the engine may have used two."""
UPDATE_PATIENCE = 5.0
_LATE = ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id")


class Ways:
    """`session` posts to response_urls, without any retries: an answer must not come twice."""

    def __init__(self, platform: SlackPlatform, session: aiohttp.ClientSession, api_url: str = SLACK_API) -> None:
        self.platform, self._session = platform, session
        own = urlsplit(api_url)
        self._own = (own.scheme, own.netloc)
        self._proxy = load_http_proxy_from_env(QUIET)

    async def respond(self, url: str, body: Json) -> bool:
        """Post to a response_url, once; false when nothing was shown (used up, expired, no such address). A cut in the
        middle counts as shown: what was shown twice would be worse."""
        if not self._allowed(url):
            return False
        try:
            async with self._session.post(
                url, json=body, timeout=SECONDS, allow_redirects=False, proxy=self._proxy
            ) as response:
                return response.status == 200
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return False
        except (aiohttp.ClientError, OSError):
            return not body.get("replace_original")  # showing the same once more in its place is harmless

    async def post(self, to: Address, message: Message, thread: str = "") -> bool:
        return await self.tried(self.platform.say(to, message, thread or None))

    async def whisper(self, room: Address, who: Address, message: Message) -> bool:
        return await self.tried(self.platform.ephemeral(room, who, message))

    async def open(self, workspace: str, trigger: str, view: Json) -> bool:
        """A new modal; false where the trigger came too late, or Slack has no room for it now."""
        if not trigger:
            return False
        args = {"trigger_id": trigger, "view": view}
        return await self._view(workspace, "views.open", args, _LATE, OPEN_PATIENCE) == ""

    async def turn(self, workspace: str, shown: Mapping[str, Any], view: Json) -> bool:
        """Another content for an open modal; false where it was closed. The newest answer counts: what changed
        meanwhile is overwritten."""
        args: Json = {"view_id": str(shown.get("id", "")), "view": view}
        if shown.get("hash"):
            fine = ("not_found", "hash_conflict")
            code = await self._view(workspace, "views.update", {**args, "hash": shown["hash"]}, fine, UPDATE_PATIENCE)
            if code != "hash_conflict":
                return code == ""
        return await self._view(workspace, "views.update", args, ("not_found",), UPDATE_PATIENCE) == ""

    async def tried(self, call: Awaitable[object]) -> bool:
        """Make a call; false when Slack refused it."""
        try:
            await call
        except Trouble as trouble:
            note(trouble)
            return False
        return True

    async def _view(self, workspace: str, method: str, args: Json, fine: tuple[str, ...], patience: float) -> str:
        """Slack's error code, empty when it worked."""
        try:
            answer = await self.platform.calls.patiently(workspace, method, args, fine, patience)
        except Trouble as trouble:
            note(trouble)
            return "trouble"
        return "" if answer.get("ok") else str(answer.get("error"))

    def _allowed(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        return (parts.scheme == "https" and parts.netloc in HOOKS) or (parts.scheme, parts.netloc) == self._own


def note(trouble: Trouble) -> None:
    """A line in the log, without any words of people."""
    reason = str(trouble.reason) if isinstance(trouble, SendFailed) else "unknown"
    log.warning("slack_not_shown", reason=reason)
