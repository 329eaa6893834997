"""The keys that sign: made at the first start, kept sealed, replaced without breaking what they signed.

There is one key in use of each kind. A retired key signs no more: its private half is destroyed, its public half stays
published for ever.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from joserfc.jwk import OKPKey, RSAKey

from adapters.certificates.sealing import Sealer
from bot.model.recognition import SigningKey

RSA, ED25519 = "RS256", "Ed25519"
KINDS = (RSA, ED25519)
RSA_BITS = 3072
"""128 bits of strength."""


class KeyStore(Protocol):
    """Where keys are kept."""

    async def all(self) -> Sequence[SigningKey]: ...

    async def add(self, key: SigningKey) -> bool: ...

    async def retire(self, key_id: str, now: datetime) -> None: ...

    async def seal_anew(self, key_id: str, sealed: str) -> None: ...


@dataclass(frozen=True)
class Keys:
    """The two private keys in use, and every public key by its id (which is its JWK thumbprint)."""

    rsa_id: str
    rsa: RSAPrivateKey
    ed_id: str
    ed: Ed25519PrivateKey
    public: Mapping[str, Mapping[str, str]]

    def jwks(self) -> dict[str, Any]:
        return {"keys": [jwk(key_id, public) for key_id, public in self.public.items()]}


def jwk(key_id: str, public: Mapping[str, str]) -> dict[str, str]:
    """A public key as others read it."""
    return {**public, "kid": key_id, "use": "sig", "alg": RSA if public["kty"] == "RSA" else "EdDSA"}


class KeyRing:
    """Gives the keys; makes what is missing. Reads them once, and anew when they were changed here."""

    def __init__(self, store: KeyStore, secrets: Sequence[str], clock: Callable[[], datetime]) -> None:
        self._store, self._sealer, self._clock = store, Sealer(secrets), clock
        self._keys: Keys | None = None
        self._one = asyncio.Lock()

    async def get(self) -> Keys:
        """Raises Unreadable when SECRET_KEY does not open the keys."""
        async with self._one:
            if self._keys is None:
                self._keys = await self._read()
            return self._keys

    async def rotate(self) -> None:
        """New keys from now on; whatever the old ones signed can still be verified."""
        for key in await self._store.all():
            if key.retired_at is None:
                await self._store.retire(key.id, self._clock())
        self._keys = None
        await self.get()

    async def _read(self) -> Keys:
        stored = await self._store.all()
        for kind in KINDS:
            if not any(key.kind == kind and key.retired_at is None for key in stored):
                await self._store.add(await asyncio.to_thread(self._made, kind))
        stored = await self._store.all()
        private: dict[str, tuple[str, Any]] = {}
        for key in stored:
            if key.retired_at is None:
                pem = self._sealer.open(key.id, key.sealed)
                private[key.kind] = (key.id, load_pem_private_key(pem, None))
                if not self._sealer.is_newest(key.sealed):
                    await self._store.seal_anew(key.id, self._sealer.seal(key.id, pem))
        public = {key.id: key.public for key in stored}
        return Keys(*private[RSA], *private[ED25519], public)

    def _made(self, kind: str) -> SigningKey:
        private = generate_private_key(65537, RSA_BITS) if kind == RSA else Ed25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        shown = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        key = RSAKey.import_key(shown) if kind == RSA else OKPKey.import_key(shown)
        public = {str(name): str(value) for name, value in key.as_dict(private=False).items() if name != "kid"}
        key_id = key.thumbprint()
        return SigningKey(key_id, kind, public, self._sealer.seal(key_id, pem), self._clock())


def raw_ed25519(public: Mapping[str, str]) -> bytes:
    """The 32 bytes of a public key of kind OKP."""
    x = public["x"]
    return base64.urlsafe_b64decode(x + "=" * (-len(x) % 4))
