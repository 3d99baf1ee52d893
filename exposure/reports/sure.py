"""How sure a headline number is, in words: what drives it, and what would turn it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from exposure.frames import records
from exposure.reports.style import number, percent

Tables = Mapping[str, pd.DataFrame]
LEAD = "route_lead_usd_per_unit"
NO_DRAWS = "No draws were made: numbers at central inputs, without ranges."


def short(title: str) -> str:
    """A title up to its first comma, in the middle of a sentence.

    Examples
    --------
    >>> short("Landed cost as a fraction of the buyer's price, cars")
    "landed cost as a fraction of the buyer's price"
    """
    first = title.split(",")[0]
    return first[:1].lower() + first[1:] if first[1:2].islower() else first


def drivers_text(tables: Tables, scenario: str, product: str, metric: str) -> str:
    """The inputs that drive a number, with their shares of its variance."""
    rows = _mine(tables["drivers"], scenario, product, metric)
    return "; ".join(f"{short(row['title'])} {_share(row['total_share'])}" for row in records(rows))


def _share(value: float) -> str:
    """An index as whole per cent: a few hundred rows do not know more."""
    return f"{min(1.0, max(0.0, value)) * 100:.0f} %"


def sure_text(tables: Tables, scenario: str, product: str, metric: str) -> str:
    """In how many draws a direction holds, and the nearest reversal."""
    rows = records(_mine(tables["conclusions"], scenario, product, metric))
    return turn_text(rows[0]) if rows else ""


def turn_text(row: Mapping[str, Any]) -> str:
    """The same of one row of conclusions."""
    held = f"holds in {_share(row['holds_share'])} of draws"
    if row["statement"] == "does not change":
        return f"no change; {held}"
    if row["flip"] == "reverses":
        return f"{held}; reverses if {_turn(row)}"
    words = f"{held}; no single input reverses it"
    return f"{words}; halves if {_turn(row)}" if row["flip"] == "halves" else words


def _turn(row: Mapping[str, Any]) -> str:
    """Input, side and value, and where its range lies."""
    form = percent if str(row["flip_unit"]).startswith("share") else _figure
    value, low, high = (form(row[key]) for key in ("flip_value", "low", "high"))
    where = "range" if row["flip_within"] else "outside its range"
    return f"{short(row['flip_title'])} is {row['flip_side']} {value} ({where} {low} to {high})"


def _figure(value: float) -> str:
    return number(float(f"{value:.3g}"))


def _mine(table: pd.DataFrame, scenario: str, product: str, metric: str) -> pd.DataFrame:
    return table[
        (table["scenario"] == scenario)
        & (table["product"] == product)
        & (table["metric"] == metric)
    ]
