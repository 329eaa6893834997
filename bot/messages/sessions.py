"""What everybody sees of a session: invitation, reminders, the card while it runs, the question box."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.actions import encode
from bot.messages.blocks import Block, Button, Buttons, Facts, Item, Look, Message, Note, Section, Text, Title
from bot.messages.plans import when
from bot.messages.session_views import SessionView
from bot.messages.session_words import (
    COMING_WORDS,
    answer_text,
    names,
    question_line,
    ref,
    spoken_title,
    state_words,
    title_of,
    wall_words,
)
from bot.messages.texts import N_, Catalogue
from bot.messages.words import labelled, minutes, para, place_of
from bot.model.commands_ama import (
    AskQuestion,
    Attend,
    EditQuestion,
    Rsvp,
    SendRecap,
    ShowQuestions,
    ShowSession,
    Upvote,
    WithdrawQuestion,
)
from bot.model.richtext import Line, Span
from bot.model.sessions import Coming, Question, QuestionState, SessionState, Task
from bot.rules.session_times import short
from bot.rules.sessions import answered, queue

RUNNING = frozenset({SessionState.OPEN, SessionState.LIVE})
OVER = frozenset({SessionState.CLOSED, SessionState.RECAPPED})
TOP = 3
MOST = 12
"""Questions in one message; the others are a press away, and the most wanted ones come first."""
_SOON = {
    Task.DAY: N_("Tomorrow: {title}"),
    Task.HOUR: N_("In one hour: {title}"),
    Task.SOON: N_("In 10 minutes: {title}"),
}


def topic(view: SessionView) -> str:
    """What a message about a session shows, see `Message.topic`."""
    return f"session/{view.session.id}"


def session_card(view: SessionView, t: Catalogue, *, reminder: Task | None = None) -> Message:
    """The session as it is now: an invitation, the card of those who are there, or what is left of it. `reminder` says
    that this message came to remind of it."""
    if view.session.state in RUNNING and view.came:
        return audience(view, t)
    if view.session.state in OVER:
        return over(view, t)
    title = title_of(view.session, t)
    if view.session.state is SessionState.CANCELLED:
        title = t.t("Cancelled: {title}", title=title)
    elif reminder in _SOON and view.session.state is not SessionState.DRAFT:
        title = t.t(_SOON[reminder], title=title)
    blocks: list[Block] = [Title(title), Facts(tuple(about(view, t)))]
    if view.session.state is SessionState.CANCELLED:
        blocks.append(Text(para(t.line("This session does not take place."))))
        return Message(t.language, title, tuple(blocks), topic(view))
    blocks += _coming(view, t)
    blocks += _top(view, t)
    blocks.append(Buttons(tuple(_ways(view, t))))
    blocks.append(Note(_about_asking(view, t)))
    return Message(t.language, title, tuple(blocks), topic(view))


def about(view: SessionView, t: Catalogue) -> list[tuple[str, Line]]:
    """When, with whom, where."""
    session = view.session
    facts: list[tuple[str, Line]] = [
        (t.t("When"), (when(session.at, view.zone), Span(f" · {minutes(t, session.minutes)}"))),
    ]
    if session.zone != view.zone:
        there = wall_words(session.starts, t)
        facts.append((t.t("In {place}", place=place_of(session.zone)), (Span(there),)))
    if session.guest:
        facts.append((t.t("Guest"), (Span(session.guest, bold=True),)))
    if bio := t.of(session.bios):
        facts.append((t.t("About the guest"), (Span(bio),)))
    if view.hosts:
        facts.append((t.t("Facilitated by"), (Span(names(t, view.hosts)),)))
    if session.link and session.state is not SessionState.CANCELLED:
        facts.append((t.t("Where"), (Span(session.link, href=session.link),)))
    facts.append((t.t("Session"), (Span(f"{ref(session)} · {state_words(session, t)}"),)))
    return facts


def audience(view: SessionView, t: Catalogue) -> Message:
    """For those who are there: the question on stage, what waits, live counts."""
    session, stage = view.session, view.on_stage
    title = t.t("Now: {title}", title=title_of(session, t))
    blocks: list[Block] = [Title(title)]
    if stage is not None:
        blocks += [Section(t.t("On stage")), Text(para(question_line(stage, view.author(stage), t)))]
    else:
        blocks.append(Text(para(t.line("The doors are open. The first question comes on stage soon."))))
    counts = t.line(
        "{here} here · {waiting} waiting · {answered} answered",
        here=view.here,
        waiting=view.waiting,
        answered=view.answered,
    )
    blocks.append(Note(counts))
    blocks += _top(view, t, most=5)
    ways = [*_join(view, t), _ask(view, t), _all(view, t)]
    blocks.append(Buttons(tuple(ways)))
    if view.hosts:
        blocks.append(Note(t.line("Facilitated by {names}.", names=names(t, view.hosts))))
    return Message(t.language, title, tuple(blocks), topic(view))


def over(view: SessionView, t: Catalogue) -> Message:
    """After the end: what was answered, and where the rest is."""
    title = t.t("Over: {title}", title=title_of(view.session, t))
    line = t.line_n(
        "{n} question was answered. Thank you for taking part.",
        "{n} questions were answered. Thank you for taking part.",
        view.answered,
    )
    blocks: list[Block] = [Title(title), Facts(tuple(about(view, t))), Text(para(line))]
    recap = Button(
        t.t("Questions and answers"), encode(SendRecap(view.session.id)), typed=f"ama recap {ref(view.session)}"
    )
    return Message(t.language, title, (*blocks, Buttons((recap,))), topic(view))


def question_box(view: SessionView, t: Catalogue) -> Message:
    """Everything that was asked and may be seen, most wanted first; one's own with ways to change it."""
    title = t.t("Questions for {title}", title=title_of(view.session, t))
    blocks: list[Block] = [Title(title)]
    stage = [view.on_stage] if view.on_stage else []
    waiting = [*stage, *queue(view.questions)]
    if not waiting:
        blocks.append(Text(para(t.line("Nobody has asked anything yet."))))
    blocks += [_question(view, each, t) for each in waiting[:MOST]]
    if len(waiting) > MOST:
        blocks.append(Note(t.line_n("And {n} more question.", "And {n} more questions.", len(waiting) - MOST)))
    hidden = [each for each in view.mine if each.state is QuestionState.HIDDEN]
    blocks += [_hidden(each, t) for each in hidden]
    done = answered(view.questions)
    if done:
        blocks.append(Section(t.t("Answered")))
        blocks += [answer_item(view, each, t) for each in done[:MOST]]
    if view.session.state not in OVER:
        blocks.append(Buttons((_ask(view, t), *_by_code(view, t))))
        blocks.append(Note(_about_asking(view, t)))
    return Message(t.language, title, tuple(blocks), f"{topic(view)}/questions")


