"""Teams as the engine sees it: one post per message, to wherever people are, and honest words when that cannot be."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from adapters.teams.places import Place
from adapters.teams.platform import place_of, reference
from bot.errors import SendFailed, SendUnknown
from bot.messages.blocks import Message, Text
from bot.model.course import Language
from bot.model.delivery import MessageRef, Reason
from bot.model.people import Address
from bot.model.richtext import words
from bot.ports import Ability
from tests.adapters.teams.platform_stage import Stage, refused, saying, staged
from tests.local_slack.faults import BROKEN, CUT_AFTER, RATELIMITED
from tests.local_teams import Person


def texts(stage: Stage, person: Person) -> list[str]:
    """What stands in somebody's chat."""
    return [each.summary for each in person.messages()]


# --- sending ------------------------------------------------------------------------------------------------------


async def test_a_message_is_one_post_and_its_reference_says_where() -> None:
    """The reference can be read back, the card refreshes for its reader, and nothing in it displeases Teams."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        ref = await stage.platform.send(stage.at(ben), saying("Hello"), "e1/lesson|one")
        (shown,) = ben.messages()
        assert place_of(ref) == (ben.at().id, shown.id, "e1/lesson|one")
        assert shown.card is not None
        assert shown.card["refresh"]["userIds"] == [ben.id]
        assert (stage.teams.count("send"), stage.teams.complaints) == (1, [])


async def test_a_message_is_shown_anew_and_taken_away() -> None:
    """Doing either twice is fine; what is gone cannot be shown anew, for good."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        ref = await stage.platform.send(stage.at(ben), saying("One"), "e1/lesson")
        for _ in range(2):
            await stage.platform.update(ref, saying("Two"))
        assert texts(stage, ben) == ["Two"]
        for _ in range(2):
            await stage.platform.withdraw(ref)
        assert ben.messages() == []
        assert (await refused(stage.platform.update(ref, saying("Three")))).permanent


async def test_what_people_deleted_cannot_be_shown_anew() -> None:
    """Where admins let people delete messages of the app, nobody tells it."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        ref = await stage.platform.send(stage.at(ben), saying("One"), "e1/lesson")
        ben.deletes(ben.messages()[0])
        assert (await refused(stage.platform.update(ref, saying("Two")))).permanent


async def test_references_of_others_and_without_a_name() -> None:
    """They are an answer, not a crash: Teams gives no name to what it split."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        for text in ("", "C1:123.4:e1", "a:1", "a:1|5"):
            error = await refused(stage.platform.update(MessageRef(stage.at(ben), text), saying("x")))
            assert (error.permanent, error.reason) == (True, Reason.REJECTED)
        nameless = reference(stage.at(ben), ben.at().id, "", "e1/lesson")
        error = await refused(stage.platform.update(nameless, saying("x")))
        assert (error.permanent, error.reason) == (True, Reason.GONE)
        await stage.platform.withdraw(nameless)
        assert stage.teams.count("update") == stage.teams.count("delete") == 0


async def test_a_cut_call_is_in_doubt_and_never_repeated() -> None:
    """Teams has no key to know a repeated message by."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        stage.teams.faults.on("send", CUT_AFTER)
        with pytest.raises(SendUnknown):
            await stage.platform.send(stage.at(ben), saying("Hello"), "e1/lesson")
        assert (stage.teams.count("send"), texts(stage, ben)) == (1, ["Hello"])
        assert await stage.platform.find(stage.at(ben), "e1/lesson", None) == []  # type: ignore[arg-type]


async def test_a_cut_call_before_the_message_is_a_plain_failure() -> None:
    """Opening the conversation posts nothing, so nothing is in doubt."""
    async with staged() as stage:
        await stage.person("Ben Carter")
        ana = stage.contoso.person("Ana Silva", installed=True)
        stage.teams.faults.on("create", CUT_AFTER)
        error = await refused(stage.platform.send(stage.at(ana), saying("Hello"), "e1/lesson"))
        assert (error.reason, error.permanent) == (Reason.DOWN, False)
        await stage.platform.send(stage.at(ana), saying("Hello"), "e1/lesson")
        assert texts(stage, ana) == ["Hello"]


async def test_a_database_that_is_down_is_a_plain_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever happens before the post is SendFailed."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        platform = stage.again()

        async def down(addresses: object) -> list[Place]:
            raise OSError("no database")

        monkeypatch.setattr(stage.kept, "places", down)
        error = await refused(platform.send(stage.at(ben), saying("Hello"), "e1/lesson"))
        assert (error.reason, error.permanent, stage.teams.count("send")) == (Reason.DOWN, False, 0)


async def test_what_cannot_be_drawn_is_broken_for_good() -> None:
    """It is never sent."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        broken = Message("xx", "x", (Text(words("x")),))  # type: ignore[arg-type]
        assert (await refused(stage.platform.send(stage.at(ben), broken, "k"))).reason == Reason.BROKEN
        assert (await refused(stage.platform.say(stage.at(ben), broken))).reason == Reason.BROKEN
        assert ben.messages() == []


