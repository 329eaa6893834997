"""What a study group is told about its meetings: the first post, votes, the date, reminders, "did you meet?"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.messages.actions import encode
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
    Note,
    Text,
    TextField,
    Title,
)
from bot.messages.groups import GroupView, MemberView, first_task, group_title
from bot.messages.links import Links
from bot.messages.plans import when
from bot.messages.texts import N_, Catalogue
from bot.messages.welcome import notice
from bot.messages.words import letter, listed, minutes, para, place_of
from bot.model.commands_group_life import GroupHost, GroupMeet, GroupMet, GroupRsvp, GroupStarter, GroupVote
from bot.model.group_life import Meeting, MeetingState, Met, Rating, Rsvp
from bot.model.richtext import Line, Span
from bot.rules.reminders import Reminder

RSVP_WORDS = {Rsvp.GOING: N_("Going"), Rsvp.MAYBE: N_("Maybe"), Rsvp.NO: N_("Not going")}
RATING_WORDS = {
    Rating.GREAT: N_("Excellent: it helped me a lot"),
    Rating.GOOD: N_("Good: it helped me"),
    Rating.FAIR: N_("Fair: some of it helped"),
    Rating.LITTLE: N_("Weak: little of it helped"),
    Rating.LOST: N_("Lost time: nothing helped"),
}
"""The five points, best first, in words."""
RATING_TYPED = {
    Rating.GREAT: "great",
    Rating.GOOD: "good",
    Rating.FAIR: "fair",
    Rating.LITTLE: "little",
    Rating.LOST: "lost",
}
MET_WORDS = {Met.MET: N_("We met"), Met.PLANNED: N_("It is planned"), Met.NOT: N_("Not this week")}
MET_TYPED = {Met.MET: "group met yes", Met.PLANNED: "group met planned", Met.NOT: "group met no"}
RSVP_TYPED = {Rsvp.GOING: "group rsvp going", Rsvp.MAYBE: "group rsvp maybe", Rsvp.NO: "group rsvp no"}


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A group and its meeting for a reader in `zone`. `outside` names, by option, people who do not work then."""

    group: GroupView
    zone: str
    links: Links
    meeting: Meeting | None = None
    votes: Mapping[int, frozenset[datetime]] = field(default_factory=dict)
    rsvps: Mapping[int, Rsvp] = field(default_factory=dict)
    outside: Mapping[datetime, Sequence[str]] = field(default_factory=dict)
    person_id: int | None = None

    @property
    def number(self) -> int:
        return self.group.group.number

    @property
    def voting(self) -> bool:
        return bool(self.meeting and self.meeting.options and self.meeting.decide_at)

    def with_answer(self, answer: Rsvp) -> list[str]:
        return [each.name for each in self.group.people if self.rsvps.get(each.enrolment_id) is answer]


# --- the first post -----------------------------------------------------------------------------------------


def first_post(view: MeetingView, t: Catalogue) -> Message:
    """Everybody in one line, one small task, who hosts, and moments to vote on."""
    title = t.t("Welcome, study group {n}", n=view.number)
    blocks: list[Block] = [Title(title)]
    blocks += [Item("•", _introduced(each, t)) for each in view.group.people]
    blocks.append(Text(para(first_task(t))))
    if view.group.host is not None:
        blocks.append(
            Text(
                para(
                    t.line(
                        "*{name}* hosts first: the host opens the meeting and watches the clock. Each week "
                        "somebody else does.",
                        name=view.group.host.name,
                    )
                )
            )
        )
    if view.voting:
        blocks.append(Text(para(t.line("*When do you meet first?* Say which of these suit you."))))
        blocks += _options(view, t)
    elif view.meeting is None:
        typed = t.t("group meet thursday 14:00")
        line = t.line("I found no moment at which you all work. Agree on one, and type `{typed}`.", typed=typed)
        blocks += [Text(para(line)), Buttons((_find(view, t),))]
    elif view.meeting.at is not None and view.meeting.state is MeetingState.PLANNED:
        at = when(view.meeting.at, view.zone)
        blocks.append(Text(para(t.line("You meet first {when} ({zone} time).", when=at, zone=place_of(view.zone)))))
    return Message(t.language, title, tuple(blocks), topic=f"group-first/{view.group.group.id}")


