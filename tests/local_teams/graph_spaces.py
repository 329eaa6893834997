"""Microsoft Graph: group chats, and teams with their channels (Graph: "chat", "channel", "conversationMember")."""

from __future__ import annotations

import re
from typing import Any

from .core import Core
from .errors import Refused
from .graph_people import app_json, bound_app, page
from .operations import Answer, Call, graph
from .state import Conversation, Json, Membership, Team

BOUND = re.compile(r"/users(?:\('([^']+)'\)|/([^/']+))$")
FORBIDDEN = re.compile(r"[~#%&*{}+/\\:<>?|'\"]|\.\.|^[_.]|\.$")
KINDS = {"standard", "private", "shared"}
CHAT_MEMBERS = ("ChatMember.ReadWrite.All", "ChatMember.ReadWrite.WhereInstalled", "Chat.Manage.Chat")
CHANNEL_MEMBERS = ("ChannelMember.ReadWrite.All", "ChannelMember.ReadWrite.Group")
CHANNELS = ("Channel.ReadBasic.All", "ChannelSettings.Read.Group", "ChannelSettings.ReadWrite.Group")
SETTINGS = ("ChannelSettings.ReadWrite.All", "ChannelSettings.ReadWrite.Group")
INSTALL_CHAT = ("TeamsAppInstallation.ReadWriteSelfForChat.All", "TeamsAppInstallation.ReadWriteForChat.All")
INSTALL_TEAM = ("TeamsAppInstallation.ReadWriteSelfForTeam.All", "TeamsAppInstallation.ReadWriteForTeam.All")
ENABLE = ("TeamsAppInstallation.ManageSelectedForTeam.All", "TeamsAppInstallation.ReadWriteForTeam.All")


def members_of(call: Call, rows: Any) -> dict[str, str]:
    """Directory ids and roles out of a list of members to be."""
    found: dict[str, str] = {}
    for row in rows or []:
        aad, role = member_of(call, row)
        found[aad] = role
    return found


def member_of(call: Call, row: Json) -> tuple[str, str]:
    if not str(row.get("@odata.type", "")).endswith("aadUserConversationMember"):
        raise Refused(400, "BadRequest", "A member needs the type aadUserConversationMember.")
    bound = BOUND.search(str(row.get("user@odata.bind", "")))
    if bound is None:
        raise Refused(400, "BadRequest", "A member needs user@odata.bind.")
    user = call.graph_user(bound[1] or bound[2])
    roles = row.get("roles", [])
    return user.aad, str(roles[0]) if roles else ""


def member_rows(call: Call, place: dict[str, str], where: str) -> list[Json]:
    users = call.directory.users
    return [
        {
            "@odata.type": "#microsoft.graph.aadUserConversationMember",
            "id": membership(where, aad),
            "roles": [role] if role else [],
            "displayName": users[aad].name,
            "userId": aad,
            "email": users[aad].mail,
            "tenantId": call.directory.id,
        }
        for aad, role in place.items()
        if aad in users
    ]


def membership(where: str, aad: str) -> str:
    """The name of a membership: nobody but Graph knows what it is made of."""
    return f"MCMj{where[3:15]}{aad.replace('-', '')}"


def remove(call: Call, members: dict[str, str], where: str) -> Answer:
    for aad in members:
        if membership(where, aad) == call.params["membership"]:
            del members[aad]
            return Answer(None, 204)
    raise Refused(404, "NotFound", "The membership was not found.")


# group chats


def chat_json(place: Conversation) -> Json:
    return {"id": place.id, "topic": place.name or None, "chatType": "group", "tenantId": place.tenant}


def _chat(call: Call) -> Conversation:
    found = call.core.state.conversations.get(call.params["chat"])
    if found is None or found.kind != "groupChat" or found.tenant != call.directory.id:
        raise Refused(404, "NotFound", "The chat was not found.")
    return found


@graph("create_chat", "POST", "chats", "Chat.Create")
def create_chat(call: Call) -> Answer:
    if call.body.get("chatType") != "group":
        raise Refused(400, "BadRequest", "Only group chats here.")
    members = members_of(call, call.body.get("members"))
    if not members or any(role not in ("owner", "guest") for role in members.values()):
        raise Refused(400, "BadRequest", "Every member needs the role owner or guest.")
    if len(members) > 250:
        raise Refused(400, "BadRequest", "Too many members.")
    if len(str(call.body.get("topic") or "")) > 250 or ":" in str(call.body.get("topic") or ""):
        raise Refused(400, "BadRequest", "The topic is not valid.")
    ref = f"19:{call.core.state.new_ref()}@thread.v2"
    made = Conversation(ref, "groupChat", call.directory.id, members, name=str(call.body.get("topic") or ""))
    call.core.state.conversations[ref] = made
    return Answer(chat_json(made), 201)


@graph("chat", "GET", "chats/{chat}", "Chat.ReadWrite.All", "Chat.Read.All", "ChatSettings.ReadWrite.Chat")
def one_chat(call: Call) -> Answer:
    return Answer(chat_json(_chat(call)))


