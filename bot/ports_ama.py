"""What is remembered of sessions. `bot.ports.Tx` has these too.

An anonymous question is linked to nobody and to no moment: neither its row nor any other written with it says who.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model.cohort import Enrolment
from bot.model.sessions import Coming, Guest, Question, Session, SessionState, SessionTask, Task


class SessionRecords(Protocol):
    async def add_session(self, session: Session) -> Session:
        """Store a new session (its id is ignored) and return it with its id."""
        ...

    async def save_session(self, session: Session) -> None: ...

    async def session(self, session_id: int) -> Session | None:
        """While writing, nobody else changes it until the transaction is over."""
        ...

    async def sessions(
        self,
        cohort_ids: Collection[int],
        *,
        run_by: int | None = None,
        states: Collection[SessionState] | None = None,
        since: datetime | None = None,
    ) -> Sequence[Session]:
        """Sessions of these cohorts, and those that person `run_by` made or hosts, that start at or after `since`; by
        start."""
        ...

    async def zones_in(self, cohort_ids: Collection[int]) -> Mapping[str, int]:
        """How many people of these cohorts live in each zone (their own, else the cohort's); nobody twice."""
        ...

    async def invited(self, session_id: int, *, after: int, limit: int) -> Sequence[Enrolment]:
        """Who is active or paused in the session's cohorts, by person number above `after`; one enrolment of each
        person."""
        ...

    async def is_invited(self, session_id: int, person_id: int) -> bool:
        """Whether the person is in one of its cohorts, active, paused or finished."""
        ...

    # who comes

    async def guest(self, session_id: int, person_id: int) -> Guest | None: ...

    async def guests(self, session_id: int, person_ids: Collection[int]) -> Mapping[int, Guest]: ...

    async def guest_list(self, session_id: int, *, after: int, limit: int) -> Sequence[Guest]:
        """By person number above `after`."""
        ...

    async def guest_of(self, person_id: int) -> Sequence[Guest]:
        """Everything a person said to invitations, and where they came."""
        ...

    async def save_coming(self, session_id: int, person_id: int, coming: Coming) -> None:
        """The answer to an invitation; a later one replaces it."""
        ...

    async def save_came(self, session_id: int, person_id: int, card: str) -> bool:
        """Somebody is there, and `card` shows them the session; False when they were there already."""
        ...

    async def coming_counts(self, session_id: int) -> tuple[Mapping[Coming, int], int]:
        """How many said what, and how many came."""
        ...

    # work for many

    async def shown(self, keys: Collection[str]) -> Sequence[str]:
        """Those of these deliveries that are in somebody's chat."""
        ...

    async def plan_task(self, task: SessionTask) -> None:
        """Have it done; one that is planned already begins anew at the moment given."""
        ...

    async def wish_task(self, session_id: int, kind: Task, now: datetime) -> None:
        """Have it done now or, where it rests after it was done, when the rest is over. Several wishes are one."""
        ...

    async def rest_task(self, session_id: int, kind: Task, until: datetime) -> None:
        """It was done, and is not done again before `until`."""
        ...

    async def drop_task(self, session_id: int, kind: Task) -> None: ...

    async def tasks_due(self, now: datetime, limit: int) -> Sequence[SessionTask]:
        """With the cursor `RESTED` where nobody wished for it meanwhile."""
        ...


class QuestionRecords(Protocol):
    async def add_question(self, question: Question) -> bool:
        """False when a question of this number is there already; then nothing changed."""
        ...

    async def save_question(self, question: Question) -> None:
        """Everything but its votes, which are counted."""
        ...

    async def remove_question(self, question_id: int) -> None:
        """With its upvotes, and whatever points to it."""
        ...

    async def question(self, question_id: int) -> Question | None: ...

    async def question_with_code(self, session_id: int, code: str) -> Question | None: ...

    async def questions(self, session_id: int) -> Sequence[Question]:
        """In an order that says nothing."""
        ...

    async def questions_by(self, person_id: int) -> Sequence[Question]:
        """What a person asked under their name, or so that moderators see it."""
        ...

    async def authors_in(self, session_id: int) -> Collection[int]:
        """Who asked something under their name."""
        ...

    async def add_upvote(self, question_id: int, person_id: int) -> bool:
        """False when it was there already."""
        ...

    async def move_upvotes(self, question_id: int, into: int) -> None:
        """Whoever wanted the one wants the other; nobody counts twice."""
        ...

    async def upvoted(self, person_id: int, session_id: int | None = None) -> Collection[int]:
        """The questions a person wants answered."""
        ...


class AmaRecords(SessionRecords, QuestionRecords, Protocol):
    """Everything about sessions."""
