"""A study group votes, plans, moves and cancels; whoever comes is reminded, once and in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.errors import SendFailed
from bot.messages.links import Links
from bot.model.delivery import Reason
from bot.model.group_life import MeetingState
from bot.model.people import Address, Profile
from bot.usecases.engine import Engine
from tests.bot.usecases.group_life_stage import a_group, meeting_of, planned, posts, press, text
from tests.bot.usecases.groups_stage import classmates, groups_of, newest, room_of, said_yes, words
from tests.world import World, buttons_of


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type, misc]


def wall(text: str) -> datetime:
    """A wall time, without a zone."""
    return datetime.fromisoformat(text)


# --- the first post and the vote ----------------------------------------------------------------------------


async def test_the_first_post_introduces_gives_a_task_proposes_and_names_the_host(world: World) -> None:
    """Everybody by the line they chose; moments at which all work, days away and weekends left out."""
    people = await said_yes(world, 5)
    await world.says(people[0], "group about I write policy in Toronto")
    await world.says(people[1], "away 2026-11-25 to 2026-11-26")
    await world.says(world.ada, "cohort groups preview spring")
    await world.says(world.ada, "cohort groups form spring")
    (first,) = posts(world, room_of(world, 1), "first")
    said = text(first.message)
    assert "Learnerp0 Doe: “I write policy in Toronto”" in said
    assert "First task (5 minutes)" in said
    assert "hosts first" in said
    assert [line.split()[1] for line in said.splitlines() if line.startswith(("[A]", "[B]", "[C]"))] == [
        "2026-11-27",
        "2026-11-30",
        "2026-12-01",
    ]


async def test_the_group_meets_when_most_can(world: World) -> None:
    """Once all have voted the moment is fixed, the group is told once, and the first post shows it."""
    people, room = await a_group(world)
    for who in people:
        await press(world, who, room, "Moment B suits me", "first")
    meeting = await meeting_of(world)
    assert meeting is not None
    assert meeting.state is MeetingState.PLANNED
    assert meeting.at == utc(2026, 11, 26, 18)
    assert len(posts(world, room, "meeting/")) == 1
    assert "You meet first 2026-11-26 13:00" in text(posts(world, room, "first")[0].message)


async def test_a_vote_ends_by_itself_with_the_votes_there_are(world: World) -> None:
    """Two of five voted; the moment that suits both wins when the time is over."""
    people, room = await a_group(world)
    await press(world, people[0], room, "Moment B suits me")
    await world.says(people[1], "group vote b c")
    first = posts(world, room, "first")[0]
    assert "suits 2 of 5" in text(first.message)
    await world.at(utc(2026, 11, 25, 16, 1))
    meeting = await meeting_of(world)
    assert meeting is not None
    assert meeting.at == utc(2026, 11, 26, 18)


async def test_a_vote_without_votes_lapses(world: World) -> None:
    """Nobody is invited to what nobody chose; on its day the group is asked."""
    _, room = await a_group(world)
    await world.at(utc(2026, 11, 26, 23))
    assert await meeting_of(world) is None
    assert posts(world, room, "meeting/") == []
    assert "Moment A" not in text(posts(world, room, "first")[0].message)


async def test_voting_again_adds_and_none_takes_back(world: World) -> None:
    """Pressing twice changes nothing."""
    people, room = await a_group(world)
    for _ in range(2):
        assert "Noted: A." in (await press(world, people[0], room, "Moment A suits me")).notice
    assert "Noted: A, C." in words(await world.says(people[0], "group vote c"))
    assert "Noted: A, B, C." in words(await world.says(people[0], "group vote all"))
    assert "none of these suits you" in (await press(world, people[0], room, "None suits me")).notice
    assert "suits 0 of 5" in text(posts(world, room, "first")[0].message)
    assert "There is no moment “k”" in words(await world.says(people[0], "group vote k"))


# --- planning and moving ------------------------------------------------------------------------------------


async def test_a_member_plans_a_meeting_in_their_own_zone(world: World) -> None:
    """14:00 in Halifax is said to everybody with its zone; whoever planned it is going."""
    people, room = await a_group(world)
    answer = words(await world.says(people[1], "group meet thursday 14:00 for 30m"))
    assert "2026-11-26 14:00 (America/Halifax)" in answer
    assert "30 minutes" in answer
    assert "Going: Learnerp1 Doe" in answer
    assert "2026-11-26 13:00 (America/Toronto)" in newest(world, room)
    again = words(await world.says(people[1], "group meet thursday 14:00"))
    assert "That is when you meet already." in again
    assert len(posts(world, room, "meeting/")) == 1


async def test_what_cannot_be_a_meeting_is_said_kindly(world: World) -> None:
    """Past, too far ahead, without a day or a time; nothing changes."""
    people, _ = await a_group(world)
    for said, expected in (
        ("2026-11-20 14:00", "passed"),
        ("2027-11-20 14:00", "too far ahead"),
        ("thursday", "Say the time"),
        ("14:00", "Say the day"),
        ("thursday 14:00 for 2m", "from 10 minutes"),
        ("whenever", "group meet"),
    ):
        assert expected in words(await world.says(people[0], f"group meet {said}")), said
    meeting = await meeting_of(world)
    assert meeting is not None
    assert meeting.state is MeetingState.PROPOSED


async def test_a_meeting_that_moves_is_told_once_and_reminds_of_the_new_moment_only(world: World) -> None:
    """Answers stay; reminders of the old moment are waived; calendars follow by sequence."""
    people, room = await planned(world)
    await press(world, people[1], room, "Going")
    await world.says(people[2], "group rsvp maybe")
    await press(world, people[3], room, "Not going")
    await world.says(people[0], "group meet 2026-12-04 14:00")
    assert "The meeting has another moment now." in newest(world, room)
    assert all("2026-12-04" in text(post.message) for post in posts(world, room, "meeting/"))
    await world.at(utc(2026, 12, 5, 12))
    for who, expected in zip(people, [2, 2, 2, 0, 0], strict=True):
        kinds = [post.key.rsplit("/", 1)[-1] for post in posts(world, who, "remind/")]
        assert kinds == ["day", "soon"][: expected or 0]
        assert all("/2/" in post.key for post in posts(world, who, "remind/")), "the sequence of the new moment"


async def test_moving_back_and_forth_reminds_nobody_twice(world: World) -> None:
    """The day's reminder was sent; moved by an hour and back within the day, it does not come again."""
    people, _ = await planned(world)
    await world.at(utc(2026, 12, 2, 19, 5))
    assert len(posts(world, people[0], "remind/")) == 1
    await world.says(people[0], "group meet 2026-12-03 15:00")
    await world.says(people[0], "group meet 2026-12-03 14:00")
    await world.at(utc(2026, 12, 3, 20, 30))
    assert [post.key.rsplit("/", 1)[-1] for post in posts(world, people[0], "remind/")] == ["day", "soon"]


