"""The home card, progress, certificate, help."""

from __future__ import annotations

from bot.messages.blocks import Reply
from bot.messages.groups import GroupView
from bot.messages.help import help_message
from bot.messages.home import home as home_message
from bot.messages.home import progress as progress_message
from bot.messages.session_recap import home_part
from bot.messages.views import CourseView
from bot.model.cohort import Cohort, CohortState, EnrolmentState
from bot.model.commands import Help, Home, Progress
from bot.model.groups import GroupState
from bot.ports import Tx
from bot.usecases.context import Parts, Who
from bot.usecases.groups_people import group_view
from bot.usecases.joining import JOINABLE
from bot.usecases.looking import course_view
from bot.usecases.session_asking import upcoming
from bot.usecases.who import HERE, my_enrolment


async def home(parts: Parts, tx: Tx, who: Who, command: Home) -> Reply:
    """Everything at a glance."""
    enrolments = await tx.enrolments_of(who.person.id)
    views: list[CourseView] = []
    mine: set[int] = set()
    for enrolment in enrolments:
        cohort = await tx.cohort(enrolment.cohort_id)
        if cohort and (enrolment.state in HERE or (cohort.state is CohortState.CLOSED and len(views) < 3)):
            mine.add(cohort.id)
            if enrolment.state is not EnrolmentState.LEFT:
                views.append(await course_view(parts, tx, cohort, enrolment, who.person))
    around = await tx.cohorts(lane=who.lane)
    to_join = [c for c in around if c.state in JOINABLE and not c.rehearsal and c.id not in mine]
    led = [c for c in around if leads(who, c) and c.state is not CohortState.CLOSED]
    sessions = home_part(await upcoming(parts, tx, who), who.t)
    groups = {view.cohort.id: group for view in views if (group := await _group_of(parts, tx, who, view))}
    message = home_message(views, who.t, open_cohorts=len(to_join), admin=led, groups=groups, sessions=sessions)
    return Reply(home=message, say=None if who.caller.on_home else message)


async def _group_of(parts: Parts, tx: Tx, who: Who, view: CourseView) -> GroupView | None:
    """The study group somebody is in, while it lives."""
    member = await tx.membership(view.enrolment.id)
    group = await tx.study_group(member.group_id) if member else None
    if group is None or group.state is not GroupState.OPEN:
        return None
    return await group_view(parts, tx, group, view.cohort, who.t, view.enrolment.id)


def leads(who: Who, cohort: Cohort) -> bool:
    return who.is_facilitator(cohort) or bool(who.contributes(cohort))


async def progress(parts: Parts, tx: Tx, who: Who, command: Progress) -> Reply:
    enrolment, cohort = await my_enrolment(parts, tx, who, command.cohort)
    return Reply(say=progress_message(await course_view(parts, tx, cohort, enrolment, who.person), who.t))


async def help_card(parts: Parts, tx: Tx, who: Who, command: Help) -> Reply:
    """What one can do here; admins see their commands too."""
    around = await tx.cohorts(lane=who.lane)
    admin = who.is_admin() or any(leads(who, cohort) for cohort in around)
    return Reply(say=help_message(who.t, admin=admin, topic=command.topic))
