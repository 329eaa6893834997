"""Sessions, questions, upvotes, invitations and their work for many, on either database."""

from __future__ import annotations

from dataclasses import replace

from adapters.database.store import DatabaseStore
from bot.model.cohort import EnrolmentState
from bot.model.course import Language
from bot.model.sessions import (
    RESTED,
    Answered,
    Coming,
    Guest,
    Question,
    QuestionState,
    Session,
    SessionState,
    SessionTask,
    Task,
)
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    NOW,
    a_migrated_url,
    a_question,
    a_session,
    add_cohort,
    add_person,
    an_empty_store,
    enrol,
    later,
    migrated_file,
    migrated_postgres,
)


async def stored(store: DatabaseStore, *cohorts: int, **changes: object) -> Session:
    async with store.transaction() as tx:
        return await tx.add_session(a_session(cohorts, **changes))


async def ask(store: DatabaseStore, *questions: Question) -> None:
    async with store.transaction() as tx:
        for question in questions:
            assert await tx.add_question(question)


async def test_a_session_comes_back_as_it_was_stored(store: DatabaseStore) -> None:
    """With its cohorts, its hosts in order and its words in both languages, before and after a change."""
    one, two = await add_cohort(store), await add_cohort(store, name="Autumn")
    ann, ben, cleo = [await add_person(store, name) for name in ("ann", "ben", "cleo")]
    session = await stored(store, two.id, one.id, host_id=ann, cohosts=(cleo, ben), created_by=ann)
    assert session.cohorts == (two.id, one.id)
    async with store.transaction() as tx:
        assert await tx.session(session.id) == replace(session, cohorts=(one.id, two.id))
        changed = replace(
            session,
            state=SessionState.LIVE,
            titles={Language.FR: "Posez vos questions"},
            bios={Language.EN: "Knows all"},
            guest="Maren Osei",
            link="https://meet.example/1",
            cohosts=(ben,),
            cohorts=(two.id,),
            sequence=3,
            on_stage=700_001,
            seen_by_moderators=True,
            recap_at=later(days=9),
        )
        await tx.save_session(changed)
    async with store.reading() as tx:
        assert await tx.session(session.id) == changed
        assert await tx.session(session.id + 1) is None


async def test_sessions_are_found_by_cohort_and_by_who_runs_them(store: DatabaseStore) -> None:
    """In the order in which they start; each once."""
    one, two = await add_cohort(store), await add_cohort(store, name="Autumn")
    ann, ben = await add_person(store, "ann"), await add_person(store, "ben")
    late = await stored(store, one.id, two.id, at=later(days=20), cohosts=(ben,))
    early = await stored(store, one.id, state=SessionState.DRAFT, host_id=ann, created_by=ann)
    async with store.reading() as tx:
        assert [each.id for each in await tx.sessions([one.id, two.id])] == [early.id, late.id]
        assert [each.id for each in await tx.sessions([two.id])] == [late.id]
        assert [each.id for each in await tx.sessions([], run_by=ann)] == [early.id]
        assert [each.id for each in await tx.sessions([], run_by=ben)] == [late.id]
        assert [each.id for each in await tx.sessions([one.id], states={SessionState.DRAFT})] == [early.id]
        assert [each.id for each in await tx.sessions([one.id], since=later(days=15))] == [late.id]


async def test_everybody_active_is_invited_once(store: DatabaseStore) -> None:
    """In pages by person, whoever is in two of its cohorts once; not who left or waits for the launch."""
    one, two = await add_cohort(store), await add_cohort(store, name="Autumn")
    session = await stored(store, one.id, two.id)
    inside = [await enrol(store, one, f"U{n}") for n in range(5)]
    await enrol(store, two, "U1")
    only_there = await enrol(store, two, "V")
    paused = await enrol(store, one, "P", state=EnrolmentState.PAUSED)
    left = await enrol(store, one, "L", state=EnrolmentState.LEFT)
    async with store.reading() as tx:
        first = await tx.invited(session.id, after=0, limit=4)
        rest = await tx.invited(session.id, after=first[-1].person_id, limit=4)
        assert [each.id for each in (*first, *rest)] == [each.id for each in (*inside, only_there, paused)]
        assert await tx.invited(session.id, after=paused.person_id, limit=4) == []
        assert [await tx.is_invited(session.id, each.person_id) for each in (inside[0], paused, left)] == [
            True,
            True,
            False,
        ]


