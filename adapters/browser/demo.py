"""The demo's story, told through the engine's doors: a rehearsal with study groups is under way, a session is
announced, a real cohort waits for its launch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.browser.classmates import CLASSMATES, Classroom, Door
from adapters.browser.platform import SAMPLE_PEOPLE, Account, BrowserPlatform
from bot.messages.actions import decode, encode
from bot.messages.blocks import Buttons, Message, Reply
from bot.model.cohort import CohortState
from bot.model.commands import AnswerReady, Caller, ConfirmEnrol, CreateCohort, Enrol, Rehearse, Roles
from bot.model.commands_ama import AnnounceSession, AskQuestion, Rsvp, ScheduleSession, Upvote
from bot.model.commands_groups import FormGroups, GroupAbout
from bot.model.course import Course
from bot.model.delivery import Delivery, DeliveryState, Kind
from bot.model.people import Address, Profile, RoleName
from bot.ports import Store

MINUTES = 8
ADMIN, FACILITATOR = "sam", "nadia"
COHORT = "spring"
SESSION_IN, SESSION_ZONE = timedelta(minutes=30), "America/Halifax"
SESSION_TITLES = ("Ask a chief digital officer", "Demandez à une directrice du numérique")
SESSION_QUESTIONS = (
    ("mei", "How did you convince the first team to work in the open?"),
    ("luc", "Que faire quand la sécurité dit toujours non?"),
    ("tariq", "Which meeting would you abolish first?"),
)
FIRST_QUESTION = 310_001
SESSION_UPVOTES = (("luc", 0), ("odile", 0), ("kofi", 0), ("mei", 1), ("ines", 1))
"""Who wants which of the questions answered."""
LINES = {
    "amelie": "J’écris des politiques et je fais du vélo en toute saison.",
    "luc": "Je conçois des services pour les pêches.",
    "ben": "I run a permit office and ask too many questions.",
    "mei": "I test forms with people who hate forms.",
    "priya": "I count things, and then ask why we count them.",
    "kofi": "I answer the phone at the edge of the country.",
}
"""What some of them let their study group know."""


@dataclass(frozen=True)
class Organiser:
    """Forms the study groups of the rehearsal: asks for a proposal, and makes its groups once it is there."""

    door: Door
    diary: Diary

    async def look(self) -> None:
        for cohort in await self.diary.without_groups():
            people = {account.ref: account for account in SAMPLE_PEOPLE}
            await self.door.handle(FormGroups(cohort), _caller(self.diary.workspace, people[ADMIN]))


@dataclass(frozen=True)
class Diary:
    """What has happened in the demo so far."""

    store: Store
    workspace: str

    async def cohorts(self) -> list[str]:
        """The names of the cohorts that are not closed, newest first."""
        async with self.store.reading() as tx:
            cohorts = await tx.cohorts(f"browser:{self.workspace}")
            return [cohort.name for cohort in cohorts if cohort.state is not CohortState.CLOSED]

    async def number(self, name: str) -> int:
        """The number of a cohort."""
        async with self.store.reading() as tx:
            return next(each.id for each in await tx.cohorts(f"browser:{self.workspace}") if each.name == name)

    async def without_groups(self) -> list[str]:
        """The names of running cohorts in which people wait and no study group was formed."""
        async with self.store.reading() as tx:
            cohorts = await tx.cohorts(f"browser:{self.workspace}", {CohortState.RUNNING})
            return [
                cohort.name
                for cohort in cohorts
                if (await tx.ready_counts(cohort.id)).get(True, 0) > 1 and not await tx.study_groups(cohort.id)
            ]

    async def arrived(self, address: Address) -> list[tuple[int, str]]:
        """The lessons that have arrived in somebody's chat: (cohort, lesson)."""
        async with self.store.reading() as tx:
            person = await tx.person_at(address)
            rows: list[Delivery] = []
            for enrolment in await tx.enrolments_of(person.id) if person else ():
                rows += await tx.deliveries_of(enrolment.id, {Kind.LESSON}, {DeliveryState.SENT})
            return [(row.cohort_id, row.lesson_id) for row in rows if row.cohort_id and row.lesson_id]


