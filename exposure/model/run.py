"""The one evaluation: rows of law states and inputs become landed costs, volumes and jobs.

A single run, a comparison and a sweep call the same function with one, a few or many rows; a
difference is a subtraction of rows of the same call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from exposure.axes import USA, columns, every_row, row_sums, rows_of, stretch
from exposure.economy import jobs
from exposure.economy.incidence import Burden
from exposure.law.base import Bases, base_shares
from exposure.law.stack import duty_shares, extra_rate, per_crossing
from exposure.model.compiled import AtMarket, Compiled, CompiledLaw, LevelLines, Values, parameter
from exposure.model.labels import Labels
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
    exposed (scenario, worker) [persons]
        By the workers of ``compiled.work``.
    jobs
        Of rows, persons predicted (scenario,) worker after worker: there are far more of them than
        routes, and what is only summed up need not stand in a table.
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
    jobs: Callable[[slice], Iterable[Floats]]

    @cached_property
    def predicted(self) -> Floats:
        """Persons predicted (scenario, worker), by the workers of ``compiled.work``."""
        return np.stack(list(self.jobs(slice(None)))).T

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
        return self.priced.cost

    @property
    def duty(self) -> Floats:
        """Duties of all borders on the way (scenario, route) [USD per product]."""
        return self.priced.duty

    @property
    def gate(self) -> Floats:
        """Value as the product leaves its last plant (scenario, route) [USD per product]."""
        return self.priced.gate

    @property
    def last_rate(self) -> Floats:
        """Duty at the border after it (scenario, route) [fraction]; 0 where it crosses none."""
        return self.priced.last_rate


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
class ReadOff:
    """What of a graph comes to market, as `AtMarket`; each is read off when it is asked for."""

    labels: Labels
    landed: Landed

    @property
    def cost(self) -> Floats:
        """Landed cost (scenario, route) [USD per product]."""
        return columns(self.landed.value, stretch(self.labels.node))

    @property
    def duty(self) -> Floats:
        """Duties of all borders in it."""
        return columns(self.landed.paid, stretch(self.labels.node))

    @property
    def gate(self) -> Floats:
        """Value as the product leaves its last plant."""
        return columns(self.landed.value, stretch(self.labels.gate))

    @property
    def last_rate(self) -> Floats:
        """Duty at the border after it (scenario, route) [fraction]."""
        return columns(self.landed.rate, stretch(self.labels.last))


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
    come
        Rows of each law state, and what comes to market in them.
    lines
        Duty lines by (state, level); empty unless they were asked for.
    """

    own: Floats
    parts: Sequence[tuple[Ints | slice, Landed]]
    come: Sequence[tuple[Ints | slice, AtMarket | ReadOff]]
    lines: Mapping[tuple[int, int], LineDuty]

    @cached_property
    def cost(self) -> Floats:
        """Landed cost (scenario, route) [USD per product]."""
        return self._gathered("cost")

    @cached_property
    def duty(self) -> Floats:
        """Duties of all borders on the way (scenario, route) [USD per product]."""
        return self._gathered("duty")

    @cached_property
    def gate(self) -> Floats:
        """Value as the product leaves its last plant (scenario, route) [USD per product]."""
        return self._gathered("gate")

    @cached_property
    def last_rate(self) -> Floats:
        """Duty at the border after it (scenario, route) [fraction]; 0 where it crosses none."""
        return self._gathered("last_rate")

    def _gathered(self, name: str) -> Floats:
        """What comes to market, in the order of the rows."""
        tables = [(mine, getattr(one, name)) for mine, one in self.come]
        count, first = len(self.own), tables[0][1]
        if len(tables) == 1 and len(first) == count:
            return np.asarray(first)
        whole = np.empty((first.shape[1], count))
        for mine, table in tables:
            whole[:, mine] = table.T
        return whole.T

    @cached_property
    def landed(self) -> Landed:
        """What accumulates along the graph, in the order of the rows."""
        first = self.parts[0][1]

        def joined(name: str) -> Floats:
            one: Floats = getattr(first, name)
            if len(self.parts) == 1:
                return one
            # Laid out as `accumulate` lays them out, nodes and edges first.
            whole = np.empty((one.shape[1], len(self.own), *one.shape[2:]))
            for mine, landed in self.parts:
                whole[:, mine] = getattr(landed, name).swapaxes(0, 1)
            return whole.swapaxes(0, 1)

        return Landed(
            value=joined("value"),
            content=joined("content"),
            paid=joined("paid"),
            along={name: [(slice(None), joined(name).T)] for name in first.along},
            edges=first.edges,
        )


