"""Preparing, announcing, moving and cancelling a session, and what reaches people because of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.messages.blocks import Reply
from bot.model.delivery import DeliveryState, Kind
from bot.model.sessions import SessionState
from tests.session_world import (
    LINK,
    STARTS,
    announced,
    card,
    facilitated,
    keys,
    prepared,
    reads,
    rows,
    session,
)
from tests.world import World

VANCOUVER = ZoneInfo("America/Vancouver")


async def test_a_draft_shows_local_times_and_reaches_nobody(world: World) -> None:
    """For every place where people are, with how many; only who prepares it sees it."""
    await facilitated(world)
    number = await prepared(world)
    draft = reads(await world.says(world.fatou, f"ama show #{number}"))
    assert "Place: Toronto; Local time: Thursday 10 December 2026, 12:00; People: 1" in draft
    there = STARTS.astimezone(VANCOUVER)
    assert f"Place: Vancouver; Local time: Thursday 10 December 2026, {there.hour}:00; People: 1" in draft
    assert "Nobody has heard of it yet." in draft
    assert "no session" in reads(await world.says(world.ben, f"ama show #{number}"))
    assert "No session is planned" in reads(await world.says(world.ben, "ama"))
    assert keys(world, world.ben, number) == []


async def test_clashes_are_shown_before_anything_is_announced(world: World) -> None:
    """Night hours, a lesson within the hour, a holiday, another session of the same people."""
    await world.running("@ben", "@zoé", more="region CA-ON")
    await world.says(world.ada, "cohort roles spring add facilitator @fatou")
    await announced(world, when="2026-12-25 09:30", title="On a holiday")
    number = await prepared(world, when="2026-12-25 07:00 for 4h")
    draft = reads(await world.says(world.fatou, f"ama show #{number}"))
    assert "At the same time: On a holiday (#1)" in draft
    assert "it is a holiday (Christmas" in draft
    assert "For 2 people it is between 21:00 and 7:00." in draft
    near = await prepared(world, when="2026-12-15 10:30")
    assert "A lesson of spring may come at 9:00 in Toronto." in reads(
        await world.says(world.fatou, f"ama show #{near}")
    )
    free = await prepared(world, when="2026-12-16 14:00")
    assert "Please check" not in reads(await world.says(world.fatou, f"ama show #{free}"))


async def test_the_form_says_what_is_wrong_at_its_fields(world: World) -> None:
    """And nothing is stored before everything fits."""
    await facilitated(world)
    form = (await world.says(world.fatou, "ama schedule")).form
    assert form is not None
    reply = await world.submits(
        world.fatou, form, title=" ", day="2020-01-01", time="13:00", host="@nobody", length="9h"
    )
    assert dict(reply.errors).keys() == {"title", "day", "host", "length"}
    reply = await world.submits(
        world.fatou,
        form,
        title="Ask a CIO",
        title_fr="Demandez au DPI",
        day="2026-12-10",
        time="13:00",
        zone="Toronto",
        guest="Maren Osei",
        bio="Leads things.",
        bio_fr="Dirige des choses.",
        host="@ada",
        cohosts="@fatou",
        link=LINK,
        moderators="yes",
    )
    assert "Draft: Ask a CIO" in reads(reply)
    made = await session(world, 1)
    assert (made.zone, made.minutes, made.seen_by_moderators, len(made.hosts)) == ("America/Toronto", 60, True, 2)
    await world.says(world.fatou, "ama announce #1")
    invitation = reads(card(world, world.zoe, 1, "invite"))
    assert "Demandez au DPI" in invitation
    assert "Dirige des choses." in invitation
    assert "modération" in invitation


async def test_only_facilitators_schedule(world: World) -> None:
    """A learner is told who can."""
    await facilitated(world)
    reply = reads(await world.says(world.ben, 'ama schedule "Mine" 2026-12-10 13:00'))
    assert "Only facilitators and course admins can schedule a session." in reply
    number = await announced(world)
    for text in ("announce", "move", "cancel", "open", "next 123456", "close", "change"):
        assert "type: help" in reads(await world.says(world.ben, f"ama {text} #{number}".replace("123456 ", "")))
    assert (await session(world, number)).state is SessionState.ANNOUNCED


async def test_everybody_is_invited_once_within_their_window(world: World) -> None:
    """Also who is in two of its cohorts; each in their language."""
    await facilitated(world)
    await facilitated(world, "@ben", name="autumn")
    await world.at(datetime(2026, 12, 1, 5, tzinfo=UTC))
    number = await announced(world, more="cohort spring,autumn")
    assert keys(world, world.ben, number) == []
    await world.at(datetime(2026, 12, 1, 18, tzinfo=UTC))
    assert keys(world, world.ben, number) == ["invite"]
    assert keys(world, world.zoe, number) == ["invite"]
    assert [row.sent_at for row in await rows(world, world.ben)] == [datetime(2026, 12, 1, 8, tzinfo=VANCOUVER)]
    assert "Quand" in reads(card(world, world.zoe, number, "invite"))
    await world.says(world.fatou, f"ama announce #{number}")
    await world.at(datetime(2026, 12, 2, 18, tzinfo=UTC))
    assert keys(world, world.ben, number) == ["invite"]


async def test_invitations_keep_to_the_weekly_budget(world: World) -> None:
    """Whoever got as many messages as a week allows hears of it when there is room again."""
    await facilitated(world)
    cohort = await world.cohort()
    async with world.store.transaction() as tx:
        await tx.save_cohort(replace(cohort, budget=0))
    await world.at(datetime(2026, 12, 1, 18, tzinfo=UTC))
    number = await announced(world, when="2026-12-20 13:00")
    (row,) = await rows(world, world.ben)
    assert (row.state, row.reason) == (DeliveryState.HELD, "budget")
    assert keys(world, world.ben, number) == []


async def test_who_paused_is_left_alone(world: World) -> None:
    """No invitation and no reminder, unless they said that they come."""
    await facilitated(world)
    await world.at(datetime(2026, 12, 1, 18, tzinfo=UTC))
    await world.says(world.ben, "pause")
    number = await announced(world)
    await world.at(STARTS)
    assert keys(world, world.ben, number) == []


async def test_reminders_go_to_those_who_want_to_come(world: World) -> None:
    """A day, an hour and ten minutes before; who did not answer is asked once more; who declined hears nothing."""
    await facilitated(world)
    number = await announced(world)
    await world.at(datetime(2026, 12, 7, 18, tzinfo=UTC))
    await world.says(world.ben, "ama rsvp maybe")
    await world.says(world.zoe, "ama présence oui")
    await world.says(world.zoe, "ama présence non")
    await world.at(STARTS)
    assert keys(world, world.ben, number) == ["invite", "day0", "hour0", "soon0"]
    assert keys(world, world.zoe, number) == ["invite"]
    times = {row.content["step"]: row.sent_at for row in await rows(world, world.ben)}
    assert times["hour0"] == STARTS - timedelta(hours=1)
    assert times["soon0"] == STARTS - timedelta(minutes=10)
    assert times["day0"] == STARTS - timedelta(days=1)
    assert "In 10 minutes: Ask a CIO" in reads(card(world, world.ben, number, "soon0"))


async def test_who_did_not_answer_is_asked_once_more(world: World) -> None:
    """The day before, as an invitation within the budget, and not after that."""
    await facilitated(world)
    number = await announced(world)
    await world.at(STARTS)
    assert keys(world, world.ben, number) == ["invite", "day0"]
    kinds = {row.content["step"]: row.kind for row in await rows(world, world.ben)}
    assert kinds == {"invite": Kind.SESSION, "day0": Kind.SESSION}


async def test_a_reminder_shows_the_most_wanted_questions(world: World) -> None:
    """An hour before, with a press to upvote each."""
    await facilitated(world)
    number = await announced(world)
    await world.says(world.ben, "ama rsvp going")
    await world.says(world.ben, "ama ask How do small teams begin?")
    await world.at(STARTS - timedelta(minutes=59))
    assert "“How do small teams begin?”" in reads(card(world, world.ben, number, "hour0"))


async def test_a_move_tells_everybody_once_and_reminds_once(world: World) -> None:
    """The news, then the reminders of the new time; nothing of the old one; the invitation shows the new time."""
    await facilitated(world)
    number = await announced(world)
    await world.at(datetime(2026, 12, 8, 18, tzinfo=UTC))
    await world.says(world.ben, "ama rsvp going")
    await world.at(datetime(2026, 12, 8, 19, tzinfo=UTC))
    await world.says(world.fatou, f"ama move #{number} 2026-12-11 15:00")
    await world.at(datetime(2026, 12, 12, 19, tzinfo=UTC))
    assert keys(world, world.ben, number) == ["invite", "change1", "day1", "hour1", "soon1"]
    assert "New time" in reads(card(world, world.ben, number, "change1"))
    there = datetime(2026, 12, 11, 19, tzinfo=UTC).astimezone(VANCOUVER)
    assert f"2026-12-11 {there.hour}:00" in reads(card(world, world.ben, number, "invite"))
    moved = await session(world, number)
    assert (moved.sequence, moved.at) == (1, datetime(2026, 12, 11, 19, tzinfo=UTC))


async def test_a_move_shortly_before_does_not_remind_of_the_day_again(world: World) -> None:
    """The news itself is the reminder; it comes at once, whatever the hour."""
    await facilitated(world)
    number = await announced(world)
    await world.says(world.ben, "ama rsvp going")
    await world.at(STARTS - timedelta(hours=20))
    await world.says(world.fatou, f"ama move #{number} 2026-12-10 15:00")
    news = [row for row in await rows(world, world.ben) if row.kind is Kind.SESSION_CHANGE]
    assert [row.sent_at for row in news] == [STARTS - timedelta(hours=20)]
    await world.at(datetime(2026, 12, 10, 19, tzinfo=UTC))
    assert keys(world, world.ben, number) == ["invite", "day0", "change1", "hour1", "soon1"]


async def test_moving_twice_before_anybody_hears_is_told_once(world: World) -> None:
    """News that are overtaken are left out."""
    await facilitated(world)
    number = await announced(world)
    await world.at(datetime(2026, 12, 2, 5, tzinfo=UTC))
    await world.says(world.fatou, f"ama move #{number} 2026-12-11 15:00")
    await world.says(world.fatou, f"ama move #{number} 2026-12-12 15:00")
    await world.at(datetime(2026, 12, 2, 20, tzinfo=UTC))
    assert keys(world, world.ben, number) == ["invite", "change2"]


async def test_a_cancelled_session_is_told_once_and_reminds_nobody(world: World) -> None:
    """After one question; who declined hears nothing."""
    await facilitated(world)
    number = await announced(world)
    await world.at(datetime(2026, 12, 8, 18, tzinfo=UTC))
    await world.says(world.zoe, "ama présence non")
    asked: Reply = await world.says(world.fatou, f"ama cancel #{number}")
    assert (await session(world, number)).state is SessionState.ANNOUNCED
    await world.presses(world.fatou, "Cancel the session", asked)
    await world.presses(world.fatou, "Cancel the session", asked)
    await world.at(STARTS + timedelta(hours=1))
    assert keys(world, world.ben, number) == ["invite", "change1"]
    assert keys(world, world.zoe, number) == ["invite"]
    assert "Cancelled: Ask a CIO" in reads(card(world, world.ben, number, "change1"))
    assert "This session was cancelled." in reads(await world.says(world.ben, f"ama ask #{number} Why?"))


async def test_a_changed_word_shows_without_a_new_message(world: World) -> None:
    """Calendars get the next sequence; chats show the invitation anew."""
    await facilitated(world)
    number = await announced(world)
    form = (await world.says(world.fatou, f"ama change #{number}")).form
    assert form is not None
    await world.submits(world.fatou, form, title="Ask a chief information officer")
    assert keys(world, world.ben, number) == ["invite"]
    assert "Ask a chief information officer" in reads(card(world, world.ben, number, "invite"))
    assert (await session(world, number)).sequence == 1


async def test_hosts_get_a_desk_when_it_is_announced(world: World) -> None:
    """Whoever is named as host too, without being asked."""
    await facilitated(world)
    number = await announced(world, more="host @ada")
    assert keys(world, world.ada, number) == ["desk"]
    assert keys(world, world.fatou, number) == ["desk"]
    await world.says(world.ben, "ama ask How do small teams begin?")
    await world.at(world.clock() + timedelta(minutes=1))
    assert "How do small teams begin?" in reads(card(world, world.ada, number, "desk"))


async def test_another_workspace_knows_nothing_of_it(world: World) -> None:
    """Not the list, not the number, not even as an admin there."""
    await facilitated(world)
    number = await announced(world)
    for text in (f"ama show #{number}", f"ama cancel #{number} confirm", f"ama questions #{number}"):
        assert "There is no session" in reads(await world.says(world.otto, text))
    assert "No session is planned" in reads(await world.says(world.otto, "ama list"))
