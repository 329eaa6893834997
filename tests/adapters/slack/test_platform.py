"""The platform in front of a strict Slack: one call per message, and what every trouble becomes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from adapters.slack.platform import Pace, place_of
from bot.errors import SendFailed, SendUnknown
from bot.messages.blocks import Button, File
from bot.model.delivery import MessageRef, Reason
from bot.model.people import Address
from tests.adapters.slack.platform_stage import LONG_AGO, Stage, saying, staged
from tests.local_slack import App, DrivenClock
from tests.local_slack.faults import BROKEN_AFTER, CUT_AFTER, CUT_BEFORE, FATAL_AFTER, Fault


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as made:
        yield made


def driven(stage: Stage) -> DrivenClock:
    assert isinstance(stage.slack.clock, DrivenClock)
    return stage.slack.clock


def buttons_of(stage: Stage, ref: MessageRef) -> list[str]:
    """The values of the buttons that stand in a message."""
    channel, ts, _ = place_of(ref)
    blocks = stage.slack.state.channels[channel].messages[ts].blocks
    return [each["value"] for block in blocks if block["type"] == "actions" for each in block["elements"]]


# --- sending ----------------------------------------------------------------------------------------------------


async def test_a_send_is_one_call_that_carries_the_key(stage: Stage) -> None:
    """One chat.postMessage to the person, and a reference to where Slack put it."""
    ben = stage.acme.user("Ben Carter")
    ref = await stage.platform.send(stage.at(ben), saying("Hello"), "e1/welcome")
    assert dict(stage.slack.core.counts) == {"chat.postMessage": 1}
    (call,) = stage.slack.calls("chat.postMessage")
    assert call["channel"] == ben.id
    assert call["metadata"]["event_payload"]["k"] == "e1/welcome"
    assert place_of(ref) == (ben.direct().id, ben.last().ts, "e1/welcome")


@pytest.mark.parametrize("fault", [CUT_AFTER, CUT_BEFORE, BROKEN_AFTER, FATAL_AFTER])
async def test_a_cut_send_is_in_doubt_and_made_once(stage: Stage, fault: Fault) -> None:
    """No clear answer: maybe posted. Nothing is sent again, and what did arrive is found by its key."""
    ben = stage.acme.user("Ben Carter")
    stage.slack.faults.on("chat.postMessage", fault)
    with pytest.raises(SendUnknown):
        await stage.platform.send(stage.at(ben), saying("Hello"), "e1/welcome")
    assert stage.slack.count("chat.postMessage") == 1
    found = await stage.again().find(stage.at(ben), "e1/welcome", LONG_AGO)
    assert [place_of(each)[1] for each in found] == [each.ts for each in ben.messages()]
    assert len(found) == (fault is not CUT_BEFORE)


async def test_a_message_is_called_missing_only_after_a_second_look() -> None:
    """Slack may show late what it accepted: right after a cut call, finding nothing means nothing yet."""
    async with staged(driven=True) as stage:
        ben = stage.acme.user("Ben Carter")
        for known in (False, True):  # whether there is a conversation already
            stage.slack.faults.on("chat.postMessage", CUT_BEFORE)
            with pytest.raises(SendUnknown):
                await stage.platform.send(stage.at(ben), saying("Hello"), f"k{known}")
            await driven(stage).advance(5)
            with pytest.raises(SendFailed) as failed:
                await stage.platform.find(stage.at(ben), f"k{known}", LONG_AGO)
            assert (failed.value.reason, failed.value.permanent) == (Reason.BUSY, False)
            assert (failed.value.retry_after or 0) >= 30
            await driven(stage).advance(failed.value.retry_after or 0)
            assert await stage.platform.find(stage.at(ben), f"k{known}", LONG_AGO) == []
            await stage.platform.send(stage.at(ben), saying("Hello"), f"k{known}")
        assert len(ben.messages()) == 2


async def test_too_many_posts_let_the_whole_workspace_rest(stage: Stage) -> None:
    """A 429 is a clear no, with the seconds Slack asks for."""
    ben = stage.acme.user("Ben Carter")
    stage.slack.faults.on("chat.postMessage", Fault("ratelimited", seconds=7))
    with pytest.raises(SendFailed) as failed:
        await stage.platform.send(stage.at(ben), saying("Hello"), "e1/welcome")
    assert (failed.value.reason, failed.value.permanent) == (Reason.BUSY, False)
    assert (failed.value.retry_after, failed.value.whole_lane) == (7, True)
    assert ben.messages() == []


async def test_nobody_listening_means_nothing_was_sent(stage: Stage) -> None:
    """A refused connection is not a doubt."""
    ben = stage.acme.user("Ben Carter")
    await stage.slack.stop()
    with pytest.raises(SendFailed) as failed:
        await stage.platform.send(stage.at(ben), saying("Hello"), "e1/welcome")
    assert (failed.value.reason, failed.value.permanent, failed.value.whole_lane) == (Reason.DOWN, False, True)


async def test_the_engines_own_time_out_is_the_engines_to_understand(stage: Stage) -> None:
    """A call that is given up from outside is cancelled, not answered; what was posted can be found."""
    ben = stage.acme.user("Ben Carter")
    stage.slack.faults.on("chat.postMessage", Fault("half_open"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await stage.platform.send(stage.at(ben), saying("Hello"), "k")
    assert len(await stage.platform.find(stage.at(ben), "k", LONG_AGO)) == 1
    assert stage.slack.count("chat.postMessage") == 1


async def test_without_an_installation_the_lane_waits(stage: Stage) -> None:
    """Signed out is for now: the app may be installed again."""
    with pytest.raises(SendFailed) as failed:
        await stage.platform.send(Address("slack", "T0NOBODY", "U1"), saying("Hello"), "k")
    assert (failed.value.reason, failed.value.permanent, failed.value.whole_lane) == (Reason.SIGNED_OUT, False, True)


async def test_a_new_token_is_used_at_once(stage: Stage) -> None:
    """A rotated or reinstalled token replaces the client."""
    ben = stage.acme.user("Ben Carter")
    good = stage.installed.open[stage.workspace].token
    stage.become(token="xoxb-old")
    with pytest.raises(SendFailed) as failed:
        await stage.platform.send(stage.at(ben), saying("Hello"), "k")
    assert failed.value.reason == Reason.SIGNED_OUT
    stage.become(token=good)
    await stage.platform.send(stage.at(ben), saying("Hello"), "k")
    assert [each.text for each in ben.messages()] == ["Hello"]


async def test_a_deactivated_account_is_gone(stage: Stage) -> None:
    ben = stage.acme.user("Ben Carter", deleted=True)
    with pytest.raises(SendFailed) as failed:
        await stage.platform.send(stage.at(ben), saying("Hello"), "k")
    assert (failed.value.reason, failed.value.permanent) == (Reason.GONE, True)


# --- showing anew -------------------------------------------------------------------------------------------------


async def test_an_update_keeps_what_the_buttons_need(stage: Stage) -> None:
    """The key travels in the reference, so that a press after a refresh still says which message it is in."""
    ben = stage.acme.user("Ben Carter")
    message = saying("Lesson", Button("Done", "done"), topic="lesson/1")
    ref = await stage.platform.send(stage.at(ben), message, "e1/lesson")
    before = buttons_of(stage, ref)
    await stage.again().update(ref, message)
    assert buttons_of(stage, ref) == before
    assert "e1/lesson" in before[0]
    assert await stage.platform.find(stage.at(ben), "e1/lesson", LONG_AGO) == [ref]


async def test_updates_beyond_the_tier_come_back_one_after_another() -> None:
    """The fifty-first update within a minute is not made; each refused one gets a later moment."""
    async with staged(driven=True) as stage:
        stage.slack.limits.like_slack()
        ben = stage.acme.user("Ben Carter")
        ref = await stage.platform.send(stage.at(ben), saying("One"), "k")
        for _ in range(50):
            await stage.platform.update(ref, saying("Two"))
        waits = []
        for _ in range(3):
            with pytest.raises(SendFailed) as failed:
                await stage.platform.update(ref, saying("Two"))
            assert (failed.value.reason, failed.value.whole_lane) == (Reason.BUSY, False)
            waits.append(failed.value.retry_after or 0)
        assert 60 <= waits[0] < waits[1] < waits[2] < 70
        await driven(stage).advance(waits[0])
        await stage.platform.update(ref, saying("Three"))
        assert stage.slack.limits.refused == {}
        assert ben.last().text == "Three"


async def test_a_refused_update_closes_the_method_for_as_long(stage: Stage) -> None:
    """Another process used up the tier: nothing is called again before Slack's time."""
    ben = stage.acme.user("Ben Carter")
    ref = await stage.platform.send(stage.at(ben), saying("One"), "k")
    stage.slack.faults.on("chat.update", Fault("ratelimited", seconds=30))
    for _ in range(2):
        with pytest.raises(SendFailed) as failed:
            await stage.platform.update(ref, saying("Two"))
        assert 29 < (failed.value.retry_after or 0) < 33
    assert stage.slack.count("chat.update") == 1


