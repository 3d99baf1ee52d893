"""Costs of American industries: by duties on their own inputs, and with all that is passed on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from exposure.frames import records
from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import span

SHOWN = 12
DIRECT, TOTAL = "#0072B2", "#56B4E9"
IMPORTER = "USA"


def draw(tables: Mapping[str, pd.DataFrame], scenario: str) -> Figure:
    """Bars of the industries whose cost moves most."""
    found = tables["sector_costs"]
    found = found[(found["scenario"] == scenario) & (found["country"] == IMPORTER)]
    size = found["total_central"].abs().sort_values(ascending=False, kind="stable")
    rows = records(found.loc[size.index].head(SHOWN))
    first = rows[0]
    name = first["industry"].replace("_", " ")
    if abs(first["total_central"]) < 5e-5:
        title = "Duties on inputs hardly move the costs of American industries"
    else:
        word = "rises" if first["total_central"] > 0 else "falls"
        size_text = _fine(abs(first["total_central"]))
        title = f"The cost of American {name} {word} most, by {size_text}"
    ends = ("low", "central", "high")
    cells = tuple(
        (
            row["industry"].replace("_", " "),
            span(_fine, *(row[f"direct_{end}"] for end in ends)),
            span(_fine, *(row[f"total_{end}"] for end in ends)),
            _fine(row["full_total"]), _fine(row["compounded"]),
        )
        for row in rows
    )  # fmt: skip
    columns = ("Industry", "By own inputs", "With suppliers", "If importers bear all",
               "And margins in per cent")  # fmt: skip
    return Figure(
        id="cost-of-industries",
        title=title,
        alt="; ".join(f"{c[0]}: own inputs {c[1]}, with suppliers {c[2]}" for c in cells),
        svg=render(7.2, 1.2 + 0.32 * len(rows), lambda figure: _paint(figure, rows)),
        source="Leontief prices on the table of 2022; bars central, whiskers 80 % of draws. The "
        "change of duty on imported inputs as far as importers bear it, passed on in full from "
        "industry to industry.",
        table=Table(title, columns, cells, numeric=frozenset(range(1, 5))),
    )


def _fine(value: float) -> str:
    return f"{value * 100:.2f} %"


def _paint(figure: Any, rows: list[dict[str, Any]]) -> None:
    axis = figure.subplots()
    place = np.arange(len(rows))
    shown = rows[::-1]
    direct = np.array([row["direct_central"] for row in shown]) * 100
    total, low, high = (
        np.array([row[f"total_{end}"] for row in shown]) * 100 for end in ("central", "low", "high")
    )
    axis.barh(place, direct, color=DIRECT, height=0.65, label="by duties on own inputs")
    axis.barh(place, total - direct, left=direct, color=TOTAL, height=0.65,
              label="passed on by suppliers")  # fmt: skip
    reach = np.maximum(0.0, np.stack([total - low, high - total]))
    axis.errorbar(total, place, xerr=reach, fmt="none", ecolor="#333333", capsize=3, linewidth=1)
    axis.set_yticks(place, [row["industry"].replace("_", " ") for row in shown])
    axis.set_xlabel("Change of cost (per cent of the value of output)")
    axis.axvline(0, color="#333333", linewidth=0.8)
    if max(abs(total).max(), abs(direct).max()) < 0.005:
        axis.set_xlim(-0.01, 0.01)
    axis.legend(frameon=False, fontsize=8, loc="best")
