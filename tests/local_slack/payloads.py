"""Things of the state as Slack writes them: users, channels, messages, views, teams (Slack: "Types")."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from .checks import Json
from .core import Core
from .state import Channel, Enterprise, Install, Message, Team, User, UserGroup, View


def user_json(core: Core, user: User, *, email: bool, locale: bool, team_id: str | None = None) -> Json:
    """The user object; the zone is missing on bots and deactivated people, the e-mail without its scope."""
    made: Json = {
        "id": user.id,
        "team_id": team_id or user.teams[0],
        "name": user.name,
        "deleted": user.deleted,
        "profile": {
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.display_name,
            "display_name_normalized": user.display_name,
            "first_name": user.real_name.partition(" ")[0],
            "last_name": user.real_name.partition(" ")[2],
            "avatar_hash": "g" + user.id[-8:].lower(),
            "team": team_id or user.teams[0],
        },
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
    }
    if email and user.email and not user.is_bot:
        made["profile"]["email"] = user.email
    if user.is_bot:
        made["profile"]["bot_id"] = user.bot_id
        made["profile"]["api_app_id"] = core.app.id
    if not user.deleted:
        made |= {
            "color": "9f69e7",
            "real_name": user.real_name,
            "is_admin": user.is_admin,
            "is_owner": user.is_owner,
            "is_primary_owner": False,
            "is_restricted": user.is_restricted,
            "is_ultra_restricted": user.is_ultra_restricted,
            "is_email_confirmed": True,
        }
        if user.tz:
            offset = _offset(core, user.tz)
            made |= {"tz": user.tz, "tz_label": user.tz.rpartition("/")[2], "tz_offset": offset}
        if locale and user.locale:
            made["locale"] = user.locale
    if user.is_stranger:
        made["is_stranger"] = True
    if user.enterprise_id:
        enterprise = core.state.enterprises[user.enterprise_id]
        made["enterprise_user"] = {
            "id": user.id,
            "enterprise_id": enterprise.id,
            "enterprise_name": enterprise.name,
            "is_admin": False,
            "is_owner": False,
            "teams": list(user.teams),
        }
    return made


def _offset(core: Core, zone: str) -> int:
    local = datetime.fromtimestamp(core.clock.now(), UTC).astimezone(ZoneInfo(zone))
    offset = local.utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def channel_json(core: Core, channel: Channel, install: Install, *, members: bool = False) -> Json:
    made: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_private": channel.kind != "public",
        "is_org_shared": False,
        "context_team_id": channel.team_id,
        "updated": channel.created * 1000,
    }
    if channel.kind == "im":
        other = next(each for each in channel.members if each != install.bot_user)
        return made | {"user": other, "is_user_deleted": core.state.users[other].deleted, "priority": 0}
    made |= {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": channel.general,
        "is_shared": False,
        "is_ext_shared": False,
        "is_member": install.bot_user in channel.members,
        "creator": channel.creator,
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": channel.purpose, "creator": channel.creator, "last_set": channel.created},
        "previous_names": list(channel.previous_names),
        "shared_team_ids": [channel.team_id],
    }
    if members:
        made["num_members"] = len(channel.members)
    return made


def message_json(core: Core, message: Message, *, metadata: bool = True) -> Json:
    """The message object; without `include_all_metadata` only the metadata's type is shown."""
    made: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    channel = core.state.channels[message.channel]
    if message.subtype:
        made["subtype"] = message.subtype
    if message.client_msg_id:
        made["client_msg_id"] = message.client_msg_id
    if message.bot_id:
        made |= {"bot_id": message.bot_id, "app_id": message.app_id} | message.override
    made["team"] = channel.team_id
    if message.blocks:
        made["blocks"] = message.blocks
    if message.metadata is not None:
        made["metadata"] = message.metadata if metadata else {"event_type": message.metadata.get("event_type")}
    if message.edited:
        made["edited"] = {"user": message.user, "ts": message.edited}
    if message.thread_ts:
        made["thread_ts"] = message.thread_ts
    if message.files:
        made["files"] = [file_json(core, each) for each in message.files]
    if message.reactions:
        made["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ]
    if message.ts in channel.pins:
        made["pinned_to"] = [channel.id]
    replies = channel.replies(message.ts)
    if replies:
        made |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": list(dict.fromkeys(each.user for each in replies)),
            "latest_reply": replies[-1].ts,
        }
    return made


def file_json(core: Core, file_id: str) -> Json:
    record = core.state.files[file_id]
    return {
        "id": record.id,
        "name": record.name,
        "title": record.title or record.name,
        "mimetype": record.mimetype,
        "filetype": record.name.rpartition(".")[2],
        "size": record.length,
        "user": record.user,
        "user_team": record.team_id,
        "mode": "hosted",
        "is_external": False,
        "is_public": any(place.startswith("C") for place in record.shares),
        "alt_txt": record.alt,
        "url_private": f"{core.base}/files-pri/{record.team_id}-{record.id}/{record.name}",
        "url_private_download": f"{core.base}/files-pri/{record.team_id}-{record.id}/download/{record.name}",
        "permalink": f"{core.base}/files/{record.user}/{record.id}/{record.name}",
    }


def view_json(core: Core, view: View, *, state: bool = True) -> Json:
    body = view.body
    made: Json = {
        "id": view.id,
        "team_id": view.team_id,
        "type": body["type"],
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "external_id": body.get("external_id", ""),
        "state": {"values": view.state if state else {}},
        "hash": view.hash,
        "root_view_id": view.root,
        "previous_view_id": view.previous,
        "app_id": core.app.id,
        "app_installed_team_id": view.install.place,
        "bot_id": view.install.bot_id,
    }
    for name in ("title", "submit", "close"):
        made[name] = body.get(name)
    made["clear_on_close"] = body.get("clear_on_close", False)
    made["notify_on_close"] = body.get("notify_on_close", False)
    return made


def team_json(team: Team) -> Json:
    made: dict[str, Any] = {"id": team.id, "domain": team.domain}
    if team.enterprise_id:
        made["enterprise_id"] = team.enterprise_id
    return made


def enterprise_json(enterprise: Enterprise | None) -> Json | None:
    return {"id": enterprise.id, "name": enterprise.name} if enterprise else None


def group_json(group: UserGroup, *, users: bool) -> Json:
    made: Json = {
        "id": group.id,
        "team_id": group.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_delete": 0 if group.enabled else 1,
        "user_count": len(group.users),
    }
    return made | ({"users": list(group.users)} if users else {})
