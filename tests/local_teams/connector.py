"""The connector's routes: conversations, activities, members, teams (Bot Framework: "Bot Connector REST API")."""

from __future__ import annotations

import copy

from .checks import LARGEST, problems, size
from .core import Core
from .errors import Refused
from .operations import Answer, Call, connector
from .state import Conversation, Json, Posted, User


def accept(core: Core, place: Conversation, root: str, activity: Json, targeted: str = "") -> list[Posted]:
    """Keep what the bot said; text and a card in one activity become two messages."""
    parts = [activity]
    if activity.get("text") and activity.get("attachments"):
        parts = [
            {name: value for name, value in activity.items() if name != "attachments"},
            {name: value for name, value in activity.items() if name != "text"},
        ]
    posted = []
    for part in parts:
        made = Posted(core.state.new_id(), place.id, "bot", copy.deepcopy(part), root, targeted=targeted)
        if place.kind == "channel" and not root:
            made.root = made.id
        place.messages[made.id] = made
        core.ledger.accept(place.id, made.id, part, place.tenant)
        made.key = core.ledger.entries[place.id, made.id].key
        posted.append(made)
    return posted


def check(core: Core, activity: Json, kinds: tuple[str, ...] = ("message", "typing")) -> None:
    if activity.get("type") not in kinds:
        raise Refused(400, "BadSyntax", "Activity type is not supported")
    if activity["type"] == "message" and "text" not in activity and not activity.get("attachments"):
        raise Refused(400, "BadSyntax", "Activity must have text or attachments")
    if size(activity) > LARGEST:
        raise Refused(413, "MessageSizeTooBig", "Message size too large.")
    found = list(problems(activity, rules=core.app.card_rules))
    if found:
        core.complaints += found
        raise Refused(400, "BadArgument", "; ".join(found))


@connector("send", "POST", "conversations/{conversation}/activities", "send")
def send(call: Call) -> Answer:
    place, root = call.place()
    call.core.writable(place)
    check(call.core, call.body)
    targeted = _targeted(call, place)
    if call.body["type"] == "typing":
        return Answer({"id": ""}, 202)
    if not call.body.get("text") and not call.body.get("attachments"):
        return Answer(None, 202)
    posted = accept(call.core, place, root, call.body, targeted)
    return Answer({"id": posted[0].id}, 201) if len(posted) == 1 else Answer(None, 202)


@connector("reply", "POST", "conversations/{conversation}/activities/{activity}", "send")
def reply(call: Call) -> Answer:
    """In Teams the same as a post to the conversation."""
    return send(call)


def _targeted(call: Call, place: Conversation) -> str:
    """Whom a targeted message is for: their directory id."""
    if call.query.get("isTargetedActivity", "").lower() != "true":
        return ""
    recipient = str((call.body.get("recipient") or {}).get("id", ""))
    if not recipient or place.kind == "personal" or not call.core.app.targeted:
        raise Refused(400, "BadArgument", "A targeted message needs a recipient, and a group.")
    user = call.core.state.user(place.tenant, recipient)
    if user is None or user.aad not in call.core.state.roster(place):
        raise Refused(403, "BotNotInConversationRoster", "The recipient is not in the conversation.")
    return user.aad


@connector("update", "PUT", "conversations/{conversation}/activities/{activity}", "send")
def update(call: Call) -> Answer:
    place, _ = call.place()
    call.core.writable(place)
    posted = _own(call, place)
    check(call.core, call.body)
    targeted = call.query.get("isTargetedActivity", "").lower() == "true"
    if targeted and call.body.get("recipient"):
        raise Refused(400, "BadArgument", "An update of a targeted message has no recipient.")
    if targeted != bool(posted.targeted):
        raise Refused(404, "ActivityNotFoundInConversation", "The activity was not found.")
    if call.body.get("text") and call.body.get("attachments"):
        raise Refused(400, "BadArgument", "An update cannot be split.")
    posted.activity = copy.deepcopy(call.body)
    posted.edits += 1
    posted.views.clear()
    return Answer({"id": posted.id})


@connector("delete", "DELETE", "conversations/{conversation}/activities/{activity}", "send")
def delete(call: Call) -> Answer:
    place, _ = call.place()
    call.core.writable(place)
    posted = _own(call, place)
    posted.deleted = True
    call.core.ledger.delete(place.id, posted.id)
    return Answer()


def _own(call: Call, place: Conversation) -> Posted:
    found = place.messages.get(call.params["activity"])
    if found is None or found.deleted:
        raise Refused(404, "ActivityNotFoundInConversation", "The activity was not found in the conversation.")
    if found.sender != "bot":
        raise Refused(403, "ForbiddenOperationException", "Only the bot's own messages can be changed.")
    return found


