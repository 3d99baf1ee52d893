"""Volumes by route and market: route choice within capacity, price and demand, brought together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import column_sums, columns, every_row, row_sums, rows_of
from exposure.economy.demand import MODELS, Buyers, chosen, facing
from exposure.economy.incidence import PASS_THROUGH, Burden, burden, buyer_price_ratio
from exposure.errors import DataError
from exposure.model.compiled import Compiled, Values, parameter
from exposure.model.labels import together
from exposure.model.rows import Rows
from exposure.routes.choice import cheapest, index_at_limits, limited_shares

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Moved:
    """How volumes answer to landed costs; `exposure.model.run.Evaluated` says what is what."""

    share: Floats
    units: Floats
    worth: Floats
    index: Floats
    price: Floats
    volume: Floats


@dataclass(frozen=True)
class Terms:
    """What volumes answer by; one row stands for all where it does not differ.

    Attributes
    ----------
    before (scenario, route) [units a year]
        Volumes of today.
    total (scenario, market), share (scenario, route)
        Their sums, and the routes' shares of these.
    elasticity, border, employment (scenario, market)
        Of routes; share of the border price in the buyer's; of jobs to volume.
    burden
        Who bears a change of duty, each (scenario, market).
    capacity, own_capacity (scenario, route) [units a year]
        Of a route's pool, and its part of it.
    ceiling (scenario, market)
        The most that can be sold, over what is sold today.
    switching (scenario, route) [USD per unit]
    buyers
        Those who choose.
    """

    before: Floats
    total: Floats
    share: Floats
    elasticity: Floats
    border: Floats
    employment: Floats
    burden: Burden
    capacity: Floats
    own_capacity: Floats
    ceiling: Floats
    switching: Floats
    buyers: Buyers


def terms(compiled: Compiled, rows: Rows) -> Terms:
    """What volumes answer by in each row."""
    values, labels = rows.values, compiled.labels
    count = len(compiled.products)
    before = labels.volume.of(values, np.nan)
    total = column_sums(before, labels.market, count)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = before / columns(total, labels.market)
    capacity = np.minimum(_capacity(compiled, values, before), rows.limits)
    own_capacity = _own_capacity(capacity, before, labels.pool)
    with np.errstate(divide="ignore", invalid="ignore"):
        # No more than all capacities together can be sold.
        ceiling = column_sums(own_capacity, labels.market, count) / total
    return Terms(
        before=before,
        total=total,
        share=share,
        elasticity=parameter(compiled, values, "route_elasticity"),
        border=parameter(compiled, values, "border_price_share"),
        employment=parameter(compiled, values, "employment_elasticity"),
        burden=_burden(compiled, rows),
        capacity=capacity,
        own_capacity=own_capacity,
        ceiling=ceiling,
        switching=labels.switching.of(values, 0.0),
        buyers=_buyers(compiled, rows, total),
    )


ROUNDS, CLOSE = 200, 1e-13
"""Rounds in which prices of rivals settle, and how near."""
TURNS, TIGHT = 150, 4e-16
"""Rounds that settle a volume, and how near its ends come: to the last bits."""
EVERY = slice(None)
LEAST = 1e-9
"""A volume so small that no limit binds."""


def move(compiled: Compiled, rows: Rows, cost: Floats, by: Terms) -> Moved:
    """Volumes by route: by constant elasticity within capacity, or filled by cost.

    Limits are shares of the new volume, which hangs on the price, which hangs on the limits; and,
    where goods are rivals, on their prices.

    Parameters
    ----------
    compiled, rows
        Labels, and what each row is.
    cost (scenario, route) [USD per product]
        Landed cost.
    by
        What volumes answer by.

    Raises
    ------
    DataError
        If prices of rivals at their limits do not settle.
    """
    markets = _Markets.of(compiled, rows, cost, by)
    buyers = by.buyers
    if any(MODELS[str(name)].between_rivals for name in set(rows.demand.tolist())):
        # Rivals' prices before any limit binds; only limits make them hang on volumes.
        buyers = facing(buyers, markets.at(markets.least, buyers).price)
        state, volume, price, worth = markets.settled(buyers)
        for _ in range(ROUNDS):
            buyers = facing(buyers, price)
            last = price
            state, volume, price, worth = markets.settled(buyers)
            if np.nanmax(np.abs(price - last), initial=0.0) < CLOSE:
                break
        else:
            raise DataError("prices of rivals at their limits do not settle", "demand")
    else:
        state, volume, price, worth = markets.settled(buyers)
    units = columns(by.total * volume, markets.market)
    units *= state.share
    return Moved(state.share, units, worth, state.index, price, volume)


@dataclass(frozen=True)
class _State:
    """A market at a given volume; ``binds`` says whether some route is at its limit."""

    share: Floats
    binds: bool
    worth: Floats
    index: Floats
    price: Floats
    wanted: Floats


@dataclass(frozen=True)
class _Markets:
    """All markets of the rows, at landed costs that are given.

    Attributes
    ----------
    rows, by
        What each row is, and what volumes answer by.
    market, pool (route,)
        Whose routes they are, and which share a capacity.
    cost, ratio (scenario, route)
        Landed cost [USD per product], and over that of the baseline.
    spent (scenario, market) [USD a year]
        On the volumes of today at the baseline's costs.
    least (scenario, market)
        A volume, over that of today, at which no limit binds.
    """

    rows: Rows
    by: Terms
    market: Ints
    pool: Ints
    cost: Floats
    ratio: Floats
    spent: Floats
    least: Floats

    @staticmethod
    def of(compiled: Compiled, rows: Rows, cost: Floats, by: Terms) -> _Markets:
        labels, count = compiled.labels, len(compiled.products)
        first = rows.baseline[0]
        # One row stands for all that are compared with the same one.
        single = bool((rows.baseline == first).all())
        old = cost[first : first + 1] if single else cost[rows.baseline]
        size = len(cost) if rows.cheapest.any() else 1
        return _Markets(
            rows=rows,
            by=by,
            market=labels.market,
            pool=labels.pool,
            cost=cost,
            ratio=cost / old,
            spent=column_sums(np.where(by.before > 0, old * by.before, 0.0), labels.market, count),
            least=np.full((size, count), LEAST),
        )

    def at(self, volume: Floats, buyers: Buyers, pick: Ints | slice = EVERY) -> _State:
        """Shares, price and what is wanted if ``volume`` (row of ``pick``, market) is sold."""
        by, market = self.by, self.market
        cost, ratio, share = self.cost[pick], self.ratio[pick], rows_of(by.share, pick)
        elasticity = rows_of(by.elasticity, pick)
        with np.errstate(divide="ignore", invalid="ignore"):
            sold = columns(rows_of(by.total, pick) * volume, market)
            limit = rows_of(by.own_capacity, pick) / sold
        new, index, scarcity = limited_shares(ratio, share, elasticity, market, limit)
        binds = bool(scarcity.any())
        worth = scarcity * cost if binds else scarcity
        plan = every_row(rows_of(self.rows.cheapest, pick), len(new))
        if plan.any():
            worth = np.array(worth)
            self._fill(volume[plan], np.arange(len(self.cost))[pick][plan], plan, new, index, worth)
        lost, asked = np.isnan(index), index
        if lost.any():
            # Where every route is at its limit, the mean cost of the mix stands for the index; what
            # is wanted answers to the price at which the last of them reached it.
            spent, total = rows_of(self.spent, pick), rows_of(by.total, pick)
            index = np.where(lost, _mean_ratio(new, cost, market, spent, total), index)
            full = index_at_limits(ratio, share, elasticity, market, limit)
            asked = np.where(lost, full, index)
        buyer, part = rows_of(by.burden.buyer, pick), rows_of(by.border, pick)
        price = buyer_price_ratio(index, buyer, part)
        at_price = buyer_price_ratio(asked, buyer, part) if lost.any() else price
        demand = rows_of(self.rows.demand, pick)
        wanted = _demand(demand, at_price, chosen(buyers, pick), "volume")
        return _State(new, binds, worth, index, price, wanted)

    def _fill(
        self,
        volume: Floats,
        of: Ints,
        plan: NDArray[np.bool_],
        share: Floats,
        index: Floats,
        worth: Floats,
    ) -> None:
        """Write into rows ``plan`` of the tables what a planner does in rows ``of``."""
        by, market = self.by, self.market
        meant = (by.switching, by.before, by.capacity, by.total, self.spent)
        extra, today, room, total, spent = (every_row(table, len(self.cost))[of] for table in meant)
        sold = np.nan_to_num(total * volume)
        filled = cheapest(self.cost[of], extra, today, room, sold, market, self.pool)
        worth[plan] = filled.worth
        with np.errstate(divide="ignore", invalid="ignore"):
            index[plan] = filled.spent / volume / spent
            share[plan] = filled.units / columns(total * volume, market)

    def _unlimited(self, free: _State, volume: Floats) -> bool:
        """Whether no route is at its limit, nor was with next to nothing sold."""
        with np.errstate(divide="ignore", invalid="ignore"):
            limit = self.by.own_capacity / columns(self.by.total * volume, self.market)
        return not (self.rows.cheapest.any() or free.binds or (free.share > limit).any())

    def settled(self, buyers: Buyers) -> tuple[_State, Floats, Floats, Floats]:
        """Market at its volume, with price and worth of capacity where it is rationed."""
        free = self.at(self.least, buyers)
        volume = np.minimum(free.wanted, self.by.ceiling)
        # Where no limit binds, shares do not hang on the volume.
        state = free if self._unlimited(free, volume) else self.at(volume, buyers)
        short = state.wanted < volume * (1 - 1e-12)
        pick = np.flatnonzero(short.any(axis=1))
        if len(pick):
            volume[pick] = _settle(
                lambda sold, mine: self.at(sold, buyers, pick[mine]).wanted,
                volume[pick],
                state.wanted[pick],
                short[pick],
            )
            state = self.at(volume, buyers)
        price, worth = state.price, state.worth
        rationed = state.wanted > volume * (1 + 1e-9)
        if rationed.any():
            with np.errstate(divide="ignore", invalid="ignore"):
                clears = _demand(self.rows.demand, volume, buyers, "price")
                clearing = np.maximum(clears, price)
                # At the border: the buyer's price is the landed cost over its share of it.
                rise = (clearing - price) / self.by.border
                rent = np.where(rationed, rise * self.spent / self.by.total, 0.0)
            price = np.where(rationed, clearing, price)
            worth = worth + columns(rent, self.market)
        return state, volume, price, worth


def _burden(compiled: Compiled, rows: Rows) -> Burden:
    """Who bears a change of duty; each (scenario, market)."""
    of = {
        name: parameter(compiled, rows.values, name)
        for name in (
            "pass_through", "export_supply_elasticity", "demand_elasticity", "exporter_absorption",
            "currency_offset", "exchange_pass_through",
        )
    }  # fmt: skip
    asked = (of["pass_through"], of["export_supply_elasticity"], of["demand_elasticity"])
    passed = _by_name(
        rows.incidence,
        asked,
        lambda name, mine: PASS_THROUGH[name](*(rows_of(table, mine) for table in asked)),
    )
    return burden(
        passed, of["exporter_absorption"], of["currency_offset"], of["exchange_pass_through"]
    )


def _buyers(compiled: Compiled, rows: Rows, total: Floats) -> Buyers:
    """Those who choose; a product without a category is a category of its own, of no weight."""
    names = compiled.products["category"].to_numpy(dtype=str)
    own = [name or f"/{number}" for number, name in enumerate(names)]
    share = together(
        [
            total[:, number] / rows.values[f"category/{name}"] if name else np.zeros(1)
            for number, name in enumerate(names)
        ]
    )
    return Buyers(
        elasticity=parameter(compiled, rows.values, "demand_elasticity"),
        together=parameter(compiled, rows.values, "category_elasticity"),
        outside=parameter(compiled, rows.values, "outside_share"),
        category=pd.factorize(np.array(own))[0],
        share=share,
        rest_response=parameter(compiled, rows.values, "rest_price_response"),
        rivals=np.ones_like(total),
    )


def _by_name(
    names: NDArray[np.str_],
    tables: Sequence[Floats],
    one: Callable[[str, Ints | slice], Floats],
) -> Floats:
    """Rows of a table, each by the model that ``names`` (scenario,), or (1,) for all, gives it."""
    if len(names) == 1:
        return one(str(names[0]), EVERY)
    kinds = sorted(set(names.tolist()))
    if len(kinds) == 1:
        return one(kinds[0], EVERY)
    found = np.empty((len(names), tables[0].shape[1]))
    for name in kinds:
        mine = np.flatnonzero(names == name)
        found[mine] = one(name, mine)
    return found


def _demand(names: NDArray[np.str_], ratio: Floats, buyers: Buyers, side: str) -> Floats:
    """``side`` (`volume` or `price`) of each row's demand model at a ratio (scenario, market)."""
    return _by_name(
        names,
        (ratio,),
        lambda name, mine: getattr(MODELS[name], side)(ratio[mine], chosen(buyers, mine)),
    )


