"""JSON-LD in its one order (RDFC-1.0), with contexts from this folder only: nothing is ever fetched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pyld import jsonld

FOLDER = Path(__file__).parent / "contexts"
FILES = {
    "https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-v3p0-context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "ob-v3p0-extensions.json",
    "https://w3id.org/security/data-integrity/v2": "security-data-integrity-v2.json",
}
LARGEST = 64 * 1024
"""Characters of a document: putting it in order can cost much more than reading it."""


class UnknownContext(Exception):
    """A document uses words that are defined somewhere we do not look."""


@cache
def _document(url: str) -> dict[str, Any]:
    try:
        text = (FOLDER / FILES[url]).read_text("utf-8")
    except KeyError:
        raise UnknownContext(url) from None
    return {"contextUrl": None, "documentUrl": url, "document": json.loads(text)}


def _load(url: str, _options: object = None) -> dict[str, Any]:
    return _document(url)


def digest(document: Mapping[str, Any]) -> bytes:
    """SHA-256 of the document in its one order. Raises UnknownContext, ValueError."""
    for url in document.get("@context", ()):
        if url not in FILES:
            raise UnknownContext(str(url))
    if len(json.dumps(document)) > LARGEST:
        raise ValueError("too large")
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load, "safe": True}
    try:
        ordered = jsonld.normalize(dict(document), options)
    except jsonld.JsonLdError as error:
        raise ValueError(str(error)) from None
    return hashlib.sha256(ordered.encode()).digest()
