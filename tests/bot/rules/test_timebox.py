"""What fits into the minutes somebody has."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.course import Activity, Kind
from bot.rules.timebox import fit, smallest_next
from tests.builders import activity


def items(*minutes: int, core: int | None = 0) -> tuple[Activity, ...]:
    """Activities `a`, `b`, … of these minutes; number `core` is the core item."""
    return tuple(
        activity(chr(ord("a") + place), Kind.READING, n, core=place == core) for place, n in enumerate(minutes)
    )


def ids(activities: Sequence[Activity]) -> str:
    return "".join(each.id for each in activities)


@pytest.mark.parametrize(
    ("minutes", "done", "box", "now", "later"),
    [
        ((8, 2, 3, 5), "", 10, "ab", "cd"),  # the core first, then the shortest
        ((8, 2, 3, 5), "", 5, "bc", "ad"),  # the core does not fit
        ((8, 2, 3, 5), "a", 10, "bcd", ""),
        ((8, 9, 3, 5), "", 20, "acd", "b"),
        ((8, 2, 3, 5), "", 18, "abcd", ""),
        ((8, 2, 3, 5), "", 1, "b", "acd"),  # nothing fits: the shortest
        ((8, 9), "", 5, "a", "b"),
        ((8, 2), "ab", 10, "", ""),
        ((8, 2, 2, 2), "", 4, "bc", "ad"),  # equals: the author's order
        ((8,), "z", 10, "a", ""),
        ((), "", 10, "", ""),
    ],
)
def test_what_fits(minutes: Sequence[int], done: str, box: int, now: str, later: str) -> None:
    """The core item if it fits, then as many others as possible."""
    boxed = fit(items(*minutes), set(done), box)
    assert (ids(boxed.now), ids(boxed.later)) == (now, later)
    assert boxed.minutes == sum(each.minutes for each in boxed.now)


lengths = st.lists(st.integers(1, 30), max_size=8)
done_ids = st.sets(st.sampled_from("abcdefgh"))


@given(lengths, done_ids, st.integers(1, 60))
def test_a_box_is_never_too_full_and_loses_nothing(minutes: list[int], done: set[str], box: int) -> None:
    """Now and later together are what is not done, each in the author's order; five minutes are never empty."""
    activities = items(*minutes)
    boxed = fit(activities, done, box)
    todo = [each for each in activities if each.id not in done]
    assert sorted(ids(boxed.now) + ids(boxed.later)) == sorted(ids(todo))
    assert ids(boxed.now) == "".join(sorted(ids(boxed.now)))
    assert ids(boxed.later) == "".join(sorted(ids(boxed.later)))
    assert bool(boxed.now) == bool(todo)
    assert boxed.fits is (boxed.minutes <= box)
    if not boxed.fits:
        assert len(boxed.now) == 1
        assert boxed.minutes == min(each.minutes for each in todo)


@given(lengths, done_ids, st.integers(1, 60))
def test_the_core_comes_first_and_then_as_many_as_possible(minutes: list[int], done: set[str], box: int) -> None:
    """What was left out would not have fitted in; without the core, no other choice holds more."""
    activities = items(*minutes)
    boxed = fit(activities, done, box)
    core = next((each for each in activities if each.core and each.id not in done), None)
    if core and core.minutes <= box:
        assert core in boxed.now
    assert all(boxed.minutes + each.minutes > box for each in boxed.later)
    room, most = box, 0
    if core and core.minutes <= box:
        room, most = box - core.minutes, 1
    for each in sorted(each.minutes for each in activities if each.id not in done and each is not core):
        if each <= room:
            room, most = room - each, most + 1
    assert len(boxed.now) == max(most, bool(boxed.now))


@given(lengths, done_ids, st.integers(1, 60))
def test_more_time_never_shows_fewer(minutes: list[int], done: set[str], box: int) -> None:
    """Unless the core takes the place of others, once it fits."""
    activities = items(*minutes, core=None)
    assert len(fit(activities, done, box).now) <= len(fit(activities, done, box + 1).now)


@pytest.mark.parametrize(
    ("minutes", "core", "done", "expected"),
    [
        ((8, 2, 3), 0, "", "b"),
        ((8, 2, 3), 0, "b", "c"),
        ((2, 3, 2), 2, "", "c"),  # a tie: the core item
        ((2, 2), 0, "ab", ""),
        ((), 0, "", ""),
    ],
)
def test_the_next_smallest_thing(minutes: Sequence[int], core: int, done: str, expected: str) -> None:
    """The shortest that is not done; the core item wins a tie."""
    found = smallest_next(items(*minutes, core=core), set(done))
    assert (found.id if found else "") == expected