def _settle(
    wanted: Callable[[Floats, Ints], Floats], start: Floats, there: Floats, short: NDArray[np.bool_]
) -> Floats:
    """Volume (scenario, market) at which as much is wanted as is sold.

    More volume meets tighter limits, so that cost rises and less is wanted: there is one such
    volume between none and ``start``. The straight line through both ends finds it in a few rounds
    (regula falsi; Illinois: an end that stays is given half its weight), halving where that is
    slow, as on the steps of a planner.

    Parameters
    ----------
    wanted
        ``(volume (scenario, market), rows) -> volume that is wanted``.
    start, there (scenario, market)
        The largest volume, and what is wanted there.
    short (scenario, market)
        Where less is wanted than ``start``: the others stay as they are.
    """
    found = start.copy()
    rows = np.arange(len(start))
    low, high = np.where(short, 0.0, start), start.copy()
    # Wanted less sold: at nothing sold it is what is wanted without limits, which is no less.
    under, over = np.where(short, start, 0.0), np.where(short, there - start, 0.0)
    side = np.zeros(start.shape, dtype=np.int8)
    width = high - low
    for turn in range(TURNS):
        with np.errstate(divide="ignore", invalid="ignore"):
            line = high - over * (high - low) / (over - under)
        middle = (low + high) / 2.0
        # Every third turn that has not brought the ends to a third is a halving.
        slow = (turn % 3 == 2) & (high - low > width / 3.0)
        if turn % 3 == 2:
            width = high - low
        inside = (line > low) & (line < high) & ~slow
        tried = np.where(inside, line, middle)
        left = wanted(np.where(short[rows], tried, start[rows]), rows) - tried
        more = left >= 0
        over = np.where(more, np.where(side > 0, over / 2.0, over), left)
        under = np.where(more, left, np.where(side < 0, under / 2.0, under))
        low, high = np.where(more, tried, low), np.where(more, high, tried)
        side = np.where(more, 1, -1).astype(np.int8)
        # The lower end: at the upper one a limit may be passed by the last bit.
        found[rows] = np.where(short[rows], low, start[rows])
        open_ = (short[rows] & (high - low > TIGHT * high) & (left != 0)).any(axis=1)
        if not open_.any():
            break
        rows, low, high, under, over, side, width = (
            part[open_] for part in (rows, low, high, under, over, side, width)
        )
    return found


