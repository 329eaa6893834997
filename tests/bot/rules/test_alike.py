"""Questions that ask nearly the same are found; others are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.course import Language
from bot.rules.alike import NEAR, alike, language_of, likeness

SAME = [
    ("How do we keep passwords safe?", "What is the safest way of keeping passwords?"),
    ("When will remote work end?", "Will remote working end?"),
    ("Which tools may we use for online meetings?", "What meeting tools can be used online?"),
    ("Comment protéger nos données personnelles?", "Comment les données personnelles sont-elles protégées?"),
    ("Quand le télétravail prendra-t-il fin?", "À quand la fin du télétravail?"),
    ("Who pays for accessibility testing?", "Who is paying for the accessibility tests?"),
    ("Peut-on publier notre code source?", "Est-ce que nous pouvons publier le code source?"),
]
DIFFERENT = [
    ("How do we keep passwords safe?", "How do we keep good people?"),
    ("When will remote work end?", "When will the new building open?"),
    ("Which tools may we use for online meetings?", "Which languages may we use online?"),
    ("Comment protéger nos données personnelles?", "Comment recruter du personnel?"),
    ("Who pays for accessibility testing?", "Who decides on open source?"),
    ("What do you read?", "What is your budget?"),
    ("Peut-on publier notre code source?", "Peut-on publier nos salaires?"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_question_in_other_words_is_found(one: str, other: str) -> None:
    """In English and in French, whatever the order and the endings."""
    assert likeness(one, other) >= NEAR


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_question_in_similar_words_is_not(one: str, other: str) -> None:
    """The same beginning, or one word in common, is not the same question."""
    assert likeness(one, other) < NEAR


def test_the_most_alike_come_first_and_at_most_three() -> None:
    """Whoever asks is not drowned in suggestions."""
    others = [(n, text) for n, (_, text) in enumerate(SAME)]
    assert alike(SAME[0][0], others) == [0]
    assert len(alike("password", [(n, "password") for n in range(9)])) == 3
    assert alike("", [(1, "anything"), (2, "")]) == [2]


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_mutual_and_between_nothing_and_all(one: str, other: str) -> None:
    """Whatever people write; the same text is entirely alike."""
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) >= 0.5


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How do we keep passwords safe?", Language.EN),
        ("Comment protéger nos données personnelles?", Language.FR),
        ("Peut-on publier notre code source?", Language.FR),
        ("Passwords?", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("otherwise", Language)
def test_small_words_tell_the_language(text: str, language: Language | None, otherwise: Language) -> None:
    """Where they do not, what is known otherwise counts."""
    assert language_of(text, otherwise) is (language or otherwise)
