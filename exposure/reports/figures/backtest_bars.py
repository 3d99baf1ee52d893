"""Bills of firms: what was reported, a band, beside what the model says, a line with its median."""

from __future__ import annotations

from exposure.reports.backtest_blocks import of_kind
from exposure.reports.description import Figure, Table, joined, text_of
from exposure.reports.figures.canvas import INK, SOFT, Canvas, Scale, axis, legend
from exposure.reports.page import Page, Row

SEEN, SAID = "#E69F00", "#0072B2"
LEFT, RIGHT, TOP, STEP = 190.0, 660.0, 34.0, 26.0
MILLION = 1e6


def draw(page: Page) -> Figure:
    """All bills that are scored; the table holds those of parts of a firm as well."""
    rows = of_kind(page, "firm_bill_quarter", "firm_bill_year")
    cells = tuple(
        (
            row.quote("who"),
            row.quote("period"),
            row.span("usd", "observed_low", "observed_central", "observed_high"),
            row.span("usd", "predicted_low", "predicted_median", "predicted_high"),
            (row.usd("naive_statutory"),),
            (row.percent("error_share"),),
            row.quote("inside"),
            row.quote("covers"),
        )
        for row in rows
    )
    title = page.say("backtest.bills")
    return Figure(
        id="backtest-bills",
        title=title,
        alt=joined("; ", (text_of(who, " ", when, ": ", seen, ", ", said)
                          for who, when, seen, said, *_ in cells)),
        views=(("", _paint(page, [row for row in rows if row["scored"]])),),
        source=page.say("backtest.bills_source"),
        table=Table("backtest-bills-table", title, page.labels("backtest.bills_columns"), cells,
                    numeric=frozenset({2, 3, 4, 5})),
    )  # fmt: skip


def _paint(page: Page, rows: list[Row]) -> str:
    bottom = TOP + STEP * max(1, len(rows))
    canvas = Canvas(bottom + 44)
    seen, said = page.label("backtest.seen"), page.label("backtest.said")
    names = ("observed_high", "predicted_high", "predicted_median")
    values = [row[name] / MILLION for row in rows for name in names if row[name] == row[name]]
    scale = Scale((0.0, max(values, default=1.0)), (LEFT, RIGHT))
    legend(canvas, LEFT, 12, [(SEEN, seen), (SAID, said)])
    axis(canvas, scale, TOP, bottom, page.label("backtest.axis"))
    for place, row in enumerate(rows):
        y = TOP + STEP * (place + 0.5)
        canvas.text(
            LEFT - 8, y, f"{row['who']}, {row['period']}", size=10.5, anchor="end", fill=SOFT
        )
        low, high = (scale(row[f"observed_{end}"] / MILLION) for end in ("low", "high"))
        canvas.rect(low, y - 9, max(high - low, 2.0), 18, SEEN,
                    tip=f"{seen}: {row.usd('observed_central')}")  # fmt: skip
        if row["predicted_low"] == row["predicted_low"]:
            ends = [scale(row[f"predicted_{end}"] / MILLION) for end in ("low", "high")]
            canvas.line(ends[0], y, ends[1], y, SAID, width=4)
        canvas.circle(scale(row["predicted_median"] / MILLION), y, 4.5, SAID, stroke=INK,
                      tip=f"{said}: {row.usd('predicted_median')}")  # fmt: skip
    return canvas.svg()
