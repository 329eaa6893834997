"""What people do in Teams alone: files by consent, words in channels, old clients, an app that comes and goes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.teams.stamps import stamped
from bot.model.course import Language
from bot.model.people import Address
from tests.journeys.hands import ByButtons
from tests.journeys.test_every_button import FINAL, PRESSES
from tests.journeys.test_french import OFFER, TOUR, english_in
from tests.journeys.test_whole_course import WAYS, live_a_course
from tests.local_slack.faults import RATELIMITED, Fault
from tests.local_teams.answers import card
from tests.local_teams.checks import actions
from tests.local_teams.people import Person, thread_of
from tests.local_teams.screen import NotAllowed, Shown, seen
from tests.teams_world import TeamsWorld, a_teams_world

READ = frozenset(
    {"text", "title", "tooltip", "label", "placeholder", "errorMessage", "altText", "summary", "description"}
)


@pytest.fixture
async def world(world_url: str) -> AsyncIterator[TeamsWorld]:
    async with a_teams_world(world_url) as made:
        yield made
        made.all_well()


def lesson(person: Person) -> Shown:
    """The newest lesson in somebody's chat."""
    return [each for each in person.messages() if "/lesson/" in each.key][-1]


async def in_team(world: TeamsWorld, *people: Person) -> Person:
    """A team of these people that has the app; returns the first."""
    await world.contoso.adds_app(world.contoso.team("Culture", *people), people[0])
    await world.inbound.idle()
    return people[0]


async def test_a_file_comes_by_consent(world: TeamsWorld) -> None:
    """Offered as a card, put where Teams says once accepted; declined, nothing is sent."""
    await world.running("@ben")
    ada = world.person(world.ada)
    for accepts in (False, True):
        await ada.types("cohort people spring file")
        await world.inbound.idle()
        offer = next(each for each in reversed(ada.messages()) if each.asks_consent)
        answered = await (ada.accepts_file(offer) if accepts else ada.declines_file(offer))
        await world.inbound.idle()
        assert answered.ok
        assert bool(ada.again(offer).gives_file) is accepts
        assert list(ada.files()) == (["spring-people.csv"] if accepts else [])
    assert "Ben Okafor" in ada.files()["spring-people.csv"].decode("utf-8-sig")


async def test_people_are_enrolled_from_a_file(world: TeamsWorld) -> None:
    """A CSV attached to the words is read as if it had been pasted behind them."""
    await world.says(world.ada, "cohort create small start 2026-12-01 name spring")
    rows = b"email\nben@example.org\nzoe@example.org\n"
    reply = await world.attaches(world.ada, "people.csv", rows, "cohort enrol spring")
    assert reply.say is not None
    assert "Will be enrolled: 2" in world.person(world.ada).last().texts()


@pytest.mark.parametrize("fault", [RATELIMITED, Fault("error", status=412, code="PreconditionFailed")])
async def test_an_answer_that_teams_refused_for_the_moment_comes_a_moment_later(
    world: TeamsWorld, fault: Fault
) -> None:
    """Both refusals are sure: nothing was shown, so saying it again shows it once."""
    ben = world.person(world.ben)
    before = len(ben.messages())
    world.teams.faults.on("send", replace(fault, seconds=0.2))
    await ben.types("help")
    await world.inbound.idle()
    assert len(ben.messages()) == before + 1
    assert "Help" in ben.last().texts()


async def test_words_in_a_channel_are_answered_to_the_person(world: TeamsWorld) -> None:
    """Mentioned people are understood; in the thread stands one line that says where the answer is."""
    ada, ben = world.person(world.ada), world.person(world.ben)
    await in_team(world, ada, ben)
    await world.says(world.ada, "cohort create small start 2026-12-01 name spring")
    general, stood = world.contoso.general(world.contoso.team("Culture")), len(ada.messages())
    await ada.types("cohort enrol spring @Ben Okafor", general, [ben])
    await world.inbound.idle()
    assert "Will be enrolled: 1" in ada.last().texts()
    assert len(ada.messages()) == stood + 1
    (line,) = ada.messages(thread_of(general, "cohort enrol"))
    assert line.text
    assert "Ben Okafor" not in line.text


