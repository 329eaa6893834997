"""People type as people do, and Slack rewrites it as Slack does."""

from __future__ import annotations

import pytest

from tests.local_slack import App, NotAllowed, NotThere
from tests.local_slack.checks import Json
from tests.local_slack.echo import bare, echo, section


async def test_mentions_in_commands_come_escaped() -> None:
    """People, groups, public and private channels, addresses; unknown names stay words."""
    async with bare() as world:
        ben, amelie = world.acme.user("Ben Carter"), world.acme.user("Amélie Tremblay", display_name="Amélie")
        group = world.acme.group("pilot", ben)
        public = world.acme.channel("general")
        hidden = world.acme.channel("salon", ben, private=True)
        said = "enrol @Amélie @Ben Carter @pilot #general #salon @nobody <b> & https://example.org/a"
        assert ben.written(said) == (
            f"enrol <@{amelie.id}|amelie.tremblay> <@{ben.id}|ben.carter> <!subteam^{group.id}> "
            f"<#{public.id}|general> <#{hidden.id}|> @nobody &lt;b&gt; &amp; <https://example.org/a>"
        )


async def test_commands_without_escaping_keep_plain_names() -> None:
    """should_escape false: the text comes as it was typed; commands nobody registered do not exist."""
    async with echo(App(commands={"/echo": False})) as world:
        ben = world.acme.user("Ben Carter")
        await ben.slash("/echo", "@ben.carter hi")
        assert world.seen[-1]["text"] == "@ben.carter hi"
        with pytest.raises(NotThere):
            await ben.slash("/course", "next")


async def test_phones_write_smart_quotes() -> None:
    """Quotes and dashes as mobile keyboards make them."""
    async with bare() as world:
        ben = world.acme.user("Ben Carter")
        ben.smart_keyboard = True
        assert ben.written("""say "it's fine" --now""") == "say “it’s fine” —now"


async def test_people_write_only_where_they_may() -> None:
    """Not where they are no member, not to an app that takes no messages, not once deactivated."""
    async with bare() as world:
        ben = world.acme.user("Ben Carter")
        room = world.acme.channel("room", world.acme.user("Amélie Tremblay"))
        with pytest.raises(NotAllowed):
            await ben.says(room, "hello")
        world.slack.app.messages_tab_read_only = True
        with pytest.raises(NotAllowed):
            await ben.dm("hello")
        ben.user.deleted = True
        with pytest.raises(NotAllowed):
            await ben.slash("/course", "next")


async def test_visible_words_are_read_from_all_kinds_of_blocks() -> None:
    """Names for mentions, labels for links, the fallback of dates, texts of controls."""
    async with bare() as world:
        ben = world.acme.user("Ben Carter")
        parts = [
            {"type": "text", "text": "Hello "},
            {"type": "user", "user_id": ben.id},
            {"type": "text", "text": ", see "},
            {"type": "link", "url": "https://example.org", "text": "the page"},
            {"type": "text", "text": " by "},
            {"type": "date", "timestamp": 1700000000, "format": "{date}", "fallback": "14 November"},
        ]
        blocks: list[Json] = [
            {"type": "header", "text": {"type": "plain_text", "text": "Lesson"}},
            {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]},
            section("More") | {"accessory": {"type": "image", "image_url": "https://e.org/a.png", "alt_text": "map"}},
        ]
        text = f"Lesson. Hello <@{ben.id}>, see the page by 14 November. More, map"
        await world.client.chat_postMessage(channel=ben.id, text=text, blocks=blocks)
        assert ben.last().texts() == ["Lesson", "Hello @Ben Carter, see the page by 14 November", "More", "map"]
