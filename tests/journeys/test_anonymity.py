"""An anonymous question is linked to nobody: not by a table, a log, an export, or anything the browser chat keeps.

The same story is told twice. Everything that others can see is the same; only who asks anonymously differs. Whatever
is stored afterwards must be the same, too: then nothing anywhere says who it was.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.browser.acts import Acts, Origin
from adapters.browser.log import PersonRecord
from adapters.browser.platform import SAMPLE_PEOPLE, BrowserPlatform
from adapters.database.chat import ChatStore
from adapters.database.schema import metadata
from bot.messages.actions import encode
from bot.model.commands_ama import AskQuestion, EditQuestion, Upvote, WithdrawQuestion
from bot.model.people import Address
from bot.usecases.engine import Engine
from tests.builders import every_table, places_of
from tests.world import World, a_world

WORKSPACE = "local"
ASKED, REWORDED, TAKEN_BACK = "Why is the archive closed?", "Why is the archive locked?", "Who decided about this?"
ASKERS = ("ben", "amelie")


@dataclass
class Chat:
    """The browser chat with people who press, fill in and type."""

    world: World
    acts: Acts
    memory: ChatStore
    engine: Engine
    clicks: dict[str, int] = field(default_factory=dict)

    async def person(self, ref: str) -> PersonRecord:
        found = await self.memory.person(WORKSPACE, ref)
        assert found is not None
        return found

    def client(self, ref: str) -> str:
        self.clicks[ref] = self.clicks.get(ref, 0) + 1
        return f"{ref}-{self.clicks[ref]}"

    async def says(self, ref: str, text: str) -> dict[str, Any]:
        room = await self.memory.direct_room(WORKSPACE, ref)
        assert room is not None
        return await self.done(await self.acts.say(await self.person(ref), room, text, self.client(ref)))

    async def presses(self, ref: str, action: str) -> dict[str, Any]:
        return await self.done(await self.acts.press(await self.person(ref), Origin(None), action, self.client(ref)))

    async def fills(self, ref: str, answer: Mapping[str, Any], unseen: str, **values: str) -> dict[str, Any]:
        """Send a form. `unseen` is the page's own id of this act, which says nothing about the person."""
        person, form = await self.person(ref), answer["form"]
        origin = Origin(None, in_form=True)
        return await self.done(await self.acts.submit(person, origin, form["action"], values, unseen))

    async def done(self, answer: dict[str, Any]) -> dict[str, Any]:
        for _ in range(10):
            await self.engine.tick()
            await self.engine.idle()
        assert "errors" not in answer, answer
        return answer


@asynccontextmanager
async def a_chat(url: str) -> AsyncIterator[Chat]:
    async with a_world(url) as world:
        memory = ChatStore(world.store)
        platform = BrowserPlatform(memory, world.clock)
        await platform.add_people(WORKSPACE, SAMPLE_PEOPLE)
        sam = Address("browser", WORKSPACE, "sam")
        parts = replace(world.engine.parts, platforms={"browser": platform}, admins=frozenset({sam}))
        engine = Engine(parts, world.engine.report)
        chat = Chat(world, Acts(engine, memory, platform, world.clock), memory, engine)
        try:
            yield chat
        finally:
            await engine.stop(5)


async def told(url: str, asker: str) -> tuple[Mapping[str, Any], str, list[Any]]:
    """The story with this person asking anonymously: every table, the words of one's own data, what was logged."""
    async with a_chat(url) as chat:
        await chat.says("sam", "cohort create small start 2027-01-12 name spring")
        await chat.says("sam", "cohort enrol spring @ben @amelie")
        await chat.says("sam", "cohort confirm 1")
        await chat.says("sam", "cohort launch spring confirm")
        await chat.says("sam", "cohort roles spring add facilitator @nadia")
        await chat.says("nadia", 'ama schedule "Ask a CIO" 2026-12-10 13:00')
        await chat.says("nadia", "ama announce #1")
        chat.world.clock.now += timedelta(hours=3)
        forms = {ref: await chat.presses(ref, encode(AskQuestion(1))) for ref in ASKERS}
        again = {ref: await chat.presses(ref, encode(AskQuestion(1))) for ref in ASKERS}
        panel = await chat.fills(asker, forms[asker], "unseen-1", text=ASKED, anonymous="1")
        code = code_of(panel)
        second = await chat.fills(asker, again[asker], "unseen-2", text=TAKEN_BACK, anonymous="1")
        edits = {ref: await chat.presses(ref, encode(EditQuestion(session=1, form=True))) for ref in ASKERS}
        withdrawals = {ref: await chat.presses(ref, encode(WithdrawQuestion(session=1, form=True))) for ref in ASKERS}
        await chat.fills(asker, edits[asker], "unseen-3", code=code, text=REWORDED)
        await chat.fills(asker, withdrawals[asker], "unseen-4", code=code_of(second))
        async with chat.world.store.reading() as tx:
            (question,) = await tx.questions(1)
        for ref in ASKERS:
            await chat.presses(ref, encode(Upvote(question.id)))
        chat.world.clock.now += timedelta(minutes=1)  # hosts' desks are shown anew
        await chat.says("nadia", "ama questions #1")
        exports = [await chat.says(ref, "mydata file") for ref in ASKERS]
        exports += [await chat.says("sam", text) for text in ("cohort people spring file", "cohort audit spring")]
        dump = await every_table(chat.world.store)
        assert places_of(dump, REWORDED) != []
        assert places_of(dump, code) == [], "the code is stored nowhere"
        assert places_of(dump, ASKED) == []
        assert places_of(dump, TAKEN_BACK) == []
        contents = [base64.b64decode(each["file"]["content"]).decode() for each in exports if "file" in each]
        assert len(contents) == 3
        files = json.dumps(contents).replace(str(question.id), "QUESTION")
        return known(dump, question.id, question.code or ""), files, chat.world.events


