"""What facilitators see of how study groups live: one weekly card with suggestions, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.messages.actions import encode, numbered
from bot.messages.blocks import Block, Button, Buttons, Facts, Item, Message, Note, Section, Text, Title
from bot.messages.groups import group_title
from bot.messages.groups_meetings import RATING_WORDS
from bot.messages.texts import N_, Catalogue
from bot.messages.typing import name_typed
from bot.messages.welcome import notice
from bot.messages.words import para
from bot.model.cohort import Cohort
from bot.model.commands_group_life import GroupsHealth, MergeGroups, NewStarter, OtherHost
from bot.model.commands_groups import Groups
from bot.model.group_life import Rating
from bot.model.richtext import Line, Span
from bot.rules.group_health import ACTIVE_FOR, Health

HEALTH_WORDS = {Health.ALIVE: N_("alive"), Health.FADING: N_("fading"), Health.SILENT: N_("silent")}
SHOWN = 8
"""So many groups that need help stand on one card; the others wait until these are helped."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One group: how many are in it and active, how it is, and with which number it should be merged, if with any."""

    number: int
    people: int
    active: int
    health: Health
    partner: int | None = None
    starter: bool = True
    """Whether there is a starter that it has not had."""


@dataclass(frozen=True, slots=True)
class HealthView:
    """`ratings` counts what meetings were worth in the last weeks; `lines` were written for facilitators, with the
    number of the group and never with a name."""

    cohort: Cohort
    groups: Sequence[Condition]
    ratings: Mapping[Rating, int] = field(default_factory=dict)
    lines: Sequence[tuple[int, str]] = ()


def health_card(view: HealthView, t: Catalogue) -> Message:
    """How many groups are alive, and for each of the others what would help, one press each."""
    title = t.t("How the study groups in {cohort} are", cohort=view.cohort.name)
    counts = {health: sum(each.health is health for each in view.groups) for health in reversed(Health)}
    said = ", ".join(f"{n} {t.t(HEALTH_WORDS[health])}" for health, n in counts.items())
    blocks: list[Block] = [Title(title), Facts(((t.t("Groups"), (Span(said),)),))]
    weak = sorted((each for each in view.groups if each.health is not Health.ALIVE), key=lambda each: each.health)
    blocks += [_suggestion(view, each, t) for each in weak[:SHOWN]]
    if not weak:
        blocks.append(Text(para(t.line("All groups are alive. Nothing needs to be done."))))
    if len(weak) > SHOWN:
        rest = len(weak) - SHOWN
        blocks.append(Note(t.line_n("{n} more group needs help.", "{n} more groups need help.", rest)))
    blocks += _worth(view, t)
    days = ACTIVE_FOR.days
    blocks.append(
        Note(
            t.line(
                "Judged by presses, RSVPs and “we met” of the last {n} days only; nobody’s messages are read.", n=days
            )
        )
    )
    name = name_typed(view.cohort.name)
    again = Button(t.t("Look again"), encode(GroupsHealth(numbered(view.cohort))), typed=f"cohort groups health {name}")
    every = Button(t.t("All groups"), encode(Groups(numbered(view.cohort))), typed=f"cohort groups {name}")
    return Message(t.language, title, (*blocks, Buttons((again, every))), topic=f"groups-health/{view.cohort.id}")


def _suggestion(view: HealthView, each: Condition, t: Catalogue) -> Item:
    cohort, name = numbered(view.cohort), name_typed(view.cohort.name)
    head: Line = (
        Span(group_title(t, each.number), bold=True),
        Span(f" · {t.t(HEALTH_WORDS[each.health])} · "),
        *t.line("{n} of {total} active", n=each.active, total=each.people),
    )
    buttons: list[Button] = []
    if each.partner is not None:
        buttons.append(
            Button(
                t.t("Merge with group {n}", n=each.partner),
                encode(MergeGroups(cohort, each.number, each.partner)),
                spoken=t.t("Merge group {n} with group {other}", n=each.number, other=each.partner),
                typed=f"cohort groups merge {name} {each.number} into {each.partner}",
            )
        )
    if each.starter:
        buttons.append(
            Button(
                t.t("New starter"),
                encode(NewStarter(cohort, each.number)),
                spoken=t.t("New starter for group {n}", n=each.number),
                typed=f"cohort groups starter {name} {each.number}",
            )
        )
    buttons.append(
        Button(
            t.t("Another host"),
            encode(OtherHost(cohort, each.number)),
            spoken=t.t("Another host for group {n}", n=each.number),
            typed=f"cohort groups host {name} {each.number}",
        )
    )
    return Item(str(each.number), head, buttons=tuple(buttons))


def _worth(view: HealthView, t: Catalogue) -> list[Block]:
    blocks: list[Block] = []
    if view.ratings:
        blocks.append(Section(t.t("What meetings were worth")))
        counts = [
            (t.t(words), (Span(str(view.ratings[rating])),))
            for rating, words in RATING_WORDS.items()
            if view.ratings.get(rating)
        ]
        blocks.append(Facts(tuple(counts)))
    if view.lines:
        blocks.append(Section(t.t("Lines for you")))
        for number, line in view.lines:
            blocks.append(Item(str(number), (Span(line),)))
    return blocks


# --- merging ------------------------------------------------------------------------------------------------


def merged_away(number: int, into: int, t: Catalogue) -> Message:
    """The last word in the room of a group that joined another one."""
    title = t.t("Study group {n} joins study group {other}", n=number, other=into)
    line = t.line(
        "Few of you could take part lately. So that you have people to talk with, you are in study group {other} from "
        "now on.",
        other=into,
    )
    keep = t.line("What was written here stays readable, and what you are counted for came with you.")
    return Message(t.language, title, (Title(title), Text(para(line)), Note(keep)))


def joined_by(number: int, other: int, people: Sequence[str], t: Catalogue) -> Message:
    """The word in the room of the group that takes the others in."""
    title = t.t("Study group {other} joins you", other=other)
    line = t.line(
        "Few people could take part in one or both groups lately, so the two are one group now: study group {n}. "
        "Say hello to {names}.",
        n=number,
        names=", ".join(people),
    )
    return notice(t, title, line)


def merge_done(number: int, into: int, t: Catalogue) -> str:
    return t.t("Study group {n} is now part of study group {other}. Both were told why.", n=number, other=into)