async def test_reminders_come_in_everyones_own_zone(world: World) -> None:
    """A day before at the same wall time, and 15 minutes before; each reads their own clock."""
    people, room = await planned(world)
    for who in people[1:]:
        await press(world, who, room, "Going")
    await world.at(utc(2026, 12, 2, 18, 59))
    assert all(posts(world, who, "remind/") == [] for who in people)
    await world.at(utc(2026, 12, 2, 19))
    assert [len(posts(world, who, "remind/")) for who in people] == [1] * 5
    assert "2026-12-03 15:00 (America/Halifax)" in newest(world, people[1])
    await world.at(utc(2026, 12, 3, 18, 45))
    assert [len(posts(world, who, "remind/")) for who in people] == [2] * 5
    assert "15 minutes" in newest(world, people[2])


async def test_whoever_declines_after_all_is_not_reminded(world: World) -> None:
    """And whoever comes after all is, for what is still to come."""
    people, _ = await planned(world)
    await world.says(people[0], "group rsvp no")
    await world.at(utc(2026, 12, 2, 20))
    assert posts(world, people[0], "remind/") == []
    await world.says(people[0], "group rsvp going")
    await world.at(utc(2026, 12, 3, 20))
    assert [post.key.rsplit("/", 1)[-1] for post in posts(world, people[0], "remind/")] == ["soon"]


async def test_reminders_pass_pauses_because_they_were_asked_for(world: World) -> None:
    """Who takes a break from lessons and said that they come is reminded all the same; who left the group is not."""
    people, _ = await planned(world)
    await world.says(people[1], "group rsvp going")
    await world.says(people[2], "group rsvp going")
    await world.says(people[1], "pause")
    await world.says(people[2], "group leave yes")
    await world.at(utc(2026, 12, 3, 20))
    assert len(posts(world, people[1], "remind/")) == 2
    assert posts(world, people[2], "remind/") == []


