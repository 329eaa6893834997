"""conversations.*: finding, making, filling and closing places (Slack: the method pages of the same names)."""

from __future__ import annotations

import re

from .checks import Json, length
from .errors import Refused
from .methods import Call, method, page
from .payloads import channel_json, message_json
from .state import Channel, Message

READ = {"channels": ("channels:read",), "groups": ("groups:read",), "im": ("im:read",), "mpim": ("mpim:read",)}
ANY_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = {
    "channels": ("channels:history",),
    "groups": ("groups:history",),
    "im": ("im:history",),
    "mpim": ("mpim:history",),
}
ANY_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
MANAGE = {"channels": ("channels:manage",), "groups": ("groups:write",)}
ANY_MANAGE = ("channels:manage", "groups:write")
TOPIC = {
    "channels": ("channels:write.topic", "channels:manage"),
    "groups": ("groups:write.topic", "groups:write"),
}
INVITE = {
    "channels": ("channels:write.invites", "channels:manage"),
    "groups": ("groups:write.invites", "groups:write"),
}
HISTORY_ARGS = "cursor include_all_metadata:bool inclusive:bool latest limit:int oldest"


@method("conversations.open", tier=3, optional="channel users:list return_im:bool prevent_creation:bool")
def open_(call: Call) -> Json:
    """One person: the direct message, always the same. Two to eight: a group."""
    if call.get("channel"):
        channel = call.core.channel(call.install, call.text("channel"))
        return _opened(call, channel, existed=True)
    refs: list[str] = call.get("users") or []
    if not refs:
        raise Refused("users_list_not_supplied")
    if len(refs) > 8:
        raise Refused("too_many_users")
    call.need("im:write" if len(refs) == 1 else "mpim:write")
    people = [call.core.user(call.install, ref) for ref in refs]
    for person in people:
        if person.deleted:
            raise Refused("user_disabled")
        if person.is_bot:
            raise Refused("cannot_dm_bot")
        if person.is_stranger:
            raise Refused("user_not_visible")
    state = call.core.state
    if len(people) > 1:
        members = [call.install.bot_user, *(person.id for person in people)]
        for each in state.channels.values():
            if each.kind == "mpim" and set(each.members) == set(members):
                return _opened(call, each, existed=True)
        team = call.install.team_id or people[0].teams[0]
        made = Channel(state.new_id("G"), "mpim", team, name="mpdm-" + people[0].name, members=members)
        state.channels[made.id] = made
        return _opened(call, made, existed=False)
    existing = state.direct_channel(call.install, people[0])
    if existing is None and call.get("prevent_creation"):
        raise Refused("channel_not_found")
    return _opened(call, existing or state.open_direct(call.install, people[0]), existed=existing is not None)


def _opened(call: Call, channel: Channel, *, existed: bool) -> Json:
    shown = channel_json(call.core, channel, call.install) if call.get("return_im") else {"id": channel.id}
    made: Json = {"channel": shown}
    return made | ({"no_op": True, "already_open": True} if existed else {})


@method("conversations.info", tier=3, scopes=ANY_READ, required="channel", json_body=False,
        optional="include_locale:bool include_num_members:bool")  # fmt: skip
def info(call: Call) -> Json:
    channel = call.core.channel(call.install, call.text("channel"))
    call.need_for(channel, **READ)
    return {"channel": channel_json(call.core, channel, call.install, members=bool(call.get("include_num_members")))}


@method("conversations.members", tier=4, scopes=ANY_READ, required="channel", optional="cursor limit:int",
        json_body=False)  # fmt: skip
def members(call: Call) -> Json:
    channel = call.core.channel(call.install, call.text("channel"))
    call.need_for(channel, **READ)
    found, cursor = page(list(channel.members), call, default=100, most=1000)
    return {"members": found, "response_metadata": cursor}


