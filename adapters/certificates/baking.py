"""A signed credential inside a picture, and out again (Open Badges 3.0, document formats). And out of a PDF."""

from __future__ import annotations

import io
import json
import struct
import zlib
from html import escape
from typing import Any
from xml.parsers import expat

from pypdf import PdfReader
from pypdf.errors import PyPdfError

PNG = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
ATTACHED = "credential.json"
LARGEST = 4 * 1024 * 1024

Found = str | dict[str, Any]
"""A token as text, or a document with a proof inside."""


class Nothing(Exception):
    """There is no credential in it, or more than one."""


def bake_png(picture: bytes, token: str) -> bytes:
    """The token in one uncompressed iTXt chunk right after the header."""
    head = len(PNG) + 25
    return picture[:head] + _chunk(b"iTXt", KEYWORD + b"\0\0\0\0\0" + token.encode()) + picture[head:]


def bake_svg(picture: str, token: str) -> str:
    """The token in an element directly after the opening tag."""
    end = picture.index(">", picture.index("<svg")) + 1
    opening = picture[: end - 1] + f' xmlns:openbadges="{NAMESPACE}">'
    return f'{opening}<openbadges:credential verify="{escape(token)}"/>{picture[end:]}'


def find(content: bytes) -> Found:
    """The credential in a file that somebody hands in: PDF, PNG, SVG, JSON or a token. Raises Nothing."""
    if len(content) > LARGEST:
        raise Nothing
    if content.startswith(PNG):
        return _text(_from_png(content))
    if content.lstrip().startswith(b"%PDF"):
        return _from_pdf(content)
    try:
        words = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise Nothing from None
    if words.startswith("<"):
        return _text(_from_svg(content))
    return _text(words)


def _text(words: str) -> Found:
    words = words.strip()
    if words.startswith("{"):
        try:
            found = json.loads(words)
        except (ValueError, RecursionError):
            raise Nothing from None
        if isinstance(found, dict):
            return found
    if words.count(".") == 2 and not any(letter.isspace() for letter in words):
        return words
    raise Nothing


def _from_png(content: bytes) -> str:
    found = []
    at = len(PNG)
    while at + 12 <= len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        if kind == b"iTXt" and data.startswith(KEYWORD + b"\0\0\0"):
            _, _, text = data[len(KEYWORD) + 3 :].partition(b"\0")[2].partition(b"\0")
            found.append(text)
        at += 12 + length
    return _only(found).decode("utf-8", "replace")


def _from_svg(content: bytes) -> str:
    """Entities are refused: a picture needs none, and they can blow up."""
    found: list[bytes] = []
    inside: list[str] = []
    depth = 0
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if name == f"{NAMESPACE} credential":
            depth += 1
            inside.clear()
            if "verify" in attributes:
                found.append(attributes["verify"].encode())

    def end(name: str) -> None:
        nonlocal depth
        if name == f"{NAMESPACE} credential":
            depth -= 1
            if "".join(inside).strip():
                found.append("".join(inside).encode())

    def refuse(*_: object) -> None:
        raise Nothing

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: inside.append(text) if depth else None
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise Nothing from None
    return _only(found).decode("utf-8", "replace")


def _from_pdf(content: bytes) -> Found:
    try:
        attached = PdfReader(io.BytesIO(content)).attachments.get(ATTACHED, [])
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise Nothing from None
    return _text(_only(list(attached)).decode("utf-8", "replace"))


def _only(found: list[bytes]) -> bytes:
    if len(found) != 1:
        raise Nothing
    return found[0]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
