"""Moments as functions that each client fills in with its reader's own clock, and as words. Pure."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.messages.chats import moment_words
from bot.messages.texts import Catalogue
from bot.messages.words import place_of
from bot.model.richtext import Moment, MomentStyle

_YEARS = range(1970, 2200)


def moment_function(moment: Moment) -> str:
    """The moment as `{{DATE(…)}}` and `{{TIME(…)}}`, "" for years that clients may not know.

    The form of the moment is the only one that all of them read (learn.microsoft.com/adaptive-cards, "Text features"):
    whole seconds and `Z`.
    """
    try:
        at = moment.at.astimezone(UTC)
    except (OverflowError, ValueError):
        return ""
    if at.year not in _YEARS:
        return ""
    said = f"{at:%Y-%m-%dT%H:%M:%S}Z"
    day, time = f"{{{{DATE({said},SHORT)}}}}", f"{{{{TIME({said})}}}}"
    return {MomentStyle.DAY: day, MomentStyle.TIME: time}.get(moment.style, f"{day}, {time}")


def spoken_moment(moment: Moment, t: Catalogue) -> str:
    """Day and time in the moment's own zone, which is named, for whoever is not shown the viewer's time."""
    try:
        at = moment.at.astimezone(ZoneInfo(moment.zone))
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        return moment_words(moment.at, moment.style, "", t)
    return moment_words(at, moment.style, place_of(moment.zone), t)
