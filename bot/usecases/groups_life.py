"""What time does with study groups: the first post, votes that end, starters on the group's day, "did you meet?", and
the weekly card for facilitators.

Each group has one stored moment at which there is something to do next (`GroupLife.next_at`). A step does whatever is
due and computes the next moment; every message has a unique key, so that a step which was cut is safe to repeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.model.cohort import Cohort, CohortState
from bot.model.course import Weekday
from bot.model.delivery import DeliveryState, Kind, Priority
from bot.model.group_life import GroupLife, Meeting, MeetingState, Starter
from bot.model.groups import GroupState, StudyGroup
from bot.model.people import RoleName
from bot.ports import NewDelivery, Tx
from bot.rules.group_life import Week, local_day, next_host, next_on_day, next_question, week_of_group
from bot.rules.planner import resolve, zone_of
from bot.usecases.context import Parts, Report
from bot.usecases.groups_meetings import all_voted, decide, propose
from bot.usecases.groups_starters import A_DAY, bring, reveal, waiting_starters
from bot.usecases.groups_telling import settled, show_anew, tell_group

AT_ONCE = 200
TRY_AGAIN = timedelta(hours=1)
CARD_DAY = Weekday.MON


async def begin(tx: Tx, group: StudyGroup, cohort: Cohort, now: datetime) -> None:
    """The life of a group begins once it is known for every lane where it talks; again changes nothing."""
    if group.state is not GroupState.OPEN or not settled(list((await tx.rooms([group.id]))[group.id])):
        return
    await tx.begin_life(GroupLife(group.id, now, now))
    if await tx.watched(cohort.id) is None:
        await tx.watch(cohort.id, next_card(cohort, now))


def next_card(cohort: Cohort, now: datetime) -> datetime:
    """When facilitators hear of the groups next: on Monday, when the cohort's window opens."""
    week = Week(CARD_DAY, cohort.zone, cohort.window.start, cohort.window.start)
    return cohort.pace.to_real(next_on_day(week, cohort.window.start, cohort.pace.to_course(now)))


async def do_due(parts: Parts, now: datetime, report: Report) -> set[str]:
    """Everything that is due for groups now. What breaks is reported, tried again later, and stops nobody else.
    Returns the lanes to wake."""
    async with parts.store.reading() as tx:
        lives, watches = await tx.lives_due(now, AT_ONCE), await tx.watches_due(now, AT_ONCE)
    lanes: set[str] = set()
    for life in lives:
        try:
            async with parts.store.transaction() as tx:
                lanes |= await step(parts, tx, life.group_id, now)
        except Exception as error:
            report("group_life_broke", group=life.group_id, error=type(error).__name__, exc_info=error)
            async with parts.store.transaction() as tx:
                await tx.save_life(replace(life, next_at=now + TRY_AGAIN))
    for cohort_id in watches:
        async with parts.store.transaction() as tx:
            lanes |= await tell_facilitators(tx, cohort_id, now)
    return lanes


async def step(parts: Parts, tx: Tx, group_id: int, now: datetime) -> set[str]:
    """Do what is due for one group, and say when to look again."""
    life, group = await tx.group_life(group_id), await tx.study_group(group_id)
    cohort = await tx.cohort(group.cohort_id) if group else None
    if life is None or life.next_at is None or life.next_at > now:
        return set()
    if group is None or cohort is None or group.state is not GroupState.OPEN or cohort.state is CohortState.CLOSED:
        await tx.save_life(replace(life, next_at=None))
        return set()
    if cohort.state is CohortState.PAUSED:
        await tx.save_life(replace(life, next_at=now + cohort.pace.real_span(timedelta(days=1))))
        return set()
    lanes: set[str] = set()
    if life.next_at == life.begun_at:
        lanes |= await _first(parts, tx, group, cohort, now)
    lanes |= await _votes(tx, group, cohort, now)
    lanes |= await _splits(tx, group, now)
    week = week_of_group(group.slot, cohort)
    life, more = await _starters(parts, tx, life, group, cohort, week, now)
    lanes |= more
    life, more = await _question(tx, life, group, cohort, week, now)
    lanes |= more
    meeting, starters = await tx.open_meeting(group.id), await tx.starters(group.id)
    await tx.save_life(replace(life, next_at=_next(life, cohort, week, meeting, starters, now)))
    return lanes


async def _first(parts: Parts, tx: Tx, group: StudyGroup, cohort: Cohort, now: datetime) -> set[str]:
    meeting = await propose(parts, tx, group, cohort, now)
    facts = {"meeting": meeting.id} if meeting else {}
    return await tell_group(tx, group, "first", now, content=facts)


async def _votes(tx: Tx, group: StudyGroup, cohort: Cohort, now: datetime) -> set[str]:
    meeting = await tx.open_meeting(group.id)
    if meeting is None or meeting.decide_at is None:
        return set()
    if meeting.decide_at <= now or await all_voted(tx, group, meeting):
        return await decide(tx, group, cohort, meeting, now)
    return set()


async def _splits(tx: Tx, group: StudyGroup, now: datetime) -> set[str]:
    lanes: set[str] = set()
    for starter in await tx.starters(group.id):
        if starter.reveal_at is not None and starter.reveal_at <= now:
            lanes |= await reveal(tx, group, starter, now)
    return lanes


