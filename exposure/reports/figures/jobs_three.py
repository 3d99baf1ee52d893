"""Jobs by country: exposed and predicted, as shares of all jobs, in two panels and never a sum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from exposure.frames import records
from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import count, country, percent

PARTS = ("direct", "home", "abroad")
LABELS = {
    "direct": "in exports themselves",
    "home": "with suppliers at home",
    "abroad": "as suppliers of other exporters",
}
COLOURS = {"direct": "#0072B2", "home": "#56B4E9", "abroad": "#E69F00"}


def draw(tables: Mapping[str, pd.DataFrame], scenario: str) -> Figure | None:
    """Bars of the countries whose jobs are counted; None where none are."""
    jobs = tables["sector_jobs"]
    jobs = jobs[(jobs["scenario"] == scenario) & jobs["jobs_central"].notna()]
    names = ["jobs_central", *(f"exposed_{part}_central" for part in PARTS), "predicted_central"]
    by = jobs.groupby("country")[names].sum()
    by = by[(by["jobs_central"] > 0) & (by["exposed_direct_central"] > 0)]
    if not len(by):
        return None
    for part in PARTS:
        by[part] = by[f"exposed_{part}_central"] / by["jobs_central"]
    by["predicted"] = by["predicted_central"] / by["jobs_central"]
    by["exposed"] = by[list(PARTS)].sum(axis=1)
    results = tables["country_results"]
    results = results[(results["scenario"] == scenario) & (results["metric"] == "jobs_predicted")]
    for end in ("low", "high"):
        by[end] = results.set_index("country")[end] / by["jobs_central"]
    by = by.sort_values("exposed", kind="stable")
    first = records(by.reset_index().tail(1))[0]
    title = (
        f"{country(first['country'])} hangs most on the American market: "
        f"{percent(first['exposed'])} of its jobs"
    )
    rows = tuple(
        (
            country(row["country"]), count(row["jobs_central"]), *(percent(row[p]) for p in PARTS),
            percent(row["exposed"]), f"{row['predicted'] * 100:.2f} %",
        )
        for row in records(by.reset_index())[::-1]
    )  # fmt: skip
    columns = ("Country", "Jobs", *(LABELS[part].capitalize() for part in PARTS), "Exposed",
               "Predicted (change)")  # fmt: skip
    return Figure(
        id="jobs-by-country",
        title=title,
        alt="; ".join(f"{r[0]}: exposed {r[5]}, predicted {r[6]}" for r in rows),
        svg=render(7.2, 1.4 + 0.3 * len(by), lambda figure: _paint(figure, by)),
        source="Table of industries of 2022, jobs of 2018 and 2019, central; whiskers 80 % of "
        "draws. Exposed and predicted are never added.",
        table=Table(title, columns, rows, numeric=frozenset(range(1, 7))),
    )


def _paint(figure: Any, by: pd.DataFrame) -> None:
    left, right = figure.subplots(1, 2, sharey=True)
    names = [country(str(code)) for code in by.index]
    start = np.zeros(len(by))
    for part in PARTS:
        values = by[part].to_numpy(dtype=float) * 100
        left.barh(names, values, left=start, color=COLOURS[part], height=0.65, label=LABELS[part])
        start = start + values
    left.set_xlabel("Jobs exposed (per cent of all jobs)")
    left.legend(frameon=False, fontsize=7, loc="lower right")
    values = by["predicted"].to_numpy(dtype=float) * 100
    reach = np.stack(
        [np.maximum(0.0, values - by["low"] * 100), np.maximum(0.0, by["high"] * 100 - values)]
    )
    right.barh(names, values, color="#D55E00", height=0.65)
    right.errorbar(values, np.arange(len(by)), xerr=reach, fmt="none", ecolor="#333333", capsize=2,
                   linewidth=1)  # fmt: skip
    right.axvline(0, color="#333333", linewidth=0.8)
    right.set_xlabel("Jobs predicted (change, per cent of all jobs)")
    if abs(values).max() < 0.005:
        right.set_xlim(-0.01, 0.01)
