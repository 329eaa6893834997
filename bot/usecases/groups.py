"""What learners do with their study group: look at it, ask why, look for another one, leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.errors import Slip
from bot.messages import groups as words
from bot.messages.blocks import Reply
from bot.messages.welcome import notice
from bot.model.cohort import Cohort, CohortState, Enrolment
from bot.model.commands import Command
from bot.model.commands_groups import (
    FormGroups,
    GroupAbout,
    GroupAvoid,
    GroupChange,
    GroupChoices,
    GroupHome,
    GroupLeave,
    GroupMembers,
    Groups,
    GroupWhy,
    MoveMember,
    PreviewGroups,
    RetryRooms,
)
from bot.model.delivery import DeliveryState, Kind, Priority
from bot.model.groups import ChangeWish, GroupState, StudyGroup, WhyChange
from bot.model.people import RoleName
from bot.ports import NewDelivery, Tx
from bot.usecases.context import Parts, Who
from bot.usecases.groups_about import about, avoid
from bot.usecases.groups_forming import form_groups, preview
from bot.usecases.groups_leading import group_choices, groups, move_member, retry_rooms
from bot.usecases.groups_moving import fitting, move, remove
from bot.usecases.groups_people import group_view, my_group
from bot.usecases.groups_together import with_meeting

OFFERED = 3


async def group_home(parts: Parts, tx: Tx, who: Who, command: GroupHome) -> Reply:
    """My group at a glance; or why there is none."""
    group, enrolment, cohort = await my_group(parts, tx, who, command.group)
    if group is None:
        formed = bool(await tx.study_groups(cohort.id, {GroupState.OPEN}))
        return Reply(say=words.no_group(formed and enrolment.ready is True, who.t))
    card = words.group_card(await group_view(parts, tx, group, cohort, who.t, enrolment.id), who.t)
    return Reply(say=await with_meeting(parts, tx, who, group, enrolment, cohort, card))


async def group_members(parts: Parts, tx: Tx, who: Who, command: GroupMembers) -> Reply:
    group, enrolment, cohort = await _group(parts, tx, who, command.group)
    return Reply(say=words.members(await group_view(parts, tx, group, cohort, who.t, enrolment.id), who.t))


async def group_why(parts: Parts, tx: Tx, who: Who, command: GroupWhy) -> Reply:
    group, enrolment, cohort = await _group(parts, tx, who, command.group)
    return Reply(say=words.why(await group_view(parts, tx, group, cohort, who.t, enrolment.id), who.t))


async def _group(parts: Parts, tx: Tx, who: Who, group_id: int | None) -> tuple[StudyGroup, Enrolment, Cohort]:
    group, enrolment, cohort = await my_group(parts, tx, who, group_id)
    if group is None:
        raise Slip("You are in no study group at the moment.", example="group change")
    return group, enrolment, cohort


# --- another group ------------------------------------------------------------------------------------------


async def group_change(parts: Parts, tx: Tx, who: Who, command: GroupChange) -> Reply:
    """Ask why in private, then offer groups that fit; or leave it to a facilitator."""
    group, enrolment, cohort = await my_group(parts, tx, who, command.group)
    if cohort.state is CohortState.CLOSED:
        raise Slip("This cohort is over.", example="home")
    every = await tx.study_groups(cohort.id, {GroupState.OPEN})
    if not every:
        raise Slip("No study groups were formed in your cohort yet.", example="group")
    t = who.t
    if command.why is None and group is not None:
        view = await group_view(parts, tx, group, cohort, t, enrolment.id)
        return Reply(say=words.ask_why(view, t))
    why = _why(command.why)
    others = [each for each in every if group is None or each.id != group.id]
    if command.ask:
        return await _ask(parts, tx, who, cohort, enrolment, group, why)
    if command.to is None:
        found = await fitting(tx, cohort, enrolment, others, who.now, OFFERED)
        rows = [(each, size, each.slot.zone if each.slot else cohort.zone) for each, size in found]
        return Reply(say=words.offers(why, group, rows, t))
    target = next((each for each in every if each.number == command.to), None)
    if target is not None and group is not None and target.id == group.id:
        return await group_home(parts, tx, who, GroupHome(group.id))  # pressed twice
    fits = target is not None and await fitting(tx, cohort, enrolment, [target], who.now, 1)
    if target is None or not fits:
        raise Slip("Study group {n} has no place that fits.", n=command.to, example=f"group change {why.value}")
    who.wake |= await move(tx, enrolment, target, who.now, priority=None)
    target = await tx.study_group(target.id) or target
    card = words.group_card(await group_view(parts, tx, target, cohort, t, enrolment.id), t)
    return Reply(replace=card, say=None if who.caller.pressed else card, notice=t.t("You have another group now."))


def _why(said: str | None) -> WhyChange:
    try:
        return WhyChange(said or WhyChange.OTHER)
    except ValueError:
        raise Slip(
            "“{word}” is not one of the reasons: hours, language, quiet, other.",
            word=said,
            example="group change hours",
        ) from None


async def _ask(
    parts: Parts, tx: Tx, who: Who, cohort: Cohort, enrolment: Enrolment, group: StudyGroup | None, why: WhyChange
) -> Reply:
    """A facilitator finds the wish among the cohort's groups, and is told once."""
    t = who.t
    if await tx.wish_change(ChangeWish(enrolment.id, group.id if group else None, why, who.now)):
        who.wake |= await _tell_facilitators(tx, who, cohort, enrolment)
    line = t.line("A facilitator sees your wish and finds a group with you. Until then everything stays as it is.")
    message = notice(t, t.t("Passed on"), line)
    return Reply(replace=message, say=None if who.caller.pressed else message)


