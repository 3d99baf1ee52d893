"""What moves a number: each driver from the low to the high end of its range, all else central."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from exposure.frames import records
from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import metric_text, metric_title, number
from exposure.reports.sure import short

SHOWN = ("operating_profit_change_usd", "volume_change_share", "jobs_predicted")
"""Numbers that a picture is made of, the first that has drivers."""
LOW, HIGH = "#56B4E9", "#D55E00"


def draw(tables: Mapping[str, pd.DataFrame], scenario: str, product: str) -> Figure | None:
    """A tornado of the first of `SHOWN` that varies; None where none does."""
    found = tables["drivers"]
    found = found[(found["scenario"] == scenario) & (found["product"] == product)]
    head = tables["headline"]
    head = head[(head["scenario"] == scenario) & (head["product"] == product)]
    central = head.set_index("metric")["central"]
    for metric in SHOWN:
        rows = records(found[found["metric"] == metric])
        if rows:
            break
    else:
        return None
    first = short(rows[0]["title"])
    title = f"{metric_title(metric)}: {first} moves it most"
    middle = float(central[metric])

    def text(value: float) -> str:
        return metric_text(metric, value, value, value)

    cells = tuple(
        (
            row["title"], number(row["low"]), number(row["high"]),
            text(row["metric_at_low"]), text(row["metric_at_high"]), f"{row['total_share']:.0%}",
        )
        for row in rows
    )  # fmt: skip
    columns = ("Input", "Low", "High", "Number at low", "Number at high", "Share of variance")
    return Figure(
        id=f"drivers-{product}",
        title=title,
        alt=f"Central {text(middle)}. " + "; ".join(f"{c[0]}: {c[3]} to {c[4]}" for c in cells),
        svg=render(7.2, 1.3 + 0.5 * len(rows), lambda f: _paint(f, rows, metric, middle, text)),
        source="One input at a time from the low to the high end of its range, all else central; "
        "shares of the variance are total Sobol indices, which count joint effects.",
        table=Table(title, columns, cells, numeric=frozenset(range(1, 6))),
    )


def _paint(figure: Any, rows: list[dict[str, Any]], metric: str, middle: float, text: Any) -> None:
    axis = figure.subplots()
    scale, unit = (100.0, "per cent") if metric.endswith("_share") else (
        (1e-6, "USD million a year") if "usd" in metric else (1.0, "persons")
    )  # fmt: skip
    for place, row in enumerate(rows[::-1]):
        for end, colour in (("low", LOW), ("high", HIGH)):
            value = float(row[f"metric_at_{end}"])
            axis.barh(place, (value - middle) * scale, left=middle * scale, height=0.55,
                      color=colour)  # fmt: skip
            side = "left" if value >= middle else "right"
            axis.annotate(
                text(value), (value * scale, place), xytext=(4 if side == "left" else -4, 0),
                textcoords="offset points", va="center", ha=side, size=8,
            )  # fmt: skip
    axis.axvline(middle * scale, color="#333333", linewidth=1)
    axis.set_yticks(range(len(rows)), [_wrapped(short(row["title"])) for row in rows[::-1]])
    axis.set_xlabel(f"{metric_title(metric)} ({unit}); line: central")
    axis.margins(x=0.2)
    axis.locator_params(axis="x", nbins=5)
    handles = [axis.barh(0, 0, color=colour) for colour in (LOW, HIGH)]
    axis.legend(handles, ["input at its low end", "input at its high end"], loc="best",
                frameon=False, fontsize=8)  # fmt: skip


def _wrapped(text: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, 34)[:3])
