"""A study group's meetings: found, voted on, planned, moved, cancelled; who comes, and who is reminded.

A group has one meeting before it at most. Everything said to the group is a delivery that is composed when it is sent;
reminders are planned for a person when they say that they come or may come, one set per `sequence`, so that those of a
moment that does not hold any more are waived when their time comes.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.messages.groups_meetings import MeetingView
from bot.messages.texts import Catalogue
from bot.model.cohort import Cohort, Enrolment, EnrolmentState
from bot.model.delivery import Priority
from bot.model.group_life import COMING, Meeting, MeetingState, Rsvp
from bot.model.groups import StudyGroup
from bot.model.people import Person
from bot.ports import NewDelivery, Tx
from bot.rules.group_life import EARLIEST, MINUTES, decision_moment, winner
from bot.rules.meetings import WorkWeek, outside, proposals
from bot.rules.planner import WORKDAYS
from bot.rules.reminders import reminders
from bot.usecases.context import Parts
from bot.usecases.groups_people import group_view, work_week
from bot.usecases.groups_telling import members_in, show_anew, tell_group, to_member

OFFERED = 3


# --- looking ------------------------------------------------------------------------------------------------


async def meeting_view(
    parts: Parts,
    tx: Tx,
    group: StudyGroup,
    cohort: Cohort,
    t: Catalogue,
    zone: str,
    *,
    meeting: Meeting | None,
    mine: Enrolment | None = None,
) -> MeetingView:
    """A group with its meeting, for a reader (`mine`) or its room."""
    view = await group_view(parts, tx, group, cohort, t, mine.id if mine else None)
    person_id = mine.person_id if mine else None
    if meeting is None:
        return MeetingView(view, zone, parts.links, person_id=person_id)
    votes, rsvps = await tx.votes(meeting.id), (await tx.rsvps([meeting.id]))[meeting.id]
    off: dict[datetime, Sequence[str]] = {}
    if meeting.options:
        members = await members_in(tx, group)
        weeks = await work_weeks(parts, tx, cohort, members, meeting.created_at)
        names = {each.enrolment_id: each.name for each in view.people}
        for option in meeting.options:
            places = outside(list(weeks.values()), cohort.pace.to_course(option), meeting.minutes)
            who = [names.get(list(weeks)[place], "") for place in places]
            off[option] = [name for name in who if name]
    return MeetingView(view, zone, parts.links, meeting, votes, rsvps, off, person_id)


def reader_zone(group: StudyGroup, cohort: Cohort, person: Person | None) -> str:
    """In which moments are written where a chat cannot show the viewer's own zone."""
    if person is not None and person.zone:
        return person.zone
    return group.slot.zone if group.slot else cohort.zone


async def work_weeks(
    parts: Parts, tx: Tx, cohort: Cohort, members: Sequence[Enrolment], now: datetime
) -> Mapping[int, WorkWeek]:
    """When each member works, days away and public holidays left out; by enrolment. Who paused does not count."""
    people = await tx.people([each.person_id for each in members])
    holidays = frozenset(parts.holidays_near(cohort.region, cohort.pace.to_course(now).date()))
    return {
        each.id: replace(
            work_week(people[each.person_id], cohort), absences=people[each.person_id].absences, off=holidays
        )
        for each in members
        if each.person_id in people and each.state is not EnrolmentState.PAUSED
    }


# --- finding a moment ---------------------------------------------------------------------------------------


