"""From the baseline's duty to the scenario's, component by component."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import COMPONENT_COLOURS, COMPONENTS, usd

Steps = list[tuple[str, str, float, float]]
"""Label, colour, start and end [USD a unit] of each bar."""


def draw(tables: Mapping[str, pd.DataFrame], scenario: str, product: str) -> Figure:
    """Waterfalls of all routes of a product, one panel each."""
    lines = tables["duty_lines"]
    lines = lines[(lines["scenario"] == scenario) & (lines["product"] == product)]
    cost = tables["landed_cost"]
    cost = cost[(cost["scenario"] == scenario) & (cost["product"] == product)]
    sums = lines.groupby(["route", "case", "component"])["duty_usd_per_unit"].sum()
    panels: dict[str, Steps] = {}
    rows = []
    for route, title in cost[["route", "route_title"]].drop_duplicates().itertuples(index=False):
        steps = _steps(sums, str(route))
        panels[str(title)] = steps
        rows += [
            (str(title), name.replace("\n", " "), usd(end - start)) for name, _, start, end in steps
        ]
    after = cost[cost["case"] == "scenario"]["duty_usd_per_unit"]
    title = (
        f"Duties on the way to the market end between {usd(after.min())} and "
        f"{usd(after.max())} a unit, by route"
    )
    return Figure(
        id=f"waterfall-{product}",
        title=title,
        alt="; ".join(" ".join(row) for row in rows),
        svg=render(7.2, _height(panels), lambda figure: _paint(figure, panels)),
        source="Tariff law in force on the two days; all borders of the route; central values.",
        table=Table(title, ("Route", "Step", "USD a unit"), tuple(rows), numeric=frozenset({2})),
    )


def _steps(sums: pd.Series[float], route: str) -> Steps:
    def of(case: str, name: str) -> float:
        return float(sums.get((route, case, name), 0.0))

    level = sum(of("baseline", name) for name in COMPONENTS)
    steps: Steps = [("Baseline", "#777777", 0.0, level)]
    for name, title in COMPONENTS.items():
        change = of("scenario", name) - of("baseline", name)
        if abs(change) > 0.005:
            steps.append((title, COMPONENT_COLOURS[name], level, level + change))
            level += change
    steps.append(("Scenario", "#222222", 0.0, level))
    return steps


def _height(panels: dict[str, Steps]) -> float:
    """Inches: each bar and each panel title take their room."""
    return 0.6 + sum(0.5 + 0.3 * len(steps) for steps in panels.values())


def _paint(figure: Any, panels: dict[str, Steps]) -> None:
    bars = [1 + len(steps) for steps in panels.values()]
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=bars)[:, 0]
    widest = max(max(start, end) for steps in panels.values() for _, _, start, end in steps)
    for axis, (title, steps) in zip(axes, panels.items(), strict=True):
        for place, (_, colour, start, end) in enumerate(steps):
            axis.barh(place, end - start, left=start, color=colour, height=0.62)
            axis.text(max(start, end) + 0.01 * widest, place, usd(end - start), va="center", size=8)
        axis.set_yticks(range(len(steps)), [name for name, *_ in steps])
        axis.invert_yaxis()
        axis.set_title(title, loc="left", fontsize=9, fontweight="bold")
        axis.set_xlim(0, max(widest * 1.18, 1.0))
    axes[-1].set_xlabel("Duty, US dollars a unit")
