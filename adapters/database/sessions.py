"""Sessions, who comes, and what sessions have to do for many people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.database import tables, tables_ama
from adapters.database.enrolments import ENROLMENTS
from adapters.database.records import Records, parts
from adapters.database.rows import enrolment_of
from bot.model.cohort import Enrolment, EnrolmentState
from bot.model.course import Language, Texts
from bot.model.sessions import RESTED, Coming, Guest, Session, SessionState, SessionTask, Task

SESSION, SESSION_COHORT, HOST = tables_ama.session, tables_ama.session_cohort, tables_ama.session_host
GUEST, TASK = tables_ama.session_guest, tables_ama.session_task
ENROLMENT, PERSON, COHORT, DELIVERY = tables.enrolment, tables.person, tables.cohort, tables.delivery

_ABOUT = (EnrolmentState.ACTIVE, EnrolmentState.PAUSED)
_INSIDE = (EnrolmentState.ACTIVE, EnrolmentState.PAUSED, EnrolmentState.FINISHED)


def texts_of(facts: Mapping[str, str] | None) -> Texts:
    return {Language(language): words for language, words in (facts or {}).items()}


def facts_of(texts: Texts) -> dict[str, str]:
    return {language.value: words for language, words in texts.items() if words}


def session_of(row: sa.Row[Any], cohorts: Collection[int], cohosts: Sequence[int]) -> Session:
    return Session(
        id=row.id,
        lane=row.lane,
        state=row.state,
        titles=texts_of(row.titles),
        starts=datetime.fromisoformat(row.starts),
        zone=row.zone,
        at=row.at,
        minutes=row.minutes,
        uid=row.uid,
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        cohorts=tuple(sorted(cohorts)),
        host_id=row.host_id,
        cohosts=tuple(cohosts),
        guest=row.guest,
        bios=texts_of(row.bios),
        link=row.link,
        seen_by_moderators=row.seen_by_moderators,
        sequence=row.sequence,
        on_stage=row.on_stage,
        announced_at=row.announced_at,
        recap_at=row.recap_at,
    )


def session_values(session: Session) -> dict[str, Any]:
    """Everything but the number, and what has tables of its own."""
    return {
        "lane": session.lane,
        "state": session.state,
        "titles": facts_of(session.titles),
        "starts": session.starts.isoformat(timespec="minutes"),
        "zone": session.zone,
        "at": session.at,
        "minutes": session.minutes,
        "uid": session.uid,
        "created_by": session.created_by,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "host_id": session.host_id,
        "guest": session.guest,
        "bios": facts_of(session.bios),
        "link": session.link,
        "seen_by_moderators": session.seen_by_moderators,
        "sequence": session.sequence,
        "on_stage": session.on_stage,
        "announced_at": session.announced_at,
        "recap_at": session.recap_at,
    }


class SessionTx(Records):
    async def add_session(self, session: Session) -> Session:
        statement = sa.insert(SESSION).values(**session_values(session)).returning(SESSION.c.id)
        number = (await self.connection.execute(statement)).scalar_one()
        stored = replace(session, id=number)
        await self._belongs(stored)
        return stored

    async def save_session(self, session: Session) -> None:
        await self.connection.execute(
            sa.update(SESSION).where(SESSION.c.id == session.id).values(**session_values(session))
        )
        for table in (SESSION_COHORT, HOST):
            await self.connection.execute(sa.delete(table).where(table.c.session_id == session.id))
        await self._belongs(session)

    async def session(self, session_id: int) -> Session | None:
        row = await self.first(self.locking(sa.select(SESSION).where(SESSION.c.id == session_id), SESSION))
        return None if row is None else (await self._whole([row]))[0]

    async def sessions(
        self,
        cohort_ids: Collection[int],
        *,
        run_by: int | None = None,
        states: Collection[SessionState] | None = None,
        since: datetime | None = None,
    ) -> Sequence[Session]:
        of = sa.select(SESSION_COHORT.c.session_id).where(SESSION_COHORT.c.cohort_id.in_(cohort_ids))
        which: list[sa.ColumnElement[bool]] = [SESSION.c.id.in_(of)]
        if run_by is not None:
            hosts = sa.select(HOST.c.session_id).where(HOST.c.person_id == run_by)
            which += [SESSION.c.id.in_(hosts), SESSION.c.host_id == run_by, SESSION.c.created_by == run_by]
        statement = sa.select(SESSION).where(sa.or_(*which))
        if states is not None:
            statement = statement.where(SESSION.c.state.in_(states))
        if since is not None:
            statement = statement.where(SESSION.c.at >= since)
        return await self._whole(await self.all(statement.order_by(SESSION.c.at, SESSION.c.id)))

    async def zones_in(self, cohort_ids: Collection[int]) -> Mapping[str, int]:
        zone = sa.func.min(sa.func.coalesce(PERSON.c.zone, COHORT.c.zone)).label("zone")
        each = (
            sa.select(zone)
            .select_from(ENROLMENT)
            .join(PERSON, PERSON.c.id == ENROLMENT.c.person_id)
            .join(COHORT, COHORT.c.id == ENROLMENT.c.cohort_id)
            .where(ENROLMENT.c.cohort_id.in_(cohort_ids), ENROLMENT.c.state.in_([*_INSIDE, EnrolmentState.ENROLLED]))
            .group_by(ENROLMENT.c.person_id)
            .subquery()
        )
        statement = sa.select(each.c.zone, sa.func.count()).group_by(each.c.zone)
        return {zone: number for zone, number in await self.all(statement)}  # noqa: C416 - rows are no pairs

    async def invited(self, session_id: int, *, after: int, limit: int) -> Sequence[Enrolment]:
        # of somebody who is active in one cohort and paused in another, the one where they are active
        active = sa.case((ENROLMENT.c.state == EnrolmentState.ACTIVE, ENROLMENT.c.id))
        first = (
            sa.select(sa.func.coalesce(sa.func.min(active), sa.func.min(ENROLMENT.c.id)))
            .join(SESSION_COHORT, SESSION_COHORT.c.cohort_id == ENROLMENT.c.cohort_id)
            .where(
                SESSION_COHORT.c.session_id == session_id,
                ENROLMENT.c.state.in_(_ABOUT),
                ENROLMENT.c.person_id > after,
            )
            .group_by(ENROLMENT.c.person_id)
            .order_by(ENROLMENT.c.person_id)
            .limit(limit)
        )
        statement = ENROLMENTS.where(ENROLMENT.c.id.in_(first)).order_by(ENROLMENT.c.person_id)
        return [enrolment_of(row) for row in await self.all(statement)]

    async def is_invited(self, session_id: int, person_id: int) -> bool:
        statement = (
            sa.select(ENROLMENT.c.id)
            .join(SESSION_COHORT, SESSION_COHORT.c.cohort_id == ENROLMENT.c.cohort_id)
            .where(
                SESSION_COHORT.c.session_id == session_id,
                ENROLMENT.c.person_id == person_id,
                ENROLMENT.c.state.in_(_INSIDE),
            )
        )
        return await self.first(statement.limit(1)) is not None

    # who comes

    async def guest(self, session_id: int, person_id: int) -> Guest | None:
        return (await self.guests(session_id, [person_id])).get(person_id)

    async def guests(self, session_id: int, person_ids: Collection[int]) -> Mapping[int, Guest]:
        found: dict[int, Guest] = {}
        for ids in parts(sorted(set(person_ids))):
            statement = sa.select(GUEST).where(GUEST.c.session_id == session_id, GUEST.c.person_id.in_(ids))
            found |= {row.person_id: Guest(*row) for row in await self.all(statement)}
        return found

    async def guest_list(self, session_id: int, *, after: int, limit: int) -> Sequence[Guest]:
        mine = (GUEST.c.session_id == session_id, GUEST.c.person_id > after)
        statement = sa.select(GUEST).where(*mine).order_by(GUEST.c.person_id).limit(limit)
        return [Guest(*row) for row in await self.all(statement)]

    async def guest_of(self, person_id: int) -> Sequence[Guest]:
        statement = sa.select(GUEST).where(GUEST.c.person_id == person_id).order_by(GUEST.c.session_id)
        return [Guest(*row) for row in await self.all(statement)]

    async def save_coming(self, session_id: int, person_id: int, coming: Coming) -> None:
        values = {"session_id": session_id, "person_id": person_id, "coming": coming, "came": False}
        added = self.insert(GUEST).values(**values)
        again = added.on_conflict_do_update(
            index_elements=[GUEST.c.session_id, GUEST.c.person_id], set_={"coming": coming}
        )
        await self.connection.execute(again)

    async def save_came(self, session_id: int, person_id: int, card: str) -> bool:
        values = {"session_id": session_id, "person_id": person_id, "came": True, "card": card}
        added = self.insert(GUEST).values(**values)
        again = added.on_conflict_do_update(
            index_elements=[GUEST.c.session_id, GUEST.c.person_id],
            set_={"came": True, "card": card},
            where=GUEST.c.came.is_(False),
        )
        return await self.count(again) == 1

    async def coming_counts(self, session_id: int) -> tuple[Mapping[Coming, int], int]:
        of = (GUEST.c.coming, GUEST.c.came)
        statement = sa.select(*of, sa.func.count().label("n")).where(GUEST.c.session_id == session_id).group_by(*of)
        said = dict.fromkeys(Coming, 0)
        came = 0
        for row in await self.all(statement):
            if row.coming is not None:
                said[row.coming] += row.n
            came += row.n if row.came else 0
        return said, came

    # work for many

    async def shown(self, keys: Collection[str]) -> Sequence[str]:
        found: list[str] = []
        for some in parts(sorted(set(keys))):
            there = (DELIVERY.c.key.in_(some), DELIVERY.c.ref.is_not(None))
            found += [row.key for row in await self.all(sa.select(DELIVERY.c.key).where(*there))]
        return found

    async def plan_task(self, task: SessionTask) -> None:
        await self._task(task, {"at": task.at, "cursor": task.cursor})

    async def wish_task(self, session_id: int, kind: Task, now: datetime) -> None:
        await self._task(SessionTask(session_id, kind, now), {"cursor": 0}, TASK.c.cursor == RESTED)

    async def rest_task(self, session_id: int, kind: Task, until: datetime) -> None:
        await self._task(SessionTask(session_id, kind, until, RESTED), {"at": until, "cursor": RESTED})

    async def _task(
        self, task: SessionTask, change: Mapping[str, Any], where: sa.ColumnElement[bool] | None = None
    ) -> None:
        values = {"session_id": task.session_id, "kind": task.kind, "at": task.at, "cursor": task.cursor}
        same = [TASK.c.session_id, TASK.c.kind]
        added = self.insert(TASK).values(**values)
        await self.connection.execute(added.on_conflict_do_update(index_elements=same, set_=change, where=where))

    async def drop_task(self, session_id: int, kind: Task) -> None:
        await self.connection.execute(sa.delete(TASK).where(TASK.c.session_id == session_id, TASK.c.kind == kind))

    async def tasks_due(self, now: datetime, limit: int) -> Sequence[SessionTask]:
        statement = sa.select(TASK).where(TASK.c.at <= now).order_by(TASK.c.at, TASK.c.session_id, TASK.c.kind)
        return [SessionTask(*row) for row in await self.all(statement.limit(limit))]

    # inside

    async def _belongs(self, session: Session) -> None:
        if session.cohorts:
            cohorts = [{"session_id": session.id, "cohort_id": cohort_id} for cohort_id in sorted(set(session.cohorts))]
            await self.connection.execute(sa.insert(SESSION_COHORT), cohorts)
        hosts = [
            {"session_id": session.id, "person_id": person_id, "place": place}
            for place, person_id in enumerate(dict.fromkeys(session.cohosts))
        ]
        if hosts:
            await self.connection.execute(sa.insert(HOST), hosts)

    async def _whole(self, rows: Sequence[sa.Row[Any]]) -> list[Session]:
        cohorts: dict[int, list[int]] = {row.id: [] for row in rows}
        hosts: dict[int, list[int]] = {row.id: [] for row in rows}
        for ids in parts(list(cohorts)):
            of = sa.select(SESSION_COHORT.c.session_id, SESSION_COHORT.c.cohort_id)
            for row in await self.all(of.where(SESSION_COHORT.c.session_id.in_(ids))):
                cohorts[row.session_id].append(row.cohort_id)
            by = sa.select(HOST.c.session_id, HOST.c.person_id).where(HOST.c.session_id.in_(ids))
            for row in await self.all(by.order_by(HOST.c.place)):
                hosts[row.session_id].append(row.person_id)
        return [session_of(row, cohorts[row.id], hosts[row.id]) for row in rows]