async def test_what_is_no_reference_of_ours_is_refused_unasked(stage: Stage) -> None:
    for ref in ("", "999999", "D1:"):
        with pytest.raises(SendFailed) as failed:
            await stage.platform.withdraw(MessageRef(stage.here("U1"), ref))
        assert (failed.value.reason, failed.value.permanent) == (Reason.REJECTED, True)
    assert dict(stage.slack.core.counts) == {}


# --- finding ------------------------------------------------------------------------------------------------------


async def test_finding_after_a_restart_makes_no_conversation(stage: Stage) -> None:
    """Somebody never written to has no message, and still no conversation with the app afterwards."""
    ben = stage.acme.user("Ben Carter")
    assert await stage.platform.find(stage.at(ben), "k", LONG_AGO) == []
    assert stage.slack.state.directs == {}
    ref = await stage.platform.send(stage.at(ben), saying("Hello"), "k")
    assert await stage.again().find(stage.at(ben), "k", LONG_AGO) == [ref]


async def test_only_own_messages_of_the_time_count(stage: Stage) -> None:
    """What was posted well before, or by another app with the same key, is not ours."""
    ben = stage.acme.user("Ben Carter")
    ref = await stage.platform.send(stage.at(ben), saying("Hello"), "k")
    stage.become(bot_id="B0OTHER")
    assert await stage.platform.find(stage.at(ben), "k", LONG_AGO) == []
    install = stage.acme.install
    stage.become(bot_id=install.bot_id if install else "")
    posted = datetime.fromtimestamp(int(place_of(ref)[1].partition(".")[0]), UTC)
    assert await stage.platform.find(stage.at(ben), "k", posted) == [ref]
    later = posted.replace(year=posted.year + 1)
    assert await stage.platform.find(stage.at(ben), "k", later) == []


