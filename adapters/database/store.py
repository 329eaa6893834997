"""The store: opens a database, hands out transactions, and is its own outbox.

    async with open_store("sqlite:///var/chatcourse.db") as store:
        async with store.transaction() as tx:
            person = await tx.person_at(address)

A module with tables of its own uses `store.begin()` and `store.look()`, see `metadata.py`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database import slack_tables, tables, teams_tables
from adapters.database.admin import AdminTx
from adapters.database.cohorts import CohortTx, CourseTx
from adapters.database.connections import Connections, connections_to, database_url
from adapters.database.deliveries import OPEN, UNDER_WAY, DeliveryTx
from adapters.database.enrolments import EnrolmentTx
from adapters.database.facts import FactTx
from adapters.database.forget import ForgetTx
from adapters.database.group_life import GroupLifeTx
from adapters.database.metadata import one_of
from adapters.database.outbox import Outbox
from adapters.database.people import PeopleTx
from adapters.database.plans import PlanTx, claimable
from adapters.database.questions import QuestionTx
from adapters.database.sessions import SessionTx
from adapters.database.study_groups import GroupTx
from bot.model.delivery import DeliveryState
from bot.ports import Clock, JobState, Tx

REMEMBER_EVENTS = timedelta(days=3)
"""How long a platform may repeat an event and still be recognised."""

COUNT_DONE_EVERY = 300.0
"""Seconds between two counts of everything that is done: with millions of rows it takes a moment."""


_READY = {DeliveryState.READY, DeliveryState.RETRY}
_INDEXED = [_READY, *([state] for state in sorted((OPEN | UNDER_WAY) - _READY))]
"""States of open deliveries as their partial indexes have them."""


class DatabaseTx(
    PeopleTx,
    ForgetTx,
    CourseTx,
    CohortTx,
    EnrolmentTx,
    PlanTx,
    DeliveryTx,
    FactTx,
    AdminTx,
    SessionTx,
    QuestionTx,
    GroupTx,
    GroupLifeTx,
):
    """One transaction; the methods are in the module named after what they remember."""


def _wall_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - `health` compares with the world's time when nobody gives another


class DatabaseStore(Outbox):
    def __init__(self, connections: Connections, clock: Clock = _wall_clock) -> None:
        self.connections = connections
        self._clock = clock
        self._done: dict[str, int] = {}
        self._done_counted: float | None = None

    def transaction(self) -> AbstractAsyncContextManager[Tx]:
        return self._transaction()

    def planning(self) -> AbstractAsyncContextManager[Tx]:
        return self._transaction(repeatable=True)

    def reading(self) -> AbstractAsyncContextManager[Tx]:
        return self._reading()

    @property
    def planners(self) -> int:
        return self.connections.planners

    def begin(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection to write with, for a module with tables of its own. Commits at the end of the block."""
        return self.connections.begin()

    def look(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection that reads one consistent state."""
        return self.connections.look()

    @property
    def dialect(self) -> str:
        return self.connections.dialect

    @asynccontextmanager
    async def _transaction(self, *, repeatable: bool = False) -> AsyncIterator[Tx]:
        async with self.connections.begin(repeatable=repeatable) as connection:
            yield DatabaseTx(connection, writing=True)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Tx]:
        async with self.connections.look() as connection:
            yield DatabaseTx(connection, writing=False)

    async def lead(self, worker: str) -> bool:
        return await self.connections.leader.hold(worker)

    async def health(self) -> Mapping[str, Any]:
        async with self.connections.look() as connection:
            counts = await self._counts(connection)
            return {
                "deliveries": {state.value: counts.get(state.value, 0) for state in DeliveryState},
                "lag_seconds": await self._lags(connection),
                "rows_in_doubt": sum(counts.get(state, 0) for state in UNDER_WAY),
            }

    async def purge(self, now: datetime) -> int:
        """Delete what is no longer needed: old events, what was typed into jobs that are over, and installations
        that nobody finished. Returns how many rows."""
        job, job_row = tables.job, tables.job_row
        old = now - REMEMBER_EVENTS
        over = sa.select(job.c.id).where(job.c.state.in_([JobState.DONE, JobState.CANCELLED]), job.c.created_at < old)
        typed = sa.update(job_row).where(job_row.c.job_id.in_(over), job_row.c.wanted != "").values(wanted="")
        async with self.connections.begin() as connection:
            ended = [await connection.execute(statement) for statement in (*_outdated(now, old), typed)]
        return sum(result.rowcount for result in ended)

    async def close(self) -> None:
        await self.connections.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _counts(self, connection: AsyncConnection) -> dict[str, int]:
        """Deliveries by state: what is open exactly, from its small indexes; what is done as of a while ago."""
        state = tables.delivery.c.state
        live = [sa.select(state, sa.func.count()).where(one_of(state, words)).group_by(state) for words in _INDEXED]
        counts = {name.value: n for name, n in await connection.execute(sa.union_all(*live))}
        before = self._done_counted
        if before is None or time.monotonic() - before > COUNT_DONE_EVERY:
            every = sa.select(state, sa.func.count()).group_by(state)
            self._done = {name.value: n for name, n in await connection.execute(every)}
            self._done_counted = time.monotonic()
        return self._done | dict.fromkeys(OPEN | UNDER_WAY, 0) | counts

    async def _lags(self, connection: AsyncConnection) -> dict[str, float]:
        delivery, now = tables.delivery, self._clock()
        statement = (
            sa.select(delivery.c.lane, sa.func.min(delivery.c.not_before))
            .where(claimable(), delivery.c.not_before <= now)
            .group_by(delivery.c.lane)
        )
        return {lane: (now - since).total_seconds() for lane, since in await connection.execute(statement)}


def _outdated(now: datetime, old: datetime) -> list[sa.Delete]:
    """Rows that have outlived their use: `old` is when even a late repetition of an event is over."""
    inbox, slack_inbox, states = tables.inbox, slack_tables.slack_inbox, slack_tables.oauth_states
    teams_inbox = teams_tables.teams_inbox
    return [
        sa.delete(inbox).where(inbox.c.at < old),
        sa.delete(slack_inbox).where(slack_inbox.c.received_at < old),
        sa.delete(teams_inbox).where(teams_inbox.c.received_at < old),
        sa.delete(states).where(states.c.expires_at <= now),
    ]


def open_store(url: str, clock: Clock = _wall_clock) -> DatabaseStore:
    """The store at `url`, which `migrate` has brought up to date. Close it, or use it as a context manager.

    Connections open when they are needed; nothing is asked of the database here.
    """
    return DatabaseStore(connections_to(url), clock)


def describe(url: str) -> str:
    """The database in words for people, without its password."""
    address = database_url(url)
    if address.get_backend_name() == "sqlite":
        return f"SQLite file {address.database}"
    return f"PostgreSQL database {address.database} on {address.host or 'this machine'}"
