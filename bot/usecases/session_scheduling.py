"""Preparing a session, announcing, changing, moving and cancelling it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.errors import NotAllowed, Slip
from bot.messages import session_desk, session_forms, session_recap, sessions
from bot.messages.blocks import Message, Reply
from bot.messages.session_desk import Clashes
from bot.messages.session_words import ref, title_of
from bot.model.cohort import Cohort
from bot.model.commands_ama import AnnounceSession, CancelSession, ChangeSession, MoveSession, ScheduleSession
from bot.model.course import Language
from bot.model.sessions import Session, SessionState, SessionTask, Task
from bot.ports import Found, Tx
from bot.rules.dates import parse_duration
from bot.rules.grammar_said import yes_or_no
from bot.rules.grammar_text import key, shown
from bot.rules.planner import zone_of
from bot.rules.session_times import (
    LEAST,
    MOST,
    is_urgent,
    lessons_near,
    local_times,
    moment_of,
    overlapping,
    parse_when,
    reminders,
)
from bot.rules.sessions import Act
from bot.rules.zones import find_zone
from bot.usecases.context import Parts, Who
from bot.usecases.session_looking import advance, led_cohorts, may, need_to_run, note, session_meant, view_for
from bot.usecases.session_posting import desks_for

T = TypeVar("T")
HOUR = 60
PREPARED = frozenset({SessionState.DRAFT})
LONGEST_NAME = 120
LONGEST_BIO = 600
LONGEST_LINK = 500
ALL_NEWS = frozenset(Task) - {Task.DESK, Task.AUDIENCE, Task.REFRESH}


async def schedule(parts: Parts, tx: Tx, who: Who, command: ScheduleSession) -> Reply:
    """Prepare a session from one line or the form, or change one. From the form every mistake is at its field."""
    before = await session_meant(tx, who, command.session) if command.session is not None else None
    if before is not None:
        await need_to_run(tx, who, before)
        may(Act.CHANGE, before)
    led = await led_cohorts(tx, who)
    if not led and before is None:
        raise NotAllowed("Only facilitators and course admins can schedule a session.")
    if command.title is None:
        return Reply(form=session_forms.schedule_form(before, led, await _values(tx, before, led, who), who.t))
    errors: dict[str, Slip] = {}
    made = await _read(tx, who, command, led, before, errors)
    if errors and who.caller.pressed:
        return Reply(errors=tuple((name, who.t.t(slip.text, **slip.values)) for name, slip in errors.items()))
    if errors or made is None:
        raise next(iter(errors.values()))
    if before is None:
        made = await tx.add_session(made)
        await note(tx, who, "ama.schedule", made)
    else:
        made = await _changed(tx, who, before, made)
    return Reply(say=await draft_card(parts, tx, who, made), close=True)


async def change(parts: Parts, tx: Tx, who: Who, command: ChangeSession) -> Reply:
    """The form with everything as it is."""
    session = await session_meant(tx, who, command.session, prefer=PREPARED, mine=True)
    await need_to_run(tx, who, session)
    may(Act.CHANGE, session)
    led = await led_cohorts(tx, who)
    return Reply(form=session_forms.schedule_form(session, led, await _values(tx, session, led, who), who.t))


async def draft_card(parts: Parts, tx: Tx, who: Who, session: Session) -> Message:
    """When it is for whom, and what it clashes with."""
    local = local_times(session.at, session.minutes, await tx.zones_in(session.cohorts))
    cohorts = [cohort for each in session.cohorts if (cohort := await tx.cohort(each))]
    view = await view_for(parts, tx, who, session)
    return session_desk.draft(view, local, await _clashes(parts, tx, session, cohorts), who.t)


async def _clashes(parts: Parts, tx: Tx, session: Session, cohorts: Sequence[Cohort]) -> Clashes:
    since = session.at - timedelta(minutes=MOST)
    planned = {SessionState.ANNOUNCED, SessionState.OPEN, SessionState.LIVE}
    others = await tx.sessions(session.cohorts, states=planned, since=since)
    holidays = []
    for cohort in cohorts:
        day = session.at.astimezone(zone_of(cohort.zone)).date()
        names = parts.holidays_near(cohort.region, day).get(day)
        if names is not None:
            holidays.append((cohort, day, names))
    return Clashes(
        tuple(overlapping(session.at, session.minutes, others, but=session.id)),
        tuple(lessons_near(session.at, session.minutes, cohorts)),
        tuple(holidays),
    )


# --- reading --------------------------------------------------------------------------------------------------


async def _values(tx: Tx, session: Session | None, led: Sequence[Cohort], who: Who) -> dict[str, str]:
    """What the form begins with."""
    if session is None:
        zone = who.person.zone or (led[0].zone if led else "UTC")
        day = (who.now + timedelta(days=7)).astimezone(zone_of(zone)).date()
        cohorts = str(led[0].id) if led else ""
        return {"day": day.isoformat(), "time": "13:00", "zone": zone, "length": "60 min", "cohorts": cohorts}
    people = await tx.people(session.hosts)
    names = {number: person.name or "" for number, person in people.items()}
    return {
        "title": session.titles.get(Language.EN, ""),
        "title_fr": session.titles.get(Language.FR, ""),
        "day": session.starts.date().isoformat(),
        "time": f"{session.starts:%H:%M}",
        "zone": session.zone,
        "length": f"{session.minutes} min",
        "cohorts": ",".join(map(str, session.cohorts)),
        "guest": session.guest,
        "bio": session.bios.get(Language.EN, ""),
        "bio_fr": session.bios.get(Language.FR, ""),
        "host": names.get(session.host_id or 0, ""),
        "cohosts": ", ".join(names.get(number, "") for number in session.cohosts),
        "link": session.link,
        "moderators": "yes" if session.seen_by_moderators else "no",
    }


async def _read(
    tx: Tx, who: Who, command: ScheduleSession, led: Sequence[Cohort], before: Session | None, errors: dict[str, Slip]
) -> Session | None:
    """The session that the words describe; mistakes are collected by field."""

    def read(name: str, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except Slip as slip:
            errors[name] = slip
        return None

    title = read("title", lambda: _words(command.title, LONGEST_NAME, "title", needed=True))
    zone = read("zone", lambda: find_zone(command.zone) if command.zone else who.person.zone or led[0].zone)
    starts = read("day" if command.day is not None else "when", lambda: _starts(command, who, zone or "UTC"))
    minutes = read("length", lambda: _minutes(command.length))
    cohorts = read("cohorts", lambda: _cohorts(command.cohorts, led, before))
    link = read("link", lambda: _words(command.link, LONGEST_LINK, "link"))
    bio = read("bio", lambda: _words(command.bio, LONGEST_BIO, "bio"))
    bio_fr = read("bio_fr", lambda: _words(command.bio_fr, LONGEST_BIO, "bio_fr"))
    hosts = await _hosts(tx, who, command, before, errors)
    if errors or title is None or zone is None or starts is None or minutes is None or cohorts is None or not hosts:
        return None
    titles = {Language.EN: title, Language.FR: (command.title_fr or "").strip()[:LONGEST_NAME]}
    if before is None and not titles[Language.FR] and command.day is None:
        titles = {who.t.language: title}  # typed, in whatever language
    made = before or Session(
        id=0,
        lane=who.lane,
        state=SessionState.DRAFT,
        titles={},
        starts=starts,
        zone=zone,
        at=who.now,
        minutes=minutes,
        uid=f"session-{secrets.token_hex(10)}@chatcourse",
        created_by=who.person.id,
        created_at=who.now,
        updated_at=who.now,
        cohorts=cohorts,
    )
    return replace(
        made,
        titles={language: words for language, words in titles.items() if words},
        starts=starts,
        zone=zone,
        at=moment_of(starts, zone),
        minutes=minutes,
        cohorts=cohorts,
        host_id=hosts[0],
        cohosts=tuple(hosts[1:]),
        guest=(command.guest or "").strip()[:LONGEST_NAME],
        bios={language: text for language, text in ((Language.EN, bio), (Language.FR, bio_fr)) if text},
        link=link or "",
        seen_by_moderators=_sees(command.moderators),
    )


def _words(text: str | None, most: int, field: str, *, needed: bool = False) -> str:
    said = " ".join((text or "").split())
    if needed and not said:
        raise Slip("Give it a title.", field=field, example='ama schedule "Ask a CIO" 2027-01-14 13:00')
    if len(said) > most:
        raise Slip("That is too long: at most {n} characters.", n=most, field=field)
    return said


def _starts(command: ScheduleSession | MoveSession, who: Who, zone: str) -> datetime:
    """The wall time that is meant in `zone`, which is still to come."""
    text = command.when if command.day is None else f"{command.day} at {command.time or ''}"
    today = who.now.astimezone(zone_of(zone)).date()
    starts = parse_when(text or "", today, who.t.language)
    at = moment_of(starts, zone)
    field = "time" if command.day is not None else "when"
    if at <= who.now:
        raise Slip("That moment is over. Choose one that is still to come.", field=field, example="tomorrow 13:00")
    if at > who.now + timedelta(days=732):
        raise Slip("That is more than two years away.", field=field, example="tomorrow 13:00")
    return starts


def _minutes(text: str | None) -> int:
    if not text:
        return HOUR
    minutes = int(parse_duration(text).total_seconds()) // 60
    if not LEAST <= minutes <= MOST:
        raise Slip(
            "A session takes from {least} minutes to {most} hours.", least=LEAST, most=MOST // 60, field="length"
        )
    return minutes


def _cohorts(text: str | None, led: Sequence[Cohort], before: Session | None) -> tuple[int, ...]:
    """Cohorts by name, or by number as the form has them."""
    if not text:
        if before is not None:
            return before.cohorts
        if len(led) == 1:
            return (led[0].id,)
        names = ", ".join(cohort.name for cohort in led[:8])
        example = f'ama schedule "Ask a CIO" 2027-01-14 13:00 cohort {led[0].name}'
        raise Slip("For which cohort? There are: {names}.", names=names, field="cohorts", example=example)
    chosen = []
    for word in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
        found = next((c for c in led if word == str(c.id) or key(c.name) == key(word)), None)
        if found is None:
            names = ", ".join(cohort.name for cohort in led[:8])
            raise Slip("There is no cohort “{name}” here. There are: {names}.", name=word, names=names, field="cohorts")
        chosen.append(found.id)
    return tuple(dict.fromkeys(chosen))


async def _hosts(
    tx: Tx, who: Who, command: ScheduleSession, before: Session | None, errors: dict[str, Slip]
) -> list[int]:
    """The host, then co-hosts, as person numbers; without a host, whoever schedules it."""
    known = await tx.people(before.hosts) if before else {}
    stay = {person.name: number for number, person in known.items() if person.name}
    asked = {"host": _split(command.host), "cohosts": _split(command.cohosts)}
    wanted = [word for words in asked.values() for word in words if word not in stay]
    found = {word: hits for word, hits in _looked_up(who, wanted).items() if len(hits) == 1}
    numbers: dict[str, list[int]] = {field: [] for field in asked}
    for field, words in asked.items():
        for word in words:
            hit = found.get(word, [None])[0]
            if word in stay:
                numbers[field].append(stay[word])
            elif hit is None or hit.address is None:
                sentence = "I cannot find “{word}” here."
                errors[field] = Slip(sentence, word=shown(word), field=field, example="ama schedule")
            else:
                ids = await tx.add_people([(hit.address, hit.profile)], who.now)
                numbers[field].append(ids[hit.address])
    return list(dict.fromkeys((*(numbers["host"] or [who.person.id]), *numbers["cohosts"])))


def _split(text: str | None) -> list[str]:
    return [word for part in (text or "").replace(";", ",").split(",") if (word := part.strip())]


def _looked_up(who: Who, words: Sequence[str]) -> dict[str, list[Found]]:
    """Who each of these words stands for; all are asked for at once, see `LookUp`."""
    hits: dict[str, list[Found]] = {}
    if words:
        who.find(words)
    for word in words:
        hits[word] = [each for each in who.find([word]) if each.address and not each.reason]
    return hits


def _sees(text: str | None) -> bool:
    return bool(text) and yes_or_no(key(text or "")) is True


# --- changing what was announced ------------------------------------------------------------------------------


async def _changed(tx: Tx, who: Who, before: Session, after: Session) -> Session:
    """Store a change. Of what was announced, people hear of another time; other changes show in their cards."""
    if after == before:
        return before
    if before.state is SessionState.DRAFT:
        await tx.save_session(after)
        return after
    if after.seen_by_moderators != before.seen_by_moderators:
        raise Slip(
            "Whether moderators see who asks was announced, and stays as it is.",
            field="moderators",
            example=f"ama show {ref(before)}",
        )
    after = replace(after, sequence=before.sequence + 1, updated_at=who.now)
    if after.at != before.at:
        after = await _move(tx, who, before, after)
    else:
        await tx.save_session(after)
        await tx.plan_task(SessionTask(after.id, Task.REFRESH, who.now))
    await note(tx, who, "ama.change", after)
    await desks_for(tx, who, after)
    return after


async def _move(tx: Tx, who: Who, before: Session, after: Session) -> Session:
    after = replace(after, state=may(Act.MOVE, before))
    await tx.save_session(after)
    urgent = is_urgent(who.now, before.at, after.at)
    await tx.plan_task(SessionTask(after.id, Task.CHANGE_NOW if urgent else Task.CHANGE, who.now))
    await tx.plan_task(SessionTask(after.id, Task.REFRESH, who.now))
    await _plan_reminders(tx, after, who.now, told_at=who.now)
    return after


async def _plan_reminders(tx: Tx, session: Session, now: datetime, told_at: datetime | None = None) -> None:
    due = reminders(session.at, now, told_at)
    for kind in (Task.DAY, Task.HOUR, Task.SOON):
        if kind in due:
            await tx.plan_task(SessionTask(session.id, kind, due[kind]))
        else:
            await tx.drop_task(session.id, kind)


async def announce(parts: Parts, tx: Tx, who: Who, command: AnnounceSession) -> Reply:
    """Invite everybody and open the question box."""
    session = await session_meant(tx, who, command.session, prefer=PREPARED, mine=True)
    await need_to_run(tx, who, session)
    may(Act.ANNOUNCE, session)
    if session.at <= who.now:
        raise Slip(
            "That moment is over. Choose one that is still to come.", example=f"ama move {ref(session)} tomorrow 13:00"
        )
    session = await advance(tx, session, Act.ANNOUNCE, announced_at=who.now, updated_at=who.now)
    await tx.plan_task(SessionTask(session.id, Task.INVITE, who.now))
    await _plan_reminders(tx, session, who.now)
    await note(tx, who, "ama.announce", session)
    await desks_for(tx, who, session)
    t = who.t
    people = sum((await tx.zones_in(session.cohorts)).values())
    line = t.line_n(
        "*{title}* is announced: {n} person is invited within their time window, and the question box is open. Your "
        "desk comes as a message.",
        "*{title}* is announced: {n} people are invited within their time window, and the question box is open. Your "
        "desk comes as a message.",
        people,
        title=title_of(session, t),
    )
    message = sessions.said(t, t.t("Announced"), line)
    return Reply(replace=message, say=None if who.caller.pressed else message)


async def move(parts: Parts, tx: Tx, who: Who, command: MoveSession) -> Reply:
    """To another moment, in the session's zone; everybody who did not decline is told once."""
    session = await session_meant(tx, who, command.session, mine=True)
    await need_to_run(tx, who, session)
    may(Act.MOVE, session)
    if command.when is None and command.day is None:
        return Reply(form=session_forms.move_form(await view_for(parts, tx, who, session), who.t))
    starts = _starts(command, who, session.zone)
    at = moment_of(starts, session.zone)
    if at == session.at:
        raise Slip("That is when it is planned already.", field="time", example=f"ama show {ref(session)}")
    after = replace(session, starts=starts, at=at, updated_at=who.now)
    if session.state is SessionState.DRAFT:
        await tx.save_session(after)
    else:
        after = await _move(tx, who, session, replace(after, sequence=session.sequence + 1))
        await note(tx, who, "ama.move", after)
        await desks_for(tx, who, after)
    return Reply(say=await draft_card(parts, tx, who, after), close=True)


