"""Draws of everything uncertain: row 0 is central, the others come from laws on a range."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.frames import records

Floats = NDArray[np.float64]


def two_sided(low: Floats, central: Floats, high: Floats, uniform: Floats) -> Floats:
    """Quantiles of a law that is triangular on each side of its median ``central``.

    Half of the draws lie on each side, so that a lopsided range does not pull the middle of a sum
    away from the central values that are printed beside it.

    Parameters
    ----------
    low, central, high (name,)
    uniform (draw, name) in [0, 1)

    Examples
    --------
    >>> one = np.array([0.0]), np.array([1.0]), np.array([2.0])
    >>> two_sided(*one, np.array([[0.5]]))
    array([[1.]])
    """
    below = low + np.sqrt(2.0 * uniform) * (central - low)
    above = high - np.sqrt(2.0 * np.maximum(0.0, 1.0 - uniform)) * (high - central)
    return np.where(uniform < 0.5, below, above)


def draw(
    ranges: pd.DataFrame, count: int, seed: int, fixed: Mapping[str, float] | None = None
) -> dict[str, Floats]:
    """Values (1 + count,) of every name of ``ranges``; the first is central.

    ``fixed`` sets a parameter, in all sectors, or a figure to one value. Each name has its own
    stream, so that
    a name that is added does not move the others.
    """
    values: dict[str, Floats] = {}
    for row in records(ranges.reset_index()):
        name = str(row["id"])
        base = name.split("@")[0]
        if fixed and base in fixed:
            values[name] = np.full(1 + count, float(fixed[base]))
            continue
        stream = np.random.default_rng([seed, *name.encode()])
        low, central, high = (np.array([row[key]]) for key in ("low", "central", "high"))
        drawn = two_sided(low, central, high, stream.random((count, 1)))[:, 0]
        values[name] = np.concatenate([central, drawn])
    return values