def _introduced(member: MemberView, t: Catalogue) -> Line:
    if member.line:
        return t.line("*{name}*: “{words}”", name=Span(member.name, bold=True), words=member.line)
    return t.line("*{name}* ({zone} time)", name=Span(member.name, bold=True), zone=place_of(member.zone))


# --- votes and dates ----------------------------------------------------------------------------------------


def meeting_card(view: MeetingView, t: Catalogue, *, told: str = "") -> Message:
    """The next meeting as it stands: moments to vote on, or when it is and who comes. `told` begins it with a word on
    what has just changed."""
    meeting = view.meeting
    if meeting is None or meeting.state in (MeetingState.OVER, MeetingState.CANCELLED):
        return _no_meeting(view, t)
    if meeting.state is MeetingState.PROPOSED:
        title = t.t("When does study group {n} meet?", n=view.number)
        blocks: list[Block] = [Title(title), *_said(told), *_options(view, t)]
        return Message(t.language, title, tuple(blocks), topic=_topic(meeting))
    title = t.t("Study group {n} meets", n=view.number)
    blocks = [Title(title), *_said(told), Facts(tuple(_facts(view, meeting, t)))]
    blocks.append(Buttons(_rsvp_buttons(view, meeting, t), label=t.t("Do you come?")))
    if view.voting:
        blocks.append(Text(para(t.line("*Another moment is looked for.* Say which of these suit you."))))
        blocks += [*_options(view, t), Buttons((_cancel(view, t),))]
    else:
        blocks.append(Buttons((_find(view, t), _cancel(view, t))))
    return Message(t.language, title, tuple(blocks), topic=_topic(meeting))


def _topic(meeting: Meeting) -> str:
    return f"meeting/{meeting.id}"


def _said(words: str) -> list[Block]:
    return [Text(para((Span(words),)))] if words else []


def _no_meeting(view: MeetingView, t: Catalogue) -> Message:
    title = t.t("Study group {n}: no meeting yet", n=view.number)
    line = t.line(
        "Let me find moments at which all of you work, or say one: `{typed}`.", typed=t.t("group meet thursday 14:00")
    )
    return notice(t, title, line, (_find(view, t),))


def _facts(view: MeetingView, meeting: Meeting, t: Catalogue) -> list[tuple[str, Line]]:
    assert meeting.at is not None  # noqa: S101 (it is planned)
    facts: list[tuple[str, Line]] = [
        (t.t("When"), (when(meeting.at, view.zone), Span(f" ({view.zone})"))),
        (t.t("How long"), (Span(minutes(t, meeting.minutes)),)),
    ]
    if view.group.host is not None:
        facts.append((t.t("Host"), (Span(view.group.host.name),)))
    for answer, words in RSVP_WORDS.items():
        if names := view.with_answer(answer):
            facts.append((t.t(words), (Span(listed(t, names)),)))
    open_ = [each.name for each in view.group.people if each.enrolment_id not in view.rsvps]
    if open_:
        facts.append((t.t("Not answered"), (Span(listed(t, open_)),)))
    return facts


def _options(view: MeetingView, t: Catalogue) -> list[Block]:
    """The moments with letters, how many each suits, and whom it finds outside working hours."""
    meeting = view.meeting
    assert meeting is not None  # noqa: S101 (there is a vote)
    blocks: list[Block] = []
    group = view.group.group.id
    for place, option in enumerate(meeting.options):
        suits = sum(option in chosen for chosen in view.votes.values())
        note: Line = t.line_n("suits {n} of {total}", "suits {n} of {total}", suits, total=len(view.group.people))
        if names := view.outside.get(option):
            note = (*note, Span(" · "), *t.line("outside the hours of {names}", names=listed(t, list(names))))
        mark = letter(place)
        button = Button(
            t.t("Suits me"),
            encode(GroupVote(mark.lower(), group, meeting.id)),
            spoken=t.t("Moment {letter} suits me", letter=mark),
            typed=f"group vote {mark.lower()}",
        )
        blocks.append(Item(mark, (when(option, view.zone), Span(f" ({view.zone})")), note, buttons=(button,)))
    none = Button(t.t("None suits me"), encode(GroupVote("none", group, meeting.id)), typed="group vote none")
    blocks.append(Buttons((none, _find(view, t))))
    if meeting.decide_at is not None:
        line = t.line("Decided when all have voted, at the latest {when}.", when=when(meeting.decide_at, view.zone))
        blocks.append(Note(line))
    return blocks


