"""Learners look at their group, ask why, change it, leave it; those who come later are taken in."""

from __future__ import annotations

import json

import pytest

from bot.model.people import Address
from tests.bot.usecases.groups_stage import (
    classmates,
    formed,
    groups_of,
    in_room,
    members_of,
    newest,
    room_of,
    said_yes,
    words,
)
from tests.fake_platform import FakePlatform
from tests.reading import plain_text
from tests.world import World, buttons_of


async def number_of(world: World, who: Address) -> int | None:
    return next((n for n, some in (await members_of(world)).items() if who.ref in some), None)


async def test_everybody_sees_their_own_group(world: World) -> None:
    """By the bare noun and on the home card: with whom, when, who hosts, where."""
    people = await formed(world)
    for text in ("group", "group home", "groupe"):
        card = words(await world.says(people[0], text))
        assert "With you: " in card
        assert "Usual time: Tuesday at" in card
        assert "In the group’s room in this chat." in card
    home = plain_text(await world.opens_home(people[0]))
    assert f"Study group {await number_of(world, people[0])}" in home
    assert "With you: " in home
    assert "Study group" not in plain_text(await world.opens_home(world.ben))


async def test_why_says_what_came_true(world: World) -> None:
    """What had to hold, and the wishes that came true; not what people keep to themselves."""
    people = await formed(world)
    why = words(await world.says(people[0], "group why"))
    assert "share a language" in why
    assert "At least 10 working hours a week in common." in why
    assert "employer" not in why


async def test_before_groups_are_formed_the_card_says_when(world: World) -> None:
    """No error, and a way to prepare."""
    people = await said_yes(world, 3)
    answer = await world.says(people[0], "group")
    assert "Study groups are formed from everybody who answers" in words(answer)
    assert "No study groups were formed in your cohort yet." in words(await world.says(people[0], "group change"))
    assert "You are in no study group" in words(await world.says(people[0], "group members"))


async def test_in_a_room_its_own_group_is_meant(world: World) -> None:
    """Typed or pressed there; somebody from elsewhere learns nothing."""
    people = await formed(world)
    mine = await number_of(world, people[0])
    assert mine is not None
    there = await world.says(people[0], "group members", room=room_of(world, mine))
    assert f"Who is in study group {mine}" in words(there)
    stranger = await world.says(world.fatou, "group members", room=room_of(world, mine))
    assert "You are not in this study group." in words(stranger)


# --- coming later -------------------------------------------------------------------------------------------


async def test_a_late_joiner_fills_the_smallest_group(world: World) -> None:
    """They are told with whom, are in the room and on its card; the group is told what it sees."""
    await formed(world)
    sizes = {number: len(some) for number, some in (await members_of(world)).items()}
    smallest = min(sizes, key=lambda number: (sizes[number], number))
    await world.says(world.ben, "yes")
    assert await number_of(world, world.ben) == smallest
    assert world.ben.ref in in_room(world, smallest)
    assert "Ben Okafor" in plain_text(world.platform.to(room_of(world, smallest))[0].message)
    told = next(p.message for p in world.platform.to(world.ben) if "/placed/" in p.key)
    assert "There was a place for you" in plain_text(told)
    assert "Whoever comes later can read what was written" in plain_text(told)


async def test_pressing_yes_twice_places_once(world: World) -> None:
    """And being told once is enough."""
    await formed(world)
    await world.says(world.ben, "yes")
    await world.says(world.ben, "yes")
    assert sum(world.ben.ref in some for some in (await members_of(world)).values()) == 1
    assert len([key for key in world.keys(world.ben) if "placed" in key]) == 1


async def test_whoever_fits_nowhere_waits_and_the_admin_sees_it(world: World) -> None:
    """Nothing that must hold is broken for a late joiner."""
    await formed(world)
    await world.says(world.zoe, "join spring")
    assert await number_of(world, world.zoe) is None
    card = words(await world.says(world.ada, "cohort groups spring"))
    assert "1 person said yes and has no group: Zoé Lavoie" in card


# --- changing and leaving -----------------------------------------------------------------------------------


