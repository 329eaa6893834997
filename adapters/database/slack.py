"""What the Slack adapter needs remembered: installations, installations under way, its inbox, open home tabs.

These fill sockets of `adapters/slack` (`Rows` in `installations.py`, `States` in `oauth.py`, `Inbox` in `inbox.py`,
`OpenHomes` in `home.py`) without knowing them. Every call is one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.metadata import among
from adapters.database.slack_tables import homes, installations, oauth_states, slack_inbox


class Connections(Protocol):
    """What `DatabaseStore` offers: a connection that may write, and one that only looks."""

    def begin(self) -> AbstractAsyncContextManager[AsyncConnection]: ...

    def look(self) -> AbstractAsyncContextManager[AsyncConnection]: ...


@dataclass(frozen=True, slots=True)
class SlackInstallationRow:
    """A workspace or an organisation. `sealed` is what only the holder of the secret key can read; None when it is
    signed out. `scopes` are words with spaces between."""

    workspace: str
    name: str
    sealed: str | None
    bot_user: str
    bot_id: str
    app_id: str
    scopes: str
    org_wide: bool
    distributed: bool
    team_domain: str
    installed_by: str
    installed_at: datetime
    expires_at: datetime | None
    trouble: str | None
    closed_because: str | None


@dataclass(frozen=True, slots=True)
class SlackInboxRow:
    """Something Slack told us that is not handled yet; `payload` is the text it came as."""

    event_id: str
    workspace: str
    kind: str
    payload: str
    received_at: datetime


_COLUMNS = [installations.c[name] for name in SlackInstallationRow.__slots__]


class SlackInstallations:
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def row(self, workspace: str) -> SlackInstallationRow | None:
        """The installation of a workspace, signed out or not."""
        async with self._connections.look() as connection:
            statement = sa.select(*_COLUMNS).where(installations.c.workspace == workspace)
            found = (await connection.execute(statement)).first()
            return SlackInstallationRow(*found) if found else None

    async def rows(self) -> Sequence[SlackInstallationRow]:
        """All of them, in the order of their ids."""
        async with self._connections.look() as connection:
            found = await connection.execute(sa.select(*_COLUMNS).order_by(installations.c.workspace))
            return [SlackInstallationRow(*row) for row in found]

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
    ) -> None:
        """Keep an installation in place of an earlier one; it is open from now on."""
        values: dict[str, Any] = {
            "name": name,
            "sealed": sealed,
            "bot_user": bot_user,
            "bot_id": bot_id,
            "app_id": app_id,
            "scopes": scopes,
            "org_wide": org_wide,
            "distributed": distributed,
            "team_domain": team_domain,
            "installed_by": installed_by,
            "installed_at": now,
            "expires_at": expires_at,
            "refreshing_until": None,
            "trouble": None,
            "closed_at": None,
            "closed_because": None,
        }
        async with self._connections.begin() as connection:
            await _upsert(connection, installations, {"workspace": workspace}, values)

    async def close(self, workspace: str, reason: str, now: datetime) -> bool:
        """Blank the tokens; everything else stays. False when it is unknown or was signed out already."""
        values = {"sealed": None, "expires_at": None, "refreshing_until": None, "trouble": None}
        return await self._change(workspace, None, **values, closed_at=now, closed_because=reason)

    async def claim(self, workspace: str, sealed: str, now: datetime, until: datetime) -> bool:
        """Have the refresh of these tokens for oneself until then; false when another process has it, or when they
        are no longer the tokens of this workspace."""
        free = installations.c.refreshing_until
        condition = sa.or_(free.is_(None), free <= now)
        return await self._change(workspace, sealed, condition, refreshing_until=until)

    async def refreshed(self, workspace: str, before: str, sealed: str, expires_at: datetime | None) -> bool:
        """Put new tokens in the place of these; false when others are there by now."""
        return await self._change(
            workspace, before, sealed=sealed, expires_at=expires_at, refreshing_until=None, trouble=None
        )

    async def not_refreshed(self, workspace: str, sealed: str, trouble: str) -> None:
        """Note why a refresh failed, and leave the next try to whoever comes."""
        await self._change(workspace, sealed, refreshing_until=None, trouble=trouble)

    async def reseal(self, workspace: str, before: str, sealed: str) -> bool:
        """The same tokens under another key; false when others are there by now."""
        return await self._change(workspace, before, sealed=sealed)

    async def _change(
        self, workspace: str, before: str | None, *conditions: sa.ColumnElement[bool], **values: Any
    ) -> bool:
        """Change an open installation, given that its tokens are still these (any when None)."""
        column = installations.c.sealed
        same = column.is_not(None) if before is None else column == before
        statement = sa.update(installations).where(installations.c.workspace == workspace, same, *conditions)
        async with self._connections.begin() as connection:
            return (await connection.execute(statement.values(**values))).rowcount == 1


class SlackStates:
    """Installations under way. What comes in are fingerprints, not the secrets themselves."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def keep(self, state: str, browser: str, expires_at: datetime, now: datetime) -> None:
        """Remember a state for the browser that asked for it, and drop those that are too old."""
        async with self._connections.begin() as connection:
            await connection.execute(sa.delete(oauth_states).where(oauth_states.c.expires_at <= now))
            await connection.execute(
                sa.insert(oauth_states).values(state=state, browser=browser, expires_at=expires_at)
            )

    async def use(self, state: str, browser: str, now: datetime) -> bool:
        """Use a state up: true once, for the same browser, in time."""
        c = oauth_states.c
        theirs = (c.state == state, c.browser == browser, c.expires_at > now)
        async with self._connections.begin() as connection:
            return (await connection.execute(sa.delete(oauth_states).where(*theirs))).rowcount == 1


