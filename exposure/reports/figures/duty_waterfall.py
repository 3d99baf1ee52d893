"""From the baseline's duty to the scenario's, component by component."""

from __future__ import annotations

from exposure.reports.description import Figure, Table, joined, text_of
from exposure.reports.figures.canvas import LINE, SOFT, Canvas, Scale, axis, clipped
from exposure.reports.page import Page, Row
from exposure.reports.style import COMPONENT_COLOURS

BEFORE, AFTER = "#777777", "#222222"
LEFT, RIGHT, BAR, HEAD = 190.0, 600.0, 22.0, 30.0


def draw(page: Page, scenario: str, product: str) -> Figure:
    """Waterfalls of all routes of a product, one panel each."""
    panels: dict[str, list[Row]] = {}
    for row in page.rows("duty_steps", scenario=scenario, product=product):
        panels.setdefault(row["route_title"], []).append(row)
    ends = [row for rows in panels.values() for row in rows if row["step"] == "scenario"]
    ends.sort(key=lambda row: row["to_usd_per_unit"])
    rows = tuple(
        (row.quote("route_title"), (row.name("step", "component"),),
         (row.usd("change_usd_per_unit"),))
        for steps in panels.values()
        for row in steps
    )  # fmt: skip
    title = page.say(
        "waterfall.title" if len(ends) > 1 else "waterfall.title_one",
        least=ends[0].usd("to_usd_per_unit"), most=ends[-1].usd("to_usd_per_unit"),
    )  # fmt: skip
    return Figure(
        id=f"waterfall-{scenario}-{product}",
        title=title,
        alt=joined("; ", (text_of(a, ", ", b, ": ", c) for a, b, c in rows)),
        views=(("", _paint(page, panels)),),
        source=page.say("waterfall.source"),
        table=Table(f"waterfall-{scenario}-{product}-table", title,
                    page.labels("waterfall.columns"), rows, numeric=frozenset({2})),
    )  # fmt: skip


def _paint(page: Page, panels: dict[str, list[Row]]) -> str:
    steps = [row for rows in panels.values() for row in rows]
    height = sum(HEAD + BAR * len(rows) for rows in panels.values())
    canvas = Canvas(height + 40)
    widest = max(max(row["from_usd_per_unit"], row["to_usd_per_unit"]) for row in steps)
    scale = Scale((0.0, max(widest, 1.0)), (LEFT, RIGHT))
    axis(canvas, scale, HEAD, height, page.label("waterfall.axis"))
    top = 0.0
    for title, rows in panels.items():
        canvas.text(0, top + HEAD / 2 + 2, clipped(title, 11, 660), bold=True, halo=True)
        top += HEAD
        for row in rows:
            name, text = str(row.name("step", "component")), str(row.usd("change_usd_per_unit"))
            start, end = scale(row["from_usd_per_unit"]), scale(row["to_usd_per_unit"])
            middle = top + BAR / 2
            canvas.text(LEFT - 8, middle, name, size=10.5, anchor="end")
            colour = {"baseline": BEFORE, "scenario": AFTER}.get(row["step"])
            canvas.rect(start, top + 4, end - start, BAR - 8,
                        colour or COMPONENT_COLOURS[row["step"]],
                        tip=f"{title} · {name}: {text}")  # fmt: skip
            if row["step"] != "scenario":
                canvas.line(end, top + BAR - 4, end, top + BAR + 4, SOFT)
            canvas.text(max(start, end) + 5, middle, text, size=10.5, halo=True)
            top += BAR
    canvas.line(LEFT, HEAD, LEFT, height, LINE)
    return canvas.svg()
