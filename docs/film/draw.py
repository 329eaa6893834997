"""Shapes the films are made of. Each function draws one thing on a cairo context and remembers nothing."""

import itertools
import math

import cairo

WIDTH, HEIGHT = 960, 540
GROUND = 470  # players lay their captions over what is below this line, so it stays empty
FONT = "Lato"

PAPER = "#F7F2E8"
FLOOR = "#E9DFCC"
INK = "#1D2733"
WHITE = "#FFFFFF"
GREY = "#A9B0B8"
PALE = "#D7DCE0"
TEAL = "#0F766E"
CORAL = "#C8472F"
GOLD = "#E2A336"
BLUE = "#2F5D8A"
SEA = "#BFD9E4"
SKINS = ("#8D5A3C", "#E8B98F", "#C58C63", "#5F3B28", "#F0CBAA")


def colour(ctx, code, alpha=1.0):
    ctx.set_source_rgba(*(int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)), alpha)


def ease(t):
    """0 to 1, slow at both ends."""
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def during(seconds, start, length=0.6):
    """How far something that starts at a moment and takes a while has come, from 0 to 1."""
    return ease((seconds - start) / length)


def mix(a, b, t):
    return a + (b - a) * t


def rounded(ctx, x, y, w, h, r=10):
    ctx.new_sub_path()
    ctx.arc(x + w - r, y + r, r, -math.pi / 2, 0)
    ctx.arc(x + w - r, y + h - r, r, 0, math.pi / 2)
    ctx.arc(x + r, y + h - r, r, math.pi / 2, math.pi)
    ctx.arc(x + r, y + r, r, math.pi, 3 * math.pi / 2)
    ctx.close_path()


def box(ctx, x, y, w, h, fill=WHITE, edge=INK, r=10, line=3, alpha=1.0):
    rounded(ctx, x, y, w, h, r)
    colour(ctx, fill, alpha)
    ctx.fill_preserve()
    if edge:
        colour(ctx, edge, alpha)
        ctx.set_line_width(line)
        ctx.stroke()
    ctx.new_path()


def dot(ctx, x, y, r, fill, alpha=1.0):
    ctx.arc(x, y, r, 0, 2 * math.pi)
    colour(ctx, fill, alpha)
    ctx.fill()


def path(ctx, points, code=INK, width=4, alpha=1.0):
    if len(points) < 2:
        return
    ctx.move_to(*points[0])
    for point in points[1:]:
        ctx.line_to(*point)
    colour(ctx, code, alpha)
    ctx.set_line_width(width)
    ctx.set_line_cap(cairo.LINE_CAP_ROUND)
    ctx.set_line_join(cairo.LINE_JOIN_ROUND)
    ctx.stroke()


def part_of(points, t):
    """The first part of a line, as if a pen were drawing it."""
    lengths = [math.dist(a, b) for a, b in itertools.pairwise(points)]
    left = sum(lengths) * min(max(t, 0.0), 1.0)
    out = [points[0]]
    for (a, b), length in zip(itertools.pairwise(points), lengths, strict=True):
        if left <= 0:
            break
        share = min(1.0, left / length) if length else 1.0
        out.append((mix(a[0], b[0], share), mix(a[1], b[1], share)))
        left -= length
    return out


def tick(ctx, x, y, size=20, t=1.0, code=TEAL, width=6):
    path(ctx, part_of([(x - size, y), (x - size / 4, y + size * 0.75), (x + size, y - size * 0.8)], t), code, width)


def cross(ctx, x, y, size=12, code=CORAL, width=5, alpha=1.0):
    path(ctx, [(x - size, y - size), (x + size, y + size)], code, width, alpha)
    path(ctx, [(x + size, y - size), (x - size, y + size)], code, width, alpha)


def label(ctx, text, x, y, size=30, code=INK, bold=True, centre=True, alpha=1.0):
    ctx.select_font_face(FONT, cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_BOLD if bold else cairo.FONT_WEIGHT_NORMAL)
    ctx.set_font_size(size)
    width = ctx.text_extents(text).x_advance
    colour(ctx, code, alpha)
    ctx.move_to(x - width / 2 if centre else x, y)
    ctx.show_text(text)
    ctx.new_path()
    return width


def lines_of(ctx, text, width):
    """Break a text into as few lines as fit, of about equal length. No-break spaces hold."""
    lines = _filled(ctx, text, width)
    while width > 100 and len(narrower := _filled(ctx, text, width - 10)) == len(lines):
        lines, width = narrower, width - 10
    return lines


