"""What people can ask for. Buttons, forms and typed text all become one of these.

Every class has a `verb` ("course.done"), which names it in buttons and in the documentation, and only fields of type
`str`, `int`, `bool` (each perhaps None), so that a command fits into a button and comes back equal.
A field that is None was not said; the use case finds what is meant (for example: the lesson sent last).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar, dataclass_transform

from bot.model.people import Address, Profile


@dataclass(frozen=True)
class Command:
    """Base of everything people can ask for."""

    verb: ClassVar[str]

    @property
    def traceless(self) -> bool:
        """Whether nothing may be stored that says who asked for it, not even that somebody did something then."""
        return False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and from where.

    `room` is the room in which the words were said (None in a direct message, on the home card or in a form);
    `pressed` is true when it came from a button or form, false when it was typed; `on_home` when that button
    is on the home card; `delivery_key` and `topic` are those of the message whose button was pressed (None for forms);
    `event_id` is the platform's own id of this event, by which a repetition is recognised.
    """

    address: Address
    profile: Profile = field(default_factory=Profile)
    room: Address | None = None
    pressed: bool = False
    on_home: bool = False
    delivery_key: str | None = None
    topic: str | None = None
    event_id: str | None = None


C = TypeVar("C", bound=type[Command])


@dataclass_transform(frozen_default=True)
def command(verb: str) -> Callable[[C], C]:
    """Class decorator: a frozen dataclass that is known under `verb`."""

    def decorate(cls: C) -> C:
        cls.verb = verb
        COMMANDS[verb] = dataclass(frozen=True)(cls)
        return cls

    return decorate


COMMANDS: dict[str, type[Command]] = {}
"""Every command by its verb."""


# course: everyone


@dataclass(frozen=True)
class _InLesson(Command):
    """Something done in a lesson; `number` is the activity's number as shown, `activity` its id."""

    cohort: int | None = None
    lesson: str | None = None
    activity: str | None = None
    number: int | None = None


@command("course.home")
class Home(Command):
    pass


@command("course.list")
class ListCourses(Command):
    pass


@command("course.join")
class Join(Command):
    cohort: str | None = None


@command("course.welcome")
class ShowWelcome(Command):
    """Show the welcome of a cohort anew (for example with its settings changed)."""

    cohort: int | None = None


@command("course.start")
class StartNow(Command):
    """Begin: confirm to be in, and get the next lesson at once."""

    cohort: int | None = None


@command("course.ready")
class AnswerReady(Command):
    """The answer to "still in?"."""

    yes: bool
    cohort: int | None = None


@command("course.next")
class Next(Command):
    """When the next lesson comes, and why then; `now` asks for it at once, and a button names the `lesson` it means, so
    that pressing it twice brings no second one."""

    cohort: int | None = None
    now: bool = False
    lesson: str | None = None


@command("course.catchup")
class CatchUp(Command):
    """The lessons that wait, oldest first; with `lesson`, send that one."""

    cohort: int | None = None
    lesson: str | None = None


@command("course.progress")
class Progress(Command):
    cohort: int | None = None


@command("course.open")
class Open(_InLesson):
    """Read an activity's full text; `again` asks a quiz anew."""

    again: bool = False


@command("course.done")
class Done(_InLesson):
    """Mark an activity done."""


@command("course.undo")
class Undo(_InLesson):
    """Take back a completion; without an activity, the latest one."""


@command("course.vote")
class Vote(_InLesson):
    """Choose an option of a poll or a quiz: `option` is its id, `letter` its letter as shown."""

    option: str | None = None
    letter: str | None = None


@command("course.answer")
class Answer(_InLesson):
    """Write a reflection, or a note to a task or starter."""

    text: str | None = None
    shared: bool = False


@command("course.stance")
class Stance(_InLesson):
    """Take a private stance on a conversation starter."""

    text: str | None = None


@command("course.timebox")
class TimeBox(Command):
    """Show what fits into `minutes`; None shows everything."""

    minutes: int | None = None
    cohort: int | None = None
    lesson: str | None = None


@command("course.lesson")
class ShowLesson(Command):
    """Show a lesson that was already sent, as it is now."""

    cohort: int | None = None
    lesson: str | None = None


@command("course.feedback")
class Feedback(Command):
    """Was the lesson worth your time? `worth` is yes, partly or no; `line` an optional sentence."""

    worth: str
    cohort: int | None = None
    lesson: str | None = None
    line: str | None = None
    ask: bool = False


@command("course.skip")
class Skip(Command):
    """Leave out a lesson; it stays in the catch-up list."""

    cohort: int | None = None
    lesson: str | None = None


@command("course.snooze")
class Snooze(Command):
    """Hold lessons until a date as typed ("monday", "2026-12-20"); None asks for it."""

    until: str | None = None
    cohort: int | None = None


@command("course.pause")
class Pause(Command):
    cohort: int | None = None


