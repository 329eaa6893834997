"""Workspaces and organisations as a test fills them, and what admins and other people do there."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from .core import Core
from .events import Delivery
from .people import Person
from .screen import Shown, show
from .state import Channel, Enterprise, Install, Team, User, UserGroup


@dataclass
class Workspace:
    """A workspace and the people in it."""

    core: Core
    team: Team
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.team.id

    @property
    def install(self) -> Install | None:
        return self.core.state.install_for(self.id)

    def user(self, real_name: str, *, handle: str = "", email: str | None = "", **more: Any) -> Person:
        """The person of that name, made on first use. `more`: tz, locale, deleted, is_admin, is_restricted, ..."""
        if real_name in self.people and not more and not handle:
            return self.people[real_name]
        ascii_name = unicodedata.normalize("NFKD", real_name).encode("ascii", "ignore").decode().lower()
        name = handle or re.sub(r"[^a-z0-9]+", ".", ascii_name).strip(".") or "someone"
        address = f"{name}@example.org" if email == "" else email
        user = User(
            self.core.state.new_id("U"),
            name,
            real_name,
            address,
            [self.id],
            enterprise_id=self.team.enterprise_id,
            updated=int(self.core.clock.now()),
            **more,
        )
        return self._add(user)

    def _add(self, user: User) -> Person:
        self.core.state.users[user.id] = user
        general = self.core.state.named(self.id, "general")
        if general is not None and not user.is_restricted and user.id not in general.members:
            general.members.append(user.id)
        person = Person(self.core, user, self)
        self.people[user.real_name] = person
        return person

    def share(self, person: Person) -> Person:
        """The same account here, as organisations have it."""
        person.user.teams.append(self.id)
        return self._add(person.user)

    def channel(self, name: str, *members: Person, private: bool = False, with_app: bool = False) -> Channel:
        """The channel of that name, made on first use by its first member."""
        found = self.core.state.named(self.id, name)
        if found is None:
            creator = members[0].id if members else ""
            found = Channel(
                self.core.state.new_id("C"),
                "private" if private else "public",
                self.id,
                name,
                creator=creator,
                created=int(self.core.clock.now()),
            )
            self.core.state.channels[found.id] = found
        found.members += [each.id for each in members if each.id not in found.members]
        install = self.install
        if with_app and install is not None and install.bot_user not in found.members:
            found.members.append(install.bot_user)
        return found

    def find_channel(self, name: str) -> Channel | None:
        return self.core.state.named(self.id, name)

    def group(self, handle: str, *members: Person, name: str = "") -> UserGroup:
        """A user group."""
        state = self.core.state
        made = UserGroup(state.new_id("S"), self.id, name or handle, handle, [each.id for each in members])
        state.groups[made.id] = made
        return made

    def messages(self, channel: Channel) -> list[Shown]:
        """Everything that stands in a channel, lines of the system included."""
        return [show(self.core, each) for each in channel.live]

    # what admins and others do

    async def change(self, person: Person, **changes: Any) -> Delivery | None:
        """Change an account (tz, locale, deleted, is_restricted, ...): the event user_change."""
        for name, value in changes.items():
            if not hasattr(person.user, name):
                raise AttributeError(name)
            setattr(person.user, name, value)
        person.user.updated = int(self.core.clock.now())
        return await first(self.core.outbox.user_event("user_change", person.user, self.id))

    async def joins(self, real_name: str, **more: Any) -> Person:
        """Somebody new in the workspace: the event team_join."""
        person = self.user(real_name, **more)
        await first(self.core.outbox.user_event("team_join", person.user, self.id))
        return person

    async def add(self, channel: Channel, *people: Person) -> None:
        """People join a channel."""
        for person in people:
            channel.members.append(person.id)
            await first(self.core.outbox.joined(channel, person.id))

    async def remove(self, channel: Channel, user_id: str) -> None:
        """Somebody, or the app, leaves a channel."""
        channel.members.remove(user_id)
        await first(self.core.outbox.left(channel, user_id))

    async def rename(self, channel: Channel, name: str) -> None:
        channel.previous_names.append(channel.name)
        channel.name = name
        await first(self.core.outbox.channel_event("rename", channel))

    async def archive(self, channel: Channel, by: Person) -> None:
        channel.archived = True
        await first(self.core.outbox.channel_event("archive", channel, user=by.id))

    async def fill_group(self, group: UserGroup, *people: Person) -> None:
        """Change who is in a user group: the event subteam_members_changed."""
        users = [each.id for each in people]
        told = self.core.outbox.group_changed(group, users)
        group.users = users
        await first(told)


@dataclass
class Organisation:
    """An Enterprise Grid organisation."""

    core: Core
    enterprise: Enterprise

    @property
    def id(self) -> str:
        return self.enterprise.id


async def first(told: asyncio.Future[Delivery] | None) -> Delivery | None:
    """The first attempt at an event; None where the app does not hear of it."""
    return await told if told is not None else None
