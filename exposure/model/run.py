"""The one evaluation: rows of law states and inputs become landed costs, volumes and jobs.

A single run, a comparison and a sweep call the same function with one, a few or many rows; a
difference is a subtraction of rows of the same call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.economy import jobs
from exposure.law.base import base_shares
from exposure.law.stack import duty_shares, extra_rate, per_crossing
from exposure.model.compile import Compiled, CompiledLaw, LevelLines, Values, parameter
from exposure.model.volumes import move
from exposure.routes.graph import MARKET
from exposure.routes.landed import Landed, accumulate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Rows to evaluate.

    Attributes
    ----------
    state (scenario,)
        Law state of each row.
    baseline (scenario,)
        Row that each is compared with; a baseline names itself.
    values
        Inputs by name, each (scenario,).
    rates
        Rates of clauses by ``action/clause``, each (scenario,); NaN leaves the law's.
    cheapest (scenario,)
        Rows whose routes a planner fills by cost; the others divide by constant elasticity.
    limits (scenario, route) [units a year]
        Caps beside the capacities; infinite where there is none.
    """

    state: Ints
    baseline: Ints
    values: Values
    rates: Values
    cheapest: NDArray[np.bool_]
    limits: Floats


@dataclass(frozen=True)
class LineDuty:
    """Duty lines of one level of one state, by row: all (scenario, line) [fraction]."""

    rows: Ints
    duty: Floats
    share: Floats
    left: Floats


@dataclass(frozen=True)
class Evaluated:
    """Results by row.

    Attributes
    ----------
    own (scenario, node), landed
        Value added by node and what accumulates along the graph.
    cost (scenario, route) [USD per product]
    duty (scenario, route) [USD per product]
        Duties of all borders on the way.
    share_before, share_after (scenario, route), units_before, units_after (scenario, route)
        Route shares and volumes a year.
    capacity (scenario, route) [units a year], capacity_worth (scenario, route) [USD per unit]
        Most that a route can bring, and what one more unit a year of it would be worth.
    cost_index, price, volume (scenario, market)
        Ratios to the baseline row.
    exposed, predicted (scenario, node) [persons]
    lines
        Duty lines by (state, level); empty unless they were asked for.
    """

    own: Floats
    landed: Landed
    cost: Floats
    duty: Floats
    share_before: Floats
    share_after: Floats
    units_before: Floats
    units_after: Floats
    capacity: Floats
    capacity_worth: Floats
    cost_index: Floats
    price: Floats
    volume: Floats
    exposed: Floats
    predicted: Floats
    lines: Mapping[tuple[int, int], LineDuty]


def evaluate(
    compiled: Compiled,
    rows: Rows,
    demand: str = "constant_elasticity",
    *,
    keep_lines: bool = False,
) -> Evaluated:
    """Evaluate rows.

    Parameters
    ----------
    compiled
        Arrays of the scenarios.
    rows
        What each row is: law state, baseline row, inputs, rates.
    demand
        Name of a model in `exposure.economy.demand.MODELS`.
    keep_lines
        Keep the duty of every line, for tables that explain.
    """
    own = _own_values(compiled, rows.values)
    freight = _freight_shares(compiled, rows.values)
    lines: dict[tuple[int, int], LineDuty] = {}
    parts: list[tuple[Ints, Landed]] = []
    for number in np.unique(rows.state):
        mine = np.flatnonzero(rows.state == number)
        state = compiled.states[int(number)]

        def duty_rate(
            level: int,
            content: Floats,
            state: CompiledLaw = state,
            mine: Ints = mine,
            number: int = int(number),
        ) -> Floats:
            total, kept = level_duty(compiled, state.levels[level], content, rows, mine)
            if keep_lines:
                lines[number, level] = kept
            return total

        parts.append((mine, accumulate(compiled.graph, own[mine], freight[mine], duty_rate)))
    landed = _assemble(parts, len(rows.state))
    return _respond(compiled, rows, demand, own, landed, lines)


def _own_values(compiled: Compiled, values: Values) -> Floats:
    """Value added (scenario, node) [USD per unit of the part]."""
    nodes = compiled.network.nodes
    count = len(next(iter(values.values())))
    own = np.zeros((count, len(nodes)))
    for product, group in nodes[nodes["part"] != MARKET].groupby("product", sort=False):
        parts = list(group["part"].unique())
        share = {part: values[f"{product}/part/{part}"] for part in parts}
        whole = np.sum(list(share.values()), axis=0)
        unit = values[f"{product}/customs_value_usd"]
        for row in group.itertuples():
            index = values[f"{product}/route/{row.route}/cost_index"] if row.indexed else 1.0
            # Shares are drawn one by one and brought back to a sum of 1.
            own[:, int(str(row.Index))] = unit * share[str(row.part)] / whole * index
    return own


