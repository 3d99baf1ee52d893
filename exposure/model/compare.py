"""Scenarios beside one another, rivals beside one another, and what the importing state collects.

Draws of all scenarios of a run take the same inputs, so that a difference has its own range: it is
far narrower than the ranges of the two numbers that it parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.facts.documents import Scenario
from exposure.frames import records
from exposure.model.cases import Case, median, three
from exposure.model.compiled import Compiled, Values
from exposure.model.headline import METRICS, headline
from exposure.model.run import Evaluated

Floats = NDArray[np.float64]
Tables = Mapping[str, pd.DataFrame]
DIFFERENCES = (
    "scenario", "against", "level", "firm", "product", "metric", "unit", "low", "median", "high",
    "central",
)  # fmt: skip
RIVALS = (
    "scenario", "category", "product", "rival", "metric", "unit", "low", "median", "high",
    "central",
)  # fmt: skip
REVENUE = ("scenario", "importer", "product", "baseline_usd", "scenario_usd", "change_usd")
GAPS = {
    "duty_gap_usd_per_unit": "duty_usd_per_unit",
    "cost_gap_share": "cost_change_share",
    "buyer_price_gap_share": "buyer_price_change_share",
    "volume_gap_share": "volume_change_share",
}
"""Gap between two rivals, and the headline number whose difference it is."""
PAIR = "pair_share_change_share"
"""Change of a product's part of what the two sell together."""
PER_UNIT = frozenset({"duty_usd_per_unit", "duty_change_usd_per_unit"})


def over_one_baseline(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Scenarios over the baseline of the first: changes against different days have no difference.

    A scenario that changed the law of its own baseline's day keeps that day as its law's.
    """
    first = scenarios[0].baseline
    return [
        item.model_copy(update={"baseline": first, "law_on": item.law_on or item.baseline})
        for item in scenarios
    ]


def differences(
    compiled: Compiled, pairs: Sequence[tuple[Case, Case]], done: Evaluated, values: Values
) -> pd.DataFrame:
    """Each scenario less the first one, by product and, where numbers add up, by firm.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, against, level`` (``product``, ``firm``), ``firm, product, metric, unit,
        low, median, high, central``; no row where there is one scenario.
    """
    found = [_metrics(compiled, done, values, pair) for pair in pairs]
    firms = compiled.products["firm"].to_numpy(dtype=str)
    names = compiled.products["product"].to_numpy(dtype=str)
    rows: list[tuple[object, ...]] = []
    for pair, mine in zip(pairs[1:], found[1:], strict=True):
        head = (pair[1].scenario, pairs[0][1].scenario)
        for metric, (unit, _, _) in METRICS.items():
            change = mine[metric] - found[0][metric]
            for number, name in enumerate(names):
                rows.append((*head, "product", firms[number], name, metric, unit,
                             *_four(change[:, number])))  # fmt: skip
            if unit == "share" or metric in PER_UNIT:
                continue  # numbers of different products that do not add up
            for firm in dict.fromkeys(firms.tolist()):
                whole = change[:, firms == firm].sum(axis=1)
                rows.append((*head, "firm", firm, "", metric, unit, *_four(whole)))
    return pd.DataFrame(rows, columns=list(DIFFERENCES))


def rivals(
    compiled: Compiled, pairs: Sequence[tuple[Case, Case]], done: Evaluated, values: Values
) -> pd.DataFrame:
    """Gaps between the products of a category, two by two, under each scenario.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, category, product, rival, metric, unit, low, median, high, central``;
        a gap is the product's number less the rival's: positive is to the product's disadvantage
        for ``duty_gap_usd_per_unit``, ``cost_gap_share`` and ``buyer_price_gap_share``.
        ``pair_share_change_share`` is the change of its part of what the two sell together.
    """
    rows: list[tuple[object, ...]] = []
    names = compiled.products["product"].to_numpy(dtype=str)
    for pair in pairs:
        found = _metrics(compiled, done, values, pair)
        sold = [
            _sold(compiled, table[pair[1].rows]) for table in (done.units_before, done.units_after)
        ]
        for category, first, second in _matches(compiled):
            head = (pair[1].scenario, category, names[first], names[second])
            for gap, metric in GAPS.items():
                change = found[metric][:, first] - found[metric][:, second]
                rows.append((*head, gap, METRICS[metric][0], *_four(change)))
            with np.errstate(divide="ignore", invalid="ignore"):
                part = [units[:, first] / (units[:, first] + units[:, second]) for units in sold]
            rows.append((*head, PAIR, "share", *_four(part[1] - part[0])))
    return pd.DataFrame(rows, columns=list(RIVALS))


def _matches(compiled: Compiled) -> Iterator[tuple[str, int, int]]:
    """Pairs of products of one category."""
    kinds = compiled.products["category"].to_numpy(dtype=str)
    for first in range(len(kinds)):
        for second in range(first + 1, len(kinds)):
            if kinds[first] and kinds[first] == kinds[second]:
                yield str(kinds[first]), first, second


def _metrics(
    compiled: Compiled, done: Evaluated, values: Values, pair: tuple[Case, Case]
) -> dict[str, Floats]:
    made = headline(compiled, done, values, pair[0].rows, pair[1].rows)
    return {metric.name: metric.values for metric in made}


def _sold(compiled: Compiled, units: Floats) -> Floats:
    """Units by product (row, market)."""
    total = np.zeros((len(units), len(compiled.products)))
    for route, owner in enumerate(compiled.labels.market):
        total[:, owner] += units[:, route]
    return total


def _four(values: Floats) -> tuple[float, float, float, float]:
    """Low, median, high and central of values (row,)."""
    low, central, high = three(values[:, None])
    return float(low[0]), float(median(values[:, None])[0]), float(high[0]), float(central[0])


def revenue(tables: Tables) -> pd.DataFrame:
    """Duties that each importing state collects on the products of a run, a year, central.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, importer, product, baseline_usd, scenario_usd, change_usd``: duties of
        the ledger that stay paid, times the units of each route before and under the scenario. NaN
        where a duty is not known on a route that ships.
    """
    keys = ["scenario", "product", "route"]
    units = tables["volumes"].set_index(keys)[["units_baseline", "units_central"]]
    paid = (
        tables["ledger"]
        .groupby([*keys, "case", "importer"], sort=False)["duty_usd"]
        .sum(skipna=False)
        .reset_index()
    )
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in records(paid):
        column = "units_baseline" if row["case"] == "baseline" else "units_central"
        sold = float(units.at[tuple(row[key] for key in keys), column])  # type: ignore[arg-type]
        one = found.setdefault(
            (row["scenario"], row["importer"], row["product"]), {"baseline": 0.0, "scenario": 0.0}
        )
        one[row["case"]] += 0.0 if sold == 0 else row["duty_usd"] * sold
    rows = [
        (*key, one["baseline"], one["scenario"], one["scenario"] - one["baseline"])
        for key, one in found.items()
    ]
    return pd.DataFrame(rows, columns=list(REVENUE))