@graph("chats_of", "GET", "users/{user}/chats", "Chat.ReadBasic.All", "Chat.Read.All", "Chat.ReadWrite.All")
def chats_of(call: Call) -> Answer:
    user = call.graph_user(call.params["user"])
    held = [each for each in call.core.state.conversations.values() if each.kind == "groupChat"]
    return page(call, [chat_json(each) for each in held if user.aad in each.members], f"users/{user.aad}/chats")


@graph("rename_chat", "PATCH", "chats/{chat}", "Chat.ReadWrite.All", "ChatSettings.ReadWrite.Chat")
def rename_chat(call: Call) -> Answer:
    _chat(call).name = str(call.body.get("topic", ""))
    return Answer(chat_json(_chat(call)))


@graph("install_in_chat", "POST", "chats/{chat}/installedApps", *INSTALL_CHAT)
def install_in_chat(call: Call) -> Answer:
    place = _chat(call)
    bound_app(call)
    if place.installed:
        raise Refused(409, "Conflict", "The app is already installed.")
    call.core.outbox.joins(place)
    return Answer(None, 201)


@graph("chat_members", "GET", "chats/{chat}/members", *CHAT_MEMBERS, "ChatMember.Read.All", "Chat.ReadWrite.All")
def chat_members(call: Call) -> Answer:
    place = _chat(call)
    return page(call, member_rows(call, place.members, place.id), f"chats/{place.id}/members")


@graph("add_chat_member", "POST", "chats/{chat}/members", *CHAT_MEMBERS)
def add_chat_member(call: Call) -> Answer:
    place = _chat(call)
    aad, role = member_of(call, call.body)
    if role not in ("owner", "guest"):
        raise Refused(400, "BadRequest", "Every member needs the role owner or guest.")
    if aad in place.members:
        raise Refused(409, "Conflict", "The member is in the chat already.")
    place.members[aad] = role
    return Answer(None, 201)


@graph("remove_chat_member", "DELETE", "chats/{chat}/members/{membership}", *CHAT_MEMBERS)
def remove_chat_member(call: Call) -> Answer:
    place = _chat(call)
    return remove(call, place.members, place.id)


# teams and channels


def _team(call: Call) -> Team:
    found = call.directory.teams.get(call.params["team"])
    if found is None:
        raise Refused(404, "NotFound", "No team found with that id.")
    return found


def _channel(call: Call) -> Conversation:
    team = _team(call)
    found = call.core.state.conversations.get(call.params["channel"])
    if found is None or found.deleted or found.group != team.group:
        raise Refused(404, "NotFound", "No channel found with that id.")
    return found


def channel_json(core: Core, place: Conversation) -> Json:
    return {
        "id": place.id,
        "displayName": place.name,
        "description": place.about,
        "membershipType": place.membership,
        "isArchived": place.archived,
        "tenantId": place.tenant,
        "webUrl": f"https://teams.microsoft.com/l/channel/{place.id}/?groupId={place.group}",
    }


@graph("team", "GET", "teams/{team}", "Team.ReadBasic.All", "TeamSettings.Read.Group")
def one_team(call: Call) -> Answer:
    team = _team(call)
    return Answer({"id": team.group, "internalId": team.id, "displayName": team.name, "tenantId": team.tenant})


@graph("install_in_team", "POST", "teams/{team}/installedApps", *INSTALL_TEAM)
def install_in_team(call: Call) -> Answer:
    team = _team(call)
    bound_app(call)
    if team.installed:
        raise Refused(409, "Conflict", "The app is already installed.")
    call.core.outbox.joins_team(team)
    return Answer(None, 201)


@graph("installed_in_team", "GET", "teams/{team}/installedApps", *INSTALL_TEAM, "TeamsAppInstallation.Read.Group")
def installed_in_team(call: Call) -> Answer:
    rows = [{"id": f"i{_team(call).group}", "teamsApp": app_json(call.core)}] if _team(call).installed else []
    return page(call, rows, f"teams/{_team(call).group}/installedApps")


@graph("team_members", "GET", "teams/{team}/members", "TeamMember.ReadWrite.All", "TeamMember.Read.Group")
def team_members(call: Call) -> Answer:
    team = _team(call)
    return page(call, member_rows(call, team.members, team.id), f"teams/{team.group}/members")


@graph("add_team_member", "POST", "teams/{team}/members", "TeamMember.ReadWrite.All")
def add_team_member(call: Call) -> Answer:
    aad, role = member_of(call, call.body)
    _team(call).members[aad] = role
    return Answer(None, 201)


@graph("channels", "GET", "teams/{team}/channels", *CHANNELS)
def channels(call: Call) -> Answer:
    team = _team(call)
    rows = [call.core.state.conversations[ref] for ref in team.channels]
    shown = [channel_json(call.core, each) for each in rows if not each.deleted]
    return page(call, shown, f"teams/{team.group}/channels")


