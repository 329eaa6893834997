"""Socket Mode through the real client: the same acts without a public address."""

from __future__ import annotations

from bot.messages.blocks import Button, Reply
from tests.adapters.slack.inbound_stage import HELP, Door, a_door, a_form, saying
from tests.local_slack import App
from tests.local_slack.faults import BROKEN


def socketed() -> App:
    return App(socket_mode=True)


async def everything_works(door: Door) -> None:
    door.engine.reply = Reply(say=saying("Hello"))
    assert (await door.ben.slash("/course", "next")).ok
    assert door.ben.ephemerals()[-1].text == "Hello"


async def test_commands_words_presses_and_forms_come_over_the_socket() -> None:
    """Answers ride in the acknowledgements, as over HTTP."""
    async with a_door(socketed()) as door:
        await everything_works(door)
        delivery = await door.ben.dm("next")
        assert delivery
        assert delivery.ok
        await door.idle()
        assert door.ben.last().text == "Hello"
        shown = await door.posted(saying("Lesson", Button("Answer", HELP)))
        door.engine.reply = Reply(form=a_form())
        await door.ben.press(shown, "Answer")
        await door.idle()
        door.engine.reply = Reply(errors=(("text", "Too short."),))
        await door.ben.submit(None, {"Your words": "x"})
        assert door.ben.form.errors == {"Your words": "Too short."}
        assert door.slack.sockets.strange == []
        door.fine()


async def test_a_slow_engine_and_a_broken_one_are_acknowledged_in_time() -> None:
    """Nothing is sent again by Slack."""
    async with a_door(socketed(), ack_seconds=0.05) as door:
        door.engine.gate.clear()
        door.engine.reply = Reply(say=saying("At last"))
        assert (await door.ben.slash("/course", "next")).ok
        assert len(door.inbox.rows) == 1
        door.engine.gate.set()
        await door.idle()
        assert door.ben.ephemerals()[-1].text == "At last"
        door.engine.broken = True
        assert (await door.ben.slash("/course", "next")).ok
        door.fine()


async def test_a_renewed_connection_goes_on() -> None:
    """Slack asks for one about every hour."""
    async with a_door(socketed()) as door:
        await door.slack.sockets.refresh()
        await everything_works(door)


async def test_slack_not_answering_does_not_stop_the_start() -> None:
    """The connection is made in the background, and can be given up at any time."""
    async with a_door(socketed()) as door:
        door.slack.faults.on("apps.connections.open", BROKEN, times=100)
        other = door.make()
        await other.start()
        await other.close()
        await everything_works(door)


async def test_after_the_end_nothing_is_taken() -> None:
    """Slack gives it to another connection, or sends it again."""
    async with a_door(socketed()) as door:
        await door.inbound.close()
        door.slack.outbox.ack_seconds = 0.2
        assert not (await door.ben.slash("/course", "next")).ok
        assert door.asked == []
