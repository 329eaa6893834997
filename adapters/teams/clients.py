"""The session that all calls of Teams and Microsoft share."""

from __future__ import annotations

import aiohttp

TOTAL_SECONDS = 15.0
"""Shorter than the engine's own patience with a call, so that what went wrong is known more exactly."""

CONNECT_SECONDS = 5.0
CONNECTIONS = 100
"""At most so many at once to one host: Teams takes 50 calls per second of an app in a tenant, each within a second."""


def new_session() -> aiohttp.ClientSession:
    """A session with time-outs, a bounded number of connections and no memory for cookies. Whoever asks closes it.

    The bound is per host, so that a token or key never waits behind messages.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, limit_per_host=CONNECTIONS),
        timeout=timeouts(TOTAL_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


def timeouts(seconds: float) -> aiohttp.ClientTimeout:
    """`seconds` for a whole call. Waiting for a connection ends earlier, so that it is known that nothing was sent."""
    return aiohttp.ClientTimeout(
        total=seconds, connect=min(2 * CONNECT_SECONDS, seconds * 0.8), sock_connect=min(CONNECT_SECONDS, seconds * 0.6)
    )
