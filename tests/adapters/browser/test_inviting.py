"""Accounts for people who come with a personal link."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.browser.access import Access
from adapters.browser.inviting import (
    CannotInvite,
    Wanted,
    account_of,
    accounts_in,
    asked_for,
    handle_of,
    invite,
    links_json,
    links_text,
    notes,
)
from bot.model.people import Address
from tests.adapters.browser.server import open_chat

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
ANN = account_of("ann@example.org", "Ann Lee", "en", "America/Toronto")
ADMIN = Address("browser", "w1", "ann")


def access() -> Access:
    return Access("links", workspace="w1", public_url="https://course.example", secrets=["k" * 40], clock=lambda: NOW)


# --- reading --------------------------------------------------------------------------------------------------


def test_rows_that_cannot_be_read_stand_in_nobodys_way() -> None:
    """Each refused row is named by its line in the file, with its reason; the others are accounts."""
    wanted = accounts_in(
        "\ufeffemail,name,language,zone\n"
        "ann@example.org,Ann,en,America/Toronto\n"
        "bad,Bo,,\n\n"
        "zoe@example.org,Zoé,es,\n"
        '"uma@example.org,Uma\n'
        "li@example.org,,,\n"
        "kim@example.org,Kim,,Mars/Olympus\n"
        "ines@example.org,Inès,FR,\n"
    )
    assert [(account.email, account.name, account.language) for account in wanted.accounts] == [
        ("ann@example.org", "Ann", "en"),
        ("ines@example.org", "Inès", "fr"),
    ]
    assert [each.row for each in wanted.refused] == [3, 5, 6, 7, 8]
    assert "is not a language; write en or fr" in wanted.refused[1].what


def test_columns_may_stand_in_any_order_and_be_parted_as_spreadsheets_do() -> None:
    """In much of the world a CSV file has semicolons."""
    wanted = accounts_in("Name;Team;E-mail;Email\nAnn;A;x;ann@example.org\n")
    assert [(account.email, account.name) for account in wanted.accounts] == [("ann@example.org", "Ann")]


@pytest.mark.parametrize("text", ["", "ann@example.org,Ann\n", "mail,who\n"])
def test_a_table_without_its_header_is_refused_with_what_to_write(text: str) -> None:
    """Otherwise the first person would be taken for one, or lost."""
    with pytest.raises(CannotInvite, match="email,name,language,zone"):
        accounts_in(text)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("", "", "", "", None), "Who\\?"),
        (("ann", "Ann", "", "", None), "“ann” is not an e-mail address"),
        (("ann@example.org", "", "", "", None), "has no name"),
        (("ann@example.org", "Ann", "", "", Path("x.csv")), "one person or a file"),
        (("", "", "", "", Path("nowhere.csv")), "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_an_example(
    arguments: tuple[str, str, str, str, Path | None], says: str
) -> None:
    """In a sentence, not in a traceback."""
    with pytest.raises(CannotInvite, match=says):
        asked_for(*arguments)


@pytest.mark.parametrize(
    ("email", "handle"),
    [
        ("ann.lee@example.org", "ann.lee"),
        ("émile_côté@example.org", "emile-cote"),
        ("李@example.org", "guest"),
        ("..@example.org", "guest"),
    ],
)
def test_a_handle_is_plain(email: str, handle: str) -> None:
    """Whatever the address holds, the handle can be typed."""
    assert handle_of(email) == handle


# --- inviting -------------------------------------------------------------------------------------------------


async def test_inviting_twice_is_inviting_once(database_url: str) -> None:
    """The second time the same account is found; two people with one handle get two."""
    async with open_chat(database_url) as log:
        other = account_of("ann@example.com", "Ann Other")
        first = await invite(log, access(), Wanted([ANN, other, ANN]), NOW)
        again = await invite(log, access(), Wanted([account_of("ANN@example.org", "Ann")]), NOW)
        assert [(each.address.ref, each.new) for each in first.invited] == [
            ("ann", True),
            ("ann2", True),
            ("ann", False),
        ]
        assert [(each.account.ref, each.account.name, each.new) for each in again.invited] == [
            ("ann", "Ann Lee", False)
        ]
        people = await log.people("w1")
        assert [(person.ref, person.email, person.zone) for person in people] == [
            ("ann", "ann@example.org", "America/Toronto"),
            ("ann2", "ann@example.com", None),
        ]


async def test_a_link_is_somebodys_and_nobody_elses(sqlite_url: str) -> None:
    """Each person's own."""
    async with open_chat(sqlite_url) as log:
        answer = await invite(log, access(), Wanted([ANN, account_of("bo@example.org", "Bo")]), NOW)
        for each in answer.invited:
            assert each.link.startswith("https://course.example/chat/enter?t=")
            assert access().owner(each.link.partition("?t=")[2]) == each.account.ref


async def test_a_new_link_can_be_had_by_handle(sqlite_url: str) -> None:
    """For admins, whose accounts are there from the start; whoever is not there cannot be named."""
    async with open_chat(sqlite_url) as log:
        await log.add_person("w1", "robin", name="robin", now=NOW)
        answer = await invite(log, access(), asked_for("@robin", "", "", "", None), NOW)
        assert [(each.account.ref, each.new) for each in answer.invited] == [("robin", False)]
        with pytest.raises(CannotInvite, match="@nobody"):
            await invite(log, access(), Wanted(handles=["nobody"]), NOW)


async def test_nobody_becomes_an_admin_by_the_accident_of_a_name(sqlite_url: str) -> None:
    """The handle of an admin is given only to whom it is meant for."""
    async with open_chat(sqlite_url) as log:
        by_accident = await invite(log, access(), Wanted([ANN]), NOW, reserved=[ADMIN])
        assert by_accident.invited[0].account.ref == "ann2"
        meant = await invite(log, access(), Wanted([account_of("ann@example.com", "Ann")]), NOW)
        assert meant.invited[0].address == ADMIN


# --- telling --------------------------------------------------------------------------------------------------


async def test_a_table_of_links_opens_in_a_spreadsheet_and_computes_nothing(sqlite_url: str) -> None:
    """Names are other people's words."""
    async with open_chat(sqlite_url) as log:
        formula = account_of("eve@example.org", '=HYPERLINK("x")')
        answer = await invite(log, access(), Wanted([ANN, formula]), NOW)
        rows = list(csv.DictReader(io.StringIO(links_text(answer, table=True))))
        assert [row["handle"] for row in rows] == ["ann", "eve"]
        assert rows[0]["link"] == answer.invited[0].link
        assert rows[1]["name"].startswith("'=")
        said = json.loads(links_json(answer))
        assert [each["address"] for each in said["invited"]] == ["browser:w1:ann", "browser:w1:eve"]


async def test_an_admin_is_told_what_to_add_and_no_note_holds_a_link(sqlite_url: str) -> None:
    """Notes go to standard error, which may end up in a log."""
    async with open_chat(sqlite_url) as log:
        answer = await invite(log, access(), Wanted([ANN]), NOW)
        assert any("add browser:w1:ann to ADMINS" in note for note in notes(answer, [], given_url=True))
        assert "browser:w1:ann is an admin already." in notes(answer, [ADMIN], given_url=True)
        assert any("PUBLIC_URL" in note for note in notes(answer, None, given_url=False))
        assert not [note for note in notes(answer, [], given_url=False) if "enter?t=" in note]
        assert answer.invited[0].link in links_text(answer, table=False)
