"""A session is a state machine: whatever anybody asks for, in whatever order, has a defined answer.

A model walks beside the engine. It knows only the table of `bot.rules.sessions` and counts; after every step the
engine must be in the model's state, and what was refused must have changed nothing.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from adapters.database.migrate import migrate
from bot.messages.blocks import Reply
from bot.model import commands_ama as ama
from bot.model.commands import Command
from bot.model.people import Address
from bot.model.sessions import OPEN_QUESTIONS, Question, QuestionState, SessionState
from bot.rules.sessions import Act, Refusal, Step, step
from tests.session_world import facilitated, prepared, session
from tests.world import World, a_world

T = TypeVar("T")
_S = SessionState


class SessionMachine(RuleBasedStateMachine):
    """Fatou runs a session of Ben and Zoé."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = tempfile.mkdtemp()
        self.state = _S.DRAFT
        self.moves = 0

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(coroutine)

    @initialize()
    def begin(self) -> None:
        shutil.copy(empty_database(), f"{self.folder}/chat.db")
        self.world: World = self.run(self.stack.enter_async_context(a_world(f"sqlite:///{self.folder}/chat.db")))
        self.run(facilitated(self.world))
        self.number = self.run(prepared(self.world))

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- acting ---

    def ask_for(self, who: Address, command: Command, *, pressed: bool = True) -> Reply:
        reply = self.run(self._asked(who, command, pressed))
        assert reply != Reply(), "every request has an answer"
        return reply

    async def _asked(self, who: Address, command: Command, pressed: bool) -> Reply:
        reply = await self.world.engine.handle(command, self.world.caller(who, pressed=pressed))
        await self.world.settle()
        return reply

    def expect(self, act: Act) -> bool:
        """What the table says; true when it may be done."""
        answer: Step | Refusal = step(act, self.state)
        if isinstance(answer, Step):
            self.state = answer.state
            return True
        return False

    def found(self) -> list[Question]:
        async def look() -> list[Question]:
            async with self.world.store.reading() as tx:
                return list(await tx.questions(self.number))

        return self.run(look())

    def one(self, draw: int, *states: QuestionState) -> Question | None:
        chosen = [each for each in self.found() if not states or each.state in states]
        return chosen[draw % len(chosen)] if chosen else None

    @rule()
    def announce(self) -> None:
        self.expect(Act.ANNOUNCE)
        self.ask_for(self.world.fatou, ama.AnnounceSession(self.number))

    @rule(days=st.integers(1, 9))
    def move(self, days: int) -> None:
        before = self.run(session(self.world, self.number))
        self.moves += 1
        when = f"{(before.starts + timedelta(days=days)):%Y-%m-%d} 13:{self.moves % 60:02d}"
        moved = self.expect(Act.MOVE)
        self.ask_for(self.world.fatou, ama.MoveSession(self.number, when=when))
        after = self.run(session(self.world, self.number))
        assert (after.at != before.at) == moved
        assert after.sequence >= before.sequence

    @precondition(lambda self: self.moves > 2)
    @rule()
    def cancel(self) -> None:
        self.expect(Act.CANCEL)
        self.ask_for(self.world.fatou, ama.CancelSession(self.number, confirmed=True))

    @rule(anonymous=st.booleans(), learner=st.booleans())
    def ask(self, anonymous: bool, learner: bool) -> None:
        who = self.world.ben if learner else self.world.zoe
        before = self.found()
        may = isinstance(step(Act.ASK, self.state), Step)
        mine = sum(each.author_id is not None and each.state in OPEN_QUESTIONS for each in before)
        draft = 200_000 + len(before) * 7 + self.moves
        text = f"word{len(before)}{'abcdefghij'[self.moves % 10]} matters?"
        command = ama.AskQuestion(self.number, text, anonymous=anonymous, draft=draft, sure=True)
        for _ in range(2):
            self.ask_for(who, command)
        new = {each.id for each in self.found()} - {each.id for each in before}
        assert new <= {draft}
        assert mine >= 10 or any(each.id == draft for each in before) or bool(new) == may

    @rule(draw=st.integers(0, 99))
    def upvote(self, draw: int) -> None:
        question = self.one(draw, *OPEN_QUESTIONS)
        if question is not None:
            for _ in range(2):
                self.ask_for(self.world.zoe, ama.Upvote(question.id))
            after = next(each for each in self.found() if each.id == question.id)
            assert after.votes - question.votes <= 1

    @rule(draw=st.integers(0, 99))
    def withdraw(self, draw: int) -> None:
        question = self.one(draw)
        if question is not None:
            self.ask_for(self.world.ben, ama.WithdrawQuestion(question.id))
            gone = all(each.id != question.id for each in self.found())
            own = question.author_id is not None and self._is_bens(question)
            assert gone == (own and isinstance(step(Act.WITHDRAW, self.state), Step))

    def _is_bens(self, question: Question) -> bool:
        async def look() -> bool:
            async with self.world.store.reading() as tx:
                person = await tx.person_at(self.world.ben)
                return person is not None and person.id == question.author_id

        return self.run(look())

    @rule(coming=st.sampled_from(["going", "maybe", "no"]))
    def rsvp(self, coming: str) -> None:
        self.ask_for(self.world.ben, ama.Rsvp(self.number, coming))

    @rule()
    def open_doors(self) -> None:
        self.expect(Act.OPEN)
        self.ask_for(self.world.fatou, ama.OpenDoors(self.number))

    @rule()
    def attend(self) -> None:
        self.ask_for(self.world.ben, ama.Attend(self.number))

    @rule()
    def bring_next(self) -> None:
        self.expect(Act.NEXT)
        self.ask_for(self.world.fatou, ama.NextQuestion(session=self.number))

    @rule(draw=st.integers(0, 99), act=st.sampled_from(["next", "answered", "later", "hide", "merge", "answer"]))
    def moderate(self, draw: int, act: str) -> None:
        question, other = self.one(draw), self.one(draw + 1)
        if question is None or other is None:
            return
        waits = question.state in OPEN_QUESTIONS
        match act:
            case "next":
                command: Command = ama.NextQuestion(question.id)
                if waits:
                    self.expect(Act.NEXT)
            case "answered":
                command = ama.MarkAnswered(question.id)
            case "later":
                command = ama.PutBack(question.id)
            case "hide":
                command = ama.HideQuestion(question.id, reason="Not today.")
            case "merge":
                command = ama.MergeQuestions(question.id, into=other.id)
            case _:
                command = ama.AnswerQuestion(question.id, text="So.", save=True)
        self.ask_for(self.world.fatou, command)

    @rule()
    def close(self) -> None:
        self.expect(Act.CLOSE)
        self.ask_for(self.world.fatou, ama.CloseSession(self.number))

    @rule()
    def recap(self) -> None:
        self.expect(Act.RECAP)
        self.ask_for(self.world.fatou, ama.SendRecap(self.number))

    @rule()
    def carry(self) -> None:
        self.ask_for(self.world.fatou, ama.CarryOver(self.number))

    @rule(hours=st.integers(1, 60))
    def time_goes_by(self, hours: int) -> None:
        self.run(self.world.at(self.world.clock() + timedelta(hours=hours)))

    @rule(command=st.sampled_from([ama.AnnounceSession, ama.OpenDoors, ama.CloseSession, ama.MoveSession]))
    def a_learner_cannot_run_it(self, command: type[Any]) -> None:
        self.ask_for(self.world.ben, command(self.number))

    # --- what always holds ---

    @invariant()
    def the_engine_is_where_the_model_is(self) -> None:
        if not hasattr(self, "number"):
            return
        now = self.run(session(self.world, self.number))
        assert now.state is self.state
        live = [each.id for each in self.found() if each.state is QuestionState.LIVE]
        assert live == ([] if now.on_stage is None else [now.on_stage])
        broken = [e for e in self.world.events if e[0] in ("command_broke", "session_broke", "message_broken")]
        assert broken == []

    @invariant()
    def nobody_gets_anything_twice(self) -> None:
        if hasattr(self, "number"):
            keys = [posted.key for posted in self.world.platform.posted.values()]
            assert len(keys) == len(set(keys))


_EMPTY: list[Path] = []


def empty_database() -> Path:
    """A migrated database to copy, made once."""
    if not _EMPTY:
        path = Path(tempfile.mkdtemp()) / "empty.db"
        migrate(f"sqlite:///{path}")
        _EMPTY.append(path)
    return _EMPTY[0]


SessionMachine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestSessionMachine = SessionMachine.TestCase
