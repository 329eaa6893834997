"""What all parts of the local Slack share, and the rules of who sees which place."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .app import App
from .checks import Json
from .clock import Clock, wall
from .errors import Refused
from .faults import Faults
from .ledger import Ledger
from .limits import Limits
from .state import Channel, Install, State, Team, Token, User

if TYPE_CHECKING:
    from .content import Scheduled
    from .events import Outbox
    from .oauth import Desk
    from .socket_mode import Sockets


@dataclass
class Core:
    """`counts` are all calls by method, `recent` the last of them with their arguments; `refusals` counts the errors
    that were answered, by method and code."""

    app: App
    clock: Clock
    state: State
    limits: Limits
    faults: Faults
    ledger: Ledger
    base: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    recent: deque[tuple[str, Json]] = field(default_factory=lambda: deque(maxlen=20_000))
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    watchers: list[asyncio.Future[None]] = field(default_factory=list)
    scheduled: dict[str, Scheduled] = field(default_factory=dict)
    outbox: Outbox = field(init=False)
    sockets: Sockets = field(init=False)
    desk: Desk = field(init=False)

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

    # tokens

    def issue(self, install: Install) -> Token:
        """A bot token; with rotation on it lives twelve hours."""
        rotating = self.app.token_rotation
        value = f"{'xoxe.' if rotating else ''}xoxb-{install.place}-{secrets.token_hex(8)}"
        expires = self.clock.now() + 43_200 if rotating else None
        token = Token(value, install, expires=expires, scopes=install.scopes)
        self.state.tokens[value] = token
        return token

    def token(self, value: str, auth: str) -> Token:
        """The token of a call; refused as Slack would."""
        if not value:
            raise Refused("not_authed")
        if value == self.app.app_token:
            if auth != "app":
                raise Refused("not_allowed_token_type")
            return Token(value, None, "app", scopes=frozenset({"connections:write", "authorizations:read"}))
        token = self.state.tokens.get(value)
        if token is None:
            raise Refused("invalid_auth")
        if auth == "app":
            raise Refused("not_allowed_token_type")
        if token.revoked:
            raise Refused(token.revoked)
        if token.install is None or token.install.gone:
            raise Refused("account_inactive")
        if token.expires is not None and self.clock.now() >= token.expires:
            raise Refused("token_expired")
        return token

    # who sees what

    def teams_of(self, install: Install, team_id: str | None = None) -> list[Team]:
        if team_id and team_id not in install.teams:
            raise Refused("team_access_not_granted" if install.org_wide else "invalid_team_id")
        return [self.state.teams[team_id]] if team_id else [self.state.teams[each] for each in install.teams]

    def user(self, install: Install, user_id: str, missing: str = "user_not_found") -> User:
        """A person whom this installation can see."""
        user = self.state.users.get(user_id)
        if user is None or not set(user.teams) & set(install.teams):
            raise Refused(missing)
        return user

    def channel(self, install: Install, channel_id: str) -> Channel:
        """A place this installation can see: public ones of its workspaces, others only as a member."""
        found = self.state.channels.get(channel_id)
        if found is None or (not found.direct and found.team_id not in install.teams):
            raise Refused("channel_not_found")
        if found.kind != "public" and install.bot_user not in found.members:
            raise Refused("channel_not_found")
        return found

    def member(self, install: Install, channel_id: str) -> Channel:
        """A place this installation is in, and may change."""
        found = self.channel(install, channel_id)
        if install.bot_user not in found.members:
            raise Refused("not_in_channel")
        return found

    # as people see names

    def name(self, ref: str) -> str:
        """The visible name of a mention such as @U1, #C1 or @S1."""
        sign, target = ref[:1], ref[1:]
        if target in self.state.users:
            user = self.state.users[target]
            return f"@{user.display_name or user.real_name}"
        if target in self.state.channels:
            return f"#{self.state.channels[target].name}"
        if target in self.state.groups:
            return f"@{self.state.groups[target].handle}"
        return sign + target


def new_core(app: App, clock: Clock, seed: int) -> Core:
    limits, faults, ledger = Limits(clock), Faults(seed), Ledger()
    return Core(app, clock, State(clock), limits, faults, ledger)


def signing_time() -> int:
    return int(wall())
