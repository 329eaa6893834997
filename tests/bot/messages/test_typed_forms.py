"""Whatever can be pressed in a whole story can be typed, in both languages. One of every message: see `test_limits`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.errors import Slip
from bot.messages.actions import decode
from bot.messages.blocks import Button
from bot.messages.typing import typed_in
from bot.model.commands import Command, Snooze
from bot.model.course import Language
from bot.rules.dates import parse_date
from bot.rules.grammar import parse
from tests.bot.messages.gallery import buttons_of
from tests.bot.messages.test_limits import SAME
from tests.bot.messages.test_translatable import a_story
from tests.world import World, a_world

TODAY = date(2026, 11, 24)


def buttons_in(world: World) -> Iterator[Button]:
    """Every button that anybody got to see."""
    for _, reply in world.heard:
        for thing in (reply.say, reply.replace, reply.home, reply.form):
            yield from buttons_of(thing) if thing else ()
    for who in (world.ada, world.ben, world.zoe):
        for posted in world.platform.to(who):
            yield from buttons_of(posted.message)


def understood(text: str, language: Language) -> Command | None:
    """What typing this means, days as dates."""
    try:
        command = parse(text, language=language, direct=True)
    except Slip:
        return None
    if isinstance(command, Snooze) and command.until:
        return replace(command, until=parse_date(command.until, TODAY, language).isoformat())
    return command


@pytest.mark.parametrize("language", Language)
async def test_whatever_is_pressed_can_be_typed(language: Language, sqlite_url: str) -> None:
    """The same verb as the button in English, and the equal command in French words."""
    async with a_world(sqlite_url) as world:
        await world.says(world.ada, f"lang {language}")
        learner = world.zoe if language is Language.FR else world.ben
        await a_story(world, learner, pressing=[learner])
        found = {(button.typed, button.action) for button in buttons_in(world) if button.action}
    assert len(found) > 60
    wrong = []
    for typed, action in sorted(found):
        english = understood(typed, Language.EN) if typed else None
        french = understood(typed_in(Language.FR, typed), Language.FR)
        verb = decode(action).verb
        if english is None or SAME.get(english.verb, english.verb) != SAME.get(verb, verb):
            wrong.append(f"“{typed}” is {english}, its button {action}")
        elif english != french:
            wrong.append(f"“{typed}” is {english}, “{typed_in(Language.FR, typed)}” is {french}")
    assert wrong == []
