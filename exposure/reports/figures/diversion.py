"""Who sells more and who sells less in a market: creation and diversion by origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from exposure.frames import records
from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import country, percent, span, usd

CREATION, DIVERSION = "#999999", "#0072B2"


def draw(tables: Mapping[str, pd.DataFrame], title: str) -> Figure:
    """Bars by origin at central values, with the range of the whole change."""
    rows = tables["market_origins"].sort_values("change_usd_central", ignore_index=True)
    names = [country(str(code)) for code in rows["exporter"]]
    gains, loses = names[-1], names[0]
    words = f"{title}: {loses} loses most, {gains} gains most"
    ends = [f"change_usd_{end}" for end in ("low", "central", "high")]
    cells = tuple(
        (
            name,
            percent(row["rate_before"]),
            percent(row["rate_after"]),
            span(usd, *(row[end] for end in ends)),
            usd(row["creation_usd"]),
            usd(row["diversion_usd"]),
        )
        for name, row in zip(names, records(rows), strict=True)
    )
    columns = ("Origin", "Rate before", "Rate after", "Change of sales", "Creation", "Diversion")
    return Figure(
        id="market",
        title=words,
        alt="; ".join(f"{c[0]}: {c[3]}" for c in cells),
        svg=render(7.2, 1.4 + 0.32 * len(names), lambda figure: _paint(figure, rows, names, words)),
        source="GSIM in small steps; trade of 2022 (OECD), rates weighted by imports of 2024.",
        table=Table(words, columns, cells, numeric=frozenset(range(1, 6))),
    )


def _paint(figure: Any, rows: pd.DataFrame, names: list[str], title: str) -> None:
    axis = figure.subplots()
    place = np.arange(len(rows))
    for offset, column, colour, label in (
        (0.2, "diversion_usd", DIVERSION, "diversion: to or from rivals"),
        (-0.2, "creation_usd", CREATION, "creation: the market as a whole"),
    ):
        axis.barh(place + offset, rows[column] / 1e9, 0.36, color=colour, label=label)
    middle = rows["change_usd_central"].to_numpy(dtype=float)
    ends = [
        np.abs(rows[f"change_usd_{end}"].to_numpy(dtype=float) - middle) / 1e9
        for end in ("low", "high")
    ]
    axis.errorbar(
        middle / 1e9, place, xerr=ends, fmt="D", color="#D55E00", markersize=4, capsize=3,
        label="change of sales, 80 % range",
    )  # fmt: skip
    axis.axvline(0, color="#333333", linewidth=1)
    axis.set_yticks(place, names)
    axis.set_xlabel("USD billion a year, at prices before duty")
    axis.set_title(title, fontsize=10, fontweight="bold", loc="left")
    axis.legend(frameon=False, fontsize=8, loc="best")
    figure.supxlabel("GSIM in small steps; trade of 2022 (OECD), rates weighted by imports of 2024",
                     fontsize=7, color="#666666")  # fmt: skip
