"""All products of a run in one picture: duty as a share of landed cost, before and after."""

from __future__ import annotations

from exposure.reports.description import Figure, Table, joined, text_of
from exposure.reports.figures.canvas import PAPER, SOFT, Canvas, Scale, axis, clipped
from exposure.reports.page import Page, Row
from exposure.reports.style import COLOURS, DUTY_COLOUR

LEFT, RIGHT, ROW, TOP = 250.0, 660.0, 22.0, 26.0


def draw(page: Page, scenario: str) -> Figure:
    """The picture of a scenario."""
    rows = page.rows("product_duty", scenario=scenario)
    first, last = rows[0], rows[-1]
    title = page.say(
        "overview.title", share=first.percent("scenario_share"), most=first.value("title", "quote"),
        least_share=last.percent("scenario_share"), least=last.value("title", "quote"),
    )  # fmt: skip
    cells = tuple(
        (row.quote("title"), (row.percent("baseline_share"),), (row.percent("scenario_share"),))
        for row in rows
    )
    name = f"overview-{scenario}"
    return Figure(
        id=name,
        title=title,
        alt=joined("; ", (text_of(a, ": ", b, " → ", c) for a, b, c in cells)),
        views=(("", _paint(page, rows)),),
        source=page.say("overview.source"),
        table=Table(f"{name}-table", title, page.labels("overview.columns"), cells,
                    numeric=frozenset({1, 2})),
    )  # fmt: skip


def _paint(page: Page, rows: list[Row]) -> str:
    bottom = TOP + ROW * len(rows)
    canvas = Canvas(bottom + 40)
    largest = max(max(row["baseline_share"], row["scenario_share"]) for row in rows)
    scale = Scale((0.0, max(100 * largest, 1.0)), (LEFT, RIGHT - 40))
    axis(canvas, scale, TOP, bottom, page.label("overview.axis"))
    canvas.circle(LEFT + 5, 10, 4.5, PAPER, stroke=COLOURS[0])
    canvas.text(LEFT + 15, 10, page.label("component.baseline"), size=10.5)
    _diamond(canvas, LEFT + 125, 10, "")
    canvas.text(LEFT + 135, 10, page.label("component.scenario"), size=10.5)
    for place, row in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        old, new = scale(100 * row["baseline_share"]), scale(100 * row["scenario_share"])
        before, after = str(row.percent("baseline_share")), str(row.percent("scenario_share"))
        tip = f"{row['title']}: {before} → {after}"
        canvas.text(LEFT - 10, y, clipped(row["title"], 10.5, LEFT - 14), size=10.5, anchor="end")
        canvas.line(old, y, new, y, SOFT, width=1.4)
        canvas.circle(old, y, 4.5, PAPER, stroke=COLOURS[0], tip=tip)
        _diamond(canvas, new, y, tip)
        canvas.text(max(old, new) + 8, y, after, size=9.5, fill=SOFT, halo=True)
    return canvas.svg()


def _diamond(canvas: Canvas, x: float, y: float, tip: str) -> None:
    corners = ((x - 5, y), (x, y - 5), (x + 5, y), (x, y + 5))
    shape = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in corners) + "Z"
    canvas.path(shape, DUTY_COLOUR, tip=tip)
