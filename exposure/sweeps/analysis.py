"""What a sweep says: maps, swings, bands, shares of variance, flips, and where something happens.

Pure functions over the rows of a sweep. A row whose output is not known is dropped and counted:
``attrs["dropped"]`` of each table, `Box.dropped` of a box. Inputs have no empty cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betainc

from exposure.errors import QueryError
from exposure.model.sensitivity import Sobol, indices
from exposure.sweeps.reading import ID, require

Floats = NDArray[np.float64]
Ints = NDArray[np.signedinteger[Any]]
Codes = NDArray[np.intp]
Flags = NDArray[np.bool_]

STATISTICS: Final = ("median", "mean", "min", "max", "std", "count")
MOST: Final = 40
"""Distinct values of an input that are shown one by one."""
BINS: Final = 20
"""Bins of equal count for an input of more."""
LEVELS: Final = 1000
"""Steps of an input in the search for boxes: a limit stands to a thousandth of the rows."""
FINER: Final = 16
"""By how much the finest slice that is pasted is thinner than the first."""
PART: Final = 2_000_000
"""Weights of resamples that are held at once."""
DUST: Final = 1e-12
"""Part of an output's size below which its spread is the rounding of a constant."""
SIGNIFICANT: Final = 0.05
RANGE: Final = (0.05, 0.95)
"""Ends of a range of 90 per cent."""


@dataclass(frozen=True)
class Levels:
    """An input by steps.

    Attributes
    ----------
    codes (row,)
        Step of each row.
    low, high (step,)
        Smallest and largest value of a step; the same where every value is a step.
    """

    codes: Codes
    low: NDArray[Any]
    high: NDArray[Any]

    @property
    def labels(self) -> NDArray[Any]:
        """Value (step,), or the midpoint of a bin."""
        return self.low if self.low is self.high else (self.low + self.high) / 2


def heat_map(
    frame: pd.DataFrame, x: str, y: str, output: str, statistic: str = "median"
) -> pd.DataFrame:
    """An output over two inputs.

    Parameters
    ----------
    frame (row, column)
        Rows of a sweep.
    x, y
        Inputs. One of more than 40 distinct values is cut into 20 bins of equal count, which are
        labelled by their midpoints.
    output
        Output.
    statistic
        Of the rows of a cell: median, mean, min, max, std or count.

    Returns
    -------
    DataFrame (value of y, value of x)
        In the unit of the output; NaN where no row is known. ``attrs["dropped"]`` counts the rows
        whose output is not known.

    Raises
    ------
    QueryError
        If a column or the statistic is not known, or both inputs are the same.
    """
    values, known = _output(frame, output)
    across, down = _shown(frame, x), _shown(frame, y)
    if x == y:
        raise QueryError(f"{x!r} on both sides", "heat map", "two inputs")
    if statistic not in STATISTICS:
        raise QueryError(f"no statistic {statistic!r}", "heat map", ", ".join(STATISTICS))
    keys = [down.codes[known], across.codes[known]]
    cells = pd.Series(values[known]).groupby(keys).agg(statistic).unstack()
    cells = cells.reindex(index=range(len(down.low)), columns=range(len(across.low)))
    if statistic == "count":
        cells = cells.fillna(0).astype(np.int64)
    cells.index = pd.Index(down.labels, name=y)
    cells.columns = pd.Index(across.labels, name=x)
    return _counted(cells, known)


def tornado(
    frame: pd.DataFrame, inputs: Sequence[str], output: str, low: float = 0.1, high: float = 0.9
) -> pd.DataFrame:
    """How far each input swings an output, all others being as they come.

    Parameters
    ----------
    frame (row, column)
        Rows of a sweep.
    inputs
        Inputs. Of one with at most 40 distinct values the lowest and the highest value are
        compared; of words those with the lowest and the highest median.
    output
        Output.
    low, high
        Parts of the rows, sorted by the input, up to and from which they count as its ends.

    Returns
    -------
    DataFrame (input,)
        ``input``; ``low`` and ``high``, the values at which the ends stop, in the input's unit;
        ``swing``, from ``at_low`` to ``at_high``, the medians of the output at the ends, in its
        unit. The widest swing stands first. ``attrs["dropped"]`` counts rows that are not known.

    Raises
    ------
    QueryError
        If a column is not known, or ``low`` and ``high`` are not parts in order.
    """
    values, known = _output(frame, output)
    _filled(frame, inputs)
    if not 0.0 <= low < high <= 1.0:
        raise QueryError(f"ends {low:g} and {high:g}", "tornado", "0 <= low < high <= 1")
    rows = [(name, *_swing(frame[name].loc[known], values[known], (low, high))) for name in inputs]
    table = pd.DataFrame(rows, columns=["input", "low", "high", "at_low", "at_high"])
    table.insert(3, "swing", table["at_high"] - table["at_low"])
    order = table["swing"].abs().sort_values(ascending=False, kind="stable").index
    return _counted(table.loc[order].reset_index(drop=True), known)


