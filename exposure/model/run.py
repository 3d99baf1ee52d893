"""The one evaluation: rows of law states and inputs become landed costs, volumes and jobs.

A single run, a comparison and a sweep call the same function with one, a few or many rows; a
difference is a subtraction of rows of the same call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from exposure.axes import columns, row_sums, rows_of
from exposure.economy import jobs
from exposure.economy.incidence import Burden
from exposure.law.base import Bases, base_shares
from exposure.law.stack import duty_shares, extra_rate, per_crossing
from exposure.model.compile import AtMarket, Compiled, CompiledLaw, LevelLines, Values, parameter
from exposure.model.rows import Rows
from exposure.model.volumes import Terms, move, terms
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
    priced
        What accumulates along the graph, and comes to market.
    share_before, share_after (scenario, route), units_before, units_after (scenario, route)
        Route shares and volumes a year.
    capacity (scenario, route) [units a year], capacity_worth (scenario, route) [USD per unit]
        Most that a route can bring, and what one more unit a year of it would be worth.
    cost_index, price, volume (scenario, market)
        Ratios to the baseline row.
    burden
        Who bears a change of duty, each (scenario, market) [fraction].
    exposed, predicted (scenario, worker) [persons]
        By the workers of ``compiled.work``.
    """

    priced: Priced
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

    @property
    def own(self) -> Floats:
        """Value added (scenario, node) [USD per unit of the part]."""
        return self.priced.own

    @property
    def landed(self) -> Landed:
        """What accumulates along the graph."""
        return self.priced.landed

    @property
    def lines(self) -> Mapping[tuple[int, int], LineDuty]:
        """Duty lines by (state, level); none unless they were asked for."""
        return self.priced.lines

    @property
    def cost(self) -> Floats:
        """Landed cost (scenario, route) [USD per product]."""
        return self.priced.at_market.cost

    @property
    def duty(self) -> Floats:
        """Duties of all borders on the way (scenario, route) [USD per product]."""
        return self.priced.at_market.duty

    @property
    def gate(self) -> Floats:
        """Value as the product leaves its last plant (scenario, route) [USD per product]."""
        return self.priced.at_market.gate

    @property
    def last_rate(self) -> Floats:
        """Duty at the border after it (scenario, route) [fraction]; 0 where it crosses none."""
        return self.priced.at_market.last_rate


def evaluate(
    compiled: Compiled, rows: Rows, *, keep_lines: bool = False, known: Terms | None = None
) -> Evaluated:
    """Evaluate rows.

    Parameters
    ----------
    compiled
        Arrays of the scenarios.
    rows
        What each row is: law state, baseline row, inputs, rates, models.
    keep_lines
        Keep the duty of every line, for tables that explain.
    known
        What volumes answer by, where it is known beforehand.
    """
    return respond(compiled, rows, landed_costs(compiled, rows, keep_lines=keep_lines), known)


@dataclass(frozen=True)
class Priced:
    """What accumulates along the graph; hangs on law and figures, not on behaviour.

    Attributes
    ----------
    own (scenario, node) [USD per unit of the part]
        Value added.
    parts
        Rows of each law state, and what accumulates in them; states that are known beforehand are
        left out.
    at_market
        What comes to market.
    lines
        Duty lines by (state, level); empty unless they were asked for.
    """

    own: Floats
    parts: Sequence[tuple[Ints | slice, Landed]]
    at_market: AtMarket
    lines: Mapping[tuple[int, int], LineDuty]

    @cached_property
    def landed(self) -> Landed:
        """What accumulates along the graph, in the order of the rows."""
        if len(self.parts) == 1:
            return self.parts[0][1]
        fields = {}
        for name in vars(self.parts[0][1]):
            first = getattr(self.parts[0][1], name)
            # Laid out as `accumulate` lays them out, nodes and edges first.
            whole = np.empty((first.shape[1], len(self.own), *first.shape[2:]))
            for mine, landed in self.parts:
                whole[:, mine] = getattr(landed, name).swapaxes(0, 1)
            fields[name] = whole.swapaxes(0, 1)
        return Landed(**fields)


