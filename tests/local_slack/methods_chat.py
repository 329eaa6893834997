"""chat.*: posting, changing, taking back (Slack: the method pages of the same names)."""

from __future__ import annotations

import re

from .checks import Json
from .content import MAX_TEXT, Content, Scheduled, check_content
from .core import Core
from .errors import Refused, house_rule
from .methods import Call, method
from .payloads import message_json
from .state import Channel, Install, Message

POST = (
    "text blocks:json attachments:json markdown_text metadata:json thread_ts:ts reply_broadcast:bool unfurl_links:bool "
    "unfurl_media:bool parse mrkdwn:bool link_names:bool username icon_url icon_emoji"
)

WHISPER = (
    "text blocks:json attachments:json markdown_text metadata:json thread_ts:ts parse link_names:bool username "
    "icon_url icon_emoji"
)


def target(call: Call) -> Channel:
    """Where a post goes: a channel, a direct message, or a person's id, which opens the direct message."""
    ref, install, core = call.text("channel"), call.install, call.core
    if re.fullmatch(r"[UW][A-Z0-9]+", ref):
        user = core.user(install, ref, "channel_not_found")
        if any(call.get(name) for name in ("username", "icon_url", "icon_emoji")):
            raise house_rule("slackbot_dm", "with another name or icon this would land in the Slackbot conversation")
        if user.is_bot:
            raise Refused("cannot_dm_bot")
        if user.deleted:
            raise Refused("user_disabled")
        if user.is_stranger:
            raise Refused("channel_not_found")
        return core.state.open_direct(install, user)
    return core.channel(install, ref)


def may_post(core: Core, install: Install, channel: Channel, scopes: frozenset[str]) -> None:
    """Whether the app may write there now."""
    if channel.direct:
        if not core.app.messages_tab:
            raise Refused("messages_tab_disabled")
        others = [core.state.users[each] for each in channel.members if each != install.bot_user]
        if channel.kind == "im" and any(each.deleted for each in others):
            raise Refused("user_disabled")
    elif channel.archived:
        raise Refused("is_archived")
    elif install.bot_user not in channel.members and not (channel.kind == "public" and "chat:write.public" in scopes):
        raise Refused("not_in_channel")
    if channel.posting:
        raise Refused(channel.posting)


def _style(call: Call) -> Json:
    given = {name: call.args[name] for name in ("username", "icon_url", "icon_emoji") if call.get(name)}
    if given:
        call.need("chat:write.customize")
    if call.get("parse") not in (None, "none", "full"):
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] parse must be none or full"]})
    return {"username": given["username"]} if "username" in given else {}


def _thread(call: Call, channel: Channel) -> str | None:
    ts: str | None = call.get("thread_ts")
    if ts is None:
        if call.get("reply_broadcast"):
            raise Refused(
                "invalid_arguments", response_metadata={"messages": ["[ERROR] reply_broadcast needs thread_ts"]}
            )
        return None
    parent = channel.messages.get(ts)
    if parent is None or parent.deleted:
        raise Refused("invalid_thread_ts")
    if parent.thread_ts and parent.thread_ts != parent.ts:
        raise Refused("cannot_reply_to_message")
    return ts


def put(core: Core, install: Install, channel: Channel, content: Content, **more: object) -> Message:
    """Store a message of the app and tell those who listen."""
    message = Message(
        core.state.new_ts(),
        channel.id,
        install.bot_user,
        content.text,
        blocks=content.blocks,
        metadata=content.metadata,
        bot_id=install.bot_id,
        app_id=core.app.id,
        **more,  # type: ignore[arg-type]
    )
    channel.add(message)
    core.ledger.accept(message, channel.team_id)
    if core.app.echo:
        core.outbox.message_event(channel, message_json(core, message))
    return message


def _checked(call: Call) -> Content:
    return check_content(call.core.app, call.core.state, call.token.scopes, call.args)


@method("chat.postMessage", tier=None, scopes=("chat:write",), required="channel", optional=POST)
def post_message(call: Call) -> Json:
    channel = target(call)
    may_post(call.core, call.install, channel, call.token.scopes)
    style = _style(call)
    content = _checked(call)
    message = put(call.core, call.install, channel, content, thread_ts=_thread(call, channel), override=style)
    return {"channel": channel.id, "ts": message.ts, "message": message_json(call.core, message)}


def own(call: Call, error: str) -> tuple[Channel, Message]:
    """A message of this installation, by channel id: a person's id is not accepted here."""
    channel = call.core.channel(call.install, call.text("channel"))
    message = channel.message(call.text("ts"))
    if message.bot_id != call.install.bot_id:
        raise Refused(error)
    return channel, message


@method(
    "chat.update",
    tier=3,
    scopes=("chat:write",),
    required="channel ts:ts",
    optional="text blocks:json attachments:json markdown_text metadata:json link_names:bool parse reply_broadcast:bool",
)
def update(call: Call) -> Json:
    """Omitted metadata stays, `{}` removes it. Text and blocks are sent together: what Slack does with blocks when
    only text comes is not documented, so a message with blocks is not changed by text alone."""
    channel, message = own(call, "cant_update_message")
    may_post(call.core, call.install, channel, call.token.scopes)
    if len(call.text("text")) > MAX_TEXT:
        raise Refused("msg_too_long")
    content = _checked(call)
    if message.blocks and "blocks" not in call.args:
        raise house_rule("update_without_blocks", "what becomes of the old blocks is not documented; send blocks: []")
    apply_edit(call.core, channel, message, content, keep_metadata="metadata" not in call.args)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message_json(call.core, message),
    }


