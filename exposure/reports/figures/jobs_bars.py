"""Jobs exposed and jobs predicted by country: two panels, never one sum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import count, country

COLUMNS = ("exposed_central", "predicted_central")


def draw(tables: Mapping[str, pd.DataFrame], scenario: str, product: str) -> Figure:
    """Bars by country at central values."""
    jobs = tables["jobs"]
    jobs = jobs[(jobs["scenario"] == scenario) & (jobs["product"] == product)]
    by = jobs.groupby("country")[list(COLUMNS)].sum().sort_values("exposed_central")
    names = [country(str(code)) for code in by.index]
    first = names[-1] if names else "no country"
    title = f"Most of the work that hangs on this market is in {first}"
    rows = tuple(
        (name, count(float(e)), count(float(p)))
        for name, (e, p) in zip(names[::-1], by.to_numpy()[::-1], strict=True)
    )
    columns = ("Country", "Jobs exposed", "Jobs predicted (change)")
    return Figure(
        id=f"jobs-{product}",
        title=title,
        alt="; ".join(f"{n}: exposed {e}, predicted {p}" for n, e, p in rows),
        svg=render(7.2, 1.2 + 0.3 * len(names), lambda figure: _paint(figure, by, names)),
        source="Value added by stage times jobs per value added; the two are never added.",
        table=Table(title, columns, rows, numeric=frozenset({1, 2})),
    )


def _paint(figure: Any, by: pd.DataFrame, names: list[str]) -> None:
    panels = figure.subplots(1, 2, sharey=True)
    titles = ("Jobs exposed (persons)", "Jobs predicted (change, persons)")
    for axis, column, title, colour in zip(
        panels, COLUMNS, titles, ("#0072B2", "#D55E00"), strict=True
    ):
        values = by[column].to_numpy(dtype=float)
        axis.barh(names, values, color=colour, height=0.65)
        span = max(abs(values).max(initial=0.0), 1.0)
        for place, value in enumerate(values):
            side = "left" if value >= 0 else "right"
            axis.text(value + 0.02 * span * (1 if value >= 0 else -1), place, count(float(value)),
                      va="center", ha=side, size=8)  # fmt: skip
        axis.set_xlabel(title)
        axis.margins(x=0.22)
        if abs(values).max(initial=0.0) < 1.0:
            # Rounding dust is no change: an axis that zooms into it would mislead.
            axis.set_xlim(-1.0, 1.0)
        axis.locator_params(axis="x", nbins=4)
