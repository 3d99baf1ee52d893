"""Scenarios side by side as plain text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from exposure.frames import records
from exposure.reports.compare_blocks import acting
from exposure.reports.style import metric_text, metric_title, usd
from exposure.reports.text import aligned
from exposure.reports.words import words

Tables = Mapping[str, pd.DataFrame]
SHOWN = ("duty_bill_usd", "duty_usd_per_unit", "cost_change_share", "volume_change_share",
         "operating_profit_change_usd", "jobs_predicted")  # fmt: skip
HEADS = (
    "duty a year",
    "duty a unit",
    "landed cost",
    "volume",
    "operating profit",
    "jobs predicted",
)
SPLIT = ("duty_usd_per_unit", "cost_change_share")
DUST = 1e-9
"""Part of a change below which a factor is not told."""
MOST = 12
"""Rivals and factors told; all stand in the tables."""


def compare_text(tables: Tables) -> str:
    """Differences by product and firm, gaps between rivals, revenue, and whose doing it is."""
    parts = [*_differences(tables), *_rivals(tables), *_revenue(tables), *_attribution(tables)]
    return "\n".join(parts).strip("\n")


def _differences(tables: Tables) -> Iterator[str]:
    table = tables["differences"]
    table = table[table["metric"].isin(SHOWN)]
    for (scenario, against), rows in table.groupby(["scenario", "against"], sort=False):
        yield f"\n{scenario} less {against}, medians; ranges stand in the report"
        yield f"duty a year: {words().label('beside.duty_bill_usd')}"
        cells = [["", *HEADS]]
        for level in ("product", "firm"):
            mine = rows[rows["level"] == level]
            for name, one in mine.groupby(level, sort=False):
                by = {row["metric"]: row for row in records(one)}
                told = [_median(by[metric]) if metric in by else "" for metric in SHOWN]
                cells.append([str(name), *told])
        yield from aligned(cells, right=set(range(1, len(SHOWN) + 1)))


def _rivals(tables: Tables) -> Iterator[str]:
    table = tables["rivals"]
    for scenario, rows in table.groupby("scenario", sort=False):
        gaps = rows[rows["metric"] == "cost_gap_share"]
        order = gaps["central"].abs().sort_values(ascending=False, kind="stable").index[:MOST]
        if not len(order):
            continue
        yield f"\n{scenario}: change of landed cost, product less rival"
        cells = [["product", "rival", "gap", "duty, USD a unit", "part of what both sell"]]
        key = ["product", "rival", "metric"]
        by = {tuple(row[name] for name in key): row for row in records(rows)}
        for row in records(gaps.loc[order]):
            pair = (row["product"], row["rival"])
            others = [by[(*pair, name)] for name in
                      ("duty_gap_usd_per_unit", "pair_share_change_share")]  # fmt: skip
            cells.append([*pair, _four(row), *map(_four, others)])
        yield from aligned(cells, right={2, 3, 4})


def _revenue(tables: Tables) -> Iterator[str]:
    table = tables["revenue"]
    sums = table.groupby(["scenario", "importer"], sort=False)[
        ["baseline_usd", "scenario_usd", "change_usd"]
    ].sum(skipna=False)
    still = sums["change_usd"].abs() <= DUST * sums["scenario_usd"].abs().max()
    sums = sums[~still]
    if len(sums):
        yield "\nDuties collected on these products, a year"
        cells = [["scenario", "by", "baseline", "scenario", "change"]]
        for row in records(sums.reset_index()):
            money = [usd(row[name]) for name in ("baseline_usd", "scenario_usd", "change_usd")]
            cells.append([row["scenario"], row["importer"], *money])
        yield from aligned(cells, right={2, 3, 4})


def _attribution(tables: Tables) -> Iterator[str]:
    table = tables["attribution"]
    keys = ["old", "new", "by", "product", "metric"]
    for key, rows in table[table["metric"].isin(SPLIT)].groupby(keys, sort=False):
        told = acting(rows)
        if not len(told):
            continue
        old, new, by, product, metric = map(str, key)
        yield f"\n{product}, {metric_title(metric).lower()}, from {old} to {new}, by {by}"
        cells = [["", "part (Shapley)", "one after another"]]
        for row in records(told.head(MOST)):
            part = metric_text(metric, row["part_low"], row["part_central"], row["part_high"])
            step = metric_text(metric, *[row["sequential"]] * 3)
            cells.append([row["title"], part, step])
        total = metric_text(metric, *[float(rows["total"].iloc[0])] * 3)
        cells.append(["all", total, total])
        yield from aligned(cells, right={1, 2})


def _median(row: Mapping[str, float | str]) -> str:
    return _four({**row, "low": row["median"], "high": row["median"]})


def _four(row: Mapping[str, float | str]) -> str:
    ends: Sequence[float] = [float(row[name]) for name in ("low", "median", "high")]
    unit = "x_share" if row["unit"] == "share" else "usd" if "USD" in str(row["unit"]) else "count"
    return metric_text(unit, *ends)
