"""While a session runs: doors, who is there, the queue, the end."""

from __future__ import annotations

from dataclasses import replace

from bot.errors import Slip
from bot.messages import session_desk, session_forms, sessions
from bot.messages.blocks import Reply
from bot.messages.session_words import ref
from bot.model.cohort import EnrolmentState
from bot.model.commands_ama import (
    Attend,
    CloseSession,
    HideQuestion,
    MarkAnswered,
    MergeQuestions,
    NextQuestion,
    OpenDoors,
    PutBack,
)
from bot.model.delivery import DeliveryState, Kind
from bot.model.progress import Completion
from bot.model.sessions import OPEN_QUESTIONS, Question, QuestionState, Session, SessionTask, Task
from bot.ports import Tx
from bot.rules.sessions import Act, queue
from bot.usecases.context import Parts, Who
from bot.usecases.lessons import sign_of_life
from bot.usecases.session_composing import session_message_anew
from bot.usecases.session_looking import (
    RUNNING,
    advance,
    may,
    need_to_run,
    note,
    question_meant,
    session_meant,
    show_soon,
    view_for,
)
from bot.usecases.session_posting import HIDDEN, LIVE, address_in, desks_for, key_of, tell_author, to_person

LONGEST_REASON = 300


async def open_doors(parts: Parts, tx: Tx, who: Who, command: OpenDoors) -> Reply:
    """People can say that they are there, and find the way in."""
    session = await session_meant(tx, who, command.session, mine=True)
    await need_to_run(tx, who, session)
    session = await advance(tx, session, Act.OPEN)
    await _begun(tx, who, session)
    await note(tx, who, "ama.open", session)
    return await desk_now(parts, tx, who, session, who.t.t("The doors are open."))


async def _begun(tx: Tx, who: Who, session: Session) -> None:
    await tx.plan_task(SessionTask(session.id, Task.DOORS, who.now))
    await desks_for(tx, who, session)


async def attend(parts: Parts, tx: Tx, who: Who, command: Attend) -> Reply:
    """One press says that somebody is there; from then on their card shows what is on stage."""
    session = await session_meant(tx, who, command.session, prefer=RUNNING)
    may(Act.ATTEND, session)
    t, key = who.t, who.caller.delivery_key or ""
    guest = await tx.guest(session.id, who.person.id)
    if guest is not None and guest.came:
        view = await view_for(parts, tx, who, session)
        shown = sessions.session_card(view, t)
        if key.startswith(f"s{session.id}/"):
            return Reply(replace=shown, notice=t.t("You are here already."))
        return Reply(say=shown)
    row = await tx.delivery(key) if key.startswith(f"s{session.id}/") else None
    mine = row is not None and row.person_id == who.person.id
    card = key if mine else key_of(session.id, LIVE, who.person.id)
    await tx.save_came(session.id, who.person.id, card)
    await _counts(parts, tx, who, session)
    await show_soon(tx, session, who)
    if mine and row is not None:
        here = await session_message_anew(parts, tx, row, who.person, {})
        return Reply(replace=here, notice=t.t("Recorded: you are here."))
    address = await address_in(tx, who.person.id, who.lane)
    if address is not None:
        live = to_person(session, who.person.id, address, Kind.SESSION_LIVE, LIVE, who.now)
        await tx.add_deliveries([live])
        who.wake.add(address.lane)
    return Reply(notice=t.t("Recorded: you are here. The session’s card comes as a message."))


async def _counts(parts: Parts, tx: Tx, who: Who, session: Session) -> None:
    """Where the course says so, coming does an activity: the first task for a session that is open in the lessons that
    have arrived."""
    for enrolment in await tx.enrolments_of(who.person.id):
        cohort = await tx.cohort(enrolment.cohort_id)
        if cohort is None or cohort.id not in session.cohorts or enrolment.state is EnrolmentState.LEFT:
            continue
        done = {(each.lesson_id, each.activity_id) for each in await tx.completions(enrolment.id)}
        for row in await tx.deliveries_of(enrolment.id, {Kind.LESSON}, {DeliveryState.SENT}):
            course = parts.courses.edition(cohort.course_id, row.edition or cohort.edition)
            lesson = course.lesson(row.lesson_id or "")
            tasks = [each for each in lesson.on(enrolment.track) if each.session] if lesson else []
            left = next((each for each in tasks if lesson and (lesson.id, each.id) not in done), None)
            if lesson is not None and left is not None:
                await tx.add_completion(Completion(enrolment.id, lesson.id, left.id, who.now))
                await tx.want_refresh(row.key, who.now)
                who.wake.add(row.address.lane)
                break
        await sign_of_life(parts, tx, who, enrolment)


