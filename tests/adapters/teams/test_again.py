"""A press that Teams tells again is one press; two quick presses are two."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from adapters.teams.acts import Act, Pressed, Sent, Spot, Where
from adapters.teams.again import KEPT_SECONDS, MOST, Again, Heard
from adapters.teams.stamps import Stamp
from bot.model.people import Address
from tests.adapters.teams.inbound_stage import CHAT, ME, USER, Time

SPOT = Spot(Where.PERSONAL, CHAT, USER, "m1", asked=True)


def pressed(event: str, action: str = "course.help", nonce: str = "n1") -> Pressed:
    return Pressed(ME, event, SPOT, Stamp(action, nonce=nonce))


def fresh(again: Again, act: Act) -> bool:
    return again.turn(act)[1]


async def test_the_same_id_is_the_same_press_however_quick_the_answer_was() -> None:
    """And brings the same answer."""
    again = Again(Time())
    turn, first = again.turn(pressed("1"))
    turn.answer.give({"a": 1})
    same, second = again.turn(pressed("1"))
    assert (first, second) == (True, False)
    assert same.answer.given.result() == {"a": 1}


async def test_two_quick_presses_of_a_button_are_two() -> None:
    """Whether the first is answered or not."""
    time = Time()
    again = Again(time)
    turn, _ = again.turn(pressed("1"))
    time.seconds = 0.3
    assert fresh(again, pressed("2"))
    turn.answer.give()
    time.seconds = 3.0
    assert fresh(again, pressed("3"))


async def test_a_new_id_after_a_slow_answer_is_the_same_press_for_a_minute() -> None:
    """Later it is one more."""
    time = Time()
    again = Again(time)
    turn, _ = again.turn(pressed("1"))
    time.seconds = 5.0
    assert not fresh(again, pressed("2")), "still being done"
    turn.answer.give()
    await asyncio.sleep(0)  # the loop tells that it was given
    time.seconds = 35.0
    assert not fresh(again, pressed("3"))
    time.seconds = 61.0
    assert fresh(again, pressed("4"))


async def test_a_slow_press_of_something_else_is_another_press() -> None:
    """Another button, another drawing of the card, another person, another message, other words in a form."""
    time = Time()
    again = Again(time)
    again.turn(pressed("1"))
    again.turn(Sent(ME, "2", SPOT, Stamp("course.answer", form=True), {"text": "a"}))
    time.seconds = 5.0
    others: list[Act] = [
        pressed("3", action="course.next"),
        pressed("4", nonce="n2"),
        replace(pressed("5"), who=Address("teams", "t", "other")),
        replace(pressed("6"), spot=replace(SPOT, message="m2")),
        Sent(ME, "7", SPOT, Stamp("course.answer", form=True), {"text": "b"}),
    ]
    assert all(fresh(again, each) for each in others)
    assert not fresh(again, Sent(ME, "8", SPOT, Stamp("course.answer", form=True), {"text": "a"}))


async def test_only_so_many_are_remembered() -> None:
    """The oldest is forgotten; the engine still knows it by its event."""
    again = Again(Time())
    for number in range(MOST + 1):
        again.turn(pressed(str(number), nonce=str(number)))
    assert fresh(again, pressed("0", nonce="0"))
    assert not fresh(again, pressed(str(MOST), nonce=str(MOST)))


async def test_answers_are_kept_for_as_long_as_teams_repeats_itself() -> None:
    """They are cards, with what people wrote."""
    time = Time()
    again = Again(time)
    again.turn(pressed("1"))
    time.seconds = KEPT_SECONDS - 1
    assert not fresh(again, pressed("1"))
    time.seconds = KEPT_SECONDS + 1
    assert fresh(again, pressed("1"))


async def test_an_answer_is_given_once() -> None:
    """Who comes later hears that it is too late."""
    answer = Again(Time()).turn(pressed("1"))[0].answer
    assert (answer.open, answer.give({"a": 1}), answer.open, answer.give({"b": 2})) == (True, True, False, False)


def test_events_are_heard_once() -> None:
    """Those without a name are all different."""
    heard = Heard()
    assert [heard.first("a"), heard.first("a"), heard.first(""), heard.first("")] == [True, False, True, True]
