"""What Teams tells us, read: who did what, where, and what is needed to answer. Pure.

Activities: Teams, "Conversation messages", "Conversation events", "Universal Actions for Adaptive Cards", "Send and
receive files". Everything is read from the JSON as it came; fields that nobody asked for change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from adapters.teams.places import PLATFORM
from adapters.teams.stamps import REFRESH, Stamp, stamped, values_of
from adapters.teams.words import mentions_app, typed_words
from bot.model.people import Address

Json = Mapping[str, Any]

CARD_ACTION = "adaptiveCard/action"
FILE_CONSENT = "fileConsent/invoke"
DOWNLOAD = "application/vnd.microsoft.teams.file.download.info"
_ADDED = frozenset({"add", "add-upgrade"})


class Where(StrEnum):
    """Where somebody acted."""

    PERSONAL = "personal"
    GROUP = "group"
    CHANNEL = "channel"


_WHERE = {"personal": Where.PERSONAL, "groupchat": Where.GROUP, "channel": Where.CHANNEL}


@dataclass(frozen=True, slots=True)
class Spot:
    """What is needed to answer there. `conversation` is the chat, or the thread of a channel; `user` the person's `29:`
    id; `message` the message that was pressed. `private`: in a room, but only this person sees it. `asked`: Teams waits
    for an answer to this request (an invoke)."""

    where: Where
    conversation: str
    user: str = ""
    message: str = ""
    private: bool = False
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody did. `event_id` is the same when Teams tells it again, mostly."""

    who: Address
    event_id: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a message: `url` leads to its bytes for a while without signing in, and is a secret."""

    name: str
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Said(Act):
    """Words to the app, without the mention of it."""

    text: str = ""
    files: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class Pressed(Act):
    """`panel`: in the card of a form, or in one to read that was opened like a form."""

    stamp: Stamp = field(default_factory=lambda: Stamp(""))
    panel: bool = False


@dataclass(frozen=True, slots=True)
class Sent(Act):
    """A form was sent, with its values by field."""

    stamp: Stamp = field(default_factory=lambda: Stamp(""))
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refreshed(Act):
    """A client shows a message and asks how it is now. Nobody did anything."""

    stamp: Stamp = field(default_factory=lambda: Stamp(""))


@dataclass(frozen=True, slots=True)
class FileAnswered(Act):
    """Somebody said whether they want a file. `context` is what we gave along; `upload` says where the bytes go, and
    is empty when they do not want it."""

    context: Json = field(default_factory=dict)
    upload: Json = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """Something about the app being in a conversation: somebody's own chat, a group chat, or a channel of `team`, and
    then in all of that. `who` did it, where that is known; `speaks_in` is where the app may say something about it."""

    workspace: str
    event_id: str
    where: Where
    conversation: str
    who: Address | None = None
    speaks_in: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Installed(Change):
    """The app was added: for a person, to a group chat, to a team. `upgraded`: it was there before."""

    upgraded: bool = False


@dataclass(frozen=True, slots=True)
class Removed(Change):
    """The app was removed, or the team deleted."""


@dataclass(frozen=True, slots=True)
class Roster(Change):
    """People came or left, or a channel or team changed its name."""


What = Act | Change


def read(raw: Json) -> What | None:
    """What happened; None for what does not concern us. Raises what unreadable shapes make it raise."""
    match raw.get("type"):
        case "message":
            return _message(raw)
        case "invoke":
            return _invoke(raw)
        case "installationUpdate":
            return _installation(raw)
        case "conversationUpdate":
            return _conversation(raw)
    return None


def workspace_of(raw: Json) -> str:
    """The tenant, in small letters; empty where an activity does not say."""
    told = _of(_of(raw, "channelData"), "tenant").get("id") or _of(raw, "conversation").get("tenantId")
    return str(told or "").lower()


def room_of(act: Act) -> Address | None:
    """The room in which somebody acted, without the thread; their own chat is none."""
    if act.spot.where is Where.PERSONAL:
        return None
    return Address(PLATFORM, act.who.workspace, act.spot.conversation.partition(";")[0])


def _of(raw: Json, name: str) -> Json:
    value = raw.get(name)
    return value if isinstance(value, Mapping) else {}


def _where(raw: Json) -> Where:
    told = str(_of(raw, "conversation").get("conversationType") or "").casefold()
    if told in _WHERE:
        return _WHERE[told]
    data = _of(raw, "channelData")
    if data.get("team") or data.get("channel"):
        return Where.CHANNEL
    return Where.GROUP if _of(raw, "conversation").get("isGroup") else Where.PERSONAL


def _who(raw: Json) -> Address | None:
    """Whoever acted; None for what apps and connectors do."""
    ref, workspace = str(_of(raw, "from").get("aadObjectId") or "").lower(), workspace_of(raw)
    return Address(PLATFORM, workspace, ref) if ref and workspace else None


def _event_id(raw: Json) -> str:
    conversation, activity = _of(raw, "conversation").get("id"), raw.get("id")
    return f"{conversation}:{activity}" if conversation and activity else ""


def _spot(raw: Json, *, asked: bool = False) -> Spot:
    return Spot(
        _where(raw),
        str(_of(raw, "conversation").get("id") or ""),
        str(_of(raw, "from").get("id") or ""),
        str(raw.get("replyToId") or ""),
        _of(raw, "recipient").get("isTargeted") is True,
        asked,
    )


# messages


def _message(raw: Json) -> Act | None:
    who, spot = _who(raw), _spot(raw)
    if who is None or not spot.conversation:
        return None
    stamp = stamped(raw.get("value"))
    if stamp is not None:
        return _card(who, _event_id(raw), spot, stamp, _of(raw, "value"))
    if raw.get("value") is not None and not raw.get("text"):
        return None  # pressed in a card that is none of ours
    # in rooms only what is meant for the app is read, whatever else it may be told
    if spot.where is not Where.PERSONAL and not (mentions_app(raw) or spot.private):
        return None
    files = _attached(raw) if spot.where is Where.PERSONAL else ()
    return Said(who, _event_id(raw), spot, typed_words(raw), files)


def _card(who: Address, event_id: str, spot: Spot, stamp: Stamp, data: Json) -> Act:
    if stamp.action == REFRESH:
        return Refreshed(who, event_id, spot, stamp)
    if stamp.form:
        return Sent(who, event_id, spot, stamp, values_of(data))
    return Pressed(who, event_id, spot, stamp)


def _attached(raw: Json) -> tuple[Attached, ...]:
    """Files; the copy of the text as HTML, cards and pictures are none."""
    attachments = raw.get("attachments")
    return tuple(
        Attached(str(each.get("name") or ""), str(_of(each, "content").get("downloadUrl") or ""))
        for each in (attachments if isinstance(attachments, list) else ())
        if isinstance(each, Mapping) and each.get("contentType") == DOWNLOAD
    )


# invokes


def _invoke(raw: Json) -> Act | None:
    who, spot, value = _who(raw), _spot(raw, asked=True), _of(raw, "value")
    if who is None or not spot.conversation:
        return None
    if raw.get("name") == FILE_CONSENT:
        upload = _of(value, "uploadInfo") if value.get("action") == "accept" else {}
        return FileAnswered(who, _event_id(raw), spot, _of(value, "context"), upload)
    if raw.get("name") != CARD_ACTION:
        return None
    data = _of(_of(value, "action"), "data")
    stamp = stamped(data)
    if stamp is None:
        return None
    if value.get("trigger") == "automatic":
        return Refreshed(who, _event_id(raw), spot, stamp)
    return _card(who, _event_id(raw), spot, stamp, data)


# the app being there


def _change(raw: Json) -> tuple[str, str, Where, str, Address | None, str, str] | None:
    """The fields of a `Change`; None where there is no place to speak of. In a team the app speaks in the channel that
    was chosen when it was added."""
    workspace, where, data = workspace_of(raw), _where(raw), _of(raw, "channelData")
    conversation = str(_of(raw, "conversation").get("id") or "").partition(";")[0]
    if not (workspace and conversation):
        return None
    chosen = str(_of(_of(data, "settings"), "selectedChannel").get("id") or conversation)
    who = _who(raw) or (_added(raw) if where is Where.PERSONAL else None)
    return workspace, _event_id(raw), where, conversation, who, chosen, str(_of(data, "team").get("id") or "")


def _added(raw: Json) -> Address | None:
    """In somebody's own chat, who is there besides the app."""
    members = raw.get("membersAdded")
    for each in members if isinstance(members, list) else ():
        ref = str(each.get("aadObjectId") or "").lower() if isinstance(each, Mapping) else ""
        if ref:
            return Address(PLATFORM, workspace_of(raw), ref)
    return None


