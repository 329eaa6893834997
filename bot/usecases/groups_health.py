"""How study groups are, for facilitators: the card, and what stands on it one press away (merge, starter, host)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import Slip
from bot.messages.blocks import Reply
from bot.messages.groups_health import Condition, HealthView, health_card, merge_done
from bot.model.cohort import Cohort, CohortState, EnrolmentState
from bot.model.commands_group_life import GroupsHealth, MergeGroups, NewStarter, OtherHost
from bot.model.forming import Candidate
from bot.model.group_life import COMING, Meeting, MeetingState, Met, MetAnswer
from bot.model.groups import GroupRoom, GroupState, Member, RoomState, StudyGroup
from bot.ports import Tx
from bot.rules.group_health import ACTIVE_FOR, MEETS_FOR, Health, Signs, health
from bot.rules.group_life import next_host
from bot.rules.group_merging import Part, fits, merges
from bot.usecases.context import Parts, Who
from bot.usecases.groups_life import hand_over
from bot.usecases.groups_meetings import cancel
from bot.usecases.groups_moving import pass_on, put_in
from bot.usecases.groups_people import crowd, terms_of
from bot.usecases.groups_starters import bring, waiting_starters
from bot.usecases.groups_telling import members_in, show_anew, tell_group, tell_lane
from bot.usecases.looking import log
from bot.usecases.who import cohort_named, need_facilitator

LINES = 10


@dataclass(frozen=True)
class State:
    """What is known of one group."""

    group: StudyGroup
    members: Sequence[Member]
    signs: Signs
    met: Sequence[MetAnswer]


async def states(tx: Tx, groups: Sequence[StudyGroup], now: datetime) -> list[State]:
    """Presses, RSVPs and "we met" of each group; nothing is read of what people wrote."""
    ids = [group.id for group in groups]
    members, meetings, met = await tx.members(ids), await tx.meetings(ids), await tx.met_answers(ids)
    last = await tx.signs({each.enrolment_id for some in members.values() for each in some}, now - ACTIVE_FOR)
    ahead = {group: _ahead(some) for group, some in meetings.items()}
    rsvps = await tx.rsvps([meeting.id for meeting in ahead.values() if meeting is not None])
    found: list[State] = []
    for group in groups:
        meeting = ahead[group.id]
        inside = {each.enrolment_id for each in members[group.id]}
        answers: Mapping[int, object] = rsvps[meeting.id] if meeting is not None else {}
        coming = sum(answer in COMING for who, answer in answers.items() if who in inside)
        said = [each.at for each in met[group.id] if each.answer is Met.MET]
        signs = Signs(
            group.formed_at,
            {each.enrolment_id: last.get(each.enrolment_id) for each in members[group.id]},
            max(said, default=None),
            coming,
        )
        found.append(State(group, members[group.id], signs, met[group.id]))
    return found


def _ahead(meetings: Sequence[Meeting]) -> Meeting | None:
    return next((each for each in meetings if each.state is MeetingState.PLANNED), None)


async def health_view(parts: Parts, tx: Tx, cohort: Cohort, now: datetime) -> HealthView:
    """Every open group of a cohort, with what would help those that are not alive."""
    groups = await tx.study_groups(cohort.id, {GroupState.OPEN})
    known = await states(tx, groups, now)
    weak = [each for each in known if health(each.signs, now) is not Health.ALIVE]
    partner: dict[int, int] = {}
    if weak:
        options = await tx.group_options(cohort.id)
        pieces = await _parts(tx, cohort, known, now)
        for gone, into in merges(pieces, options.band, terms_of(options).most_apart):
            partner[gone], partner[into] = into, gone
    conditions = [
        Condition(
            each.group.number,
            len(each.members),
            len(each.signs.active(now)),
            state := health(each.signs, now),
            partner.get(each.group.number) if state is not Health.ALIVE else None,
            state is not Health.ALIVE and bool(await waiting_starters(parts, tx, each.group, cohort, now)),
        )
        for each in known
    ]
    recent = [(each.group.number, said) for each in known for said in each.met if now - said.at <= MEETS_FOR]
    ratings = Counter(said.rating for _, said in recent if said.rating is not None)
    lines = [
        (number, said.line) for number, said in sorted(recent, key=lambda item: -item[1].at.timestamp()) if said.line
    ]
    return HealthView(cohort, conditions, ratings, lines[:LINES])


async def _parts(tx: Tx, cohort: Cohort, known: Sequence[State], now: datetime) -> list[Part]:
    """Groups as merging sees them: with everything that must hold between their people."""
    ids = [each.enrolment_id for state in known for each in state.members]
    enrolments = await tx.enrolments(ids)
    around = await crowd(tx, cohort, list(enrolments.values()), now, together=True)
    candidates: Mapping[int, Candidate] = {each.id: each for each in around.candidates}
    return [
        Part(
            state.group.number,
            tuple(candidates[each.enrolment_id] for each in state.members if each.enrolment_id in candidates),
            state.signs.active(now),
        )
        for state in known
        if state.members
    ]


# --- what facilitators do -----------------------------------------------------------------------------------


async def groups_health(parts: Parts, tx: Tx, who: Who, command: GroupsHealth) -> Reply:
    """The card of the week, at any moment."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort groups health")
    need_facilitator(who, cohort)
    return await _card(parts, tx, who, cohort, "")