async def test_words_in_a_channel_may_be_answered_there(world_url: str) -> None:
    """Where targeted messages are allowed, the answer stands in the thread for whoever asked, and for nobody else."""
    async with a_teams_world(world_url, targeted=True) as world:
        ada, ben = world.person(world.ada), world.person(world.ben)
        await in_team(world, ada, ben)
        general, stood = world.contoso.general(world.contoso.team("Culture")), len(ada.messages())
        await ada.types("cohort", general)
        await world.inbound.idle()
        thread = thread_of(general, "cohort")
        assert [each.mine_only for each in ada.messages(thread)] == [True]
        assert ben.messages(thread) == []
        assert len(ada.messages()) == stood
        world.all_well()


async def test_every_button_that_is_seen_is_answered(world: TeamsWorld) -> None:
    """A restless visitor presses whatever stands on a card and sends every form as it is: each press changes the card
    or says something, and Teams is content."""
    await world.running("@ben", course="culture")
    await world.at(datetime(2026, 12, 9, tzinfo=UTC))
    for who in (world.ben, world.ada):
        await world.says(who, "home")
        person, pressed = world.person(who), 0
        seen = {*FINAL}
        while (found := _unpressed(world, person, seen)) is not None and pressed < PRESSES:
            shown, action = found
            words, pressed = len(person.toasts), pressed + 1
            try:
                delivery = await person.press(shown, action)
            except NotAllowed:
                continue
            await world.inbound.idle()
            await world.settle()
            world.all_well()
            assert card(delivery.answer) is not None or len(person.toasts) > words, action
        assert pressed > 25


def _unpressed(world: TeamsWorld, person: Person, seen: set[str]) -> tuple[Shown, dict[str, Any]] | None:
    """The newest button whose meaning was not pressed yet."""
    for shown in reversed(world.screens(person)):
        for each in actions(shown.card or {}):
            stamp = stamped(each.get("data"))
            if stamp is not None and stamp.action not in seen:
                seen.add(stamp.action)
                return shown, each
    return None


@pytest.mark.parametrize("way", list(WAYS))
async def test_whoever_reads_french_sees_no_english_on_a_card(way: str, world: TeamsWorld) -> None:
    """Not in what the adapter says by itself either: tooltips, what is read aloud, notifications, short answers."""
    await world.says(world.zoe, "aide")
    before = len(world.teams.calls("send"))
    me = await live_a_course(world, Language.FR, way)
    for words in TOUR:
        await world.says(me, words)
    person = world.person(me)
    sent = [*world.teams.calls("send")[before:], *world.teams.calls("update")]
    cards = [each["body"] for each in sent if each["conversation"] == person.at().id]
    cards += [
        each.answer for each in world.teams.deliveries if each.answer and each.activity["from"]["id"] == person.id
    ]
    texts = [seen(text) for each in cards for text in _texts(each)]
    assert len(texts) > 1000
    assert english_in(world, [text for text in texts if text.strip() and text != OFFER]) == []


def _texts(part: Any, name: str = "") -> Iterator[str]:
    """Every text of an activity that somebody reads or hears."""
    if isinstance(part, str):
        if name in READ:
            yield part
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each, name)
    elif isinstance(part, dict):
        if part.get("type") == "RichTextBlock":
            yield "".join(each["text"] for each in part["inlines"])
        for key, value in part.items():
            if key not in ("data", "refresh", "fallback", "inlines"):
                yield from _texts(value, "text" if (key, name) == ("value", "facts") else key)


async def test_a_client_that_knows_no_execute_takes_part(world: TeamsWorld) -> None:
    """Its presses come as messages; the message it pressed is changed in place."""
    await world.running("@ben", course="culture")
    await world.at(datetime(2026, 12, 2, tzinfo=UTC))
    ben = world.person(world.ben)
    ben.old_client = True
    await ByButtons(world, world.ben, Language.EN).done(1)
    enrolment = await world.enrolment(world.ben)
    async with world.store.reading() as tx:
        assert len(await tx.completions(enrolment.id)) == 1
    assert lesson(ben).edits >= 1
    assert "Undo" in lesson(ben).buttons()


async def test_a_lesson_waits_for_the_app(world: TeamsWorld) -> None:
    """Removed: nothing arrives and the admin sees why. Added again: it comes."""
    await world.running("@ben", "@zoé")
    ben = world.person(world.ben)
    await ben.uninstalls()
    await world.inbound.idle()
    await world.at(datetime(2026, 12, 1, 20, tzinfo=UTC))
    assert "l1" not in {key.removeprefix("lesson/") for key in world.keys(world.ben)}
    assert (await world.states(world.ben))["l1"] == "failed"
    assert (await world.states(world.zoe))["l1"] == "sent"
    await ben.installs(order=("installationUpdate",))
    await world.inbound.idle()
    await world.settle()
    assert (await world.states(world.ben))["l1"] == "sent"


