"""Enrolling many: a dry run that finds people, a confirmation, and work in steps that survives a restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import Slip
from bot.messages.blocks import Message, Reply
from bot.messages.cohorts import enrol_form, enrol_report
from bot.messages.welcome import notice
from bot.model.cohort import Cohort, CohortState, Enrolment, EnrolmentState
from bot.model.commands import ConfirmEnrol, Enrol
from bot.model.delivery import Kind
from bot.model.people import Address, Person
from bot.ports import Found, Job, JobRow, JobState, NewDelivery, NewEnrolment, Tx
from bot.rules.people_lists import read_people
from bot.usecases.context import Parts, Who, wishes_of
from bot.usecases.looking import log
from bot.usecases.progress import show_progress
from bot.usecases.schedule import first_schedule, open_moment
from bot.usecases.who import cohort_named, need_admin

AT_ONCE = 50
"""So many entries are looked up while the admin waits; longer lists go on in the background."""
CHUNK = 200
AFTER_WELCOME = timedelta(minutes=1)
"""So long after the welcome, in course time, comes a lesson that is due already."""
BREATH = timedelta(seconds=3)
"""However fast a rehearsal runs, the welcome stands in the chat before the first lesson."""
KIND = "enrol"


async def enrol(parts: Parts, tx: Tx, who: Who, command: Enrol) -> Reply:
    """The dry run: who will be enrolled, who is in already, who cannot be found and why."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example="cohort enrol")
    need_admin(who, cohort)
    if cohort.state is CohortState.CLOSED:
        raise Slip("This cohort is closed; nobody can be enrolled.", example="cohort create culture start 2027-01-12")
    pasted = "\n".join(part for part in (command.people, command.file) if part)
    if not pasted.strip():
        if who.caller.pressed and command.people is not None:
            raise Slip("Say whom to enrol.", field="people", example=f"cohort enrol {cohort.name} @ann @ben")
        return Reply(form=enrol_form(cohort, who.t))
    people = read_people(pasted)
    if not people.entries and not people.problems:
        raise Slip("I found nobody in that list.", example=f"cohort enrol {cohort.name} @ann @ben", field="people")
    job = await tx.add_job(_job(who, cohort), [])
    rows = [JobRow(0, job.id, entry.row, entry.token, "new", track=entry.track) for entry in people.entries]
    rows += [
        JobRow(0, job.id, problem.row, "", "missing", who.t.t(problem.reason.text, **problem.reason.values))
        for problem in people.problems
    ]
    await tx.add_job_rows(job.id, rows)
    if len(people.entries) <= AT_ONCE:
        found = who.find([entry.token for entry in people.entries])
        job = await note_found(tx, job, cohort, await tx.job_rows(job.id, {"new"}, AT_ONCE), found, who.now)
    else:
        await show_progress(tx, job, who.now)
        who.wake.add(who.lane)
        line = who.t.line_n(
            "Looking up {n} person. A message shows how far it is.",
            "Looking up {n} people. A message shows how far it is.",
            len(people.entries),
        )
        return Reply(say=notice(who.t, who.t.t("Enrolling in {cohort}", cohort=cohort.name), line), close=True)
    return Reply(say=await job_message(parts, tx, job, cohort, who.person), close=True)


def _job(who: Who, cohort: Cohort) -> Job:
    return Job(0, KIND, JobState.LOOKING, cohort.id, who.person.id, who.caller.address, who.now)


async def confirm(parts: Parts, tx: Tx, who: Who, command: ConfirmEnrol) -> Reply:
    """Enrol everybody who was found; or take that back as long as nothing was sent."""
    job = await tx.job(command.job)
    cohort = await tx.cohort(job.cohort_id) if job else None
    if job is None or cohort is None or job.kind != KIND:
        raise Slip("There is no such list any more.", example="cohort")
    if cohort.lane != who.lane and who.lane not in cohort.open_to:
        raise Slip("There is no such list any more.", example="cohort")
    need_admin(who, cohort)
    if command.undo:
        return await _undo(parts, tx, who, job, cohort)
    if cohort.state is CohortState.CLOSED:
        raise Slip("This cohort is closed; nobody can be enrolled.", example="cohort create culture start 2027-01-12")
    if job.state is JobState.ASKING:
        job = replace(job, state=JobState.WORKING)
        await tx.save_job(job)
        counts = await tx.job_counts(job.id)
        await log(tx, who, "cohort.enrol", cohort, people=counts.get("found", 0), job=job.id)
        if counts.get("found", 0) <= AT_ONCE:
            job = await work(parts, tx, job, cohort, who.now, AT_ONCE)
            who.wake.add(cohort.lane)
    message = await job_message(parts, tx, job, cohort, who.person)
    return Reply(replace=message, say=None if who.caller.pressed else message)


