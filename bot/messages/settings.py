"""Forms and confirmations for what a person may choose."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.actions import encode
from bot.messages.blocks import (
    Block,
    Button,
    Choice,
    ChoiceField,
    DateField,
    Facts,
    Field,
    Form,
    Look,
    Message,
    Note,
    Text,
    TextField,
    Title,
)
from bot.messages.blocks import Buttons as Row
from bot.messages.texts import Catalogue
from bot.messages.views import CourseView
from bot.messages.welcome import LANGUAGE_NAMES, settings_facts
from bot.messages.words import DAY_WORDS, labelled, para
from bot.model.commands import Away, ForgetMe, Leave, Settings, Snooze
from bot.model.commands_groups import GroupAbout
from bot.model.course import Weekday
from bot.model.people import Person
from bot.model.richtext import Line, Span

DAY_CODES = {day: day.name.lower() for day in Weekday}


def settings_form(view: CourseView | None, person: Person, zone: str, t: Catalogue) -> Form:
    """Everything one may choose, with what holds now filled in."""
    languages = tuple(Choice(language.value, name) for language, name in LANGUAGE_NAMES.items())
    window = view.wishes.window if view else person.window
    fields: list[Field] = []
    if view and view.course.tracks:
        tracks = tuple(
            Choice(track.id, labelled(t, t.of(track.title), t.of(track.description))) for track in view.course.tracks
        )
        later = Choice("", t.t("Decide later"))
        value = view.enrolment.track or ""
        fields.append(ChoiceField("track", t.t("Track"), (later, *tracks), value, few=True))
    days = ",".join(DAY_CODES[day] for day in sorted(person.days)) if person.days else ""
    fields += [
        ChoiceField("language", t.t("Language"), languages, person.language.value, few=True),
        TextField("zone", t.t("Time zone or city"), zone, t.t("For example Toronto or Halifax."), max_length=60),
        TextField(
            "window",
            t.t("Time window"),
            f"{window.start:%H:%M}-{window.end:%H:%M}" if window else "",
            t.t("Messages come only in this part of the day, for example 9-12."),
            max_length=20,
        ),
        ChoiceField(
            "days",
            t.t("Days"),
            tuple(Choice(DAY_CODES[day], t.t(DAY_WORDS[day])) for day in Weekday),
            days,
            t.t("None chosen: the cohort's days."),
            many=True,
        ),
        _yes_no("nudges", t.t("Reminders"), person.nudges, t),
        _yes_no("plain", t.t("Plain mode: text only, everything by typing"), person.plain, t),
    ]
    return Form(
        t.language,
        t.t("Settings"),
        encode(Settings(cohort=view.cohort.id if view else None, save=True)),
        fields=tuple(fields),
        submit=t.t("Save"),
        buttons=(Button(t.t("Study group: what others may know"), encode(GroupAbout()), typed="group about"),),
    )


def settings_saved(view: CourseView | None, person: Person, t: Catalogue, next_comes: Line = ()) -> Message:
    """What holds now."""
    title = t.t("Saved")
    facts = settings_facts(view, t) if view else [(t.t("Language"), (Span(LANGUAGE_NAMES[person.language]),))]
    note = (Note(next_comes),) if next_comes else ()
    return Message(t.language, title, (Title(title), Facts(tuple(facts)), *note))


def snooze_form(cohort_id: int | None, t: Catalogue) -> Form:
    return Form(
        t.language,
        t.t("Snooze"),
        encode(Snooze(cohort=cohort_id)),
        (
            Text(
                para(
                    t.line(
                        "Lessons wait until then; nothing is lost, and nobody else is affected. "
                        "You can come back any time."
                    )
                )
            ),
        ),
        (
            ChoiceField(
                "until",
                t.t("Until"),
                (
                    Choice("tomorrow", t.t("Tomorrow")),
                    Choice("monday", t.t("Next Monday")),
                    Choice("in 7 days", t.t("In a week")),
                    Choice("in 14 days", t.t("In two weeks")),
                ),
                "monday",
                few=True,
                required=True,
            ),
        ),
        submit=t.t("Snooze"),
    )


def away_form(t: Catalogue) -> Form:
    return Form(
        t.language,
        t.t("Days away"),
        encode(Away()),
        fields=(
            DateField("first", t.t("First day away"), required=True),
            DateField("last", t.t("Last day away"), required=True),
        ),
        submit=t.t("Save"),
    )


def leave_question(view: CourseView, t: Catalogue) -> Message:
    """Before leaving: what happens, and a softer way."""
    title = t.t("Leave {course}?", course=t.of(view.course.title))
    line = t.line("No further lessons come. What you did is kept, and you can join again while the cohort runs.")
    buttons = (
        Button(t.t("Leave the course"), encode(Leave(view.cohort.id, confirmed=True)), Look.DANGER, typed="leave yes"),
        Button(t.t("Snooze instead"), encode(Snooze(cohort=view.cohort.id)), typed="snooze"),
    )
    return Message(t.language, title, (Title(title), Text(para(line)), Row(buttons)))


def forget_question(t: Catalogue) -> Message:
    """Before forgetting: what goes, what stays and why."""
    title = t.t("Erase everything about you?")
    goes = t.line(
        "*What goes:* your name, your address in this chat, your settings, everything you wrote, your choices in "
        "polls and quizzes, and your place in every course."
    )
    stays = t.line(
        "*What stays:* how many people completed what, without any link to you, because a cohort's totals must "
        "stay true; votes in anonymous polls, because nobody knows which one was yours; questions you asked "
        "anonymously, for the same reason; and the names of cohorts and sessions, even where somebody put your name "
        "into one."
    )
    final = t.line("This cannot be undone.")
    buttons = (Button(t.t("Erase everything"), encode(ForgetMe(confirmed=True)), Look.DANGER, typed="forget me yes"),)
    blocks = (Title(title), Text(para(goes)), Text(para(stays)), Text(para(final)), Row(buttons))
    return Message(t.language, title, blocks)


def forgotten(t: Catalogue) -> Message:
    title = t.t("Everything about you is erased")
    line = t.line("If you write here again, you start as somebody new.")
    return Message(t.language, title, (Title(title), Text(para(line))))


def my_data(sections: Sequence[tuple[str, Sequence[Line]]], t: Catalogue, file_action: str) -> Message:
    """Everything stored, in words; the file holds the same as JSON."""
    title = t.t("Everything stored about you")
    blocks: list[Block] = [Title(title)]
    for heading, lines in sections:
        blocks.append(Text(para((Span(heading, bold=True),))))
        blocks += [Text(para(line)) for line in lines]
    buttons = (
        Button(t.t("Download as a file (JSON)"), file_action, typed="mydata file"),
        Button(t.t("Erase everything…"), encode(ForgetMe()), typed="forget me"),
    )
    return Message(t.language, title, (*blocks, Row(buttons)))


def _yes_no(name: str, label: str, value: bool, t: Catalogue) -> ChoiceField:
    choices = (Choice("1", t.t("On")), Choice("0", t.t("Off")))
    return ChoiceField(name, label, choices, "1" if value else "0", few=True)
