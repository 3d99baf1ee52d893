"""Jobs exposed and jobs predicted by country: two panels, never one sum."""

from __future__ import annotations

from exposure.reports.description import Figure, Table, joined, text_of
from exposure.reports.figures.canvas import Canvas, Scale, axis, clipped
from exposure.reports.page import Page, Row

COLUMNS = (("exposed_central", "#0072B2"), ("predicted_central", "#D55E00"))
PANELS = ((150.0, 375.0), (425.0, 640.0))
ROW, TOP, ROOM = 24.0, 8.0, 46.0


def draw(page: Page, scenario: str, product: str) -> Figure:
    """Bars by country at central values."""
    rows = page.rows("product_jobs", scenario=scenario, product=product)
    title = (
        page.say("jobs.title", country=rows[0].name("country", "country"))
        if rows
        else page.say("jobs.title_none")
    )
    cells = tuple(
        ((row.name("country", "country"),), (row.count("exposed_central"),),
         (row.count("predicted_central"),))
        for row in rows
    )  # fmt: skip
    name = f"jobs-{scenario}-{product}"
    return Figure(
        id=name,
        title=title,
        alt=joined("; ", (text_of(a, ": ", b, ", ", c) for a, b, c in cells[:15])),
        views=(("", _paint(page, rows)),),
        source=page.say("jobs.source"),
        table=Table(f"{name}-table", title, page.labels("jobs.columns"), cells,
                    numeric=frozenset({1, 2})),
    )  # fmt: skip


def _paint(page: Page, rows: list[Row]) -> str:
    bottom = TOP + ROW * max(len(rows), 1)
    canvas = Canvas(bottom + 40)
    titles = page.labels("jobs.columns")[1:]
    for (column, colour), (left, right), title in zip(COLUMNS, PANELS, titles, strict=True):
        values = [row[column] for row in rows] or [0.0]
        low, high = min(0.0, *values), max(0.0, *values)
        if high - low < 1.0:
            # Rounding dust is no change: an axis that zooms into it would mislead.
            low, high = -1.0, 1.0
        scale = Scale(
            (low, high), (left + (ROOM if low < 0 else 0), right - (ROOM if high > 0 else 0)), 3
        )
        axis(canvas, scale, TOP, bottom, title)
        for place, row in enumerate(rows):
            y = TOP + ROW * (place + 0.5)
            text = str(row.count(column))
            tip = f"{row.name('country', 'country')}, {title}: {text}"
            canvas.rect(scale(0.0), y - 8, scale(row[column]) - scale(0.0), 16, colour, tip=tip)
            right_side = row[column] >= 0
            canvas.text(scale(row[column]) + (5 if right_side else -5), y, text, size=10,
                        anchor="start" if right_side else "end", halo=True)  # fmt: skip
    for place, row in enumerate(rows):
        canvas.text(PANELS[0][0] - 8, TOP + ROW * (place + 0.5),
                    clipped(str(row.name("country", "country")), 10.5, 142), size=10.5,
                    anchor="end")  # fmt: skip
    return canvas.svg()