async def _undo(parts: Parts, tx: Tx, who: Who, job: Job, cohort: Cohort) -> Reply:
    if job.state is not JobState.DONE:
        raise Slip("There is nothing to take back.", example=f"cohort status {cohort.name}")
    removed = 0
    while rows := await tx.job_rows(job.id, {"done"}, CHUNK):
        mine = [await tx.enrolment_of(cohort.id, row.person_id) for row in rows if row.person_id]
        removed += await tx.remove_enrolments([e.id for e in mine if e])
        await tx.save_job_rows([replace(row, status="undone") for row in rows])
    job = replace(job, state=JobState.CANCELLED)
    await tx.save_job(job)
    await log(tx, who, "cohort.enrol-undo", cohort, people=removed, job=job.id)
    t = who.t
    line = t.line_n(
        "{n} enrolment was taken back. People who got a message already stay in.",
        "{n} enrolments were taken back. People who got a message already stay in.",
        removed,
    )
    message = notice(t, t.t("Taken back"), line)
    return Reply(replace=message, say=None if who.caller.pressed else message)


async def advance(parts: Parts, job: Job, now: datetime) -> None:
    """One step of a job in the background. The platform is asked between transactions, never inside one."""
    async with parts.store.reading() as tx:
        cohort = await tx.cohort(job.cohort_id)
        rows = await tx.job_rows(job.id, {"new"}, CHUNK) if job.state is JobState.LOOKING else ()
    platform = parts.platform_of(job.address)
    found: Sequence[Found] = ()
    if rows and platform is not None:
        found = await platform.find_people(job.address.workspace, [row.wanted for row in rows])
    async with parts.store.transaction() as tx:
        current = await tx.job(job.id)
        if cohort is None or platform is None:
            await tx.save_job(replace(job, state=JobState.CANCELLED))
        elif current is not None and current.state is JobState.LOOKING:
            await note_found(tx, current, cohort, rows, found, now)
        elif current is not None and current.state is JobState.WORKING:
            await work(parts, tx, current, cohort, now, CHUNK)
        if job.report:
            await tx.want_refresh(job.report, now)


async def note_found(
    tx: Tx, job: Job, cohort: Cohort, rows: Sequence[JobRow], found: Sequence[Found], now: datetime
) -> Job:
    """Write down who was found; a group or room becomes one row per person. With nothing left, ask the admin."""
    if rows:
        await _store_found(tx, job, cohort, rows, found, now)
    if not await tx.job_rows(job.id, {"new"}, 1):
        job = replace(job, state=JobState.ASKING)
        await tx.save_job(job)
    return job


async def _store_found(
    tx: Tx, job: Job, cohort: Cohort, rows: Sequence[JobRow], found: Sequence[Found], now: datetime
) -> None:
    by_word: dict[str, list[Found]] = {}
    for each in found:
        by_word.setdefault(each.wanted, []).append(each)
    people = [(f.address, f.profile) for f in found if f.address is not None and not f.reason]
    ids = await tx.add_people(people, now)
    taken = {row.person_id for row in await tx.job_rows(job.id, {"found", "already"}, 1_000_000)}
    changed: list[JobRow] = []
    extra: list[JobRow] = []
    for row in rows:
        hits = by_word.get(row.wanted) or [Found(row.wanted, reason="unknown")]
        for place, hit in enumerate(hits):
            base = replace(row, wanted=hit.wanted)
            state = await _row_for(tx, cohort, base, hit, ids, taken)
            (changed if place == 0 else extra).append(state)
    await tx.save_job_rows(changed)
    await tx.add_job_rows(job.id, extra)


