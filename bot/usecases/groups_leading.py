"""What admins and facilitators do with study groups: look, move somebody, try rooms again, choose options."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.errors import Slip
from bot.messages.blocks import Reply
from bot.messages.groups import MemberView
from bot.messages.groups_admin import (
    GroupsView,
    MoveView,
    groups_card,
    move_effect,
    move_form,
    options_form,
    options_saved,
)
from bot.messages.groups_proposal import NAMED, PAGE, proposal
from bot.messages.texts import N_, Catalogue
from bot.messages.welcome import notice
from bot.model.cohort import Cohort, CohortState, Enrolment
from bot.model.commands_groups import GroupChoices, Groups, MoveMember, RetryRooms
from bot.model.forming import Band, Candidate, Forming, LeftOver, Proposed
from bot.model.groups import ChangeWish, GroupOptions, GroupPlan, GroupState, RoomState, StudyGroup
from bot.model.people import Person
from bot.ports import Tx
from bot.rules.forming import mean_score
from bot.rules.forming_judge import Judge, why_not
from bot.usecases.context import Parts, Who
from bot.usecases.groups_forming import plan_view
from bot.usecases.groups_moving import fitting, move
from bot.usecases.groups_people import crowd, group_views, member_views, terms_of
from bot.usecases.groups_telling import members_in
from bot.usecases.looking import log
from bot.usecases.who import HERE, cohort_named, need_facilitator

OFFERED = 3
Wished = tuple[ChangeWish, MemberView, StudyGroup | None, Sequence[StudyGroup]]
_WHY_NOT = {
    LeftOver.LANGUAGE: N_("Not everybody in group {n} would share a language then."),
    LeftOver.HOURS: N_("Somebody in group {n} would work too far from the others’ hours then."),
    LeftOver.REACH: N_("{name} cannot be reached from group {n}."),
    LeftOver.AVOID: N_("{name} does not fit into group {n}."),
}


async def groups(parts: Parts, tx: Tx, who: Who, command: Groups) -> Reply:
    """The cohort's groups, their rooms, who waits, and who would like another group."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort groups")
    need_facilitator(who, cohort)
    return Reply(say=groups_card(await groups_view(parts, tx, who.person, cohort, who.now, command.page), who.t))


