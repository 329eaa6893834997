"""What the documentation says is what the program does."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from functools import cache
from pathlib import Path

import pytest

from adapters.settings import DEMO_SETTINGS, SETTINGS
from adapters.web.metrics import Metrics
from app import cli

ROOT = Path(__file__).resolve().parents[2]
OPERATING = ROOT / "docs" / "operating.md"
README = ROOT / "README.md"

_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)<>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_CODE = re.compile(r"^(```|~~~).*?^\1\s*$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that is or will be in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def pages() -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".md"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def table(page: Path, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading or a comment."""
    text = page.read_text(encoding="utf-8").partition(heading)[2]
    lines = text[text.index("\n|") + 1 :].splitlines()
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows[2:]


def test_the_settings_table_is_the_one_in_the_code() -> None:
    """Names, defaults and words, in the same order."""
    documented = [tuple(row) for row in table(OPERATING, "<!-- settings:")]
    assert documented == [(f"`{setting.name}`", setting.default, setting.doc) for setting in SETTINGS]


def test_the_demo_names_the_settings_it_follows() -> None:
    """So that nobody wonders why the others are left alone."""
    paragraph = OPERATING.read_text(encoding="utf-8").partition("A demo keeps to itself")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([A-Z_]+)`", paragraph)) == DEMO_SETTINGS


def test_the_verbs_are_those_of_the_program() -> None:
    """Each with what it does."""
    documented = [row[0] for row in table(OPERATING, "## Start")]
    assert documented == [f"`python app.py {command.name}`" for command in cli.registered_commands]


def test_every_verb_in_the_documentation_exists() -> None:
    """`python app.py …` anywhere in the guides."""
    verbs = {command.name for command in cli.registered_commands}
    for page in pages():
        if page.parent not in (ROOT, ROOT / "docs"):
            continue
        for verb in re.findall(r"python app\.py ([a-z]+)", page.read_text(encoding="utf-8")):
            assert verb in verbs, f"{name_of(page)} says: python app.py {verb}"


def test_the_metrics_table_is_what_prometheus_gets() -> None:
    """Every figure of ours, and none that is not there."""
    documented = [row[0].strip("`") for row in table(OPERATING, "<!-- metrics:")]
    collected = [metric for metric in Metrics().registry.collect() if metric.name.startswith("chatcourse_")]
    real = [f"{metric.name}_total" if metric.type == "counter" else metric.name for metric in collected]
    assert documented == real


def events() -> set[str]:
    """Every event that the program writes."""
    files = [ROOT / "app.py", *(ROOT / "adapters").rglob("*.py"), *(ROOT / "bot" / "usecases").rglob("*.py")]
    written = re.compile(r"(?:\.(?:debug|info|warning|error|exception)|\breport)\(\s*\"([a-z]+(?:_[a-z]+)*)\"\s*[,)]")
    return {name for file in files for name in written.findall(file.read_text(encoding="utf-8"))}


def test_the_log_table_names_events_that_exist() -> None:
    """And every one that is written anywhere."""
    documented = {name for row in table(OPERATING, "## Logs") for name in re.findall(r"`(\w+)`", row[0])}
    assert documented == events() - {"request"}


# --- links ----------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    text = _CODE.sub(lambda match: match[0] if match[0][0:3] not in ("```", "~~~") else "", page.read_text("utf-8"))
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", text, re.MULTILINE):
        words = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        kept = "".join(c for c in words if c in "-_ " or unicodedata.category(c)[0] in "LNM")
        anchor = base = kept.replace(" ", "-")
        number = 0
        while anchor in found:
            number += 1
            anchor = f"{base}-{number}"
        found.add(anchor)
    return found


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Files and headings; addresses on the web are not asked."""
    text = _CODE.sub("", page.read_text(encoding="utf-8"))
    broken = []
    for target in _LINK.findall(text):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z][a-z0-9+.-]*:", path):
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


# --- nothing of the machines it was written on --------------------------------------------------------------


# Written in pieces, so that this file does not find itself.
STRANGE = re.compile(
    "|".join(
        [
            "/" + r"(?:home|Users)/[a-z]\w*/",
            "/" + r"(?:work|root|mnt)/\w",
            r"[A-Z]:\\+" + "Users",
            r"https?://[\w.:-]*(?:artifactory|nexus|devpi|pkgs\.|proxy|mirror|registry)[\w.:-]*/",
            "--(?:extra-)?" + "index-url",
        ]
    )
)


@pytest.mark.parametrize("path", list(tracked_files()), ids=name_of)
def test_no_file_names_a_machine_or_a_package_registry(path: Path) -> None:
    """The lock and the guides work everywhere, or nowhere."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    found = STRANGE.search(text)
    assert found is None, f"{name_of(path)} says {found[0]!r}"
