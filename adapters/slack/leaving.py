"""The app was uninstalled, or its tokens revoked.

Slack says so with events that may come late, twice or in any order, also after somebody has installed the app anew.
So the token itself is asked: only when Slack refuses it is the installation closed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp
import structlog

from adapters.slack.exchange import SLACK_API, WAITS, NoAnswer, Refusal, identity_of, quiet_client, steadily
from adapters.slack.installations import Installation, Installations

log = structlog.get_logger("chatcourse.slack")


@dataclass(frozen=True, slots=True)
class Left:
    """A workspace that signed out. `why` is `app_uninstalled` or `tokens_revoked`; `installed_by` the ref of the
    person who had installed the app, empty when unknown."""

    workspace: str
    name: str
    why: str
    installed_by: str


async def _nobody(_left: Left) -> None:
    """Nobody wants to know."""


class Leaving:
    """`told` is called once per workspace that left, after its tokens are gone: to tell admins elsewhere."""

    def __init__(
        self,
        installations: Installations,
        session: aiohttp.ClientSession,
        api_url: str = SLACK_API,
        told: Callable[[Left], Awaitable[None]] = _nobody,
        *,
        waits: Sequence[float] = WAITS,
    ) -> None:
        self._installations, self._session, self._api_url = installations, session, api_url
        self._told, self._waits = told, waits

    async def uninstalled(self, workspace: str) -> bool:
        """For the event app_uninstalled. Returns whether the workspace is now signed out because of it."""
        return await self._leave(workspace, "app_uninstalled")

    async def tokens_revoked(self, workspace: str, bots: Sequence[str]) -> bool:
        """For the event tokens_revoked; `bots` are the bot users it names. Without any it concerns tokens of people,
        which we never have."""
        return bool(bots) and await self._leave(workspace, "tokens_revoked")

    async def _leave(self, workspace: str, why: str) -> bool:
        found = next((each for each in await self._installations.all() if each.workspace == workspace), None)
        if found is None or not found.open or await self._still_works(found):
            return False
        if not await self._installations.close(workspace, why):
            return False
        log.info("slack_signed_out", workspace=workspace, why=why)
        await self._told(Left(workspace, found.name, why, found.installed_by))
        return True

    async def _still_works(self, installation: Installation) -> bool:
        """Whether Slack takes the token. When Slack does not answer: yes, because calls with a token that is dead are
        refused anyway, and a token that was thrown away does not come back."""
        if not installation.token:
            return False
        client = quiet_client(self._session, self._api_url, installation.token)
        try:
            await steadily(lambda: identity_of(client), self._waits)
        except Refusal:
            return False
        except NoAnswer as failure:
            log.warning("slack_sign_out_not_verified", workspace=installation.workspace, code=failure.code)
        return True
