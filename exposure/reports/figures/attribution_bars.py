"""Whose doing a change is: a bar a factor by Shapley, a line where one after another puts it."""

from __future__ import annotations

from exposure.reports.description import Figure, Table, Text, joined, text_of
from exposure.reports.figures.canvas import (
    SOFT,
    Canvas,
    Scale,
    axis,
    legend,
    reaching,
    whiskers,
    wrapped,
)
from exposure.reports.page import Page, Row, metric_form
from exposure.reports.style import COLOURS, DUTY_COLOUR

LEFT, RIGHT, ROW, TOP, ROOM = 215.0, 668.0, 34.0, 26.0, 70.0
FORMS = {"origin": "name.country", "border": "name.country", "component": "name.component"}
"""How the name of a factor is told; others have a title of their own."""


def factor(row: Row) -> Text:
    """Name of a factor."""
    form = FORMS.get(row["by"])
    return (row.value("factor", form),) if form else row.quote("title")


def draw(page: Page, rows: list[Row]) -> Figure:
    """Factors of one number of one product, the largest first."""
    first = rows[0]
    form = metric_form(first["metric"])
    product = page.rows("products", product=first["product"])[0]
    title = page.say("parts.figure", product=product.value("title", "quote"),
                     metric=first.name("metric", "metric"), total=first.value("total", form),
                     most=text_of(*factor(first)),
                     part=first.value("part_central", form))  # fmt: skip
    name = f"attribution-{'-'.join(str(first[key]) for key in ('old', 'new', 'by', 'product'))}"
    cells = tuple(
        (factor(row), row.span(form, "part_low", "part_central", "part_high"),
         (row.value("sequential", form),))
        for row in rows
    )  # fmt: skip
    return Figure(
        id=name,
        title=title,
        alt=joined("; ", (text_of(*a, ": ", *b) for a, b, _ in cells)),
        views=(("", _paint(page, rows, form)),),
        source=page.say("parts.source"),
        table=Table(f"{name}-table", title, page.labels("parts.figure_columns"), cells,
                    numeric=frozenset({1, 2})),
    )  # fmt: skip


def _paint(page: Page, rows: list[Row], form: str) -> str:
    bottom = TOP + ROW * len(rows)
    canvas = Canvas(bottom + 40)
    size = 100.0 if form == "percent" else 1.0
    names = ("part_low", "part_central", "part_high", "sequential")
    ends = [row[name] * size for row in rows for name in names]
    scale = Scale(reaching(ends), (LEFT + ROOM, RIGHT - ROOM))
    axis(canvas, scale, TOP, bottom, page.label(f"parts.axis_{form}"))
    entries = [(COLOURS[0], page.label("parts.shapley")), (DUTY_COLOUR, page.label("parts.steps"))]
    legend(canvas, LEFT, 10, entries)
    for place, row in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        name = "".join(map(str, factor(row)))
        lines = wrapped(name, 10.5, LEFT - 12, 2)
        for at, line in enumerate(lines):
            canvas.text(LEFT - 10, y + 13 * (at - (len(lines) - 1) / 2), line, size=10.5,
                        anchor="end")  # fmt: skip
        value, text = row["part_central"] * size, str(row.value("part_central", form))
        step = str(row.value("sequential", form))
        canvas.rect(scale(0.0), y - 9, scale(value) - scale(0.0), 18, COLOURS[0],
                    tip=f"{name}: {text} ({step})")  # fmt: skip
        low, high = scale(row["part_low"] * size), scale(row["part_high"] * size)
        whiskers(canvas, low, y, high, caps=False)
        step_at = scale(row["sequential"] * size)
        canvas.line(step_at, y - 13, step_at, y + 13, DUTY_COLOUR, width=3.0)
        right = value >= 0
        edges = [x for x in (scale(value), low, high, step_at) if x == x]
        far = max(edges) if right else min(edges)
        canvas.text(far + (6 if right else -6), y, text, size=10, halo=True,
                    anchor="start" if right else "end")  # fmt: skip
    canvas.line(scale(0.0), TOP - 4, scale(0.0), bottom, SOFT, width=1.3)
    return canvas.svg()
