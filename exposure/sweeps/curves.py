"""The curves of a solve over the number that varies, in every draw: the sweep behind it.

A solve is a sweep of one dimension that is asked at chosen points, so that the same functions
evaluate both; a mix of routes is a sweep of their volumes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exposure.axes import ALL_IN, rows_of
from exposure.errors import QueryError
from exposure.facts.documents import Mix, Side, Solve, Sweep
from exposure.facts.world import World
from exposure.model.ranges import parameter_name
from exposure.near import nearest
from exposure.sweeps.outputs import OUTPUTS
from exposure.sweeps.prepare import Prepared, Way, ask, prepare
from exposure.sweeps.reading import Column

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LANDED = "route_landed_usd_per_unit"
PRICES = (LANDED, "route_duty_usd_per_unit", "route_border_rate", "route_cost_change_share")
"""Outputs that do not hang on what buyers and planners do."""


@dataclass(frozen=True)
class Asked:
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
    def names(self) -> tuple[str, ...]:
        """Names of the curves, of which none stands twice."""
        names = [column.name for column in self.columns]
        return tuple(
            name if name not in names[:place] else f"{name} (compared)"
            for place, name in enumerate(names)
        )

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
        values = {float(self.way.values[name][0]) for name in self._read()}
        return values.pop() if len(values) == 1 else float("nan")

    def _read(self) -> set[str]:
        """Names of the inputs that vary and that these products read: a parameter's, by sector."""
        names, compiled = self.prepared.moved[0], self.way.compiled
        assert compiled is not None
        if self.spec.vary.parameter is None:
            return set(names)
        general = self.spec.vary.parameter
        own = [parameter_name(general, sector) for sector in compiled.sectors]
        return {name if name in names else general for name in own}


def curves_of(world: World, spec: Solve, draws: int) -> Asked:
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
        columns.append(Column(column.name, "output", column.unit, _label(column, side)))
        place.append(-1 if side.constant else order.index(side.of))
        constant.append(values)
    units = {column.unit for column in columns}
    if spec.find.equal is not None and len(units) > 1:
        raise QueryError(f"sides in {' and '.join(sorted(units))}", f"{where}: find", "one unit")
    inputs = [column for column in prepared.columns if column.role == "input"]
    variable = inputs[0] if spec.vary.mix is None else _share_column(spec, spec.vary.mix)
    return Asked(
        spec=spec,
        prepared=prepared,
        variable=variable,
        columns=tuple(columns),
        place=np.array(place, dtype=np.int64),
        times=np.array([side.times for side in sides]),
        plus=np.array([side.plus for side in sides]),
        constant=np.stack(constant, axis=1),
    )


def _label(column: Column, side: Side) -> str:
    """A quantity in few words: what, of what, by which route, where it is not that which varies."""
    what, _, thing = column.title.partition(": ")
    parts = column.name.split("/")
    route = f" ({parts[1]})" if len(parts) == 3 else ""
    of = f", {thing.split(',')[0]}{route}"
    here = f" in {side.scenario}" if side.scenario else " today" if side.today else ""
    times = f"{side.times:g} times " if side.times != 1 else ""
    plus = f" {'+' if side.plus > 0 else '-'} {abs(side.plus):g}" if side.plus else ""
    return f"{times}{what}{of}{here}{plus}"


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
            raise QueryError(
                f"{end!r} is no quantity", f"{where}: find", nearest(end, sorted(ends))
            )
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
        quiet = replace(way, scenario=way.scenario.model_copy(update=plain))
        made = replace(made, ways=(quiet,))
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
    return column, values


def _numbers(asked: Asked, points: Floats, draws: Ints) -> Floats:
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
    ours, theirs = points * total / mine, (1.0 - points) * total / other
    part = np.where(inside, ours[:, None], theirs[:, None])
    made: Floats = volumes * part
    return made


def _mixed(asked: Asked, mix: Mix, draws: Ints) -> tuple[NDArray[np.bool_], Floats]:
    """Which routes a mix counts (route,), and volumes of all of today (ask, route)."""
    names = [names[0] for names in asked.prepared.moved]
    inside = np.array([name.split("/")[-2] in mix.routes for name in names])
    columns = [rows_of(asked.way.values[name], draws) for name in names]
    count = len(draws)
    volumes = np.stack([np.broadcast_to(column, (count,)) for column in columns], axis=1)
    return inside, volumes


def _lines(asked: Asked) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """Rate, cap and ordinary rate of each line of the clause that varies; whether it is all in."""
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


def known_points(asked: Asked) -> list[float]:
    """Where the law says that a curve may bend or jump.

    At no duty, and where an all-in rate or a cap meets the ordinary duty of a crossing.
    """
    points = {0.0}
    if asked.spec.vary.clause is not None:
        _, cap, ordinary, whole = _lines(asked)
        points |= set(ordinary[whole].tolist())
        points |= set((cap - ordinary)[~np.isnan(cap)].tolist())
    return sorted(points)
