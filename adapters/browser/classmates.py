"""Invented classmates for the demo: accounts that take part, so that polls have results and reports have numbers.

They press through the engine's door like everybody else; what they choose depends only on who they are and what the
activity is, so that a demo is the same every time.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from adapters.browser.platform import Account
from bot.messages.blocks import Reply
from bot.model.commands import Answer, Caller, Command, Done, Feedback, Vote
from bot.model.course import Activity, Course, Kind, Language, Lesson
from bot.model.people import Address, Profile
from bot.model.progress import Worth

CLASSMATES: tuple[Account, ...] = (
    Account("luc", "Luc Gagnon", "luc@example.org", Language.FR, "America/Moncton", "classmate"),
    Account("mei", "Mei Chen", "mei@example.org", Language.EN, "America/Vancouver", "classmate"),
    Account("tariq", "Tariq Hassan", "tariq@example.org", Language.EN, "America/Toronto", "classmate"),
    Account("odile", "Odile Roy", "odile@example.org", Language.FR, "America/Toronto", "classmate"),
    Account("priya", "Priya Nair", "priya@example.org", Language.EN, "America/Winnipeg", "classmate"),
    Account("jonas", "Jonas Wood", "jonas@example.org", Language.EN, "America/Edmonton", "classmate"),
    Account("ines", "Inès Bouchard", "ines@example.org", Language.FR, "America/Toronto", "classmate"),
    Account("kofi", "Kofi Mensah", "kofi@example.org", Language.EN, "America/St_Johns", "classmate"),
)
REFLECTIONS = {
    Language.EN: "I will show one unfinished thing this week and ask two people what they would change.",
    Language.FR: "Cette semaine, je montre une ébauche et je demande à deux personnes ce qu’elles changeraient.",
}


class Door(Protocol):
    """The engine's door for what people do."""

    async def handle(self, command: Command, caller: Caller) -> Reply: ...


Arrived = Callable[[Address], Awaitable[Sequence[tuple[int, str]]]]
"""The lessons that have arrived in somebody's chat: (cohort, lesson)."""


@dataclass
class Classroom:
    """Lets the classmates do what has arrived for them, a little at a time, and whoever else has something to do
    (`also`)."""

    door: Door
    arrived: Arrived
    course: Course
    workspace: str
    also: Callable[[], Awaitable[None]] | None = None
    done: set[tuple[str, int, str]] = field(default_factory=set)

    async def run(self, seconds: float) -> None:
        """Until cancelled: look every `seconds` seconds what has arrived."""
        while True:
            await self.look()
            if self.also is not None:
                await self.also()
            await asyncio.sleep(seconds)

    async def look(self) -> None:
        for account in CLASSMATES:
            address = Address("browser", self.workspace, account.ref)
            for cohort, lesson_id in await self.arrived(address):
                lesson = self.course.lesson(lesson_id)
                if lesson is not None and (account.ref, cohort, lesson_id) not in self.done:
                    self.done.add((account.ref, cohort, lesson_id))
                    await self._take_part(account, address, cohort, lesson)

    async def _take_part(self, account: Account, address: Address, cohort: int, lesson: Lesson) -> None:
        caller = Caller(address, Profile(account.name, account.language, account.zone))
        if _number(account.ref, lesson.id) % 8 == 0:
            return  # somebody always has no time
        for activity in lesson.on(None):
            if _number(account.ref, lesson.id, activity.id) % 10 < 7:
                await self.door.handle(_deed(account, cohort, lesson, activity), caller)
        worth = list(Worth)[_number(account.ref, lesson.id, "worth") % 5 % 3]
        await self.door.handle(Feedback(worth.value, cohort, lesson.id), caller)


def _deed(account: Account, cohort: int, lesson: Lesson, activity: Activity) -> Command:
    """What this classmate does with the activity."""
    if activity.kind in (Kind.POLL, Kind.QUIZ):
        option = activity.options[_number(account.ref, activity.id) % len(activity.options)]
        return Vote(cohort, lesson.id, activity.id, option=option.id)
    if activity.kind in (Kind.REFLECTION, Kind.STARTER):
        return Answer(cohort, lesson.id, activity.id, text=REFLECTIONS[account.language or Language.EN], shared=True)
    return Done(cohort, lesson.id, activity.id)


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:4])
