"""Who may do what, said kindly; and what belongs to one workspace stays there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.messages.blocks import Reply
from bot.model.people import Address
from bot.rules.grammar import table
from tests.builders import every_table, without
from tests.reading import plain_text
from tests.world import World, a_world, buttons_of

FIRST = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)
READING = ("person", "address", "delivery")
"""Tables that may change by saying hello."""

ADMIN_ONLY = (
    "cohort create small start 2027-01-12",
    "cohort enrol spring @fatou",
    "cohort confirm 1",
    "cohort confirm undo 1",
    "cohort launch spring confirm",
    "cohort people spring",
    "cohort people spring file",
    "cohort failures spring",
    "cohort resend spring",
    "cohort roles spring",
    "cohort roles spring add facilitator @ben",
    "cohort roles spring remove facilitator @fatou",
    "cohort rehearse small in 10m",
    "cohort pause spring",
    "cohort resume spring",
    "cohort close spring confirm",
    "cohort open-to spring fake:w2",
    "cohort certificates spring",
    "cohort certificates spring issue",
    "cohort certificates spring file",
    "cohort certificates spring revoke @ben because x confirm",
    "cohort audit spring",
)
LEADERS = (
    "cohort groups spring",
    "cohort groups preview spring",
    "cohort groups form spring",
    "cohort groups move spring @ben to 1",
    "cohort groups rooms spring",
    "cohort groups options spring hours 4",
    "cohort groups health spring",
    "cohort groups merge spring 1 into 2",
    "cohort groups starter spring 1",
    "cohort groups host spring 1",
)
"""For facilitators of the cohort, too: study groups are theirs."""
READERS = ("cohort status spring", "cohort report spring", "cohort report spring file", "cohort")


def words(reply: Reply) -> str:
    message = reply.say or reply.replace or reply.home
    return "\n".join((plain_text(message) if message else "", reply.notice, *(text for _, text in reply.errors)))


def test_the_table_of_admin_commands_is_complete() -> None:
    """Every verb of `cohort` is looked at here."""
    tried = {text.split()[1] if " " in text else "home" for text in (*ADMIN_ONLY, *READERS)}
    tried |= {text.removeprefix("cohort ").partition(" spring")[0] for text in LEADERS}
    assert tried == {row.verb for row in table() if row.noun == "cohort"}


async def test_a_learner_can_do_nothing_with_cohorts_and_is_told_who_can(world: World) -> None:
    """Every refusal names those who may, and nothing changes."""
    await world.running("@ben", "@zoé")
    await world.at(FIRST)
    before = without(await every_table(world.store), *READING)
    for text in (*ADMIN_ONLY, *LEADERS, *READERS):
        refusal = words(await world.says(world.ben, text))
        assert "Only" in refusal, text
        assert "admin" in refusal or "facilitator" in refusal, text
        assert "Zoé" not in refusal, text
    assert without(await every_table(world.store), *READING) == before


async def test_a_facilitator_reads_their_cohort_and_changes_nothing(world: World) -> None:
    """Status and report are open to facilitators of that cohort; people and changes are for admins."""
    await world.running("@ben")
    await world.running("@ben", name="other")
    await world.says(world.ada, "cohort roles spring add facilitator @fatou")
    before = without(await every_table(world.store), *READING, "audit")
    for text in READERS:
        assert "Only" not in words(await world.says(world.fatou, text)), text
    for text in ADMIN_ONLY:
        assert "Only" in words(await world.says(world.fatou, text)), text
    for text in ("cohort status other", "cohort report other"):
        assert "Only" in words(await world.says(world.fatou, text)), text
    assert without(await every_table(world.store), *READING, "audit") == before


async def test_an_admin_of_one_cohort_leads_that_one_only(world: World) -> None:
    """A role in a cohort gives everything there and nothing elsewhere; taking it away ends it."""
    await world.running("@ben")
    await world.running("@ben", name="other")
    await world.says(world.ada, "cohort roles spring add admin @fatou")
    assert "Ben Okafor" in words(await world.says(world.fatou, "cohort people spring"))
    assert "Only" in words(await world.says(world.fatou, "cohort people other"))
    assert "Only" in words(await world.says(world.fatou, "cohort create small start 2027-01-12"))
    await world.says(world.ada, "cohort roles spring remove admin @fatou")
    assert "Only" in words(await world.says(world.fatou, "cohort people spring"))


async def test_a_contributor_sees_feedback_on_own_lessons_only(world: World) -> None:
    """Contributors read what their own lessons were worth to people, and nothing else."""
    await world.running("@ben")
    await world.says(world.ada, "cohort roles spring add contributor:isla @fatou")
    await world.at(datetime(2026, 12, 3, 19, tzinfo=UTC))
    for lesson in ("1", "2"):
        async with world.store.reading() as tx:
            cohort = await world.cohort()
            assert await tx.cohort(cohort.id)
        await world.engine.press(
            f"course.done?cohort={cohort.id}&lesson=l{lesson}&activity=page", world.caller(world.ben, pressed=True)
        )
        await world.engine.press(
            f"course.feedback?worth=yes&cohort={cohort.id}&lesson=l{lesson}", world.caller(world.ben, pressed=True)
        )
    report = words(await world.says(world.fatou, "cohort report spring"))
    assert "Lesson 2 title" in report
    assert "Lesson 1 title" not in report
    assert "Started" not in report
    assert "Only" in words(await world.says(world.fatou, "cohort people spring"))
    table_of_all = await world.says(world.fatou, "cohort report spring file")
    assert table_of_all.file is None


async def test_roles_name_a_real_person_and_a_real_contributor(world: World) -> None:
    """A role for nobody, or for a contributor the course does not have, is refused with what there is."""
    await world.running("@ben")
    before = without(await every_table(world.store), *READING)
    assert "cannot find" in words(await world.says(world.ada, "cohort roles spring add facilitator @nobody"))
    assert "maren" in words(await world.says(world.ada, "cohort roles spring add contributor:noone @fatou"))
    assert "facilitator" in words(await world.says(world.ada, "cohort roles spring add boss @fatou"))
    assert without(await every_table(world.store), *READING) == before


async def test_no_workspace_reads_or_changes_anothers_cohorts(database_url: str) -> None:
    """For an admin of another workspace, by words or by buttons, this workspace's cohorts do not exist."""
    async with a_world(database_url) as world:
        await world.running("@ben", "@zoé")
        await world.at(FIRST)
        before = without(await every_table(world.store), *READING)
        for text in (*ADMIN_ONLY[1:], *READERS):
            if text in ("cohort", "cohort rehearse small in 10m"):
                continue
            answer = words(await world.says(world.otto, text))
            assert "Ben" not in answer, text
            assert "no cohort" in answer or "There is no such list" in answer, text
        status = await world.says(world.ada, "cohort status spring")
        assert status.say is not None
        for button in buttons_of(status.say):
            reply = await world.engine.press(button.action, world.caller(world.otto, pressed=True))
            assert "no cohort" in words(reply), button.label
        for action in ("cohort.enrol-confirm?job=1", "cohort.enrol-confirm?job=1&undo=1"):
            reply = await world.engine.press(action, world.caller(world.otto, pressed=True))
            assert "no such list" in words(reply)
        lesson = world.newest(world.ben).message
        for button in buttons_of(lesson):
            reply = await world.engine.press(button.action, world.caller(world.otto, pressed=True))
            assert "Lesson 1 title" not in words(reply), button.label
        assert "spring" not in words(await world.says(world.otto, "list"))
        assert "spring" not in words(await world.says(world.otto, "join"))
        assert "spring" not in words(await world.says(world.otto, "cohort"))
        assert without(await every_table(world.store), *READING) == before