async def seed(
    door: Door, platform: BrowserPlatform, store: Store, workspace: str, course: Course, starts: str, now: datetime
) -> Classroom:
    """Fill a new demo with people and cohorts; one that was begun before goes on. Returns classmates to let loose."""
    await platform.add_people(workspace, CLASSMATES)
    diary = Diary(store, workspace)
    await tell(door, diary, course.id, starts, (now + SESSION_IN).astimezone(ZoneInfo(SESSION_ZONE)))
    return Classroom(door, diary.arrived, course, workspace, also=Organiser(door, diary).look)


async def tell(door: Door, diary: Diary, course_id: str, starts: str, session: datetime) -> None:
    """Begin a rehearsal with everybody in it unless one is there already, prepare a cohort to launch, and announce a
    session of the rehearsal's people, for which some have asked something.

    `starts` is the ISO date on which the prepared cohort begins, `session` the local time of the session.
    """
    if await diary.cohorts():
        return
    people = {account.ref: account for account in (*SAMPLE_PEOPLE, *CLASSMATES)}
    admin = _caller(diary.workspace, people[ADMIN])
    await door.handle(CreateCohort(course_id, starts, name=COHORT), admin)
    await door.handle(Rehearse(course_id, MINUTES), admin)
    rehearsal = next(name for name in await diary.cohorts() if name != COHORT)
    await door.handle(Roles(rehearsal, RoleName.FACILITATOR.value, f"@{FACILITATOR}"), admin)
    await door.handle(Roles(COHORT, RoleName.FACILITATOR.value, f"@{FACILITATOR}"), admin)
    learners = " ".join(f"@{ref}" for ref in people if ref not in (ADMIN, FACILITATOR))
    found = await door.handle(Enrol(rehearsal, learners), admin)
    await door.handle(_confirmation(found), admin)
    number = await diary.number(rehearsal)
    for ref in people:
        if ref not in (ADMIN, FACILITATOR):
            caller = _caller(diary.workspace, people[ref])
            await door.handle(AnswerReady(True, number), caller)
            if ref in LINES:
                await door.handle(GroupAbout(line=LINES[ref]), caller)
    await announce(
        door, {ref: _caller(diary.workspace, account) for ref, account in people.items()}, rehearsal, session
    )


async def announce(door: Door, callers: Mapping[str, Caller], cohort: str, at: datetime) -> None:
    """A session that the facilitator can run: open the doors, bring questions on stage, close, send the recap."""
    session = ScheduleSession(
        title=SESSION_TITLES[0],
        title_fr=SESSION_TITLES[1],
        day=f"{at:%Y-%m-%d}",
        time=f"{at:%H:%M}",
        zone=SESSION_ZONE,
        length="30 min",
        cohorts=cohort,
        guest="Isla Kettleby",
        link="https://meet.example.org/digital",
    )
    host = callers[FACILITATOR]
    await door.handle(session, host)
    await door.handle(AnnounceSession(), host)
    for number, (ref, question) in enumerate(SESSION_QUESTIONS, FIRST_QUESTION):
        await door.handle(AskQuestion(text=question, draft=number, sure=True), callers[ref])
    for ref, number in SESSION_UPVOTES:
        await door.handle(Upvote(FIRST_QUESTION + number), callers[ref])
    for ref in ("luc", "mei", "odile", "kofi"):
        await door.handle(Rsvp(coming="going"), callers[ref])


def _caller(workspace: str, account: Account) -> Caller:
    profile = Profile(account.name, account.language, account.zone)
    return Caller(Address("browser", workspace, account.ref), profile)


def _confirmation(found: Reply) -> ConfirmEnrol:
    """The command of the dry run's own button."""
    message: Message | None = found.say
    wanted = encode(ConfirmEnrol(0)).partition("?")[0]
    for block in message.blocks if message else ():
        if isinstance(block, Buttons):
            for button in block.buttons:
                command = decode(button.action) if button.action.startswith(wanted) else None
                if isinstance(command, ConfirmEnrol):
                    return command
    raise LookupError("the dry run found nobody")
