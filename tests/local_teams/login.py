"""Microsoft's sign-in as far as a bot needs it: client credentials for outgoing calls, and the issuer whose keys sign
incoming activities (facts: Bot Framework "Authentication with the Bot Connector API")."""

from __future__ import annotations

import functools
import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from .state import Directory, State, Token

ISSUER = "https://api.botframework.com"
SCOPES: dict[str, Literal["connector", "graph"]] = {
    "https://api.botframework.com/.default": "connector",
    "https://graph.microsoft.com/.default": "graph",
}


@functools.cache
def key_number(number: int) -> rsa.RSAPrivateKey:
    """Making keys takes a moment, so every local Teams of a process has the same ones."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Login:
    """`rotate` brings a new key; `endorsements` are the channels a key may sign for; tokens for the app live for
    `lifetime` seconds."""

    number: int = 0
    endorsements: tuple[str, ...] = ("msteams",)
    lifetime: int = 3599
    published: list[int] = field(default_factory=lambda: [0])

    def rotate(self, *, keep_old: bool = True) -> None:
        """Sign with a new key from here on."""
        self.number += 1
        self.published = [*(self.published if keep_old else ()), self.number]

    def signed(self, claims: dict[str, Any], **changes: Any) -> str:
        """A token as Teams sends it; a header or key can be another one."""
        number = changes.pop("number", self.number)
        headers = {"kid": f"local-{number}", "x5t": f"local-{number}", **changes}
        return jwt.encode(claims, key_number(number), algorithm="RS256", headers=headers)

    def keys(self) -> dict[str, Any]:
        found = []
        for number in self.published:
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key_number(number).public_key()))
            names = {"kid": f"local-{number}", "x5t": f"local-{number}", "use": "sig"}
            found.append(public | names | {"endorsements": list(self.endorsements)})
        return {"keys": found}


def claims(app_id: str, service_url: str, now: float) -> dict[str, Any]:
    """What a token for an incoming activity says."""
    at = int(now)
    return {"iss": ISSUER, "aud": app_id, "nbf": at, "exp": at + 3600, "serviceurl": service_url}


def openid(base: str) -> dict[str, Any]:
    return {
        "issuer": ISSUER,
        "authorization_endpoint": "https://invalid.botframework.com",
        "jwks_uri": f"{base}/v1/.well-known/keys",
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    }


class Denied(Exception):
    """`error` and the AADSTS number that Entra answers with."""

    def __init__(self, status: int, error: str, code: int, description: str) -> None:
        super().__init__(description)
        body = {"error": error, "error_description": f"AADSTS{code}: {description}", "error_codes": [code]}
        self.answer = web.json_response(body, status=status)


def grant(
    state: State, app: tuple[str, str, str], tenant: str, form: dict[str, str], now: float, lifetime: int
) -> Token:
    """A new token for client credentials; `app` is id, password and the tenant that connector tokens come from."""
    app_id, password, login_tenant = app
    if form.get("grant_type") != "client_credentials":
        raise Denied(400, "unsupported_grant_type", 70003, "The grant type is not supported.")
    if form.get("client_id", "").lower() != app_id:
        raise Denied(400, "unauthorized_client", 700016, "Application was not found in the directory.")
    if form.get("client_secret") != password:
        raise Denied(401, "invalid_client", 7000215, "Invalid client secret provided.")
    audience = SCOPES.get(form.get("scope", ""))
    if audience is None:
        raise Denied(400, "invalid_scope", 70011, "The provided value for 'scope' is not valid.")
    if audience == "connector" and tenant != login_tenant:
        raise Denied(400, "unauthorized_client", 700016, "Application was not found in the directory.")
    if audience == "graph" and tenant not in state.directories:
        raise Denied(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
    token = Token(f"local.{secrets.token_urlsafe(24)}", audience, tenant, now + lifetime)
    state.tokens[token.value] = token
    return token


def may(directory: Directory, granted: set[str], wanted: tuple[str, ...]) -> bool:
    """Whether a Graph call is allowed: an admin consented, to one of these permissions at least."""
    return directory.consented and (not wanted or any(each in granted for each in wanted))
