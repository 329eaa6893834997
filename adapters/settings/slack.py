"""What an operator says about Slack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from adapters.settings.setting import Setting

API_URL = "https://slack.com/api/"


class SlackDistribution(StrEnum):
    """Where the app comes from: Slack lets those sold outside its Marketplace read history once a minute only."""

    INTERNAL = "internal"
    MARKETPLACE = "marketplace"
    DISTRIBUTED = "distributed"


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """How to reach Slack: with a bot token one workspace, with a client id and secret many (OAuth).

    `signing_secrets` are those under which requests may come, newest first; empty with Socket Mode only. `prefix`
    stands before the names of our slash commands ("cc-" for /cc-course). `per_minute` is the most messages that one
    workspace gets in a minute.
    """

    signing_secrets: tuple[str, ...] = field(default=(), repr=False)
    bot_token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    api_url: str = API_URL
    prefix: str = ""
    per_minute: int = 240
    distribution: SlackDistribution = SlackDistribution.INTERNAL
    public_url: str = ""

    @property
    def outside_marketplace(self) -> bool:
        """Whether Slack lets us read history once a minute only."""
        return self.distribution is SlackDistribution.DISTRIBUTED

    @property
    def many(self) -> bool:
        """Whether workspaces install the app by themselves."""
        return bool(self.client_id)


def slack_settings(
    values: Mapping[str, Any], problems: list[str], warnings: list[str], public_url: str
) -> SlackSettings | None:
    """The settings of Slack, None without any. What does not fit together is added to `problems`."""
    given = {name for name in _OF_SLACK if name in values}
    if not given & _CREDENTIALS:
        if given:
            warnings.append(f"{min(given)} is set, but no credentials of Slack: Slack stays off")
        return None
    known = {field: values[name] for name, field in _OF_SLACK.items() if name in values}
    found = SlackSettings(**known, public_url=public_url)
    if found.bot_token and (found.client_id or found.client_secret):
        problems.append(
            "SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set; keep the token for one workspace, "
            "or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for many"
        )
    elif bool(found.client_id) != bool(found.client_secret):
        missing = "SLACK_CLIENT_SECRET" if found.client_id else "SLACK_CLIENT_ID"
        problems.append(f"{missing} is missing; it stands beside the other under Basic Information, App Credentials")
    elif not found.bot_token and not found.client_id:
        problems.append(
            "SLACK_BOT_TOKEN is missing (OAuth & Permissions, Bot User OAuth Token); "
            "or set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, to let workspaces install the app"
        )
    if not found.signing_secrets and not found.app_token:
        problems.append(
            "SLACK_SIGNING_SECRET is missing (Basic Information, App Credentials); "
            "or set SLACK_APP_TOKEN, to use Socket Mode"
        )
    local = urlsplit(found.api_url).hostname != urlsplit(API_URL).hostname
    if not found.app_token and not local and not public_url.startswith("https:"):
        warnings.append(
            "PUBLIC_URL is not https, so Slack cannot reach this installation; "
            "set PUBLIC_URL, or SLACK_APP_TOKEN for Socket Mode"
        )
    return found


# --- reading --------------------------------------------------------------------------------------------------


def _signing_secrets(text: str) -> tuple[str, ...]:
    secrets = tuple(part.strip() for part in text.split(",") if part.strip())
    if not secrets or any(not re.fullmatch(r"[0-9a-fA-F]{32,64}", secret) for secret in secrets):
        raise ValueError("does not look like one; copy it from Basic Information, App Credentials, Signing Secret")
    return secrets


def _token(prefix: str, where: str) -> Any:
    def read(text: str) -> str:
        if not re.fullmatch(prefix + r"[A-Za-z0-9-]{8,}", text):
            raise ValueError(f"does not begin with {prefix} or is not whole; copy it from {where}")
        return text

    return read


def _client_id(text: str) -> str:
    if not re.fullmatch(r"\d+\.\d+", text):
        raise ValueError("does not look like 1234567890.1234567890; copy it from Basic Information, App Credentials")
    return text


def _client_secret(text: str) -> str:
    if not re.fullmatch(r"\S{16,}", text):
        raise ValueError("does not look like one; copy it from Basic Information, App Credentials")
    return text


def _api_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"is no web address; leave it out for {API_URL}")
    return text.rstrip("/") + "/"


def _prefix(text: str) -> str:
    prefix = text.lower().lstrip("/")
    if not re.fullmatch(r"[a-z0-9_-]{1,20}", prefix):
        raise ValueError("may hold up to 20 small letters, digits and dashes, as in cc- for /cc-course")
    return prefix


def _distribution(text: str) -> SlackDistribution:
    try:
        return SlackDistribution(text.lower())
    except ValueError:
        words = ", ".join(SlackDistribution)
        raise ValueError(f'is "{text}", which is not one of {words}') from None


def _per_minute(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 6000):
        raise ValueError(f'is "{text}"; write a number from 1 to 6000 (Slack takes several hundred)')
    return int(text)


SLACK_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "SLACK_SIGNING_SECRET",
        "none",
        "Slack signs its requests with it. Two with a comma while changing it, the newer first.",
        _signing_secrets,
        secret=True,
    ),
    Setting(
        "SLACK_BOT_TOKEN",
        "none",
        "For one workspace: the token of the installed app, `xoxb-...`.",
        _token("xoxb-", "OAuth & Permissions, Bot User OAuth Token"),
        secret=True,
    ),
    Setting(
        "SLACK_CLIENT_ID",
        "none",
        "For many workspaces, which install the app from `/slack/install`.",
        _client_id,
    ),
    Setting(
        "SLACK_CLIENT_SECRET",
        "none",
        "Stands beside `SLACK_CLIENT_ID`.",
        _client_secret,
        secret=True,
    ),
    Setting(
        "SLACK_APP_TOKEN",
        "none",
        "Socket Mode: Slack is reached from here, so no public address is needed. `xapp-...`",
        _token("xapp-", "Basic Information, App-Level Tokens (scope connections:write)"),
        secret=True,
    ),
    Setting("SLACK_API_URL", f"`{API_URL}`", "Where Slack's API is.", _api_url),
    Setting(
        "SLACK_COMMAND_PREFIX",
        "none",
        "Stands before the slash commands when another app has the same: `cc-` makes `/cc-course`.",
        _prefix,
    ),
    Setting(
        "SLACK_MESSAGES_PER_MINUTE",
        "`240`",
        "The most messages that one workspace gets in a minute.",
        _per_minute,
    ),
    Setting(
        "SLACK_DISTRIBUTION",
        "`internal`",
        "`internal` (your own organisation), `marketplace`, or `distributed` (given to others outside Slack's "
        "Marketplace: Slack then lets us look up what was sent once a minute only).",
        _distribution,
    ),
)

_OF_SLACK: Mapping[str, str] = {
    "SLACK_SIGNING_SECRET": "signing_secrets",
    "SLACK_BOT_TOKEN": "bot_token",
    "SLACK_CLIENT_ID": "client_id",
    "SLACK_CLIENT_SECRET": "client_secret",
    "SLACK_APP_TOKEN": "app_token",
    "SLACK_API_URL": "api_url",
    "SLACK_COMMAND_PREFIX": "prefix",
    "SLACK_MESSAGES_PER_MINUTE": "per_minute",
    "SLACK_DISTRIBUTION": "distribution",
}
_CREDENTIALS = frozenset(name for name in _OF_SLACK if name.endswith(("_SECRET", "_TOKEN", "_ID")))
