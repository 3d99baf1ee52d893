"""A sweep made ready: each way compiled and folded once, and stretches of scenarios as rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import rows_of
from exposure.errors import DataError, ExposureError, QueryError
from exposure.facts.documents import Dimension, LawDate, Option, Scenario, Sweep
from exposure.facts.scenario import check_scenario, check_sweep, read_scenario
from exposure.facts.world import World
from exposure.model.compile import compile_scenarios
from exposure.model.compiled import Compiled, Values, route_limits
from exposure.model.draws import LONG, quantiles
from exposure.model.fold import fold
from exposure.model.headline import Sides
from exposure.model.inputs import draws_of
from exposure.model.labels import currency_name
from exposure.model.rows import Rows, joined, side_rows
from exposure.model.run import evaluate
from exposure.model.volumes import Terms, terms
from exposure.near import nearest
from exposure.sweeps.layout import Layout, Stretch, layout
from exposure.sweeps.outputs import columns_of, values_of, wanted
from exposure.sweeps.reading import Column

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BLOCK = 4000
"""Rows evaluated at once, at most."""
LEAST_BLOCK = 100
CELLS = 600_000
"""Numbers in a block's arrays of nodes: few enough to stay near the processor."""
Told = Callable[[int, int], None]
"""Told ``(ways made ready, ways)``."""


@dataclass(frozen=True)
class Way:
    """One combination of options and days.

    Attributes
    ----------
    scenario
        The sweep's scenario with these options laid over it.
    compiled
        Its arrays, folded; None where it cannot be evaluated.
    pair
        Law states of baseline and scenario.
    values
        Inputs by name: (1,) where they stay, else one for each draw.
    limits (side, route) [units a year]
        Caps of the scenario.
    terms
        What volumes answer by, where nothing moves it; else it is worked out in every row.
    fault
        Why it cannot be evaluated; empty if it can.
    """

    scenario: Scenario
    compiled: Compiled | None
    pair: tuple[int, int]
    values: Values
    limits: Floats
    terms: Terms | None
    fault: str


@dataclass(frozen=True)
class Prepared:
    """A sweep made ready; nothing of the world's files is asked for any more.

    Attributes
    ----------
    layout
        Where its points lie.
    ways
        By their numbers in the layout.
    moved
        For each numeric dimension, the names of the inputs that it sets; none for a rate.
    laws
        Ranges of the register for dimensions that follow its laws, by column.
    outputs
        Names of what is written down.
    columns
        All columns of the output.
    """

    layout: Layout
    ways: tuple[Way, ...]
    moved: tuple[tuple[str, ...], ...]
    laws: Mapping[str, pd.DataFrame]
    outputs: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Part:
    """Evaluated scenarios: columns by name, in the order of the output, and those that failed."""

    columns: dict[str, NDArray[np.generic]]
    failed: pd.DataFrame


def prepare(world: World, spec: Sweep, told: Told | None = None, where: str = "") -> Prepared:
    """Compile and fold every way of a sweep; ``where`` names it in messages.

    Raises
    ------
    Problems, QueryError
        If the sweep names what does not exist, a rate acts on no crossing, or no way can be
        evaluated.
    """
    where = where or f"sweep {spec.id}"
    check_sweep(world, spec, where)
    base = read_scenario(world, spec.scenario)
    if spec.products:
        base = base.model_copy(update={"products": list(spec.products)})
    laid = layout(spec)
    scenarios = [_variant(base, laid.choices, labels) for labels in laid.ways]
    ways: list[Way] = []
    moved: tuple[tuple[str, ...], ...] = ()
    whole: Compiled | None = None
    acting: set[str] = set()
    faults: list[ExposureError] = []
    for number, scenario in enumerate(scenarios):
        try:
            check_scenario(world, scenario, where)
            compiled, [pair] = compile_scenarios(world, [scenario])
            moved = tuple(_names(compiled, item, scenario, where) for item in laid.numbers)
            way = _folded(compiled, scenario, pair, laid, moved)
            acting |= _acting(compiled, pair[1])
            whole = compiled
        except ExposureError as error:
            faults.append(error)
            way = Way(scenario, None, (0, 0), {}, np.empty((0, 0)), None, _line(error))
        ways.append(way)
        if told is not None:
            told(number + 1, len(scenarios))
    if whole is None:
        raise faults[0]
    _must_act(laid, acting, where)
    outputs = wanted(spec.outputs, f"{where}: outputs")
    laws = {
        item.column: _law(whole, str(item.parameter or item.figure), where)
        for item in laid.numbers
        if item.between is None and spec.design in ("latin_hypercube", "sobol", "saltelli")
    }
    return Prepared(
        layout=laid,
        ways=tuple(ways),
        moved=moved,
        laws=laws,
        outputs=outputs,
        columns=(*_inputs(whole, laid), *columns_of(whole, outputs)),
    )


