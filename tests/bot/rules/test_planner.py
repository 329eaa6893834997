"""When a message is owed: inside the window, on a good day, once, in order, and with every reason told.

Wall times are compared with `whenever`, a library that shares no code with `zoneinfo`; days with the plainest loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
import whenever
from hypothesis import assume, example, given
from hypothesis import strategies as st

from adapters.holidays import HolidayCalendars
from bot.model.course import Language, Slot, Weekday
from bot.model.people import Absence, Window
from bot.rules.planner import (
    NUDGE_AFTER,
    WORKDAYS,
    Calendar,
    PlannedMoment,
    Step,
    Why,
    Wishes,
    absence_at,
    back_from,
    closes,
    next_open,
    nudge_after,
    plan_lesson,
    resolve,
    slot_of,
)

# Both read the pinned zone rules; they are compared for what they make of them.
whenever.reset_tzpath(())

MON, TUE, WED, THU, FRI, SAT, SUN = Weekday
TORONTO = "America/Toronto"
LORD_HOWE = "Australia/Lord_Howe"
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
TUE_THU = (Slot(TUE, time(9)), Slot(THU, time(9)))
MORNING = Window(time(9), time(12))
WHOLE_DAY = Window(time(0), time(23, 59))
EVERY_DAY = frozenset(Weekday)
CHRISTMAS = {Language.EN: "Christmas Day", Language.FR: "Jour de Noël"}

# Both hemispheres, half and quarter hours, changes at midnight, around Ramadan, by 30 minutes, and none at all.
FIFTEEN_ZONES = (
    TORONTO,
    "America/St_Johns",
    "America/Vancouver",
    "America/Havana",
    "America/Santiago",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Paris",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    LORD_HOWE,
    "Pacific/Chatham",
    "Pacific/Apia",
)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def whys(planned: PlannedMoment) -> list[Why]:
    return [step.why for step in planned.steps]


# --- wall times -----------------------------------------------------------------------------------------------


def instant(wall: datetime, zone: str) -> datetime:
    """What `whenever` says: in a gap forward by the gap, in an overlap the first."""
    plain = whenever.PlainDateTime(wall.year, wall.month, wall.day, wall.hour, wall.minute)
    return datetime.fromtimestamp(plain.assume_tz(zone, disambiguation="compatible").timestamp(), UTC)


@cache
def days_of_change(first_year: int, last_year: int) -> Sequence[tuple[str, date]]:
    """Every zone with every local day on which its clock changes, found by looking at each week."""
    found = []
    weeks = range((date(last_year, 12, 31) - date(first_year, 1, 1)).days // 7 + 2)
    for zone in sorted(available_timezones()):
        tz, start = ZoneInfo(zone), datetime(first_year, 1, 1)  # noqa: DTZ001 (wall times)
        offsets = [tz.utcoffset(start + timedelta(weeks=week)) for week in weeks]
        for week, (before, after) in enumerate(pairwise(offsets)):
            if before != after:
                days = (start + timedelta(weeks=week, days=day) for day in range(8))
                found += [(zone, day.date()) for day in days if tz.utcoffset(day) != tz.utcoffset(day + DAY)]
    return found


def test_wall_times_agree_with_an_independent_library_around_every_clock_change() -> None:
    """All IANA zones, every change of ten years, quarter hours one day before and after: no disagreement."""
    looked_at = moved = 0
    for number, (zone, day) in enumerate(days_of_change(2026, 2035)):
        start = datetime.combine(day, time(0)) - DAY
        for quarter in range(number % 17, 288, 17):
            wall = start + quarter * QUARTER
            moment = resolve(wall.date(), wall.time(), zone)
            assert moment == instant(wall, zone), f"{wall} in {zone}"
            shift = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - wall
            assert shift >= timedelta(0)
            looked_at += 1
            moved += shift > timedelta(0)
    assert looked_at > 50_000
    assert moved > 300


@pytest.mark.parametrize(
    ("day", "wall", "zone", "expected"),
    [
        (date(2026, 11, 24), time(9), TORONTO, "2026-11-24 14:00"),
        # the gap moves a time forward by its length
        (date(2027, 3, 14), time(2, 30), TORONTO, "2027-03-14 07:30"),
        (date(2026, 10, 4), time(2, 15), LORD_HOWE, "2026-10-03 15:45"),
        # in the overlap the first of two counts
        (date(2026, 11, 1), time(1, 30), TORONTO, "2026-11-01 05:30"),
        (date(2026, 4, 5), time(1, 45), LORD_HOWE, "2026-04-04 14:45"),
        # a date that never was becomes the same time of the next day
        (date(2011, 12, 30), time(9), "Pacific/Apia", "2011-12-30 19:00"),
    ],
)
def test_a_wall_time_is_one_moment(day: date, wall: time, zone: str, expected: str) -> None:
    """The written policy, case by case."""
    assert resolve(day, wall, zone) == at(expected)


@pytest.mark.parametrize(
    ("day", "end", "zone", "expected"),
    [
        (date(2026, 11, 24), time(12), TORONTO, "2026-11-24 17:00"),
        (date(2027, 3, 14), time(2), TORONTO, "2027-03-14 06:00"),
        (date(2027, 3, 14), time(2, 30), TORONTO, "2027-03-14 06:30"),
        (date(2027, 3, 14), time(3), TORONTO, "2027-03-14 07:00"),
        (date(2026, 11, 1), time(1, 30), TORONTO, "2026-11-01 05:30"),
        (date(2026, 11, 1), time(2, 30), TORONTO, "2026-11-01 07:30"),
    ],
)
def test_a_window_ends_rather_early_than_late(day: date, end: time, zone: str, expected: str) -> None:
    """A clock change never lets a message arrive after the window by the clock on the wall."""
    assert closes(day, end, zone) == at(expected)


# --- slots ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "starts_on", "expected"),
    [
        (0, date(2026, 12, 1), date(2026, 12, 1)),  # a Tuesday
        (1, date(2026, 12, 1), date(2026, 12, 3)),
        (2, date(2026, 12, 1), date(2026, 12, 8)),
        (7, date(2026, 12, 1), date(2026, 12, 24)),
        (0, date(2026, 11, 30), date(2026, 12, 1)),
        (0, date(2026, 12, 2), date(2026, 12, 3)),
        (1, date(2026, 12, 2), date(2026, 12, 8)),
        (0, date(2026, 12, 4), date(2026, 12, 8)),  # after the last slot of its week
        (0, date(2026, 12, 6), date(2026, 12, 8)),
    ],
)
def test_slots_are_taken_in_order_from_the_start(index: int, starts_on: date, expected: date) -> None:
    """Tuesdays and Thursdays, whichever day the cohort starts."""
    day, slot = slot_of(index, starts_on, TUE_THU)
    assert day == expected
    assert slot.day == day.weekday()


days_ahead = st.dates(date(2026, 1, 1), date(2035, 6, 30))
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
slot_lists = st.lists(st.builds(Slot, st.sampled_from(list(Weekday)), times), min_size=1, max_size=4, unique=True)


@given(days_ahead, slot_lists, st.integers(0, 30))
def test_each_lesson_has_a_slot_of_its_own(starts_on: date, slots: list[Slot], count: int) -> None:
    """In order, none before the start, none left out, in whatever order the slots are written."""
    taken = [slot_of(index, starts_on, slots) for index in range(count + 1)]
    moments = [datetime.combine(day, slot.at) for day, slot in taken]
    every = (
        datetime.combine(starts_on + timedelta(days=n), slot.at)
        for n in range(7 * (count + 2))
        for slot in sorted(slots, key=lambda slot: slot.at)
        if slot.day == (starts_on + timedelta(days=n)).weekday()
    )
    assert moments == [next(every) for _ in moments]
    assert taken == [slot_of(index, starts_on, slots[::-1]) for index in range(count + 1)]


# --- lessons: examples ----------------------------------------------------------------------------------------


def first_lesson(wishes: Wishes, holidays: Calendar | None = None, *, starts: str = "2026-12-01") -> PlannedMoment:
    return plan_lesson(0, date.fromisoformat(starts), TUE_THU, wishes, holidays or {})


def test_a_lesson_comes_at_the_slot_in_the_learners_own_zone() -> None:
    """Nothing in the way: no reason to tell."""
    planned = first_lesson(Wishes("Europe/Paris", MORNING))
    assert planned.at == at("2026-12-01 08:00")
    assert planned.until == at("2026-12-01 11:00")
    assert planned.local == datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
    assert planned.slot == planned.local
    assert planned.steps == ()


@pytest.mark.parametrize(
    ("wishes", "expected", "steps"),
    [
        # the slot is outside the window, before and after it, and exactly at its end
        (Wishes(TORONTO, Window(time(13), time(17))), "2026-12-01 13:00", [Step(Why.WINDOW, date(2026, 12, 1))]),
        (Wishes(TORONTO, Window(time(7), time(8))), "2026-12-01 07:00", [Step(Why.WINDOW, date(2026, 12, 1))]),
        (Wishes(TORONTO, Window(time(7), time(9))), "2026-12-01 07:00", [Step(Why.WINDOW, date(2026, 12, 1))]),
        (Wishes(TORONTO, Window(time(9), time(9, 1))), "2026-12-01 09:00", []),
        # another day is wanted
        (
            Wishes(TORONTO, MORNING, frozenset({FRI})),
            "2026-12-04 09:00",
            [Step(Why.NOT_YOUR_DAY, date(2026, 12, 1))],
        ),
        (Wishes(TORONTO, MORNING, frozenset({TUE})), "2026-12-01 09:00", []),
        # days away do not move a lesson: it waits
        (Wishes(TORONTO, MORNING, None, (Absence(date(2026, 12, 1), date(2026, 12, 9)),)), "2026-12-01 09:00", []),
    ],
)
def test_wishes_move_a_lesson_and_say_so(wishes: Wishes, expected: str, steps: list[Step]) -> None:
    """Each wish has its reason, and only what really moved the lesson is told."""
    planned = first_lesson(wishes)
    assert planned.at == at(expected, TORONTO)
    assert list(planned.steps) == steps


def test_a_holiday_moves_a_lesson_to_the_next_open_day() -> None:
    """Christmas on a Friday, a weekend, and an observed Monday: every holiday is named, the weekend once."""
    holidays = {date(2026, 12, 25): CHRISTMAS, date(2026, 12, 28): {Language.EN: "Boxing Day (observed)"}}
    slots = (Slot(FRI, time(9)),)
    planned = plan_lesson(0, date(2026, 12, 21), slots, Wishes(TORONTO, MORNING), holidays)
    assert planned.local.date() == date(2026, 12, 29)
    assert [(step.why, step.day) for step in planned.steps] == [
        (Why.HOLIDAY, date(2026, 12, 25)),
        (Why.NOT_YOUR_DAY, date(2026, 12, 26)),
        (Why.HOLIDAY, date(2026, 12, 28)),
    ]
    assert planned.steps[0].names == CHRISTMAS
    assert planned.slot == datetime(2026, 12, 25, 9, tzinfo=ZoneInfo(TORONTO))


def test_a_late_lesson_pushes_the_next_one_to_another_day() -> None:
    """At most one lesson a day, in order, even when a holiday pushed one onto the next slot."""
    wishes = Wishes(TORONTO, MORNING)
    planned = plan_lesson(1, date(2026, 12, 1), TUE_THU, wishes, {}, after=at("2026-12-03 09:00", TORONTO))
    assert planned.local.date() == date(2026, 12, 4)
    assert whys(planned) == [Why.SPACING]


def test_another_zone_counts_days_as_its_own() -> None:
    """What was Wednesday evening in Toronto is Thursday in Paris: the Thursday lesson waits for Friday."""
    wishes = Wishes("Europe/Paris", MORNING)
    planned = plan_lesson(1, date(2026, 12, 1), TUE_THU, wishes, {}, after=at("2026-12-02 19:00", TORONTO))
    assert planned.local.date() == date(2026, 12, 4)


def test_a_cohorts_weekend_slot_is_kept_unless_days_were_chosen() -> None:
    """Saturday is nobody's working day, but it is what this cohort agreed on."""
    slots = (Slot(SAT, time(10)),)
    assert plan_lesson(0, date(2026, 12, 1), slots, Wishes(TORONTO, MORNING), {}).local.date() == date(2026, 12, 5)
    chosen = Wishes(TORONTO, MORNING, WORKDAYS)
    assert plan_lesson(0, date(2026, 12, 1), slots, chosen, {}).local.date() == date(2026, 12, 7)


