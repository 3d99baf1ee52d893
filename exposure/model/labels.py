"""Names of the inputs that each node, edge and route reads, worked out once for all rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import columns
from exposure.routes.graph import MARKET, Network

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Reads:
    """Which input each of a row of things reads.

    Attributes
    ----------
    names
        The inputs, each once.
    at (thing,)
        Number of the name of each; the number of names where it reads none.
    """

    names: tuple[str, ...]
    at: Ints

    def of(self, values: Mapping[str, Floats], otherwise: float) -> Floats:
        """Inputs (scenario, thing); ``otherwise`` where none is read or the name is not known.

        One row stands for all scenarios where no input that is read differs between them.
        """
        none = np.array([otherwise])
        named = [values.get(name, none) for name in self.names]
        return columns(together([*named, none]), self.at)


def together(parts: Sequence[Floats]) -> Floats:
    """Columns (scenario, column); one row if none differs between scenarios."""
    count = max(len(column) for column in parts)
    table = np.empty((count, len(parts)), order="F")
    for place, column in enumerate(parts):
        table[:, place] = column
    return table


def reads(names: Iterable[str]) -> Reads:
    """`Reads` of a name for each thing; empty for none."""
    wanted = list(names)
    known = tuple(dict.fromkeys(name for name in wanted if name))
    place = {name: number for number, name in enumerate(known)}
    return Reads(known, np.array([place.get(name, len(known)) for name in wanted], dtype=np.int64))


@dataclass(frozen=True)
class Labels:
    """What evaluation reads.

    Attributes
    ----------
    share, unit, index, currency, labour
        By node: value added as a fraction, customs value of the product, cost index of the route,
        change of the currency of the country, and jobs per value added.
    parts
        By product: its parts' shares, and its nodes (node,) but for the market.
    freight
        By edge.
    volume, capacity, switching
        By route.
    node, market, pool (route,)
        Its market's node, and the numbers of its product and of the capacity that it shares.
    gate (route,), last (route,)
        Node from which the product leaves on its last leg, and the edge of that leg.
    route_of_edge (edge,), route_of_node (node,), market_of_node (node,)
        Numbers of routes and products.
    """

    share: Reads
    unit: Reads
    index: Reads
    currency: Reads
    labour: Reads
    parts: tuple[tuple[Reads, Ints], ...]
    freight: Reads
    volume: Reads
    capacity: Reads
    switching: Reads
    node: Ints
    market: Ints
    pool: Ints
    gate: Ints
    last: Ints
    route_of_edge: Ints
    route_of_node: Ints
    market_of_node: Ints


def currency_name(country: str) -> str:
    """Name of the input that moves a country's currency [fraction of its value in dollars]."""
    return f"currency/{country}"


def labels(network: Network, routes: pd.DataFrame) -> Labels:
    """Labels of a network; ``routes`` as in `exposure.model.compiled.Compiled`."""
    nodes, edges = list(network.nodes.itertuples()), list(network.edges.itertuples())
    work = [node.part != MARKET for node in nodes]
    keys = list(zip(routes["product"], routes["route"], strict=True))
    place = {key: number for number, key in enumerate(keys)}
    heads = [f"{product}/route/{route}" for product, route in keys]
    parts: dict[str, list[int]] = {}
    for number, node in enumerate(nodes):
        if work[number]:
            parts.setdefault(str(node.product), []).append(number)
    of_node = np.array([place[n.product, n.route] for n in nodes], dtype=np.int64)
    market = routes["market"].to_numpy(dtype=np.int64)
    legs = {(e.product, e.route): number for number, e in enumerate(edges) if e.last}
    last = np.array([legs[key] for key in keys], dtype=np.int64)
    share = [f"{n.product}/part/{n.part}" if w else "" for n, w in zip(nodes, work, strict=True)]
    return Labels(
        share=reads(share),
        unit=reads(
            f"{n.product}/customs_value_usd" if w else "" for n, w in zip(nodes, work, strict=True)
        ),
        index=reads(
            f"{n.product}/route/{n.route}/cost_index" if w and n.indexed else ""
            for n, w in zip(nodes, work, strict=True)
        ),
        currency=reads(
            currency_name(str(n.country)) if w else "" for n, w in zip(nodes, work, strict=True)
        ),
        labour=reads(
            f"labour/{n.country}/{n.industry}" if w else ""
            for n, w in zip(nodes, work, strict=True)
        ),
        parts=tuple(
            (reads(dict.fromkeys(share[number] for number in mine)), np.array(mine))
            for mine in parts.values()
        ),
        freight=reads(
            f"{e.product}/route/{e.route}/freight_share"
            if e.last
            else f"{e.product}/parts_freight_share"
            if e.crosses
            else ""
            for e in edges
        ),
        volume=reads(f"{head}/volume" for head in heads),
        capacity=reads(f"{head}/capacity" for head in heads),
        switching=reads(f"{head}/switching_cost_usd" for head in heads),
        node=routes["node"].to_numpy(dtype=np.int64),
        market=market,
        pool=routes["pool"].to_numpy(dtype=np.int64),
        gate=network.edges["from"].to_numpy(dtype=np.int64)[last],
        last=last,
        route_of_edge=np.array([place[e.product, e.route] for e in edges], dtype=np.int64),
        route_of_node=of_node,
        market_of_node=market[of_node],
    )
