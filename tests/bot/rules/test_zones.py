"""People name a city, not a zone."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Slip
from bot.rules import zones
from bot.rules.zones import find_zone

CITIES = {
    "Toronto": "America/Toronto",
    "montréal": "America/Toronto",
    "MONTREAL": "America/Toronto",
    "Ottawa": "America/Toronto",
    "québec": "America/Toronto",
    "Quebec City": "America/Toronto",
    "St. John's": "America/St_Johns",
    "st john’s": "America/St_Johns",
    "Saint-Jean": "America/St_Johns",
    "Saint John": "America/Moncton",
    "Saint-Jean-sur-Richelieu": "America/Toronto",
    "halifax": "America/Halifax",
    "Winnipeg": "America/Winnipeg",
    "Regina": "America/Regina",
    "Vancouver": "America/Vancouver",
    "Whitehorse": "America/Whitehorse",
    "Iqaluit": "America/Iqaluit",
    "London": "Europe/London",
    "Londres": "Europe/London",
    "London, Ontario": "America/Toronto",
    "Paris, France": "Europe/Paris",
    "New York": "America/New_York",
    "ny": "America/New_York",
    "Genève": "Europe/Zurich",
    "Bruxelles": "Europe/Brussels",
    "La Nouvelle-Orléans": "America/Chicago",
    "America/Toronto": "America/Toronto",
    "america/new york": "America/New_York",
    "America/Montreal": "America/Toronto",
    "Kathmandu": "Asia/Kathmandu",
    "Noronha": "America/Noronha",
    "utc": "Etc/UTC",
}


@pytest.mark.parametrize(("place", "zone"), CITIES.items())
def test_a_place_has_its_zone(place: str, zone: str) -> None:
    """In both languages, with or without accents."""
    assert find_zone(place) == zone


@pytest.mark.parametrize("place", ["EST", "et", "Canada", "UTC+2", "-05:00", "Central", "Paris, Ontario"])
def test_what_several_clocks_share_is_asked(place: str) -> None:
    """Nobody gets a wrong hour because we guessed; the example settles it."""
    with pytest.raises(Slip) as slip:
        find_zone(place)
    assert slip.value.example is not None
    ZoneInfo(find_zone(slip.value.example))


@pytest.mark.parametrize(
    ("place", "close"), [("torono", "Toronto"), ("Vancuver", "Vancouver"), ("Bruxels", "Bruxelles")]
)
def test_a_misspelled_place_gets_its_neighbours(place: str, close: str) -> None:
    """By name."""
    with pytest.raises(Slip) as slip:
        find_zone(place)
    assert slip.value.example == close
    assert close in slip.value.values["cities"]


def test_every_place_of_the_list_leads_to_its_own_zone() -> None:
    """No line hides another, and every zone exists."""
    listed = [line.partition(": ") for line in zones._PLACES.strip().splitlines()]
    pairs = [(place.strip(), zone) for zone, _, places in listed for place in places.split(",")]
    assert len(pairs) >= 300
    assert {zone for _, zone in pairs} <= available_timezones()
    assert [(place, find_zone(place)) for place, _ in pairs] == pairs


def test_cities_that_settle_a_question_are_known() -> None:
    """Every suggestion can be typed."""
    for cities in zones._several().values():
        for city in cities.split(","):
            find_zone(city)


@given(st.sampled_from(sorted(name for name in available_timezones() if "/" in name)))
def test_every_zone_name_is_understood(name: str) -> None:
    """For people who do know it."""
    assert find_zone(name.lower()) in (name, "America/Toronto")


@given(st.text())
def test_any_text_is_a_zone_or_a_slip_with_a_place(text: str) -> None:
    """Nothing breaks."""
    try:
        zone = find_zone(text)
    except Slip as slip:
        zone = find_zone(slip.example or "")
    assert ZoneInfo(zone).key == zone
