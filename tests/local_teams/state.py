"""Everything the local Teams remembers: directories (tenants), people, teams, conversations, messages, files."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.local_slack.clock import Clock

from .errors import Refused

Json = dict[str, Any]
Kind = Literal["personal", "groupChat", "channel"]
Membership = Literal["standard", "private", "shared"]


@dataclass
class User:
    """An account. `id` is its name in conversations with this one bot, `aad` its name in the directory."""

    id: str
    aad: str
    name: str
    mail: str
    tenant: str
    upn: str = ""
    locale: str = "en-CA"
    zone: str = "America/Toronto"
    guest: bool = False
    enabled: bool = True
    blocks_app: bool = False


@dataclass
class Posted:
    """A message that was accepted, also when it is deleted by now. `views` are cards that only one person sees, in
    place of the card; `targeted` is the one person a targeted message is for."""

    id: str
    conversation: str
    sender: str
    activity: Json
    root: str = ""
    key: str = ""
    targeted: str = ""
    edits: int = 0
    deleted: bool = False
    views: dict[str, Json] = field(default_factory=dict)


@dataclass
class Conversation:
    """A chat or channel. `installed`: the app is in it; for private and shared channels, it was also enabled there."""

    id: str
    kind: Kind
    tenant: str
    members: dict[str, str] = field(default_factory=dict)
    """Directory id to role (`owner`, `guest` or empty)."""
    name: str = ""
    group: str = ""
    about: str = ""
    membership: Membership = "standard"
    installed: bool = False
    archived: bool = False
    deleted: bool = False
    disabled: bool = False
    messages: dict[str, Posted] = field(default_factory=dict)

    @property
    def live(self) -> list[Posted]:
        return [each for each in self.messages.values() if not each.deleted]


@dataclass
class Team:
    """`id` is its name in conversations (and that of its general channel), `group` its name in the directory."""

    id: str
    group: str
    name: str
    tenant: str
    members: dict[str, str] = field(default_factory=dict)
    channels: list[str] = field(default_factory=list)
    installed: bool = False


@dataclass
class Directory:
    """A tenant. `region` is the last part of its service URL; `consented`: an admin accepted the app's permissions;
    `disabled`: an admin switched the app off; `in_catalog`: the app was uploaded to the tenant's catalogue."""

    id: str
    name: str
    domain: str
    region: str = "amer"
    consented: bool = True
    disabled: bool = False
    in_catalog: bool = True
    users: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    installed: dict[str, str] = field(default_factory=dict)
    """Directory id of a person to the id of the installation."""


@dataclass
class Upload:
    """A file that goes to a person, or that somebody attached."""

    id: str
    name: str
    content: bytes | None = None
    media_type: str = ""


@dataclass
class Token:
    value: str
    audience: Literal["connector", "graph"]
    tenant: str
    expires: float
    revoked: bool = False


@dataclass
class State:
    clock: Clock
    directories: dict[str, Directory] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    personal: dict[tuple[str, str], str] = field(default_factory=dict)
    """(tenant, directory id) to conversation id: a person's chat with the app outlives its installation."""
    graph_names: dict[str, str] = field(default_factory=dict)
    """What Graph calls personal chats; the connector takes these names too."""
    tokens: dict[str, Token] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    last_id: int = 0

    def new_guid(self, kind: int) -> str:
        """A directory id; the same world gets the same ids every time."""
        return str(uuid.UUID(int=(kind << 112) | (0x4000_8000 << 64) | next(self.numbers)))

    def new_ref(self) -> str:
        return f"{next(self.numbers):024x}"

    def new_id(self) -> str:
        """The name of an activity: a string of milliseconds, unique."""
        self.last_id = max(self.last_id + 1, int(self.clock.now() * 1000))
        return str(self.last_id)

    def user(self, tenant: str, ref: str) -> User | None:
        """By `29:…` or directory id, within a tenant."""
        directory = self.directories.get(tenant)
        if directory is None:
            return None
        return directory.users.get(ref.lower()) or next(
            (each for each in directory.users.values() if each.id == ref), None
        )

    def conversation(self, ref: str) -> tuple[Conversation, str]:
        """The conversation and the thread's root message, empty outside of threads."""
        base, _, root = ref.partition(";messageid=")
        found = self.conversations.get(self.graph_names.get(base, base))
        if found is None or found.deleted or (root and root not in found.messages):
            raise Refused(404, "ConversationNotFound", "Conversation not found.")
        return found, root

    def open_personal(self, user: User) -> Conversation:
        """A person's chat with the app: always the same one."""
        ref = self.personal.get((user.tenant, user.aad))
        if ref is None:
            ref = f"a:1{self.new_ref()}"
            self.personal[user.tenant, user.aad] = ref
            self.conversations[ref] = Conversation(ref, "personal", user.tenant, {user.aad: ""})
        return self.conversations[ref]

    def team_of(self, conversation: Conversation) -> Team:
        return self.directories[conversation.tenant].teams[conversation.group]

    def roster(self, conversation: Conversation) -> dict[str, str]:
        """Who sees a conversation: a standard channel is seen by the whole team."""
        if conversation.kind == "channel" and conversation.membership == "standard":
            return self.team_of(conversation).members
        return conversation.members
