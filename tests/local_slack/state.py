"""What the local Slack remembers: organisations, people, places, messages, views, tokens."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Literal

from .checks import Json
from .clock import Clock
from .errors import Refused

Kind = Literal["public", "private", "im", "mpim"]


@dataclass
class Enterprise:
    id: str
    name: str
    domain: str


@dataclass
class Team:
    """A workspace. `channel_creation` says who may create channels ("everyone", "admins")."""

    id: str
    name: str
    domain: str
    enterprise_id: str | None = None
    channel_creation: str = "everyone"
    paid: bool = True
    uploads: bool = True


@dataclass
class User:
    """An account, in one workspace or, within an organisation, in several."""

    id: str
    name: str
    real_name: str
    email: str | None
    teams: list[str]
    tz: str | None = "America/Toronto"
    locale: str | None = "en-US"
    display_name: str = ""
    deleted: bool = False
    is_bot: bool = False
    bot_id: str | None = None
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_admin: bool = False
    is_owner: bool = False
    enterprise_id: str | None = None
    updated: int = 0


@dataclass
class Message:
    """A message that was accepted, also when it is deleted by now. `ephemeral_to` is the one person who sees it."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    subtype: str | None = None
    client_msg_id: str | None = None
    edited: str | None = None
    edits: int = 0
    deleted: bool = False
    ephemeral_to: str | None = None
    files: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    override: Json = field(default_factory=dict)


@dataclass
class Channel:
    """A channel or direct message. `posting` is an error code that every post gets (a read-only channel, say)."""

    id: str
    kind: Kind
    team_id: str
    name: str = ""
    creator: str = ""
    created: int = 0
    members: list[str] = field(default_factory=list)
    archived: bool = False
    general: bool = False
    topic: str = ""
    purpose: str = ""
    previous_names: list[str] = field(default_factory=list)
    posting: str | None = None
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)
    threads: dict[str, list[str]] = field(default_factory=dict)

    def add(self, message: Message) -> None:
        self.messages[message.ts] = message
        if message.thread_ts and message.thread_ts != message.ts:
            self.threads.setdefault(message.thread_ts, []).append(message.ts)

    def replies(self, ts: str) -> list[Message]:
        found = [self.messages[each] for each in self.threads.get(ts, [])]
        return [each for each in found if not each.deleted]

    @property
    def direct(self) -> bool:
        return self.kind in {"im", "mpim"}

    @property
    def live(self) -> list[Message]:
        return [message for message in self.messages.values() if not message.deleted]

    def message(self, ts: str) -> Message:
        found = self.messages.get(ts)
        if found is None or found.deleted:
            raise Refused("message_not_found")
        return found


@dataclass
class UserGroup:
    id: str
    team_id: str
    name: str
    handle: str
    users: list[str] = field(default_factory=list)
    enabled: bool = True
    description: str = ""


@dataclass
class Install:
    """The app in a workspace, or in an organisation with the workspaces it was granted to."""

    app_id: str
    bot_user: str
    bot_id: str
    scopes: frozenset[str]
    team_id: str | None
    enterprise_id: str | None = None
    teams: list[str] = field(default_factory=list)
    installer: str = ""
    gone: bool = False

    @property
    def org_wide(self) -> bool:
        return self.team_id is None

    @property
    def place(self) -> str:
        """What direct messages and bot users belong to."""
        return self.team_id or self.enterprise_id or ""


@dataclass
class Token:
    value: str
    install: Install | None
    kind: Literal["bot", "app"] = "bot"
    expires: float | None = None
    revoked: str = ""
    scopes: frozenset[str] = frozenset()


@dataclass
class View:
    """A home tab or a modal; `state` is what the person has entered so far, by block and action."""

    id: str
    user: str
    install: Install
    team_id: str
    body: Json
    hash: str
    root: str
    previous: str | None = None
    state: dict[str, Json] = field(default_factory=dict)
    updates: int = 0
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.body["type"])


@dataclass
class Trigger:
    """Good for one view within three seconds. `view` is the modal that was pressed in, if any."""

    id: str
    user: str
    team_id: str
    install: Install
    expires: float
    view: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """Five uses within thirty minutes. `source` is the message that was pressed; commands have none."""

    id: str
    user: str
    channel: str
    install: Install
    expires: float
    source: Message | None = None
    uses: int = 0


@dataclass
class FileRecord:
    id: str
    name: str
    length: int
    user: str
    team_id: str
    title: str = ""
    alt: str = ""
    content: bytes | None = None
    complete: bool = False
    shares: dict[str, list[str]] = field(default_factory=dict)
    mimetype: str = "application/octet-stream"


@dataclass
class State:
    """Everything, by id."""

    clock: Clock
    enterprises: dict[str, Enterprise] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    directs: dict[tuple[str, str], str] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    installs: list[Install] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)
    homes: dict[tuple[str, str], View] = field(default_factory=dict)
    modals: dict[str, list[View]] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    files: dict[str, FileRecord] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    last_ts: int = 0

    def new_id(self, prefix: str) -> str:
        return f"{prefix}0L{next(self.numbers):08X}"

    def new_ts(self) -> str:
        """The name of a message: unique, ordered, and a string."""
        self.last_ts = max(self.last_ts + 1, int(self.clock.now() * 1_000_000))
        return f"{self.last_ts // 1_000_000}.{self.last_ts % 1_000_000:06d}"

    def install_for(self, team_id: str) -> Install | None:
        """The installation that serves a workspace: its own, or its organisation's."""
        live = [each for each in self.installs if not each.gone and team_id in each.teams]
        return next((each for each in live if each.team_id == team_id), next(iter(live), None))

    def direct_channel(self, install: Install, user: User) -> Channel | None:
        """The direct message of a person with the app, if it was opened."""
        found = self.directs.get((install.bot_user, user.id))
        return self.channels[found] if found else None

    def open_direct(self, install: Install, user: User) -> Channel:
        found = self.direct_channel(install, user)
        if found is None:
            team = install.team_id or next((each for each in user.teams if each in install.teams), user.teams[0])
            found = Channel(
                self.new_id("D"),
                "im",
                team,
                members=[install.bot_user, user.id],
                creator=install.bot_user,
                created=int(self.clock.now()),
            )
            self.channels[found.id] = found
            self.directs[install.bot_user, user.id] = found.id
        return found

    def named(self, team_id: str, name: str) -> Channel | None:
        """The channel of that name, archived ones too: they keep their name."""
        return next(
            (each for each in self.channels.values() if each.team_id == team_id and each.name == name and name), None
        )

    def modal(self, user: str) -> View | None:
        """The view on top of a person's stack."""
        stack = self.modals.get(user)
        return stack[-1] if stack else None

    def view(self, view_id: str) -> View | None:
        for stack in self.modals.values():
            for view in stack:
                if view.id == view_id:
                    return view
        return next((view for view in self.homes.values() if view.id == view_id), None)

    def views(self) -> list[View]:
        return [view for stack in self.modals.values() for view in stack] + list(self.homes.values())
