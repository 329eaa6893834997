"""Study groups in the store: who is in them, their rooms, the last proposal, and what people say about themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from adapters.database.store import DatabaseStore
from bot.model.cohort import Cohort, EnrolmentState
from bot.model.course import Language, Weekday
from bot.model.forming import Band, Forming, LeftOver, Proposed, Wish
from bot.model.groups import (
    AboutMe,
    ChangeWish,
    GroupOptions,
    GroupPlan,
    GroupRoom,
    GroupState,
    MeetingSlot,
    NewGroup,
    RoomState,
    StudyGroup,
    WhyChange,
)
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    LANE,
    NOW,
    a_migrated_url,
    add_cohort,
    add_person,
    an_address,
    an_empty_store,
    enrol,
    later,
    migrated_file,
    migrated_postgres,
)

SLOT = MeetingSlot(Weekday.TUE, time(10, 30), "America/Toronto")


async def people_in(store: DatabaseStore, cohort: Cohort, n: int, prefix: str = "U_G") -> list[int]:
    return [(await enrol(store, cohort, f"{prefix}{number}")).id for number in range(n)]


async def a_group(store: DatabaseStore, cohort: Cohort, people: list[int], number: int = 1) -> StudyGroup:
    new = NewGroup(number, Language.FR, tuple(people), SLOT, {"hours": 0.5})
    async with store.transaction() as tx:
        (made,) = await tx.add_groups(cohort.id, [new], NOW)
    return made


# --- about people -------------------------------------------------------------------------------------------


async def test_what_people_say_about_themselves_comes_back(store: DatabaseStore) -> None:
    """The latest of it; who said nothing is not there."""
    one, other = await add_person(store, "U_1"), await add_person(store, "U_2")
    said = AboutMe("Zoé", "I write policy.", "City", "QC", 7, frozenset({Language.EN, Language.FR}))
    async with store.transaction() as tx:
        await tx.save_about(one, AboutMe(line="before"))
        await tx.save_about(one, said)
        assert await tx.about([one, other]) == {one: said}
        assert await tx.about([]) == {}


async def test_whom_somebody_avoids_is_exactly_what_was_saved_last(store: DatabaseStore) -> None:
    """In one direction; nobody avoids themselves."""
    one, two, three = [await add_person(store, name) for name in ("U_1", "U_2", "U_3")]
    async with store.transaction() as tx:
        await tx.save_avoided(one, [two])
        await tx.save_avoided(one, [three, one, three])
        assert await tx.avoided([one, two, three]) == {one: frozenset({three})}
        await tx.save_avoided(one, [])
        assert await tx.avoided([one]) == {}


# --- wishes and proposals -----------------------------------------------------------------------------------


async def test_a_cohort_has_the_usual_options_until_it_chooses(store: DatabaseStore) -> None:
    """And then the ones it chose last."""
    cohort = await add_cohort(store)
    chosen = GroupOptions(Band(3, 5, 3), 7, across=True, facilitators=True, keep=True)
    async with store.transaction() as tx:
        assert await tx.group_options(cohort.id) == GroupOptions()
        await tx.save_group_options(cohort.id, GroupOptions(hours_apart=2))
        await tx.save_group_options(cohort.id, chosen)
        assert await tx.group_options(cohort.id) == chosen


async def test_a_proposal_comes_back_as_it_was(store: DatabaseStore) -> None:
    """Groups, scores, who is left over and why; a newer one takes its place."""
    cohort = await add_cohort(store)
    parts = {wish: place / 7 for place, wish in enumerate(Wish)}
    groups = (Proposed((1, 2, 3), frozenset({Language.EN}), parts, 0.625),)
    plan = GroupPlan(cohort.id, 42, NOW, "print", Forming(groups, {9: LeftOver.HOURS}, 0.625))
    async with store.transaction() as tx:
        assert await tx.group_plan(cohort.id) is None
        await tx.save_group_plan(replace(plan, seed=1, forming=Forming((), {}, 0.0)))
        await tx.save_group_plan(plan)
        assert await tx.group_plan(cohort.id) == plan
        await tx.save_group_plan(replace(plan, formed_at=later(hours=1)))
        assert await tx.group_plan(cohort.id) == replace(plan, formed_at=later(hours=1))


# --- groups and members -------------------------------------------------------------------------------------


async def test_a_group_is_made_with_its_people(store: DatabaseStore) -> None:
    """The first of them is its host; everything else as given."""
    cohort = await add_cohort(store)
    people = await people_in(store, cohort, 3)
    group = await a_group(store, cohort, people)
    assert group == StudyGroup(
        group.id, cohort.id, 1, Language.FR, NOW, host=people[0], slot=SLOT, parts={"hours": 0.5}
    )
    async with store.reading() as tx:
        assert await tx.study_group(group.id) == group
        assert await tx.study_groups(cohort.id) == [group]
        members = (await tx.members([group.id, 999]))[group.id]
        assert [member.enrolment_id for member in members] == people
        assert {member.joined_at for member in members} == {NOW}
        assert (await tx.members([999])) == {999: []}


async def test_making_groups_twice_changes_nothing(store: DatabaseStore) -> None:
    """A number is given once, and nobody is in two groups."""
    cohort = await add_cohort(store)
    people = await people_in(store, cohort, 4)
    await a_group(store, cohort, people[:3])
    async with store.transaction() as tx:
        assert await tx.add_groups(cohort.id, [NewGroup(1, Language.EN, tuple(people))], NOW) == []
        assert await tx.add_groups(cohort.id, [NewGroup(2, Language.EN, tuple(people[:3]))], NOW) == []
        (second,) = await tx.add_groups(cohort.id, [NewGroup(2, Language.EN, tuple(people))], NOW)
        assert [each.enrolment_id for each in (await tx.members([second.id]))[second.id]] == people[3:]


async def test_a_group_changes(store: DatabaseStore) -> None:
    """State, host, slot and where it was merged into; groups are found by state."""
    cohort = await add_cohort(store)
    people = await people_in(store, cohort, 4)
    one, two = await a_group(store, cohort, people[:2]), await a_group(store, cohort, people[2:], 2)
    merged = replace(one, state=GroupState.MERGED, host=None, slot=None, into=two.id, parts={})
    async with store.transaction() as tx:
        await tx.save_group(merged)
        assert await tx.study_group(one.id) == merged
        assert await tx.study_groups(cohort.id, {GroupState.OPEN}) == [two]


async def test_who_leaves_can_come_back(store: DatabaseStore) -> None:
    """Leaving is remembered with whose wish it was, ends being the host, and ends with coming back."""
    cohort = await add_cohort(store)
    people = await people_in(store, cohort, 3)
    group = await a_group(store, cohort, people)
    async with store.transaction() as tx:
        left = await tx.leave_group(people[0], later(days=1), own_wish=True)
        assert left is not None
        assert left.group_id == group.id
        assert await tx.leave_group(people[0], later(days=1)) is None
        assert await tx.membership(people[0]) is None
        (then,) = (await tx.memberships(people[:1]))[people[0]]
        assert (then.left_at, then.own_wish) == (later(days=1), True)
        after = await tx.study_group(group.id)
        assert after is not None
        assert after.host is None
        assert await tx.join_group(group.id, people[0], later(days=2), hosted=3)
        assert not await tx.join_group(group.id, people[0], later(days=2))
        back = await tx.membership(people[0])
        assert back is not None
        assert (back.joined_at, back.left_at, back.own_wish, back.hosted) == (later(days=2), None, False, 3)
        await tx.save_member(replace(back, hosted=4))
        assert await tx.membership(people[0]) == replace(back, hosted=4)


async def test_nobody_is_in_two_groups(store: DatabaseStore) -> None:
    """Whoever wants to join another one leaves first."""
    cohort = await add_cohort(store)
    people = await people_in(store, cohort, 4)
    one, two = await a_group(store, cohort, people[:2]), await a_group(store, cohort, people[2:], 2)
    async with store.transaction() as tx:
        assert not await tx.join_group(two.id, people[0], NOW)
        await tx.leave_group(people[0], NOW)
        assert await tx.join_group(two.id, people[0], NOW)
        members = await tx.members([one.id, two.id])
        assert [len(members[group.id]) for group in (one, two)] == [1, 3]


async def test_who_waits_for_a_group_is_found(store: DatabaseStore) -> None:
    """Whoever said yes, is still there, is in no group and did not leave one by their own wish."""
    cohort = await add_cohort(store)
    yes = [await enrol(store, cohort, f"U_Y{number}", ready=True) for number in range(6)]
    await enrol(store, cohort, "U_NO", ready=False)
    await enrol(store, cohort, "U_OPEN")
    await enrol(store, cohort, "U_LEFT", ready=True, state=EnrolmentState.LEFT)
    ids = [each.id for each in yes]
    await a_group(store, cohort, ids[:4])
    async with store.transaction() as tx:
        await tx.leave_group(ids[0], NOW, own_wish=True)
        await tx.leave_group(ids[1], NOW)
        assert [each.id for each in await tx.without_group(cohort.id)] == [ids[1], *ids[4:]]
        assert [each.id for each in await tx.without_group(cohort.id, after_id=ids[1], limit=1)] == [ids[4]]
        assert await tx.count_without_group(cohort.id) == 3
        assert await tx.count_members(cohort.id) == 2


async def test_who_met_in_an_earlier_cohort_is_known(store: DatabaseStore) -> None:
    """Also from groups that one of them left; not from the cohort that is asked about."""
    before, now = await add_cohort(store), await add_cohort(store, name="Autumn")
    people = await people_in(store, before, 3)
    group = await a_group(store, before, people[:2])
    again = await people_in(store, now, 3)
    await a_group(store, now, again)
    async with store.transaction() as tx:
        await tx.leave_group(people[0], NOW)
        person = {number: found.person_id for number, found in (await tx.enrolments(people)).items()}
        one, two, three = (person[number] for number in people)
        met = await tx.met_before(now.id, [one, two, three])
        assert met == {one: frozenset({two}), two: frozenset({one})}
    assert group.id


# --- rooms --------------------------------------------------------------------------------------------------


async def test_rooms_are_wanted_opened_and_found(store: DatabaseStore) -> None:
    """One per group and lane; what is to be done with them is due at its moment."""
    cohort = await add_cohort(store)
    group = await a_group(store, cohort, await people_in(store, cohort, 2))
    here = GroupRoom(group.id, LANE, RoomState.WANTED, work_at=NOW)
    there = GroupRoom(group.id, "teams:x", RoomState.WANTED, work_at=later(minutes=5))
    async with store.transaction() as tx:
        assert not (await tx.due(NOW)).rooms
        assert await tx.add_rooms([here, there]) == 2
        assert await tx.add_rooms([replace(here, state=RoomState.CLOSED)]) == 0
        assert (await tx.rooms([group.id]))[group.id] == [here, there]
        assert await tx.rooms_due(NOW, 9) == [here]
        assert (await tx.due(NOW)).rooms
        assert await tx.rooms_due(later(hours=1), 1) == [here]
        room = an_address("C_ROOM")
        opened = replace(here, state=RoomState.OPEN, address=room, work_at=None, stale=True, pinned=True)
        refused = replace(there, state=RoomState.REFUSED, reason="forbidden", work_at=None, tried=2, tried_at=NOW)
        await tx.save_room(opened)
        await tx.save_room(refused)
        assert (await tx.rooms([group.id]))[group.id] == [opened, refused]
        assert not (await tx.due(later(days=9))).rooms
        assert await tx.room_counts(cohort.id) == {(RoomState.OPEN, None): 1, (RoomState.REFUSED, "forbidden"): 1}
        assert await tx.group_in(room) == group
        assert await tx.group_in(an_address("C_OTHER")) is None


# --- wishes for another group -------------------------------------------------------------------------------


async def test_one_open_wish_for_another_group_per_person(store: DatabaseStore) -> None:
    """A second one changes its reason; once closed, it stays with the person and leaves the facilitators' list."""
    cohort = await add_cohort(store)
    people = await people_in(store, cohort, 2)
    group = await a_group(store, cohort, people)
    wish = ChangeWish(people[0], group.id, WhyChange.HOURS, NOW)
    async with store.transaction() as tx:
        assert await tx.wish_change(wish)
        assert not await tx.wish_change(replace(wish, why=WhyChange.QUIET))
        assert await tx.change_wishes(cohort.id) == [replace(wish, why=WhyChange.QUIET)]
        await tx.close_wish(people[0])
        assert await tx.change_wishes(cohort.id) == []
        assert await tx.change_wishes_of(people[0]) == [replace(wish, why=WhyChange.QUIET, open=False)]
        assert await tx.wish_change(wish)


