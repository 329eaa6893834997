"""A session from the first question to the recap, in both languages, by pressing and by typing, with the same end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.messages.blocks import Message, Reply
from bot.messages.typing import typed_in
from bot.model.course import Language
from bot.model.people import Address
from bot.model.sessions import QuestionState, SessionState
from tests.journeys.hands import ByButtons as Pressing
from tests.session_world import STARTS, card, facilitated
from tests.slack_world import a_slack_world
from tests.teams_world import a_teams_world
from tests.world import World, a_world, buttons_of

QUESTION, OTHER = "How do small teams begin?", "Where is our data kept?"
ANSWER = "With one open meeting."


@dataclass
class Hands(ABC):
    """How people take part: Fatou facilitates, Ben and Zoé learn."""

    world: World
    language: Language

    @abstractmethod
    async def schedule(self, title: str) -> None: ...

    @abstractmethod
    async def rsvp(self, who: Address, coming: str) -> None: ...

    @abstractmethod
    async def ask(self, who: Address, text: str) -> None: ...

    @abstractmethod
    async def upvote(self, who: Address, text: str) -> None: ...

    @abstractmethod
    async def host(self, verb: str) -> None: ...

    @abstractmethod
    async def here(self, who: Address) -> None: ...

    @abstractmethod
    async def hide(self, text: str, reason: str) -> None: ...

    @abstractmethod
    async def answer(self, text: str, words: str) -> None: ...

    @abstractmethod
    async def verdict(self, who: Address, text: str, said: str) -> None: ...

    async def number_of(self, text: str) -> int:
        async with self.world.store.reading() as tx:
            return next(each.id for each in await tx.questions(1) if each.text == text)


class ByButtons(Hands):
    """Never types but into fields, and to say hello."""

    async def press(self, who: Address, typed: str, where: Message | Reply) -> Reply:
        return await self.world.presses(who, typed, where)

    async def fill(self, who: Address, reply: Reply, **values: str) -> Reply:
        return await Pressing(self.world, who, self.language).fill(reply, **values)

    async def schedule(self, title: str) -> None:
        sessions = await self.world.says(self.world.fatou, "ama")
        form = await self.press(self.world.fatou, "ama schedule", sessions)
        names = {"title": title, "title_fr": title}
        draft = await self.fill(self.world.fatou, form, day="2026-12-10", time="13:00", link="", **names)
        await self.press(self.world.fatou, "ama announce #1", draft)

    async def rsvp(self, who: Address, coming: str) -> None:
        await self.press(who, f"ama rsvp #1 {coming}", card(self.world, who, 1, "invite"))

    async def ask(self, who: Address, text: str) -> None:
        form = await self.press(who, "ama ask #1", card(self.world, who, 1, "invite"))
        await self.fill(who, form, text=text)

    async def upvote(self, who: Address, text: str) -> None:
        box = await self.press(who, "ama questions #1", card(self.world, who, 1, "invite"))
        await self.press(who, f"ama upvote {await self.number_of(text)}", box)

    async def host(self, verb: str) -> None:
        typed = "ama next" if verb == "next" else f"ama {verb} #1"
        if verb == "answered":
            desk = card(self.world, self.world.fatou, 1, "desk")
            typed = next(b.typed for b in buttons_of(desk) if b.typed.startswith("ama answered"))
        await self.press(self.world.fatou, typed, card(self.world, self.world.fatou, 1, "desk"))

    async def here(self, who: Address) -> None:
        await self.press(who, "ama here #1", card(self.world, who, 1, "soon0"))

    async def hide(self, text: str, reason: str) -> None:
        typed = f"ama hide {await self.number_of(text)}"
        form = await self.press(self.world.fatou, typed, card(self.world, self.world.fatou, 1, "desk"))
        await self.fill(self.world.fatou, form, reason=reason)

    async def answer(self, text: str, words: str) -> None:
        typed = f"ama answer {await self.number_of(text)}"
        form = await self.press(self.world.fatou, typed, card(self.world, self.world.fatou, 1, "desk"))
        await self.fill(self.world.fatou, form, **{f"text_{self.language}": words})

    async def verdict(self, who: Address, text: str, said: str) -> None:
        await self.press(who, f"ama verdict {await self.number_of(text)} {said}", card(self.world, who, 1, "recap"))


class ByTyping(Hands):
    """Types what messages say one can type, in the person's language."""

    async def type(self, who: Address, english: str, free: str = "") -> Reply:
        reply = await self.world.says(who, f"{typed_in(self.language, english)} {free}".strip())
        assert reply.form is None, "what was typed in full asks nothing back"
        return reply

    async def schedule(self, title: str) -> None:
        verb = "ama schedule" if self.language is Language.EN else "ama planifier"
        length = "for 60m" if self.language is Language.EN else "pour 60 min"
        await self.world.says(self.world.fatou, f"{verb} “{title}” 2026-12-10 13:00 {length}")
        await self.type(self.world.fatou, "ama announce #1")

    async def rsvp(self, who: Address, coming: str) -> None:
        await self.type(who, f"ama rsvp #1 {coming}")

    async def ask(self, who: Address, text: str) -> None:
        await self.type(who, "ama ask #1", text)

    async def upvote(self, who: Address, text: str) -> None:
        await self.type(who, f"ama upvote {await self.number_of(text)}")

    async def host(self, verb: str) -> None:
        await self.type(self.world.fatou, f"ama {verb}" if verb in ("next", "answered") else f"ama {verb} #1")

    async def here(self, who: Address) -> None:
        await self.type(who, "ama here #1")

    async def hide(self, text: str, reason: str) -> None:
        await self.type(self.world.fatou, f"ama hide {await self.number_of(text)}", reason)

    async def answer(self, text: str, words: str) -> None:
        await self.type(self.world.fatou, f"ama answer {await self.number_of(text)}", words)

    async def verdict(self, who: Address, text: str, said: str) -> None:
        await self.type(who, f"ama verdict {await self.number_of(text)} {said}")


