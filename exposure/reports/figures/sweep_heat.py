"""An output of a sweep over two inputs: one view to print, and data for a page with sliders.

A cell is a computed scenario, in its own colour; between two cells nothing is drawn in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.reports.description import Figure, Piece, Table, Text, joined, plain, text_of
from exposure.reports.figures.canvas import (
    INK,
    LINE,
    PAPER,
    SOFT,
    WIDTH,
    Canvas,
    Scale,
    clipped,
    text_width,
    tick,
    wrapped,
)
from exposure.reports.page import Row
from exposure.reports.sweep_page import SweepPage, form_of, per_cent
from exposure.reports.words import is_unknown

ID = "sweep-heat"
# ColorBrewer (Harrower and Brewer 2003): told apart by colour-blind readers, dark is far from zero.
SEQUENTIAL = ("#ffffd9", "#edf8b1", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8",
              "#253494", "#081d58")  # fmt: skip
DIVERGING = ("#b2182b", "#d6604d", "#f4a582", "#fddbc7", "#f7f7f7", "#d1e5f0", "#92c5de",
             "#4393c3", "#2166ac")  # fmt: skip
UNKNOWN = LINE
DUST = 1e-9
"""Part of an output's size below which its sign is rounding."""
LEFT, RIGHT, TOP = 34.0, 570.0, 40.0
BAR, BAR_WIDTH, BAR_STEPS = 586.0, 13.0, 60
TALLEST, ROW = 290.0, 44.0
"""Height of the cells at most, and of a row where there are few [px]."""
FEW = 9
"""Up to so many levels each has its label; of more a scale has round numbers."""
MOST_WORDS = 26
"""Words that stand beside the rows of an axis at most."""
UNEVEN = 3.0
"""Ratio of gaps beyond which levels stand side by side, and not to scale."""
WIDEST = 150.0
"""Room for words at the left [px]."""
SIZE = 10.0
LEAST_ROOM, GAP = 62.0, 6.0
"""Room that a label below an axis has at least, if it needs it, and free pixels beside it."""


@dataclass(frozen=True)
class Axis:
    """An input along an edge of the picture.

    Attributes
    ----------
    title
        Its name with the unit.
    texts
        Each level, with its unit.
    edges
        Bounds of the cells, from 0 to 1.
    ticks
        Places from 0 to 1 and their labels.
    words
        Whether levels are words: then the first stands on top.
    """

    title: str
    texts: list[str]
    edges: list[float]
    ticks: list[tuple[float, str]]
    words: bool

    @property
    def room(self) -> float:
        """Pixels that its labels take at the left."""
        return min(WIDEST, max((text_width(text, SIZE) for _, text in self.ticks), default=0.0) + 8)

    @property
    def tall(self) -> float:
        """Pixels of its cells, if it stands upright."""
        return min(TALLEST, max(2.0, len(self.texts)) * ROW)

    @property
    def middles(self) -> list[float]:
        """Middle of each cell."""
        return [(a + b) / 2 for a, b in zip(self.edges, self.edges[1:], strict=False)]


@dataclass(frozen=True)
class Colours:
    """Which colour a value has: from light to dark, or from both sides of zero."""

    kind: str
    low: float
    high: float

    def __call__(self, value: float) -> str:
        """Colour of a value."""
        if is_unknown(value):
            return UNKNOWN
        part = min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))
        return blend(DIVERGING if self.kind == "diverging" else SEQUENTIAL,
                     1 - part if self.kind == "reversed" else part)  # fmt: skip