async def test_what_it_can() -> None:
    """Teams cannot be asked for a message; rooms need Graph."""
    async with staged() as stage, staged(graph=True) as with_graph:
        assert Ability.FIND not in stage.platform.can
        assert with_graph.platform.can - stage.platform.can == {Ability.ROOMS}
        error = await refused(stage.platform.open_room(stage.workspace, "x", "", [], "g1"))
        assert (error.reason, error.permanent) == (Reason.MISSING_SCOPE, True)


# --- people who are not there ---------------------------------------------------------------------------------------


async def test_who_removed_the_app_is_not_tried_and_is_back_at_once() -> None:
    """Teams said so; when they add it again, the next message arrives."""
    async with staged(graph=True) as stage:
        ben = await stage.person("Ben Carter")
        await ben.uninstalls()
        error = await refused(stage.platform.send(stage.at(ben), saying("Hello"), "e1/lesson"))
        assert (error.reason, error.permanent, error.whole_lane) == (Reason.NOT_INSTALLED, True, False)
        assert (stage.teams.count("send"), stage.teams.count("graph.install")) == (0, 0)
        await ben.installs()
        await stage.platform.send(stage.at(ben), saying("Hello"), "e1/lesson")
        assert texts(stage, ben) == ["Hello"]


@pytest.mark.parametrize(
    ("blocks", "reason"), [(True, Reason.BLOCKED), (False, Reason.NOT_INSTALLED)], ids=["blocked", "not in the roster"]
)
async def test_who_refuses_is_not_tried_at_every_send(blocks: bool, reason: Reason) -> None:
    """The first refusal is remembered, by other processes too, until something is heard of them."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        ben.user.blocks_app = blocks
        if not blocks:
            stage.contoso.directory.installed.clear()
        assert (await refused(stage.platform.send(stage.at(ben), saying("x"), "k"))).reason == reason
        for platform in (stage.platform, stage.again()):
            assert (await refused(platform.send(stage.at(ben), saying("x"), "k"))).reason == Reason.NOT_INSTALLED
        assert stage.teams.count("send") == 1
        ben.user.blocks_app = False
        await ben.installs()
        await stage.platform.send(stage.at(ben), saying("x"), "k")


async def test_a_conversation_that_is_no_more_is_opened_anew_once() -> None:
    """And the message arrives in the new one, which is the one that is known from then on."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        stage.teams.state.conversations.pop(ben.at().id)
        stage.teams.state.personal.clear()
        ref = await stage.platform.send(stage.at(ben), saying("Hello"), "e1/lesson")
        assert (texts(stage, ben), place_of(ref)[0]) == (["Hello"], ben.at().id)
        assert stage.kept.here[stage.at(ben)].conversation == ben.at().id
        assert (stage.teams.count("send"), stage.teams.count("create")) == (2, 1)


async def test_a_conversation_that_cannot_be_opened_anew_counts_as_gone() -> None:
    """One further try, then none."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        stage.teams.state.conversations.pop(ben.at().id)
        stage.teams.state.personal.clear()
        stage.contoso.directory.installed.clear()
        for _ in range(3):
            assert (await refused(stage.platform.send(stage.at(ben), saying("x"), "k"))).reason == Reason.NOT_INSTALLED
        assert (stage.teams.count("send"), stage.teams.count("create")) == (1, 1)


async def test_a_conversation_that_opens_and_is_not_there_is_given_up() -> None:
    """Teams contradicts itself: one further try for a message, and none for the next."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        lost = replace(BROKEN, kind="error", status=404, code="ConversationNotFound")
        stage.teams.faults.on("send", lost, times=9)
        assert (await refused(stage.platform.send(stage.at(ben), saying("x"), "k"))).reason == Reason.UNREACHABLE
        assert (await refused(stage.platform.send(stage.at(ben), saying("x"), "k"))).reason == Reason.NOT_INSTALLED
        assert (stage.teams.count("send"), stage.teams.count("create")) == (2, 1)


# --- answers --------------------------------------------------------------------------------------------------------


