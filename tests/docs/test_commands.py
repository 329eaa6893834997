"""docs/commands.md says what the grammar understands, word for word.

`python -m tests.docs.test_commands` writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from bot.model.people import RoleName
from bot.rules.grammar import VerbHelp, table
from bot.rules.grammar_verbs import LEADERS, READERS
from bot.rules.grammar_words import NOUNS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"

HEAD = """\
# Commands

The same words work everywhere: as slash commands in Slack (`/course done 2`), typed in Teams and in the browser,
with or without the slash, with or without mentioning the bot. Every button has a typed form, and everything here has
a button or a form.

* A bare `course`, `group`, `ama` or `cohort` opens the overview.
* In a direct message the words of `course` work alone: `next`, `done 2`, `help`, `stop`. In a room they need the noun:
  `course next`.
* In a direct message a number alone opens that activity, a letter alone is a vote, and `yes` or `no` answers
  "still in?".
* English and French words work for everyone, whatever language they chose. Accents, capitals and the kind of quotes do
  not matter. A name with spaces stands in quotes where something else follows it.
* Dates: `2026-12-03`, `3 Dec`, `monday`, `tomorrow`, `in 3 days`. Times: `9`, `9:30`, `9h30`, `2pm`. Time zones: the
  nearest large city.
* What is not understood changes nothing; the answer shows the closest thing to type.

`<n>` is the number of an activity as shown in the lesson. `[…]` may be left out, `a/b` means one of them.
"""

WHO = {
    frozenset[RoleName](): "For everyone.",
    frozenset({RoleName.ADMIN}): "For admins.",
    frozenset(RoleName): "For admins, facilitators and contributors.",
}
ALSO = {
    LEADERS: "for facilitators and admins.",
    READERS: "for facilitators and contributors too.",
}


def page() -> str:
    """The whole page, from the table of the grammar."""
    parts = [HEAD]
    for noun in NOUNS:
        parts.append(f"\n## {noun.name} ({noun.french})\n\n{_who(noun.verbs)}\n")
        parts.append("\n| type | in French | what it does | also understood |\n| --- | --- | --- | --- |\n")
        parts += [_row(verb) for verb in noun.verbs]
    return "".join(parts)


def _who(verbs: tuple[VerbHelp, ...]) -> str:
    common = min((verb.roles for verb in verbs), key=len)
    others: dict[frozenset[RoleName], list[str]] = {}
    for verb in verbs:
        if verb.roles != common:
            others.setdefault(verb.roles, []).append(f"`{verb.verb}`")
    return " ".join([WHO[common], *(f"{_listed(names)}: {ALSO[roles]}" for roles, names in others.items())])


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _row(verb: VerbHelp) -> str:
    more = ", ".join(verb.words[len({verb.verb, verb.french_verb}) :])
    return f"| `{verb.usage}` | `{verb.french_usage}` | {verb.text} | {more} |\n"


def test_the_page_is_what_the_grammar_says() -> None:
    """Written by hand nowhere, so never outdated."""
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.docs.test_commands"


def test_no_cell_breaks_the_table() -> None:
    """A bar would begin a new cell."""
    assert not [row for row in table() if "|" in row.usage + row.french_usage + row.text + "".join(row.words)]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
