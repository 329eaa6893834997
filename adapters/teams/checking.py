"""Whether a request comes from Teams.

Source: "Authentication with the Bot Connector API", "Connector to Bot"; the newer "Incoming request authentication" of
the Teams documentation. Tokens of the Emulator are not accepted: among them are those that the app itself is given for
its outgoing calls.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt
import structlog
from jwt.algorithms import RSAAlgorithm

from adapters.teams.clients import timeouts
from adapters.teams.hosts import Hosts
from bot.ports import Clock

Json = dict[str, Any]

OPENID_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"
ISSUERS = frozenset(("https://api.botframework.com", "https://api.botframework.us"))
"""The public clouds and the one of the US government; which of them can sign is decided by where keys come from."""

CHANNELS = frozenset(("msteams",))
ALGORITHM = "RS256"
SKEW = 300.0
"""Seconds that clocks may differ."""

KEYS_SECONDS = 24 * 3600.0
"""How long keys are used without looking again."""

UNKNOWN_SECONDS = 30.0
"""An unknown key is looked for no more often than this: anybody can send one."""

AGAIN_SECONDS = 60.0
"""After keys could not be had and old ones are there."""

FETCH_SECONDS = 5.0

_JWT = jwt.PyJWT()
# Time and issuer are looked at here: by our own clock, and against two issuers.
_OPTIONS: Any = {
    "require": ["exp", "iss", "aud"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_iss": False,
}

log = structlog.get_logger("chatcourse.teams")


class Refused(Exception):
    """A request that is not answered with more than a `status`: 401 when nobody knows who sent it, 403 when that is
    known and not allowed, 503 when it cannot be known for now. `why` is for the log and holds nothing of the request.
    """

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


@dataclass(frozen=True, slots=True)
class _Key:
    public: Any
    channels: frozenset[str]


class Keys:
    """The issuer's public keys, fetched when needed, by one request however many wait for it."""

    def __init__(self, session: aiohttp.ClientSession, openid_url: str, now: Callable[[], float]) -> None:
        self._session, self._url, self._now = session, openid_url or OPENID_URL, now
        self._keys: Mapping[str, _Key] = {}
        self._good_until = self._next_unknown = self._next_try = -1.0e9
        self._fetching: asyncio.Task[None] | None = None

    async def of(self, kid: str) -> _Key | None:
        """The key of that name; None when the issuer has none. Raises Refused (503) when there are no keys at all.

        Keys that are too old stay in use while the issuer does not answer.
        """
        now = self._now()
        if self._fetching is not None:
            if kid not in self._keys:
                await asyncio.shield(self._fetching)
        elif now >= self._good_until and (now >= self._next_try or not self._keys):
            await self._fetched()
        elif kid not in self._keys and now >= self._next_unknown:
            self._next_unknown = now + UNKNOWN_SECONDS
            await self._fetched()
        if not self._keys:
            raise Refused(503, "no keys")
        return self._keys.get(kid)

    async def _fetched(self) -> None:
        self._fetching = asyncio.create_task(self._fetch(), name="teams keys")
        self._fetching.add_done_callback(self._done)
        await asyncio.shield(self._fetching)

    def _done(self, _: asyncio.Task[None]) -> None:
        self._fetching = None

    async def _fetch(self) -> None:
        """Never raises: what is known is kept."""
        try:
            place = str((await self._json(self._url))["jwks_uri"])
            if self._url.startswith("https:") and not place.startswith("https:"):
                raise ValueError("keys over http")
            keys = dict(_read(await self._json(place)))
            if not keys:
                raise ValueError("no keys")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, LookupError, TypeError) as error:
            self._next_try = self._now() + AGAIN_SECONDS
            log.warning("teams_keys_missing", error=type(error).__name__, kept=len(self._keys))
            return
        self._keys, self._good_until = keys, self._now() + KEYS_SECONDS

    async def _json(self, url: str) -> Json:
        async with self._session.get(url, timeout=timeouts(FETCH_SECONDS), allow_redirects=False) as answer:
            answer.raise_for_status()
            data = json.loads(await answer.read())
        if not isinstance(data, dict):
            raise TypeError("not an object")
        return data


class InboundCheck:
    """The check of everything that Teams posts.

    `tenants` are those that may use the app (None: all). `clock` is for the tokens' times, `now` counts seconds for
    the age of keys. Without an `app_id` (local mode) nothing is checked.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        openid_url: str,
        app_id: str,
        tenants: frozenset[str] | None,
        hosts: Hosts,
        *,
        clock: Clock,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app_id, self._hosts, self._clock = app_id, hosts, clock
        self._tenants = None if tenants is None else frozenset(each.lower() for each in tenants)
        self._keys = Keys(session, openid_url, now)

    async def check(self, authorization: str, activity: Json) -> None:
        """Raises Refused unless this header proves that Teams sent this activity for this app and a known tenant."""
        if not self._app_id:
            return
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise Refused(401, "no token")
        key = await self._keys.of(_kid(token))
        if key is None:
            raise Refused(401, "unknown key")
        claims = self._claims(token, key)
        channel, service_url = activity.get("channelId"), activity.get("serviceUrl")
        if not isinstance(channel, str) or channel not in CHANNELS or channel not in key.channels:
            raise Refused(401, "channel")
        if not isinstance(service_url, str) or service_url != claims.get("serviceurl"):
            raise Refused(401, "service url")
        if not self._hosts.allows(service_url):
            raise Refused(403, "service host")
        if self._tenants is not None and tenant_of(activity) not in self._tenants:
            raise Refused(403, "tenant")

    def _claims(self, token: str, key: _Key) -> Json:
        try:
            claims = _JWT.decode(token, key.public, algorithms=[ALGORITHM], audience=self._app_id, options=_OPTIONS)
        except jwt.InvalidAudienceError as error:
            raise Refused(401, "audience") from error
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Refused(401, "token") from error
        if not _one_of(claims.get("iss"), ISSUERS):
            raise Refused(401, "issuer")
        if not _is_current(claims, self._clock().timestamp()):
            raise Refused(401, "time")
        return claims


def tenant_of(activity: Json) -> str:
    """The tenant an activity comes from, in lower case; empty when it names none. The typed model loses it."""
    data = activity.get("channelData")
    tenant = data.get("tenant") if isinstance(data, dict) else None
    found = tenant.get("id") if isinstance(tenant, dict) else None
    return found.lower() if isinstance(found, str) else ""


def _kid(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise Refused(401, "token") from error
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(kid, str):
        raise Refused(401, "algorithm")
    return kid


def _read(document: Json) -> list[tuple[str, _Key]]:
    """The keys of a JWKS document that can be used; others (of other kinds, or broken) are left out."""
    found = []
    for each in document["keys"]:
        if not isinstance(each, dict) or each.get("kty") != "RSA" or not isinstance(each.get("kid"), str):
            continue
        channels = each.get("endorsements")
        endorsed = frozenset(name for name in channels if isinstance(name, str)) if isinstance(channels, list) else ()
        try:
            found.append((each["kid"], _Key(RSAAlgorithm.from_jwk(each), frozenset(endorsed))))
        except (jwt.PyJWTError, ValueError, TypeError):
            log.warning("teams_key_unreadable")
    return found


def _one_of(value: object, allowed: Collection[str]) -> bool:
    return isinstance(value, str) and value in allowed


def _is_current(claims: Json, unix: float) -> bool:
    begins, ends = claims.get("nbf", 0), claims.get("exp")
    if not isinstance(begins, int | float) or not isinstance(ends, int | float):
        return False
    return begins - SKEW <= unix < ends + SKEW
