"""Who sells more and who sells less in a market: creation and diversion by origin."""

from __future__ import annotations

from exposure.reports.description import Figure, Table, joined, text_of
from exposure.reports.figures.canvas import (
    INK,
    SOFT,
    Canvas,
    Scale,
    axis,
    clipped,
    legend,
    reaching,
    whiskers,
)
from exposure.reports.page import Page, Row

CREATION, DIVERSION, CHANGE = "#999999", "#0072B2", "#D55E00"
LEFT, RIGHT, ROW, TOP = 150.0, 655.0, 30.0, 52.0


def draw(page: Page, market: str) -> Figure:
    """Bars by origin at central values, with the range of the whole change.

    Parameters
    ----------
    page
        With the table ``market_origins``.
    market
        The market's name.
    """
    table = page.frame("market_origins")
    rows = page.of("market_origins", table.sort_values("change_usd_central", ascending=False))
    title = page.say("diversion.title", market=market, most=rows[0].name("exporter", "country"),
                     least=rows[-1].name("exporter", "country"))  # fmt: skip
    cells = tuple(
        (
            (row.name("exporter", "country"),), (row.percent("rate_before"),),
            (row.percent("rate_after"),), row.ends("usd", "change_usd"), (row.usd("creation_usd"),),
            (row.usd("diversion_usd"),),
        )
        for row in rows
    )  # fmt: skip
    return Figure(
        id="market",
        title=title,
        alt=joined("; ", (text_of(c[0], ": ", c[3]) for c in cells)),
        views=(("", _paint(page, rows, "".join(map(str, title)))),),
        source=page.say("diversion.source"),
        table=Table("market-table", title, page.labels("diversion.columns"), cells,
                    numeric=frozenset(range(1, 6))),
    )  # fmt: skip


def _paint(page: Page, rows: list[Row], title: str) -> str:
    # This picture also stands alone, so that title and source are drawn.
    bottom = TOP + ROW * len(rows)
    canvas = Canvas(bottom + 58)
    canvas.text(0, 12, clipped(title, 12, 670), size=12, bold=True)
    names = [page.label(f"diversion.{key}") for key in ("diverted", "created", "change")]
    legend(canvas, 0, 34, list(zip((DIVERSION, CREATION, CHANGE), names, strict=True)))
    drawn = ("creation_usd", "diversion_usd", "change_usd_low", "change_usd_central",
             "change_usd_high")  # fmt: skip
    ends = [row[name] / 1e9 for row in rows for name in drawn]
    scale = Scale(reaching(ends), (LEFT, RIGHT))
    axis(canvas, scale, TOP, bottom, page.label("diversion.axis"))
    for place, row in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        name = str(row.name("exporter", "country"))
        canvas.text(LEFT - 8, y, clipped(name, 10.5, LEFT - 10), size=10.5, anchor="end")
        for column, colour, shift, label in (
            ("diversion_usd", DIVERSION, -11.0, names[0]),
            ("creation_usd", CREATION, 1.0, names[1]),
        ):
            canvas.rect(scale(0.0), y + shift, scale(row[column] / 1e9) - scale(0.0), 10, colour,
                        tip=f"{name}, {label}: {row.usd(column)}")  # fmt: skip
        low, middle, high = (
            scale(row[f"change_usd_{end}"] / 1e9) for end in ("low", "central", "high")
        )
        whiskers(canvas, low, y, high)
        canvas.path(f"M{middle - 4:.1f} {y:.1f}L{middle:.1f} {y - 4:.1f}L{middle + 4:.1f} {y:.1f}"
                    f"L{middle:.1f} {y + 4:.1f}Z", CHANGE)  # fmt: skip
    canvas.line(scale(0.0), TOP, scale(0.0), bottom, INK)
    canvas.text(0, bottom + 48, page.label("diversion.source"), size=9, fill=SOFT)
    return canvas.svg()