async def test_zones_are_counted_by_person(store: DatabaseStore) -> None:
    """Somebody's own zone, else the cohort's; whoever left is not counted."""
    one, two = await add_cohort(store), await add_cohort(store, name="Autumn")
    for cohort, name in ((one, "a"), (two, "a"), (one, "b"), (two, "c")):
        await enrol(store, cohort, name)
    await enrol(store, one, "gone", state=EnrolmentState.LEFT)
    at_home = await add_person(store, "c")
    async with store.transaction() as tx:
        person = await tx.person(at_home)
        assert person is not None
        await tx.save_person(replace(person, zone="America/Vancouver"))
        assert await tx.zones_in([one.id, two.id]) == {"America/Toronto": 2, "America/Vancouver": 1}


async def test_the_last_answer_to_an_invitation_counts(store: DatabaseStore) -> None:
    """Coming and having come are two things; both are counted."""
    cohort = await add_cohort(store)
    session = await stored(store, cohort.id)
    ann, ben = await add_person(store, "ann"), await add_person(store, "ben")
    async with store.transaction() as tx:
        await tx.save_coming(session.id, ann, Coming.MAYBE)
        assert await tx.save_came(session.id, ann, "s1/soon/p1")
        assert not await tx.save_came(session.id, ann, "s1/live/p1")
        await tx.save_coming(session.id, ann, Coming.GOING)
        assert await tx.save_came(session.id, ben, "s1/live/p2")
        await tx.save_coming(session.id, ben, Coming.NO)
    async with store.reading() as tx:
        assert await tx.guest(session.id, ann) == Guest(session.id, ann, Coming.GOING, True, "s1/soon/p1")
        assert await tx.guest(session.id, 99) is None
        assert await tx.coming_counts(session.id) == ({Coming.GOING: 1, Coming.MAYBE: 0, Coming.NO: 1}, 2)
        page = await tx.guest_list(session.id, after=ann, limit=9)
        assert page == [Guest(session.id, ben, Coming.NO, True, "s1/live/p2")]
        assert await tx.guest_of(ben) == page


async def test_a_question_is_stored_once_and_comes_back_as_it_was(store: DatabaseStore) -> None:
    """Its number is its own; a second one of that number changes nothing."""
    cohort = await add_cohort(store)
    session, ann = await stored(store, cohort.id), await add_person(store, "ann")
    first = a_question(session.id, 700_001, author_id=ann, asked_at=NOW)
    await ask(store, first)
    changed = replace(
        first,
        state=QuestionState.ANSWERED,
        other="Pourquoi ?",
        answers={Language.FR: "Parce que."},
        link="https://example.org",
        verdict=Answered.PARTLY,
        reason="twice",
        came_from=3,
    )
    async with store.transaction() as tx:
        assert not await tx.add_question(a_question(session.id, 700_001, text="another"))
        assert await tx.question(700_001) == first
        await tx.save_question(changed)
    async with store.reading() as tx:
        assert await tx.question(700_001) == changed
        assert await tx.questions_by(ann) == [changed]
        assert await tx.authors_in(session.id) == {ann}
        assert await tx.question(1) is None


