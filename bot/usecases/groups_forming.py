"""Forming study groups: a proposal that nobody is told of, then exactly these groups.

Both are jobs: who waits is read, the division is computed in a thread beside the event loop, and the result is stored
in steps. A job that was cut goes on at the next start: groups have numbers that were fixed before the first was made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.errors import Slip
from bot.messages.blocks import Message, Reply
from bot.messages.groups_admin import GroupsView, being_formed
from bot.messages.groups_proposal import NAMED, PlanView, page_of, proposal, working
from bot.model.cohort import Cohort, CohortState
from bot.model.commands_groups import FormGroups, PreviewGroups
from bot.model.delivery import DeliveryState
from bot.model.groups import GroupPlan, GroupRoom, GroupState, NewGroup, RoomState
from bot.model.people import Person
from bot.model.work import Job, JobRow, JobState
from bot.ports import Tx
from bot.rules.forming import form as divide
from bot.rules.group_rooms import usual_slot
from bot.usecases.context import Parts, Report, Who
from bot.usecases.groups_people import crowd, language_of, member_views, typical_monday, waiting, work_week
from bot.usecases.looking import log
from bot.usecases.progress import show_progress
from bot.usecases.who import HERE, cohort_named, need_facilitator

PREVIEW, FORM = "groups-preview", "groups-form"
KINDS = frozenset({PREVIEW, FORM})
CHUNK = 50
"""So many groups are made in one transaction."""
FIRST_SEED = 1
_NEW, _MADE, _CHANGED = "new", "made", "changed"
"""What has become of a job: its one row says it. `wanted` is the seed of a proposal, or the number of the first group
once forming began."""


async def preview(parts: Parts, tx: Tx, who: Who, command: PreviewGroups) -> Reply:
    """Propose groups: answered at once, the result follows as a message. Or look at another page of the last one."""
    cohort = await _open_cohort(parts, tx, who, command.cohort, "cohort groups preview")
    plan = await tx.group_plan(cohort.id)
    if command.page is not None and plan is not None:
        return Reply(say=proposal(await plan_view(tx, cohort, plan, who.person, parts, page=command.page), who.t))
    if await _being_formed(tx, cohort):
        return Reply(say=working(cohort, 0, who.t, forming=True))
    seed = command.seed or (plan.seed if plan else FIRST_SEED)
    return await _propose(parts, tx, who, cohort, seed)


async def form_groups(parts: Parts, tx: Tx, who: Who, command: FormGroups) -> Reply:
    """Make what the last proposal showed; where there is none yet, propose first."""
    cohort = await _open_cohort(parts, tx, who, command.cohort, "cohort groups form")
    plan = await tx.group_plan(cohort.id)
    if await _being_formed(tx, cohort):
        return Reply(say=working(cohort, 0, who.t, forming=True))
    if plan is None or plan.formed_at is not None:
        return await _propose(parts, tx, who, cohort, plan.seed if plan else FIRST_SEED)
    await tx.add_job(_job(who, cohort, FORM), [""])
    people = sum(len(group.people) for group in plan.forming.groups)
    await log(tx, who, "cohort.groups-form", cohort, people=people, groups=len(plan.forming.groups))
    return Reply(say=working(cohort, people, who.t, forming=True), close=True)


async def _open_cohort(parts: Parts, tx: Tx, who: Who, name: str | None, example: str) -> Cohort:
    cohort = await cohort_named(parts, tx, who, name, example=example)
    need_facilitator(who, cohort)
    if cohort.state is CohortState.CLOSED:
        raise Slip("This cohort is closed; no groups can be formed.", example=f"cohort status {cohort.name}")
    return cohort


async def _being_formed(tx: Tx, cohort: Cohort) -> bool:
    for job in await tx.open_jobs():
        if job.kind == FORM and job.cohort_id == cohort.id and await tx.job_rows(job.id, {_NEW}, 1):
            return True
    return False


async def _propose(parts: Parts, tx: Tx, who: Who, cohort: Cohort, seed: int) -> Reply:
    people = await tx.count_without_group(cohort.id)
    if not people and await tx.study_groups(cohort.id, {GroupState.OPEN}):
        raise Slip("Everybody who said yes is in a group.", example=f"cohort groups {cohort.name}")
    if not people:
        raise Slip("Nobody has answered “still in?” with yes yet.", example=f"cohort status {cohort.name}")
    await tx.add_job(_job(who, cohort, PREVIEW), [str(seed)])
    return Reply(say=working(cohort, people, who.t, forming=False), close=True)


def _job(who: Who, cohort: Cohort, kind: str) -> Job:
    return Job(0, kind, JobState.WORKING, cohort.id, who.person.id, who.caller.address, who.now)


# --- in the background --------------------------------------------------------------------------------------


@dataclass
class Forming:
    """The jobs under way in this process, each a task. `wake` is told the lanes that have something to send."""

    parts: Parts
    report: Report
    wake: Callable[[set[str]], None]
    tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)

    def begin(self, job: Job) -> None:
        """Go on with a job, unless it is under way."""
        if job.id not in self.tasks:
            task = asyncio.get_running_loop().create_task(self._advance(job), name=f"job {job.id}")
            self.tasks[job.id] = task
            task.add_done_callback(lambda _: self.tasks.pop(job.id, None))

    async def idle(self) -> None:
        while self.tasks:
            await asyncio.gather(*self.tasks.values(), return_exceptions=True)
            await asyncio.sleep(0)

    async def stop(self) -> None:
        """Give up what is under way; it goes on at the next start."""
        tasks = list(self.tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _advance(self, job: Job) -> None:
        try:
            await advance(self.parts, job)
        except Exception as error:
            self.report("job_broke", job=job.id, error=type(error).__name__, exc_info=error)
        self.wake({job.address.lane})


async def advance(parts: Parts, job: Job) -> None:
    """Whatever a job needs next. The division is computed outside of transactions and beside the event loop."""
    async with parts.store.reading() as tx:
        cohort = await tx.cohort(job.cohort_id)
        row = next(iter(await tx.job_rows(job.id, {_NEW, _MADE}, 1)), None)
    if cohort is None or row is None or cohort.state is CohortState.CLOSED:
        async with parts.store.transaction() as tx:
            await tx.save_job(replace(job, state=JobState.CANCELLED))
    elif row.status == _MADE:
        await _until_rooms(parts, job, cohort)
    elif job.kind == FORM and row.wanted:
        await _make(parts, job, cohort, row)
    else:
        await _begin(parts, job, cohort, row)


async def _begin(parts: Parts, job: Job, cohort: Cohort, row: JobRow) -> None:
    """Read who waits. A proposal is computed; forming goes on where the last proposal is about the same people."""
    async with parts.store.reading() as tx:
        plan = await tx.group_plan(cohort.id)
        around = await crowd(tx, cohort, await waiting(tx, cohort), parts.clock())
    same = plan is not None and plan.people == around.fingerprint and plan.formed_at is None
    if job.kind == FORM and same:
        await _fix_numbers(parts, job, cohort, row)
        return
    seed = int(row.wanted) if row.wanted else plan.seed if plan else FIRST_SEED
    forming = await asyncio.to_thread(divide, around.candidates, around.terms, seed)
    now = parts.clock()
    async with parts.store.transaction() as tx:
        current = await tx.job(job.id)
        if current is not None and current.state is JobState.WORKING:
            await tx.save_group_plan(GroupPlan(cohort.id, seed, now, around.fingerprint, forming))
            await tx.save_job_rows([replace(row, status=_CHANGED if job.kind == FORM else _MADE)])
            await _show(tx, current, now, JobState.DONE)


async def _fix_numbers(parts: Parts, job: Job, cohort: Cohort, row: JobRow) -> None:
    """From here on these groups are made with these numbers, however often the work is cut."""
    now = parts.clock()
    async with parts.store.transaction() as tx:
        plan = await tx.group_plan(cohort.id)
        if plan is None or plan.formed_at is not None:
            return
        first = max((group.number for group in await tx.study_groups(cohort.id)), default=0) + 1
        begun = replace(row, wanted=str(first))
        await tx.save_job_rows([begun])
        await tx.save_group_plan(replace(plan, formed_at=now))
    await _make(parts, job, cohort, begun)


async def _make(parts: Parts, job: Job, cohort: Cohort, row: JobRow) -> None:
    """The groups of the plan, some at a time, with the rooms that they want; then the message about them."""
    now = parts.clock()
    async with parts.store.reading() as tx:
        plan = await tx.group_plan(cohort.id)
        ids = [each for group in plan.forming.groups for each in group.people] if plan else []
        enrolments = await tx.enrolments(ids)
        known = await tx.people({each.person_id for each in enrolments.values()})
    people = {each.id: known[each.person_id] for each in enrolments.values() if each.person_id in known}
    monday = typical_monday(cohort, now)
    groups: list[NewGroup] = []
    if plan is not None:
        groups = await asyncio.to_thread(new_groups, cohort, plan, people, int(row.wanted), monday)
    for start in range(0, len(groups), CHUNK):
        async with parts.store.transaction() as tx:
            await _make_some(tx, cohort, groups[start : start + CHUNK], now)
    async with parts.store.transaction() as tx:
        current = await tx.job(job.id)
        if current is not None and current.state is JobState.WORKING:
            await tx.save_job_rows([replace(row, status=_MADE)])
            await _show(tx, current, now, JobState.WORKING)


def new_groups(
    cohort: Cohort, plan: GroupPlan, people: Mapping[int, Person], first: int, monday: date
) -> list[NewGroup]:
    """The groups of a plan with their numbers, language, usual time and first host, whose turn goes round."""
    made = []
    for number, group in enumerate(plan.forming.groups, first):
        there = [each for each in group.people if each in people]
        if not there:
            continue
        host = number % len(there)
        language = language_of(group.languages, [people[each].language for each in there])
        slot = usual_slot([work_week(people[each], cohort) for each in there], monday)
        parts = {wish.value: part for wish, part in group.parts.items()}
        made.append(NewGroup(number, language, (*there[host:], *there[:host]), slot, parts))
    return made


async def _make_some(tx: Tx, cohort: Cohort, groups: Sequence[NewGroup], now: datetime) -> None:
    """Make these groups of whoever is still in the cohort, and want their rooms."""
    enrolments = await tx.enrolments([each for group in groups for each in group.people])
    inside = {number: each for number, each in enrolments.items() if each.state in HERE and each.ready}
    left = [replace(group, people=tuple(each for each in group.people if each in inside)) for group in groups]
    made = await tx.add_groups(cohort.id, left, now)
    members = await tx.members([group.id for group in made])
    lanes = {number: {inside[each.enrolment_id].address.lane for each in some} for number, some in members.items()}
    rooms = [
        GroupRoom(number, lane, RoomState.WANTED, work_at=now)
        for number, some in lanes.items()
        for lane in sorted(some)
    ]
    await tx.add_rooms(rooms)


async def _until_rooms(parts: Parts, job: Job, cohort: Cohort) -> None:
    """The message shows rooms as they are opened; with the last of them the job is done."""
    now = parts.clock()
    async with parts.store.transaction() as tx:
        counts = await tx.room_counts(cohort.id)
        wanted = sum(n for (state, _), n in counts.items() if state is RoomState.WANTED)
        current = await tx.job(job.id)
        report = await tx.delivery(job.report) if job.report else None
        shown = report is None or report.state in (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.WAIVED)
        if current is None or current.state is not JobState.WORKING or wanted or not shown:
            return
        if job.report:
            await tx.want_refresh(job.report, now)
        await tx.save_job(replace(current, state=JobState.DONE))


async def _show(tx: Tx, job: Job, now: datetime, state: JobState) -> None:
    """Owe the message about a job to whoever started it."""
    await show_progress(tx, replace(job, state=state), now)


# --- what the message says ----------------------------------------------------------------------------------


async def job_message(parts: Parts, tx: Tx, job: Job, cohort: Cohort, person: Person) -> Message | None:
    """The proposal, or how far groups and rooms are; None when there is nothing to say any more."""
    t = parts.t(person.language)
    counts = await tx.job_counts(job.id)
    if job.kind == PREVIEW or counts.get(_CHANGED):
        plan = await tx.group_plan(cohort.id)
        if plan is None:
            return None
        return proposal(await plan_view(tx, cohort, plan, person, parts, changed=bool(counts.get(_CHANGED))), t)
    groups = await tx.study_groups(cohort.id, {GroupState.OPEN})
    rooms, ready = await tx.room_counts(cohort.id), await tx.ready_counts(cohort.id)
    view = GroupsView(cohort, (), len(groups), 0, rooms, ready, (), 0, ())
    return being_formed(view, bool(counts.get(_MADE)), t)


async def plan_view(
    tx: Tx, cohort: Cohort, plan: GroupPlan, person: Person, parts: Parts, *, page: int = 1, changed: bool = False
) -> PlanView:
    """A page of a proposal, with the names it needs."""
    t = parts.t(person.language)
    pages = PlanView(cohort, plan, {}).pages
    page = min(max(page, 1), pages)
    wanted = {each for _, group in page_of(plan.forming.groups, page) for each in group.people}
    for why in set(plan.forming.left.values()):
        wanted |= set(sorted(number for number, each in plan.forming.left.items() if each is why)[:NAMED])
    enrolments = await tx.enrolments(wanted)
    names = await member_views(tx, cohort, list(enrolments.values()), t)
    unanswered = (await tx.ready_counts(cohort.id)).get(None, 0)
    return PlanView(cohort, plan, names, page, changed, unanswered)
