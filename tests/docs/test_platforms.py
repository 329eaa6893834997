"""docs/platforms.md says what the adapters say they can."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.browser.platform import BrowserPlatform
from adapters.slack.platform import SlackPlatform
from adapters.teams.platform import ABILITIES, TeamsPlatform
from bot.errors import Slip
from bot.model.course import Language
from bot.ports import Ability
from bot.rules.grammar import parse

PAGE = Path(__file__).resolve().parents[2] / "docs" / "platforms.md"


def test_abilities_are_those_of_the_adapters() -> None:
    """All of them, platform by platform; rooms in Teams depend on Graph."""
    text = PAGE.read_text(encoding="utf-8").partition("<!-- abilities:")[2]
    rows = [re.split(r" *\| *", line.strip("| ")) for line in re.findall(r"^\| `.+$", text, re.MULTILINE)]
    said = {row[0].strip("`"): row[1:4] for row in rows}
    assert said == {
        ability.value: [
            _word(ability in BrowserPlatform.can),
            _word(ability in SlackPlatform.can),
            "with Graph" if ability is Ability.ROOMS else _word(ability in ABILITIES),
        ]
        for ability in Ability
    }
    assert TeamsPlatform.name == "teams"
    assert all(row[4] for row in rows)


def _word(can: bool) -> str:
    return "yes" if can else "no"


def test_commands_named_there_exist() -> None:
    """With their arguments in pointed brackets filled in."""
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    named = re.findall(r"`(cohort [^`]+)`", text)
    assert len(named) >= 3
    for command in named:
        try:
            parse(command.replace("<cohort>", "spring"), language=Language.EN, direct=True)
        except Slip as slip:
            raise AssertionError(f"{command}: {slip.text}") from slip
