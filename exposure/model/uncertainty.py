"""How sure a headline is: what drives it, in how many draws it holds, and what would reverse it.

Inputs are asked in groups: a parameter in all sectors at once, all jobs per value added, all sizes
of categories, and each figure of a product. Products that neither share a capacity nor are rivals
do not see each other's figures, so one row moves a figure of each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy.demand import MODELS
from exposure.facts.documents import Scenario
from exposure.model.cases import Case
from exposure.model.compile import Compiled
from exposure.model.draws import LONG
from exposure.model.headline import Metric, headline
from exposure.model.inputs import fixed, values_at
from exposure.model.rows import paired_rows
from exposure.model.run import Evaluated, Priced, landed_costs, respond
from exposure.model.sensitivity import Sobol, base_samples, even_samples, indices

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Values = Mapping[str, Floats]
DRIVERS = 3
"""Inputs that are named for each number."""
FIGURES, SLOTS = 6, 24
"""Figures of a product whose indices are computed, fewer where families are large, so that there
are at most so many slots of them; the rest are one group."""
BLOCK = 128
"""Rows of inputs evaluated at once."""
STEPS = 10
"""Rounds that settle where a number is reversed."""
LEAD = "route_lead_usd_per_unit"
LEAST = 1e-9
"""Part of the largest effect below which an input is left aside."""


@dataclass(frozen=True)
class Group:
    """Inputs that are moved together; ``market`` is -1 where they are all products' own."""

    label: str
    names: tuple[str, ...]
    market: int
    prices: bool


@dataclass(frozen=True)
class Asked:
    """One scenario, with all that its questions need."""

    compiled: Compiled
    scenario: Scenario
    pair: tuple[int, int]
    central: Mapping[str, float]
    best: Ints

    def measure(self, values: Values, priced: Priced | None = None) -> tuple[list[Metric], Priced]:
        """Metrics (row, market) of rows of inputs; what was priced can be used again."""
        rows = paired_rows(self.compiled, self.scenario, self.pair, values)
        found = priced or landed_costs(self.compiled, rows)
        done = respond(self.compiled, rows, found)
        count = len(rows) // 2
        old, new = slice(0, count), slice(count, 2 * count)
        return metrics_of(self.compiled, done, rows.values, old, new, self.best), found

    def all(self, values: Values) -> Floats:
        """Metrics (row, metric, market), in blocks."""
        count = len(next(iter(values.values())))
        parts = []
        for start in range(0, count, BLOCK):
            part = {name: column[start : start + BLOCK] for name, column in values.items()}
            parts.append(stacked(self.measure(part)[0]))
        return np.concatenate(parts)


def stacked(metrics: Sequence[Metric]) -> Floats:
    """Metrics as (row, metric, market)."""
    return np.stack([metric.values for metric in metrics], axis=1)


def metrics_of(
    compiled: Compiled, done: Evaluated, values: Values, old: slice, new: slice, best: Ints
) -> list[Metric]:
    """Headline numbers, and by how much the route that is cheapest centrally leads."""
    cost = done.cost[new]
    lead = np.full((len(cost), len(best)), np.nan)
    market = compiled.routes["market"].to_numpy(dtype=np.int64)
    for number, route in enumerate(best):
        others = np.flatnonzero((market == number) & (np.arange(len(market)) != route))
        if len(others):
            lead[:, number] = cost[:, others].min(axis=1) - cost[:, route]
    return [
        *headline(compiled, done, values, old, new),
        Metric(LEAD, "USD per unit", lead),
    ]


def cheapest_routes(compiled: Compiled, cost: Floats) -> Ints:
    """Number of the cheapest route of each product, from landed costs (route,)."""
    market = compiled.routes["market"].to_numpy(dtype=np.int64)
    known = np.where(np.isnan(cost), np.inf, cost)
    return np.array(
        [
            int(np.flatnonzero(market == number)[np.argmin(known[market == number])])
            for number in range(len(compiled.products))
        ],
        dtype=np.int64,
    )