@graph("create_channel", "POST", "teams/{team}/channels", "Channel.Create", "Channel.Create.Group")
def create_channel(call: Call) -> Answer:
    team, name = _team(call), str(call.body.get("displayName", ""))
    kind = call.body.get("membershipType", "standard")
    if not name or len(name) > 50 or FORBIDDEN.search(name) or kind not in KINDS:
        raise Refused(400, "BadRequest", "The channel's name or kind is not valid.")
    if len(str(call.body.get("description", ""))) > 1024:
        raise Refused(400, "BadRequest", "The description is too long.")
    held = [call.core.state.conversations[ref] for ref in team.channels]
    if any(each.name.casefold() == name.casefold() for each in held):
        raise Refused(400, "BadRequest", "Channel name already existed, please use other name.")
    members = members_of(call, call.body.get("members"))
    _check_members(team, kind, members)
    ref = f"19:{call.core.state.new_ref()}@thread.tacv2"
    about = str(call.body.get("description", ""))
    made = Conversation(ref, "channel", team.tenant, members, name, team.group, about, kind)
    call.core.state.conversations[ref] = made
    team.channels.append(ref)
    return Answer(channel_json(call.core, made), 201)


def _check_members(team: Team, kind: Membership, members: dict[str, str]) -> None:
    owners = [aad for aad, role in members.items() if role == "owner"]
    if kind == "standard" and members:
        raise Refused(400, "BadRequest", "Members of a standard channel are those of the team.")
    if kind == "private" and (not owners or len(members) > 200):
        raise Refused(400, "BadRequest", "A private channel needs an owner and at most 200 members.")
    if kind == "shared" and len(owners) != 1:
        raise Refused(400, "BadRequest", "A shared channel is created with exactly one owner.")
    if kind == "private" and not set(members) <= set(team.members):
        raise Refused(404, "NotFound", "A member is not in the team.")


@graph("channel", "GET", "teams/{team}/channels/{channel}", *CHANNELS)
def one_channel(call: Call) -> Answer:
    return Answer(channel_json(call.core, _channel(call)))


@graph("rename_channel", "PATCH", "teams/{team}/channels/{channel}", *SETTINGS)
def rename_channel(call: Call) -> Answer:
    _channel(call).name = str(call.body.get("displayName", _channel(call).name))
    return Answer(None, 204)


@graph("delete_channel", "DELETE", "teams/{team}/channels/{channel}", "Channel.Delete.All", "Channel.Delete.Group")
def delete_channel(call: Call) -> Answer:
    """Its name stays taken while it can be brought back."""
    _channel(call).deleted = True
    return Answer(None, 204)


@graph("archive", "POST", "teams/{team}/channels/{channel}/archive", *SETTINGS)
def archive(call: Call) -> Answer:
    """Answered before it is done, with where to look; the general channel cannot be archived."""
    place = _channel(call)
    if place.id == _team(call).id:
        raise Refused(400, "BadRequest", "The general channel cannot be archived.")
    place.archived = True
    return Answer(None, 202, {"Location": f"/teams/{place.group}/operations/{call.core.state.new_guid(9)}"})


@graph("unarchive", "POST", "teams/{team}/channels/{channel}/unarchive", *SETTINGS)
def unarchive(call: Call) -> Answer:
    _channel(call).archived = False
    return Answer(None, 202, {"Location": f"/teams/{_team(call).group}/operations/{call.core.state.new_guid(9)}"})


@graph(
    "channel_members", "GET", "teams/{team}/channels/{channel}/members", *CHANNEL_MEMBERS, "ChannelMember.Read.Group"
)
def channel_members(call: Call) -> Answer:
    place = _channel(call)
    rows = member_rows(call, call.core.state.roster(place), place.id)
    return page(call, rows, f"teams/{place.group}/channels/{place.id}/members")


@graph("add_channel_member", "POST", "teams/{team}/channels/{channel}/members", *CHANNEL_MEMBERS)
def add_channel_member(call: Call) -> Answer:
    place = _with_members(call)
    aad, role = member_of(call, call.body)
    if place.membership == "private" and aad not in _team(call).members:
        raise Refused(404, "NotFound", "The person is not in the team.")
    if aad in place.members:
        raise Refused(409, "Conflict", "The member is in the channel already.")
    place.members[aad] = role
    return Answer(None, 201)


@graph("remove_channel_member", "DELETE", "teams/{team}/channels/{channel}/members/{membership}", *CHANNEL_MEMBERS)
def remove_channel_member(call: Call) -> Answer:
    place = _with_members(call)
    return remove(call, place.members, place.id)


def _with_members(call: Call) -> Conversation:
    place = _channel(call)
    if place.membership == "standard":
        raise Refused(400, "BadRequest", "Members of a standard channel are those of the team.")
    return place


@graph("enable", "POST", "teams/{team}/channels/{channel}/enabledApps/$ref", *ENABLE)
def enable(call: Call) -> Answer:
    """Put an app of the team into one of its private or shared channels; private ones only in beta."""
    place = _with_members(call)
    bound_app(call)
    refused = place.membership == "private" and (call.params["version"] == "v1.0" or not call.core.app.private_channels)
    if refused or not _team(call).installed:
        raise Refused(400, "BadRequest", "The app cannot be enabled in this channel.")
    call.core.outbox.joins(place)
    return Answer(None, 204)
