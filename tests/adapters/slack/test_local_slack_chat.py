"""chat.*: what is accepted, what is refused, and what the ledger remembers, through the real SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.local_slack import App, DrivenClock
from tests.local_slack.echo import World, bare, section

METADATA = {"event_type": "course_delivery", "event_payload": {"k": "key-1"}}


async def refused(call: Awaitable[Any]) -> Any:
    """The answer of a call that must fail."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


async def error(call: Awaitable[Any]) -> str:
    return str((await refused(call))["error"])


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with bare() as made:
        yield made


async def test_a_persons_id_opens_their_conversation(world: World) -> None:
    """Posting to U answers with the D of the conversation, the same one that conversations.open gives."""
    ben = world.acme.user("Ben Carter")
    sent = await world.client.chat_postMessage(channel=ben.id, text="Hello", metadata=METADATA)
    opened = await world.client.conversations_open(users=[ben.id])
    assert sent["channel"].startswith("D")
    assert opened["channel"]["id"] == sent["channel"]
    assert sent["message"]["metadata"] == METADATA
    assert [each.text for each in ben.messages()] == ["Hello"]


async def test_metadata_is_read_back_only_when_asked_for(world: World) -> None:
    """History shows the payload with include_all_metadata, else only the type."""
    ben = world.acme.user("Ben Carter")
    sent = await world.client.chat_postMessage(channel=ben.id, text="Hello", metadata=METADATA)
    whole = await world.client.conversations_history(channel=sent["channel"], include_all_metadata=True)
    short = await world.client.conversations_history(channel=sent["channel"])
    assert whole["messages"][0]["metadata"] == METADATA
    assert short["messages"][0]["metadata"] == {"event_type": "course_delivery"}


async def test_an_update_keeps_metadata_and_the_ledger_knows_the_deletion(world: World) -> None:
    """Omitted metadata stays, `{}` removes it; a deleted message is not live any more."""
    ben = world.acme.user("Ben Carter")
    sent = await world.client.chat_postMessage(channel=ben.id, text="One", metadata=METADATA)
    where = {"channel": sent["channel"], "ts": sent["ts"]}
    assert (await world.client.chat_update(**where, text="Two"))["message"]["metadata"] == METADATA
    assert "metadata" not in (await world.client.chat_update(**where, text="Three", metadata={}))["message"]
    assert [entry.ts for entry in world.slack.ledger.live("key-1")] == [sent["ts"]]
    await world.client.chat_delete(**where)
    assert world.slack.ledger.live("key-1") == []
    assert await error(world.client.chat_update(**where, text="Four")) == "message_not_found"


async def test_two_messages_of_one_key_are_told_as_doubled(world: World) -> None:
    """The ledger names keys with more than one message standing."""
    ben = world.acme.user("Ben Carter")
    for _ in range(2):
        await world.client.chat_postMessage(channel=ben.id, text="Hello", metadata=METADATA)
    assert world.slack.ledger.doubled == ["key-1"]


async def test_others_messages_cannot_be_touched(world: World) -> None:
    """An app changes and deletes only what it posted."""
    ben = world.acme.user("Ben Carter")
    await ben.says(ben.direct(), "mine")
    place, ts = ben.direct().id, ben.last().ts
    assert await error(world.client.chat_update(channel=place, ts=ts, text="yours")) == "cant_update_message"
    assert await error(world.client.chat_delete(channel=place, ts=ts)) == "cant_delete_message"


async def test_each_closed_door_has_its_own_error(world: World) -> None:
    """Who and what cannot be written to, by Slack's codes."""
    acme, post = world.acme, world.client.chat_postMessage
    ben = acme.user("Ben Carter")
    gone = acme.user("Gone Person", deleted=True)
    bot = acme.user("Other Bot", is_bot=True)
    away = acme.channel("away", ben)
    private = acme.channel("private", ben, private=True)
    old = acme.channel("old", ben, with_app=True)
    old.archived = True
    quiet = acme.channel("quiet", ben, with_app=True)
    quiet.posting = "restricted_action_read_only_channel"
    assert await error(post(channel="U404", text="x")) == "channel_not_found"
    assert await error(post(channel="#general", text="x")) == "channel_not_found"
    assert await error(post(channel=gone.id, text="x")) == "user_disabled"
    assert await error(post(channel=bot.id, text="x")) == "cannot_dm_bot"
    assert await error(post(channel=away.id, text="x")) == "not_in_channel"
    assert await error(post(channel=private.id, text="x")) == "channel_not_found"
    assert await error(post(channel=old.id, text="x")) == "is_archived"
    assert await error(post(channel=quiet.id, text="x")) == "restricted_action_read_only_channel"
    world.slack.app.messages_tab = False
    assert await error(post(channel=ben.id, text="x")) == "messages_tab_disabled"


async def test_content_is_refused_by_slacks_codes(world: World) -> None:
    """Nothing, wrong blocks, too much text, wrong metadata."""
    ben, post = world.acme.user("Ben Carter"), world.client.chat_postMessage
    long = [section("x" * 2500) for _ in range(5)]
    assert await error(world.client.api_call("chat.postMessage", json={"channel": ben.id})) == "no_text"
    answer = await refused(post(channel=ben.id, text="x", blocks=[section("x" * 3001)]))
    assert answer["error"] == "invalid_blocks"
    assert "[json-pointer:/blocks/0/text/text]" in answer["response_metadata"]["messages"][0]
    assert await error(post(channel=ben.id, text="x", blocks="{no json")) == "invalid_blocks_format"
    assert await error(post(channel=ben.id, text="x" * 4000, blocks=long)) == "msg_blocks_too_long"
    assert await error(post(channel=ben.id, text="x", metadata={"event_type": "A B", "event_payload": {}})) == (
        "invalid_metadata_schema"
    )
    nested = {"event_type": "a", "event_payload": {"k": {"deep": {"er": 1}}}}
    assert await error(post(channel=ben.id, text="x", metadata=nested)) == "invalid_metadata_schema"
    heavy = {"event_type": "a", "event_payload": {"k": "x" * 1100}}
    assert await error(post(channel=ben.id, text="x", metadata=heavy)) == "metadata_too_large"
    assert world.slack.ledger.entries == {}


