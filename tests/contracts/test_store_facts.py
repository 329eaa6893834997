"""What people did is stored once, and counted from there."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from adapters.database import tables
from adapters.database.store import DatabaseStore
from bot.model.progress import Completion, Given, LessonFacts, Worth
from bot.ports import Store
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    NOW,
    a_migrated_url,
    add_cohort,
    an_empty_store,
    enrol,
    for_enrolment,
    later,
    migrated_file,
    migrated_postgres,
    owe,
    send,
)


async def test_pressing_twice_is_one_completion(store: Store) -> None:
    """The first press counts, with its moment."""
    one = await enrol(store, await add_cohort(store))
    done = Completion(one.id, "one", "film", NOW)
    async with store.transaction() as tx:
        assert await tx.add_completion(done)
        assert not await tx.add_completion(replace(done, done_at=later(hours=1)))
        assert await tx.completions(one.id) == [done]


async def test_a_completion_can_be_taken_back(store: Store) -> None:
    """Once; and then it can be done anew."""
    one = await enrol(store, await add_cohort(store))
    async with store.transaction() as tx:
        await tx.add_completion(Completion(one.id, "one", "film", NOW))
        assert await tx.remove_completion(one.id, "one", "film")
        assert not await tx.remove_completion(one.id, "one", "film")
        assert await tx.completions(one.id) == []
        assert await tx.add_completion(Completion(one.id, "one", "film", later(hours=1)))


async def test_completions_come_oldest_first(store: Store) -> None:
    """Of one enrolment, or of many at once; whoever did nothing is there with nothing."""
    cohort = await add_cohort(store)
    one, two, idle = [await enrol(store, cohort, f"U{n}") for n in range(3)]
    mine = [Completion(one.id, "one", "b", NOW), Completion(one.id, "one", "a", later(hours=1))]
    theirs = [Completion(two.id, "one", "a", NOW)]
    async with store.transaction() as tx:
        for done in [*reversed(mine), *theirs]:
            await tx.add_completion(done)
    async with store.reading() as tx:
        assert await tx.completions(one.id) == mine
        found = await tx.completions_for([one.id, two.id, idle.id])
        assert found == {one.id: mine, two.id: theirs, idle.id: []}


async def test_an_answer_is_replaced_but_its_first_choice_stays(store: Store) -> None:
    """A quiz may be tried again; statistics keep the first try."""
    one = await enrol(store, await add_cohort(store))
    first = Given(one.id, "one", "quiz", NOW, choice="a")
    second = Given(one.id, "one", "quiz", later(hours=1), choice="b", text="because", shared=True)
    async with store.transaction() as tx:
        await tx.save_given(first)
        assert await tx.given(one.id) == [replace(first, first="a")]
        await tx.save_given(second)
        assert await tx.given(one.id) == [replace(second, first="a")]
        await tx.remove_given(one.id, "one", "quiz")
        assert await tx.given(one.id) == []


async def test_everything_about_one_lesson_comes_at_once(store: Store) -> None:
    """And nothing about another lesson or of another enrolment."""
    cohort = await add_cohort(store)
    one, two = await enrol(store, cohort), await enrol(store, cohort, "U02")
    answer = Given(one.id, "one", "quiz", NOW, choice="a", first="b", text="why", shared=True)
    async with store.transaction() as tx:
        assert await tx.lesson_facts(one.id, "one") == LessonFacts(frozenset(), {}, None)
        for enrolment, lesson in ((one, "one"), (one, "two"), (two, "one")):
            await tx.add_completion(Completion(enrolment.id, lesson, f"{enrolment.id} {lesson}", NOW))
        await tx.save_given(answer)
        await tx.save_feedback(one.id, "one", Worth.PARTLY, "a line", NOW)
        facts = LessonFacts(frozenset({f"{one.id} one"}), {"quiz": answer}, Worth.PARTLY)
        assert await tx.lesson_facts(one.id, "one") == facts
        assert await tx.lesson_facts(two.id, "one") == LessonFacts(frozenset({f"{two.id} one"}), {}, None)


async def test_answers_can_be_asked_for_by_lesson(store: Store) -> None:
    """Oldest first."""
    one = await enrol(store, await add_cohort(store))
    rows = [Given(one.id, lesson, "r", later(hours=n), text="é") for n, lesson in enumerate(["two", "one", "one"])]
    rows[2] = replace(rows[2], activity_id="s")
    async with store.transaction() as tx:
        for row in reversed(rows):
            await tx.save_given(row)
        assert await tx.given(one.id) == rows
        assert await tx.given(one.id, "one") == rows[1:]


async def test_a_tally_counts_named_and_anonymous_votes_together(store: Store) -> None:
    """Of one activity of one cohort."""
    cohort, other = await add_cohort(store), await add_cohort(store, name="Autumn")
    async with store.transaction() as tx:
        assert await tx.tally(cohort.id, "one", "poll") == {}
    for n, (run, choice) in enumerate([(cohort, "a"), (cohort, "a"), (cohort, "b"), (other, "a")]):
        voter = await enrol(store, run, f"U{n}")
        async with store.transaction() as tx:
            await tx.save_given(Given(voter.id, "one", "poll", NOW, choice=choice))
            await tx.save_given(Given(voter.id, "one", "other", NOW, choice=choice))
    async with store.transaction() as tx:
        for option in ("a", "c", "c"):
            await tx.count_anonymous(cohort.id, "one", "poll", option)
        assert await tx.tally(cohort.id, "one", "poll") == {"a": 3, "b": 1, "c": 2}
        assert await tx.tally(other.id, "one", "poll") == {"a": 1}


async def test_an_anonymous_vote_is_a_number_and_nothing_else(store: DatabaseStore) -> None:
    """No column could tell who voted, or when."""
    assert {column.name for column in tables.anonymous_votes.c} == {
        "cohort_id",
        "lesson_id",
        "activity_id",
        "option",
        "votes",
    }
    cohort = await add_cohort(store)
    async with store.transaction() as tx:
        await tx.count_anonymous(cohort.id, "one", "poll", "a")
        await tx.count_anonymous(cohort.id, "one", "poll", "a")
    async with store.look() as connection:
        rows = (await connection.execute(sa.select(tables.anonymous_votes))).all()
    assert [tuple(row) for row in rows] == [(cohort.id, "one", "poll", "a", 2)]


async def test_only_shared_texts_are_shown_to_others(store: Store) -> None:
    """Newest first, up to the limit."""
    cohort = await add_cohort(store)
    for n, shared in enumerate([True, False, True]):
        one = await enrol(store, cohort, f"U{n}")
        async with store.transaction() as tx:
            await tx.save_given(Given(one.id, "one", "r", later(hours=n), text=f"text {n}", shared=shared))
    async with store.reading() as tx:
        assert await tx.shared_texts(cohort.id, "one", "r", 9) == ["text 2", "text 0"]
        assert await tx.shared_texts(cohort.id, "one", "r", 1) == ["text 2"]
        assert await tx.shared_texts(cohort.id, "two", "r", 9) == []


async def test_feedback_is_one_per_lesson_and_counted(store: Store) -> None:
    """A second answer replaces the first; lines come without names, newest first."""
    cohort = await add_cohort(store)
    one, two = await enrol(store, cohort), await enrol(store, cohort, "U2")
    async with store.transaction() as tx:
        await tx.save_feedback(one.id, "one", Worth.NO, "too long", NOW)
        await tx.save_feedback(one.id, "one", Worth.YES, "better", later(hours=1))
        await tx.save_feedback(one.id, "two", Worth.PARTLY, None, NOW)
        await tx.save_feedback(two.id, "one", Worth.YES, "great", later(hours=2))
        assert await tx.feedback(one.id) == {"one": (Worth.YES, "better"), "two": (Worth.PARTLY, None)}
        assert await tx.feedback(one.id, "two") == {"two": (Worth.PARTLY, None)}
        counts = await tx.feedback_counts(cohort.id)
        assert {lesson: dict(worths) for lesson, worths in counts.items()} == {
            "one": {Worth.YES: 2},
            "two": {Worth.PARTLY: 1},
        }
        assert await tx.feedback_lines(cohort.id, "one") == ["great", "better"]
        assert await tx.feedback_lines(cohort.id, "two") == []


async def test_reports_count_what_was_done_of_what_was_sent(store: Store) -> None:
    """By lesson, edition and number of activities done; who did nothing counts as zero."""
    cohort = await add_cohort(store)
    people = [await enrol(store, cohort, f"U{n}") for n in range(4)]
    await send(store, *(for_enrolment(person, "lesson/one") for person in people[:3]))
    await send(store, for_enrolment(people[0], "lesson/two", lesson_id="two", edition="e2"))
    await owe(store, for_enrolment(people[3], "lesson/one", due_at=later(days=1)))
    async with store.transaction() as tx:
        for person, lesson, activity in [
            (0, "one", "a"),
            (0, "one", "b"),
            (1, "one", "a"),
            (0, "two", "a"),
            (3, "one", "a"),
        ]:
            await tx.add_completion(Completion(people[person].id, lesson, activity, NOW))
        assert await tx.done_counts(cohort.id) == {
            ("one", "e1", 0): 1,
            ("one", "e1", 1): 1,
            ("one", "e1", 2): 1,
            ("two", "e2", 1): 1,
        }