def answer_item(view: SessionView, question: Question, t: Catalogue) -> Item:
    """A question with what was answered in writing."""
    note: list[Span] = []
    if words := answer_text(question, t):
        note.append(Span(words))
    if question.link:
        note += [Span(" · ")] if note else []
        note.append(Span(question.link, href=question.link))
    return Item("✓", question_line(question, view.author(question), t), tuple(note), done=True)


def upvote_button(question: Question, t: Catalogue) -> Button:
    return Button(
        t.t("▲ Upvote"),
        encode(Upvote(question.id)),
        spoken=t.t("Upvote: {question}", question=short(question.text)),
        typed=f"ama upvote {question.id}",
    )


def votes(question: Question, t: Catalogue) -> str:
    return t.tn("{n} upvote", "{n} upvotes", question.votes)


def own_buttons(question: Question, t: Catalogue) -> tuple[Button, ...]:
    """What an author can do with a question that was asked under their name."""
    words = short(question.text)
    return (
        Button(
            t.t("Edit"),
            encode(EditQuestion(question.id)),
            spoken=t.t("Edit: {question}", question=words),
            typed=f"ama edit {question.id}",
        ),
        Button(
            t.t("Withdraw"),
            encode(WithdrawQuestion(question.id)),
            spoken=t.t("Withdraw: {question}", question=words),
            typed=f"ama withdraw {question.id}",
        ),
    )


def rsvp_buttons(view: SessionView, t: Catalogue) -> list[Button]:
    return [
        Button(
            t.t(words),
            encode(Rsvp(view.session.id, coming.value)),
            Look.PRIMARY if coming is Coming.GOING and view.coming is None else Look.NORMAL,
            spoken=t.t("{answer}: {title}", answer=t.t(words), title=spoken_title(view.session, t)),
            typed=f"ama rsvp {ref(view.session)} {coming.value}",
        )
        for coming, words in COMING_WORDS.items()
    ]


def show_button(view: SessionView, t: Catalogue) -> Button:
    return Button(
        t.t("Show"),
        encode(ShowSession(view.session.id)),
        spoken=t.t("Show the session: {title}", title=spoken_title(view.session, t)),
        typed=f"ama show {ref(view.session)}",
    )


