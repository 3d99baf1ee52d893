"""Small helps for tables: rows as plain values, and the units of columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

ENDS = ("low", "median", "central", "high", "baseline", "before", "after")
"""Last words of a column's name that say which of several values it holds, not its unit."""
UNITS: Mapping[str, str] = {
    "usd_per_unit": "USD per unit",
    "usd": "USD",
    "share": "fraction",
    "rate": "fraction",
    "units": "units",
    "fte": "persons",
    "days": "days",
    "on": "date",
    "from": "date",
    "until": "date",
    "lat": "degrees",
    "lon": "degrees",
    # Names that are a term of the field and say their unit by it.
    "landed": "USD per unit",
    "value_added": "USD per unit",
    "customs_value": "USD per unit",
    "duty_sold": "USD",
    "capacity_worth": "USD",
    "jobs": "persons",
    "exposed": "persons",
    "exposed_direct": "persons",
    "exposed_home": "persons",
    "exposed_abroad": "persons",
    "predicted": "persons",
    "tail_plant": "persons",
    "tail_suppliers": "persons",
    "coverage": "fraction",
    "cascade_factor": "fraction",
    "duty_over_value_added": "fraction",
}
"""Unit by the last words of a column's name; the longest that fits counts."""
_A_UNIT = {"usd": "USD per unit"}
OF_TABLE: Mapping[str, Mapping[str, str]] = {
    "ledger": _A_UNIT,
    "origin_tests": _A_UNIT,
    "origin_changes": _A_UNIT,
    "origin_worth": _A_UNIT,
    # A specific rate is no fraction: the column ``kind`` says which it is.
    "duty_lines": {"rate": "", "duty_rate": "fraction"},
    "sector_costs": dict.fromkeys(("direct", "total"), "fraction") | {"compounded": "per cent"},
    "final_prices": dict.fromkeys(("direct", "inputs"), "fraction"),
    "export_jobs": dict.fromkeys(("direct", "home", "abroad"), "persons"),
    "input_grades": dict.fromkeys(("inputs", "a", "b", "c", "d"), "inputs"),
    "job_numbers": dict.fromkeys(("low", "central", "high"), "persons"),
    "stated_jobs": dict.fromkeys(("stated", "low", "central", "high", "suppliers"), "persons"),
}
"""What the same words mean in one table of a result; empty where the name does not say it."""


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table, column names as keys; a missing text is NaN as a missing number is."""
    # Columns become lists as wholes: a tenth of the time that pandas takes row by row.
    names = [str(name) for name in table.columns]
    cells = (column.tolist() for _, column in table.items())
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def units_of(columns: Iterable[object], table: str = "") -> dict[str, str]:
    """Units of columns by their names; those whose name says none are left out.

    Parameters
    ----------
    columns
        Names, or a table that has them.
    table
        Which table of a result it is, where the same words mean another unit there.

    Returns
    -------
    dict
        Column to unit: ``USD, USD per unit, fraction, units, persons, days, date, degrees`` or
        ``per cent``.

    Examples
    --------
    >>> units_of(["product", "duty_usd_per_unit_low", "share_central", "law_known_on"])
    {'duty_usd_per_unit_low': 'USD per unit', 'share_central': 'fraction', 'law_known_on': 'date'}
    >>> units_of(["value_usd"], "ledger")
    {'value_usd': 'USD per unit'}
    """
    known = {**UNITS, **OF_TABLE.get(table, {})}
    found = {str(name): _unit(str(name), known) for name in columns}
    return {name: unit for name, unit in found.items() if unit}


def _unit(name: str, known: Mapping[str, str]) -> str:
    words = name.split("_")
    while words:
        for start in range(len(words)):
            tail = "_".join(words[start:])
            if tail in known:
                return known[tail]
        if words[-1] not in ENDS:
            break
        words.pop()
    return ""
