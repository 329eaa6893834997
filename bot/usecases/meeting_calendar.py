"""Meetings of study groups for people's calendars, behind sealed addresses."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.groups import group_title
from bot.messages.texts import Catalogue
from bot.model.calendar import CalendarEvent
from bot.model.cohort import Cohort
from bot.model.course import Language
from bot.model.group_life import Meeting, MeetingState, Rsvp
from bot.model.groups import StudyGroup
from bot.ports import Tx
from bot.rules.planner import zone_of
from bot.usecases.context import Parts


async def meeting_events(parts: Parts, tx: Tx, subject: str) -> Sequence[CalendarEvent] | None:
    """What an address is about: `meeting/3/fr`, `meeting/3/fr/45` (person 45, as long as they are in the group) or
    `mine/45/fr` (everything ahead or past in that person's present groups that they did not decline). None where there
    is nothing (any more)."""
    match subject.split("/"):
        case ["meeting", number, language, *person] if len(person) < 2:
            return await _one(parts, tx, number, language, person[0] if person else None)
        case ["mine", person, language]:
            return await _mine(parts, tx, person, language)
        case _:
            return None


async def _one(parts: Parts, tx: Tx, number: str, language: str, person: str | None) -> Sequence[CalendarEvent] | None:
    meeting = await tx.meeting(int(number)) if number.isdecimal() else None
    group = await tx.study_group(meeting.group_id) if meeting else None
    cohort = await tx.cohort(group.cohort_id) if group else None
    if meeting is None or group is None or cohort is None or meeting.at is None or language not in set(Language):
        return None
    if person is not None and await _enrolment_in(tx, person, group) is None:
        return None
    return [_event(parts, meeting, group, cohort, parts.t(Language(language)))]


async def _mine(parts: Parts, tx: Tx, person: str, language: str) -> Sequence[CalendarEvent] | None:
    known = await tx.person(int(person)) if person.isdecimal() else None
    if known is None or not known.known or language not in set(Language):
        return None
    found: list[CalendarEvent] = []
    for enrolment in await tx.enrolments_of(known.id):
        member = await tx.membership(enrolment.id)
        group = await tx.study_group(member.group_id) if member else None
        cohort = await tx.cohort(group.cohort_id) if group else None
        if group is None or cohort is None:
            continue
        meetings = (await tx.meetings([group.id]))[group.id]
        answers = await tx.rsvps([meeting.id for meeting in meetings])
        t = parts.t(Language(language))
        found += [
            _event(parts, each, group, cohort, t)
            for each in meetings
            if each.at is not None and answers[each.id].get(enrolment.id) is not Rsvp.NO
        ]
    return found


async def _enrolment_in(tx: Tx, person: str, group: StudyGroup) -> int | None:
    """The enrolment with which somebody is in the group now."""
    enrolment = await tx.enrolment_of(group.cohort_id, int(person)) if person.isdecimal() else None
    member = await tx.membership(enrolment.id) if enrolment else None
    return member.enrolment_id if member is not None and member.group_id == group.id else None


def _event(parts: Parts, meeting: Meeting, group: StudyGroup, cohort: Cohort, t: Catalogue) -> CalendarEvent:
    assert meeting.at is not None  # noqa: S101 (only these are asked for)
    title = t.t("{group} · {course}", group=group_title(t, group.number), course=t.of(parts.course_of(cohort).title))
    return CalendarEvent(
        uid=meeting.uid,
        sequence=meeting.sequence,
        starts=meeting.at.astimezone(zone_of(meeting.zone)).replace(tzinfo=None),
        zone=meeting.zone,
        minutes=meeting.minutes,
        title=title,
        description=t.t("Your study group meets. To move the meeting, type: {typed}", typed=t.t("group meet")),
        url="",
        cancelled=meeting.state is MeetingState.CANCELLED,
        updated_at=meeting.changed_at,
    )
