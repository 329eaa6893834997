"""A browser that goes through the install pages of the app and of Slack, with cookies and redirects."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from .people import Person


async def installs(
    authorize_url: str, person: Person, install_url: str, *, allow: bool = True, organisation: bool = False
) -> tuple[int, str]:
    """A person goes through the app's install page and Slack's; returns what the app's last page says."""
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=[URL(install_url).origin()])
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        async with browser.get(install_url, allow_redirects=False) as page:
            target = page.headers.get("Location") or _link_to(await page.text(), authorize_url)
        async with browser.get(urljoin(install_url, target)) as page:
            if page.status != 200:
                return page.status, await page.text()
        form = {"decision": "allow" if allow else "cancel", "as": person.id}
        form |= {"where": "organisation"} if organisation else {"team": person.workspace.id}
        async with browser.post(target, data=form) as page:
            return page.status, await page.text()


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name == "href" and value]


def _link_to(page: str, beginning: str) -> str:
    parser = _Links()
    parser.feed(page)
    found = [each for each in parser.found if each.startswith(beginning)]
    if not found:
        raise AssertionError(f"the install page has no link to {beginning}")
    return found[0]