async def test_another_group_is_found_after_a_private_question(world: World) -> None:
    """Why, then groups that fit, then one press: rooms and cards follow, and hosting goes along."""
    people = await formed(world, 14)
    who = people[0]
    before = await number_of(world, who)
    assert before is not None
    question = await world.says(who, "group change")
    assert "Only the people who facilitate this cohort see your answer" in words(question)
    found = await world.presses(who, "group change hours", question)
    joins = [button for button in buttons_of(found.say or question.say) if button.label == "Join it"]  # type: ignore[arg-type]
    await world.presses(who, joins[0].spoken, found)
    after = await number_of(world, who)
    assert after not in (None, before)
    assert who.ref in in_room(world, after or 0)
    assert who.ref not in in_room(world, before)
    for number in (before, after):
        assert "hours" not in plain_text(world.platform.to(room_of(world, number or 0))[-1].message)
    again = await world.presses(who, joins[0].spoken, found)
    assert "broke" not in str(world.events)
    assert again.replace is not None or again.say is not None


async def test_a_facilitator_is_asked_and_moves_somebody_with_two_presses(world: World) -> None:
    """The wish is told once, with its reason; the card offers groups that fit; then it is done."""
    people = await formed(world, 14)
    await world.says(world.ada, "cohort roles spring add facilitator @fatou")
    who = people[0]
    for _ in range(2):
        await world.says(who, "group change quiet ask")
    alerts = [p for p in world.platform.to(world.fatou) if p.key.startswith("wish/")]
    assert len(alerts) == 1
    card = alerts[0].message
    assert "The group is quiet" in plain_text(card)
    move = next(button for button in buttons_of(card) if button.label.startswith("To group"))
    effect = await world.presses(world.fatou, move.spoken, card)
    assert "now," in words(effect)
    await world.presses(world.fatou, "Move", effect)
    assert f"To group {await number_of(world, who)}" == move.label
    assert "Wishes for another group" not in words(await world.says(world.fatou, "cohort groups spring"))


async def test_leaving_asks_once_and_is_respected(world: World) -> None:
    """The course goes on; nobody is put into a group again unasked, and can look for one."""
    people = await formed(world, 14)
    who = people[0]
    question = await world.says(who, "group leave")
    await world.presses(who, "Leave the group", question)
    assert await number_of(world, who) is None
    await world.says(who, "yes")
    assert await number_of(world, who) is None
    assert "has no group" not in words(await world.says(world.ada, "cohort groups spring"))
    offers = await world.says(who, "group change")
    joins = next(button for button in buttons_of(offers.say) if button.label == "Join it")  # type: ignore[arg-type]
    await world.presses(who, joins.spoken, offers)
    assert await number_of(world, who) is not None


async def test_the_host_who_leaves_is_followed_by_another(world: World) -> None:
    """A group with people always has one."""
    await formed(world)
    group = (await groups_of(world))[0]
    async with world.store.reading() as tx:
        host = await tx.enrolment(group.host or 0)
    assert host is not None
    await world.says(host.address, "group leave yes")
    after = (await groups_of(world))[0]
    assert after.host not in (None, group.host)
    assert "· host" in plain_text(world.platform.to(room_of(world, group.number))[0].message)


async def test_a_group_that_everybody_left_is_over(world: World) -> None:
    """Its room is archived."""
    people = classmates(world, 3)
    await world.running(*people)
    for who in people.values():
        await world.says(who, "yes")
    await world.says(world.ada, "cohort groups preview spring")
    await world.says(world.ada, "cohort groups form spring")
    room = room_of(world, 1)
    for who in people.values():
        await world.says(who, "group leave yes")
    assert await groups_of(world) == []
    assert world.platform.closed == {room}


# --- moving by hand -----------------------------------------------------------------------------------------


async def test_a_move_shows_its_effect_first(world: World) -> None:
    """Both groups' fit now and afterwards; only the confirmation moves anybody, and they are told."""
    people = await formed(world, 11)
    source = await number_of(world, people[0])
    target = next(n for n, some in (await members_of(world)).items() if n != source and len(some) < 6)
    effect = await world.says(world.ada, f"cohort groups move spring p0@example.org to {target}")
    assert f"Group {source}: " in words(effect)
    assert "now, " in words(effect)
    assert await number_of(world, people[0]) == source
    await world.presses(world.ada, "Move", effect)
    assert await number_of(world, people[0]) == target
    assert any("You have another study group now." in plain_text(p.message) for p in world.platform.to(people[0]))


