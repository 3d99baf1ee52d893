"""The value of one number at which something holds: all such values, exactly, and their range.

A solve is a sweep of one dimension that is asked at chosen points: the same functions evaluate
both. Where the curves bend, jump and meet is found by `exposure.model.pieces` and its kin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import ALL_IN, rows_of
from exposure.errors import QueryError
from exposure.facts.documents import Mix, Side, Solve, Sweep
from exposure.facts.scenario import check_solve, nearest, read_solve
from exposure.facts.world import World
from exposure.model.cases import HIGH, LOW
from exposure.model.parity import Winners, winners
from exposure.model.pieces import Pieces, breakpoints
from exposure.model.roots import Crossing, crossings, roots_by_row
from exposure.sweeps.outputs import OUTPUTS
from exposure.sweeps.prepare import Prepared, Way, ask, prepare
from exposure.sweeps.reading import Column

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DRAWN, COARSE = 121, 25
"""Points of the drawn curve, and of the grid between whose points the roots of draws lie."""
LANDED = "route_landed_usd_per_unit"
PRICES = (LANDED, "route_duty_usd_per_unit", "route_border_rate", "route_cost_change_share")
"""Outputs that do not hang on what buyers and planners do."""
SOLUTIONS = (
    "solve", "number", "variable", "unit", "value", "kind", "holds_from", "holds_to", "left",
    "right", "quantity", "quantity_after", "quantity_unit", "low", "median", "high", "root_share",
    "draws",
)  # fmt: skip
PIECES = ("solve", "number", "from", "to", "form", "begins", "winner")


@dataclass(frozen=True)
class Solved:
    """An answered solve.

    Attributes
    ----------
    document
        What was asked.
    variable
        The number that varies: name, unit, title.
    curves
        What is compared: name, unit, title of each; of a switch, the routes' landed costs.
    today
        Value of the number under the scenario as it stands (central).
    tables
        ``solutions``: each value with its ``kind`` (``crossing``, ``switch``, ``jump`` where a
        curve leaps and is never equal, ``touch``, ``end`` of the range, ``stretch`` up to
        ``holds_to``; ``none`` if there is none), the interval in which what is said of ``left`` and
        ``right`` holds, the ``quantity`` there, and the range of the same value in draws, with the
        share of draws that have one. ``pieces``: ``form`` ``linear``, ``smooth`` or ``point``, and
        who is ahead. ``curve``: points of all curves, both sides of a jump.
    """

    document: Solve
    variable: Column
    curves: tuple[Column, ...]
    today: float
    tables: Mapping[str, pd.DataFrame]

    def table(self, name: str) -> pd.DataFrame:
        """A table by name.

        Raises
        ------
        QueryError
            If there is none of this name.
        """
        if name not in self.tables:
            raise QueryError(f"no table {name!r}", "", f"known: {', '.join(self.tables)}")
        return self.tables[name]


def solve(world: World, name: str | Path | Solve, draws: int | None = None) -> Solved:
    """Find all values at which what a solve asks for holds.

    Parameters
    ----------
    world
        From `load`.
    name
        Name of a shipped solve, path, or document.
    draws
        How many draws give the range; by default those of the document, 0 for none.

    Raises
    ------
    Problems, QueryError, DataError
        If the document is not well formed, a name in it is not known, a clause acts on no crossing,
        or a quantity is not known somewhere in the range.
    """
    spec = name if isinstance(name, Solve) else read_solve(world, name)
    check_solve(world, spec, f"solve {spec.id}")
    count = spec.draws if draws is None else draws
    if count < 0:
        raise QueryError(f"draws {count}", "", "0 or more")
    asked = _asked(world, spec, 0)
    low, high = spec.vary.between
    pieces = breakpoints(asked.central, low, high, _known(asked))
    found = _found(asked, pieces)
    drawn = _asked(world, spec, count) if count else None
    tables = {
        "solutions": _solutions(asked, pieces, found, drawn),
        "pieces": _piece_table(asked, pieces, found),
        "curve": _curve(asked, pieces),
    }
    return Solved(
        document=spec,
        variable=asked.variable,
        curves=asked.columns,
        today=asked.today,
        tables=MappingProxyType(tables),
    )


def check(world: World, spec: Solve) -> None:
    """Everything in a solve is known, and what varies acts.

    Raises
    ------
    QueryError
        Naming the first that is not, and those that are near it.
    """
    check_solve(world, spec, f"solve {spec.id}")
    _asked(world, spec, 0)


# --- curves over the number ------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """Curves over the number, in every draw.

    Attributes
    ----------
    spec, prepared
        The solve, and its sweep.
    variable, columns
        Name, unit and title of the number and of each curve.
    place (curve,)
        Output that a curve is; -1 for a constant.
    times, plus (curve,)
        What is made of it.
    constant (1 + draw, curve)
        Values of the constants.
    """

    spec: Solve
    prepared: Prepared
    variable: Column
    columns: tuple[Column, ...]
    place: Ints
    times: Floats
    plus: Floats
    constant: Floats

    def at(self, points: Floats, draws: Ints) -> Floats:
        """Values (ask, curve) at points of draws."""
        values = ask(self.prepared, _numbers(self, points, draws), draws)
        chosen = np.where(self.place < 0, self.constant[draws], values[:, self.place])
        made: Floats = self.times * chosen + self.plus
        return made

    def central(self, points: Floats) -> Floats:
        """Values (point, curve) at central inputs."""
        return self.at(points, np.zeros(len(points), dtype=np.int64))

    @property
    def way(self) -> Way:
        """The scenario, compiled."""
        return self.prepared.ways[0]

    @property
    def today(self) -> float:
        """The number under the scenario as it stands; not known if it differs between crossings."""
        vary = self.spec.vary
        if vary.mix is not None:
            inside, volumes = _mixed(self, vary.mix, np.zeros(1, dtype=np.int64))
            return float(volumes[0, inside].sum() / volumes[0].sum())
        if vary.clause is not None:
            rates = np.unique(_lines(self)[0])
            return float(rates[0]) if len(rates) == 1 else float("nan")
        if vary.currency is not None:
            return float(self.way.scenario.currencies.get(vary.currency, 0.0))
        values = {float(self.way.values[name][0]) for name in self.prepared.moved[0]}
        return values.pop() if len(values) == 1 else float("nan")


def _asked(world: World, spec: Solve, draws: int) -> _Asked:
    """Prepare the curves of a solve.

    Raises
    ------
    QueryError
        If a quantity is not known.
    """
    where = f"solve {spec.id}"
    names = [side.of for side in spec.find.sides if not side.constant]
    outputs = _outputs(names, where) if spec.find.switch is None else [LANDED]
    prepared = _prepared(world, spec, spec.scenario, outputs, draws, vary=True)
    known = {column.name: column for column in prepared.columns if column.role == "output"}
    order = list(known)
    sides = spec.find.sides or _routes(spec, order, where)
    columns, place, constant = [], [], []
    for side in sides:
        if side.constant:
            column, values = _constant(world, spec, side, draws)
        else:
            column, values = _one(known, side.of, where), np.zeros(1 + draws)
        columns.append(column)
        place.append(-1 if side.constant else order.index(side.of))
        constant.append(values)
    units = {column.unit for column in columns}
    if spec.find.equal is not None and len(units) > 1:
        raise QueryError(f"sides in {' and '.join(sorted(units))}", f"{where}: find", "one unit")
    inputs = [column for column in prepared.columns if column.role == "input"]
    variable = inputs[0] if spec.vary.mix is None else _share_column(spec, spec.vary.mix)
    return _Asked(
        spec=spec,
        prepared=prepared,
        variable=variable,
        columns=tuple(columns),
        place=np.array(place, dtype=np.int64),
        times=np.array([side.times for side in sides]),
        plus=np.array([side.plus for side in sides]),
        constant=np.stack(constant, axis=1),
    )


def _share_column(spec: Solve, mix: Mix) -> Column:
    title = f"Share of {mix.product} that comes by {', '.join(mix.routes)}"
    return Column(spec.vary.column, "input", "fraction", title)


def _outputs(names: Sequence[str], where: str) -> list[str]:
    """Outputs among whose columns the named quantities stand.

    Raises
    ------
    QueryError
        If one ends as none of them does.
    """
    ends: dict[str, list[str]] = {}
    for name, output in OUTPUTS.items():
        ends.setdefault(name.removeprefix(f"{output.level}_"), []).append(name)
    found = []
    for name in names:
        end = name.rpartition("/")[2]
        if end not in ends:
            raise QueryError(f"{end!r} is no quantity", f"{where}: find", nearest(end, sorted(ends)))
        found += ends[end]
    return list(dict.fromkeys(found))


def _one(known: Mapping[str, Column], name: str, where: str) -> Column:
    if name not in known:
        raise QueryError(f"{name!r} is no quantity", f"{where}: find", nearest(name, list(known)))
    return known[name]


def _routes(spec: Solve, names: Sequence[str], where: str) -> list[Side]:
    """Landed costs of the routes of a product.

    Raises
    ------
    QueryError
        If it has one route only, or the scenario does not run it.
    """
    product = str(spec.find.switch)
    mine = [name for name in names if name.startswith(f"{product}/")]
    if len(mine) < 2:
        known = sorted({name.partition("/")[0] for name in names})
        what = f"{product!r} has no two routes here"
        raise QueryError(what, f"{where}: find", f"products: {', '.join(known)}")
    return [Side(of=name) for name in mine]


def _prepared(
    world: World, spec: Solve, scenario: str, outputs: Sequence[str], draws: int, *, vary: bool
) -> Prepared:
    """The sweep behind a solve; without ``vary`` that of one scenario as it stands."""
    dimensions: list[object] = [{"name": "way", "options": {"as it is": {}}}]
    design = "grid"
    if vary:
        design = "list"
        mix = spec.vary.mix
        if mix is None:
            dimensions = [spec.vary.dimension()]
        else:
            routes = world.tables["routes"]
            mine = routes.loc[routes["product"] == mix.product, "route"]
            names = [f"{mix.product}/route/{route}/volume" for route in mine]
            dimensions = [{"figure": name, "values": [0.0, 1.0]} for name in names]
    sweep = Sweep.model_validate(
        {
            "id": spec.id, "title": spec.title, "scenario": scenario, "design": design,
            "products": spec.products, "outputs": list(outputs), "draws": draws, "seed": spec.seed,
            "dimensions": dimensions,
        }
    )  # fmt: skip
    made = prepare(world, sweep, where=f"solve {spec.id}")
    if set(outputs) <= set(PRICES):
        # What a unit costs hangs on law and figures alone: nobody need be asked for volumes.
        way = made.ways[0]
        plain = {"route_choice": "ces", "demand": "constant_elasticity"}
        quiet = Way(**{**vars(way), "scenario": way.scenario.model_copy(update=plain)})
        made = Prepared(**{**vars(made), "ways": (quiet,)})
    return made


def _constant(world: World, spec: Solve, side: Side, draws: int) -> tuple[Column, Floats]:
    """A quantity of a scenario as it stands (1 + draw,)."""
    scenario = side.scenario or spec.scenario
    where = f"solve {spec.id}"
    prepared = _prepared(world, spec, scenario, _outputs([side.of], where), draws, vary=False)
    known = {column.name: column for column in prepared.columns if column.role == "output"}
    column = _one(known, side.of, f"{where}, scenario {scenario}")
    number = np.zeros((1 + draws, 0))
    values = ask(prepared, number, np.arange(1 + draws))[:, list(known).index(side.of)]
    what = "today" if side.today and side.scenario is None else f"in {scenario}"
    title = f"{column.title} {what}"
    return Column(column.name, "output", column.unit, title), values


def _numbers(asked: _Asked, points: Floats, draws: Ints) -> Floats:
    """Values (ask, dimension) of the sweep's dimensions at values of the number."""
    mix = asked.spec.vary.mix
    if mix is None:
        return points[:, None]
    inside, volumes = _mixed(asked, mix, draws)
    total = volumes.sum(axis=1)
    mine = np.where(inside, volumes, 0.0).sum(axis=1)
    other = total - mine
    if (mine <= 0).any() or (other <= 0).any():
        which = "these routes" if (mine <= 0).any() else "the other routes"
        what = f"{which} of {mix.product} bring nothing today"
        raise QueryError(what, f"solve {asked.spec.id}: vary", "routes that ship")
    part = np.where(inside, (points * total / mine)[:, None], ((1 - points) * total / other)[:, None])
    made: Floats = volumes * part
    return made


