"""A file of people's words must not become a program in somebody's spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.exports import neutral, to_csv

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",
    '=HYPERLINK("http://x","y")',
]


def read(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_formula_stays_text(cell: str) -> None:
    """An apostrophe before it: what OWASP recommends."""
    assert read(to_csv(["words"], [[cell]])) == [["words"], [f"'{cell}"]]


def test_a_spreadsheet_with_other_separators_finds_no_formula_either() -> None:
    """French Excel begins a new cell at a semicolon."""
    assert neutral("well;=1+1") == "well;'=1+1"
    assert neutral("well\t@x") == "well\t'@x"


@pytest.mark.parametrize("cell", ["plain", "a-b", "état", "3 = 3", "", "“quoted”", "line\nline", "a; b"])
def test_ordinary_words_stay_as_they_are(cell: str) -> None:
    """Nothing is changed that need not be."""
    assert read(to_csv(["words"], [[cell]])) == [["words"], [cell]]


def test_accents_and_numbers_arrive() -> None:
    """Spreadsheets know the encoding by its mark; our own numbers are numbers, nothing is empty."""
    file = to_csv(["prénom", "n"], [["Zoé", -3], [None, 1.5]])
    assert file.startswith(b"\xef\xbb\xbf")
    assert read(file) == [["prénom", "n"], ["Zoé", "-3"], ["", "1.5"]]


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2)))
def test_any_table_reads_back(rows: list[list[str]]) -> None:
    """Cell by cell, apart from the apostrophes; and no cell begins with a formula."""
    back = read(to_csv(["a", "b"], rows))[1:]
    assert back == [[neutral(cell) for cell in row] for row in rows]
    assert not [cell for row in back for cell in row if cell[:1] in tuple("=+-@\t\r")]


def test_broken_letters_do_not_stop_an_export() -> None:
    """Half a pair of surrogates, as some chats send them."""
    assert read(to_csv(["words"], [["\ud83d"]])) == [["words"], ["?"]]
