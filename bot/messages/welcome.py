"""What comes unasked around lessons: welcome, "still in?", reminders, the digest, notices, the close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.messages.actions import encode
from bot.messages.blocks import Block, Button, Buttons, Facts, Item, Look, Message, Note, Steps, Text, Title
from bot.messages.pictures import preview
from bot.messages.plans import joined, reasons, when
from bot.messages.texts import Catalogue
from bot.messages.views import CourseView
from bot.messages.words import day_words, kind_inside, level_word, minutes, para, slot_words, window_words
from bot.model.cohort import CohortState
from bot.model.commands import (
    AnswerReady,
    CatchUp,
    Certificate,
    Leave,
    Next,
    Open,
    Resume,
    Settings,
    ShowLesson,
    Snooze,
    StartNow,
    Stay,
)
from bot.model.course import Activity, Language, Lesson
from bot.model.recognition import Credential
from bot.model.richtext import Line, Span

OTHER = {Language.EN: Language.FR, Language.FR: Language.EN}
LANGUAGE_NAMES = {Language.EN: "English", Language.FR: "Français"}


def welcome(view: CourseView, t: Catalogue, added_by: str | None, *, own_wish: bool, other: Catalogue) -> Message:
    """First contact: who added you and why, what arrives and when, what is recorded, and three ways on."""
    course, cohort = view.course, view.cohort
    title = t.t("Welcome to {course}", course=t.of(course.title))
    if own_wish:
        who = t.line("You joined the cohort *{cohort}*.", cohort=cohort.name)
    elif added_by:
        who = t.line(
            "{person} enrolled you in the cohort *{cohort}*, because your team takes this course together.",
            person=Span(added_by, bold=True),
            cohort=cohort.name,
        )
    else:
        who = t.line("You were enrolled in the cohort *{cohort}*.", cohort=cohort.name)
    blocks: list[Block] = [
        Title(title),
        Text(para(who)),
        Text(para((Span(t.of(course.description)),))),
        Facts(tuple(_what_arrives(view, t))),
        Note(_recorded(t)),
        Buttons(_welcome_buttons(view, t), label=t.t("Your choice")),
    ]
    if not view.person.language_chosen and other.language in course.languages:
        blocks.append(_language_row(view, other))
    return Message(t.language, title, tuple(blocks), topic=welcome_topic(cohort.id))


def welcome_topic(cohort_id: int) -> str:
    """What a welcome is about, see `Message.topic`."""
    return f"welcome/{cohort_id}"


def settings_facts(view: CourseView, t: Catalogue) -> list[tuple[str, Line]]:
    """Track, language, zone, window and days as they are now."""
    track = view.course.track(view.enrolment.track)
    days = view.person.days
    facts: list[tuple[str, Line]] = [
        (t.t("Language"), (Span(LANGUAGE_NAMES[view.person.language]),)),
        (t.t("Time zone"), (Span(view.zone),)),
        (t.t("Window"), (Span(window_words(t, view.wishes.window)),)),
        (t.t("Days"), (Span(day_words(t, days) if days else slot_words(t, view.cohort.slots)),)),
    ]
    if view.course.tracks:
        name = t.of(track.title) if track else t.t("not chosen yet")
        facts.insert(0, (t.t("Track"), (Span(name),)))
    return facts


def ready_check(view: CourseView, t: Catalogue) -> Message:
    """48 hours before the start: still in?"""
    title = t.t("Still in?")
    starts = view.planned
    if starts:
        line = t.line(
            "*{course}* starts soon: your first lesson comes {when}. Are you still in?",
            course=t.of(view.course.title),
            when=when(starts.at, view.zone),
        )
    else:
        line = t.line("*{course}* starts soon. Are you still in?", course=t.of(view.course.title))
    cohort = view.cohort.id
    buttons = (
        Button(t.t("Yes, I am in"), encode(AnswerReady(True, cohort)), Look.PRIMARY, typed="yes"),
        Button(t.t("Not this time"), encode(AnswerReady(False, cohort)), typed="no"),
    )
    why = Note(t.line("We ask so that study groups are made of people who take part."))
    return Message(t.language, title, (Title(title), Text(para(line)), Buttons(buttons), why))


def not_this_time(view: CourseView, t: Catalogue) -> Message:
    """After a no: nothing comes, and both ways stay open."""
    line = t.line("Nothing comes for now. *{course}* keeps a place for you.", course=t.of(view.course.title))
    buttons = (
        Button(t.t("I am in after all"), encode(AnswerReady(True, view.cohort.id)), typed="yes"),
        Button(t.t("Leave the course"), encode(Leave(view.cohort.id)), typed="leave"),
    )
    return notice(t, t.t("Not this time"), line, buttons)


def nudge(view: CourseView, lesson: Lesson, activity: Activity, step: int, last: bool, t: Catalogue) -> Message:
    """A reminder that names the next smallest thing; the last one asks kindly and pauses."""
    if last:
        return _last_nudge(view, t)
    title = t.t("One small thing")
    line = t.line(
        "The next smallest step in *{lesson}*: {activity} ({kind}, {minutes}).",
        lesson=t.of(lesson.title),
        activity=Span(t.of(activity.title), bold=True),
        kind=kind_inside(t, activity),
        minutes=minutes(t, activity.minutes),
    )
    cohort = view.cohort.id
    buttons = (
        Button(
            t.t("Do it now"),
            encode(Open(cohort=cohort, lesson=lesson.id, activity=activity.id)),
            Look.PRIMARY,
            spoken=t.t("Do it now: {title}", title=t.of(activity.title)),
            typed="open",
        ),
        Button(t.t("Show the lesson"), encode(ShowLesson(cohort, lesson.id)), typed="lesson"),
        Button(t.t("Snooze"), encode(Snooze(cohort=cohort)), typed="snooze"),
    )
    return Message(t.language, title, (Title(title), Text(para(line)), Buttons(buttons)))


def digest(view: CourseView, lessons: Sequence[Lesson], t: Catalogue) -> Message:
    """Several things that waited, as one message."""
    title = t.tn("{n} lesson is waiting for you", "{n} lessons are waiting for you", len(lessons))
    items = tuple(lesson_item(view, lesson, t) for lesson in lessons)
    intro = t.line("They came while you were away. Take them in any order, at your own pace.")
    return Message(t.language, title, (Title(title), Text(para(intro)), *items))


def lesson_item(view: CourseView, lesson: Lesson, t: Catalogue) -> Item:
    """A lesson as a row with a press that brings it."""
    total = sum(activity.minutes for activity in lesson.on(view.enrolment.track))
    n = view.course.number(lesson.id)
    button = Button(
        t.t("Get it"),
        encode(CatchUp(cohort=view.cohort.id, lesson=lesson.id)),
        spoken=t.t("Get lesson {n}: {title}", n=n, title=t.of(lesson.title)),
        typed=f"catchup {n}",
    )
    return Item(str(n), (Span(t.of(lesson.title), bold=True), Span(f" · {minutes(t, total)}")), (), buttons=(button,))


def notice(t: Catalogue, title: str, line: Line, buttons: tuple[Button, ...] = ()) -> Message:
    """A short message with a title."""
    blocks: list[Block] = [Title(title), Text(para(line))]
    if buttons:
        blocks.append(Buttons(buttons))
    return Message(t.language, title, tuple(blocks))


def resumed(view: CourseView, t: Catalogue) -> Message:
    """After a snooze or days away ended by themselves."""
    if view.planned and view.next_lesson:
        line = t.line(
            "Your next lesson, *{lesson}*, comes {when}.",
            lesson=t.of(view.next_lesson.title),
            when=when(view.planned.at, view.zone),
        )
    else:
        line = t.line("Everything that waited is in your catch-up list.")
    button = Button(t.t("Catch up"), encode(CatchUp(cohort=view.cohort.id)), typed="catchup")
    return notice(t, t.t("Welcome back"), line, (button,))


def closing(view: CourseView, t: Catalogue, credential: Credential | None = None) -> Message:
    """The cohort is over: what was reached, and the certificate with a picture of it."""
    title = t.t("{course} is over", course=t.of(view.course.title))
    earned = [progress for progress in view.progress.values() if progress.level]
    line = t.line_n(
        "You earned a badge in {n} lesson of {total}.",
        "You earned a badge in {n} lessons of {total}.",
        len(earned),
        total=len(view.course.lessons),
    )
    tier = view.outlook.tier
    result = (
        t.line("You reached: *{tier}*.", tier=t.of(tier.title))
        if tier
        else t.line("Everything you did is kept; you can still read every lesson.")
    )
    label = t.t("Get my certificate") if tier else t.t("My progress")
    button = Button(label, encode(Certificate(cohort=view.cohort.id)), typed="certificate")
    thanks = Text(para(t.line("Thank you for taking part.")))
    shown = preview(view, credential, t) if credential else ()
    blocks = (Title(title), Text(para(line)), Text(para(result)), *shown, thanks, Buttons((button,)))
    return Message(t.language, title, blocks)


def resume_button(view: CourseView, t: Catalogue) -> Button:
    return Button(t.t("Resume"), encode(Resume(cohort=view.cohort.id)), Look.PRIMARY, typed="resume")


# --- parts ---


def _what_arrives(view: CourseView, t: Catalogue) -> list[tuple[str, Line]]:
    course = view.course
    each = max(1, sum(lesson.core.minutes for lesson in course.lessons) // max(1, len(course.lessons)))
    core = minutes(t, each)
    what = t.tn(
        "{n} short lesson, in this chat. The core takes about {minutes}; the rest is your choice.",
        "{n} short lessons, in this chat. The core takes about {minutes}; the rest is your choice.",
        len(course.lessons),
        minutes=core,
    )
    facts: list[tuple[str, Line]] = [(t.t("What arrives"), (Span(what),))]
    if view.planned:
        why = joined(reasons(view.planned, view.cohort.slots, view.wishes.window, view.zone, t))
        at: Line = (when(view.planned.at, view.zone),)
        started = view.cohort.state is CohortState.RUNNING and view.progress
        label = t.t("Next lesson") if started else t.t("First lesson")
        facts.append((label, (*at, Span(" · "), *why)))
    return facts + settings_facts(view, t)


def _recorded(t: Catalogue) -> Line:
    return t.line(
        "What is recorded: which activities you complete, and what you answer. Reflections stay private unless you "
        "share them. Facilitators see totals, admins also see who is enrolled and how many lessons reached them. "
        "Type `mydata` to see everything, `forget me` to have it erased."
    )


def _welcome_buttons(view: CourseView, t: Catalogue) -> tuple[Button, ...]:
    cohort = view.cohort.id
    start = Button(
        t.t("Start now"),
        encode(StartNow(cohort)),
        Look.PRIMARY,
        spoken=t.t("Start now with the first lesson"),
        typed="start now",
    )
    change = Button(t.t("Change track, time or language"), encode(Settings(cohort=cohort)), typed="settings")
    no = Button(t.t("Not for me"), encode(Leave(cohort)), typed="leave")
    return (start, change, no)


def _language_row(view: CourseView, other: Catalogue) -> Buttons:
    """In the other language, for somebody who cannot read the rest."""
    choose = Button(
        other.t("Continue in {language}", language=LANGUAGE_NAMES[other.language]),
        encode(Settings(language=other.language.value, cohort=view.cohort.id, save=True)),
        typed=f"lang {other.language.value}",
    )
    return Buttons((choose,))


def _last_nudge(view: CourseView, t: Catalogue) -> Message:
    title = t.t("Shall we wait?")
    line = t.line(
        "You have been busy, so nothing more comes for now: *{course}* is paused. What would you like?",
        course=t.of(view.course.title),
    )
    cohort = view.cohort.id
    buttons = (
        Button(t.t("Stay, go on"), encode(Stay(cohort)), Look.PRIMARY, typed="stay"),
        Button(t.t("Snooze"), encode(Snooze(cohort=cohort)), typed="snooze until monday"),
        Button(t.t("Leave the course"), encode(Leave(cohort)), typed="leave"),
    )
    return Message(t.language, title, (Title(title), Text(para(line)), Buttons(buttons)))


def next_line(view: CourseView, t: Catalogue) -> list[Block]:
    """When the next lesson comes, and why then."""
    if not view.planned or not view.next_lesson:
        return [Text(para(t.line("No further lesson is planned.")))]
    line = t.line(
        "*{lesson}* comes {when}.", lesson=t.of(view.next_lesson.title), when=when(view.planned.at, view.zone)
    )
    why = joined(reasons(view.planned, view.cohort.slots, view.wishes.window, view.zone, t))
    return [Text(para(line)), Note(why)]


def next_buttons(view: CourseView, t: Catalogue) -> tuple[Button, ...]:
    """What one can do about the next lesson."""
    if not view.next_lesson:
        return (Button(t.t("Catch up"), encode(CatchUp(cohort=view.cohort.id)), typed="catchup"),)
    now = encode(Next(view.cohort.id, now=True, lesson=view.next_lesson.id))
    return (
        Button(t.t("Send it now"), now, typed="next now"),
        Button(t.t("Change time or days"), encode(Settings(cohort=view.cohort.id)), typed="settings"),
    )


def steps_for(view: CourseView, lesson: Lesson, t: Catalogue) -> Steps:
    """The level line of a lesson for overviews."""
    progress = view.progress[lesson.id]
    total = max(len(lesson.on(view.enrolment.track)), lesson.levels.gold)
    n = view.course.number(lesson.id)
    label = t.t(
        "{n}. {lesson}: {done} of {total}, {level}",
        n=n,
        lesson=t.of(lesson.title),
        done=len(progress.done),
        total=len(lesson.on(view.enrolment.track)),
        level=level_word(t, progress.level),
    )
    return Steps(len(progress.done), total, label)


def paused_until(until: datetime | None, zone: str, t: Catalogue) -> Line:
    if until is None:
        return t.line("Nothing comes until you resume.")
    return t.line("Nothing comes until {when}.", when=when(until, zone))
