"""Kernel: how a firm divides its volume among routes when their landed costs change.

Two ways. *CES*: constant elasticity in exact-hat form (Dekle, Eaton and Kortum 2008; the logit over
the logarithm of cost): a route's share grows with the power ``-elasticity`` of its relative cost,
up to its capacity. *Cheapest*: a planner fills the cheapest route first; what is new on a route
pays its switching cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.axes import column_sums, columns, every_row
from exposure.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def shares(
    cost_ratio: Floats, share: Floats, elasticity: Floats, market: Ints
) -> tuple[Floats, Floats]:
    """New route shares and the change of the average cost of each market, without limits.

    Parameters
    ----------
    cost_ratio (scenario, route)
        New landed cost over old.
    share (scenario, route) [fraction]
        Old share of each route in its market's volume; a route at 0 stays at 0.
    elasticity (scenario, market)
        Elasticity of relative volumes to relative costs, > 0.
    market (route,)
        Market of each route, numbered from 0 without gaps.

    Returns
    -------
    new share (scenario, route), cost index ratio (scenario, market)
        ``index = (sum share * ratio**-e) ** (-1/e)``; a market without volume gives NaN.
    """
    none = np.full_like(share, np.inf)
    new, index, _ = limited_shares(cost_ratio, share, elasticity, market, none)
    return new, index


def limited_shares(
    cost_ratio: Floats, share: Floats, elasticity: Floats, market: Ints, limit: Floats
) -> tuple[Floats, Floats, Floats]:
    """`shares` where no route can take more than its limit.

    A route at its limit is rationed: what is left over goes to the others in proportion to their
    weights, and the route earns a scarcity rent that makes its price the one at which exactly its
    limit would be bought (a shadow price). The index counts those prices.

    Parameters
    ----------
    cost_ratio, share, elasticity, market
        As in `shares`.
    limit (scenario, route) [fraction of the market's new volume]
        Infinite where there is none.

    Returns
    -------
    new share (scenario, route), cost index ratio (scenario, market), scarcity (scenario, route)
        Scarcity is the shadow price over the cost, less 1: 0 where the limit does not bind. If all
        limits of a market together stay below 1, shares add up to less than 1.
    """
    count = elasticity.shape[1]
    exponent = columns(elasticity, market)
    # Routes go first in memory; one at 0 is not asked for its power.
    size = np.broadcast_shapes(cost_ratio.shape, share.shape)
    weight = np.zeros(size[::-1]).T
    np.power(cost_ratio, -exponent, out=weight, where=share > 0)
    weight *= np.where(share > 0, share, 0.0)
    whole = column_sums(share, market, count)
    bound = np.zeros((1, share.shape[1]), dtype=bool)
    free = level = column_sums(weight, market, count)
    # A route that is bound stays bound: what it gives up can only push others to their limits.
    for _ in range(share.shape[1] + 1):
        with np.errstate(divide="ignore", invalid="ignore"):
            new = columns(level, market)
            np.divide(weight, new, out=new)
        if bound.any() or not (level > 0).all():
            # All are bound and do not suffice: the last of them sets no price.
            new = np.where(bound, limit, np.where(weight == 0, 0.0, new))
        more = new > limit
        if bound.any():
            more &= ~bound
        if not more.any():
            break
        bound = bound | more
        free = column_sums(np.where(bound, 0.0, weight), market, count)
        taken = column_sums(np.where(bound, limit, 0.0), market, count)
        with np.errstate(divide="ignore", invalid="ignore"):
            level = free / np.maximum(1.0 - taken, 0.0)
    if not (free > 0).all():
        level = np.where(free > 0, level, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Old shares add up to 1 but for rounding; over their own sum, no change is exactly none.
        total = level / whole
        index = total ** (-1.0 / elasticity)
    if not (total > 0).all():
        index = np.where(total > 0, index, np.nan)
    scarcity = every_row(np.zeros((1, share.shape[1])), len(weight))
    if bound.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            shadow = (limit * columns(level, market) / share) ** (-1.0 / exponent)
            rent = np.where(bound, shadow / cost_ratio - 1.0, 0.0)
        scarcity = np.maximum(rent, 0.0)
    return new, index, scarcity


def index_at_limits(
    cost_ratio: Floats, share: Floats, elasticity: Floats, market: Ints, limit: Floats
) -> Floats:
    """Cost index (scenario, market) at which the last route of a market reaches its limit.

    ``(min(share * ratio**-e / limit) / sum share) ** (-1/e)``: what `limited_shares` tends to as
    the volume grows to the sum of the limits, where it has no index of its own. Buyers who want
    less than the limits together at this price buy less than that. Arguments as there.

    Examples
    --------
    Two routes alike with limits of 0.4 and 0.6 of what is sold: the second takes 1.2 times its
    half, which with an elasticity of 2 it is asked for at the square root of 1.2 times its cost.

    >>> one, half, market = np.ones((1, 2)), np.full((1, 2), 0.5), np.array([0, 0])
    >>> found = index_at_limits(one, half, np.array([[2.0]]), market, np.array([[0.4, 0.6]]))
    >>> round(float(found[0, 0] ** 2), 6)
    1.2
    """
    exponent = columns(elasticity, market)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.where(share > 0, share * cost_ratio**-exponent / limit, np.inf)
    least = np.full((len(level), elasticity.shape[1]), np.inf)
    for route, owner in enumerate(market):
        least[:, owner] = np.minimum(least[:, owner], level[:, route])
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = column_sums(share, market, elasticity.shape[1])
        index: Floats = (least / whole) ** (-1.0 / elasticity)
    return index


@dataclass(frozen=True)
class Filled:
    """What a planner ships.

    Attributes
    ----------
    units (scenario, route)
    spent (scenario, market) [USD]
        On all units, with the switching cost of those that are new on their route.
    worth (scenario, route) [USD per unit]
        What one more unit of capacity would save; 0 where capacity is left.
    """

    units: Floats
    spent: Floats
    worth: Floats


def cheapest(
    cost: Floats,
    switching: Floats,
    today: Floats,
    capacity: Floats,
    demand: Floats,
    market: Ints,
    pool: Ints,
) -> Filled:
    """The cheapest way to meet the demand of each market.

    Units up to today's on a route cost its landed cost, more units its switching cost as well, so
    that costs are convex and filling by price is exact. Where markets share the capacity of a
    pool, a linear programme is solved instead (HiGHS).

    Parameters
    ----------
    cost, switching (scenario, route) [USD per unit]
    today, capacity (scenario, route) [units]
        ``capacity`` is that of the route's pool, and infinite where there is none.
    demand (scenario, market) [units]
    market (route,)
        Market of each route.
    pool (route,)
        Routes with the same number share one capacity.

    Raises
    ------
    DataError
        If the capacities do not meet a demand.
    """
    tied = _tied_markets(market, pool)
    units, worth = np.zeros_like(cost), np.zeros_like(cost)
    spent = np.zeros_like(demand)
    for group in np.unique(tied):
        routes = np.flatnonzero(tied[market] == group)
        fill = _programme if len(np.unique(pool[routes])) < len(routes) else _by_price
        done = fill(cost[:, routes], switching[:, routes], today[:, routes], capacity[:, routes],
                    demand, market[routes], pool[routes])  # fmt: skip
        units[:, routes], worth[:, routes] = done
    new = np.maximum(units - today, 0.0)
    for route, owner in enumerate(market):
        spent[:, owner] += cost[:, route] * units[:, route] + switching[:, route] * new[:, route]
    return Filled(units, spent, worth)


def _tied_markets(market: Ints, pool: Ints) -> Ints:
    """Number of the group of each market: those that share a pool, directly or through others."""
    group = np.arange(int(market.max()) + 1)
    for number in np.unique(pool):
        joined = np.unique(group[market[pool == number]])
        group[np.isin(group, joined)] = joined[0]
    return group


def _by_price(
    cost: Floats,
    switching: Floats,
    today: Floats,
    capacity: Floats,
    demand: Floats,
    market: Ints,
    pool: Ints,
) -> tuple[Floats, Floats]:
    """One market: steps of price in order, each filled before the next."""
    del pool
    wanted = demand[:, [int(market[0])]]
    price = np.concatenate([cost, cost + switching], axis=1)
    held = np.minimum(today, capacity)
    with np.errstate(invalid="ignore"):
        size = np.concatenate([held, np.where(np.isinf(capacity), np.inf, capacity - held)], axis=1)
    order = np.argsort(price, axis=1, kind="stable")
    sorted_size = np.take_along_axis(size, order, axis=1)
    before = np.concatenate([np.zeros_like(wanted), np.cumsum(sorted_size, axis=1)[:, :-1]], axis=1)
    filled = np.clip(wanted - before, 0.0, sorted_size)
    if (filled.sum(axis=1) < wanted[:, 0] * (1 - 1e-9)).any():
        raise DataError("capacities do not meet the demand", f"market {int(market[0])}")
    by_step = np.zeros_like(size)
    np.put_along_axis(by_step, order, filled, axis=1)
    last = np.where(by_step > 0, price, -np.inf).max(axis=1, keepdims=True)
    count = cost.shape[1]
    units = by_step[:, :count] + by_step[:, count:]
    full = units >= capacity * (1 - 1e-12)
    # Below today's units one more is not new.
    extra = np.where(today > capacity, 0.0, switching)
    worth = np.where(full, np.maximum(last - cost - extra, 0.0), 0.0)
    return units, worth


def _programme(
    cost: Floats,
    switching: Floats,
    today: Floats,
    capacity: Floats,
    demand: Floats,
    market: Ints,
    pool: Ints,
) -> tuple[Floats, Floats]:
    """Several markets that share capacities: a transport problem for each scenario."""
    from scipy.optimize import linprog

    count = cost.shape[1]
    markets, pools = np.unique(market), np.unique(pool)
    to = (market[None] == markets[:, None]).astype(float)
    of = (pool[None] == pools[:, None]).astype(float)
    first = np.array([int(np.flatnonzero(pool == name)[0]) for name in pools])
    units, worth = np.zeros_like(cost), np.zeros_like(cost)
    for row in range(len(cost)):
        limit = capacity[row, first]
        bound = np.isfinite(limit)
        found = linprog(
            np.concatenate([cost[row], cost[row] + switching[row]]),
            A_ub=np.hstack([of, of])[bound] if bound.any() else None,
            b_ub=limit[bound] if bound.any() else None,
            A_eq=np.hstack([to, to]),
            b_eq=demand[row, markets],
            bounds=[*((0.0, size) for size in today[row]), *((0.0, None),) * count],
            method="highs",
        )
        if not found.success:
            raise DataError("capacities do not meet the demand of the markets that share them", "")
        units[row] = found.x[:count] + found.x[count:]
        if bound.any():
            value = np.zeros(len(pools))
            value[bound] = np.maximum(-found.ineqlin.marginals, 0.0)
            worth[row] = value @ of
    return units, worth