def _find(view: MeetingView, t: Catalogue) -> Button:
    other = view.meeting is not None and view.meeting.state in (MeetingState.PLANNED, MeetingState.PROPOSED)
    label = t.t("Find other moments") if other else t.t("Find a time")
    return Button(label, encode(GroupMeet(view.group.group.id, find=True)), typed="group meet find")


def _cancel(view: MeetingView, t: Catalogue) -> Button:
    return Button(t.t("Cancel it"), encode(GroupMeet(view.group.group.id, cancel=True)), typed="group meet cancel")


def cancel_question(view: MeetingView, t: Catalogue) -> Message:
    """Everybody would be told."""
    title = t.t("Cancel the meeting?")
    line = t.line("Everybody in the group is told, and calendars follow.")
    button = Button(
        t.t("Cancel the meeting"),
        encode(GroupMeet(view.group.group.id, cancel=True, confirmed=True)),
        Look.DANGER,
        typed="group meet cancel yes",
    )
    return notice(t, title, line, (button, _find(view, t)))


def cancelled(view: MeetingView, t: Catalogue) -> Message:
    """The word to the group."""
    title = t.t("Study group {n}: the meeting is cancelled", n=view.number)
    at = view.meeting.at if view.meeting else None
    line = (
        t.line("The meeting of {when} does not take place.", when=when(at, view.zone))
        if at is not None
        else t.line("No moment was found this time.")
    )
    return notice(t, title, line, (_find(view, t),))


def _rsvp_buttons(view: MeetingView, meeting: Meeting, t: Catalogue) -> tuple[Button, ...]:
    group = view.group.group.id
    buttons = [
        Button(
            t.t(words),
            encode(GroupRsvp(answer.value, group, meeting.id)),
            Look.PRIMARY if answer is Rsvp.GOING else Look.NORMAL,
            typed=RSVP_TYPED[answer],
        )
        for answer, words in RSVP_WORDS.items()
    ]
    if calendar := view.links.calendar(calendar_subject(meeting, t, view.person_id)):
        buttons.append(Button(t.t("Add to calendar"), href=calendar))
    return tuple(buttons)


def calendar_subject(meeting: Meeting, t: Catalogue, person_id: int | None) -> str:
    """What a calendar link is about; a personal one ends with the person's membership."""
    personal = f"/{person_id}" if person_id is not None else ""
    return f"meeting/{meeting.id}/{t.language}{personal}"


# --- reminders ----------------------------------------------------------------------------------------------


def reminder(view: MeetingView, kind: Reminder, t: Catalogue) -> Message:
    """A day or a quarter of an hour before."""
    meeting = view.meeting
    assert meeting is not None  # noqa: S101 (there is one to be reminded of)
    ahead = t.t("Your study group meets soon")
    title = ahead if kind is Reminder.DAY else t.t("Your study group meets in 15 minutes")
    blocks: list[Block] = [Title(title), Facts(tuple(_facts(view, meeting, t)))]
    if view.group.host is not None and view.group.mine == view.group.group.host:
        blocks.append(Note(t.line("You host: open the meeting, and watch the clock.")))
    blocks.append(Buttons(_rsvp_buttons(view, meeting, t)))
    return Message(t.language, title, tuple(blocks), topic=_topic(meeting))


# --- did you meet? ------------------------------------------------------------------------------------------