def _mixed(asked: _Asked, mix: Mix, draws: Ints) -> tuple[NDArray[np.bool_], Floats]:
    """Which routes a mix counts (route,), and volumes of all of today (ask, route)."""
    names = [names[0] for names in asked.prepared.moved]
    inside = np.array([name.split("/")[-2] in mix.routes for name in names])
    columns = [rows_of(asked.way.values[name], draws) for name in names]
    count = len(draws)
    volumes = np.stack([np.broadcast_to(column, (count,)) for column in columns], axis=1)
    return inside, volumes


def _lines(asked: _Asked) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """Rate, cap and ordinary rate of the lines of the clause that varies; whether they are all in."""
    key = f"{asked.spec.vary.action}/{asked.spec.vary.clause}"
    compiled = asked.way.compiled
    assert compiled is not None
    parts = []
    for level in compiled.states[asked.way.pair[1]].levels.values():
        mine = level.clause_keys == key
        lines = level.lines
        kind, at = lines.structure.kind[mine], lines.crossing[mine]
        parts.append((lines.rate[mine], lines.cap[mine], lines.column1.rate[at], kind == ALL_IN))
    rate, cap, ordinary, whole = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return rate, cap, ordinary, whole


def _known(asked: _Asked) -> list[float]:
    """Where the law says that a curve may bend or jump: at no duty, where an all-in rate or a cap
    meets the ordinary duty of a crossing."""
    points = {0.0}
    if asked.spec.vary.clause is not None:
        _, cap, ordinary, whole = _lines(asked)
        points |= set(ordinary[whole].tolist())
        points |= set((cap - ordinary)[~np.isnan(cap)].tolist())
    return sorted(points)


