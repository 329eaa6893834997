"""Facilitators see how study groups are, and help with one press; merging tells both sides why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.errors import SendFailed
from bot.model.delivery import DeliveryState, Kind, Reason
from bot.model.groups import GroupState
from bot.model.people import Address
from tests.bot.usecases.group_life_stage import posts, text
from tests.bot.usecases.groups_stage import formed, groups_of, in_room, members_of, newest, room_of, said_yes, words
from tests.world import World

LATER = datetime(2026, 12, 21, 15, tzinfo=UTC)


async def two_groups(world: World, awake: tuple[int, int] = (1, 2)) -> list[Address]:
    """Ten people in two groups; a month later so many of each have done anything lately."""
    people = await formed(world, 10)
    await world.at(datetime(2026, 12, 18, 15, tzinfo=UTC))
    for number, members in (await members_of(world)).items():
        for ref in sorted(members)[: awake[number - 1]]:
            await world.says(next(each for each in people if each.ref == ref), "done 1")
    return people


async def group_words(world: World, who: Address) -> set[str]:
    """What somebody was told about their group by direct message, or is owed: it waits while they take a break."""
    enrolment = await world.enrolment(who)
    async with world.store.reading() as tx:
        rows = await tx.deliveries_of(enrolment.id, {Kind.GROUP})
    return {str(row.content["what"]) for row in rows if row.state is not DeliveryState.WAIVED}


async def test_the_card_comes_once_a_week_to_facilitators(world: World) -> None:
    """On Monday morning, to those of the cohort; without any, to whoever created it."""
    await formed(world, 10)
    await world.at(datetime(2026, 12, 8, tzinfo=UTC))
    keys = [post.key for post in world.platform.to(world.ada) if post.key.startswith("health/")]
    assert [key.split("/")[2] for key in keys] == ["2026-11-30", "2026-12-07"]
    await world.says(world.ada, "cohort roles spring add facilitator @fatou")
    await world.at(datetime(2026, 12, 15, tzinfo=UTC))
    assert [post.key.split("/")[2] for post in world.platform.to(world.fatou)] == ["2026-12-14"]
    assert len([post for post in world.platform.to(world.ada) if post.key.startswith("health/")]) == 2


async def test_the_card_counts_and_suggests(world: World) -> None:
    """Which group is silent or fading, how many are active, and what would help; no name of a learner."""
    await two_groups(world)
    card = words(await world.says(world.ada, "cohort groups health spring"))
    assert "Groups: 0 alive, 1 fading, 1 silent" in card
    assert "1 of 6 active" in card
    assert "Merge group 1 with group 2" in card
    assert "New starter for group 1" not in card, "it has had every one"
    assert "Another host for group 2" in card
    assert "Learnerp" not in card


async def test_learners_neither_see_nor_steer_this(world: World) -> None:
    """Refused, with a word on who may."""
    people = await two_groups(world)
    for typed in ("health spring", "merge spring 1 into 2", "starter spring 1", "host spring 1"):
        assert "Only facilitators" in words(await world.says(people[0], f"cohort groups {typed}")), typed
    assert len(await groups_of(world)) == 2


async def test_merging_tells_both_sides_why_and_keeps_history(world: World) -> None:
    """Everybody is in the other group and its room; the old room says why and stays readable; its facts stay."""
    people = await two_groups(world)
    before = await members_of(world)
    first = next(each for each in people if each.ref == min(before[1]))
    await world.says(first, "group met yes good")
    one, two = room_of(world, 1), room_of(world, 2)
    card = await world.says(world.ada, "cohort groups health spring")
    await world.presses(world.ada, "Merge group 1 with group 2", card)
    assert await members_of(world) == {2: before[1] | before[2]}
    assert in_room(world, 2) == before[1] | before[2]
    assert "Few of you could take part lately." in newest(world, one)
    assert "Study group 1 joins you" in text(posts(world, two, "joined/")[0].message)
    await world.at(world.clock.now + timedelta(seconds=10))
    assert one in world.platform.closed
    assert two not in world.platform.closed
    for ref in before[1]:
        who = next(each for each in people if each.ref == ref)
        assert "placed" in await group_words(world, who)
    assert "You are in study group 2" in world.reads(first)
    cohort = await world.cohort()
    async with world.store.reading() as tx:
        merged = next(each for each in await tx.study_groups(cohort.id) if each.number == 1)
        assert (merged.state, merged.into) == (GroupState.MERGED, (await groups_of(world))[0].id)
        assert len((await tx.met_answers([merged.id]))[merged.id]) == 1
        enrolment = await world.enrolment(first)
        assert [each.group_id for each in (await tx.memberships([enrolment.id]))[enrolment.id]] == [1, 2]


async def test_merging_twice_changes_nothing(world: World) -> None:
    """An old card is pressed again: a calm answer."""
    await two_groups(world)
    card = await world.says(world.ada, "cohort groups health spring")
    await world.presses(world.ada, "Merge group 1 with group 2", card)
    again = await world.presses(world.ada, "Merge group 1 with group 2", card)
    assert "Study group 1 is now part of study group 2" in again.notice
    assert len(posts(world, room_of(world, 2), "joined/")) == 1
    assert "no open study group 1" in words(await world.says(world.ada, "cohort groups host spring 1"))


async def test_a_planned_meeting_of_the_merged_group_is_cancelled(world: World) -> None:
    """Nobody is reminded of it."""
    people = await two_groups(world)
    refs = (await members_of(world))[1]
    who = next(each for each in people if each.ref in refs)
    await world.says(who, "group meet 2026-12-22 14:00")
    await world.says(world.ada, "cohort groups merge spring 1 into 2")
    await world.at(datetime(2026, 12, 23, tzinfo=UTC))
    assert posts(world, who, "remind/") == []


async def test_groups_between_which_something_does_not_hold_stay_two(world: World) -> None:
    """Too many active people together, or a group with itself."""
    await two_groups(world, awake=(4, 4))
    assert "cannot be one" in words(await world.says(world.ada, "cohort groups merge spring 1 into 2"))
    assert "two different groups" in words(await world.says(world.ada, "cohort groups merge spring 1 into 1"))
    assert "no open study group 9" in words(await world.says(world.ada, "cohort groups merge spring 1 into 9"))
    assert len(await groups_of(world)) == 2


async def test_merging_without_rooms_tells_everybody_by_direct_message(world: World) -> None:
    """Those who move hear why, and those who stay too."""
    people = await said_yes(world, 10)
    await world.says(world.ada, "cohort groups preview spring")
    for number in (1, 2):
        world.platform.faults[f"group/{number}/{world.ada.lane}"] = [SendFailed(Reason.FORBIDDEN, permanent=True)]
    await world.says(world.ada, "cohort groups form spring")
    before = await members_of(world)
    await world.says(world.ada, "cohort groups merge spring 1 into 2")
    (into,) = await members_of(world)
    for who in people:
        owed = await group_words(world, who)
        assert ("farewell" in owed) is (who.ref not in before[into])
        assert "joined" in owed


async def test_a_new_starter_comes_with_one_press(world: World) -> None:
    """One that the group has not had; pressed again, the next one or a word that there is none."""
    await formed(world, 10)
    await world.at(datetime(2026, 12, 3, 20, tzinfo=UTC))
    await world.says(world.ada, "cohort groups starter spring 1")
    assert [post.key.split("/")[2] for post in posts(world, room_of(world, 1), "starter/")] == ["l1", "l2"]
    assert "had every starter" in words(await world.says(world.ada, "cohort groups starter spring 1"))


async def test_another_host_is_somebody_who_is_awake(world: World) -> None:
    """The group is told who hosts from now on."""
    people = await two_groups(world, awake=(0, 0))
    group = (await groups_of(world))[0]
    refs = (await members_of(world))[1]
    others = [each for each in people if each.ref in refs]
    awake = [each for each in others if (await world.enrolment(each)).id != group.host][-1]
    await world.says(awake, "done 1")
    card = await world.says(world.ada, "cohort groups health spring")
    await world.presses(world.ada, "Another host for group 1", card)
    assert (await groups_of(world))[0].host == (await world.enrolment(awake)).id
    assert "hosts." in newest(world, room_of(world, 1))


async def test_a_closed_cohort_brings_nothing_more(world: World) -> None:
    """No question, no starter, no card."""
    await formed(world, 5)
    await world.says(world.ada, "cohort close spring confirm")
    count = len(world.platform.posted)
    await world.at(LATER)
    assert len(world.platform.posted) == count


async def test_a_paused_cohort_waits(world: World) -> None:
    """And goes on where it was."""
    await formed(world, 5)
    await world.says(world.ada, "cohort pause spring")
    room = room_of(world, 1)
    count = len(world.platform.to(room))
    await world.at(datetime(2026, 12, 9, tzinfo=UTC))
    assert len(world.platform.to(room)) == count
    await world.says(world.ada, "cohort resume spring")
    await world.at(datetime(2026, 12, 16, tzinfo=UTC))
    assert posts(world, room, "starter/")
