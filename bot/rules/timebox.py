"""What fits into the minutes somebody has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.model.course import Activity


@dataclass(frozen=True, slots=True)
class TimeBoxed:
    """`now` is what to do, in the author's order; `later` is kept for later; `minutes` is what `now` takes.

    `fits` is false where nothing is short enough: `now` is then the shortest there is.
    """

    now: tuple[Activity, ...]
    later: tuple[Activity, ...]
    minutes: int
    fits: bool = True


def fit(activities: Sequence[Activity], done: Collection[str], minutes: int) -> TimeBoxed:
    """Choose from what is not done: the core item first if it fits, then as many of the others as possible.

    When nothing fits at all, the shortest one is offered, so that five minutes are never empty.
    """
    todo = [activity for activity in activities if activity.id not in done]
    left = minutes
    chosen: set[str] = set()
    for activity in sorted(todo, key=lambda activity: (not activity.core, activity.minutes)):
        if activity.minutes <= left:
            chosen.add(activity.id)
            left -= activity.minutes
    fits = bool(chosen) or not todo
    if not fits:
        chosen.add(min(todo, key=lambda activity: activity.minutes).id)
    now = tuple(activity for activity in todo if activity.id in chosen)
    later = tuple(activity for activity in todo if activity.id not in chosen)
    return TimeBoxed(now, later, sum(activity.minutes for activity in now), fits)


def smallest_next(activities: Sequence[Activity], done: Collection[str]) -> Activity | None:
    """The next smallest thing: the shortest activity not done, the core item winning a tie."""
    todo = [activity for activity in activities if activity.id not in done]
    return min(todo, key=lambda activity: (activity.minutes, not activity.core), default=None)
