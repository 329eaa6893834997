"""What the members of a study group see: its card, who is in it, why, another group, leaving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.messages.actions import encode
from bot.messages.blocks import Block, Button, Buttons, Facts, Item, Look, Message, Note, Section, Text, Title
from bot.messages.texts import N_, Catalogue
from bot.messages.welcome import notice
from bot.messages.words import DAY_WORDS, listed, para, place_of, wall
from bot.model.cohort import Cohort
from bot.model.commands_groups import GroupAbout, GroupChange, GroupHome, GroupLeave, GroupMembers, GroupWhy
from bot.model.course import Course
from bot.model.forming import Wish
from bot.model.groups import GroupRoom, GroupState, MeetingSlot, RoomState, StudyGroup, WhyChange
from bot.model.richtext import Line, Span

PLATFORM_WORDS = {"slack": "Slack", "teams": "Teams", "browser": N_("the browser chat")}
WHY_WORDS = {
    WhyChange.HOURS: N_("Our hours do not fit"),
    WhyChange.LANGUAGE: N_("I would like another language"),
    WhyChange.QUIET: N_("The group is quiet"),
    WhyChange.OTHER: N_("I prefer not to say"),
}
HOURS_ENOUGH = 10
"""Working hours in common from which on a group is as good as any (`bot.rules.forming_judge`)."""


@dataclass(frozen=True, slots=True)
class MemberView:
    """One member as the group sees them: the name as they chose it, their zone and their own line."""

    enrolment_id: int
    person_id: int
    name: str
    zone: str
    line: str = ""
    lane: str = ""


@dataclass(frozen=True, slots=True)
class GroupView:
    """A study group for a reader; `mine` is the reader's enrolment, None in a room and for facilitators."""

    group: StudyGroup
    cohort: Cohort
    course: Course
    people: tuple[MemberView, ...]
    rooms: tuple[GroupRoom, ...] = ()
    mine: int | None = None

    @property
    def host(self) -> MemberView | None:
        return next((each for each in self.people if each.enrolment_id == self.group.host), None)


def group_title(t: Catalogue, number: int) -> str:
    return t.t("Study group {n}", n=number)


def slot_line(t: Catalogue, slot: MeetingSlot) -> Line:
    """A weekly moment in words, with its zone."""
    when = t.t("{days} at {time}", days=t.t(DAY_WORDS[slot.day]), time=wall(t, slot.at))
    return t.line("{when} ({zone} time)", when=when, zone=place_of(slot.zone))


def topic(t: Catalogue, course: Course, number: int, slot: MeetingSlot | None) -> str:
    """What stands above the room's messages: the course, the group, and when it usually meets."""
    name = f"{t.of(course.title)} · {group_title(t, number)}"
    if slot is None:
        return name
    return f"{name} · " + "".join(part.text for part in slot_line(t, slot) if isinstance(part, Span))


# --- the card that is pinned in the room --------------------------------------------------------------------


def roster(view: GroupView, lane: str, t: Catalogue) -> Message:
    """Who is in the group, the first task, and how to leave. It is shown anew whenever somebody comes or goes."""
    title = t.t("{group} · {course}", group=group_title(t, view.group.number), course=t.of(view.course.title))
    blocks: list[Block] = [Title(title), *_people(view, t)]
    blocks += _elsewhere(view, lane, t)
    if view.group.slot is not None:
        blocks.append(Text(para(t.line("All of you can usually meet: {slot}.", slot=slot_line(t, view.group.slot)))))
    blocks.append(Text(para(first_task(t))))
    room = next((room for room in view.rooms if room.lane == lane), None)
    if room is not None and room.state is RoomState.OPEN:
        blocks.append(Note(t.line("Whoever comes later can read what was written in this room before.")))
    blocks.append(Buttons(_card_buttons(view, t)))
    return Message(t.language, title, tuple(blocks), topic=f"group/{view.group.id}")


