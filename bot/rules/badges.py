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
    steps = [needed for each in EARNED if (needed := lesson.levels.needed(each)) > len(mine)]
    missing = min(steps) - len(mine) if steps else 0
    # where two levels need the same, the step reaches both: the higher one is what it is worth
    higher = level_for(lesson.levels, min(steps)) if steps else None
    return LessonProgress(lesson.id, mine, level, higher, missing)


def tier_for(tiers: Sequence[Tier], levels: Collection[BadgeLevel]) -> Tier | None:
    """The highest tier whose needs are all met; tiers are listed lowest first."""
    reached = [tier for tier in tiers if not _missing(tier, levels)]
    return reached[-1] if reached else None


def outlook(
    course: Course, levels: Mapping[str, BadgeLevel], *, kept: str | None = None, earlier: Sequence[Course] = ()
) -> CertificateOutlook:
    """The certificate as it stands: `levels` by lesson id.

    A tier once reached stays, with its rank, and with its name where the course has it no more: with the tiers of the
    `earlier` editions a cohort went through (oldest first), or the tier `kept` at its close.
    What is still reachable assumes gold in every lesson.
    """
    have = list(levels.values())
    order = ranks(course, earlier)
    candidates = [tier_for(edition.certificate, have) for edition in (*earlier, course)]
    reached = {tier.id for tier in candidates if tier} | {kept}
    tier = next((each for each in reversed(order) if each.id in reached), None)
    lessons = max(len(course.lessons), len(have))
    best = tier_for(course.certificate, [BadgeLevel.GOLD] * lessons)
    reachable = max((each for each in (tier, best) if each), key=order.index, default=None)
    above = order[order.index(tier) + 1 :] if tier else order
    following = next((each for each in above if each in course.certificate), None)
    return CertificateOutlook(tier, reachable, following, _missing(following, have) if following else {})


def ranks(course: Course, earlier: Sequence[Course]) -> list[Tier]:
    """Every tier of these editions once, as its newest edition says it, lowest first.

    A tier that an edition dropped keeps its rank: above what it stood above and below what it stood below, and among
    tiers it never stood beside, above those that need no more.
    """
    order = list(course.certificate)
    for edition in reversed(earlier):
        for place, tier in enumerate(edition.certificate):
            at = {known.id: number for number, known in enumerate(order)}
            if tier.id in at:
                continue
            lowest = max((at[each.id] + 1 for each in edition.certificate[:place] if each.id in at), default=0)
            highest = min((at[each.id] for each in edition.certificate[place:] if each.id in at), default=len(order))
            while lowest < highest and _asks_no_more(order[lowest], tier):
                lowest += 1
            order.insert(lowest, tier)
    return order


def _asks_no_more(one: Tier, other: Tier) -> bool:
    """Whether whoever has `other` has `one` as well, lessons of a higher level counting for the lower ones."""
    return all(
        needed <= max((n for higher, n in other.needs.items() if higher >= level), default=0)
        for level, needed in one.needs.items()
    )


def _missing(tier: Tier, levels: Collection[BadgeLevel]) -> dict[BadgeLevel, int]:
    lacking = {
        level: needed - sum(1 for have in levels if have >= level) for level, needed in sorted(tier.needs.items())
    }
    return {level: count for level, count in lacking.items() if count > 0}
