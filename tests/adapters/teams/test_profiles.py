"""Language, time zone and name come with what people do; nothing else is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.teams.profiles import Profiles, profile_of
from bot.model.course import Language
from bot.model.people import Profile
from tests.adapters.teams.inbound_stage import ME, message


def test_a_message_says_name_language_and_zone() -> None:
    """As Teams knows them."""
    assert profile_of(message("x")) == Profile("Ben Carter", Language.FR, "America/Toronto")


@pytest.mark.parametrize(
    ("raw", "language"),
    [
        ({"locale": "fr"}, Language.FR),
        ({"locale": "FR-fr"}, Language.FR),
        ({"locale": "en_GB"}, Language.EN),
        ({"locale": "de-DE"}, None),
        ({"locale": "de-DE", "entities": [{"type": "clientInfo", "locale": "fr-CA"}]}, Language.FR),
        ({"entities": [{"type": "ClientInfo", "locale": "en-US"}]}, Language.EN),
        ({"locale": 7, "entities": [None, "x"], "from": "nobody"}, None),
        ({}, None),
    ],
)
def test_only_our_languages_count(raw: dict[str, Any], language: Language | None) -> None:
    """Somebody whose language we do not speak has none, and the engine chooses."""
    assert profile_of(raw).language is language


def test_a_zone_that_does_not_exist_is_none() -> None:
    """Whatever a client says."""
    raw = {"entities": [{"type": "clientInfo", "timezone": "Mars/Olympus"}]}
    assert profile_of(raw).zone is None
    assert profile_of({"localTimezone": "Europe/Paris"}).zone == "Europe/Paris"


def test_what_was_told_before_is_remembered_where_less_is_told() -> None:
    """Presses often come without a language; forgetting somebody forgets that too."""
    profiles = Profiles()
    profiles.told(ME, message("x"))
    assert profiles.told(ME, {"from": {"name": "Ben C."}}) == Profile("Ben C.", Language.FR, "America/Toronto")
    assert profiles.known(ME) == Profile(None, Language.FR, "America/Toronto")
    profiles.forget(ME)
    assert profiles.known(ME) == Profile()
