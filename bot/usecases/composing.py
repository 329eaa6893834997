"""From a claimed delivery to its message: built late, in the person's language, with what is true at that moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.messages.blocks import Message
from bot.messages.cohorts import failures
from bot.messages.groups_admin import groups_card
from bot.messages.groups_health import health_card
from bot.messages.lessons import LessonView
from bot.messages.recognition import certificate_news
from bot.messages.texts import Catalogue
from bot.messages.views import CourseView
from bot.messages.welcome import closing, digest, nudge, ready_check, resumed, welcome
from bot.messages.workspaces import gone, installed
from bot.model.cohort import Cohort, CohortState, Enrolment, EnrolmentState
from bot.model.course import Language
from bot.model.delivery import UNSOLICITED, Delivery, HoldReason, Kind, Priority
from bot.model.people import Person
from bot.model.progress import Completion
from bot.ports import Tx
from bot.rules.budget import WEEK, within
from bot.rules.timebox import smallest_next
from bot.usecases import certificates
from bot.usecases.context import Parts, wishes_of
from bot.usecases.enrolling import job_message
from bot.usecases.groups_composing import compose
from bot.usecases.groups_forming import KINDS
from bot.usecases.groups_forming import job_message as groups_message
from bot.usecases.groups_health import health_view
from bot.usecases.groups_leading import groups_view
from bot.usecases.installing import cohorts_of
from bot.usecases.looking import course_view, lesson_shown, view_of_lesson
from bot.usecases.recognition import certificate_of
from bot.usecases.schedule import FAR, away_until, hold_reason, next_day, open_moment, quiet_reason
from bot.usecases.session_composing import ABOUT_SESSIONS, TO_LEARNERS, Views, session_message, session_message_anew

A_DAY = timedelta(hours=26)
"""No local day is longer, whatever the clocks do."""


@dataclass(frozen=True, slots=True)
class Send:
    """Post this message (or show it anew, for a refresh)."""

    message: Message


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now."""

    reason: HoldReason
    until: datetime


@dataclass(frozen=True, slots=True)
class Waive:
    """Not needed any more."""

    reason: str


Verdict = Send | Hold | Waive