def _freight_shares(compiled: Compiled, values: Values) -> Floats:
    edges = compiled.network.edges
    count = len(next(iter(values.values())))
    share = np.zeros((count, len(edges)))
    for row in edges.itertuples():
        if row.last:
            share[:, int(str(row.Index))] = values[f"{row.product}/route/{row.route}/freight_share"]
        elif row.crosses:
            share[:, int(str(row.Index))] = values[f"{row.product}/parts_freight_share"]
    return share


def level_duty(
    compiled: Compiled, level: LevelLines, content: Floats, rows: Rows, mine: Ints
) -> tuple[Floats, LineDuty]:
    """Duty of the crossings that arrive at a level, and its lines.

    Parameters
    ----------
    compiled, level
        Which crossings, under which law.
    content (scenario, crossing, tag) [fraction of customs value]
    rows, mine
        All rows, and the numbers of those that ``content`` holds.

    Returns
    -------
    duty (scenario, crossing) [fraction of customs value], lines
    """
    found = level.lines
    at = found.crossing
    american = np.array([tag.country == "USA" for tag in compiled.tags], dtype=bool)
    computed = content[:, :, american].sum(axis=2)
    us = np.where(np.isnan(level.us_content), computed, level.us_content)
    share = base_shares(found.base, content[:, at], us[:, at])
    statutory = np.repeat(found.rate[None], len(mine), axis=0)
    for key, wanted in rows.rates.items():
        hit = level.clause_keys == key
        given = wanted[mine][:, None]
        statutory[:, hit] = np.where(np.isnan(given), statutory[:, hit], given)
    rate = extra_rate(found.structure.kind, statutory, found.cap, found.column1.rate[at])
    duty, left = duty_shares(found.structure, rate, share)
    total = per_crossing(found.structure, duty, found.column1.rate)
    return total, LineDuty(mine, duty, share, left)


def _assemble(parts: list[tuple[Ints, Landed]], count: int) -> Landed:
    """Put the rows of all states back in their order."""
    if len(parts) == 1:
        return parts[0][1]
    fields = {}
    for name in vars(parts[0][1]):
        first = getattr(parts[0][1], name)
        whole = np.empty((count, *first.shape[1:]))
        for mine, landed in parts:
            whole[mine] = getattr(landed, name)
        fields[name] = whole
    return Landed(**fields)


def edge_units(compiled: Compiled) -> Floats:
    """Units of the part on each edge in one finished product (edge,)."""
    units = compiled.network.nodes["units"].to_numpy(dtype=float)
    per_edge: Floats = compiled.graph.weight * units[compiled.graph.target]
    return per_edge


def _respond(
    compiled: Compiled,
    rows: Rows,
    demand: str,
    own: Floats,
    landed: Landed,
    lines: Mapping[tuple[int, int], LineDuty],
) -> Evaluated:
    routes, nodes, edges = compiled.routes, compiled.network.nodes, compiled.network.edges
    market = routes["market"].to_numpy(dtype=np.int64)
    cost = landed.value[:, routes["node"].to_numpy(dtype=np.int64)]
    keys = {
        (str(p), str(r)): i
        for i, (p, r) in enumerate(zip(routes["product"], routes["route"], strict=True))
    }
    duty = np.zeros_like(cost)
    paid = landed.duty * edge_units(compiled)
    for number, key in enumerate(zip(edges["product"], edges["route"], strict=True)):
        duty[:, keys[(str(key[0]), str(key[1]))]] += paid[:, number]
    before = np.stack(
        [rows.values[f"{row.product}/route/{row.route}/volume"] for row in routes.itertuples()],
        axis=1,
    )
    moved = move(
        compiled, rows.values, cost, cost[rows.baseline], before, rows.cheapest, rows.limits, demand
    )
    units = moved.units
    of_node = np.array(
        [keys[(str(p), str(r))] for p, r in zip(nodes["product"], nodes["route"], strict=True)]
    )
    made = own * nodes["units"].to_numpy(dtype=float)
    labour = _labour(compiled, rows.values)
    at_work = jobs.exposed(made, before[:, of_node], labour)
    # Where nothing was made before, all who make it now are new.
    opened = jobs.exposed(made, np.where(before > 0, 0.0, units)[:, of_node], labour)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(before > 0, units / before, 1.0)
    response = parameter(compiled, rows.values, "employment_elasticity")[:, market][:, of_node]
    return Evaluated(
        own=own,
        landed=landed,
        cost=cost,
        duty=duty,
        share_before=moved.share_before,
        share_after=moved.share,
        units_before=before,
        units_after=units,
        capacity=moved.capacity,
        capacity_worth=moved.worth,
        cost_index=moved.index,
        price=moved.price,
        volume=moved.volume,
        exposed=at_work,
        predicted=jobs.predicted(at_work, ratio[:, of_node], response) + opened,
        lines=lines,
    )


def _labour(compiled: Compiled, values: Values) -> Floats:
    nodes = compiled.network.nodes
    count = len(next(iter(values.values())))
    rate = np.zeros((count, len(nodes)))
    for number, row in enumerate(nodes.itertuples()):
        if row.part != MARKET:
            rate[:, number] = values[f"labour/{row.country}/{row.industry}"]
    return rate
