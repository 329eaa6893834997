"""The pictures. Each scene draws itself for a moment: seconds since it began, and the words of its caption."""

import math

from draw import (
    BLUE,
    CORAL,
    GOLD,
    GREY,
    GROUND,
    INK,
    PAPER,
    SEA,
    TEAL,
    WHITE,
    arm,
    arrow,
    background,
    bar,
    box,
    bubble,
    clinic,
    clock,
    colour,
    cross,
    dot,
    during,
    ease,
    ferry,
    form,
    island,
    label,
    mix,
    part_of,
    path,
    pencil,
    person,
    phone,
    pin,
    rounded,
    screen,
    sheet,
    table,
    tick,
    waves,
    words,
)

VISITOR = {"coat": GOLD, "skin": 1, "hair": "#6B4A2F"}
ADA = {"coat": TEAL, "skin": 3, "hair": INK}

# --- The form nobody finished -----------------------------------------------------------------------------


def form_title(ctx, s, text):
    background(ctx)
    answered = 3 * during(s, 0.6, 2.6)
    form(ctx, 600, 150, 270, 320, answered, head=CORAL)
    row = min(int(answered), 2)
    if answered < 3:
        pencil(ctx, 660 + 130 * (answered % 1), 252 + row * 55)
    else:
        pencil(ctx, 676, 466, -0.35, 90)
    words(ctx, text, s, y=250, width=470, size=50)


def form_tool(ctx, s, text):
    background(ctx)
    table(ctx, 250, 420, 460)
    arrives = during(s, 0.3, 1.0)
    y = mix(150, 222, arrives)
    screen(ctx, 360, y, 240, 160)
    form(ctx, 425, y + 18, 110, 124, 0, rows=4)
    for number in range(10):  # rays: something new
        angle = math.pi * (1 + number / 9)
        reach = during(s, 1.3 + number * 0.05, 0.5)
        if reach:
            inner, outer = 150, 150 + 30 * reach
            path(
                ctx,
                [
                    (480 + inner * math.cos(angle) * 1.15, 330 + inner * math.sin(angle)),
                    (480 + outer * math.cos(angle) * 1.15, 330 + outer * math.sin(angle)),
                ],
                GOLD,
                6,
            )
    person(ctx, 170, GROUND, BLUE, 4, 1.1, look=1, hair="#B5762E")
    person(ctx, 800, GROUND, CORAL, 0, 1.1, look=-1)
    words(ctx, text, s)


