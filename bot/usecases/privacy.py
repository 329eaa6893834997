"""What is stored about a person: shown, handed out, and erased."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.messages.actions import encode
from bot.messages.blocks import File, Reply
from bot.messages.lessons import WORTH_WORDS
from bot.messages.plans import when
from bot.messages.settings import forget_question, forgotten, my_data
from bot.messages.texts import Catalogue
from bot.messages.words import window_words
from bot.model.commands import ForgetMe, MyData
from bot.model.course import Course
from bot.model.delivery import Delivery
from bot.model.people import Address
from bot.model.progress import Worth
from bot.model.recognition import Credential
from bot.model.richtext import Line, Span
from bot.ports import Tx
from bot.usecases.context import Parts, Who


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
        (t.t("What you completed"), _completions(data, titles, zone, t)),
        (t.t("What you answered"), _answers(data, titles, t)),
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
    return data


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
