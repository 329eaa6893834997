"""Whether a file is what this installation issued: with nothing but its published keys. Whether it still counts is in
the list of what was taken back, which only the page asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from adapters.certificates import baking, base58
from adapters.certificates.issuer import Json
from adapters.certificates.jsonld import UnknownContext
from adapters.certificates.keys import RSA, raw_ed25519
from adapters.certificates.signing import SUITE, to_sign

PublicKeys = Mapping[str, Mapping[str, str]]
"""JWKs by their ids."""

CLAIMS = frozenset({"iss", "jti", "sub", "nbf", "exp"})


class Verdict(StrEnum):
    """`valid` is about the file alone. `unknown`: signed by a key that is not ours. `changed`: something in it is not
    as it was signed. `nothing`: there is no credential in it."""

    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"
    EXPIRED = "expired"
    EARLY = "early"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Checked:
    verdict: Verdict
    document: Json | None = None
    detail: str = ""

    @property
    def public_id(self) -> str:
        """The end of the address of its page."""
        return str((self.document or {}).get("id", "")).rpartition("/verify/")[2]


class _Bad(Exception):
    """What is wrong: the verdict, and for people who know the standard, where."""

    def __init__(self, verdict: Verdict, detail: str) -> None:
        super().__init__(detail)
        self.verdict, self.detail = verdict, detail


def check_file(content: bytes, keys: PublicKeys, now: datetime) -> Checked:
    """What a PDF, PNG, SVG, JSON file or token is worth at a moment."""
    try:
        found = baking.find(content)
    except baking.Nothing:
        return Checked(Verdict.NOTHING)
    try:
        document = _from_jwt(found, keys) if isinstance(found, str) else _from_proof(found, keys)
        _in_time(document, now)
    except _Bad as bad:
        return Checked(bad.verdict, None, bad.detail)
    return Checked(Verdict.VALID, document)


def _from_jwt(token: str, keys: PublicKeys) -> Json:
    """The document in a VC-JWT. The key is ours or none: what the header itself brings along is no key."""
    try:
        header = jws.extract_compact(token.encode()).headers()
        key_id = str(header.get("kid", "")).rpartition("/")[2]
        if header.get("alg") != RSA or set(header) - {"alg", "kid", "typ"}:
            raise _Bad(Verdict.CHANGED, "header")
        public = keys.get(key_id)
        if public is None or public.get("kty") != "RSA":
            raise _Bad(Verdict.UNKNOWN, "kid")
        bare: dict[str, str | list[str]] = {name: public[name] for name in ("kty", "n", "e")}
        payload = json.loads(jws.deserialize_compact(token, RSAKey.import_key(bare), algorithms=[RSA]).payload)
    except (JoseError, ValueError, RecursionError, KeyError):
        raise _Bad(Verdict.CHANGED, "signature") from None
    if not isinstance(payload, dict):
        raise _Bad(Verdict.CHANGED, "payload")
    _claims_agree(payload)
    return {name: value for name, value in payload.items() if name not in CLAIMS}


def _claims_agree(payload: Json) -> None:
    """Each registered claim says the same as the credential itself; verifiers read one or the other."""
    subject = payload.get("credentialSubject")
    said = {
        "iss": _id(payload.get("issuer")),
        "jti": payload.get("id"),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
        "nbf": _seconds(payload.get("validFrom")),
        "exp": _seconds(payload["validUntil"]) if "validUntil" in payload else None,
    }
    for name, value in said.items():
        if payload.get(name) != value:
            raise _Bad(Verdict.CHANGED, name)


def _from_proof(document: Json, keys: PublicKeys) -> Json:
    """The document with a Data Integrity proof."""
    proof = document.get("proof")
    if not isinstance(proof, dict):
        raise _Bad(Verdict.NOTHING, "proof")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    if (proof.get("type"), proof.get("cryptosuite")) != ("DataIntegrityProof", SUITE):
        raise _Bad(Verdict.CHANGED, "cryptosuite")
    if proof.get("proofPurpose") != "assertionMethod":
        raise _Bad(Verdict.CHANGED, "proofPurpose")
    controller, _, key_id = str(proof.get("verificationMethod", "")).partition("#")
    public = keys.get(key_id)
    if public is None or public.get("kty") != "OKP":
        raise _Bad(Verdict.UNKNOWN, "verificationMethod")
    bare = {name: value for name, value in document.items() if name != "proof"}
    if _id(bare.get("issuer")) != controller:
        raise _Bad(Verdict.CHANGED, "issuer")
    try:
        signature = base58.decode(str(proof.get("proofValue", "")))
        Ed25519PublicKey.from_public_bytes(raw_ed25519(public)).verify(signature, to_sign(bare, options))
    except (InvalidSignature, ValueError, UnknownContext, TypeError, KeyError, RecursionError):
        raise _Bad(Verdict.CHANGED, "proofValue") from None
    return bare


def _in_time(document: Json, now: datetime) -> None:
    starts, ends = _seconds(document.get("validFrom")), _seconds(document.get("validUntil"))
    if starts is None:
        raise _Bad(Verdict.CHANGED, "validFrom")
    if starts > now.timestamp():
        raise _Bad(Verdict.EARLY, "validFrom")
    if ends is not None and ends <= now.timestamp():
        raise _Bad(Verdict.EXPIRED, "validUntil")


def _id(issuer: Any) -> Any:
    return issuer.get("id") if isinstance(issuer, dict) else issuer


def _seconds(moment: Any) -> int | None:
    if not isinstance(moment, str):
        return None
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return int(parsed.timestamp()) if parsed.tzinfo else None


def keys_in(published: Any) -> dict[str, Mapping[str, str]]:
    """The keys of a JWK set, as published under `/.well-known/jwks.json`. Raises ValueError."""
    try:
        return {str(key["kid"]): {str(name): str(value) for name, value in key.items()} for key in published["keys"]}
    except (KeyError, TypeError, AttributeError):
        raise ValueError("not a set of keys") from None


SENTENCES: Mapping[Verdict, str] = {
    Verdict.VALID: "Valid: signed by the published key, and nothing in it was changed.",
    Verdict.EXPIRED: "Expired.",
    Verdict.EARLY: "Not valid yet.",
    Verdict.UNKNOWN: "Unknown: signed by somebody else.",
    Verdict.CHANGED: "Not valid: it was changed after it was signed.",
    Verdict.NOTHING: "There is no credential in this file.",
}


def answer_text(checked: Checked) -> str:
    """What the command line says."""
    lines = [SENTENCES[checked.verdict]]
    if checked.document is not None:
        lines += [
            f"  {checked.document.get('name')}",
            f"  issued {checked.document.get('validFrom')} by {checked.document.get('issuer', {}).get('name')}",
            f"Whether it was taken back since: {checked.document.get('id')}",
        ]
    elif checked.detail:
        lines.append(f"  in: {checked.detail}")
    return "\n".join(lines)
