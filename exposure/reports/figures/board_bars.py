"""A country's exports to the United States by group of goods, and the duty on them."""

from __future__ import annotations

from exposure.reports.description import Figure, Table, Text, joined, text_of
from exposure.reports.figures.canvas import SOFT, Canvas, Scale, axis, clipped, legend
from exposure.reports.page import Page, Row

SHOWN = 12
HARDLY = 1e6
"""A change of all duties below this [USD a year] is none."""
BEFORE, AFTER, VALUE = "#56B4E9", "#D55E00", "#999999"
VALUES, RATES = (185.0, 375.0), (410.0, 635.0)
ROW, TOP = 30.0, 28.0


def draw(page: Page, scenario: str, code: str) -> Figure:
    """Bars of the groups of goods whose duty changes most, then of those of largest exports."""
    found = page.frame("boards", scenario=scenario, country=code)
    found = found[found["board"] != "other"]
    # A change that is not known comes after all that are.
    moved = found["duty_change_usd"].abs()
    found = found.assign(_moved=moved.where(moved >= HARDLY, 0.0).fillna(-1.0))
    order = found.sort_values(["_moved", "exports_usd"], ascending=False, kind="stable").index
    rows = page.of("boards", found.loc[order].drop(columns="_moved").head(SHOWN))
    cells = tuple(
        (row.quote("title"), (row.usd("exports_usd"),), (row.percent("rate_before"),),
         (row.percent("rate_after"),), (row.usd("duty_change_usd"),))
        for row in rows
    )  # fmt: skip
    name = f"board-bars-{scenario}-{code}"
    return Figure(
        id=name,
        title=_title(page, rows),
        alt=joined("; ", (text_of(c[0], ": ", c[1], ", ", c[2], " → ", c[3]) for c in cells)),
        views=(("", _paint(page, rows)),),
        source=page.say("boards.source"),
        table=Table(f"{name}-table", _title(page, rows), page.labels("boards.columns"), cells,
                    numeric=frozenset(range(1, 5))),
    )  # fmt: skip


def moves(page: Page, scenario: str, code: str, *, other: bool = True) -> bool:
    """Whether any duty of a board is known to change; without ``other``, of a group with a name."""
    found = page.frame("boards", scenario=scenario, country=code)
    found = found if other else found[found["board"] != "other"]
    return bool((found["duty_change_usd"].abs() >= HARDLY).any())


def _title(page: Page, rows: list[Row]) -> Text:
    most = max(rows, key=lambda row: abs(row["duty_change_usd"] or 0.0))
    country = most.name("country", "country")
    return page.say("boards.title", country=country, goods=most.value("title", "short"),
                    size=most.value("duty_change_usd", "size_usd"),
                    way=most.direction("duty_change_usd", "duty"))  # fmt: skip


def _paint(page: Page, rows: list[Row]) -> str:
    bottom = TOP + ROW * len(rows)
    canvas = Canvas(bottom + 40)
    value = Scale((0.0, max(row["exports_usd"] for row in rows) / 1e9), VALUES, 4)
    axis(canvas, value, TOP, bottom, page.label("boards.axis_value"))
    rates = [100 * row[name] for row in rows for name in ("rate_before", "rate_after")]
    rate = Scale((0.0, max([r for r in rates if r == r] or [1.0])), RATES, 4)
    axis(canvas, rate, TOP, bottom, page.label("boards.axis_rate"))
    legend(canvas, RATES[0], 10, [(BEFORE, page.label("boards.before")),
                                  (AFTER, page.label("boards.after"))])  # fmt: skip
    for place, row in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        canvas.text(VALUES[0] - 8, y, clipped(row["title"], 10.5, VALUES[0] - 10), size=10.5,
                    anchor="end")  # fmt: skip
        canvas.rect(VALUES[0], y - 9, value(row["exports_usd"] / 1e9) - VALUES[0], 18, VALUE,
                    tip=f"{row['title']}: {row.usd('exports_usd')}")  # fmt: skip
        for name, colour, label, shift in (
            ("rate_before", BEFORE, "before", -10.0),
            ("rate_after", AFTER, "after", 1.0),
        ):
            text = str(row.percent(name))
            end = rate(100 * row[name]) if row[name] == row[name] else RATES[0]
            tip = f"{row['title']}, {page.label(f'boards.{label}')}: {text}"
            canvas.rect(RATES[0], y + shift, end - RATES[0], 9, colour, tip=tip)
            canvas.text(end + 4, y + shift + 4.5, text, size=9, fill=SOFT)
    return canvas.svg()
