"""Modals, home tabs and response URLs: triggers, stacks, hashes, answers, uses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.local_slack import App, DrivenClock, NotAllowed, NotThere, Person
from tests.local_slack.checks import Json
from tests.local_slack.echo import World, bare, buttons, form, section, serving


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A Bolt app that keeps what it gets, and answers what `world.seen[0]` holds in the listener of views."""
    async with bare(clock=DrivenClock()) as made, serving(made):

        @made.bolt.command("/go")
        async def go(ack: Any, body: Json) -> None:
            made.seen.append(body)
            await ack()

        @made.bolt.action({"type": "block_actions", "action_id": "press_0"})
        async def pressed(ack: Any, body: Json) -> None:
            made.seen.append(body)
            await ack()

        yield made


async def error(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def trigger(world: World, ben: Person) -> str:
    await ben.slash("/go")
    return str(world.seen[-1]["trigger_id"])


async def test_a_trigger_is_good_once_and_for_three_seconds(world: World) -> None:
    """Used again or used late it is refused."""
    ben, opens = world.acme.user("Ben Carter"), world.client.views_open
    once = await trigger(world, ben)
    await opens(trigger_id=once, view=form())
    assert await error(opens(trigger_id=once, view=form())) == "exchanged_trigger_id"
    late = await trigger(world, ben)
    await world.slack.clock.advance(3.1)  # type: ignore[attr-defined]
    assert await error(opens(trigger_id=late, view=form())) == "expired_trigger_id"
    assert await error(opens(trigger_id="1.2.3", view=form())) == "invalid_trigger_id"


async def test_a_refused_view_says_where_it_is_wrong(world: World) -> None:
    """invalid_arguments with the pointer, and the trigger is not used up."""
    ben = world.acme.user("Ben Carter")
    ref = await trigger(world, ben)
    with pytest.raises(SlackApiError) as caught:
        await world.client.views_open(trigger_id=ref, view=form(title={"type": "plain_text", "text": "x" * 25}))
    assert caught.value.response["error"] == "invalid_arguments"
    assert "[json-pointer:/view/title/text]" in caught.value.response["response_metadata"]["messages"][0]
    await world.client.views_open(trigger_id=ref, view=form())


async def test_three_views_are_a_full_stack(world: World) -> None:
    """A fourth is refused; closing goes back one by one."""
    ben = world.acme.user("Ben Carter")
    view = form(blocks=[section("Deeper?"), buttons("Push")], notify_on_close=False)
    await world.client.views_open(trigger_id=await trigger(world, ben), view=view)
    for expected in ("", "", "push_limit_reached"):
        await ben.press(ben.form, "Push")
        push = world.client.views_push(trigger_id=world.seen[-1]["trigger_id"], view=view)
        if expected:
            assert await error(push) == expected
        else:
            await push
    assert world.seen[-1]["view"]["previous_view_id"] != world.seen[-1]["view"]["root_view_id"]
    for left in (2, 1, 0):
        await ben.closes()
        assert len(world.slack.state.modals[ben.id]) == left


async def test_an_update_with_an_old_hash_is_a_conflict(world: World) -> None:
    """And what was entered stays where block and action keep their ids."""
    ben = world.acme.user("Ben Carter")
    opened = (await world.client.views_open(trigger_id=await trigger(world, ben), view=form()))["view"]
    ben.fill({"Your name": "Ben"})
    update = world.client.views_update
    await update(view_id=opened["id"], hash=opened["hash"], view=form())
    assert ben.form.view.state == {"who": {"name": {"type": "plain_text_input", "value": "Ben"}}}
    assert await error(update(view_id=opened["id"], hash=opened["hash"], view=form())) == "hash_conflict"
    await ben.closes()
    assert await error(update(view_id=opened["id"], view=form())) == "not_found"


async def test_a_home_tab_is_published_where_there_is_one(world: World) -> None:
    """With hash conflicts, and not where the tab is off."""
    ben, home = world.acme.user("Ben Carter"), {"type": "home", "blocks": [section("Hi")]}
    first = (await world.client.views_publish(user_id=ben.id, view=home))["view"]
    await world.client.views_publish(user_id=ben.id, view=home, hash=first["hash"])
    conflict = world.client.views_publish(user_id=ben.id, view=home, hash=first["hash"])
    assert await error(conflict) == "hash_conflict"
    world.slack.app.home_tab = False
    assert await error(world.client.views_publish(user_id=ben.id, view=home)) == "not_enabled"


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ({"response_action": "errors", "errors": {"nowhere": "x"}}, "errors_without_input"),
        ({"response_action": "update", "view": {"type": "modal"}}, "invalid_arguments"),
        ({"response_action": "dance"}, "unknown_response_action"),
        ({}, ""),
    ],
)
async def test_answers_to_a_form_are_checked(world: World, answer: Json, failure: str) -> None:
    """What Slack would show as trouble connecting is the failure of the delivery."""
    ben = world.acme.user("Ben Carter")

    @world.bolt.view("form")
    async def sent(ack: Any) -> None:
        await ack(**answer)

    await world.client.views_open(trigger_id=await trigger(world, ben), view=form())
    delivery = await ben.submit(None, {"Your name": "Ben"})
    assert failure in delivery.failure
    assert delivery.ok is (failure == "")
    assert (ben.modal is None) is delivery.ok