def code_of(answer: Mapping[str, Any]) -> str:
    """The code in a panel: the only words in it that look like code."""
    found = []

    def look(thing: Any) -> None:
        if isinstance(thing, dict):
            if thing.get("code") is True:
                found.append(str(thing["text"]))
            for value in thing.values():
                look(value)
        elif isinstance(thing, list):
            for value in thing:
                look(value)

    look(answer["form"])
    (code,) = found
    return code


def known(dump: Mapping[str, Any], question: int, code: str) -> Mapping[str, Any]:
    """The same with what is different every time under one name: the question's number, its fingerprint, the uid."""
    rows = {}
    for name, table in dump.items():
        texts = [str(sorted((k, str(v)) for k, v in row.items() if k not in ("uid", "worker"))) for row in table]
        rows[name] = sorted(each.replace(str(question), "QUESTION").replace(code or "-", "CODE") for each in texts)
    return rows


async def test_nothing_says_who_asked_anonymously(tmp_path_factory: pytest.TempPathFactory) -> None:
    """After an anonymous question, an edit, upvotes and a withdrawal."""
    tables, files, logs = zip(
        *[await told(f"sqlite:///{tmp_path_factory.mktemp(asker)}/chat.db", asker) for asker in ASKERS], strict=True
    )
    for name in tables[0]:
        assert tables[0][name] == tables[1][name], name
    assert files[0] == files[1]
    assert logs[0] == logs[1]


async def test_an_anonymous_question_has_no_moment(sqlite_url: str) -> None:
    """So that nobody can look up who was there then; its number says nothing about when, either."""
    async with a_chat(sqlite_url) as chat:
        await chat.says("sam", "cohort create small start 2027-01-12 name spring")
        await chat.says("sam", 'ama schedule "Ask a CIO" 2026-12-10 13:00')
        await chat.says("sam", "ama announce #1")
        for n, word in enumerate(("Money", "Weather", "Travelling")):
            chat.world.clock.now = datetime(2026, 11, 25, 10 + n, tzinfo=UTC)
            form = await chat.presses("sam", encode(AskQuestion(1)))
            await chat.fills("sam", form, f"unseen-{n}", text=f"{word} is secret?", anonymous="1")
        dump = await every_table(chat.world.store)
        rows = dump["question"]
        assert [(row["author_id"], row["asked_at"]) for row in rows] == [(None, None)] * 3
        assert places_of({"inbox": dump["inbox"]}, "unseen") == []
        assert all(100_000 <= row["id"] < 1_000_000 for row in rows)


async def test_the_database_does_not_note_it_either(postgres_url: str) -> None:
    """PostgreSQL keeps with every row which transaction wrote it: the one that wrote the question wrote nothing about
    its author, not even that an event of theirs was handled."""
    async with a_chat(postgres_url) as chat:
        await chat.says("sam", "cohort create small start 2027-01-12 name spring")
        await chat.says("sam", 'ama schedule "Ask a CIO" 2026-12-10 13:00')
        await chat.says("sam", "ama announce #1")
        form = await chat.presses("sam", encode(AskQuestion(1)))
        await chat.fills("sam", form, "unseen", text=ASKED, anonymous="1")
        written: dict[str, set[str]] = {}
        async with chat.world.store.look() as connection:
            for table in metadata.sorted_tables:
                rows = await connection.execute(sa.select(sa.text("xmin::text")).select_from(table))
                written[table.name] = set(rows.scalars())
        (ours,) = written["question"]
        assert {name for name, ids in written.items() if ours in ids} <= {"question", "session_task"}
