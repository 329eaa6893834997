"""The app under test as Entra and the Teams admin centre know it."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.teams.manifest import external_id
from adapters.teams.permissions import IN_A_TEAM, OF_GRAPH

BOT = "22222222-2222-4222-8222-222222222222"

PERMISSIONS = frozenset(each.name for each in (*OF_GRAPH, *IN_A_TEAM))
"""What the app asks an admin for, and the owners of teams: nothing that it did not ask for works."""


@dataclass
class App:
    """Credentials and what the registration allows.

    `tenant` empty is a multi-tenant bot: its tokens come from `botframework.com`. `permissions` are those that were
    granted; those that end with `.Group` hold in teams that have the app. `private_channels` says whether bots may be
    in private channels, which differs by tenant. `targeted` is `supportsTargetedMessages` of the manifest, `card_rules`
    that every card must pass the published schema and the rules of the house.
    """

    id: str = BOT
    password: str = "local-client-secret"
    tenant: str = ""
    name: str = "Chatcourse"
    manifest_id: str = external_id(BOT)
    catalog_id: str = "33333333-3333-4333-8333-333333333333"
    permissions: set[str] = field(default_factory=lambda: set(PERMISSIONS))
    private_channels: bool = True
    targeted: bool = True
    card_rules: bool = True

    @property
    def bot(self) -> str:
        """What the bot is called in conversations."""
        return f"28:{self.id}"

    @property
    def login_tenant(self) -> str:
        """Whose token endpoint gives connector tokens."""
        return self.tenant or "botframework.com"