async def test_the_client_does_not_send_what_is_incomplete(world: World) -> None:
    """Required fields are filled, lengths kept, and hidden things cannot be pressed."""
    ben = world.acme.user("Ben Carter")
    await world.client.views_open(trigger_id=await trigger(world, ben), view=form())
    with pytest.raises(NotAllowed, match="Your name"):
        await ben.submit(None, {})
    with pytest.raises(NotAllowed, match="one line"):
        await ben.submit(None, {"Your name": "a\nb"})
    with pytest.raises(NotThere):
        await ben.submit(None, {"Your age": "7"})


async def test_closing_is_told_when_the_view_wants_it(world: World) -> None:
    """view_closed comes with notify_on_close only."""
    ben, closed = world.acme.user("Ben Carter"), []

    @world.bolt.view_closed("form")
    async def gone(ack: Any, body: Json) -> None:
        closed.append(body["is_cleared"])
        await ack()

    for notify in (False, True):
        view = form(notify_on_close=notify)
        await world.client.views_open(trigger_id=await trigger(world, ben), view=view)
        await ben.closes()
    assert closed == [False]


async def respond(world: World, url: str, **body: Any) -> tuple[int, str]:
    answer = await AsyncWebhookClient(url, session=world.session, retry_handlers=[]).send_dict(body)
    return answer.status_code, answer.body


async def press(world: World, ben: Person) -> str:
    """Ben presses a button of a fresh message; the address for the answer."""
    blocks = [section("Lesson"), buttons("Done")]
    await world.client.chat_postMessage(channel=ben.id, text="Lesson", blocks=blocks)
    delivery = await ben.press(ben.last(), "Done")
    assert delivery.ok
    return str(world.seen[-1]["response_url"])


async def test_a_response_url_works_five_times_in_thirty_minutes(world: World) -> None:
    """The sixth use is refused, and so is one that comes late."""
    ben = world.acme.user("Ben Carter")
    url = await press(world, ben)
    for _ in range(5):
        assert await respond(world, url, text="Done", replace_original=True) == (200, "ok")
    assert (await respond(world, url, text="x"))[0] == 404
    late = await press(world, ben)
    await world.slack.clock.advance(30 * 60 + 1)  # type: ignore[attr-defined]
    status, body = await respond(world, late, text="x")
    assert (status, "expired_url" in body) == (404, True)


async def test_an_answer_replaces_deletes_or_adds(world: World) -> None:
    """By default it is for the person alone; wrong blocks are refused here too."""
    ben = world.acme.user("Ben Carter")
    url = await press(world, ben)
    await respond(world, url, text="Replaced", replace_original=True)
    assert ben.last().texts() == ["Replaced"]
    await respond(world, url, text="Only you")
    await respond(world, url, text="All", response_type="in_channel")
    assert [each.text for each in ben.ephemerals()] == ["Only you"]
    assert [each.text for each in ben.messages()] == ["Replaced", "All"]
    await respond(world, url, delete_original=True)
    assert [each.text for each in ben.messages()] == ["All"]
    status, body = await respond(world, url, text="x", blocks=[{"type": "nothing"}])
    assert (status, "invalid_blocks" in body) == (400, True)


