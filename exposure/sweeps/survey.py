"""One pass over a sweep: extremes of all rows, values of the inputs, and a sample of scenarios.

The chunks go by in pieces; what is kept does not grow with their rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd, prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.sweeps.reading import ID, SweepTable

if TYPE_CHECKING:
    import pyarrow as pa

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAMPLE: Final = 100_000
"""Scenarios that are held at once, at most."""
PIECE: Final = 50_000
"""Rows that are read at once."""
MANY: Final = 100_000
"""Distinct numbers of an input beyond which they are not counted any more."""


@dataclass(frozen=True)
class Survey:
    """What one pass over a sweep has found.

    Attributes
    ----------
    levels
        By input, its distinct values (level,): numbers upwards, words in the order in which they
        appear; None where there are more than `MANY`.
    extremes (output,)
        ``min``, ``max`` in the output's unit with the scenarios ``min_id``, ``max_id`` that have
        them first, and ``unknown``, the rows whose output is not known; NaN and -1 without a row.
    sample (scenario, column)
        Scenarios spread evenly, at most `SAMPLE`: id, inputs and outputs. Of a grid it is a smaller
        grid, so that no input is mixed up with another.
    """

    levels: Mapping[str, NDArray[Any] | None]
    extremes: pd.DataFrame
    sample: pd.DataFrame

    def of_grid(self, name: str) -> NDArray[Any]:
        """Values of an input of a grid (level,); of very many, those of the sample."""
        levels = self.levels[name]
        return np.unique(self.sample[name].to_numpy()) if levels is None else levels


def survey(table: SweepTable) -> Survey:
    """Go once over the rows of a sweep.

    Raises
    ------
    DataError
        If a file is broken.
    """
    import pyarrow as pa

    whole = table.design.kind == "grid" and "draw" not in table.inputs
    step = _step(table.rows)
    levels: dict[str, NDArray[Any] | None] = {name: np.empty(0) for name in table.inputs}
    ends = _Ends(table.outputs)
    kept: list[pa.RecordBatch] = []
    names = [ID, *table.inputs, *table.outputs]
    for piece in table.pieces(names, PIECE):
        ids = piece.column(ID).to_numpy()
        for name in table.inputs:
            levels[name] = _more(levels[name], piece.column(name))
        for name in table.outputs:
            ends.more(name, piece.column(name).to_numpy(zero_copy_only=False), ids)
        kept.append(piece.filter(pa.array(ids % step == 0)))
    if whole and step > 1 and all(found is not None for found in levels.values()):
        sample = table.frame(names, where=_smaller(levels))
    else:
        schema = pa.schema([table.dataset.schema.field(name) for name in names])
        sample = pa.Table.from_batches(kept, schema=schema).to_pandas()
        sample = sample.sort_values(ID, kind="stable").reset_index(drop=True)
    return Survey(levels, ends.frame(), sample)


def own_levels(levels: NDArray[Any], most: int) -> NDArray[Any]:
    """At most so many of an axis' own levels, first and last kept, spread evenly.

    Examples
    --------
    >>> own_levels(np.array([0.0, 0.1, 0.2, 0.3, 0.4]), 3).tolist()
    [0.0, 0.2, 0.4]
    """
    if len(levels) <= most:
        return levels
    places = np.unique(np.round(np.linspace(0, len(levels) - 1, most)).astype(np.intp))
    return levels[places]


def _smaller(levels: Mapping[str, NDArray[Any] | None]) -> dict[str, list[Any]]:
    """Levels of a grid of at most `SAMPLE` scenarios; words are all kept."""
    known = {name: found for name, found in levels.items() if found is not None}
    most = max(map(len, known.values()), default=1)
    while True:
        kept = {
            name: found if found.dtype.kind == "O" else own_levels(found, most)
            for name, found in known.items()
        }
        if most == 1 or prod(map(len, kept.values())) <= SAMPLE:
            return {name: found.tolist() for name, found in kept.items()}
        most = max(1, most * 49 // 50)


def _step(rows: int) -> int:
    """How many scenarios are passed over, so that the sample is not too large.

    It has no factor in common with the rows, and so none with the draws of a point or the length of
    an axis: the sample goes through all of them.
    """
    step = max(1, -(-rows // SAMPLE))
    while gcd(step, rows) > 1:
        step += 1
    return step


def _more(known: NDArray[Any] | None, column: pa.Array) -> NDArray[Any] | None:
    """Distinct values, with those of another piece."""
    if known is None:
        return None
    found = column.unique().to_numpy(zero_copy_only=False)
    if found.dtype.kind == "O":
        fresh = [word for word in found.tolist() if word not in set(known.tolist())]
        merged: NDArray[Any] = np.array([*known.tolist(), *fresh], dtype=object)
    else:
        merged = np.union1d(known, found) if len(known) else np.sort(found)
    return merged if len(merged) <= MANY else None


class _Ends:
    """Smallest and largest value of each output so far."""

    def __init__(self, names: Sequence[str]) -> None:
        count = len(names)
        self.names = {name: place for place, name in enumerate(names)}
        self.values = np.full((2, count), np.nan)
        self.ids = np.full((2, count), -1, dtype=np.int64)
        self.unknown = np.zeros(count, dtype=np.int64)

    def more(self, name: str, values: Floats, ids: Ints) -> None:
        known = np.isfinite(values)
        at = self.names[name]
        self.unknown[at] += int((~known).sum())
        if not known.any():
            return
        for side, sign in enumerate((1.0, -1.0)):
            height = sign * values
            best = float(height[known].min())
            here = int(ids[known & (height == best)].min())
            held, holder = sign * self.values[side, at], int(self.ids[side, at])
            if holder < 0 or best < held or (best == held and here < holder):
                self.values[side, at], self.ids[side, at] = sign * best, here

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "min": self.values[0], "max": self.values[1],
                "min_id": self.ids[0], "max_id": self.ids[1], "unknown": self.unknown,
            },
            index=pd.Index(list(self.names), dtype=object),
        )  # fmt: skip