def _line(error: ExposureError) -> str:
    return str(error).splitlines()[0]


def _variant(base: Scenario, choices: Sequence[Dimension], labels: Sequence[str]) -> Scenario:
    """The scenario with one way of each choice laid over it."""
    changes: dict[str, object] = {}
    lists = {name: list(getattr(base, name)) for name in ("law", "crossings", "limits")}
    for item, label in zip(choices, labels, strict=True):
        if item.law_on is not None:
            option = Option(law_on=LawDate(effective_on=dt.date.fromisoformat(label)))
        else:
            option = (item.options or {})[label]
        for name, rows in lists.items():
            rows += getattr(option, name)
        for name in ("law_on", "baseline", "route_choice", "demand", "incidence", "years"):
            if getattr(option, name) is not None:
                changes[name] = getattr(option, name)
    return base.model_copy(update=changes | lists)


def _names(compiled: Compiled, item: Dimension, scenario: Scenario, where: str) -> tuple[str, ...]:
    """Names of the inputs that a numeric dimension sets.

    Raises
    ------
    QueryError
        If none of the products reads it.
    """
    if item.clause is not None:
        return ()
    if item.currency is not None:
        name = currency_name(item.currency)
        known = sorted(set(compiled.labels.currency.names))
        if name not in known:
            what = f"no work on the products is done in {item.currency}"
            raise QueryError(what, where, nearest(name, known).replace("currency/", ""))
        return (name,)
    asked = str(item.parameter or item.figure)
    if asked == "adjustment_years" and scenario.years > 1:
        raise QueryError(f"{asked} moves all that takes time", where, "move `years` by options")
    found = tuple(
        name
        for name in compiled.ranges.index.astype(str)
        if not name.endswith(LONG) and name.split("@")[0] == asked
    )
    if not found:
        known = sorted({name.split("@")[0] for name in compiled.ranges.index.astype(str)})
        raise QueryError(f"none of the products reads {asked!r}", where, nearest(asked, known))
    return found


def _law(compiled: Compiled, name: str, where: str) -> pd.DataFrame:
    """Range and law of the register, one row.

    Raises
    ------
    QueryError
        If it has one for each sector only.
    """
    if name not in compiled.ranges.index:
        raise QueryError(f"{name!r} has a range by sector", where, "give `between: [low, high]`")
    return compiled.ranges.loc[[name]]


def _acting(compiled: Compiled, state: int) -> set[str]:
    """``action/clause`` that act on a crossing."""
    levels = compiled.states[state].levels.values()
    return {key for level in levels for key in level.clause_keys.tolist()}


def _must_act(laid: Layout, acting: set[str], where: str) -> None:
    """Clauses of a sweep act on some crossing, in some way.

    Raises
    ------
    QueryError
        If one does not; those that act are listed.
    """
    for item in laid.numbers:
        key = f"{item.action}/{item.clause}"
        if item.clause is not None and key not in acting:
            known = f"acting: {', '.join(sorted(acting))}"
            raise QueryError(f"clause {key!r} acts on no crossing", where, known)


def _folded(
    compiled: Compiled,
    scenario: Scenario,
    pair: tuple[int, int],
    laid: Layout,
    moved: Sequence[tuple[str, ...]],
) -> Way:
    values = draws_of(compiled, scenario, laid.spec.draws, laid.spec.seed)
    # What no draw moves stands once.
    values = {k: v if (v != v[0]).any() else v[:1] for k, v in values.items()}
    one = {name: column[:1] for name, column in values.items()}
    none = np.zeros(1, dtype=np.int64)
    sides = [
        side_rows(compiled, source, state, none, one)
        for source, state in zip((None, scenario), pair, strict=True)
    ]
    # One row for each state; where both sides are under the same law, the scenario's currencies
    # make no other state, and what they move is moved in every row.
    central = joined(sides, [0, 0]) if pair[0] != pair[1] else sides[1]
    names = {name for names in moved for name in names}
    names |= {name for name, column in values.items() if len(column) > 1}
    names |= {currency_name(name) for name in scenario.currencies}
    keys = {f"{d.action}/{d.clause}" for d in laid.numbers if d.clause is not None}
    small = fold(compiled, central, names, keys)
    limits = np.stack([route_limits(compiled, source) for source in (None, scenario)])
    # What has been folded is all that is asked for: the rest need not travel to other machines.
    slim = replace(
        small,
        full=small.network,
        states=tuple(replace(state, law=None) for state in small.states),
    )
    return Way(scenario, slim, pair, values, limits, _terms(slim, sides, moved, values), "")


