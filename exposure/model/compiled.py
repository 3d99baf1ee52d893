"""What evaluation needs, as frozen arrays with labels; `compile.py` makes it, others read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.facts.documents import Scenario
from exposure.law.base import Tag
from exposure.law.lines import DutyLines
from exposure.law.state import LawState
from exposure.model.labels import Labels, together
from exposure.model.ranges import parameter_name
from exposure.routes.graph import Network
from exposure.routes.landed import Given, Graph

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Values = Mapping[str, Floats]
"""Inputs by name, each (scenario,)."""


@dataclass(frozen=True)
class LevelLines:
    """Duty lines of the crossings that arrive at one level of the graph.

    Attributes
    ----------
    edges (crossing,)
        Edge of each crossing.
    lines
        Duty lines of these crossings.
    us_content (open crossing,) [fraction]
        Stated US content where a shipment states it, else NaN: then the graph's is taken.
    clause_keys (line,)
        ``action/clause`` of each line.
    share (line,) [fraction]
        Part of the value on which a line is charged where it is known beforehand, else NaN: then
        it is worked out from content.
    rate (crossing,) [fraction]
        Duty where it is known beforehand, else NaN.
    open (open crossing,)
        Crossings where it is not: ``lines``, ``us_content`` and what follows are of these.
    """

    edges: Ints
    lines: DutyLines
    us_content: Floats
    clause_keys: NDArray[np.str_]
    share: Floats
    rate: Floats
    open: Ints

    @cached_property
    def lines_of(self) -> Mapping[str, Ints]:
        """Numbers of the lines of each clause, by ``action/clause``."""
        keys = self.clause_keys
        return {str(key): np.flatnonzero(keys == key) for key in np.unique(keys)}


@dataclass(frozen=True)
class CompiledLaw:
    """One law: a day in both clocks with a scenario's rows, matched with all crossings.

    ``law`` is absent where nothing crosses a border.
    """

    name: str
    effective_on: str
    known_on: str
    law: LawState | None
    levels: Mapping[int, LevelLines]


@dataclass(frozen=True)
class Work:
    """At whose work jobs are counted: the nodes, or groups of them.

    Attributes
    ----------
    route, market (worker,)
        Numbers of the route and the product that they work for.
    country (worker,)
        ISO 3166-1 alpha-3.
    node (worker,)
        Number of the node, or -1 for a group whose work is known beforehand.
    per_unit (1, worker) [persons per finished product a year]
        Of such groups; NaN for a node: it is worked out from what is made there.
    """

    route: Ints
    market: Ints
    country: NDArray[np.str_]
    node: Ints
    per_unit: Floats

    @cached_property
    def countries(self) -> list[str]:
        """Countries in which someone works, each once."""
        return sorted(set(self.country.tolist()))

    @cached_property
    def place(self) -> Ints:
        """Number (worker,) of the country of each among `countries`."""
        return np.searchsorted(self.countries, self.country)


@dataclass(frozen=True)
class AtMarket:
    """What comes to market on each route, all (scenario, route).

    Attributes
    ----------
    cost, duty [USD per product]
        Landed cost, and the duties of all borders in it.
    gate [USD per product], last_rate [fraction]
        Value as the product leaves its last plant, and the duty at the border after it; 0 where it
        crosses none.
    """

    cost: Floats
    duty: Floats
    gate: Floats
    last_rate: Floats


@dataclass(frozen=True)
class Compiled:
    """Everything that evaluation needs, as arrays with labels.

    Attributes
    ----------
    network, graph
        Labels, and the arrays that the kernel takes.
    states
        Law states; a row of an evaluation names one by its number.
    unclaimed
        The same where no preference is claimed and no regime is used, in the same order; empty
        unless it was asked for. What is not known there stops nothing.
    tags
        Tracked content.
    full
        The network with every material, country and maker kept apart.
    products, routes
        Labels; ``routes`` has ``product, route, title, node`` (its market node), ``market`` (number
        of its product), ``country`` and ``site`` (of assembly) and ``pool`` (number of the capacity
        it shares).
    plants
        Plants at which the products are assembled, as in the table of plants.
    ranges
        Every uncertain number: index is its name; ``low, central, high``.
    sectors (market,)
        Sector of each product.
    correlations
        How they move together: ``first, second, correlation``.
    labels
        Names of the inputs that nodes, edges and routes read.
    work
        At whose work jobs are counted.
    given
        By number of a state, nodes whose value is known beforehand; see `exposure.model.fold`.
    own (1, node) [USD per unit of the part]
        Value added where it is known beforehand; else it is worked out from the inputs.
    freight (1, edge) [fraction of the value carried]
        Cost of carriage, likewise.
    known
        By number of a state, what comes to market where nothing on the way is moved.
    """

    network: Network
    graph: Graph
    states: tuple[CompiledLaw, ...]
    unclaimed: tuple[CompiledLaw, ...]
    tags: tuple[Tag, ...]
    full: Network
    products: pd.DataFrame
    routes: pd.DataFrame
    plants: pd.DataFrame
    ranges: pd.DataFrame
    sectors: tuple[str, ...]
    correlations: pd.DataFrame
    labels: Labels
    work: Work
    given: Mapping[int, Given]
    own: Floats | None
    freight: Floats | None
    known: Mapping[int, AtMarket]


def parameter(compiled: Compiled, values: Values, name: str) -> Floats:
    """A parameter by market: its sector's value, or that for all sectors.

    Shape (scenario, market); one row where it is the same in all scenarios.
    """
    columns = []
    for sector in compiled.sectors:
        own = parameter_name(name, sector)
        columns.append(values[own if own in values else name])
    return together(columns)


def route_limits(compiled: Compiled, scenario: Scenario | None) -> Floats:
    """Caps of a scenario by route (route,) [units a year]; infinite where there is none."""
    limits = np.full(len(compiled.routes), np.inf)
    for limit in scenario.limits if scenario else []:
        mine = (compiled.routes["product"] == limit.product) & (
            compiled.routes["route"] == limit.route
        )
        limits[mine.to_numpy(dtype=bool)] = limit.units
    return limits