async def _row_for(
    tx: Tx, cohort: Cohort, row: JobRow, hit: Found, ids: Mapping[Address, int], taken: set[int | None]
) -> JobRow:
    if hit.reason or hit.address is None:
        return replace(row, status="missing", reason=hit.reason or "unknown")
    person_id = ids[hit.address]
    if person_id in taken:
        return replace(row, status="repeated", person_id=person_id, address=hit.address, wanted="")
    taken.add(person_id)
    known = await tx.enrolment_of(cohort.id, person_id)
    inside = known is not None and known.state is not EnrolmentState.LEFT
    status = "already" if inside else "found"
    return replace(row, status=status, person_id=person_id, address=hit.address, wanted="")


async def work(parts: Parts, tx: Tx, job: Job, cohort: Cohort, now: datetime, limit: int) -> Job:
    """Enrol the next people that were found. People of a running cohort get their welcome within their window."""
    if cohort.state is CohortState.CLOSED:
        job = replace(job, state=JobState.CANCELLED)
        await tx.save_job(job)
        return job
    rows = await tx.job_rows(job.id, {"found"}, limit)
    launched = cohort.state is not CohortState.DRAFT
    state = EnrolmentState.ACTIVE if launched else EnrolmentState.ENROLLED
    people = await tx.people({row.person_id for row in rows if row.person_id})
    course = parts.course_of(cohort)
    tracks = {track.id for track in course.tracks}
    new = [
        NewEnrolment(row.person_id, row.address, job.actor_id, state, row.track if row.track in tracks else None)
        for row in rows
        if row.person_id and row.address
    ]
    added = set(await tx.add_enrolments(cohort.id, new, now))
    for row in rows:
        if row.person_id is None or row.address is None or row.person_id not in people:
            continue
        enrolment = await tx.enrolment_of(cohort.id, row.person_id)
        back = enrolment is not None and enrolment.state is EnrolmentState.LEFT
        if enrolment is not None and (back or (launched and enrolment.id in added)):
            await _place(parts, tx, cohort, enrolment, people[row.person_id], row, job, now)
    await tx.save_job_rows([replace(row, status="done", wanted="") for row in rows])
    if not await tx.job_rows(job.id, {"found"}, 1):
        job = replace(job, state=JobState.DONE)
        await tx.save_job(job)
    return job


async def _place(
    parts: Parts, tx: Tx, cohort: Cohort, enrolment: Enrolment, person: Person, row: JobRow, job: Job, now: datetime
) -> None:
    launched = cohort.state is not CohortState.DRAFT
    state = EnrolmentState.ACTIVE if launched else EnrolmentState.ENROLLED
    again = enrolment.state is EnrolmentState.LEFT
    address = row.address or enrolment.address
    placed = replace(enrolment, state=state, address=address, ready=None, added_by=job.actor_id)
    if launched:
        placed = await first_schedule(parts, tx, cohort, placed, person, now)
        at = open_moment(parts, cohort, wishes_of(person, cohort), now)
        welcome = NewDelivery(
            key=f"e{enrolment.id}/welcome/{job.id}" if again else f"e{enrolment.id}/welcome",
            kind=Kind.WELCOME,
            address=address,
            due_at=at,
            not_before=at,
            cohort_id=cohort.id,
            enrolment_id=enrolment.id,
            person_id=person.id,
        )
        await tx.add_deliveries([welcome])
        earliest = at + max(cohort.pace.real_span(AFTER_WELCOME), BREATH)
        if placed.next_due_at is not None and placed.next_due_at < earliest:
            placed = replace(placed, next_due_at=earliest)
    await tx.save_enrolment(placed)


async def job_message(parts: Parts, tx: Tx, job: Job, cohort: Cohort, person: Person) -> Message:
    """How far a job is."""
    counts = await tx.job_counts(job.id)
    missing = await tx.job_rows(job.id, {"missing"}, 20)
    return enrol_report(job, cohort, counts, missing, parts.t(person.language))
