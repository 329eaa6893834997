"""When something comes, and why then, from the same object the planner decided with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.messages.texts import Catalogue
from bot.messages.words import slot_words, wall, window_words
from bot.model.course import Slot
from bot.model.people import Window
from bot.model.richtext import Line, Moment, MomentStyle, Span
from bot.rules.planner import PlannedMoment, Step, Why


def when(at: datetime, zone: str, style: MomentStyle = MomentStyle.BOTH) -> Moment:
    return Moment(at.astimezone(UTC), zone, style)


def day(on: date, zone: str) -> Moment:
    """A local day as a moment (noon, so that no zone shows its neighbour)."""
    return Moment(datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC), zone, MomentStyle.DAY)


def reasons(planned: PlannedMoment, slots: Sequence[Slot], window: Window, zone: str, t: Catalogue) -> list[Line]:
    """Every reason for the moment, one sentence each; never empty."""
    lines = [_reason(step, planned, window, zone, t) for step in planned.steps]
    return lines or [t.line("That is your cohort's time: {slots}.", slots=slot_words(t, slots))]


def _reason(step: Step, planned: PlannedMoment, window: Window, zone: str, t: Catalogue) -> Line:
    on = day(step.day, zone)
    match step.why:
        case Why.HOLIDAY:
            name = t.of(step.names) if step.names else t.t("public holiday")
            return t.line("{day} is a holiday ({name}).", day=on, name=name)
        case Why.NOT_YOUR_DAY:
            return t.line("{day} is not one of your days.", day=on)
        case Why.SPACING:
            return t.line("You get at most one lesson a day.")
        case Why.CLOCK_CHANGE:
            return t.line("The clocks change on {day}.", day=on)
        case Why.AWAY:
            return t.line("You said that you are away until {day}.", day=on)
        case Why.WINDOW:
            slot = planned.slot.time() if planned.slot else window.start
            return t.line(
                "Your window is {window}; the cohort's time would be {time}.",
                window=window_words(t, window),
                time=wall(t, slot),
            )


def joined(lines: Sequence[Line]) -> Line:
    """Sentences one after another."""
    parts: list[Span | Moment] = []
    for line in lines:
        if parts:
            parts.append(Span(" "))
        parts += line
    return tuple(parts)
