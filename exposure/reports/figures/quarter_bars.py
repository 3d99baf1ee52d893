"""Duty by quarter: what enters pays it at once, what is sold carries it later."""

from __future__ import annotations

from exposure.reports.description import Figure, Table, Text, joined, text_of
from exposure.reports.figures.canvas import LINE, SOFT, Canvas, Scale, legend, tick
from exposure.reports.page import Page, Row

BORDER, SOLD = "#0072B2", "#E69F00"
LEVEL = 0.03
"""Whole quarters that differ by less are level: they differ by their days alone."""
LEFT, RIGHT, TOP, BOTTOM = 60.0, 660.0, 30.0, 190.0


def draw(page: Page, scenario: str, product: str) -> Figure | None:
    """Bars by quarter over all routes; None where no duty falls or the quarters are too few."""
    rows = page.rows("product_quarters", scenario=scenario, product=product)
    if len(rows) < 2 or not max(row["duty_border_usd"] for row in rows) > 0:
        return None
    sold = [row for row in rows if row["duty_sold_central"] == row["duty_sold_central"]]
    title = _title(page, rows, sold)
    cells = tuple(
        (row.quote("quarter"), (row.usd("duty_border_usd"),), (row.usd("duty_sold_central"),),
         (row.usd("borne_by_firm_usd"),))
        for row in rows
    )  # fmt: skip
    name = f"quarters-{scenario}-{product}"
    source = page.say("quarters.source")
    return Figure(
        id=name,
        title=title,
        alt=joined("; ", (text_of(q, ": ", b, ", ", s) for q, b, s, _ in cells)),
        views=(("", _paint(page, rows, known=bool(sold))),),
        source=source if sold else text_of(source, " ", page.say("quarters.unknown")),
        table=Table(f"{name}-table", title, page.labels("quarters.columns"), cells,
                    numeric=frozenset({1, 2, 3})),
    )  # fmt: skip


def _title(page: Page, rows: list[Row], sold: list[Row]) -> Text:
    """In which quarters duty is largest, or that it is level."""
    level = _is_level(rows, "duty_border_usd")
    if level and (not sold or _is_level(rows, "duty_sold_central")):
        return page.say("quarters.title_level")
    top = max(rows, key=lambda row: row["duty_border_usd"]).value("quarter", "quote")
    if not sold:
        return page.say("quarters.title", border=top)
    most = max(sold, key=lambda row: row["duty_sold_central"])
    if level:
        # Which of the days' differences is largest tells nothing here either.
        near = (1 - LEVEL) * most["duty_sold_central"]
        first = next(row for row in sold if row["duty_sold_central"] >= near)
        return page.say("quarters.title_level_sold", sold=first.value("quarter", "quote"))
    return page.say("quarters.title_sold", border=top, sold=most.value("quarter", "quote"))


def _is_level(rows: list[Row], column: str) -> bool:
    """Whether quarters between the first and the last, which may be cut, differ hardly.

    One whole quarter tells nothing, and what is not known is not level.
    """
    whole = [row[column] for row in rows[1:-1]]
    known = len(whole) > 1 and all(value == value for value in whole)
    return known and max(whole) - min(whole) < LEVEL * max(whole)


def _paint(page: Page, rows: list[Row], *, known: bool) -> str:
    canvas = Canvas(BOTTOM + 44)
    names = ("duty_border_usd", "duty_sold_central") if known else ("duty_border_usd",)
    labels = (page.label("quarters.at_border"), page.label("quarters.in_sold"))
    values = [row[name] / 1e6 for row in rows for name in names if row[name] == row[name]]
    scale = Scale((0.0, max(values)), (BOTTOM, TOP), count=4)
    for value in scale.ticks:
        canvas.line(LEFT, scale(value), RIGHT, scale(value), LINE)
        canvas.text(LEFT - 6, scale(value), tick(value, scale.step), size=10, anchor="end",
                    fill=SOFT, tick=True)  # fmt: skip
    canvas.text(14, (TOP + BOTTOM) / 2, page.label("quarters.axis"), size=10.5, anchor="middle",
                fill=SOFT, turn=-90)  # fmt: skip
    legend(canvas, LEFT, 10, list(zip((BORDER, SOLD), labels, strict=False))[: len(names)],
           hatched=labels[1])  # fmt: skip
    slot = (RIGHT - LEFT) / len(rows)
    width = min(0.38 * slot, 40.0)
    for place, row in enumerate(rows):
        x = LEFT + slot * (place + 0.5)
        for turn, (name, colour, label) in enumerate(
            zip(names, (BORDER, SOLD), labels, strict=False)
        ):
            if row[name] != row[name]:
                continue
            start = x - width * len(names) / 2 + width * turn
            tip = f"{row['quarter']}, {label}: {row.usd(name)}"
            canvas.rect(start, BOTTOM, width * 0.94, scale(row[name] / 1e6) - BOTTOM, colour,
                        hatch=turn == 1, tip=tip)  # fmt: skip
        if len(rows) <= 14 or place % 2 == 0:
            canvas.text(x, BOTTOM + 12, row["quarter"], size=9.5, anchor="middle", fill=SOFT)
    canvas.text((LEFT + RIGHT) / 2, BOTTOM + 32, page.label("quarters.quarter"), size=10.5,
                anchor="middle", fill=SOFT)  # fmt: skip
    return canvas.svg()
