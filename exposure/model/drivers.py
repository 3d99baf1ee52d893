"""What drives a number: the inputs with the largest share of its variance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from exposure.economy.demand import MODELS
from exposure.model.asking import (
    BLOCK,
    LEAD,
    POINTS,
    Asked,
    Grid,
    Group,
    described,
    dust_of,
    families,
    slots_of,
    stacked,
)
from exposure.model.draws import LONG
from exposure.model.headline import Metric
from exposure.model.inputs import values_at
from exposure.model.sensitivity import Sobol, base_samples, even_samples, indices

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Values = Mapping[str, Floats]


COLUMNS = (
    "scenario", "product", "metric", "rank", "input", "title", "unit", "first_share",
    "total_share", "low", "high", "metric_at_low", "metric_at_high",
)  # fmt: skip
DRIVERS = 3
"""Inputs that are named for each number."""
FIGURES, SLOTS = 6, 24
"""Figures of a product whose indices are computed, fewer where families are large, so that there
are at most so many slots of them; the rest are one group."""


PLACES = 9
"""Places by which shares are ranked: what is alike but for rounding keeps the register's order."""
LEAST = 1e-9
"""Part of the largest effect below which an input is left aside."""


def chosen_slots(
    asked: Asked, grid: Grid, slots: Sequence[list[Group]], dust: Floats
) -> list[list[Group]]:
    """Slots for the indices: common groups that matter, and each product's foremost figures.

    ``dust`` (metric,) is the size of a swing that is none: rounding must not choose.
    """
    swing = _swing(grid)
    swing = np.where(swing > dust[:, None], swing, 0.0)
    size = np.nanmax(swing, axis=0, initial=0.0)
    part = np.nan_to_num(swing / np.where(size > 0, size, np.inf))
    place = {group: number for number, group in enumerate(grid.groups)}
    common = [
        slot
        for slot in slots
        if slot[0].market < 0 and part[place[slot[0]]].max(initial=0.0) > LEAST
    ]
    family = families(asked.compiled, rivals=MODELS[asked.scenario.demand].between_rivals)
    figures = max(2, min(FIGURES, SLOTS // int(np.bincount(family).max())))
    own: dict[int, list[Group]] = {}
    for number in range(len(asked.compiled.products)):
        mine = [group for group in grid.groups if group.market == number]
        weight = {group: part[place[group], :, number].max() for group in mine}
        ranked = sorted(mine, key=lambda group: -round(weight[group], PLACES))
        own[number] = [group for group in ranked[:figures] if weight[group] > LEAST]
    kept = [group for groups in own.values() for group in groups]
    return [*common, *slots_of(asked.compiled, asked.scenario, kept)]


def _swing(grid: Grid) -> Floats:
    """Largest less smallest over the range (group, metric, market)."""
    inside = grid.metric[:, np.abs(grid.points) <= 1.0]
    swing: Floats = inside.max(axis=1) - inside.min(axis=1)
    return swing


def indices_of(asked: Asked, slots: Sequence[Sequence[Group]], size: int, seed: int) -> Sobol:
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
    dust = np.array([dust_of(metric.unit) for metric in metrics])[:, None]
    return indices(whole[0], whole[1], np.stack(whole[2:]), dust)


def _inputs(asked: Asked, chances: Values) -> dict[str, Floats]:
    return values_at(asked.compiled, asked.scenario, chances)


def driver_rows(
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
            ranked = sorted(
                seen,
                key=lambda pair, total=total: -round(total[pair[0]], PLACES),  # type: ignore[misc]
            )
            for rank, (number, group) in enumerate(ranked[:DRIVERS], start=1):
                if total[number] <= LEAST:
                    break
                name, title, unit = described(group, ranges, str(product.sector))
                moved = grid.metric[place[group], :, m, market]
                values = grid.values[place[group]].get(name, np.full(len(grid.points), np.nan))
                yield dict(
                    zip(
                        COLUMNS,
                        (
                            asked.scenario.id, product.product, metric.name, rank, name, title,
                            unit, float(found.first[number, m, market]), float(total[number]),
                            values[ends[0]], values[ends[1]], moved[ends[0]], moved[ends[1]],
                        ),
                        strict=True,
                    )
                )  # fmt: skip