async def test_a_long_conversation_is_read_page_by_page(stage: Stage) -> None:
    """Both copies are found, however much was said between them; the first page is small, the others are not."""
    ben = stage.acme.user("Ben Carter")
    first = await stage.platform.send(stage.at(ben), saying("Hello"), "k")
    for number in range(240):
        await ben.says(ben.direct(), f"line {number}")
    second = await stage.platform.send(stage.at(ben), saying("Hello"), "k")
    assert await stage.platform.find(stage.at(ben), "k", LONG_AGO) == [first, second]
    assert [call["limit"] for call in stage.slack.calls("conversations.history")] == ["15", "200", "200"]


async def test_too_long_a_conversation_is_not_called_empty() -> None:
    """A look that gives up says so; it never says that there is nothing."""
    async with staged(App(distribution="distributed"), driven=True) as stage:
        ben = stage.acme.user("Ben Carter")
        await stage.platform.send(stage.at(ben), saying("Hello"), "k")
        for number in range(310):
            await ben.says(ben.direct(), f"line {number}")
        reasons = []
        for _ in range(20):
            with pytest.raises(SendFailed) as failed:
                await stage.platform.find(stage.at(ben), "k", LONG_AGO)
            reasons.append((failed.value.reason, failed.value.permanent))
            await driven(stage).advance(61)
        assert reasons == [(Reason.BUSY, False)] * 19 + [(Reason.NOT_VERIFIABLE, True)]