async def test_nobody_wants_a_question_twice(store: DatabaseStore) -> None:
    """Also not when two questions become one."""
    cohort = await add_cohort(store)
    session = await stored(store, cohort.id)
    ann, ben = await add_person(store, "ann"), await add_person(store, "ben")
    await ask(store, a_question(session.id, 700_001), a_question(session.id, 700_002))
    async with store.transaction() as tx:
        assert [await tx.add_upvote(700_001, ann) for _ in range(2)] == [True, False]
        await tx.add_upvote(700_001, ben)
        await tx.add_upvote(700_002, ben)
        await tx.move_upvotes(700_001, 700_002)
    async with store.reading() as tx:
        assert {each.id: each.votes for each in await tx.questions(session.id)} == {700_001: 2, 700_002: 2}
        assert await tx.upvoted(ann) == {700_001, 700_002}
        assert await tx.upvoted(ann, session.id + 1) == set()


async def test_a_withdrawn_question_leaves_nothing_behind(store: DatabaseStore) -> None:
    """Not its upvotes, not its place on stage; what was merged into it waits again."""
    cohort = await add_cohort(store)
    session, ann = await stored(store, cohort.id, on_stage=700_001), await add_person(store, "ann")
    merged = a_question(session.id, 700_002, state=QuestionState.MERGED, merged_into=700_001)
    await ask(store, a_question(session.id, 700_001, code="fingerprint"), merged)
    async with store.transaction() as tx:
        found = await tx.question_with_code(session.id, "fingerprint")
        assert found is not None
        assert await tx.question_with_code(session.id + 1, "fingerprint") is None
        await tx.add_upvote(found.id, ann)
        await tx.remove_question(found.id)
    async with store.reading() as tx:
        assert await tx.questions(session.id) == [a_question(session.id, 700_002)]
        assert await tx.upvoted(ann) == set()
        after = await tx.session(session.id)
        assert after is not None
        assert after.on_stage is None


async def test_work_is_due_when_its_moment_has_come(store: DatabaseStore) -> None:
    """Planned anew it begins anew; and a tick sees it."""
    cohort = await add_cohort(store)
    session = await stored(store, cohort.id)
    async with store.transaction() as tx:
        await tx.plan_task(SessionTask(session.id, Task.INVITE, later(hours=1)))
        await tx.plan_task(SessionTask(session.id, Task.HOUR, later(hours=2), 7))
        assert not (await tx.due(NOW)).sessions
        assert (await tx.due(later(hours=1))).sessions
        assert await tx.tasks_due(later(hours=1), 9) == [SessionTask(session.id, Task.INVITE, later(hours=1))]
        await tx.plan_task(SessionTask(session.id, Task.INVITE, later(hours=4), 500))
        assert await tx.tasks_due(later(hours=2), 9) == [SessionTask(session.id, Task.HOUR, later(hours=2), 7)]
        await tx.drop_task(session.id, Task.HOUR)
        assert await tx.tasks_due(later(hours=9), 1) == [SessionTask(session.id, Task.INVITE, later(hours=4), 500)]


async def test_what_was_just_done_rests_before_it_is_done_again(store: DatabaseStore) -> None:
    """The first wish is met at once, all those during the rest together when it is over."""
    cohort = await add_cohort(store)
    session = await stored(store, cohort.id)
    async with store.transaction() as tx:
        await tx.wish_task(session.id, Task.DESK, NOW)
        await tx.wish_task(session.id, Task.DESK, later(minutes=5))
        assert await tx.tasks_due(NOW, 9) == [SessionTask(session.id, Task.DESK, NOW)]
        await tx.rest_task(session.id, Task.DESK, later(minutes=1))
        assert await tx.tasks_due(NOW, 9) == []
        assert await tx.tasks_due(later(minutes=1), 9) == [SessionTask(session.id, Task.DESK, later(minutes=1), RESTED)]
        await tx.wish_task(session.id, Task.DESK, NOW)
        assert await tx.tasks_due(NOW, 9) == []
        assert await tx.tasks_due(later(minutes=1), 9) == [SessionTask(session.id, Task.DESK, later(minutes=1))]