def landed_costs(compiled: Compiled, rows: Rows, *, keep_lines: bool = False) -> Priced:
    """Cost, content and duty along the graph, in every row."""
    nodes = len(compiled.network.nodes)
    made = own_values(compiled, rows.values) if compiled.own is None else compiled.own
    own = np.broadcast_to(made, (len(rows), nodes))
    freight = compiled.labels.freight.of(rows.values, 0.0)
    lines: dict[tuple[int, int], LineDuty] = {}
    parts: list[tuple[Ints | slice, Landed]] = []
    come: list[tuple[Ints | slice, AtMarket]] = []
    for number in sorted(set(rows.state.tolist())):
        mine = np.flatnonzero(rows.state == number)
        place = _stretch(mine)
        if number in compiled.known:
            come.append((place, compiled.known[number]))
            continue
        state = compiled.states[number]

        def duty_rate(
            level: int,
            content: Floats,
            state: CompiledLaw = state,
            mine: Ints = mine,
            number: int = number,
        ) -> Floats:
            total, kept = level_duty(compiled, state.levels[level], content, rows, mine)
            if keep_lines:
                lines[number, level] = kept
            return total

        given = compiled.given.get(number)
        carriage = rows_of(freight, place)
        landed = accumulate(compiled.graph, own[place], carriage, duty_rate, given)
        parts.append((place, landed))
        come.append((place, at_market(compiled, landed)))
    return Priced(own, parts, _gathered(come, len(rows)), lines)


def at_market(compiled: Compiled, landed: Landed) -> AtMarket:
    """What of a graph comes to market on each route."""
    labels = compiled.labels
    return AtMarket(
        cost=columns(landed.value, labels.node),
        duty=columns(landed.paid, labels.node),
        gate=columns(landed.value, labels.gate),
        last_rate=columns(landed.rate, labels.last),
    )


def _gathered(parts: Sequence[tuple[Ints | slice, AtMarket]], count: int) -> AtMarket:
    """Rows of all states in their order."""
    if len(parts) == 1 and len(parts[0][1].cost) == count:
        return parts[0][1]
    fields = {}
    for name in vars(parts[0][1]):
        whole = np.empty((getattr(parts[0][1], name).shape[1], count))
        for mine, one in parts:
            whole[:, mine] = getattr(one, name).T
        fields[name] = whole.T
    return AtMarket(**fields)


def _stretch(rows: Ints) -> Ints | slice:
    """Rows that follow one another as a slice, which copies nothing."""
    first, last = int(rows[0]), int(rows[-1])
    return slice(first, last + 1) if last - first + 1 == len(rows) else rows


def own_values(compiled: Compiled, values: Values) -> Floats:
    """Value added (scenario, node) [USD per unit of the part]; none at a market.

    A currency that falls by a tenth makes work in it cheaper by a tenth, times the share of it
    that reaches dollar prices.
    """
    labels = compiled.labels
    own = steady_values(compiled, values)
    if _currencies(compiled, values):
        reaching = parameter(compiled, values, "exchange_pass_through")
        moved = columns(reaching, labels.market_of_node) * labels.currency.of(values, 0.0)
        own = own * (1.0 + moved)
    return own


def steady_values(compiled: Compiled, values: Values) -> Floats:
    """The same at the exchange rates of today."""
    labels = compiled.labels
    own = labels.unit.of(values, 0.0) * labels.share.of(values, 0.0)
    for shares, mine in labels.parts:
        # Shares are drawn one by one and brought back to a sum of 1.
        whole = row_sums(shares.of(values, 0.0))
        own = own if len(own) >= len(whole) else np.repeat(own, len(whole), axis=0)
        own[:, mine] /= whole[:, None]
    return own * labels.index.of(values, 1.0)


