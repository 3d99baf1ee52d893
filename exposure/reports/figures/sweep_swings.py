"""How far each input of a sweep swings an output, all others being as they come."""

from __future__ import annotations

from exposure.reports.description import Figure, Table, Text, joined, plain, text_of
from exposure.reports.figures.canvas import (
    INK,
    SOFT,
    Canvas,
    Scale,
    clipped,
    legend,
    wrapped,
)
from exposure.reports.figures.sweep_heat import Colours, bar_ticks, headed, spaced
from exposure.reports.page import Row
from exposure.reports.sweep_page import SweepPage

ID = "sweep-swings"
LOW, HIGH = "#56B4E9", "#D55E00"
LEFT, RIGHT, ROW, TOP = 190.0, 664.0, 50.0, 60.0
ROOM = 118.0
"""Pixels kept free at both ends for the labels."""
BELOW = 26.0


def draw(told: SweepPage) -> Figure | None:
    """A view an output; None where nothing was moved."""
    page = told.page
    of = {name: page.rows("sweep_tornado", name=name) for name in told.shown}
    of = {name: rows for name, rows in of.items() if rows}
    if not of:
        return None
    first = next(iter(of))
    top = of[first][0]
    if top["moves"]:
        title = page.say(
            "swings.title", input=told.input(top["input"]), output=told.output(first),
            low=told.amount(first, top, "at_low"), low_at=end(told, top, "low"),
            high=told.amount(first, top, "at_high"), high_at=end(told, top, "high"),
        )  # fmt: skip
    else:
        title = page.say("swings.title_none", output=told.output(first))
    cells = tuple(
        (
            told.output(name), told.input(row["input"]), end(told, row, "low"),
            told.amount(name, row, "at_low"), end(told, row, "high"),
            told.amount(name, row, "at_high"),
        )
        for name, rows in of.items()
        for row in rows
    )  # fmt: skip
    alt = joined(
        "; ",
        (text_of(told.input(row["input"]), ": ", told.amount(first, row, "at_low"), " – ",
                 told.amount(first, row, "at_high")) for row in of[first]),
    )  # fmt: skip
    return Figure(
        id=ID,
        title=title,
        alt=alt,
        views=tuple((plain(told.output(name)), _paint(told, name, rows))
                    for name, rows in of.items()),
        source=page.say("swings.source", sampled=told.head.count("sampled")),
        table=Table(f"{ID}-table", title, page.labels("swings.columns"), cells,
                    numeric=frozenset({2, 3, 4, 5})),
    )  # fmt: skip


def end(told: SweepPage, row: Row, side: str) -> Text:
    """The end of an input to which a swing goes."""
    return told.level(row["input"], row, side, f"{side}_word")


def _paint(told: SweepPage, output: str, rows: list[Row]) -> str:
    about = told.outputs[output]
    bottom = TOP + ROW * len(rows)
    canvas = Canvas(bottom + BELOW)
    headed(canvas, told, output, 8)
    legend(canvas, LEFT, TOP - 14, [(LOW, told.page.label("swings.low")),
                                    (HIGH, told.page.label("swings.high"))])  # fmt: skip
    middle = float(about["median"])
    ends = [float(row[f"at_{side}"]) for row in rows for side in ("low", "high")]
    scale = Scale((min([middle, *ends]), max([middle, *ends])), (LEFT + ROOM, RIGHT - ROOM), 4)
    shown = Colours("", scale.low, scale.high)
    wide = RIGHT - LEFT - 2 * ROOM
    for part, text in spaced(bar_ticks(told, about, shown), wide, 9.5):
        x = LEFT + ROOM + part * wide
        canvas.line(x, TOP, x, bottom)
        canvas.text(x, bottom + 11, text, size=9.5, anchor="middle", fill=SOFT, tick=True)
    for place, row in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        lines = wrapped(plain(told.input(row["input"])), 11, LEFT - 18)
        for at, line in enumerate(lines):
            canvas.text(LEFT - 8, y + 13 * (at - (len(lines) - 1) / 2), line, size=11,
                        anchor="end")  # fmt: skip
        _bars(canvas, told, output, row, scale, middle, y)
    canvas.line(scale(middle), TOP - 3, scale(middle), bottom, INK, width=1.3)
    return canvas.svg()


def _bars(
    canvas: Canvas, told: SweepPage, output: str, row: Row, scale: Scale, middle: float, y: float
) -> None:
    """From the median to both ends, with the value and the input's end beside each."""
    if not row["moves"]:
        canvas.text(scale(middle) + 8, y, told.page.label("swings.still"), size=10, fill=SOFT,
                    halo=True)  # fmt: skip
        return
    swapped = row["at_low"] > row["at_high"]
    for side, colour in (("low", LOW), ("high", HIGH)):
        value = float(row[f"at_{side}"])
        amount = plain(told.amount(output, row, f"at_{side}"))
        level = plain(end(told, row, side))
        tip = f"{plain(told.input(row['input']))} {level}: {amount}"
        x = scale(value)
        canvas.rect(scale(middle), y - 12, x - scale(middle), 24, colour, tip=tip)
        right = (side == "low") == swapped
        # A bar that ends on the other side of the median still has its label outside of the other.
        edge = max(x, scale(middle)) if right else min(x, scale(middle))
        for lift, line in ((-6.5, amount), (6.5, level)):
            canvas.text(edge + (5 if right else -5), y + lift, clipped(line, 9.5, ROOM), size=9.5,
                        anchor="start" if right else "end",
                        fill=INK if line == amount else SOFT, halo=True)  # fmt: skip
