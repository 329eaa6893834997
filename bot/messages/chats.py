"""Words for chats that hold only so much of a message, open forms in windows, and show moments in the viewer's zone."""

from __future__ import annotations

from datetime import datetime

from bot.messages.texts import Catalogue
from bot.messages.words import wall
from bot.model.richtext import MomentStyle


def read_everything(t: Catalogue) -> str:
    return t.t("Read everything")


def more(t: Catalogue) -> str:
    return t.t("More")


def the_rest(t: Catalogue) -> str:
    return t.t("The rest does not fit here.")


def close(t: Catalogue) -> str:
    return t.t("Close window")


def cancel(t: Catalogue) -> str:
    return t.t("Cancel")


def ok(t: Catalogue) -> str:
    return t.t("OK")


def open_the_form(t: Catalogue) -> str:
    return t.t("Open the form")


def play(t: Catalogue) -> str:
    return t.t("Play the film")


def captions(t: Catalogue) -> str:
    return t.t("Captions")


def transcript(t: Catalogue) -> str:
    return t.t("Transcript")


def picture_said(t: Catalogue, alt: str) -> str:
    return t.t("Picture: {alt}", alt=alt)


def choose(t: Catalogue) -> str:
    """In an empty list of choices."""
    return t.t("Choose")


def missing(t: Catalogue) -> str:
    """At a field that has to be filled in and is not."""
    return t.t("Please fill this in.")


def paste(t: Catalogue) -> str:
    """In place of a file, where none can be sent."""
    return t.t("Paste the lines of the file here.")


def too_many(t: Catalogue) -> str:
    """In place of a list that is too long to show."""
    return t.t("There are too many to list here: type the name.")


def moment_words(at: datetime, style: MomentStyle, place: str, t: Catalogue) -> str:
    """A moment as words: the day as in `2026-12-01`, the time with the place whose clock it is ("" where unknown)."""
    if style is MomentStyle.DAY:
        return at.strftime("%Y-%m-%d")
    time = wall(t, at.time())
    if place and place != "UTC":
        time = t.t("{time} ({place} time)", time=time, place=place)
    elif place:
        time = f"{time} (UTC)"
    return time if style is MomentStyle.TIME else f"{at:%Y-%m-%d} {time}"