@pytest.mark.parametrize(
    ("starts", "slot", "zone", "window", "expected", "reasons"),
    [
        # the slot itself lies in the gap
        ("2027-03-14", time(2, 30), TORONTO, Window(time(1), time(5)), "2027-03-14 03:30", [Why.CLOCK_CHANGE]),
        ("2026-10-04", time(2, 15), LORD_HOWE, Window(time(2), time(3)), "2026-10-04 02:45", [Why.CLOCK_CHANGE]),
        # the whole window lies in the gap: nothing that day
        ("2027-03-14", time(2, 30), TORONTO, Window(time(2), time(3)), "2027-03-15 02:30", [Why.CLOCK_CHANGE]),
        ("2026-10-04", time(2, 10), LORD_HOWE, Window(time(2), time(2, 30)), "2026-10-05 02:10", [Why.CLOCK_CHANGE]),
        # and the window has moved the slot as well: both are told
        (
            "2027-03-14",
            time(9),
            TORONTO,
            Window(time(2), time(3)),
            "2027-03-15 02:00",
            [Why.CLOCK_CHANGE, Why.WINDOW],
        ),
        # the gap pushes the slot out of the window
        ("2027-03-14", time(2, 45), TORONTO, Window(time(1), time(3, 30)), "2027-03-15 02:45", [Why.CLOCK_CHANGE]),
        # an overlap moves nothing
        ("2026-11-01", time(1, 30), TORONTO, Window(time(1), time(3)), "2026-11-01 01:30", []),
        # a date that the zone skipped
        ("2011-12-30", time(9), "Pacific/Apia", MORNING, "2011-12-31 09:00", [Why.CLOCK_CHANGE]),
    ],
)
def test_clock_changes_move_a_lesson_as_the_policy_says(
    starts: str, slot: time, zone: str, window: Window, expected: str, reasons: list[Why]
) -> None:
    """Forward by the gap where the window allows it, else to the next day."""
    day = date.fromisoformat(starts)
    slots = (Slot(Weekday(day.weekday()), slot),)
    planned = plan_lesson(0, day, slots, Wishes(zone, window, EVERY_DAY), {})
    assert planned.local.replace(tzinfo=None) == datetime.fromisoformat(expected)
    assert whys(planned) == reasons


