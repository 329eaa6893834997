"""Conversation starters come on the group's day; a private stance comes before the split."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.bot.usecases.group_life_stage import a_group, posts, press, text
from tests.bot.usecases.groups_stage import newest, words
from tests.world import World

AFTER_THE_LESSON = datetime(2026, 12, 1, 16, tzinfo=UTC)


async def test_the_starter_of_a_lesson_comes_on_the_groups_day(world: World) -> None:
    """Once, after the lesson; those of the week together on the next group's day."""
    _, room = await a_group(world)
    await world.at(datetime(2026, 12, 1, 14, 59, tzinfo=UTC))
    assert posts(world, room, "starter/") == []
    await world.at(AFTER_THE_LESSON)
    assert [post.key for post in posts(world, room, "starter/")] == ["g1/starter/l1/talk/fake:w1"]
    said = text(posts(world, room, "starter/")[0].message)
    assert "Let us talk: The talk" in said
    assert "All of talk." in said
    assert "First take a stance." in said
    await world.at(AFTER_THE_LESSON + timedelta(days=8))
    assert [post.key.split("/")[2] for post in posts(world, room, "starter/")] == ["l1", "l2", "l3"]


async def test_the_split_is_shown_only_after_ones_own_stance(world: World) -> None:
    """Alone, privately, and from three stances on; the room reads only how many have taken one."""
    people, room = await a_group(world)
    await world.at(AFTER_THE_LESSON)
    await world.says(people[0], "group stance yes")
    await world.says(people[1], "group stance no")
    assert "The split" not in words(await world.says(people[4], "group starter"))
    first = words(await world.says(people[0], "group stance yes"))
    assert "once 3 people have taken a stance" in first
    third = words(await press(world, people[2], room, "It depends", "starter/"))
    assert "Your stance: It depends" in third
    assert "The split in your group" in third
    assert "3 of 5 have taken a stance" in text(posts(world, room, "starter/")[0].message)
    assert posts(world, room, "split/") == []
    assert "Learnerp0" not in third


async def test_once_all_have_taken_a_stance_the_group_sees_the_split(world: World) -> None:
    """And two people who see it differently and agreed to be named are brought together; the others are not named."""
    people, room = await a_group(world)
    await world.at(AFTER_THE_LESSON)
    answer = await press(world, people[0], room, "Yes", "starter/")
    await world.presses(people[0], "Yes, name me", answer)
    await world.says(people[1], "group stance yes")
    await world.says(people[2], "group stance no named")
    await world.says(people[3], "group stance no")
    await world.says(people[4], "group stance depends")
    (split,) = posts(world, room, "split/")
    said = text(split.message)
    assert "Learnerp0 Doe and Learnerp2 Doe see it differently." in said
    assert not any(f"Learnerp{n}" in said for n in (1, 3, 4))


async def test_the_split_comes_after_two_days_with_the_stances_there_are(world: World) -> None:
    """Three are enough; with two nothing is shown, and the group is not bothered."""
    people, room = await a_group(world)
    await world.at(AFTER_THE_LESSON)
    for who, stance in zip(people, ("yes", "yes", "no"), strict=False):
        await world.says(who, f"group stance {stance}")
    await world.at(AFTER_THE_LESSON + timedelta(days=1))
    assert posts(world, room, "split/") == []
    await world.at(AFTER_THE_LESSON + timedelta(days=2))
    assert "Tell the group in one sentence" in newest(world, room)
    await world.at(AFTER_THE_LESSON + timedelta(days=7))
    await world.says(people[0], "group stance no")
    await world.at(AFTER_THE_LESSON + timedelta(days=12))
    assert len(posts(world, room, "split/")) == 1


async def test_a_name_is_taken_back_as_easily_as_it_was_given(world: World) -> None:
    """Before the split is shown nobody was named."""
    people, room = await a_group(world)
    await world.at(AFTER_THE_LESSON)
    answer = await world.says(people[0], "group stance yes named")
    await world.presses(people[0], "Do not name me", answer)
    for who, stance in zip(people[1:], ("no named", "no", "yes", "yes"), strict=True):
        await world.says(who, f"group stance {stance}")
    assert "Learnerp" not in text(posts(world, room, "split/")[0].message)


async def test_the_group_can_bring_another_starter(world: World) -> None:
    """One it has not had; when it had all of them, that is said."""
    people, room = await a_group(world)
    assert "No conversation starter yet" in words(await world.says(people[0], "group starter"))
    assert "had every starter so far" in words(await world.says(people[0], "group starter another"))
    assert "no starter that asks for a stance" in words(await world.says(people[0], "group stance yes"))
    await world.at(datetime(2026, 12, 3, 20, tzinfo=UTC))
    await world.says(people[0], "group starter another")
    assert [post.key.split("/")[2] for post in posts(world, room, "starter/")] == ["l1", "l2"]
    assert "Let us talk" in words(await world.says(people[1], "group starter"))


async def test_a_stance_in_the_lesson_stays_apart_from_the_groups(world: World) -> None:
    """What somebody wrote for themselves is in no message to the group."""
    people, room = await a_group(world)
    await world.at(AFTER_THE_LESSON)
    await world.says(people[0], "stance 6 my very own thoughts")
    for who in people:
        await world.says(who, "group stance yes")
    assert "my very own thoughts" not in world.reads(room)
