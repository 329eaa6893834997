"""Tables for spreadsheets: CSV that Excel and LibreOffice read with accents, and in which no cell is a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

BOM = "\ufeff"

_FORMULA = re.compile(r"[\s\x00]*[=+\-@＝＋－＠]|[\t\r\n]")
# a spreadsheet that expects another separator would begin a cell here
_FORMULA_INSIDE = re.compile(r"(?<=[;,\t|])(?=[ \"']*[=+\-@＝＋－＠])")


def to_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A file of one header and many rows; None is an empty cell. Words that people wrote stay words."""
    out = io.StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([_cell(name) for name in header])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode("utf-8", "replace")


def neutral(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet would calculate."""
    match = _FORMULA.match(text)
    begin = match.end() if match else 0
    inside = _FORMULA_INSIDE.sub("'", text[begin:])
    return f"'{text[:begin]}{inside}" if match else inside


def _cell(value: object) -> str:
    if value is None:
        return ""
    # our own numbers may be negative; what people wrote may not look like one
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return neutral(str(value))
