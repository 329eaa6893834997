"""What people do in Slack, as the engine hears it: each act once, with who, where and what it belongs to."""

from __future__ import annotations

import json

import pytest

from bot.messages.blocks import Button, Reply
from bot.model.course import Language
from bot.model.people import Address
from tests.adapters.slack.inbound_stage import HELP, a_door, a_form, saying
from tests.local_slack import App
from tests.local_slack.faults import BROKEN
from tests.local_slack.interactions import act


async def test_a_command_is_said_to_the_engine_with_its_room() -> None:
    """In a channel the answer belongs there; in the conversation with the app there is no room."""
    async with a_door() as door:
        general = next(each for each in door.slack.state.channels.values() if each.name == "general")
        await door.ben.slash("/course", "next", general)
        await door.ben.slash("/cohort", "enrol spring @ben.carter")
        await door.idle()
        first, second = door.engine.asked
        assert (first.how, first.what, first.caller.pressed) == ("say", "course next", False)
        assert first.caller.room == Address("slack", door.workspace, general.id)
        assert second.what == f"cohort enrol spring <@{door.ben.id}>"
        assert second.caller.room is None
        assert first.caller.address == door.me
        assert first.caller.event_id
        assert first.caller.event_id != second.caller.event_id
        door.fine()


async def test_a_prefix_before_the_commands_is_the_operators_business() -> None:
    """/cc-course is /course to the engine; without the prefix it is another app's."""
    async with a_door(prefix="cc-") as door:
        await door.ben.slash("/cc-course", "next")
        await door.ben.slash("/course", "next")
        assert door.asked == [("say", "course next")]


async def test_typed_words_reach_the_engine() -> None:
    """Also in a thread, with signs and mentions as they were typed."""
    async with a_door() as door:
        parent = await door.posted(saying("Lesson"))
        await door.ben.dm("Tom & Jerry <3", thread=parent)
        await door.idle()
        [asked] = door.engine.asked
        assert (asked.how, asked.what) == ("say", "Tom & Jerry <3")
        assert (asked.caller.room, asked.caller.pressed) == (None, False)


async def test_slack_tells_again_and_nothing_happens_again() -> None:
    """The same event three times: one fact, one answer."""
    async with a_door() as door:
        door.engine.reply = Reply(say=saying("Noted"))
        delivery = await door.ben.dm("done")
        assert delivery is not None
        for _ in range(2):
            delivery = await door.slack.redeliver(delivery)
            assert delivery.ok
        await door.idle()
        assert {each.caller.event_id for each in door.engine.asked} == {delivery.payload["event_id"]}
        assert [each.text for each in door.ben.messages()].count("Noted") == 1


async def test_a_press_brings_back_what_its_button_was_stamped_with() -> None:
    """The action, the delivery and the topic of its message."""
    async with a_door() as door:
        shown = await door.posted(saying("Lesson", Button("Done", "course.done:1"), topic="lesson/1"), "e7/lesson")
        assert (await door.ben.press(shown, "Done")).ok
        await door.idle()
        [asked] = door.engine.asked
        assert (asked.how, asked.what) == ("press", "course.done:1")
        caller = asked.caller
        assert (caller.delivery_key, caller.topic, caller.pressed, caller.on_home) == (
            "e7/lesson",
            "lesson/1",
            True,
            False,
        )
        assert caller.room is None
        assert caller.event_id
        assert caller.event_id.endswith(f":{door.ben.id}")


async def test_a_double_click_is_two_presses_to_the_engine_which_decides() -> None:
    """Slack gives each its own number; the same payload again is the same press."""
    async with a_door() as door:
        shown = await door.posted(saying("Lesson", Button("Done", HELP)))
        first = await door.ben.press(shown, "Done")
        await door.ben.press(shown, "Done")
        await door.slack.redeliver(first)
        await door.idle()
        events = [each.caller.event_id for each in door.engine.asked]
        assert len(events) == 3
        assert len(set(events)) == 2


async def test_links_that_are_pressed_are_slacks_business() -> None:
    """The browser opens; the engine hears nothing."""
    async with a_door() as door:
        shown = await door.posted(saying("Read", Button("Page", href="https://example.org"), Button("Ok", HELP)))
        assert (await door.ben.press(shown, "Page")).ok
        await door.idle()
        assert door.asked == []


async def test_what_the_app_writes_itself_is_not_heard() -> None:
    """Slack sends it our own messages back."""
    async with a_door(App(echo=True)) as door:
        await door.posted(saying("Hello"))
        await door.slack.settle()
        assert [each.name for each in door.slack.deliveries] == ["message.im"]
        assert door.asked == []
        door.fine()


async def test_edits_are_not_heard() -> None:
    """What was said was said."""
    async with a_door() as door:
        await door.ben.dm("done")
        await door.idle()
        own = next(each for each in door.ben.messages() if each.text == "done")
        delivery = await door.ben.edits(own, "undo")
        assert delivery
        assert delivery.ok
        assert door.asked == [("say", "done")]


async def test_words_in_channels_are_not_ours() -> None:
    """Even where the app is a member and hears them."""
    async with a_door() as door:
        general = next(each for each in door.slack.state.channels.values() if each.name == "general")
        await door.ben.says(general, "course next")
        await door.idle()
        assert door.asked == []