def landed_costs(compiled: Compiled, rows: Rows, *, keep_lines: bool = False) -> Priced:
    """Cost, content and duty along the graph, in every row."""
    nodes = len(compiled.network.nodes)
    made = own_values(compiled, rows.values) if compiled.own is None else compiled.own
    own = np.broadcast_to(made, (len(rows), nodes))
    freight = compiled.freight
    if freight is None:
        freight = compiled.labels.freight.of(rows.values, 0.0)
    lines: dict[tuple[int, int], LineDuty] = {}
    parts: list[tuple[Ints | slice, Landed]] = []
    come: list[tuple[Ints | slice, AtMarket | ReadOff]] = []
    for number in np.flatnonzero(np.bincount(rows.state)).tolist():
        mine = np.flatnonzero(rows.state == number)
        place = stretch(mine)
        if number in compiled.known:
            come.append((place, compiled.known[number]))
            continue
        state = compiled.states[number]

        def duty_rate(
            level: int,
            content: Floats,
            state: CompiledLaw = state,
            mine: Ints = mine,
            place: Ints | slice = place,
            number: int = number,
        ) -> Floats:
            total, kept = level_duty(compiled, state.levels[level], content, rows, place)
            if keep_lines:
                lines[number, level] = LineDuty(mine, *(every_row(t, len(mine)) for t in kept))
            return total

        given = compiled.given.get(number)
        carriage = rows_of(freight, place)
        landed = accumulate(compiled.graph, own[place], carriage, duty_rate, given)
        parts.append((place, landed))
        come.append((place, ReadOff(compiled.labels, landed)))
    return Priced(own, parts, come, lines)


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
    compiled: Compiled, level: LevelLines, content: Floats, rows: Rows, mine: Ints | slice
) -> tuple[Floats, tuple[Floats, Floats, Floats]]:
    """Duty of the crossings that arrive at a level, and of its lines.

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
        The lines as in `LineDuty`. One row where it does not differ.
    """
    found = level.lines
    at = found.crossing
    if not len(level.open):
        none = np.zeros((1, len(at)))
        return level.rate[None], (none, none, none)
    share = _charged(compiled, level, content[:, level.open])
    statutory = _statutory(level, rows, mine)
    rate = extra_rate(found.structure.kind, statutory, found.cap, found.column1.rate[at])
    duty, left = duty_shares(found.structure, rate, share)
    total = per_crossing(found.structure, duty, found.column1.rate)
    if len(level.open) < len(level.rate):
        whole = np.repeat(level.rate[:, None], len(total), axis=1)
        whole[level.open] = total.T
        total = whole.T
    return total, (duty, share, left)


def _statutory(level: LevelLines, rows: Rows, mine: Ints | slice) -> Floats:
    """Rates of the lines (scenario, line) [fraction]: the law's, or a row's own."""
    given = [
        (level.lines_of[key], rows_of(wanted, mine))
        for key, wanted in rows.rates.items()
        if key in level.lines_of
    ]
    # Lines go first in memory.
    rate = np.repeat(level.lines.rate[:, None], max((len(g) for _, g in given), default=1), axis=1)
    for hit, wanted in given:
        unset = np.isnan(wanted)
        rate[hit] = np.where(unset, rate[hit], wanted) if unset.any() else wanted
    return rate.T


def _charged(compiled: Compiled, level: LevelLines, content: Floats) -> Floats:
    """Part of the value on which each line is charged (scenario, line); content as in `open`."""
    open_ = np.flatnonzero(np.isnan(level.share))
    if not len(open_):
        return level.share[None]
    found = level.lines
    at = found.crossing[open_]
    american = np.array([tag.country == USA for tag in compiled.tags], dtype=bool)
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
    moved = move(compiled, rows, priced.cost, by)
    ships = np.greater(before, 0.0)
    ratio = np.divide(moved.units, before, out=np.ones_like(moved.units), where=ships)
    per_unit = work_per_unit(compiled, priced.own, rows.values)
    at_work = jobs.exposed(per_unit, columns(before, work.route))
    change = jobs.response(ratio, columns(by.employment, labels.market))

    def every(table: Floats) -> Floats:
        return every_row(table, count)

    return Evaluated(
        priced=priced,
        share_before=every(by.share),
        share_after=every(moved.share),
        units_before=every(before),
        units_after=every(moved.units),
        capacity=every(by.capacity),
        capacity_worth=every(moved.worth),
        cost_index=every(moved.index),
        price=every(moved.price),
        volume=every(moved.volume),
        burden=Burden(**{name: every(share) for name, share in vars(by.burden).items()}),
        exposed=every(at_work),
        jobs=_Jobs(work.route, at_work, change, per_unit, ships, moved.units).predicted,
    )


@dataclass(frozen=True)
class _Jobs:
    """How jobs answer.

    Attributes
    ----------
    route (worker,)
    at_work, per_unit (scenario, worker) [persons, persons per finished product a year]
    change (scenario, route) [fraction]
        Of those at work.
    ships (scenario, route), units (scenario, route) [units a year]
        Whether anything was made before, and what is made now.
    """

    route: Ints
    at_work: Floats
    change: Floats
    per_unit: Floats
    ships: NDArray[np.bool_]
    units: Floats

    def predicted(self, rows: slice) -> Iterator[Floats]:
        """Jobs predicted (scenario,) of some rows, worker after worker [persons]."""
        at_work, per_unit, change, ships, units = (
            list(rows_of(table, rows).T)
            for table in (self.at_work, self.per_unit, self.change, self.ships, self.units)
        )
        closed = [route for route, ship in enumerate(ships) if not ship.all()]
        opened = {route: np.where(ships[route], 0.0, units[route]) for route in closed}
        opened = {route: made for route, made in opened.items() if made.any()}
        for worker, route in enumerate(self.route.tolist()):
            part = at_work[worker] * change[route]
            if route in opened:
                # Where nothing was made before, all who make it now are new.
                part += jobs.exposed(per_unit[worker], opened[route])
            yield part


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
