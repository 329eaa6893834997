"""Who issues, and where others find the keys: addresses, did:web, profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from adapters.certificates import base58
from adapters.certificates.keys import Keys, jwk, raw_ed25519
from bot.rules.recognition import PLACES_IN_A_LIST

Json = dict[str, Any]


@dataclass(frozen=True)
class Issuer:
    """`base` is the public address without a slash at the end, `name` who stands behind certificates."""

    base: str
    name: str

    @property
    def did(self) -> str:
        """The did:web of the public address: `https://host:1/a/b` is `did:web:host%3A1:a:b`."""
        parts = urlsplit(self.base)
        path = "".join(f":{quote(part, safe='')}" for part in parts.path.split("/") if part)
        return f"did:web:{quote(parts.netloc, safe='')}{path}"

    def verify(self, public_id: str) -> str:
        return f"{self.base}/verify/{public_id}"

    def key(self, key_id: str) -> str:
        return f"{self.base}/keys/{key_id}"

    def method(self, key_id: str) -> str:
        return f"{self.did}#{key_id}"

    def status_list(self, number: int) -> str:
        return f"{self.base}/status/{number}"

    def status_entry(self, place: int) -> Json:
        """Where a verifier looks whether a credential still counts."""
        number, index = divmod(place, PLACES_IN_A_LIST)
        there = self.status_list(number + 1)
        return {
            "id": f"{there}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(index),
            "statusListCredential": there,
        }

    def profile(self) -> Json:
        return {"id": self.did, "type": ["Profile"], "name": self.name, "url": self.base}

    def did_document(self, keys: Keys) -> Json:
        """Every key there ever was: old credentials still name theirs."""
        methods: list[Json] = []
        for key_id, public in keys.public.items():
            method: Json = {"id": self.method(key_id), "type": "JsonWebKey", "controller": self.did}
            if public["kty"] == "OKP":
                method |= {"type": "Multikey", "publicKeyMultibase": base58.encode(b"\xed\x01" + raw_ed25519(public))}
            else:
                method["publicKeyJwk"] = jwk(key_id, public)
            methods.append(method)
        return {
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
            "id": self.did,
            "verificationMethod": methods,
            "assertionMethod": [method["id"] for method in methods],
        }