def _listed(call: Call, channels: list[Channel]) -> Json:
    kinds = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
    wanted: list[str] = call.get("types") or ["public_channel"]
    if any(kind not in kinds for kind in wanted):
        raise Refused("invalid_types")
    scopes = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}
    for kind in wanted:
        call.need(scopes[kind])
    shown = [
        channel_json(call.core, each, call.install, members=not each.direct)
        for each in channels
        if each.kind in {kinds[kind] for kind in wanted} and not (each.archived and call.get("exclude_archived"))
    ]
    found, cursor = page(shown, call, default=100, most=999)
    return {"channels": found, "response_metadata": cursor}


@method("conversations.list", tier=2, scopes=ANY_READ, json_body=False,
        optional="cursor exclude_archived:bool limit:int types:list")  # fmt: skip
def list_(call: Call) -> Json:
    team, bot = call.team(), call.install.bot_user
    visible = [
        each
        for each in call.core.state.channels.values()
        if each.team_id == team.id and (each.kind == "public" or bot in each.members)
    ]
    return _listed(call, visible)


@method("users.conversations", tier=2, scopes=ANY_READ, json_body=False,
        optional="cursor exclude_archived:bool exclude_muted:bool limit:int types:list user")  # fmt: skip
def of_user(call: Call) -> Json:
    """The places of a person that the app can see too; without `user`, its own."""
    team, bot = call.team(), call.install.bot_user
    who = call.get("user") or bot
    visible = [
        each
        for each in call.core.state.channels.values()
        if each.team_id == team.id and who in each.members and (each.kind == "public" or bot in each.members)
    ]
    return _listed(call, visible)


def _moment(call: Call, name: str) -> float | None:
    value = call.get(name)
    if value is None:
        return None
    try:
        return float(value)
    except ValueError:
        raise Refused(f"invalid_ts_{name}") from None


def _history(call: Call, messages: list[Message], *, most: int) -> Json:
    """Newest first for history; the text of times is compared as numbers. Only now and here ts becomes a number."""
    oldest, latest, inclusive = _moment(call, "oldest"), _moment(call, "latest"), bool(call.get("inclusive"))

    def within(message: Message) -> bool:
        at = float(message.ts)
        after = oldest is None or at > oldest or (inclusive and at == oldest)
        return after and (latest is None or at < latest or (inclusive and at == latest))

    limit = call.get("limit") or 100
    if limit > most or limit < 1:
        raise Refused("invalid_limit")
    if call.core.app.distribution == "distributed":
        limit = min(limit, 15)
    call.args["limit"] = limit
    kept = [message for message in messages if within(message)]
    found, cursor = page(kept, call, default=limit, most=most)
    metadata = bool(call.get("include_all_metadata"))
    shown = [message_json(call.core, each, metadata=metadata) for each in found]
    made: Json = {"messages": shown, "has_more": bool(cursor["next_cursor"])}
    return made | ({"response_metadata": cursor} if cursor["next_cursor"] else {})


@method("conversations.history", tier=3, scopes=ANY_HISTORY, required="channel", optional=HISTORY_ARGS,
        json_body=False)  # fmt: skip
def history(call: Call) -> Json:
    """Messages outside threads, newest first. Sold outside the Marketplace: 15 at most."""
    channel = call.core.member(call.install, call.text("channel"))
    call.need_for(channel, **HISTORY)
    top = [each for each in channel.live if each.thread_ts in (None, each.ts)]
    made = _history(call, top[::-1], most=999)
    return made | {"pin_count": len(channel.pins), "channel_actions_ts": None, "channel_actions_count": 0}


@method("conversations.replies", tier=3, scopes=ANY_HISTORY, required="channel ts:ts", optional=HISTORY_ARGS,
        json_body=False)  # fmt: skip
def replies(call: Call) -> Json:
    channel = call.core.member(call.install, call.text("channel"))
    call.need_for(channel, **HISTORY)
    parent = channel.messages.get(call.text("ts"))
    if parent is None or parent.deleted:
        raise Refused("thread_not_found")
    return _history(call, [parent, *channel.replies(parent.ts)], most=1000)