def test_no_open_day_at_all_is_an_error_and_not_an_endless_search() -> None:
    """A calendar of nothing but holidays is a mistake that somebody must see."""
    holidays = {date(2026, 1, 1) + n * DAY: CHRISTMAS for n in range(2000)}
    with pytest.raises(ValueError, match="no day is open"):
        first_lesson(Wishes(TORONTO, MORNING), holidays)


# --- lessons: ten years ---------------------------------------------------------------------------------------


def public_holidays(region: str) -> Calendar:
    calendars = HolidayCalendars()
    return {day: names for year in range(2026, 2037) for day, names in calendars.days(region, year).items()}


@pytest.mark.parametrize(
    ("window", "slots"),
    [
        (Window(time(9), time(12)), TUE_THU),
        # at night, where clocks change, and on the days on which they do
        (Window(time(0), time(3)), (Slot(FRI, time(0, 30)), Slot(SUN, time(2, 30)))),
    ],
)
def test_ten_years_of_course_days_in_fifteen_zones(window: Window, slots: tuple[Slot, ...]) -> None:
    """None outside the window, none on a holiday, one per lesson, in order, across every clock change."""
    holidays = public_holidays("CA-ON")
    starts_on = date(2026, 1, 1)
    allowed = WORKDAYS | {slot.day for slot in slots}
    for zone in FIFTEEN_ZONES:
        wishes, tz = Wishes(zone, window), ZoneInfo(zone)
        last: datetime | None = None
        days: list[date] = []
        for index in range(2 * 52 * 10):
            planned = plan_lesson(index, starts_on, slots, wishes, holidays, last)
            local = planned.at.astimezone(tz)
            assert window.start <= local.time() < window.end, (zone, local)
            assert planned.at < planned.until
            assert planned.until.astimezone(tz).time() <= window.end, (zone, local)
            assert local.date() not in holidays, (zone, local)
            assert local.weekday() in allowed, (zone, local)
            days.append(local.date())
            last = planned.at
        assert all(before < after for before, after in pairwise(days)), zone


