"""Pictures of badges, drawn here. Each grade has its own outline, its own number of stars and its word, so that it is
known in black and white, too."""

from __future__ import annotations

import math
from html import escape

SIZE = 240
CENTRE = SIZE / 2
COLOURS = {1: ("#8a4b1f", "#fff8f1"), 2: ("#4a5560", "#f6f8fa"), 3: ("#7a5b00", "#fffbe8")}
"""Ink and paper, at least 7 to 1."""

WORD_WIDTH = 150


def badge_svg(rank: int, word: str, alt: str) -> str:
    """The picture of a grade: `rank` from 1, `word` is written on it."""
    kind = min(max(rank, 1), 3)
    ink, paper = COLOURS[kind]
    stars = "".join(_star(place, min(max(rank, 1), 5)) for place in range(min(max(rank, 1), 5)))
    fit = f' textLength="{WORD_WIDTH}" lengthAdjust="spacingAndGlyphs"' if len(word) > 11 else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}" '
        f'role="img" aria-label="{escape(alt)}"><title>{escape(alt)}</title>'
        f'<g fill="{paper}" stroke="{ink}" stroke-width="8" stroke-linejoin="round">{_outline(kind)}</g>'
        f'<g fill="{ink}">{stars}</g>'
        f'<text x="{CENTRE:g}" y="152" font-family="DejaVu Sans, sans-serif" font-weight="bold" font-size="27" '
        f'text-anchor="middle" fill="{ink}"{fit}>{escape(word)}</text></svg>'
    )


def _outline(kind: int) -> str:
    if kind == 1:
        return f'<circle cx="{CENTRE:g}" cy="{CENTRE:g}" r="104"/>'
    if kind == 2:
        corners = [_at(CENTRE, CENTRE, 110, 60 * corner) for corner in range(6)]
        return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in corners)}"/>'
    return '<path d="M18 26 Q70 34 120 12 Q170 34 222 26 L222 128 Q212 196 120 230 Q28 196 18 128 Z"/>'


def _star(place: int, of: int) -> str:
    x = CENTRE + (place - (of - 1) / 2) * 34
    points = [_at(x, 90, 15 if corner % 2 == 0 else 6, 36 * corner - 90) for corner in range(10)]
    return f'<polygon points="{" ".join(f"{px:.1f},{py:.1f}" for px, py in points)}"/>'


def _at(x: float, y: float, radius: float, degrees: float) -> tuple[float, float]:
    return x + radius * math.cos(math.radians(degrees)), y + radius * math.sin(math.radians(degrees))
