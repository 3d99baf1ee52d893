"""Landed cost a second time: one row, one product, one leg after another, in plain numbers.

Shares no line with `exposure.routes.landed`, `exposure.law.stack`, `exposure.law.base` and
`exposure.model.run`; written from ``docs/routes.md`` and ``docs/law-engine.md``. It takes from them
which clauses meet which crossing: a second engine of the law stands in ``tests/reference``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exposure.axes import ALL_IN, RATE, USA
from exposure.frames import records
from exposure.law.base import CONTENT, FULL, OUTSIDE_US, US_CONTENT_MINIMUM
from exposure.model.compiled import AtMarket, Compiled, CompiledLaw
from exposure.model.labels import currency_name
from exposure.model.rows import Rows
from exposure.model.run import LineDuty, Priced
from exposure.routes.graph import MARKET
from exposure.routes.landed import Landed

Floats = NDArray[np.float64]


def at(values: Mapping[str, Floats], name: str, row: int, otherwise: float = math.nan) -> float:
    """An input of a row; ``otherwise`` where there is none of that name."""
    column = values.get(name)
    if column is None:
        return otherwise
    return float(column[row if len(column) > 1 else 0])


def behaviour(
    compiled: Compiled, values: Mapping[str, Floats], name: str, market: int, row: int
) -> float:
    """A parameter of a product: that of its sector, else that of all."""
    own = f"{name}@{compiled.sectors[market]}"
    return at(values, own if own in values else name, row)


@dataclass(frozen=True)
class Line:
    """A clause at a crossing."""

    place: int
    kind: int
    rate: float
    cap: float
    key: str
    part: int
    weights: tuple[tuple[int, float], ...]
    covers_base: bool
    level: int
    displacers: tuple[int, ...]


@dataclass(frozen=True)
class Border:
    """A crossing under one law."""

    column1: float
    us_content: float
    lines: tuple[Line, ...]
    where: int
    """Level of the graph at which it arrives."""
    number: int
    """Among the crossings of that level."""


def borders(state: CompiledLaw) -> dict[int, Border]:
    """Crossings of a law by edge, each with its clauses in plain numbers."""
    found = {}
    for where, level in state.levels.items():
        lines, structure = level.lines, level.lines.structure
        above: dict[int, list[int]] = {}
        for first, second in zip(structure.displacer, structure.displaced, strict=True):
            above.setdefault(int(second), []).append(int(first))
        of: dict[int, list[Line]] = {}
        for place, crossing in enumerate(lines.crossing.tolist()):
            weights = lines.base.weights[place]
            of.setdefault(crossing, []).append(
                Line(
                    place=place,
                    kind=int(structure.kind[place]),
                    rate=float(lines.rate[place]),
                    cap=float(lines.cap[place]),
                    key=str(level.clause_keys[place]),
                    part=int(lines.base.part[place]),
                    weights=tuple((int(t), float(weights[t])) for t in np.flatnonzero(weights)),
                    covers_base=bool(structure.covers_base[place]),
                    level=int(structure.level[place]),
                    displacers=tuple(above.get(place, ())),
                )
            )
        for number, edge in enumerate(level.edges.tolist()):
            found[edge] = Border(
                column1=float(lines.column1.rate[number]),
                us_content=float(level.us_content[number]),
                lines=tuple(sorted(of.get(number, []), key=lambda line: line.level)),
                where=where,
                number=number,
            )
    return found


def extra(line: Line, statutory: float, column1: float) -> float:
    """What a clause adds to column 1 (docs/law-engine.md, "Rate kinds")."""
    if line.kind == ALL_IN:
        return max(0.0, statutory - column1)
    if line.kind == RATE and not math.isnan(line.cap):
        return min(statutory, max(0.0, line.cap - column1))
    return statutory


def charged_share(line: Line, content: Floats, us_content: float) -> float:
    """Part of the value on which a clause is charged, before others take of it."""
    if line.part == FULL:
        return 1.0
    if line.part == OUTSIDE_US:
        return 1.0 - us_content
    if line.part == CONTENT:
        return min(1.0, sum(float(content[tag]) * weight for tag, weight in line.weights))
    return 1.0 - us_content if us_content >= US_CONTENT_MINIMUM else 1.0


def owed(rate: float, share: float, left: float) -> float:
    """Rate times share times what is left; 0 where nothing is charged, whatever is not known."""
    product = rate * share * left
    if math.isnan(product):
        return 0.0 if 0.0 in (rate, left) else math.nan
    return product


def duty_at(
    border: Border, content: Floats, american: float, set_rates: Mapping[str, float]
) -> tuple[float, dict[int, tuple[float, float, float]]]:
    """Duty of a crossing as a fraction of its customs value, and (duty, share, left) by line.

    Who is displaced loses what those before it took: all of the value, or the part on which they
    are charged (docs/law-engine.md, "Precedence").
    """
    us_content = american if math.isnan(border.us_content) else border.us_content
    done: dict[int, tuple[float, float, float]] = {}
    covers: dict[int, float] = {}
    total = border.column1
    for line in border.lines:
        statutory = set_rates.get(line.key, math.nan)
        statutory = line.rate if math.isnan(statutory) else statutory
        rate = extra(line, statutory, border.column1)
        share = charged_share(line, content, us_content)
        taken, hazy = 0.0, False
        for other in line.displacers:
            due = done[other][0]
            took = covers[other] if due > 0 else 0.0
            if math.isnan(due) or math.isnan(took):
                hazy = True
            else:
                taken += took
        left = math.nan if hazy and taken < 1.0 else max(0.0, 1.0 - taken)
        due = owed(rate, share, left)
        done[line.place] = (due, share, left)
        covers[line.place] = share if line.covers_base else 1.0
        total += due
    return total, done


@dataclass(frozen=True)
class Priced1:
    """A product in one row, by its own nodes and edges in their order."""

    own: tuple[float, ...]
    value: tuple[float, ...]
    paid: tuple[float, ...]
    content: tuple[Floats, ...]
    freight: tuple[float, ...]
    duty: tuple[float, ...]
    base: tuple[float, ...]
    rate: tuple[float, ...]
    lines: Mapping[int, Mapping[int, tuple[float, float, float]]]


@dataclass
class PlainPrices:
    """Prices rows of a model; what the same inputs gave before is remembered, product by product.

    Attributes
    ----------
    compiled
        Whole: nothing in it may be known beforehand.
    """

    compiled: Compiled
    _done: dict[tuple[object, ...], Priced1] = field(default_factory=dict)
    _borders: dict[int, dict[int, Border]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lay nodes and edges out by product."""
        network, graph = self.compiled.network, self.compiled.graph
        self._nodes = records(network.nodes)
        self._edges = records(network.edges)
        for number, edge in enumerate(self._edges):
            edge["number"] = number
            edge["cif"] = bool(graph.cif[number])
        self._american = [n for n, tag in enumerate(self.compiled.tags) if tag.country == USA]
        self._mine: dict[str, tuple[list[int], list[int], tuple[str, ...]]] = {}
        for product in self.compiled.products["product"]:
            nodes = [n for n, node in enumerate(self._nodes) if node["product"] == product]
            # In the order of the graph: an input before its user.
            nodes.sort(key=lambda n: int(self._nodes[n]["level"]))
            edges = [e["number"] for e in self._edges if e["product"] == product]
            self._mine[str(product)] = (nodes, edges, tuple(self._names(str(product), nodes)))

    def _names(self, product: str, nodes: list[int]) -> Iterator[str]:
        """Inputs on which the landed cost of a product hangs."""
        yield f"{product}/customs_value_usd"
        yield f"{product}/parts_freight_share"
        market = list(self.compiled.products["product"]).index(product)
        yield f"exchange_pass_through@{self.compiled.sectors[market]}"
        yield "exchange_pass_through"
        for n in nodes:
            node = self._nodes[n]
            yield f"{product}/part/{node['part']}"
            yield f"{product}/route/{node['route']}/cost_index"
            yield f"{product}/route/{node['route']}/freight_share"
            yield currency_name(node["country"])

    def own(self, product: str, rows: Rows, row: int, *, moved: bool = True) -> dict[int, float]:
        """Value added by node [USD per unit of the part]; not ``moved``: at today's currencies."""
        nodes, _, _ = self._mine[product]
        values = rows.values
        market = list(self.compiled.products["product"]).index(product)
        work = [n for n in nodes if self._nodes[n]["part"] != MARKET]
        parts = dict.fromkeys(self._nodes[n]["part"] for n in sorted(work))
        whole = sum(at(values, f"{product}/part/{part}", row, 0.0) for part in parts)
        unit = at(values, f"{product}/customs_value_usd", row, 0.0)
        reaching = behaviour(self.compiled, values, "exchange_pass_through", market, row)
        found = dict.fromkeys(nodes, 0.0)
        for n in work:
            node = self._nodes[n]
            made = unit * at(values, f"{product}/part/{node['part']}", row, 0.0) / whole
            if node["indexed"]:
                made *= at(values, f"{product}/route/{node['route']}/cost_index", row, 1.0)
            by = at(values, currency_name(node["country"]), row, 0.0) if moved else 0.0
            found[n] = made * (1.0 + reaching * by) if by else made
        return found

    def _carriage(self, edge: Mapping[str, Any], rows: Rows, row: int) -> float:
        if edge["last"]:
            name = f"{edge['product']}/route/{edge['route']}/freight_share"
        elif edge["crosses"]:
            name = f"{edge['product']}/parts_freight_share"
        else:
            return 0.0
        return at(rows.values, name, row, 0.0)

    def product(self, product: str, rows: Rows, row: int) -> Priced1:
        """Landed cost of a product in a row."""
        nodes, edges, names = self._mine[product]
        state = int(rows.state[row])
        rates = {name: float(column[row if len(column) > 1 else 0])
                 for name, column in rows.rates.items()}  # fmt: skip
        inputs = tuple(at(rows.values, name, row, 0.0) for name in names)
        key = (product, state, inputs, tuple(str(rate) for rate in rates.values()))
        if key not in self._done:
            self._done[key] = self._accumulate(nodes, edges, product, rows, row, rates)
        return self._done[key]

    def _accumulate(
        self, nodes: list[int], edges: list[int], product: str, rows: Rows, row: int,
        rates: Mapping[str, float],
    ) -> Priced1:  # fmt: skip
        state = int(rows.state[row])
        if state not in self._borders:
            self._borders[state] = borders(self.compiled.states[state])
        crossings = self._borders[state]
        own = self.own(product, rows, row)
        into: dict[int, list[Mapping[str, Any]]] = {}
        for number in edges:
            into.setdefault(int(self._edges[number]["to"]), []).append(self._edges[number])
        value: dict[int, float] = {}
        paid: dict[int, float] = {}
        content: dict[int, Floats] = {}
        along: dict[int, tuple[float, float, float, float]] = {}
        lines: dict[int, Mapping[int, tuple[float, float, float]]] = {}
        for n in nodes:
            value[n], paid[n] = own[n], 0.0
            content[n] = own[n] * self.compiled.graph.own_content[n]
            for edge in into.get(n, []):
                source, number = int(edge["from"]), int(edge["number"])
                carriage = value[source] * self._carriage(edge, rows, row)
                duty = base = rate = 0.0
                if edge["crosses"]:
                    base = value[source] + (carriage if edge["cif"] else 0.0)
                    share = content[source] / base if base > 0 else 0.0 * content[source]
                    american = float(sum(share[tag] for tag in self._american))
                    rate, lines[number] = duty_at(crossings[number], share, american, rates)
                    duty = base * rate * (1.0 - float(edge["drawback"]))
                along[number] = (carriage, duty, base, rate)
                weight = float(edge["weight"])
                value[n] += weight * (value[source] + carriage + duty)
                paid[n] += weight * (paid[source] + duty)
                content[n] = content[n] + weight * content[source]
        return Priced1(
            own=tuple(own[n] for n in nodes),
            value=tuple(value[n] for n in nodes),
            paid=tuple(paid[n] for n in nodes),
            content=tuple(content[n] for n in nodes),
            freight=tuple(along[e][0] for e in edges),
            duty=tuple(along[e][1] for e in edges),
            base=tuple(along[e][2] for e in edges),
            rate=tuple(along[e][3] for e in edges),
            lines=lines,
        )

    def price(self, rows: Rows, *, keep_lines: bool) -> Priced:
        """All rows, in the arrays that the model's tables are made of."""
        compiled, count = self.compiled, len(rows)
        shape = len(compiled.network.nodes), len(compiled.network.edges)
        landed = _Arrays(count, *shape, len(compiled.tags))
        kept = _empty_lines(compiled, rows) if keep_lines else {}
        for product, (nodes, edges, _) in self._mine.items():
            for row in range(count):
                one = self.product(product, rows, row)
                landed.fill(row, nodes, edges, one)
                state = int(rows.state[row])
                for edge, found in one.lines.items() if keep_lines else ():
                    where = self._borders[state][edge].where
                    table = kept[state, where]
                    place = int(np.searchsorted(table.rows, row))
                    for line, numbers in found.items():
                        for array, number in zip(
                            (table.duty, table.share, table.left), numbers, strict=True
                        ):
                            array[place, line] = number
        labels = compiled.labels
        come = AtMarket(
            cost=landed.value[:, labels.node],
            duty=landed.paid[:, labels.node],
            gate=landed.value[:, labels.gate],
            last_rate=landed.rate[:, labels.last],
        )
        every = slice(0, None)
        whole = Landed(
            value=landed.value,
            content=landed.content,
            paid=landed.paid,
            along={
                "freight": [(every, landed.freight.T)],
                "duty": [(every, landed.duty.T)],
                "customs_value": [(every, landed.base.T)],
                "rate": [(every, landed.rate.T)],
            },
            edges=shape[1],
        )
        return Priced(landed.own, [(every, whole)], [(every, come)], kept)


