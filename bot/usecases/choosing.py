"""What a person chooses: language, zone, window, days, track, plain mode, reminders."""

from __future__ import annotations

from dataclasses import replace

from bot.errors import Slip
from bot.messages.blocks import Reply
from bot.messages.plans import when
from bot.messages.settings import settings_form, settings_saved
from bot.messages.views import CourseView
from bot.messages.welcome import welcome, welcome_topic
from bot.model.cohort import Cohort, Enrolment, EnrolmentState
from bot.model.commands import (
    SetDays,
    SetLanguage,
    SetNudges,
    SetPlain,
    Settings,
    SetTrack,
    SetWindow,
    SetZone,
)
from bot.model.course import Course, Language, Track
from bot.model.delivery import DeliveryState, Kind
from bot.model.people import Person
from bot.model.richtext import Line
from bot.ports import Tx
from bot.rules.dates import parse_days, parse_window
from bot.rules.grammar_text import key, spellings
from bot.rules.zones import find_zone
from bot.usecases.context import Parts, Who
from bot.usecases.looking import course_view
from bot.usecases.schedule import reschedule
from bot.usecases.who import HERE, my_enrolment

LANGUAGES = {
    "en": Language.EN,
    "english": Language.EN,
    "anglais": Language.EN,
    "fr": Language.FR,
    "french": Language.FR,
    "français": Language.FR,
    "francais": Language.FR,
}


async def settings(parts: Parts, tx: Tx, who: Who, command: Settings) -> Reply:
    """The form with what holds now; or save what the form brings. Every mistake keeps the form open."""
    mine = await _mine(parts, tx, who, command.cohort)
    if not command.save:
        view = await course_view(parts, tx, mine[1], mine[0], who.person) if mine else None
        zone = who.person.zone or (mine[1].zone if mine else "UTC")
        return Reply(form=settings_form(view, who.person, zone, who.t))
    person = who.person
    errors: list[tuple[str, str]] = []
    for name, value in (
        ("language", command.language),
        ("zone", command.zone),
        ("window", command.window),
        ("days", command.days),
    ):
        if value is None or (value == "" and name != "days"):
            continue
        try:
            person = changed(person, name, value)
        except Slip as slip:
            errors.append((name, who.t.t(slip.text, **slip.values)))
    if errors:
        return Reply(errors=tuple(errors))
    if command.plain is not None:
        person = replace(person, plain=command.plain)
    if command.nudges is not None:
        person = replace(person, nudges=command.nudges)
    if command.track is not None and mine:
        enrolment = await _set_track(parts, tx, who, mine[0], mine[1], command.track)
        mine = (enrolment, mine[1])
    return await _save(parts, tx, who, person, mine)


def changed(person: Person, name: str, value: str) -> Person:
    """The person with one setting changed, from what was typed. Raises Slip."""
    match name:
        case "language":
            language = LANGUAGES.get(value.strip().lower())
            if language is None:
                raise Slip("“{word}” is not a language of this course: en or fr.", word=value, example="lang fr")
            return replace(person, language=language, language_chosen=True)
        case "zone":
            return replace(person, zone=find_zone(value))
        case "window":
            return replace(person, window=parse_window(value))
        case _:
            if value.strip().lower() in ("", "any", "all", "default", "tous"):
                return replace(person, days=None)
            return replace(person, days=frozenset(parse_days(value)))


async def set_language(parts: Parts, tx: Tx, who: Who, command: SetLanguage) -> Reply:
    return await _one(parts, tx, who, "language", command.language)


async def set_zone(parts: Parts, tx: Tx, who: Who, command: SetZone) -> Reply:
    return await _one(parts, tx, who, "zone", command.zone)


async def set_window(parts: Parts, tx: Tx, who: Who, command: SetWindow) -> Reply:
    return await _one(parts, tx, who, "window", command.window)


async def set_days(parts: Parts, tx: Tx, who: Who, command: SetDays) -> Reply:
    return await _one(parts, tx, who, "days", command.days)


async def set_plain(parts: Parts, tx: Tx, who: Who, command: SetPlain) -> Reply:
    if command.on is None:
        return await settings(parts, tx, who, Settings())
    return await _save(parts, tx, who, replace(who.person, plain=command.on), await _mine(parts, tx, who, None))


