"""In how many draws the direction of a number holds, and which input alone would turn it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy.demand import MODELS
from exposure.model.asking import (
    LEAD,
    TITLES,
    Asked,
    Grid,
    Group,
    described,
    dust_of,
    families,
    name_read,
    sector_of,
    sign_of,
)
from exposure.model.headline import Metric

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Values = Mapping[str, Floats]


COLUMNS = (
    "scenario", "product", "metric", "statement", "holds_share", "half_share", "flip",
    "flip_input", "flip_title", "flip_unit", "flip_value", "flip_side", "flip_within", "low",
    "high",
)  # fmt: skip
STEPS = 10
"""Rounds that settle where a number is reversed."""


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


def conclusions(asked: Asked, metrics: Sequence[Metric], grid: Grid) -> pd.DataFrame:
    """Direction of every change, the share of draws in which it holds, and the nearest reversal."""
    products, routes = asked.compiled.products, asked.compiled.routes
    rows: list[dict[str, object]] = []
    found: dict[int, Crossing] = {}
    for market, product in enumerate(products["product"]):
        for m, metric in enumerate(metrics):
            column = metric.values[:, market]
            if not metric.sign or np.isnan(column[0]):
                continue
            dust = dust_of(metric.unit)
            sign = float(sign_of(column[0], dust))
            words = {1: "rises", -1: "falls", 0: "does not change"}[int(sign)]
            if metric.name == LEAD:
                words = f"{routes['title'].iloc[asked.best[market]]} lands cheapest"
            row: dict[str, object] = dict.fromkeys(COLUMNS, "")
            rows.append(
                row
                | {
                    "scenario": asked.scenario.id,
                    "product": product,
                    "metric": metric.name,
                    "statement": words,
                    "holds_share": float((sign_of(column[1:], dust) == sign).mean()),
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
        _, title, unit = described(
            crossing.group, asked.compiled.ranges, sector_of(asked, crossing.market)
        )
        points = grid.values[grid.groups.index(crossing.group)][crossing.name]
        rows[place] |= {
            "flip": crossing.kind, "flip_input": crossing.name, "flip_title": title,
            "flip_unit": unit, "flip_value": float(value),
            "flip_side": "below" if crossing.outer < crossing.inner else "above",
            "flip_within": crossing.within, "low": points[1], "high": points[4],
        }  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


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
        name = name_read(group, asked.compiled.ranges, sector_of(asked, market))
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
    family = families(compiled, rivals=MODELS[asked.scenario.demand].between_rivals)
    seen: list[set[int]] = []
    rows = []
    for crossing in found:
        if crossing.group.market < 0:
            ranges = compiled.ranges
            reading = [
                market
                for market in range(len(compiled.products))
                if name_read(crossing.group, ranges, sector_of(asked, market)) == crossing.name
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
