"""Admins paste what they have; every readable row counts, every other is listed with its reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.people_lists import Entry, is_header, looks_like_people, read_people


def tokens(text: str) -> list[str]:
    return [entry.token for entry in read_people(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<@U123> <@U124|ann>", ["<@U123>", "<@U124>"]),
        ("<!subteam^S123|@team> <#C123|general>", ["<!subteam^S123>", "<#C123>"]),
        ("@ann, @ben; #spring-room", ["@ann", "@ben", "#spring-room"]),
        ("Ann@Example.org ben@example.org", ["ann@example.org", "ben@example.org"]),
        ("<mailto:ann@example.org|ann@example.org>", ["ann@example.org"]),
        ("Ann Example <ann@example.org>", ["ann@example.org"]),
        ('"Example, Ann" <ann@example.org>; Doe, Ben <ben@example.org>', ["ann@example.org", "ben@example.org"]),
        ("Ann Example ann@example.org", ["ann@example.org"]),
        ("1. @ann\n2. @ben\n- @cleo", ["@ann", "@ben", "@cleo"]),
        ("@ann and @ben et @cléo", ["@ann", "@ben", "@cléo"]),
        ("<at>Ann Example</at>", ["@Ann Example"]),
        ("U0123ABCD", ["U0123ABCD"]),
        ("@jean-luc.picard.", ["@jean-luc.picard"]),
        ("", []),
    ],
)
def test_people_are_found_however_they_are_listed(text: str, found: list[str]) -> None:
    """Mentions, groups, rooms, handles, addresses with and without names."""
    people = read_people(text)
    assert [entry.token for entry in people] == found
    assert people.problems == ()


def test_a_table_has_a_header_and_perhaps_tracks() -> None:
    """Excel's byte-order mark, line ends, quotes and semicolons are all fine; rows count from the header."""
    text = '\ufeffName;Courriel;Parcours\r\n"Doe; Jane";Jane@example.org;leaders\r\n\r\nBen;"ben@example.org";\r\n'
    assert list(read_people(text)) == [Entry(2, "jane@example.org", "leaders"), Entry(4, "ben@example.org", None)]


def test_a_single_column_is_a_table_too() -> None:
    """A column copied out of a spreadsheet."""
    assert list(read_people("E-mail\nann@example.org\nben@example.org")) == [
        Entry(2, "ann@example.org"),
        Entry(3, "ben@example.org"),
    ]


def test_one_row_of_a_table_is_one_person() -> None:
    """With an address and a user name, the address counts; a user name alone is kept as it is."""
    text = "user,email,track\nann,ann@example.org,x\nben,,\n<@U12>,,y\n"
    assert [(entry.token, entry.track) for entry in read_people(text)] == [
        ("ann@example.org", "x"),
        ("ben", None),
        ("<@U12>", "y"),
    ]


def test_a_bad_row_does_not_stop_the_others() -> None:
    """Each has its number and its reason."""
    people = read_people('email,track\nann@example.org,x\nnot an address,x\n,x\n"ben@example.org,x\ncleo@example.org,x')
    assert [entry.row for entry in people] == [2, 5, 6]
    assert [problem.row for problem in people.problems] == [3, 4]
    people = read_people("@ann\nsomebody\n@ben, nobody\n<!channel>\n@here")
    assert [entry.token for entry in people] == ["@ann", "@ben"]
    assert [(problem.row, problem.reason.values["word"].strip()) for problem in people.problems] == [
        (2, "somebody"),
        (3, "nobody"),
        (4, "!channel"),
        (5, "@here"),
    ]


def test_who_is_listed_twice_is_enrolled_once() -> None:
    """The repetition is noted; a track that was said once counts, two different ones are pointed out."""
    people = read_people("email,track\nann@example.org,\nANN@example.org,leaders\nann@example.org,managers")
    assert list(people) == [Entry(2, "ann@example.org", "leaders")]
    assert people.repeated == ((3, 2), (4, 2))
    assert [problem.row for problem in people.problems] == [4]


def test_words_that_name_people_are_told_from_names_of_cohorts() -> None:
    """So that a cohort's name may have spaces."""
    assert all(map(looks_like_people, ["@ann", "<@U1>", "#room", "a@b.ca", "a@b.ca,c@d.ca"]))
    assert not any(map(looks_like_people, ["spring", "2026", "S1"]))
    assert is_header("email,track")
    assert not is_header("spring")


EMAILS = st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.org", fullmatch=True)


@given(st.lists(EMAILS, unique=True), st.sampled_from([",", ";", " ", "\n", "\r\n", ", ", " ; "]))
def test_any_separator_will_do(emails: list[str], separator: str) -> None:
    """One per line or all in one."""
    people = read_people(separator.join(emails))
    assert [entry.token for entry in people] == emails
    assert people.problems == ()


@given(st.text() | st.text(st.sampled_from('@<>#!|,;"\n\t email.U1é')))
def test_any_text_is_read_without_trouble(text: str) -> None:
    """Rows are within the text, nobody is there twice."""
    people = read_people(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(1 <= entry.row <= lines for entry in [*people, *people.problems])
    assert len({entry.token.casefold() for entry in people}) == len(people)
    read_people(f"email,track\n{text}")


def test_ten_thousand_rows_and_an_endless_word_are_read_quickly() -> None:
    """Reading is linear."""
    assert len(read_people("email\n" + "\n".join(f"p{n}@example.org" for n in range(10_000)))) == 10_000
    for hostile in ("a" * 100_000, "@" * 100_000, "a." * 50_000, "<" * 100_000, "a@" * 50_000, "#." * 50_000):
        assert tokens(hostile) is not None
