"""Jobs of every country: exposed by how they hang on the market, and predicted, side by side."""

from __future__ import annotations

from exposure.reports.description import Figure, Table, joined, text_of
from exposure.reports.figures.canvas import (
    INK,
    Canvas,
    Scale,
    axis,
    clipped,
    legend,
    reaching,
    whiskers,
)
from exposure.reports.page import Page, Row

PARTS = {"direct": "#0072B2", "home": "#56B4E9", "abroad": "#E69F00"}
PREDICTED = "#D55E00"
EXPOSED_PANEL, PREDICTED_PANEL = (150.0, 400.0), (440.0, 665.0)
ROW, TOP = 22.0, 28.0


def draw(page: Page, scenario: str) -> Figure | None:
    """Bars of the countries whose jobs are counted; None where none are."""
    rows = page.rows("country_jobs", scenario=scenario)
    if not rows:
        return None
    title = page.say("jobs_three.title", country=rows[0].name("country", "country"),
                     share=rows[0].percent("exposed_share"))  # fmt: skip
    cells = tuple(
        (
            (row.name("country", "country"),), (row.count("jobs"),),
            *((row.percent(f"{part}_share"),) for part in PARTS),
            (row.percent("exposed_share"),),
            row.span("fine_percent", "predicted_low_share", "predicted_share",
                     "predicted_high_share"),
        )
        for row in rows
    )  # fmt: skip
    name = f"jobs-by-country-{scenario}"
    return Figure(
        id=name,
        title=title,
        alt=joined("; ", (text_of(c[0], ": ", c[5], ", ", c[6]) for c in cells)),
        views=(("", _paint(page, rows)),),
        source=page.say("jobs_three.source"),
        table=Table(f"{name}-table", title, page.labels("jobs_three.columns"), cells,
                    numeric=frozenset(range(1, 7))),
    )  # fmt: skip


def _paint(page: Page, rows: list[Row]) -> str:
    bottom = TOP + ROW * len(rows)
    canvas = Canvas(bottom + 40)
    names = [page.label(f"jobs_three.{part}") for part in PARTS]
    legend(canvas, EXPOSED_PANEL[0], 10, list(zip(PARTS.values(), names, strict=True)),
           hatched=names[-1])  # fmt: skip
    left = Scale((0.0, 100 * max(row["exposed_share"] for row in rows)), EXPOSED_PANEL, 4)
    axis(canvas, left, TOP, bottom, page.label("jobs_three.axis_exposed"))
    ends = [100 * row[f"predicted_{end}share"] for row in rows for end in ("low_", "", "high_")]
    low, high = reaching(ends)
    if high - low < 0.01:
        low, high = -0.01, 0.01
    right = Scale((low, high), PREDICTED_PANEL, 3)
    axis(canvas, right, TOP, bottom, page.label("jobs_three.axis_predicted"))
    for place, row in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        country = str(row.name("country", "country"))
        canvas.text(EXPOSED_PANEL[0] - 8, y, clipped(country, 10.5, 142), size=10.5, anchor="end")
        start = 0.0
        for part, colour in PARTS.items():
            share = 100 * row[f"{part}_share"]
            tip = f"{country}, {page.label(f'jobs_three.{part}')}: {row.percent(f'{part}_share')}"
            canvas.rect(left(start), y - 7, left(start + share) - left(start), 14, colour,
                        hatch=part == "abroad", tip=tip)  # fmt: skip
            start += share
        middle = 100 * row["predicted_share"]
        tip = f"{country}: {row.value('predicted_share', 'fine_percent')}"
        canvas.rect(right(0.0), y - 7, right(middle) - right(0.0), 14, PREDICTED, tip=tip)
        reach = [right(100 * row[f"predicted_{end}_share"]) for end in ("low", "high")]
        whiskers(canvas, reach[0], y, reach[1])
    canvas.line(right(0.0), TOP, right(0.0), bottom, INK)
    return canvas.svg()
