"""The proposal of study groups: groups with reasons, who is left over and what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.messages.actions import encode, numbered
from bot.messages.blocks import Block, Button, Buttons, Facts, Item, Look, Message, Note, Section, Text, Title
from bot.messages.groups import MemberView, reasons
from bot.messages.texts import N_, Catalogue
from bot.messages.typing import name_typed
from bot.messages.words import listed, para, percent
from bot.model.cohort import Cohort
from bot.model.commands_groups import FormGroups, GroupChoices, PreviewGroups
from bot.model.forming import LeftOver, Proposed
from bot.model.groups import GroupPlan
from bot.model.richtext import Inline, Line, Span

PAGE = 8
NAMED = 12
"""So many people who are left over are named."""

LEFT_WORDS = {
    LeftOver.LANGUAGE: (
        N_("too few people share a language with them"),
        N_("Ask whether they can talk in another language as well: `group about languages: en, fr`."),
    ),
    LeftOver.HOURS: (
        N_("they work too far from the others’ hours"),
        N_("Allow more hours between working days in the options."),
    ),
    LeftOver.REACH: (
        N_("too few people are in a chat that they can be reached in"),
        N_("Allow groups across workspaces in the options."),
    ),
    LeftOver.AVOID: (N_("no group fits them"), N_("Allow larger groups in the options.")),
}
"""Why somebody has no group, and what would help. What people keep private is no reason that is named."""


@dataclass(frozen=True, slots=True)
class PlanView:
    """A proposal for a reader. `names` knows the people of this page and some of those left over. `changed`: people
    changed since the proposal before it was made. `unanswered` counts who did not answer "still in?"."""

    cohort: Cohort
    plan: GroupPlan
    names: Mapping[int, MemberView]
    page: int = 1
    changed: bool = False
    unanswered: int = 0

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.plan.forming.groups) // PAGE))


def page_of(groups: Sequence[Proposed], page: int) -> list[tuple[int, Proposed]]:
    """The groups of a page with their numbers."""
    start = (max(1, page) - 1) * PAGE
    return list(enumerate(groups, 1))[start : start + PAGE]


def proposal(view: PlanView, t: Catalogue) -> Message:
    """Groups with reasons and the total; nobody was told."""
    cohort, forming = view.cohort, view.plan.forming
    title = t.t("Study groups for {cohort}: a proposal", cohort=cohort.name)
    blocks: list[Block] = [Title(title)]
    if view.changed:
        blocks.append(
            Text(para(t.line("*People changed since the last proposal, so nothing was formed.* This is a new one.")))
        )
    people = sum(len(group.people) for group in forming.groups)
    facts: list[tuple[str, Line]] = [
        (t.t("Groups"), (Span(str(len(forming.groups))),)),
        (t.t("People"), (Span(str(people)),)),
        (t.t("How well it fits"), (Span(percent(t, forming.score)),)),
    ]
    if view.unanswered:
        facts.append((t.t("Not answered “still in?”"), (Span(str(view.unanswered)),)))
    blocks.append(Facts(tuple(facts)))
    for number, group in page_of(forming.groups, view.page):
        blocks.append(_proposed(number, group, view.names, t))
    blocks += _left_over(forming.left, view.names, t)
    blocks.append(
        Note(
            t.line(
                "Nobody was told. The same people and the same number {seed} give the same groups. What people did not "
                "say about themselves counts as not fulfilled.",
                seed=view.plan.seed,
            )
        )
    )
    return Message(t.language, title, (*blocks, Buttons(_proposal_buttons(view, t))))


def _proposed(number: int, group: Proposed, names: Mapping[int, MemberView], t: Catalogue) -> Item:
    people = [names[each].name for each in group.people if each in names]
    head: Line = (
        Span(t.t("Group {n}", n=number), bold=True),
        Span(f" · {percent(t, group.score)} · {listed(t, people)}"),
    )
    return Item(str(number), head, _joined(reasons({wish.value: part for wish, part in group.parts.items()}, t)))


def _joined(lines: Sequence[Line]) -> Line:
    parts: list[Inline] = []
    for line in lines:
        parts += [Span(" "), *line] if parts else line
    return tuple(parts)


def _left_over(left: Mapping[int, LeftOver], names: Mapping[int, MemberView], t: Catalogue) -> list[Block]:
    if not left:
        return [Text(para(t.line("Nobody is left over.")))]
    blocks: list[Block] = [Section(t.t("Left over"))]
    for why, (reason, help_) in LEFT_WORDS.items():
        numbers = [number for number, each in sorted(left.items()) if each is why]
        if numbers:
            known = [names[number].name for number in numbers if number in names]
            line = t.line_n(
                "{n} person, because {reason}: {names}",
                "{n} people, because {reason}: {names}",
                len(numbers),
                reason=t.t(reason),
                names=", ".join(known) + ("…" if len(known) < len(numbers) else ""),
            )
            blocks.append(Item("•", line, t.line(help_)))
    return blocks


def _proposal_buttons(view: PlanView, t: Catalogue) -> tuple[Button, ...]:
    which, name = numbered(view.cohort), name_typed(view.cohort.name)
    seed = view.plan.seed + 1
    buttons: list[Button] = []
    if view.plan.forming.groups and view.plan.formed_at is None:
        buttons.append(
            Button(
                t.t("Form these groups"), encode(FormGroups(which)), Look.PRIMARY, typed=f"cohort groups form {name}"
            )
        )
    buttons.append(
        Button(
            t.t("Another proposal"),
            encode(PreviewGroups(which, seed=seed)),
            typed=f"cohort groups preview {name} seed {seed}",
        )
    )
    for page, label in ((view.page - 1, t.t("Previous page")), (view.page + 1, t.t("Next page"))):
        if 1 <= page <= view.pages:
            buttons.append(
                Button(
                    label,
                    encode(PreviewGroups(which, page=page)),
                    typed=f"cohort groups preview {name} page {page}",
                )
            )
    buttons.append(
        Button(t.t("Options"), encode(GroupChoices(which)), typed=f"cohort groups options {name}"),
    )
    return tuple(buttons)


def working(cohort: Cohort, people: int, t: Catalogue, *, forming: bool) -> Message:
    """The answer at once: it is being done."""
    if forming:
        title = t.t("Forming study groups for {cohort}", cohort=cohort.name)
        line = t.line("The groups are being made and their rooms opened. A message shows how far it is.")
    else:
        title = t.t("A proposal for {cohort}", cohort=cohort.name)
        line = t.line_n(
            "Working: {n} person said yes. A message shows the proposal as soon as it is there.",
            "Working: {n} people said yes. A message shows the proposal as soon as it is there.",
            people,
        )
    return Message(t.language, title, (Title(title), Text(para(line))))
