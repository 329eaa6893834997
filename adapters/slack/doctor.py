"""Slack, looked at by `doctor`: is everything set, does Slack take it, and what to click where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import aiohttp

from adapters.slack.exchange import Identity, NoAnswer, Refusal, asked, identity_of, quiet_client
from adapters.slack.installations import Installation
from adapters.slack.manifest import OPTIONAL_SCOPES, SCOPES, is_public, needed_scopes, wanted_scopes
from adapters.slack.rotation import ends_within
from bot.model.findings import Finding

ABOUT = "slack"
SOON = timedelta(hours=1)
"""A token with less left should have been renewed long ago."""
MOST = 50
"""Workspaces whose tokens are tried; asking about hundreds would take minutes."""

REINSTALL = "At api.slack.com/apps choose the app → OAuth & Permissions"
_CLIENT_ID = re.compile(r"\d+\.\d+")
_SECRET = re.compile(r"[0-9a-f]{32}")


class SlackSettings(Protocol):
    """What is set. Empty text (or no secret) where it is not."""

    @property
    def signing_secrets(self) -> Sequence[str]: ...
    @property
    def bot_token(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def client_secret(self) -> str: ...
    @property
    def app_token(self) -> str: ...
    @property
    def api_url(self) -> str: ...
    @property
    def public_url(self) -> str: ...


async def slack_findings(
    settings: SlackSettings,
    session: aiohttp.ClientSession,
    *,
    stored: Sequence[Installation] = (),
    now: datetime,
) -> list[Finding]:
    """Everything that can be known without posting anything. `stored` are the installations made through OAuth."""
    findings = [*_signing(settings), *_address(settings)]
    if settings.app_token:
        findings.append(await _socket(settings, session))
    if settings.bot_token:
        findings += await _bot_token(settings, session)
    elif not settings.client_id:
        advice = (
            "For one workspace: OAuth & Permissions → Install to Workspace, and set SLACK_BOT_TOKEN to the token that"
            " begins with xoxb-. For many: set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET."
        )
        findings.append(_problem("no token: Chatcourse is in no workspace", advice))
    if settings.client_id or settings.client_secret:
        findings += _oauth(settings)
        findings += await _stored(settings, session, stored, now)
    findings.append(_messages_tab())
    return findings


# --- what is set --------------------------------------------------------------------------------------------------


def _signing(settings: SlackSettings) -> list[Finding]:
    where = "Copy it from api.slack.com/apps → the app → Basic Information → App Credentials → Signing Secret"
    if not settings.signing_secrets:
        if settings.app_token:
            return []
        return [_problem("SLACK_SIGNING_SECRET is not set: nothing that comes in can be trusted", f"{where}.")]
    if any(not _SECRET.fullmatch(secret) for secret in settings.signing_secrets):
        said = "SLACK_SIGNING_SECRET does not look like one (32 letters a to f and digits)"
        return [_warning(said, f"{where}; the Verification Token is something else.")]
    return [_ok("the signing secret is set")]


def _address(settings: SlackSettings) -> list[Finding]:
    if settings.app_token:
        return []
    url = settings.public_url
    if not url.startswith("https://"):
        advice = (
            "Put a proxy with a certificate in front and write https:// in PUBLIC_URL, or try out with Socket Mode."
        )
        return [_problem(f"Slack sends to https addresses only, and PUBLIC_URL is {url}", advice)]
    if not is_public(url):
        advice = "Use a name that the internet knows, or Socket Mode (set SLACK_APP_TOKEN)."
        return [_problem(f"Slack cannot reach {url}: it is an address of a private network", advice)]
    return [
        _ok(
            f"Slack sends to {url}/slack/events; whether it gets there from outside only Slack can tell: at"
            " api.slack.com/apps → the app → Event Subscriptions the Request URL must say Verified (or press Retry)"
        )
    ]


def _oauth(settings: SlackSettings) -> list[Finding]:
    where = "Copy both from Basic Information → App Credentials."
    if not settings.client_id or not settings.client_secret:
        missing = "SLACK_CLIENT_SECRET" if settings.client_id else "SLACK_CLIENT_ID"
        return [_problem(f"{missing} is not set, so nobody can install the app", where)]
    found = []
    if not _CLIENT_ID.fullmatch(settings.client_id):
        found.append(_warning("SLACK_CLIENT_ID does not look like one (digits, a point, digits)", where))
    if not _SECRET.fullmatch(settings.client_secret):
        found.append(_warning("SLACK_CLIENT_SECRET does not look like one (32 letters a to f and digits)", where))
    return found or [_ok(f"workspaces install the app at {settings.public_url}/slack/install")]


def _messages_tab() -> Finding:
    """Slack tells this only when a message is posted, and doctor posts none."""
    return _ok(
        "people write to the app in its Messages tab: at App Home, Messages Tab must be on, and “Allow users to send"
        " Slash commands and messages from the messages tab” ticked (the manifest does both)"
    )


# --- what Slack says ----------------------------------------------------------------------------------------------


async def _socket(settings: SlackSettings, session: aiohttp.ClientSession) -> Finding:
    where = "Basic Information → App-Level Tokens: make one with the scope connections:write, set SLACK_APP_TOKEN."
    if not settings.app_token.startswith("xapp-"):
        return _problem("SLACK_APP_TOKEN is no app-level token (those begin with xapp-)", where)
    client = quiet_client(session, settings.api_url)
    try:
        await asked(lambda: client.apps_connections_open(app_token=settings.app_token))
    except NoAnswer as failure:
        return _no_answer(failure)
    except Refusal as failure:
        if failure.code == "forbidden_team":
            return _problem("Socket Mode is off for this app", "Settings → Socket Mode → Enable Socket Mode.")
        return _problem(f"Slack refuses SLACK_APP_TOKEN ({failure.code})", where)
    return _ok("Socket Mode works")


async def _bot_token(settings: SlackSettings, session: aiohttp.ClientSession) -> list[Finding]:
    where = f"{REINSTALL} → copy the Bot User OAuth Token into SLACK_BOT_TOKEN."
    if not settings.bot_token.startswith(("xoxb-", "xoxe.xoxb-")):
        return [_problem("SLACK_BOT_TOKEN is no bot token (those begin with xoxb-)", where)]
    client = quiet_client(session, settings.api_url, settings.bot_token)
    try:
        found = await identity_of(client)
    except NoAnswer as failure:
        return [_no_answer(failure)]
    except Refusal as failure:
        return [_problem(f"Slack refuses SLACK_BOT_TOKEN ({failure.code})", _why(failure.code) or where)]
    findings = [_ok(f"signed in to {found.name} ({found.workspace})")]
    if settings.bot_token.startswith("xoxe."):
        said = "SLACK_BOT_TOKEN ends after twelve hours, because token rotation is on for this app"
        findings.append(_problem(said, "Install through OAuth: set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET instead."))
    return findings + _scopes(found.name, found.scopes, settings.public_url)


def _scopes(name: str, granted: frozenset[str], public_url: str, again: str = "") -> list[Finding]:
    """What a token may not do that it should; nothing is said when Slack did not tell what it may do."""
    if not granted:
        return []
    needed, wanted = needed_scopes(public_url), wanted_scopes(public_url)
    missing = [scope for scope in needed if scope not in granted]
    left_out = [scope for scope in wanted if scope in OPTIONAL_SCOPES and scope not in granted]
    click = again or f"{REINSTALL} → Scopes → Bot Token Scopes: add {{scopes}}, then Reinstall to Workspace."
    findings = []
    if missing:
        said = f"{name}: the token may not {_reasons(missing)}"
        findings.append(_problem(said, click.format(scopes=", ".join(missing))))
    if left_out:
        said = f"{name}: optional, and not granted: {_reasons(left_out)}"
        findings.append(_warning(said, click.format(scopes=", ".join(left_out))))
    return findings or [_ok(f"{name}: the token may do everything that is needed")]


def _reasons(scopes: Iterable[str]) -> str:
    return "; ".join(f"{scope} ({SCOPES[scope]})" for scope in scopes)


async def _stored(
    settings: SlackSettings, session: aiohttp.ClientSession, stored: Sequence[Installation], now: datetime
) -> list[Finding]:
    page = f"{settings.public_url}/slack/install"
    if not stored:
        return [_warning("no workspace has installed the app yet", f"Open {page}.")]
    live = [installation for installation in stored if installation.open]
    gone = [installation.name for installation in stored if not installation.open]
    findings = [_warning(f"{name} is signed out", f"To bring it back, open {page}.") for name in gone]
    for installation in live[:MOST]:
        findings += await _one_stored(settings, session, installation, page, now)
    if len(live) > MOST:
        findings.append(_ok(f"{len(live) - MOST} more workspaces were not asked about"))
    return findings


async def _one_stored(
    settings: SlackSettings, session: aiohttp.ClientSession, installation: Installation, page: str, now: datetime
) -> list[Finding]:
    name, again = installation.name, f"An admin of the workspace opens {page} and installs again."
    if not installation.token:
        advice = f"Put the earlier SECRET_KEY behind the new one, with a comma. If it is lost: {again}"
        return [_problem(f"{name}: the token cannot be read, because SECRET_KEY was changed", advice)]
    found = await _asked_about(settings, session, installation)
    if isinstance(found, NoAnswer):
        return [_no_answer(found)]
    if isinstance(found, Refusal):
        return [_problem(f"{name}: Slack refuses the token ({found.code})", _why(found.code) or again)]
    findings = []
    if ends_within(installation.expires_at, now, SOON):
        why = f"; the last renewal failed ({installation.trouble})" if installation.trouble else ""
        findings.append(_problem(f"{name}: the token is about to end{why}", f"Is Chatcourse running? If so: {again}"))
    elif installation.trouble:
        said = f"{name}: the token could not be renewed ({installation.trouble}); it is tried again"
        findings.append(_warning(said, f"If this stays: {again}"))
    return findings + _scopes(name, found.scopes or installation.scopes, settings.public_url, again)


async def _asked_about(
    settings: SlackSettings, session: aiohttp.ClientSession, installation: Installation
) -> Identity | Refusal | NoAnswer:
    client = quiet_client(session, settings.api_url, installation.token)
    try:
        return await identity_of(client)
    except (Refusal, NoAnswer) as failure:
        return failure


def _why(code: str) -> str:
    """What to do about a word of Slack's that says more than that the token is wrong."""
    if code in ("account_inactive", "token_revoked"):
        return f"The app was uninstalled, or the token revoked. {REINSTALL} → Install to Workspace."
    if code == "token_expired":
        return "Token rotation is on: install through OAuth (SLACK_CLIENT_ID, SLACK_CLIENT_SECRET)."
    if code in ("team_access_not_granted", "enterprise_is_restricted", "access_denied", "org_login_required"):
        return "An admin of the organization must allow the app: Organization settings → Integrations → Installed apps."
    return ""


def _no_answer(failure: NoAnswer) -> Finding:
    advice = "Check that this machine may open https://slack.com (a proxy is named by HTTPS_PROXY), then try again."
    return _warning(f"Slack does not answer ({failure.code})", advice)


def _ok(said: str) -> Finding:
    return Finding(ABOUT, "ok", said)


def _warning(said: str, fix: str) -> Finding:
    return Finding(ABOUT, "warning", said, fix)


def _problem(said: str, fix: str) -> Finding:
    return Finding(ABOUT, "problem", said, fix)
