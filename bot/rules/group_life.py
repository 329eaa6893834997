"""The weeks of a study group: when starters come, when it is asked whether it met, which moment wins, who hosts next.

All moments are aware UTC in course time; local days and wall times are computed in the group's zone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.model.cohort import Cohort
from bot.model.course import Weekday
from bot.model.group_life import Meeting, MeetingState
from bot.model.groups import MeetingSlot, Member
from bot.rules.planner import resolve, zone_of

MINUTES = 45
"""How long a meeting is where nobody said otherwise."""
VOTE_FOR = timedelta(days=2)
"""So long a group may vote on moments, unless all have voted before."""
LEAD = timedelta(hours=3)
"""A vote ends at least so long before the first moment it is about."""
EARLIEST = timedelta(days=1)
"""Moments that are proposed lie at least so far ahead, so that people can vote."""
AFTERWARDS = timedelta(minutes=15)
"""So long after its end a group is asked how a meeting was."""
SETTLING = timedelta(days=3)
"""A group that has just begun is not asked yet whether it met."""
APART = timedelta(days=4)
"""At least so many days lie between two questions whether the group met."""
TALK = timedelta(days=2)
"""So long after a starter its split is shown, unless all have taken a stance before."""
USUAL_DAY = Weekday.WED
USUAL_TIME = time(14)
"""When a group without a usual meeting slot has its day."""


@dataclass(frozen=True, slots=True)
class Week:
    """A group's day: weekday and wall times in `zone` at which starters come and, where no meeting was, the question
    whether it met."""

    day: Weekday
    zone: str
    starters: time
    ask: time


def week_of_group(slot: MeetingSlot | None, cohort: Cohort) -> Week:
    """The group's day: that of its usual meeting. Starters come when the cohort's window opens, on a day with a lesson
    an hour after it."""
    day, at = (slot.day, slot.at) if slot else (USUAL_DAY, USUAL_TIME)
    lessons = [_later(each.at, 60) for each in cohort.slots if each.day is day]
    starters = max([cohort.window.start, *lessons])
    ask = max(_later(at, MINUTES + 15), _later(starters, 60))
    return Week(day, slot.zone if slot else cohort.zone, starters, ask)


def _later(at: time, minutes: int) -> time:
    """So much later on the same day, at 23:00 at the latest."""
    total = min(at.hour * 60 + at.minute + minutes, 23 * 60)
    return time(total // 60, total % 60)


def next_on_day(week: Week, at: time, after: datetime) -> datetime:
    """The first moment after `after` that is the group's day at this wall time."""
    first = after.astimezone(zone_of(week.zone)).date()
    for number in range(9):
        day = first + timedelta(days=number)
        moment = resolve(day, at, week.zone)
        if Weekday(day.weekday()) is week.day and moment > after:
            return moment
    raise AssertionError("every week has each of its days")


def local_day(week: Week, moment: datetime) -> date:
    return moment.astimezone(zone_of(week.zone)).date()


def next_question(week: Week, begun: datetime, asked_on: date | None, meeting: Meeting | None) -> datetime:
    """When the group is asked next whether it met: after the meeting that is planned, otherwise on its day."""
    after = begun + SETTLING
    if asked_on is not None:
        after = max(after, resolve(asked_on + APART, time(), week.zone))
    if meeting is not None and meeting.state is MeetingState.PLANNED and meeting.at is not None:
        return meeting.at + timedelta(minutes=meeting.minutes) + AFTERWARDS
    return next_on_day(week, week.ask, after)


def decision_moment(options: Sequence[datetime], now: datetime) -> datetime:
    """When a vote that begins now ends."""
    return max(min(now + VOTE_FOR, min(options) - LEAD), now)


def winner(
    options: Sequence[datetime], votes: Mapping[int, Collection[datetime]], now: datetime, host: int | None = None
) -> datetime | None:
    """The moment that suits most people; of equals the one that suits the host, then the earliest. Moments that have
    passed do not count. None where nobody voted for any."""
    counts = {option: sum(option in chosen for chosen in votes.values()) for option in options if option > now}
    wanted = [option for option, count in counts.items() if count]
    hosts = votes.get(host, ()) if host is not None else ()
    return min(wanted, key=lambda option: (-counts[option], option not in hosts, option), default=None)


def next_host(members: Sequence[Member], present: int | None) -> int | None:
    """Whose turn it is after `present`: of the others who hosted least, whoever came first. Alone one stays host."""
    others = [member for member in members if member.enrolment_id != present]
    least = min(others, key=lambda each: (each.hosted, each.joined_at, each.enrolment_id), default=None)
    if least is not None:
        return least.enrolment_id
    return present if any(member.enrolment_id == present for member in members) else None
