"""The life of a study group, from the first post to merging: by buttons and by typing, in both languages, with the same
end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.messages.blocks import Reply
from bot.messages.typing import typed_in
from bot.model.course import Language
from bot.model.people import Address
from tests.bot.usecases.groups_stage import classmates, in_room, members_of, room_of
from tests.world import World, a_world, find_button

PEOPLE = 10
VOTED, RATED = "a", "4"


@dataclass
class Way(ABC):
    """How members and a facilitator do things."""

    world: World
    language: Language

    @abstractmethod
    async def votes(self, who: Address, letter: str) -> None: ...

    @abstractmethod
    async def comes(self, who: Address, answer: str) -> None: ...

    @abstractmethod
    async def asks_for_other_moments(self, who: Address) -> None: ...

    @abstractmethod
    async def met(self, who: Address, line: str) -> None: ...

    @abstractmethod
    async def did_not_meet(self, who: Address) -> None: ...

    @abstractmethod
    async def takes_a_stance(self, who: Address, stance: str, *, named: bool) -> None: ...

    @abstractmethod
    async def hosts(self, who: Address) -> None: ...

    @abstractmethod
    async def cancels(self, who: Address) -> None: ...

    @abstractmethod
    async def merges(self, who: Address, one: int, into: int) -> None: ...

    @abstractmethod
    async def brings_a_starter(self, who: Address, number: int) -> None: ...


class ByButtons(Way):
    """Presses what stands in the room, and in the answers to that."""

    async def press(self, who: Address, typed: str, what: str) -> Reply:
        """A button of the newest message of this kind in the room of whoever presses."""
        number = next(n for n, refs in (await members_of(self.world)).items() if who.ref in refs)
        room = room_of(self.world, number)
        posted = next(each for each in reversed(self.world.platform.to(room)) if f"/{what}" in each.key)
        caller = self.world.caller(who, pressed=True, key=posted.key, topic=posted.message.topic or None)
        reply = await self.world.engine.press(find_button(posted.message, typed).action, replace(caller, room=room))
        await self.world.settle()
        return reply

    async def votes(self, who: Address, letter: str) -> None:
        await self.press(who, f"group vote {letter}", "first")

    async def comes(self, who: Address, answer: str) -> None:
        await self.press(who, f"group rsvp {answer}", "meeting/")

    async def asks_for_other_moments(self, who: Address) -> None:
        await self.press(who, "group meet find", "meeting/")

    async def met(self, who: Address, line: str) -> None:
        form = (await self.press(who, "group met yes", "met/")).form
        assert form is not None
        answer = await self.world.submits(who, form, rating=RATED, line=line)
        assert not answer.errors

    async def did_not_meet(self, who: Address) -> None:
        await self.press(who, "group met no", "met/")

    async def takes_a_stance(self, who: Address, stance: str, *, named: bool) -> None:
        answer = await self.press(who, f"group stance {stance}", "starter/")
        if named:
            await self.world.presses(who, f"group stance {stance} named", answer)

    async def hosts(self, who: Address) -> None:
        await self.press(who, "group host me", "met/")

    async def cancels(self, who: Address) -> None:
        question = await self.press(who, "group meet cancel", "meeting/")
        await self.world.presses(who, "group meet cancel yes", question)

    async def card(self, who: Address) -> Reply:
        """By way of the home card and the cohort's groups."""
        status = await self.world.presses(who, "cohort status spring", await self.world.opens_home(who))
        groups = await self.world.presses(who, "cohort groups spring", status)
        return await self.world.presses(who, "cohort groups health spring", groups)

    async def merges(self, who: Address, one: int, into: int) -> None:
        await self.world.presses(who, f"cohort groups merge spring {one} into {into}", await self.card(who))

    async def brings_a_starter(self, who: Address, number: int) -> None:
        await self.world.presses(who, f"cohort groups starter spring {number}", await self.card(who))


class ByTyping(Way):
    """Types, in the language of the person."""

    async def type(self, who: Address, english: str, free: str = "") -> None:
        await self.world.says(who, f"{typed_in(self.language, english)} {free}".strip())

    async def votes(self, who: Address, letter: str) -> None:
        await self.type(who, f"group vote {letter}")

    async def comes(self, who: Address, answer: str) -> None:
        await self.type(who, f"group rsvp {answer}")

    async def asks_for_other_moments(self, who: Address) -> None:
        await self.type(who, "group meet find")

    async def met(self, who: Address, line: str) -> None:
        await self.type(who, "group met yes good", line)

    async def did_not_meet(self, who: Address) -> None:
        await self.type(who, "group met no")

    async def takes_a_stance(self, who: Address, stance: str, *, named: bool) -> None:
        await self.type(who, f"group stance {stance}{' named' if named else ''}")

    async def hosts(self, who: Address) -> None:
        await self.type(who, "group host me")

    async def cancels(self, who: Address) -> None:
        await self.type(who, "group meet cancel")
        await self.type(who, "group meet cancel yes")

    async def merges(self, who: Address, one: int, into: int) -> None:
        await self.type(who, f"cohort groups merge spring {one} into {into}")

    async def brings_a_starter(self, who: Address, number: int) -> None:
        await self.type(who, f"cohort groups starter spring {number}")


