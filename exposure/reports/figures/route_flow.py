"""Flow of value from the countries that add it to the market, with duty and freight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from exposure.frames import records
from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import COLOURS, DUTY_COLOUR, country, usd

SMALL = 0.03
"""Countries below this share of value are drawn together; the tables keep them apart."""


def draw(tables: Mapping[str, pd.DataFrame], scenario: str, product: str, route: str) -> Figure:
    """Value added by country, freight and duty of one route as they join on the way."""
    key = f"scenario == {scenario!r} and case == 'scenario'"
    cost = tables["landed_cost"].query(key)
    head = records(cost[(cost["product"] == product) & (cost["route"] == route)])[0]
    nodes = tables["nodes"]
    nodes = nodes[(nodes["product"] == product) & (nodes["route"] == route)]
    added = nodes.groupby("country")["value_added_central"].sum().sort_values(ascending=False)
    flows = [(country(str(code)), float(value)) for code, value in added.items()]
    small = [value for _, value in flows if value < SMALL * float(added.sum())]
    if len(small) > 1:
        flows = [*flows[: len(flows) - len(small)], ("Other countries", sum(small))]
    flows += [("Freight", head["freight_usd_per_unit"]), ("Duties", head["duty_usd_per_unit"])]
    flows = [(name, value) for name, value in flows if value > 0]
    arrival = f"{country(head['assembly_country'])}, assembly"
    title = (
        f"{flows[0][0]} adds most of the value on the route {head['route_title']}; "
        f"duties take {usd(head['duty_usd_per_unit'])} a unit"
    )
    table = Table(
        title,
        ("From", "USD a unit"),
        tuple((name, usd(value)) for name, value in flows),
        numeric=frozenset({1}),
    )
    return Figure(
        id=f"flow-{product}-{route}",
        title=title,
        alt="; ".join(f"{name} {usd(value)}" for name, value in flows),
        svg=render(7.2, 3.4, lambda figure: _paint(figure, flows, arrival, head)),
        source="Firm documents and tariff law; central values.",
        table=table,
    )


def _paint(figure: Any, flows: list[tuple[str, float]], arrival: str, head: Any) -> None:
    # Labels stand beside the bands on purpose, so the canvas is laid out by hand.
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.0, 0.03, 1.0, 0.94))
    axes.set_axis_off()
    total = sum(value for _, value in flows)
    gap = 0.06 * total
    top, right = total + gap * (len(flows) - 1), total + gap * (len(flows) - 1) / 2
    t = np.linspace(0, 1, 60)
    bend = t * t * (3 - 2 * t)
    for number, (name, value) in enumerate(flows):
        colour = DUTY_COLOUR if name == "Duties" else COLOURS[number % 5]
        if name == "Freight":
            colour = "#999999"
        upper = top + (right - top) * bend
        axes.fill_between(t, upper - value, upper, color=colour, alpha=0.75, linewidth=0)
        label = f"{name}  {usd(value)}".replace("$", r"\$")
        axes.text(-0.02, top - value / 2, label, ha="right", va="center")
        top, right = top - value - gap, right - value
    bottom = right
    axes.fill_between([1.0, 1.03], bottom, bottom + total, color="#333333", linewidth=0)
    text = f"Landed\n{usd(head['landed_central'])}\nvia {arrival}"
    axes.text(1.05, bottom + total / 2, text, ha="left", va="center")
    axes.set_xlim(-0.55, 1.5)
