"""Kernel: value, freight, duty and content accumulate along a graph, border by border.

Section 1 of the methods: the value that leaves a node is its own value added and everything that
its inputs cost on arrival; a duty is charged at each border on the value that crosses it, duties
paid upstream included, because they are part of the price.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

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
    """

    source: Ints
    target: Ints
    weight: Floats
    level: Ints
    crosses: NDArray[np.bool_]
    cif: NDArray[np.bool_]
    own_content: Floats
    drawback: Floats


@dataclass(frozen=True)
class Landed:
    """What a unit costs, by node and edge.

    Attributes
    ----------
    value (scenario, node) [USD per unit of the node]
        Value that leaves the node, duties and freight paid so far included.
    content (scenario, node, tag) [USD per unit of the node]
        Value added so far by tag; duties and freight are content of no tag.
    freight, duty (scenario, edge) [USD per unit of the source]
        The duty is what stays paid: less what is given back.
    paid (scenario, node) [USD per unit of the node]
        Duties that the node's value carries in it, those on its inputs and all before.
    customs_value (scenario, edge) [USD per unit of the source]
        Base of the duty; 0 where no border is crossed.
    rate (scenario, edge) [fraction]
    """

    value: Floats
    content: Floats
    paid: Floats
    freight: Floats
    duty: Floats
    customs_value: Floats
    rate: Floats


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
    value = np.array(own.T, dtype=float, order="C")
    carriage = np.ascontiguousarray(freight_share.T)
    content = value[:, :, None] * graph.own_content[:, None, :]
    paid = np.zeros_like(value)
    still = np.zeros(len(value), dtype=bool)
    if given is not None:
        value[given.node] = given.value[:, None]
        paid[given.node] = given.paid[:, None]
        content[given.node] = given.content[:, None]
        still[given.node] = True
    # What is carried from such nodes is the same in every row.
    same = carriage.shape[1] == 1 and bool(still[graph.source].all())
    freight, base = (np.zeros((len(graph.source), 1 if same else count)) for _ in range(2))
    duty, rate = (np.zeros((len(graph.source), count)) for _ in range(2))
    arrival = graph.level[graph.target]
    rows = slice(0, 1) if same else slice(None)
    for level in range(1, int(graph.level.max(initial=0)) + 1):
        edges = np.flatnonzero(arrival == level)
        source = graph.source[edges]
        carried = value[source, rows]
        freight[edges] = carried * carriage[edges]
        border = edges[graph.crosses[edges]]
        if len(border):
            sent = value[graph.source[border], rows]
            valued = sent + np.where(graph.cif[border, None], freight[border], 0.0)
            shares = content[graph.source[border], rows]
            if content.shape[2]:
                with np.errstate(divide="ignore", invalid="ignore"):
                    shares = shares / valued[:, :, None]
                shares = np.where(valued[:, :, None] > 0, shares, 0.0)
            charged = duty_rate(level, shares.transpose(1, 0, 2)).T
            base[border], rate[border] = valued, charged
            duty[border] = valued * charged * (1.0 - graph.drawback[border, None])
        arrived = graph.weight[edges, None] * (carried + freight[edges] + duty[edges])
        burden = graph.weight[edges, None] * (paid[source, rows] + duty[edges])
        targets = graph.target[edges]
        if len(set(targets.tolist())) == len(targets) and not content.shape[2]:
            value[targets] += arrived
            paid[targets] += burden
            continue
        # One edge after another in a fixed order: the sum does not depend on the block size.
        for place, (edge, target) in enumerate(zip(edges, targets, strict=True)):
            value[target] += arrived[place]
            paid[target] += burden[place]
            if content.shape[2]:
                content[target] += graph.weight[edge] * content[graph.source[edge]]
    every = (count, len(graph.source))
    return Landed(
        value=value.T,
        content=content.transpose(1, 0, 2),
        paid=paid.T,
        freight=np.broadcast_to(freight.T, every),
        duty=duty.T,
        customs_value=np.broadcast_to(base.T, every),
        rate=rate.T,
    )