# --- making and changing ------------------------------------------------------------------------------------


def check_name(name: str) -> None:
    """Lower-case letters, digits, hyphens and underscores, at most 80."""
    if not name:
        raise Refused("invalid_name_required")
    if length(name) > 80:
        raise Refused("invalid_name_maxlength")
    if not re.search(r"[^\W_]", name):
        raise Refused("invalid_name_punctuation")
    if not re.fullmatch(r"[a-z0-9_-]+", name):
        raise Refused("invalid_name_specials")


@method("conversations.create", tier=2, scopes=ANY_MANAGE, required="name", optional="is_private:bool")
def create(call: Call) -> Json:
    """The app becomes creator and member. Archived channels keep their names."""
    core, install, team = call.core, call.install, call.team()
    private = bool(call.get("is_private"))
    call.need("groups:write" if private else "channels:manage")
    name = call.text("name")
    check_name(name)
    if team.channel_creation != "everyone":
        raise Refused("restricted_action")
    if core.state.named(team.id, name):
        raise Refused("name_taken")
    channel = Channel(
        core.state.new_id("C"),
        "private" if private else "public",
        team.id,
        name,
        creator=install.bot_user,
        created=int(core.clock.now()),
        members=[install.bot_user],
    )
    core.state.channels[channel.id] = channel
    core.outbox.joined(channel, install.bot_user)
    return {"channel": channel_json(core, channel, install)}


def _changeable(call: Call, **scopes: tuple[str, ...]) -> Channel:
    channel = call.core.member(call.install, call.text("channel"))
    call.need_for(channel, **scopes)
    if channel.archived:
        raise Refused("is_archived")
    return channel


def _invitee(call: Call, channel: Channel, ref: str) -> str | None:
    """Why a person cannot be invited."""
    user = call.core.state.users.get(ref)
    if ref == call.install.bot_user:
        return "cant_invite_self"
    if user is None or not set(user.teams) & set(call.install.teams):
        return "user_not_found"
    if channel.team_id not in user.teams:
        return "org_user_not_in_team"
    if ref in channel.members:
        return "already_in_channel"
    if user.deleted or user.is_stranger:
        return "cant_invite"
    if user.is_ultra_restricted and any(
        ref in each.members for each in call.core.state.channels.values() if not each.direct
    ):
        return "ura_max_channels"
    return None


@method("conversations.invite", tier=3, scopes=(*INVITE["channels"], *INVITE["groups"]), required="channel users:list",
        optional="force:bool")  # fmt: skip
def invite(call: Call) -> Json:
    """At most 100 people a call. With `force` the good ones come in and the others are named."""
    channel = _changeable(call, **INVITE)
    refs: list[str] = call.args["users"]
    if len(refs) > 100:
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] no more than 100 users"]})
    reasons = {ref: _invitee(call, channel, ref) for ref in dict.fromkeys(refs)}
    errors = [{"user": ref, "ok": False, "error": why} for ref, why in reasons.items() if why]
    good = [ref for ref, why in reasons.items() if why is None]
    if errors and (not call.get("force") or not good):
        raise Refused(str(errors[0]["error"]), errors=errors)
    for ref in good:
        channel.members.append(ref)
        call.core.outbox.joined(channel, ref, inviter=call.install.bot_user)
    made: Json = {"channel": channel_json(call.core, channel, call.install)}
    return made | ({"errors": errors} if errors else {})


@method("conversations.kick", tier=3, scopes=ANY_MANAGE, required="channel", optional="user")
def kick(call: Call) -> Json:
    channel = _changeable(call, **MANAGE)
    ref = call.text("user")
    if ref == call.install.bot_user:
        raise Refused("cant_kick_self")
    call.core.user(call.install, ref)
    if channel.general:
        raise Refused("cant_kick_from_general")
    if ref not in channel.members:
        raise Refused("not_in_channel")
    channel.members.remove(ref)
    call.core.outbox.left(channel, ref)
    return {"errors": {}}


