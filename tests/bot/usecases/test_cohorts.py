"""What admins do with a cohort, by form and by one line; every step says what it did and leaves a trail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.messages.blocks import Form, Reply
from bot.model.cohort import CohortState, EnrolmentState
from bot.model.course import BadgeLevel, Tier
from tests.bot.messages import gallery
from tests.builders import a_course, every_table, texts, without
from tests.reading import plain_text
from tests.world import World, buttons_of

FIRST = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)


def words(reply: Reply) -> str:
    message = reply.say or reply.replace
    return "\n".join((plain_text(message) if message else "", reply.notice, *(text for _, text in reply.errors)))


@pytest.mark.parametrize(
    ("typed", "about"),
    [
        ("cohort create nothing start 2027-01-12", "no course"),
        ("cohort create small", "when it starts"),
        ("cohort create small start 2020-01-01", "is over"),
        ("cohort create small start 2031-01-01", "two years"),
        ("cohort create small start banana", "banana"),
        ('cohort create small start 2027-01-12 slots "someday 09:00"', "weekday"),
        ('cohort create small start 2027-01-12 slots "tue"', "time"),
        ("cohort create small start 2027-01-12 tz Atlantis", "Atlantis"),
        ("cohort create small start 2027-01-12 window 18-8", "18"),
        ("cohort create small start 2027-01-12 region XX-YY", "XX-YY"),
        ("cohort create small start 2027-01-12 name ../x", "letters"),
    ],
)
async def test_a_mistake_in_one_line_is_named_and_nothing_is_made(world: World, typed: str, about: str) -> None:
    """What was wrong is said in the person's words, with something that works; no cohort exists afterwards."""
    before = without(await every_table(world.store), "person", "address")
    assert about in words(await world.says(world.ada, typed))
    assert without(await every_table(world.store), "person", "address") == before


async def test_the_form_shows_all_mistakes_at_once_at_their_fields(world: World) -> None:
    """Four wrong fields are four sentences; nothing is made until they are right."""
    form = (await world.says(world.ada, "cohort create")).form
    assert form is not None
    wrong = {"start": "2020-01-01", "slots": "never", "zone": "Atlantis", "region": "XX"}
    reply = await world.submits(world.ada, form, course="small", **wrong)
    assert {name for name, _ in reply.errors} == set(wrong)
    made = await world.submits(world.ada, form, course="small", name="spring")
    assert "Cohort spring is ready" in words(made)


async def test_a_name_is_taken_once_per_workspace(world: World) -> None:
    """The second "Spring" is refused with a reason, in the form and in one line; another workspace may have it."""
    await world.says(world.ada, "cohort create small start 2026-12-01 name spring")
    assert "choose another name" in words(
        await world.says(world.ada, "cohort create small start 2026-12-01 name Spring")
    )
    form = (await world.says(world.ada, "cohort create")).form
    assert form is not None
    reply = await world.submits(world.ada, form, course="small", name="SPRING")
    assert [name for name, _ in reply.errors] == ["name"]
    assert "is ready" in words(await world.says(world.otto, "cohort create small start 2026-12-01 name spring"))


async def test_the_launch_is_previewed_and_happens_once(world: World) -> None:
    """Count, three samples and first moments before; after the first press, a second one says it was launched."""
    await world.says(world.ada, "cohort create small start 2026-12-01 name spring")
    assert "Nobody is enrolled" in words(await world.says(world.ada, "cohort launch spring"))
    await world.says(world.ada, "cohort enrol spring @ben @zoé")
    await world.says(world.ada, "cohort confirm 1")
    preview = await world.says(world.ada, "cohort launch spring")
    text = words(preview)
    assert "2 people get a welcome" in text
    for sample in ("Sample: welcome", "Sample: first lesson", "Sample: reminder"):
        assert sample in text
    assert "2026-12-01 09:00 (America/Toronto)" in text
    assert "2026-12-01 09:00 (America/Vancouver)" in text
    assert world.platform.calls == []
    await world.presses(world.ada, "Launch now", preview)
    sent = len(world.platform.calls)
    again = await world.presses(world.ada, "Launch now", preview)
    assert "launched before" in words(again)
    assert len(world.platform.calls) == sent == 2


