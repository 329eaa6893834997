"""What people do in a lesson: open, mark done, undo, vote, answer, box their time, say what it was worth."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.errors import Slip
from bot.messages.blocks import Block, Form, Message, Note, Reply, Text
from bot.messages.lessons import (
    CHOSEN,
    WRITTEN,
    LessonView,
    activity_panel,
    box_words,
    done_notice,
    feedback_form,
    level_words,
    poll_results,
    quiz_line,
    topic_of,
)
from bot.messages.words import letter, para, wall
from bot.model.cohort import Enrolment, EnrolmentState, PauseReason
from bot.model.commands import Answer, Done, Feedback, Open, ShowLesson, Stance, TimeBox, Undo, Vote
from bot.model.course import Activity, Kind
from bot.model.delivery import Delivery
from bot.model.progress import Completion, Given, Worth
from bot.model.richtext import Span
from bot.ports import Tx
from bot.rules.badges import lesson_progress
from bot.usecases.context import Parts, Who
from bot.usecases.looking import lesson_row, lesson_shown, view_of_lesson
from bot.usecases.recognition import after_work
from bot.usecases.schedule import reschedule, wake

InLesson = Open | Done | Undo | Vote | Answer | Stance


class Scene:
    """One lesson of one learner, loaded, with the activity that is meant."""

    def __init__(self, parts: Parts, tx: Tx, who: Who, row: Delivery, view: LessonView, enrolment: Enrolment) -> None:
        self.parts, self.tx, self.who, self.row, self.view, self.enrolment = parts, tx, who, row, view, enrolment

    @classmethod
    async def load(cls, parts: Parts, tx: Tx, who: Who, cohort: int | None, lesson: str | None) -> Scene:
        row = await lesson_row(tx, who, cohort, lesson, parts)
        view, enrolment = await view_of_lesson(parts, tx, row, who.person)
        return cls(parts, tx, who, row, view, enrolment)

    def activity(self, command: InLesson) -> Activity | None:
        """The activity named by id or by its number as shown; None when none was named. Raises Slip."""
        if command.activity is not None:
            activity = self.view.lesson.activity(command.activity)
            if activity is None:
                raise Slip("This activity is not part of the lesson any more.", example="lesson")
            return activity
        if command.number is None:
            return None
        activities = self.view.activities
        if not 1 <= command.number <= len(activities):
            raise Slip(
                "There is no activity {n} in this lesson; they go from 1 to {last}.",
                n=command.number,
                last=len(activities),
                example=f"done {len(activities)}",
            )
        return activities[command.number - 1]

    async def complete(self, activity: Activity) -> bool:
        """Store the completion; False when it was there already."""
        completion = Completion(self.enrolment.id, self.view.lesson.id, activity.id, self.who.now)
        return await self.tx.add_completion(completion)

    async def again(self) -> None:
        """Look anew, after facts changed; any action is a sign of life and stops reminders. A higher level may be the
        last thing that was missing for the certificate."""
        before = lesson_progress(self.view.lesson, self.view.done).level
        await sign_of_life(self.parts, self.tx, self.who, self.enrolment)
        self.view, self.enrolment = await view_of_lesson(self.parts, self.tx, self.row, self.who.person)
        if lesson_progress(self.view.lesson, self.view.done).level > before:
            await after_work(self.parts, self.tx, self.who, self.enrolment)

    async def shown(
        self, words: str, *, form: Form | None = None, say: tuple[Block, ...] = (), close: bool = True
    ) -> Reply:
        """The lesson shown as it is now wherever it stands, and the answer to the person."""
        t = self.who.t
        caller = self.who.caller
        original = caller.delivery_key == self.row.key
        here = original or caller.topic == topic_of(self.view.cohort_id, self.view.lesson.id)
        if not original and await self.tx.want_refresh(self.row.key, self.who.now):
            self.who.wake.add(self.row.address.lane)
        message = lesson_shown(self.parts, self.view, t) if here else None
        if caller.pressed:
            return Reply(replace=message, notice=words, form=form, close=close and form is None)
        spoken = Message(t.language, words, (Text(para((Span(words),))), *say))
        return Reply(say=spoken, form=form if not say else None, notice=words)


async def sign_of_life(parts: Parts, tx: Tx, who: Who, enrolment: Enrolment) -> None:
    """Stop reminders; who was paused for silence goes on."""
    changed = enrolment
    if enrolment.nudge_step or enrolment.next_nudge_at:
        changed = replace(changed, nudge_step=0, next_nudge_at=None)
    if changed != enrolment:
        await tx.save_enrolment(changed)
    silent = enrolment.state is EnrolmentState.PAUSED and enrolment.pause_reason is PauseReason.SILENT
    if silent and (cohort := await tx.cohort(enrolment.cohort_id)):
        await wake(parts, tx, changed, cohort, who.now, asked=True)
        who.wake.add(enrolment.address.lane)
        await reschedule(parts, tx, who.person)


async def open_activity(parts: Parts, tx: Tx, who: Who, command: Open) -> Reply:
    """The panel of an activity; without one, of the first that is not done."""
    scene = await Scene.load(parts, tx, who, command.cohort, command.lesson)
    activity = scene.activity(command) or _first_open(scene.view)
    return Reply(form=activity_panel(scene.view, activity, who.t, again=command.again))


async def mark_done(parts: Parts, tx: Tx, who: Who, command: Done) -> Reply:
    """Mark done what one declares oneself; whatever asks for an answer opens its form instead."""
    scene = await Scene.load(parts, tx, who, command.cohort, command.lesson)
    activity = scene.activity(command)
    if activity is None:
        raise Slip("Which activity is done? Say its number.", example="done 1")
    if activity.id in scene.view.done:
        return await _already(scene, activity)
    if activity.kind in CHOSEN or activity.kind in (Kind.REFLECTION, Kind.STARTER):
        return Reply(form=activity_panel(scene.view, activity, who.t))
    await scene.complete(activity)
    await scene.again()
    return await scene.shown(done_notice(scene.view, activity, who.t), say=(_undo_note(scene, activity),))


async def undo(parts: Parts, tx: Tx, who: Who, command: Undo) -> Reply:
    """Take back a completion; without an activity, the latest one."""
    scene = await Scene.load(parts, tx, who, command.cohort, command.lesson)
    t = who.t
    activity = scene.activity(command)
    if activity is None:
        mine = [c for c in await tx.completions(scene.enrolment.id) if c.lesson_id == scene.view.lesson.id]
        activity = scene.view.lesson.activity(mine[-1].activity_id) if mine else None
    if activity is None or activity.id not in scene.view.done:
        return await scene.shown(t.t("There is nothing to take back in this lesson."))
    if activity.kind is Kind.POLL and activity.anonymous:
        raise Slip("Anonymous votes cannot be taken back, because nothing says which one is yours.")
    await tx.remove_completion(scene.enrolment.id, scene.view.lesson.id, activity.id)
    if activity.kind is Kind.POLL:
        await tx.remove_given(scene.enrolment.id, scene.view.lesson.id, activity.id)
    await scene.again()
    words = t.t("Taken back: “{title}”. {level}", title=t.of(activity.title), level=level_words(scene.view, t))
    return await scene.shown(words)


async def vote(parts: Parts, tx: Tx, who: Who, command: Vote) -> Reply:
    """Choose an option of a poll or quiz, named by number or the first one still open."""
    scene = await Scene.load(parts, tx, who, command.cohort, command.lesson)
    t = who.t
    activity = scene.activity(command) or _first_choice(scene.view)
    if activity.kind not in CHOSEN:
        raise Slip(
            "Activity {n} has nothing to choose.",
            n=scene.view.number(activity),
            example=f"open {scene.view.number(activity)}",
        )
    option = _option(scene.view, activity, command)
    if option is None:
        return Reply(form=activity_panel(scene.view, activity, t, again=True))
    if activity.kind is Kind.POLL:
        words = await _cast(scene, activity, option)
    else:
        given = Given(scene.enrolment.id, scene.view.lesson.id, activity.id, who.now, choice=option, first=option)
        await tx.save_given(given)
        await scene.complete(activity)
        words = ""
    await scene.again()
    panel = activity_panel(scene.view, activity, t)
    if activity.kind is Kind.QUIZ:
        verdict = quiz_line(activity, option, t)
        words = "".join(part.text for part in verdict if isinstance(part, Span))
        return await scene.shown(words, form=panel, say=(Note((Span(level_words(scene.view, t)),)),))
    return await scene.shown(words, form=panel, say=tuple(poll_results(scene.view, activity, t)))


async def answer(parts: Parts, tx: Tx, who: Who, command: Answer) -> Reply:
    """Write a reflection, a view on a starter, or a note to a task."""
    scene = await Scene.load(parts, tx, who, command.cohort, command.lesson)
    activity = scene.activity(command) or _first_written(scene.view)
    text = (command.text or "").strip()
    named = text if command.activity is None and command.number is None and text.isdecimal() else ""
    if named and len(named) <= 3 and 1 <= int(named) <= len(scene.view.activities):
        # "answer 5" names activity 5 rather than answering "5", where there is one
        return Reply(form=activity_panel(scene.view, scene.view.activities[int(named) - 1], who.t))
    if activity.kind in CHOSEN and len(text) == 1:
        return await vote(parts, tx, who, Vote(command.cohort, command.lesson, activity.id, letter=text))
    if activity.kind not in WRITTEN:
        raise Slip(
            "Activity {n} asks for no text.",
            n=scene.view.number(activity),
            example=f"open {scene.view.number(activity)}",
        )
    if not text and activity.kind is not Kind.TASK:
        if command.text is None:
            return Reply(form=activity_panel(scene.view, activity, who.t))
        raise Slip("Write a few words first.", field="text", example="answer …")
    if len(text) > 3000:
        raise Slip("That is longer than 3,000 characters; please shorten it.", field="text")
    lesson = scene.view.lesson.id
    await tx.save_given(
        Given(scene.enrolment.id, lesson, activity.id, who.now, text=text or None, shared=command.shared)
    )
    await scene.complete(activity)
    await scene.again()
    others = await _others(scene, activity) if command.shared else ()
    return await scene.shown(done_notice(scene.view, activity, who.t), say=others)


async def stance(parts: Parts, tx: Tx, who: Who, command: Stance) -> Reply:
    """A private view on a conversation starter: the one named, else the first of the lesson."""
    scene = await Scene.load(parts, tx, who, command.cohort, command.lesson)
    starters = [a for a in scene.view.activities if a.kind is Kind.STARTER]
    activity = scene.activity(command) or next(iter(starters), None)
    if activity is None or activity.kind is not Kind.STARTER:
        raise Slip("This lesson has no conversation starter there.", example="open 1")
    return await answer(parts, tx, who, Answer(command.cohort, command.lesson, activity.id, text=command.text))


async def time_box(parts: Parts, tx: Tx, who: Who, command: TimeBox) -> Reply:
    """Show what fits into the minutes somebody has; the rest stays for later."""
    scene = await Scene.load(parts, tx, who, command.cohort, command.lesson)
    if command.minutes is not None and not 1 <= command.minutes <= 480:
        raise Slip("Say how many minutes you have, from 1 to 480.", example="timebox 10")
    await tx.save_content(scene.row.id, {**scene.row.content, "box": command.minutes})
    scene.row = replace(scene.row, content={**scene.row.content, "box": command.minutes})
    await scene.again()
    return await scene.shown(box_words(scene.view, who.t))


async def show_lesson(parts: Parts, tx: Tx, who: Who, command: ShowLesson) -> Reply:
    """The lesson as it is now, as a fresh copy."""
    scene = await Scene.load(parts, tx, who, command.cohort, command.lesson)
    return Reply(say=lesson_shown(parts, scene.view, who.t), close=True)


async def feedback(parts: Parts, tx: Tx, who: Who, command: Feedback) -> Reply:
    """Was it worth your time: one press, and an optional line."""
    scene = await Scene.load(parts, tx, who, command.cohort, command.lesson)
    t = who.t
    try:
        worth = Worth(command.worth)
    except ValueError:
        raise Slip("Say yes, partly or no.", example="feedback partly") from None
    line = (command.line or "").strip()[:300] or None
    await tx.save_feedback(scene.enrolment.id, scene.view.lesson.id, worth, line, who.now)
    await scene.again()
    form = feedback_form(scene.view, worth, t) if command.ask and who.caller.pressed else None
    return await scene.shown(t.t("Thank you. That helps the people who write the lessons."), form=form)


# --- parts ---


async def _already(scene: Scene, activity: Activity) -> Reply:
    t = scene.who.t
    done = next(
        (
            c
            for c in await scene.tx.completions(scene.enrolment.id)
            if c.lesson_id == scene.view.lesson.id and c.activity_id == activity.id
        ),
        None,
    )
    cohort = await scene.tx.cohort(scene.view.cohort_id)
    zone = scene.who.person.zone or (cohort.zone if cohort else "UTC")
    if done is None:
        return await scene.shown(t.t("Already recorded: “{title}”.", title=t.of(activity.title)))
    local = done.done_at.astimezone(ZoneInfo(zone))
    at = wall(t, local.time())
    return await scene.shown(t.t("Already recorded at {time}: “{title}”.", time=at, title=t.of(activity.title)))


async def _cast(scene: Scene, activity: Activity, option: str) -> str:
    """Store a vote: an anonymous one is only counted and cannot be changed, a named one can."""
    t, tx, lesson = scene.who.t, scene.tx, scene.view.lesson.id
    new = await scene.complete(activity)
    if activity.anonymous:
        if not new:
            return t.t("Your vote was counted before. Anonymous votes cannot be changed.")
        await tx.count_anonymous(scene.view.cohort_id, lesson, activity.id, option)
        return t.t("Your vote is counted, without your name.")
    await tx.save_given(Given(scene.enrolment.id, lesson, activity.id, scene.who.now, choice=option, first=option))
    place = next(i for i, each in enumerate(activity.options) if each.id == option)
    label = t.of(activity.options[place].label)
    if new:
        return t.t("Your vote: {letter}. {label}", letter=letter(place), label=label)
    return t.t("Your vote is now: {letter}. {label}", letter=letter(place), label=label)


def _option(view: LessonView, activity: Activity, command: Vote) -> str | None:
    if command.option:
        if activity.option(command.option) is None:
            raise Slip("This choice is not part of the question any more.", field="option")
        return command.option
    if not command.letter:
        return None
    place = ord(command.letter.strip().upper()[:1] or " ") - ord("A")
    if len(command.letter.strip()) != 1 or not 0 <= place < len(activity.options):
        last = letter(len(activity.options) - 1)
        raise Slip(
            "There is no choice “{letter}”; they go from A to {last}.",
            letter=command.letter,
            last=last,
            example=f"vote {view.number(activity)} {last.lower()}",
        )
    return activity.options[place].id


def _first_open(view: LessonView) -> Activity:
    return next((a for a in view.activities if a.id not in view.done), view.activities[0])


def _first_choice(view: LessonView) -> Activity:
    choices = [a for a in view.activities if a.kind in CHOSEN]
    if not choices:
        raise Slip("This lesson has nothing to vote on.", example="open 1")
    return next((a for a in choices if a.id not in view.done), choices[0])


def _first_written(view: LessonView) -> Activity:
    written = [a for a in view.activities if a.kind in WRITTEN]
    if not written:
        raise Slip("This lesson asks for no text.", example="open 1")
    return next((a for a in written if a.id not in view.done), written[0])


def _undo_note(scene: Scene, activity: Activity) -> Note:
    return Note(scene.who.t.line("Type `undo {n}` to take it back.", n=scene.view.number(activity)))


async def _others(scene: Scene, activity: Activity) -> tuple[Block, ...]:
    texts = await scene.tx.shared_texts(scene.view.cohort_id, scene.view.lesson.id, activity.id, 6)
    given = scene.view.given.get(activity.id)
    others = [text for text in texts if not given or text != given.text][:5]
    if not others:
        return ()
    heading = Note(scene.who.t.line("Shared by others in your cohort:"))
    return (heading, *[Text(para((Span(text),))) for text in others])
