"""After a session: answers in writing, the recap, "was it answered?", and what goes along to the next one."""

from __future__ import annotations

from dataclasses import replace

from bot.errors import NotAllowed, Slip
from bot.messages import session_forms, session_recap
from bot.messages.blocks import Reply
from bot.messages.session_forms import LONGEST_ANSWER, LONGEST_QUESTION
from bot.messages.session_words import ref, title_of
from bot.messages.sessions import said
from bot.model.commands_ama import AnswerQuestion, CarryOver, JudgeAnswer, SendRecap
from bot.model.course import Language
from bot.model.sessions import Answered, Question, QuestionState, Session, SessionState, SessionTask, Task
from bot.ports import Tx
from bot.rules.sessions import Act, Refusal, step, unanswered
from bot.usecases.context import Parts, Who
from bot.usecases.session_asking import in_place
from bot.usecases.session_looking import (
    OVER,
    advance,
    may,
    need_to_run,
    note,
    question_meant,
    runs,
    session_meant,
    show_soon,
    view_for,
)
from bot.usecases.session_posting import ANSWERED, tell_author
from bot.usecases.session_running import desk_now

LONGEST_LINK = 500
WEB = ("https://", "http://")


async def answer(parts: Parts, tx: Tx, who: Who, command: AnswerQuestion) -> Reply:
    """In writing, or as a link. What comes after the recap shows in it, and the author is told."""
    question, session = await _to_answer(tx, who, command)
    await need_to_run(tx, who, session)
    may(Act.ANSWER, session)
    if not command.save:
        return Reply(form=session_forms.answer_form(question, who.t))
    changed = _with_answer(question, command, who)
    if changed != question:
        await tx.save_question(changed)
        if session.state is SessionState.RECAPPED:
            await tx.plan_task(SessionTask(session.id, Task.REFRESH, who.now))
            if changed.written and not question.written:
                await tell_author(tx, who, session, changed, ANSWERED)
        await show_soon(tx, session, who)
    return await desk_now(parts, tx, who, session, who.t.t("Saved."))


async def _to_answer(tx: Tx, who: Who, command: AnswerQuestion) -> tuple[Question, Session]:
    if command.question is not None:
        return await question_meant(tx, who, command.question)
    session = await session_meant(tx, who, command.session, mine=True)
    question = await tx.question(session.on_stage) if session.on_stage is not None else None
    if question is None:
        raise Slip("Say which question: its number has six digits.", example=f"ama questions {ref(session)}")
    return question, session


def _with_answer(question: Question, command: AnswerQuestion, who: Who) -> Question:
    """The question with what was typed in one language, or with what the form says in both."""
    if command.text is not None:
        words = command.text.strip()
        if words.startswith(WEB) and len(words.split()) == 1:
            return replace(question, link=_short(words, LONGEST_LINK, "link"))
        answers = {**question.answers, who.person.language: _short(words, LONGEST_ANSWER, "text")}
        return replace(question, answers={language: text for language, text in answers.items() if text})
    texts = {Language.EN: command.text_en, Language.FR: command.text_fr}
    answers = {
        language: _short(text.strip(), LONGEST_ANSWER, f"text_{language}")
        for language, text in texts.items()
        if text and text.strip()
    }
    link = _short((command.link or "").strip(), LONGEST_LINK, "link")
    if link and not link.startswith(WEB):
        raise Slip("A link begins with https://.", field="link", example="https://example.org")
    other = _short(" ".join((command.other or "").split()), LONGEST_QUESTION, "other")
    return replace(question, answers=answers, link=link, other=other)


def _short(text: str, most: int, field: str) -> str:
    if len(text) > most:
        raise Slip("That is too long: at most {n} characters.", n=most, field=field)
    return text


async def recap(parts: Parts, tx: Tx, who: Who, command: SendRecap) -> Reply:
    """Whoever ran the session sends the recap, once; everybody sees it."""
    session = await session_meant(tx, who, command.session, prefer=OVER)
    leads = await runs(tx, who, session)
    state = may(Act.RECAP, session)
    if leads and state is not session.state:
        session = await advance(tx, session, Act.RECAP, recap_at=who.now)
        await tx.plan_task(SessionTask(session.id, Task.RECAP, who.now))
        await note(tx, who, "ama.recap", session)
        t = who.t
        line = t.line(
            "The recap of *{title}* goes to everybody who asked, came or wanted to come. Later answers show in it.",
            title=title_of(session, t),
        )
        await show_soon(tx, session, who)
        return Reply(say=said(t, t.t("Recap sent"), line))
    return Reply(say=session_recap.recap(await view_for(parts, tx, who, session), who.t))


async def judge(parts: Parts, tx: Tx, who: Who, command: JudgeAnswer) -> Reply:
    """What its author says of the answer."""
    question, session = await question_meant(tx, who, command.question)
    if question.author_id != who.person.id:
        raise NotAllowed("Only whoever asked a question can say whether it was answered.", example="ama recap")
    may(Act.JUDGE, session)
    try:
        verdict = Answered(command.verdict)
    except ValueError:
        raise Slip("Was it answered? Say yes, partly or no.", example=f"ama verdict {question.id} yes") from None
    await tx.save_question(replace(question, verdict=verdict))
    return await in_place(parts, tx, who, session, who.t.t("Thank you, recorded."))


async def carry_over(parts: Parts, tx: Tx, who: Who, command: CarryOver) -> Reply:
    """What was not answered goes along to the next session of the same cohorts, with its upvotes."""
    session = await session_meant(tx, who, command.session, prefer=OVER, mine=True)
    await need_to_run(tx, who, session)
    may(Act.CARRY_OVER, session)
    target = await _next_session(tx, who, session, command.to)
    left = unanswered(await tx.questions(session.id))
    for question in left:
        moved = replace(question, session_id=target.id, state=QuestionState.WAITING, came_from=session.id)
        await tx.save_question(moved)
    if left:
        await note(tx, who, "ama.carry", session, to=target.id, questions=len(left))
        for each in (session, target):
            await show_soon(tx, each, who)
        if session.state is SessionState.RECAPPED:
            await tx.plan_task(SessionTask(session.id, Task.REFRESH, who.now))
    t = who.t
    line = t.line_n(
        "{n} question went along to *{title}*.",
        "{n} questions went along to *{title}*.",
        len(left),
        title=title_of(target, t),
    )
    return Reply(say=said(t, t.t("Taken along"), line))


async def _next_session(tx: Tx, who: Who, session: Session, number: int | None) -> Session:
    """The session named, else the next of the same cohorts in which one may still ask."""
    if number is not None:
        target = await session_meant(tx, who, number)
        await need_to_run(tx, who, target)
    else:
        later = await tx.sessions(session.cohorts, since=who.now)
        target = next((each for each in later if each.id != session.id and _takes(each)), session)
    if target.id == session.id or not set(target.cohorts) & set(session.cohorts) or not _takes(target):
        raise Slip("There is no later session of these cohorts yet. Prepare one first.", example="ama schedule")
    return target


def _takes(session: Session) -> bool:
    return session.state is SessionState.DRAFT or not isinstance(step(Act.ASK, session.state), Refusal)
