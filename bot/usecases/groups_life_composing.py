"""Messages about the life of a study group, built when they are sent, with what is true then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from bot.messages.blocks import Message
from bot.messages.groups_health import joined_by
from bot.messages.groups_meetings import (
    MeetingView,
    cancelled,
    did_you_meet,
    first_post,
    meeting_card,
    new_host,
    reminder,
)
from bot.messages.groups_starters import split_post, starter_post
from bot.model.group_life import COMING, Meeting, MeetingState
from bot.model.groups import GroupState
from bot.rules.reminders import Reminder, timely
from bot.usecases.groups_meetings import meeting_view
from bot.usecases.groups_starters import split_view, starter_view

if TYPE_CHECKING:
    from bot.usecases.groups_composing import GroupScene

Builder = Callable[["GroupScene"], Awaitable[Message | None]]


async def _first(scene: GroupScene) -> Message | None:
    if not await _reaches(scene):
        return None
    return first_post(await _meeting_view(scene, await _meeting(scene)), scene.t)


async def _about_meeting(scene: GroupScene) -> Message | None:
    """The meeting as it is. A message about a date that was changed before it went out is not needed any more."""
    meeting = await _meeting(scene)
    if meeting is None or not await _reaches(scene):
        return None
    outdated = scene.row.ref is None and meeting.sequence != scene.row.content.get("sequence")
    vote = scene.row.content.get("vote")
    if scene.row.ref is None and vote is not None and int(meeting.changed_at.timestamp()) != vote:
        outdated = True
    if outdated:
        return None
    told = scene.t.t("The meeting has another moment now.") if scene.row.content.get("moved") else ""
    return meeting_card(await _meeting_view(scene, meeting), scene.t, told=told)


async def _cancelled(scene: GroupScene) -> Message | None:
    meeting = await _meeting(scene)
    if meeting is None or not await _reaches(scene):
        return None
    return cancelled(await _meeting_view(scene, meeting), scene.t)


async def _remind(scene: GroupScene) -> Message | None:
    """Only for a date that still holds, in time, to a member who comes or may."""
    meeting = await _meeting(scene)
    kind = Reminder(str(scene.row.content["kind"]))
    if meeting is None or meeting.at is None or scene.enrolment is None or not await _reaches(scene):
        return None
    holds = meeting.state is MeetingState.PLANNED and meeting.sequence == scene.row.content.get("sequence")
    if not holds or not timely(kind, meeting.at, scene.now):
        return None
    view = await _meeting_view(scene, meeting)
    return reminder(view, kind, scene.t) if view.rsvps.get(scene.enrolment.id) in COMING else None


async def _met(scene: GroupScene) -> Message | None:
    if not await _reaches(scene):
        return None
    asked = date.fromisoformat(str(scene.row.content["asked"]))
    said = (await scene.tx.met_answers([scene.group.id]))[scene.group.id]
    counts = Counter(each.answer for each in said if each.asked_on == asked)
    return did_you_meet(await _meeting_view(scene, None), asked, counts, scene.t)


async def _starter(scene: GroupScene) -> Message | None:
    if not await _reaches(scene):
        return None
    lesson, activity = str(scene.row.content["lesson"]), str(scene.row.content["activity"])
    view = await starter_view(scene.parts, scene.tx, scene.group, scene.cohort, scene.t, lesson, activity)
    return starter_post(view, scene.t) if view else None


async def _split(scene: GroupScene) -> Message | None:
    if not await _reaches(scene):
        return None
    lesson, activity = str(scene.row.content["lesson"]), str(scene.row.content["activity"])
    found = await split_view(scene.parts, scene.tx, scene.group, scene.cohort, scene.t, lesson, activity)
    return split_post(*found, scene.t) if found else None


async def _host(scene: GroupScene) -> Message | None:
    return new_host(await scene.view(), scene.t) if await _reaches(scene) else None


async def _joined(scene: GroupScene) -> Message | None:
    """Who came from the group that was merged into this one."""
    if not await _reaches(scene):
        return None
    other = await scene.tx.study_group(int(scene.row.content["other"]))
    came = {int(each) for each in scene.row.content["people"]}
    view = await scene.view()
    names = [each.name for each in view.people if each.enrolment_id in came]
    return joined_by(scene.group.number, other.number, names, scene.t) if other and names else None


# --- parts --------------------------------------------------------------------------------------------------


async def _reaches(scene: GroupScene) -> bool:
    """Whether the group lives and the reader is still in it."""
    if scene.group.state is not GroupState.OPEN:
        return False
    if scene.enrolment is None:
        return True
    member = await scene.tx.membership(scene.enrolment.id)
    return member is not None and member.group_id == scene.group.id


async def _meeting(scene: GroupScene) -> Meeting | None:
    number = scene.row.content.get("meeting")
    return await scene.tx.meeting(int(number)) if number is not None else None


async def _meeting_view(scene: GroupScene, meeting: Meeting | None) -> MeetingView:
    return await meeting_view(
        scene.parts, scene.tx, scene.group, scene.cohort, scene.t, scene.zone, meeting=meeting, mine=scene.enrolment
    )


LIFE_MESSAGES: Mapping[str, Builder] = {
    "first": _first,
    "meeting": _about_meeting,
    "cancelled": _cancelled,
    "remind": _remind,
    "met": _met,
    "starter": _starter,
    "split": _split,
    "host": _host,
    "joined": _joined,
}
