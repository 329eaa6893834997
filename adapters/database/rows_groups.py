"""Rows of study groups to dataclasses and back: one plain function each, no I/O."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from adapters.database.rows import address_at, minute, wall_time
from bot.model.course import Language, Weekday
from bot.model.forming import Band, Forming, LeftOver, Proposed, Wish
from bot.model.groups import (
    AboutMe,
    ChangeWish,
    GroupOptions,
    GroupPlan,
    GroupRoom,
    MeetingSlot,
    Member,
    StudyGroup,
)

Row = sa.Row[Any]


def about_of(row: Row) -> AboutMe:
    languages = frozenset(Language(code) for code in row.languages.split(",") if code)
    return AboutMe(row.called, row.line, row.employer, row.jurisdiction, row.experience, languages)


def about_values(about: AboutMe) -> dict[str, Any]:
    return {
        "called": about.called,
        "line": about.line,
        "employer": about.employer,
        "jurisdiction": about.jurisdiction,
        "experience": about.experience,
        "languages": ",".join(sorted(about.languages)),
    }


def options_of(row: Row) -> GroupOptions:
    band = Band(row.smallest, row.largest, row.floor)
    return GroupOptions(band, row.hours_apart, row.across, row.facilitators, row.keep)


def options_values(options: GroupOptions) -> dict[str, Any]:
    return {
        "smallest": options.band.smallest,
        "largest": options.band.largest,
        "floor": options.band.floor,
        "hours_apart": options.hours_apart,
        "across": options.across,
        "facilitators": options.facilitators,
        "keep": options.keep,
    }


def plan_of(row: Row) -> GroupPlan:
    return GroupPlan(row.cohort_id, row.seed, row.made_at, row.people, _forming_of(row.forming), row.formed_at)


def plan_values(plan: GroupPlan) -> dict[str, Any]:
    return {
        "seed": plan.seed,
        "made_at": plan.made_at,
        "people": plan.people,
        "forming": _forming_facts(plan.forming),
        "formed_at": plan.formed_at,
    }


def _forming_facts(forming: Forming) -> dict[str, Any]:
    return {
        "score": forming.score,
        "groups": [
            [
                list(group.people),
                sorted(group.languages),
                {wish.value: part for wish, part in group.parts.items()},
                group.score,
            ]
            for group in forming.groups
        ],
        "left": {str(number): why.value for number, why in forming.left.items()},
    }


def _forming_of(facts: Any) -> Forming:
    groups = tuple(
        Proposed(
            tuple(people),
            frozenset(Language(code) for code in languages),
            {Wish(name): float(part) for name, part in said.items()},
            float(score),
        )
        for people, languages, said, score in facts["groups"]
    )
    return Forming(groups, {int(n): LeftOver(why) for n, why in facts["left"].items()}, float(facts["score"]))


def group_of(row: Row) -> StudyGroup:
    slot = None
    if row.slot_zone is not None:
        slot = MeetingSlot(Weekday(row.slot_day), wall_time(row.slot_at), row.slot_zone)
    return StudyGroup(
        id=row.id,
        cohort_id=row.cohort_id,
        number=row.number,
        language=row.language,
        formed_at=row.formed_at,
        state=row.state,
        host=row.host,
        slot=slot,
        parts=row.parts,
        into=row.merged_into,
    )


def group_values(group: StudyGroup) -> dict[str, Any]:
    slot = group.slot
    return {
        "cohort_id": group.cohort_id,
        "number": group.number,
        "language": group.language,
        "formed_at": group.formed_at,
        "state": group.state,
        "host": group.host,
        "slot_day": int(slot.day) if slot else None,
        "slot_at": minute(slot.at) if slot else None,
        "slot_zone": slot.zone if slot else None,
        "parts": dict(group.parts),
        "merged_into": group.into,
    }


def member_of(row: Row) -> Member:
    return Member(row.group_id, row.enrolment_id, row.joined_at, row.left_at, row.own_wish, row.hosted)


def room_of(row: Row) -> GroupRoom:
    return GroupRoom(
        group_id=row.group_id,
        lane=row.lane,
        state=row.state,
        address=None if row.to_ref is None else address_at(row.to_lane, row.to_ref),
        reason=row.reason,
        work_at=row.work_at,
        stale=row.stale,
        pinned=row.pinned,
        tried=row.tried,
        tried_at=row.tried_at,
    )


def room_values(room: GroupRoom, address_id: int | None) -> dict[str, Any]:
    return {
        "state": room.state,
        "address_id": address_id,
        "reason": room.reason,
        "work_at": room.work_at,
        "stale": room.stale,
        "pinned": room.pinned,
        "tried": room.tried,
        "tried_at": room.tried_at,
    }


def wish_of(row: Row) -> ChangeWish:
    return ChangeWish(row.enrolment_id, row.group_id, row.why, row.at, row.open)
