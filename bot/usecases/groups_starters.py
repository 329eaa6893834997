"""Conversation starters in a study group: which one comes, who takes which stance, and when the split is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.messages.groups_starters import StarterView
from bot.messages.texts import Catalogue
from bot.model.cohort import Cohort, Enrolment
from bot.model.course import Activity, Kind, Lesson
from bot.model.group_life import StanceTaken, Starter
from bot.model.groups import StudyGroup
from bot.model.people import Person
from bot.ports import Tx
from bot.rules.group_life import TALK
from bot.rules.stances import pairs, split
from bot.usecases.context import Parts, wishes_of
from bot.usecases.groups_meetings import soon
from bot.usecases.groups_people import group_view
from bot.usecases.groups_telling import members_in, show_anew, tell_group
from bot.usecases.schedule import lesson_moment

NOBODY = Person(0)
"""Somebody who chose nothing: lessons come to them when the cohort has them."""
A_DAY = 2
"""So many starters come on a group's day at most; older ones can be asked for."""

Known = tuple[Lesson, Activity]


async def begun_lessons(parts: Parts, cohort: Cohort, now: datetime) -> list[tuple[Lesson, datetime]]:
    """The cohort's lessons whose moment has come, with that moment (real), oldest first."""
    course, wishes = parts.course_of(cohort), wishes_of(NOBODY, cohort)
    after: datetime | None = None
    found: list[tuple[Lesson, datetime]] = []
    for lesson in course.lessons:
        after = lesson_moment(parts, cohort, course, wishes, lesson.id, after).at
        at = cohort.pace.to_real(after)
        if at > now:
            break
        found.append((lesson, at))
    return found


async def waiting_starters(
    parts: Parts, tx: Tx, group: StudyGroup, cohort: Cohort, now: datetime, since: datetime | None = None
) -> list[Known]:
    """Starters of lessons that have begun (after `since`) which the group has not had, oldest first. A starter for some
    tracks comes where somebody is on one of them."""
    had = {(each.lesson_id, each.activity_id) for each in await tx.starters(group.id)}
    tracks = {each.track for each in await members_in(tx, group)}
    return [
        (lesson, activity)
        for lesson, at in await begun_lessons(parts, cohort, now)
        if since is None or at > since
        for activity in lesson.activities
        if activity.kind is Kind.STARTER and (lesson.id, activity.id) not in had
        if not activity.tracks or activity.tracks & tracks
    ]


async def bring(tx: Tx, group: StudyGroup, known: Known, now: datetime) -> set[str]:
    """Give the group a starter. Returns the lanes to wake."""
    lesson, activity = known
    reveal = now + TALK if activity.stance_first else None
    if not await tx.add_starter(Starter(group.id, lesson.id, activity.id, now, reveal)):
        return set()
    if reveal is not None:
        await soon(tx, group, reveal)
    facts = {"lesson": lesson.id, "activity": activity.id}
    return await tell_group(tx, group, _what("starter", lesson.id, activity.id), now, content=facts)


def _what(word: str, lesson_id: str, activity_id: str) -> str:
    return f"{word}/{lesson_id}/{activity_id}"


def newest(starters: Sequence[Starter]) -> Starter | None:
    return starters[-1] if starters else None


async def starter_view(
    parts: Parts,
    tx: Tx,
    group: StudyGroup,
    cohort: Cohort,
    t: Catalogue,
    lesson_id: str,
    activity_id: str,
    mine: Enrolment | None = None,
) -> StarterView | None:
    """A starter as it stands; None when the course does not have it any more. The split belongs to those who have taken
    a stance."""
    lesson = parts.course_of(cohort).lesson(lesson_id)
    activity = lesson.activity(activity_id) if lesson else None
    if lesson is None or activity is None:
        return None
    view = await group_view(parts, tx, group, cohort, t, mine.id if mine else None)
    taken = await tx.stances(group.id, lesson_id, activity_id)
    own = next((each for each in taken if mine is not None and each.enrolment_id == mine.id), None)
    return StarterView(view, lesson, activity, len(taken), split(taken) if own else None, own)


async def take_stance(tx: Tx, group: StudyGroup, starter: Starter, taken: StanceTaken, now: datetime) -> set[str]:
    """Remember a stance; once all have taken one, the split is shown soon. Returns the lanes to wake."""
    await tx.save_stance(taken)
    every = await tx.stances(group.id, starter.lesson_id, starter.activity_id)
    if starter.reveal_at is not None and len(every) >= len(await members_in(tx, group)):
        await tx.save_starter(replace(starter, reveal_at=now))
        await soon(tx, group, now)
    return await show_anew(tx, group, _what("starter", starter.lesson_id, starter.activity_id), now)


async def reveal(tx: Tx, group: StudyGroup, starter: Starter, now: datetime) -> set[str]:
    """Show the split to the group, if enough have taken a stance. Returns the lanes to wake."""
    await tx.save_starter(replace(starter, reveal_at=None))
    if split(await tx.stances(group.id, starter.lesson_id, starter.activity_id)) is None:
        return set()
    facts = {"lesson": starter.lesson_id, "activity": starter.activity_id}
    return await tell_group(tx, group, _what("split", starter.lesson_id, starter.activity_id), now, content=facts)


async def split_view(
    parts: Parts, tx: Tx, group: StudyGroup, cohort: Cohort, t: Catalogue, lesson_id: str, activity_id: str
) -> tuple[StarterView, list[tuple[str, str]]] | None:
    """The split for everybody, and the names of those who could talk; stances of people who left are counted, but they
    are not named."""
    view = await starter_view(parts, tx, group, cohort, t, lesson_id, activity_id)
    taken = await tx.stances(group.id, lesson_id, activity_id)
    if view is None or split(taken) is None:
        return None
    names = {each.enrolment_id: each.name for each in view.group.people}
    here = [each for each in taken if each.enrolment_id in names]
    found = [(names[one.enrolment_id], names[other.enrolment_id]) for one, other in pairs(here)]
    return replace(view, split=split(taken)), found
