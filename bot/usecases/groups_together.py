"""What learners do together in their study group: meet, vote, come, say whether they met, talk, host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.errors import Slip
from bot.messages.blocks import Message, Reply, Section
from bot.messages.groups_meetings import (
    cancel_question,
    host_card,
    meeting_card,
    met_form,
    met_saved,
    together,
)
from bot.messages.groups_starters import my_stance, no_starter, starter_card
from bot.model.cohort import Cohort, CohortState, Enrolment
from bot.model.commands import Command
from bot.model.commands_group_life import (
    GroupHost,
    GroupMeet,
    GroupMet,
    GroupRsvp,
    GroupsHealth,
    GroupStance,
    GroupStarter,
    GroupVote,
    MergeGroups,
    NewStarter,
    OtherHost,
)
from bot.model.group_life import Meeting, MeetingState, Met, MetAnswer, Rating, Rsvp, Stance, StanceTaken, Starter
from bot.model.groups import GroupState, StudyGroup
from bot.ports import Tx
from bot.rules.group_life import local_day, week_of_group
from bot.rules.meeting_times import parse_meeting
from bot.rules.planner import zone_of
from bot.usecases.context import Parts, Who
from bot.usecases.groups_health import groups_health, merge_groups, new_starter, other_host
from bot.usecases.groups_life import hand_over
from bot.usecases.groups_meetings import (
    all_voted,
    answer,
    cancel,
    decide,
    meeting_view,
    plan_at,
    propose,
    reader_zone,
    show_meeting,
    tell_vote,
)
from bot.usecases.groups_people import group_view, my_group
from bot.usecases.groups_starters import bring, newest, starter_view, take_stance, waiting_starters
from bot.usecases.groups_telling import show_anew, tell_group

FARTHEST = timedelta(days=120)
RECENT = timedelta(days=21)
"""So long after it was asked a question whether the group met can be answered."""


@dataclass(frozen=True)
class Circle:
    """Somebody in their study group."""

    parts: Parts
    tx: Tx
    who: Who
    group: StudyGroup
    enrolment: Enrolment
    cohort: Cohort

    @classmethod
    async def of(cls, parts: Parts, tx: Tx, who: Who, group_id: int | None) -> Circle:
        group, enrolment, cohort = await my_group(parts, tx, who, group_id)
        if group is None:
            raise Slip("You are in no study group at the moment.", example="group change")
        if group.state is not GroupState.OPEN or cohort.state is CohortState.CLOSED:
            raise Slip("This study group is closed.", example="group")
        return cls(parts, tx, who, group, enrolment, cohort)

    @property
    def zone(self) -> str:
        return reader_zone(self.group, self.cohort, self.who.person)

    async def meeting_card(self, meeting: Meeting | None, told: str = "") -> Message:
        view = await meeting_view(
            self.parts, self.tx, self.group, self.cohort, self.who.t, self.zone, meeting=meeting, mine=self.enrolment
        )
        return meeting_card(view, self.who.t, told=told)

    async def shown(self, meeting: Meeting | None, told: str) -> Reply:
        """The meeting as it is now: in place of the pressed message, or as an answer; in a room others read the message
        too, and it is refreshed for them."""
        fresh = await self.tx.meeting(meeting.id) if meeting else None
        card = await self.meeting_card(fresh, told)
        caller = self.who.caller
        if caller.pressed and caller.delivery_key is not None:
            return Reply(notice=told)
        return Reply(say=card, notice=told)


# --- meetings -----------------------------------------------------------------------------------------------


async def group_meet(parts: Parts, tx: Tx, who: Who, command: GroupMeet) -> Reply:
    """The next meeting: show, find, plan, move, cancel."""
    here = await Circle.of(parts, tx, who, command.group)
    meeting = await tx.open_meeting(here.group.id)
    if command.cancel:
        return await _cancel(here, meeting, confirmed=command.confirmed)
    if command.find:
        return await _find(here, meeting)
    if command.when is not None:
        return await _plan(here, meeting, command.when)
    return Reply(say=await here.meeting_card(meeting))


async def _find(here: Circle, before: Meeting | None) -> Reply:
    t, who = here.who.t, here.who
    if before is not None and before.changed_at == who.now and before.options:
        return Reply(say=await here.meeting_card(before))
    meeting = await propose(here.parts, here.tx, here.group, here.cohort, who.now)
    if meeting is None:
        raise Slip(
            "I found no moment in the next two weeks at which enough of you work. Agree on one in the group.",
            example=t.t("group meet thursday 14:00"),
        )
    who.wake |= await tell_vote(here.tx, here.group, meeting, who.now)
    return Reply(say=await here.meeting_card(meeting), notice=t.t("Your group is asked which moment suits."))


async def _plan(here: Circle, before: Meeting | None, said: str) -> Reply:
    t, who = here.who.t, here.who
    today = who.now.astimezone(zone_of(here.zone)).date()
    at, minutes = parse_meeting(said, today, here.zone, who.person.language)
    if at <= who.now:
        raise Slip("This moment has passed.", example=t.t("group meet thursday 14:00"))
    if at > who.now + FARTHEST:
        raise Slip("This is too far ahead; plan at most four months.", example=t.t("group meet thursday 14:00"))
    if before is not None and before.at == at and minutes in (None, before.minutes):
        return Reply(say=await here.meeting_card(before, t.t("That is when you meet already.")))
    meeting, lanes = await plan_at(here.tx, here.group, here.cohort, at, minutes, who.now)
    who.wake |= lanes
    if meeting is None:
        return Reply(say=await here.meeting_card(await here.tx.open_meeting(here.group.id)))
    who.wake |= await answer(
        here.tx, here.group, here.cohort, await _fresh(here, meeting), here.enrolment, Rsvp.GOING, who.now
    )
    told = t.t("Planned. Your group is told, and I remind whoever comes.")
    return Reply(say=await here.meeting_card(await _fresh(here, meeting), told))


async def _fresh(here: Circle, meeting: Meeting) -> Meeting:
    return await here.tx.meeting(meeting.id) or meeting


async def _cancel(here: Circle, meeting: Meeting | None, *, confirmed: bool) -> Reply:
    t, who = here.who.t, here.who
    if meeting is None:
        return Reply(say=await here.meeting_card(None))
    if not confirmed:
        view = await meeting_view(
            here.parts, here.tx, here.group, here.cohort, t, here.zone, meeting=meeting, mine=here.enrolment
        )
        return Reply(say=cancel_question(view, t))
    who.wake |= await cancel(here.tx, here.group, meeting, who.now)
    card = await here.meeting_card(None)
    return Reply(replace=card, say=None if who.caller.pressed else card, notice=t.t("Cancelled. Your group is told."))


async def group_vote(parts: Parts, tx: Tx, who: Who, command: GroupVote) -> Reply:
    """Moments that suit one; further ones add to those said before, and `none` takes all back."""
    here = await Circle.of(parts, tx, who, command.group)
    t = who.t
    meeting = await _meant(here, command.meeting)
    if meeting is None or not meeting.options:
        return await here.shown(meeting, t.t("There is nothing to vote on at the moment."))
    mine = set((await tx.votes(meeting.id)).get(here.enrolment.id, ())) & set(meeting.options)
    mine = _suits(command.letters, meeting, mine)
    await tx.save_votes(meeting.id, here.enrolment.id, mine, who.now)
    if await all_voted(tx, here.group, meeting):
        who.wake |= await decide(tx, here.group, here.cohort, meeting, who.now)
    who.wake |= await show_meeting(tx, here.group, meeting, who.now)
    letters = ", ".join(chr(ord("A") + place) for place, option in enumerate(meeting.options) if option in mine)
    told = t.t("Noted: {letters}.", letters=letters) if letters else t.t("Noted: none of these suits you.")
    return await here.shown(meeting, told)


async def _meant(here: Circle, meeting_id: int | None) -> Meeting | None:
    """The meeting of the button, as far as it is the group's; otherwise the one that lies ahead."""
    meeting = await here.tx.meeting(meeting_id) if meeting_id is not None else None
    if meeting is not None and meeting.group_id == here.group.id:
        return meeting
    return await here.tx.open_meeting(here.group.id)


