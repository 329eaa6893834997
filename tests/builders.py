"""Things that many engine tests need: a small course with every kind of activity, and a look into every table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from adapters.database.schema import metadata
from bot.model.course import (
    Activity,
    BadgeLevel,
    Contributor,
    Course,
    Kind,
    Language,
    Lesson,
    Levels,
    Option,
    Slot,
    Texts,
    Tier,
    Track,
    Weekday,
)
from bot.model.richtext import words

if TYPE_CHECKING:
    from adapters.database.store import DatabaseStore

TUE_THU = (Slot(Weekday.TUE, time(9)), Slot(Weekday.THU, time(9)))


def texts(english: str, french: str) -> Texts:
    return {Language.EN: english, Language.FR: french}


def activity(name: str, kind: Kind, minutes: int, **more: Any) -> Activity:
    options = tuple(
        Option(
            letter,
            texts(f"{name} option {letter}", f"{name} choix {letter}"),
            texts(f"because {letter}", f"parce que {letter}") if kind is Kind.QUIZ else {},
        )
        for letter in ("apple", "birch", "cedar")
    )
    return Activity(
        id=name,
        kind=kind,
        minutes=minutes,
        title=texts(f"The {name}", f"Le {name}"),
        summary={Language.EN: words(f"About {name}."), Language.FR: words(f"Au sujet de {name}.")},
        body={Language.EN: words(f"All of {name}."), Language.FR: words(f"Tout de {name}.")},
        options=options if kind in (Kind.POLL, Kind.QUIZ) else (),
        right=frozenset({"birch"}) if kind is Kind.QUIZ else frozenset(),
        **more,
    )


EVERY_KIND = (
    activity("page", Kind.READING, 3, core=True),
    activity("secret", Kind.POLL, 1, anonymous=True),
    activity("open", Kind.POLL, 1),
    activity("quiz", Kind.QUIZ, 2),
    activity("think", Kind.REFLECTION, 4),
    activity("talk", Kind.STARTER, 6, stance_first=True),
    activity("task", Kind.TASK, 5),
    activity("extra", Kind.READING, 2, tracks=frozenset({"leaders"})),
)
"""Numbers as learners see them: 1 page, 2 secret, 3 open, 4 quiz, 5 think, 6 talk, 7 task, 8 extra (leaders only)."""


def a_lesson(number: int, *, levels: Levels | None = None, activities: Sequence[Activity] = EVERY_KIND) -> Lesson:
    return Lesson(
        id=f"l{number}",
        week=(number + 1) // 2,
        title=texts(f"Lesson {number} title", f"Titre de la leçon {number}"),
        why=texts("Because it helps.", "Parce que cela aide."),
        activities=tuple(activities),
        levels=levels or Levels(),
        contributor="maren" if number % 2 else "isla",
        review_by=None,
        folder=f"lessons/{number:02d}",
    )


def a_course(size: int = 3, *, id: str = "small", edition: str = "e1", **more: Any) -> Course:
    """Tuesdays and Thursdays at nine; `size` lessons with every kind of activity, in both languages."""
    made = Course(
        id=id,
        edition=edition,
        languages=(Language.EN, Language.FR),
        title=texts("The small course", "Le petit cours"),
        description=texts("A course for tests.", "Un cours pour les essais."),
        licence="CC-BY-4.0",
        slots=TUE_THU,
        contributors=(
            Contributor("maren", "Maren Osei", texts("Province of Larkhaven", "Province de Larkhaven")),
            Contributor("isla", "Isla Kettleby", texts("Territory of Northmere", "Territoire de Northmere")),
        ),
        tracks=(
            Track("everyone", texts("For everyone", "Pour tout le monde"), texts("All.", "Tous.")),
            Track("leaders", texts("For leaders", "Pour les gestionnaires"), texts("Leads.", "Dirige.")),
        ),
        certificate=(
            Tier("taking-part", texts("Taking part", "Participation"), {BadgeLevel.BRONZE: 1}),
            Tier("success", texts("Success", "Réussite"), {BadgeLevel.SILVER: 2}),
        ),
        lessons=tuple(a_lesson(number) for number in range(1, size + 1)),
    )
    return replace(made, **more) if more else made


Dump = Mapping[str, Sequence[Mapping[str, Any]]]


async def every_table(store: DatabaseStore) -> Dump:
    """Every row of every table, in the order of their keys: equal dumps mean that nothing changed."""
    found: dict[str, Sequence[Mapping[str, Any]]] = {}
    async with store.look() as connection:
        for table in metadata.sorted_tables:
            keys = list(table.primary_key.columns) or list(table.columns)
            rows = await connection.execute(sa.select(table).order_by(*keys))
            found[table.name] = [dict(row) for row in rows.mappings()]
    return found


def without(dump: Dump, *tables: str) -> Dump:
    return {name: rows for name, rows in dump.items() if name not in tables}


def places_of(dump: Dump, words: str) -> list[str]:
    """Where these words are stored, as table.column."""
    wanted = words.casefold()
    return sorted(
        {
            f"{name}.{column}"
            for name, rows in dump.items()
            for row in rows
            for column, value in row.items()
            if value is not None and wanted in str(value).casefold()
        }
    )
