"""Badge levels and certificate tiers: computed from what was done, and never lowered by doing more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.course import BadgeLevel, Course, Levels, Tier
from bot.rules.badges import lesson_progress, level_for, outlook, ranks, tier_for
from tests.builders import EVERY_KIND, a_course, a_lesson, texts

NONE, BRONZE, SILVER, GOLD = BadgeLevel
ACTIVITIES = [each.id for each in EVERY_KIND]


def tier(name: str, **needs: int) -> Tier:
    return Tier(name, texts(name, name), {BadgeLevel[level.upper()]: n for level, n in needs.items()})


TIERS = (tier("part", bronze=2), tier("good", bronze=3, silver=2), tier("best", bronze=4, silver=3, gold=2))
COURSE = a_course(4, certificate=TIERS)

thresholds = st.lists(st.integers(1, 8), min_size=3, max_size=3).map(lambda numbers: Levels(*sorted(numbers)))
level_lists = st.lists(st.sampled_from(BadgeLevel), max_size=8)


@st.composite
def tier_lists(draw: st.DrawFn) -> tuple[Tier, ...]:
    """Tiers as `check` lets them through: each needs at least what the one below needs."""
    needs: dict[BadgeLevel, int] = {}
    made = []
    for number in range(draw(st.integers(1, 4))):
        more = draw(st.dictionaries(st.sampled_from([BRONZE, SILVER, GOLD]), st.integers(1, 4), min_size=1))
        needs = {level: needs.get(level, 0) + more.get(level, 0) for level in {*needs, *more}}
        made.append(Tier(f"t{number}", texts("t", "t"), needs))
    return tuple(made)


def by_lesson(levels: Sequence[BadgeLevel]) -> dict[str, BadgeLevel]:
    return {f"l{number}": level for number, level in enumerate(levels, 1)}


# --- levels ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "level", "higher", "missing"),
    [
        (0, NONE, BRONZE, 1),
        (1, BRONZE, SILVER, 2),
        (2, BRONZE, SILVER, 1),
        (3, SILVER, GOLD, 2),
        (4, SILVER, GOLD, 1),
        (5, GOLD, None, 0),
        (8, GOLD, None, 0),
    ],
)
def test_levels_are_reached_by_numbers_of_activities(
    done: int, level: BadgeLevel, higher: BadgeLevel | None, missing: int
) -> None:
    """One, three and five by default; the next level and what it still needs."""
    progress = lesson_progress(a_lesson(1), ACTIVITIES[:done])
    assert (progress.level, progress.next_level, progress.to_next) == (level, higher, missing)
    assert progress.level == level_for(Levels(), done)


def test_only_activities_of_the_lesson_count() -> None:
    """Something that a newer edition dropped adds nothing; another track's activity does."""
    progress = lesson_progress(a_lesson(1), ["gone", "extra", "extra"])
    assert progress.done == {"extra"}
    assert progress.level is BRONZE


@pytest.mark.parametrize(
    ("levels", "done", "higher", "missing"),
    [
        (Levels(2, 2, 5), 1, SILVER, 1),
        (Levels(2, 2, 2), 0, GOLD, 2),
        (Levels(1, 4, 4), 1, GOLD, 3),
        (Levels(1, 4, 4), 0, BRONZE, 1),
    ],
)
def test_of_levels_that_need_the_same_the_highest_is_named(
    levels: Levels, done: int, higher: BadgeLevel, missing: int
) -> None:
    """ "1 more for bronze" would hide that silver is reached with it."""
    progress = lesson_progress(a_lesson(1, levels=levels), ACTIVITIES[:done])
    assert (progress.next_level, progress.to_next) == (higher, missing)


@given(thresholds, st.sets(st.sampled_from(ACTIVITIES)), st.sampled_from(ACTIVITIES))
def test_more_work_never_lowers_a_level(levels: Levels, done: set[str], more: str) -> None:
    """Each further activity keeps or raises the level, and brings the next one closer."""
    lesson = a_lesson(1, levels=levels)
    before, after = lesson_progress(lesson, done), lesson_progress(lesson, done | {more})
    assert before.level <= after.level
    if before.next_level and before.next_level == after.next_level:
        assert after.to_next == before.to_next - (more not in done)


@given(thresholds, st.sets(st.sampled_from(ACTIVITIES)))
def test_what_is_missing_is_exactly_what_reaches_the_next_level(levels: Levels, done: set[str]) -> None:
    """That many more activities, not one less."""
    progress = lesson_progress(a_lesson(1, levels=levels), done)
    if progress.next_level is None:
        assert progress.level is GOLD
        return
    assert progress.to_next > 0
    assert progress.level < progress.next_level
    assert level_for(levels, len(done) + progress.to_next) == progress.next_level
    assert level_for(levels, len(done) + progress.to_next - 1) < progress.next_level


