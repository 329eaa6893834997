"""What may be done with a session in which state, and which question comes next."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.session_words import refused
from bot.model.course import Language
from bot.model.sessions import OPEN_QUESTIONS, Question, QuestionState, SessionState
from bot.rules.codes import NEEDED, code_from, fingerprint
from bot.rules.grammar import parse
from bot.rules.sessions import Act, Refusal, Step, answered, queue, step, unanswered
from tests.bot.messages.gallery_ama import a_session

_S = SessionState
_ORDER = (_S.DRAFT, _S.ANNOUNCED, _S.OPEN, _S.LIVE, _S.CLOSED, _S.RECAPPED, _S.CANCELLED)


@pytest.mark.parametrize(("act", "state"), list(itertools.product(Act, SessionState)))
def test_every_act_in_every_state_has_an_answer(act: Act, state: SessionState) -> None:
    """It is done, or a sentence says why not and what is possible instead."""
    answer = step(act, state)
    if isinstance(answer, Step):
        back = act is Act.MOVE and state is _S.OPEN
        assert back or _ORDER.index(answer.state) >= _ORDER.index(state), "a session never goes back, but by a move"
    else:
        slip = refused(answer, a_session(state))
        assert slip.text
        assert parse(slip.example or "", language=Language.EN, direct=True).verb.startswith("ama.")


@pytest.mark.parametrize("act", Act)
def test_a_cancelled_session_stays_cancelled(act: Act) -> None:
    """Whatever is asked for; only its questions may go along to another one."""
    answer = step(act, _S.CANCELLED)
    assert answer is Refusal.CANCELLED or (act is Act.CARRY_OVER and answer == Step(_S.CANCELLED))


def test_one_press_starts_a_session() -> None:
    """The first question may come on stage before the doors were opened."""
    assert step(Act.NEXT, _S.ANNOUNCED) == Step(_S.LIVE)


def questions(numbers: list[tuple[int, int, QuestionState]]) -> list[Question]:
    return [
        Question(400_000 + number, 3, f"{number}?", Language.EN, state, votes=votes) for number, votes, state in numbers
    ]


some = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 5), st.sampled_from(QuestionState)), unique_by=lambda each: each[0]
).map(questions)


@given(some)
def test_the_most_wanted_question_comes_first(asked: list[Question]) -> None:
    """What was put back comes last; what is hidden, merged, answered or on stage does not wait."""
    waiting = queue(asked)
    assert {each.id for each in waiting} == {each.id for each in asked if each.state in ("waiting", "later")}
    ranks = [(each.state is QuestionState.LATER, -each.votes) for each in waiting]
    assert ranks == sorted(ranks)


@given(some, st.randoms())
def test_the_order_says_nothing_about_who_was_first(asked: list[Question], chance: Random) -> None:
    """However the questions come out of the database, the queue is the same."""
    shuffled = list(asked)
    chance.shuffle(shuffled)
    assert queue(asked) == queue(shuffled)


@given(some)
def test_a_question_is_answered_or_not(asked: list[Question]) -> None:
    """Never both, and hidden and merged ones are neither."""
    done, rest = ({each.id for each in found} for found in (answered(asked), unanswered(asked)))
    assert not done & rest
    assert rest == {each.id for each in asked if each.state in OPEN_QUESTIONS}


@given(st.binary(min_size=NEEDED, max_size=NEEDED))
def test_a_code_is_recognised_however_it_is_written(chance: bytes) -> None:
    """Capitals, spaces and hyphens do not matter; the fingerprint does not show the code."""
    code = code_from(chance)
    assert len(code.split("-")) == 3
    assert fingerprint(code) == fingerprint(f" {code.upper().replace('-', ' ')} ")
    assert code not in fingerprint(code)


def test_another_code_has_another_fingerprint() -> None:
    """And a code needs all of its bytes."""
    assert fingerprint("bado-kiru-temu") != fingerprint("bado-kiru-temi")
    with pytest.raises(ValueError, match="bytes"):
        code_from(b"short")