async def _card(parts: Parts, tx: Tx, who: Who, cohort: Cohort, told: str) -> Reply:
    card = health_card(await health_view(parts, tx, cohort, who.now), who.t)
    if who.caller.pressed and told:
        return Reply(replace=card, notice=told)
    return Reply(say=card, notice=told)


async def _group(
    parts: Parts, tx: Tx, who: Who, name: str | None, number: int | None, example: str
) -> tuple[Cohort, StudyGroup]:
    """An open group of a cohort that the caller facilitates. Raises Slip."""
    cohort = await cohort_named(parts, tx, who, name, example=example)
    need_facilitator(who, cohort)
    if cohort.state is CohortState.CLOSED:
        raise Slip("This cohort is over.", example=f"cohort status {cohort.name}")
    every = await tx.study_groups(cohort.id, {GroupState.OPEN})
    group = next((each for each in every if each.number == number), None)
    if group is None:
        raise Slip(
            "There is no open study group {n} in this cohort.",
            n=number if number is not None else "?",
            example=f"cohort groups health {cohort.name}",
        )
    return cohort, group


async def new_starter(parts: Parts, tx: Tx, who: Who, command: NewStarter) -> Reply:
    """Bring the group a starter that it has not had, the newest first."""
    cohort, group = await _group(parts, tx, who, command.cohort, command.group, "cohort groups starter")
    waiting = await waiting_starters(parts, tx, group, cohort, who.now)
    if not waiting:
        raise Slip(
            "Study group {n} has had every starter so far.",
            n=group.number,
            example=f"cohort groups health {cohort.name}",
        )
    who.wake |= await bring(tx, group, waiting[-1], who.now)
    await log(tx, who, "cohort.groups-starter", cohort, group=group.number)
    return await _card(parts, tx, who, cohort, who.t.t("Study group {n} has a new starter.", n=group.number))


async def other_host(parts: Parts, tx: Tx, who: Who, command: OtherHost) -> Reply:
    """Another host: of those who are active whose turn it is; where nobody is, of all."""
    cohort, group = await _group(parts, tx, who, command.cohort, command.group, "cohort groups host")
    (state,) = await states(tx, [group], who.now)
    awake = [each for each in state.members if each.enrolment_id in state.signs.active(who.now)]
    to = next_host(awake, group.host)
    if to is None or to == group.host:
        to = next_host(state.members, group.host)
    if to is None or to == group.host:
        raise Slip("Nobody else is in this group.", example=f"cohort groups health {cohort.name}")
    who.wake |= await hand_over(tx, group, who.now, to)
    group = await tx.study_group(group.id) or group
    who.wake |= await tell_group(tx, group, f"host/{to}/{int(who.now.timestamp())}", who.now)
    await log(tx, who, "cohort.groups-host", cohort, group=group.number)
    return await _card(parts, tx, who, cohort, who.t.t("Study group {n} has another host.", n=group.number))


