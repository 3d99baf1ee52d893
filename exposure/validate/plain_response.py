"""Volumes, prices and jobs a second time: one row and one market after another, by halving.

Shares no line with `exposure.model.volumes` and `exposure.routes.choice` where buyers answer by a
constant elasticity or along a line and routes divide by cost within capacity; written from
``docs/response.md`` and ``docs/routes.md``. Rows in which rivals answer one another, or a planner
fills the routes, are asked of the model's own functions, a row at a time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exposure.economy.demand import MODELS
from exposure.economy.incidence import Burden
from exposure.model.compiled import Compiled
from exposure.model.rows import Rows
from exposure.model.run import Evaluated, Priced
from exposure.model.volumes import LEAST, move, terms
from exposure.routes.graph import MARKET
from exposure.validate.plain_price import PlainPrices, at, behaviour

Floats = NDArray[np.float64]
HALVINGS = 200
BINDS = 1e-9
"""Part of a volume by which more has to be wanted for a market to be rationed."""
PEOPLE = 1e6
"""Jobs are stated for a million dollars of value added."""


@dataclass(frozen=True)
class Way:
    """A route in one row."""

    before: float
    share: float
    ratio: float
    cost: float
    room: float
    """Its part of the capacity [units a year]."""
    capacity: float


@dataclass(frozen=True)
class Market:
    """A product in one row: its routes and what its buyers answer by."""

    ways: tuple[Way, ...]
    total: float
    old: float
    """Landed cost of all that is sold today [USD a year]."""
    route_elasticity: float
    demand_elasticity: float
    border: float
    burden: tuple[float, float, float, float]
    linear: bool


@dataclass(frozen=True)
class Answer:
    """What a market does at a volume, or in the end."""

    shares: tuple[float, ...]
    worth: tuple[float, ...]
    index: float
    price: float
    wanted: float


def bears(passed: float, absorption: float, offset: float, exchange: float) -> tuple[float, ...]:
    """Parts of a dollar of duty: buyer, importer, exporter, currency (docs/response.md)."""
    currency = offset * exchange
    left = 1.0 - currency
    rest = left * (1.0 - passed)
    return left * passed, rest * (1.0 - absorption), rest * absorption, currency


def passed_on(name: str, stated: float, supply: float, demand: float) -> float:
    """Share of what the currency leaves that reaches the buyer's price, by name."""
    by_name = {
        "stated": stated,
        "complete": 1.0,
        "supply_and_demand": supply / (supply + abs(demand)),
        "linear_monopoly": 0.5,
    }
    return by_name[name]


def divide(market: Market, volume: float) -> tuple[list[float], list[float], float]:
    """Shares, scarcity and cost index at a volume; the index is NaN where all are at their limit.

    Who would take more than its limit takes its limit, and what is left goes to the others in
    proportion to share times cost ratio to the power of minus the elasticity.
    """
    e = market.route_elasticity
    weight = [w.share * w.ratio**-e if w.share > 0 else 0.0 for w in market.ways]
    limit = [w.room / (market.total * volume) if market.total * volume > 0 else math.inf
             for w in market.ways]  # fmt: skip
    bound: set[int] = set()
    while True:
        free = sum(x for n, x in enumerate(weight) if n not in bound)
        rest = max(1.0 - sum(limit[n] for n in bound), 0.0)
        new = [limit[n] if n in bound else (x * rest / free if free > 0 and x else 0.0)
               for n, x in enumerate(weight)]  # fmt: skip
        more = {n for n, share in enumerate(new) if n not in bound and share > limit[n]}
        if not more:
            break
        bound |= more
    whole = sum(w.share for w in market.ways)
    level = free / rest if free > 0 and rest > 0 else math.nan
    index = (level / whole) ** (-1.0 / e) if level > 0 else math.nan
    scarcity = [0.0] * len(new)
    for n in bound:
        way = market.ways[n]
        if way.share > 0 and level > 0:
            shadow = (limit[n] * level / way.share) ** (-1.0 / e)
            scarcity[n] = max(shadow / way.ratio - 1.0, 0.0)
    return new, scarcity, index


def answer(market: Market, volume: float) -> Answer:
    """Shares, price and what is wanted if ``volume`` times today's is sold."""
    shares, scarcity, index = divide(market, volume)
    asked = index
    if math.isnan(index):
        # Every route is at its limit: the mean cost of the mix stands for the index. What is wanted
        # answers to the price at which the last of them reached it.
        spent = sum(s * w.cost for s, w in zip(shares, market.ways, strict=True))
        sold = sum(shares)
        index = spent / sold / (market.old / market.total) if sold > 0 else math.nan
        asked = last_index(market, volume)
    price, at_price = (1.0 + market.burden[0] * market.border * (x - 1.0) for x in (index, asked))
    worth = tuple(s * w.cost for s, w in zip(scarcity, market.ways, strict=True))
    return Answer(tuple(shares), worth, index, price, wanted(market, at_price))


