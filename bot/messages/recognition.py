"""What is said about certificates and badges: to their owners, and to admins."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from bot.messages.actions import encode, numbered
from bot.messages.blocks import (
    Block,
    Button,
    Buttons,
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
from bot.messages.home import next_tier
from bot.messages.pictures import badge_alt, preview
from bot.messages.texts import N_, Catalogue
from bot.messages.typing import name_typed
from bot.messages.views import CourseView
from bot.messages.words import level_word, minutes, para
from bot.model.cohort import Cohort
from bot.model.commands import Badge, Certificate, Certificates
from bot.model.course import BadgeLevel, Course
from bot.model.recognition import Credential, Revoked
from bot.model.richtext import Line, Picture, Span
from bot.model.work import Job, JobState

WORDING = "2026-11: my name may be read by whoever verifies my certificate or badge"
"""What people agreed to; a new wording is a new question."""

LONGEST_REASON = 150
"""Characters: a button has to hold it."""

STATES = {None: N_("valid"), Revoked.REPLACED: N_("replaced"), Revoked.WITHDRAWN: N_("revoked")}


def certificate_card(view: CourseView, credential: Credential, t: Catalogue) -> Message:
    """The certificate with its picture, what stands on it, and what its owner can do with it."""
    title = t.t("Your certificate for {course}", course=t.of(credential.course))
    blocks: list[Block] = [Title(title), *preview(view, credential, t), Facts(tuple(_facts(credential, t)))]
    blocks += next_tier(view.outlook, t)
    blocks += [
        Text(para(_file_line(t))),
        _buttons(view, credential, t),
        Note(_name_line(credential, t)),
    ]
    return Message(t.language, title, tuple(blocks))


def certificate_news(view: CourseView, credential: Credential, t: Catalogue) -> Message:
    """It was just issued: nothing more is missing."""
    title = t.t("Your certificate is here")
    line = t.line(
        "You did everything *{course}* asks. You reached: *{tier}*.",
        course=t.of(credential.course),
        tier=t.of(credential.title),
    )
    get = Button(t.t("Get my certificate"), encode(Certificate(view.cohort.id)), Look.PRIMARY, typed="certificate")
    return Message(t.language, title, (Title(title), Text(para(line)), *preview(view, credential, t), Buttons((get,))))


def linkedin(credential: Credential, issuer: str, address: str, t: Catalogue) -> str:
    """The page on which LinkedIn asks whether to add a certificate, filled in. Nothing is sent before one agrees."""
    values = {
        "startTask": "CERTIFICATION_NAME",
        "name": f"{t.of(credential.course)}: {t.of(credential.title)}",
        "organizationName": issuer,
        "issueYear": credential.issued_at.year,
        "issueMonth": credential.issued_at.month,
        "certUrl": address,
        "certId": credential.id,
    }
    return f"https://www.linkedin.com/profile/add?{urlencode(values)}"


def badge_list(view: CourseView, t: Catalogue) -> Message:
    """The badges earned so far, each with a press to get it."""
    title = t.t("Your badges in {course}", course=t.of(view.course.title))
    blocks: list[Block] = [Title(title)]
    for lesson_id, progress in view.progress.items():
        number = view.course.number(lesson_id)
        if not progress.level:
            continue
        name = t.of(view.lessons[lesson_id].title)
        get = Button(
            t.t("Get the badge"),
            encode(Badge(view.cohort.id, lesson_id)),
            spoken=t.t("Get the badge: {title}", title=name),
            typed=f"badge {number}" if number else "",
        )
        head: Line = (Span(name, bold=True), Span(f" · {level_word(t, progress.level)}"))
        blocks.append(Item(str(number or "•"), head, done=True, buttons=(get,)))
    if len(blocks) == 1:
        blocks.append(Text(para(t.line("No badge yet. One activity of a lesson is enough for the first."))))
    return Message(t.language, title, tuple(blocks))


def badge_card(view: CourseView, credential: Credential, t: Catalogue) -> Message:
    level = BadgeLevel(credential.rank)
    title = t.t("Your badge: {lesson}, {level}", lesson=t.of(credential.title), level=level_word(t, level))
    blocks: list[Block] = [Title(title)]
    if not view.person.plain:
        blocks.append(Text((Picture(view.links.badge(level.name.lower(), t.language), badge_alt(level, t)),)))
    line = t.line("The picture holds a signed record. Whoever has it can verify it, also without you.")
    verify = Button(t.t("Open the verification page"), href=view.links.verify(credential.id))
    return Message(t.language, title, (*blocks, Text(para(line)), Buttons((verify,))))


# --- for admins ---------------------------------------------------------------------------------------------------


def cohort_certificates(
    cohort: Cohort, course: Course, counts: Mapping[tuple[str, Revoked | None], int], t: Catalogue
) -> Message:
    """How many were issued of each tier, and what can be done."""
    title = t.t("Certificates of {cohort}", cohort=cohort.name)
    blocks: list[Block] = [Title(title)]
    titles = {tier.id: t.of(tier.title) for tier in course.certificate}
    pairs: list[tuple[str, Line]] = []
    for (grade, revoked_), n in sorted(counts.items(), key=lambda pair: (str(pair[0][1] or ""), pair[0][0])):
        pairs.append((f"{titles.get(grade, grade)} · {t.t(STATES[revoked_])}", (Span(str(n)),)))
    if pairs:
        blocks.append(Facts(tuple(pairs)))
    else:
        blocks.append(Text(para(t.line("None has been issued yet."))))
    blocks.append(
        Note(
            t.line(
                "They are issued by themselves when the cohort closes, or when somebody has done all the course asks."
            )
        )
    )
    name, number = name_typed(cohort.name), numbered(cohort)
    buttons = (
        Button(
            t.t("Issue what is due"),
            encode(Certificates(number, "issue")),
            Look.PRIMARY,
            typed=f"cohort certificates {name} issue",
        ),
        Button(
            t.t("List as a file"), encode(Certificates(number, file=True)), typed=f"cohort certificates {name} file"
        ),
        Button(
            t.t("Reissue one"), encode(Certificates(number, "reissue")), typed=f"cohort certificates {name} reissue"
        ),
        Button(
            t.t("Revoke one"),
            encode(Certificates(number, "revoke")),
            Look.DANGER,
            typed=f"cohort certificates {name} revoke",
        ),
    )
    return Message(t.language, title, (*blocks, Buttons(buttons)))


def certificate_form(cohort: Cohort, command: Certificates, t: Catalogue) -> Form:
    """Whose certificate, and for taking it back, why."""
    action = encode(Certificates(numbered(cohort), command.act))
    whose = TextField(
        "person", t.t("Whose certificate"), command.person or "", t.t("A mention or an e-mail address"), required=True
    )
    if command.act == "reissue":
        words = t.line("For a new name: the certificate is issued again, and the old one says that it was replaced.")
        return Form(
            t.language, t.t("Reissue a certificate"), action, (Text(para(words)),), (whose,), submit=t.t("Reissue")
        )
    words = t.line("Its page says at once that it was revoked. The reason is kept, and not published.")
    why = TextField("reason", t.t("Why"), command.reason or "", max_length=LONGEST_REASON, required=True)
    return Form(
        t.language, t.t("Revoke a certificate"), action, (Text(para(words)),), (whose, why), submit=t.t("Go on")
    )


def revoke_question(cohort: Cohort, command: Certificates, t: Catalogue) -> Message:
    title = t.t("Revoke this certificate?")
    line = t.line("It cannot be made valid again. Reason: {reason}", reason=command.reason)
    person = name_typed(command.person or "")
    typed = f"cohort certificates {name_typed(cohort.name)} revoke {person} because {command.reason} confirm"
    sure = Certificates(numbered(cohort), "revoke", command.person, command.reason, confirmed=True)
    button = Button(t.t("Revoke"), encode(sure), Look.DANGER, typed=typed)
    return Message(t.language, title, (Title(title), Text(para(line)), Buttons((button,))))


def revoked(cohort: Cohort, t: Catalogue) -> Message:
    return _told(t, t.t("Revoked"), t.line("The certificate is revoked; its page says so from now on."))


def reissued(cohort: Cohort, t: Catalogue) -> Message:
    line = t.line("The certificate is issued again and on its way; the old one says that it was replaced.")
    return _told(t, t.t("Issued again"), line)


def batch(job: Job, cohort: Cohort, counts: Mapping[str, int], t: Catalogue) -> Message:
    """How far a batch is."""
    title = t.t("Certificates of {cohort}", cohort=cohort.name)
    total = sum(counts.values())
    open_ = counts.get("found", 0)
    if job.state is JobState.WORKING:
        line = t.line("Issuing: {done} of {total}.", done=total - open_, total=total)
    else:
        line = t.line_n("{n} certificate was issued.", "{n} certificates were issued.", counts.get("done", 0))
    facts: list[tuple[str, Line]] = [
        (t.t("Had one already"), (Span(str(counts.get("already", 0))),)),
        (t.t("Not due"), (Span(str(counts.get("missing", 0))),)),
    ]
    return Message(t.language, title, (Title(title), Text(para(line)), Facts(tuple(facts))), topic=f"job/{job.id}")


def list_header(t: Catalogue) -> list[str]:
    return [t.t("Name"), t.t("Certificate"), t.t("Issued"), t.t("State"), t.t("Number")]


def list_row(credential: Credential, t: Catalogue) -> tuple[str, ...]:
    return (
        credential.name or "–",
        t.of(credential.title),
        credential.issued_at.date().isoformat(),
        t.t(STATES[credential.revoked]),
        credential.id,
    )


# --- parts --------------------------------------------------------------------------------------------------------


def _told(t: Catalogue, title: str, line: Line) -> Message:
    return Message(t.language, title, (Title(title), Text(para(line))))


def _facts(credential: Credential, t: Catalogue) -> list[tuple[str, Line]]:
    return [
        (t.t("Reached"), (Span(t.of(credential.title), bold=True),)),
        (t.t("Issued"), (Span(credential.issued_at.date().isoformat()),)),
        (t.t("Work"), (Span(_work(credential, t)),)),
    ]


def _work(credential: Credential, t: Catalogue) -> str:
    lessons = t.tn("{n} lesson", "{n} lessons", len(credential.work))
    return f"{lessons}, {minutes(t, credential.minutes)}"


def _file_line(t: Catalogue) -> Line:
    return t.line("The file is a PDF in English and French. Anybody can verify it at the address printed on it.")


def _name_line(credential: Credential, t: Catalogue) -> Line:
    if credential.named:
        return t.line("Whoever verifies it reads your name. Type `certificate name no` to change that.")
    return t.line("Whoever verifies it does not read your name. Type `certificate name yes` to change that.")


def _buttons(view: CourseView, credential: Credential, t: Catalogue) -> Buttons:
    links, cohort = view.links, view.cohort.id
    page = links.verify(credential.id)
    label = t.t("Hide my name") if credential.named else t.t("Show my name")
    spoken = (
        t.t("Hide my name from whoever verifies the certificate")
        if credential.named
        else t.t("Show my name to whoever verifies the certificate")
    )
    return Buttons(
        (
            Button(t.t("Everything as a zip"), encode(Certificate(cohort, everything=True)), typed="certificate all"),
            Button(t.t("Verification page"), href=page),
            Button(t.t("Add to LinkedIn"), href=linkedin(credential, links.issuer, page, t)),
            Button(
                label,
                encode(Certificate(cohort, named=not credential.named)),
                spoken=spoken,
                typed=f"certificate name {'no' if credential.named else 'yes'}",
            ),
        )
    )
