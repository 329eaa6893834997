"""Tokens that live twelve hours are renewed before they end.

A refresh token works once. So one process at a time refreshes the tokens of a workspace: it claims them in the
database for a minute, and what it gets is stored only while the claimed tokens are still the ones there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from adapters.slack.exchange import Exchange, NoAnswer, Refusal
from adapters.slack.sealing import Sealer, Unreadable

EARLY = timedelta(hours=2)
"""How long before its end the chore renews a token: with a chore every few minutes, many tries are left."""
CLAIM = timedelta(minutes=1)
"""How long one process has a refresh for itself; longer than any call."""

log = structlog.get_logger("chatcourse.slack")


class TokenRow(Protocol):
    """An installation as it is stored."""

    @property
    def workspace(self) -> str: ...
    @property
    def sealed(self) -> str | None: ...
    @property
    def expires_at(self) -> datetime | None: ...


class TokenRows(Protocol):
    """Where installations are stored. Each call is one transaction."""

    async def row(self, workspace: str) -> TokenRow | None: ...
    async def rows(self) -> Sequence[TokenRow]: ...
    async def claim(self, workspace: str, sealed: str, now: datetime, until: datetime) -> bool:
        """Have the refresh of these tokens for oneself; false when another process has it."""
        ...

    async def refreshed(self, workspace: str, before: str, sealed: str, expires_at: datetime | None) -> bool:
        """Replace the tokens, given that they are still those of `before`; ends the claim."""
        ...

    async def not_refreshed(self, workspace: str, sealed: str, trouble: str) -> None:
        """Note why it failed; ends the claim."""
        ...


class Rotation:
    def __init__(self, rows: TokenRows, sealer: Sealer, exchange: Exchange) -> None:
        self._rows, self._sealer, self._exchange = rows, sealer, exchange

    async def rotate(self, now: datetime) -> Sequence[str]:
        """Renew what ends within two hours; returns the workspaces whose tokens are new."""
        due = [row.workspace for row in await self._rows.rows() if ends_within(row.expires_at, now, EARLY)]
        return [workspace for workspace in due if await self.refresh(workspace, now)]

    async def refresh(self, workspace: str, now: datetime, early: timedelta = EARLY) -> bool:
        """Renew the tokens of one workspace if they end within `early`. False when they are as they were: another
        process is at it, or Slack refused. A refusal stays with the installation as its `trouble`."""
        row = await self._rows.row(workspace)
        if row is None or row.sealed is None or not ends_within(row.expires_at, now, early):
            return False
        if not await self._rows.claim(workspace, row.sealed, now, now + CLAIM):
            return False
        try:
            _, refresh_token = self._sealer.open(workspace, row.sealed)
            granted = await self._exchange.refresh(refresh_token)
        except (Refusal, NoAnswer) as failure:
            log.warning("slack_token_not_renewed", workspace=workspace, code=failure.code)
            await self._rows.not_refreshed(workspace, row.sealed, failure.code)
            return False
        except Unreadable:
            log.error("slack_token_unreadable", workspace=workspace)
            await self._rows.not_refreshed(workspace, row.sealed, "unreadable")
            return False
        sealed = self._sealer.seal(workspace, granted.token, granted.refresh_token or refresh_token)
        ends = None if granted.expires_in is None else now + timedelta(seconds=granted.expires_in)
        stored = await self._rows.refreshed(workspace, row.sealed, sealed, ends)
        log.info("slack_token_renewed", workspace=workspace, stored=stored)
        return stored


def ends_within(expires_at: datetime | None, now: datetime, span: timedelta) -> bool:
    """Whether a token that ends then has no more than `span` left; tokens that last have."""
    return expires_at is not None and expires_at - now <= span
