"""What admins and facilitators see of study groups: who is in which, their rooms, a move, the options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.messages.actions import encode, numbered
from bot.messages.blocks import (
    Block,
    Button,
    Buttons,
    Choice,
    ChoiceField,
    Facts,
    Form,
    Item,
    Look,
    Message,
    Section,
    Text,
    TextField,
    Title,
)
from bot.messages.groups import WHY_WORDS, GroupView, MemberView, group_title, slot_line
from bot.messages.groups_proposal import NAMED, PAGE
from bot.messages.plans import when
from bot.messages.texts import N_, Catalogue
from bot.messages.typing import name_typed
from bot.messages.words import listed, para, percent
from bot.model.cohort import Cohort
from bot.model.commands_group_life import GroupsHealth
from bot.model.commands_groups import GroupChoices, Groups, MoveMember, PreviewGroups, RetryRooms
from bot.model.delivery import Reason
from bot.model.groups import ChangeWish, GroupOptions, RoomState, StudyGroup
from bot.model.richtext import Line, Span

ROOM_WORDS: dict[str, tuple[str, str]] = {
    "no_rooms": (N_("This chat has no rooms that the app could open."), N_("Nothing has to be done.")),
    Reason.FORBIDDEN: (
        N_("The workspace does not allow the app to open rooms."),
        N_("Ask a workspace admin to permit it, then try again."),
    ),
    Reason.MISSING_SCOPE: (N_("The app lacks a permission."), N_("Reinstall the app, then try again.")),
    Reason.SIGNED_OUT: (N_("The app was signed out of the workspace."), N_("Install the app again, then try again.")),
    Reason.ROOM_CLOSED: (N_("Somebody archived the room."), N_("Restore it in the chat, then try again.")),
    Reason.GONE: (N_("The room is gone."), N_("Try again: a new room is opened.")),
    Reason.BUSY: (N_("The chat was too busy for two days."), N_("Try again when it has recovered.")),
    Reason.DOWN: (N_("The chat did not answer for two days."), N_("Try again when it has recovered.")),
}
OTHER_ROOM = (N_("The chat refused to open the room."), N_("Look into the log, then try again."))


# --- the groups ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupsView:
    """A cohort's groups for a reader; `groups` are those of this page. `rooms` counts by (state, reason), `ready` the
    answers to "still in?"; `left` counts people without a group, `waiting`
    are the first of them; `wishes` are for another one."""

    cohort: Cohort
    groups: Sequence[GroupView]
    total: int
    people: int
    rooms: Mapping[tuple[RoomState, str | None], int]
    ready: Mapping[bool | None, int]
    waiting: Sequence[MemberView]
    left: int
    wishes: Sequence[tuple[ChangeWish, MemberView, StudyGroup | None, Sequence[StudyGroup]]]
    page: int = 1
    zone: str = "UTC"

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))

    def rooms_in(self, *states: RoomState) -> int:
        return sum(n for (state, _), n in self.rooms.items() if state in states)


def groups_card(view: GroupsView, t: Catalogue) -> Message:
    """Who is in which group, how far the rooms are, who waits, who would like another group."""
    title = t.t("Study groups in {cohort}", cohort=view.cohort.name)
    blocks: list[Block] = [Title(title)]
    blocks += _formed(view, t) if view.total else _not_formed(view, t)
    return Message(t.language, title, (*blocks, Buttons(_groups_buttons(view, t))))


def _not_formed(view: GroupsView, t: Catalogue) -> list[Block]:
    yes, no, unknown = (view.ready.get(answer, 0) for answer in (True, False, None))
    answers = t.t("{yes} yes, {no} no, {open} not answered", yes=yes, no=no, open=unknown)
    line = t.line("No groups were formed yet. They are made from everybody who answered “still in?” with yes.")
    return [Text(para(line)), Facts(((t.t("Still in?"), (Span(answers),)),))]


def _formed(view: GroupsView, t: Catalogue) -> list[Block]:
    facts: list[tuple[str, Line]] = [
        (t.t("Groups"), (Span(str(view.total)),)),
        (t.t("People"), (Span(str(view.people)),)),
        (t.t("Rooms"), (Span(room_words(view, t)),)),
    ]
    blocks: list[Block] = [Facts(tuple(facts)), *_refused(view, t)]
    blocks += _wishes(view, t)
    for each in view.groups:
        number = each.group.number
        names = listed(t, [member.name for member in each.people]) or t.t("nobody")
        head: Line = (Span(group_title(t, number), bold=True), Span(f" · {names}"))
        note = slot_line(t, each.group.slot) if each.group.slot else ()
        blocks.append(Item(str(number), head, note))
    if view.waiting:
        line = t.line_n(
            "{n} person said yes and has no group: {names}",
            "{n} people said yes and have no group: {names}",
            view.left,
            names=", ".join(each.name for each in view.waiting[:NAMED]) + ("…" if view.left > NAMED else ""),
        )
        blocks.append(Text(para(line)))
    return blocks


def room_words(view: GroupsView, t: Catalogue) -> str:
    """How far rooms are: "12 open, 3 to be opened, 1 refused"."""
    parts = []
    if n := view.rooms_in(RoomState.OPEN, RoomState.CLOSING):
        parts.append(t.tn("{n} open", "{n} open", n))
    if n := view.rooms_in(RoomState.WANTED):
        parts.append(t.tn("{n} to be opened", "{n} to be opened", n))
    if n := view.rooms_in(RoomState.REFUSED):
        parts.append(t.tn("{n} refused", "{n} refused", n))
    return ", ".join(parts) or t.t("none")


def _refused(view: GroupsView, t: Catalogue) -> list[Block]:
    blocks: list[Block] = []
    for (state, reason), n in sorted(view.rooms.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        if state is RoomState.REFUSED:
            why, what = ROOM_WORDS.get(reason or "", OTHER_ROOM)
            head = t.line_n("{n} room was refused. {why}", "{n} rooms were refused. {why}", n, why=t.t(why))
            note = t.line("{what} Meanwhile every message of the group goes to each member.", what=t.t(what))
            blocks.append(Item("•", head, note))
    return blocks


def _wishes(view: GroupsView, t: Catalogue) -> list[Block]:
    blocks: list[Block] = [Section(t.t("Wishes for another group"))] if view.wishes else []
    which, name = numbered(view.cohort), name_typed(view.cohort.name)
    for wish, member, group, fit in view.wishes:
        now = group_title(t, group.number) if group else t.t("no group")
        head: Line = (Span(member.name, bold=True), Span(f" · {now} · {t.t(WHY_WORDS[wish.why])}"))
        buttons = tuple(
            Button(
                t.t("To group {n}", n=other.number),
                encode(MoveMember(which, enrolment=member.enrolment_id, to=other.number)),
                spoken=t.t("Move {name} to study group {n}", name=member.name, n=other.number),
                typed=f"cohort groups move {name} {_person_typed(member.name)} to {other.number}",
            )
            for other in fit
        )
        blocks.append(Item("•", head, (when(wish.at, view.zone),), buttons=buttons))
    return blocks


def _person_typed(name: str) -> str:
    return f'"{name}"' if " " in name else name


def _groups_buttons(view: GroupsView, t: Catalogue) -> tuple[Button, ...]:
    which, name = numbered(view.cohort), name_typed(view.cohort.name)
    buttons: list[Button] = []
    if not view.total or view.waiting:
        label = t.t("Propose groups") if not view.total else t.t("Propose groups for those who wait")
        look = Look.NORMAL if view.total else Look.PRIMARY
        buttons.append(Button(label, encode(PreviewGroups(which)), look, typed=f"cohort groups preview {name}"))
    if view.total:
        buttons.append(
            Button(t.t("Move somebody"), encode(MoveMember(which)), typed=f"cohort groups move {name} @ann to 2")
        )
    if view.total:
        health = encode(GroupsHealth(which))
        buttons.append(Button(t.t("How they are"), health, typed=f"cohort groups health {name}"))
    if view.rooms_in(RoomState.REFUSED):
        buttons.append(
            Button(t.t("Try the rooms again"), encode(RetryRooms(which)), typed=f"cohort groups rooms {name}")
        )
    for page, label in ((view.page - 1, t.t("Previous page")), (view.page + 1, t.t("Next page"))):
        if 1 <= page <= view.pages:
            buttons.append(Button(label, encode(Groups(which, page)), typed=f"cohort groups {name} page {page}"))
    buttons.append(Button(t.t("Options"), encode(GroupChoices(which)), typed=f"cohort groups options {name}"))
    return tuple(buttons)


def being_formed(view: GroupsView, groups_made: bool, t: Catalogue) -> Message:
    """The progress message: groups, then their rooms one after the other."""
    title = t.t("Forming study groups for {cohort}", cohort=view.cohort.name)
    blocks: list[Block] = [Title(title)]
    if not groups_made:
        blocks.append(Text(para(t.line("Making the groups."))))
    elif view.rooms_in(RoomState.WANTED):
        blocks.append(Text(para(t.line("Opening the rooms, one after the other."))))
    else:
        blocks.append(Text(para(t.line("*Done.* Every group has its card, with everybody in it."))))
    facts = ((t.t("Groups"), (Span(str(view.total)),)), (t.t("Rooms"), (Span(room_words(view, t)),)))
    card = Button(
        t.t("Study groups"),
        encode(Groups(numbered(view.cohort))),
        typed=f"cohort groups {name_typed(view.cohort.name)}",
    )
    return Message(t.language, title, (*blocks, Facts(facts), *_refused(view, t), Buttons((card,))))


# --- a move -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MoveView:
    """What moving somebody would do: scores (0 to 1) of both groups before and after; None where there is no group."""

    cohort: Cohort
    member: MemberView
    source: int | None
    target: int
    before: tuple[float | None, float]
    after: tuple[float | None, float]
    proposed: bool


def move_effect(view: MoveView, t: Catalogue) -> Message:
    """Before moving: how both groups change."""
    title = t.t("Move {name} to group {n}?", name=view.member.name, n=view.target)
    facts: list[tuple[str, Line]] = []
    for number, before, after in (
        (view.source, view.before[0], view.after[0]),
        (view.target, view.before[1], view.after[1]),
    ):
        if number is not None and before is not None and after is not None:
            words = t.t("{before} now, {after} afterwards", before=percent(t, before), after=percent(t, after))
            facts.append((t.t("Group {n}", n=number), (Span(words),)))
    what = (
        t.line("This is a proposal: nobody is told.")
        if view.proposed
        else t.line("They are told, and rooms and cards follow. What they did so far stays theirs.")
    )
    name = name_typed(view.cohort.name)
    confirm = Button(
        t.t("Move"),
        encode(MoveMember(numbered(view.cohort), enrolment=view.member.enrolment_id, to=view.target, confirmed=True)),
        Look.PRIMARY,
        typed=f"cohort groups move {name} {_person_typed(view.member.name)} to {view.target} confirm",
    )
    return Message(t.language, title, (Title(title), Facts(tuple(facts)), Text(para(what)), Buttons((confirm,))))


def move_form(cohort: Cohort, groups: Sequence[int], t: Catalogue) -> Form:
    hint = t.t("A mention, name or e-mail address.")
    if len(groups) > 100:
        to = TextField("to", t.t("Number of the group"), max_length=6, required=True)
        fields: tuple[TextField | ChoiceField, ...] = (TextField("person", t.t("Person"), hint=hint, required=True), to)
    else:
        choices = tuple(Choice(str(number), t.t("Group {n}", n=number)) for number in groups)
        fields = (
            TextField("person", t.t("Person"), hint=hint, required=True),
            ChoiceField("to", t.t("To"), choices, choices[0].value if choices else "", required=True),
        )
    return Form(
        t.language,
        t.t("Move somebody"),
        encode(MoveMember(numbered(cohort))),
        (Text(para(t.line("You see the effect on both groups first."))),),
        fields,
        submit=t.t("Show the effect"),
    )


# --- options ------------------------------------------------------------------------------------------------


def options_form(cohort: Cohort, options: GroupOptions, t: Catalogue) -> Form:
    return Form(
        t.language,
        t.t("Study groups: options"),
        encode(GroupChoices(numbered(cohort))),
        fields=(
            TextField(
                "size",
                t.t("Size of a group"),
                f"{options.band.smallest}-{options.band.largest}",
                t.t("From 3 on, for example 4-6."),
                max_length=10,
            ),
            TextField(
                "hours",
                t.t("Most hours between working days"),
                str(options.hours_apart),
                t.t("How far the middles of two working days may lie apart, for example 5."),
                max_length=4,
            ),
            _on_off("across", t.t("Groups across workspaces"), options.across, t),
            _on_off("facilitators", t.t("Facilitators are in the rooms"), options.facilitators, t),
            _on_off("keep", t.t("Rooms stay open when the cohort closes"), options.keep, t),
        ),
        submit=t.t("Save"),
    )


def options_saved(cohort: Cohort, options: GroupOptions, t: Catalogue) -> Message:
    title = t.t("Study groups: options")
    yes = {True: t.t("yes"), False: t.t("no")}
    facts = (
        (t.t("Size of a group"), (Span(f"{options.band.smallest}–{options.band.largest}"),)),
        (t.t("Most hours between working days"), (Span(str(options.hours_apart)),)),
        (t.t("Groups across workspaces"), (Span(yes[options.across]),)),
        (t.t("Facilitators are in the rooms"), (Span(yes[options.facilitators]),)),
        (t.t("Rooms stay open when the cohort closes"), (Span(yes[options.keep]),)),
    )
    name = name_typed(cohort.name)
    again = Button(
        t.t("Propose groups"), encode(PreviewGroups(numbered(cohort))), typed=f"cohort groups preview {name}"
    )
    return Message(t.language, title, (Title(title), Facts(facts), Buttons((again,))))


def _on_off(name: str, label: str, value: bool, t: Catalogue) -> ChoiceField:
    choices = (Choice("1", t.t("Yes")), Choice("0", t.t("No")))
    return ChoiceField(name, label, choices, "1" if value else "0", few=True)
