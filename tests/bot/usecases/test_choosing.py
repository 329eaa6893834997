"""What a person chooses holds at once, is said back, and is never half changed."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from bot.messages.blocks import Reply
from bot.model.course import Language, Weekday
from bot.model.people import Person, Window
from bot.rules.grammar_text import spellings
from tests.builders import every_table, without
from tests.reading import plain_text
from tests.world import World

FIRST = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)


def words(reply: Reply) -> str:
    message = reply.say or reply.replace
    return "\n".join((plain_text(message) if message else "", reply.notice, *(text for _, text in reply.errors)))


async def ben(world: World) -> Person:
    async with world.store.reading() as tx:
        person = await tx.person_at(world.ben)
    assert person is not None
    return person


async def test_each_setting_by_its_own_word(world: World) -> None:
    """Window, days, zone, language, track, plain mode and reminders, one line each, said back as they are now."""
    await world.running("@ben")
    assert "9:00 to 12:00" in words(await world.says(world.ben, "window 9-12"))
    assert "Monday and Wednesday" in words(await world.says(world.ben, "days mon,wed"))
    assert "America/Halifax" in words(await world.says(world.ben, "tz Halifax"))
    assert "For leaders" in words(await world.says(world.ben, "track leaders"))
    await world.says(world.ben, "plain on")
    await world.says(world.ben, "nudges off")
    assert "Français" in words(await world.says(world.ben, "lang fr"))
    person = await ben(world)
    assert (person.window, person.zone) == (Window(time(9), time(12)), "America/Halifax")
    assert person.days == frozenset({Weekday.MON, Weekday.WED})
    assert (person.plain, person.nudges, person.language) == (True, False, Language.FR)
    assert (await world.enrolment(world.ben)).track == "leaders"


async def test_the_next_lesson_moves_with_the_settings_and_says_so(world: World) -> None:
    """The answer names the new moment, and that is when it comes."""
    await world.running("@ben")
    answer = words(await world.says(world.ben, "window 13-15"))
    assert "2026-12-01 13:00" in answer
    await world.says(world.ben, "tz Toronto")
    await world.at(datetime(2026, 12, 1, 17, 59, tzinfo=UTC))
    assert await world.states(world.ben) == {}
    await world.at(datetime(2026, 12, 1, 18, 0, tzinfo=UTC))
    assert await world.states(world.ben) == {"l1": "sent"}


async def test_the_form_shows_what_holds_and_saves_everything_or_nothing(world: World) -> None:
    """Two wrong fields are two sentences at their fields, and even the right ones are not saved yet."""
    await world.running("@ben")
    form = (await world.says(world.ben, "settings")).form
    assert form is not None
    before = without(await every_table(world.store), "delivery")
    reply = await world.submits(world.ben, form, zone="Atlantis", window="18-9", track="leaders", plain="1")
    assert {name for name, _ in reply.errors} == {"zone", "window"}
    assert without(await every_table(world.store), "delivery") == before
    reply = await world.submits(world.ben, form, zone="Halifax", window="10-12", days="mon,fri", track="leaders")
    assert not reply.errors
    person = await ben(world)
    assert (person.zone, person.window) == ("America/Halifax", Window(time(10), time(12)))
    assert person.days == frozenset({Weekday.MON, Weekday.FRI})


@pytest.mark.parametrize(
    "typed",
    [
        "track leaders",
        "track For leaders",
        "track for leaders",
        "parcours Pour les gestionnaires",
        "parcours pour les gestionnaires",
        "parcours les gestionnaires",
        "parcours gestionnaires",
        "parcours « gestionnaires »",
    ],
)
async def test_a_track_is_known_without_the_words_before_it(world: World, typed: str) -> None:
    """Its id, its title in both languages, and the title without “for” or « pour les »."""
    await world.running("@ben", course="culture")
    await world.says(world.ben, typed)
    assert (await world.enrolment(world.ben)).track == "leaders"


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Pour l’équipe", "équipe"),
        ("Pour l'équipe", "l’equipe"),
        ("Pour tout le monde", "tout le monde"),
        ("Pour la relève", "releve"),
        ("Pour les équipes de réalisation", "équipes de réalisation"),
        ("For the curious", "curious"),
    ],
)
def test_a_title_is_recognised_from_any_word_on_that_carries_meaning(title: str, typed: str) -> None:
    """Accents, curly apostrophes and articles do not matter; other titles are not taken for it."""
    assert spellings(title) & spellings(typed)
    assert not spellings(title) & spellings("Pour les gestionnaires")


async def test_an_unknown_track_changes_nothing_at_all(world: World) -> None:
    """A wrong track in the form leaves the other fields as they were, too."""
    await world.running("@ben")
    form = (await world.says(world.ben, "settings")).form
    assert form is not None
    before = without(await every_table(world.store), "delivery")
    reply = await world.submits(world.ben, form, track="nonsense", window="10-12")
    assert [name for name, _ in reply.errors] == ["track"]
    assert without(await every_table(world.store), "delivery") == before


@pytest.mark.parametrize(
    "typed",
    ["window 18-9", "window noon", "days someday", "tz Atlantis", "lang de", "track boss", "plain maybe", "nudges x"],
)
async def test_a_wrong_value_is_named_and_changes_nothing(world: World, typed: str) -> None:
    """The answer has the word that was not understood or what there is instead; the tables stay as they were."""
    await world.running("@ben")
    before = without(await every_table(world.store), "delivery")
    answer = await world.says(world.ben, typed)
    assert answer.say is not None
    assert "For example" in words(answer) or typed.split()[1] in words(answer)
    assert without(await every_table(world.store), "delivery") == before


async def test_settings_work_for_somebody_who_is_in_no_course(world: World) -> None:
    """Language, zone and window can be chosen before the first course."""
    assert "Français" in words(await world.says(world.ben, "lang fr"))
    await world.says(world.ben, "plage 9-12")
    assert (await world.says(world.ben, "réglages")).form is not None
    assert (await ben(world)).window == Window(time(9), time(12))


async def test_a_new_language_shows_in_messages_that_are_there(world: World) -> None:
    """The current lesson turns French in place, and whatever comes next is French."""
    await world.running("@ben")
    await world.at(FIRST)
    await world.says(world.ben, "lang fr")
    assert world.newest(world.ben).message.language is Language.FR
    await world.at(datetime(2026, 12, 3, 18, tzinfo=UTC))
    assert world.newest(world.ben).message.language is Language.FR


async def test_a_change_that_moves_the_next_lesson_into_the_past_brings_it_on_the_next_day(world: World) -> None:
    """Moving east past the day's window loses nothing: the lesson comes on the next open day."""
    await world.running("@ben")
    world.clock.now = datetime(2026, 12, 1, 15, tzinfo=UTC)
    await world.settle()
    await world.says(world.ben, "tz Auckland")
    await world.at(datetime(2026, 12, 3, 12, tzinfo=UTC))
    assert "l1" in await world.states(world.ben)
    assert (await world.states(world.ben))["l1"] == "sent"
