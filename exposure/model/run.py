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
from exposure.economy.incidence import Burden
from exposure.law.base import base_shares
from exposure.law.stack import duty_shares, extra_rate, per_crossing
from exposure.model.compile import Compiled, CompiledLaw, LevelLines, Values, parameter
from exposure.model.rows import Rows
from exposure.model.volumes import move
from exposure.routes.landed import Landed, accumulate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
    burden
        Who bears a change of duty, each (scenario, market) [fraction].
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
    burden: Burden
    exposed: Floats
    predicted: Floats
    lines: Mapping[tuple[int, int], LineDuty]


def evaluate(compiled: Compiled, rows: Rows, *, keep_lines: bool = False) -> Evaluated:
    """Evaluate rows.

    Parameters
    ----------
    compiled
        Arrays of the scenarios.
    rows
        What each row is: law state, baseline row, inputs, rates, models.
    keep_lines
        Keep the duty of every line, for tables that explain.
    """
    return respond(compiled, rows, landed_costs(compiled, rows, keep_lines=keep_lines))


@dataclass(frozen=True)
class Priced:
    """What accumulates along the graph; hangs on law and figures, not on behaviour."""

    own: Floats
    landed: Landed
    lines: Mapping[tuple[int, int], LineDuty]


def landed_costs(compiled: Compiled, rows: Rows, *, keep_lines: bool = False) -> Priced:
    """Cost, content and duty along the graph, in every row."""
    own = _own_values(compiled, rows.values)
    freight = compiled.labels.freight.of(rows.values, 0.0)
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
    return Priced(own, _assemble(parts, len(rows.state)), lines)


def _own_values(compiled: Compiled, values: Values) -> Floats:
    """Value added (scenario, node) [USD per unit of the part]; none at a market."""
    labels = compiled.labels
    own = labels.unit.of(values, 0.0) * labels.share.of(values, 0.0)
    for shares, mine in labels.parts:
        # Shares are drawn one by one and brought back to a sum of 1.
        own[:, mine] /= shares.of(values, 0.0).sum(axis=1)[:, None]
    return own * labels.index.of(values, 1.0)


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
        # Laid out as `accumulate` lays them out, nodes and edges first.
        whole = np.empty((first.shape[1], count, *first.shape[2:])).swapaxes(0, 1)
        for mine, landed in parts:
            whole[mine] = getattr(landed, name)
        fields[name] = whole
    return Landed(**fields)


def edge_units(compiled: Compiled) -> Floats:
    """Units of the part on each edge in one finished product (edge,)."""
    units = compiled.network.nodes["units"].to_numpy(dtype=float)
    per_edge: Floats = compiled.graph.weight * units[compiled.graph.target]
    return per_edge


def respond(compiled: Compiled, rows: Rows, priced: Priced) -> Evaluated:
    """Volumes, prices and jobs that answer to landed costs, in every row."""
    own, landed = priced.own, priced.landed
    routes, nodes, labels = compiled.routes, compiled.network.nodes, compiled.labels
    market = routes["market"].to_numpy(dtype=np.int64)
    cost = landed.value[:, routes["node"].to_numpy(dtype=np.int64)]
    duty = np.zeros_like(cost)
    paid = landed.duty * edge_units(compiled)
    for number, route in enumerate(labels.route_of_edge):
        duty[:, route] += paid[:, number]
    before = labels.volume.of(rows.values, np.nan)
    moved = move(compiled, rows, cost, before)
    units = moved.units
    of_node = labels.route_of_node
    made = own * nodes["units"].to_numpy(dtype=float)
    labour = labels.labour.of(rows.values, 0.0)
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
        burden=moved.burden,
        exposed=at_work,
        predicted=jobs.predicted(at_work, ratio[:, of_node], response) + opened,
        lines=priced.lines,
    )
