"""The public list of what does not count any more: one bit for every place, and no reasons.

Shape: W3C, Bitstring Status List 1.0.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Collection
from datetime import datetime

from adapters.certificates.credential import moment
from adapters.certificates.issuer import Issuer, Json
from bot.rules.recognition import PLACES_IN_A_LIST

PLACES = PLACES_IN_A_LIST


def status_json(number: int, revoked: Collection[int], issuer: Issuer, now: datetime) -> Json:
    """List `number` (from 1) without a proof; `revoked` are indexes within it."""
    there = issuer.status_list(number)
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": there,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did,
        "validFrom": moment(now),
        "credentialSubject": {
            "id": f"{there}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(revoked),
        },
    }


def encoded(revoked: Collection[int]) -> str:
    """The first index is the leftmost bit."""
    bits = bytearray(PLACES // 8)
    for index in revoked:
        bits[index // 8] |= 0x80 >> index % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")
