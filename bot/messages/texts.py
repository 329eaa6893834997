"""Sentences in a person's language.

Message ids are the English sentences. A sentence may hold placeholders `{name}`; `line` keeps moments and styled
spans alive while filling them. Catalogues are read by an adapter and handed in; English needs none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.model.course import Language, Texts
from bot.model.richtext import Inline, Line, Moment, Span

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_EMPHASIS = re.compile(r"\*([^*]+)\*|`([^`]+)`")


def N_(text: str) -> str:  # noqa: N802 (the usual gettext name, so that extraction finds it)
    """Mark a sentence for translation that is filled in elsewhere."""
    return text


@dataclass(frozen=True)
class Catalogue:
    """One language's sentences. `plural_index` is the place in `plurals` of a number (French: 0 and 1 are
    singular)."""

    language: Language
    sentences: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def plural_index(self, n: int) -> int:
        return int(abs(n) > 1) if self.language is Language.FR else int(n != 1)

    def t(self, text: str, /, **values: Any) -> str:
        """The sentence in this language with its placeholders filled."""
        return _fill(self.sentences.get(text) or text, values)

    def tn(self, one: str, many: str, n: int, /, **values: Any) -> str:
        """The sentence for `n` things; `{n}` is filled in too."""
        forms = self.plurals.get(one) or (one, many)
        return _fill(forms[min(self.plural_index(n), len(forms) - 1)], {"n": n, **values})

    def line(self, text: str, /, **values: Any) -> Line:
        """The sentence as a line: `*words*` are bold, `` `words` `` are code, moments and spans stay what they are."""
        return self._line(self.sentences.get(text) or text, values)

    def line_n(self, one: str, many: str, n: int, /, **values: Any) -> Line:
        forms = self.plurals.get(one) or (one, many)
        return self._line(forms[min(self.plural_index(n), len(forms) - 1)], {"n": n, **values})

    def of(self, texts: Texts) -> str:
        """Words of a course in this language; the other language rather than nothing."""
        return texts.get(self.language) or next(iter(texts.values()), "")

    def _line(self, pattern: str, values: Mapping[str, Any]) -> Line:
        parts: list[Inline] = []
        at = 0
        for match in _EMPHASIS.finditer(pattern):
            parts += _spans(pattern[at : match.start()], values, bold=False, code=False)
            parts += _spans(match[1] or match[2], values, bold=match[1] is not None, code=match[2] is not None)
            at = match.end()
        parts += _spans(pattern[at:], values, bold=False, code=False)
        return tuple(parts)


def _fill(pattern: str, values: Mapping[str, Any]) -> str:
    return _PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), pattern)


def _spans(pattern: str, values: Mapping[str, Any], *, bold: bool, code: bool) -> list[Inline]:
    parts: list[Inline] = []
    at = 0
    for match in _PLACEHOLDER.finditer(pattern):
        if match.start() > at:
            parts.append(Span(pattern[at : match.start()], bold=bold, code=code))
        value = values.get(match[1], match[0])
        if isinstance(value, tuple):
            parts += value
        elif isinstance(value, Span | Moment):
            parts.append(value)
        elif str(value):
            parts.append(Span(str(value), bold=bold, code=code))
        at = match.end()
    if at < len(pattern):
        parts.append(Span(pattern[at:], bold=bold, code=code))
    return parts
