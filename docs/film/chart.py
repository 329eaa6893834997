"""Draw the chart with the misleading axis, in both languages: python3 docs/film/chart.py"""

from pathlib import Path

import cairo
import draw

MEDIA = Path(__file__).resolve().parents[2] / "course_content" / "culture" / "lessons" / "06-honest-numbers" / "media"
WORDS = {
    "en": ("Waiting times double", "Minutes", ("March", "April", "May")),
    "fr": ("L’attente double", "Minutes", ("Mars", "Avril", "Mai")),
}
VALUES = (48, 49, 50)
FIRST, UNIT, FLOOR = 46, 75, 440


def chart(title, unit, months):
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, 960, 540)
    ctx = cairo.Context(surface)
    draw.colour(ctx, draw.WHITE)
    ctx.paint()
    draw.label(ctx, title, 60, 70, 44, centre=False)
    draw.label(ctx, unit, 60, 112, 22, bold=False, centre=False)
    for value in range(FIRST, 51):
        y = FLOOR - (value - FIRST) * UNIT
        draw.path(ctx, [(130, y), (900, y)], draw.PALE if value > FIRST else draw.INK, 2)
        draw.label(ctx, str(value), 96, y + 8, 24, bold=False)
    for number, (value, month) in enumerate(zip(VALUES, months, strict=True)):
        x, top = 220 + number * 230, FLOOR - (value - FIRST) * UNIT
        ctx.rectangle(x, top, 140, FLOOR - top)
        draw.colour(ctx, draw.CORAL if number == 2 else draw.BLUE)
        ctx.fill()
        draw.label(ctx, str(value), x + 70, top + 44, 34, draw.WHITE)
        draw.label(ctx, month, x + 70, FLOOR + 40, 28)
    return surface


if __name__ == "__main__":
    for language, words in WORDS.items():
        chart(*words).write_to_png(str(MEDIA / f"chart.{language}.png"))
