"""Scenario discovery: boxes of inputs in which something happens, and how they read in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betainc

from exposure.errors import QueryError
from exposure.sweeps.analysis import (
    Flags,
    Ints,
    Levels,
    known_values,
    levels_of,
    must_be_filled,
    must_be_number,
)

LEVELS: Final = 1000
"""Steps of an input in the search for boxes: a limit stands to a thousandth of the rows."""
FINER: Final = 16
"""By how much the finest slice that is pasted is thinner than the first."""
SIGNIFICANT: Final = 0.05


@dataclass(frozen=True)
class Box:
    """A part of the space of inputs in which something happens often.

    Attributes
    ----------
    limits
        Smallest and largest value, both inside, of the inputs that are limited; an end that is
        open is infinite.
    coverage
        Part of the rows of interest that lie inside.
    density
        Part of the rows inside that are of interest.
    support
        Part of all rows that lie inside.
    rows, dropped
        Rows that are known, and those that are not and are left out of the three parts.
    """

    limits: Mapping[str, tuple[float, float]]
    coverage: float
    density: float
    support: float
    rows: int
    dropped: int

    def words(self, titles: Mapping[str, str], units: Mapping[str, str]) -> str:
        """One sentence; an input without a title goes by its name, ``fraction`` is per cent."""
        if not self.limits:
            return f"In {_share(self.density)} of all cases, it happens."
        parts = [
            f"{titles.get(name) or name} {_between(ends, units.get(name, ''))}"
            for name, ends in self.limits.items()
        ]
        named = " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)
        return (
            f"In {_share(self.density)} of the cases with {named} ({_share(self.support)} of all "
            f"cases), it happens; these are {_share(self.coverage)} of all where it does."
        )


def discover(
    frame: pd.DataFrame,
    inputs: Sequence[str],
    output: str,
    below: float | None = None,
    above: float | None = None,
    least_support: float = 0.05,
    peel: float = 0.05,
    boxes: int = 3,
) -> list[Box]:
    """Boxes of inputs in which an output often lies below or above a value (PRIM).

    Friedman and Fisher (1999): the box of all rows is peeled, each time at the side that raises the
    share of rows of interest most per row taken away, and then pasted as long as that share does
    not fall. Of the boxes on the way the one is kept in which coverage and the rise of the density,
    as a part of the rise that is possible, have the highest harmonic mean. Limits whose quasi-p
    value (Bryant and Lempert 2010) exceeds 5 % are dropped. The next box is sought outside.

    Parameters
    ----------
    frame (row, column)
        Rows of a sweep.
    inputs
        Inputs that are numbers.
    output
        Output.
    below, above
        Rows with less, or with more than this are of interest; exactly one, in the output's unit.
    least_support
        Part of all rows that a box holds at least.
    peel
        Part of a box that is peeled or pasted at once; a whole value where that holds more.
    boxes
        How many are sought.

    Returns
    -------
    list of Box
        In the order found. Their parts are of all rows, so that boxes may overlap. Empty where
        nothing or all is of interest, or no limit raises the share.

    Raises
    ------
    QueryError
        If a column is not known, an input is no number, or both or none of ``below`` and ``above``
        are given.
    """
    values, known = known_values(frame, output)
    if (below is None) == (above is None):
        raise QueryError("both or none of below and above", "discover", "exactly one")
    if not 0.0 < peel < 1.0 or not 0.0 <= least_support < 1.0:
        raise QueryError(f"peel {peel:g}, least_support {least_support:g}", "discover", "0 to 1")
    must_be_filled(frame, inputs)
    if not inputs:
        raise QueryError("no input", "discover", "one or more")
    for name in inputs:
        must_be_number(frame, name)
    steps = [levels_of(frame.loc[known], name, LEVELS, LEVELS) for name in inputs]
    hit = values[known] < below if below is not None else values[known] > (above or 0.0)
    codes = np.stack([item.codes for item in steps]).astype(np.int16)
    tops = np.array([len(item.low) - 1 for item in steps])
    dropped = int((~known).sum())
    return [
        _box(inputs, steps, edges, _parts(codes, hit, edges), dropped)
        for edges in _sought(codes, hit, tops, (least_support, peel), boxes)
    ]


@dataclass(frozen=True)
class _Edges:
    """First and last step (input,) inside a box."""

    low: Ints
    high: Ints

    def outside(self, codes: NDArray[np.int16]) -> Flags:
        """Whether a row breaks the limits of an input (input, row)."""
        return (codes < self.low[:, None]) | (codes > self.high[:, None])

    def limited(self, tops: Ints) -> Ints:
        """Inputs that have a limit."""
        return np.flatnonzero((self.low > 0) | (self.high < tops))

    def moved(self, number: int, side: int, step: int) -> _Edges:
        """Edges of which one, the low (side 0) or the high one of an input, stands elsewhere."""
        ends = self.low.copy(), self.high.copy()
        ends[side][number] = step
        return _Edges(*ends)


def _sought(
    codes: NDArray[np.int16], hit: Flags, tops: Ints, parts: tuple[float, float], boxes: int
) -> Iterator[_Edges]:
    """Boxes one after the other, each in the rows that the former have left."""
    least, peel = int(np.ceil(parts[0] * len(hit))), parts[1]
    overall = hit.mean() if len(hit) else 0.0
    for _ in range(boxes):
        if not hit.any() or hit.all():
            return
        edges = _pasted(codes, hit, tops, peel, _peeled(codes, hit, tops, peel, max(1, least)))
        edges = _significant(codes, hit, tops, edges)
        inside = ~edges.outside(codes).any(axis=0)
        if not len(edges.limited(tops)) or hit[inside].mean() <= overall:
            return
        yield edges
        codes, hit = codes[:, ~inside], hit[~inside]


def _peeled(codes: NDArray[np.int16], hit: Flags, tops: Ints, peel: float, least: int) -> _Edges:
    """The best box on the way from all rows to the least support."""
    edges = _Edges(np.zeros_like(tops), tops.copy())
    base, all_hits = float(hit.mean()), int(hit.sum())
    best, score = edges, 0.0
    while not hit.all():
        size, hits = len(hit), int(hit.sum())
        chosen, most = None, -np.inf
        for number, top in enumerate(tops.tolist()):
            tally = _tally(codes[number], hit, top)
            for side in (0, 1):
                levels, rows, lost = _slice(tally, side, peel * size)
                if rows == 0 or size - rows < least:
                    continue
                gain = ((hits - lost) / (size - rows) - hits / size) / rows
                if gain > most:
                    step = top - levels if side else levels
                    chosen, most = (number, edges.moved(number, side, step)), gain
        if chosen is None:
            break
        number, edges = chosen
        # Only this input has changed, and the others take time.
        inside = (codes[number] >= edges.low[number]) & (codes[number] <= edges.high[number])
        codes, hit = codes[:, inside], hit[inside]
        coverage, rise = hit.sum() / all_hits, (hit.mean() - base) / (1.0 - base)
        if rise > 0 and coverage > 0 and 2 * coverage * rise / (coverage + rise) > score:
            best, score = edges, 2 * coverage * rise / (coverage + rise)
    return best


def _pasted(codes: NDArray[np.int16], hit: Flags, tops: Ints, peel: float, edges: _Edges) -> _Edges:
    """A box with slices added as long as the density does not fall; coverage rises.

    A slice that is too thick is tried again at half of it, so that a coarse peel is mended.
    """
    part = peel
    while len(edges.limited(tops)):
        outside = edges.outside(codes)
        broken = outside.sum(axis=0, dtype=np.int16)
        inside = broken == 0
        size, hits = int(inside.sum()), int(hit[inside].sum())
        chosen, most = None, hits / size
        for number in edges.limited(tops).tolist():
            near = broken == outside[number]
            counts, wins = _tally(codes[number, near], hit[near], int(tops[number]))
            low, high = int(edges.low[number]), int(edges.high[number])
            for side, beyond in ((0, slice(0, low)), (1, slice(high + 1, None))):
                # Counted from the box outwards: the other way round than a peel.
                levels, rows, more = _slice((counts[beyond], wins[beyond]), 1 - side, part * size)
                density = (hits + more) / (size + rows)
                if rows and density >= most:
                    step = high + levels if side else low - levels
                    chosen, most = edges.moved(number, side, step), density
        if chosen is not None:
            edges = chosen
        elif part > peel / FINER:
            part /= 2
        else:
            break
    return edges


def _significant(codes: NDArray[np.int16], hit: Flags, tops: Ints, edges: _Edges) -> _Edges:
    """Edges without limits that chance explains: by the quasi-p value, the weakest first.

    The chance that as many rows of interest lie in the box as do, if their share were that of the
    box without the limit.
    """
    while len(limited := edges.limited(tops)):
        outside = edges.outside(codes)
        broken = outside.sum(axis=0, dtype=np.int16)
        inside = broken == 0
        size, hits = int(inside.sum()), int(hit[inside].sum())
        chances = []
        for number in limited:
            near = broken == outside[number]
            chances.append(betainc(hits, size - hits + 1, hit[near].mean()))
        weakest = int(np.argmax(chances))
        if chances[weakest] <= SIGNIFICANT:
            break
        number = int(limited[weakest])
        edges = edges.moved(number, 0, 0).moved(number, 1, int(tops[number]))
    return edges


def _tally(codes: NDArray[np.int16], hit: Flags, top: int) -> tuple[Ints, Ints]:
    """Rows and rows of interest (step,) of an input."""
    return np.bincount(codes, minlength=top + 1), np.bincount(codes[hit], minlength=top + 1)


def _slice(tally: tuple[Ints, Ints], side: int, quota: float) -> tuple[int, int, int]:
    """Steps from the first (side 0) or the last (1) that hold ``quota`` rows at most.

    At least one step that is not empty. Steps, rows and rows of interest; zeros if all are empty.
    """
    counts, wins = (item[::-1] if side else item for item in tally)
    rows = counts.cumsum()
    if not len(rows) or rows[-1] == 0:
        return 0, 0, 0
    filled = int(np.searchsorted(rows, 0, side="right"))
    last = max(filled, int(np.searchsorted(rows, quota, side="right")) - 1)
    return last + 1, int(rows[last]), int(wins[: last + 1].sum())


def _parts(codes: NDArray[np.int16], hit: Flags, edges: _Edges) -> tuple[float, float, float]:
    """Coverage, density and support of a box among all rows."""
    inside = ~edges.outside(codes).any(axis=0)
    hits = hit[inside].sum()
    return float(hits / hit.sum()), float(hits / inside.sum()), float(inside.mean())


def _box(
    inputs: Sequence[str],
    steps: Sequence[Levels],
    edges: _Edges,
    parts: tuple[float, float, float],
    dropped: int,
) -> Box:
    limits = {}
    for name, item, low, high in zip(inputs, steps, edges.low, edges.high, strict=True):
        ends = (
            float(item.low[low]) if low > 0 else -np.inf,
            float(item.high[high]) if high < len(item.low) - 1 else np.inf,
        )
        if np.isfinite(ends).any():
            limits[name] = ends
    return Box(limits, *parts, rows=len(steps[0].codes), dropped=dropped)


def _between(ends: tuple[float, float], unit: str) -> str:
    low, high = (_value(end, unit) for end in ends)
    if np.isinf(ends[1]):
        return f"at {low} or more"
    if np.isinf(ends[0]):
        return f"at {high} or less"
    return f"at {low}" if low == high else f"between {low} and {high}"


def _value(value: float, unit: str) -> str:
    if unit == "fraction":
        return f"{100 * value:.4g} %"
    number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{number} {unit}" if unit not in ("", "1") else number


def _share(part: float) -> str:
    """A part in whole per cents; what is not all or none is not printed as such."""
    if 0.995 <= part < 1.0:
        return "more than 99 %"
    return "less than 1 %" if 0.0 < part <= 0.005 else f"{100 * part:.0f} %"