async def story(hands: Hands) -> None:
    """Everything in its order."""
    world = hands.world
    await facilitated(world)
    for who in (world.fatou, world.ben, world.zoe):
        await world.says(who, f"lang {hands.language}")
    await hands.schedule("Ask a CIO")
    await hands.rsvp(world.ben, "maybe")
    await hands.rsvp(world.ben, "going")
    await hands.rsvp(world.zoe, "no")
    await hands.ask(world.ben, QUESTION)
    await hands.ask(world.zoe, OTHER)
    await hands.ask(world.zoe, "Who is to blame for all that?")
    for who in (world.ben, world.zoe):
        await hands.upvote(who, QUESTION)
    await world.at(STARTS - timedelta(minutes=5))
    await hands.hide("Who is to blame for all that?", "No names.")
    await hands.host("open")
    await hands.here(world.ben)
    await hands.host("next")
    await world.at(STARTS + timedelta(minutes=1))
    await hands.host("answered")
    await hands.host("close")
    await world.at(STARTS + timedelta(minutes=2))
    await hands.answer(QUESTION, ANSWER)
    await hands.host("recap")
    await world.at(STARTS + timedelta(days=1))
    await hands.verdict(world.ben, QUESTION, "partly")


async def end_state(world: World) -> Mapping[str, Any]:
    """What is stored after the story, without numbers that chance gave."""
    async with world.store.reading() as tx:
        found = await tx.session(1)
        people = {who.ref: await tx.person_at(who) for who in (world.ben, world.zoe, world.fatou)}
        assert found is not None
        refs = {person.id: ref for ref, person in people.items() if person}
        return {
            "session": (found.state, found.starts, found.zone, found.minutes, found.sequence),
            "questions": {
                each.text: (
                    each.state,
                    refs.get(each.author_id or 0),
                    each.votes,
                    each.answers,
                    each.verdict,
                    each.reason,
                )
                for each in await tx.questions(1)
            },
            "guests": {
                ref: (guest.coming, guest.came)
                for number, ref in refs.items()
                if (guest := await tx.guest(1, number)) is not None
            },
        }


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("platform", ["fake", "slack", "teams"])
async def test_a_whole_session_by_pressing_and_by_typing(
    platform: str, language: Language, migrated: bytes, tmp_path: Path
) -> None:
    """From the schedule to "was it answered?"; both ways end alike, and nobody gets anything twice. On the small fake
    platform, in Slack and in Teams."""
    worlds: Mapping[str, Callable[[str], AbstractAsyncContextManager[World]]]
    worlds = {"fake": a_world, "slack": a_slack_world, "teams": a_teams_world}
    ends = []
    for way in (ByButtons, ByTyping):
        path = tmp_path / f"{way.__name__}.db"
        path.write_bytes(migrated)
        async with worlds[platform](f"sqlite:///{path}") as world:
            await story(way(world, language))
            ends.append(await end_state(world))
            posted = [each.key for each in world.platform.posted.values()]
            assert len(posted) == len(set(posted))
            assert [event for event in world.events if event[0] == "command_broke"] == []
    assert ends[0] == ends[1]
    assert ends[0]["session"][0] is SessionState.RECAPPED
    assert ends[0]["questions"][QUESTION][0] is QuestionState.ANSWERED
    assert ends[0]["questions"][QUESTION][2] == 2