def apply_edit(core: Core, channel: Channel, message: Message, content: Content, *, keep_metadata: bool) -> None:
    before = message_json(core, message)
    message.text, message.blocks = content.text, content.blocks
    message.edited, message.edits = core.state.new_ts(), message.edits + 1
    if not keep_metadata:
        message.metadata = content.metadata
    if core.app.echo and message.ephemeral_to is None:
        core.outbox.message_changed(channel, message_json(core, message), before)


@method("chat.delete", tier=3, scopes=("chat:write",), required="channel ts:ts")
def delete(call: Call) -> Json:
    channel, message = own(call, "cant_delete_message")
    take_away(call.core, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def take_away(core: Core, channel: Channel, message: Message) -> None:
    message.deleted = True
    core.ledger.delete(message)
    if core.app.echo and message.ephemeral_to is None:
        core.outbox.message_deleted(channel, message_json(core, message))


def whisper(core: Core, install: Install, channel: Channel, user: str, content: Content) -> Message:
    """A message that one person sees; it is nowhere in the history, and has no metadata."""
    message = Message(
        core.state.new_ts(),
        channel.id,
        install.bot_user,
        content.text,
        blocks=content.blocks,
        bot_id=install.bot_id,
        app_id=core.app.id,
        ephemeral_to=user,
    )
    channel.ephemerals.append(message)
    return message


@method("chat.postEphemeral", tier=4, scopes=("chat:write",), required="channel user", optional=WHISPER)
def post_ephemeral(call: Call) -> Json:
    channel = call.core.channel(call.install, call.text("channel"))
    may_post(call.core, call.install, channel, call.token.scopes)
    _style(call)
    if call.text("user") not in channel.members:
        raise Refused("user_not_in_channel")
    _thread(call, channel)
    message = whisper(call.core, call.install, channel, call.text("user"), _checked(call))
    return {"message_ts": message.ts}


@method("chat.getPermalink", tier=None, required="channel message_ts:ts", json_body=False)
def permalink(call: Call) -> Json:
    channel = call.core.channel(call.install, call.text("channel"))
    message = channel.message(call.text("message_ts"))
    domain = call.core.state.teams[channel.team_id].domain
    link = f"https://{domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


# --- scheduled messages: Slack keeps them, and never posts those with metadata --------------------------------


@method(
    "chat.scheduleMessage",
    tier=3,
    scopes=("chat:write",),
    required="channel post_at:int",
    optional="text blocks:json attachments:json markdown_text metadata:json thread_ts:ts reply_broadcast:bool parse "
    "unfurl_links:bool unfurl_media:bool link_names:bool",
)
def schedule_message(call: Call) -> Json:
    """At most 120 days ahead and 30 messages in five minutes of a channel. With metadata it is accepted, listed, and
    never posted: a documented trap."""
    core, post_at = call.core, int(call.args["post_at"])
    channel = target(call)
    may_post(core, call.install, channel, call.token.scopes)
    now = core.clock.now()
    if post_at <= now:
        raise Refused("time_in_past")
    if post_at > now + 120 * 86_400:
        raise Refused("time_too_far")
    waiting = core.scheduled
    near = [each for each in waiting.values() if each.channel == channel.id and each.post_at // 300 == post_at // 300]
    if len(near) >= 30:
        raise Refused("restricted_too_many")
    made = Scheduled(core.state.new_id("Q"), channel.id, post_at, _checked(call), call.install)
    waiting[made.id] = made

    async def later() -> None:
        await core.clock.sleep(post_at - now)
        if waiting.pop(made.id, None) and made.content.metadata is None:
            put(core, made.install, channel, made.content)

    core.spawn(later())
    return {
        "channel": channel.id,
        "scheduled_message_id": made.id,
        "post_at": post_at,
        "message": {"text": made.content.text, "bot_id": call.install.bot_id, "type": "delayed_message"},
    }


@method("chat.scheduledMessages.list", tier=3, optional="channel cursor latest oldest limit:int")
def scheduled_list(call: Call) -> Json:
    waiting = [each for each in call.core.scheduled.values() if each.install is call.install]
    wanted = [each for each in waiting if call.get("channel") in (None, each.channel)]
    listed = [
        {"id": each.id, "channel_id": each.channel, "post_at": each.post_at, "text": each.content.text}
        for each in wanted
    ]
    return {"scheduled_messages": listed, "response_metadata": {"next_cursor": ""}}


@method("chat.deleteScheduledMessage", tier=3, scopes=("chat:write",), required="channel scheduled_message_id")
def delete_scheduled(call: Call) -> Json:
    made = call.core.scheduled.get(call.text("scheduled_message_id"))
    if made is None or made.channel != call.text("channel"):
        raise Refused("invalid_scheduled_message_id")
    del call.core.scheduled[made.id]
    return {}
