"""Forgetting a person leaves a number, and nothing that says who it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import sqlalchemy as sa

from adapters.database.schema import metadata
from adapters.database.store import DatabaseStore
from bot.model.cohort import CohortState, Enrolment, EnrolmentState
from bot.model.course import Language, Weekday
from bot.model.delivery import DeliveryState, Kind, MessageRef
from bot.model.group_life import Meeting, MeetingState, Met, MetAnswer, Rating, Rsvp, Stance, StanceTaken
from bot.model.groups import AboutMe, NewGroup
from bot.model.people import Absence, Person, Profile, Role, RoleName, Window
from bot.model.progress import Completion, Given, Worth
from bot.model.sessions import Coming
from bot.ports import AuditEntry, Job, JobState, Tx
from tests.contracts.store_world import (  # noqa: F401 - fixtures
    LANE,
    NOW,
    WORKER,
    a_delivery,
    a_migrated_url,
    a_question,
    a_session,
    add_cohort,
    an_address,
    an_empty_store,
    claim,
    enrol,
    for_enrolment,
    later,
    look_up,
    migrated_file,
    migrated_postgres,
    owe,
    send,
    sent,
)

NAME, REF, OTHER_REF, PLACE = "Zoë O'Brien", "U_ZOE_77", "29:zoe-teams", "D_ZOE_PLACE"
WORDS = (
    "my reflection",
    "a shared thought",
    "too long for me",
    "what I asked",
    "a line for the group",
    "Ministry of Tides",
    "a tired whisper",
)
SECRETS = ("Zoë", "zoë o", "ZOË", "ZOE", "zoe", "e-ref-77", "option-7", *WORDS, "Pacific/Apia", "policy-track")


async def everything(store: DatabaseStore) -> str:
    """Every row of every table, as text."""
    async with store.look() as connection:
        dump = []
        for table in metadata.sorted_tables:
            rows = await connection.execute(sa.select(table))
            dump += [f"{table.name}: {tuple(map(str, row))}" for row in rows]
    return "\n".join(dump)


async def zoe(store: DatabaseStore) -> Enrolment:
    """Somebody of whom every table knows something."""
    cohort = await add_cohort(store)
    other = await enrol(store, cohort, "U_OTHER")
    here, there = an_address(REF), an_address(OTHER_REF, "teams:x")
    one = await enrol(
        store, cohort, REF, track="policy-track", ready=True, next_lesson="two", next_due_at=later(days=1)
    )
    await send(store, for_enrolment(one, "lesson/one", content={"line": "my reflection"}))
    await send(store, a_delivery("asked", address=here, kind=Kind.PROGRESS, cohort_id=cohort.id))
    async with store.transaction() as tx:
        person = await tx.person(one.person_id)
        assert person is not None
        await tx.save_person(
            replace(
                person,
                name=NAME,
                language=Language.FR,
                zone="Pacific/Apia",
                window=Window(time(9), time(12)),
                days=frozenset({Weekday.MON}),
                plain=True,
                nudges=False,
                language_chosen=True,
                absences=(Absence(date(2026, 4, 1), date(2026, 4, 9)),),
            )
        )
        await tx.add_role(Role(one.person_id, RoleName.FACILITATOR, LANE, cohort.id))
        await tx.add_completion(Completion(one.id, "one", "film", later(minutes=7)))
        await tx.add_completion(Completion(one.id, "one", "poll", later(minutes=8)))
        await tx.save_given(Given(one.id, "one", "poll", NOW, choice="option-7"))
        await tx.save_given(Given(one.id, "one", "r", NOW, text="my reflection"))
        await tx.save_given(Given(one.id, "one", "s", NOW, text="a shared thought", shared=True))
        await tx.count_anonymous(cohort.id, "one", "secret", "b")
        await tx.save_feedback(one.id, "one", Worth.PARTLY, "too long for me", NOW)
        await tx.keep_tier(one.id, "silver")
        await tx.save_about(one.person_id, AboutMe(NAME, "a line for the group", "Ministry of Tides"))
        await tx.save_avoided(other.person_id, [one.person_id])
        (group,) = await tx.add_groups(cohort.id, [NewGroup(1, Language.FR, (one.id, other.id))], NOW)
        await in_a_group(tx, group.id, one.id)
        await tx.want_refresh(f"e{one.id}/lesson/one", NOW)
        session = a_session((cohort.id,), created_by=one.person_id, host_id=one.person_id, guest=f"With {NAME}")
        session = await tx.add_session(session)
        await tx.save_session(replace(session, cohosts=(other.person_id, one.person_id)))
        await tx.add_question(a_question(session.id, 700_001, text="what I asked", author_id=one.person_id))
        await tx.add_question(a_question(session.id, 700_002, text="what others asked", author_id=other.person_id))
        for question, person_id in ((700_001, other.person_id), (700_002, one.person_id), (700_002, other.person_id)):
            await tx.add_upvote(question, person_id)
        await tx.save_coming(session.id, one.person_id, Coming.GOING)
        await tx.save_came(session.id, one.person_id, f"s{session.id}/live/p{one.person_id}")
        await tx.add_audit(AuditEntry(NOW, one.person_id, LANE, "role", cohort.id, {"who": f"<@{REF}>", "n": 1}))
        await tx.add_audit(AuditEntry(NOW, other.person_id, LANE, "enrol", cohort.id, {"list": ["x", NAME.upper()]}))
        job = Job(0, "enrol", JobState.ASKING, cohort.id, one.person_id, here, NOW)
        job = await tx.add_job(job, [f"<@{REF}>", f"{NAME.lower()}, please", "somebody-else"])
        rows = await tx.job_rows(job.id, {"new"}, 9)
        await tx.save_job_rows([replace(rows[0], status="found", person_id=one.person_id, address=here)])
    await owe(
        store,
        for_enrolment(one, "lesson/two", due_at=later(days=1), state=DeliveryState.PLANNED),
        for_enrolment(one, "digest", state=DeliveryState.HELD, reason="quiet"),
        for_enrolment(other, "alert", kind=Kind.ALERT, content={"about": NAME, "number": one.person_id}),
    )
    async with store.connections.begin() as connection:
        # The same human on another platform.
        address = metadata.tables["address"]
        await connection.execute(sa.insert(address).values(lane="teams:x", ref=there.ref, person_id=one.person_id))
    return one


async def in_a_group(tx: Tx, group: int, enrolment: int) -> None:
    """A vote, an answer, a line for facilitators and a stance."""
    new = Meeting(0, group, MeetingState.PROPOSED, 45, "America/Toronto", "uid", NOW, NOW, options=(NOW,))
    meeting = await tx.add_meeting(new)
    assert meeting is not None
    await tx.save_votes(meeting.id, enrolment, [NOW], NOW)
    await tx.save_rsvp(meeting.id, enrolment, Rsvp.GOING, NOW)
    await tx.save_met(MetAnswer(group, date(2026, 3, 3), enrolment, Met.MET, NOW, Rating.LITTLE, "a tired whisper"))
    await tx.save_stance(StanceTaken(group, "one", "s", enrolment, Stance.DEPENDS, NOW, named=True))


async def forget(store: DatabaseStore, person_id: int) -> None:
    async with store.transaction() as tx:
        await tx.forget_person(person_id)


async def test_no_table_knows_a_forgotten_person(store: DatabaseStore) -> None:
    """Name, addresses, settings, answers, lines, references: in no row of any table."""
    one = await zoe(store)
    before = await everything(store)
    assert all(secret in before for secret in (NAME, REF, OTHER_REF, "option-7", "Pacific/Apia", *WORDS))
    assert "m-asked" in before
    await forget(store, one.person_id)
    after = await everything(store)
    assert [secret for secret in (*SECRETS, NAME, REF, OTHER_REF, "m-e", "m-asked") if secret in after] == []
    assert "somebody-else" in after


async def test_the_number_stays_without_a_name(store: DatabaseStore) -> None:
    """Everything chosen is gone, and nothing brings it back."""
    one = await zoe(store)
    async with store.reading() as tx:
        before = await tx.person(one.person_id)
    await forget(store, one.person_id)
    await forget(store, one.person_id)
    await forget(store, one.person_id + 99)
    async with store.transaction() as tx:
        assert await tx.person(one.person_id) == Person(one.person_id, known=False)
        assert await tx.person_at(an_address(REF)) is None
        assert await tx.addresses(one.person_id) == []
        assert await tx.roles_of(one.person_id) == []
        assert before is not None
        await tx.save_person(before)
        assert await tx.person(one.person_id) == Person(one.person_id, known=False)


async def test_totals_stay_true(store: DatabaseStore) -> None:
    """Completions, ratings, anonymous votes, messages sent and the tier reached are still counted."""
    one = await zoe(store)
    async with store.reading() as tx:
        done, worth = await tx.done_counts(one.cohort_id), await tx.feedback_counts(one.cohort_id)
    await forget(store, one.person_id)
    async with store.reading() as tx:
        assert await tx.done_counts(one.cohort_id) == done
        assert await tx.feedback_counts(one.cohort_id) == worth
        assert await tx.tally(one.cohort_id, "one", "secret") == {"b": 1}
        assert await tx.kept_tier(one.id) == "silver"
        assert {c.done_at for c in await tx.completions(one.id)} == {one.joined_at}
        assert await tx.given(one.id) == []
        assert await tx.tally(one.cohort_id, "one", "poll") == {}
        assert await tx.shared_texts(one.cohort_id, "one", "s", 9) == []


async def test_sessions_go_on_without_them(store: DatabaseStore) -> None:
    """Their questions, upvotes and answers to invitations are gone; the session and what others asked stay."""
    one = await zoe(store)
    async with store.reading() as tx:
        (session,) = await tx.sessions([one.cohort_id])
    await forget(store, one.person_id)
    async with store.reading() as tx:
        (left,) = await tx.sessions([one.cohort_id])
        (question,) = await tx.questions(session.id)
        assert (left.host_id, left.created_by, left.guest) == (None, None, "")
        assert left.cohosts == session.cohosts[:1]
        assert (question.text, question.votes) == ("what others asked", 1)
        assert await tx.guest_of(one.person_id) == []
        assert await tx.coming_counts(session.id) == (dict.fromkeys(Coming, 0), 0)


async def test_nothing_more_is_sent(store: DatabaseStore) -> None:
    """Open deliveries are waived, the enrolment is over, and no message is shown anew."""
    one = await zoe(store)
    await forget(store, one.person_id)
    async with store.transaction() as tx:
        enrolment = await tx.enrolment(one.id)
        assert enrolment is not None
        assert (enrolment.state, enrolment.next_due_at) == (EnrolmentState.LEFT, None)
        rows = {row.key.partition("/")[2]: row for row in await tx.deliveries_of(one.id)}
        assert not await tx.want_refresh(f"e{one.id}/lesson/one", NOW)
        assert not (await tx.due(later(days=9))).plan
    assert rows["lesson/one"].state == DeliveryState.SENT
    waived = [row for row in rows.values() if row.state == DeliveryState.WAIVED]
    assert len(waived) == len(rows) - 1
    assert {row.reason for row in waived} == {"forgotten"}
    assert [row.kind for row in await claim(store, at=later(days=9))] == [Kind.ALERT]


async def test_a_message_under_way_is_no_longer_the_workers(store: DatabaseStore) -> None:
    """Its outcome, with a reference to the person, is not stored; the worker learns that and withdraws it."""
    cohort = await add_cohort(store)
    one = await enrol(store, cohort, REF)
    await owe(store, for_enrolment(one, "lesson/one"))
    (row,) = await claim(store)
    await forget(store, one.person_id)
    ref = MessageRef(an_address(PLACE), "e-ref-77")
    assert await store.settle(WORKER, [replace(sent(row), ref=ref)]) == [row.id]
    assert (await look_up(store, row.key)).state == DeliveryState.WAIVED
    assert PLACE not in await everything(store)


async def test_who_comes_back_is_somebody_new(store: DatabaseStore) -> None:
    """The same address is a new person, with nothing of the old one."""
    one = await zoe(store)
    await forget(store, one.person_id)
    async with store.transaction() as tx:
        again = await tx.add_people([(an_address(REF), Profile(NAME))], NOW)
        assert again[an_address(REF)] != one.person_id
        assert await tx.enrolments_of(again[an_address(REF)]) == []


async def test_nobody_else_is_forgotten(store: DatabaseStore) -> None:
    """A finished enrolment stays finished, and others keep everything."""
    one = await zoe(store)
    cohort = await add_cohort(store, name="Autumn", state=CohortState.CLOSED)
    finished = await enrol(store, cohort, REF, state=EnrolmentState.FINISHED)
    other = await enrol(store, cohort, "U_ZOEY", next_lesson="one", next_due_at=NOW)
    (row,) = await send(store, for_enrolment(other, "lesson/one", content={"about": "Zoëlle"}))
    async with store.transaction() as tx:
        await tx.save_given(Given(other.id, "one", "r", NOW, text="theirs"))
    await forget(store, one.person_id)
    async with store.reading() as tx:
        stays = await tx.enrolment(finished.id)
        assert stays is not None
        assert stays.state == EnrolmentState.FINISHED
        assert await tx.enrolment(other.id) == other
        assert await tx.delivery(row.key) == row
        assert [given.text for given in await tx.given(other.id)] == ["theirs"]


async def test_what_somebody_said_in_a_group_goes_with_them(store: DatabaseStore) -> None:
    """Votes, RSVPs, "we met" and stances; the meeting itself stays."""
    one = await zoe(store)
    await forget(store, one.person_id)
    async with store.reading() as tx:
        assert await tx.life_of(one.id) == ({}, {}, [], [])
        (group,) = await tx.study_groups(one.cohort_id)
        assert len((await tx.meetings([group.id]))[group.id]) == 1
