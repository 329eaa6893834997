"""One of every message and form about the life of study groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.messages import groups_health, groups_meetings, groups_starters
from bot.messages.blocks import Form, Message
from bot.model.course import Kind
from bot.model.group_life import Meeting, MeetingState, Met, Rating, Rsvp, Stance, StanceTaken
from bot.rules.group_health import Health
from bot.rules.reminders import Reminder
from tests.bot.messages.gallery_groups import a_group, a_view

if TYPE_CHECKING:
    from tests.bot.messages.gallery import Scene

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
DAY = date(2026, 11, 24)
OPTIONS = tuple(NOW + timedelta(days=days) for days in (1, 2, 3))


def a_meeting(state: MeetingState, *, voting: bool = False) -> Meeting:
    at = None if state is MeetingState.PROPOSED else NOW + timedelta(days=5)
    return Meeting(
        12,
        5,
        state,
        45,
        "America/Toronto",
        "uid",
        NOW,
        NOW,
        at=at,
        options=OPTIONS if voting else (),
        decide_at=NOW + timedelta(days=1) if voting else None,
    )


def meeting_things(scene: Scene) -> Iterator[tuple[str, Message | Form]]:
    """Meetings, reminders, "did you meet?", hosts."""
    from tests.bot.messages.gallery import LINKS

    t = scene.t
    links = replace(LINKS, seal=lambda subject: subject.replace("/", "-"))
    bare = groups_meetings.MeetingView(a_view(scene), "America/Toronto", links)
    votes = {7: frozenset(OPTIONS[:2]), 8: frozenset[datetime]()}
    rsvps = {7: Rsvp.GOING, 8: Rsvp.NO}
    outside = {OPTIONS[0]: ["‹Ben›", "‹Ada›"]}
    full = replace(bare, votes=votes, rsvps=rsvps, outside=outside, person_id=1)
    nobody = replace(full, group=replace(full.group, group=a_group(host=None)))
    for name, view in (("nothing", bare), ("everything", full), ("no host", nobody)):
        for state in MeetingState:
            for voting in (False, True) if state in (MeetingState.PROPOSED, MeetingState.PLANNED) else (False,):
                if state is MeetingState.PROPOSED and not voting:
                    continue
                here = replace(view, meeting=a_meeting(state, voting=voting))
                title = f"meeting {state}, voting {voting}, {name}"
                yield title, groups_meetings.meeting_card(here, t, told=t.t("The meeting has another moment now."))
                yield f"first post, {title}", groups_meetings.first_post(here, t)
                yield f"cancelled {title}", groups_meetings.cancelled(here, t)
        yield f"no meeting, {name}", groups_meetings.meeting_card(view, t)
        yield f"first post without moments, {name}", groups_meetings.first_post(view, t)
        yield f"cancel the meeting?, {name}", groups_meetings.cancel_question(view, t)
        held = replace(view, meeting=a_meeting(MeetingState.PLANNED))
        for kind in Reminder:
            yield f"reminder {kind}, {name}", groups_meetings.reminder(held, kind, t)
        answers = {Met.MET: 2, Met.NOT: 1} if name == "everything" else {}
        yield f"did you meet?, {name}", groups_meetings.did_you_meet(view, DAY, answers, t)
        for answer in Met:
            yield f"met {answer}, {name}", groups_meetings.met_saved(view, answer, t)
        yield f"host, {name}", groups_meetings.host_card(view.group, t)
        yield f"new host, {name}", groups_meetings.new_host(view.group, t)
    other = replace(full.group, group=a_group(host=8))
    yield "somebody else hosts", groups_meetings.host_card(other, t)
    for rating in (None, *Rating):
        yield f"rating {rating}", groups_meetings.met_form(5, DAY, rating, "‹a line›" if rating else "", t)


def starter_things(scene: Scene) -> Iterator[tuple[str, Message | Form]]:
    """Conversation starters with and without stances."""
    t, view = scene.t, a_view(scene)
    every = [
        (lesson, each) for lesson in scene.course.lessons for each in lesson.activities if each.kind is Kind.STARTER
    ]
    for lesson, activity in every:
        yield (
            f"starter {activity.id}",
            groups_starters.starter_post(groups_starters.StarterView(view, lesson, activity, 1), t),
        )
    lesson, activity = next(each for each in every if each[1].stance_first)
    split = {Stance.YES: 2, Stance.NO: 1, Stance.DEPENDS: 0}
    for stance in Stance:
        for named in (True, False):
            mine = StanceTaken(5, lesson.id, activity.id, 7, stance, NOW, named)
            here = groups_starters.StarterView(view, lesson, activity, 3, split if named else None, mine)
            yield f"my stance {stance}, named {named}", groups_starters.my_stance(here, t)
            yield f"starter card {stance}, named {named}", groups_starters.starter_card(here, t)
    shown = groups_starters.StarterView(view, lesson, activity, 3, split)
    yield "split", groups_starters.split_post(shown, [("‹Zoé›", "‹Ben›")], t)
    yield "split without pairs", groups_starters.split_post(shown, [], t)
    yield "no starter", groups_starters.no_starter(view, t)


def health_things(scene: Scene) -> Iterator[tuple[str, Message | Form]]:
    """What facilitators see, and what merging says."""
    t, cohort = scene.t, scene.cohort()
    conditions = [
        groups_health.Condition(number, 5, number % 4, health, partner=None if number % 2 else number + 1)
        for number, health in enumerate([*Health] * 4, 1)
    ]
    ratings = dict.fromkeys(Rating, 1)
    full = groups_health.HealthView(cohort, conditions, ratings, [(1, "‹a line›")])
    fine = groups_health.HealthView(cohort, [groups_health.Condition(1, 5, 4, Health.ALIVE)])
    yield "health", groups_health.health_card(full, t)
    yield "all healthy", groups_health.health_card(fine, t)
    yield "merged away", groups_health.merged_away(1, 2, t)
    yield "joined by", groups_health.joined_by(2, 1, ["‹Zoé›", "‹Ben›"], t)
