"""The statements that plan for a group of people at once.

There are few shapes of them (which settings people have at all, what changes) and very many groups, so each shape is
built and compiled once. Members are found by their enrolments alone, with a look at each one's person: PostgreSQL would
otherwise read every person there is who has the group's settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from adapters.database import tables
from adapters.database.enrolments import open_enrolment
from adapters.database.records import insert_rows
from adapters.database.rows import days_mask, window_values
from bot.model.cohort import EnrolmentState
from bot.ports import Group, GroupDelivery, GroupNext

ENROLMENT, PERSON, ADDRESS, DELIVERY = tables.enrolment, tables.person, tables.address, tables.delivery

_OF_ROW = ("kind", "state", "due_at", "not_before", "not_after", "lesson_id", "edition", "reason", "priority")


@dataclass(frozen=True, slots=True)
class Shape:
    """What the statements for a group look like: `given` are the columns that have a value, the others are NULL."""

    given: frozenset[str]
    open: bool
    alone: bool


def shape_of(group: Group) -> Shape:
    given = frozenset(name for name, value in _facts(group).items() if value is not None)
    return Shape(given, group.state in {EnrolmentState.ACTIVE, EnrolmentState.PAUSED}, group.person_id is not None)


def members_of(group: Group) -> dict[str, Any]:
    """The values of a group's statements."""
    return {f"group_{name}": value for name, value in _facts(group).items() if value is not None}


def row_values(row: GroupDelivery) -> dict[str, Any]:
    return {"suffix": f"/{row.suffix}", **{f"row_{name}": getattr(row, name) for name in _OF_ROW}}


def next_values(then: GroupNext) -> dict[str, Any]:
    """What members get; a state or reminder of None stays as it is."""
    values = {"next_lesson": then.next_lesson, "next_due_at": then.next_due_at}
    kept = {"state": then.state, "next_nudge_at": then.next_nudge_at}
    return values | {name: value for name, value in kept.items() if value is not None}


@cache
def insert_for(shape: Shape) -> sa.Insert:
    """A delivery for every member."""
    return insert_rows(DELIVERY, _deliveries(ENROLMENT).where(*_members(shape)))


@cache
def insert_and_move_on(shape: Shape, changed: frozenset[str], *, all_new: bool) -> sa.Insert:
    """Both in one statement, for databases that can (PostgreSQL): members are found and locked once, and nobody can
    join the group between the two halves. With `all_new` it fails where a member has the row already: otherwise
    PostgreSQL looks at the keys twice, and writes down twice that a row is there."""
    values = {name: sa.bindparam(f"then_{name}", type_=ENROLMENT.c[name].type) for name in sorted(changed)}
    columns = (ENROLMENT.c.id, ENROLMENT.c.cohort_id, ENROLMENT.c.person_id, ENROLMENT.c.address_id)
    moved = sa.update(ENROLMENT).where(*_members(shape)).values(values).returning(*columns).cte("moved")
    return insert_rows(DELIVERY, _deliveries(moved), "" if all_new else "ON CONFLICT DO NOTHING")


def _deliveries(enrolments: sa.FromClause) -> sa.Select[Any]:
    lane = sa.select(ADDRESS.c.lane).where(ADDRESS.c.id == enrolments.c.address_id).scalar_subquery()
    columns: dict[str, sa.ColumnElement[Any]] = {
        "key": _key("suffix", enrolments),
        "lane": lane,
        "address_id": enrolments.c.address_id,
        "cohort_id": enrolments.c.cohort_id,
        "enrolment_id": enrolments.c.id,
        "person_id": enrolments.c.person_id,
        **{name: sa.bindparam(f"row_{name}", type_=DELIVERY.c[name].type) for name in _OF_ROW},
    }
    return sa.select(*(column.label(name) for name, column in columns.items()))


@cache
def move_on(shape: Shape, changed: frozenset[str], rows: int) -> sa.Update:
    """What follows, for every member. With `rows`, only for those who have the rows `suffix_0`, `suffix_1`, ...:
    somebody may have joined the group since they were written, and nobody moves on without them."""
    values = {name: sa.bindparam(f"then_{name}", type_=ENROLMENT.c[name].type) for name in sorted(changed)}
    have = (looked_up(DELIVERY, DELIVERY.c.key == _key(f"suffix_{number}")) for number in range(rows))
    return sa.update(ENROLMENT).where(*_members(shape), *have).values(values)


def looked_up(table: sa.FromClause, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether there is one, looked up for each row: PostgreSQL may answer EXISTS by reading everything once, which is
    wrong for a table that has grown since it was last measured."""
    first: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(table).where(*conditions)
    return first.limit(sa.literal_column("1")).scalar_subquery().is_not(None)


def _facts(group: Group) -> dict[str, Any]:
    """What is equal for all members, by column; `_members` knows which table has what."""
    return {
        "cohort_id": group.cohort_id,
        "state": group.state,
        "next_lesson": group.next_lesson,
        "next_due_at": group.next_due_at,
        "pause_reason": group.pause_reason,
        "person_id": group.person_id,
        "zone": group.zone,
        **window_values(group.window),
        "days": days_mask(group.days),
    }


def _members(shape: Shape) -> list[sa.ColumnElement[bool]]:
    """Who is in the group now. NULL is said as IS NULL, so indexes serve every comparison."""

    def equal(table: sa.Table, name: str) -> sa.ColumnElement[bool]:
        column = table.c[name]
        if name not in shape.given:
            return column.is_(None)
        return column == sa.bindparam(f"group_{name}", type_=column.type)

    settings = [equal(PERSON, name) for name in ("zone", "window_start", "window_end", "days")]
    away = PERSON.c.has_absence if shape.alone else ~PERSON.c.has_absence
    return [
        *([open_enrolment()] if shape.open else []),
        *(equal(ENROLMENT, name) for name in ("cohort_id", "state", "next_lesson", "next_due_at", "pause_reason")),
        *([equal(ENROLMENT, "person_id")] if shape.alone else []),
        looked_up(PERSON, PERSON.c.id == ENROLMENT.c.person_id, *settings, away),
    ]


def _key(suffix: str, enrolments: sa.FromClause = ENROLMENT) -> sa.ColumnElement[str]:
    number = sa.literal_column("'e'", sa.Text()).concat(sa.cast(enrolments.c.id, sa.Text()))
    return number.concat(sa.bindparam(suffix, type_=sa.Text()))
