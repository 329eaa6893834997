"""What follows each verb of `ama`. A session is named `#3`, as its messages show it, a question by its six digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.errors import Slip
from bot.model import commands_ama as ama
from bot.model.commands import Command
from bot.rules.grammar_options import slice_of, with_options
from bot.rules.grammar_said import Said, yes_or_no
from bot.rules.grammar_text import key, shown

_SESSION = re.compile(r"(?:session|séance|seance)?\s*#\s?(\d{1,9})(?!\d)[\s:,]*", re.IGNORECASE)
_BARE = re.compile(r"(?:session |séance |seance )?#?\s?(\d{1,9})", re.IGNORECASE)
_QUESTION = re.compile(r"#?(\d{6,9})(?!\d)[\s:,]*")
_ANYWAY = re.compile(r"(?:anyway|quand m[eê]me)(?!\w)[\s:,]*", re.IGNORECASE)
_CODE = re.compile(r"(?:[a-z]{4}[ -]?){3}")
_COMING = {
    **dict.fromkeys(("going", "coming", "i am going", "present", "presente", "j'y serai", "j'y vais"), "going"),
    **dict.fromkeys(("maybe", "perhaps", "peut etre", "peutetre", "not sure"), "maybe"),
    **dict.fromkeys(("not going", "absent", "absente", "decline"), "no"),
}
_PARTLY = frozenset(["partly", "partially", "half", "en partie", "partiellement", "a moitie"])
_OPTIONS = {
    **dict.fromkeys(("for", "pour", "during", "duree", "lasting"), "length"),
    **dict.fromkeys(("host", "hote", "hosted"), "host"),
    **dict.fromkeys(("cohosts", "cohost", "cohotes", "cohote"), "cohosts"),
    **dict.fromkeys(("cohort", "cohorts", "cohorte", "cohortes"), "cohorts"),
    **dict.fromkeys(("link", "lien", "url"), "link"),
    **dict.fromkeys(("guest", "invite", "invitee", "with"), "guest"),
    **dict.fromkeys(("tz", "zone", "timezone", "fuseau"), "zone"),
    **dict.fromkeys(("moderators", "moderation", "moderateurs"), "moderators"),
}


def _nothing(said: Said) -> Command:
    said.nothing_more()
    return ama.AmaHome()


def _session(said: Said, text: str) -> tuple[int | None, str]:
    """The session that a text begins with, and what follows it."""
    match = _SESSION.match(text.strip())
    return (_number(said, match[1]), text.strip()[match.end() :].strip()) if match else (None, text.strip())


def _question(said: Said, text: str) -> tuple[int | None, str]:
    match = _QUESTION.match(text.strip())
    return (int(match[1]), text.strip()[match.end() :].strip()) if match else (None, text.strip())


def _number(said: Said, digits: str) -> int:
    if not int(digits):
        raise Slip("Sessions are numbered from 1.", example=said.example())
    return int(digits)


def _of_session(make: Callable[[int | None], Command]) -> Callable[[Said], Command]:
    """A verb that wants a session, or nothing."""

    def read(said: Said) -> Command:
        if not said.key and "#" not in said.rest:
            return make(None)
        match = _BARE.fullmatch(said.name or said.rest.strip())
        if match is None:
            raise Slip(
                "“{word}” is not the number of a session. It looks like this: #3.",
                example=said.bare(),
                word=shown(said.rest),
            )
        return make(_number(said, match[1]))

    return read


def _of_question(make: Callable[[int | None], Command], *, needed: bool = False) -> Callable[[Said], Command]:
    """A verb that wants a question; without one, where that is possible, the one on stage."""

    def read(said: Said) -> Command:
        question, rest = _question(said, said.name or "")
        if rest or (question is None and needed):
            raise _no_question(said, rest)
        return make(question)

    return read


def _no_question(said: Said, rest: str) -> Slip:
    if not rest:
        return Slip("Say which question: its number has six digits.", example=said.example())
    return Slip(
        "“{word}” is not the number of a question. It has six digits.", example=said.example(), word=shown(rest)
    )


def _ask(said: Said) -> Command:
    text = said.rest.strip()
    anyway = _ANYWAY.match(text)
    session, question = _session(said, text[anyway.end() :] if anyway else text)
    return ama.AskQuestion(session, text=question or None, sure=anyway is not None)


def _edit(said: Said) -> Command:
    question, text = _question(said, said.rest)
    if question is None and text and not _CODE.fullmatch(said.key):
        raise _no_question(said, text)
    return ama.EditQuestion(question, text=text or None if question else None, form=question is None)


def _withdraw(said: Said) -> Command:
    """A code that is typed opens the form, which asks for it again: a chat remembers who wrote what."""
    question, rest = _question(said, said.name or "")
    if rest and not _CODE.fullmatch(said.key):
        raise _no_question(said, rest)
    return ama.WithdrawQuestion(question, form=question is None)


def _upvote(question: int | None) -> Command:
    return ama.Upvote(question or 0)


def _rsvp(said: Said) -> Command:
    session, rest = _session(said, said.with_rest(said.rest).name or "")
    word = key(rest)
    answer = yes_or_no(word)
    coming = _COMING.get(word) or {True: "going", False: "no", None: None}[answer]
    if word and coming is None:
        raise Slip("“{word}” is none of: going, maybe, no.", example=said.example(), word=shown(rest))
    return ama.Rsvp(session, coming=coming)


def _judge(said: Said) -> Command:
    question, rest = _question(said, said.name or "")
    if question is None:
        raise _no_question(said, rest)
    word = key(rest)
    answer = yes_or_no(word)
    verdict = "partly" if word in _PARTLY else {True: "yes", False: "no", None: ""}[answer]
    if not verdict:
        raise Slip("Was it answered? Say yes, partly or no.", example=said.example(str(question), "yes"))
    return ama.JudgeAnswer(question, verdict)


def _move(said: Said) -> Command:
    session, when = _session(said, said.rest)
    return ama.MoveSession(session, when=when or None)


def _cancel(said: Said) -> Command:
    confirmed, left = said.without_confirmation()
    plain = _of_session(lambda session: ama.CancelSession(session, confirmed=confirmed))
    return plain(left)


def _hide(said: Said) -> Command:
    question, reason = _question(said, said.rest)
    return ama.HideQuestion(question, reason=reason or None)


def _answer(said: Said) -> Command:
    question, text = _question(said, said.rest)
    if question is None and text:
        raise _no_question(said, text)
    return ama.AnswerQuestion(question, text=text or None, save=bool(text))


def _merge(said: Said) -> Command:
    question, rest = _question(said, said.rest)
    into, more = _question(said, rest)
    if question is None or more:
        raise _no_question(said, more or rest)
    return ama.MergeQuestions(question, into=into)


def _carry(said: Said) -> Command:
    session, rest = _session(said, said.rest)
    to, more = _session(said, rest)
    if more:
        raise Slip(
            "“{word}” is not the number of a session. It looks like this: #3.", example=said.example(), word=shown(more)
        )
    return ama.CarryOver(session, to=to)


# --- schedule ---------------------------------------------------------------------------------------------------


def _schedule(said: Said) -> Command:
    """The title in quotes, the moment, then options in any order, each with everything up to the next one."""
    found = said.tokens
    if not found:
        return ama.ScheduleSession()
    if not found[0].quoted:
        raise Slip("Put the title in quotes, then say when.", example=said.example())
    when, values = with_options(said, found[1:], _OPTIONS)
    if not when:
        raise Slip("Say when, after the title.", example=said.example())
    command = ama.ScheduleSession(title=found[0].text, when=slice_of(said.rest, when).strip(" ,;"))
    texts: dict[str, Any] = {name: slice_of(said.rest, part).strip(" ,;") for name, part in values.items()}
    return replace(command, **texts)


AMA_READERS: Mapping[str, Callable[[Said], Command]] = {
    "ama.home": _nothing,
    "ama.list": lambda said: ama.ListSessions(said.name),
    "ama.show": _of_session(ama.ShowSession),
    "ama.schedule": _schedule,
    "ama.change": _of_session(ama.ChangeSession),
    "ama.announce": _of_session(ama.AnnounceSession),
    "ama.move": _move,
    "ama.cancel": _cancel,
    "ama.ask": _ask,
    "ama.edit": _edit,
    "ama.withdraw": _withdraw,
    "ama.questions": _of_session(ama.ShowQuestions),
    "ama.upvote": _of_question(_upvote, needed=True),
    "ama.rsvp": _rsvp,
    "ama.open": _of_session(ama.OpenDoors),
    "ama.here": _of_session(ama.Attend),
    "ama.next": _of_question(ama.NextQuestion),
    "ama.answered": _of_question(ama.MarkAnswered),
    "ama.later": _of_question(ama.PutBack),
    "ama.hide": _hide,
    "ama.merge": _merge,
    "ama.close": _of_session(ama.CloseSession),
    "ama.answer": _answer,
    "ama.recap": _of_session(ama.SendRecap),
    "ama.judge": _judge,
    "ama.carry": _carry,
}
