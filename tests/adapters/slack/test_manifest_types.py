"""Slack's manifest against types that somebody else made of the schema that Slack publishes."""

from __future__ import annotations

import copy
from itertools import product
from typing import Any

import pytest

from adapters.slack.manifest import EXAMPLE, manifest_for
from tests.node_tools import run_node

pytestmark = pytest.mark.node

Json = dict[str, Any]

FORMS: dict[str, Json] = {
    f"{'socket mode' if socket else 'http'}, {prefix or 'no'} prefix, {'rotation' if rotation else 'no rotation'}": (
        manifest_for(EXAMPLE, socket, prefix, rotation)
    )
    for socket, prefix, rotation in product((False, True), ("", "cc-"), (False, True))
}


def complaints(manifests: dict[str, Json]) -> dict[str, list[str]]:
    """What the compiler says about each."""
    answer: dict[str, list[str]] = run_node(
        "slack_manifest.mjs", [{"name": name, "manifest": manifest} for name, manifest in manifests.items()]
    )
    return answer


def without_newer_keys(manifest: Json) -> Json:
    """Without `oauth_config.scopes.bot_optional`: Slack has it since 2025, the published types are older."""
    known = copy.deepcopy(manifest)
    del known["oauth_config"]["scopes"]["bot_optional"]
    return known


def test_every_form_of_it_has_the_published_type() -> None:
    """Over HTTP and in Socket Mode, with a prefix and without, with rotation and without."""
    said = complaints({name: without_newer_keys(manifest) for name, manifest in FORMS.items()})
    assert said == {name: [] for name in FORMS}


def test_optional_scopes_are_the_one_thing_the_types_do_not_know() -> None:
    """When they learn it, `without_newer_keys` may go."""
    said = complaints({"as it is": manifest_for(EXAMPLE)})["as it is"]
    assert len(said) == 1
    assert '"bot_optional"' in said[0]


def test_the_types_are_looked_at() -> None:
    """A misspelt key, a missing one, and a text where a truth belongs are refused, each for its own reason."""
    misspelt, missing, mistaken = (without_newer_keys(manifest_for(EXAMPLE)) for _ in range(3))
    misspelt["features"]["slash_comands"] = misspelt["features"].pop("slash_commands")
    del missing["settings"]["interactivity"]["is_enabled"]
    mistaken["settings"]["socket_mode_enabled"] = "no"
    said = complaints({"misspelt": misspelt, "missing": missing, "mistaken": mistaken})
    assert '"slash_comands"' in " ".join(said["misspelt"])
    assert "'is_enabled' is missing" in " ".join(said["missing"])
    assert "'string' is not assignable to type 'boolean" in " ".join(said["mistaken"])