class _Arrays:
    """Arrays (row, node or edge) to be filled product by product."""

    def __init__(self, rows: int, nodes: int, edges: int, tags: int) -> None:
        self.own, self.value, self.paid = (np.zeros((rows, nodes)) for _ in range(3))
        self.freight, self.duty, self.base, self.rate = (np.zeros((rows, edges)) for _ in range(4))
        self.content = np.zeros((rows, nodes, tags))

    def fill(self, row: int, nodes: list[int], edges: list[int], one: Priced1) -> None:
        """Put a product of a row in its places."""
        for name in ("own", "value", "paid"):
            getattr(self, name)[row, nodes] = getattr(one, name)
        for name in ("freight", "duty", "base", "rate"):
            getattr(self, name)[row, edges] = getattr(one, name)
        if self.content.shape[2]:
            self.content[row, nodes] = one.content


def _empty_lines(compiled: Compiled, rows: Rows) -> dict[tuple[int, int], LineDuty]:
    found = {}
    for state in sorted(set(rows.state.tolist())):
        mine = np.flatnonzero(rows.state == state)
        for where, level in compiled.states[state].levels.items():
            shape = (len(mine), len(level.lines.crossing))
            found[state, where] = LineDuty(mine, *(np.zeros(shape) for _ in range(3)))
    return found
