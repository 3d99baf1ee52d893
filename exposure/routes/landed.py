"""Kernel: value, freight, duty and content accumulate along a graph, border by border.

Section 1 of the methods: the value that leaves a node is its own value added and everything that
its inputs cost on arrival; a duty is charged at each border on the value that crosses it, duties
paid upstream included, because they are part of the price.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exposure.axes import every_row, stretch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Part = tuple[Ints | slice, Floats]
"""Numbers of some edges, and a table (edge, scenario) of them."""

DutyRate = Callable[[int, Floats], Floats]
"""``(level, content_share (scenario, crossing, tag)) -> duty (scenario, crossing) [fraction]``,
for the crossings that arrive at nodes of that level, in the order of the edges."""


@dataclass(frozen=True)
class Graph:
    """Arrays of a graph.

    Attributes
    ----------
    source, target (edge,)
        Nodes.
    weight (edge,)
        Units of ``source`` in one unit of ``target``.
    level (node,)
        0 for nodes without inputs; an input's level is below its user's.
    crosses (edge,)
        Whether the edge crosses a customs border.
    cif (edge,)
        Whether freight is part of the customs value there.
    own_content (node, tag) [fraction]
        Make-up of a node's own value.
    drawback (edge,) [fraction]
        Share of the duty that is given back once the product has left the country.
    arrivals
        Edges by the level of the nodes at which they arrive, from 1 up.
    starts
        Nodes at which none arrives.
    """

    source: Ints
    target: Ints
    weight: Floats
    level: Ints
    crosses: NDArray[np.bool_]
    cif: NDArray[np.bool_]
    own_content: Floats
    drawback: Floats
    arrivals: tuple[Arrivals, ...] = field(init=False, repr=False)
    starts: Ints | slice = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out what hangs on the labels alone, once for all rows."""
        arrival = self.level[self.target]
        levels = range(1, int(self.level.max(initial=0)) + 1)
        found = (Arrivals.of(self, np.flatnonzero(arrival == level)) for level in levels)
        vars(self)["arrivals"] = tuple(found)
        vars(self)["starts"] = stretch(np.setdiff1d(np.arange(len(self.level)), self.target))


@dataclass(frozen=True)
class Arrivals:
    """Edges that arrive at one level; numbers that follow one another stand as a slice.

    Attributes
    ----------
    edges, source, target (edge,)
        Their numbers, and those of the nodes at their ends.
    border (crossing,), inside (crossing,)
        Those that cross a border, and their places among ``edges``.
    weight (edge, 1), cif, kept (crossing, 1)
        Of the graph; ``kept`` is the share of the duty that is not given back.
    apart
        Whether each arrives at a node of its own.
    """

    edges: Ints | slice
    source: Ints | slice
    target: Ints | slice
    border: Ints | slice
    inside: Ints | slice
    weight: Floats
    cif: NDArray[np.bool_]
    kept: Floats
    apart: bool

    @staticmethod
    def of(graph: Graph, edges: Ints) -> Arrivals:
        """Of edges, rising."""
        inside = np.flatnonzero(graph.crosses[edges])
        border = edges[inside]
        return Arrivals(
            edges=stretch(edges),
            source=stretch(graph.source[edges]),
            target=stretch(graph.target[edges]),
            border=stretch(border),
            inside=stretch(inside),
            weight=graph.weight[edges, None],
            cif=graph.cif[border, None],
            kept=1.0 - graph.drawback[border, None],
            apart=len(np.unique(graph.target[edges])) == len(edges),
        )


@dataclass(frozen=True)
class Landed:
    """What a unit costs, by node and edge.

    Attributes
    ----------
    value (scenario, node) [USD per unit of the node]
        Value that leaves the node, duties and freight paid so far included.
    content (scenario, node, tag) [USD per unit of the node]
        Value added so far by tag; duties and freight are content of no tag.
    paid (scenario, node) [USD per unit of the node]
        Duties that the node's value carries in it, those on its inputs and all before.
    along
        By name of what follows, tables of some edges.
    edges
        How many there are.
    """

    value: Floats
    content: Floats
    paid: Floats
    along: Mapping[str, Sequence[Part]]
    edges: int

    @property
    def freight(self) -> Floats:
        """Cost of carriage (scenario, edge) [USD per unit of the source]."""
        return self._whole("freight")

    @property
    def duty(self) -> Floats:
        """Duty that stays paid, less what is given back (scenario, edge) [USD per unit]."""
        return self._whole("duty")

    @property
    def customs_value(self) -> Floats:
        """Base of the duty (scenario, edge) [USD per unit]; 0 where no border is crossed."""
        return self._whole("customs_value")

    @property
    def rate(self) -> Floats:
        """Rate of the duty (scenario, edge) [fraction]."""
        return self._whole("rate")

    def _whole(self, name: str) -> Floats:
        return every_row(_laid(self.along[name], self.edges).T, len(self.value))


