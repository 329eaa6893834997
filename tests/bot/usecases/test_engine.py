"""Both doors of the engine: everything is handled, nothing breaks loudly, nothing happens twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import SendFailed
from bot.messages.actions import encode
from bot.messages.blocks import Reply
from bot.model import commands as c
from bot.model.commands import COMMANDS
from bot.model.course import Language
from bot.model.people import Address
from bot.ports import Ability
from bot.rules.grammar import parse, table
from bot.usecases.engine import HANDLERS
from tests.builders import every_table, without
from tests.reading import plain_text
from tests.world import World, buttons_of

FIRST = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)


def words(reply: Reply) -> str:
    message = reply.say or reply.replace or reply.home
    return "\n".join((plain_text(message) if message else "", reply.notice))


def test_every_command_has_a_handler() -> None:
    """Whatever a button can mean is done by somebody."""
    assert set(HANDLERS) == set(COMMANDS.values())


def test_every_verb_that_can_be_typed_has_a_handler() -> None:
    """The examples of the help card are understood in both languages, and each becomes something that is handled."""
    for row in table():
        for language in Language:
            noun = (
                row.noun
                if language is Language.EN
                else {"course": "cours", "cohort": "cohorte", "group": "groupe"}[row.noun]
            )
            command = parse(f"{noun} {row.example_in(language)}", language=language, direct=True)
            assert type(command) in HANDLERS, row
            assert command.verb == row.command, row


async def test_every_example_is_answered_to_everybody(world: World) -> None:
    """Learner, admin or stranger, in a course or not: every verb gets an answer, and never a trouble."""
    await world.running("@ben")
    await world.at(FIRST)
    stranger = world.platform.add_person("U-new", "Nadia New")
    for who in (stranger, world.ben, world.ada):
        for row in table():
            reply = await world.says(who, f"{row.noun} {row.example}")
            assert reply != Reply(), row
            assert not [ids for event, ids in world.events if event == "command_broke"], row


async def test_bare_commands_open_something_and_are_never_an_error(world: World) -> None:
    """A noun alone shows its home; a verb alone opens its form, its list or its card."""
    await world.running("@ben")
    await world.at(FIRST)
    for text in ("", "?", "course", "home", "settings", "window", "days", "tz", "lang", "track", "plain", "nudges"):
        reply = await world.says(world.ben, text)
        assert reply.form or reply.say or reply.home, text
    for text in ("cohort", "cohort create", "cohort enrol", "cohort rehearse", "cohort status", "cohort roles"):
        reply = await world.says(world.ada, text)
        assert reply.form or reply.say, text


async def test_a_repeated_event_does_nothing_and_says_nothing(world: World) -> None:
    """Platforms deliver events again; the same event id is handled once."""
    await world.running("@ben")
    caller = replace(world.caller(world.ben), event_id="Ev1")
    assert await world.engine.say("next now", caller) != Reply()
    before = await every_table(world.store)
    assert await world.engine.say("next now", caller) == Reply()
    assert without(await every_table(world.store), "delivery", "lane") == without(before, "delivery", "lane")


async def test_a_slip_is_handled_once_too(world: World) -> None:
    """A mistake that was answered is not answered again when the platform repeats the event."""
    caller = replace(world.caller(world.ben), event_id="Ev2")
    assert (await world.engine.say("gobbledygook", caller)).say is not None
    assert await world.engine.say("gobbledygook", caller) == Reply()


async def test_something_broken_is_answered_calmly_with_a_reference_and_reported(world: World) -> None:
    """People see a sentence and a number, operators get the error under the same number; nothing is changed."""
    await world.running("@ben")
    await world.at(FIRST)
    before = without(await every_table(world.store), "delivery")
    world.shelf.editions.pop(("small", "e1"))
    reply = await world.says(world.ben, "done 1")
    ((_, ids),) = [each for each in world.events if each[0] == "command_broke"]
    assert str(ids["reference"]) in words(reply)
    assert ids["error"] == "KeyError"
    assert "Traceback" not in words(reply)
    assert without(await every_table(world.store), "delivery") == before
    french = await world.says(world.zoe, "fait 1")
    assert french.say is not None
    assert french.say.language is Language.FR


async def test_a_platform_that_cannot_forget_now_does_not_break_the_answer(world: World) -> None:
    """What was erased here is erased, and the person is told; the platform's trouble is reported to operators."""
    await world.running("@ben")

    async def broken(address: Address) -> None:
        raise SendFailed("down", permanent=False)

    world.platform.forget = broken  # type: ignore[method-assign]
    reply = await world.says(world.ben, "forget me yes")
    assert "erased" in words(reply)
    assert world.events