def _suits(letters: str, meeting: Meeting, before: set[datetime]) -> set[datetime]:
    if letters == "all":
        return set(meeting.options)
    if letters == "none":
        return set()
    chosen = set(before)
    for each in letters.split(","):
        place = ord(each.strip().lower()[:1] or " ") - ord("a")
        if not 0 <= place < len(meeting.options):
            last = chr(ord("A") + len(meeting.options) - 1)
            raise Slip(
                "There is no moment “{letter}”; they go from A to {last}.",
                letter=each,
                last=last,
                example=f"group vote {last.lower()}",
            )
        chosen.add(meeting.options[place])
    return chosen


async def group_rsvp(parts: Parts, tx: Tx, who: Who, command: GroupRsvp) -> Reply:
    """Going, maybe or no."""
    here = await Circle.of(parts, tx, who, command.group)
    t = who.t
    try:
        said = Rsvp(command.answer)
    except ValueError:
        raise Slip("Say going, maybe or no.", example="group rsvp going") from None
    meeting = await _meant(here, command.meeting)
    if meeting is None or meeting.state is not MeetingState.PLANNED:
        return await here.shown(None, t.t("There is no meeting ahead."))
    who.wake |= await answer(tx, here.group, here.cohort, meeting, here.enrolment, said, who.now)
    told = {
        Rsvp.GOING: t.t("You are going. You are reminded the day before and 15 minutes before."),
        Rsvp.MAYBE: t.t("You may come. You are reminded the day before and 15 minutes before."),
        Rsvp.NO: t.t("You are not going. No reminder comes."),
    }[said]
    return await here.shown(meeting, told)


