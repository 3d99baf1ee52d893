"""Volumes by route and market: route choice within capacity, price and demand, brought together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.economy.demand import INVERSES, MODELS, buyer_price_ratio
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


HALVINGS = 50
"""Rounds that settle a volume to the last bits."""
LEAST = 1e-9
"""A volume so small that no limit binds."""


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

    Limits are shares of the new volume, which hangs on the price, which hangs on the limits.

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
    with np.errstate(divide="ignore", invalid="ignore"):
        # No more than all capacities together can be sold.
        ceiling = most / total

    def at(volume: Floats) -> _State:
        """Shares, price and the volume that is wanted if ``volume`` (scenario, market) is sold."""
        with np.errstate(divide="ignore", invalid="ignore"):
            limit = own_capacity / (total * volume)[:, market]
        new, index, scarcity = limited_shares(cost / old_cost, share, elasticity, market, limit)
        worth = scarcity * cost
        if planned.any():
            sold = np.nan_to_num(total[planned] * volume[planned])
            filled = cheapest(
                cost[planned], switching[planned], before[planned], capacity[planned], sold,
                market, pool,
            )  # fmt: skip
            worth[planned] = filled.worth
            with np.errstate(divide="ignore", invalid="ignore"):
                index[planned] = filled.spent / volume[planned] / old[planned]
                new[planned] = filled.units / (total[planned] * volume[planned])[:, market]
        # Where every route is at its limit, the mean cost of the mix stands for the index.
        index = np.where(np.isnan(index), _mean_ratio(new, cost, market, old, total), index)
        price = buyer_price_ratio(index, passed, border)
        return _State(new, worth, index, price, MODELS[demand](price, response))

    switching = _switching(compiled, values)
    volume = _settle(at, ceiling)
    state = at(volume)
    price, worth = state.price, state.worth
    rationed = state.wanted > volume * (1 + 1e-9)
    if rationed.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            clearing = np.maximum(INVERSES[demand](volume, response), price)
            # In dollars at the border: the buyer's price is the landed cost over its share of it.
            rent = np.where(rationed, (clearing - price) / border * old / total, 0.0)
        price = np.where(rationed, clearing, price)
        worth = worth + rent[:, market]
    units = total[:, market] * volume[:, market] * state.share
    return Moved(share, state.share, units, capacity, worth, state.index, price, volume)


@dataclass(frozen=True)
class _State:
    """A market at a given volume."""

    share: Floats
    worth: Floats
    index: Floats
    price: Floats
    wanted: Floats


def _settle(at: Callable[[Floats], _State], ceiling: Floats) -> Floats:
    """Volume (scenario, market) at which as much is wanted as is sold, at most the ceiling.

    More volume meets tighter limits, so that cost rises and less is wanted: there is one such
    volume, and halving finds it. Without limits the first guess is it.
    """
    most = np.minimum(at(np.full_like(ceiling, LEAST)).wanted, ceiling)
    wanted = at(most).wanted
    open_ = wanted < most * (1 - 1e-12)
    if not open_.any():
        return most
    low, high = np.where(open_, 0.0, most), most.copy()
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        more = at(np.where(open_, middle, most)).wanted >= middle
        low, high = np.where(open_ & more, middle, low), np.where(open_ & ~more, middle, high)
    # The lower end: at the upper one a limit may be passed by the last bit.
    return np.where(open_, low, most)


def _mean_ratio(share: Floats, cost: Floats, market: Ints, old: Floats, total: Floats) -> Floats:
    """Mean landed cost of a mix over the old mean (scenario, market)."""
    spent, units = np.zeros_like(old), np.zeros_like(old)
    for route, owner in enumerate(market):
        part = np.nan_to_num(share[:, route])
        spent[:, owner] += part * cost[:, route]
        units[:, owner] += part
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: Floats = spent / units / (old / total)
    return mean


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