def first_task(t: Catalogue) -> Line:
    return t.line(
        "*First task (5 minutes):* write down one thing at work that you would like to do differently by the end of "
        "the course, and answer somebody else’s."
    )


def _people(view: GroupView, t: Catalogue) -> list[Block]:
    if not view.people:
        return [Text(para(t.line("Nobody is in this group at the moment.")))]
    return [Facts(tuple((each.name, _about(view, each, t)) for each in view.people))]


def _about(view: GroupView, member: MemberView, t: Catalogue) -> Line:
    parts = [member.zone]
    if member.enrolment_id == view.mine:
        parts.append(t.t("you"))
    if member.enrolment_id == view.group.host:
        parts.append(t.t("host"))
    if member.line:
        parts.append(t.t("“{words}”", words=member.line))
    return (Span(" · ".join(parts)),)


def _elsewhere(view: GroupView, lane: str, t: Catalogue) -> list[Block]:
    """Who is in another chat, which one, and that nothing is passed on."""
    there = [each for each in view.people if each.lane != lane]
    if not there:
        return []
    chats = sorted({platform_name(each.lane, t) for each in there})
    line = t.line_n(
        "{n} of you is in another chat ({chats}). Nothing is passed on between the rooms.",
        "{n} of you are in another chat ({chats}). Nothing is passed on between the rooms.",
        len(there),
        chats=", ".join(chats),
    )
    return [Note(line)]


def platform_name(lane: str, t: Catalogue) -> str:
    platform = lane.partition(":")[0]
    return t.t(PLATFORM_WORDS.get(platform, platform))


def _card_buttons(view: GroupView, t: Catalogue) -> tuple[Button, ...]:
    group = view.group.id
    return (
        Button(t.t("Members"), encode(GroupMembers(group)), typed="group members"),
        Button(t.t("Why this group?"), encode(GroupWhy(group)), typed="group why"),
        Button(t.t("Another group"), encode(GroupChange(group)), typed="group change"),
        Button(t.t("Leave the group"), encode(GroupLeave(group)), typed="group leave"),
    )


# --- the card for one person --------------------------------------------------------------------------------


def group_card(view: GroupView, t: Catalogue) -> Message:
    """My group: where it talks, when it meets, who hosts, and everything one can do."""
    title = t.t("{group} · {course}", group=group_title(t, view.group.number), course=t.of(view.course.title))
    return Message(t.language, title, (Title(title), *_card(view, t), Buttons(_card_buttons(view, t))))


def no_group(waiting: bool, t: Catalogue) -> Message:
    """Nobody's group yet: why, and what one can do."""
    title = t.t("Your study group")
    if waiting:
        line = t.line("You have no study group at the moment. As soon as one fits, you are told.")
    else:
        line = t.line("Study groups are formed from everybody who answers “still in?” with yes.")
    about = Button(t.t("What your group may know"), encode(GroupAbout()), typed="group about")
    return notice(t, title, line, (look_button(t), about) if waiting else (about,))


def look_button(t: Catalogue) -> Button:
    return Button(t.t("Look for a group"), encode(GroupChange()), typed="group change")


def home_part(view: GroupView, t: Catalogue) -> list[Block]:
    """The part of the home card."""
    group = view.group.id
    buttons = (
        Button(
            t.t("My group"), encode(GroupHome(group)), spoken=t.t("My study group, more about it"), typed="group home"
        ),
        Button(
            t.t("A problem?"),
            encode(GroupChange(group)),
            spoken=t.t("A problem with the study group?"),
            typed="group change",
        ),
    )
    return [Section(group_title(t, view.group.number)), *_card(view, t), Buttons(buttons)]


def _card(view: GroupView, t: Catalogue) -> list[Block]:
    others = [each.name for each in view.people if each.enrolment_id != view.mine]
    facts: list[tuple[str, Line]] = []
    if others:
        facts.append((t.t("With you"), (Span(listed(t, others)),)))
    if view.group.slot is not None:
        facts.append((t.t("Usual time"), slot_line(t, view.group.slot)))
    if view.host is not None:
        name = t.t("you") if view.host.enrolment_id == view.mine else view.host.name
        facts.append((t.t("Host"), (Span(name),)))
    facts.append((t.t("Where"), _where(view, t)))
    return [Facts(tuple(facts))]


