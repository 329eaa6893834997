"""Which addresses may be called with the bot's token. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

TRUSTED = frozenset(
    (
        "smba.trafficmanager.net",
        "smba.infra.gcc.teams.microsoft.com",
        "smba.infra.gov.teams.microsoft.us",
    )
)
TRUSTED_ENDS = (".botframework.com", ".teams.microsoft.com", ".teams.microsoft.us")
"""Microsoft's own hosts, as the outbound validator of the Microsoft 365 Agents SDK lists them."""

LOOPBACK = frozenset(("localhost", "127.0.0.1", "[::1]"))

# The whole address, so that nothing is left for two parsers to read differently: no user, query, escape or backslash.
_ADDRESS = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:]+\])(?::([0-9]{1,5}))?(?:/[\w.~/-]*)?", re.ASCII)


class Hosts:
    """An allow-list of service addresses.

    `extra` are further hosts: `host` (every port) or `host:port`. Only https is allowed, except for loopback
    addresses that are named in `extra`, and for all of them with `local`.
    """

    def __init__(self, extra: Sequence[str] = (), local: bool = False) -> None:
        self._extra = frozenset(each.strip().lower() for each in extra if each.strip())
        self._local = local

    def allows(self, url: str) -> bool:
        """Whether `url` may be called with a token."""
        found = _ADDRESS.fullmatch(url.lower()) if url.isascii() else None
        if found is None:
            return False
        scheme, host, port = found.groups()
        loopback = host in LOOPBACK
        named = host in self._extra or f"{host}:{port or _port_of(scheme)}" in self._extra
        if named or (loopback and self._local):
            return scheme == "https" or loopback
        return scheme == "https" and port in (None, "443") and (host in TRUSTED or host.endswith(TRUSTED_ENDS))


def _port_of(scheme: str) -> str:
    return "443" if scheme == "https" else "80"