async def propose(
    parts: Parts, tx: Tx, group: StudyGroup, cohort: Cohort, now: datetime, *, minutes: int = MINUTES
) -> Meeting | None:
    """Moments at which all members work, to vote on: as a new meeting, or for moving the one that is planned. None
    where there are none."""
    weeks = await work_weeks(parts, tx, cohort, await members_in(tx, group), now)
    meeting = await tx.open_meeting(group.id)
    before = {meeting.at, *meeting.options} if meeting else set()
    after = cohort.pace.to_course(now) + EARLIEST
    found = proposals(list(weeks.values()), after, minutes, count=OFFERED * 2)
    every = [cohort.pace.to_real(each.at) for each in found]
    fresh = [each for each in every if each not in before]
    options = tuple(sorted((fresh if len(fresh) >= 2 else every)[:OFFERED]))
    if not options:
        return None
    decide = decision_moment(options, now)
    if meeting is not None:
        await tx.clear_votes(meeting.id)
        changed = replace(meeting, options=options, decide_at=decide, changed_at=now)
        await tx.save_meeting(changed)
        await soon(tx, group, decide)
        return changed
    made = Meeting(
        0,
        group.id,
        MeetingState.PROPOSED,
        minutes,
        reader_zone(group, cohort, None),
        _uid(),
        now,
        now,
        options=options,
        decide_at=decide,
    )
    stored = await tx.add_meeting(made)
    await soon(tx, group, decide)
    return stored


def _uid() -> str:
    return f"meeting-{secrets.token_hex(8)}@chatcourse"


async def soon(tx: Tx, group: StudyGroup, at: datetime) -> None:
    """There is something to do for the group at this moment at the latest."""
    life = await tx.group_life(group.id)
    if life is not None and (life.next_at is None or life.next_at > at):
        await tx.save_life(replace(life, next_at=at))


async def all_voted(tx: Tx, group: StudyGroup, meeting: Meeting) -> bool:
    """Whether every member who gets messages has voted."""
    votes = await tx.votes(meeting.id)
    return all(each.id in votes for each in await members_in(tx, group) if each.state is not EnrolmentState.PAUSED)


async def decide(tx: Tx, group: StudyGroup, cohort: Cohort, meeting: Meeting, now: datetime) -> set[str]:
    """End a vote: the moment that suits most becomes the date. Where nobody voted for any, nothing changes: a meeting
    that was only proposed lapses. Returns the lanes to wake."""
    chosen = winner(meeting.options, await tx.votes(meeting.id), now, group.host)
    ended = replace(meeting, options=(), decide_at=None, changed_at=now)
    if chosen is None or chosen == meeting.at:
        state = MeetingState.CANCELLED if meeting.state is MeetingState.PROPOSED else meeting.state
        await tx.save_meeting(replace(ended, state=state))
        return await show_meeting(tx, group, meeting, now)
    return await show_meeting(tx, group, meeting, now) | await plan(tx, group, cohort, ended, chosen, now)


async def plan(tx: Tx, group: StudyGroup, cohort: Cohort, meeting: Meeting, at: datetime, now: datetime) -> set[str]:
    """Give a meeting its moment, or another one: the group is told, earlier messages show it, calendars follow, and
    whoever comes is reminded of the new moment only."""
    before = _what(meeting)
    moved = meeting.state is MeetingState.PLANNED and meeting.at is not None
    changed = replace(
        meeting,
        state=MeetingState.PLANNED,
        at=at,
        options=(),
        decide_at=None,
        changed_at=now,
        sequence=meeting.sequence + 1,
    )
    await tx.save_meeting(changed)
    lanes = await show_anew(tx, group, before, now)
    facts = {"meeting": meeting.id, "sequence": changed.sequence, "moved": moved}
    lanes |= await tell_group(tx, group, _what(changed), now, content=facts, priority=Priority.ASKED)
    answers = (await tx.rsvps([meeting.id]))[meeting.id]
    for enrolment in await members_in(tx, group):
        if answers.get(enrolment.id) in COMING:
            await remind(tx, group, cohort, changed, enrolment)
    await soon(tx, group, at + timedelta(minutes=changed.minutes))
    return lanes