def _terms(
    compiled: Compiled, sides: Sequence[Rows], moved: Sequence[tuple[str, ...]], values: Values
) -> Terms | None:
    """What volumes answer by, if it is the same in every row."""
    currencies = set(compiled.labels.currency.names)
    moves = any(name not in currencies for names in moved for name in names)
    drawn = any(len(column) > 1 for column in values.values())
    differ = any(
        (getattr(sides[0], name) != getattr(sides[1], name)).any()
        for name in ("limits", "incidence")
    )
    return None if moves or drawn or differ else terms(compiled, sides[1])


def _inputs(compiled: Compiled, laid: Layout) -> Iterator[Column]:
    yield Column("scenario_id", "id", "", "Number of the scenario, from 0")
    for item in laid.choices:
        yield Column(item.column, "input", "", "Day of the law" if item.law_on else "Option")
    for item in laid.numbers:
        if item.clause is not None:
            unit, title = "fraction", f"Rate of {item.action}, {item.clause}"
        elif item.currency is not None:
            unit, title = "fraction", f"Change of the currency of {item.currency} in dollars"
        else:
            asked = str(item.parameter or item.figure)
            row = compiled.ranges[compiled.ranges.index.str.split("@").str[0] == asked].iloc[0]
            unit, title = str(row["unit"]), str(row["title"])
        yield Column(item.column, "input", unit, title)
    if laid.spec.draws:
        yield Column("draw", "input", "", "Number of the draw; 0 is central")


# --- evaluation ------------------------------------------------------------------------------


def stretch_part(prepared: Prepared, start: int, stop: int) -> Part:
    """Evaluate scenarios ``start`` up to but not including ``stop``."""
    laid = prepared.layout
    stretch = laid.stretch(start, stop)
    number = _at(prepared, stretch)
    outputs = [column.name for column in prepared.columns if column.role == "output"]
    found = np.full((len(outputs), len(stretch.id)), np.nan)
    reasons = np.full(len(stretch.id), "", dtype=object)
    for name in np.unique(stretch.way):
        mine = np.flatnonzero(stretch.way == name)
        way = prepared.ways[int(name)]
        if way.compiled is None:
            reasons[mine] = way.fault
            continue
        block = _block(way.compiled)
        for first in range(0, len(mine), block):
            rows = mine[first : first + block]
            _evaluate(prepared, way, number[rows], stretch.draw[rows], rows, found, reasons)
    columns: dict[str, NDArray[np.generic]] = {"scenario_id": stretch.id}
    for place, item in enumerate(laid.choices):
        labels = np.array([labels[place] for labels in laid.ways], dtype=object)
        columns[item.column] = labels[stretch.way]
    for place, item in enumerate(laid.numbers):
        columns[item.column] = np.ascontiguousarray(number[:, place])
    if laid.spec.draws:
        columns["draw"] = stretch.draw
    failed = pd.DataFrame({**columns, "reason": reasons})[reasons != ""].reset_index(drop=True)
    columns |= dict(zip(outputs, found, strict=True))
    if len(failed):
        columns = {name: column[reasons == ""] for name, column in columns.items()}
    return Part(columns, failed)


def ask(prepared: Prepared, number: Floats, draw: Ints) -> Floats:
    """Outputs (scenario, output) of the first way at chosen points.

    Parameters
    ----------
    prepared
        A sweep of numbers.
    number (scenario, dimension)
        Values of its dimensions; a rate that is not a number is the law's.
    draw (scenario,)
        Numbers of the draws; 0 is central.

    Raises
    ------
    ExposureError
        If a point cannot be evaluated.
    """
    way = prepared.ways[0]
    assert way.compiled is not None
    block = _block(way.compiled)
    parts = [
        _values(prepared, way, number[first : first + block], draw[first : first + block])
        for first in range(0, len(draw), block)
    ]
    return np.concatenate(parts, axis=1).T


