"""Rooms that the platform refuses, delays or loses, and what becomes of them when people and cohorts go."""

from __future__ import annotations

from datetime import timedelta

from bot.errors import SendFailed
from bot.model.delivery import Reason
from bot.model.groups import RoomState
from bot.model.people import Address
from bot.ports import Ability
from tests.bot.usecases.groups_stage import (
    formed,
    in_room,
    members_of,
    newest,
    room_of,
    room_states,
    rooms_of,
    said_yes,
    words,
)
from tests.reading import plain_text
from tests.world import World


def refuse(world: World, number: int, reason: Reason = Reason.FORBIDDEN) -> None:
    """The platform says no to the room of this group (groups are numbered as their ids in these tests)."""
    world.platform.faults[f"group/{number}/{world.ada.lane}"] = [SendFailed(reason, permanent=True)]


async def form(world: World, n: int = 9) -> None:
    await said_yes(world, n)
    await world.says(world.ada, "cohort groups preview spring")


async def test_a_refused_room_is_told_to_the_admin_and_the_group_lives_on(world: World) -> None:
    """With the reason and what to do; the card goes to each member instead; the other group has its room."""
    await form(world)
    refuse(world, 1)
    await world.says(world.ada, "cohort groups form spring")
    assert await room_states(world) == [RoomState.REFUSED, RoomState.OPEN]
    message = newest(world, world.ada)
    assert "Rooms: 1 open, 1 refused" in message
    assert "The workspace does not allow the app to open rooms." in message
    assert "Ask a workspace admin to permit it" in message
    members = (await members_of(world))[1]
    for ref in members:
        assert [key for key in world.keys(Address("fake", "w1", ref)) if "roster" in key]
    assert "room_refused" in {event for event, _ in world.events}


async def test_refused_rooms_can_be_tried_again(world: World) -> None:
    """By the button of the groups' card, once the workspace permits it."""
    await form(world)
    refuse(world, 1)
    await world.says(world.ada, "cohort groups form spring")
    card = await world.says(world.ada, "cohort groups spring")
    answer = await world.presses(world.ada, "Try the rooms again", card)
    assert "1 room is tried again" in words(answer)
    assert await room_states(world) == [RoomState.OPEN, RoomState.OPEN]
    assert in_room(world, 1) == (await members_of(world))[1]


async def test_a_busy_platform_is_given_the_time_it_asks_for(world: World) -> None:
    """No room is asked for before; then all of them are opened."""
    await form(world)
    busy = SendFailed(Reason.BUSY, permanent=False, retry_after=60)
    world.platform.faults[f"group/1/{world.ada.lane}"] = [busy]
    began = world.clock.now
    await world.says(world.ada, "cohort groups form spring")
    assert world.platform.rooms == {}
    assert "2 to be opened" in newest(world, world.ada)
    await world.at(began + timedelta(seconds=59))
    assert world.platform.rooms == {}
    await world.at(began + timedelta(seconds=70))
    assert await room_states(world) == [RoomState.OPEN, RoomState.OPEN]
    assert "Rooms: 2 open" in newest(world, world.ada)


async def test_where_a_chat_has_no_rooms_everything_comes_by_direct_message(world: World) -> None:
    """The admin reads that nothing has to be done."""
    world.platform.can = world.platform.can - {Ability.ROOMS}
    people = await formed(world)
    assert world.platform.rooms == {}
    assert "This chat has no rooms" in newest(world, world.ada)
    assert all(any("roster" in key for key in world.keys(who)) for who in people)
    assert "By direct message" in words(await world.says(people[0], "group"))


async def test_facilitators_are_in_the_rooms_only_if_the_cohort_says_so(world: World) -> None:
    """Switched on and off while the groups live."""
    await said_yes(world)
    await world.says(world.ada, "cohort roles spring add facilitator @fatou")
    await world.says(world.ada, "cohort groups preview spring")
    await world.says(world.ada, "cohort groups form spring")
    assert world.fatou.ref not in in_room(world, 1)
    await world.says(world.ada, "cohort groups options spring facilitators yes")
    assert world.fatou.ref in in_room(world, 1)
    assert world.fatou.ref in in_room(world, 2)
    await world.says(world.ada, "cohort groups options spring facilitators no")
    assert world.fatou.ref not in in_room(world, 1)


