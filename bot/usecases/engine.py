"""The two doors into the engine: `handle` (with `press`, `submit` and `say`) for what people do, `tick` for time."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.errors import Slip
from bot.messages.actions import decode
from bot.messages.blocks import Message, Reply
from bot.messages.forms import form_message
from bot.messages.slips import slip_message, slip_words, trouble_message
from bot.messages.texts import Catalogue
from bot.model import commands as c
from bot.model import commands_ama as ama
from bot.model.calendar import CalendarEvent
from bot.model.cohort import CohortState
from bot.model.commands import Caller, Command
from bot.model.course import Language
from bot.model.delivery import Delivery, DeliveryState, Kind, MessageRef, Priority, Reason
from bot.model.people import Address, Profile
from bot.ports import Ability, Due, Found, NewDelivery, Outcome, Tx
from bot.rules.grammar import parse
from bot.usecases import (
    certificates,
    choosing,
    cohorts,
    enrolling,
    installing,
    joining,
    launching,
    lessons,
    overview,
    pausing,
    planning,
    privacy,
    recognition,
    reporting,
    session_after,
    session_asking,
    session_running,
    session_scheduling,
)
from bot.usecases.composing import Composer
from bot.usecases.context import LookUp, Parts, Report, Who
from bot.usecases.delivering import Lanes
from bot.usecases.groups import GROUP_HANDLERS
from bot.usecases.groups_forming import KINDS, Forming
from bot.usecases.groups_life import do_due
from bot.usecases.groups_rooms import Rooms
from bot.usecases.groups_together import GROUP_LIFE_HANDLERS
from bot.usecases.meeting_calendar import meeting_events
from bot.usecases.session_calendar import calendar
from bot.usecases.session_tasks import advance_sessions
from bot.usecases.who import identify

Handler = Callable[[Parts, Tx, Who, Any], Awaitable[Reply]]

HANDLERS: Mapping[type[Command], Handler] = {
    c.Home: overview.home,
    c.ListCourses: joining.list_courses,
    c.Join: joining.join,
    c.ShowWelcome: joining.show_welcome,
    c.StartNow: joining.start_now,
    c.AnswerReady: joining.answer_ready,
    c.Next: pausing.next_lesson,
    c.CatchUp: pausing.catch_up_list,
    c.Progress: overview.progress,
    c.Open: lessons.open_activity,
    c.Done: lessons.mark_done,
    c.Undo: lessons.undo,
    c.Vote: lessons.vote,
    c.Answer: lessons.answer,
    c.Stance: lessons.stance,
    c.TimeBox: lessons.time_box,
    c.ShowLesson: lessons.show_lesson,
    c.Feedback: lessons.feedback,
    c.Skip: pausing.skip,
    c.Snooze: pausing.snooze,
    c.Pause: pausing.pause,
    c.Resume: pausing.resume,
    c.Stay: pausing.stay,
    c.Away: pausing.away,
    c.Settings: choosing.settings,
    c.SetWindow: choosing.set_window,
    c.SetDays: choosing.set_days,
    c.SetZone: choosing.set_zone,
    c.SetLanguage: choosing.set_language,
    c.SetTrack: choosing.set_track,
    c.SetPlain: choosing.set_plain,
    c.SetNudges: choosing.set_nudges,
    c.Certificate: recognition.certificate,
    c.Badge: recognition.badge,
    c.MyData: privacy.my_data_card,
    c.ForgetMe: privacy.forget_me,
    c.Leave: joining.leave,
    c.Help: overview.help_card,
    c.CohortHome: cohorts.cohort_home,
    c.CreateCohort: cohorts.create,
    c.Enrol: enrolling.enrol,
    c.ConfirmEnrol: enrolling.confirm,
    c.Launch: launching.launch,
    c.Status: cohorts.status,
    c.People: cohorts.people,
    c.Failures: cohorts.failures,
    c.Resend: cohorts.resend,
    c.Roles: cohorts.roles,
    c.Report: reporting.report,
    c.Rehearse: cohorts.rehearse,
    c.PauseCohort: cohorts.pause_cohort,
    c.ResumeCohort: cohorts.resume_cohort,
    c.CloseCohort: cohorts.close,
    c.OpenTo: cohorts.open_to,
    c.Audit: cohorts.audit,
    ama.AmaHome: session_asking.home,
    ama.ListSessions: session_asking.list_sessions,
    ama.ShowSession: session_asking.show,
    ama.ScheduleSession: session_scheduling.schedule,
    ama.ChangeSession: session_scheduling.change,
    ama.AnnounceSession: session_scheduling.announce,
    ama.MoveSession: session_scheduling.move,
    ama.CancelSession: session_scheduling.cancel,
    ama.AskQuestion: session_asking.ask,
    ama.EditQuestion: session_asking.edit,
    ama.WithdrawQuestion: session_asking.withdraw,
    ama.ShowQuestions: session_asking.show_questions,
    ama.Upvote: session_asking.upvote,
    ama.Rsvp: session_asking.rsvp,
    ama.OpenDoors: session_running.open_doors,
    ama.Attend: session_running.attend,
    ama.NextQuestion: session_running.next_question,
    ama.MarkAnswered: session_running.answered,
    ama.PutBack: session_running.later,
    ama.HideQuestion: session_running.hide,
    ama.MergeQuestions: session_running.merge,
    ama.CloseSession: session_running.close,
    ama.AnswerQuestion: session_after.answer,
    ama.SendRecap: session_after.recap,
    ama.JudgeAnswer: session_after.judge,
    ama.CarryOver: session_after.carry_over,
    **GROUP_HANDLERS,
    **GROUP_LIFE_HANDLERS,
    c.Certificates: certificates.certificates,
}
"""What is done for every command."""


class Engine:
    """Decides everything; touches the world only through its parts. `report(event, **ids)` receives what is worth a
    log line, never words of people."""

    def __init__(self, parts: Parts, report: Report | None = None) -> None:
        self.parts = parts
        self.report = report or (lambda event, **ids: None)
        self.lanes = Lanes(parts, Composer(parts), self.report)
        self.forming = Forming(parts, self.report, self.lanes.wake)
        self.rooms = Rooms(parts, self.report, self.lanes.wake)
        self._alerted: dict[int, datetime] = {}

    # --- what people do ---

    async def press(self, action: str, caller: Caller) -> Reply:
        """A button. `action` is what `encode` made, perhaps long ago."""
        return await self._answer(lambda _: decode(action), caller)

    async def submit(self, action: str, values: Mapping[str, str], caller: Caller) -> Reply:
        """A form: its action with the values of its fields."""
        return await self._answer(lambda _: decode(action, values), caller, form=True)

    async def say(self, text: str, caller: Caller) -> Reply:
        """Typed text. In a room it reaches this door only when it is meant for the bot."""
        direct = caller.room is None
        return await self._answer(lambda who: parse(text, language=who.person.language, direct=direct), caller)

    async def handle(self, command: Command, caller: Caller) -> Reply:
        """A command. Slips and troubles become kind answers; nothing is raised to a platform."""
        return await self._answer(lambda _: command, caller)

    async def _answer(self, meaning: Callable[[Who], Command], caller: Caller, *, form: bool = False) -> Reply:
        who: Who | None = None
        found: Mapping[str, tuple[Found, ...]] | None = None
        traceless = False
        try:
            while True:
                try:
                    async with self.parts.store.transaction() as tx:
                        who = await identify(self.parts, tx, caller, self.parts.clock())
                        who.found = found
                        command = meaning(who)
                        traceless = command.traceless
                        if not traceless:
                            if not await self._first_time(tx, caller):
                                return Reply()
                            reply = await HANDLERS[type(command)](self.parts, tx, who, command)
                    if traceless:
                        # apart from what is known of the person: databases note what was stored together
                        async with self.parts.store.transaction() as tx:
                            reply = await HANDLERS[type(command)](self.parts, tx, who, command)
                    break
                except LookUp as missing:
                    found = await self._find(caller, missing.wanted)
        except Slip as slip:
            if caller.event_id is not None and not traceless:
                async with self.parts.store.transaction() as tx:
                    if not await self._first_time(tx, caller):
                        return Reply()
            return self._slip(slip, caller, who, form=form)
        except Exception as error:
            reference = secrets.token_hex(4)
            self.report("command_broke", reference=reference, error=type(error).__name__, exc_info=error)
            return Reply(say=trouble_message(self._language(caller, who), reference))
        reply = await self._printed(self._without_forms(reply, who), who)
        self.lanes.wake(who.wake)
        await self._afterwards(who)
        return reply

    async def _printed(self, reply: Reply, who: Who) -> Reply:
        """The answer with the file it promised. A file that cannot be made does not undo what was stored."""
        if who.printing is None:
            return reply
        try:
            return replace(reply, file=await who.printing())
        except Exception as error:
            self.report("printing_broke", error=type(error).__name__, exc_info=error)
            sorry = who.t.t("The file cannot be made right now. Please try again in a minute.")
            return replace(reply, notice=sorry)

    async def whole(self, key: str, caller: Caller) -> Message | None:
        """The message of a delivery as it is now, for platforms that could show only its beginning. None when it is
        not the caller's, or nothing is to be said any more."""
        async with self.parts.store.reading() as tx:
            row, person = await tx.delivery(key), await tx.person_at(caller.address)
            if row is None or person is None or row.person_id != person.id:
                return None
            return await self.lanes.composer.anew(tx, row, self.parts.clock())

    async def calendar(self, subject: str) -> Sequence[CalendarEvent] | None:
        """What a sealed calendar address is about; None where there is nothing (any more)."""
        async with self.parts.store.reading() as tx:
            sessions, meetings = await calendar(self.parts, tx, subject), await meeting_events(self.parts, tx, subject)
        if sessions is None and meetings is None:
            return None
        return [*(sessions or ()), *(meetings or ())]

    async def _afterwards(self, who: Who) -> None:
        """What the world is told once the facts are stored; its troubles do not undo them."""
        for after in who.after:
            try:
                waiting = after()
                if inspect.isawaitable(waiting):
                    await waiting
            except Exception as error:
                self.report("afterwards_broke", error=type(error).__name__, exc_info=error)

    async def _first_time(self, tx: Tx, caller: Caller) -> bool:
        if caller.event_id is None:
            return True
        return await tx.first_time(caller.address.platform, caller.event_id, self.parts.clock())

    async def _find(self, caller: Caller, wanted: Sequence[str]) -> Mapping[str, tuple[Found, ...]]:
        """Ask the platform who these words stand for; every word gets an answer."""
        platform = self.parts.platform_of(caller.address)
        hits: dict[str, tuple[Found, ...]] = dict.fromkeys(wanted, ())
        for hit in await platform.find_people(caller.address.workspace, wanted) if platform else ():
            hits[hit.wanted] = (*hits.get(hit.wanted, ()), hit)
        return {word: each or (Found(word, reason="unknown"),) for word, each in hits.items()}

    def _without_forms(self, reply: Reply, who: Who) -> Reply:
        """In plain mode, and where a platform has no forms, a form is said as a message with what to type."""
        platform = self.parts.platform_of(who.caller.address)
        can = platform is not None and Ability.FORMS in platform.can
        if reply.form is None or reply.say is not None:
            return reply
        if can and (reply.form.private or not who.person.plain):
            return reply
        return replace(reply, form=None, say=form_message(reply.form, who.t))

    def _slip(self, slip: Slip, caller: Caller, who: Who | None, *, form: bool) -> Reply:
        """What was wrong, in the person's language; a form stays open with the sentence at its field."""
        t = self._language(caller, who)
        if form:
            return Reply(errors=((slip.field or "", slip_words(slip, t)),))
        return Reply(say=slip_message(slip, t))

    def _language(self, caller: Caller, who: Who | None) -> Catalogue:
        if who is not None:
            return who.t
        return self.parts.t(caller.profile.language or Language.EN)

    # --- what time does ---

    async def tick(self) -> None:
        """Everything that is due now. Costs little when nothing is, and is safe to run anywhere, any time."""
        parts, store = self.parts, self.parts.store
        now = parts.clock()
        async with store.reading() as tx:
            due = await tx.due(now)
        if due.anything and await store.lead(parts.worker):
            if due.wake or due.plan or due.nudge or due.held or due.planned:
                await self._plan(due, now)
            if due.jobs:
                await self._advance_jobs(now)
            if due.sessions:
                await advance_sessions(parts, now, self.report)
            if due.rooms:
                await self.rooms.look(now)
            if due.life:
                self.lanes.wake(await do_due(self.parts, now, self.report))
            if due.plan or due.held or due.planned or due.wake or due.jobs or due.sessions:
                async with store.reading() as tx:
                    due = await tx.due(parts.clock())
            if due.doubt:
                await self.lanes.doubts.look(now)
        self.lanes.wake(due.lanes)
        self.lanes.doubts.recall(now)
        self.lanes.doubts.sweep(now)

    async def _plan(self, due: Due, now: datetime) -> None:
        """What cannot be planned now is reported and tried again; what is ready is sent all the same."""
        try:
            await planning.do_due(self.parts, due, now, self.report)
        except Exception as error:
            self.report("planning_broke", error=type(error).__name__, exc_info=error)

    async def _advance_jobs(self, now: datetime) -> None:
        async with self.parts.store.reading() as tx:
            jobs = await tx.open_jobs()
        for job in jobs:
            if job.kind in KINDS:
                self.forming.begin(job)
                continue
            try:
                step = certificates.advance if job.kind == certificates.KIND else enrolling.advance
                await step(self.parts, job, now)
            except Exception as error:
                self.report("job_broke", job=job.id, error=type(error).__name__, exc_info=error)

    async def follow_editions(self) -> None:
        """After courses were read anew: cohorts move to the newest edition for what they have not sent."""
        async with self.parts.store.transaction() as tx:
            await planning.follow_editions(self.parts, tx)

    async def alert_admins(self) -> int:
        """Tell the admin who created a cohort about new failures, at most once an hour per cohort."""
        now = self.parts.clock()
        alerts = 0
        async with self.parts.store.transaction() as tx:
            for cohort in await tx.cohorts(states={CohortState.RUNNING, CohortState.PAUSED}):
                failed = await tx.failures(cohort.id, 1)
                recent = self._alerted.get(cohort.id)
                if not failed or cohort.created_by is None or (recent and now - recent < timedelta(hours=1)):
                    continue
                addresses = await tx.addresses(cohort.created_by)
                if not addresses:
                    continue
                row = NewDelivery(
                    key=f"alert/{cohort.id}/{failed[0].id}/{failed[0].attempt}",
                    kind=Kind.ALERT,
                    address=addresses[0],
                    due_at=now,
                    state=DeliveryState.READY,
                    not_before=now,
                    cohort_id=cohort.id,
                    person_id=cohort.created_by,
                    priority=Priority.TIMELY,
                )
                alerts += await tx.add_deliveries([row])
                self._alerted[cohort.id] = now
                self.lanes.wake([addresses[0].lane])
        return alerts

    async def workspace_joined(self, installer: Address, profile: Profile) -> None:
        """The app was installed: whoever did it becomes a course admin of the workspace, and what waited goes on."""
        async with self.parts.store.transaction() as tx:
            await installing.workspace_joined(self.parts, tx, installer, profile, self.parts.clock())
        self.lanes.wake([installer.lane])

    async def workspace_left(self, lane: str, name: str) -> None:
        """The app was removed from the workspace called `name`: what waits there is kept, and admins elsewhere are
        told."""
        async with self.parts.store.transaction() as tx:
            lanes = await installing.workspace_left(self.parts, tx, lane, name, self.parts.clock())
        self.lanes.wake(lanes)

    async def reachable(self, address: Address) -> None:
        """Somebody has the app now, or unblocked it: what could not be sent to them goes out."""
        async with self.parts.store.transaction() as tx:
            if await installing.person_reachable(self.parts, tx, address, self.parts.clock()):
                self.lanes.wake([address.lane])

    async def witnessed(self, key: str, ref: MessageRef) -> None:
        """The message of delivery `key` was seen at `ref`: its reader pressed it, or looked at it. Where nobody knew
        whether it had arrived, that settles it; otherwise nothing changes."""
        async with self.parts.store.reading() as tx:
            row = await tx.delivery(key)
        if row is None or row.address != ref.address or not _in_doubt(row):
            return
        now = self.parts.clock()
        if await self.parts.store.resolve(row, Outcome(row.id, row.attempt, DeliveryState.SENT, now, ref)):
            self.report("delivery_witnessed", delivery=row.id)

    async def stop(self, seconds: float) -> None:
        """Finish or release what is in hand."""
        await self.forming.stop()
        await self.rooms.stop()
        await self.lanes.stop(seconds)

    async def idle(self) -> None:
        """Until nothing is being sent or looked up; for tests and orderly ends."""
        await self.forming.idle()
        await self.rooms.idle()
        await self.lanes.idle()


def _in_doubt(row: Delivery) -> bool:
    unverified = row.state is DeliveryState.FAILED and row.reason == Reason.NOT_VERIFIABLE
    return row.state is DeliveryState.UNKNOWN or unverified