def _currencies(compiled: Compiled, values: Values) -> bool:
    return any(name in values for name in compiled.labels.currency.names)


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
        One row of duty where it does not differ.
    """
    found = level.lines
    at = found.crossing
    every = (len(mine), len(at))
    if not len(level.open):
        none = np.zeros(every)
        return level.rate[None], LineDuty(mine, none, none, none)
    share = _charged(compiled, level, content[:, level.open])
    statutory = found.rate[None]
    for key, wanted in rows.rates.items():
        hit = level.clause_keys == key
        given = rows_of(wanted, mine)[:, None]
        unset = np.isnan(given)
        if hit.any() and not unset.all():
            # Lines go first in memory.
            statutory = np.repeat(statutory.T, len(given) // len(statutory), axis=1).T
            statutory[:, hit] = np.where(unset, statutory[:, hit], given)
    rate = extra_rate(found.structure.kind, statutory, found.cap, found.column1.rate[at])
    duty, left = duty_shares(found.structure, rate, share)
    total = per_crossing(found.structure, duty, found.column1.rate)
    if len(level.open) < len(level.rate):
        whole = np.repeat(level.rate[:, None], len(total), axis=1)
        whole[level.open] = total.T
        total = whole.T
    kept = (np.broadcast_to(part, every) for part in (duty, share, left))
    return total, LineDuty(mine, *kept)


def _charged(compiled: Compiled, level: LevelLines, content: Floats) -> Floats:
    """Part of the value on which each line is charged (scenario, line); content as in `open`."""
    open_ = np.flatnonzero(np.isnan(level.share))
    if not len(open_):
        return level.share[None]
    found = level.lines
    at = found.crossing[open_]
    american = np.array([tag.country == "USA" for tag in compiled.tags], dtype=bool)
    computed = row_sums(content[:, :, american].transpose(0, 2, 1))
    us = np.where(np.isnan(level.us_content), computed, level.us_content)
    base = Bases(found.base.part[open_], found.base.weights[open_])
    worked_out = base_shares(base, content[:, at], us[:, at])
    if len(open_) == len(level.share):
        return worked_out
    share = np.repeat(level.share[None], len(worked_out), axis=0)
    share[:, open_] = worked_out
    return share


def edge_units(compiled: Compiled) -> Floats:
    """Units of the part on each edge in one finished product (edge,)."""
    units = compiled.network.nodes["units"].to_numpy(dtype=float)
    per_edge: Floats = compiled.graph.weight * units[compiled.graph.target]
    return per_edge


def work_per_unit(compiled: Compiled, own: Floats, values: Values) -> Floats:
    """Work in one finished product a year (scenario, worker) [persons]: no matter of currencies."""
    work = compiled.work
    if (work.node < 0).all():
        return work.per_unit
    if _currencies(compiled, values):
        own = steady_values(compiled, values)
    made = own * compiled.network.nodes["units"].to_numpy(dtype=float)
    of_node = jobs.per_unit(made, compiled.labels.labour.of(values, 0.0))
    return np.where(work.node < 0, work.per_unit, columns(of_node, work.node))


def respond(
    compiled: Compiled, rows: Rows, priced: Priced, known: Terms | None = None
) -> Evaluated:
    """Volumes, prices and jobs that answer to landed costs, in every row."""
    labels, work, count = compiled.labels, compiled.work, len(rows)
    by = known or terms(compiled, rows)
    before = by.before
    moved = move(compiled, rows, priced.at_market.cost, by)
    units = moved.units
    per_unit = work_per_unit(compiled, priced.own, rows.values)
    at_work = jobs.exposed(per_unit, columns(before, work.route))
    ships = np.greater(before, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(ships, units / before, 1.0)
    change = jobs.response(ratio, columns(by.employment, labels.market))
    predicted = at_work * columns(change, work.route)
    new = np.flatnonzero(~np.all(ships, axis=0)[work.route])
    if len(new):
        # Where nothing was made before, all who make it now are new.
        opened = np.where(ships, 0.0, units)
        predicted[:, new] += jobs.exposed(per_unit[:, new], columns(opened, work.route[new]))

    def every(table: Floats) -> Floats:
        return np.broadcast_to(table, (count, table.shape[1]))

    return Evaluated(
        priced=priced,
        share_before=every(by.share),
        share_after=every(moved.share),
        units_before=every(before),
        units_after=every(units),
        capacity=every(by.capacity),
        capacity_worth=every(moved.worth),
        cost_index=every(moved.index),
        price=every(moved.price),
        volume=every(moved.volume),
        burden=Burden(**{name: every(share) for name, share in vars(by.burden).items()}),
        exposed=every(at_work),
        predicted=every(predicted),
    )


@dataclass(frozen=True)
class Engine:
    """Who takes the two steps of an evaluation.

    A verification takes them a second way, see `exposure.validate.plain`; everything after them is
    then made of what that way gave.

    Attributes
    ----------
    price
        ``(compiled, rows, keep_lines) -> Priced``, as `landed_costs`.
    respond
        ``(compiled, rows, priced) -> Evaluated``, as `respond`.
    """

    price: Callable[[Compiled, Rows, bool], Priced]
    respond: Callable[[Compiled, Rows, Priced], Evaluated]


def _price(compiled: Compiled, rows: Rows, keep_lines: bool) -> Priced:
    return landed_costs(compiled, rows, keep_lines=keep_lines)


ARRAYS = Engine(_price, respond)
"""The one of every run: all rows at once."""
