"""What may be done with a session in each of its states, and which question comes next. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.model.sessions import OPEN_QUESTIONS, Question, QuestionState, SessionState

_S = SessionState


class Act(StrEnum):
    """Everything that somebody may want to do with a session."""

    ANNOUNCE = "announce"
    CHANGE = "change"
    MOVE = "move"
    CANCEL = "cancel"
    ASK = "ask"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    UPVOTE = "upvote"
    RSVP = "rsvp"
    OPEN = "open"
    ATTEND = "attend"
    NEXT = "next"
    ANSWERED = "answered"
    LATER = "later"
    HIDE = "hide"
    MERGE = "merge"
    CLOSE = "close"
    ANSWER = "answer"
    RECAP = "recap"
    JUDGE = "judge"
    CARRY_OVER = "carry_over"
    UNHIDE = "unhide"


class Refusal(StrEnum):
    """Why something cannot be done now; `bot.messages.sessions` has a sentence and a way on for each."""

    NOT_ANNOUNCED = "not_announced"
    ANNOUNCED_ALREADY = "announced_already"
    NOT_BEGUN = "not_begun"
    BEGUN_ALREADY = "begun_already"
    NOT_LIVE = "not_live"
    NOT_OVER = "not_over"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Step:
    """It may be done; the session is in `state` afterwards. Where that is the state it was in, nothing moved."""

    state: SessionState


def step(act: Act, state: SessionState) -> Step | Refusal:
    """What `act` does to a session in `state`: every pair has an answer."""
    answer = _ANSWERS[act].get(state)
    if isinstance(answer, SessionState):
        return Step(answer)
    if answer is not None:
        return answer
    if state is _S.CANCELLED:
        return Refusal.CANCELLED
    if state is _S.DRAFT:
        return Refusal.NOT_ANNOUNCED
    return Step(state)


_OVER = {_S.CLOSED: Refusal.OVER, _S.RECAPPED: Refusal.OVER}
_UNDER_WAY = {_S.OPEN: Refusal.BEGUN_ALREADY, _S.LIVE: Refusal.BEGUN_ALREADY}
_NOT_OVER = {_S.ANNOUNCED: Refusal.NOT_OVER, _S.OPEN: Refusal.NOT_OVER, _S.LIVE: Refusal.NOT_OVER}
_ON_STAGE = {_S.ANNOUNCED: Refusal.NOT_BEGUN, _S.OPEN: Refusal.NOT_LIVE, **_OVER}

_ANSWERS: Mapping[Act, Mapping[SessionState, SessionState | Refusal]] = {
    Act.ANNOUNCE: {
        _S.DRAFT: _S.ANNOUNCED,
        **dict.fromkeys((_S.ANNOUNCED, _S.OPEN, _S.LIVE), Refusal.ANNOUNCED_ALREADY),
        **_OVER,
    },
    Act.CHANGE: {_S.DRAFT: _S.DRAFT, **_OVER},
    Act.MOVE: {_S.DRAFT: _S.DRAFT, _S.OPEN: _S.ANNOUNCED, _S.LIVE: Refusal.BEGUN_ALREADY, **_OVER},
    Act.CANCEL: {
        _S.DRAFT: _S.CANCELLED,
        _S.ANNOUNCED: _S.CANCELLED,
        _S.OPEN: _S.CANCELLED,
        _S.LIVE: Refusal.BEGUN_ALREADY,
        **_OVER,
    },
    Act.ASK: _OVER,
    Act.EDIT: _OVER,
    Act.WITHDRAW: _OVER,
    Act.UPVOTE: _OVER,
    Act.RSVP: _OVER,
    Act.OPEN: {_S.ANNOUNCED: _S.OPEN, **_UNDER_WAY, **_OVER},
    Act.ATTEND: {_S.ANNOUNCED: Refusal.NOT_BEGUN, **_OVER},
    Act.NEXT: {_S.ANNOUNCED: _S.LIVE, _S.OPEN: _S.LIVE, **_OVER},
    Act.ANSWERED: _ON_STAGE,
    Act.LATER: _ON_STAGE,
    Act.HIDE: {},
    Act.UNHIDE: {},
    Act.MERGE: _OVER,
    Act.CLOSE: {_S.ANNOUNCED: Refusal.NOT_BEGUN, _S.OPEN: _S.CLOSED, _S.LIVE: _S.CLOSED, **_OVER},
    Act.ANSWER: {},
    Act.RECAP: {_S.CLOSED: _S.RECAPPED, **_NOT_OVER},
    Act.JUDGE: _NOT_OVER,
    Act.CARRY_OVER: {_S.CANCELLED: _S.CANCELLED, **_NOT_OVER},
}


# --- the queue --------------------------------------------------------------------------------------------------


def queue(questions: Sequence[Question]) -> list[Question]:
    """The questions that wait, most wanted first; those put back come last. Of equally wanted ones the order says
    nothing about who came first: being early must not pay, and must not tell who asked."""
    waiting = [each for each in questions if each.state in (QuestionState.WAITING, QuestionState.LATER)]
    return sorted(waiting, key=lambda each: (each.state is QuestionState.LATER, -each.votes, _shuffled(each.id)))


def unanswered(questions: Sequence[Question]) -> list[Question]:
    """What still wants an answer, in the order of the queue, the one on stage first."""
    on_stage = [each for each in questions if each.state is QuestionState.LIVE]
    return [each for each in (*on_stage, *queue(questions)) if not each.written]


def answered(questions: Sequence[Question]) -> list[Question]:
    """What was answered, aloud or in writing, most wanted first."""
    done = [each for each in questions if each.state is QuestionState.ANSWERED or _in_writing(each)]
    return sorted(done, key=lambda each: (-each.votes, _shuffled(each.id)))


def _in_writing(question: Question) -> bool:
    return question.state in OPEN_QUESTIONS and question.written


def _shuffled(number: int) -> bytes:
    return hashlib.blake2b(number.to_bytes(8, "big"), digest_size=8).digest()
