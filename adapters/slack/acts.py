"""What Slack tells us, read: who did what, where, and what is needed to answer. Pure.

Payloads: Slack, "Slash commands", "block_actions", "view payloads", "Events API".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from adapters.slack.stamps import Stamp, stamped
from adapters.slack.views import FORM, Origin, origin_of
from adapters.slack.words import typed_words
from bot.model.people import Address

Json = Mapping[str, Any]


class Where(StrEnum):
    """Where somebody acted."""

    DIRECT = "direct"
    ROOM = "room"
    MODAL = "modal"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Place:
    """What is needed to answer there. `trigger` opens a modal within three seconds; `ts` is the message that was
    pressed, `hidden` whether only this person sees it; `thread` the thread that was written in."""

    where: Where
    channel: str = ""
    ts: str = ""
    hidden: bool = False
    thread: str = ""
    response_url: str = ""
    trigger: str = ""
    view: Json = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody did. `event_id` is the same when Slack tells it again."""

    who: Address
    event_id: str
    place: Place


@dataclass(frozen=True, slots=True)
class Said(Act):
    """Words: a direct message, or a slash command (`command`)."""

    text: str = ""
    command: bool = False


@dataclass(frozen=True, slots=True)
class Pressed(Act):
    stamp: Stamp = field(default_factory=lambda: Stamp(""))


@dataclass(frozen=True, slots=True)
class Sent(Act):
    """A form was sent."""


@dataclass(frozen=True, slots=True)
class Opened(Act):
    """The home tab was opened."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A person's account changed."""

    who: Address
    user: Json


@dataclass(frozen=True, slots=True)
class Left:
    """The app was removed, or its tokens revoked; `bots` are the bot users concerned."""

    workspace: str
    event_id: str = ""
    revoked: bool = False
    bots: tuple[str, ...] = ()


def workspace_of(body: Json) -> str:
    """The installation's workspace: the organisation's id where that installed the app, else the workspace's."""
    granted = (body.get("authorizations") or [{}])[0]
    enterprise = body.get("enterprise_id") or (body.get("enterprise") or {}).get("id") or granted.get("enterprise_id")
    org_wide = str(body.get("is_enterprise_install") or granted.get("is_enterprise_install") or "").lower() == "true"
    if org_wide and enterprise:
        return str(enterprise)
    # in shared channels and their modals the first two are ours, the others may be those of whoever acted
    ours = granted.get("team_id") or (body.get("view") or {}).get("app_installed_team_id")
    team = body.get("team_id") or (body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id")
    return str(ours or team or "")


def read(body: Json, nouns: Mapping[str, str]) -> Act | Changed | Left | None:
    """What happened; None for what does not concern us. `nouns` are those of the slash commands by their names."""
    if "command" in body:
        return _command(body, nouns)
    match body.get("type"):
        case "event_callback":
            return _event(body)
        case "block_actions":
            return _press(body)
        case "view_submission":
            return _submission(body)
    return None


def _command(body: Json, nouns: Mapping[str, str]) -> Said | None:
    noun = nouns.get(str(body["command"]))
    if noun is None:
        return None
    channel = str(body.get("channel_id", ""))
    direct = channel.startswith("D")  # perhaps a conversation with somebody else, where the app cannot write
    place = Place(
        Where.DIRECT if direct else Where.ROOM,
        "" if direct else channel,
        response_url=str(body.get("response_url", "")),
        trigger=str(body.get("trigger_id", "")),
    )
    who = Address("slack", workspace_of(body), str(body["user_id"]))
    text = f"{noun} {typed_words(str(body.get('text', '')))}".strip()
    return Said(who, place.trigger, place, text, command=True)


def _event(body: Json) -> Act | Changed | Left | None:
    event, workspace = body.get("event") or {}, workspace_of(body)
    event_id = str(body.get("event_id", ""))
    match event.get("type"):
        case "message":
            return _message(event, workspace, event_id)
        case "app_home_opened" if event.get("tab") == "home":
            who = Address("slack", workspace, str(event["user"]))
            return Opened(who, event_id, Place(Where.HOME, str(event.get("channel", ""))))
        case "user_change":
            user = event.get("user") or {}
            return Changed(Address("slack", workspace, str(user.get("id", ""))), user)
        case "app_uninstalled":
            return Left(workspace, event_id)
        case "tokens_revoked":
            tokens = event.get("tokens") or {}
            return Left(workspace, event_id, revoked=True, bots=tuple(tokens.get("bot") or ()))
    return None


def _message(event: Json, workspace: str, event_id: str) -> Said | None:
    """Words written to the app. Edits, deletions and what apps write are none."""
    words = event.get("subtype") in (None, "file_share", "thread_broadcast")
    if not words or event.get("bot_id") or event.get("channel_type") != "im" or not event.get("user"):
        return None
    thread = str(event.get("thread_ts") or "")
    place = Place(Where.DIRECT, str(event.get("channel", "")), thread=thread)
    return Said(Address("slack", workspace, str(event["user"])), event_id, place, typed_words(event.get("text") or ""))


def _press(body: Json) -> Pressed | None:
    action = (body.get("actions") or [{}])[0]
    if action.get("type") != "button" or not action.get("value") or action.get("url"):
        return None  # a link: it opens by itself
    who = Address("slack", workspace_of(body), str(body["user"]["id"]))
    event_id = f"{action.get('action_ts', '')}:{who.ref}"
    return Pressed(who, event_id, _pressed_place(body), stamped(str(action["value"])))


def _pressed_place(body: Json) -> Place:
    container, trigger = body.get("container") or {}, str(body.get("trigger_id", ""))
    view = body.get("view")
    if view:
        home = view.get("type") == "home"
        return Place(Where.HOME if home else Where.MODAL, trigger=trigger, view=view, origin=origin_of(view))
    channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
    return Place(
        Where.DIRECT if channel.startswith("D") else Where.ROOM,
        channel,
        str(container.get("message_ts", "")),
        bool(container.get("is_ephemeral")),
        str(container.get("thread_ts") or ""),
        str(body.get("response_url") or ""),
        trigger,
    )


def _submission(body: Json) -> Sent | None:
    view = body.get("view") or {}
    if view.get("callback_id") != FORM:
        return None
    who = Address("slack", workspace_of(body), str(body["user"]["id"]))
    trigger = str(body.get("trigger_id", ""))
    place = Place(Where.MODAL, trigger=trigger, view=view, origin=origin_of(view))
    return Sent(who, trigger or f"{view.get('id')}:{view.get('hash')}", place)


def room_of(act: Act) -> Address | None:
    """The room in which somebody spoke or pressed; direct messages, forms and the home tab are none."""
    if act.place.where is not Where.ROOM:
        return None
    return Address("slack", act.who.workspace, act.place.channel)
