"""Public holidays of the world's regions, from the `holidays` library."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

import holidays as library

from bot.model.course import Language

_REGION = re.compile(r"(?P<country>[A-Z]{2})(?:-(?P<part>[A-Z0-9]{1,3}))?")
_NONE: Mapping[date, Mapping[Language, str]] = {}


class HolidayCalendars:
    """Holidays per region: a country ("FR") or a part of one ("CA-ON"). What was looked up once is kept."""

    def __init__(self) -> None:
        self._days = cache(_days)
        self._known = cache(_known)

    def days(self, region: str, year: int) -> Mapping[date, Mapping[Language, str]]:
        """The public holidays of a year with their names; none for "" and for regions that are not known."""
        region = region.strip().upper()
        return self._days(region, year) if self.known(region) else _NONE

    def known(self, region: str) -> bool:
        return self._known(region.strip().upper())


def _known(region: str) -> bool:
    match = _REGION.fullmatch(region)
    if match is None:
        return False
    calendar = getattr(library, match["country"], None)
    if calendar is None:
        return False
    return match["part"] is None or match["part"] in calendar.subdivisions


def _days(region: str, year: int) -> Mapping[date, Mapping[Language, str]]:
    country, _, part = region.partition("-")
    spoken = getattr(library, country).supported_languages
    found: dict[date, dict[Language, str]] = {}
    for language in Language:
        # "en_CA" and "en_US" are English to us; a country without the language lends its own name.
        tongue = next((name for name in spoken if name.partition("_")[0] == language), None)
        for day, name in library.country_holidays(country, subdiv=part or None, years=year, language=tongue).items():
            found.setdefault(day, {})[language] = name
    return found