def last_index(market: Market, volume: float) -> float:
    """Cost index at which the last route reaches its limit: each asks a power of its own share."""
    e, sold = market.route_elasticity, market.total * volume
    asked = [w.ratio * (w.room / sold / w.share) ** (1.0 / e) for w in market.ways if w.share > 0]
    whole = sum(w.share for w in market.ways)
    return math.pow(whole, 1.0 / e) * max(asked, default=math.nan)


def wanted(market: Market, price: float) -> float:
    """Volume over today's that is bought at a price over today's."""
    if market.linear:
        return max(0.0, 1.0 + market.demand_elasticity * (price - 1.0))
    return math.pow(price, market.demand_elasticity)


def clearing(market: Market, volume: float) -> float:
    """Price over today's at which just that volume is bought."""
    if market.linear:
        return 1.0 + (volume - 1.0) / market.demand_elasticity
    return math.pow(volume, 1.0 / market.demand_elasticity) if volume > 0 else math.inf


def settle(market: Market) -> tuple[Answer, float]:
    """The market at rest: its answer and its volume over today's."""
    if not market.total > 0:
        none = math.nan
        count = len(market.ways)
        return Answer((none,) * count, (0.0,) * count, none, none, none), none
    ceiling = sum(w.room for w in market.ways) / market.total
    volume = min(answer(market, LEAST).wanted, ceiling)
    found = answer(market, volume)
    if found.wanted < volume * (1 - 1e-12):
        low, high = 0.0, volume
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            if answer(market, middle).wanted >= middle:
                low = middle
            else:
                high = middle
        volume = low
        found = answer(market, volume)
    if found.wanted > volume * (1 + BINDS):
        # All capacity is sold, and more is wanted: the price rises until it is not.
        price = max(clearing(market, volume), found.price)
        rent = (price - found.price) / market.border * market.old / market.total
        worth = tuple(w + rent for w in found.worth)
        found = replace(found, price=price, worth=worth)
    return found, volume


