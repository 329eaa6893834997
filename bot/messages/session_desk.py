"""What hosts and facilitators see: the draft with local times and clashes, the desk, and what changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.messages.actions import encode
from bot.messages.blocks import Block, Button, Buttons, Facts, Item, Look, Message, Note, Section, Table, Text, Title
from bot.messages.plans import when
from bot.messages.session_views import SessionView
from bot.messages.session_words import question_line, ref, spoken_title, title_of, wall_words
from bot.messages.sessions import OVER, RUNNING, about, topic, votes
from bot.messages.texts import N_, Catalogue
from bot.messages.words import para, place_of, wall
from bot.model.cohort import Cohort
from bot.model.commands_ama import (
    AnnounceSession,
    AnswerQuestion,
    CancelSession,
    CarryOver,
    ChangeSession,
    CloseSession,
    HideQuestion,
    MarkAnswered,
    MergeQuestions,
    MoveSession,
    NextQuestion,
    OpenDoors,
    PutBack,
    SendRecap,
    ShowQuestions,
)
from bot.model.course import Language
from bot.model.richtext import Line, Span
from bot.model.sessions import Coming, Question, QuestionState, Session, SessionState
from bot.rules.session_times import LocalTime, short
from bot.rules.sessions import answered, queue

ON_DESK = 6
"""Questions in the queue of the desk; whoever needs another one names its number."""


@dataclass(frozen=True, slots=True)
class Clashes:
    """What speaks against a moment: other sessions, lessons within an hour, public holidays by cohort."""

    sessions: tuple[Session, ...] = ()
    lessons: tuple[tuple[Cohort, datetime], ...] = ()
    holidays: tuple[tuple[Cohort, date, Mapping[Language, str]], ...] = ()


def draft(view: SessionView, local: Sequence[LocalTime], clashes: Clashes, t: Catalogue) -> Message:
    """Before anybody hears of it: when it is for whom, and what it clashes with."""
    session = view.session
    title = t.t("Draft: {title}", title=title_of(session, t))
    if session.state is not SessionState.DRAFT:
        title = t.t("Changed: {title}", title=title_of(session, t))
    facts = about(view, t)
    if view.cohorts:
        facts.append((t.t("For"), (Span(", ".join(view.cohorts)),)))
    blocks: list[Block] = [Title(title), Facts(tuple(facts))]
    if local:
        columns = (t.t("Place"), t.t("Local time"), t.t("People"))
        rows = tuple(
            ((Span(place_of(each.zone)),), (Span(wall_words(each.starts, t)),), (Span(str(each.people)),))
            for each in local
        )
        blocks.append(Table(columns, rows, t.t("When it is for your people")))
    warnings = _warnings(local, clashes, view, t)
    if warnings:
        blocks.append(Section(t.t("Please check")))
        blocks += [Item("!", line) for line in warnings]
    if session.state is SessionState.DRAFT:
        blocks.append(Text(para(t.line("Nobody has heard of it yet."))))
    if session.seen_by_moderators:
        blocks.append(Note(t.line("People will read that moderators see who asks anonymously.")))
    blocks.append(Buttons(tuple(_draft_buttons(session, t))))
    return Message(t.language, title, tuple(blocks), f"{topic(view)}/draft")


def _warnings(local: Sequence[LocalTime], clashes: Clashes, view: SessionView, t: Catalogue) -> list[Line]:
    lines = []
    night = sum(each.people for each in local if each.night)
    if night:
        lines.append(
            t.line_n(
                "For {n} person it is between 21:00 and 7:00.", "For {n} people it is between 21:00 and 7:00.", night
            )
        )
    same_time = N_("At the same time: *{title}* ({ref}), {when}.")
    lines += [
        t.line(same_time, title=title_of(other, t), ref=ref(other), when=when(other.at, view.zone))
        for other in clashes.sessions
    ]
    for cohort, lesson in clashes.lessons:
        time = wall(t, lesson.time())
        lines.append(
            t.line(
                "A lesson of *{cohort}* may come at {time} in {place}.",
                cohort=cohort.name,
                time=time,
                place=place_of(cohort.zone),
            )
        )
    for cohort, _, holiday in clashes.holidays:
        name = t.of(holiday) if holiday else t.t("public holiday")
        lines.append(t.line("For *{cohort}* it is a holiday ({name}).", cohort=cohort.name, name=name))
    return lines


def _draft_buttons(session: Session, t: Catalogue) -> list[Button]:
    number, typed = session.id, ref(session)
    change = Button(t.t("Change"), encode(ChangeSession(number)), typed=f"ama change {typed}")
    if session.state is not SessionState.DRAFT:
        return [change, desk_button(session, t)]
    return [
        Button(t.t("Announce"), encode(AnnounceSession(number)), Look.PRIMARY, typed=f"ama announce {typed}"),
        change,
        Button(t.t("Discard"), encode(CancelSession(number)), Look.DANGER, typed=f"ama cancel {typed}"),
    ]


def desk_button(session: Session, t: Catalogue) -> Button:
    return Button(
        t.t("Desk"),
        encode(ShowQuestions(session.id)),
        spoken=t.t("Desk of {title}", title=spoken_title(session, t)),
        typed=f"ama questions {ref(session)}",
    )


# --- the desk ---------------------------------------------------------------------------------------------------


def desk(view: SessionView, t: Catalogue) -> Message:
    """The host's queue: what is on stage, what waits in which order, and the next press."""
    session = view.session
    title = t.t("Desk: {title}", title=title_of(session, t))
    going = view.said.get(Coming.GOING, 0)
    counts = t.line(
        "{going} going · {here} here · {waiting} waiting · {answered} answered",
        going=going,
        here=view.here,
        waiting=view.waiting,
        answered=view.answered,
    )
    blocks: list[Block] = [Title(title), Facts(tuple(about(view, t))), Note(counts)]
    stage = view.on_stage
    if stage is not None:
        blocks += [
            Section(t.t("On stage")),
            Text(para(question_line(stage, view.author(stage), t))),
            Buttons(tuple(_on_stage(stage, t))),
        ]
    blocks += _queue(view, t)
    blocks += _done(view, t)
    blocks.append(Buttons(tuple(_steps(view, t))))
    return Message(t.language, title, tuple(blocks), f"{topic(view)}/desk")