class SlackInbox:
    """Fills `Inbox`: what was acknowledged and is not handled yet."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def put(self, event_id: str, workspace: str, kind: str, payload: str, now: datetime) -> None:
        """Keep it until `done`; the same event again changes nothing."""
        row = {"event_id": event_id, "workspace": workspace, "kind": kind, "payload": payload, "received_at": now}
        async with self._connections.begin() as connection:
            insert = _insert(connection, slack_inbox).values(row)
            await connection.execute(insert.on_conflict_do_nothing(index_elements=["event_id"]))

    async def done(self, event_id: str) -> None:
        """It is handled, and forgotten."""
        async with self._connections.begin() as connection:
            await connection.execute(sa.delete(slack_inbox).where(slack_inbox.c.event_id == event_id))

    async def waiting(self) -> Sequence[SlackInboxRow]:
        """What is not handled, oldest first."""
        order = (slack_inbox.c.received_at, slack_inbox.c.event_id)
        async with self._connections.look() as connection:
            found = await connection.execute(sa.select(slack_inbox).order_by(*order))
            return [SlackInboxRow(row.event_id, row.workspace, row.kind, row.payload, row.received_at) for row in found]


_OPEN_ONES = sa.select(homes.c.ref).where(
    homes.c.workspace == sa.bindparam("workspace"), among(homes.c.ref, "refs", sa.Text())
)


class SlackHomes:
    """Fills `OpenHomes`: whose home tab is worth publishing."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def opened(self, workspace: str, ref: str, now: datetime) -> None:
        """Somebody looked at their home tab."""
        async with self._connections.begin() as connection:
            await _upsert(connection, homes, {"workspace": workspace, "ref": ref}, {"opened_at": now})

    async def open_ones(self, workspace: str, refs: Collection[str]) -> Collection[str]:
        """Those of these people in a workspace who ever looked at their home tab."""
        async with self._connections.look() as connection:
            return (await connection.execute(_OPEN_ONES, {"workspace": workspace, "refs": refs})).scalars().all()

    async def forget(self, workspace: str, ref: str) -> None:
        async with self._connections.begin() as connection:
            await connection.execute(sa.delete(homes).where(_person(workspace, ref)))


def _person(workspace: str, ref: str) -> sa.ColumnElement[bool]:
    return sa.and_(homes.c.workspace == workspace, homes.c.ref == ref)


def _insert(connection: AsyncConnection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)


async def _upsert(connection: AsyncConnection, table: sa.Table, key: dict[str, Any], values: dict[str, Any]) -> None:
    insert = _insert(connection, table).values(key | values)
    await connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=values))
