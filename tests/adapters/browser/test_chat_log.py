"""The chat's memory keeps the promises of `ChatLog`, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.browser.log import ChatLog
from tests.adapters.browser.server import open_chat

NOW = datetime(2026, 12, 1, 14, 30, tzinfo=UTC)
HELLO = {"kind": "message", "language": "en", "summary": "Hello"}


@pytest.fixture
async def log(database_url: str) -> AsyncIterator[ChatLog]:
    """An empty chat with Amélie and Ben."""
    async with open_chat(database_url) as made:
        await made.add_person("w1", "amelie", name="Amélie", email="amelie@example.org", language="fr", now=NOW)
        await made.add_person("w1", "ben", name="Ben", now=NOW)
        yield made


async def direct(log: ChatLog, ref: str = "amelie") -> int:
    room = await log.direct_room("w1", ref)
    assert room
    return room.id


async def a_room(log: ChatLog, *people: str) -> int:
    return (await log.open_room("w1", "g1", name="spring", topic="", people=people, now=NOW)).id


async def test_an_account_is_opened_once(log: ChatLog) -> None:
    """Whoever is there keeps what they have; the same name in another workspace is somebody else."""
    assert not await log.add_person("w1", "amelie", name="Another", now=NOW)
    assert await log.add_person("w2", "amelie", name="Another", now=NOW)
    people = await log.people("w1")
    assert [(person.ref, person.name) for person in people] == [("amelie", "Amélie"), ("ben", "Ben")]
    assert await log.person("w1", "zoe") is None


async def test_language_and_zone_can_change(log: ChatLog) -> None:
    """What is not given stays."""
    await log.set_person("w1", "amelie", zone="America/Toronto")
    await log.set_person("w1", "amelie")
    person = await log.person("w1", "amelie")
    assert person
    assert (person.language, person.zone) == ("fr", "America/Toronto")


async def test_a_repeated_text_is_one_row(log: ChatLog) -> None:
    """A page that never got its answer asks again with the same id."""
    room = await direct(log)
    first = await log.post(room, author="amelie", text="next", client="c1", now=NOW)
    again = await log.post(room, author="amelie", text="next", client="c1", now=NOW)
    other = await log.post(room, author="amelie", text="next", client="c2", now=NOW)
    assert again == first
    assert other.id != first.id
    assert len(await log.rows(room, "amelie", before=None, limit=10)) == 2


async def test_a_text_is_answered_once(log: ChatLog) -> None:
    """`answered` tells a repetition from a text that was never heard."""
    room = await direct(log)
    row = await log.post(room, author="amelie", text="next", client="c1", now=NOW)
    assert not row.answered
    await log.answer(row.id)
    assert (await log.post(room, author="amelie", text="next", client="c1", now=NOW)).answered


async def test_older_rows_come_in_pages(log: ChatLog) -> None:
    """Oldest first within a page, deleted ones left out."""
    room = await direct(log)
    ids = [(await log.post(room, author=None, body=HELLO, now=NOW)).id for _ in range(5)]
    await log.withdraw(ids[3])
    last = await log.rows(room, "amelie", before=None, limit=2)
    assert [row.id for row in last] == [ids[2], ids[4]]
    before = await log.rows(room, "amelie", before=last[0].id, limit=10)
    assert [row.id for row in before] == ids[:2]


async def test_a_word_for_one_is_seen_by_one(log: ChatLog) -> None:
    """Neither the list nor the news show it to anybody else."""
    room = await a_room(log, "amelie", "ben")
    row = await log.post(room, author=None, body=HELLO, only_for="amelie", now=NOW)
    assert [each.id for each in await log.rows(room, "amelie", before=None, limit=9)] == [row.id]
    assert await log.rows(room, "ben", before=None, limit=9) == []
    assert [each.id for each in (await log.changes("w1", "amelie", 0, 50)).rows] == [row.id]
    assert (await log.changes("w1", "ben", 0, 50)).rows == []


async def test_unread_counts_what_others_said(log: ChatLog) -> None:
    """Own words are no news; reading goes forward only."""
    room = await a_room(log, "amelie", "ben")
    first = await log.post(room, author="ben", text="Hi", now=NOW)
    second = await log.post(room, author="ben", text="Anybody?", now=NOW)
    await log.post(room, author="amelie", text="Yes", now=NOW)

    async def unread(ref: str) -> dict[str, int]:
        return {place.room.name: place.unread for place in await log.places("w1", ref)}

    assert await unread("amelie") == {"": 0, "spring": 2}
    assert await unread("ben") == {"": 0, "spring": 1}
    await log.mark_read(room, "amelie", second.id)
    await log.mark_read(room, "amelie", first.id)
    assert await unread("amelie") == {"": 0, "spring": 0}


async def test_news_are_told_from_where_one_was(log: ChatLog) -> None:
    """Posts, edits and withdrawals, each as it is now; nothing twice, nothing missing."""
    room = await direct(log)
    start = await log.latest("w1")
    first = await log.post(room, author=None, body=HELLO, now=NOW)
    second = await log.post(room, author=None, body=HELLO, now=NOW)
    news = await log.changes("w1", "amelie", start, 50)
    assert [row.id for row in news.rows] == [first.id, second.id]
    assert news.upto == await log.latest("w1")
    await log.edit(first.id, HELLO | {"summary": "Bye"})
    await log.withdraw(second.id)
    later = await log.changes("w1", "amelie", news.upto, 50)
    assert [(row.id, row.edited, row.deleted) for row in later.rows] == [
        (first.id, True, False),
        (second.id, False, True),
    ]
    assert later.rows[1].body is None
    assert (await log.changes("w1", "amelie", later.upto, 50)).rows == []


async def test_long_news_come_in_pieces(log: ChatLog) -> None:
    """However small the pieces, all of them together are everything."""
    room = await a_room(log, "amelie", "ben")
    posted = [(await log.post(room, author="ben", text=str(n), now=NOW)).id for n in range(7)]
    # an erased person's words all change at the same moment
    await log.forget_person("w1", "ben")
    after, heard, rounds = 0, set[int](), 0
    while (news := await log.changes("w1", "amelie", after, 3)).rows:
        heard |= {row.id for row in news.rows}
        after, rounds = news.upto, rounds + 1
        assert rounds < 10
    assert heard == set(posted)


async def test_news_about_places(log: ChatLog) -> None:
    """A new room, a closed one, being taken out: the list of places is news to those in it, and to nobody else."""
    await log.add_person("w1", "zoe", name="Zoé", now=NOW)
    start = {ref: (await log.changes("w1", ref, 0, 50)).upto for ref in ("amelie", "ben", "zoe")}
    room = await a_room(log, "amelie", "ben")
    for ref in ("amelie", "ben"):
        news = await log.changes("w1", ref, start[ref], 50)
        assert news.places
        start[ref] = news.upto
    assert not (await log.changes("w1", "zoe", start["zoe"], 50)).places
    await log.set_members(room, ["amelie"])
    assert (await log.changes("w1", "ben", start["ben"], 50)).places
    assert [place.room.name for place in await log.places("w1", "ben")] == [""]
    before = await log.latest("w1")
    await log.close_room(room)
    assert (await log.changes("w1", "amelie", before, 50)).places
    assert [place.room.closed for place in await log.places("w1", "amelie")] == [False, True]


async def test_numbers_become_visible_in_order(log: ChatLog) -> None:
    """Many writers at once: whoever listens meanwhile hears every row."""
    room = await direct(log)
    heard: set[int] = set()

    async def listen() -> None:
        after = 0
        while len(heard) < 60:
            news = await log.changes("w1", "amelie", after, 7)
            heard.update(row.id for row in news.rows)
            after = news.upto
            await asyncio.sleep(0)

    async def write() -> set[int]:
        return {(await log.post(room, author=None, body=HELLO, now=NOW)).id for _ in range(10)}

    async with asyncio.timeout(30):
        *written, _ = await asyncio.gather(*(write() for _ in range(6)), listen())
    assert heard == set().union(*(ids for ids in written if ids))


async def test_forgetting_erases_every_word(log: ChatLog) -> None:
    """The account, what was said and told, and the membership go; others see an empty place vanish."""
    room = await a_room(log, "amelie", "ben")
    mine = await log.post(room, author="amelie", text="secret", client="c1", now=NOW)
    await log.post(room, author=None, body=HELLO, only_for="amelie", now=NOW)
    theirs = await log.post(room, author="ben", text="Hi", now=NOW)
    told = await log.post(await direct(log), author=None, body=HELLO, key="e1/welcome", now=NOW)
    before = await log.latest("w1")
    await log.forget_person("w1", "amelie")
    assert await log.person("w1", "amelie") is None
    assert await log.direct_room("w1", "amelie") is None
    assert await log.row(told.id) is None
    left = await log.row(mine.id)
    assert left
    assert (left.author, left.text, left.client, left.deleted) == ("", "", None, True)
    assert [row.id for row in await log.rows(room, "ben", before=None, limit=9)] == [theirs.id]
    assert [row.id for row in (await log.changes("w1", "ben", before, 50)).rows] == [mine.id]
    assert await log.members(room) == ["ben"]
    assert await log.add_person("w1", "amelie", name="Amélie", now=NOW)
    assert await log.rows(await direct(log), "amelie", before=None, limit=9) == []


async def test_keys_are_looked_up_since_a_moment(log: ChatLog) -> None:
    """Only what is still there, and not older than asked."""
    room = await direct(log)
    await log.post(room, author=None, body=HELLO, key="k", now=NOW - timedelta(days=9))
    row = await log.post(room, author=None, body=HELLO, key="k", now=NOW)
    gone = await log.post(room, author=None, body=HELLO, key="k", now=NOW)
    await log.withdraw(gone.id)
    assert [each.id for each in await log.with_key(room, "k", NOW - timedelta(days=1))] == [row.id]
    assert await log.edit(gone.id, HELLO) is None
