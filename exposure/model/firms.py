"""What a change of duty does to a firm: who bears it, what is sold, what is earned; by quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import rows_of
from exposure.economy.incidence import price_cut
from exposure.model.cases import Case, three
from exposure.model.compiled import Compiled, Values, parameter
from exposure.model.run import Evaluated

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FirmEffects:
    """Effects by route, all (row, route).

    Attributes
    ----------
    duty_bill_usd [USD a year]
        Duties of all borders at unchanged customs values.
    duty_collected_usd [USD a year]
        The same after exporters have cut their prices, and with them the customs value.
    landed_usd_per_unit, buyer_price_usd_per_unit [USD per unit]
    units [a year]
    sales_usd [USD a year]
        At buyers' prices.
    buyer_pays_usd, importer_pays_usd, exporter_pays_usd [USD a year]
        Of the change of duty on the units now sold; together what is collected more on them.
    operating_profit_change_usd [USD a year]
        The firm's: what its exporter and, where it is its own, its importer bear, and the
        contribution of the units that are no longer sold. A dollar price that falls with the
        exporter's currency is no loss in that currency and is left out.
    """

    duty_bill_usd: Floats
    duty_collected_usd: Floats
    landed_usd_per_unit: Floats
    buyer_price_usd_per_unit: Floats
    units: Floats
    sales_usd: Floats
    buyer_pays_usd: Floats
    importer_pays_usd: Floats
    exporter_pays_usd: Floats
    operating_profit_change_usd: Floats


PER_UNIT = ("landed_usd_per_unit", "buyer_price_usd_per_unit")
"""Effects that are means over routes, not sums."""
UNITS = {"units": "units a year", **dict.fromkeys(PER_UNIT, "USD per unit")}


def firm_effects(
    compiled: Compiled, done: Evaluated, values: Values, old: slice, new: slice
) -> FirmEffects:
    """Effects of the rows ``new`` against the rows ``old``; an ``old`` of itself is today."""
    routes = compiled.routes
    market = routes["market"].to_numpy(dtype=np.int64)
    rate, gate = done.last_rate[new], done.gate[new]
    change = done.duty[new] - done.duty[old]
    who = {name: share[new][:, market] for name, share in vars(done.burden).items()}
    same = old == new
    before, after = (
        done.units_before[new],
        done.units_before[new] if same else done.units_after[new],
    )
    # A route that ships nothing has no effect, known or not.
    none = after == 0
    cut = np.where(none, 0.0, price_cut(change, who["exporter"] + who["currency"], rate))
    own_cut = np.where(none, 0.0, price_cut(change, who["exporter"], rate))
    change = np.where(none, 0.0, change)
    kept = {name: rows_of(column, new) for name, column in values.items()}
    margin = parameter(compiled, kept, "contribution_margin")[:, market]
    border = parameter(compiled, kept, "border_price_share")
    related = (compiled.products["importer"] == "own").to_numpy(dtype=bool)[market]
    with np.errstate(divide="ignore", invalid="ignore"):  # a product that is not sold has no price
        price = _mean_cost(compiled, done, old) / border * (1.0 if same else done.price[new])
        sales = np.where(none, 0.0, after * price[:, market])
    importer = after * who["importer"] * change
    # The last bits of a volume that does not change are no loss.
    lost = np.where(np.isclose(before, after, rtol=1e-12), 0.0, margin * gate * (before - after))
    bill = np.where(none, 0.0, after * done.duty[new])
    return FirmEffects(
        duty_bill_usd=bill,
        duty_collected_usd=bill - np.where(none, 0.0, after * rate * cut),
        landed_usd_per_unit=done.cost[new],
        buyer_price_usd_per_unit=price[:, market],
        units=after,
        sales_usd=sales,
        buyer_pays_usd=after * who["buyer"] * change,
        importer_pays_usd=importer,
        exporter_pays_usd=after * cut,
        operating_profit_change_usd=-after * own_cut - np.where(related, importer, 0.0) - lost,
    )


def _mean_cost(compiled: Compiled, done: Evaluated, rows: slice) -> Floats:
    """Landed cost (row, market) [USD per unit], mean of the routes that ship."""
    units, cost = done.units_before[rows], done.cost[rows]
    spent, sold = (np.zeros((len(units), len(compiled.products))) for _ in range(2))
    for route, owner in enumerate(compiled.labels.market):
        ships = units[:, route] > 0
        spent[:, owner] += np.where(ships, units[:, route] * cost[:, route], 0.0)
        sold[:, owner] += units[:, route]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Floats = spent / sold
    return mean


def firm_results(
    compiled: Compiled, done: Evaluated, values: Values, old: Case, new: Case
) -> pd.DataFrame:
    """Every effect by route, product and firm: today, and under the scenario with its range."""
    today = firm_effects(compiled, done, values, old.rows, old.rows)
    then = firm_effects(compiled, done, values, old.rows, new.rows)
    routes = compiled.routes
    firms = compiled.products.set_index("product")["firm"].loc[routes["product"]].to_numpy(str)
    keys = {
        "route": list(zip(firms, routes["product"], routes["route"], strict=True)),
        "product": [(firm, name, "") for firm, name in zip(firms, routes["product"], strict=True)],
        "firm": [(firm, "", "") for firm in firms],
    }
    rows = []
    for level, names in keys.items():
        for key in dict.fromkeys(names):
            mine = np.array([name == key for name in names])
            for metric in FirmEffects.__dataclass_fields__:
                if level == "firm" and metric in UNITS:
                    continue  # units of different products do not add up
                before = _total(today, metric, mine, today)
                low, central, high = three(_total(then, metric, mine, today)[:, None])
                rows.append(
                    {
                        "scenario": new.scenario,
                        "level": level,
                        **dict(zip(("firm", "product", "route"), key, strict=True)),
                        "metric": metric,
                        "unit": UNITS.get(metric, "USD a year"),
                        "baseline": before[0],
                        "low": low[0],
                        "central": central[0],
                        "high": high[0],
                    }
                )
    return pd.DataFrame(rows)


def _total(
    effects: FirmEffects, metric: str, mine: NDArray[np.bool_], today: FirmEffects
) -> Floats:
    """Sum over routes (row,); per unit, the mean by units, or by today's where none are sold."""
    values = getattr(effects, metric)[:, mine]
    if metric not in PER_UNIT:
        total: Floats = values.sum(axis=1)
        return total
    if values.shape[1] == 1:
        only: Floats = values[:, 0]
        return only
    sold = effects.units[:, mine]
    weight = np.where(sold.sum(axis=1, keepdims=True) > 0, sold, today.units[:, mine])
    with np.errstate(invalid="ignore"):
        mean: Floats = np.where(weight > 0, weight * values, 0.0).sum(axis=1) / weight.sum(axis=1)
    return mean