async def test_a_move_never_breaks_what_must_hold(world: World) -> None:
    """Too large, too small, a private list: a refusal that says what is wrong, but never what is private."""
    people = await formed(world, 8)
    numbers = {who: await number_of(world, who) for who in people}
    one = people[0]
    others = [who for who in people if numbers[who] != numbers[one]]
    await world.says(others[0], "group avoid p0@example.org")
    refused = words(await world.says(world.ada, f"cohort groups move spring p0@example.org to {numbers[others[0]]}"))
    assert "does not fit into group" in refused
    assert "avoid" not in refused
    await world.says(others[0], "group avoid remove p0@example.org")
    await world.says(world.ada, "cohort groups options spring size 4-4")
    full = words(await world.says(world.ada, f"cohort groups move spring p0@example.org to {numbers[others[0]]}"))
    assert "would be too large: at most 4" in full
    nobody = words(await world.says(world.ada, "cohort groups move spring @nobody to 1"))
    assert "I cannot find “@nobody” in this cohort." in nobody


async def test_a_move_before_forming_changes_the_proposal(world: World) -> None:
    """And form makes what it shows then."""
    await said_yes(world, 9)
    await world.says(world.ada, "cohort groups preview spring")
    cohort = await world.cohort()
    async with world.store.reading() as tx:
        plan = await tx.group_plan(cohort.id)
        assert plan is not None
        large = max(range(2), key=lambda place: len(plan.forming.groups[place].people))
        enrolment = await tx.enrolment(plan.forming.groups[large].people[0])
    assert enrolment is not None
    who, target = enrolment.address, 2 - large
    email = f"{who.ref.removeprefix('U-')}@example.org"
    await world.says(world.ada, f"cohort groups move spring {email} to {target} confirm")
    await world.says(world.ada, "cohort groups form spring")
    assert await number_of(world, who) == target


# --- what people say about themselves -----------------------------------------------------------------------


async def test_the_line_about_oneself_is_on_the_card(world: World) -> None:
    """Typed or from the form, with the name as they chose; employer and years stay private."""
    people = await formed(world)
    who = people[0]
    mine = await number_of(world, who)
    assert mine is not None
    await world.says(who, "group about I write policy in Halifax")
    form = (await world.says(who, "group about")).form
    assert form is not None
    assert {field.name: getattr(field, "value", "") for field in form.fields}["line"] == "I write policy in Halifax"
    await world.submits(who, form, called="Ella", employer="Ministry of Tides", experience="12")
    card = plain_text(world.platform.to(room_of(world, mine))[0].message)
    assert "Ella: " in card
    assert "“I write policy in Halifax”" in card
    assert "Tides" not in card
    wrong = await world.submits(who, form, experience="many", avoid="@nobody")
    assert {name for name, _ in wrong.errors} == {"experience", "avoid"}


async def test_the_private_list_is_in_ones_own_data_only(world: World) -> None:
    """Shown and downloaded by its owner; gone when they ask."""
    people = await said_yes(world, 3)
    await world.says(people[0], "group avoid @ben")
    assert "Ben Okafor" in words(await world.says(people[0], "group avoid"))
    assert "Ben Okafor" in words(await world.says(people[0], "mydata"))
    file = (await world.says(people[0], "mydata file")).file
    assert file is not None
    assert json.loads(file.content)["not_in_my_group"] == ["Ben Okafor"]
    assert "Learnerp0" not in words(await world.says(world.ben, "mydata"))
    await world.says(people[0], "group avoid remove @ben")
    assert "Nobody is on your private list." in words(await world.says(people[0], "group avoid"))


# --- several workspaces -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mixed", [True, False])
async def test_groups_over_two_platforms_have_a_room_on_each_side(world: World, mixed: bool) -> None:
    """One roster, a room per workspace; and only where the cohort wants it."""
    other = FakePlatform(name="other")
    platforms = world.engine.parts.platforms
    assert isinstance(platforms, dict)
    platforms["other"] = other
    people = classmates(world, 4)
    there = [
        Address("other", "w1", other.add_person(f"U-o{n}", f"Other{n} Doe", zone="America/Toronto").ref)
        for n in range(4)
    ]
    await world.running(*people)
    await world.says(world.ada, "cohort open-to spring other:w1")
    for who in (*people.values(), *there):
        await world.says(who, "join spring" if who in there else "yes")
    await world.says(world.ada, f"cohort groups options spring across {'yes' if mixed else 'no'} size 6-8")
    await world.says(world.ada, "cohort groups preview spring")
    await world.says(world.ada, "cohort groups form spring")
    assert [len(some) for some in (await members_of(world)).values()] == ([8] if mixed else [4, 4])
    cards = [plain_text(p.message) for p in other.posted.values() if "roster" in p.key]
    assert len(cards) == 1
    assert ("4 of you are in another chat" in cards[0]) is mixed
    assert len(world.platform.rooms) == len(other.rooms) == 1
    assert "a room" not in newest(world, world.ada)