# --- tiers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "reached", "following", "missing"),
    [
        ([], None, "part", {BRONZE: 2}),
        ([BRONZE], None, "part", {BRONZE: 1}),
        ([BRONZE, BRONZE], "part", "good", {BRONZE: 1, SILVER: 2}),
        ([GOLD, SILVER], "part", "good", {BRONZE: 1}),  # higher levels count for lower needs
        ([GOLD, SILVER, BRONZE], "good", "best", {BRONZE: 1, SILVER: 1, GOLD: 1}),
        ([GOLD, GOLD, SILVER, BRONZE], "best", None, {}),
        ([NONE, NONE, NONE, NONE], None, "part", {BRONZE: 2}),
    ],
)
def test_tiers_and_what_the_next_one_lacks(
    levels: Sequence[BadgeLevel], reached: str | None, following: str | None, missing: Mapping[BadgeLevel, int]
) -> None:
    """Lessons per level, counted from the level upwards."""
    view = outlook(COURSE, by_lesson(levels))
    assert (view.tier.id if view.tier else None) == reached
    assert (view.next_tier.id if view.next_tier else None) == following
    assert view.missing == missing


def rank(course: Course, view_tier: Tier | None) -> int:
    return course.certificate.index(view_tier) if view_tier else -1


@given(tier_lists(), level_lists, st.data())
def test_more_work_never_lowers_a_tier(tiers: tuple[Tier, ...], levels: list[BadgeLevel], data: st.DataObject) -> None:
    """Raising any lesson's level, or adding a lesson, keeps or raises the tier."""
    course = a_course(8, certificate=tiers)
    more = [data.draw(st.sampled_from([each for each in BadgeLevel if each >= level])) for level in levels]
    more += data.draw(st.lists(st.sampled_from(BadgeLevel), max_size=8 - len(levels)))
    before, after = outlook(course, by_lesson(levels)), outlook(course, by_lesson(more))
    assert rank(course, before.tier) <= rank(course, after.tier)


@given(tier_lists(), level_lists)
def test_what_is_missing_is_what_the_next_tier_needs(tiers: tuple[Tier, ...], levels: list[BadgeLevel]) -> None:
    """Something is missing as long as there is a next tier; adding just that reaches it."""
    course = a_course(8, certificate=tiers)
    view = outlook(course, by_lesson(levels))
    if view.next_tier is None:
        assert view.tier == tiers[-1]
        assert view.missing == {}
        return
    assert view.missing
    assert rank(course, view.next_tier) == rank(course, view.tier) + 1
    added = [level for level, n in view.missing.items() for _ in range(n)]
    assert rank(course, tier_for(tiers, [*levels, *added])) >= rank(course, view.next_tier)


@pytest.mark.parametrize(("lessons", "best"), [(1, None), (2, "part"), (3, "good"), (4, "best"), (8, "best")])
def test_what_is_still_reachable_assumes_gold_everywhere(lessons: int, best: str | None) -> None:
    """In the lessons there are, however little was done so far."""
    reachable = outlook(a_course(lessons, certificate=TIERS), {}).reachable
    assert (reachable.id if reachable else None) == best


@given(tier_lists(), level_lists)
def test_the_reachable_tier_is_never_below_the_reached_one(tiers: tuple[Tier, ...], levels: list[BadgeLevel]) -> None:
    """Also when the newest edition has fewer lessons than were done."""
    course = a_course(3, certificate=tiers)
    view = outlook(course, by_lesson(levels))
    assert rank(course, view.tier) <= rank(course, view.reachable)


# --- editions ---------------------------------------------------------------------------------------------------

STRICTER = replace(
    COURSE, edition="e2", certificate=(tier("part", bronze=4), tier("good", silver=4), tier("best", gold=4))
)


@pytest.mark.parametrize(
    ("levels", "earlier", "kept", "expected"),
    [
        ([BRONZE, BRONZE], [], None, None),
        ([BRONZE, BRONZE], [COURSE], None, "part"),
        ([GOLD, SILVER, BRONZE], [COURSE], None, "good"),
        ([GOLD, SILVER, BRONZE], [STRICTER, COURSE, STRICTER], None, "good"),
        ([BRONZE], [COURSE], None, None),
        # a later edition may also be easier
        ([GOLD] * 4, [COURSE], None, "best"),
        # the tier at the close of the cohort
        ([], [], "good", "good"),
        ([BRONZE, BRONZE], [COURSE], "good", "good"),
        ([GOLD] * 4, [], "part", "best"),
        ([], [], "unknown", None),
    ],
)
def test_a_tier_once_reached_stays(
    levels: Sequence[BadgeLevel], earlier: Sequence[Course], kept: str | None, expected: str | None
) -> None:
    """With the tiers of every edition the cohort went through, and with what people had at the close."""
    view = outlook(STRICTER, by_lesson(levels), kept=kept, earlier=earlier)
    assert (view.tier.id if view.tier else None) == expected
    if view.tier:
        assert view.tier in STRICTER.certificate