# --- the queue ------------------------------------------------------------------------------------------------


async def next_question(parts: Parts, tx: Tx, who: Who, command: NextQuestion) -> Reply:
    """The most wanted question, or the one named, comes on stage; the first one begins the session."""
    named: Question | None = None
    if command.question is not None:
        named, session = await question_meant(tx, who, command.question)
    else:
        session = await session_meant(tx, who, command.session, mine=True)
    await need_to_run(tx, who, session)
    may(Act.NEXT, session)
    if command.after is not None and (session.on_stage or 0) != command.after:
        return await desk_now(parts, tx, who, session, who.t.t("That was done already."))
    if named is not None and named.id == session.on_stage:
        return await desk_now(parts, tx, who, session, who.t.t("This question is on stage already."))
    if named is not None and named.state not in OPEN_QUESTIONS:
        raise Slip("This question is not in the queue.", example=f"ama questions {ref(session)}")
    begins = session.state not in RUNNING
    await _leave_stage(tx, session, QuestionState.ANSWERED)
    waiting = [each for each in queue(await tx.questions(session.id)) if not each.written]
    chosen = named or (waiting[0] if waiting else None)
    if chosen is not None:
        await tx.save_question(replace(chosen, state=QuestionState.LIVE))
    session = await advance(tx, session, Act.NEXT, on_stage=chosen.id if chosen else None)
    if begins:
        await _begun(tx, who, session)
        await note(tx, who, "ama.open", session)
    await show_soon(tx, session, who)
    notice = who.t.t("On stage.") if chosen else who.t.t("No question waits.")
    return await desk_now(parts, tx, who, session, notice)


async def _leave_stage(tx: Tx, session: Session, to: QuestionState) -> None:
    question = await tx.question(session.on_stage) if session.on_stage is not None else None
    if question is not None and question.state is QuestionState.LIVE:
        await tx.save_question(replace(question, state=to))


async def answered(parts: Parts, tx: Tx, who: Who, command: MarkAnswered) -> Reply:
    """The question was answered aloud."""
    question, session = await _on_stage_or(tx, who, command.question, command.session, Act.ANSWERED)
    session = await _settle(tx, question, session, QuestionState.ANSWERED, Act.ANSWERED)
    await show_soon(tx, session, who)
    return await desk_now(parts, tx, who, session, who.t.t("Answered."))


async def later(parts: Parts, tx: Tx, who: Who, command: PutBack) -> Reply:
    """Back into the queue, behind the others; what was hidden comes back as it was."""
    act = Act.LATER
    if command.question is not None:
        question, _ = await question_meant(tx, who, command.question)
        act = Act.UNHIDE if question.state is QuestionState.HIDDEN else Act.LATER
    question, session = await _on_stage_or(tx, who, command.question, command.session, act)
    if act is Act.UNHIDE:
        await tx.save_question(replace(question, state=QuestionState.WAITING, reason=None))
    else:
        session = await _settle(tx, question, session, QuestionState.LATER, act)
    await show_soon(tx, session, who)
    return await desk_now(parts, tx, who, session, who.t.t("Put back."))


async def _on_stage_or(
    tx: Tx, who: Who, number: int | None, session_id: int | None, act: Act
) -> tuple[Question, Session]:
    """The question named, else the one on stage; the session is one that the caller runs and in which `act` is
    possible."""
    if number is not None:
        question, session = await question_meant(tx, who, number)
        await need_to_run(tx, who, session)
        may(act, session)
        return question, session
    session = await session_meant(tx, who, session_id, prefer=RUNNING, mine=True)
    await need_to_run(tx, who, session)
    may(act, session)
    found = await tx.question(session.on_stage) if session.on_stage is not None else None
    if found is None:
        raise Slip("No question is on stage.", example="ama next")
    return found, session


async def _settle(tx: Tx, question: Question, session: Session, state: QuestionState, act: Act) -> Session:
    """Give a question that waits or is on stage another state."""
    if question.state not in OPEN_QUESTIONS and question.state is not state:
        raise Slip("This question is not in the queue.", example=f"ama questions {ref(session)}")
    await tx.save_question(replace(question, state=state))
    off = {"on_stage": None} if session.on_stage == question.id else {}
    return await advance(tx, session, act, **off)