def form_fast(ctx, s, text):
    background(ctx)
    come = during(s, 0.2, 0.9)
    for number in range(3):
        shift = (s * 60 + number * 40) % 90
        y, end = 250 + number * 60, 190 + shift - number * 15
        path(ctx, [(90 + shift, y), (end, y)], GREY, 6, 0.4 + 0.2 * number)
    phone(ctx, mix(240, 330, come), 180, 150, 270, 0.06)
    form(ctx, mix(258, 348, come), 210, 114, 200, 0, rows=4)
    for number in range(9):  # what it cost
        fall = during(s, 2.2 + 0.16 * number, 0.5)
        if fall:
            x, y = 640 + (number % 3) * 74, GROUND - 18 - (number // 3) * 26
            y = mix(190, y, fall)
            box(ctx, x, y, 64, 22, GOLD, INK, 10)
    words(ctx, text, s)


def form_give_up(ctx, s, text):
    background(ctx)
    away = during(s, 1.2, 1.2)
    for number in range(10):
        x = 90 + number * 87
        leaves = number in {2, 4, 7, 9}
        coat = (BLUE, GOLD, CORAL, TEAL, "#7A5C86")[number % 5]
        if leaves:
            person(ctx, x, GROUND + 8 * away, coat, number % 5, 0.8)
            rounded(ctx, x - 36, GROUND - 150, 72, 150, 20)
            colour(ctx, PAPER, 0.62 * away)
            ctx.fill()
            _handset(ctx, x, mix(290, 262, away), away)
        else:
            person(ctx, x, GROUND, coat, number % 5, 0.8)
            box(ctx, x - 20, 250, 40, 50, WHITE, INK, 5)
            tick(ctx, x, 274, 12, during(s, 0.3 + number * 0.07, 0.4), width=5)
    words(ctx, text, s)


def _handset(ctx, x, y, alpha):
    for side in (-1, 1):
        box(ctx, x - 7 + 17 * side, y - 2, 14, 22, CORAL, None, 5, alpha=alpha)
    path(ctx, [(x - 17, y + 2), (x - 9, y - 9), (x + 9, y - 9), (x + 17, y + 2)], CORAL, 10, alpha)


def _beside(ctx, s, answered, mark=None, notes=0.0, come=1.0):
    """Ada and the visitor at one table."""
    table(ctx, 330, 404, 420)
    screen(ctx, 560, 196, 200, 168)
    form(ctx, 598, 208, 124, 144, answered, mark)
    person(ctx, 470, 432, size=1.15, look=1, sit=True, **VISITOR)
    arm(ctx, [(492, 356), (530, 396), (560, 390)], VISITOR["coat"], VISITOR["skin"])
    x = mix(-60, 290, come)
    person(ctx, x, 432, size=1.15, look=1, sit=True, **ADA)
    box(ctx, x + 18, 372, 62, 44, WHITE, INK, 4)
    for line in range(3):
        path(ctx, part_of([(x + 27, 383 + line * 11), (x + 68, 383 + line * 11)], notes * 3 - line), INK, 3)
    for seat in (x, 470):
        box(ctx, seat - 40, 430, 80, 12, INK, None, 5)
        box(ctx, seat - 34, 440, 9, 30, INK, None, 2)
        box(ctx, seat + 25, 440, 9, 30, INK, None, 2)


def form_watch(ctx, s, text):
    background(ctx)
    _beside(ctx, s, 3 * during(s, 2.5, 3.5), notes=0.35 * during(s, 4, 2), come=during(s, 0.2, 1.4))
    words(ctx, text, s)


def form_stop(ctx, s, text):
    background(ctx)
    _beside(ctx, s, 3, mark=3 if s > 0.8 else None, notes=mix(0.35, 1, during(s, 4.5, 1.5)))
    shown = during(s, 2.0, 0.5)
    bubble(ctx, 310, 164, 150, 80, (456, 274), shown)
    if shown:
        label(ctx, "?", 385, 222, 54, CORAL, alpha=shown)
    words(ctx, text, s)


WOBBLE = [(0, 0), (40, -4), (90, 3), (140, -3), (180, 2)]


def form_sketch(ctx, s, text):
    background(ctx)
    sheet(ctx, 330, 196, 300, 250, -0.03)
    label(ctx, "4", 378, 254, 40, CORAL)
    strokes = [
        [(410 + x, 242 + y) for x, y in WOBBLE],
        [(410 + x * 0.7, 268 - y) for x, y in WOBBLE],
        [(380, 312), (588, 306), (592, 350), (378, 356), (380, 312)],
        [(400, 336), (430, 328), (452, 340), (486, 330), (520, 338)],
        [(470, 400), (560, 398)],
        [(540, 382), (564, 398), (540, 414)],
    ]
    tip = strokes[0][0]
    for number, stroke in enumerate(strokes):
        progress = ease((s - 0.8 - number * 0.85) / 0.8)
        if progress > 0:
            drawn = part_of(stroke, progress)
            tip = drawn[-1]
            path(ctx, drawn, BLUE if number > 1 else INK, 5)
    person(ctx, 200, GROUND, size=1.25, look=1, **ADA)
    pencil(ctx, *tip, 0.75, 90)
    words(ctx, text, s)


def form_share(ctx, s, text):
    background(ctx)
    table(ctx, 270, 392, 420)
    sheet(ctx, 410, 296, 140, 98, 0.02)
    label(ctx, "4", 438, 332, 24, CORAL)
    path(ctx, [(456, 326), (526, 324)], INK, 4)
    path(ctx, [(432, 352), (524, 350)], BLUE, 4)
    path(ctx, part_of([(428, 353), (470, 351)], during(s, 1.0, 0.6)), CORAL, 7)
    path(ctx, part_of([(432, 372), (478, 370)], during(s, 1.8, 0.6)), TEAL, 4)
    person(ctx, 200, GROUND, size=1.1, look=1, **ADA)
    person(ctx, 322, GROUND - 4, BLUE, 4, 1.05, look=1, hair="#B5762E")
    person(ctx, 640, GROUND - 4, "#7A5C86", 2, 1.05, look=-1)
    person(ctx, 776, GROUND, CORAL, 0, 1.15, look=-1, hair="#5A5A5A")
    shown = during(s, 3.2, 0.5)
    bubble(ctx, 820, 190, 106, 76, (800, 296), shown)
    if shown > 0.5:
        tick(ctx, 873, 228, 20, during(s, 3.6, 0.6))
    words(ctx, text, s)


def form_retry(ctx, s, text):
    background(ctx)
    for number, (coat, skin, hair) in enumerate(((GOLD, 1, "#6B4A2F"), (BLUE, 0, INK), (CORAL, 4, "#B5762E"))):
        start = 0.3 + number * 0.9
        x = 170 + number * 270
        person(ctx, x, GROUND, coat, skin, 1.1, look=1, hair=hair)
        form(ctx, x + 52, 250, 120, 160, 5 * during(s, start, 1.0), head=TEAL)
        done = during(s, start + 1.0, 0.5)
        if done:
            dot(ctx, x + 168, 250, 27, WHITE, done)
            tick(ctx, x + 168, 250, 15, done)
    words(ctx, text, s)


def form_habits(ctx, s, text):
    background(ctx)
    table(ctx, 360, 420, 240)
    screen(ctx, 380, 248, 200, 134)
    form(ctx, 433, 260, 94, 108, 4, rows=4)
    step = 7 * math.sin(s * 2.2)
    moved = during(s, 0.8, 1.2)
    person(ctx, mix(110, 250, moved), GROUND + min(step, 0), size=1.15, look=1, **ADA)
    person(ctx, mix(850, 710, moved), GROUND + min(-step, 0), CORAL, 0, 1.15, look=-1, hair="#5A5A5A")
    person(ctx, mix(930, 830, moved), GROUND, "#7A5C86", 2, 1.05, look=-1)
    person(ctx, mix(30, 130, moved), GROUND, BLUE, 4, 1.05, look=1, hair="#B5762E")
    words(ctx, text, s)


def form_three(ctx, s, text):
    background(ctx)
    for number, code in enumerate((TEAL, BLUE, CORAL)):
        grow = during(s, 0.3 + number * 0.7, 0.6)
        x = 200 + number * 280
        if grow <= 0:
            continue
        dot(ctx, x, 318, 96 * grow, code)
        if number == 0:
            ctx.save()
            ctx.translate(x, 318)
            ctx.scale(1, 0.6)
            dot(ctx, 0, 0, 62 * grow, WHITE)
            ctx.restore()
            dot(ctx, x + 8 * math.sin(s * 1.5), 318, 22 * grow, INK)
        elif number == 1:
            sheet(ctx, x - 40, 262, 80, 104, -0.08 * grow)
            for line in range(3):
                path(ctx, [(x - 22, 292 + line * 20), (x + 20 - 8 * line, 290 + line * 20)], INK, 5, grow)
        else:
            pencil(ctx, x - 34, 352, -0.75, 78)
            path(ctx, part_of([(x - 44, 364), (x + 40, 364)], during(s, 2.2, 0.8)), WHITE, 6)
    words(ctx, text, s, centre=True, y=140, size=50)


def form_end(ctx, s, text):
    background(ctx)
    sheet(ctx, 380, 226, 200, 236, -0.02)
    grow = during(s, 1.2, 2.4)
    path(ctx, part_of([(410, 280), (548, 277)], grow * 2), INK, 5)
    path(ctx, part_of([(410, 312), (520, 309)], grow * 2 - 1), INK, 5)
    if grow == 1 and s % 1.1 < 0.65:
        path(ctx, [(412, 334), (412, 362)], CORAL, 5)
    words(ctx, text, s, centre=True, y=110, size=44)


# --- The small test that failed ---------------------------------------------------------------------------

NURSE = {"coat": TEAL, "skin": 2, "hair": "#3A2A20"}
PATIENT = {"coat": CORAL, "skin": 0, "hair": "#8A8A8A"}


def _sea(ctx, s, y=400):
    background(ctx, SEA)
    waves(ctx, y, s)


def test_title(ctx, s, text):
    _sea(ctx, s)
    island(ctx, 710, 412, 340, 100)
    clinic(ctx, 690, 324, 1.1)
    ferry(ctx, mix(180, 400, ease(s / 6)), 424 + 3 * math.sin(s * 1.4), 0.9)
    words(ctx, text, s, y=120, width=720, size=50)


def test_clinic(ctx, s, text):
    background(ctx)
    clinic(ctx, 190, GROUND, 1.9)
    missed = {3, 7, 10, 14, 18, 21, 25, 28, 33, 38}
    order = sorted(missed)
    for number in range(40):
        x, y = 400 + (number % 10) * 52, 238 + (number // 10) * 62
        if number in missed:
            gone = during(s, 1.4 + 0.16 * order.index(number), 0.4)
            dot(ctx, x, y, 18, TEAL, 1 - gone)
            if gone:
                cross(ctx, x, y, 13 * gone)
        else:
            dot(ctx, x, y, 18, TEAL)
    words(ctx, text, s)


ISLANDS = ((160, 320, 130), (250, 420, 150), (340, 300, 110), (450, 400, 120), (530, 300, 90), (600, 420, 120))


def test_big_plan(ctx, s, text):
    background(ctx)
    box(ctx, 64, 188, 630, 262, SEA, INK, 12)
    for number, (x, y, w) in enumerate(ISLANDS):
        island(ctx, x, y, w, w * 0.32)
        shown = during(s, 0.8 + number * 0.25, 0.4)
        if shown:
            phone(ctx, x - 15, y - 66 - 10 * shown, 30, 52)
    for page in range(18):  # the months
        shown = during(s, 1.4 + page * 0.13, 0.25)
        if shown:
            box(ctx, 750 + page * 1.5, 412 - page * 10 - 14 * (1 - shown), 120, 40, WHITE, INK, 4, 2, shown)
    months = min(18, int((s - 1.4) / 0.13))
    if months > 0:
        label(ctx, str(months), 810 + 1.5 * months, 452 - 10 * months, 30, CORAL)
    words(ctx, text, s)


def test_small(ctx, s, text):
    background(ctx)
    table(ctx, 380, 402, 330)
    person(ctx, 310, GROUND, size=1.3, look=1, **NURSE)
    sheet(ctx, 430, 262, 130, 140, 0.03)
    for line in range(5):
        path(ctx, [(450, 288 + line * 22), (520 - (line % 2) * 14, 288 + line * 22)], GREY, 5)
        tick(ctx, 540, 286 + line * 22, 8, during(s, 1.0 + line * 0.8, 0.4), width=4)
    phone(ctx, 610, 268, 72, 132)
    for number in range(5):
        gone = (s - 1.0 - number * 0.8) / 1.3
        if 0 < gone < 1:
            box(ctx, mix(640, 850, gone), mix(300, 190, gone), 56, 34, GOLD, INK, 9, alpha=1 - gone * gone)
    clinic(ctx, 850, GROUND, 0.9)
    words(ctx, text, s)


def _card(ctx, x, y, start, goal, shown=1.0, tilt=-0.02):
    sheet(ctx, x, y, 330, 190, tilt)
    middle, line = x + 165, y + 118
    if shown > 0.05:
        label(ctx, str(start), middle - 90, line, 76, INK, alpha=min(1, shown * 3))
        arrow(ctx, (middle - 36, line - 26), (middle + 32, line - 26), during(shown, 0.3, 0.35), CORAL, 7)
        label(ctx, str(goal), middle + 92, line, 76, TEAL, alpha=during(shown, 0.6, 0.3))
    path(ctx, part_of([(middle - 120, y + 156), (middle + 60, y + 154)], during(shown, 0.8, 0.2)), GREY, 5)
    pin(ctx, middle, y + 14)


def test_bet(ctx, s, text):
    background(ctx)
    shown = ease((s - 0.6) / 3.2)
    person(ctx, 200, GROUND, size=1.25, look=1, **NURSE)
    person(ctx, 770, GROUND, BLUE, 4, 1.2, look=-1, hair="#B5762E")
    _card(ctx, 318, 230, 10, 5, shown)
    if shown < 1:
        pencil(ctx, mix(380, 600, shown), 350, -0.7, 80)
    words(ctx, text, s)


def _bars(ctx, values, shown):
    floor = GROUND
    for number, (value, code) in enumerate(values):
        bar(ctx, 320 + number * 160, floor, value, shown[number], code)
    for x in range(270, 800, 26):
        path(ctx, [(x, floor - 120), (x + 13, floor - 120)], INK, 4)
    label(ctx, "5", 246, floor - 109, 32, INK)


def test_wrong(ctx, s, text):
    background(ctx)
    _bars(ctx, ((10, GREY), (9, CORAL)), (1.0, during(s, 0.8, 1.2)))
    if s > 2.2:
        cross(ctx, 670, 250, 26 * during(s, 2.2, 0.4), width=9)
    words(ctx, text, s)


def test_calls(ctx, s, text):
    background(ctx)
    person(ctx, 200, GROUND, size=1.3, look=1, **NURSE)
    phone(ctx, 246, 296, 44, 84, -0.2)
    people = ((GOLD, 1), (BLUE, 4), (CORAL, 0), ("#7A5C86", 2), (TEAL, 3))
    for number, (coat, skin) in enumerate(people):
        shown = during(s, 0.8 + number * 0.9, 0.6)
        x = 420 + number * 112
        path(ctx, part_of([(290, 316), (320, 240), (x, 240), (x, 326)], shown), GOLD, 4)
        person(ctx, x, GROUND, coat, skin, 0.85, alpha=mix(0.35, 1, shown), look=-1)
    words(ctx, text, s)


def test_ferry(ctx, s, text):
    _sea(ctx, s, 420)
    box(ctx, 0, 432, 430, 26, "#A9835A", None, 3)
    for x in (60, 200, 350):
        box(ctx, x, 452, 20, 100, "#8A6A47", None, 3)
    person(ctx, 220, 434, size=1.3, look=1, **PATIENT)
    phone(ctx, 260, 312, 44, 84, 0.15)
    ctx.push_group()
    ferry(ctx, 770 + 10 * math.sin(s), 440, 0.7)
    ctx.pop_group_to_source()
    ctx.paint_with_alpha(0.3)  # mist
    shown = during(s, 1.4, 0.5)
    bubble(ctx, 290, 166, 190, 96, (256, 284), shown)
    if shown > 0.4:
        ferry(ctx, 362, 232, 0.44)
        label(ctx, "?", 444, 234, 54, CORAL, alpha=shown)
    words(ctx, text, s)


def test_new_bet(ctx, s, text):
    background(ctx)
    phone(ctx, 190, 190, 170, 280, -0.03)
    shown = during(s, 0.8, 0.7)
    box(ctx, 212, mix(270, 232, shown), 126, 120, "#DDEBE6", INK, 12, alpha=max(shown, 0.05))
    if shown > 0.6:
        ferry(ctx, 276, 296, 0.44)
        clock(ctx, 276, 326, 19, 0.2 + s * 0.06)
    _card(ctx, 500, 240, 9, 5, ease((s - 2.0) / 2.6), 0.02)
    words(ctx, text, s)


def test_result(ctx, s, text):
    background(ctx)
    _bars(ctx, ((10, GREY), (9, GREY), (4, TEAL)), (1.0, 1.0, during(s, 0.7, 1.2)))
    if s > 2.0:
        tick(ctx, 850, 360, 34, during(s, 2.0, 0.6), width=10)
    words(ctx, text, s)


def test_cost(ctx, s, text):
    background(ctx)
    box(ctx, 220, 452, 150, 7, TEAL, INK, 3, 2, during(s, 0.5, 0.4))
    path(ctx, [(170, GROUND - 4), (420, GROUND - 4)], INK, 4)
    path(ctx, [(540, GROUND - 4), (790, GROUND - 4)], INK, 4)
    for month in range(18):
        shown = during(s, 2.2 + month * 0.14, 0.3)
        if shown:
            box(ctx, 590, 452 - month * 13.6 - 20 * (1 - shown), 150, 12, CORAL, INK, 3, 2, shown)
    words(ctx, text, s)


def test_end(ctx, s, text):
    background(ctx)
    sheet(ctx, 330, 226, 300, 186, -0.02)
    pin(ctx, 478, 240)
    grow = during(s, 1.0, 2.2)
    path(ctx, part_of([(366, 300), (560, 297)], grow), INK, 5)
    if grow < 1:
        pencil(ctx, mix(366, 560, grow), 300, -0.7, 80)
    elif s % 1.1 < 0.65:
        path(ctx, [(368, 322), (368, 350)], CORAL, 5)
    words(ctx, text, s, centre=True, y=110, size=44)


SCENES = {
    "why-culture": {
        "title": form_title,
        "tool": form_tool,
        "fast": form_fast,
        "give-up": form_give_up,
        "watch": form_watch,
        "stop": form_stop,
        "sketch": form_sketch,
        "share": form_share,
        "retry": form_retry,
        "habits": form_habits,
        "three": form_three,
        "end": form_end,
    },
    "small-tests": {
        "title": test_title,
        "clinic": test_clinic,
        "big-plan": test_big_plan,
        "small": test_small,
        "bet": test_bet,
        "wrong": test_wrong,
        "calls": test_calls,
        "ferry": test_ferry,
        "new-bet": test_new_bet,
        "result": test_result,
        "cost": test_cost,
        "end": test_end,
    },
}
