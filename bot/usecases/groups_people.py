"""The people of study groups: as candidates for forming, at work, and as their group sees them."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.errors import Slip
from bot.messages.groups import GroupView, MemberView
from bot.messages.texts import Catalogue
from bot.model.cohort import Cohort, Enrolment, EnrolmentState
from bot.model.course import Language
from bot.model.forming import Candidate, Terms
from bot.model.groups import AboutMe, GroupOptions, GroupState, StudyGroup
from bot.model.people import Person
from bot.ports import Tx
from bot.rules.meetings import WorkWeek, middle_of_day, week_of, working_window
from bot.rules.planner import WORKDAYS
from bot.usecases.context import Parts, Who
from bot.usecases.who import my_enrolment

PAGE = 1000
BREATH = 200
"""So many people are looked at before others may go on."""


# --- at work ------------------------------------------------------------------------------------------------


def work_week(person: Person, cohort: Cohort) -> WorkWeek:
    """When somebody works as a rule: the working days, and those on which they want messages."""
    zone = person.zone or cohort.zone
    return WorkWeek(zone, working_window(person.window), WORKDAYS | (person.days or frozenset()))


def typical_monday(cohort: Cohort, now: datetime) -> date:
    """The Monday of the week that stands for all: the one in which the cohort starts, later the present one."""
    day = max(cohort.starts_on, cohort.pace.to_course(now).date())
    return day - timedelta(days=day.weekday())


# --- as candidates ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Crowd:
    """Everybody who is to be divided, and what is known of them."""

    enrolments: Mapping[int, Enrolment]
    people: Mapping[int, Person]
    candidates: Sequence[Candidate]
    terms: Terms

    def person(self, enrolment_id: int) -> Person:
        return self.people[self.enrolments[enrolment_id].person_id]

    def of(self, enrolment_ids: Iterable[int]) -> list[Candidate]:
        """These of the candidates."""
        wanted = set(enrolment_ids)
        return [each for each in self.candidates if each.id in wanted]

    @property
    def fingerprint(self) -> str:
        """Changes when people come or go, or something changes that must hold between them."""
        said = [
            (each.id, each.realm, sorted(each.languages), each.middle, sorted(each.avoid)) for each in self.candidates
        ]
        band = self.terms.band
        terms = (band.smallest, band.largest, band.floor, self.terms.most_apart)
        return hashlib.sha256(repr((sorted(said), terms)).encode()).hexdigest()


def terms_of(options: GroupOptions) -> Terms:
    return Terms(options.band, options.hours_apart * 60)


async def waiting(tx: Tx, cohort: Cohort) -> list[Enrolment]:
    """Who confirmed, is in no group, and did not leave one by their own wish."""
    found: list[Enrolment] = []
    while page := await tx.without_group(cohort.id, after_id=found[-1].id if found else 0, limit=PAGE):
        found += page
    return found


async def crowd(
    tx: Tx, cohort: Cohort, enrolments: Sequence[Enrolment], now: datetime, *, together: bool = False
) -> Crowd:
    """These people as candidates. People of a workspace with too few for a group of its own join the largest one; with
    `together` it is known already that they reach each other."""
    options = await tx.group_options(cohort.id)
    ids = {each.person_id for each in enrolments}
    people = await tx.people(ids)
    about, avoided = await tx.about(ids), await tx.avoided(ids)
    met = await tx.met_before(cohort.id, ids)
    number_of = {each.person_id: each.id for each in enrolments}
    lanes = Counter(each.address.lane for each in enrolments)
    realms = dict.fromkeys(lanes, "") if together else _realms(lanes, options)
    monday = typical_monday(cohort, now)
    candidates = []
    for enrolment in enrolments:
        person = people.get(enrolment.person_id)
        if person is not None and person.known:
            said = about.get(person.id, AboutMe())
            earlier = _numbers(met.get(person.id, ()), number_of)
            avoid = _numbers(avoided.get(person.id, ()), number_of)
            realm = realms[enrolment.address.lane]
            candidates.append(_candidate(enrolment, person, said, cohort, monday, realm, earlier, avoid))
        if len(candidates) % BREATH == 0:
            await asyncio.sleep(0)  # thousands of people take a while, and others wait
    return Crowd({each.id: each for each in enrolments}, people, candidates, terms_of(options))


def _candidate(
    enrolment: Enrolment,
    person: Person,
    about: AboutMe,
    cohort: Cohort,
    monday: date,
    realm: str,
    earlier: frozenset[int],
    avoid: frozenset[int],
) -> Candidate:
    work = work_week(person, cohort)
    return Candidate(
        id=enrolment.id,
        languages=about.languages or frozenset({person.language}),
        hours=week_of(work, monday),
        middle=middle_of_day(work, monday),
        realm=realm,
        prefers=person.language,
        track=enrolment.track,
        employer=_same(about.employer),
        jurisdiction=_same(about.jurisdiction),
        experience=about.experience,
        earlier=earlier,
        avoid=avoid,
    )


def _realms(lanes: Counter[str], options: GroupOptions) -> dict[str, str]:
    """By lane, the name of the chats that its people may be grouped with."""
    if options.across or not lanes:
        return dict.fromkeys(lanes, "")
    largest = min(lanes, key=lambda lane: (-lanes[lane], lane))
    return {lane: lane if n >= options.band.floor else largest for lane, n in lanes.items()}


def _same(words: str) -> str | None:
    """What people typed, so that spelling does not tell two equal things apart."""
    return " ".join(words.casefold().split()) or None


def _numbers(people: Iterable[int], number_of: Mapping[int, int]) -> frozenset[int]:
    return frozenset(number_of[each] for each in people if each in number_of)


# --- as their group sees them -------------------------------------------------------------------------------


async def group_view(
    parts: Parts, tx: Tx, group: StudyGroup, cohort: Cohort, t: Catalogue, mine: int | None = None
) -> GroupView:
    """A group with its people and rooms."""
    views = await group_views(parts, tx, cohort, [group], t)
    view = views[0]
    return GroupView(view.group, view.cohort, view.course, view.people, view.rooms, mine)


async def group_views(
    parts: Parts, tx: Tx, cohort: Cohort, groups: Sequence[StudyGroup], t: Catalogue
) -> list[GroupView]:
    ids = [group.id for group in groups]
    members = await tx.members(ids)
    rooms = await tx.rooms(ids)
    enrolments = await tx.enrolments({each.enrolment_id for some in members.values() for each in some})
    views = await member_views(tx, cohort, list(enrolments.values()), t)
    course = parts.course_of(cohort)
    return [
        GroupView(
            group,
            cohort,
            course,
            tuple(views[each.enrolment_id] for each in members[group.id] if each.enrolment_id in views),
            tuple(rooms[group.id]),
        )
        for group in groups
    ]


async def member_views(
    tx: Tx, cohort: Cohort, enrolments: Collection[Enrolment], t: Catalogue
) -> dict[int, MemberView]:
    """Enrolments as members, by number."""
    ids = {each.person_id for each in enrolments}
    people, about = await tx.people(ids), await tx.about(ids)
    found: dict[int, MemberView] = {}
    for enrolment in enrolments:
        person = people.get(enrolment.person_id)
        if person is not None:
            said = about.get(person.id, AboutMe())
            name = said.called or person.name or t.t("Person {n}", n=person.id)
            zone = person.zone or cohort.zone
            found[enrolment.id] = MemberView(enrolment.id, person.id, name, zone, said.line, enrolment.address.lane)
    return found


async def my_group(parts: Parts, tx: Tx, who: Who, group_id: int | None) -> tuple[StudyGroup | None, Enrolment, Cohort]:
    """The group that is meant: the one a button names, the one whose room this is, else one's own. The group is None
    for somebody who is in none. Raises Slip for people in no course, and for groups they are not in."""
    group = await tx.study_group(group_id) if group_id is not None else None
    if group is None and who.caller.room is not None:
        group = await tx.group_in(who.caller.room)
    if group is not None:
        enrolment = await tx.enrolment_of(group.cohort_id, who.person.id)
        cohort = await tx.cohort(group.cohort_id)
        member = await tx.membership(enrolment.id) if enrolment else None
        if enrolment is None or cohort is None or enrolment.state is EnrolmentState.LEFT:
            raise Slip("You are not in this study group.", example="group")
        if member is None or member.group_id == group.id:
            return (group if member else None), enrolment, cohort
        return await tx.study_group(member.group_id), enrolment, cohort  # they were moved since
    enrolment, cohort = await my_enrolment(parts, tx, who, None)
    for each in (enrolment, *await tx.enrolments_of(who.person.id)):
        member = await tx.membership(each.id) if each.state is not EnrolmentState.LEFT else None
        if member is not None:
            theirs = await tx.cohort(each.cohort_id)
            found = await tx.study_group(member.group_id)
            if theirs is not None and found is not None and found.state is GroupState.OPEN:
                return found, each, theirs
    return None, enrolment, cohort


def language_of(group_languages: Iterable[Language], wished: Sequence[Language]) -> Language:
    """The language of a room: among those all share, the one most people chose for messages."""
    counts = Counter(wished)
    shared = sorted(group_languages) or sorted(counts)
    return max(shared, key=lambda language: (counts[language], language is Language.EN))
