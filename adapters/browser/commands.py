"""What one can type, for the list in the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.messages.texts import Catalogue
from bot.model.course import Language
from bot.rules.grammar import table


def commands_in(catalogues: Mapping[Language, Catalogue]) -> Callable[[Language], Sequence[tuple[str, str]]]:
    """Every command with one line of help, in a language."""

    def commands(language: Language) -> Sequence[tuple[str, str]]:
        t = catalogues[language]
        return [(f"/{row.noun} {row.usage_in(language)}".strip(), t.t(row.text)) for row in table()]

    return commands