def _where(view: GroupView, t: Catalogue) -> Line:
    mine = next((each.lane for each in view.people if each.enrolment_id == view.mine), None)
    room = next((room for room in view.rooms if room.lane == mine), None)
    if view.group.state is not GroupState.OPEN:
        return t.line("The group is closed.")
    if room is None or room.state is RoomState.WANTED:
        return t.line("The room is being opened.")
    if room.state is RoomState.OPEN:
        return t.line("In the group’s room in this chat.")
    return t.line("By direct message: there is no room here.")


def members(view: GroupView, t: Catalogue) -> Message:
    """Everybody in the group with zone and line."""
    title = t.t("Who is in study group {n}", n=view.group.number)
    blocks: list[Block] = [Title(title), *_people(view, t)]
    about = Button(t.t("Change what it says about me"), encode(GroupAbout()), typed="group about")
    why = Button(t.t("Why this group?"), encode(GroupWhy(view.group.id)), typed="group why")
    return Message(t.language, title, (*blocks, Buttons((about, why))))


def why(view: GroupView, t: Catalogue) -> Message:
    """Why these people: what had to hold, and what came true of what was wished for."""
    title = t.t("Why this group?")
    must = t.line(
        "All of you said that you are in, share a language, can reach each other and work at similar hours. Among "
        "the many ways to divide everybody for which that holds, this one fitted best."
    )
    blocks: list[Block] = [Title(title), Text(para(must))]
    blocks += [Item("•", line) for line in reasons(view.group.parts, t)]
    note = t.line("What people said about themselves is never shown with a reason.")
    change = Button(t.t("Another group"), encode(GroupChange(view.group.id)), typed="group change")
    return Message(t.language, title, (*blocks, Note(note), Buttons((change,))))


def reasons(parts: Mapping[str, float], t: Catalogue) -> list[Line]:
    """What came true of the wishes, from their measures (0 to 1); what nobody knows is left out."""
    lines: list[Line] = []
    hours = round(parts.get(Wish.HOURS, 0.0) * HOURS_ENOUGH)
    if hours >= HOURS_ENOUGH:
        lines.append(t.line("At least {n} working hours a week in common.", n=HOURS_ENOUGH))
    elif hours:
        lines.append(
            t.line_n("About {n} working hour a week in common.", "About {n} working hours a week in common.", hours)
        )
    for wish, whole, partly in _REASONS:
        share = parts.get(wish, 0.0)
        if share > 0.99:
            lines.append(t.line(whole))
        elif share > 0 and partly:
            lines.append(t.line(partly))
    return lines


_REASONS = (
    (Wish.TRACK, N_("Everybody is on the same track."), N_("Several people are on the same track.")),
    (Wish.EMPLOYERS, N_("Everybody has another employer."), N_("People of several employers.")),
    (Wish.JURISDICTIONS, N_("Everybody is from another jurisdiction."), N_("People of several jurisdictions.")),
    (Wish.NEW_FACES, N_("No two of these people were in a study group together before."), ""),
    (Wish.EXPERIENCE, N_("Long and short experience come together."), N_("Different years of experience.")),
)


# --- another group, leaving ---------------------------------------------------------------------------------


def ask_why(view: GroupView | None, t: Catalogue) -> Message:
    """Why another group? Asked in private."""
    title = t.t("Another study group")
    line = t.line("What is the reason? Only the people who facilitate this cohort see your answer, never your group.")
    group = view.group.id if view else None
    buttons = tuple(
        Button(t.t(words), encode(GroupChange(group, why=reason.value)), typed=f"group change {reason.value}")
        for reason, words in WHY_WORDS.items()
    )
    return Message(t.language, title, (Title(title), Text(para(line)), Buttons(buttons)))


