"""The calls that need no installation, or find out about one: codes and refresh tokens into tokens, and who a token is.

None of them posts anything, so trying again is safe; `steadily` does, with growing waits.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

SLACK_API = "https://slack.com/api/"
PATIENCE = 10.0
"""Seconds that one call may take."""
WAITS = (0.5, 1.5)
"""Seconds between the tries of a call that found nobody."""

PASSING = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "service_unavailable",
        "request_timeout",
        "fatal_error",
        "internal_error",
        "team_added_to_org",
    }
)
"""Slack's words for trouble that ends by itself."""

# The SDK writes tokens and bodies at DEBUG, and formats them even when nobody listens, unless a level is set.
_QUIET = logging.getLogger("chatcourse.slack.sdk")
_QUIET.setLevel(logging.WARNING)

Answer = TypeVar("Answer")


class NoAnswer(Exception):
    """Slack could not be asked now; later it may work. `code` says in a word why."""

    def __init__(self, code: str, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


class Refusal(Exception):
    """Slack said no, and would again. `code` is its word for it; `needed` names a scope where one is missing."""

    def __init__(self, code: str, needed: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.needed = needed


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is, as auth.test and its headers tell. `workspace` is the organisation for an org-wide token."""

    workspace: str
    name: str
    bot_user: str
    bot_id: str
    domain: str
    org_wide: bool
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Granted:
    """What oauth.v2.access gives. `expires_in` counts seconds; None for tokens that last."""

    workspace: str
    name: str
    token: str
    bot_user: str
    app_id: str
    scopes: frozenset[str]
    org_wide: bool
    person: str
    refresh_token: str
    expires_in: float | None


def quiet_client(session: aiohttp.ClientSession, api_url: str = SLACK_API, token: str | None = None) -> AsyncWebClient:
    """A client that tries once, shares the session, and keeps tokens out of the log."""
    base = api_url if api_url.endswith("/") else f"{api_url}/"
    return AsyncWebClient(token=token, base_url=base, session=session, retry_handlers=[], logger=_QUIET)


async def asked(call: Callable[[], Awaitable[AsyncSlackResponse]], patience: float = PATIENCE) -> AsyncSlackResponse:
    """One call. Raises Refusal when Slack says no for good, NoAnswer when nobody knows yet."""
    try:
        async with asyncio.timeout(patience):
            return await call()
    except SlackApiError as error:
        raise _judged(error) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise NoAnswer(type(error).__name__) from None


def _judged(error: SlackApiError) -> NoAnswer | Refusal:
    response: Any = error.response
    data: Mapping[str, Any] = response.data if isinstance(response.data, Mapping) else {}
    code = str(data.get("error", ""))
    if code and code not in PASSING and response.status_code < 500:
        return Refusal(code, str(data.get("needed", "")))
    wait = _header(response.headers, "Retry-After")
    return NoAnswer(code or f"http_{response.status_code}", float(wait) if wait.isdecimal() else None)


async def steadily(call: Callable[[], Awaitable[Answer]], waits: Sequence[float] = WAITS) -> Answer:
    """`call`, again after each wait as long as it raises NoAnswer; not when Slack asked for a longer one."""
    for wait in waits:
        try:
            return await call()
        except NoAnswer as failure:
            if (failure.retry_after or 0) > wait:
                raise
            await asyncio.sleep(wait)
    return await call()


async def identity_of(client: AsyncWebClient) -> Identity:
    """auth.test: whose token the client holds."""
    answer = await asked(client.auth_test)
    org_wide = bool(answer.get("is_enterprise_install"))
    return Identity(
        workspace=str((answer.get("enterprise_id") if org_wide else answer.get("team_id")) or ""),
        name=str(answer.get("team") or ""),
        bot_user=str(answer.get("user_id") or ""),
        bot_id=str(answer.get("bot_id") or ""),
        domain=(urlsplit(str(answer.get("url") or "")).hostname or "").partition(".")[0],
        org_wide=org_wide,
        scopes=scopes_in(_header(answer.headers, "X-OAuth-Scopes")),
    )


def _header(headers: Mapping[str, Any], name: str) -> str:
    """A header, however it is spelled; the SDK hands them over as a plain dictionary."""
    return next((str(value) for key, value in headers.items() if key.lower() == name.lower()), "")


def scopes_in(text: str) -> frozenset[str]:
    """`a:b,c:d` as a set."""
    return frozenset(filter(None, (part.strip() for part in text.split(","))))


class Exchange:
    """oauth.v2.access for one app."""

    def __init__(
        self, client_id: str, client_secret: str, session: aiohttp.ClientSession, api_url: str = SLACK_API
    ) -> None:
        self._client = quiet_client(session, api_url)
        # By hand: the SDK's own way uses a helper that aiohttp has deprecated.
        basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._headers = {"Authorization": f"Basic {basic}"}

    async def code(self, code: str, redirect_uri: str) -> Granted:
        """A code from the redirect into tokens; it can be used once, so this is tried once.
        Raises Refusal, NoAnswer."""
        return _granted(await self._access({"code": code, "redirect_uri": redirect_uri}))

    async def refresh(self, refresh_token: str) -> Granted:
        """A refresh token into new tokens; the old one ends soon after. Raises Refusal, NoAnswer."""
        return _granted(await self._access({"grant_type": "refresh_token", "refresh_token": refresh_token}))

    async def _access(self, form: dict[str, str]) -> AsyncSlackResponse:
        return await asked(lambda: self._client.api_call("oauth.v2.access", data=form, headers=self._headers))


def _granted(answer: AsyncSlackResponse) -> Granted:
    team: Mapping[str, Any] = answer.get("team") or {}
    enterprise: Mapping[str, Any] = answer.get("enterprise") or {}
    org_wide = bool(answer.get("is_enterprise_install"))
    place = enterprise if org_wide else team
    expires_in = answer.get("expires_in")
    if not answer.get("access_token") or not place.get("id"):
        raise Refusal("no_bot_token")
    person: Mapping[str, Any] = answer.get("authed_user") or {}
    return Granted(
        workspace=str(place["id"]),
        name=str(place.get("name") or ""),
        token=str(answer["access_token"]),
        bot_user=str(answer.get("bot_user_id") or ""),
        app_id=str(answer.get("app_id") or ""),
        scopes=scopes_in(str(answer.get("scope") or "")),
        org_wide=org_wide,
        person=str(person.get("id") or ""),
        refresh_token=str(answer.get("refresh_token") or ""),
        expires_in=None if expires_in is None else float(expires_in),
    )
