"""What people did: completions, answers, votes, feedback. Each has a unique key, so doing it twice is harmless."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.database import tables
from adapters.database.metadata import among
from adapters.database.records import Records, insert_rows, one_row
from bot.model.delivery import DeliveryState, Kind
from bot.model.progress import Completion, Given, LessonFacts, Worth

COMPLETION, ANSWER, VOTES = tables.completion, tables.answer, tables.anonymous_votes
FEEDBACK, ENROLMENT, DELIVERY = tables.feedback, tables.enrolment, tables.delivery

_IN_ORDER = (COMPLETION.c.done_at, COMPLETION.c.lesson_id, COMPLETION.c.activity_id)
_COMPLETIONS = (
    sa.select(COMPLETION).where(COMPLETION.c.enrolment_id == sa.bindparam("enrolment_id")).order_by(*_IN_ORDER)
)
_COMPLETIONS_FOR = sa.select(COMPLETION).where(among(COMPLETION.c.enrolment_id, "ids")).order_by(*_IN_ORDER)
_ADD_COMPLETION = insert_rows(COMPLETION, one_row(COMPLETION, "enrolment_id", "lesson_id", "activity_id", "done_at"))


def _of_enrolment(table: sa.Table, *names: str) -> sa.Select[Any]:
    """A row about an enrolment, with its cohort."""
    row = one_row(table, "enrolment_id", "lesson_id", *names)
    return row.add_columns(ENROLMENT.c.cohort_id).where(ENROLMENT.c.id == sa.bindparam("new_enrolment_id"))


_SAVE_GIVEN = insert_rows(
    ANSWER,
    _of_enrolment(ANSWER, "activity_id", "at", "choice", "first", "text", "shared"),
    "ON CONFLICT (enrolment_id, lesson_id, activity_id) DO UPDATE SET at = excluded.at, choice = excluded.choice, "
    "first = coalesce(answer.first, excluded.first), text = excluded.text, shared = excluded.shared",
)
_SAVE_FEEDBACK = insert_rows(
    FEEDBACK,
    _of_enrolment(FEEDBACK, "worth", "line", "at"),
    "ON CONFLICT (enrolment_id, lesson_id) DO UPDATE SET "
    "worth = excluded.worth, line = excluded.line, at = excluded.at",
)
_VOTE = insert_rows(
    VOTES,
    one_row(VOTES, "cohort_id", "lesson_id", "activity_id", "option", "votes"),
    "ON CONFLICT (cohort_id, lesson_id, activity_id, option) DO UPDATE SET votes = anonymous_votes.votes + 1",
)


def _same(table: sa.Table, *names: str) -> list[sa.ColumnElement[bool]]:
    """That these columns are what the parameters of the same names say."""
    return [table.c[name] == sa.bindparam(name) for name in names]


_GIVEN = (
    sa.select(
        *(ANSWER.c[name] for name in ("enrolment_id", "lesson_id", "activity_id")),
        *(ANSWER.c[name] for name in ("at", "choice", "first", "text", "shared")),
    )
    .where(*_same(ANSWER, "enrolment_id"))
    .order_by(ANSWER.c.at, ANSWER.c.lesson_id, ANSWER.c.activity_id)
)
_GIVEN_IN_LESSON = _GIVEN.where(*_same(ANSWER, "lesson_id"))
_FEEDBACK = sa.select(FEEDBACK).where(*_same(FEEDBACK, "enrolment_id"))
_FEEDBACK_IN_LESSON = _FEEDBACK.where(*_same(FEEDBACK, "lesson_id"))


def _lesson_facts() -> sa.CompoundSelect[Any]:
    """Everything about one lesson in one answer: rows like those of `answer`, after a word for where they are from."""
    names = ("activity_id", "at", "choice", "first", "text", "shared")

    def rows(what: str, table: sa.Table, **values: sa.ColumnElement[Any]) -> sa.Select[Any]:
        columns = (values.get(name, sa.cast(sa.null(), ANSWER.c[name].type)).label(name) for name in names)
        word = sa.literal_column(f"'{what}'", sa.Text()).label("what")
        return sa.select(word, *columns).where(*_same(table, "enrolment_id", "lesson_id"))

    return sa.union_all(
        rows("given", ANSWER, **{name: ANSWER.c[name] for name in names}),
        rows("done", COMPLETION, activity_id=COMPLETION.c.activity_id),
        rows("worth", FEEDBACK, text=sa.cast(FEEDBACK.c.worth, sa.Text())),
    )


_LESSON_FACTS = _lesson_facts()
_REMOVE_COMPLETION = sa.delete(COMPLETION).where(*_same(COMPLETION, "enrolment_id", "lesson_id", "activity_id"))
_REMOVE_ANSWER = sa.delete(ANSWER).where(*_same(ANSWER, "enrolment_id", "lesson_id", "activity_id"))
_TALLY = (
    sa.select(ANSWER.c.choice.label("option"), sa.func.count().label("votes"))
    .where(*_same(ANSWER, "cohort_id", "lesson_id", "activity_id"), ANSWER.c.choice.is_not(None))
    .group_by(ANSWER.c.choice)
    .union_all(sa.select(VOTES.c.option, VOTES.c.votes).where(*_same(VOTES, "cohort_id", "lesson_id", "activity_id")))
)


class FactTx(Records):
    async def add_completion(self, completion: Completion) -> bool:
        values = {
            "new_enrolment_id": completion.enrolment_id,
            "new_lesson_id": completion.lesson_id,
            "new_activity_id": completion.activity_id,
            "new_done_at": completion.done_at,
        }
        return await self.count(_ADD_COMPLETION, values) == 1

    async def remove_completion(self, enrolment_id: int, lesson_id: str, activity_id: str) -> bool:
        return await self._delete(_REMOVE_COMPLETION, enrolment_id, lesson_id, activity_id)

    async def completions(self, enrolment_id: int) -> Sequence[Completion]:
        return [Completion(*row) for row in await self.all(_COMPLETIONS, {"enrolment_id": enrolment_id})]

    async def completions_for(self, enrolment_ids: Collection[int]) -> Mapping[int, Sequence[Completion]]:
        found: dict[int, list[Completion]] = {number: [] for number in enrolment_ids}
        for row in await self.all(_COMPLETIONS_FOR, {"ids": found}) if found else ():
            found[row.enrolment_id].append(Completion(*row))
        return found

    async def given(self, enrolment_id: int, lesson_id: str | None = None) -> Sequence[Given]:
        statement = _GIVEN if lesson_id is None else _GIVEN_IN_LESSON
        rows = await self.all(statement, {"enrolment_id": enrolment_id, "lesson_id": lesson_id})
        return [Given(*row) for row in rows]

    async def lesson_facts(self, enrolment_id: int, lesson_id: str) -> LessonFacts:
        done: set[str] = set()
        given: dict[str, Given] = {}
        worth = None
        lesson = {"enrolment_id": enrolment_id, "lesson_id": lesson_id}
        for what, activity_id, at, choice, first, text, shared in await self.all(_LESSON_FACTS, lesson):
            if what == "done":
                done.add(activity_id)
            elif what == "worth":
                worth = Worth(text)
            else:
                given[activity_id] = Given(enrolment_id, lesson_id, activity_id, at, choice, first, text, shared)
        return LessonFacts(frozenset(done), given, worth)

    async def save_given(self, given: Given) -> None:
        values = {
            "new_enrolment_id": given.enrolment_id,
            "new_lesson_id": given.lesson_id,
            "new_activity_id": given.activity_id,
            "new_at": given.at,
            "new_choice": given.choice,
            "new_first": given.choice if given.first is None else given.first,
            "new_text": given.text,
            "new_shared": given.shared,
        }
        await self.connection.execute(_SAVE_GIVEN, values)

    async def remove_given(self, enrolment_id: int, lesson_id: str, activity_id: str) -> None:
        await self._delete(_REMOVE_ANSWER, enrolment_id, lesson_id, activity_id)

    async def count_anonymous(self, cohort_id: int, lesson_id: str, activity_id: str, option: str) -> None:
        place = {"cohort_id": cohort_id, "lesson_id": lesson_id, "activity_id": activity_id, "option": option}
        values = {f"new_{name}": value for name, value in place.items()}
        await self.connection.execute(_VOTE, values | {"new_votes": 1})

    async def tally(self, cohort_id: int, lesson_id: str, activity_id: str) -> Mapping[str, int]:
        place = {"cohort_id": cohort_id, "lesson_id": lesson_id, "activity_id": activity_id}
        tally: dict[str, int] = {}
        for option, votes in await self.all(_TALLY, place):
            tally[option] = tally.get(option, 0) + votes
        return tally

    async def shared_texts(self, cohort_id: int, lesson_id: str, activity_id: str, limit: int) -> Sequence[str]:
        """Newest first."""
        statement = sa.select(ANSWER.c.text).where(
            *_at(ANSWER, cohort_id, lesson_id, activity_id), ANSWER.c.shared, ANSWER.c.text.is_not(None)
        )
        return [row.text for row in await self.all(statement.order_by(ANSWER.c.at.desc()).limit(limit))]

    async def save_feedback(
        self, enrolment_id: int, lesson_id: str, worth: Worth, line: str | None, now: datetime
    ) -> None:
        values = {"enrolment_id": enrolment_id, "lesson_id": lesson_id, "worth": worth, "line": line, "at": now}
        await self.connection.execute(_SAVE_FEEDBACK, {f"new_{name}": value for name, value in values.items()})

    async def feedback(self, enrolment_id: int, lesson_id: str | None = None) -> Mapping[str, tuple[Worth, str | None]]:
        statement = _FEEDBACK if lesson_id is None else _FEEDBACK_IN_LESSON
        rows = await self.all(statement, {"enrolment_id": enrolment_id, "lesson_id": lesson_id})
        return {row.lesson_id: (row.worth, row.line) for row in rows}

    async def feedback_counts(self, cohort_id: int) -> Mapping[str, Mapping[Worth, int]]:
        by = (FEEDBACK.c.lesson_id, FEEDBACK.c.worth)
        statement = sa.select(*by, sa.func.count()).where(FEEDBACK.c.cohort_id == cohort_id).group_by(*by)
        counts: dict[str, dict[Worth, int]] = {}
        for lesson_id, worth, number in await self.all(statement):
            counts.setdefault(lesson_id, {})[worth] = number
        return counts

    async def feedback_lines(self, cohort_id: int, lesson_id: str) -> Sequence[str]:
        """Newest first."""
        c = FEEDBACK.c
        same = (c.cohort_id == cohort_id, c.lesson_id == lesson_id, c.line.is_not(None))
        return [row.line for row in await self.all(sa.select(c.line).where(*same).order_by(c.at.desc()))]

    async def done_counts(self, cohort_id: int) -> Mapping[tuple[str, str, int], int]:
        sent = (
            sa.select(DELIVERY.c.enrolment_id, DELIVERY.c.lesson_id, DELIVERY.c.edition)
            .where(
                DELIVERY.c.cohort_id == cohort_id,
                DELIVERY.c.kind == Kind.LESSON,
                DELIVERY.c.state == DeliveryState.SENT,
                DELIVERY.c.enrolment_id.is_not(None),
                DELIVERY.c.lesson_id.is_not(None),
            )
            .distinct()
            .subquery("sent")
        )
        done = (
            sa.select(sa.func.count())
            .where(COMPLETION.c.enrolment_id == sent.c.enrolment_id, COMPLETION.c.lesson_id == sent.c.lesson_id)
            .scalar_subquery()
        )
        each = sa.select(sent.c.lesson_id, sent.c.edition, done.label("done")).subquery("each")
        statement = sa.select(each.c.lesson_id, each.c.edition, each.c.done, sa.func.count()).group_by(
            each.c.lesson_id, each.c.edition, each.c.done
        )
        return {(lesson, edition or "", n): size for lesson, edition, n, size in await self.all(statement)}

    async def _delete(self, statement: sa.Delete, enrolment_id: int, lesson_id: str, activity_id: str) -> bool:
        fact = {"enrolment_id": enrolment_id, "lesson_id": lesson_id, "activity_id": activity_id}
        return await self.count(statement, fact) > 0


def _at(table: sa.Table, cohort_id: int, lesson_id: str, activity_id: str) -> list[Any]:
    c = table.c
    return [c.cohort_id == cohort_id, c.lesson_id == lesson_id, c.activity_id == activity_id]