async def test_every_button_says_what_one_can_type_instead_and_that_means_the_same(world: World) -> None:
    """In every message of a course, the typed form of a button is understood, as the same kind of command."""
    await world.running("@ben", "@zoé")
    await world.at(FIRST)
    messages = [posted.message for posted in world.platform.posted.values()]
    for who, text in ((world.ben, "home"), (world.ben, "catchup"), (world.ben, "next"), (world.ben, "progress")):
        reply = await world.says(who, text)
        messages += [m for m in (reply.say, reply.home) if m]
    for text in (
        "cohort",
        "cohort status spring",
        "cohort people spring",
        "cohort roles spring",
        "cohort report spring",
    ):
        reply = await world.says(world.ada, text)
        messages += [m for m in (reply.say,) if m]
    for message in messages:
        for button in buttons_of(message):
            if not button.typed:
                continue
            typed = parse(button.typed, language=Language.EN, direct=True)
            pressed = button.action.partition("?")[0]
            assert typed.verb == pressed or {typed.verb, pressed} in SAME, (button.label, button.typed)


SAME = ({"course.resume", "course.stay"}, {"course.lang", "course.settings"})
"""Commands with the same effect."""


async def test_without_forms_every_form_is_said_with_what_to_type(world: World) -> None:
    """In plain mode, and on a platform that has no forms, a form becomes a message."""
    await world.running("@ben")
    await world.at(FIRST)
    asked = ("settings", "snooze", "away", "open 1", "open 2", "open 4", "open 5", "open 6", "open 7")
    for text in asked:
        assert (await world.says(world.ben, text)).form is not None, text
    await world.says(world.ben, "plain on")
    for text in asked:
        reply = await world.says(world.ben, text)
        assert reply.form is None, text
        assert reply.say is not None, text
        assert any(hint in plain_text(reply.say) for hint in ("Type", "For example")), text
    await world.says(world.ben, "plain off")
    world.platform.can = world.platform.can - {Ability.FORMS}
    assert (await world.says(world.ben, "settings")).form is None
    assert (await world.says(world.ada, "cohort create")).form is None


async def test_a_person_new_to_us_is_known_from_their_first_word(world: World) -> None:
    """Name, language and zone come from the platform, until the person chooses."""
    await world.says(world.zoe, "accueil")
    async with world.store.reading() as tx:
        zoe = await tx.person_at(world.zoe)
    assert zoe is not None
    assert (zoe.name, zoe.language, zoe.zone) == ("Zoé Lavoie", Language.FR, "America/Toronto")
    await world.says(world.zoe, "langue en")
    await world.says(world.zoe, "home")
    async with world.store.reading() as tx:
        zoe = await tx.person_at(world.zoe)
    assert zoe is not None
    assert zoe.language is Language.EN, "what one chose is not overwritten"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Eastern Standard Time", "../../etc/passwd", "", "America/toronto "])
async def test_a_zone_that_a_platform_made_up_does_no_harm(world: World, zone: str) -> None:
    """Nonsense from a profile is as good as nothing: the cohort's zone is used, and everybody gets their lessons."""
    odd = world.platform.add_person("U-odd", "Olive Odd", zone=zone)
    await world.running("@olive", "@ben")
    await world.says(odd, "next")
    await world.at(FIRST)
    assert [key for key in world.keys(odd) if "lesson" in key] == ["lesson/l1"]
    assert [key for key in world.keys(world.ben) if "lesson" in key] == ["lesson/l1"]
    assert not world.events


async def test_an_admin_is_told_of_failures_once_an_hour(world: World) -> None:
    """A failed message reaches the admin who created the cohort, with reason and fix; repeats do not."""
    await world.running("@ben", "@zoé")
    world.platform.faults["*"] = [SendFailed("blocked", permanent=True), SendFailed("blocked", permanent=True)]
    await world.at(FIRST)
    assert await world.engine.alert_admins() == 1
    await world.settle()
    assert "Ben Okafor" in plain_text(world.newest(world.ada).message)
    assert "unblock" in plain_text(world.newest(world.ada).message)
    assert await world.engine.alert_admins() == 0


async def test_a_command_may_come_from_a_room_only_with_its_noun(world: World) -> None:
    """In a room, plain words are no commands; with the noun they are, and the answer goes to the person."""
    room = Address("fake", "w1", "room-1")
    plain = await world.says(world.ben, "help", room=room)
    named = await world.says(world.ben, "course help", room=room)
    assert "In a room" in words(plain)
    assert "Help" in words(named)


def test_a_button_round_trips_with_every_field() -> None:
    """What a message encodes is what a press decodes."""
    from bot.messages.actions import decode

    for command in (c.Next(3, now=True, lesson="l1"), c.Home(), c.Settings(plain=False, save=True), c.Leave(2, True)):
        assert decode(encode(command)) == command
