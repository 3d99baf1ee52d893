"""One scenario asked again with inputs moved: in groups, one at a time, over a few values.

Inputs are asked in groups: a parameter in all sectors at once, all jobs per value added, all sizes
of categories, and each figure of a product. Products that neither share a capacity nor are rivals
do not see each other's figures, so one row moves a figure of each of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy.demand import MODELS
from exposure.facts.documents import Scenario
from exposure.model.compiled import Compiled
from exposure.model.draws import LONG
from exposure.model.headline import Metric, headline
from exposure.model.inputs import fixed
from exposure.model.rows import paired_rows
from exposure.model.run import ARRAYS, Engine, Evaluated, Priced

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Values = Mapping[str, Floats]


BLOCK = 64
"""Rows of inputs evaluated at once."""


LEAD = "route_lead_usd_per_unit"


@dataclass(frozen=True)
class Group:
    """Inputs that are moved together; ``market`` is -1 where they are all products' own."""

    label: str
    names: tuple[str, ...]
    market: int
    prices: bool


TITLES = {
    "labour": "Jobs per value added, all countries and industries",
    "category": "Size of the category",
}


@dataclass(frozen=True)
class Asked:
    """One scenario, with all that its questions need."""

    compiled: Compiled
    scenario: Scenario
    pair: tuple[int, int]
    central: Mapping[str, float]
    best: Ints
    engine: Engine = ARRAYS

    def measure(self, values: Values, priced: Priced | None = None) -> tuple[list[Metric], Priced]:
        """Metrics (row, market) of rows of inputs; what was priced can be used again."""
        rows = paired_rows(self.compiled, self.scenario, self.pair, values)
        found = priced or self.engine.price(self.compiled, rows, False)
        done = self.engine.respond(self.compiled, rows, found)
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
    market = compiled.labels.market
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
    market = compiled.labels.market
    known = np.where(np.isnan(cost), np.inf, cost)
    return np.array(
        [
            int(np.flatnonzero(market == number)[np.argmin(known[market == number])])
            for number in range(len(compiled.products))
        ],
        dtype=np.int64,
    )


def groups_of(compiled: Compiled, scenario: Scenario, central: Mapping[str, float]) -> list[Group]:
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


def slots_of(compiled: Compiled, scenario: Scenario, groups: Sequence[Group]) -> list[list[Group]]:
    """Groups that one row may move together: one common group, or a figure of each family."""
    family = families(compiled, rivals=MODELS[scenario.demand].between_rivals)
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


def families(compiled: Compiled, *, rivals: bool) -> Ints:
    """Number of the family of each product: those that share a capacity, or are rivals."""
    count = len(compiled.products)
    family = np.arange(count, dtype=np.int64)
    market = compiled.labels.market
    pool = compiled.labels.pool
    sets = [np.unique(market[pool == name]) for name in np.unique(pool)]
    if rivals:
        names = compiled.products["category"].to_numpy(dtype=str)
        sets += [np.flatnonzero(names == name) for name in np.unique(names) if name]
    for members in sets:
        joined = np.isin(family, family[members])
        family[joined] = family[members].min()
    return family


ENDS = np.array([-1.0, 1.0])


POINTS = np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])


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


def grid_of(asked: Asked, slots: Sequence[Sequence[Group]], points: Floats) -> Grid:
    """Move each slot over the points, all else central."""
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


def described(group: Group, ranges: pd.DataFrame, sector: str) -> tuple[str, str, str]:
    """Name, title and unit of a group, as a product of the sector reads it."""
    if group.label in TITLES:
        return f"{group.label}/*", TITLES[group.label], ""
    name = name_read(group, ranges, sector)
    title = str(ranges.at[name, "short"]) or str(ranges.at[name, "title"])
    return name, title, str(ranges.at[name, "unit"])


def name_read(group: Group, ranges: pd.DataFrame, sector: str) -> str:
    """Name in a group that a product of a sector reads."""
    own = f"{group.label}@{sector}"
    return own if group.market < 0 and own in ranges.index else group.names[0]


def sector_of(asked: Asked, market: int) -> str:
    """Sector of a product by its number."""
    return str(asked.compiled.products["sector"].iloc[market])


def dust_of(unit: str) -> float:
    """Size of a change that is none: a millionth of a dollar or person, a billionth of a share."""
    return 1e-9 if unit == "share" else 1e-6


def sign_of(values: Floats | float, dust: float) -> Floats:
    """-1, 0 or 1; 0 for what is dust."""
    return np.where(np.abs(values) <= dust, 0.0, np.sign(values))
