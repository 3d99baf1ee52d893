"""Sums that reports show: each table of a result from other tables of it, so that none is made
while a page is set."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from exposure.axes import COMPONENTS

Tables = Mapping[str, pd.DataFrame]
KEYS = ["scenario", "product", "route"]
SMALL_STEP = 0.005
"""A component that moves by less than half a cent is no step [USD a unit]."""


def summaries(tables: Tables) -> dict[str, pd.DataFrame]:
    """All of them, by name."""
    return {"duty_steps": duty_steps(tables)}


def duty_steps(tables: Tables) -> pd.DataFrame:
    """From the baseline's duty to the scenario's, a row a component that moves.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, product, route, route_title, step`` (``baseline``, a component,
        ``scenario``), ``from_usd_per_unit, to_usd_per_unit, change_usd_per_unit``; all borders of
        the route, central values. A route with a component that is not known has NaN from there.
    """
    lines, cost = tables["duty_lines"], tables["landed_cost"]
    sums = lines.groupby([*KEYS, "case", "component"])["duty_usd_per_unit"].sum(skipna=False)
    rows = []
    for *key, title in cost[[*KEYS, "route_title"]].drop_duplicates().itertuples(index=False):
        head = dict(zip(KEYS, key, strict=True)) | {"route_title": title}

        def of(case: str, name: str, key: list[str] = key) -> float:
            return float(sums.get((*key, case, name), 0.0))

        level = sum(of("baseline", name) for name in COMPONENTS)
        steps = [("baseline", 0.0, level)]
        for name in COMPONENTS:
            change = of("scenario", name) - of("baseline", name)
            if not abs(change) <= SMALL_STEP:
                steps.append((name, level, level + change))
                level += change
        steps.append(("scenario", 0.0, sum(of("scenario", name) for name in COMPONENTS)))
        rows += [
            {**head, "step": step, "from_usd_per_unit": start, "to_usd_per_unit": end,
             "change_usd_per_unit": end - start}
            for step, start, end in steps
        ]  # fmt: skip
    return pd.DataFrame(rows)