async def test_a_late_launch_says_and_does_the_same(world: World) -> None:
    """Launched after its start, the first lesson comes at the next open moment, as the preview says."""
    await world.says(world.ada, "cohort create small start 2026-12-01 name spring")
    await world.says(world.ada, "cohort enrol spring @zoé")
    await world.says(world.ada, "cohort confirm 1")
    world.clock.now = datetime(2026, 12, 2, 2, tzinfo=UTC)
    preview = words(await world.says(world.ada, "cohort launch spring"))
    assert "2026-12-02 08:00 (America/Toronto)" in preview
    await world.says(world.ada, "cohort launch spring confirm")
    await world.at(datetime(2026, 12, 2, 20, tzinfo=UTC))
    row = (await world.lessons(world.zoe))["l1"]
    assert row.sent_at == datetime(2026, 12, 2, 13, tzinfo=UTC)


async def test_status_says_in_plain_words_what_was_sent_and_what_waits(world: World) -> None:
    """Sent, held with reasons, people by state, the edition, and who said they are in."""
    await world.running("@ben", "@zoé", "@fatou")
    await world.at(datetime(2026, 11, 30, 18, tzinfo=UTC))
    await world.says(world.ben, "yes")
    await world.at(FIRST)
    await world.says(world.zoe, "pause")
    await world.at(datetime(2026, 12, 3, 19, tzinfo=UTC))
    status = words(await world.says(world.ada, "cohort status spring"))
    assert "2 active, 1 paused" in status
    assert "Held: 1 (paused by the learner)" in status
    assert "1 yes, 0 no, 2 not answered" in status
    assert "edition e1 (the latest)" in status


async def test_pause_and_resume_say_when_they_do_not_fit(world: World) -> None:
    """Pausing what is paused, resuming what runs, closing what is closed: a sentence, and nothing changes."""
    await world.running("@ben")
    before = without(await every_table(world.store), "delivery")
    assert "not paused" in words(await world.says(world.ada, "cohort resume spring"))
    assert without(await every_table(world.store), "delivery") == before
    await world.says(world.ada, "cohort pause spring")
    before = without(await every_table(world.store), "delivery")
    assert "Only a running cohort" in words(await world.says(world.ada, "cohort pause spring"))
    assert without(await every_table(world.store), "delivery") == before
    await world.says(world.ada, "cohort close spring confirm")
    before = without(await every_table(world.store), "delivery")
    for verb in ("pause", "resume", "close", "launch", "enrol"):
        await world.says(world.ada, f"cohort {verb} spring @zoé" if verb == "enrol" else f"cohort {verb} spring")
    assert without(await every_table(world.store), "delivery") == before


async def test_the_close_finishes_everybody_with_what_they_reached(world: World) -> None:
    """Active, paused and finished learners get one closing message in their window; who left gets none."""
    await world.running("@ben", "@zoé", "@fatou", "@ada")
    await world.at(FIRST)
    await world.says(world.ben, "done 1")
    await world.says(world.zoe, "pause")
    await world.says(world.ada, "leave yes")
    world.clock.now = datetime(2026, 12, 2, 3, tzinfo=UTC)
    await world.says(world.ada, "cohort close spring confirm")
    assert "closing" not in world.keys(world.ben), "not at night"
    await world.at(datetime(2026, 12, 2, 22, tzinfo=UTC))
    for who in (world.ben, world.zoe, world.fatou):
        assert world.keys(who).count("closing") == 1
        assert (await world.enrolment(who)).state is EnrolmentState.FINISHED
    assert "closing" not in world.keys(world.ada)
    assert "Taking part" in plain_text(world.newest(world.ben).message)
    assert "Taking part" not in plain_text(world.newest(world.fatou).message)


async def test_after_the_close_nothing_comes_and_every_lesson_stays_readable(world: World) -> None:
    """No lesson, reminder or digest follows a close, whatever was planned or held; old buttons still work."""
    await world.running("@ben", "@zoé")
    await world.at(FIRST)
    await world.says(world.zoe, "pause")
    lesson = world.newest(world.ben).message
    await world.at(datetime(2026, 12, 3, 19, tzinfo=UTC))
    await world.says(world.ada, "cohort close spring confirm")
    await world.at(datetime(2026, 12, 4, 12, tzinfo=UTC))
    keys = {who: world.keys(who) for who in (world.ben, world.zoe)}
    await world.says(world.zoe, "reprendre")
    await world.at(datetime(2027, 1, 20, tzinfo=UTC))
    assert {who: world.keys(who) for who in (world.ben, world.zoe)} == keys
    await world.presses(world.ben, "done 7", lesson)
    assert "1 of 7" in words(await world.says(world.ben, "progress"))


