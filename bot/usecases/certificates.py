"""What admins do with the certificates of a cohort: look, issue to all, reissue after a change of name, take back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.errors import Slip
from bot.messages import recognition as words
from bot.messages.blocks import File, Message, Reply
from bot.model.cohort import Cohort, Enrolment, EnrolmentState
from bot.model.commands import Certificates
from bot.model.delivery import DeliveryState, Kind, Priority
from bot.model.people import Address, Person
from bot.model.recognition import Credential, Revoked
from bot.ports import Job, JobRow, JobState, NewDelivery, Tx
from bot.rules.exports import to_csv
from bot.usecases.context import Parts, Who
from bot.usecases.looking import log
from bot.usecases.progress import show_progress
from bot.usecases.recognition import certificate_of, issue_to, reissue
from bot.usecases.who import cohort_named, need_admin

KIND = "certificates"
_GOING = frozenset({DeliveryState.READY, DeliveryState.SENDING, DeliveryState.RETRY, DeliveryState.UNKNOWN})
CHUNK = 100
PAGE = 500
EXAMPLE = "cohort certificates"


async def certificates(parts: Parts, tx: Tx, who: Who, command: Certificates) -> Reply:
    """Look at them, or do something with them."""
    cohort = await cohort_named(parts, tx, who, command.cohort, example=EXAMPLE)
    need_admin(who, cohort)
    if command.file:
        return await _list(tx, who, cohort)
    match command.act:
        case "issue":
            return await _issue(parts, tx, who, cohort)
        case "reissue" | "revoke":
            return await _one(parts, tx, who, cohort, command)
    counts = await tx.credential_counts(cohort.id)
    return Reply(say=words.cohort_certificates(cohort, parts.course_of(cohort), counts, who.t))


async def _list(tx: Tx, who: Who, cohort: Cohort) -> Reply:
    """Everything issued, as a table."""
    t, rows, after = who.t, [], 0
    while page := await tx.credentials_in(cohort.id, after=after, limit=PAGE):
        after = page[-1].enrolment_id
        rows += [words.list_row(each, t) for each in page]
    await log(tx, who, "certificates.export", cohort)
    file = File(f"{cohort.name}-certificates.csv", "text/csv", to_csv(words.list_header(t), rows), t.t("Certificates"))
    return Reply(file=file, notice=t.t("Your file is ready."))


# --- a batch ----------------------------------------------------------------------------------------------------


async def _issue(parts: Parts, tx: Tx, who: Who, cohort: Cohort) -> Reply:
    """To everybody who is due, in steps; a message shows how far it is."""
    job = await begin(tx, cohort, who.person.id, who.caller.address, who.now)
    await show_progress(tx, job, who.now)
    who.wake.add(who.lane)
    await log(tx, who, "certificates.issue", cohort, job=job.id)
    return Reply(notice=who.t.t("Certificates are being issued. A message shows how far it is."), close=True)


async def begin(tx: Tx, cohort: Cohort, actor: int, address: Address, now: datetime) -> Job:
    """A batch for everybody in the cohort, to be done in the background."""
    job = await tx.add_job(Job(0, KIND, JobState.WORKING, cohort.id, actor, address, now), [])
    after = number = 0
    while page := await tx.enrolments_in(cohort.id, after_id=after, limit=PAGE):
        after = page[-1].id
        rows = [
            JobRow(0, job.id, number + place, "", "found", person_id=each.person_id)
            for place, each in enumerate(page, 1)
            if each.state is not EnrolmentState.LEFT
        ]
        number += len(page)
        await tx.add_job_rows(job.id, rows)
    return job


async def advance(parts: Parts, job: Job, now: datetime) -> None:
    """The next people of a batch. Each is done for good: a batch that was cut goes on where it stood."""
    async with parts.store.transaction() as tx:
        current, cohort = await tx.job(job.id), await tx.cohort(job.cohort_id)
        if current is None or current.state is not JobState.WORKING or cohort is None:
            return
        await step(parts, tx, current, cohort, now)


async def step(parts: Parts, tx: Tx, job: Job, cohort: Cohort, now: datetime) -> None:
    """The next `CHUNK` people of a batch."""
    rows = await tx.job_rows(job.id, {"found"}, CHUNK)
    people = await tx.people({row.person_id for row in rows if row.person_id})
    done = [await _row(parts, tx, cohort, row, people.get(row.person_id or 0), now) for row in rows]
    await tx.save_job_rows(done)
    shown = not job.report or await tx.want_refresh(job.report, now)
    if len(rows) < CHUNK and (shown or not await _on_its_way(tx, job.report)):
        await tx.save_job(replace(job, state=JobState.DONE))


async def _on_its_way(tx: Tx, key: str | None) -> bool:
    """Whether the message that shows progress is being sent: it was composed before this step, and has to be shown
    anew once it stands in the chat."""
    row = await tx.delivery(key) if key else None
    return row is not None and row.state in _GOING


async def _row(parts: Parts, tx: Tx, cohort: Cohort, row: JobRow, person: Person | None, now: datetime) -> JobRow:
    enrolment = await tx.enrolment_of(cohort.id, person.id) if person else None
    if person is None or enrolment is None:
        return replace(row, status="missing", reason="unknown")
    there = await certificate_of(tx, enrolment.id)
    issued = await issue_to(parts, tx, cohort, enrolment, person, now)
    return replace(row, status="already" if there else "done" if issued else "missing", reason="")


async def job_message(parts: Parts, tx: Tx, job: Job, cohort: Cohort, person: Person) -> Message:
    return words.batch(job, cohort, await tx.job_counts(job.id), parts.t(person.language))


# --- one certificate --------------------------------------------------------------------------------------------


async def _one(parts: Parts, tx: Tx, who: Who, cohort: Cohort, command: Certificates) -> Reply:
    t = who.t
    if not command.person or (command.act == "revoke" and not (command.reason or "").strip()):
        return Reply(form=words.certificate_form(cohort, command, t))
    enrolment, person = await _person(tx, who, cohort, command.person)
    kept = await certificate_of(tx, enrolment.id)
    if kept is None:
        raise Slip("This person has no certificate in this cohort.", example=f"{EXAMPLE} {cohort.name}", field="person")
    if command.act == "reissue":
        return await _reissued(tx, who, cohort, enrolment, person, kept)
    reason = (command.reason or "").strip()[: words.LONGEST_REASON]
    if not command.confirmed:
        return Reply(say=words.revoke_question(cohort, command, t))
    await tx.revoke_credential(kept.id, Revoked.WITHDRAWN, reason, who.now)
    await log(tx, who, "certificates.revoke", cohort, credential=kept.id, person=person.id)
    message = words.revoked(cohort, t)
    return Reply(replace=message, say=None if who.caller.pressed else message, close=True)


async def _reissued(tx: Tx, who: Who, cohort: Cohort, enrolment: Enrolment, person: Person, kept: Credential) -> Reply:
    fresh = await reissue(tx, kept, person.name, who.now.replace(microsecond=0))
    delivery = NewDelivery(
        key=f"e{enrolment.id}/certificate/{fresh.id}",
        kind=Kind.CERTIFICATE,
        address=enrolment.address,
        due_at=who.now,
        state=DeliveryState.READY,
        not_before=who.now,
        cohort_id=cohort.id,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        priority=Priority.ASKED,
    )
    await tx.add_deliveries([delivery])
    who.wake.add(enrolment.address.lane)
    await log(tx, who, "certificates.reissue", cohort, credential=fresh.id, before=kept.id, person=person.id)
    message = words.reissued(cohort, who.t)
    return Reply(replace=message, say=None if who.caller.pressed else message, close=True)


async def _person(tx: Tx, who: Who, cohort: Cohort, said: str) -> tuple[Enrolment, Person]:
    hits = [each for each in who.find([said]) if each.address]
    person = await tx.person_at(hits[0].address) if len(hits) == 1 and hits[0].address else None
    enrolment = await tx.enrolment_of(cohort.id, person.id) if person else None
    if person is None or enrolment is None:
        raise Slip(
            "I cannot find “{word}” in this cohort.",
            word=said,
            example=f"{EXAMPLE} {cohort.name} revoke @ann because issued by mistake",
            field="person",
        )
    return enrolment, person
