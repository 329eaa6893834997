"""A study group that lives, and hands that press in its room, for engine tests."""

from __future__ import annotations

from dataclasses import replace

from bot.messages.blocks import Message, Reply
from bot.model.group_life import Meeting
from bot.model.people import Address
from tests.bot.usecases.groups_stage import formed, groups_of, room_of
from tests.fake_platform import Posted
from tests.reading import plain_text
from tests.world import World, find_button


async def a_group(world: World, n: int = 5) -> tuple[list[Address], Address]:
    """One group of so many people, and its room."""
    people = await formed(world, n)
    return people, room_of(world, 1)


async def press(world: World, who: Address, place: Address, label: str, what: str = "") -> Reply:
    """Press a button of the newest message in a place (whose key holds `what`), as its platform passes it on."""
    posted = next(each for each in reversed(world.platform.to(place)) if what in each.key)
    button = find_button(posted.message, label)
    caller = world.caller(who, pressed=True, key=posted.key, topic=posted.message.topic or None)
    if place != who:
        caller = replace(caller, room=place)
    reply = await world.engine.press(button.action, caller)
    if reply.replace:
        await world.platform.update(posted.ref, reply.replace)
    world.heard.append((who, reply))
    await world.settle()
    return reply


async def planned(world: World, when: str = "2026-12-03 14:00", n: int = 5) -> tuple[list[Address], Address]:
    """A group with a meeting that its first member has planned."""
    people, room = await a_group(world, n)
    await world.says(people[0], f"group meet {when}")
    return people, room


async def meeting_of(world: World, number: int = 1) -> Meeting | None:
    group = next(each for each in await groups_of(world) if each.number == number)
    async with world.store.reading() as tx:
        return await tx.open_meeting(group.id)


def posts(world: World, place: Address, what: str) -> list[Posted]:
    """The messages of this kind in a place, oldest first."""
    return [each for each in world.platform.to(place) if f"/{what}" in each.key]


def text(message: Message) -> str:
    return plain_text(message)