def _installation(raw: Json) -> Change | None:
    told, action = _change(raw), str(raw.get("action") or "").casefold()
    if told is None:
        return None
    if action in _ADDED:
        return Installed(*told, upgraded=action == "add-upgrade")
    return Removed(*told) if action == "remove" else None


_TEAM_GONE = frozenset({"teamDeleted", "teamHardDeleted"})
_CHANGES = frozenset(
    {
        "teamMemberAdded",
        "teamMemberRemoved",
        "teamRenamed",
        "teamRestored",
        "channelCreated",
        "channelRenamed",
        "channelDeleted",
        "channelRestored",
        "channelMemberAdded",
        "channelMemberRemoved",
    }
)


def _conversation(raw: Json) -> Change | None:
    told = _change(raw)
    if told is None:
        return None
    app = str(_of(raw, "recipient").get("id") or "")
    event = _of(raw, "channelData").get("eventType")
    if app and app in _ids(raw, "membersAdded"):
        return Installed(*told)
    if event in _TEAM_GONE or (app and app in _ids(raw, "membersRemoved")):
        return Removed(*told)
    moved = event in _CHANGES or _ids(raw, "membersAdded") or _ids(raw, "membersRemoved")
    return Roster(*told) if moved else None


def _ids(raw: Json, name: str) -> set[str]:
    members = raw.get(name)
    return (
        {str(each.get("id")) for each in members if isinstance(each, Mapping)} if isinstance(members, list) else set()
    )