async def cancel(parts: Parts, tx: Tx, who: Who, command: CancelSession) -> Reply:
    """Discard a draft at once; of what was announced, ask first, then everybody who did not decline is told once."""
    session = await session_meant(tx, who, command.session, mine=True)
    await need_to_run(tx, who, session)
    may(Act.CANCEL, session)
    t, announced = who.t, session.announced_at is not None
    if announced and not command.confirmed:
        return Reply(say=session_recap.cancel_question(await view_for(parts, tx, who, session), t))
    session = await advance(tx, session, Act.CANCEL, sequence=session.sequence + 1, updated_at=who.now, on_stage=None)
    await note(tx, who, "ama.cancel", session)
    if announced:
        for kind in ALL_NEWS:
            await tx.drop_task(session.id, kind)
        urgent = is_urgent(who.now, session.at)
        for kind in (Task.CHANGE_NOW if urgent else Task.CHANGE, Task.REFRESH):
            await tx.plan_task(SessionTask(session.id, kind, who.now))
        await tx.wish_task(session.id, Task.DESK, who.now)
    line = t.line("*{title}* does not take place.", title=title_of(session, t))
    message = sessions.said(t, t.t("Cancelled") if announced else t.t("Discarded"), line)
    return Reply(replace=message, say=None if who.caller.pressed else message)