async def _starters(
    parts: Parts, tx: Tx, life: GroupLife, group: StudyGroup, cohort: Cohort, week: Week, now: datetime
) -> tuple[GroupLife, set[str]]:
    """On the group's day: the starters of lessons that began since the last one, the newest first dropped last."""
    course_now = cohort.pace.to_course(now)
    if _starters_moment(life, cohort, week) > course_now:
        return life, set()
    since = _since(life, cohort, week)
    lanes: set[str] = set()
    for known in (await waiting_starters(parts, tx, group, cohort, now, since))[-A_DAY:]:
        lanes |= await bring(tx, group, known, now)
    return replace(life, starters_on=local_day(week, course_now)), lanes


def _since(life: GroupLife, cohort: Cohort, week: Week) -> datetime | None:
    if life.starters_on is None:
        return None
    return cohort.pace.to_real(resolve(life.starters_on, week.starters, week.zone))


def _starters_moment(life: GroupLife, cohort: Cohort, week: Week) -> datetime:
    """In course time."""
    after = cohort.pace.to_course(life.begun_at)
    if life.starters_on is not None:
        after = max(after, resolve(life.starters_on + timedelta(days=1), time(), week.zone))
    return next_on_day(week, week.starters, after)


async def _question(
    tx: Tx, life: GroupLife, group: StudyGroup, cohort: Cohort, week: Week, now: datetime
) -> tuple[GroupLife, set[str]]:
    """Ask whether the group met: after its meeting, or on its day. Then the next one hosts."""
    meeting = await tx.open_meeting(group.id)
    if _question_moment(life, cohort, week, meeting) > cohort.pace.to_course(now):
        return life, set()
    if meeting is not None and meeting.state is MeetingState.PLANNED:
        await tx.save_meeting(replace(meeting, state=MeetingState.OVER, options=(), decide_at=None, changed_at=now))
    asked = local_day(week, cohort.pace.to_course(now))
    lanes = await hand_over(tx, group, now)
    group = await tx.study_group(group.id) or group
    lanes |= await tell_group(tx, group, f"met/{asked}", now, content={"asked": asked.isoformat()})
    return replace(life, asked_on=asked), lanes


def _question_moment(life: GroupLife, cohort: Cohort, week: Week, meeting: Meeting | None) -> datetime:
    """In course time."""
    if meeting is not None and meeting.at is not None:
        meeting = replace(meeting, at=cohort.pace.to_course(meeting.at))
    return next_question(week, cohort.pace.to_course(life.begun_at), life.asked_on, meeting)


def _next(
    life: GroupLife,
    cohort: Cohort,
    week: Week,
    meeting: Meeting | None,
    starters: Sequence[Starter],
    now: datetime,
) -> datetime:
    """The next moment (real) at which there is something to do; always later than now."""
    found = [
        cohort.pace.to_real(_starters_moment(life, cohort, week)),
        cohort.pace.to_real(_question_moment(life, cohort, week, meeting)),
        *(each.reveal_at for each in starters if each.reveal_at is not None),
    ]
    if meeting is not None and meeting.decide_at is not None:
        found.append(meeting.decide_at)
    return max(min(found), now + timedelta(seconds=1))


# --- the host -----------------------------------------------------------------------------------------------


async def hand_over(tx: Tx, group: StudyGroup, now: datetime, to: int | None = None) -> set[str]:
    """The next one hosts, or the member named; the one before has hosted once more. Returns the lanes to wake."""
    members = (await tx.members([group.id]))[group.id]
    following = to if to is not None else next_host(members, group.host)
    if following is None or following == group.host:
        return set()
    before = next((each for each in members if each.enrolment_id == group.host), None)
    if before is not None:
        await tx.save_member(replace(before, hosted=before.hosted + 1))
    await tx.save_group(replace(group, host=following))
    return await show_anew(tx, group, "roster", now)


# --- facilitators -------------------------------------------------------------------------------------------


async def tell_facilitators(tx: Tx, cohort_id: int, now: datetime) -> set[str]:
    """Owe the weekly card to the cohort's facilitators; where there are none, to whoever created it."""
    cohort = await tx.cohort(cohort_id)
    if cohort is None or cohort.state is CohortState.CLOSED:
        await tx.watch(cohort_id, None)
        return set()
    await tx.watch(cohort_id, next_card(cohort, now))
    people = [role.person_id for role in await tx.roles_in(cohort.lane, cohort.id) if role.name is RoleName.FACILITATOR]
    day = cohort.pace.to_course(now).astimezone(zone_of(cohort.zone)).date()
    lanes: set[str] = set()
    for person_id in dict.fromkeys(people or ([cohort.created_by] if cohort.created_by else [])):
        addresses = await tx.addresses(person_id)
        here = [each for each in addresses if each.lane == cohort.lane] or list(addresses)
        for address in here[:1]:
            row = NewDelivery(
                key=f"health/{cohort.id}/{day}/{person_id}",
                kind=Kind.ALERT,
                address=address,
                due_at=now,
                state=DeliveryState.READY,
                not_before=now,
                cohort_id=cohort.id,
                person_id=person_id,
                priority=Priority.TIMELY,
            )
            await tx.add_deliveries([row])
            lanes.add(address.lane)
    return lanes