async def test_history_once_a_minute_is_enough() -> None:
    """An app sold outside the Marketplace reads 15 messages a minute: a look goes on where it was cut short."""
    async with staged(App(distribution="distributed"), driven=True) as stage:
        stage.slack.limits.like_slack()
        ben = stage.acme.user("Ben Carter")
        ref = await stage.platform.send(stage.at(ben), saying("Hello"), "k")
        for number in range(35):
            await ben.says(ben.direct(), f"line {number}")
        for _ in range(2):
            with pytest.raises(SendFailed) as failed:
                await stage.platform.find(stage.at(ben), "k", LONG_AGO)
            assert (failed.value.reason, failed.value.whole_lane) == (Reason.BUSY, False)
            await driven(stage).advance(failed.value.retry_after or 0)
        assert await stage.platform.find(stage.at(ben), "k", LONG_AGO) == [ref]
        assert stage.slack.limits.refused == {}


async def test_a_look_whose_next_page_is_gone_begins_anew() -> None:
    """Messages that were taken away meanwhile do not make the rest unfindable."""
    async with staged(App(distribution="distributed"), driven=True) as stage:
        ben = stage.acme.user("Ben Carter")
        ref = await stage.platform.send(stage.at(ben), saying("Hello"), "k")
        others = [await stage.platform.say(stage.at(ben), saying(f"Line {number}")) for number in range(15)]
        with pytest.raises(SendFailed):
            await stage.platform.find(stage.at(ben), "k", LONG_AGO)
        for other in others[:5]:
            await stage.platform.withdraw(other)
        await driven(stage).advance(61)
        with pytest.raises(SendFailed) as failed:
            await stage.platform.find(stage.at(ben), "k", LONG_AGO)
        assert failed.value.reason == Reason.BUSY
        await driven(stage).advance(61)
        assert await stage.platform.find(stage.at(ben), "k", LONG_AGO) == [ref]


async def test_an_unread_history_is_down_not_empty(stage: Stage) -> None:
    """Reading changes nothing: a cut read is simply made again later."""
    ben = stage.acme.user("Ben Carter")
    await stage.platform.send(stage.at(ben), saying("Hello"), "k")
    for fault in (CUT_AFTER, BROKEN_AFTER, FATAL_AFTER):
        stage.slack.faults.on("conversations.history", fault)
        with pytest.raises(SendFailed) as failed:
            await stage.platform.find(stage.at(ben), "k", LONG_AGO)
        assert (failed.value.reason, failed.value.permanent) == (Reason.DOWN, False)


async def test_without_the_scope_nothing_can_be_verified() -> None:
    """The missing scope is named, for good."""
    scopes = App().scopes - {"im:history"}
    async with staged(scopes=scopes) as stage:
        ben = stage.acme.user("Ben Carter")
        await stage.platform.send(stage.at(ben), saying("Hello"), "k")
        with pytest.raises(SendFailed) as failed:
            await stage.platform.find(stage.at(ben), "k", LONG_AGO)
        assert (failed.value.reason, failed.value.permanent) == (Reason.MISSING_SCOPE, True)
        assert "im:history" in failed.value.detail


# --- answers ------------------------------------------------------------------------------------------------------


async def test_an_answer_is_posted_without_a_key_in_its_thread(stage: Stage) -> None:
    ben = stage.acme.user("Ben Carter")
    first = await stage.platform.say(stage.at(ben), saying("Hello"))
    channel, ts, key = place_of(first)
    assert key == ""
    reply = await stage.platform.say(stage.here(channel), saying("More"), thread_ts=ts)
    message = stage.slack.state.channels[channel].messages[place_of(reply)[1]]
    assert message.thread_ts == ts
    assert message.metadata is None