class PlainResponse:
    """Answers rows of a model."""

    def __init__(self, compiled: Compiled, prices: PlainPrices) -> None:
        self.compiled, self.prices = compiled, prices
        table = compiled.routes
        self.routes = list(zip(table["product"], table["route"], strict=True))
        self.of = [np.flatnonzero(table["market"] == m).tolist()
                   for m in range(len(compiled.products))]  # fmt: skip
        nodes = compiled.network.nodes
        place = {key: number for number, key in enumerate(self.routes)}
        self.workers = [
            (number, place[row.product, row.route], f"labour/{row.country}/{row.industry}",
             float(str(row.units)), str(row.product))
            for number, row in enumerate(nodes.itertuples()) if row.part != MARKET
        ]  # fmt: skip

    def rooms(self, rows: Rows, row: int) -> tuple[list[float], list[float], list[float]]:
        """Volume of today, capacity and own part of it by route [units a year]."""
        heads = [f"{product}/route/{route}" for product, route in self.routes]
        before = [at(rows.values, f"{head}/volume", row) for head in heads]
        stated = [at(rows.values, f"{head}/capacity", row, math.inf) for head in heads]
        pools = self.compiled.routes["pool"].tolist()
        limits = rows.limits[row if len(rows.limits) > 1 else 0].tolist()
        capacity, own = [], []
        for route, pool in enumerate(pools):
            mine = [n for n, other in enumerate(pools) if other == pool]
            ships = sum(before[n] for n in mine)
            room = min(max(min(stated[n] for n in mine), ships), limits[route])
            capacity.append(room)
            if len(mine) == 1:
                own.append(room)
            else:
                own.append(room * (before[route] / ships if ships > 0 else 1.0 / len(mine)))
        return before, capacity, own

    def market(self, rows: Rows, cost: Floats, row: int, number: int) -> Market:
        """A product in a row."""
        before, capacity, own = self.rooms(rows, row)
        base = int(rows.baseline[row])
        mine = self.of[number]
        total = sum(before[n] for n in mine)

        def of(name: str) -> float:
            return behaviour(self.compiled, rows.values, name, number, row)

        demand, incidence = (
            str(names[row if len(names) > 1 else 0]) for names in (rows.demand, rows.incidence)
        )
        elasticity = of("demand_elasticity")
        passed = passed_on(
            incidence, of("pass_through"), of("export_supply_elasticity"), elasticity
        )
        who = bears(passed, of("exporter_absorption"), of("currency_offset"),
                    of("exchange_pass_through"))  # fmt: skip
        return Market(
            ways=tuple(
                Way(before[n], before[n] / total if total else math.nan,
                    float(cost[row, n] / cost[base, n]), float(cost[row, n]), own[n], capacity[n])
                for n in mine
            ),
            total=total,
            old=sum(float(cost[base, n]) * before[n] for n in mine if before[n] > 0),
            route_elasticity=of("route_elasticity"),
            demand_elasticity=elasticity,
            border=of("border_price_share"),
            burden=(who[0], who[1], who[2], who[3]),
            linear=demand == "linear",
        )  # fmt: skip

    def respond(self, rows: Rows, priced: Priced) -> Evaluated:
        """Answers of all rows, in the arrays that the model's tables are made of."""
        count, cost = len(rows), priced.cost
        markets, routes = len(self.compiled.products), len(self.routes)
        by_route = {name: np.zeros((count, routes)) for name in
                    ("share_before", "share_after", "units_before", "units_after", "capacity",
                     "capacity_worth")}  # fmt: skip
        by_market = {name: np.zeros((count, markets)) for name in ("cost_index", "price", "volume")}
        burden = {name: np.zeros((count, markets))
                  for name in ("buyer", "importer", "exporter", "currency")}  # fmt: skip
        for row in range(count):
            for number, mine in enumerate(self.of):
                one = self.market(rows, cost, row, number)
                for name, share in zip(burden, one.burden, strict=True):
                    burden[name][row, number] = share
                found, volume = settle(one)
                by_market["cost_index"][row, number] = found.index
                by_market["price"][row, number] = found.price
                by_market["volume"][row, number] = volume
                for n, way, share, worth in zip(
                    mine, one.ways, found.shares, found.worth, strict=True
                ):
                    by_route["share_before"][row, n] = way.share
                    by_route["share_after"][row, n] = share
                    by_route["units_before"][row, n] = way.before
                    by_route["units_after"][row, n] = one.total * volume * share
                    by_route["capacity"][row, n] = way.capacity
                    by_route["capacity_worth"][row, n] = worth
            if self._others(rows, row):
                self._ask_model(rows, priced, row, by_route, by_market)
        exposed, predicted = self._jobs(rows, by_route["units_before"], by_route["units_after"])
        return Evaluated(
            priced=priced, **by_route, **by_market, burden=Burden(**burden),
            exposed=exposed, jobs=lambda rows: predicted[rows].T,
        )  # fmt: skip

    def _others(self, rows: Rows, row: int) -> bool:
        """Whether rivals answer one another in a row, or a planner fills the routes."""
        demand = str(rows.demand[row if len(rows.demand) > 1 else 0])
        planned = bool(rows.cheapest[row if len(rows.cheapest) > 1 else 0])
        return planned or MODELS[demand].between_rivals

    def _ask_model(
        self, rows: Rows, priced: Priced, row: int, by_route: dict[str, Floats],
        by_market: dict[str, Floats],
    ) -> None:  # fmt: skip
        """Volumes of a row by the model's own functions, with its baseline and nothing else."""
        pair = [int(rows.baseline[row]), row]
        two = _rows_of(rows, pair)
        by = terms(self.compiled, two)
        moved = move(self.compiled, two, priced.cost[pair], by)
        for table, name, found in (
            (by_route, "share_after", moved.share), (by_route, "units_after", moved.units),
            (by_route, "capacity_worth", moved.worth), (by_market, "cost_index", moved.index),
            (by_market, "price", moved.price), (by_market, "volume", moved.volume),
        ):  # fmt: skip
            table[name][row] = found[-1]

    def _jobs(self, rows: Rows, before: Floats, after: Floats) -> tuple[Floats, Floats]:
        """Jobs exposed and predicted (row, node) [persons]; the two are never added."""
        count = len(rows)
        exposed, predicted = (np.zeros((count, len(self.compiled.network.nodes))) for _ in "ab")
        numbers = {p: m for m, p in enumerate(self.compiled.products["product"])}
        for row in range(count):
            own: dict[int, float] = {}
            for product in numbers:
                own |= self.prices.own(str(product), rows, row, moved=False)
            for node, route, labour, units, product in self.workers:
                per_unit = own[node] * units / PEOPLE * at(rows.values, labour, row, 0.0)
                sold, then = float(before[row, route]), float(after[row, route])
                work = per_unit * sold
                exposed[row, node] = work
                if sold > 0:
                    e = behaviour(self.compiled, rows.values, "employment_elasticity",
                                  numbers[product], row)  # fmt: skip
                    predicted[row, node] = work * ((then / sold) ** e - 1.0)
                elif sold == 0:
                    # Nothing was made there before: all who make it now are new.
                    predicted[row, node] = per_unit * then
                else:
                    predicted[row, node] = math.nan
        return exposed, predicted


def _rows_of(rows: Rows, pick: Sequence[int]) -> Rows:
    """A baseline row and the row compared with it, alone."""

    def of(table: NDArray[np.generic]) -> NDArray:  # type: ignore[type-arg]
        return table if len(table) == 1 else table[list(pick)]

    return Rows(
        state=rows.state[list(pick)],
        baseline=np.zeros(len(pick), dtype=np.int64),
        values={name: of(column) for name, column in rows.values.items()},
        rates={name: of(column) for name, column in rows.rates.items()},
        cheapest=of(rows.cheapest),
        limits=of(rows.limits),
        demand=of(rows.demand),
        incidence=of(rows.incidence),
    )
