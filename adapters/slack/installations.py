"""Where the app is installed, and with which tokens.

One workspace: `FixedInstallation` holds SLACK_BOT_TOKEN and asks Slack once whose it is. Many: `StoredInstallations`
keeps what the install page got, tokens sealed. A person's or a room's address names the installation as its workspace:
`T…`, or `E…` where an organisation installed once for all its workspaces.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import aiohttp
import structlog

from adapters.slack.exchange import (
    SLACK_API,
    WAITS,
    NoAnswer,
    Refusal,
    identity_of,
    quiet_client,
    steadily,
)
from adapters.slack.rotation import Rotation, TokenRow, TokenRows, ends_within
from adapters.slack.sealing import Sealer, Unreadable
from bot.errors import SendFailed
from bot.model.delivery import Reason
from bot.ports import Clock

log = structlog.get_logger("chatcourse.slack")

KEEP = 30.0
"""Seconds an installation is remembered: as long as another process may not know that it changed."""
REST = 20.0
"""Seconds before a token that Slack refused, or about which it could not be asked, is asked about again."""
FOR_GOOD = frozenset({"invalid_refresh_token", "invalid_grant_type", "token_revoked", "account_inactive", "unreadable"})
"""Why tokens could not be renewed, and never will be: somebody must install again."""
AT_ONCE = timedelta(minutes=1)
"""A token with less left is renewed before it is used."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in a workspace (`T…`) or, `org_wide`, in an organisation (`E…`).

    `installed_by` is the ref of the person who did it, empty when unknown. `expires_at` is None for tokens that last.
    Not `open`: uninstalled or signed out; its tokens are gone. `distributed`: sold outside Slack's marketplace, so
    that history may be read once a minute only. `trouble` is why the tokens could not be renewed or read, in a word.
    """

    workspace: str
    name: str
    token: str = field(repr=False)
    bot_user: str
    bot_id: str
    app_id: str
    scopes: frozenset[str]
    org_wide: bool = False
    team_domain: str = ""
    installed_by: str = ""
    refresh_token: str = field(default="", repr=False)
    expires_at: datetime | None = None
    open: bool = True
    distributed: bool = False
    trouble: str = ""


class Installations(Protocol):
    async def of(self, workspace: str) -> Installation | None:
        """The open installation of a workspace, with a token that is good now; cheap, because it is remembered.

        None when there is none or it is signed out. Raises SendFailed (not permanent, the whole lane) while that
        cannot be known or a token is just being renewed.
        """
        ...

    async def all(self) -> Sequence[Installation]:
        """Every installation, signed out ones included. Raises nothing about tokens: those show as `trouble`."""
        ...

    async def save(self, installation: Installation) -> None:
        """Keep it; installing again replaces."""
        ...

    async def close(self, workspace: str, reason: str) -> bool:
        """It was uninstalled, or its tokens revoked: the tokens are blanked, nothing else is lost. False when it was
        not open."""
        ...


def not_now(detail: str, seconds: float | None) -> SendFailed:
    """Whether a workspace can be spoken to is not known now."""
    return SendFailed(Reason.DOWN, permanent=False, retry_after=seconds or REST, whole_lane=True, detail=detail)


# --- one workspace ------------------------------------------------------------------------------------------------


class FixedInstallation:
    """The workspace of SLACK_BOT_TOKEN. Slack is asked whose token it is when that is first needed; an answer is kept,
    a failure for `REST` seconds. `monotonic` tells seconds; `waits` are those between the tries of one question."""

    def __init__(
        self,
        token: str,
        session: aiohttp.ClientSession,
        api_url: str = SLACK_API,
        *,
        app_id: str = "",
        distributed: bool = False,
        waits: Sequence[float] = WAITS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._token, self._app_id, self._distributed = token, app_id, distributed
        self._client = quiet_client(session, api_url, token)
        self._waits, self._monotonic = waits, monotonic
        self._known: Installation | None = None
        self._failed: tuple[float, Refusal | NoAnswer] | None = None
        self._asking = asyncio.Lock()

    async def of(self, workspace: str) -> Installation | None:
        try:
            known = await self._ask()
        except NoAnswer as failure:
            raise not_now(failure.code, failure.retry_after) from None
        except Refusal:
            return None
        return known if known.workspace == workspace else None

    async def all(self) -> Sequence[Installation]:
        try:
            return [await self._ask()]
        except (NoAnswer, Refusal):
            return []

    async def save(self, installation: Installation) -> None:
        """Nothing to keep: the token is a setting."""

    async def close(self, workspace: str, reason: str) -> bool:
        """The token no longer works; when Slack takes it again (the app was installed anew), so do we."""
        known = self._known
        if known is None or known.workspace != workspace:
            return False
        self._known, self._failed = None, (self._monotonic(), Refusal(reason))
        return True

    async def _ask(self) -> Installation:
        async with self._asking:
            if self._known is None:
                if self._failed is not None and self._monotonic() - self._failed[0] < REST:
                    raise self._failed[1]
                self._known = await self._found()
            return self._known

    async def _found(self) -> Installation:
        try:
            found = await steadily(lambda: identity_of(self._client), self._waits)
        except (Refusal, NoAnswer) as failure:
            log.warning("slack_token_refused", code=failure.code)
            self._failed = (self._monotonic(), failure)
            raise
        return Installation(
            workspace=found.workspace,
            name=found.name,
            token=self._token,
            bot_user=found.bot_user,
            bot_id=found.bot_id,
            app_id=self._app_id,
            scopes=found.scopes,
            org_wide=found.org_wide,
            team_domain=found.domain,
            distributed=self._distributed,
        )


# --- many workspaces ----------------------------------------------------------------------------------------------


class Row(TokenRow, Protocol):
    """An installation as it is stored; `scopes` are words with spaces between."""

    @property
    def name(self) -> str: ...
    @property
    def bot_user(self) -> str: ...
    @property
    def bot_id(self) -> str: ...
    @property
    def app_id(self) -> str: ...
    @property
    def scopes(self) -> str: ...
    @property
    def org_wide(self) -> bool: ...
    @property
    def distributed(self) -> bool: ...
    @property
    def team_domain(self) -> str: ...
    @property
    def installed_by(self) -> str: ...
    @property
    def trouble(self) -> str | None: ...


class Rows(TokenRows, Protocol):
    """Where installations are stored. Each call is one transaction."""

    async def row(self, workspace: str) -> Row | None: ...
    async def rows(self) -> Sequence[Row]: ...
    async def put(
        self,
        workspace: str,
        *,
        name: str,
        sealed: str,
        bot_user: str,
        bot_id: str,
        app_id: str,
        scopes: str,
        org_wide: bool,
        distributed: bool,
        team_domain: str,
        installed_by: str,
        expires_at: datetime | None,
        now: datetime,
    ) -> None: ...
    async def close(self, workspace: str, reason: str, now: datetime) -> bool: ...
    async def reseal(self, workspace: str, before: str, sealed: str) -> bool: ...


class StoredInstallations:
    """Installations in the database. Without `rotation` (no client secret is set) tokens are used until they end."""

    def __init__(
        self,
        rows: Rows,
        sealer: Sealer,
        clock: Clock,
        rotation: Rotation | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rows, self._sealer, self._clock, self._rotation = rows, sealer, clock, rotation
        self._monotonic = monotonic
        self._remembered: dict[str, tuple[float, Installation | None]] = {}
        self._resting: dict[str, float] = {}
        self._changes = 0
        self._looking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, workspace: str) -> Installation | None:
        found = self._recent(workspace)
        if found is not None and self._usable(found[0]):
            return found[0]
        async with self._looking[workspace]:
            found = self._recent(workspace)
            if found is None or not self._usable(found[0]):
                found = (await self._look(workspace),)
        self._looking.pop(workspace, None)
        return found[0]

    async def all(self) -> Sequence[Installation]:
        return [self._read(row) for row in await self._rows.rows()]

    async def save(self, installation: Installation) -> None:
        place = installation.workspace
        try:
            await self._rows.put(
                place,
                name=installation.name,
                sealed=self._sealer.seal(place, installation.token, installation.refresh_token),
                bot_user=installation.bot_user,
                bot_id=installation.bot_id,
                app_id=installation.app_id,
                scopes=" ".join(sorted(installation.scopes)),
                org_wide=installation.org_wide,
                distributed=installation.distributed,
                team_domain=installation.team_domain,
                installed_by=installation.installed_by,
                expires_at=installation.expires_at,
                now=self._clock(),
            )
        finally:
            self._changed(place)

    async def close(self, workspace: str, reason: str) -> bool:
        try:
            return await self._rows.close(workspace, reason, self._clock())
        finally:
            self._changed(workspace)

    async def rotate(self, now: datetime) -> int:
        """For a chore every few minutes: renew what ends within two hours. Returns how many workspaces have new
        tokens; failures are logged, and tried again the next time."""
        renewed = await self._rotation.rotate(now) if self._rotation else ()
        for workspace in renewed:
            self._changed(workspace)
        return len(renewed)

    async def reseal(self) -> int:
        """At start: bring everything that an older SECRET_KEY sealed under the newest. Returns how many it were."""
        count = 0
        for row in await self._rows.rows():
            if row.sealed is None or self._sealer.is_newest(row.sealed):
                continue
            try:
                tokens = self._sealer.open(row.workspace, row.sealed)
            except Unreadable:
                log.error("slack_token_unreadable", workspace=row.workspace)
                continue
            count += await self._rows.reseal(row.workspace, row.sealed, self._sealer.seal(row.workspace, *tokens))
        return count

    def _changed(self, workspace: str) -> None:
        """Whoever is reading it right now must not remember what it was."""
        self._changes += 1
        self._remembered.pop(workspace, None)
        self._resting.pop(workspace, None)

    def _recent(self, workspace: str) -> tuple[Installation | None] | None:
        kept = self._remembered.get(workspace)
        return (kept[1],) if kept is not None and self._monotonic() - kept[0] < KEEP else None

    def _usable(self, found: Installation | None) -> bool:
        return found is None or not ends_within(found.expires_at, self._clock(), AT_ONCE)

    async def _look(self, workspace: str) -> Installation | None:
        changes = self._changes
        found = await self._stored(workspace)
        if found is not None and not self._usable(found):
            found = await self._renewed(found)
        if changes == self._changes:
            self._remembered[workspace] = (self._monotonic(), found)
        return found

    async def _renewed(self, found: Installation) -> Installation | None:
        """The installation with a token that is good now. None when Slack will never give one again."""
        workspace, now = found.workspace, self._clock()
        if self._rotation is not None and self._monotonic() >= self._resting.get(workspace, 0.0):
            if not await self._rotation.refresh(workspace, now, AT_ONCE):
                self._resting[workspace] = self._monotonic() + REST
            again = await self._stored(workspace)
            if again is None:
                return None
            found = again
        if not ends_within(found.expires_at, now, timedelta(0)):
            return found
        log.warning("slack_token_expired", workspace=workspace, code=found.trouble)
        if self._rotation is None or found.trouble in FOR_GOOD:
            return None
        raise not_now("token_expired", REST)

    async def _stored(self, workspace: str) -> Installation | None:
        row = await self._rows.row(workspace)
        found = self._read(row) if row is not None else None
        return found if found is not None and found.open and found.token else None

    def _read(self, row: Row) -> Installation:
        known: dict[str, Any] = {
            "workspace": row.workspace,
            "name": row.name,
            "bot_user": row.bot_user,
            "bot_id": row.bot_id,
            "app_id": row.app_id,
            "scopes": frozenset(row.scopes.split()),
            "org_wide": row.org_wide,
            "team_domain": row.team_domain,
            "installed_by": row.installed_by,
            "expires_at": row.expires_at,
            "distributed": row.distributed,
            "trouble": row.trouble or "",
        }
        if row.sealed is None:
            return Installation(token="", open=False, **known)
        try:
            token, refresh_token = self._sealer.open(row.workspace, row.sealed)
        except Unreadable:
            log.error("slack_token_unreadable", workspace=row.workspace)
            return Installation(token="", **(known | {"trouble": "unreadable"}))
        return Installation(token=token, refresh_token=refresh_token, **known)