@connector("create", "POST", "conversations", "send")
def create(call: Call) -> Answer:
    """A chat with one person, or a new thread in a channel."""
    channel = ((call.body.get("channelData") or {}).get("channel") or {}).get("id", "")
    return _thread(call, str(channel)) if channel else _personal(call)


def _thread(call: Call, channel: str) -> Answer:
    place, root = call.core.state.conversation(channel)
    if root or place.kind != "channel":
        raise Refused(400, "BadArgument", "A thread is opened in a channel.")
    call.core.writable(place)
    activity = call.body.get("activity")
    if not isinstance(activity, dict):
        raise Refused(400, "BadArgument", "A thread begins with a message.")
    check(call.core, activity, ("message",))
    first = accept(call.core, place, "", activity)[0]
    return Answer({"id": f"{place.id};messageid={first.id}", "activityId": first.id}, 201)


def _personal(call: Call) -> Answer:
    members = call.body.get("members")
    tenant = str(call.body.get("tenantId") or ((call.body.get("channelData") or {}).get("tenant") or {}).get("id", ""))
    if call.body.get("isGroup") or not isinstance(members, list) or len(members) != 1 or not tenant:
        raise Refused(400, "BadArgument", "A bot opens chats with one person of a tenant.")
    directory = call.core.directory(tenant)
    user = call.core.state.user(tenant, str(members[0].get("id", "")))
    if user is None:
        raise Refused(403, "ForbiddenOperationException", "The member is not known.")
    if directory.disabled:
        raise Refused(403, "BotDisabledByAdmin", "The tenant admin disabled this bot")
    if user.aad not in directory.installed:
        raise Refused(403, "BotNotInConversationRoster", "The bot is not installed for this user.")
    place = call.core.state.open_personal(user)
    return Answer({"id": place.id, "activityId": "", "serviceUrl": call.core.service_url(tenant)}, 201)


# members and teams


def member_json(core: Core, user: User, role: str = "") -> Json:
    given, _, surname = user.name.partition(" ")
    return {
        "id": user.id,
        "name": user.name,
        "objectId": user.aad,
        "aadObjectId": user.aad,
        "givenName": given,
        "surname": surname,
        "email": user.mail,
        "userPrincipalName": user.upn,
        "tenantId": user.tenant,
        "userRole": "guest" if user.guest or role == "guest" else "user",
    }


@connector("members", "GET", "conversations/{conversation}/pagedmembers", "read")
def members(call: Call) -> Answer:
    """A chat gives everybody at once; a team or channel gives pages of 50 to 500 people."""
    place, _ = call.place()
    if not call.core.in_roster(place):
        raise Refused(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
    everybody = _people(call, place)
    if place.kind != "channel":
        return Answer({"members": everybody})
    page = min(500, max(50, int(call.query.get("pageSize", "200"))))
    start = int(call.query.get("continuationToken", "0"))
    found: Json = {"members": everybody[start : start + page]}
    if start + page < len(everybody):
        found["continuationToken"] = str(start + page)
    return Answer(found)


def _people(call: Call, place: Conversation) -> list[Json]:
    users = call.core.directory(place.tenant).users
    roster = call.core.state.roster(place)
    return [member_json(call.core, users[aad], role) for aad, role in roster.items() if aad in users]


@connector("member", "GET", "conversations/{conversation}/members/{member}", "read")
def member(call: Call) -> Answer:
    place, _ = call.place()
    if not call.core.in_roster(place):
        raise Refused(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
    user = call.core.state.user(place.tenant, call.params["member"])
    if user is None or user.aad not in call.core.state.roster(place):
        raise Refused(404, "MemberNotFoundInConversation", "The member was not found in the conversation.")
    return Answer(member_json(call.core, user))


def _team(call: Call) -> tuple[Conversation, Json]:
    place, _ = call.core.state.conversation(call.params["team"])
    team = call.core.state.team_of(place) if place.kind == "channel" else None
    if team is None or team.id != place.id:
        raise Refused(404, "NotFound", "The team was not found.")
    if not team.installed:
        raise Refused(403, "BotNotInConversationRoster", "The bot is not part of the team.")
    return place, {
        "id": team.id,
        "name": team.name,
        "aadGroupId": team.group,
        "tenantId": team.tenant,
        "channelCount": len(team.channels),
        "memberCount": len(team.members),
    }


@connector("team", "GET", "teams/{team}", "read")
def team_info(call: Call) -> Answer:
    return Answer(_team(call)[1])


@connector("channels", "GET", "teams/{team}/conversations", "read")
def channels(call: Call) -> Answer:
    """The general channel has no name."""
    place, _ = _team(call)
    team = call.core.state.team_of(place)
    shown = [call.core.state.conversations[ref] for ref in team.channels]
    found = [
        {"id": each.id} if each.id == team.id else {"id": each.id, "name": each.name}
        for each in shown
        if not each.deleted and (each.membership == "standard" or each.installed)
    ]
    return Answer({"conversations": found})
