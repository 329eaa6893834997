"""The file `.env`: `NAME=value` lines."""

from __future__ import annotations

import re
from pathlib import Path

_DOTENV_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<rest>.*)")
_QUOTED = re.compile(r"""(?:'(?P<plain>[^']*)'|"(?P<escaped>(?:[^"\\]|\\.)*)")\s*(?:#.*)?""")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def read_dotenv(path: Path, problems: list[str]) -> dict[str, str]:
    """`NAME=value` lines. Quotes are optional, `#` begins a comment after a space; the last value of a name wins."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError):
        problems.append(f"{path} cannot be read as text; make it readable, or remove it")
        return {}
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _DOTENV_LINE.fullmatch(line.strip())
        value = _dotenv_value(match["rest"]) if match else None
        if match is None or value is None:
            # The line may hold a secret: say where, not what.
            problems.append(f"{path} line {number} is not NAME=value, or its quotes are not closed; correct that line")
            continue
        found[match["name"]] = value
    return found


def _dotenv_value(rest: str) -> str | None:
    """The value that stands behind the equals sign; None when it begins with a quote that does not end well."""
    if not rest.startswith(("'", '"')):
        return re.split(r"(?:^|\s)#", rest, maxsplit=1)[0].strip()
    match = _QUOTED.fullmatch(rest)
    if match is None:
        return None
    if match["plain"] is not None:
        return match["plain"]
    return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), match["escaped"])