async def test_a_form_brings_its_values_and_where_it_was_opened() -> None:
    """The message behind it can be shown anew."""
    async with a_door() as door:
        await door.opened_form()
        await door.ben.submit(None, {"Your words": "with my own words"})
        await door.idle()
        sent = door.engine.asked[-1]
        assert (sent.how, sent.what, dict(sent.values)) == ("submit", HELP, {"text": "with my own words"})
        assert (sent.caller.delivery_key, sent.caller.topic) == ("e1/lesson", "lesson/1")
        assert (sent.caller.pressed, sent.caller.room, sent.caller.on_home) == (True, None, False)


async def test_a_press_on_the_home_tab_says_so() -> None:
    """The engine answers with the tab then."""
    async with a_door() as door:
        door.engine.card = saying("Home", Button("Next", "course.next"))
        await door.ben.opens_home()
        await door.idle()
        assert door.ben.home is not None
        await door.ben.press(door.ben.home, "Next")
        await door.idle()
        [asked] = door.engine.asked
        assert (asked.what, asked.caller.on_home, asked.caller.delivery_key) == ("course.next", True, None)


async def test_the_profile_follows_slack() -> None:
    """A new zone or name is told to the engine at the next act, without asking Slack again; a status is nothing."""
    async with a_door() as door:
        await door.ben.slash("/course", "next")
        asked_before = door.slack.count("users.info")
        door.ben.user.tz, door.ben.user.display_name = "Europe/Paris", "Benny"
        told = door.slack.outbox.user_event("user_change", door.ben.user, door.acme.id)
        assert told is not None
        await told
        await door.ben.slash("/course", "next")
        profile = door.engine.asked[-1].caller.profile
        assert (profile.zone, profile.name, profile.language) == ("Europe/Paris", "Benny", Language.EN)
        assert door.slack.count("users.info") == asked_before


async def test_changes_of_strangers_cost_nothing() -> None:
    """Slack tells of everybody in the workspace, all day."""
    async with a_door() as door:
        zoe = door.acme.user("Zoé Lavoie")
        told = door.slack.outbox.user_event("user_change", zoe.user, door.acme.id)
        assert told is not None
        assert (await told).ok
        await door.idle()
        assert sum(door.slack.core.counts.values()) == 0


async def test_a_profile_that_slack_does_not_tell_holds_nobody_up() -> None:
    """The engine hears the act all the same, with what it knew before."""
    async with a_door() as door:
        door.slack.faults.on("users.info", BROKEN, times=5)
        door.engine.reply = Reply(say=saying("Hello"))
        assert (await door.ben.slash("/course", "next")).ok
        assert door.engine.asked[0].caller.profile.name is None
        assert door.ben.ephemerals()[-1].text == "Hello"


async def test_a_workspace_that_leaves_is_handed_on() -> None:
    """Uninstalled, and tokens revoked with the bot users concerned."""
    async with a_door() as door:
        bot = door.installed.open[door.workspace].bot_user
        await door.slack.revoke(door.acme)
        await door.slack.uninstall(door.acme)
        await door.idle()
        assert (door.workspace, (bot,)) in door.gone.heard
        assert (door.workspace, ()) in door.gone.heard
        door.fine()


async def test_a_shared_channels_stranger_is_placed_in_our_installation() -> None:
    """The team of who acted is not the one the app is installed in: Slack's authorizations say which is."""
    async with a_door() as door:
        body = {
            "type": "event_callback",
            "team_id": "T0THEIRS",
            "event_id": "Ev9",
            "authorizations": [{"team_id": door.acme.id, "enterprise_id": None, "is_enterprise_install": False}],
            "event": {"type": "message", "channel_type": "im", "channel": "D1", "user": "U0THEIRS", "text": "hi"},
        }
        assert (await door.slack.raw(json.dumps(body).encode()))[0] == 200
        await door.idle()
        assert [each.caller.address for each in door.engine.asked] == [Address("slack", door.acme.id, "U0THEIRS")]


@pytest.mark.parametrize("value", ["", "x", '["a"]', "[" * 50, '["course.help", 1, ""]'])
async def test_old_or_strange_button_values_reach_the_engine_as_they_are(value: str) -> None:
    """It answers kindly to what it cannot read; an empty one is a link."""
    async with a_door() as door:
        shown = await door.posted(saying("Lesson", Button("Old", HELP)))
        element = shown.control("Old").element
        action = {"type": "button", "action_id": element["action_id"], "block_id": "b", "value": value}
        install = door.acme.install
        assert install is not None
        delivery = await act(door.slack.core, install, door.ben.user, door.acme.id, shown.message, action, {})
        assert delivery.ok
        await door.idle()
        assert door.asked == ([("press", value)] if value else [])


async def test_saying_it_again_opens_what_the_words_asked_for() -> None:
    """“Open the form” under a typed request: the same words, this time with a press that can open a window."""
    async with a_door() as door:
        door.engine.reply = Reply(form=a_form())
        await door.ben.dm("answer 2")
        await door.idle()
        assert door.ben.modal is None
        await door.ben.press(door.ben.last(), "Open the form")
        await door.idle()
        assert door.asked == [("say", "answer 2"), ("say", "answer 2")]
        assert door.ben.form.title == "Your answer"
        door.fine()
