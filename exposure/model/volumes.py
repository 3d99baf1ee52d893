"""Volumes by route and market: route choice within capacity, price and demand, brought together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.economy.demand import MODELS, buyer_price_ratio
from exposure.model.compile import Compiled, Values, parameter
from exposure.routes.choice import cheapest, limited_shares

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Moved:
    """How volumes answer to landed costs; `exposure.model.run.Evaluated` says what is what."""

    share_before: Floats
    share: Floats
    units: Floats
    capacity: Floats
    worth: Floats
    index: Floats
    price: Floats
    volume: Floats


PASSES = 50
"""Most rounds in which volume and binding capacities settle; they do so in a few."""


def move(
    compiled: Compiled,
    values: Values,
    cost: Floats,
    old_cost: Floats,
    before: Floats,
    planned: NDArray[np.bool_],
    limits: Floats,
    demand: str,
) -> Moved:
    """Volumes by route: by constant elasticity within capacity, or filled by cost.

    Limits are shares of the new volume, which hangs on the price, which hangs on the limits: the
    three are brought together by repetition.

    Parameters
    ----------
    compiled, values
        Labels and inputs.
    cost, old_cost (scenario, route) [USD per product]
        Landed cost, and that of the baseline row.
    before (scenario, route) [units a year]
        Volumes of today.
    planned (scenario,)
        Rows that are filled by cost.
    limits (scenario, route) [units a year]
        Caps of a scenario; unlike a capacity, they may lie below what ships today.
    demand
        Name of a model in `exposure.economy.demand.MODELS`.
    """
    market = compiled.routes["market"].to_numpy(dtype=np.int64)
    pool = compiled.routes["pool"].to_numpy(dtype=np.int64)
    total = np.zeros((len(cost), len(compiled.products)))
    for route, owner in enumerate(market):
        total[:, owner] += before[:, route]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = before / total[:, market]
    elasticity = parameter(compiled, values, "route_elasticity")
    passed = parameter(compiled, values, "pass_through")
    border = parameter(compiled, values, "border_price_share")
    response = parameter(compiled, values, "demand_elasticity")
    capacity = np.minimum(_capacity(compiled, values, before), limits)
    own_capacity = _own_capacity(capacity, before, pool)
    most = np.full_like(total, 0.0)
    for route, owner in enumerate(market):
        most[:, owner] += own_capacity[:, route]
    old = np.zeros_like(total)
    for route, owner in enumerate(market):
        paid = old_cost[:, route] * before[:, route]
        old[:, owner] += np.where(before[:, route] > 0, paid, 0.0)
    volume = np.ones_like(total)
    for _ in range(PASSES):
        with np.errstate(divide="ignore", invalid="ignore"):
            limit = own_capacity / (total * volume)[:, market]
        new, index, scarcity = limited_shares(cost / old_cost, share, elasticity, market, limit)
        units = total[:, market] * volume[:, market] * new
        worth = scarcity * cost
        if planned.any():
            pick = planned
            filled = cheapest(
                cost[pick], _switching(compiled, values)[pick], before[pick], capacity[pick],
                np.nan_to_num(total[pick] * volume[pick]), market, pool,
            )  # fmt: skip
            units[pick], worth[pick] = filled.units, filled.worth
            with np.errstate(divide="ignore", invalid="ignore"):
                index[pick] = filled.spent / volume[pick] / old[pick]
                new[pick] = filled.units / (total[pick] * volume[pick])[:, market]
        price = buyer_price_ratio(index, passed, border)
        with np.errstate(divide="ignore", invalid="ignore"):
            # No more than all capacities together can be sold.
            settled = np.minimum(MODELS[demand](price, response), most / total)
        done = np.nan_to_num(np.abs(settled - volume)).max() <= 1e-12
        free = not (np.isfinite(limit).any() or planned.any())
        volume = settled
        if done or free:
            break
    units = total[:, market] * volume[:, market] * new
    return Moved(share, new, units, capacity, worth, index, price, volume)


def _capacity(compiled: Compiled, values: Values, before: Floats) -> Floats:
    """Capacity of each route's pool (scenario, route) [units]; never below what ships today."""
    keys = [f"{row.product}/route/{row.route}/capacity" for row in compiled.routes.itertuples()]
    none = np.full(len(before), np.inf)
    capacity = np.stack([values.get(key, none) for key in keys], axis=1)
    pool = compiled.routes["pool"].to_numpy(dtype=np.int64)
    for name in np.unique(pool):
        mine = pool == name
        capacity[:, mine] = np.maximum(capacity[:, mine].min(axis=1), before[:, mine].sum(axis=1))[
            :, None
        ]
    return capacity


def _own_capacity(capacity: Floats, before: Floats, pool: Ints) -> Floats:
    """A pool's capacity divided among its routes as they ship today; evenly where none ships."""
    own = capacity.copy()
    for name in np.unique(pool):
        mine = np.flatnonzero(pool == name)
        if len(mine) > 1:
            shipped = before[:, mine]
            whole = shipped.sum(axis=1, keepdims=True)
            part = np.where(whole > 0, shipped / np.where(whole > 0, whole, 1.0), 1 / len(mine))
            own[:, mine] = capacity[:, mine] * part
    return own


def _switching(compiled: Compiled, values: Values) -> Floats:
    """Cost of one more unit a year (scenario, route) [USD]; none where none is stated."""
    count = len(next(iter(values.values())))
    return np.stack(
        [
            values.get(f"{row.product}/route/{row.route}/switching_cost_usd", np.zeros(count))
            for row in compiled.routes.itertuples()
        ],
        axis=1,
    )