def did_you_meet(view: MeetingView, asked: date, answers: Mapping[Met, int], t: Catalogue) -> Message:
    """Three answers; whoever met can say what it was worth, and a line to facilitators. Names the next host."""
    title = t.t("Study group {n}: did you meet?", n=view.number)
    group = view.group.group.id
    buttons = tuple(
        Button(
            t.t(words), encode(GroupMet(answer.value, group=group, asked=asked.isoformat())), typed=MET_TYPED[answer]
        )
        for answer, words in MET_WORDS.items()
    )
    blocks: list[Block] = [Title(title), Buttons(buttons)]
    said = [t.t("{words}: {n}", words=t.t(MET_WORDS[answer]), n=n) for answer, n in answers.items() if n]
    if said:
        blocks.append(Note((Span(" · ".join(said)),)))
    if view.group.host is not None:
        take = Button(t.t("I host instead"), encode(GroupHost(group, take=True)), typed="group host me")
        blocks.append(Text(para(t.line("Host from now on: *{name}*.", name=view.group.host.name))))
        blocks.append(Buttons((take,)))
    return Message(t.language, title, tuple(blocks), topic=f"group-met/{group}/{asked.isoformat()}")


def met_form(group: int, asked: date, rating: Rating | None, line: str, t: Catalogue) -> Form:
    """What it was worth, and a line for facilitators; both may be left out."""
    choices = tuple(Choice(str(int(point)), t.t(words)) for point, words in RATING_WORDS.items())
    return Form(
        t.language,
        t.t("How was it?"),
        encode(GroupMet(Met.MET.value, group=group, asked=asked.isoformat())),
        (Note(t.line("Facilitators see ratings and lines without names.")),),
        (
            ChoiceField("rating", t.t("The meeting was"), choices, str(int(rating)) if rating else "", few=True),
            TextField("line", t.t("One line for facilitators (optional)"), line, max_length=300),
        ),
        submit=t.t("Save"),
    )


def met_saved(view: MeetingView, answer: Met, t: Catalogue) -> Message:
    """The answer was taken, and what could come next."""
    match answer:
        case Met.MET:
            line = t.line("Noted: you met. Shall we find the next time?")
        case Met.PLANNED:
            line = t.line(
                "Noted: it is planned. Type `{typed}`, and I remind you.", typed=t.t("group meet thursday 14:00")
            )
        case _:
            line = t.line("Noted. Shall I find moments at which you all work?")
    return notice(t, t.t("Thank you"), line, (_find(view, t),))


def together(group: int, t: Catalogue) -> Buttons:
    """What else a group does, on its card."""
    return Buttons(
        (
            Button(t.t("Conversation starter"), encode(GroupStarter(group)), typed="group starter"),
            Button(t.t("Did you meet?"), encode(GroupMet(group=group)), typed="group met"),
            Button(t.t("Host"), encode(GroupHost(group)), spoken=t.t("Who hosts the group"), typed="group host"),
        )
    )


# --- the host -----------------------------------------------------------------------------------------------


def host_card(view: GroupView, t: Catalogue) -> Message:
    """Who hosts, and how to take over or hand over."""
    title = t.t("The host of {group}", group=group_title(t, view.group.number))
    group = view.group.id
    mine = view.mine is not None and view.mine == view.group.host
    if view.host is None:
        line = t.line("Nobody hosts at the moment.")
    elif mine:
        line = t.line("*You* host: open the meeting and watch the clock. Each week somebody else does.")
    else:
        line = t.line("*{name}* hosts. Each week somebody else does.", name=view.host.name)
    pass_on = Button(t.t("Hand over"), encode(GroupHost(group, pass_on=True)), typed="group host next")
    take = Button(t.t("I take over"), encode(GroupHost(group, take=True)), typed="group host me")
    return notice(t, title, line, (pass_on,) if mine else (take,))


def new_host(view: GroupView, t: Catalogue) -> Message:
    """The word to the group."""
    title = t.t("Another host for study group {n}", n=view.group.number)
    name = view.host.name if view.host else t.t("nobody")
    return notice(t, title, t.line("From now on *{name}* hosts.", name=name))
