"""What the app asks of an organisation, and why: permissions of Microsoft Graph, and those of single teams.

Nothing of it is needed for courses themselves. Each name is the least that Microsoft's reference lists for what it is
used for (https://learn.microsoft.com/graph/permissions-reference, and each call's own page).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CHAT, CHANNEL, PRIVATE = "chat", "channel", "private"
_KINDS: Mapping[str, frozenset[str]] = {
    "auto": frozenset({CHAT, CHANNEL}),
    CHAT: frozenset({CHAT}),
    CHANNEL: frozenset({CHANNEL}),
    PRIVATE: frozenset({PRIVATE}),
}
"""The kinds of rooms that a setting may lead to and that permissions are asked for."""


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission and what it is for. `rooms` are the kinds of rooms that need it; empty: it is not about rooms."""

    name: str
    why: str
    rooms: frozenset[str] = frozenset()


FIND_APP = Permission(
    "AppCatalog.Read.All", "find the app in the organisation’s catalogue; TEAMS_APP_CATALOG_ID makes it unnecessary"
)
OF_GRAPH: tuple[Permission, ...] = (
    Permission(
        "TeamsAppInstallation.ReadWriteSelfForUser.All", "add the app for people who are enrolled and do not have it"
    ),
    FIND_APP,
    Permission("User.Read.All", "find people by their e-mail addresses or names"),
    Permission("Chat.Create", "make the group chat of a study group", frozenset({CHAT})),
    Permission("TeamsAppInstallation.ReadWriteSelfForChat.All", "write into that group chat", frozenset({CHAT})),
    Permission("ChatMember.ReadWrite.All", "let members into the chat of their group and out of it", frozenset({CHAT})),
    Permission(
        "ChannelSettings.ReadWrite.All",
        "archive the channel of a study group when the group ends",
        frozenset({CHANNEL, PRIVATE}),
    ),
    Permission(
        "TeamsAppInstallation.ManageSelectedForTeam.All",
        "write into the private channel of a study group",
        frozenset({PRIVATE}),
    ),
)
"""Application permissions, which an admin of the organisation grants."""

IN_A_TEAM: tuple[Permission, ...] = (
    Permission("Channel.Create.Group", "make the channel of a study group", frozenset({CHANNEL, PRIVATE})),
    Permission(
        "ChannelSettings.Read.Group",
        "see which channels there are, so as to make none twice",
        frozenset({CHANNEL, PRIVATE}),
    ),
    Permission(
        "ChannelMember.ReadWrite.Group",
        "let members into the private channel of their group and out of it",
        frozenset({PRIVATE}),
    ),
    Permission("Channel.Delete.Group", "remove a private channel that the app was not let into", frozenset({PRIVATE})),
)
"""Resource-specific consent: the owner of a team agrees when adding the app, for this team alone."""


def of_graph(rooms: str, catalog_id: str) -> tuple[Permission, ...]:
    """What is used with this setting of rooms, and with or without a known catalogue id."""
    known = FIND_APP if catalog_id else None
    return tuple(each for each in OF_GRAPH if each is not known and _used(each, rooms))


def in_a_team(rooms: str, *, graph: bool) -> tuple[Permission, ...]:
    """What the owner of a team is asked for; nothing where Graph is not used."""
    return tuple(each for each in IN_A_TEAM if graph and _used(each, rooms))


def _used(permission: Permission, rooms: str) -> bool:
    return not permission.rooms or bool(permission.rooms & _KINDS[rooms])