def _filled(ctx, text, width):
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if ctx.text_extents(longer).x_advance > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def words(ctx, text, seconds, *, x=64, y=82, width=832, size=37, centre=False):
    """The sentence of a scene. It comes in line by line."""
    ctx.select_font_face(FONT, cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_BOLD)
    ctx.set_font_size(size)
    for number, line in enumerate(lines_of(ctx, text, width)):
        shown = during(seconds, 0.1 + 0.25 * number, 0.5)
        top = y + number * size * 1.28 + 8 * (1 - shown)
        label(ctx, line, WIDTH / 2 if centre else x, top, size, alpha=shown, centre=centre)


def background(ctx, floor=FLOOR):
    colour(ctx, PAPER)
    ctx.paint()
    ctx.rectangle(0, GROUND, WIDTH, HEIGHT - GROUND)
    colour(ctx, floor)
    ctx.fill()


def person(ctx, x, y, coat, skin=0, size=1.0, alpha=1.0, look=0, hair=INK, sit=False):
    """Somebody who stands on y, or sits with y as the seat."""
    ctx.save()
    ctx.translate(x, y)
    ctx.scale(size, size)
    height = 92 if sit else 122
    if not sit:
        box(ctx, -19, -40, 15, 40, INK, None, 5, alpha=alpha)
        box(ctx, 4, -40, 15, 40, INK, None, 5, alpha=alpha)
    rounded(ctx, -30, -height, 60, height - (0 if sit else 30), 26)
    colour(ctx, coat, alpha)
    ctx.fill()
    top = -height - 24
    dot(ctx, 0, top - 5, 27, hair, alpha)
    dot(ctx, look * 3, top + 1, 23, SKINS[skin], alpha)
    for side in (-8, 8):
        dot(ctx, side + look * 9, top, 2.6, INK, alpha)
    ctx.restore()


def arm(ctx, points, coat, skin=0, width=15):
    path(ctx, points, coat, width)
    dot(ctx, *points[-1], width * 0.52, SKINS[skin])


def bubble(ctx, x, y, w, h, tail, t=1.0, fill=WHITE):
    """A speech bubble; its tail points at somebody."""
    if t <= 0:
        return
    ctx.push_group()
    middle = x + w / 2
    side = 1 if tail[0] >= middle else -1
    base = middle + side * w * 0.22
    ctx.move_to(base - 14, y + h - 3)
    ctx.line_to(*tail)
    ctx.line_to(base + 14, y + h - 3)
    ctx.close_path()
    colour(ctx, fill)
    ctx.fill_preserve()
    colour(ctx, INK)
    ctx.set_line_width(3)
    ctx.stroke()
    box(ctx, x, y, w, h, fill, INK, 18)
    ctx.rectangle(base - 12.5, y + h - 4, 25, 6)
    colour(ctx, fill)
    ctx.fill()
    ctx.pop_group_to_source()
    ctx.paint_with_alpha(t)


def form(ctx, x, y, w=210, h=250, filled=0.0, mark=None, head=BLUE, rows=5):
    """A form with numbered questions. `filled` counts answers, `mark` frames one question."""
    box(ctx, x, y, w, h, WHITE, INK, 10)
    box(ctx, x + 14, y + 14, w * 0.55, 13, head, None, 5)
    step = (h - 46) / rows
    for row in range(rows):
        top = y + 42 + row * step
        label(ctx, str(row + 1), x + 22, top + step * 0.55, step * 0.42, INK)
        box(ctx, x + 38, top + 3, w - 56, step - 12, PAPER, GREY, 5, 2)
        done = min(max(filled - row, 0.0), 1.0)
        if done:
            box(ctx, x + 46, top + step * 0.5 - 7, max(6, (w - 90) * (0.85 - 0.12 * (row % 3)) * done), 8, INK, None, 3)
        if mark == row:
            rounded(ctx, x + 6, top - 3, w - 12, step, 8)
            colour(ctx, CORAL)
            ctx.set_line_width(5)
            ctx.stroke()


def screen(ctx, x, y, w, h):
    """A monitor on a foot, with nothing on it."""
    box(ctx, x + w / 2 - 16, y + h, 32, 30, GREY, None, 3)
    box(ctx, x + w / 2 - 60, y + h + 26, 120, 12, GREY, None, 5)
    box(ctx, x, y, w, h, INK, None, 12)
    box(ctx, x + 9, y + 9, w - 18, h - 18, WHITE, None, 6)


def phone(ctx, x, y, w=110, h=200, tilt=0.0):
    ctx.save()
    ctx.translate(x + w / 2, y + h / 2)
    ctx.rotate(tilt)
    box(ctx, -w / 2, -h / 2, w, h, INK, None, 16)
    box(ctx, -w / 2 + 8, -h / 2 + 16, w - 16, h - 32, WHITE, None, 6)
    ctx.restore()


