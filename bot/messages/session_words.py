"""Short words about sessions that several messages share: states, answers, moments, questions in one line."""

from __future__ import annotations

from datetime import datetime

from bot.errors import Slip
from bot.messages.texts import N_, Catalogue
from bot.messages.welcome import LANGUAGE_NAMES
from bot.messages.words import DAY_WORDS, listed, wall
from bot.model.course import Language, Weekday
from bot.model.richtext import Line, Span
from bot.model.sessions import Answered, Coming, Question, Session, SessionState
from bot.rules.dates import written
from bot.rules.session_times import short
from bot.rules.sessions import Refusal

STATE_WORDS = {
    SessionState.DRAFT: N_("draft"),
    SessionState.ANNOUNCED: N_("announced"),
    SessionState.OPEN: N_("doors open"),
    SessionState.LIVE: N_("under way"),
    SessionState.CLOSED: N_("over"),
    SessionState.RECAPPED: N_("over, with recap"),
    SessionState.CANCELLED: N_("cancelled"),
}
COMING_WORDS = {Coming.GOING: N_("Going"), Coming.MAYBE: N_("Maybe"), Coming.NO: N_("Not going")}
VERDICT_WORDS = {Answered.YES: N_("Yes"), Answered.PARTLY: N_("Partly"), Answered.NO: N_("No")}
_REFUSALS = {
    Refusal.NOT_ANNOUNCED: (N_("This session is not announced yet."), "ama announce"),
    Refusal.ANNOUNCED_ALREADY: (N_("This session is announced already."), "ama show"),
    Refusal.NOT_BEGUN: (N_("This session has not begun yet."), "ama show"),
    Refusal.BEGUN_ALREADY: (N_("This session has begun already."), "ama questions"),
    Refusal.NOT_LIVE: (N_("No question is on stage yet."), "ama next"),
    Refusal.NOT_OVER: (N_("This session is not over yet."), "ama show"),
    Refusal.OVER: (N_("This session is over."), "ama recap"),
    Refusal.CANCELLED: (N_("This session was cancelled."), "ama list"),
}
_ALONE = frozenset({"ama next", "ama list"})
"""What is typed without a session's number."""


def refused(refusal: Refusal, session: Session) -> Slip:
    """Why something cannot be done with a session now, and what can."""
    text, example = _REFUSALS[refusal]
    return Slip(text, example=example if example in _ALONE else f"{example} {ref(session)}")


def ref(session: Session) -> str:
    """How one names a session while typing."""
    return f"#{session.id}"


def title_of(session: Session, t: Catalogue) -> str:
    return t.of(session.titles)


def spoken_title(session: Session, t: Catalogue) -> str:
    """The title for ears, with the number: sessions of a series are called alike."""
    return f"{short(title_of(session, t))} ({ref(session)})"


def state_words(session: Session, t: Catalogue) -> str:
    return t.t(STATE_WORDS[session.state])


def wall_words(at: datetime, t: Catalogue) -> str:
    """A wall time in full, for a zone that is not the reader's: "Thursday 3 December 2026, 13:00"."""
    day = t.t(DAY_WORDS[Weekday(at.weekday())])
    return t.t("{day} {date}, {time}", day=day, date=written(at.date(), t.language), time=wall(t, at.time()))


def names(t: Catalogue, people: tuple[str, ...]) -> str:
    return listed(t, list(people))


def quoted(words: str, t: Catalogue) -> str:
    """What somebody wrote, in the quotation marks of the reader's language."""
    return t.t("“{words}”", words=words)


def question_line(question: Question, author: str | None, t: Catalogue) -> Line:
    """A question with who asked it; the other language beside it where there is one."""
    line: list[Span] = [Span(quoted(question.text, t), bold=True)]
    if question.other:
        line.append(Span(f" / {quoted(question.other, t)}"))
    elif question.language is not t.language:
        line.append(Span(f" ({LANGUAGE_NAMES[question.language]})"))
    who = author
    if question.anonymous:
        who = t.t("anonymous; moderators see: {name}", name=author) if author else t.t("anonymous")
    if who:
        line.append(Span(f" · {who}"))
    return tuple(line)


def answer_text(question: Question, t: Catalogue) -> str:
    """The answer in the reader's language, the other rather than nothing."""
    return t.of(question.answers) if question.answers else ""


def other_language(language: Language) -> Language:
    return Language.FR if language is Language.EN else Language.EN