@dataclass
class Composer:
    """Turns batches of claimed deliveries into verdicts."""

    parts: Parts

    async def verdicts(self, tx: Tx, rows: Sequence[Delivery], now: datetime) -> dict[int, Verdict | Exception]:
        """One verdict per delivery; an exception stands for one whose message could not be built."""
        batch = await Batch.load(tx, rows, now)
        verdicts: dict[int, Verdict | Exception] = {}
        for row in sorted(rows, key=lambda row: row.due_at):
            try:
                verdicts[row.id] = await self._verdict(tx, row, batch, now)
            except Exception as error:
                verdicts[row.id] = error
        return verdicts

    async def anew(self, tx: Tx, row: Delivery, now: datetime) -> Message | None:
        """The message of a delivery that was sent, as it is now."""
        batch = await Batch.load(tx, [row], now)
        enrolment, person = batch.enrolments.get(row.enrolment_id or 0), batch.people.get(row.person_id or 0)
        cohort = batch.cohorts.get(row.cohort_id or 0)
        if row.kind is Kind.LESSON and person is not None:
            view, _ = await view_of_lesson(self.parts, tx, row, person)
            return lesson_shown(self.parts, view, self.parts.t(person.language))
        if row.kind in ABOUT_SESSIONS and person is not None:
            return await session_message_anew(self.parts, tx, row, person, batch.sessions)
        if row.kind in (Kind.PROGRESS, Kind.ALERT):
            verdict = await self._other(tx, row, batch, now)
        elif row.kind is Kind.GROUP:
            return await self._group_message(tx, row, batch, now)
        elif enrolment is None or cohort is None or person is None:
            return None
        else:
            verdict = await self._around(tx, row, enrolment, cohort, person)
        return verdict.message if isinstance(verdict, Send) else None

    async def _verdict(self, tx: Tx, row: Delivery, batch: Batch, now: datetime) -> Verdict:
        if row.kind in (Kind.REFRESH, Kind.PROGRESS, Kind.ALERT):
            return await self._other(tx, row, batch, now)
        enrolment = batch.enrolments.get(row.enrolment_id or 0)
        cohort = batch.cohorts.get(row.cohort_id or 0)
        person = batch.people.get(row.person_id or 0)
        if row.kind in ABOUT_SESSIONS and row.enrolment_id is None:
            return await self._session(tx, row, person, batch, now)
        if row.kind is Kind.GROUP and row.person_id is None:
            return await self._in_room(tx, row, batch, now)
        if enrolment is None or cohort is None or person is None or enrolment.state is EnrolmentState.LEFT:
            return Waive("left")
        if cohort.state is CohortState.CLOSED and row.kind is not Kind.CLOSING and row.priority is not Priority.ASKED:
            return Waive("closed")
        if row.kind in TO_LEARNERS:
            verdict = await self._session(tx, row, person, batch, now)
            if isinstance(verdict, Waive):
                return verdict
            if row.kind is Kind.SESSION and enrolment.state is EnrolmentState.PAUSED:
                return Waive("paused")
            return self._hold(row, batch, enrolment, cohort, person, now) or verdict
        if hold := self._hold(row, batch, enrolment, cohort, person, now):
            return hold
        if row.kind is Kind.LESSON:
            return Send(await self._lesson(tx, row, batch, enrolment, cohort, person))
        if row.kind is Kind.GROUP:
            message = await self._group_message(tx, row, batch, now)
            return Send(message) if message else Waive("over")
        return await self._around(tx, row, enrolment, cohort, person)

    def _hold(
        self, row: Delivery, batch: Batch, enrolment: Enrolment, cohort: Cohort, person: Person, now: datetime
    ) -> Hold | None:
        """Pauses, days away, quiet hours and the weekly budget, looked at again at the last moment."""
        if row.priority is Priority.ASKED:
            return None
        wishes = wishes_of(person, cohort)
        if enrolment.state is EnrolmentState.PAUSED and row.kind in (Kind.LESSON, Kind.GROUP):
            return Hold(hold_reason(enrolment.pause_reason), FAR)
        if cohort.state is CohortState.PAUSED and row.kind is not Kind.CLOSING:
            return Hold(HoldReason.COHORT, FAR)
        back = away_until(self.parts, cohort, wishes, cohort.pace.to_course(now))
        if back is not None:
            return Hold(HoldReason.LEAVE, back)
        alike = (cohort.id, person.zone, person.window, person.days)
        opens = batch.opens.get(alike)
        if opens is None:
            opens = batch.opens[alike] = open_moment(self.parts, cohort, wishes, now)
        if opens > now:
            return Hold(quiet_reason(self.parts, cohort, wishes, now), opens)
        if row.kind is Kind.LESSON:
            before = batch.lessons.get(enrolment.id)
            if before is not None and (later := next_day(self.parts, cohort, wishes, before, now)):
                return Hold(HoldReason.QUIET, later)
            batch.lessons[enrolment.id] = now
        if not within(row.kind, batch.week.get(person.id, 0), cohort.budget):
            tomorrow = open_moment(self.parts, cohort, wishes, now + cohort.pace.real_span(WEEK / 7))
            return Hold(HoldReason.BUDGET, tomorrow)
        if row.kind in UNSOLICITED:
            batch.week[person.id] = batch.week.get(person.id, 0) + 1
        return None

    async def _in_room(self, tx: Tx, row: Delivery, batch: Batch, now: datetime) -> Verdict:
        """A room has no window of its own: whoever plans a message chooses its moment. Only a paused cohort waits."""
        cohort = batch.cohorts.get(row.cohort_id or 0)
        if cohort is None or (cohort.state is CohortState.CLOSED and row.content.get("what") != "farewell"):
            return Waive("closed")
        if cohort.state is CohortState.PAUSED:
            return Hold(HoldReason.COHORT, FAR)
        message = await self._group_message(tx, row, batch, now)
        return Send(message) if message else Waive("over")

    async def _group_message(self, tx: Tx, row: Delivery, batch: Batch, now: datetime) -> Message | None:
        cohort = batch.cohorts.get(row.cohort_id or 0)
        enrolment, person = batch.enrolments.get(row.enrolment_id or 0), batch.people.get(row.person_id or 0)
        return await compose(self.parts, tx, row, cohort, enrolment, person, now) if cohort else None

    async def _lesson(
        self, tx: Tx, row: Delivery, batch: Batch, enrolment: Enrolment, cohort: Cohort, person: Person
    ) -> Message:
        t = self.parts.t(person.language)
        touched = bool(row.content.get("box")) or any(
            done.lesson_id == row.lesson_id for done in batch.done.get(enrolment.id, ())
        )
        if touched:
            view, _ = await view_of_lesson(self.parts, tx, row, person)
            return lesson_shown(self.parts, view, t)
        edition = row.edition or cohort.edition
        course = self.parts.courses.edition(cohort.course_id, edition)
        lesson = course.lesson(row.lesson_id or "")
        if lesson is None:
            raise LookupError(f"edition {edition} has no lesson {row.lesson_id}")
        view = LessonView(cohort.id, course, lesson, enrolment.track, self.parts.links, plain=person.plain)
        return lesson_shown(self.parts, view, t)

    async def _session(self, tx: Tx, row: Delivery, person: Person | None, batch: Batch, now: datetime) -> Verdict:
        if person is None or not person.known:
            return Waive("gone")
        found = await session_message(self.parts, tx, row, person, batch.sessions, now)
        return Waive(found) if isinstance(found, str) else Send(found)

    async def _around(self, tx: Tx, row: Delivery, enrolment: Enrolment, cohort: Cohort, person: Person) -> Verdict:
        t = self.parts.t(person.language)
        view = await course_view(self.parts, tx, cohort, enrolment, person)
        match row.kind:
            case Kind.WELCOME:
                adder = await tx.person(enrolment.added_by) if enrolment.added_by else None
                other = self.parts.t(Language.FR if t.language is Language.EN else Language.EN)
                return Send(welcome(view, t, adder.name if adder else None, own_wish=False, other=other))
            case Kind.READY_CHECK:
                begun = enrolment.next_lesson != view.course.lessons[0].id
                if enrolment.ready is not None or begun:
                    return Waive("answered")
                return Send(ready_check(view, t))
            case Kind.DIGEST:
                lessons = [view.lessons[lesson_id] for lesson_id in view.waiting]
                return Send(digest(view, lessons, t)) if lessons else Waive("caught up")
            case Kind.NOTICE:
                return Send(resumed(view, t))
            case Kind.CLOSING:
                return Send(closing(view, t, await certificate_of(tx, enrolment.id)))
            case Kind.CERTIFICATE:
                credential = await certificate_of(tx, enrolment.id)
                return Send(certificate_news(view, credential, t)) if credential else Waive("gone")
            case _:
                return self._nudge(view, row, t)

    def _nudge(self, view: CourseView, row: Delivery, t: Catalogue) -> Verdict:
        lesson = view.lessons.get(row.lesson_id or "")
        progress = view.progress.get(row.lesson_id or "")
        if lesson is None or progress is None or progress.done:
            return Waive("done")
        small = smallest_next(lesson.on(view.enrolment.track), progress.done)
        if small is None:
            return Waive("done")
        return Send(nudge(view, lesson, small, int(row.content.get("step", 0)), bool(row.content.get("last")), t))

    async def _other(self, tx: Tx, row: Delivery, batch: Batch, now: datetime) -> Verdict:
        person = batch.people.get(row.person_id or 0)
        if row.kind is Kind.REFRESH:
            original = await tx.delivery(row.key.removeprefix("refresh/"))
            if original is not None and original.kind is Kind.GROUP:
                message = await self._group_message(tx, original, batch, now)
                return Send(message) if message else Waive("over")
            if original is None or person is None:
                return Waive("gone")
            if original.kind is Kind.LESSON:
                view, _ = await view_of_lesson(self.parts, tx, original, person)
                return Send(lesson_shown(self.parts, view, self.parts.t(person.language)))
            if original.kind in ABOUT_SESSIONS:
                shown = await session_message_anew(self.parts, tx, original, person, batch.sessions)
                return Send(shown) if shown is not None else Waive("gone")
            row = original
        if person is None:
            return Waive("gone")
        if row.kind is Kind.PROGRESS:
            job = await tx.job(int(row.content["job"]))
            cohort = await tx.cohort(job.cohort_id) if job else None
            if job is None or cohort is None:
                return Waive("gone")
            if job.kind in KINDS:
                message = await groups_message(self.parts, tx, job, cohort, person)
                return Send(message) if message else Waive("gone")
            message_of = certificates.job_message if job.kind == certificates.KIND else job_message
            return Send(await message_of(self.parts, tx, job, cohort, person))
        return await self._alert(tx, row, person, now)

    async def _alert(self, tx: Tx, row: Delivery, person: Person, now: datetime) -> Verdict:
        t = self.parts.t(person.language)
        if row.key.startswith("installed/"):
            return Send(installed(self.parts.courses.all_latest(), t))
        if row.key.startswith("left/"):
            return Send(gone(str(row.content["name"]), await cohorts_of(tx, str(row.content["lane"])), t))
        cohort = await tx.cohort(row.cohort_id) if row.cohort_id else None
        if cohort is None:
            return Waive("gone")
        if row.key.startswith("health/"):
            view = await health_view(self.parts, tx, cohort, now)
            return Send(health_card(view, t)) if view.groups else Waive("gone")
        if row.key.startswith("wish/"):
            if not await tx.change_wishes(cohort.id):
                return Waive("solved")
            return Send(groups_card(await groups_view(self.parts, tx, person, cohort, now), t))
        rows = await tx.failures(cohort.id, 10)
        if not rows:
            return Waive("solved")
        known = await tx.people({each.person_id for each in rows if each.person_id})
        named = []
        for each in rows:
            who = known.get(each.person_id) if each.person_id else None
            named.append((each, (who.name if who else None) or t.t("Person {n}", n=each.person_id or 0)))
        return Send(failures(cohort, self.parts.course_of(cohort), named, t, self.parts.links))


