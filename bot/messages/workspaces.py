"""What admins read when the app comes to a workspace, or leaves it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.actions import encode
from bot.messages.blocks import Block, Button, Buttons, Item, Look, Message, Note, Text, Title
from bot.messages.home import cohort_state
from bot.messages.texts import Catalogue
from bot.messages.typing import typed_in
from bot.messages.words import para
from bot.model.cohort import Cohort
from bot.model.commands import CohortHome, CreateCohort, Help, Rehearse
from bot.model.course import Course
from bot.model.richtext import Span


def installed(courses: Sequence[Course], t: Catalogue) -> Message:
    """For whoever installed the app: what they may do now, and the first steps."""
    blocks: list[Block] = [
        Title(t.t("Chatcourse is installed")),
        Text(
            para(
                t.line(
                    "You installed the app, so you are a course admin of this workspace. Nobody gets a message before "
                    "you enrol them."
                )
            )
        ),
        Text(para(t.line("To see how it feels, rehearse a course: everything comes within minutes, only to you."))),
    ]
    buttons = [Button(t.t("New cohort"), encode(CreateCohort()), Look.PRIMARY, typed="cohort create")]
    if courses:
        first = courses[0].id
        buttons.append(
            Button(t.t("Rehearse a course"), encode(Rehearse(course=first)), typed=f"cohort rehearse {first}")
        )
    another = typed_in(t.language, "cohort roles spring add admin @ann")
    buttons.append(Button(t.t("Help"), encode(Help()), typed="help"))
    blocks += [
        Buttons(tuple(buttons)),
        Note(t.line("For help with a cohort, name another admin: `{typed}`.", typed=another)),
    ]
    return Message(t.language, t.t("Chatcourse is installed; you are a course admin."), tuple(blocks))


def gone(name: str, cohorts: Sequence[Cohort], t: Catalogue) -> Message:
    """For admins elsewhere: a workspace has no app any more; `cohorts` with people there wait."""
    blocks: list[Block] = [
        Title(t.t("The app was removed from a workspace")),
        Text(
            para(
                t.line(
                    "*{name}* removed the app or took back its permission. Messages to people there wait, and nothing "
                    "is deleted. When the app is installed there again, they go on.",
                    name=name,
                )
            )
        ),
    ]
    blocks += [Item("•", (Span(cohort.name),), (Span(cohort_state(cohort.state, t)),)) for cohort in cohorts]
    blocks.append(Buttons((Button(t.t("My cohorts"), encode(CohortHome()), typed="cohort"),)))
    return Message(t.language, t.t("The app was removed from {name}.", name=name), tuple(blocks))