async def test_the_tier_of_the_close_is_kept_whatever_becomes_of_the_course(world: World) -> None:
    """A later edition with harder tiers, or without the tier, changes nothing for a cohort that is over."""
    await world.running("@ben")
    await world.at(FIRST)
    await world.says(world.ben, "done 1")
    await world.says(world.ada, "cohort close spring confirm")
    await world.at(FIRST + timedelta(days=1))
    hard = (Tier("glory", texts("Glory", "Gloire"), {BadgeLevel.GOLD: 3}),)
    await world.publish(a_course(edition="e2", certificate=hard))
    assert "Taking part" in words(await world.says(world.ben, "certificate"))


async def test_a_tier_that_was_reached_survives_the_edition_that_drops_it(world: World) -> None:
    """In a cohort that goes on, under the name it had; it does not fall below an easier one."""
    first = (
        Tier("part", texts("Taking part", "Participation"), {BadgeLevel.BRONZE: 1}),
        Tier("good", texts("Good work", "Bon travail"), {BadgeLevel.SILVER: 1}),
    )
    await world.publish(a_course(certificate=first))
    await world.running("@ben")
    await world.at(FIRST)
    for text in ("done 1", "vote 2 a", "vote 3 b"):
        await world.says(world.ben, text)
    assert "Good work" in words(await world.says(world.ben, "certificate"))
    harder = Tier("best", texts("The best", "Le meilleur"), {BadgeLevel.GOLD: 3})
    await world.publish(a_course(edition="e2", certificate=(first[0], harder)))
    after = words(await world.says(world.ben, "certificate"))
    assert "Reached: Good work" in after
    assert "For The best" in after


async def test_roles_name_the_contributor_as_the_course_does(world: World) -> None:
    """A person's name, not the word with which the course's files refer to them."""
    await world.running("@ben", course="culture")
    course = world.shelf.all_latest()[0]
    author = course.contributors[0]
    shown = words(await world.says(world.ada, f"cohort roles spring add contributor:{author.id} @fatou"))
    assert author.name in shown
    assert f"({author.id})" not in shown


async def test_a_cohort_called_like_a_word_of_the_command_can_be_meant(world: World) -> None:
    """In quotes it is a name."""
    await world.running("@ben", name="add")
    assert "Fatou" in words(await world.says(world.ada, 'cohort roles "add" add facilitator @fatou'))
    assert "Fatou" not in words(await world.says(world.ada, 'cohort roles "add" remove facilitator @fatou'))


@pytest.mark.parametrize("letter", ["ж", "ش", "課", "𠀀"])
async def test_buttons_stay_short_whatever_a_cohort_is_called(world: World, letter: str) -> None:
    """Forty letters of any alphabet: every button an admin or a learner gets fits, and leads to the cohort it shows."""
    name = letter * 40
    await world.running("@ben", name=name)
    pressed = 0
    for who, text in (
        (world.ada, "cohort"),
        (world.ada, f"cohort status {name}"),
        (world.ada, f"cohort people {name}"),
        (world.ada, f"cohort roles {name}"),
        (world.ada, f"cohort report {name}"),
        (world.ada, f"cohort close {name}"),
        (world.ada, f"cohort enrol {name} @zoé"),
        (world.ada, f"cohort enrol {name}"),
        (world.ben, "list"),
        (world.ben, "home"),
    ):
        reply = await world.says(who, text)
        shown = reply.form or reply.say or reply.home
        assert shown is not None
        actions = [button.action for button in gallery.buttons_of(shown)]
        actions += [shown.action] if isinstance(shown, Form) else []
        assert all(len(action) <= 255 for action in actions), text
        for action in actions:
            if "%23" in action and "confirmed" not in action:
                answer = await world.engine.press(action, world.caller(who, pressed=True))
                assert "There is no" not in words(answer), action
                pressed += 1
    assert pressed > 8


@pytest.mark.parametrize("name", ["x" * 41, "🙂" * 5, "été 🙂", "#3", "a/b", "x&y"])
async def test_a_name_that_cannot_be_is_refused_with_what_can(world: World, name: str) -> None:
    """Letters of any alphabet, digits and hyphens, at most forty; nothing is made otherwise."""
    reply = words(await world.says(world.ada, f'cohort create small start 2026-12-01 name "{name}"'))
    assert "at most 40" in reply
    async with world.store.reading() as tx:
        assert not await tx.cohorts(lane="fake:w1")


