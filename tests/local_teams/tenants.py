"""Tenants as a test fills them, and what admins and owners do there."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from . import activities
from .core import Core
from .outbox import Delivery
from .people import Person
from .screen import Shown, show
from .state import Conversation, Directory, Membership, Team, User


@dataclass
class Tenant:
    """An organisation and the people in it."""

    core: Core
    directory: Directory
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.directory.id

    def person(self, name: str, *, mail: str | None = None, installed: bool = False, **more: Any) -> Person:
        """The person of that name, made on first use. `more`: locale, zone, guest, enabled, blocks_app. With
        `installed` they have the app without anybody being told."""
        if name not in self.people:
            plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
            handle = re.sub(r"[^a-z0-9]+", ".", plain).strip(".") or "someone"
            address = f"{handle}@{self.directory.domain}" if mail is None else mail
            state = self.core.state
            aad, ref = state.new_guid(1), f"29:1{state.new_ref()}"
            user = User(
                aad=aad, id=ref, name=name, mail=address, tenant=self.id, upn=f"{handle}@{self.directory.domain}"
            )
            self.directory.users[aad] = user
            self.people[name] = Person(self.core, user, self)
        person = self.people[name]
        for key, value in more.items():
            if not hasattr(person.user, key):
                raise AttributeError(key)
            setattr(person.user, key, value)
        if installed:
            self.directory.installed[person.aad] = f"inst-{person.aad}"
        return person

    # teams and channels

    def team(self, name: str, *members: Person, installed: bool = False) -> Team:
        """The team of that name, made on first use with its general channel; the first member owns it."""
        for team in self.directory.teams.values():
            if team.name == name:
                return team
        state = self.core.state
        ref = f"19:{state.new_ref()}@thread.tacv2"
        roles = {each.aad: "owner" if place == 0 else "" for place, each in enumerate(members)}
        made = Team(ref, state.new_guid(2), name, self.id, roles, [ref], installed)
        self.directory.teams[made.group] = made
        state.conversations[ref] = Conversation(ref, "channel", self.id, name="General", group=made.group)
        return made

    def general(self, team: Team) -> Conversation:
        return self.core.state.conversations[team.id]

    def channel(self, team: Team, name: str, *members: Person, membership: Membership = "standard") -> Conversation:
        """The channel of that name, made on first use."""
        state = self.core.state
        for ref in team.channels:
            if state.conversations[ref].name == name:
                return state.conversations[ref]
        ref = f"19:{state.new_ref()}@thread.tacv2"
        roles = {each.aad: "" for each in members}
        state.conversations[ref] = Conversation(ref, "channel", self.id, roles, name, team.group, "", membership)
        team.channels.append(ref)
        return state.conversations[ref]

    def chat(self, name: str, *members: Person, installed: bool = False) -> Conversation:
        """A group chat."""
        ref = f"19:{self.core.state.new_ref()}@thread.v2"
        roles = {each.aad: "owner" for each in members}
        made = Conversation(ref, "groupChat", self.id, roles, name, installed=installed)
        self.core.state.conversations[ref] = made
        return made

    def messages(self, place: Conversation) -> list[Shown]:
        """Everything of the app that stands in a place, as everybody sees it."""
        return [show(self.core, place, each) for each in place.live if each.sender == "bot" and not each.targeted]

    # what admins and owners do

    async def adds_app(self, place: Team | Conversation, by: Person | None = None) -> None:
        """Somebody puts the app into a team or group chat."""
        user = by.user if by else None
        if isinstance(place, Team):
            self.core.outbox.joins_team(place, user)
        else:
            self.core.outbox.joins(place)
        await self.core.outbox.settle()

    async def removes_app(self, place: Team | Conversation, by: Person | None = None) -> list[Delivery]:
        """Somebody takes the app out of a team or group chat."""
        where = self.general(place) if isinstance(place, Team) else place
        place.installed = False
        user, bot = by.user if by else None, [{"id": self.core.app.bot}]
        said = activities.members_changed(self.core, where, bot, user, added=False)
        gone = activities.installation(self.core, where, user, "remove")
        return [await self.core.outbox.send(each) for each in (said, gone)]

    async def joins(self, place: Team | Conversation, *people: Person) -> list[Delivery]:
        """People get into a team or chat: the app hears of it where it is installed."""
        where = self.general(place) if isinstance(place, Team) else place
        for each in people:
            place.members[each.aad] = "owner" if where.kind == "groupChat" else ""
        who = [activities.account(each.user) for each in people]
        if not self.core.in_roster(where):
            return []
        return [await self.core.outbox.send(activities.members_changed(self.core, where, who, None, added=True))]

    async def leaves(self, place: Team | Conversation, *people: Person) -> list[Delivery]:
        where = self.general(place) if isinstance(place, Team) else place
        for each in people:
            place.members.pop(each.aad, None)
        who = [activities.account(each.user) for each in people]
        if not self.core.in_roster(where):
            return []
        return [await self.core.outbox.send(activities.members_changed(self.core, where, who, None, added=False))]

    async def channel_event(self, place: Conversation, event: str) -> Delivery:
        """`channelRenamed`, `channelDeleted`, …; what happened must be done to `place` before."""
        return await self.core.outbox.send(activities.channel_event(self.core, place, event))

    async def team_event(self, team: Team, event: str) -> Delivery:
        return await self.core.outbox.send(activities.team_event(self.core, team, event))