def _describe(call: Call, what: str) -> Json:
    channel = _changeable(call, **TOPIC)
    if what not in call.args:
        raise Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {what}"]})
    words = call.text(what)
    if length(words) > 250:
        raise Refused("too_long")
    setattr(channel, what, words)
    core = call.core
    said = f'set the channel {what}: "{words}"'
    message = Message(core.state.new_ts(), channel.id, call.install.bot_user, said, subtype=f"channel_{what}")
    channel.add(message)
    return {"channel": channel_json(core, channel, call.install)}


TOPICS = (*TOPIC["channels"], *TOPIC["groups"])


@method("conversations.setTopic", tier=2, scopes=TOPICS, required="channel", optional="topic")
def set_topic(call: Call) -> Json:
    """At most 250 characters; each change posts a line into the channel."""
    return _describe(call, "topic")


@method("conversations.setPurpose", tier=2, scopes=TOPICS, required="channel", optional="purpose")
def set_purpose(call: Call) -> Json:
    return _describe(call, "purpose")


@method("conversations.rename", tier=2, scopes=ANY_MANAGE, required="channel name")
def rename(call: Call) -> Json:
    channel = _changeable(call, **MANAGE)
    check_name(call.text("name"))
    if call.core.state.named(channel.team_id, call.text("name")):
        raise Refused("name_taken")
    channel.previous_names.append(channel.name)
    channel.name = call.text("name")
    call.core.outbox.channel_event("rename", channel)
    return {"channel": channel_json(call.core, channel, call.install)}


@method("conversations.archive", tier=2, scopes=ANY_MANAGE, required="channel")
def archive(call: Call) -> Json:
    channel = call.core.channel(call.install, call.text("channel"))
    call.need_for(channel, **MANAGE)
    if channel.archived:
        raise Refused("already_archived")
    if channel.general:
        raise Refused("cant_archive_general")
    if call.install.bot_user not in channel.members:
        raise Refused("not_in_channel")
    channel.archived = True
    call.core.outbox.channel_event("archive", channel, user=call.install.bot_user)
    return {}


@method("conversations.unarchive", tier=2, scopes=ANY_MANAGE, required="channel")
def unarchive(call: Call) -> Json:
    """Whether a bot may is not documented: here it may not."""
    channel = call.core.channel(call.install, call.text("channel"))
    raise Refused("restricted_action" if channel.archived else "not_archived")


@method("conversations.join", tier=3, scopes=("channels:join",), required="channel")
def join(call: Call) -> Json:
    channel = call.core.channel(call.install, call.text("channel"))
    if channel.kind != "public":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    made: Json = {"channel": channel_json(call.core, channel, call.install)}
    if call.install.bot_user in channel.members:
        return made | {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    channel.members.append(call.install.bot_user)
    call.core.outbox.joined(channel, call.install.bot_user)
    return made


@method("conversations.leave", tier=3, scopes=ANY_MANAGE, required="channel")
def leave(call: Call) -> Json:
    channel = call.core.channel(call.install, call.text("channel"))
    call.need_for(channel, **MANAGE)
    if channel.archived:
        raise Refused("is_archived")
    if channel.general:
        raise Refused("cant_leave_general")
    if call.install.bot_user not in channel.members:
        return {"not_in_channel": True}
    channel.members.remove(call.install.bot_user)
    call.core.outbox.left(channel, call.install.bot_user)
    return {}


@method("pins.add", tier=2, scopes=("pins:write",), required="channel", optional="timestamp", json_body=False)
def pin(call: Call) -> Json:
    """At most 100 in a channel; pinning twice is refused, and nothing changes."""
    channel = _changeable(call, groups=("pins:write",), channels=("pins:write",))
    message = channel.messages.get(call.text("timestamp"))
    if message is None or message.deleted:
        raise Refused("message_not_found")
    if message.ts in channel.pins:
        raise Refused("already_pinned")
    if len(channel.pins) >= 100:
        raise Refused("too_many_pins")
    channel.pins.append(message.ts)
    return {}