def _on_stage(question: Question, t: Catalogue) -> list[Button]:
    words = short(question.text)
    return [
        Button(
            t.t("Answered"),
            encode(MarkAnswered(question.id)),
            spoken=t.t("Answered: {question}", question=words),
            typed=f"ama answered {question.id}",
        ),
        Button(
            t.t("Later"),
            encode(PutBack(question.id)),
            spoken=t.t("Later: {question}", question=words),
            typed=f"ama later {question.id}",
        ),
        hide_button(question, t),
    ]


def _queue(view: SessionView, t: Catalogue) -> list[Block]:
    waiting = [each for each in queue(view.questions) if not each.written]
    blocks: list[Block] = [Section(t.t("Queue"))]
    if not waiting:
        blocks.append(Text(para(t.line("No question waits."))))
    blocks += [_waiting(view, each, t) for each in waiting[:ON_DESK]]
    if len(waiting) > ON_DESK:
        blocks.append(Note(t.line_n("And {n} more question.", "And {n} more questions.", len(waiting) - ON_DESK)))
    hidden = [each for each in view.questions if each.state is QuestionState.HIDDEN]
    for each in hidden[:ON_DESK]:
        back = Button(
            t.t("Put back"),
            encode(PutBack(each.id)),
            spoken=t.t("Put back: {question}", question=short(each.text)),
            typed=f"ama later {each.id}",
        )
        note = t.line("Hidden: {reason}", reason=each.reason or t.t("no reason given"))
        blocks.append(Item("–", question_line(each, view.author(each), t), note, buttons=(back,)))
    return blocks


def _waiting(view: SessionView, question: Question, t: Catalogue) -> Item:
    words = short(question.text)
    stage = Button(
        t.t("On stage"),
        encode(NextQuestion(question.id)),
        spoken=t.t("On stage: {question}", question=words),
        typed=f"ama next {question.id}",
    )
    merge = Button(
        t.t("Merge"),
        encode(MergeQuestions(question.id)),
        spoken=t.t("Merge: {question}", question=words),
        typed=f"ama merge {question.id}",
    )
    moderate = [hide_button(question, t), merge, answer_button(question, t)]
    buttons = moderate[::2] if view.session.state in OVER else [stage, *moderate]
    note: Line = (Span(f"{votes(question, t)} · {question.id}"),)
    if question.state is QuestionState.LATER:
        note = (*note, *t.line(" · put back"))
    return Item("▲", question_line(question, view.author(question), t), note, buttons=tuple(buttons))


def _done(view: SessionView, t: Catalogue) -> list[Block]:
    """Questions that were answered aloud and may get an answer in writing."""
    done = [each for each in answered(view.questions) if not each.written]
    if not done or view.session.state not in OVER:
        return []
    items = [
        Item("✓", question_line(each, view.author(each), t), done=True, buttons=(answer_button(each, t),))
        for each in done[:ON_DESK]
    ]
    return [Section(t.t("Answered aloud")), *items]


def hide_button(question: Question, t: Catalogue) -> Button:
    return Button(
        t.t("Hide"),
        encode(HideQuestion(question.id)),
        spoken=t.t("Hide: {question}", question=short(question.text)),
        typed=f"ama hide {question.id}",
    )


def answer_button(question: Question, t: Catalogue) -> Button:
    return Button(
        t.t("Answer in writing"),
        encode(AnswerQuestion(question.id)),
        spoken=t.t("Answer in writing: {question}", question=short(question.text)),
        typed=f"ama answer {question.id}",
    )


def _steps(view: SessionView, t: Catalogue) -> list[Button]:
    """What comes next for the session as a whole, in each of its states."""
    session, typed = view.session, ref(view.session)
    stage = view.on_stage.id if view.on_stage else 0
    forward = Button(
        t.t("Next question"), encode(NextQuestion(session=session.id, after=stage)), Look.PRIMARY, typed="ama next"
    )
    close = Button(t.t("Close the session"), encode(CloseSession(session.id)), typed=f"ama close {typed}")
    move = Button(t.t("Move"), encode(MoveSession(session.id)), typed=f"ama move {typed}")
    cancel = Button(
        t.t("Cancel the session"), encode(CancelSession(session.id)), Look.DANGER, typed=f"ama cancel {typed}"
    )
    change = Button(t.t("Change"), encode(ChangeSession(session.id)), typed=f"ama change {typed}")
    if session.state is SessionState.ANNOUNCED:
        doors = Button(t.t("Open the doors"), encode(OpenDoors(session.id)), Look.PRIMARY, typed=f"ama open {typed}")
        return [doors, forward, change, move, cancel]
    if session.state in RUNNING:
        return [forward, close]
    if session.state in OVER:
        label = t.t("Send the recap") if session.state is SessionState.CLOSED else t.t("Recap")
        recap = Button(label, encode(SendRecap(session.id)), Look.PRIMARY, typed=f"ama recap {typed}")
        carry = Button(t.t("Take the rest along"), encode(CarryOver(session.id)), typed=f"ama carry {typed}")
        return [recap, carry] if view.waiting else [recap]
    return [change]
