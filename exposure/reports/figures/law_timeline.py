"""Duties over time: a lane for each action and origin, a bar for each rate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from exposure.frames import records
from exposure.reports.description import Figure, Table
from exposure.reports.figures.draw import render
from exposure.reports.style import COMPONENT_COLOURS, COMPONENTS, UNKNOWN, country, is_unknown

LANE = 0.3
"""Inches of a lane."""
STATUS = {
    "in_force": "in force",
    "unknown": "depends on what is not stated",
    "announced": "announced",
    "threatened": "threatened",
    "suspended": "suspended",
}


def draw(tables: Mapping[str, pd.DataFrame], scenario: str, product: str) -> Figure | None:
    """Lanes of a product's border; None where no action ever spoke."""
    spans = tables["law_timeline"]
    spans = spans[(spans["scenario"] == scenario) & (spans["product"] == product)]
    head = tables["scenarios"].set_index("scenario").loc[scenario]
    days = sorted([str(head["baseline_on"]), str(head["law_on"])])
    if spans.empty or days[0] == days[1]:
        return None
    origins = ", ".join(dict.fromkeys(country(str(code)) for code in spans["origin"]))
    count = int((spans["status"] == "in_force").sum())
    title = (
        f"Additional duties on goods of {origins} took {count} steps since {days[0]}"
        if count
        else f"No additional duty was charged on goods of {origins} since {days[0]}"
    )
    return picture(spans, f"timeline-{product}", title, days[0], days[1])


def picture(spans: pd.DataFrame, name: str, title: str, first: str, last: str) -> Figure:
    """Lanes of spans, cut to the days shown.

    Parameters
    ----------
    spans
        Columns of ``exposure.law.spans``.
    name
        Id of the figure.
    title
        What it shows.
    first, last
        Days (ISO) at the left and the right edge.
    """
    shown = spans[(spans["from"] <= last) & ((spans["until"] >= first) | (spans["until"] == ""))]
    order = {component: place for place, component in enumerate(COMPONENTS)}
    shown = shown.assign(
        order=shown["component"].map(order),
        lane=[_lane(row) for row in records(shown)],
    ).sort_values(["order", "title", "origin", "from"], kind="stable")
    lanes = list(dict.fromkeys(shown["lane"]))
    rows = tuple(
        (row["lane"], _rate(row), STATUS[row["status"]], row["from"], row["until"] or "open")
        for row in records(shown)
    )
    return Figure(
        id=name,
        title=title,
        alt="; ".join(" ".join(row) for row in rows[:40]),
        svg=render(
            7.6, 0.9 + LANE * len(lanes), lambda figure: _paint(figure, shown, lanes, first, last)
        ),
        source="Rules of data/raw/law with their citations. Solid: in force; hatched: depends on "
        "what is not stated; dashed: announced, threatened or suspended.",
        table=Table(title, ("Action and origin", "Rate", "Status", "From", "Until"), rows),
    )


def _lane(row: Mapping[str, Any]) -> str:
    origin = "all countries" if row["origin"] == "*" else country(str(row["origin"]))
    return f"{row['title']}: {origin}"


def _rate(row: Mapping[str, Any]) -> str:
    if is_unknown(row["high"]):
        return UNKNOWN
    if row["kind"] == "specific":
        return f"USD {row['high']:g}"
    texts = [f"{row[name] * 100:g}" for name in ("low", "high")]
    span = texts[1] if texts[0] == texts[1] else "\u2013".join(texts)
    return f"{span} %" + (" all in" if row["kind"] == "all_in" else "")


def _paint(figure: Any, shown: pd.DataFrame, lanes: list[str], first: str, last: str) -> None:
    import matplotlib.dates

    dates: Any = matplotlib.dates
    axis = figure.subplots()
    left, right = (dates.date2num(dt.date.fromisoformat(day)) for day in (first, last))
    for row in records(shown):
        start = max(left, dates.date2num(dt.date.fromisoformat(row["from"])))
        end = right
        if row["until"] and row["until"] < last:
            end = dates.date2num(dt.date.fromisoformat(row["until"])) + 1
        colour = COMPONENT_COLOURS[row["component"]]
        acts = row["status"] == "in_force"
        place = lanes.index(row["lane"])
        axis.barh(
            place if acts else place + 0.17,
            end - start,
            left=start,
            height=0.66 if acts else 0.3,
            color=colour if acts else "none",
            edgecolor="white" if acts else colour,
            linewidth=0.8,
            linestyle="-" if acts or row["status"] == "unknown" else (0, (3, 2)),
            hatch="////" if row["status"] == "unknown" else None,
            zorder=2 if acts else 3,
        )
        text = _rate(row)
        # A label goes into its bar only where it fits: about 4.6 points a character at size 6.5.
        if acts and (end - start) / (right - left) * 330 > 3.9 * len(text):
            axis.text(
                (start + end) / 2, place, text, ha="center", va="center", size=6.5,
                color=_ink(colour), zorder=4,
            )  # fmt: skip
    axis.set_yticks(range(len(lanes)), lanes, fontsize=7.5)
    axis.set_ylim(len(lanes) - 0.4, -0.6)
    axis.set_xlim(left, right)
    locator = dates.AutoDateLocator(minticks=4, maxticks=9)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    axis.grid(axis="x", color="#dddddd", linewidth=0.6, zorder=0)
    axis.set_xlabel("Date of entry")


def _ink(colour: str) -> str:
    """Black or white, whichever reads better on a colour (relative luminance, WCAG 2.1)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "black" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "white"