async def test_the_top_level_text_says_what_the_blocks_say(world: World) -> None:
    """A rule of this house: screen readers get the text in place of the blocks, so it may lack no word of them."""
    ben, post = world.acme.user("Ben Carter"), world.client.chat_postMessage
    blocks = [section("Read the charter, then talk."), {"type": "divider"}]
    without = world.client.api_call("chat.postMessage", json={"channel": ben.id, "blocks": blocks})
    assert await error(without) == "local_text_missing"
    answer = await refused(post(channel=ben.id, text="New lesson", blocks=blocks))
    assert answer["error"] == "local_text_incomplete"
    assert "Read the charter" in answer["response_metadata"]["messages"][0]
    await post(channel=ben.id, text="*Read* the <https://example.org|charter>, then talk.", blocks=blocks)
    assert await error(post(channel=ben.id, text="x" * 4001)) == "local_text_too_long"


async def test_nobody_is_woken_by_accident(world: World) -> None:
    """A rule of this house: no message may notify everybody, however it is written."""
    ben, post = world.acme.user("Ben Carter"), world.client.chat_postMessage
    rich = [{"type": "rich_text_section", "elements": [{"type": "broadcast", "range": "channel"}]}]
    assert await error(post(channel=ben.id, text="Hi <!here>")) == "local_broadcast"
    assert await error(post(channel=ben.id, text="@channel", blocks=[{"type": "rich_text", "elements": rich}])) == (
        "local_broadcast"
    )
    await post(channel=ben.id, text="mail &lt;!here&gt; and @here are only words")


async def test_unknown_arguments_are_refused(world: World) -> None:
    """Stricter than Slack, which passes over them: a misspelt argument is a mistake."""
    ben = world.acme.user("Ben Carter")
    answer = await refused(world.client.chat_postMessage(channel=ben.id, text="x", thread="1.1"))
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] unknown argument: thread"]


async def test_threads_hang_on_parents_that_exist(world: World) -> None:
    """Replies go to the parent's ts; they are no part of the history outside."""
    ben, post = world.acme.user("Ben Carter"), world.client.chat_postMessage
    parent = await post(channel=ben.id, text="Parent")
    reply = await post(channel=ben.id, text="Reply", thread_ts=parent["ts"])
    assert await error(post(channel=ben.id, text="x", thread_ts=reply["ts"])) == "cannot_reply_to_message"
    assert await error(post(channel=ben.id, text="x", thread_ts="1.000001")) == "invalid_thread_ts"
    history = await world.client.conversations_history(channel=parent["channel"])
    replies = await world.client.conversations_replies(channel=parent["channel"], ts=parent["ts"])
    assert [each["text"] for each in history["messages"]] == ["Parent"]
    assert history["messages"][0]["reply_count"] == 1
    assert [each["text"] for each in replies["messages"]] == ["Parent", "Reply"]


async def test_a_whisper_is_seen_by_one_and_kept_nowhere(world: World) -> None:
    """An ephemeral message needs both in the channel, and is not in the history."""
    ben, eve = world.acme.user("Ben Carter"), world.acme.user("Eve Outside")
    room = world.acme.channel("room", ben, with_app=True)
    await world.client.chat_postEphemeral(channel=room.id, user=ben.id, text="psst")
    assert [each.text for each in ben.ephemerals()] == ["psst"]
    assert ben.messages(room) == []
    assert await error(world.client.chat_postEphemeral(channel=room.id, user=eve.id, text="x")) == "user_not_in_channel"


async def test_scheduled_messages_post_unless_they_carry_metadata() -> None:
    """The documented trap: with metadata the message is accepted and never comes."""
    clock = DrivenClock()
    async with bare(clock=clock) as world:
        ben = world.acme.user("Ben Carter")
        when = int(clock.now()) + 60
        await world.client.chat_scheduleMessage(channel=ben.id, post_at=when, text="comes")
        await world.client.chat_scheduleMessage(channel=ben.id, post_at=when, text="never", metadata=METADATA)
        await clock.advance(0)
        await clock.advance(61)
        assert [each.text for each in ben.messages()] == ["comes"]
        schedule = world.client.chat_scheduleMessage
        assert await error(schedule(channel=ben.id, post_at=1, text="x")) == "time_in_past"
        assert await error(schedule(channel=ben.id, post_at=when + 121 * 86_400, text="x")) == "time_too_far"


async def test_scopes_are_named_when_they_are_missing() -> None:
    """missing_scope says what is needed and what there is."""
    async with bare(App(scopes=frozenset({"users:read"}))) as world:
        ben = world.acme.user("Ben Carter")
        answer = await refused(world.client.chat_postMessage(channel=ben.id, text="x"))
        assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "users:read")
        shown = await world.client.users_info(user=ben.id)
        assert "email" not in shown["user"]["profile"]


async def test_dead_tokens_say_why(world: World) -> None:
    """Unknown, revoked, uninstalled, and none at all."""
    assert await error(world.client.auth_test(token="xoxb-unknown")) == "invalid_auth"
    await world.slack.revoke(world.acme)
    assert await error(world.client.auth_test()) == "token_revoked"
    again = world.slack.install(world.acme)
    assert (await world.client.auth_test(token=again))["team"] == "Acme"
    assert world.slack.count("auth.test") == 3