# --- lessons: properties --------------------------------------------------------------------------------------

# Random days around moments that matter, so that clock changes, holidays and windows really meet.
eventful = st.sampled_from([(zone, day) for zone, day in days_of_change(2026, 2027) if zone in FIFTEEN_ZONES])
some_days = st.one_of(st.none(), st.frozensets(st.sampled_from(list(Weekday)), min_size=1))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start, end = sorted(draw(st.lists(times, min_size=2, max_size=2, unique=True)))
    return Window(start, end)


@st.composite
def scenes(draw: st.DrawFn, *, absences: bool = False) -> tuple[Wishes, Calendar, date]:
    """Somebody's wishes, holidays, and a day close to a clock change of their zone."""
    zone, change = draw(eventful)
    day = change + timedelta(days=draw(st.integers(-9, 3)))
    near = st.integers(-3, 20).map(lambda n: day + timedelta(days=n))
    holidays = dict.fromkeys(draw(st.sets(near, max_size=5)), CHRISTMAS)
    away = tuple(
        Absence(first, first + timedelta(days=length))
        for first, length in draw(st.lists(st.tuples(near, st.integers(0, 9)), max_size=3 if absences else 0))
    )
    return Wishes(zone, draw(windows()), draw(some_days), away), holidays, day


def takes_place(day: date, wall: time, wishes: Wishes) -> bool:
    """Whether a wall time exists that day and lies in the window, told by the clock alone."""
    local = instant(datetime.combine(day, wall), wishes.zone).astimezone(ZoneInfo(wishes.zone))
    return local.date() == day and wishes.window.start <= local.time() < wishes.window.end


