"""What is asked in sessions, and who wants it answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from adapters.database import tables_ama
from adapters.database.records import Records
from adapters.database.sessions import facts_of, texts_of
from bot.model.sessions import Question, QuestionState

QUESTION, UPVOTE, SESSION = tables_ama.question, tables_ama.upvote, tables_ama.session

_VOTES = (
    sa.select(sa.func.count()).where(UPVOTE.c.question_id == QUESTION.c.id).correlate(QUESTION).scalar_subquery()
).label("votes")
_QUESTIONS = sa.select(QUESTION, _VOTES)


def question_of(row: sa.Row[Any]) -> Question:
    return Question(
        id=row.id,
        session_id=row.session_id,
        text=row.text,
        language=row.language,
        state=row.state,
        author_id=row.author_id,
        anonymous=row.anonymous,
        asked_at=row.asked_at,
        code=row.code,
        merged_into=row.merged_into,
        reason=row.reason,
        other=row.other,
        answers=texts_of(row.answers),
        link=row.link,
        verdict=row.verdict,
        came_from=row.came_from,
        votes=row.votes,
    )


def question_values(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "session_id": question.session_id,
        "text": question.text,
        "language": question.language,
        "state": question.state,
        "author_id": question.author_id,
        "anonymous": question.anonymous,
        "asked_at": question.asked_at,
        "code": question.code,
        "merged_into": question.merged_into,
        "reason": question.reason,
        "other": question.other,
        "answers": facts_of(question.answers),
        "link": question.link,
        "verdict": question.verdict,
        "came_from": question.came_from,
    }


class QuestionTx(Records):
    async def add_question(self, question: Question) -> bool:
        statement = self.insert(QUESTION).values(**question_values(question)).on_conflict_do_nothing()
        return await self.count(statement) == 1

    async def save_question(self, question: Question) -> None:
        values = question_values(question)
        await self.connection.execute(sa.update(QUESTION).where(QUESTION.c.id == question.id).values(**values))

    async def remove_question(self, question_id: int) -> None:
        await remove_questions(self, [question_id])

    async def question(self, question_id: int) -> Question | None:
        statement = self.locking(_QUESTIONS.where(QUESTION.c.id == question_id), QUESTION)
        row = await self.first(statement)
        return None if row is None else question_of(row)

    async def question_with_code(self, session_id: int, code: str) -> Question | None:
        row = await self.first(_QUESTIONS.where(QUESTION.c.session_id == session_id, QUESTION.c.code == code))
        return None if row is None else question_of(row)

    async def questions(self, session_id: int) -> Sequence[Question]:
        statement = _QUESTIONS.where(QUESTION.c.session_id == session_id).order_by(QUESTION.c.id)
        return [question_of(row) for row in await self.all(statement)]

    async def questions_by(self, person_id: int) -> Sequence[Question]:
        statement = _QUESTIONS.where(QUESTION.c.author_id == person_id).order_by(QUESTION.c.session_id, QUESTION.c.id)
        return [question_of(row) for row in await self.all(statement)]

    async def authors_in(self, session_id: int) -> Collection[int]:
        asked = (QUESTION.c.session_id == session_id, QUESTION.c.author_id.is_not(None))
        return {row.author_id for row in await self.all(sa.select(QUESTION.c.author_id).where(*asked).distinct())}

    async def add_upvote(self, question_id: int, person_id: int) -> bool:
        values = {"question_id": question_id, "person_id": person_id}
        return await self.count(self.insert(UPVOTE).values(**values).on_conflict_do_nothing()) == 1

    async def move_upvotes(self, question_id: int, into: int) -> None:
        target = sa.literal(into, UPVOTE.c.question_id.type).label("question_id")
        theirs = sa.select(target, UPVOTE.c.person_id).where(UPVOTE.c.question_id == question_id)
        copied = self.insert(UPVOTE).from_select(["question_id", "person_id"], theirs).on_conflict_do_nothing()
        await self.connection.execute(copied)

    async def upvoted(self, person_id: int, session_id: int | None = None) -> Collection[int]:
        statement = sa.select(UPVOTE.c.question_id).where(UPVOTE.c.person_id == person_id)
        if session_id is not None:
            inside = sa.select(QUESTION.c.id).where(QUESTION.c.session_id == session_id)
            statement = statement.where(UPVOTE.c.question_id.in_(inside))
        return {row.question_id for row in await self.all(statement)}


async def remove_questions(records: Records, ids: Collection[int]) -> None:
    """Questions with their upvotes, and whatever points to them; what was merged into one of them waits again."""
    connection = records.connection
    await connection.execute(sa.delete(UPVOTE).where(UPVOTE.c.question_id.in_(ids)))
    await connection.execute(sa.update(SESSION).where(SESSION.c.on_stage.in_(ids)).values(on_stage=None))
    merged = sa.update(QUESTION).where(QUESTION.c.merged_into.in_(ids))
    await connection.execute(merged.values(merged_into=None, state=QuestionState.WAITING))
    await connection.execute(sa.delete(QUESTION).where(QUESTION.c.id.in_(ids)))