async def test_a_cohort_opened_to_a_workspace_can_be_joined_there_but_not_led(world: World) -> None:
    """People of the other workspace may join; its admin gets no rights over the cohort or its people."""
    await world.running("@ben")
    await world.says(world.ada, "cohort open-to spring fake:w2")
    ben_there = Address("fake", "w2", "U-fatou")
    assert "spring" in words(await world.says(ben_there, "list"))
    await world.says(ben_there, "join spring")
    await world.at(FIRST)
    assert [key for key in world.keys(ben_there) if "lesson" in key] == ["lesson/l1"]
    before = without(await every_table(world.store), *READING)
    for text in ADMIN_ONLY[1:]:
        if "rehearse" in text:
            continue
        answer = words(await world.says(world.otto, text))
        assert "Only" in answer or "no such" in answer, text
        assert "Ben" not in answer, text
    assert without(await every_table(world.store), *READING) == before


async def test_the_same_name_in_two_workspaces_means_ones_own_cohort(world: World) -> None:
    """Two workspaces may each have a "spring"; opening one to the other does not shadow the other's own."""
    await world.running("@ben")
    await world.says(world.otto, "cohort create small start 2026-12-08 name spring")
    await world.says(world.otto, "cohort open-to spring fake:w1")
    assert "2026-12-01" in words(await world.says(world.ada, "cohort status spring"))
    reply = words(await world.says(world.fatou, "join spring"))
    assert "You joined" in reply or "spring" in reply
    async with world.store.reading() as tx:
        fatou = await tx.person_at(world.fatou)
        assert fatou
        (enrolment,) = await tx.enrolments_of(fatou.id)
        cohort = await tx.cohort(enrolment.cohort_id)
    assert cohort is not None
    assert cohort.lane == "fake:w1"


@pytest.mark.parametrize("cohort", ["spring", "nowhere"])
async def test_one_person_in_two_workspaces_is_two_addresses(world: World, cohort: str) -> None:
    """The same account name in another workspace is somebody else: it reaches nothing of the first."""
    await world.running("@ben")
    there = Address("fake", "w2", "U-ben")
    assert "no course" in words(await world.says(there, f"join {cohort}")).lower()
    assert "not in a course" in words(await world.says(there, "progress"))
