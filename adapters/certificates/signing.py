"""Signing in two ways: as a VC-JWT (RS256), and with a Data Integrity proof (`eddsa-rdfc-2022`) inside the document.

Both always give the same bytes for the same credential and key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import RSAKey

from adapters.certificates import base58
from adapters.certificates.issuer import Issuer, Json
from adapters.certificates.jsonld import digest
from adapters.certificates.keys import RSA, Keys

SUITE = "eddsa-rdfc-2022"


def canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def as_jwt(document: Json, keys: Keys, issuer: Issuer) -> str:
    """The credential is the payload, with its registered claims beside it (Open Badges 3.0, section 8.2.4)."""
    valid_from = datetime.fromisoformat(document["validFrom"])
    subject = document["credentialSubject"]
    claims = {"iss": document["issuer"]["id"] if isinstance(document["issuer"], dict) else document["issuer"]}
    claims |= {"jti": document["id"], "nbf": int(valid_from.timestamp()), "sub": subject["id"]}
    header = {"alg": RSA, "kid": issuer.key(keys.rsa_id), "typ": "JWT"}
    key = RSAKey.import_key(keys.rsa)
    return jws.serialize_compact(header, canonical({**document, **claims}), key, algorithms=[RSA])


def as_jwt_status(document: Json, keys: Keys, issuer: Issuer) -> str:
    """A status list as a JWT (W3C, Securing Verifiable Credentials using JOSE and COSE)."""
    header = {"alg": RSA, "kid": issuer.key(keys.rsa_id), "typ": "vc+jwt"}
    key = RSAKey.import_key(keys.rsa)
    return jws.serialize_compact(header, canonical({**document, "iss": document["issuer"]}), key, algorithms=[RSA])


def with_proof(document: Json, keys: Keys, issuer: Issuer) -> Json:
    """The document with its proof (W3C, Data Integrity EdDSA Cryptosuites 1.0, section 3.2)."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": document["validFrom"],
        "verificationMethod": issuer.method(keys.ed_id),
        "proofPurpose": "assertionMethod",
    }
    return {**document, "proof": {**options, "proofValue": _signature(document, options, keys.ed)}}


def to_sign(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """What the signature covers: the proof's own words, then the document."""
    return digest({"@context": document["@context"], **options}) + digest(document)


def _signature(document: Json, options: Json, key: Ed25519PrivateKey) -> str:
    return base58.encode(key.sign(to_sign(document, options)))
