"""What the store remembers of study groups, as `bot.ports.Tx` has it. All moments are aware UTC datetimes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model.cohort import Enrolment
from bot.model.groups import (
    AboutMe,
    ChangeWish,
    GroupOptions,
    GroupPlan,
    GroupRoom,
    GroupState,
    Member,
    NewGroup,
    RoomState,
    StudyGroup,
)
from bot.model.people import Address


class GroupRecords(Protocol):
    # what people say about themselves

    async def about(self, person_ids: Collection[int]) -> Mapping[int, AboutMe]:
        """What people let study groups know; who said nothing is not in it."""
        ...

    async def save_about(self, person_id: int, about: AboutMe) -> None: ...

    async def avoided(self, person_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
        """Whom each of these people does not want in their group; who named nobody is not in it."""
        ...

    async def save_avoided(self, person_id: int, others: Collection[int]) -> None:
        """Exactly these from now on."""
        ...

    # a cohort's wishes and its last proposal

    async def group_options(self, cohort_id: int) -> GroupOptions:
        """The defaults where nobody chose."""
        ...

    async def save_group_options(self, cohort_id: int, options: GroupOptions) -> None: ...

    async def group_plan(self, cohort_id: int) -> GroupPlan | None: ...

    async def save_group_plan(self, plan: GroupPlan) -> None:
        """The proposal in place of the one before."""
        ...

    # groups and who is in them

    async def add_groups(self, cohort_id: int, groups: Sequence[NewGroup], now: datetime) -> Sequence[StudyGroup]:
        """Make groups with their members, in this order. A number that the cohort has is passed over, and so is
        somebody who is in a group of the cohort already: making them twice changes nothing."""
        ...

    async def study_group(self, group_id: int) -> StudyGroup | None: ...

    async def study_groups(self, cohort_id: int, states: Collection[GroupState] | None = None) -> Sequence[StudyGroup]:
        """By number."""
        ...

    async def save_group(self, group: StudyGroup) -> None: ...

    async def members(self, group_ids: Collection[int]) -> Mapping[int, Sequence[Member]]:
        """Who is in each group now, in the order in which they came."""
        ...

    async def membership(self, enrolment_id: int) -> Member | None:
        """The group somebody is in now."""
        ...

    async def memberships(self, enrolment_ids: Collection[int]) -> Mapping[int, Sequence[Member]]:
        """Every group each of them is or was in, oldest first; who was in none is not in it."""
        ...

    async def join_group(self, group_id: int, enrolment_id: int, now: datetime, hosted: int = 0) -> bool:
        """Put somebody in, perhaps again; False when they are in a group (this or another one) already."""
        ...

    async def leave_group(self, enrolment_id: int, now: datetime, *, own_wish: bool = False) -> Member | None:
        """Take somebody out of the group they are in; returns what they were, None when they were in none."""
        ...

    async def without_group(self, cohort_id: int, *, after_id: int = 0, limit: int = 1000) -> Sequence[Enrolment]:
        """Who is in the cohort, said yes, is in no group and did not leave one by their own wish; by number, for
        paging."""
        ...

    async def count_without_group(self, cohort_id: int) -> int: ...

    async def count_members(self, cohort_id: int) -> int:
        """How many people are in the groups that live."""
        ...

    async def save_member(self, member: Member) -> None:
        """How often somebody hosted."""
        ...

    async def met_before(self, cohort_id: int, person_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
        """People (by number) with whom each of these people was in a study group of another cohort."""
        ...

    # rooms

    async def add_rooms(self, rooms: Sequence[GroupRoom]) -> int:
        """Rooms that are known already (group and lane) are passed over; returns how many are new."""
        ...

    async def rooms(self, group_ids: Collection[int]) -> Mapping[int, Sequence[GroupRoom]]:
        """By lane."""
        ...

    async def save_room(self, room: GroupRoom) -> None: ...

    async def rooms_due(self, now: datetime, limit: int) -> Sequence[GroupRoom]:
        """Rooms whose `work_at` has come, the longest waiting first."""
        ...

    async def room_counts(self, cohort_id: int) -> Mapping[tuple[RoomState, str | None], int]:
        """By (state, reason), rooms of groups that live."""
        ...

    async def group_in(self, room: Address) -> StudyGroup | None:
        """The group that talks in this room."""
        ...

    # wishes for another group

    async def wish_change(self, wish: ChangeWish) -> bool:
        """Remember it; False when the same person has an open one already, which then has the new reason."""
        ...

    async def change_wishes(self, cohort_id: int) -> Sequence[ChangeWish]:
        """The open ones of a cohort, oldest first."""
        ...

    async def change_wishes_of(self, enrolment_id: int) -> Sequence[ChangeWish]:
        """All of somebody's, oldest first."""
        ...

    async def close_wish(self, enrolment_id: int) -> None: ...