async def _tell_facilitators(tx: Tx, who: Who, cohort: Cohort, enrolment: Enrolment) -> set[str]:
    """Those of the cohort; where there are none, whoever created it."""
    people = [r.person_id for r in await tx.roles_in(cohort.lane, cohort.id) if r.name is RoleName.FACILITATOR]
    lanes: set[str] = set()
    for person_id in people or ([cohort.created_by] if cohort.created_by else []):
        addresses = [each for each in await tx.addresses(person_id) if each.lane == cohort.lane]
        for address in addresses[:1]:
            row = NewDelivery(
                key=f"wish/{enrolment.id}/{int(who.now.timestamp())}/{person_id}",
                kind=Kind.ALERT,
                address=address,
                due_at=who.now,
                state=DeliveryState.READY,
                not_before=who.now,
                cohort_id=cohort.id,
                person_id=person_id,
                priority=Priority.TIMELY,
            )
            await tx.add_deliveries([row])
            lanes.add(address.lane)
    return lanes


async def group_leave(parts: Parts, tx: Tx, who: Who, command: GroupLeave) -> Reply:
    """Leave the group after one question; the course goes on."""
    group, enrolment, cohort = await _group(parts, tx, who, command.group)
    t = who.t
    if not command.confirmed:
        view = await group_view(parts, tx, group, cohort, t, enrolment.id)
        return Reply(say=words.leave_question(view, t))
    who.wake |= await remove(tx, enrolment, who.now, own_wish=True)
    message = words.left(group.number, t)
    return Reply(replace=message, say=None if who.caller.pressed else message)


GROUP_HANDLERS: Mapping[type[Command], Any] = {
    GroupHome: group_home,
    GroupMembers: group_members,
    GroupWhy: group_why,
    GroupChange: group_change,
    GroupLeave: group_leave,
    GroupAbout: about,
    GroupAvoid: avoid,
    Groups: groups,
    PreviewGroups: preview,
    FormGroups: form_groups,
    MoveMember: move_member,
    RetryRooms: retry_rooms,
    GroupChoices: group_choices,
}
"""What is done for every command about study groups."""
