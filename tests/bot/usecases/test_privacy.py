"""What is stored about a person is shown to them in full, and goes when they say so."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from bot.errors import SendFailed
from bot.messages.blocks import Reply
from bot.model.cohort import EnrolmentState
from bot.model.delivery import Kind, Reason
from tests.builders import Dump, every_table, places_of
from tests.reading import plain_text
from tests.world import World, a_world

FIRST = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)
SAID = ("A very private thought", "An open thought", "Worth it because of the page")


def words(reply: Reply) -> str:
    message = reply.say or reply.replace or reply.home
    return "\n".join((plain_text(message) if message else "", reply.notice))


async def lived(world: World) -> None:
    """Ben leaves a trace of every kind: enrolled by list, settings, leave, answers, votes, feedback, a role."""
    await world.running("ben@example.org", "@zoé", "nobody@example.org")
    await world.says(world.ada, "cohort roles spring add facilitator @ben")
    await world.says(world.ben, "window 9-17")
    await world.says(world.ben, "days mon,tue,wed,thu")
    await world.says(world.ben, "away 2026-12-20 to 2026-12-28")
    await world.says(world.ben, "track leaders")
    await world.at(FIRST)
    for text in ("done 1", "vote 2 a", "vote 3 b", "vote 4 c", f"answer 5 {SAID[0]}", f"share 7 {SAID[1]}"):
        await world.says(world.ben, text)
    await world.says(world.ben, f"feedback yes {SAID[2]}")
    await world.says(world.ben, "badge 1")
    await world.says(world.ben, "certificate name yes")


def rows_about(dump: Dump, person_id: int) -> dict[str, int]:
    """Tables with rows of a person, found by foreign keys: by person, and by enrolment or address of the person."""
    enrolments = {row["id"] for row in dump["enrolment"] if row["person_id"] == person_id}
    addresses = {row["id"] for row in dump["address"] if row["person_id"] == person_id}
    counts: dict[str, int] = {}
    for name, rows in dump.items():
        for row in rows:
            mine = (
                (name == "person" and row["id"] == person_id)
                or row.get("person_id") == person_id
                or row.get("actor_id") == person_id
                or row.get("enrolment_id") in enrolments
                or row.get("address_id") in addresses
            )
            counts[name] = counts.get(name, 0) + mine
    return {name: n for name, n in counts.items() if n}


async def data_of(world: World) -> dict[str, Any]:
    file = (await world.says(world.ben, "mydata file")).file
    assert file is not None
    made: dict[str, Any] = json.loads(file.content)
    return made


IN_MY_DATA = {
    "person": "person",
    "absence": "person",
    "address": "addresses",
    "role": "roles",
    "enrolment": "courses",
    "completion": "completions",
    "answer": "answers",
    "feedback": "feedback",
    "delivery": "messages",
    "audit": "actions",
    "credential": "credentials",
    "recognition_consent": "name_shown",
    "job": "lists",
    "job_row": "lists",
}
"""Where `mydata` shows the rows of every table that holds something of a person."""


async def test_mydata_shows_every_table_that_holds_something_of_a_person(world: World) -> None:
    """No table with rows of a person is missing, and none of what it shows is empty."""
    await lived(world)
    dump = await every_table(world.store)
    (ben,) = [row for row in dump["person"] if row["name"] == "Ben Okafor"]
    held = rows_about(dump, ben["id"])
    assert set(held) <= set(IN_MY_DATA)
    data = await data_of(world)
    for name in held:
        assert data[IN_MY_DATA[name]], name
    assert len(data["answers"]) == held["answer"]
    assert len(data["completions"]) == held["completion"]
    assert data["person"]["away"] == [["2026-12-20", "2026-12-28"]]
    assert {each["text"] for each in data["answers"]} >= set(SAID[:2])


async def test_mydata_is_readable_and_says_the_same(world: World) -> None:
    """The card has one's words and choices in words; the file the same as JSON. Nobody else's are in it."""
    await lived(world)
    await world.says(world.zoe, "répondre 5 Rien à voir avec Ben")
    card = words(await world.says(world.ben, "mydata"))
    for said in SAID:
        assert said in card
    assert "Ben Okafor" in card
    assert "Rien à voir" not in card + json.dumps(await data_of(world), ensure_ascii=False)


async def test_an_admins_own_traces_are_in_their_data(world: World) -> None:
    """Who created cohorts and enrolled people finds that in their data too."""
    await lived(world)
    file = (await world.says(world.ada, "mydata file")).file
    assert file is not None
    data = json.loads(file.content)
    dump = await every_table(world.store)
    (ada,) = [row for row in dump["person"] if row["name"] == "Ada Tremblay"]
    for name in rows_about(dump, ada["id"]):
        assert data[IN_MY_DATA[name]], name


async def test_forget_me_asks_once_and_says_what_stays(world: World) -> None:
    """One question names what goes and what stays and why; until it is answered nothing changes."""
    await lived(world)
    before = await every_table(world.store)
    question = words(await world.says(world.ben, "forget me"))
    assert "What goes" in question
    assert "What stays" in question
    assert "names of cohorts" in question
    assert await every_table(world.store) == before


async def test_forget_me_really_forgets(database_url: str) -> None:
    """No table and no log line holds the name, the account, the words or the choices; totals stay true."""
    async with a_world(database_url) as world:
        await lived(world)
        before = await every_table(world.store)
        (ben,) = [row for row in before["person"] if row["name"] == "Ben Okafor"]
        traces = ("Okafor", "U-ben", "ben@example.org", *SAID)
        assert all(places_of(before, trace) for trace in ("Okafor", "U-ben", *SAID))
        reply = await world.says(world.ben, "forget me yes")
        assert "erased" in words(reply)
        after = await every_table(world.store)
        for trace in traces:
            assert places_of(after, trace) == [], trace
            assert trace not in str(world.events)
        left = rows_about(after, ben["id"])
        assert set(left) <= {"person", "enrolment", "completion", "feedback", "delivery", "credential"}
        assert not [row for row in after["answer"] if row["enrolment_id"] == 1]
        (person,) = [row for row in after["person"] if row["id"] == ben["id"]]
        assert {k: v for k, v in person.items() if v} == {
            "id": ben["id"],
            "language": person["language"],
            "nudges": True,
            "added_at": person["added_at"],
        }
        assert len(after["completion"]) == len(before["completion"]), "how many did what stays true"
        assert after["anonymous_votes"] == before["anonymous_votes"]
        assert world.platform.to(world.ben) == []
        assert {row["state"] for row in after["enrolment"] if row["person_id"] == ben["id"]} == {EnrolmentState.LEFT}


async def test_no_key_of_a_message_holds_words_of_a_person(world: World) -> None:
    """Keys stay when a person is forgotten: they are made of numbers, our words and ids of lessons, nothing else."""
    await lived(world)
    await world.says(world.ben, "catchup")
    await world.says(world.ada, "cohort pause spring")
    await world.at(datetime(2026, 12, 8, tzinfo=UTC))
    await world.says(world.ada, "cohort resume spring")
    world.platform.faults["*"] = [SendFailed(Reason.BLOCKED, permanent=True)] * 3
    await world.at(datetime(2027, 1, 10, tzinfo=UTC))
    await world.engine.alert_admins()
    await world.at(datetime(2027, 1, 11, tzinfo=UTC))
    await world.says(world.ada, "cohort close spring confirm")
    keys = [row["key"] for row in (await every_table(world.store))["delivery"]]
    lessons = {lesson.id for course in world.shelf.all_latest() for lesson in course.lessons}
    ours = {"refresh", "alert", "ready", *(kind.value for kind in Kind)}
    parts = {part for key in keys for part in key.split("/")}
    assert len({key.split("/")[1] for key in keys if "/" in key}) > 3
    assert not [part for part in parts - ours - lessons if not re.fullmatch(r"e?\d+", part)]


async def test_nothing_comes_to_somebody_who_was_forgotten(world: World) -> None:
    """No lesson, reminder or notice follows, in any state in which their messages were."""
    await lived(world)
    await world.says(world.ben, "pause")
    await world.at(datetime(2026, 12, 4, tzinfo=UTC))
    await world.says(world.ben, "forget me yes")
    calls = len([call for call in world.platform.calls if call[0] == "send"])
    await world.says(world.zoe, "rappels non")
    world.platform.people = {k: v for k, v in world.platform.people.items() if v[0] != "U-zoe"}
    await world.at(datetime(2027, 1, 10, tzinfo=UTC))
    sent = [key for kind, key in world.platform.calls[calls:] if kind == "send"]
    assert not [key for key in sent if key.startswith("e1/")]


async def test_who_was_forgotten_and_writes_again_starts_as_somebody_new(world: World) -> None:
    """An old button or a new word after forgetting is a stranger's: nothing of the former is there."""
    await lived(world)
    old = world.newest(world.ben).message
    await world.says(world.ben, "forget me yes")
    reply = await world.presses(world.ben, "timebox 5", old)
    assert "not in this course" in words(reply)
    card = words(await world.says(world.ben, "mydata"))
    assert not [said for said in SAID if said in card]
    assert "Only" in words(await world.says(world.ben, "cohort status spring")), "the role went too"


async def test_forgetting_one_person_changes_nothing_of_others(world: World) -> None:
    """Zoé's rows are as they were, her messages too."""
    await lived(world)
    await world.says(world.zoe, "fait 1")
    await world.says(world.zoe, "répondre 5 Une pensée")
    before, posted = await every_table(world.store), world.platform.to(world.zoe)
    await world.says(world.ben, "forget me yes")
    after = await every_table(world.store)
    (zoe,) = [row for row in before["person"] if row["name"] == "Zoé Lavoie"]
    assert rows_about(after, zoe["id"]) == rows_about(before, zoe["id"])
    assert {name: after[name] for name in SHARED} == {name: before[name] for name in SHARED}
    assert world.platform.to(world.zoe) == posted


SHARED = ("anonymous_votes", "cohort", "edition")


async def test_the_log_names_no_person_and_no_words(world: World) -> None:
    """Events worth a log line carry numbers and reasons, never names, accounts or what people wrote."""
    await lived(world)
    world.platform.faults["*"] = ["lost", "cut"]
    await world.at(datetime(2026, 12, 4, tzinfo=UTC))
    assert world.events
    for trace in ("Okafor", "Lavoie", "U-ben", "U-zoe", *SAID):
        assert trace not in str(world.events)
