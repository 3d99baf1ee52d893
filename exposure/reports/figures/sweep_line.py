"""Outputs of a sweep along its only input: a point is a computed scenario."""

from __future__ import annotations

from exposure.reports.description import Figure, Table, plain
from exposure.reports.figures.canvas import (
    INK,
    LINE,
    PAPER,
    SOFT,
    Canvas,
    Scale,
    text_width,
)
from exposure.reports.figures.sweep_heat import Colours, axis_of, bar_ticks, ends_of, headed, spaced
from exposure.reports.page import Row
from exposure.reports.style import COLOURS
from exposure.reports.sweep_page import SweepPage
from exposure.reports.words import is_unknown

ID = "sweep-line"
RIGHT, TOP, BOTTOM = 656.0, 44.0, 330.0
BELOW = 44.0


def draw(told: SweepPage) -> Figure | None:
    """A view an output; None where more than one input moves, or nothing is known."""
    page = told.page
    rows = page.rows("sweep_grid")
    if len(told.axes) != 1 or not told.head["exact"] or not rows or not told.shown:
        return None
    x, first = told.axes[0], told.shown[0]
    ends = ends_of(rows, first)
    if ends is None:
        return None
    low, high = ends
    same = plain(told.amount(first, low, first)) == plain(told.amount(first, high, first))
    values = {
        "output": told.output(first), "low": told.amount(first, low, first),
        "low_at": told.set(x, told.level(x, low, x)),
        "high": told.amount(first, high, first),
        "high_at": told.set(x, told.level(x, high, x)),
    }  # fmt: skip
    title = page.say("heat.title_same" if same else "heat.title", **values)
    heads = (told.input(x), *(told.output(name) for name in told.shown))
    cells = tuple(
        (told.level(x, row, x), *(told.amount(name, row, name) for name in told.shown))
        for row in rows
    )
    return Figure(
        id=ID,
        title=title,
        alt=page.say("line.alt", x=told.input(x), **values),
        views=tuple((plain(told.output(name)), _paint(told, rows, name)) for name in told.shown),
        source=page.say("line.source"),
        table=Table(f"{ID}-table", title, heads, cells, numeric=frozenset(range(1, len(heads)))),
    )


def _paint(told: SweepPage, rows: list[Row], output: str) -> str:
    x = told.axes[0]
    texts = [plain(told.level(x, row, x)) for row in rows]
    across = axis_of(told, x, [row[x] for row in rows], texts)
    values = told.page.tables["sweep_grid"][output].to_numpy(dtype=float)
    known = [value for value in values.tolist() if not is_unknown(value)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    # Zero is on the axis, unless the change is small beside the number.
    if min(abs(low), abs(high)) < 0.8 * max(abs(low), abs(high)):
        low, high = min(low, 0.0), max(high, 0.0)
    scale = Scale((low, high), (BOTTOM, TOP), 5)
    about = told.outputs[output]
    marks = bar_ticks(told, about, Colours("", scale.low, scale.high))
    ticks = [(BOTTOM + part * (TOP - BOTTOM), text) for part, text in marks]
    left = 20.0 + max((text_width(text, 10) for _, text in ticks), default=40.0)
    canvas = Canvas(BOTTOM + BELOW)
    headed(canvas, told, output, 8)
    for y, text in ticks:
        canvas.line(left, y, RIGHT, y, LINE)
        canvas.text(left - 6, y, text, size=10, anchor="end", fill=SOFT, tick=True)
    for part, text in spaced(across.ticks, RIGHT - left):
        at = left + part * (RIGHT - left)
        canvas.line(at, BOTTOM, at, BOTTOM + 4, SOFT)
        canvas.text(at, BOTTOM + 12, text, size=10, anchor="middle", fill=SOFT, tick=True)
    canvas.text((left + RIGHT) / 2, BOTTOM + 31, across.title, size=11, anchor="middle", fill=INK)
    if scale.low < 0 < scale.high:
        canvas.line(left, scale(0.0), RIGHT, scale(0.0), INK)
    points = [(left + place * (RIGHT - left), scale(value), row)
              for place, value, row in zip(across.middles, values.tolist(), rows, strict=True)
              if not is_unknown(value)]  # fmt: skip
    if not across.words and len(points) > 1:
        d = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b, _ in points)
        canvas.path(d, stroke=COLOURS[0], width=1.4)
    for a, b, row in points:
        level = plain(told.set(x, told.level(x, row, x)))
        tip = f"{level}: {plain(told.amount(output, row, output))}"
        canvas.circle(a, b, 4.0, COLOURS[0], stroke=PAPER, tip=tip)
    return canvas.svg()