def bands(
    frame: pd.DataFrame,
    x: str,
    output: str,
    quantiles: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
) -> pd.DataFrame:
    """Quantiles of an output along an input.

    Parameters
    ----------
    frame (row, column)
        Rows of a sweep.
    x
        Input; of more than 40 distinct values it is cut into 20 bins of equal count.
    output
        Output.
    quantiles
        Parts from 0 to 1.

    Returns
    -------
    DataFrame (value of x,)
        ``x`` by its name, ``p5`` and so on in the unit of the output, ``rows`` that are known and
        rows ``dropped`` at this value; ``attrs["dropped"]`` is their sum.

    Raises
    ------
    QueryError
        If a column is not known or a quantile is none.
    """
    values, known = _output(frame, output)
    along = _shown(frame, x)
    if not quantiles or not all(0.0 <= part <= 1.0 for part in quantiles):
        raise QueryError(f"quantiles {tuple(quantiles)}", "bands", "from 0 to 1")
    grouped = pd.Series(values[known]).groupby(along.codes[known])
    size = len(along.low)
    table = pd.DataFrame({x: along.labels})
    for part in quantiles:
        table[f"p{100 * part:g}"] = grouped.quantile(part).reindex(range(size)).to_numpy()
    table["rows"] = np.bincount(along.codes[known], minlength=size)
    table["dropped"] = np.bincount(along.codes[~known], minlength=size)
    return _counted(table, known)


