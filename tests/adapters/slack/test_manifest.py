"""The manifest is what the code uses, fits Slack's limits, and makes an app that works."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from adapters.slack.manifest import (
    COMMANDS,
    EVENTS,
    EVENTS_PATH,
    EXAMPLE,
    OPTIONAL_SCOPES,
    REDIRECT_PATH,
    SCOPES,
    VIDEO_SCOPE,
    command_names,
    is_public,
    manifest_file,
    manifest_for,
    wanted_scopes,
)
from tests.local_slack import LocalSlack, app_from_manifest
from tests.local_slack.app import EVENT_SCOPES

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((Path(__file__).parent / "manifest.schema.json").read_text(encoding="utf-8"))
ADDRESSES = (EXAMPLE, "http://localhost:3978", "https://10.1.2.3", "https://a.example.org:8443")


def every_manifest() -> list[dict[str, Any]]:
    ways = product(ADDRESSES, (False, True), ("", "cc-"), (False, True))
    return [manifest_for(*way) for way in ways]


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


def test_the_file_is_what_the_code_says() -> None:
    """Change the code, then: python app.py manifest slack > manifest.yaml, with the example address."""
    assert (ROOT / "manifest.yaml").read_text(encoding="utf-8") == manifest_file(manifest_for(EXAMPLE))


@pytest.mark.parametrize("manifest", every_manifest())
def test_yaml_reads_as_it_was_meant(manifest: dict[str, Any]) -> None:
    """With another's reader, to the letter."""
    assert YAML(typ="safe", pure=True).load(manifest_file(manifest)) == manifest


@pytest.mark.parametrize("manifest", every_manifest())
def test_it_keeps_slacks_limits(manifest: dict[str, Any]) -> None:
    """Known keys only, of the right kind and length."""
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.validate(manifest, SCHEMA, cls=jsonschema.Draft7Validator)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda manifest: manifest["features"].update(slash_comands=[]),
        lambda manifest: manifest["display_information"].update(description="x" * 141),
        lambda manifest: manifest["settings"]["interactivity"].pop("is_enabled"),
        lambda manifest: manifest["features"]["slash_commands"][0].update(command="course"),
    ],
)
def test_the_limits_are_looked_at(spoil: Any) -> None:
    """A typo, a text that is too long, a key that is missing, a command without its slash."""
    manifest = manifest_for(EXAMPLE)
    spoil(manifest)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(manifest, SCHEMA, cls=jsonschema.Draft7Validator)


def test_each_event_has_a_scope_that_lets_it_through() -> None:
    """And nothing is asked for twice."""
    for event in EVENTS:
        assert not EVENT_SCOPES[event] or set(EVENT_SCOPES[event]) & set(SCOPES)
    assert set(OPTIONAL_SCOPES) < set(SCOPES)
    scopes = manifest_for(EXAMPLE)["oauth_config"]["scopes"]
    assert sorted(scopes["bot"] + scopes["bot_optional"]) == sorted(wanted_scopes(EXAMPLE)) == sorted(SCOPES)


def test_messages_in_channels_are_never_read() -> None:
    """No scope and no event for them."""
    assert not {"channels:history", "groups:history", "mpim:history"} & set(SCOPES)
    assert not {"message.channels", "message.groups", "message.mpim", "app_mention"} & set(EVENTS)


def test_videos_play_only_where_everybody_can_see_them() -> None:
    """Slack fetches them from the address: it must be a public one."""
    for address in ADDRESSES:
        manifest = manifest_for(address)
        shown = manifest["features"].get("unfurl_domains")
        assert (shown is not None) == (VIDEO_SCOPE in manifest["oauth_config"]["scopes"]["bot"]) == is_public(address)
    assert manifest_for(ADDRESSES[3])["features"]["unfurl_domains"] == ["a.example.org"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("https://course.example.org", True),
        ("https://8.8.8.8", True),
        ("http://course.example.org", False),
        ("https://localhost:3978", False),
        ("https://192.168.1.20", False),
        ("https://[::1]", False),
        ("https://chat.corp.internal", False),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    """What Slack could reach."""
    assert is_public(address) is public


def test_what_people_read_is_in_both_languages() -> None:
    """There are no translations of a manifest: both stand in one text, with the no-break space before a colon."""
    manifest = manifest_for(EXAMPLE)
    commands = manifest["features"]["slash_commands"]
    read = [command[key] for command in commands for key in ("description", "usage_hint")]
    assert all(" · " in text for text in [*read, manifest["display_information"]["description"]])
    assert not [text for text in texts(manifest) if re.search(r" [:;!?]", text)]


def test_a_prefix_leads_back_to_the_noun() -> None:
    """For workspaces where somebody else has /course already."""
    assert command_names("cc-") == {
        "/cc-course": "course",
        "/cc-group": "group",
        "/cc-ama": "ama",
        "/cc-cohort": "cohort",
    }
    assert [
        command["command"] for command in manifest_for(EXAMPLE, prefix="cc-")["features"]["slash_commands"]
    ] == list(command_names("cc-"))
    assert len(COMMANDS) == 4


def test_socket_mode_needs_no_address() -> None:
    """Nothing in it points anywhere."""
    manifest = manifest_for(EXAMPLE, socket_mode=True)
    assert not [text for text in texts(manifest) if text.startswith("http")]
    assert manifest["settings"]["socket_mode_enabled"] is True


def test_the_guide_explains_each_scope() -> None:
    """The same reasons in the same order, with the optional ones marked; and all that is clicked by hand."""
    guide = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `([a-z:._]+)`( \(optional\))? \| (.+) \|$", guide.partition("<!-- scopes:")[2], re.MULTILINE
    )
    assert [(scope, bool(optional), why) for scope, optional, why in rows] == [
        (scope, scope in OPTIONAL_SCOPES, why) for scope, why in SCOPES.items()
    ]
    assert all(f"`{event}`" in guide for event in EVENTS)
    assert all(f"`{command}`" in guide for command in command_names())


async def test_slack_takes_the_app_it_describes() -> None:
    """The local Slack builds it: commands that escape mentions, a home, a conversation in which one may write."""
    app = app_from_manifest(manifest_for(EXAMPLE, rotation=True))
    assert app.commands == dict.fromkeys(command_names(), True)
    assert app.events == frozenset(EVENTS)
    assert (app.home_tab, app.messages_tab, app.messages_tab_read_only) == (True, True, False)
    assert app.interactivity
    assert app.token_rotation
    assert app.redirect_urls == [f"{EXAMPLE}{REDIRECT_PATH}"]
    assert manifest_for(EXAMPLE)["settings"]["interactivity"]["request_url"] == f"{EXAMPLE}{EVENTS_PATH}"
    async with LocalSlack(app) as slack:
        acme = slack.workspace("Acme")
        slack.install(acme)
        assert acme.install is not None
        assert acme.install.scopes == frozenset(SCOPES)