@given(scenes(absences=True), slot_lists, st.integers(0, 6), st.one_of(st.none(), st.integers(-30, 30)))
def test_a_lesson_comes_on_the_first_day_on_which_it_may(
    scene: tuple[Wishes, Calendar, date], slots: list[Slot], index: int, hours_late: int | None
) -> None:
    """Compared with the plainest loop over days; and its reasons are exactly what stood in the way."""
    wishes, holidays, starts_on = scene
    day, slot = slot_of(index, starts_on, slots)
    after = resolve(day, slot.at, wishes.zone) + timedelta(hours=hours_late) if hours_late is not None else None
    planned = plan_lesson(index, starts_on, slots, wishes, holidays, after)

    inside = wishes.window.start <= slot.at < wishes.window.end
    wall = slot.at if inside else wishes.window.start
    allowed = wishes.days if wishes.days is not None else WORKDAYS | {each.day for each in slots}
    expected: set[tuple[Why, date]] = set()
    if after is not None and after.astimezone(ZoneInfo(wishes.zone)).date() >= day:
        day = after.astimezone(ZoneInfo(wishes.zone)).date() + DAY
        expected.add((Why.SPACING, day))
    skipped = False
    while True:
        if day in holidays:
            expected.add((Why.HOLIDAY, day))
        elif day.weekday() not in allowed:
            skipped = True
        elif not takes_place(day, wall, wishes) or closes(day, wishes.window.end, wishes.zone) <= resolve(
            day, wall, wishes.zone
        ):
            expected.add((Why.CLOCK_CHANGE, day))
        else:
            break
        day += DAY
    if planned.local.time() != wall:
        expected.add((Why.CLOCK_CHANGE, day))
    if not inside:
        expected.add((Why.WINDOW, day))

    assert planned.local.date() == day
    assert planned.at == instant(datetime.combine(day, wall), wishes.zone)
    assert planned.local == planned.at.astimezone(ZoneInfo(wishes.zone))
    assert {(step.why, step.day) for step in planned.steps if step.why is not Why.NOT_YOUR_DAY} == expected
    assert (Why.NOT_YOUR_DAY in whys(planned)) == skipped
    assert all(step.day.weekday() not in allowed for step in planned.steps if step.why is Why.NOT_YOUR_DAY)
    assert planned.slot is not None
    assert bool(planned.steps) == (planned.local.replace(tzinfo=None) != planned.slot.replace(tzinfo=None))


