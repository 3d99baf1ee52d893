"""Folding: what a sweep does not move is worked out once, and only the rest in every row.

A duty on the last border leaves all that happened before it as it was. `fold` evaluates one row of
each law state on the whole graph, and cuts the graph down to the nodes that what is moved can
reach; the others stand there with the value they have. The same functions then evaluate the smaller
graph, in the same order of sums, and so to the same bits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import USA
from exposure.law.base import OUTSIDE_US, OUTSIDE_US_IF_20
from exposure.law.lines import joined_lines, some_crossings
from exposure.model.compiled import AtMarket, Compiled, CompiledLaw, LevelLines, Work
from exposure.model.labels import Labels, Reads
from exposure.model.rows import Rows
from exposure.model.run import LineDuty, Priced, landed_costs, work_per_unit
from exposure.routes.graph import Network
from exposure.routes.landed import Given, Graph

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
REACH = "exchange_pass_through"
"""Parameter that says how much of a currency's move reaches the values of nodes."""


def fold(
    compiled: Compiled, central: Rows, moved: Collection[str], keys: Collection[str]
) -> Compiled:
    """The part of a graph that moves.

    Parameters
    ----------
    compiled
        Arrays of the scenarios.
    central
        One row of each law state that will be evaluated, with the inputs and rates that hold where
        nothing is moved.
    moved
        Names of the inputs that will differ from those.
    keys
        ``action/clause`` of the rates that will.

    Returns
    -------
    Compiled
        For the law states of ``central`` only. Work is counted by route and country, and by node
        where it is moved.
    """
    priced = landed_costs(compiled, central, keep_lines=True)
    own = _own_moves(compiled, central, moved)
    carried = _reads(compiled.labels.freight, moved)
    charged = _rate_moves(compiled, central, keys)
    moving = _reached(compiled, own, carried | charged)
    products = np.unique(
        compiled.labels.market_of_node[own | _reads(compiled.labels.labour, moved)]
    )
    worked = np.isin(compiled.labels.market_of_node, products)
    moving |= worked
    graph = compiled.graph
    edges = np.flatnonzero(moving[graph.target])
    # As the lists of crossings stand one after another.
    edges = edges[np.argsort(graph.level[graph.target[edges]], kind="stable")]
    level = _levels(graph, edges)
    edges = edges[np.argsort(level[graph.target[edges]], kind="stable")]
    kept = moving.copy()
    kept[graph.source[edges]] = True
    nodes = np.flatnonzero(kept)
    # Those of one level side by side: then nothing is copied to work on them.
    nodes = nodes[np.argsort(level[nodes], kind="stable")]
    steady = ~moving[graph.source] & ~carried
    cut = _Cut(compiled, nodes, edges, moving, steady, level)
    states, tags = cut.states(central, priced, keys)
    place = cut.place
    return replace(
        compiled,
        network=Network(
            nodes=compiled.network.nodes.iloc[nodes].reset_index(drop=True),
            edges=compiled.network.edges.iloc[edges].reset_index(drop=True),
            tags=compiled.network.tags.iloc[tags].reset_index(drop=True),
            own_content=compiled.network.own_content[np.ix_(nodes, tags)],
        ),
        graph=Graph(
            source=place[graph.source[edges]],
            target=place[graph.target[edges]],
            weight=graph.weight[edges],
            level=level[nodes],
            crosses=graph.crosses[edges],
            cif=graph.cif[edges],
            own_content=graph.own_content[np.ix_(nodes, tags)],
            drawback=graph.drawback[edges],
        ),
        states=states,
        unclaimed=(),
        tags=tuple(compiled.tags[number] for number in tags),
        routes=compiled.routes.assign(node=place[compiled.labels.node]),
        labels=cut.labels(),
        work=_work(compiled, central, priced, worked, place),
        given=cut.given(central, priced, tags),
        own=None if own.any() else priced.own[:1, nodes],
        freight=None
        if carried.any()
        else compiled.labels.freight.of(central.values, 0.0)[:1, edges],
        known=_known(compiled, central, priced, own | _ends(graph, carried), keys),
    )


def _ends(graph: Graph, edges: Bools) -> Bools:
    """Nodes at which some of the edges arrive (node,)."""
    hit = np.zeros(len(graph.level), dtype=bool)
    hit[graph.target[edges]] = True
    return hit


def _known(
    compiled: Compiled, central: Rows, priced: Priced, moved: Bools, keys: Collection[str]
) -> Mapping[int, AtMarket]:
    """What comes to market in the law states in which nothing is moved on any way there."""
    found = {}
    for row, number in enumerate(central.state.tolist()):
        levels = compiled.states[number].levels.values()
        charged = any(np.isin(level.clause_keys, list(keys)).any() for level in levels)
        if not charged and not moved.any():
            names = AtMarket.__dataclass_fields__
            found[number] = AtMarket(**{n: getattr(priced, n)[row : row + 1] for n in names})
    return found


