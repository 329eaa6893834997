"""Which addresses Slack can fetch: a message with a picture that Slack cannot load is refused as a whole. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from adapters.slack.limits import URL

_PICTURE = re.compile(r"\.(?:png|jpe?g|gif)$", re.IGNORECASE)
_INSIDE = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".corp")


@dataclass(frozen=True, slots=True)
class Looks:
    """What may be shown natively. `video_hosts`: hosts of the app's unfurl domains whose films may be embedded (needs
    the scope links.embed:write); `pictures` off says pictures in words, for when Slack could not load one; `files`:
    whether files may be asked for (scope files:read)."""

    video_hosts: Collection[str] = ()
    pictures: bool = True
    files: bool = False

    def shows(self, url: str) -> bool:
        """Whether `url` may be the address of a picture: public, https, a format that Slack knows."""
        return self.pictures and is_public(url) and _PICTURE.search(urlsplit(url).path) is not None

    def plays(self, url: str) -> bool:
        """Whether the film at `url` may be embedded."""
        return is_public(url) and (urlsplit(url).hostname or "") in self.video_hosts


@lru_cache(maxsize=1_024)
def is_public(url: str) -> bool:
    """Whether Slack's own servers can be expected to reach an address: https, a name of the public net."""
    if len(url) > URL or re.fullmatch(r"https://[^\s<>|\"\\]+", url) is None:
        return False
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_INSIDE)
