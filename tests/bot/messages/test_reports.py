"""What a cohort did, in numbers that nobody can be recognised in."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from bot.messages.blocks import Table
from bot.messages.reports import LessonFigures, csv_rows, report
from bot.model.course import BadgeLevel, Language
from bot.model.progress import Worth
from bot.model.richtext import plain_line
from bot.rules.suppression import SMALL, started_and_levels
from tests.bot.messages.gallery import CATALOGUES, parts_of, scene, strings
from tests.builders import a_course

NONE, BRONZE, SILVER, GOLD = BadgeLevel
T = CATALOGUES[Language.EN]
COURSE = a_course(2)
COHORT = scene(Language.EN, COURSE).cohort()
FIGURES = LessonFigures(
    "l1", 40, 30, {NONE: 10, BRONZE: 12, SILVER: 11, GOLD: 7}, {Worth.YES: 12, Worth.NO: 6}, ("Good.", "Long.")
)


def tables(figures: LessonFigures, *, only_feedback: bool = False) -> list[list[str]]:
    message = report(COHORT, COURSE, 41, [figures], T, only_feedback=only_feedback)
    return [[plain_line(cell) for cell in row] for table in parts_of(message, Table) for row in table.rows]


def test_denominators_are_named() -> None:
    """Of whom, in every cell."""
    assert tables(FIGURES) == [
        ["1. Lesson 1 title", "40", "30 of 40", "12 of 40", "11 of 40", "7 of 40"],
        ["1. Lesson 1 title", "12 of 18", "0 of 18", "6 of 18"],
    ]


def test_starts_and_levels_are_held_back_together() -> None:
    """Who did not start has no badge: the one number must not give the other away."""
    for idle, bronze, silver, gold in product(range(0, 12, 2), repeat=4):
        sent = idle + bronze + silver + gold
        levels = {NONE: idle, BRONZE: bronze, SILVER: silver, GOLD: gold}
        figures = replace(FIGURES, sent=sent, started=sent - idle, levels=levels)
        assert figures.shown() == started_and_levels(sent, sent - idle, levels)


def test_small_numbers_are_dashes_and_empty_cells() -> None:
    """In the message as in the file."""
    figures = replace(FIGURES, levels={NONE: 10, BRONZE: 12, SILVER: 16, GOLD: 2}, worth={Worth.YES: 1, Worth.NO: 9})
    levels, worth = tables(figures)
    assert "– of 40" in levels
    assert "2 of 40" not in levels
    assert "– of 10" in worth
    assert "1 of 10" not in worth
    header, rows = csv_rows(COURSE, [figures], T)
    assert len(header) == len(rows[0])
    assert rows[0][-1] is None


@pytest.mark.parametrize(("answers", "shown"), [(SMALL - 1, False), (SMALL, True)])
def test_words_of_few_people_stay_private(answers: int, shown: bool) -> None:
    """One line of feedback among four answers could be anybody's; it waits for a fifth."""
    message = report(COHORT, COURSE, 41, [replace(FIGURES, worth={Worth.YES: answers})], T, only_feedback=True)
    assert any("Good." in text for text in strings(message)) is shown


def test_contributors_see_feedback_alone() -> None:
    """Neither how many are enrolled nor how far they are."""
    assert len(tables(FIGURES, only_feedback=True)) == 1
    message = report(COHORT, COURSE, 41, [FIGURES], T, only_feedback=True)
    assert not any("41" in text for text in strings(message))
