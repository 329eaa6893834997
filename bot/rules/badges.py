"""Completions in; badge level, what is missing, and the certificate's outlook out.

More work never lowers anything: every function here only grows with the set of completed activities.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.model.course import BadgeLevel, Course, Lesson, Levels, Tier
from bot.model.progress import CertificateOutlook, LessonProgress

EARNED = (BadgeLevel.GOLD, BadgeLevel.SILVER, BadgeLevel.BRONZE)


def level_for(levels: Levels, done: int) -> BadgeLevel:
    """The highest level whose number of activities is reached."""
    return next((level for level in EARNED if done >= levels.needed(level)), BadgeLevel.NONE)


def lesson_progress(lesson: Lesson, done: Collection[str]) -> LessonProgress:
    """How far somebody is. Activities of another track count as well: a change of track loses no work."""
    mine = frozenset(done) & {activity.id for activity in lesson.activities}
    level = level_for(lesson.levels, len(mine))
    higher = next((nxt for nxt in reversed(EARNED) if lesson.levels.needed(nxt) > len(mine)), None)
    missing = lesson.levels.needed(higher) - len(mine) if higher else 0
    return LessonProgress(lesson.id, mine, level, higher, missing)


def tier_for(tiers: Sequence[Tier], levels: Collection[BadgeLevel]) -> Tier | None:
    """The highest tier whose needs are all met; tiers are listed lowest first."""
    reached = [tier for tier in tiers if not _missing(tier, levels)]
    return reached[-1] if reached else None


def outlook(
    course: Course, levels: Mapping[str, BadgeLevel], *, kept: str | None = None, earlier: Sequence[Course] = ()
) -> CertificateOutlook:
    """The certificate as it stands: `levels` by lesson id.

    A tier once reached stays: with the tiers of the `earlier` editions a cohort went through, or the tier `kept` at
    its close.
    What is still reachable assumes gold in every lesson.
    """
    have = list(levels.values())
    candidates = [tier_for(course.certificate, have)]
    candidates += [_same(course, tier_for(edition.certificate, have)) for edition in earlier]
    candidates.append(next((tier for tier in course.certificate if tier.id == kept), None))
    order = {tier.id: place for place, tier in enumerate(course.certificate)}
    tier = max((tier for tier in candidates if tier), key=lambda tier: order.get(tier.id, -1), default=None)
    lessons = max(len(course.lessons), len(have))
    reachable = tier_for(course.certificate, [BadgeLevel.GOLD] * lessons)
    place = order.get(tier.id, -1) + 1 if tier else 0
    following = course.certificate[place] if place < len(course.certificate) else None
    return CertificateOutlook(tier, reachable, following, _missing(following, have) if following else {})


def _same(course: Course, tier: Tier | None) -> Tier | None:
    if tier is None:
        return None
    return next((now for now in course.certificate if now.id == tier.id), tier)


def _missing(tier: Tier, levels: Collection[BadgeLevel]) -> dict[BadgeLevel, int]:
    lacking = {
        level: needed - sum(1 for have in levels if have >= level) for level, needed in sorted(tier.needs.items())
    }
    return {level: count for level, count in lacking.items() if count > 0}