@dataclass(frozen=True)
class Given:
    """Nodes whose value is known beforehand, the same in all scenarios.

    Attributes
    ----------
    node (given,)
        Their numbers; no edge arrives at them.
    value, paid (given,) [USD per unit of the node]
    content (given, tag) [USD per unit of the node]
    """

    node: Ints
    value: Floats
    paid: Floats
    content: Floats


def accumulate(
    graph: Graph,
    own: Floats,
    freight_share: Floats,
    duty_rate: DutyRate,
    given: Given | None = None,
) -> Landed:
    """Landed cost along a graph.

    Parameters
    ----------
    graph
        The arrays of the graph.
    own (scenario, node) [USD per unit]
        Value added at each node.
    freight_share (scenario, edge) [fraction of the value carried]
        Cost of carriage; one row where it is the same in all.
    duty_rate
        Duty of the crossings that arrive at a level, given their content.
    given
        What is known beforehand of nodes where a part of a graph begins.

    Notes
    -----
    Value added, freight and duties along all ways to a node add up to its value, exactly but for
    rounding; `tests/properties` holds that on random graphs.
    """
    # Nodes and edges go first inside: a node's rows then lie side by side in memory.
    count = len(own)
    made = own.T
    value, paid = np.empty((len(made), count)), np.empty((len(made), count))
    value[graph.starts], paid[graph.starts] = made[graph.starts], 0.0
    carriage = np.ascontiguousarray(freight_share.T)
    content = np.multiply(made[:, :, None], graph.own_content[:, None, :], order="C")
    still = np.zeros(len(value), dtype=bool)
    if given is not None:
        place = stretch(given.node)
        value[place] = given.value[:, None]
        paid[place] = given.paid[:, None]
        content[place] = given.content[:, None]
        still[given.node] = True
    # What is carried from such nodes is the same in every row.
    same = carriage.shape[1] == 1 and bool(still[graph.source].all())
    rows = slice(0, 1) if same else slice(None)
    nodes = np.arange(len(value))
    freight, base, duty, rate = (list[Part]() for _ in range(4))
    for level, at in enumerate(graph.arrivals, 1):
        carried = value[at.source, rows]
        moving = carried * carriage[at.edges]
        freight.append((at.edges, moving))
        charged: Floats = np.zeros((1, 1))
        if len(at.kept):
            valued = carried[at.inside] + np.where(at.cif, moving[at.inside], 0.0)
            shares = content[at.source, rows][at.inside]
            if content.shape[2]:
                with np.errstate(divide="ignore", invalid="ignore"):
                    shares = shares / valued[:, :, None]
                shares = np.where(valued[:, :, None] > 0, shares, 0.0)
            due = duty_rate(level, shares.transpose(1, 0, 2)).T
            owed = valued * due
            owed *= at.kept
            for parts, part in ((base, valued), (rate, due), (duty, owed)):
                parts.append((at.border, part))
            charged = _laid([(at.inside, owed)], len(at.weight))
        # The only edge that arrives at a node works in the node's own place in memory.
        alone = at.apart and not content.shape[2]
        size = (len(at.weight), count)
        arrived, burden = (t[at.target] if alone else np.empty(size) for t in (value, paid))
        for into, brought in ((arrived, carried + moving), (burden, paid[at.source, rows])):
            np.add(brought, charged, out=into)
            into *= at.weight
        if alone:
            arrived += made[at.target]
            value[at.target], paid[at.target] = arrived, burden
            continue
        value[at.target], paid[at.target] = made[at.target], 0.0
        # One edge after another in a fixed order: the sum does not depend on the block size.
        sources, targets = nodes[at.source].tolist(), nodes[at.target].tolist()
        for number, (source, target) in enumerate(zip(sources, targets, strict=True)):
            value[target] += arrived[number]
            paid[target] += burden[number]
            if content.shape[2]:
                content[target] += at.weight[number] * content[source]
    along = {"freight": freight, "duty": duty, "customs_value": base, "rate": rate}
    return Landed(value.T, content.transpose(1, 0, 2), paid.T, along, len(graph.source))


def _laid(parts: Sequence[Part], count: int) -> Floats:
    """Tables (some edge, scenario) as one of all edges (edge, scenario); 0 where there is none."""
    if len(parts) == 1 and len(parts[0][1]) == count:
        return parts[0][1]
    whole = np.zeros((count, max((table.shape[1] for _, table in parts), default=1)))
    for place, table in parts:
        whole[place] = table
    return whole
