"""What every chat platform promises the engine (`bot.ports.ChatPlatform`), on each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import SendFailed
from bot.messages.blocks import Message, Text
from bot.model.course import Language
from bot.model.delivery import MessageRef, Reason
from bot.model.people import Address, Profile
from bot.model.richtext import words
from bot.ports import Ability, Pins
from tests.adapters.browser import showcase
from tests.contracts.platform_factories import FACTORIES, LACKS, LONG_AGO, PlatformWorld


@pytest.fixture(params=FACTORIES)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PlatformWorld]:
    """A fresh platform with Amélie and Ben, once for every platform."""
    async with FACTORIES[request.param](tmp_path) as made:
        yield made


def needs(*abilities: Ability) -> pytest.MarkDecorator:
    """For a test of abilities: it runs on the platforms that have them."""
    able = [name for name in FACTORIES if not LACKS.get(name, frozenset()) & set(abilities)]
    return pytest.mark.parametrize("world", able, indirect=True)


def saying(text: str) -> Message:
    return Message(Language.EN, text, (Text(words(text)),))


def looks(world: PlatformWorld, *messages: Message) -> list[object]:
    """These messages as `world.shown` shows them."""
    return [world.as_shown(message) for message in messages]


async def opened(world: PlatformWorld, key: str = "g1", *, people: tuple[Address, ...] | None = None) -> Address:
    wanted = (world.amelie, world.ben) if people is None else people
    return await world.platform.open_room(world.workspace, "spring-07", "Tue 12:30", wanted, key)


async def test_what_a_platform_lacks_is_known(world: PlatformWorld, request: pytest.FixtureRequest) -> None:
    """So that nothing is left out here without being named."""
    name = request.node.callspec.params["world"]
    assert world.platform.can == frozenset(Ability) - LACKS.get(name, frozenset())


# --- sending ----------------------------------------------------------------------------------------------------


async def test_a_message_arrives_and_has_a_reference(world: PlatformWorld) -> None:
    """`send` posts once and says where."""
    ref = await world.platform.send(world.amelie, saying("Hello"), "e1/welcome")
    assert ref.address == world.amelie
    assert ref.ref
    assert await world.shown(world.amelie) == looks(world, saying("Hello"))
    assert await world.shown(world.ben) == []


@pytest.mark.parametrize("language", Language)
async def test_every_kind_of_block_can_be_sent(world: PlatformWorld, language: Language) -> None:
    """Whatever the engine can build arrives."""
    lesson, everything = showcase.a_lesson(language, voted="b"), showcase.everything(language)
    await world.platform.send(world.amelie, lesson, "e1/lesson")
    await world.platform.send(world.amelie, everything, "e1/everything")
    assert await world.shown(world.amelie) == looks(world, lesson, everything)


@needs(Ability.FIND)
async def test_a_message_is_found_by_its_key(world: PlatformWorld) -> None:
    """After a cut call, the engine asks whether the message is there."""
    ref = await world.platform.send(world.amelie, saying("Hello"), "e1/welcome")
    await world.platform.send(world.amelie, saying("Other"), "e1/lesson")
    await world.platform.send(world.ben, saying("Hello"), "e2/welcome")
    assert await world.platform.find(world.amelie, "e1/welcome", LONG_AGO) == [ref]
    assert await world.platform.find(world.amelie, "e2/welcome", LONG_AGO) == []
    assert await world.platform.find(world.nobody, "e1/welcome", LONG_AGO) == []


@needs(Ability.FIND, Ability.WITHDRAW)
async def test_two_copies_are_two_messages(world: PlatformWorld) -> None:
    """`send` never guesses: posting a key twice makes two messages, oldest first, and one of them can be withdrawn."""
    first = await world.platform.send(world.amelie, saying("Hello"), "e1/welcome")
    second = await world.platform.send(world.amelie, saying("Hello"), "e1/welcome")
    assert first != second
    assert await world.platform.find(world.amelie, "e1/welcome", LONG_AGO) == [first, second]
    await world.platform.withdraw(second)
    assert await world.platform.find(world.amelie, "e1/welcome", LONG_AGO) == [first]


@needs(Ability.EDIT)
async def test_a_message_is_updated_in_place(world: PlatformWorld) -> None:
    """The same message says something else; doing it twice is safe."""
    ref = await world.platform.send(world.amelie, saying("Lesson 1"), "e1/lesson")
    await world.platform.send(world.amelie, saying("Later"), "e1/later")
    for _ in range(2):
        await world.platform.update(ref, saying("Lesson 1, done"))
    assert await world.shown(world.amelie) == looks(world, saying("Lesson 1, done"), saying("Later"))
    if Ability.FIND in world.platform.can:
        assert await world.platform.find(world.amelie, "e1/lesson", LONG_AGO) == [ref]


@needs(Ability.WITHDRAW)
async def test_a_withdrawn_message_is_gone(world: PlatformWorld) -> None:
    """Withdrawing twice is fine; updating what is gone fails for good; the key may be used again."""
    ref = await world.platform.send(world.amelie, saying("Oh"), "e1/lesson")
    for _ in range(2):
        await world.platform.withdraw(ref)
    assert await world.shown(world.amelie) == []
    with pytest.raises(SendFailed) as failed:
        await world.platform.update(ref, saying("Again"))
    assert failed.value.permanent
    await world.platform.send(world.amelie, saying("Hello"), "e1/lesson")
    assert await world.shown(world.amelie) == looks(world, saying("Hello"))


async def test_nobody_cannot_be_reached(world: PlatformWorld) -> None:
    """An account that is not there fails for good, with a reason that an admin can read."""
    with pytest.raises(SendFailed) as failed:
        await world.platform.send(world.nobody, saying("Hello"), "e9/welcome")
    assert failed.value.permanent
    assert failed.value.reason in (Reason.GONE, Reason.UNREACHABLE)
    assert not failed.value.whole_lane


@needs(Ability.EDIT)
async def test_a_reference_from_nowhere_fails_for_good(world: PlatformWorld) -> None:
    """A reference that this platform never made is an answer, not a crash."""
    with pytest.raises(SendFailed) as failed:
        await world.platform.update(MessageRef(world.amelie, "999999"), saying("Hello"))
    assert failed.value.permanent


async def test_pacing_is_something_a_lane_can_keep(world: PlatformWorld) -> None:
    """A lane needs a pace, and at least one call at a time."""
    pacing = world.platform.pacing(world.workspace)
    assert pacing.per_second > 0
    assert pacing.per_address_seconds >= 0
    assert pacing.in_flight >= 1


# --- people -----------------------------------------------------------------------------------------------------


async def test_a_profile_says_what_the_platform_knows(world: PlatformWorld) -> None:
    """Name, language and zone; None for nobody."""
    assert await world.platform.profile(world.amelie) == Profile("Amélie Tremblay", Language.FR, "America/Toronto")
    assert await world.platform.profile(world.nobody) is None


async def test_people_are_found_as_typed(world: PlatformWorld) -> None:
    """One answer for each that was typed, in order; who is not there has a reason."""
    found = await world.platform.find_people(world.workspace, [*world.typed, "@zzz", "zzz@example.org"])
    assert [each.address for each in found] == [*world.typed.values(), None, None]
    assert [each.wanted for each in found] == [*world.typed, "@zzz", "zzz@example.org"]
    assert [each.reason for each in found[-2:]] == ["unknown", "unknown"]
    assert all(each.profile.name for each in found[:-2])


async def test_forgetting_leaves_nothing(world: PlatformWorld) -> None:
    """What was said to a person is gone, where the adapter itself keeps it; others keep theirs. Forgetting twice is
    fine."""
    await world.platform.send(world.amelie, saying("Hello"), "e1/welcome")
    await world.platform.send(world.ben, saying("Hello"), "e2/welcome")
    for _ in range(2):
        await world.platform.forget(world.amelie)
    assert await world.shown(world.amelie) == ([] if world.keeps_messages else looks(world, saying("Hello")))
    assert await world.shown(world.ben) == looks(world, saying("Hello"))


# --- rooms ------------------------------------------------------------------------------------------------------


@needs(Ability.ROOMS)
async def test_a_room_is_opened_once(world: PlatformWorld) -> None:
    """The same key is the same room, with the people it had; another key is another room."""
    room = await opened(world)
    assert await opened(world, people=(world.ben,)) == room
    assert await world.members(room) == {world.amelie, world.ben}
    assert room not in (world.amelie, world.ben)


@needs(Ability.ROOMS)
async def test_a_room_hears_messages(world: PlatformWorld) -> None:
    """A room is an address like any other."""
    room = await opened(world)
    ref = await world.platform.send(room, saying("Welcome"), "g1/hello")
    await world.platform.update(ref, saying("Welcome all"))
    assert await world.shown(room) == looks(world, saying("Welcome all"))
    assert await world.shown(world.amelie) == []
    if Ability.FIND in world.platform.can:
        assert await world.platform.find(room, "g1/hello", LONG_AGO) == [ref]


@needs(Ability.ROOMS)
async def test_members_are_exactly_those(world: PlatformWorld) -> None:
    """People leave and come back; setting the same again changes nothing."""
    room = await opened(world, people=(world.amelie,))
    for people in ([world.ben], [world.ben], [world.amelie, world.ben], []):
        await world.platform.set_room_people(room, people)
        assert await world.members(room) == set(people)


@needs(Ability.ROOMS)
async def test_a_closed_room_hears_nothing_new(world: PlatformWorld) -> None:
    """What was said stays; something new fails for good. Closing twice is fine."""
    room = await opened(world)
    await world.platform.send(room, saying("Welcome"), "g1/hello")
    for _ in range(2):
        await world.platform.close_room(room)
    assert await world.shown(room) == looks(world, saying("Welcome"))
    with pytest.raises(SendFailed) as failed:
        await world.platform.send(room, saying("More"), "g1/more")
    assert failed.value.permanent
    assert failed.value.reason == Reason.ROOM_CLOSED


@needs(Ability.PIN)
async def test_a_message_can_be_kept_in_sight(world: PlatformWorld) -> None:
    """Pinning is safe to repeat and changes no message."""
    assert isinstance(world.platform, Pins)
    room = await opened(world)
    ref = await world.platform.send(room, saying("Welcome"), "g1/roster")
    for _ in range(2):
        await world.platform.pin(ref)
    assert await world.shown(room) == looks(world, saying("Welcome"))