async def test_a_cancelled_meeting_is_told_once_and_reminds_nobody(world: World) -> None:
    """After a question; pressing again finds nothing to cancel."""
    people, room = await planned(world)
    question = await press(world, people[1], room, "Cancel it")
    await world.presses(people[1], "Cancel the meeting", question)
    assert "the meeting is cancelled" in newest(world, room)
    assert "no meeting yet" in words(await world.says(people[1], "group meet cancel yes"))
    await world.at(utc(2026, 12, 3, 20))
    assert posts(world, people[0], "remind/") == []
    assert len(posts(world, room, "cancelled/")) == 1


async def test_other_moments_are_voted_on_while_the_date_holds(world: World) -> None:
    """A vote about moving leaves the date until it ends; the winner moves the meeting."""
    people, room = await planned(world)
    await press(world, people[1], room, "Find other moments")
    before = await meeting_of(world)
    assert before is not None
    assert before.at == utc(2026, 12, 3, 19)
    assert len(before.options) == 3
    for who in people:
        await press(world, who, room, "Moment A suits me", "vote/")
    after = await meeting_of(world)
    assert after is not None
    assert (after.at, after.sequence) == (before.options[0], before.sequence + 1)


# --- calendars ----------------------------------------------------------------------------------------------


async def test_calendars_follow_by_uid_and_sequence(world: World) -> None:
    """A wall time in the group's zone; moved and cancelled under the same uid; a personal link ends with leaving."""
    people, _ = await planned(world)
    meeting = await meeting_of(world)
    assert meeting is not None
    person = (await world.enrolment(people[1])).person_id
    subject = f"meeting/{meeting.id}/fr/{person}"
    (first,) = await world.engine.calendar(subject) or ()
    assert (first.starts, first.zone, first.minutes) == (wall("2026-12-03 14:00"), "America/Toronto", 45)
    assert first.title.startswith("Groupe")
    await world.says(people[0], "group meet 2026-12-04 15:00")
    (moved,) = await world.engine.calendar(subject) or ()
    assert (moved.uid, moved.sequence, moved.starts) == (first.uid, first.sequence + 1, wall("2026-12-04 15:00"))
    await world.says(people[1], "group rsvp no")
    assert list(await world.engine.calendar(f"mine/{person}/en") or ()) == []
    await world.says(people[0], "group meet cancel yes")
    (gone,) = await world.engine.calendar(f"meeting/{meeting.id}/en") or ()
    assert gone.cancelled
    assert gone.sequence == moved.sequence + 1
    await world.says(people[1], "group leave yes")
    assert await world.engine.calendar(subject) is None
    for nothing in ("meeting/77/en", "meeting/x/en", f"meeting/{meeting.id}/xx", "mine/77/en", "session/1/en", ""):
        assert await world.engine.calendar(nothing) is None


async def test_the_calendar_button_is_there_where_links_are_sealed(world: World) -> None:
    """In the room it names nobody; in the answer to one person it is theirs."""
    parts = world.engine.parts
    sealed = Links("https://course.example", seal=lambda subject: subject.replace("/", "."))
    world.engine = Engine(type(parts)(**{**parts.__dict__, "links": sealed}))
    people, room = await planned(world)
    links = [button.href for button in buttons_of(world.newest(room).message) if button.href]
    assert links == ["https://course.example/calendar/meeting.1.en.ics"]
    person = (await world.enrolment(people[0])).person_id
    answer = await world.says(people[0], "group meet")
    assert answer.say is not None
    assert f"https://course.example/calendar/meeting.1.en.{person}.ics" in [b.href for b in buttons_of(answer.say)]


# --- did you meet, and hosts --------------------------------------------------------------------------------


async def test_after_the_meeting_the_group_is_asked_and_the_next_one_hosts(world: World) -> None:
    """A quarter of an hour after its end; the answer opens what it was worth, in words."""
    people, room = await planned(world)
    host = (await groups_of(world))[0].host
    await world.at(utc(2026, 12, 3, 20))
    asked = posts(world, room, "met/")
    assert [post.key for post in asked] == ["g1/met/2026-12-03/fake:w1"]
    assert (await groups_of(world))[0].host != host
    form = (await press(world, people[0], room, "We met", "met/")).form
    assert form is not None
    saved = await world.submits(people[0], form, rating="4", line="We ran out of time")
    assert "Noted: you met." in words(saved)
    await press(world, people[1], room, "Not this week", "met/")
    await world.says(people[2], "group met yes great")
    assert "We met: 2 · Not this week: 1" in text(posts(world, room, "met/")[0].message)
    card = words(await world.says(world.ada, "cohort groups health spring"))
    assert "Excellent: it helped me a lot: 1" in card
    assert "We ran out of time" in card
    assert "Learnerp0" not in card