def sobol(
    frame_sorted: pd.DataFrame,
    design_inputs: Sequence[str],
    samples: int,
    output: str,
    resamples: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Share of the variance of an output that each input stands for.

    First order by Saltelli and others (2010), eq. (b); total by Jansen (1999). The ranges are by
    the bootstrap over samples, each with all its blocks.

    Parameters
    ----------
    frame_sorted (row, column)
        ``scenario_id`` and the output of a ``saltelli`` design: a block A, a block B, and for each
        input A with its column from B. A sample drops out of every block if one of its rows is
        missing or not known.
    design_inputs
        Inputs in the order of the blocks.
    samples
        Rows of a block.
    output
        Output.
    resamples, seed
        Of the bootstrap.

    Returns
    -------
    DataFrame (input,)
        ``input``, ``first``, ``first_low``, ``first_high``, ``total``, ``total_low`` and
        ``total_high``; shares of the variance with ranges of 90 %. NaN where the output does not
        vary. ``attrs["dropped"]`` counts samples that dropped out, ``attrs["samples"]`` the rest.

    Raises
    ------
    QueryError
        If a column is missing, or rows are not those of such a design.
    """
    values, _ = _output(frame_sorted, output)
    require([ID], frame_sorted.columns, "sobol")
    if resamples < 1 or samples < 1 or not design_inputs:
        raise QueryError("an empty design", "sobol", "inputs, samples and resamples of 1 or more")
    blocks = _blocks(frame_sorted[ID].to_numpy(), values, samples, len(design_inputs))
    whole = np.isfinite(blocks).all(axis=0)
    a, b, mixed = blocks[0, whole], blocks[1, whole], blocks[2:, whole]
    dust = DUST * float(np.abs(blocks[:2, whole]).max(initial=0.0))
    columns: dict[str, object] = {"input": list(design_inputs)}
    empty = np.full(len(design_inputs), np.nan)
    found = indices(a, b, mixed, dust) if len(a) > 1 else Sobol(empty, empty)
    spread = _resampled(a, b, mixed, dust, resamples, seed)
    for name in ("first", "total"):
        ends = _ends(getattr(spread, name))
        columns |= {name: getattr(found, name), f"{name}_low": ends[0], f"{name}_high": ends[1]}
    table = pd.DataFrame(columns)
    table.attrs |= {"dropped": int((~whole).sum()), "samples": len(a)}
    return table


def flip(frame: pd.DataFrame, inputs: Sequence[str], output: str, threshold: float) -> pd.DataFrame:
    """Where an output crosses a threshold along the last of the inputs of a grid.

    Between neighbouring values of the grid that are known the output is taken as linear. At the
    threshold it counts as above.

    Parameters
    ----------
    frame (row, column)
        One row a combination of the inputs.
    inputs
        Inputs; the last, a number, is the one along which is looked.
    output
        Output.
    threshold
        In the unit of the output.

    Returns
    -------
    DataFrame (combination of the others,)
        The others by their names; the last by its name, the value of the first crossing in its
        unit, NaN without one; ``always``, ``above`` or ``below`` where it never crosses, else
        empty; ``crossings``, their number; ``dropped``, values of the grid at which the output is
        not known. ``attrs["dropped"]`` is their sum.

    Raises
    ------
    QueryError
        If a column is not known, the last input is no number, or rows are not a grid of inputs.
    """
    values, known = _output(frame, output)
    if not inputs:
        raise QueryError("no input", "flip", "one or more")
    _filled(frame, inputs)
    *others, last = inputs
    _number(frame, last)
    along = _levels(frame, last, len(frame), 1)
    lines = _lines(frame, others)
    _check_grid(lines, along, inputs)
    order = np.lexsort((along.codes, lines))
    order = order[known[order]]
    line, at, gap = lines[order], along.low[along.codes[order]], values[order] - threshold
    side = gap >= 0
    size = int(lines.max(initial=-1)) + 1
    cross = np.flatnonzero((side[1:] != side[:-1]) & (line[1:] == line[:-1]))
    step = gap[cross + 1] - gap[cross]
    value = at[cross] - (at[cross + 1] - at[cross]) * gap[cross] / step
    crossed, first = np.unique(line[cross], return_index=True)
    found = np.full(size, np.nan)
    found[crossed] = value[first]
    crossings = np.bincount(line[cross], minlength=size)
    always = np.full(size, "", dtype=object)
    always[line] = np.where(side, "above", "below")
    always[crossings > 0] = ""
    # In the order of the lines, as their numbers are sorted.
    table = frame[others].iloc[np.unique(lines, return_index=True)[1]].reset_index(drop=True)
    table[last] = found
    table["always"] = always
    table["crossings"] = crossings
    table["dropped"] = len(along.low) - np.bincount(line, minlength=size)
    table.attrs["dropped"] = int(table["dropped"].sum())
    return table


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
    values, known = _output(frame, output)
    if (below is None) == (above is None):
        raise QueryError("both or none of below and above", "discover", "exactly one")
    if not 0.0 < peel < 1.0 or not 0.0 <= least_support < 1.0:
        raise QueryError(f"peel {peel:g}, least_support {least_support:g}", "discover", "0 to 1")
    _filled(frame, inputs)
    if not inputs:
        raise QueryError("no input", "discover", "one or more")
    for name in inputs:
        _number(frame, name)
    steps = [_levels(frame.loc[known], name, LEVELS, LEVELS) for name in inputs]
    hit = values[known] < below if below is not None else values[known] > (above or 0.0)
    codes = np.stack([item.codes for item in steps]).astype(np.int16)
    tops = np.array([len(item.low) - 1 for item in steps])
    dropped = int((~known).sum())
    return [
        _box(inputs, steps, edges, _parts(codes, hit, edges), dropped)
        for edges in _sought(codes, hit, tops, (least_support, peel), boxes)
    ]


def _output(frame: pd.DataFrame, output: str) -> tuple[Floats, Flags]:
    """Values (row,) of an output, and whether they are known.

    Raises
    ------
    QueryError
        If there is no such column, or it holds no numbers.
    """
    require([output], frame.columns, "output")
    _number(frame, output)
    values = frame[output].to_numpy(dtype=np.float64, na_value=np.nan)
    return values, np.isfinite(values)


def _number(frame: pd.DataFrame, name: str) -> None:
    if not pd.api.types.is_numeric_dtype(frame[name]):
        raise QueryError(f"{name!r} holds words", str(name), "a column of numbers")


def _filled(frame: pd.DataFrame, names: Sequence[str]) -> None:
    require(names, frame.columns, "inputs")
    for name in names:
        empty = int(frame[name].isna().sum())
        if empty:
            raise QueryError(f"{empty} empty cells", name, "an input has none")


def _counted(table: pd.DataFrame, known: Flags) -> pd.DataFrame:
    table.attrs["dropped"] = int((~known).sum())
    return table


def _shown(frame: pd.DataFrame, name: str) -> Levels:
    return _levels(frame, name, MOST, BINS)


def _levels(frame: pd.DataFrame, name: str, most: int, bins: int) -> Levels:
    """An input by its values if they are few or words, otherwise by bins of equal count."""
    _filled(frame, [name])
    column = frame[name]
    if not pd.api.types.is_numeric_dtype(column):
        codes, words = pd.factorize(column, sort=True)
        labels = np.asarray(words, dtype=object)
        return Levels(codes.astype(np.intp), labels, labels)
    distinct, place, counts = np.unique(column.to_numpy(), return_inverse=True, return_counts=True)
    if len(distinct) <= most:
        return Levels(place, distinct, distinct)
    # Rows of one value stay together, so a bin may hold more than its part; none is empty.
    wanted = (np.cumsum(counts) - counts) * bins // len(column)
    _, first, number = np.unique(wanted, return_index=True, return_inverse=True)
    last = np.append(first[1:], len(distinct)) - 1
    return Levels(number[place], distinct[first], distinct[last])


def _swing(column: pd.Series, values: Floats, parts: tuple[float, float]) -> tuple[Any, ...]:
    """Ends of an input, and medians of the output there: low, high, at low, at high."""
    if not len(column):
        return (np.nan,) * 4
    if not pd.api.types.is_numeric_dtype(column):
        medians = pd.Series(values).groupby(column.to_numpy()).median()
        ends = [int(medians.argmin()), int(medians.argmax())]
        return *medians.index[ends], *medians.iloc[ends]
    at = column.to_numpy()
    few = len(pd.unique(at)) <= MOST
    low, high = (at.min(), at.max()) if few else np.quantile(at, parts)
    return low, high, np.median(values[at <= low]), np.median(values[at >= high])


def _blocks(ids: NDArray[Any], values: Floats, samples: int, inputs: int) -> Floats:
    """Output (block, sample), NaN where a row is missing.

    Raises
    ------
    QueryError
        If a row is beyond the design or stands twice, or rows have no whole numbers.
    """
    size = (inputs + 2) * samples
    if not np.issubdtype(ids.dtype, np.integer):
        raise QueryError(f"{ID} of type {ids.dtype}", "sobol", "whole numbers")
    if len(ids) and (ids.min() < 0 or ids.max() >= size):
        raise QueryError(
            f"{ID} from {ids.min()} to {ids.max()}",
            "sobol",
            f"0 to {size - 1} with {inputs} inputs of {samples} samples",
        )
    if len(np.unique(ids)) < len(ids):
        raise QueryError(f"a {ID} stands twice", "sobol", "one row each")
    cells = np.full(size, np.nan)
    cells[ids] = values
    return cells.reshape(inputs + 2, samples)


def _resampled(a: Floats, b: Floats, mixed: Floats, dust: float, count: int, seed: int) -> Sobol:
    """Indices (input, resample) of samples drawn again with replacement.

    The arithmetic is that of `exposure.model.sensitivity.indices`, with how often each sample is
    drawn as its weight: all resamples are one product of matrices, and no block is copied.
    """
    size, inputs = len(a), len(mixed)
    if size < 2:
        return Sobol(np.full((inputs, count), np.nan), np.full((inputs, count), np.nan))
    # Close to zero, squares and their difference keep their digits.
    a, b, mixed = (item - a.mean() for item in (a, b, mixed))
    moved = mixed - a
    terms = np.vstack([(a + b) / 2, (a * a + b * b) / 2, b * moved, moved, moved * moved])
    stream = np.random.default_rng(seed)
    step = max(1, PART // size)
    means = []
    for start in range(0, count, step):
        block = min(step, count - start)
        drawn = stream.integers(size, size=(block, size)) + size * np.arange(block)[:, None]
        weights = np.bincount(drawn.ravel(), minlength=block * size).reshape(block, size)
        means.append(terms @ (weights / size).T)
    centre, square, joint, move, apart = np.split(
        np.concatenate(means, axis=1), [1, 2, 2 + inputs, 2 + 2 * inputs]
    )
    spread = square - centre**2
    spread[spread <= dust**2] = np.nan
    return Sobol((joint - centre * move) / spread, 0.5 * apart / spread)


def _ends(resampled: Floats) -> Floats:
    """Ends (2, input) of the range; a resample in which nothing varies says nothing."""
    known = np.isfinite(resampled).all(axis=0)
    if not known.any():
        return np.full((2, len(resampled)), np.nan)
    ends: Floats = np.quantile(resampled[:, known], RANGE, axis=1)
    return ends


def _lines(frame: pd.DataFrame, others: Sequence[str]) -> Codes:
    """Number (row,) of the combination of the other inputs."""
    if not others:
        return np.zeros(len(frame), dtype=np.intp)
    groups = frame.groupby(list(others), sort=True, observed=True).ngroup()
    return np.asarray(groups, dtype=np.intp)


def _check_grid(lines: Codes, along: Levels, inputs: Sequence[str]) -> None:
    """Every line has a value of the grid once, and some line has two values.

    Raises
    ------
    QueryError
        If not; a flip cannot be read from single points.
    """
    if not len(lines):
        return
    cells = lines * len(along.low) + along.codes
    if len(np.unique(cells)) < len(cells):
        raise QueryError(
            "several rows with the same inputs", "flip", f"more inputs than {', '.join(inputs)}"
        )
    if np.bincount(lines).max() < 2:
        raise QueryError(f"no two rows differ in {inputs[-1]} alone", "flip", "rows of a grid")


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
    """A part in whole per cents; what is not all is not printed as all."""
    if 0.995 <= part < 1.0:
        return "more than 99 %"
    return "less than 1 %" if 0.0 < part < 0.005 else f"{100 * part:.0f} %"
