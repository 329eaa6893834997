"""Turns of botbuilder on our own transport: every request gets its answer, and no field is lost on the way."""

from __future__ import annotations

import importlib.metadata
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum, StrEnum
from typing import Any

import pytest
from aiohttp import web
from botbuilder.core import ActivityHandler, BotAdapter, CardFactory, MessageFactory, TurnContext
from botbuilder.schema import (
    Activity,
    ActivityTypes,
    Attachment,
    ChannelAccount,
    ConversationReference,
    Entity,
    InvokeResponse,
    Mention,
)
from structlog.testing import capture_logs

from adapters.teams.adapter import CARD_ACTION, ERROR_TYPE, RAW, SORRY, TeamsAdapter, wire
from bot.errors import SendFailed
from bot.model.delivery import Reason
from tests.adapters.teams.issuer import Json
from tests.adapters.teams.transport_stage import DM, Door, opened

CARD: Json = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [
        {"type": "TextBlock", "text": "Bonjour « Léa » 👋", "wrap": True, "size": None, "maxLines": 0},
        {"type": "Input.ChoiceSet", "id": "f_mood", "choices": [], "value": "", "isMultiSelect": False},
        {"type": "Image", "url": "https://example.org/a.png", "width": 1.5},
    ],
    "actions": [{"type": "Action.Execute", "verb": "cc", "data": {"cc": {"a": "course.help", "k": "", "n": [1, [2]]}}}],
    "msteams": {"width": "Full"},
}


class Level(StrEnum):
    GOOD = "good"


class Size(Enum):
    LARGE = "large"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as made:
        yield made


def answering(status: int, body: Any = None) -> Callable[[TurnContext], Awaitable[None]]:
    """A handler that answers an invoke."""

    async def logic(context: TurnContext) -> None:
        value = InvokeResponse(status=status, body=body)
        await context.send_activity(Activity(type=ActivityTypes.invoke_response, value=value))

    return logic


def sending(*activities: Activity | str) -> Callable[[TurnContext], Awaitable[None]]:
    """A handler that sends these."""

    async def logic(context: TurnContext) -> None:
        for each in activities:
            await context.send_activity(each)

    return logic


async def broken(_: TurnContext) -> None:
    raise RuntimeError("Ann wrote something")


def invoke(door: Door, name: str = CARD_ACTION) -> Json:
    value = {"action": {"type": "Action.Execute", "verb": "cc", "data": {}}, "trigger": "automatic"}
    return door.activity(type="invoke", name=name, value=value, text=None)


def carded(card: Any) -> Activity:
    return Activity(type="message", attachments=[CardFactory.adaptive_card(card)])


# answers to invokes