async def merge_groups(parts: Parts, tx: Tx, who: Who, command: MergeGroups) -> Reply:
    """Make one group of two, where everything that must hold between people holds. Pressed twice it says so calmly."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort groups merge")
    need_facilitator(who, cohort)
    t = who.t
    before = next((g for g in await tx.study_groups(cohort.id) if g.number == command.group), None)
    if before is not None and before.state is GroupState.MERGED:
        into = await tx.study_group(before.into) if before.into else None
        return await _card(parts, tx, who, cohort, merge_done(before.number, into.number if into else 0, t))
    cohort, one = await _group(parts, tx, who, command.cohort, command.group, "cohort groups merge")
    _, other = await _group(parts, tx, who, command.cohort, command.into, "cohort groups merge")
    if one.id == other.id:
        raise Slip("Name two different groups.", example=f"cohort groups health {cohort.name}")
    known = await states(tx, [one, other], who.now)
    options = await tx.group_options(cohort.id)
    pieces = await _parts(tx, cohort, known, who.now)
    if len(pieces) == 2 and not fits(pieces[0], pieces[1], options.band, terms_of(options).most_apart):
        raise Slip(
            "Study groups {n} and {other} cannot be one: their people share no language or hours, do not reach each "
            "other, or would be too many.",
            n=one.number,
            other=other.number,
            example=f"cohort groups health {cohort.name}",
        )
    # the group with fewer active people joins the other one, whichever was named first
    one, other = _smaller_first(known, who.now)
    who.wake |= await merge(tx, one, other, who.now)
    await log(tx, who, "cohort.groups-merge", cohort, group=one.number, into=other.number)
    return await _card(parts, tx, who, cohort, merge_done(one.number, other.number, t))


def _smaller_first(known: Sequence[State], now: datetime) -> tuple[StudyGroup, StudyGroup]:
    into, gone = sorted(known, key=lambda each: (-len(each.signs.active(now)), each.group.number))
    return gone.group, into.group


async def merge(tx: Tx, one: StudyGroup, into: StudyGroup, now: datetime) -> set[str]:
    """Everybody of `one` joins `into`. Both sides are told why; rooms of `one` stay readable, and what it decided and
    said stays with it. Returns the lanes to wake."""
    lanes: set[str] = set()
    meeting = await tx.open_meeting(one.id)
    if meeting is not None:
        lanes |= await cancel(tx, one, meeting, now)
    people = [each for each in await members_in(tx, one) if each.state is not EnrolmentState.LEFT]
    rooms = (await tx.rooms([one.id]))[one.id]
    for room in rooms:
        lanes |= await tell_lane(tx, one, room, "farewell", now)
    hosted = {each.enrolment_id: each.hosted for each in (await tx.members([one.id]))[one.id]}
    for member in (await tx.members([one.id]))[one.id]:
        await tx.leave_group(member.enrolment_id, now)
    await tx.save_group(replace(one, state=GroupState.MERGED, host=None, into=into.id))
    for room in rooms:
        await tx.save_room(_closing(room, now))
    for enrolment in people:
        lanes |= await put_in(tx, into, enrolment, now, moved=True, hosted=hosted.get(enrolment.id, 0))
    await pass_on(tx, into.id)
    facts = {"other": one.id, "people": [each.id for each in people]}
    lanes |= await tell_group(tx, into, f"joined/{one.id}", now, content=facts)
    return lanes | await show_anew(tx, into, "roster", now)


def _closing(room: GroupRoom, now: datetime) -> GroupRoom:
    """Archived once the last word was sent; where there is no room there is nothing to close."""
    if room.state is RoomState.OPEN:
        return replace(room, state=RoomState.CLOSING, work_at=now)
    return replace(room, state=RoomState.CLOSED, work_at=None)