async def groups_view(parts: Parts, tx: Tx, reader: Person, cohort: Cohort, now: datetime, page: int = 1) -> GroupsView:
    """A page of a cohort's groups, with everything that waits for a facilitator."""
    t = parts.t(reader.language)
    every = await tx.study_groups(cohort.id, {GroupState.OPEN})
    page = min(max(page, 1), max(1, -(-len(every) // PAGE)))
    shown = await group_views(parts, tx, cohort, every[(page - 1) * PAGE : page * PAGE], t)
    left = await tx.without_group(cohort.id, limit=NAMED) if every else ()
    named = await member_views(tx, cohort, left, t)
    return GroupsView(
        cohort,
        shown,
        len(every),
        await tx.count_members(cohort.id),
        await tx.room_counts(cohort.id),
        await tx.ready_counts(cohort.id),
        [named[each.id] for each in left if each.id in named],
        await tx.count_without_group(cohort.id) if every else 0,
        await _wishes(tx, t, cohort, every, now),
        page,
        reader.zone or cohort.zone,
    )


async def _wishes(tx: Tx, t: Catalogue, cohort: Cohort, every: Sequence[StudyGroup], now: datetime) -> list[Wished]:
    """Open wishes for another group, each with groups that would fit."""
    found: list[Wished] = []
    for wish in await tx.change_wishes(cohort.id):
        enrolment = await tx.enrolment(wish.enrolment_id)
        views = await member_views(tx, cohort, [enrolment] if enrolment else [], t)
        if enrolment is None or enrolment.id not in views:
            continue
        others = [group for group in every if group.id != wish.group_id]
        fit = [group for group, _ in await fitting(tx, cohort, enrolment, others, now, OFFERED)]
        present = next((group for group in every if group.id == wish.group_id), None)
        found.append((wish, views[enrolment.id], present, fit))
    return found


# --- moving -------------------------------------------------------------------------------------------------


async def move_member(parts: Parts, tx: Tx, who: Who, command: MoveMember) -> Reply:
    """Show what a move does to both groups; once confirmed, do it. Before groups are formed it changes the proposal."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort groups move")
    need_facilitator(who, cohort)
    every = await tx.study_groups(cohort.id, {GroupState.OPEN})
    plan = await tx.group_plan(cohort.id)
    open_plan = plan if plan is not None and plan.formed_at is None else None
    numbers = [group.number for group in every] or (
        list(range(1, len(open_plan.forming.groups) + 1)) if open_plan else []
    )
    if not numbers:
        raise Slip("There are no groups yet.", example=f"cohort groups preview {cohort.name}")
    if not command.person and command.enrolment is None:
        return Reply(form=move_form(cohort, numbers, who.t))
    enrolment = await _person_meant(tx, who, cohort, command)
    if command.to not in numbers:
        raise Slip(
            "Say the number of a group, from {first} to {last}.",
            first=numbers[0],
            last=numbers[-1],
            example=f"cohort groups move {cohort.name} @ann to {numbers[0]}",
            field="to",
        )
    if every:
        return await _move_now(tx, who, cohort, enrolment, every, command)
    assert open_plan is not None  # noqa: S101 (there are numbers)
    return await _move_in_plan(parts, tx, who, cohort, enrolment, open_plan, command)


async def _person_meant(tx: Tx, who: Who, cohort: Cohort, command: MoveMember) -> Enrolment:
    found: Enrolment | None = None
    if command.enrolment is not None:
        found = await tx.enrolment(command.enrolment)
    elif command.person:
        for hit in who.find([command.person]):
            known = await tx.people_at([hit.address]) if hit.address else {}
            found = found or (await tx.enrolment_of(cohort.id, known[hit.address]) if known and hit.address else None)
    if found is None or found.cohort_id != cohort.id or found.state not in HERE:
        raise Slip(
            "I cannot find “{word}” in this cohort.",
            word=command.person or "?",
            example=f"cohort groups move {cohort.name} @ann to 2",
            field="person",
        )
    return found


async def _move_now(
    tx: Tx,
    who: Who,
    cohort: Cohort,
    enrolment: Enrolment,
    every: Sequence[StudyGroup],
    command: MoveMember,
) -> Reply:
    target = next(group for group in every if group.number == command.to)
    member = await tx.membership(enrolment.id)
    source = next((group for group in every if member and group.id == member.group_id), None)
    if source is not None and source.id == target.id:
        raise Slip("They are in group {n} already.", n=target.number, example=f"cohort groups {cohort.name}")
    there = await members_in(tx, target)
    here = [each for each in await members_in(tx, source) if each.id != enrolment.id] if source else []
    effect = await _effect(tx, who, cohort, enrolment, here, there, source.number if source else None, target.number)
    if not command.confirmed:
        return Reply(say=move_effect(effect, who.t), close=True)
    who.wake |= await move(tx, enrolment, target, who.now)
    await log(tx, who, "cohort.groups-move", cohort, enrolment=enrolment.id, group=target.number)
    t = who.t
    line = t.line("*{name}* is in group {n} now.", name=effect.member.name, n=target.number)
    message = notice(t, t.t("Moved"), line)
    return Reply(replace=message, say=None if who.caller.pressed else message)


async def _move_in_plan(
    parts: Parts, tx: Tx, who: Who, cohort: Cohort, enrolment: Enrolment, plan: GroupPlan, command: MoveMember
) -> Reply:
    groups_now = plan.forming.groups
    at = (command.to or 1) - 1
    source = next((place for place, each in enumerate(groups_now) if enrolment.id in each.people), None)
    if source == at:
        raise Slip("They are in group {n} already.", n=at + 1, example=f"cohort groups preview {cohort.name}")
    known = await tx.enrolments([*groups_now[at].people, *(groups_now[source].people if source is not None else ())])
    there = [known[each] for each in groups_now[at].people if each in known]
    here = [known[each] for each in groups_now[source].people if each in known] if source is not None else []
    here = [each for each in here if each.id != enrolment.id]
    number = source + 1 if source is not None else None
    effect = await _effect(tx, who, cohort, enrolment, here, there, number, at + 1, proposed=True)
    if not command.confirmed:
        return Reply(say=move_effect(effect, who.t), close=True)
    around = await crowd(tx, cohort, [*here, *there, enrolment], who.now, together=True)
    judge = Judge(around.terms)
    changed: list[Proposed] = list(groups_now)
    changed[at] = judge.proposed(around.of([enrolment.id, *(each.id for each in there)]))
    if source is not None:
        changed[source] = judge.proposed(around.of([each.id for each in here]))
    left = {person: why for person, why in plan.forming.left.items() if person != enrolment.id}
    moved = replace(plan, forming=Forming(tuple(changed), left, mean_score(changed)))
    await tx.save_group_plan(moved)
    await log(tx, who, "cohort.groups-move", cohort, enrolment=enrolment.id, group=at + 1)
    view = await plan_view(tx, cohort, moved, who.person, parts, page=at // PAGE + 1)
    message = proposal(view, who.t)
    return Reply(replace=message, say=None if who.caller.pressed else message)


async def _effect(
    tx: Tx,
    who: Who,
    cohort: Cohort,
    enrolment: Enrolment,
    here: Sequence[Enrolment],
    there: Sequence[Enrolment],
    source: int | None,
    target: int,
    *,
    proposed: bool = False,
) -> MoveView:
    """How both groups change. Raises Slip where something that must hold would not."""
    options = await tx.group_options(cohort.id)
    around = await crowd(tx, cohort, [*here, *there, enrolment], who.now, together=True)
    stay, old = around.of(each.id for each in here), around.of([*(each.id for each in here), enrolment.id])
    others, new = around.of(each.id for each in there), around.of([*(each.id for each in there), enrolment.id])
    member = (await member_views(tx, cohort, [enrolment], who.t))[enrolment.id]
    _must_hold(cohort, member.name, options, stay, new, source, target)
    judge = Judge(around.terms)

    def score(people: Sequence[Candidate]) -> float:
        return judge.score(people) if people else 0.0

    before, after = (score(old), score(stay)) if source is not None else (None, None)
    return MoveView(cohort, member, source, target, (before, score(others)), (after, score(new)), proposed)


def _must_hold(
    cohort: Cohort,
    name: str,
    options: GroupOptions,
    stay: Sequence[Candidate],
    new: Sequence[Candidate],
    source: int | None,
    target: int,
) -> None:
    example = f"cohort groups options {cohort.name}"
    if len(new) > options.band.largest:
        raise Slip(
            "Group {n} would be too large: at most {most}.", n=target, most=options.band.largest, example=example
        )
    if source is not None and 0 < len(stay) < options.band.floor:
        raise Slip(
            "Group {n} would be too small: at least {least}.", n=source, least=options.band.floor, example=example
        )
    why = why_not(new, terms_of(options).most_apart)
    if why is not None:
        raise Slip(_WHY_NOT[why], n=target, name=name, example=f"cohort groups {cohort.name}", field="to")


# --- rooms and options --------------------------------------------------------------------------------------


async def retry_rooms(parts: Parts, tx: Tx, who: Who, command: RetryRooms) -> Reply:
    """Rooms that were refused are tried again."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort groups rooms")
    need_facilitator(who, cohort)
    every = await tx.study_groups(cohort.id, {GroupState.OPEN})
    again = 0
    for some in (await tx.rooms([group.id for group in every])).values():
        for room in some:
            if room.state is RoomState.REFUSED:
                again += 1
                fresh = replace(room, state=RoomState.WANTED, reason=None, work_at=who.now, tried=0, tried_at=None)
                await tx.save_room(fresh)
    t = who.t
    await log(tx, who, "cohort.groups-rooms", cohort, rooms=again)
    line = t.line_n("{n} room is tried again.", "{n} rooms are tried again.", again)
    return Reply(say=notice(t, t.t("Rooms"), line))


async def group_choices(parts: Parts, tx: Tx, who: Who, command: GroupChoices) -> Reply:
    """Show the options as a form, or change them. From the form every mistake is shown at its field."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort groups options")
    need_facilitator(who, cohort)
    options = await tx.group_options(cohort.id)
    said = (command.size, command.hours, command.across, command.facilitators, command.keep)
    if all(each is None for each in said):
        return Reply(form=options_form(cohort, options, who.t))
    if cohort.state is CohortState.CLOSED:
        raise Slip("This cohort is closed; no groups can be formed.", example=f"cohort status {cohort.name}")
    changed = replace(
        options,
        band=_band(command.size, cohort) if command.size else options.band,
        hours_apart=_hours(command.hours, cohort) if command.hours else options.hours_apart,
        across=options.across if command.across is None else command.across,
        facilitators=options.facilitators if command.facilitators is None else command.facilitators,
        keep=options.keep if command.keep is None else command.keep,
    )
    await tx.save_group_options(cohort.id, changed)
    if changed.facilitators != options.facilitators:
        await _fill_anew(tx, who, cohort)
    await log(tx, who, "cohort.groups-options", cohort)
    return Reply(say=options_saved(cohort, changed, who.t), close=True)


async def _fill_anew(tx: Tx, who: Who, cohort: Cohort) -> None:
    """Every open room gets the people it should have now."""
    every = await tx.study_groups(cohort.id, {GroupState.OPEN})
    for some in (await tx.rooms([group.id for group in every])).values():
        for room in some:
            if room.state is RoomState.OPEN:
                await tx.save_room(replace(room, stale=True, work_at=who.now))


def _band(text: str, cohort: Cohort) -> Band:
    match = re.fullmatch(r"\s*(\d{1,2})\s*(?:-|–|to|à|a)\s*(\d{1,2})\s*", text)
    smallest, largest = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 3 <= smallest <= largest <= 20:
        raise Slip(
            "“{word}” is not a size: say two numbers from 3 to 20, the smaller one first.",
            word=text,
            example=f"cohort groups options {cohort.name} size 4-6",
            field="size",
        )
    return Band(smallest, largest, 3)


def _hours(text: str, cohort: Cohort) -> int:
    if not re.fullmatch(r"\s*\d{1,2}\s*", text) or not 1 <= int(text) <= 12:
        raise Slip(
            "“{word}” is not a number of hours from 1 to 12.",
            word=text,
            example=f"cohort groups options {cohort.name} hours 5",
            field="hours",
        )
    return int(text)