def uncertainty(
    compiled: Compiled,
    scenario: Scenario,
    cases: tuple[Case, Case],
    done: Evaluated,
    values: Values,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """Tables ``drivers`` and ``conclusions`` of one scenario; empty where there are no draws."""
    old, new = cases[0].rows, cases[1].rows
    draws = new.stop - new.start - 1
    if not draws:
        return {name: pd.DataFrame(columns=list(form)) for name, form in FORMS.items()}
    best = cheapest_routes(compiled, done.cost[new.start])
    central = {name: float(column[new.start]) for name, column in values.items()}
    asked = Asked(compiled, scenario, (cases[0].state, cases[1].state), central, best)
    metrics = metrics_of(compiled, done, values, old, new, best)
    groups = _groups(compiled, scenario, central)
    slots = _slots(compiled, scenario, groups)
    # The ends of every range first, then more points of what matters.
    chosen = _chosen(asked, _grid(asked, slots, ENDS), slots)
    grid = _grid(asked, chosen, POINTS)
    size = 2 ** int(np.log2(max(16, draws // 3)))
    found = _sobol(asked, chosen, size, seed)
    drivers = pd.DataFrame(
        _driver_rows(asked, metrics, chosen, found, grid), columns=list(FORMS["drivers"])
    )
    conclusions = _conclusions(asked, metrics, grid)
    return {"drivers": drivers, "conclusions": conclusions}


# --- groups of inputs --------------------------------------------------------------------------


def _groups(compiled: Compiled, scenario: Scenario, central: Mapping[str, float]) -> list[Group]:
    """Inputs that have a range, in the groups that are asked about."""
    still = fixed(scenario)
    open_ = [
        str(name)
        for name, low, high in zip(
            compiled.ranges.index, compiled.ranges["low"], compiled.ranges["high"], strict=True
        )
        if low < high and str(name) in central and str(name).split("@")[0] not in still
    ]
    parameters: dict[str, list[str]] = {}
    place = {str(name): number for number, name in enumerate(compiled.products["product"])}
    groups = []
    for name in open_:
        owner = name.split("/")[0]
        if "/" not in name:
            parameters.setdefault(name.split("@")[0], []).append(name)
        elif owner in ("labour", "category"):
            parameters.setdefault(owner, []).append(name)
        else:
            groups.append(Group(name, (name,), place[owner], prices=True))
    common = [Group(label, tuple(names), -1, prices=False) for label, names in parameters.items()]
    return [*common, *groups]


def _slots(compiled: Compiled, scenario: Scenario, groups: Sequence[Group]) -> list[list[Group]]:
    """Groups that one row may move together: one common group, or a figure of each family."""
    family = _families(compiled, rivals=MODELS[scenario.demand].between_rivals)
    slots = [[group] for group in groups if group.market < 0]
    queues: dict[int, list[Group]] = {}
    for group in groups:
        if group.market >= 0:
            queues.setdefault(int(family[group.market]), []).append(group)
    longest = max((len(queue) for queue in queues.values()), default=0)
    slots += [
        [queue[number] for queue in queues.values() if number < len(queue)]
        for number in range(longest)
    ]
    return slots


def _families(compiled: Compiled, *, rivals: bool) -> Ints:
    """Number of the family of each product: those that share a capacity, or are rivals."""
    count = len(compiled.products)
    family = np.arange(count, dtype=np.int64)
    market = compiled.routes["market"].to_numpy(dtype=np.int64)
    pool = compiled.routes["pool"].to_numpy(dtype=np.int64)
    sets = [np.unique(market[pool == name]) for name in np.unique(pool)]
    if rivals:
        names = compiled.products["category"].to_numpy(dtype=str)
        sets += [np.flatnonzero(names == name) for name in np.unique(names) if name]
    for members in sets:
        joined = np.isin(family, family[members])
        family[joined] = family[members].min()
    return family


# --- one at a time -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Grid:
    """Each group at a few values, all else central.

    Attributes
    ----------
    points (point,)
        Where each value lies: 0 central, -1 and 1 the ends of the range, -2 and 2 beyond.
    groups
        In the order of the first axis.
    values
        Value of each name of each group at each point: ``(group) -> {name: (point,)}``.
    metric (group, point, metric, market)
        Other products' columns hold what that row gave them; only the group's own count.
    centre (metric, market)
    """

    points: Floats
    groups: tuple[Group, ...]
    values: tuple[dict[str, Floats], ...]
    metric: Floats
    centre: Floats


ENDS = np.array([-1.0, 1.0])
POINTS = np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])


def _grid(asked: Asked, slots: Sequence[Sequence[Group]], points: Floats) -> Grid:
    rows: list[dict[str, float]] = []
    where: list[tuple[Group, slice]] = []
    known: dict[str, Floats] = {}
    for slot in slots:
        first = len(rows)
        rows += [{} for _ in points]
        for group in slot:
            for name in group.names:
                known[name] = _points(asked, name)[np.isin(POINTS, points)]
                for number in range(len(points)):
                    rows[first + number][name] = known[name][number]
            where.append((group, slice(first, first + len(points))))
    values = {name: np.full(len(rows) + 1, value) for name, value in asked.central.items()}
    for number, changes in enumerate(rows, start=1):
        for name, value in changes.items():
            values[name][number] = value
    found = asked.all(values)
    return Grid(
        points=points,
        groups=tuple(group for group, _ in where),
        values=tuple({name: known[name] for name in group.names} for group, _ in where),
        metric=np.stack([found[1:][rows_] for _, rows_ in where])
        if where
        else np.empty((0, len(points), *found.shape[1:])),
        centre=found[0],
    )


def _points(asked: Asked, name: str) -> Floats:
    """Values of an input at `POINTS`: beyond its range, at its ends, halfway to the centre."""
    ranges = asked.compiled.ranges
    keys = ["low", "central", "high"]
    ends = {key: ranges.loc[key, keys].to_numpy(dtype=float) for key in (name, name + LONG)
            if key in ranges.index}  # fmt: skip
    low, short, high = ends[name]
    central = asked.central[name]
    if name + LONG in ends:
        least, long, most = ends[name + LONG]
        way = 0.0 if short == long else (central - short) / (long - short)
        low, high = low + way * (least - low), high + way * (most - high)
    if str(ranges.at[name, "unit"]).startswith("share"):
        least, most = 0.0, max(1.0, high)
    elif central < 0:
        least, most = 3.0 * low, high / 3.0
    else:
        least, most = low / 3.0, 3.0 * high
    half = [(low + central) / 2.0, (central + high) / 2.0]
    return np.array([min(least, low), low, *half, high, most])


# --- drivers -----------------------------------------------------------------------------------


def _chosen(asked: Asked, grid: Grid, slots: Sequence[list[Group]]) -> list[list[Group]]:
    """Slots for the indices: common groups that matter, and each product's foremost figures."""
    swing = _swing(grid)
    size = np.nanmax(swing, axis=0, initial=0.0)
    part = np.nan_to_num(swing / np.where(size > 0, size, np.inf))
    place = {group: number for number, group in enumerate(grid.groups)}
    common = [
        slot
        for slot in slots
        if slot[0].market < 0 and part[place[slot[0]]].max(initial=0.0) > LEAST
    ]
    family = _families(asked.compiled, rivals=MODELS[asked.scenario.demand].between_rivals)
    figures = max(2, min(FIGURES, SLOTS // int(np.bincount(family).max())))
    own: dict[int, list[Group]] = {}
    for number in range(len(asked.compiled.products)):
        mine = [group for group in grid.groups if group.market == number]
        weight = {group: part[place[group], :, number].max() for group in mine}
        ranked = sorted(mine, key=lambda group: -weight[group])
        own[number] = [group for group in ranked[:figures] if weight[group] > LEAST]
    kept = [group for groups in own.values() for group in groups]
    return [*common, *_slots(asked.compiled, asked.scenario, kept)]


def _swing(grid: Grid) -> Floats:
    """Largest less smallest over the range (group, metric, market)."""
    inside = grid.metric[:, np.abs(grid.points) <= 1.0]
    swing: Floats = inside.max(axis=1) - inside.min(axis=1)
    return swing


def _sobol(asked: Asked, slots: Sequence[Sequence[Group]], size: int, seed: int) -> Sobol:
    """Indices of the slots and, last, of all other inputs together: (slot, metric, market).

    A slot is one column of the design: its names belong to different products or sectors, of which
    a product reads one. Names of a `labour` slot are read together, so each has its own column.
    """
    names = [str(name) for name in asked.compiled.ranges.index if not str(name).endswith(LONG)]
    held = {
        name: number for number, slot in enumerate(slots) for group in slot for name in group.names
    }
    single = {name for name, number in held.items() if slots[number][0].label != "labour"}
    loose = [name for name in names if name not in single]
    pairs = base_samples(size, len(slots), seed), even_samples(size, len(loose), seed)
    at = {name: number for number, name in enumerate(loose)}
    a, b = (
        {
            name: pairs[0][side][:, held[name]] if name in single else pairs[1][side][:, at[name]]
            for name in names
        }
        for side in (0, 1)
    )
    owners = np.array([held.get(name, len(slots)) for name in names])
    # Behaviour does not move landed costs, which need not be computed again.
    behaviour = [all(not group.prices for group in slot) for slot in slots] + [False]
    parts: list[list[Floats]] = [[] for _ in range(len(behaviour) + 2)]
    for start in range(0, size, BLOCK):
        rows = slice(start, start + BLOCK)
        first, second = ({name: x[rows] for name, x in sample.items()} for sample in (a, b))
        metrics, priced = asked.measure(_inputs(asked, first))
        parts[0].append(stacked(metrics))
        parts[1].append(stacked(asked.measure(_inputs(asked, second))[0]))
        for number, again in enumerate(behaviour):
            crossed = {
                name: (second if owner == number else first)[name]
                for name, owner in zip(names, owners, strict=True)
            }
            found, _ = asked.measure(_inputs(asked, crossed), priced if again else None)
            parts[2 + number].append(stacked(found))
    whole = [np.concatenate(part) for part in parts]
    dust = np.array([_dust(metric.unit) for metric in metrics])[:, None]
    return indices(whole[0], whole[1], np.stack(whole[2:]), dust)


def _inputs(asked: Asked, chances: Values) -> dict[str, Floats]:
    return values_at(asked.compiled, asked.scenario, chances)


def _dust(unit: str) -> float:
    """Size of a change that is none: a millionth of a dollar or person, a billionth of a share."""
    return 1e-9 if unit == "share" else 1e-6


def _driver_rows(
    asked: Asked,
    metrics: Sequence[Metric],
    slots: Sequence[Sequence[Group]],
    found: Sobol,
    grid: Grid,
) -> Iterator[dict[str, object]]:
    """The inputs with the largest total index of each number."""
    ranges, products = asked.compiled.ranges, asked.compiled.products
    place = {group: number for number, group in enumerate(grid.groups)}
    ends = [int(np.flatnonzero(end == POINTS)[0]) for end in (-1.0, 1.0)]
    for market, product in enumerate(products.itertuples()):
        seen = [
            (number, group)
            for number, slot in enumerate(slots)
            for group in slot
            if group.market in (-1, market)
        ]
        for m, metric in enumerate(metrics):
            if metric.name == LEAD:
                continue
            total = found.total[:, m, market]
            if np.isnan(total).any():
                continue  # nothing drives what does not vary
            ranked = sorted(seen, key=lambda pair, total=total: -total[pair[0]])  # type: ignore[misc]
            for rank, (number, group) in enumerate(ranked[:DRIVERS], start=1):
                if total[number] <= LEAST:
                    break
                name, title, unit = _what(group, ranges, str(product.sector))
                moved = grid.metric[place[group], :, m, market]
                values = grid.values[place[group]].get(name, np.full(len(grid.points), np.nan))
                yield dict(
                    zip(
                        FORMS["drivers"],
                        (
                            asked.scenario.id, product.product, metric.name, rank, name, title,
                            unit, float(found.first[number, m, market]), float(total[number]),
                            values[ends[0]], values[ends[1]], moved[ends[0]], moved[ends[1]],
                        ),
                        strict=True,
                    )
                )  # fmt: skip


TITLES = {
    "labour": "Jobs per value added, all countries and industries",
    "category": "Size of the category",
}


def _what(group: Group, ranges: pd.DataFrame, sector: str) -> tuple[str, str, str]:
    """Name, title and unit of a group, as a product of the sector reads it."""
    if group.label in TITLES:
        return f"{group.label}/*", TITLES[group.label], ""
    name = _read(group, ranges, sector)
    title = str(ranges.at[name, "short"]) or str(ranges.at[name, "title"])
    return name, title, str(ranges.at[name, "unit"])


# --- conclusions -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Crossing:
    """Where a number passes a line as one input moves: between two values of the input."""

    metric: int
    market: int
    line: float
    kind: str
    group: Group
    name: str
    inner: float
    outer: float
    within: bool


def _conclusions(asked: Asked, metrics: Sequence[Metric], grid: Grid) -> pd.DataFrame:
    """Direction of every change, the share of draws in which it holds, and the nearest reversal."""
    products, routes = asked.compiled.products, asked.compiled.routes
    rows: list[dict[str, object]] = []
    found: dict[int, Crossing] = {}
    for market, product in enumerate(products["product"]):
        for m, metric in enumerate(metrics):
            column = metric.values[:, market]
            if not metric.sign or np.isnan(column[0]):
                continue
            dust = _dust(metric.unit)
            sign = float(_sign(column[0], dust))
            words = {1: "rises", -1: "falls", 0: "does not change"}[int(sign)]
            if metric.name == LEAD:
                words = f"{routes['title'].iloc[asked.best[market]]} lands cheapest"
            row: dict[str, object] = dict.fromkeys(FORMS["conclusions"], "")
            rows.append(
                row
                | {
                    "scenario": asked.scenario.id,
                    "product": product,
                    "metric": metric.name,
                    "statement": words,
                    "holds_share": float((_sign(column[1:], dust) == sign).mean()),
                    "half_share": float((column[1:] * sign >= 0.5 * column[0] * sign).mean())
                    if sign
                    else np.nan,
                    "flip_within": False,
                    **dict.fromkeys(("flip_value", "low", "high"), np.nan),
                }
            )
            # What would reverse it; where nothing does, what would halve it.
            kinds = (("reverses", -sign * dust), ("halves", 0.5 * column[0])) if sign else ()
            for kind, line in kinds:
                crossing = _nearest(asked, grid, (m, market), line, kind)
                if crossing is not None:
                    found[len(rows) - 1] = crossing
                    break
    values = _turns(asked, list(found.values()))
    for (place, crossing), value in zip(found.items(), values, strict=True):
        _, title, unit = _what(
            crossing.group, asked.compiled.ranges, _sector(asked, crossing.market)
        )
        points = grid.values[grid.groups.index(crossing.group)][crossing.name]
        rows[place] |= {
            "flip": crossing.kind, "flip_input": crossing.name, "flip_title": title,
            "flip_unit": unit, "flip_value": float(value),
            "flip_side": "below" if crossing.outer < crossing.inner else "above",
            "flip_within": crossing.within, "low": points[1], "high": points[4],
        }  # fmt: skip
    return pd.DataFrame(rows, columns=list(FORMS["conclusions"]))


def _sector(asked: Asked, market: int) -> str:
    return str(asked.compiled.products["sector"].iloc[market])


def _sign(values: Floats | float, dust: float) -> Floats:
    return np.where(np.abs(values) <= dust, 0.0, np.sign(values))


def _nearest(
    asked: Asked, grid: Grid, cell: tuple[int, int], line: float, kind: str
) -> Crossing | None:
    """Where a number passes a line by one input alone: nearest to the centre of its range.

    Within its range before beyond; none where no single input carries the number across.
    """
    m, market = cell
    side = np.sign(grid.centre[m, market] - line)
    best: Crossing | None = None
    nearest = np.inf
    for number, group in enumerate(grid.groups):
        if group.market not in (-1, market) or group.label in TITLES:
            continue
        across = np.sign(grid.metric[number, :, m, market] - line) == -side
        if not across.any():
            continue
        name = _read(group, asked.compiled.ranges, _sector(asked, market))
        values = grid.values[number][name]
        for way in (-1.0, 1.0):
            out = np.flatnonzero(np.sign(grid.points) == way)
            out = out[np.argsort(np.abs(grid.points[out]))]
            hit = np.flatnonzero(across[out])
            far = np.abs(grid.points[out[hit[0]]]) if len(hit) else np.inf
            if far < nearest:
                # The first point on the way out that lies across, and the one before it.
                inner = values[out[hit[0] - 1]] if hit[0] else asked.central[name]
                outer = values[out[hit[0]]]
                nearest = float(far)
                best = Crossing(m, market, line, kind, group, name, float(inner), float(outer),
                                within=bool(far <= 1.0))  # fmt: skip
    return best


def _read(group: Group, ranges: pd.DataFrame, sector: str) -> str:
    """Name in a group that a product of a sector reads."""
    own = f"{group.label}@{sector}"
    return own if group.market < 0 and own in ranges.index else group.names[0]


def _turns(asked: Asked, found: Sequence[Crossing]) -> Floats:
    """Values (crossing,) at which the numbers pass their lines, by halving all brackets at once.

    Crossings of families that do not see each other stand in one row.
    """
    inner = np.array([crossing.inner for crossing in found])
    outer = np.array([crossing.outer for crossing in found])
    if not found:
        return inner
    rows = _packed(asked, found)
    m = np.array([crossing.metric for crossing in found])
    market = np.array([crossing.market for crossing in found])
    line = np.array([crossing.line for crossing in found])
    side: Floats | None = None
    for step in range(STEPS + 1):
        tried = outer if step == 0 else (inner + outer) / 2.0
        count = int(rows.max()) + 1
        values = {key: np.full(count, value) for key, value in asked.central.items()}
        for number, crossing in enumerate(found):
            values[crossing.name][rows[number]] = tried[number]
        now = np.sign(asked.all(values)[rows, m, market] - line)
        if side is None:
            side = now
            continue
        beyond = now == side
        inner, outer = np.where(beyond, inner, tried), np.where(beyond, tried, outer)
    return outer


def _packed(asked: Asked, found: Sequence[Crossing]) -> Ints:
    """A row for each crossing; in a row, no product reads the input of another's crossing."""
    compiled = asked.compiled
    family = _families(compiled, rivals=MODELS[asked.scenario.demand].between_rivals)
    seen: list[set[int]] = []
    rows = []
    for crossing in found:
        if crossing.group.market < 0:
            reading = [
                market
                for market in range(len(compiled.products))
                if _read(crossing.group, compiled.ranges, _sector(asked, market)) == crossing.name
            ]
        else:
            reading = [crossing.market]
        touched = {int(family[market]) for market in reading}
        row = next((n for n, taken in enumerate(seen) if not taken & touched), len(seen))
        if row == len(seen):
            seen.append(set())
        seen[row] |= touched
        rows.append(row)
    return np.array(rows, dtype=np.int64)


FORMS: dict[str, tuple[str, ...]] = {
    "drivers": (
        "scenario", "product", "metric", "rank", "input", "title", "unit", "first_share",
        "total_share", "low", "high", "metric_at_low", "metric_at_high",
    ),
    "conclusions": (
        "scenario", "product", "metric", "statement", "holds_share", "half_share", "flip",
        "flip_input", "flip_title",
        "flip_unit", "flip_value", "flip_side", "flip_within", "low", "high",
    ),
}  # fmt: skip