# --- what holds where ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """Points at which something holds, and what is said between them.

    Attributes
    ----------
    points
        Crossings, from the left.
    ends (band + 1,)
        Between which points the same is said.
    said (band,)
        What is said there.
    bands
        Of a switch.
    """

    points: tuple[Crossing, ...]
    ends: Floats
    said: tuple[str, ...]
    bands: Winners | None


def _weights(asked: _Asked) -> tuple[Floats, float]:
    """Weights of the curves and the level that their sum reaches."""
    level = asked.spec.find.level
    if level is not None:
        return np.array([1.0]), level.value
    return np.array([1.0, -1.0]), 0.0


def _found(asked: _Asked, pieces: Pieces) -> _Found:
    if asked.spec.find.switch is not None:
        return _switches(asked, pieces)
    weights, target = _weights(asked)
    points = crossings(asked.central, target, pieces, weights)
    said = {1: "above", -1: "below", 0: "equal"}
    if asked.spec.find.equal is not None:
        first, second = (column.title for column in asked.columns)
        same = first == second
        said[1] = "first higher" if same else f"{first} higher"
        said[-1] = "second higher" if same else f"{second} higher"
    low, high = asked.spec.vary.between
    ends, words = [low], []
    for point in points:
        if point.kind == "touch":
            continue
        if point.at > ends[-1]:
            ends.append(point.at)
            words.append(said[point.before])
        if point.until > ends[-1]:
            ends.append(point.until)
            words.append(said[0])
    if high > ends[-1]:
        middle = (ends[-1] + high) / 2.0
        side = float((asked.central(np.array([middle])) @ weights)[0] - target)
        ends.append(high)
        words.append(said[int(np.sign(side))])
    return _Found(tuple(points), np.array(ends), tuple(words), None)


def _switches(asked: _Asked, pieces: Pieces) -> _Found:
    bands = winners(asked.central, pieces)
    names = [_route(column) for column in asked.columns]
    points = [
        Crossing(float(at), kind, int(np.searchsorted(pieces.start, at, side="right")) - 1, 0, 0,
                 float(at))
        for at, kind in zip(bands.start[1:], bands.kind[1:], strict=True)
    ]  # fmt: skip
    said = tuple(names[winner] for winner in bands.winner)
    return _Found(tuple(points), np.r_[bands.start, bands.stop[-1:]], said, bands)


def _route(column: Column) -> str:
    return column.name.split("/")[1]


def _solutions(
    asked: _Asked, pieces: Pieces, found: _Found, drawn: _Asked | None
) -> pd.DataFrame:
    """Table ``solutions``; one row of kind ``none`` where there is none."""
    spec, unit = asked.spec, asked.columns[0].unit
    low, high = spec.vary.between
    head = {"solve": spec.id, "variable": asked.variable.name, "unit": asked.variable.unit}
    grid = np.unique(np.r_[np.linspace(low, high, COARSE), pieces.start, pieces.stop])
    rows: list[dict[str, object]] = []
    for number, point in enumerate(found.points):
        left, right = _beside(found, point, number)
        value, after = _quantities(asked, pieces, found, point, number)
        rows.append(
            {
                **head, "number": number + 1, "value": point.at,
                "kind": "switch" if found.bands and point.kind != "jump" else point.kind,
                "holds_from": left[0], "holds_to": right[1], "left": left[2], "right": right[2],
                "quantity": value, "quantity_after": after, "quantity_unit": unit,
                **_range(asked, drawn, found, grid, point, number),
            }
        )  # fmt: skip
    if not rows:
        said = found.said[0] if found.said else ""
        none = Crossing((low + high) / 2.0, "crossing", 0, 0, 0, low)
        rows.append(
            {
                **head, "number": 0, "value": np.nan, "kind": "none", "holds_from": low,
                "holds_to": high, "left": said, "right": said, "quantity": np.nan,
                "quantity_after": np.nan, "quantity_unit": unit,
                **_range(asked, drawn, found, grid, none, 0),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(SOLUTIONS))


Band = tuple[float, float, str]


def _beside(found: _Found, point: Crossing, number: int) -> tuple[Band, Band]:
    """The bands left and right of a point: ends, and what is said there."""
    ends, said = found.ends, found.said
    if found.bands is not None:
        band = number
    else:
        band = int(np.searchsorted(ends, point.at)) - 1
    left = (float(ends[band]), point.at, said[band]) if band >= 0 else (point.at, point.at, "")
    after = band + 1
    if point.kind == "touch":
        return (float(ends[band]), point.at, said[band]), (point.at, float(ends[after]), said[band])
    if point.kind == "stretch":
        after += 1
    if after >= len(said):
        until = float(ends[-1]) if point.kind == "stretch" else point.at
        return left, (point.at, until, "")
    return left, (point.at, float(ends[after + 1]), said[after])


def _quantities(
    asked: _Asked, pieces: Pieces, found: _Found, point: Crossing, number: int
) -> tuple[float, float]:
    """The first quantity, or the cost of the cheapest route, at a point and just after it."""
    ends = [point.at, point.at]
    if point.kind == "jump":
        piece = int(np.flatnonzero(pieces.at == point.at)[-1])
        ends = [float(pieces.stop[piece - 1]), float(pieces.start[piece])]
    values = asked.central(np.array(ends))
    if found.bands is None:
        return float(values[0, 0]), float(values[1, 0])
    who = found.bands.winner
    return float(values[0, who[number]]), float(values[1, who[number + 1]])


def _range(
    asked: _Asked,
    drawn: _Asked | None,
    found: _Found,
    grid: Floats,
    point: Crossing,
    number: int,
) -> dict[str, object]:
    """The same root in all draws: an 80 per cent range, and how many have one."""
    if drawn is None or point.kind in ("touch", "stretch"):
        nothing = dict.fromkeys(("low", "median", "high", "root_share"), np.nan)
        return {**nothing, "draws": 0}
    if found.bands is not None:
        winner = int(found.bands.winner[number])
        # Where the route that is cheapest on the left no longer is.
        side = -1

        def curve(points: Floats, draws: Ints) -> Floats:
            cost = drawn.at(points, draws)
            others = np.delete(cost, winner, axis=1).min(axis=1)
            off: Floats = cost[:, winner] - others
            return off
    else:
        weights, target = _weights(asked)
        side = point.before or -point.after

        def curve(points: Floats, draws: Ints) -> Floats:
            off: Floats = drawn.at(points, draws) @ weights - target
            return off

    rows = np.arange(1, len(drawn.constant), dtype=np.int64)
    near = np.unique(np.r_[grid, point.at])
    roots = roots_by_row(curve, rows, near, point.at, side)
    known = roots[~np.isnan(roots)]
    spread = np.quantile(known, [LOW, 0.5, HIGH]) if len(known) else np.full(3, np.nan)
    low, median, high = (float(value) for value in spread)
    return {"low": low, "median": median, "high": high,
            "root_share": len(known) / len(rows), "draws": len(rows)}  # fmt: skip


def _piece_table(asked: _Asked, pieces: Pieces, found: _Found) -> pd.DataFrame:
    """Table ``pieces``: cut where the curves break, and where what is said changes."""
    rows: list[dict[str, object]] = []
    for piece in range(len(pieces)):
        start, stop = float(pieces.start[piece]), float(pieces.stop[piece])
        form = "linear" if pieces.linear[piece].all() else "smooth"
        if start == stop:
            cuts, form = [start, stop], "point"
        else:
            inside = found.ends[(found.ends > start) & (found.ends < stop)]
            cuts = np.unique(np.r_[start, inside, stop]).tolist()
        begins = "end" if not piece else "jump" if pieces.jump[piece] else "kink"
        for place, (a, b) in enumerate(zip(cuts[:-1], cuts[1:], strict=True)):
            rows.append(
                {
                    "solve": asked.spec.id, "number": len(rows) + 1, "from": a, "to": b,
                    "form": form, "begins": begins if not place else "change",
                    "winner": _said(found, (a + b) / 2.0, alone=a == b),
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(PIECES))


def _said(found: _Found, at: float, *, alone: bool) -> str:
    """What is said at a point."""
    if not found.said:
        return ""
    if alone:
        narrow = np.flatnonzero((found.ends[:-1] == at) & (found.ends[1:] == at))
        if len(narrow):
            return found.said[int(narrow[0])]
    band = int(np.searchsorted(found.ends, at, side="right")) - 1
    return found.said[min(max(band, 0), len(found.said) - 1)]


def _curve(asked: _Asked, pieces: Pieces) -> pd.DataFrame:
    """Table ``curve``: even points, and both ends of every piece."""
    low, high = asked.spec.vary.between
    points = np.unique(np.r_[np.linspace(low, high, DRAWN), pieces.start, pieces.stop])
    values = asked.central(points)
    names = _unlike([column.name for column in asked.columns])
    return pd.DataFrame({asked.variable.name: points, **dict(zip(names, values.T, strict=True))})


def _unlike(names: Sequence[str]) -> list[str]:
    """Names of which none stands twice: the second of two equal ones is the one compared with."""
    return [name if name not in names[:place] else f"{name} (compared)"
            for place, name in enumerate(names)]  # fmt: skip
