"""A cohort under way: everybody's welcome and first lesson are due at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import sqlalchemy as sa

from adapters.database import tables
from adapters.database.migrate import migrate
from adapters.database.store import DatabaseStore, open_store
from adapters.settings import Settings
from app import App, build, utc_now
from bot.model.cohort import Cohort, CohortState, EnrolmentState, Pace
from bot.model.course import Slot, Weekday
from bot.model.people import Address, Profile, Window
from bot.ports import NewEnrolment
from bot.usecases.launching import launch_groups
from tests.recorder.ledger import Row
from tests.recorder.platform import NAME

TUESDAY = date(2027, 3, 2)
TEN = datetime(2027, 3, 2, 15, 0, tzinfo=UTC)
SLOWLY = 0.001
"""Course time stands almost still on that Tuesday morning, so that windows stay open whenever a test runs."""


async def seed(settings: Settings, lanes: int, people: int, *, lane_names: str = "w") -> int:
    """A launched cohort of `people` in each of `lanes` workspaces; returns how many messages that will be."""
    migrate(settings.database_url)
    async with build(settings, []) as app:
        for number in range(lanes):
            await add_cohort(app, f"{NAME}:{lane_names}{number}", [f"p{n}" for n in range(people)])
    return lanes * people * 2


async def add_cohort(app: App, lane: str, refs: Sequence[str]) -> None:
    """A launched cohort of these people of a workspace."""
    now = utc_now()
    platform, _, workspace = lane.partition(":")
    addresses = [Address(platform, workspace, ref) for ref in refs]
    course = app.shelf.latest("culture")
    assert course is not None
    async with app.store.transaction() as tx:
        numbers = await tx.add_people([(address, Profile(name=f"Person {address.ref}")) for address in addresses], now)
        cohort = await tx.add_cohort(a_cohort(lane, course.edition, now))
        rows = [NewEnrolment(numbers[each], each, None, EnrolmentState.ENROLLED) for each in addresses]
        await tx.add_enrolments(cohort.id, rows, now)
        await launch_groups(app.engine.parts, tx, cohort, now)


def a_cohort(lane: str, edition: str, now: datetime, name: str = "Spring") -> Cohort:
    return Cohort(
        id=0,
        name=name,
        course_id="culture",
        edition=edition,
        first_edition=edition,
        lane=lane,
        starts_on=TUESDAY,
        slots=(Slot(Weekday.TUE, time(9)), Slot(Weekday.THU, time(9))),
        zone="America/Toronto",
        region="",
        window=Window(time(8), time(18)),
        state=CohortState.DRAFT,
        pace=Pace(now, TEN, SLOWLY),
        created_by=None,
        created_at=now,
        rehearsal=True,
    )


async def delivery_rows(store: DatabaseStore) -> Sequence[Row]:
    """Everything that the database says about deliveries."""
    row = tables.delivery.c
    async with store.look() as connection:
        found = await connection.execute(sa.select(row.key, row.state, row.ref, row.attempt).order_by(row.id))
        return [Row(each.key, str(each.state), each.ref, each.attempt) for each in found]


async def read_rows(url: str) -> Sequence[Row]:
    async with open_store(url) as store:
        return await delivery_rows(store)
