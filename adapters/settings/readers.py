"""How the text of each setting is read: a value, or a ValueError whose sentence says what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.model.people import Address

KEY_LENGTH = 32
"""Fewest characters of a secret key."""


def database_url(text: str) -> str:
    scheme, separator, _ = text.partition("://")
    if not separator:
        raise ValueError("needs a URL such as sqlite:///var/chatcourse.db or postgresql://user:password@host/name")
    kind = scheme.partition("+")[0].lower()
    if kind == "sqlite":
        path = text.partition(":///")[2]
        if not path or path.startswith(":memory:"):
            raise ValueError("needs a file, as in sqlite:///var/chatcourse.db")
        return f"sqlite+aiosqlite:///{path}"
    if kind in ("postgresql", "postgres"):
        form = (
            "needs the form postgresql://user:password@host:5432/name"
            " (write @ : / % inside the password as %40 %3A %2F %25)"
        )
        try:
            parts = urlsplit(text)
            complete = parts.port != 0 and bool(parts.path.strip("/"))
        except ValueError:
            raise ValueError(form) from None
        if not complete:
            raise ValueError(form)
        # Hosting providers hand out libpq's word for it; asyncpg calls it ssl.
        query = [("ssl" if name == "sslmode" else name, value) for name, value in parse_qsl(parts.query)]
        return urlunsplit(("postgresql+asyncpg", parts.netloc, parts.path, urlencode(query), ""))
    shown = f' "{scheme}"' if re.fullmatch(r"[a-z0-9+]{1,30}", scheme.lower()) else ""
    raise ValueError(f"starts with{shown}, but only sqlite:// and postgresql:// are supported")


def issuer_name(text: str) -> str:
    name = " ".join(text.split())
    if not name.isprintable() or len(name) > 80:
        raise ValueError("is printed on certificates; write a name of at most 80 letters")
    return name


def public_url(text: str) -> str:
    example = "write the address people open, such as https://course.example.org"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"is no web address; {example}") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise ValueError(f"is no web address; {example}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"has a path; Chatcourse needs a host name of its own: {example}")
    return f"{parts.scheme}://{bracketed(host)}" + (f":{port}" if port else "")


def secret_keys(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    if not keys or any(len(key) < KEY_LENGTH for key in keys):
        raise ValueError(
            f"needs at least {KEY_LENGTH} characters per key (several with commas, newest first); make one with: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return keys


def directory(text: str) -> Path:
    return Path(text).expanduser()


def host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.:%-]+|\[[0-9A-Fa-f:.%]+\]", text):
        raise ValueError(
            f'is "{text}", which is no address to listen on; '
            "write 127.0.0.1 (this machine only) or 0.0.0.0 (everywhere)"
        )
    return text.strip("[]")


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise ValueError(f'is "{text}", which is no port; write a number from 1 to 65535 (0 takes any free one)')
    return int(text)


def admins(text: str) -> frozenset[Address]:
    found, wrong = set(), []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.add(Address.parse(entry))
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError(f"has entries that are not addresses: {'; '.join(wrong)}")
    return frozenset(found)


def switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError(f'is "{text}"; write on or off')
    return text.lower() == "on"


def one_of(choices: type[StrEnum]) -> Callable[[str], StrEnum]:
    def read(text: str) -> StrEnum:
        try:
            return choices(text.lower())
        except ValueError:
            words = [choice.value for choice in choices]
            near = difflib.get_close_matches(text.lower(), words, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            raise ValueError(f'is "{text}", which is not one of {", ".join(words)}{hint}') from None

    return read


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
