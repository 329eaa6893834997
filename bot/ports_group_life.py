"""What the store remembers of the life of study groups, as `bot.ports.Tx` has it. All moments are aware UTC."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model.group_life import GroupLife, Meeting, MetAnswer, Rsvp, StanceTaken, Starter


class GroupLifeRecords(Protocol):
    # when there is something to do

    async def begin_life(self, life: GroupLife) -> bool:
        """False when the group's life has begun before; then nothing changes."""
        ...

    async def group_life(self, group_id: int) -> GroupLife | None: ...

    async def save_life(self, life: GroupLife) -> None: ...

    async def lives_due(self, now: datetime, limit: int) -> Sequence[GroupLife]:
        """Groups whose `next_at` has come, the longest waiting first."""
        ...

    async def watch(self, cohort_id: int, next_at: datetime | None) -> None:
        """When facilitators next hear how a cohort's groups are; None: not any more."""
        ...

    async def watched(self, cohort_id: int) -> datetime | None: ...

    async def watches_due(self, now: datetime, limit: int) -> Sequence[int]:
        """Cohorts of whose groups facilitators are to hear now."""
        ...

    # meetings

    async def add_meeting(self, meeting: Meeting) -> Meeting | None:
        """Store a new meeting (its id is ignored); None when the group has one proposed or planned already."""
        ...

    async def save_meeting(self, meeting: Meeting) -> None: ...

    async def meeting(self, meeting_id: int) -> Meeting | None: ...

    async def open_meeting(self, group_id: int) -> Meeting | None:
        """The one that is proposed or planned."""
        ...

    async def meetings(self, group_ids: Collection[int]) -> Mapping[int, Sequence[Meeting]]:
        """Every meeting of each group, oldest first."""
        ...

    async def save_votes(self, meeting_id: int, enrolment_id: int, moments: Collection[datetime], at: datetime) -> None:
        """The moments that suit somebody, exactly these."""
        ...

    async def votes(self, meeting_id: int) -> Mapping[int, frozenset[datetime]]:
        """By enrolment; somebody whom none suits has an empty set, who did not vote is not in it."""
        ...

    async def clear_votes(self, meeting_id: int) -> None: ...

    async def save_rsvp(self, meeting_id: int, enrolment_id: int, answer: Rsvp, at: datetime) -> bool:
        """False when the same answer was there already."""
        ...

    async def rsvps(self, meeting_ids: Collection[int]) -> Mapping[int, Mapping[int, Rsvp]]:
        """Per meeting, the answers by enrolment."""
        ...

    async def save_met(self, answer: MetAnswer) -> None: ...

    async def met_answers(self, group_ids: Collection[int]) -> Mapping[int, Sequence[MetAnswer]]:
        """Per group, oldest question first."""
        ...

    # conversation starters

    async def add_starter(self, starter: Starter) -> bool:
        """False when the group had it before."""
        ...

    async def save_starter(self, starter: Starter) -> None: ...

    async def starters(self, group_id: int) -> Sequence[Starter]:
        """Oldest first."""
        ...

    async def save_stance(self, taken: StanceTaken) -> None: ...

    async def stances(self, group_id: int, lesson_id: str, activity_id: str) -> Sequence[StanceTaken]:
        """In the order in which people joined the cohort."""
        ...

    # signs of life, for health and for "my data"

    async def signs(self, enrolment_ids: Collection[int], since: datetime) -> Mapping[int, datetime]:
        """The latest moment since then at which each of them did something in the course or in a group; who did nothing
        is not in it. Never looks at messages."""
        ...

    async def life_of(
        self, enrolment_id: int
    ) -> tuple[Mapping[int, Rsvp], Mapping[int, frozenset[datetime]], Sequence[MetAnswer], Sequence[StanceTaken]]:
        """Everything of one enrolment: RSVPs and votes by meeting, answers to "did you meet?", stances."""
        ...
