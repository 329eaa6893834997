"""The app as an operator starts it, in Microsoft's own stand-in for Teams: adding it, lessons, polls, badges, forms,
channels, and what goes wrong on the way."""

from __future__ import annotations

import itertools

import pytest

from tests.playground.playground import BEN, FATOU, GENERAL, HOME, ISAAC, LYNNE, STUDY, ZOE, Person, Playground, until
from tests.playground.recording import CARD, Shown, words

pytestmark = pytest.mark.node

SENTENCE = "application/vnd.microsoft.activity.message"
NAMES = itertools.count(1)


async def asks(playground: Playground, typed: str, seen: str) -> Shown:
    """Ada types, and sees."""
    before = await playground.count()
    await playground.types(typed)
    return await playground.sees(seen, after=before)


async def enrolled(playground: Playground, *people: Person) -> None:
    """A cohort of these people, found in the team's roster and launched by Ada."""
    if not playground.recording.messages(GENERAL):
        await playground.installs(GENERAL)
        await playground.stands("Chatcourse", GENERAL)
    name = f"autumn{next(NAMES)}"
    await asks(playground, f"cohort create culture start tomorrow name {name}", "is ready")
    found = await asks(playground, f"cohort enrol {name} {', '.join(each.mail for each in people)}", "Will be enrolled")
    await playground.presses(found, "Enrol ")
    preview = await asks(playground, f"cohort launch {name}", "Launch now")
    answer = await playground.presses(preview, "Launch now")
    assert f"Cohort {name}" in " ".join(words(answer["value"]))


async def first_lesson(playground: Playground, who: Person) -> Shown:
    """Somebody of a new cohort adds the app, and begins at once, whatever the hour."""
    await enrolled(playground, who)
    await playground.joins(who)
    await playground.sees("You and your data", who)
    await playground.says(who, "start now")
    return await playground.sees("Lesson 1 of 8", who)


async def test_whoever_adds_the_app_is_welcomed_once(playground: Playground) -> None:
    """Teams tells of it twice, and the page once more whenever it is opened: one welcome, one home card."""
    await playground.installs()
    await asks(playground, "help", "progress")
    for once in ("Welcome to Chatcourse", "You and your data"):
        assert len([each for each in playground.recording.messages(HOME) if once in each.text]) == 1


async def test_from_a_typed_word_to_silver(playground: Playground) -> None:
    """An admin rehearses; the lesson arrives, is marked done, a poll and a quiz are answered, and the same message says
    bronze, then silver."""
    await asks(playground, "cohort rehearse culture", "The rehearsal begins")
    lesson = await playground.sees("Lesson 1 of 8")
    answer = await playground.presses(lesson, "Mark done")
    assert answer["type"] == CARD
    assert any("1 of 7 done: bronze. 2 more for silver." in each for each in words(answer["value"]))
    assert "1 of 7 done: bronze." in (await playground.again(lesson)).text
    await _chosen(playground, lesson, "Vote", "Results are shown from")
    await _chosen(playground, lesson, "Answer", "Right.")
    await until(lambda: any("3 of 7 done: silver." in each.text for each in playground.recording.messages(HOME)))
    assert len([each for each in playground.recording.messages(HOME) if "Lesson 1 of 8" in each.text]) == 1


async def _chosen(playground: Playground, lesson: Shown, button: str, seen: str) -> None:
    """Open a question of the lesson, choose its second answer and send it."""
    before = await playground.count()
    said = await playground.presses(lesson, button)
    assert said == {"type": SENTENCE, "value": "The form is below."}
    form = await playground.sees("Your choice", after=before)
    (field,) = [each for each in form.card["body"] if each["type"] == "Input.ChoiceSet"]
    answer = await playground.presses(form, button, option=field["choices"][1]["value"])
    assert any(seen in each for each in words(answer["value"]))
    # what was pressed is shown anew, and its form says the outcome in its place
    assert seen in (await playground.again(form)).text


async def test_a_cohort_in_two_languages(playground: Playground) -> None:
    """People of the team's roster are enrolled by their addresses. Ben never added the app and is welcomed all the
    same, in a chat that the app opens; Zoé's Teams is in French, and so is everything she gets."""
    await playground.joins(ZOE, "fr-CA")
    await playground.sees("Bienvenue dans Chatcourse", ZOE)
    await enrolled(playground, BEN, ZOE)
    await playground.says(ZOE, "commencer", "fr-CA")
    lecon = await playground.sees("Leçon 1 sur 8", ZOE)
    pressed = await playground.press_of(ZOE, lecon, "C’est fait", "fr-CA")
    answer = (await playground.tells(pressed)).answer
    assert answer["statusCode"] == 200
    assert any("1 sur 7, bronze." in each for each in words(answer["value"]))
    await playground.says(BEN, "start now")
    await playground.sees("Lesson 1 of 8", BEN)


