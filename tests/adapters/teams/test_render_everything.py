"""Whatever the product says and asks, in both languages, by our rules, the published schema and Microsoft's library."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from adapters.catalogues import read_catalogues
from adapters.teams.render import (
    Looks,
    Origin,
    card_of,
    form_activity,
    message_activities,
    message_activity,
    values_of,
    whole_action,
)
from bot.messages.blocks import Buttons, Form, Item, Message, Reply
from bot.messages.forms import form_message
from bot.model.course import Language
from tests.adapters.teams.sent_back import sent
from tests.adapters.teams.strict import accepted, accepted_card, actions_of, card_in, words_of
from tests.bot.messages.gallery import everything, scene
from tests.journeys.test_every_button import Visitor
from tests.node_tools import run_node
from tests.world import a_world

CATALOGUES = read_catalogues()
LANGUAGES = pytest.mark.parametrize("language", Language)
LOOKS = Looks(public=True)
Json = dict[str, Any]


LONGEST = "help for admins"


@cache
def gallery(language: Language) -> tuple[tuple[str, Message | Form], ...]:
    return tuple(everything(scene(language)))


def drawn(thing: Message | Form) -> Json:
    t = CATALOGUES[thing.language]
    if isinstance(thing, Form):
        return form_activity(thing, t, Origin("1", "e1/lesson/03", "lesson/3/open"), LOOKS)
    return message_activity(thing, t, "e1/lesson/03", LOOKS, "29:reader", "n1")


@LANGUAGES
def test_teams_takes_everything_there_is(language: Language) -> None:
    """All lessons in all states, every overview, report, refusal, panel and form; nothing of them is cut. The whole
    help for admins is longer than a delivery may be; as an answer it comes in full."""
    t = CATALOGUES[language]
    for name, thing in gallery(language):
        if name == LONGEST and isinstance(thing, Message):
            parts = [accepted(each) for each in message_activities(thing, t, LOOKS)]
            assert not any(whole_action() in actions_of(each) for each in parts)
            continue
        try:
            activity = accepted(drawn(thing))
        except AssertionError as error:
            raise AssertionError(name) from error
        assert whole_action() not in actions_of(activity), name
        assert t.t("The rest does not fit here.") not in words_of(card_in(activity)), name


@LANGUAGES
def test_every_press_of_every_lesson_is_there(language: Language) -> None:
    """With everything done and every result shown."""
    for name, thing in gallery(language):
        if isinstance(thing, Message) and name.startswith("lesson"):
            wanted = [b.action for block in thing.blocks if isinstance(block, Item | Buttons) for b in block.buttons]
            assert actions_of(drawn(thing)) == [action for action in wanted if action], name


@LANGUAGES
def test_forms_come_back_as_they_were_shown(language: Language) -> None:
    """Sent without a change, every form of the product says what its fields say."""
    for name, thing in gallery(language):
        if isinstance(thing, Form):
            values = values_of(sent(card_in(drawn(thing))))
            assert values == {field.name: getattr(field, "value", "") for field in thing.fields}, name


@pytest.mark.node
@LANGUAGES
def test_microsofts_own_library_finds_nothing_wrong(language: Language) -> None:
    """It parses and validates each different card, as clients for the web do."""
    cards = {json.dumps(card_in(drawn(thing))): name for name, thing in gallery(language)}
    given = [{"name": f"{place} {name}", "card": json.loads(card)} for place, (card, name) in enumerate(cards.items())]
    said: dict[str, list[str]] = run_node("adaptive_cards.mjs", given)
    assert len(said) == len(given) > 500
    assert {name: problems for name, problems in said.items() if problems} == {}


@pytest.mark.node
def test_microsofts_own_library_finds_what_is_wrong() -> None:
    """The check can fail."""
    good = card_of(Message(Language.EN, "x", ()), CATALOGUES[Language.EN])
    bad = {
        "element": {**good, "body": [{"type": "Badge", "text": "x"}]},
        "value": {**good, "body": [{"type": "TextBlock", "text": "x", "size": "huge"}]},
        "input": {**good, "body": [{"type": "Input.Text", "label": "x"}]},
    }
    said: dict[str, list[str]] = run_node(
        "adaptive_cards.mjs", [{"name": name, "card": card} for name, card in {"good": good, **bad}.items()]
    )
    assert said["good"] == []
    assert all(said[name] for name in bad), said


@pytest.mark.parametrize(
    "element",
    [
        {"type": "Badge", "text": "x"},
        {"type": "TextBlock", "text": "x", "size": "huge"},
        {"type": "TextBlock"},
        {"type": "Input.Text", "label": "x"},
        {"type": "Container", "items": [{"type": "TextBlock", "text": "x", "colour": "red"}]},
        {"type": "ActionSet", "actions": [{"type": "Action.Fly"}]},
    ],
)
def test_the_published_schema_finds_what_is_wrong(element: Json) -> None:
    """The check can fail, at any depth."""
    good = card_of(Message(Language.EN, "x", ()), CATALOGUES[Language.EN])
    accepted_card(good)
    with pytest.raises(AssertionError):
        accepted_card({**good, "body": [element]})


class Looker(Visitor):
    """A visitor on Teams: everything is rendered, and what forms send back is what they showed."""

    def __init__(self, *around: Any) -> None:
        super().__init__(*around)
        self.cards: list[Json] = []

    def look(self, message: Message | None) -> None:
        if message is not None:
            t = CATALOGUES[message.language]
            self.cards.append(card_in(accepted(message_activity(message, t, "key-1", LOOKS, "29:reader"))))
            for part in message_activities(message, t):
                accepted(part)
        super().look(message)

    async def _take(self, label: str, reply: Reply) -> None:
        if reply.form is not None:
            self._open(reply.form, reply)
        await super()._take(label, reply)

    def _open(self, form: Form, reply: Reply) -> None:
        t = CATALOGUES[form.language]
        card = card_in(accepted(form_activity(form, t, Origin(key="key-1"), LOOKS)))
        assert set(values_of(sent(card))) == {field.name for field in form.fields}
        again = accepted(form_activity(form, t, Origin(key="key-1"), LOOKS, reply.errors, values_of(sent(card))))
        for _, sentence in reply.errors:
            assert sentence in words_of(card_in(again))
        accepted(message_activity(form_message(form, t), t))
        self.cards += [card, card_in(again)]


async def _visited(name: str, url: str) -> Looker:
    async with a_world(url) as world:
        await world.says(world.ada, "cohort create culture start 2026-12-01 name spring")
        reply = await world.says(world.ada, "cohort enrol spring @ben @zoé")
        await world.presses(world.ada, "Enrol 2 people", reply)
        reply = await world.says(world.ada, "cohort launch spring")
        await world.presses(world.ada, "Launch now", reply)
        await world.at(datetime(2026, 12, 3, 22, tzinfo=UTC))
        visitor = Looker(world, getattr(world, name))
        for words in ("home", "help", "progress", "cohort", "nonsense", "mydata", "settings", "tz Atlantis"):
            answer = await world.says(visitor.who, words)
            visitor.look(answer.say)
        for posted in world.platform.to(visitor.who):
            visitor.look(posted.message)
        await visitor.press_everything()
    return visitor


@pytest.mark.parametrize("name", ["ben", "zoe", "ada"])
async def test_teams_takes_whatever_can_be_reached(name: str, sqlite_url: str) -> None:
    """A learner in each language and the admin press every button and send every form."""
    visitor = await _visited(name, sqlite_url)
    assert len(visitor.cards) > 20


@pytest.mark.node
async def test_microsofts_own_library_takes_whatever_can_be_reached(sqlite_url: str) -> None:
    """The admin reaches the most."""
    visitor = await _visited("ada", sqlite_url)
    given = [{"name": str(place), "card": card} for place, card in enumerate(visitor.cards)]
    said: dict[str, list[str]] = run_node("adaptive_cards.mjs", given)
    assert [problems for problems in said.values() if problems] == []