def _levels(graph: Graph, edges: Ints) -> Ints:
    """Levels of the nodes in a graph of some edges, in the order of their old levels."""
    level = np.zeros(len(graph.level), dtype=np.int64)
    for edge in edges:
        source, target = graph.source[edge], graph.target[edge]
        level[target] = max(level[target], level[source] + 1)
    return level


def _reads(reads: Reads, moved: Collection[str]) -> Bools:
    """Things that read a name that is moved."""
    hit = np.array([*(name in moved for name in reads.names), False])
    return hit[reads.at]


def _own_moves(compiled: Compiled, central: Rows, moved: Collection[str]) -> Bools:
    """Nodes whose own value is moved (node,)."""
    labels = compiled.labels
    hit = _reads(labels.currency, moved)
    for reads in (labels.unit, labels.share, labels.index):
        hit = hit | _reads(reads, moved)
    for shares, mine in labels.parts:
        if not moved or set(shares.names).isdisjoint(moved):
            continue
        hit[mine] = True
    if any(name.split("@")[0] == REACH for name in moved):
        hit |= _reads(labels.currency, [*moved, *central.values])
    return hit


def _rate_moves(compiled: Compiled, central: Rows, keys: Collection[str]) -> Bools:
    """Edges on which a rate that is moved may be charged (edge,)."""
    hit = np.zeros(len(compiled.graph.source), dtype=bool)
    for number in set(central.state.tolist()):
        for level in compiled.states[number].levels.values():
            lines = np.isin(level.clause_keys, list(keys))
            hit[level.edges[level.lines.crossing[lines]]] = True
    return hit


def _reached(compiled: Compiled, own: Bools, edges: Bools) -> Bools:
    """Nodes whose value can move; the market always, where all is read off."""
    graph = compiled.graph
    moving = own.copy()
    moving[compiled.labels.node] = True
    for edge in np.argsort(graph.level[graph.target], kind="stable"):
        if edges[edge] or moving[graph.source[edge]]:
            moving[graph.target[edge]] = True
    return moving


