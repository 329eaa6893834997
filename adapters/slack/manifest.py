"""The app as Slack's settings pages know it. What is listed here is what the code uses: it registers from here.

The manifest has no languages, so what people read stands there in both.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

EVENTS_PATH = "/slack/events"
REDIRECT_PATH = "/slack/oauth_redirect"
EXAMPLE = "https://course.example.org"
"""The address in the file that lies in the repository."""

SCOPES: Mapping[str, str] = {
    "chat:write": "send lessons, answers and reminders, and bring what was sent up to date",
    "commands": "the slash commands",
    "im:write": "open the direct message with a learner",
    "im:history": "read what people write to the app, and look up whether a message arrived after a failure",
    "users:read": "names, languages, time zones, and who has left",
    "channels:read": "find the channel that was named, and who is in it",
    "channels:manage": "make, name and close public channels for study groups, and invite their members",
    "groups:read": "the same for private channels in which the app is",
    "groups:write": "make, name and close private channels for study groups, and invite their members",
    "users:read.email": "enrol people by their e-mail addresses",
    "usergroups:read": "enrol everybody in a user group",
    "pins:write": "keep a study group’s card in sight in its room; without it nothing is pinned",
    "files:read": "read a list of people that an admin hands in as a file; without it the list is pasted",
    "files:write": "send certificates, calendar entries and reports as files",
    "links.embed:write": "play lesson videos inside Slack; only where PUBLIC_URL is public and https",
}
"""What the app asks for, and why."""

OPTIONAL_SCOPES = ("users:read.email", "usergroups:read", "pins:write", "files:read", "files:write")
"""What a workspace may refuse: what needs them says so, or takes another way."""

VIDEO_SCOPE = "links.embed:write"

EVENTS = ("app_home_opened", "app_uninstalled", "message.im", "tokens_revoked", "user_change")
"""What Slack is asked to tell."""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command; `noun` is what the engine reads before the text."""

    noun: str
    description: str
    hint: str

    def name(self, prefix: str = "") -> str:
        return f"/{prefix}{self.noun}"


COMMANDS = (
    Command(
        "course",
        "Your course: next lesson, progress, settings · Votre cours\u00a0: prochaine leçon, progrès, réglages",
        "[next | progress | pause | help · suivant | progrès | pause | aide]",
    ),
    Command(
        "group",
        "Your study group: members, meetings · Votre groupe d’étude\u00a0: membres, rencontres",
        "[members | meet | starter · membres | rencontre | amorce]",
    ),
    Command(
        "ama",
        "Sessions: list, ask, schedule · Séances\u00a0: liste, questions, planification",
        "[list | ask | schedule \u201cTitle\u201d 2026-12-03 13:00 · liste | question | planifier]",
    ),
    Command(
        "cohort",
        "For admins: courses and people · Pour l’administration\u00a0: cours et personnes",
        "[create | enrol | launch | status · créer | inscrire | lancer | état]",
    ),
)

_NAME = "Chatcourse"
_DESCRIPTION = "Take a course in chat · Suivre un cours dans le clavardage"
_LONG = (
    "Chatcourse brings a course to people in direct messages: short lessons, twice a week, at everybody’s own time. "
    "Small activities, study groups, sessions with guests, and a certificate at the end. It reads only what people "
    "write to it directly, never what is said in channels.\n\n"
    "Chatcourse apporte un cours par messages directs\u00a0: de courtes leçons, deux fois par semaine, à l’heure de "
    "chaque personne. De petites activités, des groupes d’étude, des séances avec des invités, et un certificat à la "
    "fin. L’application ne lit que ce qu’on lui écrit directement, jamais ce qui se dit dans les canaux."
)


def command_names(prefix: str = "") -> dict[str, str]:
    """The noun behind each slash command."""
    return {command.name(prefix): command.noun for command in COMMANDS}


def wanted_scopes(public_url: str) -> tuple[str, ...]:
    """What to ask for in an installation: everything of the manifest, optional ones too."""
    return tuple(scope for scope in SCOPES if scope != VIDEO_SCOPE or is_public(public_url))


def needed_scopes(public_url: str) -> tuple[str, ...]:
    """Without these something that was promised does not work."""
    return tuple(scope for scope in wanted_scopes(public_url) if scope not in OPTIONAL_SCOPES)


def is_public(url: str) -> bool:
    """Whether Slack and everybody else could reach this address: https, and no name or number of a private network."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or host.endswith((".local", ".internal", ".localhost", ".lan")):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True


def manifest_for(
    public_url: str, socket_mode: bool = False, prefix: str = "", rotation: bool = False
) -> dict[str, Any]:
    """What one pastes into Slack's page for new apps.

    `public_url` has no slash at its end. In Socket Mode Slack needs no address. `prefix` stands before the name of
    each command. Once an app has `rotation`, Slack does not let it go back.
    """
    events = f"{public_url}{EVENTS_PATH}"
    address = {} if socket_mode else {"url": events}
    request = {} if socket_mode else {"request_url": events}
    features: dict[str, Any] = {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": _NAME.lower(), "always_online": True},
        "slash_commands": [
            {
                "command": command.name(prefix),
                **address,
                "description": command.description,
                "usage_hint": command.hint,
                "should_escape": True,
            }
            for command in COMMANDS
        ],
    }
    if is_public(public_url):
        features["unfurl_domains"] = [str(urlsplit(public_url).hostname)]
    oauth: dict[str, Any] = {} if socket_mode else {"redirect_urls": [f"{public_url}{REDIRECT_PATH}"]}
    return {
        "_metadata": {"major_version": 2, "minor_version": 0},
        "display_information": {
            "name": _NAME,
            "description": _DESCRIPTION,
            "long_description": _LONG,
            "background_color": "#1f3a5f",
        },
        "features": features,
        "oauth_config": {
            **oauth,
            "scopes": {"bot": list(needed_scopes(public_url)), "bot_optional": list(OPTIONAL_SCOPES)},
        },
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": True,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": rotation,
        },
    }


HEAD = (
    "# The Slack app. Paste it at https://api.slack.com/apps → Create New App → From a manifest.",
    f"# For your own address instead of {EXAMPLE}: python app.py manifest slack",
    "# More in docs/slack.md",
)


def manifest_file(manifest: Mapping[str, Any]) -> str:
    """The manifest as YAML; the same every time."""
    return "\n".join([*HEAD, *_yaml(manifest, ""), ""])


_PLAIN = re.compile(r"[A-Za-z/_][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*")
_MEANS_SOMETHING = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def _yaml(value: Mapping[str, Any] | list[Any], indent: str) -> Iterator[str]:
    entries = value.items() if isinstance(value, Mapping) else (("-", each) for each in value)
    for key, each in entries:
        head = f"{indent}{key}" if key == "-" else f"{indent}{key}:"
        if not isinstance(each, Mapping | list):
            yield f"{head} {_scalar(each)}"
        elif key == "-":
            first, *others = _yaml(each, indent + "  ")
            yield f"{head} {first.lstrip()}"
            yield from others
        else:
            yield head
            yield from _yaml(each, indent + "  ")


def _scalar(value: str | int | bool) -> str:
    if isinstance(value, bool | int):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _MEANS_SOMETHING:
        return value
    return json.dumps(value, ensure_ascii=False)
