"""A restless visitor presses whatever there is to press, and sends every form as it stands."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

import pytest

from bot.messages.blocks import Form, Message, Reply
from bot.model.people import Address
from tests.world import World, a_world, buttons_of

PRESSES = 400
FINAL = ("course.forget?confirmed=1", "course.leave?cohort=1&confirmed=1", "cohort.close?cohort=spring&confirmed=1")
"""These end the story; each has a story of its own."""


class Visitor:
    """Presses every action once, wherever it turns up, and keeps what went wrong."""

    def __init__(self, world: World, who: Address) -> None:
        self.world, self.who = world, who
        self.seen: set[str] = set()
        self.todo: deque[tuple[str, str]] = deque()
        self.dead: list[tuple[str, str]] = []
        self.forms: list[Form] = []

    def look(self, message: Message | None) -> None:
        for button in buttons_of(message) if message else ():
            self._note(button.label, button.action)

    def _note(self, label: str, action: str) -> None:
        if action and action not in self.seen and action not in FINAL:
            self.seen.add(action)
            self.todo.append((label, action))

    async def press_everything(self) -> int:
        presses = 0
        while self.todo and presses < PRESSES:
            label, action = self.todo.popleft()
            presses += 1
            reply = await self.world.engine.press(action, self.world.caller(self.who, pressed=True))
            await self._take(label, reply)
        return presses

    async def _take(self, label: str, reply: Reply) -> None:
        shows = (reply.say, reply.replace, reply.home)
        if not any(shows) and not (reply.notice or reply.form or reply.file or reply.errors or reply.close):
            self.dead.append((label, "nothing happened"))
        for message in shows:
            self.look(message)
        if reply.form is not None:
            await self._fill(reply.form)
        await self.world.settle()
        for posted in self.world.platform.to(self.who):
            self.look(posted.message)

    async def _fill(self, form: Form) -> None:
        """Send the form as it stands; a kind refusal is fine, silence is not."""
        for button in form.buttons:
            self._note(button.label, button.action)
        if not form.submit or form.action in self.seen:
            return
        self.seen.add(form.action)
        values = {field.name: getattr(field, "value", "") for field in form.fields}
        reply = await self.world.engine.submit(form.action, values, self.world.caller(self.who, pressed=True))
        await self._take(form.title, reply)


@pytest.mark.parametrize("name", ["ben", "zoe", "ada"])
async def test_no_button_is_dead_and_none_breaks(name: str, sqlite_url: str) -> None:
    """For a learner in each language and for the admin: every press answers, and none of them is our fault."""
    async with a_world(sqlite_url) as world:
        await world.says(world.ada, "cohort create culture start 2026-12-01 name spring")
        reply = await world.says(world.ada, "cohort enrol spring @ben @zoé")
        await world.presses(world.ada, "Enrol 2 people", reply)
        reply = await world.says(world.ada, "cohort launch spring")
        await world.presses(world.ada, "Launch now", reply)
        await world.says(world.ada, 'ama schedule "Ask a CIO" 2026-12-03 17:30')
        await world.says(world.ada, "ama announce #1")
        await world.says(world.ben, "ama ask How do small teams begin?")
        await world.says(world.zoe, "ama demander Qui paie tout cela ?")
        await world.at(datetime(2026, 12, 3, 22, tzinfo=UTC))
        await world.says(world.ada, "ama open #1")
        visitor = Visitor(world, getattr(world, name))
        for word in ("home", "help", "progress", "ama", "ama show #1", "ama questions #1", "cohort"):
            answer = await world.says(visitor.who, word)
            visitor.look(answer.say)
        for posted in world.platform.to(visitor.who):
            visitor.look(posted.message)
        pressed = await visitor.press_everything()
        assert pressed > 20
        assert visitor.dead == []
        assert [event for event in world.events if event[0] in ("command_broke", "message_broken", "lane_broke")] == []
