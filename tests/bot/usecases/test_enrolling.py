"""Enrolling many: a dry run first, valid rows are never blocked by bad ones, and long lists survive a restart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.messages.blocks import Reply
from bot.model.cohort import EnrolmentState
from bot.model.people import Profile
from bot.usecases.engine import Engine
from tests.builders import every_table, without
from tests.reading import plain_text
from tests.world import World, buttons_of

FIRST = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)


def words(reply: Reply) -> str:
    message = reply.say or reply.replace
    return "\n".join((plain_text(message) if message else "", reply.notice, *(text for _, text in reply.errors)))


async def draft(world: World) -> None:
    await world.says(world.ada, "cohort create small start 2026-12-01 name spring")


async def test_a_dry_run_enrols_nobody_and_names_every_bad_row(world: World) -> None:
    """Found, already in and not found are counted; every row that is wrong has its reason; nothing is sent."""
    await draft(world)
    await world.says(world.fatou, "join spring")
    world.platform.people["@app"] = ("U-app", Profile(name="An app", bot=True))
    world.platform.people["@gone"] = ("U-gone", Profile(name="Gone", active=False))
    before = await every_table(world.store)
    report = words(await world.says(world.ada, "cohort enrol spring @ben @zoé @fatou @app @gone @nobody @ben"))
    assert "Will be enrolled: 2" in report
    assert "Already in: 1" in report
    assert "Cannot be found: 3" in report
    for reason in ("This is an app", "deactivated", "Nobody with this name"):
        assert reason in report
    after = await every_table(world.store)
    assert after["enrolment"] == before["enrolment"]
    assert world.platform.calls == []


async def test_a_table_is_read_with_its_columns_and_formulas_are_only_text(world: World) -> None:
    """A CSV with a header and tracks enrols its good rows; odd cells are reported, never run or sent."""
    await draft(world)
    table = "name,email,track\nBen,ben@example.org,leaders\nX,=HYPERLINK(1),\nZoé,zoe@example.org,nonsense\n,,\n"
    form = (await world.says(world.ada, "cohort enrol spring")).form
    assert form is not None
    dry_run = await world.submits(world.ada, form, file=table)
    assert "Will be enrolled: 2" in words(dry_run)
    await world.presses(world.ada, "Enrol 2 people", dry_run)
    assert (await world.enrolment(world.ben)).track == "leaders"
    assert (await world.enrolment(world.zoe)).track is None


async def test_the_welcome_stands_in_the_chat_before_the_first_lesson(world: World) -> None:
    """For people who are put into a rehearsal that has begun, and whose lesson is due at the same moment."""
    await world.says(world.ada, "cohort rehearse small in 10m")
    await world.presses(world.ada, "Enrol 1 person", await world.says(world.ada, "cohort enrol rehearsal-1 @zoé"))
    begun = world.clock.now
    await world.at(begun + timedelta(seconds=2))
    assert world.keys(world.zoe) == ["welcome"]
    await world.at(begun + timedelta(seconds=20))
    assert world.keys(world.zoe) == ["welcome", "lesson/l1"]


async def test_an_export_never_carries_a_formula(world: World) -> None:
    """A name that begins like a formula is text in the table that admins download."""
    world.platform.add_person("U-evil", "=cmd|' /C calc'!A0", "evil@example.org")
    await world.running("evil@example.org", "@ben")
    file = (await world.says(world.ada, "cohort people spring file")).file
    assert file is not None
    lines = file.content.decode("utf-8-sig").splitlines()
    assert any("cmd" in line for line in lines)
    assert not any(cell.strip('"').startswith(("=", "+", "-", "@")) for line in lines for cell in line.split(","))


async def test_confirming_twice_enrols_once_and_undo_takes_back_what_was_not_sent(world: World) -> None:
    """Two presses are one; an undo before the launch leaves nobody in; a second undo is calm."""
    await draft(world)
    dry_run = await world.says(world.ada, "cohort enrol spring @ben @zoé")
    done = await world.presses(world.ada, "Enrol 2 people", dry_run)
    again = await world.presses(world.ada, "Enrol 2 people", dry_run)
    assert "2 people are enrolled" in words(done)
    assert "2 people are enrolled" in words(again)
    assert len((await every_table(world.store))["enrolment"]) == 2
    await world.presses(world.ada, "Undo this enrolment", done)
    assert (await every_table(world.store))["enrolment"] == []
    before = without(await every_table(world.store), "delivery")
    assert "nothing to take back" in words(await world.presses(world.ada, "Undo this enrolment", done))
    assert without(await every_table(world.store), "delivery") == before


async def test_an_undo_after_the_launch_keeps_whoever_got_a_message(world: World) -> None:
    """People who were already welcomed stay in."""
    await draft(world)
    dry_run = await world.says(world.ada, "cohort enrol spring @ben @zoé")
    done = await world.presses(world.ada, "Enrol 2 people", dry_run)
    await world.says(world.ada, "cohort launch spring confirm")
    assert len(world.platform.calls) == 2
    await world.presses(world.ada, "Undo this enrolment", done)
    assert {row["state"] for row in (await every_table(world.store))["enrolment"]} == {EnrolmentState.ACTIVE}
    await world.at(FIRST)
    assert (await world.states(world.ben))["l1"] == "sent"


async def test_people_enrolled_in_a_running_cohort_are_welcomed_and_in_step(world: World) -> None:
    """Late additions get a welcome in their window and the next lesson with everybody."""
    await world.running("@ben")
    await world.at(FIRST)
    dry_run = await world.says(world.ada, "cohort enrol spring @zoé")
    await world.presses(world.ada, "Enrol 1 person", dry_run)
    assert world.keys(world.zoe) == ["welcome"]
    assert "Ada Tremblay" in plain_text(world.newest(world.zoe).message)
    await world.at(datetime(2026, 12, 3, 19, tzinfo=UTC))
    assert await world.states(world.zoe) == {"l1": "sent", "l2": "sent"}, "the first came still the same day"
    dry_run = await world.says(world.ada, "cohort enrol spring @fatou")
    await world.at(datetime(2026, 12, 4, 3, tzinfo=UTC))
    await world.presses(world.ada, "Enrol 1 person", dry_run)
    assert world.keys(world.fatou) == [], "not at night"
    await world.at(datetime(2026, 12, 8, 19, tzinfo=UTC))
    assert world.keys(world.fatou)[:2] == ["welcome", "lesson/l3"]
    assert await world.states(world.fatou) == {"l1": "caught_up", "l2": "caught_up", "l3": "sent"}


async def test_people_enrolled_while_the_cohort_is_paused_are_in_when_it_goes_on(world: World) -> None:
    """Nobody is left behind in a state that only a launch would end."""
    await world.running("@ben")
    await world.says(world.ada, "cohort pause spring")
    dry_run = await world.says(world.ada, "cohort enrol spring @zoé")
    await world.presses(world.ada, "Enrol 1 person", dry_run)
    await world.says(world.ada, "cohort resume spring")
    await world.at(FIRST)
    assert (await world.states(world.zoe))["l1"] == "sent"
    assert world.keys(world.zoe).count("welcome") == 1


async def test_a_closed_cohort_enrols_nobody(world: World) -> None:
    """Also not by a dry run that was made before the close."""
    await world.running("@ben")
    dry_run = await world.says(world.ada, "cohort enrol spring @zoé")
    await world.says(world.ada, "cohort close spring confirm")
    before = without(await every_table(world.store), "delivery")
    assert "closed" in words(await world.says(world.ada, "cohort enrol spring @zoé"))
    await world.presses(world.ada, "Enrol 1 person", dry_run)
    after = without(await every_table(world.store), "delivery")
    assert after["enrolment"] == before["enrolment"]


async def test_two_thousand_people_in_steps_with_a_restart_in_the_middle(world: World) -> None:
    """A long list shows how far it is, goes on after a restart where it stopped, and enrols everybody once."""
    await draft(world)
    lines = [f"person{n}@example.org" for n in range(2000)]
    for n, email in enumerate(lines):
        if n % 100:
            world.platform.people[email] = (f"U-{n}", Profile(name=f"Person {n}", zone="America/Toronto"))
    reply = await world.engine.say("cohort enrol spring\n" + "\n".join(lines), world.caller(world.ada))
    assert "2000 people" in words(reply)
    await tick(world, 2)
    shown = plain_text(world.newest(world.ada).message)
    assert "Looking people up: " in shown
    await restart(world)
    while "Enrol 1980 people" not in labels(world):
        await tick(world, 1)
    assert "Cannot be found: 20" in plain_text(world.newest(world.ada).message)
    button = next(b for b in buttons_of(world.newest(world.ada).message) if b.label == "Enrol 1980 people")
    await world.engine.press(button.action, world.caller(world.ada, pressed=True))
    await tick(world, 3)
    halfway = len((await every_table(world.store))["enrolment"])
    assert 0 < halfway < 1980
    await restart(world)
    await world.engine.press(button.action, world.caller(world.ada, pressed=True))
    await tick(world, 12)
    dump = await every_table(world.store)
    assert len(dump["enrolment"]) == len({row["person_id"] for row in dump["enrolment"]}) == 1980
    assert "1980 people are enrolled" in plain_text(world.newest(world.ada).message)
    assert not [row for row in dump["job_row"] if row["status"] == "done" and row["wanted"]], "no address is kept twice"


def labels(world: World) -> set[str]:
    return {button.label for button in buttons_of(world.newest(world.ada).message)}


async def tick(world: World, times: int) -> None:
    for _ in range(times):
        await world.engine.tick()
        await world.engine.idle()


async def restart(world: World) -> None:
    """A new process on the same database."""
    await world.engine.stop(5)
    world.engine = Engine(replace(world.engine.parts, worker=f"{world.engine.parts.worker}+"), world.engine.report)
