"""Duty by quarter: what enters pays it at once, what is sold carries it later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import usd

BORDER, SOLD = "#0072B2", "#E69F00"


def draw(tables: Mapping[str, pd.DataFrame], scenario: str, product: str) -> Figure | None:
    """Bars by quarter over all routes; None where no duty falls or the quarters are too few."""
    rows = tables["quarters"]
    rows = rows[(rows["scenario"] == scenario) & (rows["product"] == product)]
    names = ["duty_border_usd", "duty_sold_central", "borne_by_firm_usd"]
    # What is not known on one route is not known of all.
    by = rows.groupby("quarter")[names].sum(min_count=1)
    by = by.where(~rows[names].isna().groupby(rows["quarter"]).any())
    if len(by) < 2 or not by["duty_border_usd"].max() > 0:
        return None
    known = bool(by["duty_sold_central"].notna().any())
    top = str(by["duty_border_usd"].idxmax())
    title = f"Duty at the border is largest in {top}"
    if known:
        title += f", in the goods sold in {by['duty_sold_central'].idxmax()}"
    cells = tuple(
        (str(quarter), *(usd(float(value)) for value in line))
        for quarter, line in zip(by.index, by.to_numpy(dtype=float), strict=True)
    )
    columns = ("Quarter", "At the border", "In the goods sold", "Of its change, borne by the firm")
    return Figure(
        id=f"quarters-{product}",
        title=title,
        alt="; ".join(f"{c[0]}: border {c[1]}, sold {c[2]}" for c in cells),
        svg=render(7.2, 2.6, lambda figure: _paint(figure, by, known=known)),
        source="Central values; entries are steady within a year, stock is sold first in, first "
        "out. First and last quarter hold only the days between the two laws."
        + ("" if known else " How long this product lies in stock is not known."),
        table=Table(title, columns, cells, numeric=frozenset({1, 2, 3})),
    )


def _paint(figure: Any, by: pd.DataFrame, *, known: bool) -> None:
    axis = figure.subplots()
    place = np.arange(len(by))
    width = 0.38 if known else 0.6
    axis.bar(place - (width / 2 if known else 0), by["duty_border_usd"] / 1e6, width,
             color=BORDER, label="paid at the border")  # fmt: skip
    if known:
        axis.bar(place + width / 2, by["duty_sold_central"] / 1e6, width, color=SOLD,
                 label="in the goods sold")  # fmt: skip
    axis.set_xticks(place, list(by.index))
    axis.set_ylabel("USD million")
    axis.set_xlabel("Quarter")
    axis.legend(frameon=False, fontsize=8, ncols=2, loc="upper center", bbox_to_anchor=(0.5, 1.18))
