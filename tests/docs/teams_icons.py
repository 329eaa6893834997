"""The icons of the Teams app: a speech bubble with a tick, drawn from distances.

    .venv/bin/python -m tests.docs.teams_icons       into adapters/teams/icons

Teams wants three: in colour at 192 pixels, in white lines on nothing at 32, and in colour on nothing at 32.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

TO = Path(__file__).resolve().parents[2] / "adapters" / "teams" / "icons"

Point = tuple[float, float]
Colour = tuple[int, int, int]
Distance = Callable[[Point], float]
"""How far a point is outside a shape, negative inside; in the drawing's units, which are 100 wide."""

NAVY, WHITE, ORANGE, BLUE = (0x1F, 0x3A, 0x5F), (0xFF, 0xFF, 0xFF), (0xE0, 0x7A, 0x1F), (0x1F, 0x5F, 0x9E)
TICK: tuple[Point, ...] = ((28, 45), (43, 60), (72, 30))
TAIL: tuple[Point, ...] = ((24, 70), (24, 96), (54, 70))


@dataclass(frozen=True)
class Layer:
    shape: Distance
    colour: Colour


def bubble(point: Point) -> float:
    """A rounded box with a tail; its edges lie between pixels at 32 pixels, so that lines are sharp."""
    x, y = abs(point[0] - 50) - 46.875 + 16, abs(point[1] - 43.75) - 37.5 + 16
    box = math.hypot(max(x, 0), max(y, 0)) + min(max(x, y), 0) - 16
    return min(box, _triangle(point) - 2)


def line(points: tuple[Point, ...], width: float) -> Distance:
    """A line with round ends."""
    pairs = tuple(pairwise(points))
    return lambda point: min(_to_segment(point, a, b) for a, b in pairs) - width / 2


def edge(shape: Distance, width: float) -> Distance:
    """The outline of a shape, inside of it."""
    return lambda point: abs(shape(point) + width / 2) - width / 2


def _to_segment(point: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    along = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / (dx * dx + dy * dy)
    along = min(max(along, 0), 1)
    return math.hypot(point[0] - a[0] - along * dx, point[1] - a[1] - along * dy)


def _triangle(point: Point) -> float:
    corners = (*TAIL, TAIL[0])
    sides = tuple(pairwise(corners))
    turns = [(b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) for a, b in sides]
    inside = all(turn <= 0 for turn in turns)
    return min(_to_segment(point, a, b) for a, b in sides) * (-1 if inside else 1)


def draw(size: int, layers: tuple[Layer, ...], *, ground: Colour | None = None, margin: float = 0) -> bytes:
    """A picture of `size` pixels: layers over each other, over a colour or nothing; `margin` in parts of the size."""
    unit = 100 / (size * (1 - 2 * margin))
    rows = []
    for row in range(size):
        pixels = bytearray([0])
        for column in range(size):
            point = ((column + 0.5 - size * margin) * unit, (row + 0.5 - size * margin) * unit)
            pixels += bytes(_pixel(point, layers, ground, unit))
        rows.append(bytes(pixels))
    return png(size, b"".join(rows))


def _pixel(point: Point, layers: tuple[Layer, ...], ground: Colour | None, unit: float) -> tuple[int, int, int, int]:
    colour: tuple[float, float, float] = ground or layers[0].colour
    alpha = 1.0 if ground else 0.0
    for layer in layers:
        cover = min(max(0.5 - layer.shape(point) / unit, 0), 1)
        total = cover + alpha * (1 - cover)
        if total > 0:
            share = cover / total
            colour = tuple(old + (new - old) * share for old, new in zip(colour, layer.colour, strict=True))  # type: ignore[assignment]
        alpha = total
    red, green, blue = (round(part) for part in colour)
    return red, green, blue, round(alpha * 255)


def png(size: int, rows: bytes) -> bytes:
    """A PNG file of square size with four bytes per pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def icons() -> dict[str, bytes]:
    """File name and content of each."""
    color = (Layer(bubble, WHITE), Layer(line(TICK, 11), ORANGE))
    small = (Layer(bubble, BLUE), Layer(line(TICK, 12), WHITE))
    outline = (Layer(edge(bubble, 6.25), WHITE), Layer(line(TICK, 8), WHITE))
    return {
        "color.png": draw(192, color, ground=NAVY, margin=0.22),
        "color32.png": draw(32, small),
        "outline.png": draw(32, outline),
    }


if __name__ == "__main__":
    for name, content in icons().items():
        (TO / name).write_bytes(content)
        print(TO / name)
