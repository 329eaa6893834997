"""Which pictures Teams can load. One that it cannot is shown broken, so it is said in words instead. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from adapters.teams.limits import URL

# "Format your bot messages": PNG, JPEG or GIF.
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif)$", re.IGNORECASE)
_INSIDE = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".corp")


@dataclass(frozen=True, slots=True)
class Looks:
    """What may be shown natively. `public`: pictures of this app can be loaded by Teams, because PUBLIC_URL is an https
    address of the public net."""

    public: bool = False

    def shows(self, url: str) -> bool:
        """Whether `url` may be the address of a picture."""
        return self.public and is_public(url) and _PICTURE.search(urlsplit(url).path) is not None


@lru_cache(maxsize=1_024)
def is_public(url: str) -> bool:
    """Whether Teams' own servers can be expected to reach an address: https, a name of the public net."""
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