async def test_who_leaves_is_out_of_the_room_and_off_the_card(world: World) -> None:
    """Leaving the group, the course, or saying "not this time"."""
    people = await formed(world, 12)
    for text, who in (("group leave yes", people[0]), ("leave yes", people[1]), ("no", people[2])):
        number = next(n for n, some in (await members_of(world)).items() if who.ref in some)
        assert who.ref in in_room(world, number)
        name = words(await world.says(who, "group members"))
        assert "you" in name
        await world.says(who, text)
        assert who.ref not in in_room(world, number)
        card = plain_text(world.platform.to(room_of(world, number))[0].message)
        assert f"Learner{who.ref.removeprefix('U-')} Doe" not in card


async def test_a_forgotten_person_is_on_no_card(world: World) -> None:
    """Their name leaves the room with them."""
    people = await formed(world)
    number = next(n for n, some in (await members_of(world)).items() if people[0].ref in some)
    await world.says(people[0], "forget me yes")
    assert "Learnerp0" not in plain_text(world.platform.to(room_of(world, number))[0].message)
    assert people[0].ref not in in_room(world, number)


async def test_closing_the_cohort_says_farewell_and_archives(world: World) -> None:
    """First the farewell, then the room is closed; nothing is left to do."""
    await formed(world)
    rooms = [room_of(world, number) for number in (1, 2)]
    await world.says(world.ada, "cohort close spring confirm")
    await world.at(world.clock.now + timedelta(minutes=1))
    for room in rooms:
        assert "Thank you for learning together." in plain_text(world.platform.to(room)[-1].message)
        assert "archived" in plain_text(world.platform.to(room)[-1].message)
    assert world.platform.closed == set(rooms)
    async with world.store.reading() as tx:
        assert not (await tx.due(world.clock.now)).rooms


async def test_rooms_that_are_kept_stay_open(world: World) -> None:
    """The farewell says so."""
    await formed(world)
    await world.says(world.ada, "cohort groups options spring keep yes")
    room = room_of(world, 1)
    await world.says(world.ada, "cohort close spring confirm")
    await world.at(world.clock.now + timedelta(minutes=1))
    assert "stays open" in plain_text(world.platform.to(room)[-1].message)
    assert world.platform.closed == set()


async def test_a_room_that_somebody_archived_is_replaced_by_direct_messages(world: World) -> None:
    """Found out when its people are brought up to date; the admin can have a new one opened."""
    people = await formed(world)
    rooms = await rooms_of(world)
    gone = SendFailed(Reason.ROOM_CLOSED, permanent=True)
    number = next(n for n, some in (await members_of(world)).items() if people[0].ref in some)
    address = rooms[number][0].address
    assert address is not None
    world.platform.faults[address.ref] = [gone]
    await world.says(people[0], "group leave yes")
    assert (await rooms_of(world))[number][0].state is RoomState.REFUSED
    assert "Somebody archived the room." in words(await world.says(world.ada, "cohort groups spring"))


async def test_a_new_room_in_place_of_a_lost_one_gets_the_card_too(world: World) -> None:
    """The old one is gone; what is opened after another try has the card, which follows from then on."""
    people = await formed(world)
    number = next(n for n, some in (await members_of(world)).items() if people[0].ref in some)
    room = (await rooms_of(world))[number][0]
    assert room.address is not None
    world.platform.faults[room.address.ref] = [SendFailed(Reason.GONE, permanent=True)]
    await world.says(people[0], "group leave yes")
    world.platform.rooms[room.key] = (Address("fake", "w1", f"new-grp-{number:02d}-room"), [])
    await world.says(world.ada, "cohort groups rooms spring")
    await world.at(world.clock.now + timedelta(minutes=1))
    there = world.platform.to(room_of(world, number))
    assert len(there) == 1
    inside = (await members_of(world))[number]
    who = next(each for each in people[1:] if each.ref in inside)
    await world.says(who, "group about I am still here")
    assert "I am still here" in plain_text(world.platform.to(room_of(world, number))[0].message)
    assert there[0].ref in world.platform.pinned
