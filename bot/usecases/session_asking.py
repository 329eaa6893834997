"""Asking, changing, withdrawing and upvoting questions; saying whether one comes; looking at all that.

What is asked anonymously is stored without author and moment, in a transaction in which nothing else about the person
is written; the answer is a panel, which no platform keeps. See `Command.traceless`.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from bot.errors import NotAllowed, Slip
from bot.messages import session_desk, session_forms, session_recap, sessions
from bot.messages.blocks import Reply
from bot.messages.session_forms import LONGEST_QUESTION
from bot.messages.session_views import SessionView
from bot.messages.session_words import COMING_WORDS, ref, title_of
from bot.model.commands_ama import (
    AmaHome,
    AskQuestion,
    EditQuestion,
    ListSessions,
    Rsvp,
    ShowQuestions,
    ShowSession,
    Upvote,
    WithdrawQuestion,
)
from bot.model.course import Language
from bot.model.sessions import OPEN_QUESTIONS, Coming, Question, QuestionState, Session, SessionState
from bot.ports import Tx
from bot.rules.alike import alike, language_of
from bot.rules.codes import NEEDED, code_from, fingerprint
from bot.rules.session_times import LONGEST_OVERTIME, found_in
from bot.rules.sessions import Act
from bot.usecases.context import Parts, Who
from bot.usecases.session_composing import session_message_anew
from bot.usecases.session_looking import (
    PLANNED,
    is_past,
    led_cohorts,
    may,
    question_meant,
    session_meant,
    sessions_around,
    show_soon,
    view_for,
)
from bot.usecases.session_scheduling import draft_card

SIX_DIGITS = 100_000, 900_000
NINE_DIGITS = 100_000_000, 900_000_000
TRIES = 20
MOST_OPEN = 10
"""Questions that one person may have waiting under their name in one session."""
LISTED = 10


# --- looking --------------------------------------------------------------------------------------------------


async def home(parts: Parts, tx: Tx, who: Who, command: AmaHome) -> Reply:
    return await list_sessions(parts, tx, who, ListSessions())


async def list_sessions(parts: Parts, tx: Tx, who: Who, command: ListSessions) -> Reply:
    """Sessions to come and gone by; with words, where they occur in titles, questions and answers."""
    coming: list[SessionView] = []
    gone: list[SessionView] = []
    for session in await sessions_around(tx, who):
        if session.state is SessionState.CANCELLED and (session.announced_at is None or is_past(session, who)):
            continue
        view = await view_for(parts, tx, who, session)
        if command.words:
            view = replace(view, questions=_hits(view, command.words))
            if not view.questions and not found_in(command.words, (*session.titles.values(), session.guest)):
                continue
        (gone if is_past(session, who) else coming).append(view)
    leads = bool(await led_cohorts(tx, who))
    feed = parts.links.calendar(f"mine/{who.person.id}/{who.person.language}")
    message = session_recap.session_list(
        coming[:LISTED], gone[::-1][:LISTED], who.t, words=command.words, leads=leads, feed=feed
    )
    return Reply(say=message)


def _hits(view: SessionView, words: str) -> tuple[Question, ...]:
    return tuple(
        each
        for each in view.questions
        if (each.state in OPEN_QUESTIONS or each.state is QuestionState.ANSWERED)
        and found_in(words, (each.text, each.other, *each.answers.values()))
    )


async def upcoming(parts: Parts, tx: Tx, who: Who) -> list[SessionView]:
    """For the home card: what is announced and still to come."""
    found = await sessions_around(tx, who, since=who.now - LONGEST_OVERTIME)
    around = [each for each in found if each.state in PLANNED and not is_past(each, who)]
    return [await view_for(parts, tx, who, each) for each in around[: session_recap.AT_HOME]]


async def show(parts: Parts, tx: Tx, who: Who, command: ShowSession) -> Reply:
    """The session as it is now; a draft for whoever prepares it."""
    session = await session_meant(tx, who, command.session)
    if session.state is SessionState.DRAFT:
        return Reply(say=await draft_card(parts, tx, who, session))
    return Reply(say=sessions.session_card(await view_for(parts, tx, who, session), who.t))


async def show_questions(parts: Parts, tx: Tx, who: Who, command: ShowQuestions) -> Reply:
    """The question box; whoever runs the session gets the desk."""
    session = await session_meant(tx, who, command.session)
    view = await view_for(parts, tx, who, session)
    if view.runs:
        return Reply(say=session_desk.desk(view, who.t))
    return Reply(say=sessions.question_box(view, who.t))


async def in_place(parts: Parts, tx: Tx, who: Who, session: Session, notice: str) -> Reply:
    """After a press in a message about the session, that message as it is now; otherwise one sentence."""
    key = who.caller.delivery_key or ""
    row = await tx.delivery(key) if key.startswith(f"s{session.id}/") else None
    if row is not None and row.person_id == who.person.id:
        return Reply(replace=await session_message_anew(parts, tx, row, who.person, {}), notice=notice)
    if who.caller.topic == f"session/{session.id}/questions":
        return Reply(replace=sessions.question_box(await view_for(parts, tx, who, session), who.t), notice=notice)
    if who.caller.topic == f"session/{session.id}":
        return Reply(replace=sessions.session_card(await view_for(parts, tx, who, session), who.t), notice=notice)
    return Reply(notice=notice, close=True)


# --- coming ---------------------------------------------------------------------------------------------------


async def rsvp(parts: Parts, tx: Tx, who: Who, command: Rsvp) -> Reply:
    """Going, maybe or no; the last answer counts."""
    session = await session_meant(tx, who, command.session)
    if command.coming is None:
        return await show(parts, tx, who, ShowSession(session.id))
    try:
        coming = Coming(command.coming)
    except ValueError:
        raise Slip("“{word}” is none of: going, maybe, no.", word=command.coming, example="ama rsvp going") from None
    may(Act.RSVP, session)
    await tx.save_coming(session.id, who.person.id, coming)
    await show_soon(tx, session, who)
    t = who.t
    notice = t.t("Recorded: {answer}.", answer=t.t(COMING_WORDS[coming]))
    reply = await in_place(parts, tx, who, session, notice)
    if reply.replace is not None or who.caller.pressed:
        return reply
    return Reply(say=sessions.session_card(await view_for(parts, tx, who, session), t))


# --- asking ---------------------------------------------------------------------------------------------------


async def ask(parts: Parts, tx: Tx, who: Who, command: AskQuestion) -> Reply:
    """Open the form, show what was asked already, or store the question."""
    session = await session_meant(tx, who, command.session)
    may(Act.ASK, session)
    draft = command.draft or await _free_number(tx)
    shared = await view_for(parts, tx, who, session)
    if command.text is None:
        return Reply(form=session_forms.ask_form(shared, draft, who.t))
    text = _question_text(command.text)
    if await tx.question(draft) is not None:
        return _asked_already(command, who)
    near = [] if command.sure else _similar(text, shared)
    if near:
        again = session_forms.ask_form(
            shared, draft, who.t, text=text, anonymous=command.anonymous, similar=near, private=who.caller.pressed
        )
        return Reply(form=again)
    if command.anonymous and not session.seen_by_moderators:
        return await _ask_anonymously(tx, who, shared, draft, text)
    if sum(each.state in OPEN_QUESTIONS for each in shared.mine) >= MOST_OPEN:
        raise Slip("You have {n} questions waiting; that is as many as one may have.", n=MOST_OPEN, field="text")
    question = Question(
        draft,
        session.id,
        text,
        language_of(text, who.person.language),
        author_id=who.person.id,
        anonymous=command.anonymous,
        asked_at=None if command.anonymous else who.now,
    )
    await tx.add_question(question)
    await show_soon(tx, session, who)
    t = who.t
    line = t.line("Your question is in the box for *{title}*.", title=title_of(session, t))
    buttons = sessions.own_buttons(question, t)
    return Reply(say=sessions.said(t, t.t("Asked"), line, buttons), close=True)


async def _ask_anonymously(tx: Tx, who: Who, view: SessionView, number: int, text: str) -> Reply:
    """Store it without author and moment, and without their language, which may tell who it is. The code is shown this
    once, in a panel."""
    code = code_from(secrets.token_bytes(NEEDED))
    language = language_of(text, Language.EN)
    question = Question(number, view.session.id, text, language, anonymous=True, code=fingerprint(code))
    await tx.add_question(question)
    await show_soon(tx, view.session, who)
    return Reply(form=session_forms.code_panel(view, code, who.t))


def _asked_already(command: AskQuestion, who: Who) -> Reply:
    """The same form sent twice is one question."""
    t = who.t
    words = t.t("Your question is in the box already.")
    if command.anonymous:
        return Reply(form=session_forms.done_panel(t.t("Asked anonymously"), words, t))
    return Reply(notice=words, close=True)


def _question_text(text: str) -> str:
    said = " ".join(text.split())
    if len(said) < 3:
        raise Slip("Write your question first.", field="text", example="ama ask How do small teams begin?")
    if len(said) > LONGEST_QUESTION:
        raise Slip("That is too long: at most {n} characters.", n=LONGEST_QUESTION, field="text")
    return said


def _similar(text: str, view: SessionView) -> list[Question]:
    """Questions of the box that ask nearly the same, in either language."""
    inside = [each for each in view.questions if each.state in OPEN_QUESTIONS or each.state is QuestionState.ANSWERED]
    texts = [(each, words) for each in inside for words in (each.text, each.other) if words]
    return list({each.id: each for each in alike(text, texts)}.values())


async def _free_number(tx: Tx) -> int:
    """A number for a question that says nothing about when it was asked."""
    for first, count in (SIX_DIGITS, NINE_DIGITS):
        for _ in range(TRIES):
            number = first + secrets.randbelow(count)
            if await tx.question(number) is None:
                return number
    raise LookupError("no free number for a question was found")


# --- changing one's own ---------------------------------------------------------------------------------------


async def edit(parts: Parts, tx: Tx, who: Who, command: EditQuestion) -> Reply:
    """Change a question of one's own, by its number or by the code of one that was asked anonymously."""
    t = who.t
    if command.question is None:
        session = await session_meant(tx, who, command.session)
        may(Act.EDIT, session)
        view = await view_for(parts, tx, who, session)
        if command.code is None:
            return Reply(form=session_forms.edit_by_code_form(view, t))
        question = await _by_code(tx, session, command.code)
        await _reword(tx, who, question, session, _question_text(command.text or ""))
        return Reply(form=session_forms.done_panel(t.t("Saved"), t.t("Your question is changed."), t))
    question, session = await _own(tx, who, command.question)
    may(Act.EDIT, session)
    if command.text is None:
        return Reply(form=session_forms.edit_form(question, t))
    await _reword(tx, who, question, session, _question_text(command.text))
    reply = await in_place(parts, tx, who, session, t.t("Your question is changed."))
    return replace(reply, close=True)