# --- did you meet? ------------------------------------------------------------------------------------------


async def group_met(parts: Parts, tx: Tx, who: Who, command: GroupMet) -> Reply:
    """Did you meet, what was it worth, one line for facilitators. Answering again replaces the answer."""
    here = await Circle.of(parts, tx, who, command.group)
    t = who.t
    asked = await _asked(here, command.asked)
    before = next(
        (
            each
            for each in (await tx.met_answers([here.group.id]))[here.group.id]
            if each.asked_on == asked and each.enrolment_id == here.enrolment.id
        ),
        None,
    )
    rating, line = (before.rating, before.line) if before else (None, "")
    if command.answer is None:
        return Reply(form=met_form(here.group.id, asked, rating, line, t))
    try:
        said = Met(command.answer)
        rating = Rating(command.rating) if command.rating is not None else rating
    except ValueError:
        raise Slip("Say yes, planned or no.", example="group met yes good") from None
    line = (command.line if command.line is not None else line).strip()
    if len(line) > 300:
        raise Slip("That is longer than 300 characters; please shorten it.", field="line")
    if said is not Met.MET:
        rating, line = None, ""
    await tx.save_met(MetAnswer(here.group.id, asked, here.enrolment.id, said, who.now, rating, line))
    who.wake |= await show_anew(tx, here.group, f"met/{asked}", who.now)
    view = await meeting_view(parts, tx, here.group, here.cohort, t, here.zone, meeting=None, mine=here.enrolment)
    if said is Met.MET and who.caller.pressed and command.rating is None and command.line is None:
        return Reply(form=met_form(here.group.id, asked, rating, line, t), notice=t.t("Noted: you met."))
    return Reply(say=met_saved(view, said, t), close=True)


async def _asked(here: Circle, said: str | None) -> date:
    """The question that is meant: the button's, else the last one that was asked; before any was, today."""
    life = await here.tx.group_life(here.group.id)
    week = week_of_group(here.group.slot, here.cohort)
    today = local_day(week, here.cohort.pace.to_course(here.who.now))
    try:
        day = date.fromisoformat(said) if said else None
    except ValueError:
        day = None
    if day is not None and today - RECENT <= day <= today:
        return day
    if day is not None:
        raise Slip("This question is too old to answer.", example="group met yes")
    recent = life.asked_on if life else None
    return recent if recent is not None and recent >= today - RECENT / 3 else today


# --- conversation starters ----------------------------------------------------------------------------------


async def group_starter(parts: Parts, tx: Tx, who: Who, command: GroupStarter) -> Reply:
    """The starter of the moment, or another one that the group has not had."""
    here = await Circle.of(parts, tx, who, command.group)
    t = who.t
    if command.another:
        waiting = await waiting_starters(parts, tx, here.group, here.cohort, who.now)
        if not waiting:
            raise Slip("Your group has had every starter so far. The next lesson brings one.", example="group starter")
        who.wake |= await bring(tx, here.group, waiting[-1], who.now)
    current = newest(await tx.starters(here.group.id))
    view = await _starter(here, current)
    if view is None:
        group = await group_view(parts, tx, here.group, here.cohort, t, here.enrolment.id)
        return Reply(say=no_starter(group, t))
    told = t.t("Your group has it now.") if command.another else ""
    return Reply(say=starter_card(view, t), notice=told)


