"""Public holidays per region, with names in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.holidays import HolidayCalendars
from bot.model.course import Language
from bot.ports import Holidays

CALENDARS: Holidays = HolidayCalendars()


def test_ontario_has_its_own_holidays_in_both_languages() -> None:
    """Family Day is one in Ontario and none in Canada as a whole."""
    day = date(2026, 2, 16)
    assert CALENDARS.days("CA-ON", 2026)[day] == {Language.EN: "Family Day", Language.FR: "Fête de la famille"}
    assert day not in CALENDARS.days("CA", 2026)


@pytest.mark.parametrize(("region", "day"), [("FR", (7, 14)), ("US-NY", (7, 4)), ("CA-QC", (6, 24)), ("CA", (7, 1))])
def test_regions_of_the_contract_are_known(region: str, day: tuple[int, int]) -> None:
    """Each with its best known day, named in every language."""
    assert CALENDARS.known(region)
    names = CALENDARS.days(region, 2026)[date(2026, *day)]
    assert set(names) == set(Language)
    assert all(names.values())


@pytest.mark.parametrize("region", ["", "XX", "CA-XX", "Ontario", "CA-", "../etc", "ca on", "CA-ON-1"])
def test_an_unknown_region_has_no_holidays(region: str) -> None:
    """It is no error to ask; a use case that cares asks `known`."""
    assert not CALENDARS.known(region)
    assert CALENDARS.days(region, 2026) == {}


def test_small_letters_are_fine() -> None:
    """People type what they like."""
    assert CALENDARS.days("ca-on", 2026) == CALENDARS.days("CA-ON", 2026)


def test_a_calendar_is_computed_once() -> None:
    """Planning asks for the same year again and again."""
    assert CALENDARS.days("CA-ON", 2027) is CALENDARS.days("CA-ON", 2027)
