"""What one types, in French words."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.messages.typing import name_typed, noun_in, typed_in
from bot.model import commands
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


names = st.one_of(
    st.from_regex(r"[\w.-]{1,40}", fullmatch=True),
    st.sampled_from(sorted({word for row in table() for word in (row.verb, row.french_verb) if " " not in word})),
    st.sampled_from(["add", "remove", "to", "confirm", "file", "page", "please", "merci", "admin", "animation", "csv"]),
)


@given(names, st.sampled_from(Language))
@example("spring", Language.EN)
@example("-", Language.FR)
@example("v1.", Language.EN)
def test_a_cohort_of_any_name_can_be_typed(name: str, language: Language) -> None:
    """Whatever an admin called it: what a button says one can type means this cohort."""
    typed = name_typed(name)
    for english, meant in (
        (f"cohort launch {typed} confirm", commands.Launch(name, confirmed=True)),
        (f"cohort launch {typed}", commands.Launch(name)),
        (f"cohort close {typed} confirm", commands.CloseCohort(name, confirmed=True)),
        (f"cohort people {typed} page 2", commands.People(name, page=2)),
        (f"cohort people {typed} file", commands.People(name, file=True)),
        (f"cohort report {typed} file", commands.Report(name, file=True)),
        (f"cohort roles {typed} add facilitator @ann", commands.Roles(name, "facilitator", "@ann")),
        (f"cohort roles {typed}", commands.Roles(name)),
        (f"cohort enrol {typed} @ann", commands.Enrol(name, "@ann")),
        (f"cohort status {typed}", commands.Status(name)),
        (f"join {typed}", commands.Join(name)),
    ):
        assert parse(typed_in(language, english), language=language, direct=True) == meant


def test_names_stay_without_quotes_where_they_need_none() -> None:
    """Quotes only where a command has that word."""
    assert [name_typed(name) for name in ("spring", "printemps-26", "Été", "add")] == [
        "spring",
        "printemps-26",
        "Été",
        '"add"',
    ]