def _block(compiled: Compiled) -> int:
    """Rows that are evaluated at once."""
    cells = len(compiled.network.nodes) * (1 + len(compiled.tags))
    return min(BLOCK, max(LEAST_BLOCK, CELLS // max(1, cells)))


def _at(prepared: Prepared, stretch: Stretch) -> Floats:
    """Values of the numeric dimensions (scenario, dimension)."""
    laid = prepared.layout
    if laid.spec.design in ("grid", "list"):
        return stretch.number
    found = np.empty_like(stretch.number)
    for place, item in enumerate(laid.numbers):
        chance = stretch.number[:, place]
        if item.between is not None:
            low, high = item.between
            found[:, place] = low + chance * (high - low)
        else:
            name = str(item.parameter or item.figure)
            found[:, place] = quantiles(prepared.laws[item.column], {name: chance})[name]
    return found


def _evaluate(
    prepared: Prepared,
    way: Way,
    number: Floats,
    draw: Ints,
    rows: Ints,
    found: Floats,
    reasons: NDArray[np.object_],
) -> None:
    """Fill the columns ``rows`` of ``found``; what fails is halved until it stands alone."""
    try:
        values = _values(prepared, way, number, draw)
    except ExposureError as error:
        if len(rows) == 1:
            reasons[rows] = _line(error)
            return
        half = len(rows) // 2
        for part in (slice(None, half), slice(half, None)):
            _evaluate(prepared, way, number[part], draw[part], rows[part], found, reasons)
        return
    found[:, rows] = values
    endless = np.isinf(values).any(axis=0)
    if endless.any():
        outputs = [column.name for column in prepared.columns if column.role == "output"]
        for place in np.flatnonzero(endless):
            names = [outputs[column] for column in np.flatnonzero(np.isinf(values[:, place]))]
            reasons[rows[place]] = f"not finite: {', '.join(names[:3])}"


def _values(prepared: Prepared, way: Way, number: Floats, draw: Ints) -> Floats:
    """Outputs (output, scenario) of scenarios of one way."""
    assert way.compiled is not None
    rows, old, new = block_rows(prepared, way, number, draw)
    with np.errstate(over="ignore"):
        done = evaluate(way.compiled, rows, known=way.terms)
        sides = Sides(way.compiled, done, rows.values, old, new)
        columns = values_of(sides, prepared.outputs)
    return np.stack([np.broadcast_to(column, (len(draw),)) for column in columns])


def block_rows(
    prepared: Prepared, way: Way, number: Floats, draw: Ints
) -> tuple[Rows, slice, slice]:
    """Rows of scenarios of one way, and where their baselines and they themselves stand.

    A baseline that nothing moves stands once for all.
    """
    laid, count = prepared.layout, len(draw)
    moves = bool(laid.spec.draws) or any(
        names and item.currency is None
        for names, item in zip(prepared.moved, laid.numbers, strict=True)
    )
    olds = count if moves else 1
    both = np.concatenate([draw[:olds], draw])
    values = dict(way.values)
    if laid.spec.draws:
        values = {name: rows_of(column, both) for name, column in values.items()}
    rates: dict[str, Floats] = {}
    for name, change in way.scenario.currencies.items():
        values[currency_name(name)] = np.concatenate([np.zeros(olds), np.full(count, change)])
    for place, (names, item) in enumerate(zip(prepared.moved, laid.numbers, strict=True)):
        column = number[:, place]
        if item.clause is not None:
            none = np.full(olds, np.nan)
            rates[f"{item.action}/{item.clause}"] = np.concatenate([none, column])
        for name in names:
            still = np.zeros(olds) if item.currency is not None else column[:olds]
            values[name] = np.concatenate([still, column])
    sides = np.repeat(np.arange(2), [olds, count])
    first = np.arange(olds)
    scenario = way.scenario
    rows = Rows(
        state=np.array(way.pair, dtype=np.int64)[sides],
        baseline=np.concatenate([first, first if moves else np.repeat(first, count)]),
        values=values,
        rates=rates,
        cheapest=_per_side(np.array([False, scenario.route_choice == "cheapest"]), sides),
        limits=_per_side(way.limits, sides),
        demand=_per_side(np.array(["constant_elasticity", scenario.demand]), sides),
        incidence=_per_side(np.array(["stated", scenario.incidence]), sides),
    )
    return rows, slice(0, olds), slice(olds, olds + count)


def _per_side(pair: NDArray[np.generic], sides: Ints) -> NDArray:  # type: ignore[type-arg]
    """What differs between baseline and scenario, in every row; else in one row."""
    return pair[sides] if (pair[:1] != pair[1:]).any() else pair[:1]


def scenario_of(prepared: Prepared, scenario_id: int) -> Scenario:
    """The scenario whose run gives the numbers of a row; of its draw, where there are any.

    Raises
    ------
    DataError
        If there is no such row.
    """
    laid = prepared.layout
    if not 0 <= scenario_id < len(laid):
        allowed = f"0 to {len(laid) - 1}"
        raise DataError(f"no scenario {scenario_id}", f"sweep {laid.spec.id}", allowed)
    stretch = laid.stretch(scenario_id, scenario_id + 1)
    base = prepared.ways[int(stretch.way[0])].scenario
    changes: dict[str, dict[str, float]] = {
        name: dict(getattr(base, name)) for name in ("rates", "parameters", "figures", "currencies")
    }
    for item, value in zip(laid.numbers, _at(prepared, stretch)[0].tolist(), strict=True):
        if item.clause is not None:
            changes["rates"][f"{item.action}/{item.clause}"] = value
        elif item.parameter is not None:
            changes["parameters"][item.parameter] = value
        elif item.figure is not None:
            changes["figures"][item.figure] = value
        else:
            changes["currencies"][str(item.currency)] = value
    return base.model_copy(update={**changes, "id": f"{laid.spec.id}-{scenario_id}"})