async def test_a_command_has_nothing_to_replace(world: World) -> None:
    """replace_original on the address of a command is refused."""
    ben = world.acme.user("Ben Carter")
    await ben.slash("/go")
    assert (await respond(world, world.seen[-1]["response_url"], text="x", replace_original=True))[0] == 404


async def test_whispers_can_be_pressed_and_replaced(world: World) -> None:
    """The payload of an ephemeral message has no message in it."""
    ben = world.acme.user("Ben Carter")
    room = world.acme.channel("room", ben, with_app=True)
    blocks = [section("Sure?"), buttons("Yes")]
    await world.client.chat_postEphemeral(channel=room.id, user=ben.id, text="Sure?", blocks=blocks)
    await ben.press(ben.ephemerals()[0], "Yes")
    body = world.seen[-1]
    assert body["container"]["is_ephemeral"]
    assert "message" not in body
    await respond(world, body["response_url"], text="Fine", replace_original=True)
    assert [each.text for each in ben.ephemerals()] == ["Fine"]


async def test_a_body_in_the_answer_to_a_press_is_held_against_the_app(world: World) -> None:
    """Slack passes over it: nobody would see it."""
    ben = world.acme.user("Ben Carter")

    @world.bolt.action("press_1")
    async def pressed(ack: Any) -> None:
        await ack(text="Nobody reads this")

    await world.client.chat_postMessage(channel=ben.id, text="Lesson", blocks=[section("Lesson"), buttons("A", "B")])
    assert (await ben.press(ben.last(), "B")).failure.startswith("ignored_body")


async def test_choices_carry_what_was_chosen(world: World) -> None:
    """A select in a message sends its option and the state; an overflow entry its option."""
    ben = world.acme.user("Ben Carter")
    options = [{"text": {"type": "plain_text", "text": each}, "value": each.lower()} for each in ("One", "Two")]
    select = {"type": "static_select", "action_id": "press_0", "options": options,
              "placeholder": {"type": "plain_text", "text": "Pick"}}  # fmt: skip
    blocks = [section("Lesson"), {"type": "actions", "block_id": "b", "elements": [select]}]
    await world.client.chat_postMessage(channel=ben.id, text="Lesson", blocks=blocks)
    assert (await ben.choose(ben.last(), "Pick", "Two")).ok
    body = world.seen[-1]
    assert body["actions"][0]["selected_option"]["value"] == "two"
    assert body["state"]["values"]["b"]["press_0"]["selected_option"]["value"] == "two"


@pytest.mark.parametrize(("count", "good"), [(0, True), (100, True), (101, False)])
async def test_suggestions_are_at_most_a_hundred(world: World, count: int, good: bool) -> None:
    """What somebody types into an external select reaches the app, whose options are checked."""
    ben = world.acme.user("Ben Carter")

    @world.bolt.options("find")
    async def find(ack: Any, body: Json) -> None:
        assert body["value"] == "car"
        text = [{"text": {"type": "plain_text", "text": f"Car {n}"}, "value": str(n)} for n in range(count)]
        await ack(options=text)

    select = {"type": "external_select", "action_id": "find", "placeholder": {"type": "plain_text", "text": "Find"}}
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [select]}]}
    await world.client.views_publish(user_id=ben.id, view=home)
    assert ben.home is not None
    assert (await ben.suggestions(ben.home, "Find", "car")).ok is good


async def test_the_app_must_allow_interaction() -> None:
    """With interactivity off nobody can press."""
    async with bare(App(interactivity=False)) as world:
        ben = world.acme.user("Ben Carter")
        await world.client.chat_postMessage(channel=ben.id, text="Lesson", blocks=[section("Lesson"), buttons("A")])
        with pytest.raises(NotAllowed):
            await ben.press(ben.last(), "A")
