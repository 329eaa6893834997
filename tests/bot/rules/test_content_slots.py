"""Slots as people write them, in English and in French."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.course import Slot, Weekday
from bot.rules.slots import SlotsError, parse_slots

TUE_9 = Slot(Weekday.TUE, time(9))
THU_9 = Slot(Weekday.THU, time(9))
THU_1430 = Slot(Weekday.THU, time(14, 30))


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("tue,thu 09:00", (TUE_9, THU_9)),
        ("tue 09:00, thu 14:30", (TUE_9, THU_1430)),
        ("thu 14:30; tue 9:00", (TUE_9, THU_1430)),
        ("Tuesday and Thursday at 9:00", (TUE_9, THU_9)),
        ("tuesdays 9:00", (TUE_9,)),
        ("mar, jeu 9 h", (TUE_9, THU_9)),
        ("mardi 9h00 et jeudi à 14 h 30", (TUE_9, THU_1430)),
        ("mar. 9h, jeu. 14h30", (TUE_9, THU_1430)),
        ("mon 00:00 sun 23:59", (Slot(Weekday.MON, time(0)), Slot(Weekday.SUN, time(23, 59)))),
        ("lundi 8 h", (Slot(Weekday.MON, time(8)),)),
    ],
)
def test_slots_are_read_as_people_write_them(text: str, slots: tuple[Slot, ...]) -> None:
    """Days share the time that follows them; the order is that of the week."""
    assert parse_slots(text) == slots


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("", "empty", "tue,thu 09:00"),
        (" , ", "empty", "tue,thu 09:00"),
        ("tue", "no_time", "tue 09:00"),
        ("tue 09:00 thu", "no_time", "thu 09:00"),
        ("09:00", "no_day", "tue 09:00"),
        ("tuesdey 09:00", "day", "tuesday"),
        ("someday 09:00", "day", "sunday"),
        ("xyz 09:00", "day", "tue,thu 09:00"),
        ("tue 24:00", "time", "23:59"),
        ("tue 9:61", "time", "23:59"),
        ("tue 9", "time", "09:00"),
        ("tue,tue 09:00", "twice", "tue 09:00"),
    ],
)
def test_a_slip_is_answered_with_what_to_write(text: str, reason: str, words: str) -> None:
    """The message is a sentence; the reason lets others say it in another language."""
    with pytest.raises(SlotsError) as caught:
        parse_slots(text)
    assert caught.value.reason == reason
    assert words in str(caught.value)


@given(st.text(max_size=60) | st.text(alphabet="tuemardijh:09 ,;.", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing that people type can break it."""
    try:
        slots = parse_slots(text)
    except SlotsError:
        pass
    else:
        assert slots == tuple(sorted(set(slots), key=lambda slot: (slot.day, slot.at)))


@given(st.sets(st.tuples(st.sampled_from(Weekday), st.times()), min_size=1))
def test_what_is_written_plainly_is_read_back(pairs: set[tuple[Weekday, time]]) -> None:
    """Every weekday and minute can be said."""
    slots = {Slot(day, time(at.hour, at.minute)) for day, at in pairs}
    text = ", ".join(f"{slot.day.name.lower()} {slot.at:%H:%M}" for slot in slots)
    assert set(parse_slots(text)) == slots