async def test_answering_again_replaces_the_answer(world: World) -> None:
    """Pressing twice counts once; a no takes rating and line away."""
    people, room = await planned(world)
    await world.at(utc(2026, 12, 3, 20))
    await world.says(people[0], "group met yes good It helped")
    await world.says(people[0], "group met yes good It helped")
    assert "We met: 1" in text(posts(world, room, "met/")[0].message)
    await world.says(people[0], "group met no")
    said = text(posts(world, room, "met/")[0].message)
    assert "We met: " not in said
    assert "Not this week: 1" in said
    assert "It helped" not in words(await world.says(world.ada, "cohort groups health spring"))


async def test_a_group_without_a_meeting_is_asked_once_a_week(world: World) -> None:
    """On its own day."""
    _, room = await a_group(world)
    await world.at(utc(2026, 12, 16))
    assert [post.key.split("/")[2] for post in posts(world, room, "met/")] == ["2026-12-01", "2026-12-08", "2026-12-15"]


async def test_hosting_is_taken_over_and_handed_over(world: World) -> None:
    """By anybody, and by the host; the group is told, and the card shows it."""
    people, room = await a_group(world)
    host = (await world.enrolment(people[3])).id
    assert "Learnerp" in words(await world.says(people[3], "group host"))
    await world.says(people[3], "group host me")
    await world.says(people[3], "group host me")
    assert (await groups_of(world))[0].host == host
    assert "From now on Learnerp3 Doe hosts." in newest(world, room)
    assert len(posts(world, room, "host/")) == 1
    assert "Learnerp3 Doe: America/Toronto · host" in text(posts(world, room, "roster")[0].message)
    assert "Only the host can hand over." in words(await world.says(people[0], "group host next"))
    await world.says(people[3], "group host next")
    assert (await groups_of(world))[0].host != host


# --- where there is no room, and two chats ------------------------------------------------------------------


async def test_without_a_room_everything_comes_by_direct_message(world: World) -> None:
    """The first post, the meeting, the question."""
    people = await said_yes(world, 5)
    await world.says(world.ada, "cohort groups preview spring")
    world.platform.faults[f"group/1/{world.ada.lane}"] = [SendFailed(Reason.FORBIDDEN, permanent=True)]
    await world.says(world.ada, "cohort groups form spring")
    assert all("g1/first" in world.keys(who) for who in people)
    for who in people:
        await press(world, who, who, "Moment A suits me", "first")
    await world.at(utc(2026, 11, 25, 20, 1))
    for who in people:
        assert any(key.startswith("g1/meeting/1/1") for key in world.keys(who))
        assert any(key.startswith("g1/met/") for key in world.keys(who))


async def test_rooms_of_two_chats_get_the_same_and_count_as_one(world: World) -> None:
    """One vote, one date, one dataset: whoever presses where does not matter, and nothing is passed on."""
    here = list(classmates(world, 3).values())
    await world.running("p0@example.org", "p1@example.org", "p2@example.org")
    there = [Address(world.platform.name, "w2", each.ref) for each in classmates(world, 2, prefix="q").values()]
    await world.says(world.ada, "cohort open spring fake:w2")
    for who in here:
        await world.says(who, "yes")
    for number, who in enumerate(there):
        world.platform.people[f"q{number}"] = (who.ref, Profile(f"Far{number}", zone="America/Toronto"))
        await world.says(who, "join spring")
        await world.says(who, "yes")
    await world.says(world.ada, "cohort groups options spring across yes")
    await world.says(world.ada, "cohort groups preview spring")
    await world.says(world.ada, "cohort groups form spring")
    rooms = [room for room, _ in world.platform.rooms.values()]
    assert sorted(room.workspace for room in rooms) == ["w1", "w2"]
    one, other = sorted(rooms)
    assert text(posts(world, one, "first")[0].message) == text(posts(world, other, "first")[0].message)
    for who, room in [*((who, one) for who in here), *((who, other) for who in there)]:
        await press(world, who, room, "Moment B suits me", "first")
    meeting = await meeting_of(world)
    assert meeting is not None
    assert meeting.state is MeetingState.PLANNED
    assert len(posts(world, one, "meeting/")) == len(posts(world, other, "meeting/")) == 1
    await press(world, there[0], other, "Going")
    await press(world, here[0], one, "Going")
    assert text(world.newest(one).message) == text(world.newest(other).message)
    assert meeting.at is not None
    await world.at(meeting.at + timedelta(hours=1))
    await press(world, there[0], other, "Not this week", "met/")
    assert "Not this week: 1" in text(posts(world, one, "met/")[0].message)