async def _reword(tx: Tx, who: Who, question: Question, session: Session, text: str) -> None:
    if question.state not in OPEN_QUESTIONS and question.state is not QuestionState.HIDDEN:
        raise Slip("This question was dealt with already; it stays as it is.", field="text", example="ama questions")
    language = language_of(text, question.language)
    await tx.save_question(replace(question, text=text, language=language, other=""))
    await show_soon(tx, session, who)


async def withdraw(parts: Parts, tx: Tx, who: Who, command: WithdrawQuestion) -> Reply:
    """Take back a question of one's own: it is gone, with its upvotes."""
    t = who.t
    if command.question is None:
        session = await session_meant(tx, who, command.session)
        may(Act.WITHDRAW, session)
        if command.code is None:
            view = await view_for(parts, tx, who, session)
            return Reply(form=session_forms.withdraw_by_code_form(view, t))
        question = await _by_code(tx, session, command.code)
        await tx.remove_question(question.id)
        await show_soon(tx, session, who)
        return Reply(form=session_forms.done_panel(t.t("Withdrawn"), t.t("Your question is gone."), t))
    question, session = await _own(tx, who, command.question)
    may(Act.WITHDRAW, session)
    await tx.remove_question(question.id)
    after = await tx.session(session.id)
    await show_soon(tx, after or session, who)
    return await in_place(parts, tx, who, session, t.t("Your question is gone."))


