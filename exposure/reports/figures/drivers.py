"""What moves a number: each driver from the low to the high end of its range, all else central."""

from __future__ import annotations

from exposure.reports.description import Figure, Table, joined, text_of
from exposure.reports.figures.canvas import INK, Canvas, Scale, axis, legend, wrapped
from exposure.reports.page import Page, Row, metric_form

SHOWN = ("operating_profit_change_usd", "volume_change_share", "jobs_predicted")
"""Numbers that a picture is made of, the first that has drivers."""
LOW, HIGH = "#56B4E9", "#D55E00"
LEFT, RIGHT, ROW, TOP = 215.0, 660.0, 46.0, 26.0
ROOM = 95.0
"""Pixels kept free at both ends for the labels."""


def draw(page: Page, scenario: str, product: str) -> Figure | None:
    """A tornado of the first of `SHOWN` that varies; None where none does."""
    for metric in SHOWN:
        rows = page.rows("drivers", scenario=scenario, product=product, metric=metric)
        if rows:
            break
    else:
        return None
    head = page.rows("headline", scenario=scenario, product=product, metric=metric)[0]
    form = metric_form(metric)
    title = page.say("drivers.title", metric=head.name("metric", "metric"),
                     driver=rows[0].value("title", "short"))  # fmt: skip
    cells = tuple(
        (
            row.quote("title"), (row.value("low", "number"),), (row.value("high", "number"),),
            (row.value("metric_at_low", form),), (row.value("metric_at_high", form),),
            (row.value("total_share", "whole_percent"),),
        )
        for row in rows
    )  # fmt: skip
    name = f"drivers-{scenario}-{product}"
    alt = joined("; ", (text_of(c[0], ": ", c[3], " – ", c[4]) for c in cells))
    return Figure(
        id=name,
        title=title,
        alt=page.say("drivers.alt", central=head.value("central", form), listed=alt),
        views=(("", _paint(page, rows, head, form)),),
        source=page.say("drivers.source"),
        table=Table(f"{name}-table", title, page.labels("drivers.columns"), cells,
                    numeric=frozenset(range(1, 6))),
    )  # fmt: skip


def _paint(page: Page, rows: list[Row], head: Row, form: str) -> str:
    bottom = TOP + ROW * len(rows)
    canvas = Canvas(bottom + 40)
    factor = {"percent": 100.0, "usd": 1e-6}.get(form, 1.0)
    middle = head["central"] * factor
    ends = [row[f"metric_at_{end}"] * factor for row in rows for end in ("low", "high")]
    scale = Scale((min([middle, *ends]), max([middle, *ends])), (LEFT + ROOM, RIGHT - ROOM))
    unit = page.label(f"drivers.unit_{form}")
    metric = str(head.name("metric", "metric"))
    axis(canvas, scale, TOP, bottom, f"{metric} ({unit})")
    legend(canvas, LEFT, 10, [(LOW, page.label("drivers.low")), (HIGH, page.label("drivers.high"))])
    for place, row in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        lines = wrapped(str(row.value("title", "short")), 10.5, LEFT - 12)
        for at, line in enumerate(lines):
            canvas.text(LEFT - 10, y + 13 * (at - (len(lines) - 1) / 2), line, size=10.5,
                        anchor="end")  # fmt: skip
        for end, colour in (("low", LOW), ("high", HIGH)):
            value = row[f"metric_at_{end}"] * factor
            text = str(row.value(f"metric_at_{end}", form))
            input_at = str(row.value(end, "number"))
            tip = f"{row.value('title', 'short')} {input_at}: {text}"
            canvas.rect(scale(middle), y - 12, scale(value) - scale(middle), 24, colour, tip=tip)
            right = value >= middle
            canvas.text(scale(value) + (5 if right else -5), y, text, size=10,
                        anchor="start" if right else "end", halo=True)  # fmt: skip
    canvas.line(scale(middle), TOP - 4, scale(middle), bottom, INK, width=1.3)
    return canvas.svg()
