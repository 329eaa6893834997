"""Our idea of Slack's limits beside a registry that others keep (slackblocks): numbers, and everything we say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slackblocks import _limits as theirs

from adapters.catalogues import read_catalogues
from adapters.slack import limits as ours
from adapters.slack.render import home_view, message_payload
from bot.messages.lessons import LessonView, lesson_message
from bot.messages.links import Links
from bot.model.course import Language
from bot.rules.content import course_from_document
from tests.adapters.browser import showcase
from tests.world import EXAMPLE

Json = dict[str, Any]

SAME = {
    "MESSAGE_BLOCKS": "MESSAGE_BLOCKS_MAX_ITEMS",
    "VIEW_BLOCKS": "VIEW_BLOCKS_MAX_ITEMS",
    "VIEW_TITLE": "VIEW_TITLE_MAX_LENGTH",
    "PRIVATE_METADATA": "VIEW_PRIVATE_METADATA_MAX_LENGTH",
    "HEADER": "HEADER_TEXT_MAX_LENGTH",
    "SECTION": "SECTION_TEXT_MAX_LENGTH",
    "ACTIONS": "ACTIONS_ELEMENTS_MAX_ITEMS",
    "ALT": "IMAGE_ALT_TEXT_MAX_LENGTH",
    "IMAGE_TITLE": "IMAGE_TITLE_MAX_LENGTH",
    "INPUT_LABEL": "INPUT_LABEL_MAX_LENGTH",
    "URL": "BUTTON_URL_MAX_LENGTH",
    "LABEL": "BUTTON_TEXT_MAX_LENGTH",
    "VALUE": "BUTTON_VALUE_MAX_LENGTH",
    "OPTION": "OPTION_TEXT_MAX_LENGTH",
    "OPTION_VALUE": "OPTION_VALUE_MAX_LENGTH",
    "OPTIONS": "SELECT_OPTIONS_MAX_ITEMS",
    "FEW_OPTIONS": "RADIO_BUTTONS_OPTIONS_MAX_ITEMS",
    "GROUPS": "SELECT_OPTION_GROUPS_MAX_ITEMS",
    "PLACEHOLDER": "SELECT_PLACEHOLDER_MAX_LENGTH",
    "INPUT_TEXT": "PLAIN_TEXT_INPUT_MAX_LENGTH_MAX",
}
"""Our name to theirs."""


@pytest.mark.parametrize(("name", "their_name"), SAME.items())
def test_the_numbers_are_the_same(name: str, their_name: str) -> None:
    """Two who looked them up separately."""
    assert getattr(ours, name) == getattr(theirs, their_name)


def test_a_title_of_a_film_stays_below_theirs() -> None:
    """Slack says less than two hundred; they say at most."""
    assert ours.VIDEO_WORDS == theirs.VIDEO_TITLE_MAX_LENGTH - 1


def problems(block: Json) -> Iterator[str]:
    """What the registry would object to in a block."""

    def long(text: Any, most: int, what: str) -> Iterator[str]:
        words = text["text"] if isinstance(text, dict) else text or ""
        if len(words) > most:
            yield f"{what}: {len(words)} of {most}"

    kind = block["type"]
    if kind == "header":
        yield from long(block["text"], theirs.HEADER_TEXT_MAX_LENGTH, kind)
    if kind == "section":
        yield from long(block.get("text"), theirs.SECTION_TEXT_MAX_LENGTH, kind)
    if kind == "image":
        yield from long(block["alt_text"], theirs.IMAGE_ALT_TEXT_MAX_LENGTH, kind)
        yield from long(block.get("title"), theirs.IMAGE_TITLE_MAX_LENGTH, kind)
    elements = [*block.get("elements", ()), *filter(None, [block.get("accessory")])] if kind != "rich_text" else []
    most = {"actions": theirs.ACTIONS_ELEMENTS_MAX_ITEMS, "context": theirs.CONTEXT_ELEMENTS_MAX_ITEMS}.get(kind, 10**6)
    if len(elements) > most:
        yield f"{kind}: {len(elements)} elements"
    yield from long(block.get("block_id"), theirs.BLOCK_ID_MAX_LENGTH, "block_id")
    for element in elements:
        if element.get("type") == "button":
            yield from long(element["text"], theirs.BUTTON_TEXT_MAX_LENGTH, "button")
            yield from long(element.get("value"), theirs.BUTTON_VALUE_MAX_LENGTH, "value")
            yield from long(element.get("url"), theirs.BUTTON_URL_MAX_LENGTH, "url")
            yield from long(element["action_id"], theirs.ACTION_ID_MAX_LENGTH, "action_id")
            spoken = element.get("accessibility_label")
            yield from long(spoken, theirs.BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH, "accessibility_label")


@pytest.mark.parametrize("language", list(Language))
def test_what_we_say_is_within_their_limits(language: Language) -> None:
    """All lessons, every kind of block, and the same on a home tab."""
    t = read_catalogues()[language]
    course = course_from_document(EXAMPLE.documents["culture"])
    links = Links("https://course.example.org")
    said = [lesson_message(LessonView(1, course, lesson, None, links), t) for lesson in course.lessons]
    said += [showcase.everything(language), showcase.a_lesson(language, voted="b")]
    for each in said:
        payload, home = message_payload(each, t, "e1/lesson/l1"), home_view(each, t)
        assert len(payload["blocks"]) <= theirs.MESSAGE_BLOCKS_MAX_ITEMS
        assert len(home["blocks"]) <= theirs.VIEW_BLOCKS_MAX_ITEMS
        assert [found for block in [*payload["blocks"], *home["blocks"]] for found in problems(block)] == []


def test_the_checker_finds_what_is_too_long() -> None:
    """Otherwise nothing found would mean nothing."""
    button = {"type": "button", "action_id": "a", "text": {"text": "x" * 76}, "value": "y" * 2001}
    assert len(list(problems({"type": "actions", "elements": [button]}))) == 2
    assert len(list(problems({"type": "header", "text": {"text": "x" * 151}}))) == 1