class _Cut:
    """Numbers of what is kept, and the tables of it."""

    def __init__(
        self,
        compiled: Compiled,
        nodes: Ints,
        edges: Ints,
        moving: Bools,
        steady: Bools,
        level: Ints,
    ) -> None:
        self.compiled, self.nodes, self.edges = compiled, nodes, edges
        self.moving, self.steady, self.level = moving, steady, level
        self.place = np.full(len(moving), -1, dtype=np.int64)
        self.place[nodes] = np.arange(len(nodes))
        self.edge_place = np.full(len(steady), -1, dtype=np.int64)
        self.edge_place[edges] = np.arange(len(edges))

    def states(
        self, central: Rows, priced: Priced, keys: Collection[str]
    ) -> tuple[tuple[CompiledLaw, ...], Ints]:
        """Law states with the crossings that are kept; and the tags that they ask about."""
        found = list(self.compiled.states)
        used = central.state.tolist()
        shares = {
            (number, name): self._shares(level, priced.lines[number, name])
            for number in used
            for name, level in self.compiled.states[number].levels.items()
        }
        asked = np.zeros(len(self.compiled.tags), dtype=bool)
        for (number, name), share in shares.items():
            asked |= self._asked(self.compiled.states[number].levels[name], share)
        tags = np.flatnonzero(asked)
        arrival = self.level[self.compiled.graph.target]
        for row, number in enumerate(used):
            parts: dict[int, list[LevelLines]] = {}
            for name, level in self.compiled.states[number].levels.items():
                kept = np.flatnonzero(self.edge_place[level.edges] >= 0)
                share, rate = shares[number, name], priced.landed.rate[row, level.edges]
                # A level of the whole graph may fall to several of the smaller one, and these be
                # made up of several.
                for now in np.unique(arrival[level.edges[kept]]).tolist():
                    mine = kept[arrival[level.edges[kept]] == now]
                    cut = self._level(level, mine, share, rate, keys, tags)
                    parts.setdefault(now, []).append(cut)
            levels = {now: _joined(levels) for now, levels in parts.items()}
            found[number] = replace(found[number], levels=levels)
        return tuple(found), tags

    def _level(
        self,
        level: LevelLines,
        kept: Ints,
        share: Floats,
        rate: Floats,
        keys: Collection[str],
        tags: Ints,
    ) -> LevelLines:
        """Crossings of a level that are kept; lines of those whose duty is worked out."""
        moves = np.isnan(share) | np.isin(level.clause_keys, list(keys))
        open_ = np.isin(kept, level.lines.crossing[moves])
        lines, mine = some_crossings(level.lines, kept[open_], tags)
        return LevelLines(
            edges=self.edge_place[level.edges[kept]],
            lines=lines,
            us_content=level.us_content[kept[open_]],
            clause_keys=level.clause_keys[mine],
            share=share[mine],
            rate=np.where(open_, np.nan, rate[kept]),
            open=np.flatnonzero(open_),
        )

    def _shares(self, level: LevelLines, charged: LineDuty) -> Floats:
        """Part of value on which each line is charged, where what comes in does not move."""
        known = self.steady[level.edges[level.lines.crossing]]
        return np.where(known, charged.share[0], np.nan)

    def _asked(self, level: LevelLines, share: Floats) -> Bools:
        """Tags that the lines ask about whose part of value is worked out in every row."""
        kept = self.edge_place[level.edges[level.lines.crossing]] >= 0
        open_ = np.isnan(share) & kept
        base = level.lines.base
        asked: Bools = (base.weights[open_] != 0).any(axis=0)
        outside = np.isin(base.part[open_], (OUTSIDE_US, OUTSIDE_US_IF_20))
        if (outside & np.isnan(level.us_content[level.lines.crossing[open_]])).any():
            asked |= np.array([tag.country == USA for tag in self.compiled.tags])
        return asked

    def given(self, central: Rows, priced: Priced, tags: Ints) -> Mapping[int, Given]:
        """Nodes that are kept and do not move, by law state."""
        old = np.flatnonzero(~self.moving & (self.place >= 0))
        found = {}
        for row, number in enumerate(central.state.tolist()):
            landed = priced.landed
            found[number] = Given(
                node=self.place[old],
                value=landed.value[row, old],
                paid=landed.paid[row, old],
                content=landed.content[row][np.ix_(old, tags)],
            )
        return found

    def labels(self) -> Labels:
        """What the nodes and edges that are kept read."""
        labels, nodes, edges = self.compiled.labels, self.nodes, self.edges
        parts = []
        for shares, mine in labels.parts:
            here = mine[self.place[mine] >= 0]
            if len(here):
                parts.append((shares, self.place[here]))
        return replace(
            labels,
            share=_some(labels.share, nodes),
            unit=_some(labels.unit, nodes),
            index=_some(labels.index, nodes),
            currency=_some(labels.currency, nodes),
            labour=_some(labels.labour, nodes),
            parts=tuple(parts),
            freight=_some(labels.freight, edges),
            node=self.place[labels.node],
            gate=self.place[labels.gate],
            last=self.edge_place[labels.last],
            route_of_edge=labels.route_of_edge[edges],
            route_of_node=labels.route_of_node[nodes],
            market_of_node=labels.market_of_node[nodes],
        )


def _joined(parts: Sequence[LevelLines]) -> LevelLines:
    """Crossings of several levels as one."""
    if len(parts) == 1:
        return parts[0]
    shift = np.cumsum([0, *(len(part.edges) for part in parts)])
    opened = [part.open + by for part, by in zip(parts, shift, strict=False)]
    names = ("edges", "us_content", "clause_keys", "share", "rate")
    whole = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    lines = joined_lines([part.lines for part in parts])
    return LevelLines(lines=lines, open=np.concatenate(opened), **whole)


def _some(reads: Reads, things: Ints) -> Reads:
    """What some of the things read."""
    used = np.unique(reads.at[things])
    names = tuple(reads.names[number] for number in used if number < len(reads.names))
    place = np.full(len(reads.names) + 1, len(names), dtype=np.int64)
    place[used[: len(names)]] = np.arange(len(names))
    return Reads(names, place[reads.at[things]])


def _work(compiled: Compiled, central: Rows, priced: Priced, worked: Bools, place: Ints) -> Work:
    """Nodes of products whose work is moved, and groups by route and country of the others."""
    work = compiled.work
    per_unit = work_per_unit(compiled, priced.own, central.values)[0]
    whole = pd.DataFrame(
        {"route": work.route, "market": work.market, "country": work.country, "work": per_unit}
    )[~worked]
    keys = ["route", "market", "country"]
    groups = whole.groupby(keys, sort=False)["work"].sum().reset_index()
    nodes = np.flatnonzero(worked)
    known = [groups["work"].to_numpy(dtype=float), np.full(len(nodes), np.nan)]
    return Work(
        route=np.concatenate([groups["route"].to_numpy(dtype=np.int64), work.route[nodes]]),
        market=np.concatenate([groups["market"].to_numpy(dtype=np.int64), work.market[nodes]]),
        country=np.concatenate([groups["country"].to_numpy(dtype=str), work.country[nodes]]),
        node=np.concatenate([np.full(len(groups), -1, dtype=np.int64), place[nodes]]),
        per_unit=np.concatenate(known)[None],
    )
