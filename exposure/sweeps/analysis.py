"""What a sweep says: maps, swings, bands, shares of variance and flips.

Pure functions over the rows of a sweep. A row whose output is not known is dropped and counted in
``attrs["dropped"]`` of each table. Inputs have no empty cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
PART: Final = 2_000_000
"""Weights of resamples that are held at once."""
DUST: Final = 1e-12
"""Part of an output's size below which its spread is the rounding of a constant."""
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
    values, known = known_values(frame, output)
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
    values, known = known_values(frame, output)
    must_be_filled(frame, inputs)
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
    values, known = known_values(frame, output)
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
    values, _ = known_values(frame_sorted, output)
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
    values, known = known_values(frame, output)
    if not inputs:
        raise QueryError("no input", "flip", "one or more")
    must_be_filled(frame, inputs)
    *others, last = inputs
    must_be_number(frame, last)
    along = levels_of(frame, last, len(frame), 1)
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


def known_values(frame: pd.DataFrame, output: str) -> tuple[Floats, Flags]:
    """Values (row,) of an output, and whether they are known.

    Raises
    ------
    QueryError
        If there is no such column, or it holds no numbers.
    """
    require([output], frame.columns, "output")
    must_be_number(frame, output)
    values = frame[output].to_numpy(dtype=np.float64, na_value=np.nan)
    return values, np.isfinite(values)


def must_be_number(frame: pd.DataFrame, name: str) -> None:
    """Check that a column holds numbers.

    Raises
    ------
    QueryError
        If it holds words.
    """
    if not pd.api.types.is_numeric_dtype(frame[name]):
        raise QueryError(f"{name!r} holds words", str(name), "a column of numbers")


def must_be_filled(frame: pd.DataFrame, names: Sequence[str]) -> None:
    """Check that inputs are columns without empty cells.

    Raises
    ------
    QueryError
        If one is not known, or has empty cells.
    """
    require(names, frame.columns, "inputs")
    for name in names:
        empty = int(frame[name].isna().sum())
        if empty:
            raise QueryError(f"{empty} empty cells", name, "an input has none")


def _counted(table: pd.DataFrame, known: Flags) -> pd.DataFrame:
    table.attrs["dropped"] = int((~known).sum())
    return table


def _shown(frame: pd.DataFrame, name: str) -> Levels:
    return levels_of(frame, name, MOST, BINS)


def levels_of(frame: pd.DataFrame, name: str, most: int, bins: int) -> Levels:
    """An input by its values if they are few or words, otherwise by bins of equal count."""
    must_be_filled(frame, [name])
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
