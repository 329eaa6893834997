"""After a session, and all sessions at a glance: the recap, notes to authors, the list, the home card's part."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.actions import encode
from bot.messages.blocks import Block, Button, Buttons, Facts, Item, Look, Message, Note, Section, Text, Title
from bot.messages.plans import when
from bot.messages.session_desk import desk_button
from bot.messages.session_views import SessionView
from bot.messages.session_words import (
    COMING_WORDS,
    VERDICT_WORDS,
    answer_text,
    question_line,
    quoted,
    ref,
    spoken_title,
    state_words,
    title_of,
    wall_words,
)
from bot.messages.sessions import (
    MOST,
    OVER,
    RUNNING,
    about,
    answer_item,
    labelled_title,
    own_buttons,
    rsvp_buttons,
    session_card,
    show_button,
    topic,
    votes,
)
from bot.messages.texts import Catalogue
from bot.messages.words import para, place_of
from bot.model.commands_ama import (
    AskQuestion,
    Attend,
    CancelSession,
    JudgeAnswer,
    ListSessions,
    MoveSession,
    ScheduleSession,
    SendRecap,
)
from bot.model.richtext import Inline, Line, Span
from bot.model.sessions import OPEN_QUESTIONS, Question, QuestionState, SessionState
from bot.rules.session_times import short
from bot.rules.sessions import answered, unanswered

AT_HOME = 3


def recap(view: SessionView, t: Catalogue) -> Message:
    """Questions and answers in the reader's language, what stays open, and what became of the reader's own ones."""
    session = view.session
    title = t.t("Recap: {title}", title=title_of(session, t))
    blocks: list[Block] = [Title(title), Facts(tuple(about(view, t)))]
    done, rest = answered(view.questions), unanswered(view.questions)
    if done:
        blocks.append(Section(t.t("Questions and answers")))
        blocks += [answer_item(view, each, t) for each in done[:MOST]]
    if len(done) > MOST:
        blocks.append(Note(t.line_n("And {n} more question.", "And {n} more questions.", len(done) - MOST)))
    if rest:
        blocks.append(Section(t.t("Still open")))
        blocks += [
            Item("–", question_line(each, view.author(each), t), (Span(votes(each, t)),)) for each in rest[:MOST]
        ]
    if not done and not rest:
        blocks.append(Text(para(t.line("Nothing was asked."))))
    blocks += _mine(view, t)
    return Message(t.language, title, tuple(blocks), f"{topic(view)}/recap")


def _mine(view: SessionView, t: Catalogue) -> list[Block]:
    """To each asker: was it answered?"""
    asked = [each for each in view.mine if each.state not in (QuestionState.HIDDEN, QuestionState.MERGED)]
    if not asked or view.session.state not in OVER:
        return []
    blocks: list[Block] = [Section(t.t("Was your question answered?"))]
    for each in asked:
        note: Line = ()
        if each.verdict is not None:
            note = t.line("Your answer: *{answer}*.", answer=t.t(VERDICT_WORDS[each.verdict]))
        buttons = tuple(
            Button(
                t.t(words),
                encode(JudgeAnswer(each.id, verdict.value)),
                spoken=t.t("{answer}: {title}", answer=t.t(words), title=short(each.text)),
                typed=f"ama verdict {each.id} {verdict.value}",
            )
            for verdict, words in VERDICT_WORDS.items()
        )
        blocks.append(Item("?", (Span(quoted(each.text, t)),), note, done=each.verdict is not None, buttons=buttons))
    return blocks


def hidden_note(view: SessionView, question: Question, t: Catalogue) -> Message:
    """To the author of a question that a moderator hid."""
    title = t.t("Your question was hidden")
    why = t.line("A moderator hid it: {reason}", reason=question.reason or t.t("no reason given"))
    asked = (Span(quoted(question.text, t), bold=True),)
    about_it = Note((Span(labelled_title(view, t.t("Session"), t)),))
    blocks = (Title(title), Text(para(asked)), Text(para(why)), about_it, Buttons(own_buttons(question, t)))
    return Message(t.language, title, blocks, f"{topic(view)}/note")


def answered_note(view: SessionView, question: Question, t: Catalogue) -> Message:
    """To the author of a question that was answered in writing after the recap."""
    title = t.t("Your question was answered")
    blocks: list[Block] = [Title(title), answer_item(view, question, t)]
    return Message(t.language, title, (*blocks, *_mine(view, t)), f"{topic(view)}/note")


def changed(view: SessionView, t: Catalogue) -> Message:
    """A session moved or does not take place: the news first, then the card."""
    card = session_card(view, t)
    if view.session.state is SessionState.CANCELLED:
        return card
    title = t.t("New time: {title}", title=title_of(view.session, t))
    told = t.line("This session moved. Your answer and your questions stay; your calendar follows its link.")
    return Message(t.language, title, (Title(title), Text(para(told)), *card.blocks[1:]), topic(view))


def cancel_question(view: SessionView, t: Catalogue) -> Message:
    """Before a session is cancelled: who is told, and a softer way."""
    session = view.session
    title = t.t("Cancel {title}?", title=title_of(session, t))
    line = t.line("Everybody who did not decline is told once, and calendars follow. This cannot be undone.")
    buttons = (
        Button(
            t.t("Cancel the session"),
            encode(CancelSession(session.id, confirmed=True)),
            Look.DANGER,
            typed=f"ama cancel {ref(session)} confirm",
        ),
        Button(t.t("Move it instead"), encode(MoveSession(session.id)), typed=f"ama move {ref(session)}"),
    )
    return Message(t.language, title, (Title(title), Text(para(line)), Buttons(buttons)))


# --- the list ---------------------------------------------------------------------------------------------------


def session_list(
    coming: Sequence[SessionView],
    gone: Sequence[SessionView],
    t: Catalogue,
    *,
    words: str | None,
    leads: bool,
    feed: str = "",
) -> Message:
    """Sessions to come and gone by; with `words`, where they occur. `feed` is the address of the reader's own calendar
    of sessions."""
    title = t.t("Sessions") if not words else t.t("Sessions with “{words}”", words=words)
    blocks: list[Block] = [Title(title)]
    if not coming and not gone:
        nothing = t.line("Nothing was found.") if words else t.line("No session is planned at the moment.")
        blocks.append(Text(para(nothing)))
    if coming:
        blocks += [Section(t.t("To come")), *(_row(view, t, full=True) for view in coming)]
    if gone:
        blocks += [Section(t.t("Gone by")), *(_row(view, t, full=False) for view in gone)]
    if words:
        blocks += _hits([*coming, *gone], t)
    ways = []
    if leads:
        ways.append(Button(t.t("New session"), encode(ScheduleSession()), Look.PRIMARY, typed="ama schedule"))
    if feed and coming:
        ways.append(Button(t.t("Subscribe in your calendar"), href=feed))
    if words:
        ways.append(Button(t.t("All sessions"), encode(ListSessions()), typed="ama list"))
    if ways:
        blocks.append(Buttons(tuple(ways)))
    return Message(t.language, title, tuple(blocks), "sessions")


def _row(view: SessionView, t: Catalogue, *, full: bool) -> Item:
    session = view.session
    head: Line = (Span(title_of(session, t), bold=True), Span(f" · {ref(session)} · {state_words(session, t)}"))
    note: list[Inline] = [when(session.at, view.zone)]
    if session.zone != view.zone:
        note.append(Span(f" ({place_of(session.zone)}: {wall_words(session.starts, t)})"))
    if view.coming is not None:
        note.append(Span(f" · {t.t(COMING_WORDS[view.coming])}"))
    buttons = [show_button(view, t)]
    if full and session.state is not SessionState.DRAFT:
        buttons.append(_ask_button(view, t))
    if session.state in OVER:
        recapped = Button(
            t.t("Questions and answers"),
            encode(SendRecap(session.id)),
            spoken=t.t("Questions and answers of {title}", title=spoken_title(session, t)),
            typed=f"ama recap {ref(session)}",
        )
        buttons = [recapped]
    if view.runs and session.state not in (SessionState.DRAFT, SessionState.CANCELLED):
        buttons.append(desk_button(session, t))
    return Item("•", head, tuple(note), buttons=tuple(buttons))


def _hits(views: Sequence[SessionView], t: Catalogue) -> list[Block]:
    found: list[Block] = []
    for view in views:
        for each in view.questions[:MOST]:
            note: Line = (Span(answer_text(each, t)),) if answer_text(each, t) else ()
            found.append(Item("?", question_line(each, view.author(each), t), note))
    return [Section(t.t("Questions")), *found[:MOST]] if found else []


def _ask_button(view: SessionView, t: Catalogue) -> Button:
    return Button(
        t.t("Ask a question"),
        encode(AskQuestion(view.session.id)),
        spoken=t.t("Ask a question for {title}", title=spoken_title(view.session, t)),
        typed=f"ama ask {ref(view.session)}",
    )


# --- at home ----------------------------------------------------------------------------------------------------


def home_part(views: Sequence[SessionView], t: Catalogue) -> list[Block]:
    """The next sessions with one's answer, and one's own questions that are still open."""
    if not views:
        return []
    blocks: list[Block] = [Section(t.t("Sessions"))]
    for view in views[:AT_HOME]:
        session = view.session
        head: Line = (Span(title_of(session, t), bold=True), Span(f" · {state_words(session, t)}"))
        buttons = [show_button(view, t), _ask_button(view, t)]
        if session.state in RUNNING:
            buttons[1:1] = [_here(view, t)]
        elif view.coming is None:
            buttons += rsvp_buttons(view, t)
        note: list[Inline] = [when(session.at, view.zone)]
        if view.coming is not None:
            note.append(Span(f" · {t.t(COMING_WORDS[view.coming])}"))
        blocks.append(Item("•", head, tuple(note), buttons=tuple(buttons)))
    open_ones = [(view, each) for view in views for each in view.mine if each.state in OPEN_QUESTIONS]
    if open_ones:
        blocks.append(Section(t.t("My questions")))
        for view, each in open_ones[:MOST]:
            about_it = (Span(f"{votes(each, t)} · {title_of(view.session, t)}"),)
            blocks.append(Item("?", (Span(quoted(each.text, t)),), about_it, buttons=own_buttons(each, t)))
    blocks.append(Buttons((Button(t.t("All sessions"), encode(ListSessions()), typed="ama list"),)))
    return blocks


def _here(view: SessionView, t: Catalogue) -> Button:
    return Button(
        t.t("I am here"),
        encode(Attend(view.session.id)),
        Look.PRIMARY,
        spoken=t.t("I am here: {title}", title=spoken_title(view.session, t)),
        typed=f"ama here {ref(view.session)}",
    )