def test_a_tier_that_a_new_edition_dropped_stays_too() -> None:
    """It is shown as it was, with the first of the present tiers as the next one."""
    renamed = replace(COURSE, certificate=(tier("other", bronze=4),))
    view = outlook(renamed, by_lesson([BRONZE, BRONZE]), earlier=[COURSE])
    assert view.tier == TIERS[0]
    assert view.next_tier == renamed.certificate[0]


BRONZE_TIER, SILVER_TIER, GOLD_TIER = (tier(f"c-{level}", **{level: 2}) for level in ("bronze", "silver", "gold"))


@pytest.mark.parametrize(
    ("present", "reached", "following"),
    [
        ((BRONZE_TIER, GOLD_TIER), SILVER_TIER, "c-gold"),  # between what it stood between
        ((BRONZE_TIER,), SILVER_TIER, None),
        ((GOLD_TIER,), SILVER_TIER, "c-gold"),
        ((BRONZE_TIER, tier("other", bronze=1), GOLD_TIER), SILVER_TIER, "c-gold"),  # above what asks for less
        ((tier("other", bronze=1),), SILVER_TIER, None),
        ((tier("harder", silver=3),), SILVER_TIER, "harder"),
        ((), SILVER_TIER, None),
    ],
)
@pytest.mark.parametrize("kept", [False, True])
def test_a_tier_that_was_dropped_keeps_its_rank_and_its_name(
    present: tuple[Tier, ...], reached: Tier, following: str | None, kept: bool
) -> None:
    """It is neither lost nor below a tier that is easier; the next one is the next of today's above it."""
    before = replace(COURSE, certificate=(BRONZE_TIER, SILVER_TIER, GOLD_TIER))
    now = replace(COURSE, edition="e2", certificate=present)
    levels = [BRONZE, BRONZE] if kept else [SILVER, SILVER]
    view = outlook(now, by_lesson(levels), kept=reached.id if kept else None, earlier=[before])
    assert view.tier == reached
    assert (view.next_tier.id if view.next_tier else None) == following
    assert view.reachable is not None


@given(st.lists(tier_lists(), min_size=2, max_size=4), level_lists, st.data())
def test_no_edition_takes_away_what_was_reached(
    editions: list[tuple[Tier, ...]], levels: list[BadgeLevel], data: st.DataObject
) -> None:
    """Whichever tiers an edition drops, renames or makes harder: nobody falls below a tier they had."""
    dropped = [
        tuple(each for each in tiers if data.draw(st.booleans())) if number else tiers
        for number, tiers in enumerate(editions)
    ]
    courses = [replace(a_course(8, certificate=tiers), edition=f"e{n}") for n, tiers in enumerate(dropped)]
    *earlier, now = courses
    order = [each.id for each in ranks(now, earlier)]
    assert len(order) == len(set(order))
    view = outlook(now, by_lesson(levels), earlier=earlier)
    had = [found.id for course in courses if (found := tier_for(course.certificate, levels))]
    assert (view.tier is None) == (not had)
    if view.tier:
        assert all(order.index(each) <= order.index(view.tier.id) for each in had)
    if view.next_tier:
        assert view.next_tier in now.certificate
        assert view.missing


@given(tier_lists(), tier_lists(), level_lists, st.data())
def test_more_work_never_lowers_a_tier_of_any_edition(
    tiers: tuple[Tier, ...], before: tuple[Tier, ...], levels: list[BadgeLevel], data: st.DataObject
) -> None:
    """A change of the tiers in the middle of a cohort takes nothing away."""
    size = min(len(tiers), len(before))
    now, then = a_course(8, certificate=tiers[:size]), a_course(8, certificate=before[:size])
    more = [data.draw(st.sampled_from([each for each in BadgeLevel if each >= level])) for level in levels]
    first, second = (outlook(now, by_lesson(each), earlier=[then]) for each in (levels, more))
    assert rank(now, first.tier) <= rank(now, second.tier)
    assert rank(now, first.tier) >= rank(now, tier_for(now.certificate, levels))
    assert rank(now, first.tier) >= rank(then, tier_for(then.certificate, levels))


def test_nothing_done_is_nothing_reached() -> None:
    """No completion, no tier, and the whole way ahead."""
    nothing: Collection[BadgeLevel] = ()
    assert tier_for(TIERS, nothing) is None
    assert outlook(replace(COURSE, certificate=()), {}).next_tier is None