@command("course.resume")
class Resume(Command):
    cohort: int | None = None


@command("course.stay")
class Stay(Command):
    """A sign of life after reminders: stop them and go on."""

    cohort: int | None = None


@command("course.away")
class Away(Command):
    """Days away, as typed; "none" removes them."""

    first: str | None = None
    last: str | None = None


@command("course.settings")
class Settings(Command):
    """Change several settings at once from the form; None leaves a setting alone."""

    language: str | None = None
    zone: str | None = None
    window: str | None = None
    days: str | None = None
    track: str | None = None
    plain: bool | None = None
    nudges: bool | None = None
    cohort: int | None = None
    save: bool = False


@command("course.window")
class SetWindow(Command):
    window: str | None = None


@command("course.days")
class SetDays(Command):
    days: str | None = None


@command("course.tz")
class SetZone(Command):
    zone: str | None = None


@command("course.lang")
class SetLanguage(Command):
    language: str | None = None


@command("course.track")
class SetTrack(Command):
    track: str | None = None
    cohort: int | None = None


@command("course.plain")
class SetPlain(Command):
    on: bool | None = None


@command("course.nudges")
class SetNudges(Command):
    on: bool | None = None


@command("course.certificate")
class Certificate(Command):
    """The certificate, or what is missing for it. `everything` asks for all files in one; `named` says whether whoever
    verifies it may read one's name."""

    cohort: int | None = None
    everything: bool = False
    named: bool | None = None


@command("course.badge")
class Badge(Command):
    """The badge of a lesson as a picture that others can verify; without one, the badges earned so far."""

    cohort: int | None = None
    lesson: str | None = None


@command("course.mydata")
class MyData(Command):
    """Everything stored about the caller; `file` asks for the JSON file."""

    file: bool = False


@command("course.forget")
class ForgetMe(Command):
    confirmed: bool = False


@command("course.leave")
class Leave(Command):
    cohort: int | None = None
    confirmed: bool = False


@command("course.help")
class Help(Command):
    topic: str | None = None


# cohort: admins


@command("cohort.home")
class CohortHome(Command):
    pass


@command("cohort.create")
class CreateCohort(Command):
    """Everything as typed; without a course, opens the form."""

    course: str | None = None
    start: str | None = None
    slots: str | None = None
    name: str | None = None
    zone: str | None = None
    region: str | None = None
    window: str | None = None


@command("cohort.enrol")
class Enrol(Command):
    """Dry run: find the people in `people` (mentions, groups, e-mails, a pasted list) and in `file` (CSV)."""

    cohort: str | None = None
    people: str | None = None
    file: str | None = None


@command("cohort.enrol-confirm")
class ConfirmEnrol(Command):
    """Enrol everybody whom the dry run `job` found; `undo` takes that back."""

    job: int
    undo: bool = False


@command("cohort.launch")
class Launch(Command):
    cohort: str | None = None
    confirmed: bool = False


@command("cohort.status")
class Status(Command):
    cohort: str | None = None


@command("cohort.people")
class People(Command):
    cohort: str | None = None
    page: int = 1
    file: bool = False


@command("cohort.failures")
class Failures(Command):
    cohort: str | None = None


@command("cohort.resend")
class Resend(Command):
    """Send again what failed, and only that: what may have arrived only where that is asked for (`unverified`)."""

    cohort: str | None = None
    unverified: bool = False


@command("cohort.roles")
class Roles(Command):
    """Show roles, or give (`role`) or take (`remove`) one; `person` as typed."""

    cohort: str | None = None
    role: str | None = None
    person: str | None = None
    remove: bool = False


@command("cohort.report")
class Report(Command):
    cohort: str | None = None
    file: bool = False


@command("cohort.rehearse")
class Rehearse(Command):
    """Run a whole course for the caller in `minutes`."""

    course: str | None = None
    minutes: int | None = None


@command("cohort.pause")
class PauseCohort(Command):
    cohort: str | None = None


@command("cohort.resume")
class ResumeCohort(Command):
    cohort: str | None = None


@command("cohort.close")
class CloseCohort(Command):
    cohort: str | None = None
    confirmed: bool = False


@command("cohort.open-to")
class OpenTo(Command):
    """Open a cohort to the people of another workspace."""

    cohort: str | None = None
    workspace: str | None = None


@command("cohort.certificates")
class Certificates(Command):
    """The certificates of a cohort. `act` is `issue`, `reissue` or `revoke` (the last two for a `person` as typed),
    None to look; `file` asks for the list."""

    cohort: str | None = None
    act: str | None = None
    person: str | None = None
    reason: str | None = None
    confirmed: bool = False
    file: bool = False


@command("cohort.audit")
class Audit(Command):
    """Who did what in a cohort."""

    cohort: str | None = None


# Kept apart by subject; importing them makes them known.
from bot.model import commands_ama as commands_ama  # noqa: E402 (they are made with what is above)
