"""One of every message and form about study groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from bot.messages import groups, groups_about, groups_admin, groups_proposal
from bot.messages.blocks import Form, Message
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
    RoomState,
    StudyGroup,
    WhyChange,
)
from bot.model.people import Address

if TYPE_CHECKING:
    from tests.bot.messages.gallery import Scene

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
HERE, THERE = "slack:T0123", "browser:main"
SLOT = MeetingSlot(Weekday.TUE, time(10, 30), "America/Toronto")


def a_group(**more: object) -> StudyGroup:
    parts = {wish.value: 1.0 for wish in Wish}
    group = StudyGroup(5, 3, 2, Language.EN, NOW, host=7, slot=SLOT, parts=parts)
    return replace(group, **more)  # type: ignore[arg-type]


def a_view(scene: Scene, group: StudyGroup | None = None, *states: RoomState) -> groups.GroupView:
    """A group of three, one of them in another chat; the reader is the first."""
    people = (
        groups.MemberView(7, 1, "‹Zoé›", "America/Toronto", "‹a line›", HERE),
        groups.MemberView(8, 2, "‹Ben›", "America/Vancouver", "", HERE),
        groups.MemberView(9, 3, "‹Ada›", "America/Halifax", "", THERE),
    )
    rooms = tuple(
        GroupRoom(5, lane, state, Address("slack", "T0123", "C1"))
        for lane, state in zip((HERE, THERE), states or (RoomState.OPEN, RoomState.OPEN), strict=False)
    )
    return groups.GroupView(group or a_group(), scene.cohort(), scene.course, people, rooms, 7)


def learner_things(scene: Scene) -> Iterator[tuple[str, Message | Form]]:
    """What members see."""
    t = scene.t
    view = a_view(scene)
    few = {wish.value: 0.4 for wish in Wish}
    quiet = replace(view, group=a_group(host=8, slot=None, parts=few))
    alone = replace(view, people=view.people[:1], group=a_group(host=None, parts={}))
    nobody = replace(view, people=(), mine=None)
    for name, each in (("group", view), ("group without a time", quiet), ("group of one", alone)):
        yield f"card of a {name}", groups.group_card(each, t)
        yield f"roster of a {name}", groups.roster(each, HERE, t)
        yield f"members of a {name}", groups.members(each, t)
        yield f"why a {name}", groups.why(each, t)
        yield f"leave a {name}?", groups.leave_question(each, t)
    yield "roster of nobody", groups.roster(nobody, HERE, t)
    for state in RoomState:
        yield f"card, room {state}", groups.group_card(a_view(scene, None, state), t)
    yield "card of a closed group", groups.group_card(a_view(scene, a_group(state=GroupState.CLOSED)), t)
    yield "no group yet", groups.no_group(waiting=False, t=t)
    yield "no group, waiting", groups.no_group(waiting=True, t=t)
    yield "another group?", groups.ask_why(view, t)
    other = a_group(id=6, number=3)
    for reason in WhyChange:
        yield f"offers because of {reason}", groups.offers(reason, view.group, [(other, 4, "America/Toronto")], t)
    yield "no offers", groups.offers(WhyChange.OTHER, None, [], t)
    timeless = (a_group(id=7, number=4, slot=None), 1, "America/Toronto")
    yield "offers without a time", groups.offers(WhyChange.OTHER, None, [timeless], t)
    yield "left a group", groups.left(2, t)
    for moved in (True, False):
        yield f"placed {moved}", groups.placed(view, moved, t)
        yield f"farewell {moved}", groups.farewell(view, moved, t)
    said = AboutMe("‹Zoé›", "‹a line›", "‹x›", "‹x›", 7, frozenset(Language))
    for name, about, avoided in (("something", said, [(4, "‹Ben›"), (5, "‹Ada›")]), ("nothing", AboutMe(), [])):
        yield f"about me, {name}", groups_about.about_form(about, "‹Zoé›", Language.EN, avoided, t)
        yield f"saved about me, {name}", groups_about.about_saved(about, "‹Zoé›", len(avoided), t)
        yield f"private list, {name}", groups_about.avoid_list([name for _, name in avoided], t)


def leading_things(scene: Scene) -> Iterator[tuple[str, Message | Form]]:
    """What admins and facilitators see."""
    t, cohort = scene.t, scene.cohort()
    view = a_view(scene)
    names = {each.enrolment_id: each for each in view.people}
    proposed = Proposed((7, 8, 9), frozenset(Language), dict.fromkeys(Wish, 0.7), 0.7)
    left = {7 + place: why for place, why in enumerate(LeftOver)}
    for number, forming in enumerate(
        (Forming((proposed,) * 20, left, 0.7), Forming((proposed,), {}, 0.7), Forming((), {7: LeftOver.HOURS}, 0.0))
    ):
        plan = GroupPlan(3, 4, NOW, "x", forming)
        for page, changed in ((1, False), (2, True)):
            shown = groups_proposal.PlanView(cohort, plan, names, page, changed, 3)
            yield f"proposal {number}, page {page}", groups_proposal.proposal(shown, t)
    for forming_now in (True, False):
        yield f"working, {forming_now}", groups_proposal.working(cohort, 9, t, forming=forming_now)
    rooms: dict[tuple[RoomState, str | None], int] = {(RoomState.OPEN, None): 3, (RoomState.WANTED, None): 1}
    rooms |= {(RoomState.REFUSED, str(reason)): 1 for reason in (*groups_admin.ROOM_WORDS, "?")}
    wishes = [
        (ChangeWish(8, 5, why, NOW), view.people[1], view.group if place else None, (a_group(number=3),))
        for place, why in enumerate(list(WhyChange)[:1])
    ]
    ready = {True: 3, False: 1, None: 2}
    full = groups_admin.GroupsView(
        cohort, (view,), 20, 3, rooms, ready, view.people[:2], 2, wishes, 2, "America/Toronto"
    )
    none = groups_admin.GroupsView(cohort, (), 0, 0, {}, ready, (), 0, ())
    yield "groups", groups_admin.groups_card(full, t)
    yield "no groups", groups_admin.groups_card(none, t)
    for name, each, made in (("begun", none, False), ("rooms", full, True), ("done", replace(full, rooms={}), True)):
        yield f"being formed, {name}", groups_admin.being_formed(each, made, t)
    for name, source, before, after, open_plan in (
        ("from a group", 1, 0.5, 0.6, False),
        ("from nowhere", None, None, None, False),
        ("in a proposal", 1, 0.5, 0.6, True),
    ):
        effect = groups_admin.MoveView(cohort, view.people[1], source, 2, (before, 0.5), (after, 0.7), open_plan)
        yield f"move {name}?", groups_admin.move_effect(effect, t)
    yield "move whom?", groups_admin.move_form(cohort, [1, 2], t)
    yield "move whom among many?", groups_admin.move_form(cohort, list(range(1, 200)), t)
    options = GroupOptions(Band(), 5, across=True, facilitators=False, keep=True)
    yield "options of groups", groups_admin.options_form(cohort, options, t)
    yield "options of groups saved", groups_admin.options_saved(cohort, options, t)
