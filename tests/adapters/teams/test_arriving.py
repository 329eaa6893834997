"""The app introduces itself once, whichever way and however often Teams tells that it came."""

from __future__ import annotations

import asyncio
from itertools import permutations
from typing import Any

import pytest

from adapters.catalogues import read_catalogues
from bot.messages.blocks import Message, Text
from bot.messages.greetings import room_greeting
from bot.model.course import Language
from bot.model.people import Address
from bot.model.richtext import RichText, words
from tests.adapters.teams.inbound_stage import BOT, CHAT, GROUP, ME, TENANT, USER, a_door, activity, card_text

ADD: dict[str, Any] = {"action": "add"}
MEMBERS: dict[str, Any] = {"membersAdded": [{"id": BOT}, {"id": USER}]}


def added(where: str = CHAT) -> list[dict[str, Any]]:
    return [activity("installationUpdate", where, **ADD), activity("conversationUpdate", where, **MEMBERS)]


@pytest.mark.parametrize("order", [*permutations(range(2)), (0,), (1,), (0, 0, 1, 1)])
async def test_somebody_is_welcomed_once_in_any_order(order: tuple[int, ...]) -> None:
    """A greeting in their language, then their home card; what waited for them goes out."""
    async with a_door() as door:
        events = added()
        for each in order:
            await door.take(events[each])
        assert door.chats.texts() == ["Bienvenue dans Chatcourse", "Your home"]
        assert set(door.engine.reached) == {ME}
        assert door.inbox.rows == {}


async def test_the_report_that_tells_the_language_is_the_one_that_greets() -> None:
    """Of the two, one comes without a language, and perhaps first; when it stays alone, it greets in English."""
    for alone, wanted in ((False, "Bienvenue dans Chatcourse"), (True, "Welcome to Chatcourse")):
        async with a_door() as door:
            telling, silent = added()
            for each in ("locale", "entities"):
                silent.pop(each, None)
            await asyncio.gather(door.take(silent), *(() if alone else (door.take(telling),)))
            assert door.chats.texts()[0] == wanted
            assert len(door.chats.texts()) == 2
            assert set(door.engine.reached) == {ME}


async def test_the_reference_is_stored_even_when_everything_else_breaks() -> None:
    """Nothing of what came is lost, and what waited is still told."""
    async with a_door() as door:
        door.engine.broken = True
        await door.take(added()[0])
        assert door.chats.heard_of == ["installationUpdate"]
        assert door.engine.reached == [ME]


async def test_an_upgrade_is_no_welcome() -> None:
    """Nobody did anything; what waited may go out all the same."""
    async with a_door() as door:
        await door.take(activity("installationUpdate", action="add-upgrade"))
        assert door.chats.posts == {}
        assert door.engine.reached == [ME]


async def test_removed_and_added_again_reaches_people_again() -> None:
    """The platform hears that the app is gone, from the activity itself."""
    async with a_door() as door:
        await door.take(added()[0])
        await door.take(activity("installationUpdate", action="remove"))
        await door.take(activity("conversationUpdate", membersRemoved=[{"id": BOT}]))
        door.chats.welcomed.clear()  # as the store does when the app is gone
        await door.take(added()[0])
        assert door.chats.heard_of == [*["installationUpdate"] * 2, "conversationUpdate", "installationUpdate"]
        assert door.chats.texts().count("Bienvenue dans Chatcourse") == 2
        assert door.engine.reached == [ME, ME]


async def test_a_room_gets_one_message_in_both_languages() -> None:
    """It says that only what mentions the app is read. Nobody is called reachable for it."""
    async with a_door() as door:
        for each in added(GROUP):
            await door.take(each)
        [post] = door.chats.posts[GROUP]
        catalogues = read_catalogues()
        greeting = room_greeting(catalogues[Language.EN], catalogues[Language.FR])
        said = [plain_words(block.rich) for block in greeting.blocks if isinstance(block, Text)]
        assert len(said) == 2
        assert all(each in card_text(post.card) for each in said)
        assert (door.engine.reached, door.engine.homes) == ([], 0)
        assert door.chats.welcomed == {Address("teams", TENANT, GROUP)}


async def test_a_team_is_greeted_where_the_app_was_put() -> None:
    """Once, in the channel that was chosen."""
    async with a_door() as door:
        data = {
            "tenant": {"id": TENANT},
            "team": {"id": "19:team@thread.tacv2"},
            "settings": {"selectedChannel": {"id": "19:chosen@thread.tacv2"}},
        }
        await door.take(activity("installationUpdate", "19:team@thread.tacv2", channelData=data, **ADD))
        await door.take(activity("conversationUpdate", "19:chosen@thread.tacv2", channelData=data, **MEMBERS))
        assert list(door.chats.posts) == ["19:chosen@thread.tacv2"]
        assert len(door.chats.posts["19:chosen@thread.tacv2"]) == 1
        await door.take(activity("installationUpdate", "19:team@thread.tacv2", channelData=data, action="remove"))
        door.chats.welcomed.clear()  # as the store does when the app is gone
        await door.take(activity("installationUpdate", "19:team@thread.tacv2", channelData=data, **ADD))
        assert len(door.chats.posts["19:chosen@thread.tacv2"]) == 2


async def test_people_who_come_and_go_are_heard_and_nothing_is_said() -> None:
    """Rosters are the platform's business."""
    async with a_door() as door:
        await door.take(activity("conversationUpdate", GROUP, membersAdded=[{"id": "29:other"}]))
        assert (door.chats.heard_of, door.chats.posts, door.inbox.put_in) == (["conversationUpdate"], {}, [])


async def test_a_long_home_card_comes_whole() -> None:
    """In as many messages as it takes."""
    async with a_door() as door:
        door.engine.card = Message(Language.EN, "Home", tuple(Text(words("word " * 400)) for _ in range(40)))
        await door.take(added()[0])
        _, *cards = door.chats.posts[CHAT]
        assert len(cards) > 1
        assert sum(card_text(post.card).count("word") for post in cards) == 16_000


def plain_words(rich: RichText) -> str:
    """What paragraphs say."""
    return " ".join(span.text for part in rich for span in getattr(part, "line", ()))
