"""The curves of a solve over the number that varies: where they meet, and which is ahead where."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from exposure.frames import records
from exposure.reports.description import Figure, Table
from exposure.reports.figures.canvas import (
    INK,
    LINE,
    SOFT,
    Canvas,
    Scale,
    axis,
    clipped,
    text_width,
    tick,
)
from exposure.reports.solve_text import SHARES, value_text
from exposure.reports.style import COLOURS
from exposure.reports.words import is_unknown
from exposure.sweeps.solve import Solved

LEFT, RIGHT, PLOT, BAND = 70.0, 660.0, 210.0, 18.0
DASHES = ("", "7 3", "2 3", "9 3 2 3")
"""A second cue beside the colour."""


def draw(made: Solved) -> Figure:
    """The figure with the table of its solutions."""
    rows = tuple(
        ((value_text(row["value"], row["unit"]),), (row["kind"],), (row["left"],), (row["right"],))
        for row in records(made.table("solutions"))
    )
    title = (made.document.title,)
    told = "; ".join(", ".join(cell[0] for cell in row if cell[0]) for row in rows)
    name = f"solve-{made.document.id}"
    return Figure(
        id=name,
        title=title,
        alt=(f"{made.document.title}. {told}",),
        views=(("", _paint(made)),),
        source=(f"Scenario {made.document.scenario}; central values.",),
        table=Table(f"{name}-table", title, ("Value", "Kind", "Left", "Right"), rows,
                    numeric=frozenset({0})),
    )  # fmt: skip


def _paint(made: Solved) -> str:
    curve = made.table("curve")
    names = list(curve.columns[1:])
    switch = made.document.find.switch is not None
    head = 10.0 + 16.0 * len(names)
    top = head + (BAND + 14.0 if switch else 8.0)
    bottom = top + PLOT
    canvas = Canvas(bottom + 46.0)
    unit, over = made.curves[0].unit, made.variable.unit
    across = _scaled(made.document.vary.between, over, (LEFT, RIGHT))
    up = _scaled(_reach(made, curve[names]), unit, (bottom, top))
    _legend(canvas, made)
    if switch:
        _bands(canvas, made, across, head + 2.0)
    axis(canvas, across, top, bottom, _axis_title(made.variable.title, over))
    for value in up.ticks:
        canvas.line(LEFT, up(value), RIGHT, up(value), LINE)
        canvas.text(LEFT - 6, up(value), tick(value, up.step), size=10, anchor="end", fill=SOFT,
                    tick=True)  # fmt: skip
    what = made.curves[0].title.split(",")[0].split(" (")[0]
    canvas.text(13, (top + bottom) / 2, clipped(_axis_title(what, unit), 10.5, PLOT), size=10.5,
                anchor="middle", fill=SOFT, turn=-90)  # fmt: skip
    level = made.document.find.level
    if level is not None:
        y = up(level.value * _factor(unit))
        canvas.line(LEFT, y, RIGHT, y, INK, width=1.2, dash="4 3")
        canvas.text(RIGHT - 4, y - 8, value_text(level.value, unit), size=10, anchor="end",
                    halo=True)  # fmt: skip
    for place, name in enumerate(names):
        _line(canvas, made, curve, name, place, across, up)
    _marks(canvas, made, across, up, top, bottom)
    return canvas.svg()


def _factor(unit: str) -> float:
    """What a value is multiplied by on an axis."""
    if unit in SHARES:
        return 100.0
    return 1e-6 if unit == "USD a year" else 1.0


def _axis_title(title: str, unit: str) -> str:
    shown = "%" if unit in SHARES else "m USD a year" if unit == "USD a year" else unit
    return f"{title} [{shown}]"


def _scaled(ends: tuple[float, float], unit: str, pixels: tuple[float, float]) -> Scale:
    factor = _factor(unit)
    return Scale((ends[0] * factor, ends[1] * factor), pixels)


def _reach(made: Solved, values: pd.DataFrame) -> tuple[float, float]:
    """Ends of the vertical axis, with some room."""
    found = [float(values.min().min()), float(values.max().max())]
    level = made.document.find.level
    if level is not None:
        found.append(level.value)
    low, high = min(found), max(found)
    room = 0.05 * (high - low or abs(high) or 1.0)
    return low - room, high + room


def _legend(canvas: Canvas, made: Solved) -> None:
    for place, curve in enumerate(made.curves):
        y = 12.0 + 16.0 * place
        canvas.line(LEFT, y, LEFT + 26, y, COLOURS[place % len(COLOURS)], width=2.2,
                    dash=DASHES[place % len(DASHES)])  # fmt: skip
        # The first row leaves room for the name of the bar of draws.
        room = RIGHT - LEFT - (33 if place else 150)
        canvas.text(LEFT + 33, y, clipped(curve.title, 10.5, room), size=10.5)


def _bands(canvas: Canvas, made: Solved, across: Scale, y: float) -> None:
    """Which route is cheapest where."""
    routes = [curve.name.split("/")[1] for curve in made.curves]
    pieces = made.table("pieces")
    groups = (pieces["winner"] != pieces["winner"].shift()).cumsum()
    for _, part in pieces.groupby(groups):
        winner = str(part["winner"].iloc[0])
        colour = COLOURS[routes.index(winner) % len(COLOURS)]
        start, stop = (
            across(float(end) * _factor(made.variable.unit))
            for end in (part["from"].iloc[0], part["to"].iloc[-1])
        )
        tip = f"{winner} lands cheapest"
        canvas.rect(start, y, max(stop - start, 1.5), BAND, colour, tip=tip)
        if text_width(winner, 10.5) < stop - start - 6:
            canvas.text((start + stop) / 2, y + BAND / 2, winner, size=10.5, anchor="middle",
                        halo=True)  # fmt: skip


def _line(
    canvas: Canvas, made: Solved, curve: pd.DataFrame, name: str, place: int, across: Scale,
    up: Scale,
) -> None:  # fmt: skip
    """A curve, broken where it jumps."""
    x = curve[made.variable.name].to_numpy(dtype=float)
    y = curve[name].to_numpy(dtype=float)
    pieces = made.table("pieces")
    starts = pieces.loc[pieces["begins"] == "jump", "from"].to_numpy(dtype=float)
    cuts = [0, *np.flatnonzero(np.isin(x, starts)).tolist(), len(x)]
    colour, dash = COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)]
    over, unit = _factor(made.variable.unit), _factor(made.curves[0].unit)
    for first, last in pairwise(sorted(set(cuts))):
        points = [
            f"{across(float(a) * over):.2f} {up(float(b) * unit):.2f}"
            for a, b in zip(x[first:last], y[first:last], strict=True)
        ]
        if len(points) == 1:
            canvas.circle(across(float(x[first]) * over), up(float(y[first]) * unit), 2.6, colour)
        else:
            canvas.path("M" + "L".join(points), stroke=colour, width=2.0, dash=dash)


def _range(canvas: Canvas, made: Solved, row: dict[str, Any], across: Scale, bottom: float) -> None:
    """Where 80 % of the draws that have the value have it; its name stands in the legend."""
    if not row["high"] > row["low"]:
        return
    unit = made.variable.unit
    start, stop = (across(row[name] * _factor(unit)) for name in ("low", "high"))
    low, high = (value_text(row[name], unit) for name in ("low", "high"))
    canvas.rect(start, bottom - 4, stop - start, 4, INK, tip=f"80 % of draws: {low} to {high}")
    canvas.rect(RIGHT - 112, 10, 26, 4, INK)
    canvas.text(RIGHT - 80, 12, "80 % of draws", size=10.5)


def _marks(
    canvas: Canvas, made: Solved, across: Scale, up: Scale, top: float, bottom: float
) -> None:
    """Today's value, and the solutions with their range in draws."""
    unit, own = made.variable.unit, _factor(made.curves[0].unit)
    low, high = made.document.vary.between
    if not is_unknown(made.today) and low <= made.today <= high:
        x = across(made.today * _factor(unit))
        canvas.line(x, top, x, bottom, SOFT, dash="1 3")
        end = x > RIGHT - 90
        canvas.text(x - 4 if end else x + 4, bottom - 13, f"today {value_text(made.today, unit)}",
                    size=9.5, fill=SOFT, halo=True, anchor="end" if end else "start")  # fmt: skip
    last = -1e9
    for row in records(made.table("solutions")):
        _range(canvas, made, row, across, bottom)
        if row["kind"] == "none":
            continue
        x = across(row["value"] * _factor(unit))
        canvas.line(x, top, x, bottom, INK, dash="5 3")
        if row["kind"] != "jump":
            canvas.circle(x, up(row["quantity"] * own), 4.2, "#ffffff", stroke=INK,
                          tip=f"{row['kind']} at {value_text(row['value'], unit)}")  # fmt: skip
        end = x > RIGHT - 90
        y = top + 10 if x - last > 90 else top + 24
        label = value_text(row["value"], unit) + (" jump" if row["kind"] == "jump" else "")
        canvas.text(x - 6 if end else x + 6, y, label, size=10.5, bold=True,
                    anchor="end" if end else "start", halo=True)  # fmt: skip
        last = x
