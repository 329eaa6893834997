"""What the store's contract tests share: an empty store on either database, and a small world to put into it."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import sqlalchemy as sa

from adapters.database.migrate import migrate
from adapters.database.schema import metadata
from adapters.database.store import DatabaseStore, open_store
from bot.model.cohort import Cohort, CohortState, Enrolment, EnrolmentState, Pace
from bot.model.course import Language, Slot, Weekday
from bot.model.delivery import Delivery, DeliveryState, Kind, MessageRef
from bot.model.people import Address, Profile, Window
from bot.model.sessions import Question, Session, SessionState
from bot.ports import NewDelivery, NewEnrolment, Outcome, Store
from tests.conftest import execute_on_postgres, find_postgres

NOW = datetime(2026, 3, 3, 14, 30, tzinfo=UTC)
LANE = "slack:T01"
WORKER = "worker-1"


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


LEASE = later(minutes=2)

# --- databases --------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("migrated") / "chatcourse.db"
    migrate(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """One database for all these tests; emptying it is much cheaper than making a new one."""
    server = find_postgres()
    name = f"chatcourse_contract_{secrets.token_hex(6)}"
    execute_on_postgres(server, f"CREATE DATABASE {name}")
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    try:
        migrate(url)
        yield url
    finally:
        execute_on_postgres(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(name="migrated_url", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def a_migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated, empty database; every test that takes it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "chatcourse.db"
        path.write_bytes(request.getfixturevalue("migrated_file"))
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("migrated_postgres")
    empty = [str(sa.delete(table)) for table in reversed(metadata.sorted_tables)]
    execute_on_postgres(url, ";".join(empty))
    return url


@pytest.fixture(name="store")
async def an_empty_store(migrated_url: str) -> AsyncIterator[DatabaseStore]:
    async with open_store(migrated_url, clock=lambda: NOW) as store:
        yield store


# --- people and cohorts -----------------------------------------------------------------------------------


def an_address(name: str = "U01", lane: str = LANE) -> Address:
    return Address.parse(f"{lane}:{name}")


def a_cohort(**changes: Any) -> Cohort:
    cohort = Cohort(
        id=0,
        name="Spring 2026",
        course_id="culture",
        edition="e1",
        first_edition="e1",
        lane=LANE,
        starts_on=date(2026, 3, 3),
        slots=(Slot(Weekday.TUE, time(9)), Slot(Weekday.THU, time(13, 30))),
        zone="America/Toronto",
        region="CA-ON",
        window=Window(time(9), time(17)),
        state=CohortState.RUNNING,
        pace=Pace(NOW, NOW),
        created_by=None,
        created_at=NOW,
    )
    return replace(cohort, **changes)


async def add_cohort(store: Store, **changes: Any) -> Cohort:
    async with store.transaction() as tx:
        return await tx.add_cohort(a_cohort(**changes))


async def add_person(store: Store, name: str = "U01", lane: str = LANE, called: str | None = None) -> int:
    address = an_address(name, lane)
    async with store.transaction() as tx:
        return (await tx.add_people([(address, Profile(called or f"Person {name}"))], NOW))[address]


async def enrol(store: Store, cohort: Cohort, name: str = "U01", lane: str = LANE, **changes: Any) -> Enrolment:
    """A person who is active in the cohort, with the changes named."""
    person_id = await add_person(store, name, lane)
    row = NewEnrolment(person_id, an_address(name, lane), None, EnrolmentState.ACTIVE)
    async with store.transaction() as tx:
        (number,) = await tx.add_enrolments(cohort.id, [row], NOW)
        enrolment = await tx.enrolment(number)
        assert enrolment is not None
        await tx.save_enrolment(replace(enrolment, **changes))
        return replace(enrolment, **changes)


# --- deliveries -------------------------------------------------------------------------------------------


def a_delivery(key: str = "e1/lesson/one", **changes: Any) -> NewDelivery:
    values: dict[str, Any] = {
        "kind": Kind.LESSON,
        "address": an_address(),
        "due_at": NOW,
        "state": DeliveryState.READY,
        "lesson_id": "one",
        "edition": "e1",
    }
    return NewDelivery(key, **(values | changes))


def for_enrolment(enrolment: Enrolment, key: str, **changes: Any) -> NewDelivery:
    theirs = {
        "address": enrolment.address,
        "cohort_id": enrolment.cohort_id,
        "enrolment_id": enrolment.id,
        "person_id": enrolment.person_id,
    }
    return a_delivery(f"e{enrolment.id}/{key}", **(theirs | changes))


async def owe(store: Store, *rows: NewDelivery) -> list[Delivery]:
    """Put deliveries into the outbox."""
    async with store.transaction() as tx:
        await tx.add_deliveries(rows)
    return [await look_up(store, row.key) for row in rows]


async def look_up(store: Store, key: str) -> Delivery:
    async with store.reading() as tx:
        delivery = await tx.delivery(key)
    assert delivery is not None
    return delivery


async def claim(
    store: Store, n: int = 100, lane: str = LANE, worker: str = WORKER, at: datetime = NOW
) -> list[Delivery]:
    return list(await store.claim(lane, worker, n, at, at + timedelta(minutes=2)))


def sent(delivery: Delivery, ref: str = "m1", at: datetime = NOW) -> Outcome:
    return Outcome(delivery.id, delivery.attempt, DeliveryState.SENT, at, MessageRef(delivery.address, ref))


async def send(store: Store, *rows: NewDelivery, at: datetime = NOW) -> list[Delivery]:
    """Deliveries that were sent, with refs "m" + key."""
    await owe(store, *rows)
    for lane in {row.address.lane for row in rows}:
        claimed = await claim(store, 1000, lane, at=at)
        assert await store.settle(WORKER, [sent(row, f"m-{row.key}", at) for row in claimed]) == []
    return [await look_up(store, row.key) for row in rows]


# --- sessions ---------------------------------------------------------------------------------------------


def a_session(cohorts: tuple[int, ...], **changes: Any) -> Session:
    """Announced, on 12 March at 13:00 in Toronto."""
    session = Session(
        id=0,
        lane=LANE,
        state=SessionState.ANNOUNCED,
        titles={Language.EN: "Ask a CIO", Language.FR: "Demandez au DPI"},
        starts=datetime(2026, 3, 12, 13),  # noqa: DTZ001 - a wall time
        zone="America/Toronto",
        at=datetime(2026, 3, 12, 17, tzinfo=UTC),
        minutes=60,
        uid=f"session-{next(_UIDS)}@chatcourse",
        created_by=None,
        created_at=NOW,
        updated_at=NOW,
        cohorts=cohorts,
    )
    return replace(session, **changes)


def a_question(session_id: int, number: int, **changes: Any) -> Question:
    return replace(Question(number, session_id, f"Question {number}?", Language.EN), **changes)


_UIDS = itertools.count(1)