async def live(world: World, way: Way) -> list[Address]:
    """Four weeks of two groups: one meets and talks, the other one falls silent."""
    people = classmates(world, PEOPLE, language=way.language, zone="America/Toronto")
    await world.running(*people)
    everybody = list(people.values())
    await world.says(world.ada, f"lang {way.language}")
    for who in everybody:
        await world.says(who, "yes")
    await world.says(world.ada, "cohort groups preview spring")
    await world.says(world.ada, "cohort groups form spring")
    lively = sorted((await members_of(world))[1])
    group = [each for each in everybody if each.ref in lively]
    for who in group:
        await way.votes(who, VOTED)
    await way.comes(group[0], "going")
    await way.comes(group[1], "maybe")
    await way.comes(group[2], "no")
    await world.at(datetime(2026, 12, 1, 17, tzinfo=UTC))
    for who, stance in zip(group, ("yes", "no", "depends", "no", "yes"), strict=False):
        await way.takes_a_stance(who, stance, named=who in group[:2])
    await way.met(group[0], "More time, please")
    await way.did_not_meet(group[1])
    await way.hosts(group[2])
    await world.at(datetime(2026, 12, 3, 20, tzinfo=UTC))
    await way.brings_a_starter(world.ada, 2)
    await world.at(datetime(2026, 12, 8, 15, tzinfo=UTC))
    await world.says(group[0], f"{typed_in(way.language, 'group meet')} 2026-12-10 14:00")
    await way.comes(group[1], "going")
    await way.asks_for_other_moments(group[1])
    await way.cancels(group[0])
    await world.at(datetime(2026, 12, 24, 20, tzinfo=UTC))
    await way.merges(world.ada, 1, 2)
    await world.at(datetime(2026, 12, 29, 20, tzinfo=UTC))
    return everybody


async def end_state(world: World, people: list[Address]) -> Mapping[str, Any]:
    """Everything that the groups did, without numbers of rows and moments of pressing."""
    cohort = await world.cohort()
    names = {(await world.enrolment(who)).id: who.ref for who in people}
    state: dict[str, Any] = {"members": await members_of(world)}
    async with world.store.reading() as tx:
        for group in await tx.study_groups(cohort.id):
            meetings = (await tx.meetings([group.id]))[group.id]
            rsvps = await tx.rsvps([each.id for each in meetings])
            starters = await tx.starters(group.id)
            state[f"group {group.number}"] = {
                "state": group.state,
                "host": names.get(group.host or 0),
                "meetings": [(each.state, each.at, each.sequence) for each in meetings],
                "rsvps": [{names[who]: said for who, said in each.items()} for each in rsvps.values()],
                "met": [
                    (each.asked_on, names[each.enrolment_id], each.answer, each.rating, each.line)
                    for each in (await tx.met_answers([group.id]))[group.id]
                ],
                "starters": [each.lesson_id for each in starters],
                "stances": [
                    (each.lesson_id, names[each.enrolment_id], each.stance, each.named)
                    for starter in starters
                    for each in await tx.stances(group.id, starter.lesson_id, starter.activity_id)
                ],
            }
    state["rooms"] = {number: in_room(world, number) for number in (1, 2)}
    state["said"] = {
        number: [posted.key.split("/")[1:3] for posted in world.platform.to(room_of(world, number))]
        for number in (1, 2)
    }
    state["reminders"] = {who.ref: [key for key in world.keys(who) if "/remind/" in key] for who in people}
    return state


@pytest.mark.parametrize("language", Language)
async def test_groups_live_alike_by_buttons_and_by_typing(language: Language, sqlite_url: str, tmp_path: Path) -> None:
    """Votes, answers, stances, "we met", hosts, a cancelled meeting, a new starter and a merge end the same."""
    states = []
    for number, kind in enumerate((ByButtons, ByTyping)):
        url = sqlite_url if not number else f"sqlite:///{tmp_path / 'typed.db'}"
        async with a_world(url) as world:
            people = await live(world, kind(world, language))
            states.append(await end_state(world, people))
            assert not [event for event, _ in world.events if event.endswith("broke")]
    pressed, typed = states
    assert len(pressed["members"]) == 1
    assert [answer for *_, answer, _, _ in pressed["group 1"]["met"]] == ["met", "not"]
    assert pressed["group 1"]["stances"]
    assert pressed == typed