# --- parts ------------------------------------------------------------------------------------------------------


def _coming(view: SessionView, t: Catalogue) -> list[Block]:
    blocks: list[Block] = []
    if view.coming is not None:
        blocks.append(Text(para(t.line("Your answer: *{answer}*.", answer=t.t(COMING_WORDS[view.coming])))))
    going, maybe = view.said.get(Coming.GOING, 0), view.said.get(Coming.MAYBE, 0)
    if going or maybe:
        blocks.append(Note(t.line("{going} going, {maybe} maybe", going=going, maybe=maybe)))
    blocks.append(Buttons(tuple(rsvp_buttons(view, t)), label=t.t("Do you come?")))
    return blocks


def _top(view: SessionView, t: Catalogue, *, most: int = TOP) -> list[Block]:
    """The most wanted questions, each with a press."""
    top = queue(view.questions)[:most]
    return [Section(t.t("Most wanted questions")), *(_question(view, each, t) for each in top)] if top else []


def _question(view: SessionView, question: Question, t: Catalogue) -> Item:
    note: Line = (Span(f"{votes(question, t)} · {question.id}"),)
    if question.state is QuestionState.LIVE:
        note = t.line("On stage now · {votes}", votes=votes(question, t))
    voted = question.id in view.upvoted
    if voted:
        note = (*note, *t.line(" · you upvoted it"))
    over = view.session.state in OVER
    buttons: tuple[Button, ...] = () if voted or over else (upvote_button(question, t),)
    if question.author_id == view.reader and not over:
        buttons = (*buttons, *own_buttons(question, t))
    return Item("▲", question_line(question, view.author(question), t), note, done=voted, buttons=buttons)


def _hidden(question: Question, t: Catalogue) -> Item:
    """An author's own question that a moderator took out of sight."""
    why = t.line("Hidden by a moderator: {reason}", reason=question.reason or t.t("no reason given"))
    return Item("–", question_line(question, None, t), why, buttons=own_buttons(question, t))


def _ways(view: SessionView, t: Catalogue) -> list[Button]:
    session = view.session
    ways: list[Button] = []
    if session.state in RUNNING:
        here = Button(t.t("I am here"), encode(Attend(session.id)), Look.PRIMARY, typed=f"ama here {ref(session)}")
        ways += [here, *_join(view, t)]
    ways += [_ask(view, t), _all(view, t)]
    if view.calendar:
        ways.append(Button(t.t("Add to calendar"), href=view.calendar))
    return ways


def _join(view: SessionView, t: Catalogue) -> list[Button]:
    link = view.session.link
    return [Button(t.t("Join"), href=link)] if link.startswith(("https://", "http://")) else []


def _ask(view: SessionView, t: Catalogue) -> Button:
    typed = f"ama ask {ref(view.session)}"
    return Button(t.t("Ask a question"), encode(AskQuestion(view.session.id)), typed=typed)


def _all(view: SessionView, t: Catalogue) -> Button:
    label = t.tn("{n} question", "{n} questions", view.waiting + view.answered)
    return Button(label, encode(ShowQuestions(view.session.id)), typed=f"ama questions {ref(view.session)}")


def _by_code(view: SessionView, t: Catalogue) -> tuple[Button, ...]:
    """Ways back to a question that was asked anonymously."""
    if view.session.seen_by_moderators:
        return ()
    session = view.session.id
    edit = EditQuestion(session=session, form=True)
    withdraw = WithdrawQuestion(session=session, form=True)
    return (
        Button(t.t("Edit with your code"), encode(edit), typed="ama edit"),
        Button(t.t("Withdraw with your code"), encode(withdraw), typed="ama withdraw"),
    )


def _about_asking(view: SessionView, t: Catalogue) -> Line:
    if view.session.seen_by_moderators:
        return t.line("Ask under your name or anonymously. Here moderators see who asks anonymously; nobody else does.")
    return t.line("Ask under your name or anonymously. An anonymous question is stored without any link to you.")


def said(t: Catalogue, title: str, line: Line, buttons: Sequence[Button] = ()) -> Message:
    """One sentence, perhaps with ways on."""
    row = (Buttons(tuple(buttons)),) if buttons else ()
    return Message(t.language, title, (Title(title), Text(para(line)), *row))


def labelled_title(view: SessionView, label: str, t: Catalogue) -> str:
    return labelled(t, label, title_of(view.session, t))