@given(scenes(), slot_lists)
def test_a_course_is_one_lesson_a_day_in_order(scene: tuple[Wishes, Calendar, date], slots: list[Slot]) -> None:
    """Whatever the slots, wishes and holidays: each lesson follows the one before it on a later day."""
    wishes, holidays, starts_on = scene
    after: datetime | None = None
    days: list[date] = []
    for index in range(8):
        planned = plan_lesson(index, starts_on, slots, wishes, holidays, after)
        assert planned == plan_lesson(index, starts_on, slots, wishes, holidays, after)
        days.append(planned.local.date())
        after = planned.at
    assert all(before < later for before, later in pairwise(days))


# --- the next open moment ---------------------------------------------------------------------------------------


def is_open(moment: datetime, wishes: Wishes, holidays: Calendar, *, heed_absence: bool) -> bool:
    """Told by the clock on the wall."""
    local = moment.astimezone(ZoneInfo(wishes.zone))
    day = local.date()
    days = wishes.days if wishes.days is not None else WORKDAYS
    away = heed_absence and any(each.first <= day <= each.last for each in wishes.absences)
    return (
        wishes.window.start <= local.time() < wishes.window.end
        and local.weekday() in days
        and day not in holidays
        and not away
    )


@given(scenes(absences=True), st.integers(0, 4 * 24 * 20), st.booleans())
def test_the_next_open_moment_is_open_and_not_before_it_was_asked_for(
    scene: tuple[Wishes, Calendar, date], quarters: int, heed: bool
) -> None:
    """Never earlier, never outside the window, and asking again changes nothing."""
    wishes, holidays, day = scene
    asked = datetime.combine(day, time(0), tzinfo=UTC) + quarters * QUARTER
    opens = next_open(asked, wishes, holidays, heed_absence=heed)
    assert opens.at >= asked
    assert opens.at < opens.until
    assert is_open(opens.at, wishes, holidays, heed_absence=heed)
    again = next_open(opens.at, wishes, holidays, heed_absence=heed)
    assert (again.at, again.until, again.local) == (opens.at, opens.until, opens.local)
    if opens.steps:
        assert opens.at > asked


@given(scenes(absences=True), st.integers(0, 4 * 24 * 20), st.booleans())
def test_no_open_moment_is_missed(scene: tuple[Wishes, Calendar, date], quarters: int, heed: bool) -> None:
    """Away from clock changes, nothing between the question and the answer is open."""
    wishes, holidays, day = scene
    wishes = replace(wishes, zone="Asia/Kathmandu")
    asked = datetime.combine(day, time(0), tzinfo=UTC) + quarters * QUARTER
    opens = next_open(asked, wishes, holidays, heed_absence=heed).at
    assume(opens - asked < timedelta(days=20))
    between = asked
    while between < opens:
        assert not is_open(between, wishes, holidays, heed_absence=heed), between
        between += QUARTER


AT_CHRISTMAS = [(Why.HOLIDAY, date(2026, 12, 25)), (Why.NOT_YOUR_DAY, date(2026, 12, 26))]


@pytest.mark.parametrize(
    ("asked", "expected", "reasons"),
    [
        ("2026-12-01 09:00", "2026-12-01 09:00", []),
        ("2026-12-01 11:59", "2026-12-01 11:59", []),
        ("2026-12-01 12:00", "2026-12-02 09:00", []),
        ("2026-12-01 03:00", "2026-12-01 09:00", []),
        ("2026-12-04 18:00", "2026-12-07 09:00", [(Why.NOT_YOUR_DAY, date(2026, 12, 5))]),
        ("2026-12-05 10:00", "2026-12-07 09:00", [(Why.NOT_YOUR_DAY, date(2026, 12, 5))]),
        ("2026-12-25 10:00", "2026-12-28 09:00", AT_CHRISTMAS),
        ("2026-12-24 13:00", "2026-12-28 09:00", AT_CHRISTMAS),
    ],
)
def test_the_next_open_moment_tells_what_stood_in_the_way(
    asked: str, expected: str, reasons: list[tuple[Why, date]]
) -> None:
    """Holidays and free days, also those on which the question was asked."""
    opens = next_open(at(asked, TORONTO), Wishes(TORONTO, MORNING), {date(2026, 12, 25): CHRISTMAS})
    assert opens.at == at(expected, TORONTO)
    assert [(step.why, step.day) for step in opens.steps] == reasons


