"""Calendar links cannot be made up or changed, and outlive a change of keys."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.calendar.tokens import Tokens

NEW, OLD = "a new secret", "an old secret"


@given(st.text(max_size=60))
def test_what_was_sealed_opens_again(subject: str) -> None:
    """The same subject is the same token, and it needs no escaping in an address."""
    tokens = Tokens([NEW])
    token = tokens.seal(subject)
    assert tokens.open(token) == subject
    assert token == tokens.seal(subject)
    assert re.fullmatch(r"[A-Za-z0-9_~-]+", token)


@given(st.integers(0, 200), st.characters())
def test_a_changed_token_opens_nothing(place: int, sign: str) -> None:
    """Not one letter can be changed."""
    tokens = Tokens([NEW])
    token = tokens.seal("session/12/en/7")
    at = place % len(token)
    changed = token[:at] + sign + token[at + 1 :]
    assert tokens.open(changed) == ("session/12/en/7" if changed == token else None)


@pytest.mark.parametrize("token", ["", "~", "a~b", "é~é", "x" * 10_000, "c2Vzc2lvbi8xMg~"])
def test_whatever_is_no_token_opens_nothing(token: str) -> None:
    """And nothing breaks."""
    assert Tokens([NEW]).open(token) is None


def test_links_made_under_an_old_key_still_open() -> None:
    """Keys are listed newest first; a link of another installation opens nothing."""
    old = Tokens([OLD]).seal("mine/7/fr")
    assert Tokens([NEW, OLD]).open(old) == "mine/7/fr"
    assert Tokens([NEW]).open(old) is None
    assert Tokens([NEW, OLD]).seal("mine/7/fr") == Tokens([NEW]).seal("mine/7/fr")


def test_without_a_secret_there_are_no_links() -> None:
    """An empty secret would let everybody make links."""
    with pytest.raises(ValueError, match="secret"):
        Tokens([""])
