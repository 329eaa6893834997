"""The life of study groups: meetings with votes and answers, conversation starters with stances, signs of life."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.database import tables
from adapters.database import tables_group_life as t
from adapters.database.records import Records, parts
from bot.model.group_life import (
    GroupLife,
    Meeting,
    MeetingState,
    MetAnswer,
    Rsvp,
    StanceTaken,
    Starter,
)

_OPEN = (MeetingState.PROPOSED, MeetingState.PLANNED)


class GroupLifeTx(Records):
    # when there is something to do

    async def begin_life(self, life: GroupLife) -> bool:
        statement = self.insert(t.group_life).values(group_id=life.group_id, **_life_values(life))
        row = await self.first(statement.on_conflict_do_nothing().returning(t.group_life.c.group_id))
        return row is not None

    async def group_life(self, group_id: int) -> GroupLife | None:
        statement = sa.select(t.group_life).where(t.group_life.c.group_id == group_id)
        row = await self.first(self.locking(statement, t.group_life))
        return None if row is None else _life_of(row)

    async def save_life(self, life: GroupLife) -> None:
        this = t.group_life.c.group_id == life.group_id
        await self.connection.execute(sa.update(t.group_life).where(this).values(_life_values(life)))

    async def lives_due(self, now: datetime, limit: int) -> Sequence[GroupLife]:
        c = t.group_life.c
        statement = sa.select(t.group_life).where(c.next_at <= now).order_by(c.next_at, c.group_id).limit(limit)
        return [_life_of(row) for row in await self.all(statement)]

    async def watch(self, cohort_id: int, next_at: datetime | None) -> None:
        await self._upsert(t.group_watch, {"cohort_id": cohort_id}, {"next_at": next_at})

    async def watched(self, cohort_id: int) -> datetime | None:
        row = await self.first(sa.select(t.group_watch.c.next_at).where(t.group_watch.c.cohort_id == cohort_id))
        return None if row is None else row.next_at

    async def watches_due(self, now: datetime, limit: int) -> Sequence[int]:
        c = t.group_watch.c
        statement = sa.select(c.cohort_id).where(c.next_at <= now).order_by(c.next_at, c.cohort_id).limit(limit)
        return [row.cohort_id for row in await self.all(statement)]

    # meetings

    async def add_meeting(self, meeting: Meeting) -> Meeting | None:
        values = {"group_id": meeting.group_id, "uid": meeting.uid, "created_at": meeting.created_at}
        statement = self.insert(t.meeting).values(**values, **_meeting_values(meeting))
        row = await self.first(statement.on_conflict_do_nothing().returning(t.meeting.c.id))
        return None if row is None else replace(meeting, id=row.id)

    async def save_meeting(self, meeting: Meeting) -> None:
        this = t.meeting.c.id == meeting.id
        await self.connection.execute(sa.update(t.meeting).where(this).values(_meeting_values(meeting)))

    async def meeting(self, meeting_id: int) -> Meeting | None:
        statement = sa.select(t.meeting).where(t.meeting.c.id == meeting_id)
        row = await self.first(self.locking(statement, t.meeting))
        return None if row is None else _meeting_of(row)

    async def open_meeting(self, group_id: int) -> Meeting | None:
        statement = sa.select(t.meeting).where(t.meeting.c.group_id == group_id, t.meeting.c.state.in_(_OPEN))
        row = await self.first(self.locking(statement, t.meeting))
        return None if row is None else _meeting_of(row)

    async def meetings(self, group_ids: Collection[int]) -> Mapping[int, Sequence[Meeting]]:
        found: dict[int, list[Meeting]] = {number: [] for number in group_ids}
        for row in await self._rows(sa.select(t.meeting).order_by(t.meeting.c.id), t.meeting.c.group_id, found):
            found[row.group_id].append(_meeting_of(row))
        return found

    async def save_votes(self, meeting_id: int, enrolment_id: int, moments: Collection[datetime], at: datetime) -> None:
        key = {"meeting_id": meeting_id, "enrolment_id": enrolment_id}
        await self._upsert(t.meeting_vote, key, {"options": _written(moments), "at": at})

    async def votes(self, meeting_id: int) -> Mapping[int, frozenset[datetime]]:
        c = t.meeting_vote.c
        rows = await self.all(sa.select(t.meeting_vote).where(c.meeting_id == meeting_id).order_by(c.enrolment_id))
        return {row.enrolment_id: frozenset(_read(row.options)) for row in rows}

    async def clear_votes(self, meeting_id: int) -> None:
        await self.connection.execute(sa.delete(t.meeting_vote).where(t.meeting_vote.c.meeting_id == meeting_id))

    async def save_rsvp(self, meeting_id: int, enrolment_id: int, answer: Rsvp, at: datetime) -> bool:
        c = t.meeting_rsvp.c
        this = (c.meeting_id == meeting_id, c.enrolment_id == enrolment_id)
        before = await self.first(sa.select(c.answer).where(*this))
        if before is not None and before.answer is answer:
            return False
        key = {"meeting_id": meeting_id, "enrolment_id": enrolment_id}
        await self._upsert(t.meeting_rsvp, key, {"answer": answer, "at": at})
        return True

    async def rsvps(self, meeting_ids: Collection[int]) -> Mapping[int, Mapping[int, Rsvp]]:
        found: dict[int, dict[int, Rsvp]] = {number: {} for number in meeting_ids}
        c = t.meeting_rsvp.c
        for row in await self._rows(sa.select(t.meeting_rsvp).order_by(c.enrolment_id), c.meeting_id, found):
            found[row.meeting_id][row.enrolment_id] = row.answer
        return found

    async def save_met(self, answer: MetAnswer) -> None:
        key = {"group_id": answer.group_id, "asked_on": answer.asked_on, "enrolment_id": answer.enrolment_id}
        values = {"answer": answer.answer, "at": answer.at, "rating": answer.rating, "line": answer.line}
        await self._upsert(t.group_met, key, values)

    async def met_answers(self, group_ids: Collection[int]) -> Mapping[int, Sequence[MetAnswer]]:
        found: dict[int, list[MetAnswer]] = {number: [] for number in group_ids}
        c = t.group_met.c
        statement = sa.select(t.group_met).order_by(c.asked_on, c.enrolment_id)
        for row in await self._rows(statement, c.group_id, found):
            found[row.group_id].append(_met_of(row))
        return found

    # conversation starters

    async def add_starter(self, starter: Starter) -> bool:
        key = {"group_id": starter.group_id, "lesson_id": starter.lesson_id, "activity_id": starter.activity_id}
        statement = self.insert(t.group_starter).values(**key, posted_at=starter.posted_at, reveal_at=starter.reveal_at)
        row = await self.first(statement.on_conflict_do_nothing().returning(t.group_starter.c.group_id))
        return row is not None

    async def save_starter(self, starter: Starter) -> None:
        c = t.group_starter.c
        this = (c.group_id == starter.group_id, c.lesson_id == starter.lesson_id, c.activity_id == starter.activity_id)
        await self.connection.execute(sa.update(t.group_starter).where(*this).values(reveal_at=starter.reveal_at))

    async def starters(self, group_id: int) -> Sequence[Starter]:
        c = t.group_starter.c
        statement = sa.select(t.group_starter).where(c.group_id == group_id)
        rows = await self.all(statement.order_by(c.posted_at, c.lesson_id, c.activity_id))
        return [Starter(row.group_id, row.lesson_id, row.activity_id, row.posted_at, row.reveal_at) for row in rows]

    async def save_stance(self, taken: StanceTaken) -> None:
        key = {
            "group_id": taken.group_id,
            "lesson_id": taken.lesson_id,
            "activity_id": taken.activity_id,
            "enrolment_id": taken.enrolment_id,
        }
        await self._upsert(t.group_stance, key, {"stance": taken.stance, "at": taken.at, "named": taken.named})

    async def stances(self, group_id: int, lesson_id: str, activity_id: str) -> Sequence[StanceTaken]:
        c = t.group_stance.c
        these = (c.group_id == group_id, c.lesson_id == lesson_id, c.activity_id == activity_id)
        rows = await self.all(sa.select(t.group_stance).where(*these).order_by(c.enrolment_id))
        return [_stance_of(row) for row in rows]

    # signs of life

    async def signs(self, enrolment_ids: Collection[int], since: datetime) -> Mapping[int, datetime]:
        found: dict[int, datetime] = {}
        for table, when in (
            (tables.completion, tables.completion.c.done_at),
            (tables.answer, tables.answer.c.at),
            (t.meeting_vote, t.meeting_vote.c.at),
            (t.meeting_rsvp, t.meeting_rsvp.c.at),
            (t.group_met, t.group_met.c.at),
            (t.group_stance, t.group_stance.c.at),
        ):
            theirs = table.c.enrolment_id
            latest = sa.select(theirs, sa.func.max(when).label("latest")).where(when >= since).group_by(theirs)
            for row in await self._rows(latest, theirs, enrolment_ids):
                found[row.enrolment_id] = max(found.get(row.enrolment_id, row.latest), row.latest)
        return found

    async def life_of(
        self, enrolment_id: int
    ) -> tuple[Mapping[int, Rsvp], Mapping[int, frozenset[datetime]], Sequence[MetAnswer], Sequence[StanceTaken]]:
        async def mine(table: sa.Table) -> Sequence[sa.Row[Any]]:
            return await self.all(sa.select(table).where(table.c.enrolment_id == enrolment_id).order_by(table.c.at))

        rsvps = {row.meeting_id: row.answer for row in await mine(t.meeting_rsvp)}
        votes = {row.meeting_id: frozenset(_read(row.options)) for row in await mine(t.meeting_vote)}
        met = [_met_of(row) for row in await mine(t.group_met)]
        return rsvps, votes, met, [_stance_of(row) for row in await mine(t.group_stance)]

    # parts

    async def _rows(
        self, statement: sa.Select[Any], column: sa.ColumnElement[Any], values: Iterable[int]
    ) -> list[sa.Row[Any]]:
        found: list[sa.Row[Any]] = []
        for some in parts(sorted(set(values))):
            found += await self.all(statement.where(column.in_(some)))
        return found

    async def _upsert(self, table: sa.Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        statement = self.insert(table).values({**key, **values})
        await self.connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def _life_of(row: sa.Row[Any]) -> GroupLife:
    return GroupLife(row.group_id, row.begun_at, row.next_at, row.starters_on, row.asked_on)


def _life_values(life: GroupLife) -> dict[str, Any]:
    return {
        "begun_at": life.begun_at,
        "next_at": life.next_at,
        "starters_on": life.starters_on,
        "asked_on": life.asked_on,
    }


def _meeting_of(row: sa.Row[Any]) -> Meeting:
    return Meeting(
        id=row.id,
        group_id=row.group_id,
        state=row.state,
        minutes=row.minutes,
        zone=row.zone,
        uid=row.uid,
        created_at=row.created_at,
        changed_at=row.changed_at,
        at=row.at,
        options=_read(row.options),
        decide_at=row.decide_at,
        sequence=row.sequence,
    )


def _meeting_values(meeting: Meeting) -> dict[str, Any]:
    return {
        "state": meeting.state,
        "minutes": meeting.minutes,
        "zone": meeting.zone,
        "changed_at": meeting.changed_at,
        "at": meeting.at,
        "options": _written(meeting.options),
        "decide_at": meeting.decide_at,
        "sequence": meeting.sequence,
    }


def _met_of(row: sa.Row[Any]) -> MetAnswer:
    return MetAnswer(row.group_id, row.asked_on, row.enrolment_id, row.answer, row.at, row.rating, row.line)


def _stance_of(row: sa.Row[Any]) -> StanceTaken:
    return StanceTaken(row.group_id, row.lesson_id, row.activity_id, row.enrolment_id, row.stance, row.at, row.named)


def _written(moments: Iterable[datetime]) -> str:
    return " ".join(moment.isoformat() for moment in sorted(moments))


def _read(text: str) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(each) for each in text.split())
