"""The app under test as Slack's settings pages know it (Slack: "App manifest reference")."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Distribution = Literal["internal", "marketplace", "distributed"]

SCOPES = frozenset(
    {
        "channels:history",
        "channels:join",
        "channels:manage",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:read",
        "im:write",
        "links.embed:write",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "pins:read",
        "pins:write",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)

# Which scopes let an event through; any one of them does (Slack: "Events reference").
EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_uninstalled": (),
    "tokens_revoked": (),
    "team_access_granted": (),
    "team_access_revoked": (),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
    "channel_rename": ("channels:read",),
    "channel_archive": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "group_rename": ("groups:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "subteam_members_changed": ("usergroups:read",),
    "app_mention": ("app_mentions:read",),
}


@dataclass
class App:
    """Settings, credentials and house rules.

    `commands` maps each slash command to its `should_escape`; None lets every command through. `events` None
    subscribes to everything. `distribution` "distributed" means sold outside the Marketplace: its history calls are
    limited to one a minute and 15 messages. `complete_text` is our rule that the top-level text of a message says all
    that its blocks say; `echo` sends the app its own messages back as events, as Slack does.
    """

    id: str = "A0LOCAL01"
    name: str = "Chatcourse"
    client_id: str = "1111.2222"
    client_secret: str = "local-client-secret"
    signing_secret: str = "0123456789abcdef0123456789abcdef"
    app_token: str = "xapp-1-A0LOCAL01-local"
    verification_token: str = "local-verification-token"
    scopes: frozenset[str] = SCOPES
    commands: dict[str, bool] | None = None
    events: frozenset[str] | None = None
    redirect_urls: list[str] = field(default_factory=list)
    unfurl_domains: tuple[str, ...] = ()
    distribution: Distribution = "internal"
    home_tab: bool = True
    messages_tab: bool = True
    messages_tab_read_only: bool = False
    interactivity: bool = True
    org_deploy: bool = True
    socket_mode: bool = False
    token_rotation: bool = False
    complete_text: bool = True
    broadcasts: bool = False
    echo: bool = True

    def subscribed(self, event: str, scopes: frozenset[str]) -> bool:
        """Whether an event reaches an installation with these scopes."""
        needed = EVENT_SCOPES.get(event, ())
        chosen = self.events is None or event in self.events
        return chosen and (not needed or any(scope in scopes for scope in needed))

    def escapes(self, command: str) -> bool | None:
        """Whether mentions in the command's text are escaped; None where there is no such command."""
        if self.commands is None:
            return True
        return self.commands.get(command)


def app_from_manifest(manifest: dict[str, Any], **changes: Any) -> App:
    """The app that a manifest describes; what it leaves out is off, as in Slack."""
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    oauth = manifest.get("oauth_config", {})
    home = features.get("app_home", {})
    scopes = oauth.get("scopes", {})
    app = App(
        name=manifest["display_information"]["name"],
        scopes=frozenset(scopes.get("bot", [])) | frozenset(scopes.get("bot_optional", [])),
        commands={each["command"]: each.get("should_escape", False) for each in features.get("slash_commands", [])},
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
        redirect_urls=list(oauth.get("redirect_urls", [])),
        unfurl_domains=tuple(features.get("unfurl_domains", [])),
        home_tab=home.get("home_tab_enabled", False),
        messages_tab=home.get("messages_tab_enabled", False),
        messages_tab_read_only=home.get("messages_tab_read_only_enabled", True),
        interactivity=settings.get("interactivity", {}).get("is_enabled", False),
        org_deploy=settings.get("org_deploy_enabled", False),
        socket_mode=settings.get("socket_mode_enabled", False),
        token_rotation=settings.get("token_rotation_enabled", False),
    )
    for name, value in changes.items():
        setattr(app, name, value)
    return app