async def set_nudges(parts: Parts, tx: Tx, who: Who, command: SetNudges) -> Reply:
    if command.on is None:
        return await settings(parts, tx, who, Settings())
    return await _save(parts, tx, who, replace(who.person, nudges=command.on), await _mine(parts, tx, who, None))


async def set_track(parts: Parts, tx: Tx, who: Who, command: SetTrack) -> Reply:
    """Change the track; work done on another track is kept and counts."""
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    if command.track is None:
        return await settings(parts, tx, who, Settings(cohort=cohort.id))
    enrolment = await _set_track(parts, tx, who, enrolment, cohort, command.track)
    return await _save(parts, tx, who, who.person, (enrolment, cohort))


async def _one(parts: Parts, tx: Tx, who: Who, name: str, value: str | None) -> Reply:
    mine = await _mine(parts, tx, who, None)
    if not value:
        return await settings(parts, tx, who, Settings(cohort=mine[1].id if mine else None))
    return await _save(parts, tx, who, changed(who.person, name, value), mine)


async def _mine(parts: Parts, tx: Tx, who: Who, cohort_id: int | None) -> tuple[Enrolment, Cohort] | None:
    try:
        return await my_enrolment(parts, tx, who, cohort_id)
    except Slip:
        return None


def _track_called(course: Course, said: str) -> Track | None:
    """The track that is meant by its id, by its title in any language, or by a title without its first words."""
    word = said.strip().casefold()
    titles = [(track, title) for track in course.tracks for title in track.title.values()]
    return (
        course.track(word)
        or next((track for track, title in titles if key(title) == key(said)), None)
        or next((track for track, title in titles if spellings(title) & spellings(said)), None)
    )


async def _set_track(parts: Parts, tx: Tx, who: Who, enrolment: Enrolment, cohort: Cohort, wanted: str) -> Enrolment:
    course = parts.course_of(cohort)
    word = wanted.strip().casefold()
    if word in ("", "later", "none"):
        track_id = None
    else:
        track = _track_called(course, wanted)
        if track is None:
            ids = ", ".join(t.id for t in course.tracks)
            raise Slip(
                "There is no track “{word}”. There are: {tracks}.",
                word=wanted,
                tracks=ids,
                example=f"track {course.tracks[0].id}" if course.tracks else "home",
                field="track",
            )
        track_id = track.id
    if track_id == enrolment.track:
        return enrolment
    moved = replace(enrolment, track=track_id)
    await tx.save_enrolment(moved)
    return moved


async def _save(parts: Parts, tx: Tx, who: Who, person: Person, mine: tuple[Enrolment, Cohort] | None) -> Reply:
    timing = (person.zone, person.window, person.days) != (who.person.zone, who.person.window, who.person.days)
    await tx.save_person(person)
    who.person, who.t = person, parts.t(person.language)
    if timing:
        await reschedule(parts, tx, person)
    view: CourseView | None = None
    line: Line = ()
    if mine:
        enrolment = await tx.enrolment(mine[0].id) or mine[0]
        view = await course_view(parts, tx, mine[1], enrolment, person)
        if view.planned and view.next_lesson and enrolment.state is EnrolmentState.ACTIVE:
            line = who.t.line(
                "Your next lesson, *{lesson}*, comes {when}.",
                lesson=who.t.of(view.next_lesson.title),
                when=when(view.planned.at, view.zone),
            )
    await _refresh_lessons(tx, who)
    if view and who.caller.topic == welcome_topic(view.cohort.id):
        other = parts.t(Language.FR if person.language is Language.EN else Language.EN)
        own_wish = view.enrolment.added_by is None
        adder = await tx.person(view.enrolment.added_by) if view.enrolment.added_by else None
        again = welcome(view, who.t, adder.name if adder else None, own_wish=own_wish, other=other)
        return Reply(replace=again, notice=who.t.t("Saved."), close=True)
    return Reply(say=settings_saved(view, person, who.t, line), notice=who.t.t("Saved."), close=True)


async def _refresh_lessons(tx: Tx, who: Who) -> None:
    """The current lesson follows a change of language, track or plain mode."""
    for enrolment in await tx.enrolments_of(who.person.id):
        if enrolment.state not in HERE:
            continue
        sent = await tx.deliveries_of(enrolment.id, kinds={Kind.LESSON}, states={DeliveryState.SENT})
        for row in sent[-2:]:
            if await tx.want_refresh(row.key, who.now):
                who.wake.add(row.address.lane)
