"""Volumes by route and market: route choice within capacity, price and demand, brought together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy.demand import MODELS, Buyers, chosen, facing
from exposure.economy.incidence import PASS_THROUGH, Burden, burden, buyer_price_ratio
from exposure.errors import DataError
from exposure.model.compile import Compiled, Values, parameter
from exposure.model.rows import Rows
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
    burden: Burden


ROUNDS, CLOSE = 200, 1e-10
"""Rounds in which prices of rivals settle, and how near."""
HALVINGS = 50
"""Rounds that settle a volume to the last bits."""
LEAST = 1e-9
"""A volume so small that no limit binds."""


def move(compiled: Compiled, rows: Rows, cost: Floats, before: Floats) -> Moved:
    """Volumes by route: by constant elasticity within capacity, or filled by cost.

    Limits are shares of the new volume, which hangs on the price, which hangs on the limits; and,
    where goods are rivals, on their prices.

    Parameters
    ----------
    compiled, rows
        Labels, and what each row is.
    cost (scenario, route) [USD per product]
        Landed cost.
    before (scenario, route) [units a year]
        Volumes of today.
    """
    values, planned = rows.values, rows.cheapest
    old_cost = cost[rows.baseline]
    market = compiled.routes["market"].to_numpy(dtype=np.int64)
    pool = compiled.routes["pool"].to_numpy(dtype=np.int64)
    total = np.zeros((len(cost), len(compiled.products)))
    for route, owner in enumerate(market):
        total[:, owner] += before[:, route]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = before / total[:, market]
    elasticity = parameter(compiled, values, "route_elasticity")
    border = parameter(compiled, values, "border_price_share")
    who = _burden(compiled, rows)
    capacity = np.minimum(_capacity(compiled, values, before), rows.limits)
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
    switching = compiled.labels.switching.of(values, 0.0)
    ratio = cost / old_cost

    every = np.arange(len(cost))

    def at(volume: Floats, buyers: Buyers, pick: Ints = every) -> _State:
        """Shares, price and what is wanted if ``volume`` (row of ``pick``, market) is sold."""
        with np.errstate(divide="ignore", invalid="ignore"):
            limit = own_capacity[pick] / (total[pick] * volume)[:, market]
        new, index, scarcity = limited_shares(
            ratio[pick], share[pick], elasticity[pick], market, limit
        )
        worth = scarcity * cost[pick]
        plan = planned[pick]
        if plan.any():
            of = pick[plan]
            sold = np.nan_to_num(total[of] * volume[plan])
            filled = cheapest(cost[of], switching[of], before[of], capacity[of], sold, market, pool)
            worth[plan] = filled.worth
            with np.errstate(divide="ignore", invalid="ignore"):
                index[plan] = filled.spent / volume[plan] / old[of]
                new[plan] = filled.units / (total[of] * volume[plan])[:, market]
        lost = np.isnan(index)
        if lost.any():
            # Where every route is at its limit, the mean cost of the mix stands for the index.
            mean = _mean_ratio(new, cost[pick], market, old[pick], total[pick])
            index = np.where(lost, mean, index)
        price = buyer_price_ratio(index, who.buyer[pick], border[pick])
        wanted = _demand(rows.demand[pick], price, chosen(buyers, pick), "volume")
        return _State(new, worth, index, price, wanted)

    def settled(buyers: Buyers) -> tuple[_State, Floats, Floats, Floats]:
        """Market at its volume, with price and worth of capacity where it is rationed."""
        volume = _settle(lambda sold, pick: at(sold, buyers, pick).wanted, ceiling)
        state = at(volume, buyers)
        price, worth = state.price, state.worth
        rationed = state.wanted > volume * (1 + 1e-9)
        if rationed.any():
            with np.errstate(divide="ignore", invalid="ignore"):
                clears = _demand(rows.demand, volume, buyers, "price")
                clearing = np.maximum(clears, price)
                # At the border: the buyer's price is the landed cost over its share of it.
                rent = np.where(rationed, (clearing - price) / border * old / total, 0.0)
            price = np.where(rationed, clearing, price)
            worth = worth + rent[:, market]
        return state, volume, price, worth

    buyers = _buyers(compiled, rows, total)
    if any(MODELS[str(name)].between_rivals for name in np.unique(rows.demand)):
        # Rivals' prices before any limit binds; only limits make them hang on volumes.
        buyers = facing(buyers, at(np.full_like(total, LEAST), buyers).price)
        state, volume, price, worth = settled(buyers)
        for _ in range(ROUNDS):
            buyers = facing(buyers, price)
            last = price
            state, volume, price, worth = settled(buyers)
            if np.nanmax(np.abs(price - last), initial=0.0) < CLOSE:
                break
        else:
            raise DataError("prices of rivals at their limits do not settle", "demand")
    else:
        state, volume, price, worth = settled(buyers)
    units = total[:, market] * volume[:, market] * state.share
    return Moved(share, state.share, units, capacity, worth, state.index, price, volume, who)


@dataclass(frozen=True)
class _State:
    """A market at a given volume."""

    share: Floats
    worth: Floats
    index: Floats
    price: Floats
    wanted: Floats


def _burden(compiled: Compiled, rows: Rows) -> Burden:
    """Who bears a change of duty; each (scenario, market)."""
    of = {
        name: parameter(compiled, rows.values, name)
        for name in (
            "pass_through", "export_supply_elasticity", "demand_elasticity", "exporter_absorption",
            "currency_offset", "exchange_pass_through",
        )
    }  # fmt: skip
    passed = np.empty_like(of["pass_through"])
    for name in np.unique(rows.incidence):
        mine = rows.incidence == name
        passed[mine] = PASS_THROUGH[str(name)](
            of["pass_through"][mine],
            of["export_supply_elasticity"][mine],
            of["demand_elasticity"][mine],
        )
    return burden(
        passed, of["exporter_absorption"], of["currency_offset"], of["exchange_pass_through"]
    )


def _buyers(compiled: Compiled, rows: Rows, total: Floats) -> Buyers:
    """Those who choose; a product without a category is a category of its own, of no weight."""
    names = compiled.products["category"].to_numpy(dtype=str)
    own = [name or f"/{number}" for number, name in enumerate(names)]
    share = np.zeros_like(total)
    for number, name in enumerate(names):
        if name:
            share[:, number] = total[:, number] / rows.values[f"category/{name}"]
    return Buyers(
        elasticity=parameter(compiled, rows.values, "demand_elasticity"),
        together=parameter(compiled, rows.values, "category_elasticity"),
        outside=parameter(compiled, rows.values, "outside_share"),
        category=pd.factorize(np.array(own))[0],
        share=share,
        rest_response=parameter(compiled, rows.values, "rest_price_response"),
        rivals=np.ones_like(total),
    )


def _demand(names: NDArray[np.str_], ratio: Floats, buyers: Buyers, side: str) -> Floats:
    """``side`` (`volume` or `price`) of each row's demand model at a ratio (scenario, market)."""
    found = np.empty_like(ratio)
    for name in np.unique(names):
        mine = np.flatnonzero(names == name)
        found[mine] = getattr(MODELS[str(name)], side)(ratio[mine], chosen(buyers, mine))
    return found


def _settle(wanted: Callable[[Floats, Ints], Floats], ceiling: Floats) -> Floats:
    """Volume (scenario, market) at which as much is wanted as is sold, at most the ceiling.

    More volume meets tighter limits, so that cost rises and less is wanted: there is one such
    volume, and halving finds it. Without limits the first guess is it.
    """
    every = np.arange(len(ceiling))
    most = np.minimum(wanted(np.full_like(ceiling, LEAST), every), ceiling)
    open_ = wanted(most, every) < most * (1 - 1e-12)
    pick = np.flatnonzero(open_.any(axis=1))
    if not len(pick):
        return most
    mine, start = open_[pick], most[pick]
    low, high = np.where(mine, 0.0, start), start.copy()
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        more = wanted(np.where(mine, middle, start), pick) >= middle
        low, high = np.where(mine & more, middle, low), np.where(mine & ~more, middle, high)
    # The lower end: at the upper one a limit may be passed by the last bit.
    most[pick] = np.where(mine, low, start)
    return most


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
    capacity = compiled.labels.capacity.of(values, np.inf)
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
