"""Activities as Teams sends them to a bot (Teams: "Conversation messages", "Conversation events", "Universal Actions").

Fields that this program does not know are always among them, because Teams adds some all the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from .core import Core
from .state import Conversation, Json, Team, User


def envelope(core: Core, kind: str, user: User | None, place: Conversation, root: str = "") -> Json:
    """What every activity has. `root` is the thread's first message."""
    at = datetime.fromtimestamp(core.clock.now(), UTC)
    local = at.astimezone(timezone(timedelta(hours=-5)))
    ref = f"{place.id};messageid={root}" if root else place.id
    conversation: Json = {"conversationType": place.kind, "id": ref, "tenantId": place.tenant}
    if place.kind != "personal":
        conversation |= {"isGroup": True, "name": place.name} if place.name else {"isGroup": True}
    return {
        "type": kind,
        "id": core.state.new_id(),
        "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "localTimestamp": local.isoformat(timespec="milliseconds"),
        "serviceUrl": core.service_url(place.tenant),
        "channelId": "msteams",
        "from": _from(user),
        "conversation": conversation,
        "recipient": {"id": core.app.bot, "name": core.app.name},
        "channelData": channel_data(core, place),
        "rolloutRing": {"general": 4},
    }


def _from(user: User | None) -> Json:
    if user is None:
        return {"id": "29:system"}
    return {"id": user.id, "name": user.name, "aadObjectId": user.aad}


def channel_data(core: Core, place: Conversation) -> Json:
    data: Json = {"tenant": {"id": place.tenant}, "clientExperiment": "b7"}
    if place.kind == "channel":
        team = core.state.team_of(place)
        data |= {
            "teamsChannelId": place.id,
            "teamsTeamId": team.id,
            "channel": {"id": place.id},
            "team": {"id": team.id, "name": team.name, "aadGroupId": team.group},
        }
    return data


def client_info(user: User) -> Json:
    country = user.locale.partition("-")[2] or "CA"
    info = {"locale": user.locale, "country": country, "platform": "Web", "timezone": user.zone}
    return {"type": "clientInfo", **info}


def message(
    core: Core,
    user: User,
    place: Conversation,
    text: str,
    *,
    root: str = "",
    entities: Sequence[Json] = (),
    attachments: Sequence[Json] = (),
    targeted: bool = False,
) -> Json:
    """What somebody typed; the copy in HTML is there as an attachment where something was formatted."""
    made = envelope(core, "message", user, place, root)
    made |= {"textFormat": "plain", "text": text, "locale": user.locale}
    made["entities"] = [*entities, client_info(user)]
    html = {"contentType": "text/html", "content": f"<p>{text}</p>"}
    made["attachments"] = [*attachments, html] if attachments or entities else []
    if targeted:
        made["recipient"]["isTargeted"] = True
    return made


def submit(core: Core, user: User, place: Conversation, root: str, reply_to: str, value: Any) -> Json:
    """A press as Action.Submit: a message without text."""
    made = envelope(core, "message", user, place, root)
    made |= {"replyToId": reply_to, "value": value, "locale": user.locale, "entities": [client_info(user)]}
    return made


def invoke(
    core: Core, user: User, place: Conversation, root: str, name: str, value: Any, *, reply_to: str = ""
) -> Json:
    made = envelope(core, "invoke", user, place, root)
    made |= {"name": name, "value": value, "locale": user.locale, "entities": [client_info(user)]}
    made["channelData"]["source"] = {"name": "message"}
    if reply_to:
        made["replyToId"] = reply_to
    return made


def card_action(action: Json, data: Any, trigger: str) -> Json:
    """The value of `adaptiveCard/action`."""
    said = {"type": "Action.Execute", "id": action.get("id", ""), "verb": action.get("verb", ""), "data": data}
    return {"action": said, "trigger": trigger}


# events


def members_changed(core: Core, place: Conversation, who: Sequence[Json], by: User | None, *, added: bool) -> Json:
    made = envelope(core, "conversationUpdate", by, place)
    made["membersAdded" if added else "membersRemoved"] = list(who)
    if place.kind == "channel":
        made["channelData"]["eventType"] = "teamMemberAdded" if added else "teamMemberRemoved"
    return made


def installation(core: Core, place: Conversation, by: User | None, action: str) -> Json:
    made = envelope(core, "installationUpdate", by, place)
    if by is not None:
        made |= {"locale": by.locale, "entities": [client_info(by)]}
    return made | {"action": action}


def channel_event(core: Core, place: Conversation, event: str) -> Json:
    """`channelCreated`, `channelRenamed`, `channelDeleted`, `channelRestored`: said in the team's general channel."""
    team = core.state.team_of(place)
    made = envelope(core, "conversationUpdate", None, core.state.conversations[team.id])
    made["channelData"] |= {"eventType": event, "channel": {"id": place.id, "name": place.name}}
    return made


def team_event(core: Core, team: Team, event: str) -> Json:
    """`teamRenamed`, `teamDeleted`, `teamArchived`, …"""
    made = envelope(core, "conversationUpdate", None, core.state.conversations[team.id])
    made["channelData"] |= {"eventType": event}
    return made


def account(user: User) -> Json:
    return {"id": user.id, "aadObjectId": user.aad}