async def _by_code(tx: Tx, session: Session, code: str) -> Question:
    question = await tx.question_with_code(session.id, fingerprint(code))
    if question is None:
        raise Slip("No question in this session has this code.", field="code", example=f"ama questions {ref(session)}")
    return question


async def _own(tx: Tx, who: Who, number: int) -> tuple[Question, Session]:
    question, session = await question_meant(tx, who, number)
    if question.author_id != who.person.id:
        if question.code is not None:
            raise NotAllowed("This was asked anonymously: only its code opens it.", example="ama edit")
        raise NotAllowed("Only whoever asked a question can change it.", example=f"ama questions {ref(session)}")
    return question, session


# --- upvoting -------------------------------------------------------------------------------------------------


async def upvote(parts: Parts, tx: Tx, who: Who, command: Upvote) -> Reply:
    """Once per person, however often it is pressed."""
    question, session = await question_meant(tx, who, command.question)
    may(Act.UPVOTE, session)
    if question.merged_into is not None:
        question, session = await question_meant(tx, who, question.merged_into)
    if question.state not in OPEN_QUESTIONS:
        raise Slip("This question was dealt with already.", example=f"ama questions {ref(session)}")
    t = who.t
    if not await tx.add_upvote(question.id, who.person.id):
        return await in_place(parts, tx, who, session, t.t("You upvoted it already."))
    await show_soon(tx, session, who)
    return await in_place(parts, tx, who, session, t.t("Upvoted."))