async def test_an_answer_is_said_in_as_many_messages_as_it_takes() -> None:
    """Nothing is left off, and the reference is that of the first."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        long = Message(Language.EN, "Long", tuple(Text(words(f"{number} " + "word " * 300)) for number in range(40)))
        ref = await stage.platform.say(stage.at(ben), long)
        shown = ben.messages()
        assert len(shown) > 1
        assert place_of(ref) == (ben.at().id, shown[0].id, "")
        assert "39 word" in str(shown[-1].card)


async def test_an_answer_that_ends_half_way_is_in_doubt() -> None:
    """Its beginning is there, so it is not simply said again."""
    async with staged() as stage:
        ben = await stage.person("Ben Carter")
        long = Message(Language.EN, "Long", tuple(Text(words(f"{number} " + "word " * 300)) for number in range(40)))
        stage.teams.faults.on("send", replace(BROKEN, kind="error", status=413, code="MessageSizeTooBig"), after=1)
        with pytest.raises(SendUnknown):
            await stage.platform.say(stage.at(ben), long)
        assert len(ben.messages()) == 1


async def test_what_is_posted_into_a_conversation() -> None:
    """A line in a thread, shown anew, and one for a single pair of eyes."""
    async with staged() as stage:
        ana, ben = await stage.person("Ana Silva"), await stage.person("Ben Carter")
        chat = stage.contoso.chat("Group 3", ana, ben)
        await stage.contoso.adds_app(chat)
        line = {"type": "message", "text": "I wrote to you"}
        name = await stage.platform.post(chat.id, stage.workspace, line)
        await stage.platform.replace(stage.workspace, chat.id, name, {"type": "message", "text": "Seen"})
        await stage.platform.targeted(stage.workspace, chat.id, ana.id, {"type": "message", "text": "Just you"})
        assert [each.text for each in ana.messages(chat)] == ["Seen", "Just you"]
        assert [each.text for each in ben.messages(chat)] == ["Seen"]


async def test_a_conversation_nobody_heard_of_is_not_posted_to() -> None:
    """There is no address to send it to."""
    async with staged() as stage:
        error = await refused(stage.platform.post("19:x@thread.v2", stage.workspace, {"type": "message", "text": "x"}))
        assert (error.reason, error.permanent) == (Reason.NOT_INSTALLED, True)


# --- too much -------------------------------------------------------------------------------------------------------


async def test_too_much_for_one_conversation_pauses_that_one() -> None:
    """The others go on; Teams' own number of seconds is passed on."""
    async with staged() as stage:
        ana, ben = await stage.person("Ana Silva"), await stage.person("Ben Carter")
        stage.teams.faults.on("send", replace(RATELIMITED, seconds=30))
        error = await refused(stage.platform.send(stage.at(ben), saying("x"), "k"))
        assert (error.reason, error.permanent, error.whole_lane) == (Reason.BUSY, False, False)
        assert (error.retry_after or 0) >= 30
        assert (await refused(stage.platform.send(stage.at(ben), saying("x"), "k"))).reason == Reason.BUSY
        await stage.platform.send(stage.at(ana), saying("x"), "k")
        assert stage.teams.count("send") == 2


async def test_too_much_for_several_pauses_the_tenant() -> None:
    """Refused in the same words, but no single conversation can have had too much."""
    async with staged() as stage:
        people = [await stage.person(f"Person {number}") for number in range(4)]
        stage.teams.faults.on("send", replace(RATELIMITED, seconds=30), times=3)
        errors = [await refused(stage.platform.send(stage.at(each), saying("x"), "k")) for each in people]
        assert [each.whole_lane for each in errors] == [False, False, True, True]
        assert stage.teams.count("send") == 3


async def test_a_chat_that_hears_a_lot_stays_within_teams_limits() -> None:
    """Answers come on top of what the engine paces: whoever asks much waits a little, and Teams never refuses."""
    async with staged(driven=True) as stage:
        ben = await stage.person("Ben Carter")
        stage.teams.limits.like_teams()
        calls = [asyncio.ensure_future(stage.platform.say(stage.at(ben), saying(str(number)))) for number in range(12)]
        for _ in range(400):
            await stage.clock.advance(0.05)  # type: ignore[attr-defined]
            await asyncio.sleep(0.001)
        assert not stage.teams.limits.refused
        said = await asyncio.gather(*calls, return_exceptions=True)
        late = [each for each in said if isinstance(each, SendFailed)]
        assert len(ben.messages()) == 12 - len(late) >= 8
        assert all(each.reason == Reason.BUSY and (each.retry_after or 0) > 0 for each in late)


# --- forgetting -----------------------------------------------------------------------------------------------------


async def test_a_forgotten_person_is_in_no_memory() -> None:
    """Neither id stays, in the store or in this process; others keep theirs. Twice is fine."""
    async with staged(graph=True) as stage:
        ben, ana = await stage.person("Ben Carter"), await stage.person("Ana Silva")
        team = stage.contoso.team("Spring", ben, ana)
        await stage.contoso.adds_app(team)
        await stage.platform.find_people(stage.workspace, ["Ben Carter", ben.user.mail, ben.aad, ana.user.mail])
        await stage.platform.send(stage.at(ben), saying("x"), "k")
        for _ in range(2):
            await stage.platform.forget(stage.at(ben))
        left = everything(stage.platform) + repr(stage.kept)
        assert (ben.aad in left, ben.id in left, ana.aad in left) == (False, False, True)


def everything(part: object, seen: set[int] | None = None) -> str:
    """All that the parts of a platform hold, as text."""
    seen = set() if seen is None else seen
    if id(part) in seen or not type(part).__module__.startswith("adapters.teams"):
        return repr(part) if id(part) not in seen else ""
    seen.add(id(part))
    return "".join(everything(each, seen) for each in vars(part).values()) if hasattr(part, "__dict__") else repr(part)


def test_a_reference_comes_back() -> None:
    """Whatever a key holds."""
    for key in ("", "e1/lesson", "a|b|"):
        ref = reference(Address("teams", "t", "p"), "19:x@thread.tacv2;messageid=1", "5", key)
        assert place_of(ref) == ("19:x@thread.tacv2;messageid=1", "5", key)