@dataclass
class Batch:
    """What a batch of deliveries needs, read at once."""

    enrolments: Mapping[int, Enrolment]
    people: Mapping[int, Person]
    cohorts: dict[int, Cohort]
    done: Mapping[int, Sequence[Completion]]
    week: dict[int, int]
    lessons: dict[int, datetime]
    """When each enrolment got its last lesson, if that may have been today."""
    opens: dict[tuple[object, ...], datetime] = field(default_factory=dict)
    """When windows open, by what people have in common."""
    sessions: Views = field(default_factory=dict)

    @classmethod
    async def load(cls, tx: Tx, rows: Sequence[Delivery], now: datetime) -> Batch:
        enrolments = await tx.enrolments({row.enrolment_id for row in rows if row.enrolment_id})
        people = await tx.people({row.person_id for row in rows if row.person_id})
        cohorts: dict[int, Cohort] = {}
        week: dict[int, int] = {}
        for cohort_id in {row.cohort_id for row in rows if row.cohort_id}:
            cohort = await tx.cohort(cohort_id)
            if cohort is None:
                continue
            cohorts[cohort_id] = cohort
            mine = {row.person_id for row in rows if row.cohort_id == cohort_id and row.person_id}
            since = now - cohort.pace.real_span(WEEK)
            for person_id, n in (await tx.unsolicited_since(mine, since)).items():
                week[person_id] = max(week.get(person_id, 0), n)
        lessons = {row.enrolment_id for row in rows if row.kind is Kind.LESSON and row.enrolment_id}
        done = await tx.completions_for(lessons) if lessons else {}
        today = now - max((cohort.pace.real_span(A_DAY) for cohort in cohorts.values()), default=A_DAY)
        last = dict(await tx.last_lessons(lessons, today)) if lessons else {}
        return cls(enrolments, people, cohorts, done, week, last)