def test_the_second_pass_through_an_hour_never_answers_with_the_first() -> None:
    """01:15 after the clocks went back, with a window from 01:30: 01:30 was already over once."""
    asked = at("2026-11-01 06:15")
    opens = next_open(asked, Wishes(TORONTO, Window(time(1, 30), time(3)), EVERY_DAY), {})
    assert opens.at == at("2026-11-02 01:30", TORONTO)
    assert whys(opens) == [Why.CLOCK_CHANGE]


# --- reminders and days away ------------------------------------------------------------------------------------


def test_reminders_follow_within_the_window() -> None:
    """Four hours later is after the window: next morning. And after the last there is none."""
    wishes = Wishes(TORONTO, MORNING)
    lesson = at("2026-12-01 09:00", TORONTO)
    moments = [nudge_after(lesson, step, wishes, {}) for step in range(len(NUDGE_AFTER))]
    assert [each.at for each in moments if each] == [
        at("2026-12-02 09:00", TORONTO),
        at("2026-12-03 09:00", TORONTO),
        at("2026-12-04 09:00", TORONTO),
    ]
    assert nudge_after(lesson, len(NUDGE_AFTER), wishes, {}) is None


@given(scenes(absences=True), st.integers(0, 4 * 24), st.integers(0, len(NUDGE_AFTER) - 1))
def test_reminders_leave_people_in_peace(scene: tuple[Wishes, Calendar, date], quarters: int, step: int) -> None:
    """Never before their time, outside the window, on a holiday or on days away."""
    wishes, holidays, day = scene
    base = datetime.combine(day, time(0), tzinfo=UTC) + quarters * QUARTER
    moment = nudge_after(base, step, wishes, holidays)
    assert moment is not None
    assert moment.at >= base + NUDGE_AFTER[step]
    assert is_open(moment.at, wishes, holidays, heed_absence=True)
    assert absence_at(moment.at, wishes) is None


CHRISTMAS_LEAVE = Absence(date(2026, 12, 21), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("moment", "away"),
    [
        ("2026-12-20 23:59", None),
        ("2026-12-21 00:00", CHRISTMAS_LEAVE),
        ("2027-01-01 23:59", CHRISTMAS_LEAVE),
        ("2027-01-02 00:00", None),
    ],
)
def test_days_away_are_whole_local_days(moment: str, away: Absence | None) -> None:
    """From the first midnight to the last, where the person is."""
    assert absence_at(at(moment, TORONTO), Wishes(TORONTO, MORNING, None, (CHRISTMAS_LEAVE,))) == away


def test_coming_back_skips_the_next_days_away_too() -> None:
    """Two absences in a row are one return, with the last day of each as its reason."""
    more = Absence(date(2027, 1, 2), date(2027, 1, 6))
    back = back_from(CHRISTMAS_LEAVE, Wishes(TORONTO, MORNING, None, (CHRISTMAS_LEAVE, more)), {})
    assert back.at == at("2027-01-07 09:00", TORONTO)
    assert [(step.why, step.day) for step in back.steps] == [(Why.AWAY, date(2027, 1, 6))]


def test_a_year_away_is_no_reason_to_give_up() -> None:
    """Long absences are stepped over, however long."""
    years = Absence(date(2026, 12, 1), date(2035, 12, 31))
    reminder = nudge_after(at("2026-12-01 09:00", TORONTO), 0, Wishes(TORONTO, MORNING, None, (years,)), {})
    assert reminder is not None
    assert reminder.at == at("2036-01-01 09:00", TORONTO)


@given(scenes(absences=True))
@example((Wishes("Asia/Beirut", WHOLE_DAY, EVERY_DAY, (Absence(date(2026, 3, 27), date(2026, 3, 28)),)), {}, date.min))
def test_coming_back_is_after_the_days_away(scene: tuple[Wishes, Calendar, date]) -> None:
    """Also where the first midnight does not exist."""
    wishes, holidays, _ = scene
    for away in wishes.absences:
        back = back_from(away, wishes, holidays)
        assert back.local.date() > away.last
        assert absence_at(back.at, wishes) is None