async def _starter(here: Circle, starter: Starter | None) -> Any:
    if starter is None:
        return None
    return await starter_view(
        here.parts,
        here.tx,
        here.group,
        here.cohort,
        here.who.t,
        starter.lesson_id,
        starter.activity_id,
        here.enrolment,
    )


async def group_stance(parts: Parts, tx: Tx, who: Who, command: GroupStance) -> Reply:
    """A private stance; only then does the split show. Taking it again changes it."""
    here = await Circle.of(parts, tx, who, command.group)
    t = who.t
    try:
        stance = Stance(command.stance)
    except ValueError:
        raise Slip("Say yes, no or depends.", example="group stance yes") from None
    every = [each for each in await tx.starters(here.group.id) if _asks_stance(here, each)]
    named = [each for each in every if (each.lesson_id, each.activity_id) == (command.lesson, command.activity)]
    starter = newest(named or ([] if command.activity else every))
    if starter is None:
        raise Slip("Your group has no starter that asks for a stance.", example="group starter")
    key = (starter.lesson_id, starter.activity_id)
    before = next(
        (each for each in await tx.stances(here.group.id, *key) if each.enrolment_id == here.enrolment.id), None
    )
    agreed = command.named if command.named is not None else bool(before and before.named)
    taken = StanceTaken(here.group.id, *key, here.enrolment.id, stance, who.now, agreed)
    who.wake |= await take_stance(tx, here.group, starter, taken, who.now)
    view = await _starter(here, starter)
    if view is None:
        raise Slip("This activity is not part of the lesson any more.", example="group starter")
    return Reply(say=my_stance(view, t))


def _asks_stance(here: Circle, starter: Starter) -> bool:
    lesson = here.parts.course_of(here.cohort).lesson(starter.lesson_id)
    activity = lesson.activity(starter.activity_id) if lesson else None
    return activity is not None and activity.stance_first


# --- the host -----------------------------------------------------------------------------------------------


async def group_host(parts: Parts, tx: Tx, who: Who, command: GroupHost) -> Reply:
    """Who hosts; take over, or hand over to whose turn it is."""
    here = await Circle.of(parts, tx, who, command.group)
    before = here.group.host
    if command.take and before != here.enrolment.id:
        who.wake |= await hand_over(tx, here.group, who.now, here.enrolment.id)
    elif command.pass_on and before != here.enrolment.id:
        raise Slip("Only the host can hand over.", example="group host me")
    elif command.pass_on:
        who.wake |= await hand_over(tx, here.group, who.now)
    group = await tx.study_group(here.group.id) or here.group
    if group.host != before:
        what = f"host/{group.host}/{int(who.now.timestamp())}"
        who.wake |= await tell_group(tx, group, what, who.now)
    view = await group_view(parts, tx, group, here.cohort, who.t, here.enrolment.id)
    return Reply(say=host_card(view, who.t))


async def with_meeting(
    parts: Parts, tx: Tx, who: Who, group: StudyGroup, enrolment: Enrolment, cohort: Cohort, card: Message
) -> Message:
    """A group's card with its next meeting below."""
    zone = reader_zone(group, cohort, who.person)
    meeting = await tx.open_meeting(group.id)
    view = await meeting_view(parts, tx, group, cohort, who.t, zone, meeting=meeting, mine=enrolment)
    below = meeting_card(view, who.t)
    return replace(card, blocks=(*card.blocks, Section(below.summary), *below.blocks[1:], together(group.id, who.t)))


GROUP_LIFE_HANDLERS: Mapping[type[Command], Any] = {
    GroupMeet: group_meet,
    GroupVote: group_vote,
    GroupRsvp: group_rsvp,
    GroupMet: group_met,
    GroupStarter: group_starter,
    GroupStance: group_stance,
    GroupHost: group_host,
    GroupsHealth: groups_health,
    MergeGroups: merge_groups,
    NewStarter: new_starter,
    OtherHost: other_host,
}
"""What is done for every command about the life of study groups."""
