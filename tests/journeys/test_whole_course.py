"""A whole course, from the admin's first word to the certificate: by buttons, by typing only, and in plain mode."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.messages.blocks import Reply
from bot.model.cohort import EnrolmentState
from bot.model.course import BadgeLevel, Language, Weekday
from bot.model.delivery import DeliveryState
from bot.model.people import Address, Window
from tests.journeys.hands import ByButtons, ByTyping, Hands, end_state
from tests.reading import plain_text
from tests.world import World, a_world

HALIFAX = ZoneInfo("America/Halifax")
WAYS: Mapping[str, type[Hands]] = {"buttons": ByButtons, "typing": ByTyping, "plain": ByTyping}


def at(day: int, hour: int, minute: int = 0, *, month: int = 12) -> datetime:
    """A local moment in Halifax."""
    return datetime(2026, month, day, hour, minute, tzinfo=HALIFAX).astimezone(UTC)


def said(reply: Reply) -> str:
    message = reply.say or reply.replace
    return plain_text(message) if message else reply.notice


async def live_a_course(world: World, language: Language, way: str) -> Address:
    """The story. Returns the learner."""
    hands = WAYS[way]
    me = world.zoe if language is Language.FR else world.ben
    other = world.ben if me == world.zoe else world.zoe
    if language is Language.FR:
        await world.says(world.ada, "lang fr")
    admin, learner = hands(world, world.ada, language), hands(world, me, language)

    await admin.create_cohort("spring", "2026-12-01", "CA-ON")
    dry_run = await admin.enrol("spring", "@zoé, @ben, @nobody, @zoé\nnobody@example.org")
    table = said(dry_run)
    assert "@nobody" in table
    assert "nobody@example.org" in table
    preview = await admin.launch("spring")
    assert "2026-12-01" in said(preview)
    assert "09:00" in said(preview) or "09 h 00" in said(preview)

    if way == "plain":
        await world.says(me, "plain on" if language is Language.EN else "simple oui")
    await world.at(at(25, 14, month=11))
    await learner.settings(track="makers", zone="Halifax", window="10-12", days="mon,wed,thu")
    await world.at(at(30, 14, month=11))
    await learner.is_in()
    await first_lesson(world, learner, other, at(2, 10))
    await second_lesson(world, learner)
    await third_and_fourth_lesson(world, learner)
    await the_others(world, learner)
    await world.at(at(29, 9))
    await admin.close("spring")
    await world.at(at(31, 10))
    return me


async def first_lesson(world: World, learner: Hands, other: Address, moment: datetime) -> None:
    """Everything in it: the film, polls, a quiz answered wrong and then right, texts, and one thing taken back."""
    await world.at(moment)
    await learner.time_box(5)
    await learner.time_box(None)
    await learner.done(1)
    await learner.choose(2, "a")
    await world.says(other, "open 1")
    await learner.done(3)
    await learner.undo(3)
    await learner.choose(4, "a")
    await learner.choose(4, "b")
    await learner.done(5)
    await learner.write(6, "Je dirais non.")
    await learner.write(7, "Je montre mes ébauches.")
    await learner.feedback("partly", "Merci")


async def second_lesson(world: World, learner: Hands) -> None:
    await world.at(at(3, 10))
    await learner.done(1)
    await learner.choose(2, "b")
    await learner.undo(2)
    await learner.choose(2, "c")
    await learner.write(5, "Dix minutes avec Sam.", share=True)


async def third_and_fourth_lesson(world: World, learner: Hands) -> None:
    """A reminder comes and the lesson is begun; then a snooze until Monday, over the fourth lesson."""
    await world.at(at(10, 9))  # the third came on Wednesday; a reminder is due four hours later, on Thursday at ten
    await learner.snooze_until_monday()
    await world.at(at(14, 11))
    await learner.done(1)


async def the_others(world: World, learner: Hands) -> None:
    """A pause over two lessons, catching up, leaving and coming back, and the last lesson."""
    await world.at(at(16, 11))
    await learner.done(1)
    await learner.pause()
    await world.at(at(23, 13))
    await learner.resume()
    await learner.catch_up(6)
    await learner.done(1)
    await learner.catch_up(7)
    await learner.done(1)
    await learner.choose(3, "c")
    await world.at(at(24, 10))
    await learner.done(1)
    await learner.choose(3, "a")
    await learner.leave()
    await learner.join("spring")


@pytest.mark.parametrize("language", list(Language))
async def test_the_same_course_by_buttons_by_typing_and_in_plain_mode(language: Language, tmp_path: Path) -> None:
    """Whoever presses, whoever types, and whoever wants plain text ends with the same work, levels and certificate."""
    ends: dict[str, Mapping[str, Any]] = {}
    for way in WAYS:
        async with a_world(f"sqlite:///{tmp_path / way}.db") as world:
            me = await live_a_course(world, language, way)
            ends[way] = await end_state(world, me)
            assert [event for event, _ in world.events if "broke" in event] == []
    assert ends["typing"] == ends["buttons"]
    assert ends["plain"] == ends["buttons"]


async def test_a_course_is_lived_from_the_first_word_to_the_certificate(database_url: str) -> None:
    """Lessons arrive at the chosen moments; work is kept through snooze, pause and leaving; the close counts it."""
    await a_course_is_lived(database_url, Language.EN)


async def test_a_course_is_lived_in_french(world_url: str) -> None:
    """The same moments, the same work and the same certificate, in French."""
    await a_course_is_lived(world_url, Language.FR)


async def a_course_is_lived(url: str, language: Language) -> None:
    async with a_world(url) as world:
        me = await live_a_course(world, language, "buttons")
        end = await end_state(world, me)
        closing = plain_text(world.newest(me).message)
    assert end["window"] == Window(time(10), time(12))
    assert end["zone"] == "America/Halifax"
    assert end["days"] == {Weekday.MON, Weekday.WED, Weekday.THU}
    spring = end["spring"]
    assert spring["enrolment"] == (EnrolmentState.FINISHED, "makers", True, None)
    assert spring["lessons"] == dict.fromkeys(spring["lessons"], DeliveryState.SENT)
    assert spring["arrived"] == {
        "why-culture": at(2, 10),  # the slot is Tuesday at nine: not one of the days, and before the window
        "meet-people": at(3, 10),
        "working-in-the-open": at(9, 10),
        "plain-language": at(14, 10),  # snoozed on Thursday
        "small-tests": at(16, 10),
        "honest-numbers": at(23, 13),  # paused, then asked for
        "inclusive-by-default": at(23, 13),
        "change-that-lasts": at(24, 10),
    }
    assert spring["levels"]["why-culture"] is BadgeLevel.GOLD
    assert spring["levels"]["meet-people"] is BadgeLevel.SILVER
    assert spring["levels"]["working-in-the-open"] is BadgeLevel.NONE
    assert spring["tier"] == "participation"
    assert ("why-culture", "three-habits") not in spring["completions"], "taken back"
    assert spring["answers"]["why-culture", "draft"] == ("share", "wait", None, False), "the first answer is kept"
    assert spring["answers"]["meet-people", "ten-minutes"][3], "shared because asked"
    assert not spring["answers"]["why-culture", "my-habit"][3], "private by itself"
    assert ("why-culture", "trust") not in spring["answers"], "an anonymous vote is nobody's"
    assert spring["votes"]["why-culture", "trust"] == {"a-lot": 1}
    assert spring["votes"]["meet-people", "last-time"] == {spring["answers"]["meet-people", "last-time"][0]: 1}
    tier = "Certificate of participation" if language is Language.EN else "Attestation de participation"
    assert tier in closing