async def plan_at(
    tx: Tx, group: StudyGroup, cohort: Cohort, at: datetime, minutes: int | None, now: datetime
) -> tuple[Meeting | None, set[str]]:
    """Plan the group's next meeting at this moment, or move it there; moving it to where it is changes nothing. Returns
    the meeting, and the lanes to wake."""
    meeting = await tx.open_meeting(group.id)
    if meeting is None:
        new = Meeting(
            0, group.id, MeetingState.PROPOSED, minutes or MINUTES, reader_zone(group, cohort, None), _uid(), now, now
        )
        meeting = await tx.add_meeting(new)
    elif meeting.at == at and minutes in (None, meeting.minutes):
        return meeting, set()
    if meeting is None:  # somebody else was faster; the store keeps one
        return None, set()
    meeting = replace(meeting, minutes=minutes or meeting.minutes)
    return meeting, await plan(tx, group, cohort, meeting, at, now)


async def cancel(tx: Tx, group: StudyGroup, meeting: Meeting, now: datetime) -> set[str]:
    """The meeting does not take place: the group is told, calendars follow, reminders are waived when due."""
    planned = meeting.state is MeetingState.PLANNED
    gone = replace(
        meeting,
        state=MeetingState.CANCELLED,
        options=(),
        decide_at=None,
        changed_at=now,
        sequence=meeting.sequence + 1,
    )
    await tx.save_meeting(gone)
    lanes = await show_anew(tx, group, _what(meeting), now)
    if planned:
        facts = {"meeting": meeting.id}
        what = f"cancelled/{meeting.id}"
        lanes |= await tell_group(tx, group, what, now, content=facts, priority=Priority.ASKED)
    return lanes


async def tell_vote(tx: Tx, group: StudyGroup, meeting: Meeting, now: datetime) -> set[str]:
    """Ask the group for its votes. A vote about moving has its own message, and earlier ones show it too."""
    stamp = int(meeting.changed_at.timestamp())
    facts = {"meeting": meeting.id, "sequence": meeting.sequence, "vote": stamp}
    lanes = await show_anew(tx, group, _what(meeting), now)
    return lanes | await tell_group(tx, group, f"meeting/{meeting.id}/vote/{stamp}", now, content=facts)


def _what(meeting: Meeting) -> str:
    """The message about a meeting as it stands: one for each date it had."""
    return f"meeting/{meeting.id}/{meeting.sequence}"


async def show_meeting(tx: Tx, group: StudyGroup, meeting: Meeting, now: datetime) -> set[str]:
    """Have every message that shows the meeting shown anew. Returns the lanes to wake."""
    lanes = await show_anew(tx, group, _what(meeting), now)
    if meeting.decide_at is not None:
        stamp = int(meeting.changed_at.timestamp())
        lanes |= await show_anew(tx, group, f"meeting/{meeting.id}/vote/{stamp}", now)
        lanes |= await show_anew(tx, group, "first", now)
    return lanes


# --- who comes ----------------------------------------------------------------------------------------------


async def answer(
    tx: Tx, group: StudyGroup, cohort: Cohort, meeting: Meeting, enrolment: Enrolment, said: Rsvp, now: datetime
) -> set[str]:
    """Remember who comes; whoever does or may is reminded. Returns the lanes to wake."""
    if not await tx.save_rsvp(meeting.id, enrolment.id, said, now):
        return set()
    if said in COMING:
        await remind(tx, group, cohort, meeting, enrolment)
    return await show_meeting(tx, group, meeting, now)


async def remind(tx: Tx, group: StudyGroup, cohort: Cohort, meeting: Meeting, enrolment: Enrolment) -> None:
    """Plan the reminders of one person: unique per meeting, date and kind. They were asked for, so neither the weekly
    budget nor quiet hours hold them."""
    person = await tx.person(enrolment.person_id)
    if meeting.at is None or person is None:
        return
    due = reminders(meeting.at, person.zone or cohort.zone, meeting.changed_at, person.days or WORKDAYS)
    rows: list[NewDelivery] = []
    for kind, at in due.items():
        facts = {"meeting": meeting.id, "sequence": meeting.sequence, "kind": kind.value}
        what = f"remind/{meeting.id}/{meeting.sequence}/{kind}"
        rows.append(
            to_member(group, enrolment, what, meeting.changed_at, at=at, content=facts, priority=Priority.ASKED)
        )
    await tx.add_deliveries(rows)
