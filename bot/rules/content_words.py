"""The rules for `lesson.en.md` and `lesson.fr.md`: the words of a lesson fit its facts, and a chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.model.course import Kind, Language
from bot.rules.content_facts import LANGUAGE_NAMES, Facts
from bot.rules.content_lesson import CHOICE_KINDS, ActivityOutline
from bot.rules.content_marks import Words
from bot.rules.content_problems import Findings, Path, choose_from, quoted
from bot.rules.content_text import (
    RawBlock,
    option_id,
    option_label,
    option_why,
    options_position,
    plain,
    plain_text,
)

TITLE = 100
WHY = 140
HEADING = 100
SUMMARY = 300
OPTION = 70
SECTION = 3000


class LessonWords:
    """Checks one lesson file of one language."""

    def __init__(self, raw: Mapping[str, Any], path: Path, findings: Findings, marks: Words) -> None:
        self._raw = raw
        self._path = path
        self._findings = findings
        self._marks = marks

    def check(self, activities: Sequence[ActivityOutline] | None, language: Language) -> None:
        """Note every problem of the words.

        `activities` are those of `lesson.yaml`, in their order; None when they cannot be known.
        """
        self._front()
        if self._raw["before"]:
            what = "text before the first section reaches nobody"
            self._findings.add("C207", (*self._path, "before", 0), what, 'Move it below a "## Heading {#id}".')
        if activities is not None:
            self._match(activities, language)
        by_id = {activity.id: activity for activity in activities or ()}
        for number, section in enumerate(self._raw["sections"]):
            self._section(section, (*self._path, "sections", number), by_id.get(section["id"] or ""))

    def _match(self, activities: Sequence[ActivityOutline], language: Language) -> None:
        found = self._ids(activities)
        for activity in activities:
            if activity.id and activity.id not in found:
                what = f"the section of activity {quoted(activity.id)} is missing in {LANGUAGE_NAMES[language]}"
                fix = f'Add "## ... {{#{activity.id}}}" with its words.'
                self._findings.add("C202", (*self._path, "front"), what, fix)
        self._order(found, [activity.id for activity in activities])

    def _front(self) -> None:
        front = self._raw.get("front")
        if not isinstance(front, dict):
            fix = "Begin with three lines: ---, title: ..., why: ..., and close with another ---"
            what = "the file does not begin with its title"
            self._findings.add("C206", self._path, what, fix)
            return
        facts = Facts(front, (*self._path, "front"), self._findings, "front matter")
        facts.only(("title", "why"))
        facts.text("title", TITLE, code="C206", example="...")
        facts.text("why", WHY, code="C206", example="...")

    def _ids(self, activities: Sequence[ActivityOutline]) -> list[str]:
        known = [activity.id for activity in activities]
        found: list[str] = []
        for number, section in enumerate(self._raw["sections"]):
            here, name = (*self._path, "sections", number), section["id"]
            if name is None:
                fix = "Write ## Heading {#id-of-the-activity}. If --- was meant as a line, put an empty line before it."
                what = f"the heading {quoted(plain(section['line']))} has no id"
                self._findings.add("C205", here, what, fix)
            elif name in found:
                self._findings.add("C204", here, f"section {quoted(name)} is there twice", "Keep one of them.")
            elif name not in known:
                what = f"section {quoted(name)} is no activity of lesson.yaml"
                missing = [other for other in known if other not in found]
                self._findings.add("C203", here, what, choose_from(name, missing, "Remove it, or add the activity."))
            else:
                found.append(name)
        return found

    def _order(self, found: Sequence[str], known: Sequence[str]) -> None:
        expected = [name for name in known if name in found]
        for name, other in zip(found, expected, strict=False):
            if name != other:
                number = next(n for n, section in enumerate(self._raw["sections"]) if section["id"] == name)
                what = f"section {quoted(name)} comes before {quoted(other)}, unlike in lesson.yaml"
                self._findings.add("C204", (*self._path, "sections", number), what, "Use the order of lesson.yaml.")
                return

    def _section(self, section: Mapping[str, Any], path: Path, activity: ActivityOutline | None) -> None:
        where = f"section {quoted(section['id'] or plain(section['line']))}"
        blocks = section["blocks"]
        self._heading(section, path, where)
        self._marks.check(blocks, (*path, "blocks"), where)
        self._limit(plain_text(blocks), SECTION, path, where)
        if not blocks or blocks[0]["kind"] != "paragraph":
            what = f"{where}: it does not begin with a paragraph"
            self._findings.add("C209", path, what, f"Begin with one, at most {SUMMARY} characters: the summary.")
        else:
            summary = plain(blocks[0]["line"])
            self._limit(summary, SUMMARY, (*path, "blocks", 0), f"{where}, summary (its first paragraph)")
        if activity is not None and activity.kind in CHOICE_KINDS:
            self._options(blocks, (*path, "blocks"), where, activity)

    def _heading(self, section: Mapping[str, Any], path: Path, where: str) -> None:
        line = section["line"]
        words = plain(line)
        if not words:
            self._findings.add("C206", path, f"{where}: the heading has no words", "Write ## Heading {#id}")
        self._limit(words, HEADING, path, f"{where}, heading")
        self._marks.inline(line, (*path, "line"), where)
        self._only_words(line, path, f"{where}, heading")

    def _only_words(self, line: Sequence[Any], path: Path, where: str) -> None:
        if any(not isinstance(part, str) and ("href" in part or "picture" in part) for part in line):
            what = f"{where}: it cannot hold a link or a picture"
            self._findings.add("C213", path, what, "Move that into the text of the section.")

    def _limit(self, words: str, limit: int, path: Path, where: str) -> None:
        if len(words) > limit:
            what = f"{where}: {len(words)} characters, {limit} are possible"
            self._findings.add("C208", path, what, f"Shorten it by {len(words) - limit}, or split it.")

    def _options(self, blocks: Sequence[RawBlock], path: Path, where: str, activity: ActivityOutline) -> None:
        position = options_position(blocks)
        if position is None:
            what = f"{where}: the options are missing"
            fix = f"Add a list, each item beginning with its id, as in - `{next(iter(activity.options), 'yes')}` ..."
            self._findings.add("C210", path[:-1], what, fix)
            return
        here = (*path, position)
        found: list[str] = []
        for number, item in enumerate(blocks[position]["items"]):
            name = self._option(item, (*here, "items", number), where, activity, found)
            if name is not None:
                found.append(name)
        missing = [name for name in activity.options if name not in found]
        if missing:
            what = f"{where}: option {quoted(missing[0])} is missing"
            self._findings.add("C210", here, what, f"Add - `{missing[0]}` ...")
        elif not missing and found != [name for name in activity.options if name in found]:
            what = f"{where}: the options are in another order than in lesson.yaml"
            self._findings.add("C210", here, what, f"Use the order {', '.join(activity.options)}.")

    def _option(
        self, item: Sequence[RawBlock], path: Path, where: str, activity: ActivityOutline, found: Sequence[str]
    ) -> str | None:
        """Check one option; answers with its id when it is one of lesson.yaml's and the first of that name."""
        name = option_id(item)
        if name is None:
            what = f"{where}: an option does not begin with its id"
            self._findings.add("C210", path, what, "Begin it with the id of lesson.yaml in backticks.")
            return None
        where = f"{where}, option {quoted(name)}"
        label = option_label(item)
        if not label:
            self._findings.add("C211", path, f"{where}: it has no words", f"Write - `{name}` and what people choose.")
        self._limit(label, OPTION, path, where)
        for number, block in enumerate(item):
            if number and block["kind"] != "quote":
                what = f"{where}: only a quote can follow its words"
                self._findings.add("C213", (*path, number), what, "Write feedback as > quote, and move the rest.")
        for line in _lines(item):
            self._only_words(line, path, where)
        if activity.kind is Kind.QUIZ and not option_why(item):
            fix = "Add a quote below it: > why this is right or wrong."
            self._findings.add("C212", path, f"{where}: no feedback says why", fix)
        if name in found:
            self._findings.add("C210", path, f"{where}: it is there twice", "Keep one of them.")
        elif name not in activity.options:
            fix = choose_from(name, [other for other in activity.options if other not in found])
            self._findings.add("C210", path, f"{where}: it is not in lesson.yaml", fix)
        else:
            return name
        return None


def _lines(item: Sequence[RawBlock]) -> list[Sequence[Any]]:
    """The lines of an option and of its feedback."""
    lines = [block["line"] for block in item if "line" in block]
    for block in item:
        lines += [inside["line"] for inside in block.get("blocks", ()) if "line" in inside]
    return lines
