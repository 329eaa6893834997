"""Where Teams can be reached: conversations with people, teams the app is in, rooms it made. The sockets for storing
them, and how they are read out of what Teams sends.

Least data: ids, addresses of the service, flags, language and zone; no names of people, no e-mail addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.model.people import Address

PLATFORM = "teams"

Json = dict[str, Any]

PERSONAL, GROUP, CHANNEL, TEAM = "personal", "group", "channel", "team"


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation that can be written to.

    `ref` is what `Address.ref` says: the Entra object id of a person, the conversation id of a group chat or channel.
    `conversation` is empty while a person's own conversation is not known. `user_id` is the person's `29:` id, which
    only this app knows them by. `installed` turns false when the app was removed or blocked there; `welcomed` says that
    the app has introduced itself. `locale` and `zone` are a person's, as Teams last told them.
    """

    workspace: str
    ref: str
    conversation: str
    service_url: str
    user_id: str = ""
    kind: str = PERSONAL
    installed: bool = True
    welcomed: bool = False
    locale: str = ""
    zone: str = ""

    @property
    def address(self) -> Address:
        return Address(PLATFORM, self.workspace, self.ref)


@dataclass(frozen=True, slots=True)
class Team:
    """A team in which the app is installed: `id` is its conversation (`19:…@thread.tacv2`), `group` its Entra group,
    which Graph knows it by (empty until Teams tells it)."""

    workspace: str
    id: str
    group: str
    name: str
    service_url: str


@dataclass(frozen=True, slots=True)
class Room:
    """A room made for `key`: a group chat, or a standard or private channel of the team with this `group`.

    While `conversation` is empty it was only meant to be made: look for it before making another.
    """

    workspace: str
    key: str
    kind: str
    conversation: str = ""
    group: str = ""
    closed: bool = False

    @property
    def address(self) -> Address:
        return Address(PLATFORM, self.workspace, self.conversation)


class Places(Protocol):
    """What is remembered between two processes. Every call is one transaction."""

    async def place(self, address: Address) -> Place | None: ...

    async def places(self, addresses: Sequence[Address]) -> Sequence[Place]:
        """Those that are known, in any order."""
        ...

    async def by_conversation(self, workspace: str, conversation: str) -> Place | None: ...

    async def by_user(self, workspace: str, user_id: str) -> Place | None:
        """The person with this `29:` id."""
        ...

    async def service_url(self, workspace: str) -> str:
        """The address of the service that a conversation of this tenant used last; empty when there is none."""
        ...

    async def save(self, place: Place) -> None:
        """Keep it in place of what was known; whether it was welcomed stays."""
        ...

    async def gone(self, address: Address) -> None:
        """The app is not there any more; once it is back it introduces itself again."""
        ...

    async def forget(self, address: Address) -> None: ...

    async def first_welcome(self, address: Address) -> bool:
        """True for exactly one of those who ask about a known place, until the app is gone from there."""
        ...

    async def teams(self, workspace: str) -> Sequence[Team]:
        """By id."""
        ...

    async def save_team(self, team: Team) -> None:
        """Keep it; an empty `group` or `name` leaves what was known."""
        ...

    async def team_gone(self, workspace: str, team_id: str) -> None: ...

    async def room(self, workspace: str, key: str) -> Room | None: ...

    async def room_at(self, workspace: str, conversation: str) -> Room | None: ...

    async def save_room(self, room: Room) -> None: ...
