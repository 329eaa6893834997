"""What is stored about a person: shown, handed out, and erased."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from bot.messages.actions import encode
from bot.messages.blocks import File, Reply
from bot.messages.groups import WHY_WORDS
from bot.messages.groups_meetings import MET_WORDS, RATING_WORDS, RSVP_WORDS
from bot.messages.groups_starters import STANCE_WORDS
from bot.messages.lessons import WORTH_WORDS
from bot.messages.plans import day, when
from bot.messages.session_words import COMING_WORDS
from bot.messages.settings import forget_question, forgotten, my_data
from bot.messages.texts import Catalogue
from bot.messages.words import window_words
from bot.model.cohort import Enrolment
from bot.model.commands import ForgetMe, MyData
from bot.model.course import Course
from bot.model.delivery import Delivery
from bot.model.group_life import Met, Rating, Rsvp, Stance
from bot.model.groups import WhyChange
from bot.model.people import Address
from bot.model.progress import Worth
from bot.model.recognition import Credential
from bot.model.richtext import Line, Span
from bot.model.sessions import Coming
from bot.ports import Tx
from bot.usecases.context import Parts, Who
from bot.usecases.groups_moving import remove


async def my_data_card(parts: Parts, tx: Tx, who: Who, command: MyData) -> Reply:
    """Everything stored about the caller: readable, and as a JSON file with the same content."""
    data = await everything(tx, who)
    t = who.t
    if command.file:
        text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True)
        file = File("my-data.json", "application/json", text.encode(), t.t("Everything stored about you, as JSON"))
        return Reply(file=file, notice=t.t("Your file is ready."))
    zone = who.person.zone or "UTC"
    titles = Titles(parts.courses.all_latest())
    sections = [
        (t.t("You"), _about_you(data, who, t)),
        (t.t("Courses"), _courses(data, zone, t)),
        (t.t("Study groups"), [*_groups(data, zone, t), *_in_groups(data, titles, zone, t)]),
        (t.t("What you completed"), _completions(data, titles, zone, t)),
        (t.t("What you answered"), _answers(data, titles, t)),
        (t.t("Sessions"), _asked(data, t)),
        (t.t("Messages sent to you"), [t.line_n("{n} message.", "{n} messages.", len(data["messages"]))]),
    ]
    return Reply(say=my_data(sections, t, encode(MyData(file=True))))


async def everything(tx: Tx, who: Who) -> dict[str, Any]:
    """All stored facts about a person, as plain JSON values; moments in ISO UTC."""
    person = who.person
    data: dict[str, Any] = {
        "person": {
            "number": person.id,
            "name": person.name,
            "language": person.language.value,
            "zone": person.zone,
            "window": f"{person.window.start:%H:%M}-{person.window.end:%H:%M}" if person.window else None,
            "days": [day.name.lower() for day in sorted(person.days)] if person.days else None,
            "plain": person.plain,
            "reminders": person.nudges,
            "away": [[a.first.isoformat(), a.last.isoformat()] for a in person.absences],
        },
        "addresses": [str(address) for address in await tx.addresses(person.id)],
        "roles": [
            {"role": r.name.value, "workspace": r.lane, "cohort": r.cohort_id, "contributor": r.contributor}
            for r in await tx.roles_of(person.id)
        ],
        "about_me": await _about_me(tx, person.id),
        "not_in_my_group": await _avoided(tx, person.id),
        "study_groups": [],
        "study_group_answers": [],
        "courses": [],
        "completions": [],
        "answers": [],
        "feedback": [],
        "messages": [],
    }
    for enrolment in await tx.enrolments_of(person.id):
        cohort = await tx.cohort(enrolment.cohort_id)
        name = cohort.name if cohort else str(enrolment.cohort_id)
        data["courses"].append(
            {
                "cohort": name,
                "course": cohort.course_id if cohort else None,
                "state": enrolment.state.value,
                "track": enrolment.track,
                "joined": _iso(enrolment.joined_at),
                "confirmed": enrolment.ready,
                "tier": await tx.kept_tier(enrolment.id),
            }
        )
        data["study_groups"] += await _study_groups(tx, enrolment, name)
        data["study_group_answers"] += await _study_group_answers(tx, enrolment, name)
        for done in await tx.completions(enrolment.id):
            data["completions"].append(
                {
                    "cohort": name,
                    "lesson": done.lesson_id,
                    "activity": done.activity_id,
                    "at": _iso(done.done_at),
                }
            )
        for given in await tx.given(enrolment.id):
            data["answers"].append(
                {
                    "cohort": name,
                    "lesson": given.lesson_id,
                    "activity": given.activity_id,
                    "choice": given.choice,
                    "first_choice": given.first,
                    "text": given.text,
                    "shared": given.shared,
                    "at": _iso(given.at),
                }
            )
        for lesson, (worth, line) in (await tx.feedback(enrolment.id)).items():
            data["feedback"].append({"cohort": name, "lesson": lesson, "worth": worth.value, "line": line})
        data["messages"] += [_message(row, name) for row in await tx.deliveries_of(enrolment.id)]
    data["messages"] += [_message(row, None) for row in await tx.deliveries_to(person.id)]
    data["credentials"] = [
        credential_data(each) for one in await tx.enrolments_of(person.id) for each in await tx.credentials_of(one.id)
    ]
    consent = await tx.consent(person.id)
    data["name_shown"] = {"agreed": consent.named, "at": _iso(consent.at), "to": consent.wording} if consent else None
    data["lists"] = [{"list": number, "entry": status} for number, status in await tx.lists_about(person.id)]
    data["actions"] = [
        {"at": _iso(entry.at), "action": entry.action, "cohort": entry.cohort_id, "detail": dict(entry.detail)}
        for entry in await tx.audit_of(person.id)
    ]
    data["sessions"] = await _sessions(tx, person.id)
    return data


async def _sessions(tx: Tx, person_id: int) -> dict[str, Any]:
    """Invitations answered, questions under one's name and upvotes, and the sessions that one runs. Nothing here, and
    nothing elsewhere, knows what somebody asked anonymously."""
    led = await tx.sessions([], run_by=person_id)
    return {
        "invitations": [
            {"session": guest.session_id, "answer": guest.coming.value if guest.coming else None, "came": guest.came}
            for guest in await tx.guest_of(person_id)
        ],
        "questions": [
            {
                "session": each.session_id,
                "number": each.id,
                "text": each.text,
                "at": _iso(each.asked_at) if each.asked_at else None,
                "answered": each.verdict.value if each.verdict else None,
            }
            for each in await tx.questions_by(person_id)
        ],
        "upvotes": sorted(await tx.upvoted(person_id)),
        "led": [{"session": each.id, "titles": {k.value: v for k, v in each.titles.items()}} for each in led],
    }


def _asked(data: dict[str, Any], t: Catalogue) -> Sequence[Line]:
    about = data["sessions"]
    question = t.t("Question")
    lines = [t.line("{label}: {words}", label=question, words=Span(q["text"], italic=True)) for q in about["questions"]]
    for entry in about["invitations"]:
        answer = t.t(COMING_WORDS[Coming(entry["answer"])]) if entry["answer"] else t.t("no answer")
        came = t.t("; you were there") if entry["came"] else ""
        lines.append(t.line("Session #{number}: {answer}", number=entry["session"], answer=answer + came))
    if about["upvotes"]:
        lines.append(t.line_n("{n} question upvoted.", "{n} questions upvoted.", len(about["upvotes"])))
    return lines or [t.line("None.")]


async def _about_me(tx: Tx, person_id: int) -> dict[str, Any] | None:
    about = (await tx.about([person_id])).get(person_id)
    if about is None:
        return None
    return {
        "name": about.called,
        "line": about.line,
        "employer": about.employer,
        "jurisdiction": about.jurisdiction,
        "years": about.experience,
        "languages": sorted(language.value for language in about.languages),
    }


async def _avoided(tx: Tx, person_id: int) -> list[str]:
    """Whom somebody does not want in their group, by name; that is theirs alone to see."""
    others = sorted((await tx.avoided([person_id])).get(person_id, ()))
    known = await tx.people(others)
    return [(known[each].name if each in known else None) or str(each) for each in others]


async def _study_groups(tx: Tx, enrolment: Enrolment, cohort: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for member in (await tx.memberships([enrolment.id])).get(enrolment.id, ()):
        group = await tx.study_group(member.group_id)
        left = _iso(member.left_at) if member.left_at else None
        row = {"cohort": cohort, "group": group.number if group else None, "joined": _iso(member.joined_at)}
        rows.append({**row, "left": left, "left_by_own_wish": member.own_wish, "hosted": member.hosted})
    return rows + [
        {"cohort": cohort, "wish_for_another": wish.why.value, "at": _iso(wish.at), "open": wish.open}
        for wish in await tx.change_wishes_of(enrolment.id)
    ]


async def _study_group_answers(tx: Tx, enrolment: Enrolment, cohort: str) -> list[dict[str, Any]]:
    """RSVPs, votes on moments, answers to "did you meet?", stances on starters."""
    rsvps, votes, met, stances = await tx.life_of(enrolment.id)
    rows: list[dict[str, Any]] = [{"meeting": number, "rsvp": said.value} for number, said in rsvps.items()]
    rows += [{"meeting": number, "suits": [_iso(at) for at in sorted(chosen)]} for number, chosen in votes.items()]
    rows += [
        {
            "asked_on": each.asked_on.isoformat(),
            "met": each.answer.value,
            "rating": int(each.rating) if each.rating else None,
            "line": each.line,
            "at": _iso(each.at),
        }
        for each in met
    ]
    rows += [
        {
            "lesson": each.lesson_id,
            "activity": each.activity_id,
            "stance": each.stance.value,
            "named": each.named,
            "at": _iso(each.at),
        }
        for each in stances
    ]
    return [{"cohort": cohort, **row} for row in rows]


def credential_data(credential: Credential) -> dict[str, Any]:
    """What was issued, as it is stored; the secret opens the files and stays between the app and its owner."""
    return {
        "id": credential.id,
        "kind": credential.award.value,
        "course": credential.course_id,
        "lesson": credential.lesson_id or None,
        "grade": credential.grade,
        "issued": _iso(credential.issued_at),
        "name": credential.name,
        "name_shown": credential.named,
        "revoked": credential.revoked.value if credential.revoked else None,
        "reason": credential.why or None,
        "work": [
            {"lesson": each.lesson, "level": each.level.name.lower(), "done": each.done, "minutes": each.minutes}
            for each in credential.work
        ],
    }


def _message(row: Delivery, cohort: str | None) -> dict[str, Any]:
    return {
        "cohort": cohort,
        "kind": row.kind.value,
        "lesson": row.lesson_id,
        "state": row.state.value,
        "due": _iso(row.due_at),
        "sent": _iso(row.sent_at) if row.sent_at else None,
    }


async def forget_me(parts: Parts, tx: Tx, who: Who, command: ForgetMe) -> Reply:
    """Erase a person after one question that says what goes and what stays."""
    t = who.t
    if not command.confirmed:
        return Reply(say=forget_question(t))
    for enrolment in await tx.enrolments_of(who.person.id):
        who.wake |= await remove(tx, enrolment, who.now, own_wish=True)
    for address in await tx.addresses(who.person.id):
        platform = parts.platform_of(address)
        if platform is not None:
            who.after.append(_forgetter(platform.forget, address))
    await tx.forget_person(who.person.id)
    return Reply(replace=forgotten(t), say=None if who.caller.pressed else forgotten(t))


def _forgetter(forget: Callable[[Address], Awaitable[None]], address: Address) -> Callable[[], object]:
    return lambda: forget(address)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _about_you(data: dict[str, Any], who: Who, t: Catalogue) -> Sequence[Line]:
    person = who.person
    lines = [
        t.line("Name: {name}", name=person.name or t.t("not stored")),
        t.line("Time zone: {zone}", zone=person.zone or t.t("not stored")),
    ]
    if person.window:
        lines.append(t.line("Window: {window}", window=window_words(t, person.window)))
    lines += [t.line("Address: {address}", address=address) for address in data["addresses"]]
    return lines


def _courses(data: dict[str, Any], zone: str, t: Catalogue) -> Sequence[Line]:
    return [
        t.line("{cohort}, joined {when}", cohort=row["cohort"], when=when(datetime.fromisoformat(row["joined"]), zone))
        for row in data["courses"]
    ] or [t.line("None.")]


def _groups(data: dict[str, Any], zone: str, t: Catalogue) -> Sequence[Line]:
    """Groups, what one said about oneself, and the private list."""
    lines: list[Line] = []
    for row in data["study_groups"]:
        if "group" in row:
            joined = when(datetime.fromisoformat(row["joined"]), zone)
            lines.append(
                t.line("{cohort}, study group {n}, since {when}", cohort=row["cohort"], n=row["group"], when=joined)
            )
        else:
            why = t.t(WHY_WORDS[WhyChange(row["wish_for_another"])])
            lines.append(t.line("{cohort}, wish for another group: {why}", cohort=row["cohort"], why=why))
    about = data["about_me"] or {}
    for name, label in (
        ("name", t.t("Name shown to your group")),
        ("line", t.t("One line about you")),
        ("employer", t.t("Employer")),
        ("jurisdiction", t.t("Jurisdiction")),
        ("years", t.t("Years in your field")),
        ("languages", t.t("Languages you can talk in")),
    ):
        if value := about.get(name):
            words = ", ".join(value) if isinstance(value, list) else str(value)
            lines.append(t.line("{label}: {words}", label=label, words=Span(words, italic=True)))
    if data["not_in_my_group"]:
        names = ", ".join(data["not_in_my_group"])
        label = t.t("People you do not want in your group")
        lines.append(t.line("{label}: {words}", label=label, words=Span(names)))
    return lines or [t.line("None.")]


def _in_groups(data: dict[str, Any], titles: Titles, zone: str, t: Catalogue) -> Sequence[Line]:
    """What one answered in study groups."""
    lines: list[Line] = []
    for row in data["study_group_answers"]:
        if "rsvp" in row:
            words = t.t(RSVP_WORDS[Rsvp(row["rsvp"])])
            lines.append(t.line("Meeting {n}: {words}", n=row["meeting"], words=words))
        elif "suits" in row:
            line = t.line_n(
                "Meeting {number}: {n} moment suits you",
                "Meeting {number}: {n} moments suit you",
                len(row["suits"]),
                number=row["meeting"],
            )
            lines.append(line)
        elif "met" in row:
            said = " · ".join(
                part
                for part in (
                    t.t(MET_WORDS[Met(row["met"])]),
                    t.t(RATING_WORDS[Rating(row["rating"])]) if row["rating"] else "",
                    row["line"],
                )
                if part
            )
            asked = day(date.fromisoformat(row["asked_on"]), zone)
            lines.append(t.line("{day}: {words}", day=asked, words=Span(said, italic=True)))
        else:
            stance = t.t(STANCE_WORDS[Stance(row["stance"])])
            title = titles.activity(row["lesson"], row["activity"], t)
            lines.append(t.line("{label}: {words}", label=title, words=Span(stance, italic=True)))
    return lines


def _completions(data: dict[str, Any], titles: Titles, zone: str, t: Catalogue) -> Sequence[Line]:
    return [
        t.line(
            "{lesson}, {activity}: {when}",
            lesson=titles.lesson(row["lesson"], t),
            activity=titles.activity(row["lesson"], row["activity"], t),
            when=when(datetime.fromisoformat(row["at"]), zone),
        )
        for row in data["completions"]
    ] or [t.line("None.")]


def _answers(data: dict[str, Any], titles: Titles, t: Catalogue) -> Sequence[Line]:
    lines: list[Line] = []
    for row in data["answers"]:
        words = row["text"] or titles.option(row["lesson"], row["activity"], row["choice"], t)
        title = titles.activity(row["lesson"], row["activity"], t)
        lines.append(t.line("{label}: {words}", label=title, words=Span(words, italic=True)))
    for row in data["feedback"]:
        worth = t.t(WORTH_WORDS[Worth(row["worth"])])
        line = f" · {row['line']}" if row["line"] else ""
        lesson = titles.lesson(row["lesson"], t)
        lines.append(t.line("{lesson}, worth your time: {worth}", lesson=lesson, worth=worth + line))
    return lines or [t.line("None.")]


class Titles:
    """The titles behind stored ids, as far as the newest editions know them."""

    def __init__(self, courses: Sequence[Course]) -> None:
        self._lessons = {lesson.id: lesson for course in courses for lesson in course.lessons}

    def lesson(self, lesson_id: str, t: Catalogue) -> str:
        lesson = self._lessons.get(lesson_id)
        return t.of(lesson.title) if lesson else lesson_id

    def activity(self, lesson_id: str, activity_id: str, t: Catalogue) -> str:
        lesson = self._lessons.get(lesson_id)
        activity = lesson.activity(activity_id) if lesson else None
        return t.of(activity.title) if activity else activity_id

    def option(self, lesson_id: str, activity_id: str, option_id: str | None, t: Catalogue) -> str:
        lesson = self._lessons.get(lesson_id)
        activity = lesson.activity(activity_id) if lesson else None
        option = activity.option(option_id or "") if activity else None
        return t.of(option.label) if option else option_id or ""