async def test_settings_are_a_form_that_keeps_what_was_typed(playground: Playground) -> None:
    """A city that nobody knows comes back with a sentence and still stands there; a known one is saved."""
    form = await asks(playground, "settings", "Time zone or city")
    answer = await playground.presses(form, "Save", zone="Nowhere at all", language="en")
    assert answer["type"] == CARD
    assert any("I do not know a place “Nowhere at all”." in each for each in words(answer["value"]))
    again = await until(lambda: _with_input(playground, form, "f_zone", "Nowhere at all"))
    await playground.presses(again, "Save", zone="Halifax", language="en")
    saved = await asks(playground, "settings", "Time zone or city")
    assert _value(saved, "f_zone") == "America/Halifax"


def _value(shown: Shown, name: str) -> str:
    return str(next(each["value"] for each in shown.card["body"] if each.get("id") == name))


def _with_input(playground: Playground, form: Shown, name: str, value: str) -> Shown | None:
    stand = playground.recording.messages(HOME)
    fitting = [each for each in stand if each.id == form.id and _value(each, name) == value]
    return fitting[0] if fitting else None


async def test_a_channel_hears_one_line_and_the_person_the_answer(playground: Playground) -> None:
    """After a mention in a channel the answer comes to the person's own chat, and the thread says only that."""
    before = await playground.count()
    await playground.types("course help", STUDY, mention=True)
    await playground.stands("The answer is in your own chat with the app.", STUDY)
    await playground.sees("progress", after=before)
    assert len(playground.recording.messages(STUDY)) == 1
    assert all(";messageid=" in each.conversation for each in playground.recording.messages(STUDY))


async def test_a_client_that_only_submits(playground: Playground) -> None:
    """Where `Action.Execute` is not known the fallback does the same: the message shows what was done."""
    form = await asks(playground, "settings", "Time zone or city")
    await playground.submits(form, "Save", zone="Vancouver", language="en")
    await until(lambda: _with_words(playground, form, "Saved"))
    saved = await asks(playground, "settings", "Time zone or city")
    assert _value(saved, "f_zone") == "America/Vancouver"


def _with_words(playground: Playground, shown: Shown, said: str) -> bool:
    """The message is where it was, and has these words."""
    return any(each.id == shown.id and said in each.text for each in playground.recording.messages(HOME))


async def test_what_is_told_twice_happens_once(playground: Playground) -> None:
    """A press that is told again, as it was and under a new name, gets the same answer and counts once; words that are
    told again are answered once."""
    lesson = await first_lesson(playground, FATOU)
    pressed = await playground.press_of(FATOU, lesson, "Mark done")
    for each in (pressed, pressed, pressed | {"id": "another"}):
        answer = (await playground.tells(each)).answer
        assert any("1 of 7 done: bronze." in each for each in words(answer["value"]))
    before = await playground.count(FATOU)
    typed = await playground.activity(FATOU, "message", text="progress", textFormat="plain")
    for _ in range(2):
        await playground.tells(typed)
    await playground.sees("1 of 7, bronze", FATOU, after=before)
    await playground.says(FATOU, "help")
    await playground.sees("settings", FATOU, after=before + 1)
    assert await playground.count(FATOU) == before + 2


async def test_what_nobody_can_read_harms_nothing(playground: Playground) -> None:
    """Activities of wrong shapes break nothing, and the next word is answered as ever."""
    await playground.joins(ISAAC)
    await playground.sees("You and your data", ISAAC)
    whole = await playground.activity(ISAAC, "message", text="help")
    hostile = {"cc": {"a": "course.done?lesson=%00&cohort=-1", "k": "e0/x", "n": "n", "f": 1, "i": "x", "o": [1]}}
    invoked = {"type": "invoke", "name": "adaptiveCard/action", "text": None}
    for wrong in (
        {"text": None, "value": hostile},
        {"text": None, "value": {"cc": [1, 2]}},
        {"entities": "none", "attachments": {"a": 1}},
        {"channelData": {"tenant": "x"}},
        {"text": "<at>" * 500},
        {**invoked, "value": {"action": {"verb": "cc", "data": hostile}, "trigger": 7}},
        {**invoked, "value": "words"},
        {**invoked, "name": "task/fetch", "value": {"data": {"x": 1}}},
        {"type": "conversationUpdate", "membersAdded": [7, None]},
        {"type": "installationUpdate", "action": 5},
        {"type": "something new"},
    ):
        await playground.tells_blindly({**whole, "id": f"wrong-{next(NAMES)}", **wrong})
    before = await playground.count(ISAAC)
    await playground.says(ISAAC, "settings")
    await playground.sees("Time zone or city", ISAAC, after=before)
    assert [each.body for each in playground.recording.calls() if each.status >= 500] == []


async def test_whoever_removes_the_app_and_adds_it_again_is_welcomed_again(playground: Playground) -> None:
    """And what is typed after that is answered."""
    await playground.joins(LYNNE)
    await playground.sees("You and your data", LYNNE)
    await playground.tells(await playground.activity(LYNNE, "installationUpdate", action="remove"))
    before = await playground.count(LYNNE)
    await playground.joins(LYNNE)
    await playground.sees("Welcome to Chatcourse", LYNNE, after=before)
    await playground.says(LYNNE, "help")
    await playground.sees("settings", LYNNE, after=before)