def _mean_ratio(share: Floats, cost: Floats, market: Ints, old: Floats, total: Floats) -> Floats:
    """Mean landed cost of a mix over the old mean (scenario, market)."""
    spent, units = (np.zeros((len(share), old.shape[1])) for _ in range(2))
    for route, owner in enumerate(market):
        part = np.nan_to_num(share[:, route])
        spent[:, owner] += part * cost[:, route]
        units[:, owner] += part
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: Floats = spent / units / (old / total)
    return mean


def _capacity(compiled: Compiled, values: Values, before: Floats) -> Floats:
    """Capacity of each route's pool (scenario, route) [units]; never below what ships today."""
    stated = compiled.labels.capacity.of(values, np.inf)
    pool = compiled.labels.pool
    capacity = np.empty((max(len(stated), len(before)), len(pool)))
    for name in sorted(set(pool.tolist())):
        mine = np.flatnonzero(pool == name)
        least, ships = stated[:, mine].min(axis=1), row_sums(before[:, mine])
        capacity[:, mine] = np.maximum(least, ships)[:, None]
    return capacity


def _own_capacity(capacity: Floats, before: Floats, pool: Ints) -> Floats:
    """A pool's capacity divided among its routes as they ship today; evenly where none ships."""
    own = capacity.copy()
    for name in sorted(set(pool.tolist())):
        mine = np.flatnonzero(pool == name)
        if len(mine) > 1:
            shipped = before[:, mine]
            whole = row_sums(shipped)[:, None]
            part = np.where(whole > 0, shipped / np.where(whole > 0, whole, 1.0), 1 / len(mine))
            own[:, mine] = capacity[:, mine] * part
    return own
