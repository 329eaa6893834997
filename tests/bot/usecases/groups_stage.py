"""A cohort whose people said yes, and its study groups, for engine tests."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.blocks import Reply
from bot.model.course import Language
from bot.model.groups import GroupRoom, GroupState, RoomState, StudyGroup
from bot.model.people import Address
from tests.reading import plain_text
from tests.world import World

ZONES = ("America/Toronto", "America/Halifax", "America/Winnipeg", "America/Toronto")


def classmates(
    world: World, n: int, *, language: Language = Language.EN, zone: str | None = None, prefix: str = "p"
) -> dict[str, Address]:
    """Accounts by e-mail address."""
    return {
        f"{prefix}{number}@example.org": world.platform.add_person(
            f"U-{prefix}{number}",
            f"Learner{prefix}{number} Doe",
            f"{prefix}{number}@example.org",
            language=language,
            zone=zone or ZONES[number % len(ZONES)],
        )
        for number in range(n)
    }


async def said_yes(world: World, n: int = 9) -> list[Address]:
    """A running cohort of so many people who all said yes, besides Ben, who did not answer."""
    people = classmates(world, n)
    await world.running("@ben", *people)
    for who in people.values():
        await world.says(who, "yes")
    return list(people.values())


async def formed(world: World, n: int = 9) -> list[Address]:
    """The same, in study groups."""
    people = await said_yes(world, n)
    await world.says(world.ada, "cohort groups preview spring")
    await world.says(world.ada, "cohort groups form spring")
    return people


async def groups_of(world: World, name: str = "spring") -> list[StudyGroup]:
    cohort = await world.cohort(name)
    async with world.store.reading() as tx:
        return list(await tx.study_groups(cohort.id, {GroupState.OPEN}))


async def members_of(world: World, name: str = "spring") -> dict[int, set[str]]:
    """Who is in which group, by number: the refs of their addresses."""
    found: dict[int, set[str]] = {}
    async with world.store.reading() as tx:
        for group in await groups_of(world, name):
            members = (await tx.members([group.id]))[group.id]
            enrolments = await tx.enrolments([each.enrolment_id for each in members])
            found[group.number] = {each.address.ref for each in enrolments.values()}
    return found


async def rooms_of(world: World, name: str = "spring") -> dict[int, list[GroupRoom]]:
    """The rooms of each group, by number."""
    groups = await groups_of(world, name)
    async with world.store.reading() as tx:
        rooms = await tx.rooms([group.id for group in groups])
    return {group.number: list(rooms[group.id]) for group in groups}


async def room_states(world: World) -> list[RoomState]:
    return [room.state for rooms in (await rooms_of(world)).values() for room in rooms]


def in_room(world: World, number: int) -> set[str]:
    """Who is in the room of a group, as the platform has it."""
    mark = f"-grp-{number:02d}"
    return {each.ref for room, people in world.platform.rooms.values() if mark in room.ref for each in people}


def room_of(world: World, number: int) -> Address:
    mark = f"-grp-{number:02d}"
    return next(room for room, _ in world.platform.rooms.values() if mark in room.ref)


def words(reply: Reply) -> str:
    message = reply.say or reply.replace or reply.home
    return "\n".join((plain_text(message) if message else "", reply.notice))


def newest(world: World, who: Address) -> str:
    return plain_text(world.newest(who).message)


def everything(world: World, places: Sequence[Address]) -> str:
    return "\n".join(world.reads(place) for place in places)