def table(ctx, x, y, w):
    box(ctx, x + 18, y + 10, 14, GROUND - y - 8, "#8A6A47", None, 3)
    box(ctx, x + w - 32, y + 10, 14, GROUND - y - 8, "#8A6A47", None, 3)
    box(ctx, x, y, w, 16, "#A9835A", None, 5)


def pencil(ctx, x, y, angle=-0.8, length=70):
    """A pencil whose tip is at x, y."""
    ctx.save()
    ctx.translate(x, y)
    ctx.rotate(angle)
    ctx.move_to(0, 0)
    ctx.line_to(16, -7)
    ctx.line_to(16, 7)
    ctx.close_path()
    colour(ctx, "#E8CFA6")
    ctx.fill()
    box(ctx, 15, -7, length, 14, GOLD, None, 2)
    box(ctx, 15 + length - 12, -7, 14, 14, CORAL, None, 3)
    dot(ctx, 2, 0, 2.4, INK)
    ctx.restore()


def sheet(ctx, x, y, w, h, tilt=0.0, fill=WHITE):
    """An empty sheet, pinned in its middle; draws and returns to the same turn."""
    ctx.save()
    ctx.translate(x + w / 2, y + h / 2)
    ctx.rotate(tilt)
    box(ctx, -w / 2 + 5, -h / 2 + 6, w, h, "#CFC4AE", None, 6)
    box(ctx, -w / 2, -h / 2, w, h, fill, INK, 6)
    ctx.restore()


def pin(ctx, x, y):
    dot(ctx, x + 2, y + 3, 9, "#8B2F1E")
    dot(ctx, x, y, 9, CORAL)


def waves(ctx, y, seconds, height=HEIGHT):
    ctx.move_to(0, height)
    for x in range(0, WIDTH + 20, 12):
        ctx.line_to(x, y + 5 * math.sin(x / 46 + seconds * 1.3))
    ctx.line_to(WIDTH, height)
    ctx.close_path()
    colour(ctx, SEA)
    ctx.fill()


def island(ctx, x, y, w, h, fill="#8FB08C"):
    ctx.save()
    ctx.translate(x, y)
    ctx.scale(w / 2, h)
    ctx.arc(0, 0, 1, math.pi, 2 * math.pi)
    ctx.close_path()
    ctx.restore()
    colour(ctx, fill)
    ctx.fill()


def clinic(ctx, x, y, size=1.0):
    """A small house with a cross; y is its floor."""
    ctx.save()
    ctx.translate(x, y)
    ctx.scale(size, size)
    box(ctx, -52, -70, 104, 70, WHITE, INK, 4)
    path(ctx, [(-64, -66), (0, -112), (64, -66)], INK, 9)
    box(ctx, -6, -56, 12, 34, TEAL, None, 2)
    box(ctx, -17, -45, 34, 12, TEAL, None, 2)
    ctx.restore()


def ferry(ctx, x, y, size=1.0):
    """y is the water line."""
    ctx.save()
    ctx.translate(x, y)
    ctx.scale(size, size)
    box(ctx, -46, -62, 92, 34, WHITE, INK, 5)
    box(ctx, 8, -92, 22, 32, CORAL, INK, 3)
    for window in (-34, -12, 10):
        box(ctx, window, -53, 14, 12, SEA, INK, 2, 2)
    ctx.move_to(-90, -30)
    ctx.line_to(90, -30)
    ctx.line_to(66, 12)
    ctx.line_to(-68, 12)
    ctx.close_path()
    colour(ctx, BLUE)
    ctx.fill()
    ctx.restore()


def clock(ctx, x, y, r, turn):
    dot(ctx, x, y, r, INK)
    dot(ctx, x, y, r - 5, WHITE)
    for hand, length in ((turn / 12, 0.48), (turn, 0.72)):
        angle = 2 * math.pi * hand - math.pi / 2
        path(ctx, [(x, y), (x + r * length * math.cos(angle), y + r * length * math.sin(angle))], INK, 4)


def bar(ctx, x, floor, value, shown, code, unit=24, width=110):
    """A bar with its number in it."""
    height = value * unit * shown
    box(ctx, x, floor - height, width, max(height, 1), code, None, 4)
    number = INK if code == GREY else WHITE
    label(ctx, str(value), x + width / 2, floor - height + 48, 40, number, alpha=max(0.0, shown * 3 - 2))


def arrow(ctx, start, end, t=1.0, code=INK, width=5):
    path(ctx, part_of([start, end], t), code, width)
    if t > 0.95:
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        for turn in (2.55, -2.55):
            tip = (end[0] + 18 * math.cos(angle + turn), end[1] + 18 * math.sin(angle + turn))
            path(ctx, [end, tip], code, width)
