"""Reading the files of a course folder, with every limit and without ever following a link out of it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from bot.rules.content_problems import Place, Problem, problem

YAML_BYTES = 500_000
MARKDOWN_CHARACTERS = 20_000
TRANSCRIPT_CHARACTERS = 100_000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def files_below(folder: Path) -> frozenset[str]:
    """Every file of a folder, named from it with slashes. A link counts when it stays inside."""
    found: list[str] = []
    root = folder.resolve()
    waiting = [("", str(folder))]
    while waiting:
        prefix, directory = waiting.pop()
        try:
            with os.scandir(directory) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((f"{prefix}{entry.name}/", entry.path))
                    elif entry.is_file() and (not entry.is_symlink() or is_inside(Path(entry.path), root)):
                        found.append(prefix + entry.name)
        except OSError:
            # What cannot be listed is not there; whatever refers to it gets its own message.
            continue
    return frozenset(found)


def is_inside(path: Path, root: Path) -> bool:
    """Whether a path, with all links followed, lies below `root` (itself already resolved)."""
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError, ValueError):
        return False


def read_text(path: Path, shown: str, problems: list[Problem], *, characters: int) -> str | None:
    """The text of a file with plain line ends, or None after noting why it cannot be read.

    `shown` is the file's name in messages; `characters` is how many it may have.
    """
    first = Place(shown, 1)
    try:
        with path.open("rb") as file:
            raw = file.read(characters * 4 + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        problems.append(problem("C001", first, f"the file cannot be read: {reason}", "Look at its permissions."))
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(raw) > characters * 4:
            problems.append(_too_large(first, characters))
            return None
        line = raw.count(b"\n", 0, error.start) + 1
        what = "the file is not UTF-8: there is a byte that no letter has"
        problems.append(problem("C002", Place(shown, line), what, "Save it again with the encoding UTF-8."))
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > characters:
        problems.append(_too_large(first, characters))
        return None
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        what = f"a control character (U+{ord(found.group()):04X})"
        problems.append(problem("C007", Place(shown, line), what, "Delete the line and type it again."))
        return None
    return text


def _too_large(place: Place, characters: int) -> Problem:
    what = f"the file has more than {characters:,} characters"
    return problem("C003", place, what, "Shorten it, or split it into two.")
