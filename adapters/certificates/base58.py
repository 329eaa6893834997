"""Base58 as Bitcoin writes it, with the multibase prefix `z`: what Multikey and Data Integrity proofs use."""

from __future__ import annotations

_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LONGEST = 128
"""Letters: keys and signatures are shorter, and the arithmetic is quadratic."""


def encode(data: bytes) -> str:
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, place = divmod(number, 58)
        text = _LETTERS[place] + text
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def decode(text: str) -> bytes:
    """Raises ValueError for what is no base58."""
    if not text.startswith("z") or len(text) > _LONGEST:
        raise ValueError("not multibase base58")
    number = 0
    for letter in text[1:]:
        number = number * 58 + _LETTERS.index(letter)
    body = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return b"\0" * (len(text) - 1 - len(text[1:].lstrip("1"))) + body