async def test_whoever_unblocks_the_app_gets_what_waited(world: TeamsWorld) -> None:
    """Teams tells nobody of it: the next word from there is the sign."""
    await world.running("@ben")
    ben = world.person(world.ben)
    ben.user.blocks_app = True
    await world.at(datetime(2026, 12, 1, 20, tzinfo=UTC))
    assert (await world.states(world.ben))["l1"] == "failed"
    ben.user.blocks_app = False
    await world.says(world.ben, "help")
    await world.settle()
    assert (await world.states(world.ben))["l1"] == "sent"


async def test_an_app_that_was_switched_off_goes_on_later(world: TeamsWorld) -> None:
    """A tenant's admin disables it: everything waits, nothing fails for good."""
    await world.running("@ben", "@zoé")
    world.contoso.directory.disabled = True
    await world.at(datetime(2026, 12, 1, 16, tzinfo=UTC))
    assert [(await world.states(who))["l1"] for who in (world.ben, world.zoe)] == ["retry", "retry"]
    world.contoso.directory.disabled = False
    await world.at(datetime(2026, 12, 1, 20, tzinfo=UTC))
    assert [(await world.states(who))["l1"] for who in (world.ben, world.zoe)] == ["sent", "sent"]


async def test_teams_moves_to_another_region(world: TeamsWorld) -> None:
    """The next message goes to the address that the last activity came from."""
    await world.running("@ben")
    world.contoso.directory.region = "emea"
    await world.says(world.ben, "help")
    await world.at(datetime(2026, 12, 1, 20, tzinfo=UTC))
    sent = [each for each in world.teams.calls("send") if "/lesson/" in str(each["body"])]
    assert [each["region"] for each in sent] == ["emea"]


async def test_keys_and_tokens_are_renewed_on_the_way(world: TeamsWorld) -> None:
    """Nobody notices when Microsoft changes its keys, or when a token ends early."""
    await world.running("@ben")
    world.teams.login.rotate()
    world.teams.revoke_tokens()
    reply = await world.says(world.ben, "help")
    assert reply.say is not None


async def test_a_slow_press_that_comes_again_counts_once(world: TeamsWorld) -> None:
    """The same id at once is the same press."""
    await world.running("@ben", course="culture")
    await world.at(datetime(2026, 12, 2, tzinfo=UTC))
    ben = world.person(world.ben)
    first = await ben.press(lesson(ben), _meaning(lesson(ben), "Mark done"))
    await world.inbound.idle()
    answered = len(world.heard_by.answers)
    for _ in range(2):
        again = await world.teams.redeliver(first)
        assert again.answer == first.answer
    await world.inbound.idle()
    assert len(world.heard_by.answers) == answered


def _meaning(shown: Shown, begins: str) -> dict[str, object]:
    return next(each for each in actions(shown.card or {}) if str(each.get("title", "")).startswith(begins))


async def test_without_graph_people_of_the_team_are_found(world_url: str) -> None:
    """By mention in a channel and by address in the roster; who is elsewhere is said not to be known."""
    async with a_teams_world(world_url, graph=False) as world:
        ada, ben = world.person(world.ada), world.person(world.ben)
        await in_team(world, ada, ben)
        await world.says(world.ada, "cohort create small start 2026-12-01 name spring")
        await world.says(world.ada, "cohort enrol spring ben@example.org zoe@example.org")
        seen = ada.last().reads()
        assert "Will be enrolled: 1" in seen
        assert "zoe@example.org" in seen
        assert world.teams.count("graph.users") == 0
        world.all_well()


async def test_a_study_group_has_a_room(world: TeamsWorld) -> None:
    """A group chat with its people, in which the app may write; closed, nothing new comes."""
    people = [Address("teams", world.contoso.id, each.ref) for each in (world.ben, world.zoe)]
    room = await world.platform.open_room(world.contoso.id, "spring-07", "Tuesdays", people, "g1")
    await world.inbound.idle()
    chat = world.teams.state.conversations[room.ref]
    assert set(chat.members) == {each.ref for each in people}
    ben = world.person(world.ben)
    await ben.types("help", chat)
    await world.inbound.idle()
    assert ben.messages(chat)[-1].text, "one line in the chat, the answer in his own"
