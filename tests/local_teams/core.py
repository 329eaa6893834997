"""What all parts of the local Teams share."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.local_slack.clock import Clock
from tests.local_slack.faults import Faults

from .app import App
from .errors import Refused
from .ledger import Ledger
from .limits import Limits
from .login import Login
from .state import Conversation, Directory, Json, State, User

if TYPE_CHECKING:
    from .outbox import Outbox


@dataclass
class Core:
    """`counts` are all calls by name, `recent` the last of them with what they carried; `refusals` counts errors that
    were answered, by name and code; `complaints` are cards that Teams would show badly, or not at all."""

    app: App
    clock: Clock
    state: State
    login: Login
    limits: Limits
    faults: Faults
    ledger: Ledger
    base: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    recent: deque[tuple[str, Json]] = field(default_factory=lambda: deque(maxlen=20_000))
    complaints: list[str] = field(default_factory=list)
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    watchers: list[asyncio.Future[None]] = field(default_factory=list)
    outbox: Outbox = field(init=False)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def next_call(self) -> None:
        """Wait until the app's next call was carried out."""
        waiting = asyncio.get_running_loop().create_future()
        self.watchers.append(waiting)
        await waiting

    def called(self) -> None:
        watchers, self.watchers = self.watchers, []
        for each in watchers:
            if not each.done():
                each.set_result(None)

    def service_url(self, tenant: str) -> str:
        """Where the connector of a tenant's region is, with the slash at the end that Teams has there."""
        return f"{self.base}/{self.state.directories[tenant].region}/"

    def directory(self, tenant: str) -> Directory:
        found = self.state.directories.get(tenant)
        if found is None:
            raise Refused(403, "Forbidden", "Unknown tenant")
        return found

    # where the app may speak

    def writable(self, conversation: Conversation) -> None:
        """Refuses what Teams refuses: not installed, blocked, archived, switched off."""
        directory = self.directory(conversation.tenant)
        if directory.disabled:
            raise Refused(403, "BotDisabledByAdmin", "The tenant admin disabled this bot")
        if not self.in_roster(conversation):
            raise Refused(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
        if conversation.kind == "personal" and self.reader(conversation).blocks_app:
            raise Refused(403, "MessageWritesBlocked", "Bot is blocked by the user")
        if conversation.archived:
            raise Refused(403, "ForbiddenOperationException", "The channel is archived")

    def in_roster(self, conversation: Conversation) -> bool:
        if conversation.kind == "personal":
            user = self.reader(conversation)
            return user.enabled and user.aad in self.directory(conversation.tenant).installed
        if conversation.kind == "groupChat":
            return conversation.installed
        if not self.state.team_of(conversation).installed:
            return False
        return conversation.membership == "standard" or conversation.installed

    def reader(self, conversation: Conversation) -> User:
        """The person of a personal chat."""
        return self.directory(conversation.tenant).users[next(iter(conversation.members))]


def new_core(app: App, clock: Clock, seed: int) -> Core:
    return Core(app, clock, State(clock), Login(), Limits(clock), Faults(seed), Ledger())