# --- what else holds ----------------------------------------------------------------------------------------


async def test_somebody_in_a_group_is_not_taken_back(store: DatabaseStore) -> None:
    """Undoing an enrolment leaves alone whoever takes part already."""
    cohort = await add_cohort(store)
    people = await people_in(store, cohort, 2)
    await a_group(store, cohort, people[:1])
    async with store.transaction() as tx:
        assert await tx.remove_enrolments(people) == 1
        assert await tx.enrolment(people[0]) is not None


@pytest.mark.parametrize("kept", [True, False])
async def test_a_forgotten_person_leaves_no_trace_in_groups(store: DatabaseStore, kept: bool) -> None:
    """Nothing said, nobody avoided or avoiding, no reason, no proposal, no moment; that the group had so many stays."""
    cohort = await add_cohort(store)
    people = await people_in(store, cohort, 2)
    group = await a_group(store, cohort, people)
    async with store.transaction() as tx:
        found = await tx.enrolments(people)
        one, other = (found[number].person_id for number in people)
        if not kept:
            one, other, people = other, one, people[::-1]
        await tx.save_about(one, AboutMe(line="My own line"))
        await tx.save_avoided(one, [other])
        await tx.save_avoided(other, [one])
        await tx.wish_change(ChangeWish(people[0], group.id, WhyChange.QUIET, NOW))
        await tx.save_group_plan(GroupPlan(cohort.id, 1, NOW, "x", Forming((), {people[0]: LeftOver.AVOID}, 0.0)))
        await tx.forget_person(one)
        assert await tx.about([one]) == {}
        assert await tx.avoided([one, other]) == {}
        assert await tx.change_wishes_of(people[0]) == []
        assert await tx.group_plan(cohort.id) is None
        assert [each.enrolment_id for each in (await tx.members([group.id]))[group.id]] == people[1:]
        (was,) = (await tx.memberships(people[:1]))[people[0]]
        assert (was.joined_at, was.left_at) == (NOW, NOW)
