"""Who gets in, and who does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from adapters.browser.access import COOKIE, Access
from bot.model.people import Address

BEN = Address("browser", "demo", "ben")


def links(*secrets: str, workspace: str = "demo", public_url: str = "https://chat.example.org") -> Access:
    return Access("links", workspace=workspace, public_url=public_url, secrets=secrets)


def token_of(link: str) -> str:
    return link.partition("?t=")[2]


def test_a_personal_link_is_its_owner() -> None:
    """The token in it names one person."""
    access = links("one")
    assert access.link(BEN).startswith("https://chat.example.org/chat/enter?t=")
    assert access.owner(token_of(access.link(BEN))) == "ben"


def test_old_secrets_still_open_and_strange_ones_do_not() -> None:
    """Secrets can be changed without locking people out: the newest signs, the others are accepted."""
    token = token_of(links("old").link(BEN))
    assert links("old", "new").owner(token) == "ben"
    assert links("new").owner(token) is None
    assert links("old", workspace="other").owner(token) is None
    assert links("old").owner(token[:-2] + "xx") is None
    assert links("old").owner("") is None


def test_a_link_grows_old() -> None:
    """After thirty days one asks for a new one."""
    start = datetime(2026, 12, 1, tzinfo=UTC)

    def after(days: int) -> Access:
        moment = start + timedelta(days=days)
        return Access("links", workspace="demo", public_url="", secrets=("one",), clock=lambda: moment)

    token = token_of(after(0).link(BEN))
    assert after(29).owner(token) == "ben"
    assert after(31).owner(token) is None


def test_a_link_is_no_session_and_a_session_is_no_link() -> None:
    """Each purpose has its own salt."""
    access = links("one")
    response = web.Response()
    access.sign_in(response, "ben")
    cookie = response.cookies[COOKIE]
    assert access.owner(cookie.value) is None
    request = make_mocked_request("GET", "/chat/", headers={"Cookie": f"{COOKIE}={token_of(access.link(BEN))}"})
    with pytest.raises(web.HTTPUnauthorized):
        access.ref(request)
    request = make_mocked_request("GET", "/chat/?as=sam", headers={"Cookie": f"{COOKIE}={cookie.value}"})
    assert access.ref(request) == "ben"
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")


def test_links_need_a_secret() -> None:
    """Without one, anybody could make links."""
    with pytest.raises(ValueError, match="secret"):
        links()


@pytest.mark.parametrize("host", ["localhost:3978", "127.0.0.1", "[::1]:3978", "chat.localhost"])
def test_open_answers_this_machine(host: str) -> None:
    """In the demo one may be anybody."""
    access = Access("open", workspace="demo", public_url="http://localhost:3978")
    assert access.ref(make_mocked_request("GET", "/chat/?as=ben", headers={"Host": host})) == "ben"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.4:3978"])
def test_open_answers_no_other_name(host: str) -> None:
    """A page elsewhere cannot point its own name at this machine and read the chat."""
    access = Access("open", workspace="demo", public_url="http://localhost:3978")
    with pytest.raises(web.HTTPForbidden):
        access.ref(make_mocked_request("GET", "/chat/?as=ben", headers={"Host": host}))
