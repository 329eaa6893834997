"""The packages for cross-checks: the same everywhere, from wherever somebody gets packages, and told when they are not
to be had."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import node_tools
from tests.node_tools import HOME, LOCK, install, run_node


def test_versions_are_exact_and_the_lock_names_no_place() -> None:
    """Whoever has a mirror of npm's registry uses it; the content is checked by its hash."""
    wanted = json.loads((HOME / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    locked = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    for name, package in locked.items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name


@pytest.fixture
def npm_that_fails(tmp_path: Path) -> Path:
    """A program in npm's place that counts how often it was asked."""
    script = tmp_path / "npm"
    script.write_text(f"#!/bin/sh\necho once >> {tmp_path / 'asked'}\necho 'npm error network' >&2\nexit 1\n")
    script.chmod(0o755)
    return script


def test_without_a_registry_the_test_is_left_out_with_the_reason(
    npm_that_fails: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After three attempts, in npm's own words."""
    monkeypatch.setenv("CHATCOURSE_REQUIRE", "")
    with pytest.raises(pytest.skip.Exception, match="npm error network"):
        install(str(npm_that_fails))
    assert (npm_that_fails.parent / "asked").read_text().count("once") == 3


def test_where_node_is_promised_that_is_a_failure(npm_that_fails: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A green run on CI must not hide an untested half."""
    monkeypatch.setenv("CHATCOURSE_REQUIRE", "node")
    with pytest.raises(pytest.fail.Exception, match="CHATCOURSE_REQUIRE names node"):
        install(str(npm_that_fails), attempts=1)


def test_an_installation_that_was_cut_begins_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy of the lock is written last; another lock means another installation."""
    monkeypatch.setattr(node_tools, "INSTALLED", tmp_path / "installed.lock")
    assert not node_tools.is_installed()
    (tmp_path / "installed.lock").write_bytes(LOCK.read_bytes())
    assert node_tools.is_installed()
    (tmp_path / "installed.lock").write_bytes(LOCK.read_bytes() + b" ")
    assert not node_tools.is_installed()


@pytest.mark.node
def test_a_script_that_fails_says_why() -> None:
    """In its own words."""
    with pytest.raises(AssertionError, match=r"SyntaxError|TypeError"):
        run_node("slack_manifest.mjs", None)
