"""A country's exports to the United States by group of goods: value, and duty before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from exposure.frames import records
from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import country, percent, usd

SHOWN = 12
BEFORE, AFTER, VALUE = "#56B4E9", "#D55E00", "#999999"


def draw(tables: Mapping[str, pd.DataFrame], scenario: str, code: str) -> Figure:
    """Bars of the groups of goods with the largest exports."""
    found = tables["boards"]
    found = found[(found["scenario"] == scenario) & (found["country"] == code)]
    found = found[found["board"] != "other"]
    rows = records(found.sort_values("exports_usd", ascending=False, kind="stable").head(SHOWN))
    change = np.nan_to_num([row["duty_change_usd"] for row in rows])
    name = country(code)
    if np.abs(change).max() < 1e6:
        title = f"Hardly any duty on {name}'s exports changes"
    else:
        most = int(np.abs(change).argmax())
        more = "more" if change[most] > 0 else "less"
        goods = rows[most]["title"].lower()
        title = (
            f"{name}'s largest change is in {goods}: {usd(abs(change[most]))} {more} duty a year"
        )
    cells = tuple(
        (row["title"], usd(row["exports_usd"]), percent(row["rate_before"]),
         percent(row["rate_after"]), usd(row["duty_change_usd"]))
        for row in rows
    )  # fmt: skip
    columns = ("Goods", "US imports 2024", "Duty before", "Duty after", "More duty a year")
    return Figure(
        id=f"board-{code}",
        title=title,
        alt="; ".join(f"{c[0]}: {c[1]}, duty {c[2]} to {c[3]}" for c in cells),
        svg=render(7.2, 1.2 + 0.34 * len(rows), lambda figure: _paint(figure, rows)),
        source="US Census, imports for consumption of 2024; mean rates of all lines with known "
        "rates, weighted by these imports. No bar: the rate is not known.",
        table=Table(title, columns, cells, numeric=frozenset(range(1, 5))),
    )


def _paint(figure: Any, rows: list[dict[str, Any]]) -> None:
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(2, 3))
    names = [row["title"] for row in rows][::-1]
    place = np.arange(len(rows))
    left.barh(place, [row["exports_usd"] / 1e9 for row in rows][::-1], color=VALUE, height=0.65)
    left.set_yticks(place, names)
    left.set_xlabel("US imports in 2024 (USD billion)")
    for key, colour, shift, label in (
        ("rate_before", BEFORE, 0.2, "before"),
        ("rate_after", AFTER, -0.2, "after"),
    ):
        values = np.array([row[key] for row in rows][::-1], dtype=float) * 100
        right.barh(place + shift, np.nan_to_num(values), height=0.36, color=colour, label=label)
        for y, value in zip(place + shift, values, strict=True):
            text = "not known" if np.isnan(value) else f"{value:.1f}"
            right.text(np.nan_to_num(value) + 0.5, y, text, va="center", size=7)
    right.set_xlabel("Duty (per cent of customs value)")
    right.margins(x=0.12)
    right.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