async def test_a_whisper_is_seen_by_one(stage: Stage) -> None:
    ben, amelie = stage.acme.user("Ben Carter"), stage.acme.user("Amélie Tremblay")
    channel = stage.acme.channel("culture", ben, amelie, with_app=True)
    await stage.platform.ephemeral(stage.here(channel.id), stage.at(ben), saying("Psst"))
    assert [each.text for each in ben.ephemerals()] == ["Psst"]
    assert amelie.ephemerals() == []


async def test_a_file_comes_with_its_description(stage: Stage) -> None:
    """Three steps, through the shared session, into the person's conversation with the app."""
    ben = stage.acme.user("Ben Carter")
    file = File("certificate.pdf", "application/pdf", b"%PDF-1.7", "Your certificate for the culture course")
    await stage.platform.upload(stage.at(ben), file)
    (record,) = stage.slack.state.files.values()
    assert (record.name, record.content, record.alt) == (file.name, file.content, file.alt)
    assert list(record.shares) == [ben.direct().id]


async def test_a_file_that_is_not_shared_is_a_clear_failure(stage: Stage) -> None:
    ben = stage.acme.user("Ben Carter")
    file = File("a.csv", "text/csv", b"a,b", "A list")
    stage.acme.team.uploads = False
    with pytest.raises(SendFailed) as failed:
        await stage.platform.upload(stage.at(ben), file)
    assert (failed.value.reason, failed.value.permanent) == (Reason.FORBIDDEN, True)
    with pytest.raises(SendFailed) as failed:
        await stage.platform.upload(stage.at(ben), File("a.csv", "text/csv", b"", "A list"))
    assert failed.value.reason == Reason.REJECTED


async def test_a_home_tab_is_published_and_paced() -> None:
    """A hundred a minute; the next one is told when to come."""
    async with staged(driven=True) as stage:
        stage.slack.limits.like_slack()
        ben = stage.acme.user("Ben Carter")
        block = {"type": "section", "text": {"type": "plain_text", "text": "Welcome"}}
        for _ in range(100):
            await stage.platform.publish_home(stage.at(ben), {"type": "home", "blocks": [block]})
        with pytest.raises(SendFailed) as failed:
            await stage.platform.publish_home(stage.at(ben), {"type": "home", "blocks": [block]})
        assert failed.value.reason == Reason.BUSY
        assert ben.home is not None
        assert stage.slack.limits.refused == {}


async def test_the_pace_of_posts_is_the_operators_choice() -> None:
    async with staged(pace=Pace(posts_per_minute=120)) as stage:
        pacing = stage.platform.pacing(stage.workspace)
        assert (pacing.per_second, pacing.per_address_seconds, pacing.in_flight) == (2, 1, 8)


async def test_posting_at_the_engines_pace_is_never_refused(stage: Stage) -> None:
    """Different people, one message each, below the workspace's ceiling."""
    stage.slack.limits.like_slack()
    people = [stage.acme.user(f"Person {number}") for number in range(100)]
    await asyncio.gather(*(stage.platform.send(stage.at(each), saying("Hello"), each.id) for each in people))
    assert stage.slack.limits.refused == {}
    assert len(stage.slack.ledger.keys) == 100


async def test_forgetting_leaves_what_stands_in_slack(stage: Stage) -> None:
    """Messages are the workspace's; the platform only drops what it remembered."""
    ben = stage.acme.user("Ben Carter")
    ref = await stage.platform.send(stage.at(ben), saying("Hello"), "k")
    for _ in range(2):
        await stage.platform.forget(stage.at(ben))
    assert [each.text for each in ben.messages()] == ["Hello"]
    assert await stage.platform.find(stage.at(ben), "k", LONG_AGO) == [ref]
    assert stage.slack.count("conversations.open") == 1
