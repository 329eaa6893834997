"""A naive app on the real Bolt works against the local Slack as it would against Slack."""

from __future__ import annotations

from tests.local_slack.echo import buttons, echo, section


async def test_a_message_in_the_direct_conversation_is_echoed() -> None:
    """What a person writes reaches the app signed, and its answer stands in their conversation."""
    async with echo() as world:
        ben = world.acme.user("Ben Carter")
        delivery = await ben.dm("done 2 & <more> 🎉")
        assert delivery
        assert delivery.ok
        await world.slack.until(lambda: len(ben.messages()) == 2)
        assert [each.text for each in ben.messages()] == [
            "done 2 &amp; &lt;more&gt; :tada:",
            "You said: done 2 &amp; &lt;more&gt; :tada:",
        ]
        assert ben.last().texts() == ["You said: done 2 & <more> :tada:"]
        assert world.slack.failures == []


async def test_a_command_is_answered_to_the_person_alone() -> None:
    """The answer in the acknowledgement is an ephemeral message where the command was typed."""
    async with echo() as world:
        ben = world.acme.user("Ben Carter")
        general = world.acme.channel("general")
        delivery = await ben.slash("/echo", "hello", channel=general)
        assert delivery.ok
        assert [each.text for each in ben.ephemerals(general)] == ["Echo: hello"]
        assert ben.messages(general) == []


async def test_a_pressed_message_is_replaced_through_its_response_url() -> None:
    """The press carries the message with its metadata, and the answer takes its place."""
    async with echo() as world:
        ben = world.acme.user("Ben Carter")
        metadata = {"event_type": "course_delivery", "event_payload": {"k": "key-1"}}
        blocks = [section("Lesson one"), buttons("Done", "Later")]
        await world.client.chat_postMessage(channel=ben.id, text="Lesson one", blocks=blocks, metadata=metadata)
        delivery = await ben.press(ben.last(), "Done")
        assert delivery.ok
        body = world.seen[-1]
        assert body["message"]["metadata"] == metadata
        assert body["actions"][0]["value"] == "Done"
        assert body["container"]["type"] == "message"
        await world.slack.until(lambda: ben.last().texts() == ["Pressed"])
        assert len(ben.messages()) == 1


async def test_a_form_is_opened_refused_and_sent() -> None:
    """A modal opened with the trigger of a command shows errors, and then what the app puts in its place."""
    async with echo() as world:
        ben = world.acme.user("Ben Carter")
        assert (await ben.slash("/form")).ok
        await world.slack.until(lambda: ben.modal)
        await ben.submit(ben.modal, {"Your name": "nobody"})
        assert ben.form.errors == {"Your name": "Nobody is taken."}
        delivery = await ben.submit(ben.modal, {"Your name": "Ben"})
        assert delivery.ok
        assert ben.form.title == "Done"
        assert ben.form.texts() == ["Hi Ben"]


async def test_the_home_tab_is_published_when_it_is_opened() -> None:
    """Opening the home tab tells the app, and the person sees what it publishes."""
    async with echo() as world:
        ben = world.acme.user("Ben Carter")
        await ben.opens_home()
        await world.slack.until(lambda: ben.home)
        assert ben.home is not None
        assert ben.home.texts() == ["Welcome home", "Start"]
