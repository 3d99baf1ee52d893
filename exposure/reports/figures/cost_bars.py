"""What duties on inputs do to the costs of industries, directly and through their suppliers."""

from __future__ import annotations

from exposure.axes import USA
from exposure.reports.description import Figure, Table, Text, joined, text_of
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
from exposure.reports.words import is_unknown

SHOWN = 12
FORM = "fine_percent"
DIRECT, TOTAL = "#0072B2", "#56B4E9"
LEFT, RIGHT, ROW, TOP = 160.0, 655.0, 26.0, 28.0


def draw(page: Page, scenario: str) -> Figure | Text:
    """Bars of the industries whose cost moves most; a line where none moves as it is printed."""
    found = page.frame("sector_costs", scenario=scenario, country=USA)
    size = found["total_central"].abs().sort_values(ascending=False, kind="stable")
    every = page.of("sector_costs", found.loc[size.index])
    moving = [row for row in every if _moves(page, row)]
    if not moving:
        return page.say("costs.none")
    rows = moving[:SHOWN]
    cells = tuple(
        ((row.name("industry", "industry"),), row.ends(FORM, "direct"),
         row.ends(FORM, "total"), (row.value("full_total", FORM),),
         (row.value("compounded", FORM),))
        for row in rows
    )  # fmt: skip
    name = f"cost-of-industries-{scenario}"
    return Figure(
        id=name,
        title=_title(page, rows[0]),
        alt=joined("; ", (text_of(c[0], ": ", c[1], ", ", c[2]) for c in cells)),
        views=(("", _paint(page, rows)),),
        source=page.say("costs.source", still=_still(page, every)),
        table=Table(f"{name}-table", _title(page, rows[0]), page.labels("costs.columns"), cells,
                    numeric=frozenset(range(1, 5))),
    )  # fmt: skip


def _moves(page: Page, row: Row) -> bool:
    """Whether a change or an end of its range is other than 0 as it is printed."""
    nothing = page.words.form(FORM, 0.0)
    ends = [row[f"total_{end}"] for end in ("low", "central", "high")]
    # A run without draws has no ends.
    return any(page.words.form(FORM, end) != nothing for end in ends if not is_unknown(end))


def _still(page: Page, rows: list[Row]) -> Text:
    """The industries that are left out because they do not move."""
    still = [row for row in rows if not _moves(page, row)]
    if not still:
        return ()
    listed = joined(", ", (text_of(row.name("industry", "industry")) for row in still))
    return page.say("costs.still", industries=listed)


def _title(page: Page, first: Row) -> Text:
    return page.say("costs.title", industry=first.name("industry", "industry"),
                    way=first.direction("total_central", "cost"),
                    size=first.value("total_central", "size_fine_percent"))  # fmt: skip


def _paint(page: Page, rows: list[Row]) -> str:
    bottom = TOP + ROW * len(rows)
    canvas = Canvas(bottom + 40)
    ends = [100 * row[f"total_{end}"] for row in rows for end in ("low", "central", "high")]
    ends += [100 * row["direct_central"] for row in rows]
    low, high = reaching(ends)
    if high - low < 0.01:
        low, high = -0.01, 0.01
    scale = Scale((low, high), (LEFT, RIGHT))
    axis(canvas, scale, TOP, bottom, page.label("costs.axis"))
    labels = (page.label("costs.direct"), page.label("costs.passed"))
    legend(canvas, LEFT, 10, list(zip((DIRECT, TOTAL), labels, strict=True)), hatched=labels[1])
    for place, row in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        name = str(row.name("industry", "industry"))
        canvas.text(LEFT - 8, y, clipped(name, 10.5, LEFT - 10), size=10.5, anchor="end")
        direct, total = 100 * row["direct_central"], 100 * row["total_central"]
        canvas.rect(
            scale(0.0),
            y - 8,
            scale(direct) - scale(0.0),
            16,
            DIRECT,
            tip=f"{name}, {labels[0]}: {row.value('direct_central', 'fine_percent')}",
        )
        canvas.rect(scale(direct), y - 8, scale(total) - scale(direct), 16, TOTAL, hatch=True,
                    tip=f"{name}: {row.value('total_central', 'fine_percent')}")  # fmt: skip
        reach = [scale(100 * row[f"total_{end}"]) for end in ("low", "high")]
        whiskers(canvas, reach[0], y, reach[1])
    canvas.line(scale(0.0), TOP, scale(0.0), bottom, INK)
    return canvas.svg()
