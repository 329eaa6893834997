"""YAML without its surprises: what looks like words stays words, and every value knows its line."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from adapters.content import facts
from adapters.content.facts import read_facts
from bot.rules.content_problems import Place, Problem

from .conftest import GOOD_COURSE


def read(text: str) -> tuple[Any, list[Problem]]:
    problems: list[Problem] = []
    return read_facts(text, "f", {}, problems), problems


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("NO", "NO"), ("True", "True"), ("true", True), ("false", False),
        ("13:30", "13:30"), ("2027-06-30", "2027-06-30"), ("1.10", "1.10"), ("007", "007"), ("0x1F", "0x1F"),
        ("1e3", "1e3"),
        ("12", 12), ("-3", -3), ('"12"', "12"), ("~", None), ("null", None), ("", None),
        ("99999999999999", "99999999999999"),
        (".nan", ".nan"), ("|\n  two\n  lines", "two\nlines"),
    ],
)  # fmt: skip
def test_a_value_is_what_the_author_sees(written: str, value: object) -> None:
    """`no` is Norway's code or an answer, never false."""
    assert read(f"key: {written}") == ({"key": value}, [])


def test_every_value_knows_its_line() -> None:
    """Keys stand where they are written, items where they begin."""
    places: dict[Any, Place] = {}
    read_facts("a: 1\nb:\n  - c\n  - d: 2\n    e:\n      3\n", "f", places, [], path=("x",), first_line=10)
    assert {path: place.line for path, place in places.items()} == {
        ("x",): 10,
        ("x", "a"): 10,
        ("x", "b"): 11,
        ("x", "b", 0): 12,
        ("x", "b", 1): 13,
        ("x", "b", 1, "d"): 13,
        ("x", "b", 1, "e"): 14,
    }


YAML_PIECES = [
    "a", "b: ", "- ", "[", "]", "{", "}", ",", ":", "&a ", "*a", "!!int ", "!x ", "|\n", ">\n", "'", '"', "\\U7fffffff",
    "\\ud800", "\\x00", "\n", "\n  ", "\t", "#", "---\n", "...\n", "%YAML 9.9\n", "%TAG ! x\n",
    "? ", "<<: ", "@", "`", "1", "é", "\u2028",
]  # fmt: skip
texts = st.lists(st.sampled_from(YAML_PIECES), max_size=30).map("".join) | st.text(max_size=60)


@given(texts)
def test_any_text_is_read_or_becomes_a_problem(text: str) -> None:
    """Never a traceback, and what is read is plain JSON."""
    value, problems = read(text)
    assert value is None or isinstance(value, (str, int, bool, list, dict))
    assert len(problems) < 100


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-(10**8), 10**8) | st.text("abc é:#-'\"[]{}&*!|>%@`,?", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=12,
))  # fmt: skip
def test_what_json_can_say_is_read_as_json_says_it(value: object) -> None:
    """JSON is YAML, too."""
    assert read(json.dumps(value)) == (value, [])


@given(texts.filter(lambda text: not set("|>") & set(text)))
@example((GOOD_COURSE / "course.yaml").read_text(encoding="utf-8"))
@example((GOOD_COURSE / "lessons/01-first/lesson.yaml").read_text(encoding="utf-8"))
def test_the_fast_and_the_slow_parser_agree(text: str) -> None:
    """Where the compiled parser is missing, the same files give the same course.

    Left out: block texts that are followed by a comment, which the slow parser takes for a part of the text.
    """
    fast = read(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(facts, "YAML", partial(YAML, pure=True))
        slow = read(text)
    if not fast[1] and not slow[1]:
        assert fast == slow