def colours(values: NDArray[np.float64]) -> Colours:
    """Colours over all known values: with zero in the middle where they have both signs."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    size = max(abs(low), abs(high))
    if low < -DUST * size and high > DUST * size:
        return Colours("diverging", -size, size)
    kind = "reversed" if high <= DUST * size and low < 0 else "sequential"
    if high - low <= DUST * size:
        return Colours(kind, low, low + (size or 1.0))
    return Colours(kind, low, high)


def blend(anchors: Sequence[str], part: float) -> str:
    """Colour at a part of the way through evenly spaced ones."""
    at = part * (len(anchors) - 1)
    first = min(int(at), len(anchors) - 2)
    pair = [[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in anchors[first : first + 2]]
    mixed = [round(a + (b - a) * (at - first)) for a, b in zip(*pair, strict=True)]
    return "#" + "".join(f"{part:02x}" for part in mixed)


@dataclass(frozen=True)
class Picture:
    """The cells of one view.

    Attributes
    ----------
    told
        Inputs and outputs of the sweep.
    x, y, output
        Their names.
    rows (up, across)
        A row of a table for each cell.
    columns
        Columns of the value, and of the values of x and y as numbers and as words.
    """

    told: SweepPage
    x: str
    y: str
    output: str
    rows: list[list[Row]]
    columns: tuple[str, tuple[str, str], tuple[str, str]]

    def across(self, row: Row) -> Text:
        """Value of x."""
        return self.told.level(self.x, row, *self.columns[1])

    def up(self, row: Row) -> Text:
        """Value of y."""
        return self.told.level(self.y, row, *self.columns[2])

    def amount(self, row: Row) -> Text:
        """Value of the output."""
        return self.told.amount(self.output, row, self.columns[0])

    def at(self, row: Row) -> Text:
        """Where a cell lies, by the inputs that move the output."""
        moving = self.told.moving(self.output)
        sides = [(self.x, self.across(row)), (self.y, self.up(row))]
        kept = [side for side in sides if side[0] in moving] or sides
        return joined("; ", (self.told.set(name, level) for name, level in kept))

    @cached_property
    def ends(self) -> tuple[Row, Row] | None:
        """Lowest and highest cell, the first of those that are alike; None where none is known."""
        return ends_of([row for line in self.rows for row in line], self.columns[0])

    def axis(self, name: str) -> Axis:
        """The axis of x or of y."""
        line = self.rows[0] if name == self.x else [row[0] for row in self.rows]
        number, word = self.columns[1] if name == self.x else self.columns[2]
        words = self.told.is_word(name)
        level = self.across if name == self.x else self.up
        texts = [plain(level(row)) for row in line]
        return axis_of(self.told, name, [row[word if words else number] for row in line], texts)


def axis_of(told: SweepPage, name: str, levels: Sequence[Any], texts: list[str]) -> Axis:
    """An axis with these levels."""
    about, words = told.inputs[name], told.is_word(name)
    unit = told.unit(about)
    title = plain(told.input(name)) + (f" ({unit})" if unit else "")
    count = len(levels)
    gaps = np.diff(np.asarray(levels, dtype=float)) if not words and count > 1 else np.empty(0)
    even = len(gaps) > 0 and gaps.min() > 0 and gaps.max() <= UNEVEN * gaps.min()
    if words or count <= FEW or not even:
        edges = np.linspace(0, 1, count + 1)
        every = -(-count // (MOST_WORDS if words else FEW))
        ticks = [((edges[k] + edges[k + 1]) / 2, texts[k]) for k in range(0, count, every)]
        return Axis(title, texts, _rounded(edges), [(round(p, 4), t) for p, t in ticks], words)
    values = np.asarray(levels, dtype=float) * (100.0 if per_cent(about["unit"]) else 1.0)
    gaps = np.diff(values)
    bounds = np.concatenate(
        [[values[0] - gaps[0] / 2], values[:-1] + gaps / 2, [values[-1] + gaps[-1] / 2]]
    )
    low, size = bounds[0], bounds[-1] - bounds[0]
    scale = Scale((float(values[0]), float(values[-1])), (0.0, 1.0), 6)
    ticks = [(round((value - low) / size, 4), tick(value, scale.step)) for value in scale.ticks]
    return Axis(title, texts, _rounded((bounds - low) / size), ticks, words)


def _rounded(places: NDArray[np.float64]) -> list[float]:
    return [round(float(place), 4) for place in places]


def draw(told: SweepPage) -> Figure | None:
    """The first view: sliders in the middle; None where a sweep has not two inputs."""
    picture = _first(told)
    if picture is None or picture.ends is None:
        return None
    page = told.page
    lowest, highest = picture.ends
    same = plain(picture.amount(lowest)) == plain(picture.amount(highest))
    title = page.say(
        "heat.title_same" if same else "heat.title",
        output=told.output(picture.output), low=picture.amount(lowest),
        **({} if same else {"low_at": picture.at(lowest), "high": picture.amount(highest),
                            "high_at": picture.at(highest)}),
    )  # fmt: skip
    heads = (
        page.say("heat.corner", y=told.input(picture.y), x=told.input(picture.x)),
        *(picture.across(row) for row in picture.rows[0]),
    )
    lines = picture.rows if told.is_word(picture.y) else picture.rows[::-1]
    cells = tuple((picture.up(line[0]), *(picture.amount(row) for row in line)) for line in lines)
    middle = picture.rows[len(picture.rows) // 2][len(picture.rows[0]) // 2]
    alt = page.say(
        "heat.alt", output=told.output(picture.output), x=told.input(picture.x),
        y=told.input(picture.y), low=picture.amount(lowest), high=picture.amount(highest),
        middle=picture.amount(middle), middle_at=picture.at(middle),
    )  # fmt: skip
    return Figure(
        id=ID,
        title=title,
        alt=alt,
        views=(("", _paint(picture)),),
        source=_source(picture),
        table=Table(f"{ID}-table", title, heads, cells,
                    numeric=frozenset(range(1, len(heads)))),
    )  # fmt: skip


def ends_of(rows: Sequence[Row], column: str) -> tuple[Row, Row] | None:
    """Rows with the lowest and the highest known value, the first of those that are alike."""
    known = [row for row in rows if not is_unknown(row[column])]
    if not known:
        return None
    return min(known, key=lambda row: float(row[column])), max(
        known, key=lambda row: float(row[column])
    )


def _source(picture: Picture) -> Text:
    """What a cell is, and where the inputs stand that are not drawn."""
    told = picture.told
    page, row = told.page, picture.rows[0][0]
    fixed = [name for name in told.inputs if name not in (picture.x, picture.y, "draw")]
    if not told.head["exact"]:
        return page.say("heat.medians", sampled=told.head.count("sampled"))
    text = page.say("heat.exact")
    thinned = [told.inputs[name] for name in told.inputs
               if told.inputs[name]["shown"] < told.inputs[name]["levels"]]  # fmt: skip
    if thinned:
        listed = joined(
            "; ",
            (page.say("heat.thinned_one", input=told.input(about["name"]),
                      shown=about.count("shown"), levels=about.count("levels"))
             for about in thinned),
        )  # fmt: skip
        text = text_of(text, " ", page.say("heat.thinned", listed=listed))
    if fixed:
        at = joined("; ", (told.set(name, told.level(name, row, name)) for name in fixed))
        text = text_of(text, " ", page.say("heat.fixed", at=at))
    if any(is_unknown(r[picture.columns[0]]) for line in picture.rows for r in line):
        text = text_of(text, " ", page.label("heat.unknown"))
    return text


def _first(told: SweepPage) -> Picture | None:
    """Cells of the first view."""
    if len(told.axes) < 2 or not told.shown:
        return None
    x, y = told.axes
    output = told.shown[0]
    page = told.page
    if told.head["exact"]:
        grid = page.tables["sweep_grid"]
        if grid.empty:
            return None
        levels = _grid_levels(told)
        chosen = np.ones(len(grid), dtype=bool)
        for name, values in levels.items():
            if name not in (x, y):
                chosen &= (grid[name] == values[middle(told, name, len(values))]).to_numpy()
        table, frame, columns = "sweep_grid", grid[chosen], (output, (x, x), (y, y))
    else:
        medians = page.tables["sweep_medians"]
        if medians.empty:
            return None
        mine = (medians["x"] == x) & (medians["y"] == y) & (medians["name"] == output)
        table, frame = "sweep_medians", medians[mine]
        columns = ("median", ("x_value", "x_word"), ("y_value", "y_word"))
    if frame.empty:
        return None
    rows = page.of(table, frame)
    sides = [columns[side][told.is_word(name)] for side, name in ((1, x), (2, y))]
    order = [list(dict.fromkeys(row[side] for row in rows)) for side in sides]
    at = {(row[sides[1]], row[sides[0]]): row for row in rows}
    return Picture(told, x, y, output, [[at[up, over] for over in order[0]] for up in order[1]],
                   columns)  # fmt: skip


def middle(told: SweepPage, name: str, count: int) -> int:
    """Level at which a slider stands at first; of options it is the first."""
    return 0 if told.inputs[name]["kind"] == "option" else count // 2


def _grid_levels(told: SweepPage) -> dict[str, list[Any]]:
    """Levels of the inputs in the picture, in their order; the last input runs fastest."""
    grid = told.page.tables["sweep_grid"]
    return {name: grid[name].drop_duplicates().tolist() for name in told.inputs}


def _paint(picture: Picture) -> str:
    told, column = picture.told, picture.columns[0]
    across, up = picture.axis(picture.x), picture.axis(picture.y)
    left, bottom = LEFT + up.room, TOP + up.tall
    canvas = Canvas(bottom + 44)
    of = told.outputs[picture.output]
    shade = colours(_all_values(picture))
    headed(canvas, told, picture.output, left)
    for j, line in enumerate(picture.rows):
        y, height = _up(up, j, bottom)
        # Neighbours of one colour are one shape: fewer bytes, and no seams between them.
        for first, last, fill in _runs([shade(row[column]) for row in line]):
            x = left + across.edges[first] * (RIGHT - left)
            width = left + across.edges[last + 1] * (RIGHT - left) - x
            canvas.rect(x, y, width, height, fill, hatch=fill == UNKNOWN)
    for part, text in spaced(across.ticks, RIGHT - left):
        x = left + part * (RIGHT - left)
        canvas.line(x, bottom, x, bottom + 4, SOFT)
        canvas.text(x, bottom + 12, text, size=SIZE, anchor="middle", fill=SOFT, tick=True)
    canvas.text((left + RIGHT) / 2, bottom + 31, across.title, size=11, anchor="middle", fill=INK)
    for part, text in up.ticks:
        y = TOP + part * up.tall if up.words else bottom - part * up.tall
        canvas.line(left - 4, y, left, y, SOFT)
        canvas.text(left - 7, y, clipped(text, SIZE, WIDEST - 8), size=SIZE, anchor="end",
                    fill=SOFT, tick=True)  # fmt: skip
    canvas.text(12, (TOP + bottom) / 2, clipped(up.title, 11, up.tall + 30), size=11,
                anchor="middle", fill=INK, turn=-90)  # fmt: skip
    _bar(canvas, shade, bottom, bar_ticks(told, of, shade))
    return canvas.svg()


def headed(canvas: Canvas, told: SweepPage, output: str, left: float) -> None:
    """What is drawn, with its unit, above it."""
    for place, line in enumerate(wrapped(told.heading(output), 11.5, WIDTH - 20 - left, 2)):
        canvas.text(left, 10 + 15 * place, line, size=11.5, bold=True)


def spaced(
    ticks: Sequence[tuple[float, str]], width: float, size: float = SIZE
) -> list[tuple[float, str]]:
    """Labels below an axis that do not touch: every second or third if need be, and clipped."""
    room = width / max(1, len(ticks))
    longest = max((text_width(text, size) for _, text in ticks), default=0.0) + GAP
    every = max(1, -int(-min(longest, LEAST_ROOM) // room))
    return [(place, clipped(text, size, every * room - GAP)) for place, text in ticks[::every]]


def _up(axis: Axis, level: int, bottom: float) -> tuple[float, float]:
    """Upper edge and height of a row of cells."""
    low, high = axis.edges[level] * axis.tall, axis.edges[level + 1] * axis.tall
    return (TOP + low if axis.words else bottom - high), high - low


def _runs(fills: Sequence[str]) -> list[tuple[int, int, str]]:
    """First, last and colour of neighbours of the same colour."""
    runs: list[tuple[int, int, str]] = []
    for place, fill in enumerate(fills):
        if runs and runs[-1][2] == fill:
            runs[-1] = (runs[-1][0], place, fill)
        else:
            runs.append((place, place, fill))
    return runs


def _bar(canvas: Canvas, shade: Colours, bottom: float, ticks: Sequence[tuple[float, str]]) -> None:
    """The colours with their values, at the right."""
    height = (bottom - TOP) / BAR_STEPS
    for step in range(BAR_STEPS):
        value = shade.low + (step + 0.5) / BAR_STEPS * (shade.high - shade.low)
        # A hair taller than a step: no light between two of them.
        canvas.rect(BAR, bottom - (step + 1) * height - 0.3, BAR_WIDTH, height + 0.3, shade(value))
    for place, text in ticks:
        y = bottom - place * (bottom - TOP)
        canvas.line(BAR + BAR_WIDTH, y, BAR + BAR_WIDTH + 4, y, SOFT)
        canvas.text(BAR + BAR_WIDTH + 7, y, text, size=9.5, fill=SOFT, tick=True)


def bar_ticks(told: SweepPage, about: Row, shade: Colours) -> list[tuple[float, str]]:
    """Round values along the bar of colours: places from 0 to 1, and texts with their unit."""
    form = form_of(about["unit"])
    scale = Scale((shade.low, shade.high), (0.0, 1.0), 5)
    return [(round(scale(v), 4), told.page.words.form(form, v)) for v in scale.ticks]


def _all_values(picture: Picture) -> NDArray[np.float64]:
    """Values of the output at all positions of the sliders, so that colours stay comparable."""
    tables = picture.told.page.tables
    if picture.told.head["exact"]:
        return tables["sweep_grid"][picture.output].to_numpy(dtype=float)
    medians = tables["sweep_medians"]
    return medians.loc[medians["name"] == picture.output, "median"].to_numpy(dtype=float)


# --- for the page's script -----------------------------------------------------------------------


def data(told: SweepPage) -> dict[str, Any]:
    """All that the script draws, by the figure's id; empty where there is no such picture.

    ``inputs`` have levels and an axis each, ``outputs`` texts, their values, and for each cell the
    place of its text. Cells run as the rows of ``sweep_grid`` do; where they are medians,
    ``maps`` has those of each pair of axes.
    """
    if draw(told) is None:
        return {}
    exact = bool(told.head["exact"])
    names = [name for name in told.inputs if told.inputs[name]["kind"] != "draw"]
    tables = told.page.tables
    if exact:
        levels = {name: found for name, found in _grid_levels(told).items() if name in names}
        maps: list[dict[str, Any]] = []
        columns = {name: tables["sweep_grid"][name].to_numpy(dtype=float) for name in told.shown}
    else:
        medians = tables["sweep_medians"]
        pairs = medians[["x", "y"]].drop_duplicates().to_numpy().tolist()
        levels = {name: _median_levels(told, medians, name) for pair in pairs for name in pair}
        names = [name for name in names if name in levels]
        maps = [{"x": names.index(x), "y": names.index(y)} for x, y in pairs]
        columns = {
            name: medians.loc[medians["name"] == name, "median"].to_numpy(dtype=float)
            for name in told.shown
        }
    inputs = [_told_input(told, name, levels[name]) for name in names]
    made = {
        "exact": exact,
        "inputs": inputs,
        "outputs": [_told_output(told, name, columns[name], names) for name in told.shown],
        "x": names.index(told.axes[0]),
        "y": names.index(told.axes[1]),
        "at": [middle(told, name, len(levels[name])) for name in names],
        "maps": maps,
        "colours": {"sequential": SEQUENTIAL, "diverging": DIVERGING, "unknown": UNKNOWN},
        "ink": {"ink": INK, "soft": SOFT, "paper": PAPER},
        "box": {"left": LEFT, "right": RIGHT, "top": TOP, "bar": BAR, "wide": BAR_WIDTH,
                "steps": BAR_STEPS, "widest": WIDEST},
        "ids": _scenarios(tables["sweep_grid"], names, levels) if exact else None,
    }  # fmt: skip
    return {ID: made}


def _median_levels(told: SweepPage, medians: pd.DataFrame, name: str) -> list[Any]:
    column = "word" if told.is_word(name) else "value"
    for side in ("x", "y"):
        found = medians.loc[medians[side] == name, f"{side}_{column}"]
        if len(found):
            return found.drop_duplicates().tolist()
    return []


def _told_input(told: SweepPage, name: str, levels: Sequence[Any]) -> dict[str, Any]:
    about = told.inputs[name]
    form = "quote" if told.is_word(name) else "level" if per_cent(about["unit"]) else "number"
    unit = "" if form in ("quote", "level") else told.unit(about)
    texts = [_level_text(told, form, level, unit) for level in levels]
    axis = axis_of(told, name, levels, texts)
    return {
        "label": plain(told.input(name)),
        "title": axis.title,
        "kind": about["kind"],
        "levels": texts,
        "edges": axis.edges,
        "ticks": axis.ticks,
        "room": round(axis.room, 1),
        "tall": axis.tall,
    }


def _level_text(told: SweepPage, form: str, level: Any, unit: str) -> str:
    text: Piece = told.page.words.form(form, level)
    return plain(told.page.say("sweep.with_unit", value=text, unit=unit)) if unit else str(text)


def _told_output(
    told: SweepPage, name: str, values: NDArray[np.float64], inputs: Sequence[str]
) -> dict[str, Any]:
    """Texts once each, with a value that gives their colour, and the place of each cell's text."""
    about = told.outputs[name]
    form = form_of(about["unit"])
    unit = told.unit(about)
    inside = "" if form in ("percent", "usd") else unit
    texts: dict[str, int] = {}
    worth: list[float | None] = []
    cells = []
    for value in values.tolist():
        text = _level_text(told, form, value, "" if is_unknown(value) else inside)
        if text not in texts:
            texts[text] = len(texts)
            worth.append(None if is_unknown(value) else float(f"{value:.5g}"))
        cells.append(texts[text])
    shade = colours(values)
    moving = told.moving(name)
    return {
        "label": plain(told.output(name)),
        "title": told.heading(name),
        "texts": list(texts),
        "values": worth,
        "cells": cells,
        "scale": shade.kind,
        "low": shade.low,
        "high": shade.high,
        "ticks": bar_ticks(told, about, shade),
        "moving": [one in moving for one in inputs],
    }


def _scenarios(
    grid: pd.DataFrame, names: Sequence[str], levels: dict[str, list[Any]]
) -> list[list[int]] | None:
    """Numbers of scenarios as a sum of one number for each input; None where they are none."""
    shape = [len(levels[name]) for name in names]
    ids = grid["scenario_id"].to_numpy(dtype=np.int64).reshape(shape)
    origin = int(ids[(0,) * len(shape)])
    parts = []
    total = np.full(shape, origin, dtype=np.int64)
    for axis in range(len(shape)):
        place: list[Any] = [0] * len(shape)
        place[axis] = slice(None)
        part = ids[tuple(place)] - origin
        total += part.reshape([-1 if k == axis else 1 for k in range(len(shape))])
        parts.append([int(number) for number in part])
    if not (total == ids).all():
        return None
    return [[origin + number for number in parts[0]], *parts[1:]]
