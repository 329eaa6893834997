"""Accounts for people who come with a personal link."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.browser.inviting import account_of, accounts_in, handle_of, invite
from adapters.browser.platform import BrowserPlatform
from tests.adapters.browser.server import open_chat

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_rows_that_cannot_be_read_stand_in_nobodys_way() -> None:
    """Each refused row is named with its reason; the others are accounts."""
    text = "\ufeffemail,name,language,zone\nann@example.org,Ann,en,America/Toronto\nbad,Bo,,\nzoe@example.org,Zoé,es,\n"
    accounts, refused = accounts_in(text)
    assert [(account.email, account.name) for account in accounts] == [("ann@example.org", "Ann")]
    assert [(each.row, each.what.partition("”")[0]) for each in refused] == [(2, "“bad"), (3, "“es")]


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


async def test_inviting_twice_is_inviting_once(sqlite_url: str) -> None:
    """The second time the same account is found; two people with one handle get two."""
    async with open_chat(sqlite_url) as log:
        platform = BrowserPlatform(log, lambda: NOW)
        ann, other = account_of("ann@example.org", "Ann"), account_of("ann@example.com", "Ann Other")
        first = await invite(platform, "w1", [ann, other])
        again = await invite(platform, "w1", [ann])
        assert [(each.address.ref, each.new) for each in first] == [("ann", True), ("ann2", True)]
        assert [(each.address.ref, each.new) for each in again] == [("ann", False)]
        found = await platform.find_people("w1", ["ann@example.com"])
        assert [hit.address and hit.address.ref for hit in found] == ["ann2"]
