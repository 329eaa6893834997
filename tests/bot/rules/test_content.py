"""Raw courses that no file has to be read for: what is stored today is built by the code of tomorrow."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from bot.model.course import Language, Levels
from bot.rules.content import course_from, course_from_document, document, edition_of

EN = Language.EN


def a_raw_course() -> dict[str, Any]:
    """The smallest course there can be: one language, one lesson, one reading."""
    section = {"id": "memo", "line": ["A memo"], "blocks": [{"kind": "paragraph", "line": ["Read this."]}]}
    return {
        "format": 1,
        "course": {
            "format": 1,
            "id": "small",
            "languages": ["en"],
            "title": {"en": 2027},
            "description": {"en": "Small."},
            "licence": "CC0-1.0",
            "slots": "tue 09:00",
            "contributors": [{"id": "me", "name": "Me", "jurisdiction": {"en": "Here"}}],
            "levels": {"bronze": 1, "silver": 1, "gold": 1},
            "lessons": [{"id": "one", "week": 1}],
        },
        "lessons": {
            "one": {
                "folder": "lessons/01-one",
                "facts": {
                    "format": 1,
                    "id": "one",
                    "contributor": "me",
                    "review_by": "2027-01-31",
                    "activities": [{"id": "memo", "kind": "reading", "core": True, "minutes": 1}],
                },
                "words": {"en": {"front": {"title": "One", "why": "Why"}, "before": [], "sections": [section]}},
            }
        },
    }


FILES = frozenset({"course.yaml", "lessons/01-one/lesson.yaml", "lessons/01-one/lesson.en.md"})


def test_a_course_is_built_without_any_disk() -> None:
    """Values in, a course out; a number is words where words are expected."""
    verdict = course_from(a_raw_course(), {}, files=FILES, today=date(2026, 10, 1))
    assert verdict.problems == ()
    assert verdict.course is not None
    assert verdict.course.title == {EN: "2027"}
    assert verdict.course.lessons[0].levels == Levels(1, 1, 1)


def test_the_day_decides_about_review_dates() -> None:
    """The same course is fine on the day and overdue the day after; overdue does not keep it back."""
    for day, codes in ((date(2027, 1, 31), []), (date(2027, 2, 1), ["C110"])):
        verdict = course_from(a_raw_course(), {}, files=FILES, today=day)
        assert [problem.code for problem in verdict.problems] == codes
        assert verdict.course is not None


def test_unknown_fields_of_a_later_time_are_passed_over() -> None:
    """An edition stored by a newer version is still a course."""
    raw = a_raw_course()
    raw["later"] = True
    raw["course"]["later"] = {"a": 1}
    raw["lessons"]["one"]["facts"]["later"] = []
    raw["lessons"]["one"]["facts"]["activities"][0]["later"] = "x"
    raw["lessons"]["one"]["words"]["en"]["sections"][0]["blocks"].append({"kind": "hologram"})
    course = course_from_document(json.dumps(raw))
    assert course.lessons[0].core.body == {EN: ()}


def test_fields_that_are_not_there_have_defaults() -> None:
    """An edition stored by an older version, too."""
    raw = a_raw_course()
    del raw["course"]["levels"], raw["lessons"]["one"]["facts"]["review_by"]
    lesson = course_from_document(document(raw)).lessons[0]
    assert (lesson.levels, lesson.review_by) == (Levels(1, 3, 5), None)


def test_an_edition_is_named_after_its_content() -> None:
    """Twelve signs, the same for the same content in whatever order it was written."""
    raw = a_raw_course()
    turned = dict(reversed(raw.items()))
    assert edition_of(document(raw)) == edition_of(document(turned))
    assert len(edition_of(document(raw))) == 12