async def test_everything_an_admin_does_leaves_a_trail(world: World) -> None:
    """Who did what and when is there for every change, with numbers and never with words of people."""
    await world.running("@ben")
    for text in (
        "cohort roles spring add facilitator @fatou",
        "cohort pause spring",
        "cohort resume spring",
        "cohort open-to spring fake:w2",
        "cohort people spring file",
        "cohort report spring file",
        "cohort resend spring",
        "cohort close spring confirm",
    ):
        await world.says(world.ada, text)
    dump = await every_table(world.store)
    assert [row["action"] for row in dump["audit"]] == [
        "cohort.create",
        "cohort.enrol",
        "cohort.launch",
        "role.add",
        "cohort.pause",
        "cohort.resume",
        "cohort.open-to",
        "cohort.export-people",
        "cohort.export-report",
        "cohort.resend",
        "cohort.close",
    ]
    assert "Okafor" not in str(dump["audit"])
    trail = words(await world.says(world.ada, "cohort audit spring"))
    assert trail.count("Ada Tremblay") == 11


async def test_people_are_listed_by_page_and_exported_in_full(world: World) -> None:
    """Twenty-five a page with a press for the next; the file has everybody; erased people have no name."""
    for n in range(30):
        world.platform.add_person(f"U-{n}", f"Person{n:02d} Doe", f"p{n}@example.org", zone="America/Toronto")
    await world.running(*(f"p{n}@example.org" for n in range(30)), "@ben")
    await world.says(world.ben, "forget me yes")
    first = await world.says(world.ada, "cohort people spring")
    assert words(first).count(" Doe") == 25
    second = await world.presses(world.ada, "Next page", first)
    assert words(second).count(" Doe") == 5
    assert "(erased)" in words(second)
    file = (await world.presses(world.ada, "Download (CSV)", first)).file
    assert file is not None
    assert file.content.decode("utf-8-sig").count(" Doe") == 30


async def test_a_rehearsal_is_the_whole_course_in_minutes_by_the_same_path(world: World) -> None:
    """Every lesson in order within the minutes named, none twice; it cannot disturb anybody else."""
    await world.publish(a_course(8, id="eight"))
    start = world.clock.now
    await world.says(world.ada, "cohort rehearse eight in 10m")
    await world.at(start + timedelta(minutes=10))
    lessons = [key for key in world.keys(world.ada) if key.startswith("lesson/")]
    assert lessons == [f"lesson/l{n}" for n in range(1, 9)]
    cohort = await world.cohort("rehearsal-1")
    assert cohort.rehearsal
    assert cohort.state is CohortState.RUNNING
    assert {p.ref.address for p in world.platform.posted.values()} == {world.ada}


@pytest.mark.parametrize(
    "text", ["cohort rehearse nothing", "cohort rehearse small in 0m", "cohort rehearse small in 9d"]
)
async def test_a_rehearsal_needs_a_course_and_a_fair_time(world: World, text: str) -> None:
    """Wrong words make no cohort."""
    await world.says(world.ada, text)
    assert (await every_table(world.store))["cohort"] == []


async def test_one_person_may_be_in_two_cohorts_at_once(world: World) -> None:
    """Each has its own lessons and its own state; a button knows which one it belongs to."""
    await world.publish(a_course(id="other"))
    await world.running("@ben")
    await world.running("@ben", course="other", name="winter")
    await world.at(FIRST)
    lessons = [p for p in world.platform.to(world.ben) if p.message.topic.startswith("lesson/")]
    assert len(lessons) == 2
    for posted in lessons:
        await world.presses(world.ben, "done 1", posted.message)
    async with world.store.reading() as tx:
        person = await tx.person_at(world.ben)
        assert person
        each = [(e.cohort_id, len(await tx.completions(e.id))) for e in await tx.enrolments_of(person.id)]
    assert [n for _, n in each] == [1, 1]
    home = await world.opens_home(world.ben)
    assert plain_text(home).count("The small course") >= 2
    winter = await world.cohort("winter")
    await world.engine.press(f"course.leave?cohort={winter.id}&confirmed=1", world.caller(world.ben, pressed=True))
    await world.at(datetime(2026, 12, 4, tzinfo=UTC))
    assert (await world.states(world.ben))["l2"] == "sent"
    assert "l2" not in await world.states(world.ben, "winter")
    assert len(buttons_of(home)) > 4
