"""All products of a run in one picture: duty as a share of landed cost, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from exposure.frames import records
from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import COLOURS, DUTY_COLOUR, percent


def shares(tables: Mapping[str, pd.DataFrame], scenario: str) -> pd.DataFrame:
    """Duty over landed cost by product, baseline and scenario, at the routes of today.

    Columns ``product, title, baseline, scenario`` [fraction], the largest first.
    """
    cost = tables["landed_cost"]
    cost = cost[cost["scenario"] == scenario]
    volumes = tables["volumes"]
    weight = volumes[volumes["scenario"] == scenario].set_index(["product", "route"])[
        "share_baseline"
    ]
    keys = pd.MultiIndex.from_frame(cost[["product", "route"]])
    part = weight.reindex(keys).fillna(0.0).to_numpy()
    sums = (
        pd.DataFrame(
            {
                "product": cost["product"].to_numpy(),
                "case": cost["case"].to_numpy(),
                "duty": cost["duty_usd_per_unit"].to_numpy() * part,
                "landed": cost["landed_central"].to_numpy() * part,
            }
        )
        .groupby(["product", "case"])
        .sum(min_count=1)
    )
    share = (sums["duty"] / sums["landed"]).unstack("case")
    titles = tables["products"].set_index("product")["title"]
    table = share.assign(title=titles.reindex(share.index)).reset_index()
    ordered = table.sort_values("scenario", ascending=False, kind="stable")
    return ordered[["product", "title", "baseline", "scenario"]].reset_index(drop=True)


def draw(tables: Mapping[str, pd.DataFrame], scenario: str) -> Figure:
    """The picture of a scenario."""
    found = shares(tables, scenario)
    rows = records(found)
    first, last = rows[0], rows[-1]
    title = (
        f"Duty takes {percent(first['scenario'])} of the landed cost of the {first['title']}, the "
        f"most of {len(rows)} products, and {percent(last['scenario'])} of the {last['title']}, "
        "the least"
    )
    cells = tuple((r["title"], percent(r["baseline"]), percent(r["scenario"])) for r in rows)
    return Figure(
        id=f"overview-{scenario}",
        title=title,
        alt="; ".join(f"{name} {old} before, {new} after" for name, old, new in cells),
        svg=render(7.2, 0.6 + 0.26 * len(rows), lambda figure: _paint(figure, rows)),
        source="Duties of all borders on the way over landed cost, central values, at the routes "
        "of today.",
        table=Table(title, ("Product", "Baseline", "Scenario"), cells, numeric=frozenset({1, 2})),
    )


def _paint(figure: Any, rows: list[dict[str, Any]]) -> None:
    axes = figure.add_subplot()
    for place, row in enumerate(reversed(rows)):
        old, new = 100 * row["baseline"], 100 * row["scenario"]
        axes.plot([old, new], [place, place], color="#999999", linewidth=1.2, zorder=1)
        axes.plot(old, place, "o", ms=5.5, mfc="white", mec=COLOURS[0], mew=1.4, zorder=2)
        axes.plot(new, place, "D", ms=5.5, color=DUTY_COLOUR, zorder=3)
    axes.set_yticks(range(len(rows)), [row["title"] for row in reversed(rows)], fontsize=7.5)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.set_xlim(left=min(-0.5, axes.get_xlim()[0]))
    axes.set_xlabel("Duty, % of landed cost")
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    from matplotlib.lines import Line2D

    axes.legend(
        handles=[
            Line2D([], [], marker="o", linestyle="", mfc="white", mec=COLOURS[0], label="Baseline"),
            Line2D([], [], marker="D", linestyle="", color=DUTY_COLOUR, label="Scenario"),
        ],
        loc="lower right",
        frameon=False,
        fontsize=8,
    )