async def hide(parts: Parts, tx: Tx, who: Who, command: HideQuestion) -> Reply:
    """Out of sight; the author is told why, where it is known who that is."""
    question, session = await _on_stage_or(tx, who, command.question, None, Act.HIDE)
    if command.reason is None:
        return Reply(form=session_forms.hide_form(question, who.t))
    reason = " ".join(command.reason.split())
    if not reason:
        raise Slip("Say why: its author is told.", field="reason", example=f"ama hide {question.id} …")
    if len(reason) > LONGEST_REASON:
        raise Slip("That is too long: at most {n} characters.", n=LONGEST_REASON, field="reason")
    if question.state is QuestionState.HIDDEN:
        return await desk_now(parts, tx, who, session, who.t.t("It is hidden already."))
    await tx.save_question(replace(question, state=QuestionState.HIDDEN, reason=reason))
    off = {"on_stage": None} if session.on_stage == question.id else {}
    session = await advance(tx, session, Act.HIDE, **off)
    await tell_author(tx, who, session, question, HIDDEN)
    await note(tx, who, "ama.hide", session)
    await show_soon(tx, session, who)
    return await desk_now(parts, tx, who, session, who.t.t("Hidden."))


async def merge(parts: Parts, tx: Tx, who: Who, command: MergeQuestions) -> Reply:
    """Two questions that ask the same become the second one; nobody counts twice."""
    if command.question is None:
        raise Slip("Say which question: its number has six digits.", example="ama questions")
    question, session = await question_meant(tx, who, command.question)
    await need_to_run(tx, who, session)
    may(Act.MERGE, session)
    if command.into is None:
        others = [each for each in queue(await tx.questions(session.id)) if each.id != question.id]
        if not others:
            raise Slip("There is no other question to merge it with.", example=f"ama questions {ref(session)}")
        return Reply(form=session_forms.merge_form(question, others[:20], who.t))
    target, its_session = await question_meant(tx, who, command.into)
    if target.merged_into == question.id or target.id == question.id or its_session.id != session.id:
        raise Slip("These two cannot be merged.", field="into", example=f"ama questions {ref(session)}")
    if question.merged_into == target.id:
        return await desk_now(parts, tx, who, session, who.t.t("Merged."))
    if question.state not in OPEN_QUESTIONS or target.state not in OPEN_QUESTIONS:
        raise Slip("This question is not in the queue.", field="into", example=f"ama questions {ref(session)}")
    await tx.move_upvotes(question.id, target.id)
    await tx.save_question(replace(question, state=QuestionState.MERGED, merged_into=target.id))
    for each in await tx.questions(session.id):
        if each.merged_into == question.id:
            await tx.save_question(replace(each, merged_into=target.id))
    off = {"on_stage": None} if session.on_stage == question.id else {}
    session = await advance(tx, session, Act.MERGE, **off)
    await show_soon(tx, session, who)
    return await desk_now(parts, tx, who, session, who.t.t("Merged."))


async def close(parts: Parts, tx: Tx, who: Who, command: CloseSession) -> Reply:
    """The end: the question box closes; answers in writing and the recap follow."""
    session = await session_meant(tx, who, command.session, prefer=RUNNING, mine=True)
    await need_to_run(tx, who, session)
    may(Act.CLOSE, session)
    await _leave_stage(tx, session, QuestionState.ANSWERED)
    session = await advance(tx, session, Act.CLOSE, on_stage=None)
    for kind in (Task.INVITE, Task.DAY, Task.HOUR, Task.SOON, Task.DOORS):
        await tx.drop_task(session.id, kind)
    await tx.plan_task(SessionTask(session.id, Task.REFRESH, who.now))
    await note(tx, who, "ama.close", session)
    await show_soon(tx, session, who)
    return await desk_now(parts, tx, who, session, who.t.t("The session is over."))


async def desk_now(parts: Parts, tx: Tx, who: Who, session: Session, notice: str) -> Reply:
    """The desk as it is now: in place of the desk that was pressed, else as an answer to what was typed."""
    desk = session_desk.desk(await view_for(parts, tx, who, session), who.t)
    key = who.caller.delivery_key or ""
    there = key == key_of(session.id, "desk", who.person.id) or who.caller.topic == desk.topic
    if there:
        return Reply(replace=desk, notice=notice, close=True)
    if who.caller.pressed:
        return Reply(notice=notice, say=desk, close=True)
    return Reply(say=desk)
