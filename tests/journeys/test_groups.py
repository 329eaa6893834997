"""Study groups from the proposal to the farewell: by buttons and by typing, in both languages, with the same end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.messages.blocks import Message, Reply
from bot.messages.typing import typed_in
from bot.model.course import Language
from bot.model.people import Address
from tests.bot.usecases.groups_stage import classmates, groups_of, in_room, members_of, room_of
from tests.reading import plain_text
from tests.world import World, a_world

PEOPLE = 13


@dataclass
class Way(ABC):
    """How somebody does things with study groups."""

    world: World
    language: Language

    @abstractmethod
    async def options(self, who: Address, **values: str) -> None: ...

    @abstractmethod
    async def propose(self, who: Address) -> None: ...

    @abstractmethod
    async def form(self, who: Address) -> None: ...

    @abstractmethod
    async def move(self, who: Address, person: str, to: int) -> None: ...

    @abstractmethod
    async def introduce(self, who: Address, line: str) -> None: ...

    @abstractmethod
    async def avoid(self, who: Address, person: str) -> None: ...

    @abstractmethod
    async def change(self, who: Address, why: str, to: int) -> None: ...

    @abstractmethod
    async def ask(self, who: Address, why: str) -> None: ...

    @abstractmethod
    async def leave(self, who: Address) -> None: ...

    @abstractmethod
    async def close(self, who: Address) -> None: ...


class ByButtons(Way):
    """Presses what home card, messages and forms offer."""

    async def press(self, who: Address, typed: str, where: Message | Reply) -> Reply:
        return await self.world.presses(who, typed, where)

    async def home(self, who: Address) -> Message:
        return await self.world.opens_home(who)

    async def card(self, who: Address) -> Reply:
        status = await self.press(who, "cohort status spring", await self.home(who))
        return await self.press(who, "cohort groups spring", status)

    async def fill(self, who: Address, reply: Reply, **values: str) -> Reply:
        assert reply.form is not None
        answer = await self.world.submits(who, reply.form, **values)
        assert not answer.errors, answer.errors
        return answer

    async def options(self, who: Address, **values: str) -> None:
        await self.fill(who, await self.press(who, "cohort groups options spring", await self.card(who)), **values)

    async def propose(self, who: Address) -> None:
        await self.press(who, "cohort groups preview spring", await self.card(who))

    async def form(self, who: Address) -> None:
        await self.press(who, "cohort groups form spring", self.world.newest(who).message)

    async def move(self, who: Address, person: str, to: int) -> None:
        form = await self.press(who, "cohort groups move spring @ann to 2", await self.card(who))
        effect = await self.fill(who, form, person=person, to=str(to))
        assert effect.say is not None
        label = "Move" if self.language is Language.EN else "Déplacer"
        await self.press(who, label, effect)

    async def introduce(self, who: Address, line: str) -> None:
        await self.fill(who, await self._about(who), line=line)

    async def avoid(self, who: Address, person: str) -> None:
        await self.fill(who, await self._about(who), avoid=person)

    async def _about(self, who: Address) -> Reply:
        settings = await self.press(who, "settings", await self.home(who))
        assert settings.form is not None
        return await self.world.presses_in(who, settings.form)

    async def change(self, who: Address, why: str, to: int) -> None:
        found = await self._offers(who, why)
        await self.press(who, f"group change {why} to {to}", found)

    async def ask(self, who: Address, why: str) -> None:
        await self.press(who, f"group change {why} ask", await self._offers(who, why))

    async def _offers(self, who: Address, why: str) -> Reply:
        question = await self.press(who, "group change", await self.home(who))
        return await self.press(who, f"group change {why}", question)

    async def leave(self, who: Address) -> None:
        card = await self.press(who, "group home", await self.home(who))
        question = await self.press(who, "group leave", card)
        await self.press(who, "group leave yes", question)

    async def close(self, who: Address) -> None:
        status = await self.press(who, "cohort status spring", await self.home(who))
        await self.press(who, "cohort close spring confirm", await self.press(who, "cohort close spring", status))


class ByTyping(Way):
    """Types, in the language of the person."""

    async def type(self, who: Address, english: str, free: str = "") -> Reply:
        return await self.world.says(who, f"{typed_in(self.language, english)} {free}".strip())

    async def options(self, who: Address, **values: str) -> None:
        for name, value in values.items():
            await self.type(who, f"cohort groups options spring {name} {value}")

    async def propose(self, who: Address) -> None:
        await self.type(who, "cohort groups preview spring")

    async def form(self, who: Address) -> None:
        await self.type(who, "cohort groups form spring")

    async def move(self, who: Address, person: str, to: int) -> None:
        await self.type(who, f"cohort groups move spring {person} to {to}")
        await self.type(who, f"cohort groups move spring {person} to {to} confirm")

    async def introduce(self, who: Address, line: str) -> None:
        await self.type(who, "group about", line)

    async def avoid(self, who: Address, person: str) -> None:
        await self.type(who, "group avoid", person)

    async def change(self, who: Address, why: str, to: int) -> None:
        await self.type(who, f"group change {why}")
        await self.type(who, f"group change {why} to {to}")

    async def ask(self, who: Address, why: str) -> None:
        await self.type(who, f"group change {why} ask")

    async def leave(self, who: Address) -> None:
        await self.type(who, "group leave")
        await self.type(who, "group leave yes")

    async def close(self, who: Address) -> None:
        await self.type(who, "cohort close spring confirm")


async def story(world: World, way: Way) -> Mapping[str, Any]:
    """Everything one can do with study groups once, and what is there in the end and on the way."""
    people = list(classmates(world, PEOPLE, language=way.language).values())
    await world.running(*(f"p{n}@example.org" for n in range(PEOPLE)))
    await world.says(world.ada, f"lang {way.language}")
    await world.says(world.ada, "cohort roles spring add facilitator @fatou")
    for who in people:
        await world.says(who, "yes" if way.language is Language.EN else "oui")
    await way.introduce(people[0], "I write policy")
    await way.avoid(people[0], "p1@example.org")
    await way.options(world.ada, hours="6", size="4-7", facilitators="1" if isinstance(way, ByButtons) else "yes")
    await way.propose(world.ada)
    await way.form(world.ada)
    seen: dict[str, Any] = {"formed": await members_of(world)}
    number = {ref: n for n, some in seen["formed"].items() for ref in some}
    assert number["U-p0"] != number["U-p1"]
    other = next(who for who in people[2:] if number[who.ref] != number["U-p0"])
    await way.change(other, "hours", number["U-p0"])
    last = next(who for who in people[2:] if who != other and number[who.ref] == number["U-p0"])
    await way.move(world.ada, f"{last.ref.removeprefix('U-')}@example.org", number[other.ref])
    await way.ask(people[1], "quiet")
    await way.leave(people[3])
    seen["changed"] = await members_of(world)
    seen["rooms"] = {group.number: in_room(world, group.number) for group in await groups_of(world)}
    seen["card"] = plain_text(world.platform.to(room_of(world, number["U-p0"]))[0].message)
    cohort = await world.cohort()
    async with world.store.reading() as tx:
        seen["options"] = await tx.group_options(cohort.id)
        seen["wishes"] = [wish.why for wish in await tx.change_wishes(cohort.id)]
        seen["about"] = dict(await tx.about(range(1, 40)))
        seen["avoided"] = {one: len(others) for one, others in (await tx.avoided(range(1, 40))).items()}
    await way.close(world.ada)
    await world.at(world.clock.now + timedelta(minutes=1))
    seen["closed"] = sorted(room.ref for room in world.platform.closed)
    return seen


@pytest.mark.parametrize("language", Language)
async def test_buttons_and_words_lead_to_the_same_groups(language: Language, tmp_path: Path) -> None:
    """In English and in French: who is with whom, rooms, cards, options, wishes and what was said are equal."""
    ends = []
    for way in (ByButtons, ByTyping):
        async with a_world(f"sqlite:///{tmp_path / way.__name__}.db") as world:
            ends.append(await story(world, way(world, language)))
            broken = ("command_broke", "message_broken", "rooms_broke", "job_broke")
            assert [event for event in world.events if event[0] in broken] == []
    pressed, typed = ends
    assert pressed == typed
    assert pressed["rooms"] == {n: {*some, "U-fatou"} for n, some in pressed["changed"].items()}
    assert len(pressed["closed"]) == len(pressed["formed"])
    assert "I write policy" in pressed["card"]
    assert [why.value for why in pressed["wishes"]] == ["quiet"]