def offers(
    reason: WhyChange, group: StudyGroup | None, found: Sequence[tuple[StudyGroup, int, str]], t: Catalogue
) -> Message:
    """Groups that fit, each with its size and usual time; or ask a facilitator."""
    title = t.t("Another study group")
    number = group.id if group else None
    blocks: list[Block] = [Title(title)]
    if found:
        blocks.append(Text(para(t.line("These groups fit. What you did so far stays yours."))))
    else:
        blocks.append(Text(para(t.line("No other group fits at the moment. A facilitator can help."))))
    for other, size, zone in found:
        people = t.tn("{n} person", "{n} people", size)
        head: Line = (Span(group_title(t, other.number), bold=True), Span(f" · {people}"))
        note = slot_line(t, other.slot) if other.slot else (Span(zone),)
        button = Button(
            t.t("Join it"),
            encode(GroupChange(number, why=reason.value, to=other.number)),
            spoken=t.t("Join study group {n}", n=other.number),
            typed=f"group change {reason.value} to {other.number}",
        )
        blocks.append(Item(str(other.number), head, note, buttons=(button,)))
    ask = Button(
        t.t("Ask a facilitator"),
        encode(GroupChange(number, why=reason.value, ask=True)),
        Look.NORMAL if found else Look.PRIMARY,
        typed=f"group change {reason.value} ask",
    )
    seen = Note(t.line("A facilitator sees your name and this reason: {reason}.", reason=t.t(WHY_WORDS[reason])))
    return Message(t.language, title, (*blocks, Buttons((ask,)), seen))


def leave_question(view: GroupView, t: Catalogue) -> Message:
    title = t.t("Leave study group {n}?", n=view.group.number)
    line = t.line("You stay in the course. The group sees that you left, not why.")
    buttons = (
        Button(
            t.t("Leave the group"),
            encode(GroupLeave(view.group.id, confirmed=True)),
            Look.DANGER,
            typed="group leave yes",
        ),
        Button(t.t("Another group instead"), encode(GroupChange(view.group.id)), typed="group change"),
    )
    return Message(t.language, title, (Title(title), Text(para(line)), Buttons(buttons)))


def left(number: int, t: Catalogue) -> Message:
    line = t.line("You left study group {n}. The course goes on; you can look for another group at any time.", n=number)
    return notice(t, t.t("You left the group"), line, (look_button(t),))


# --- what comes by direct message ---------------------------------------------------------------------------


def placed(view: GroupView, moved: bool, t: Catalogue) -> Message:
    """To somebody who came later, or was moved: which group, with whom, what it sees."""
    title = t.t("You are in study group {n}", n=view.group.number)
    if moved:
        line = t.line("You have another study group now. What you did so far stays yours.")
    else:
        line = t.line("There was a place for you in this study group.")
    sees = Note(
        t.line(
            "The group sees your name, your time zone and the line you chose. Whoever comes later can read what was "
            "written in its room before."
        )
    )
    return Message(t.language, title, (Title(title), Text(para(line)), *_card(view, t), sees, Buttons(_mine(view, t))))


def _mine(view: GroupView, t: Catalogue) -> tuple[Button, ...]:
    about = Button(t.t("What your group may know"), encode(GroupAbout()), typed="group about")
    return (Button(t.t("My group"), encode(GroupHome(view.group.id)), typed="group home"), about)


def farewell(view: GroupView, keep: bool, t: Catalogue) -> Message:
    """The cohort is over: thanks, and what becomes of the room."""
    title = t.t("Thank you, study group {n}", n=view.group.number)
    line = t.line("*{course}* is over. Thank you for learning together.", course=t.of(view.course.title))
    what = (
        t.line("This room stays open for you.")
        if keep
        else t.line("This room is archived now: you can still read it, but nothing new can be written.")
    )
    return Message(t.language, title, (Title(title), Text(para(line)), Text(para(what))))
