"""What one types, in French words."""

from __future__ import annotations

import pytest

from bot.messages.typing import noun_in, typed_in
from bot.model.course import Language
from bot.rules.grammar import VerbHelp, parse, table

EN, FR = Language.EN, Language.FR


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("", ""),
        ("yes", "oui"),
        ("home", "accueil"),
        ("done 2", "fait 2"),
        ("start now", "commencer"),
        ("next now", "suivant maintenant"),
        ("feedback partly", "avis en partie"),
        ("timebox all", "minutes tout"),
        ("snooze until monday", "reporter à lundi"),
        ("away monday to tomorrow", "absence lundi au demain"),
        ("days mon,wed", "jours lun,mer"),
        ("leave yes", "quitter oui"),
        ("mydata file", "mes données fichier"),
        ("track leaders", "parcours leaders"),
        ("course next", "cours suivant"),
        ("cohort", "cohorte"),
        ("cohort confirm undo 3", "cohorte confirmer annuler 3"),
        ("cohort launch spring confirm", "cohorte lancer spring confirmer"),
        ("cohort people spring page 2", "cohorte personnes spring page 2"),
        ("cohort roles spring add facilitator @ann", "cohorte rôles spring ajouter animateur @ann"),
        ("cohort roles spring add contributor:maren @ann", "cohorte rôles spring ajouter contributeur:maren @ann"),
        (
            'cohort create culture start 2026-12-01 slots "tue,thu 09:00"',
            'cohorte créer culture début 2026-12-01 créneaux "mar,jeu 09:00"',
        ),
        # names and people's own words are theirs
        ("join all", "rejoindre all"),
        ("cohort launch to confirm", "cohorte lancer to confirmer"),
        ("answer 2 to all or none", "répondre 2 to all or none"),
        # what we do not know stays as it is
        ("whatever now", "whatever now"),
        ("cohort whatever", "cohort whatever"),
        ("fait 2", "fait 2"),
    ],
)
def test_typed_forms_in_french(english: str, french: str) -> None:
    """Verbs, and the words that belong to them."""
    assert typed_in(FR, english) == french
    assert typed_in(EN, english) == english


@pytest.mark.parametrize("row", table(), ids=lambda row: f"{row.command} {row.verb}")
def test_every_example_of_the_grammar_can_be_said_in_french(row: VerbHelp) -> None:
    """The same verb, whichever language the words are in."""
    text = row.example if row.noun == "course" else f"{row.noun} {row.example}"
    assert parse(typed_in(FR, text), language=FR, direct=True).verb == parse(text, language=EN, direct=True).verb


def test_nouns() -> None:
    """Of the grammar's own table."""
    assert [noun_in(FR, noun) for noun in ("course", "cohort", "other")] == ["cours", "cohorte", "other"]