@pytest.mark.parametrize(
    "body",
    [
        {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": CARD},
        {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Merci !"},
        {"statusCode": 400, "type": ERROR_TYPE, "value": {"code": "BadRequest", "message": "…"}},
        {"task": {"type": "continue", "value": {"title": "T", "card": {"content": CARD}}}},
        {},
        [],
    ],
)
async def test_an_invokes_answer_comes_back_as_it_was_given(body: Any, door: Door) -> None:
    """botbuilder's own adapters answer these with 500, and its model of them cannot hold a string or an error."""
    door.logic = answering(200, body)
    status, content = await door.post(invoke(door))
    assert (status, json.loads(content)) == (200, body)
    assert door.service.calls == []


async def test_an_invoke_may_be_answered_with_a_status_alone(door: Door) -> None:
    door.logic = answering(200)
    assert await door.post(invoke(door, "fileConsent/invoke")) == (200, b"")


async def test_a_handlers_answer_goes_out_through_botbuilders_own_handler(door: Door) -> None:
    class Bot(ActivityHandler):  # type: ignore[misc] # botbuilder has no types
        async def on_invoke_activity(self, context: TurnContext) -> InvokeResponse:
            return InvokeResponse(status=200, body={"trigger": context.turn_state[RAW]["value"]["trigger"]})

    door.logic = Bot().on_turn
    status, content = await door.post(invoke(door))
    assert (status, json.loads(content)) == (200, {"trigger": "automatic"})


async def test_an_invoke_that_nobody_answers_is_not_implemented(door: Door) -> None:
    assert await door.post(invoke(door, "unheard/of")) == (501, b"")
    door.logic = ActivityHandler().on_turn
    assert await door.post(invoke(door, "unheard/of")) == (501, b"")


async def test_models_and_enums_in_an_answer_become_json(door: Door) -> None:
    card = CardFactory.adaptive_card({"level": Level.GOOD, "size": Size.LARGE, "pair": (1, 2)})
    door.logic = answering(200, {"attachment": card})
    _, content = await door.post(invoke(door))
    assert json.loads(content)["attachment"]["content"] == {"level": "good", "size": "large", "pair": [1, 2]}


# what breaks


async def test_a_button_that_broke_says_so_in_teams_own_shape(door: Door) -> None:
    door.logic = broken
    status, content = await door.post(invoke(door))
    assert status == 200
    assert json.loads(content) == {
        "statusCode": 500,
        "type": ERROR_TYPE,
        "value": {"code": "InternalServerError", "message": SORRY},
    }


async def test_the_words_for_a_broken_button_may_be_chosen_by_who_pressed(door: Door) -> None:
    door.adapter = TeamsAdapter(door.check, door.connector, local=False, sorry=lambda raw: f"Désolé ({raw['locale']})")
    door.logic = broken
    _, content = await door.post(invoke(door))
    assert json.loads(content)["value"]["message"] == "Désolé (fr-CA)"


@pytest.mark.parametrize("changed", [{}, {"type": "installationUpdate"}, {"type": "invoke", "name": "task/fetch"}])
async def test_whatever_breaks_otherwise_is_taken_and_logged_without_words(changed: Json, door: Door) -> None:
    """A 500 would bring the same activity again, which would break again."""
    door.logic = broken
    with capture_logs() as logs:
        assert await door.post(door.activity(**changed)) == (202, b"")
    (line,) = logs
    assert (line["event"], line["log_level"], line["error"]) == ("teams_turn_broke", "error", "RuntimeError")
    assert "progress" not in str(line)


async def test_an_answer_that_is_no_json_is_a_broken_one(door: Door) -> None:
    door.logic = answering(200, {"value": object()})
    status, content = await door.post(invoke(door))
    assert (status, json.loads(content)["statusCode"]) == (200, 500)


async def test_a_refused_send_inside_a_turn_breaks_that_turn_only(door: Door) -> None:
    door.service.answers.append(web.Response(status=403))
    failures = []

    async def logic(context: TurnContext) -> None:
        try:
            await context.send_activity("Bonjour")
        except SendFailed as error:
            failures.append(error.reason)

    door.logic = logic
    assert (await door.post())[0] == 202
    assert failures == [Reason.FORBIDDEN]


# what comes in


async def test_fields_that_the_models_drop_are_in_the_raw_activity(door: Door) -> None:
    sent = door.activity(
        recipient={"id": "28:x", "isTargeted": True},
        entities=[{"type": "targetedMessageInfo", "messageId": "1"}],
        channelData={"tenant": {"id": door.activity()["channelData"]["tenant"]["id"]}, "teamsChannelId": "19:c"},
        unheardOf={"a": [None, 1.5]},
    )
    assert (await door.post(sent))[0] == 202
    assert door.turns[0].turn_state[RAW] == sent


async def test_a_turn_knows_its_tenant(door: Door) -> None:
    await door.post()
    activity = door.activity()
    assert door.turns[0].activity.conversation.tenant_id == activity["conversation"]["tenantId"]


async def test_an_activity_without_a_conversation_is_taken(door: Door) -> None:
    assert (await door.post(door.activity(conversation=None)))[0] == 202


# what goes out


async def test_a_reply_goes_to_the_conversation_it_answers(door: Door) -> None:
    door.logic = sending("Bonjour")
    await door.post()
    (call,) = door.service.calls
    assert (call.method, call.path) == ("POST", f"/amer/v3/conversations/{DM}/activities")
    activity = door.activity()
    assert call.body["text"] == "Bonjour"
    assert call.body["conversation"] == activity["conversation"]
    assert call.body["recipient"]["id"] == activity["from"]["id"]
    assert call.body["from"] == activity["recipient"]
    assert not {"id", "replyToId"} & call.body.keys()


async def test_a_turn_gets_the_id_of_what_it_sent(door: Door) -> None:
    ids = []

    async def logic(context: TurnContext) -> None:
        ids.append((await context.send_activity("Bonjour")).id)

    door.logic = logic
    await door.post()
    assert ids == ["m1"]


@pytest.mark.parametrize("make", [carded, lambda card: MessageFactory.attachment(CardFactory.adaptive_card(card))])
async def test_a_card_arrives_exactly_as_it_was_built(make: Callable[[Json], Activity], door: Door) -> None:
    door.logic = sending(make(CARD))
    await door.post()
    assert door.service.calls[0].body["attachments"][0]["content"] == CARD


async def test_tuples_and_enums_in_a_card_arrive_as_json_and_not_as_python(door: Door) -> None:
    """botbuilder's serializer sends them as the strings "(1, 2)" and "Size.LARGE"."""
    moment = datetime(2026, 11, 24, 7, tzinfo=timezone(timedelta(hours=-5)))
    door.logic = sending(carded({"a": (1, (2,)), "b": Size.LARGE, "c": Level.GOOD, "d": moment, "e": {"f": (None,)}}))
    await door.post()
    content = door.service.calls[0].body["attachments"][0]["content"]
    assert content == {"a": [1, [2]], "b": "large", "c": "good", "d": "2026-11-24T12:00:00Z", "e": {"f": [None]}}


async def test_what_json_cannot_hold_is_never_sent_as_something_else(door: Door) -> None:
    failures = []

    async def logic(context: TurnContext) -> None:
        try:
            await context.send_activity(carded({"a": {1, 2}}))
        except SendFailed as error:
            failures.append(error.reason)

    door.logic = logic
    await door.post()
    assert failures == [Reason.BROKEN]
    assert door.service.calls == []


async def test_unknown_fields_laid_over_an_activity_go_out_however_deep(door: Door) -> None:
    """A targeted message: the recipient is filled in by the turn, and Teams' flag must still be there."""
    activity = Activity(type="message", text="Rien que pour vous", channel_data={"notification": {"alert": True}})
    activity.additional_properties = {
        "recipient": {"isTargeted": True},
        "entities": [{"type": "targetedMessageInfo", "messageId": "1"}],
        "channelData": {"feedbackLoop": {"type": "default"}},
    }
    door.logic = sending(activity)
    await door.post()
    (call,) = door.service.calls
    assert call.path.endswith("/activities?isTargetedActivity=true")
    assert call.body["recipient"]["isTargeted"] is True
    assert call.body["recipient"]["id"] == "29:1Abc"
    assert call.body["entities"] == [{"type": "targetedMessageInfo", "messageId": "1"}]
    assert call.body["channelData"] == {"notification": {"alert": True}, "feedbackLoop": {"type": "default"}}


async def test_entities_keep_every_field(door: Door) -> None:
    label = Entity(type="https://schema.org/Message")
    label.additional_properties = {"@type": "Message", "additionalType": ["AIGeneratedContent"]}
    mention = Mention(type="mention", text="<at>Léa</at>", mentioned=ChannelAccount(id="29:1Abc", name="Léa"))
    door.logic = sending(Activity(type="message", text="<at>Léa</at>", entities=[label, mention]))
    await door.post()
    assert door.service.calls[0].body["entities"] == [
        {"type": "https://schema.org/Message", "@type": "Message", "additionalType": ["AIGeneratedContent"]},
        {"type": "mention", "text": "<at>Léa</at>", "mentioned": {"id": "29:1Abc", "name": "Léa"}},
    ]


def test_what_came_in_goes_out_whole() -> None:
    sent = {
        "type": "message",
        "timestamp": "2026-11-24T12:00:00.123000Z",
        "recipient": {"id": "28:x", "isTargeted": True},
        "conversation": {"id": DM, "tenantId": "t", "isGroup": False},
        "attachments": [{"contentType": "c", "content": CARD, "unheardOf": 1}],
        "value": {"a": None},
        "unheardOf": {"a": [1]},
    }
    assert wire(Activity.deserialize(sent)) == sent


def test_sending_changes_nothing_in_the_activity() -> None:
    card = json.loads(json.dumps(CARD))
    activity = carded(card)
    activity.additional_properties = {"channelData": {"a": 1}}
    assert wire(activity) == wire(activity)
    assert card == CARD


async def test_traces_and_empty_messages_are_not_sent(door: Door) -> None:
    async def logic(context: TurnContext) -> None:
        await context.send_trace_activity("trace", "value")
        with pytest.raises(SendFailed):
            await context.send_activity("")

    door.logic = logic
    assert (await door.post())[0] == 202
    assert door.service.calls == []


async def test_a_message_is_replaced_and_taken_away_in_a_turn(door: Door) -> None:
    async def logic(context: TurnContext) -> None:
        await context.update_activity(
            Activity(id="m7", type="message", attachments=[Attachment(content_type="c", content=CARD)])
        )
        await context.delete_activity("m8")

    door.logic = logic
    assert (await door.post())[0] == 202
    put, delete = door.service.calls
    assert (put.method, put.path) == ("PUT", f"/amer/v3/conversations/{DM}/activities/m7")
    assert put.body["attachments"][0]["content"] == CARD
    assert (delete.method, delete.path) == ("DELETE", f"/amer/v3/conversations/{DM}/activities/m8")


async def test_a_turn_may_begin_without_a_request(door: Door) -> None:
    """botbuilder gives such a turn a random id, and would answer to it."""
    await door.post()
    reference: ConversationReference = TurnContext.get_conversation_reference(door.turns[0].activity)
    await door.adapter.continue_conversation(reference, sending("Il est l’heure"), "bot")
    (call,) = door.service.calls
    assert call.path == f"/amer/v3/conversations/{DM}/activities"
    assert "replyToId" not in call.body
    assert call.body["conversation"]["tenantId"] == door.activity()["conversation"]["tenantId"]


async def test_a_service_address_that_changed_is_used_for_the_next_send(door: Door) -> None:
    door.logic = sending("Bonjour")
    for region in ("amer", "emea"):
        url = f"{door.service.url}/{region}/"
        assert (await door.post(door.activity(serviceUrl=url), door.token(serviceurl=url)))[0] == 202
    assert [call.path.split("/")[1] for call in door.service.calls] == ["amer", "emea"]


# botbuilder itself


def test_the_private_name_that_invokes_need_is_still_there() -> None:
    assert TurnContext._INVOKE_RESPONSE_KEY == BotAdapter._INVOKE_RESPONSE_KEY == "BotFrameworkAdapter.InvokeResponse"


def test_botbuilder_is_the_release_that_this_was_written_against() -> None:
    """It is the last one. Another would be a surprise worth reading about."""
    assert importlib.metadata.version("botbuilder-core") == "4.17.1"


async def test_botbuilders_models_say_nothing_of_an_activity_in_any_log(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    """They warn about every field they do not know, and repeat what they cannot read."""
    caplog.set_level(logging.DEBUG)
    door.logic = ActivityHandler().on_turn
    await door.post(invoke(door))
    await door.post(door.activity(timestamp="Ann"))
    assert len(door.turns) == 1
    assert [record for record in caplog.records if record.name.startswith("msrest")] == []
    assert "Ann" not in caplog.text


def test_moments_go_out_in_universal_time() -> None:
    activity = Activity(type="message", timestamp=datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert wire(activity)["timestamp"] == "2026-11-24T12:00:00Z"
