"""Draws of everything uncertain: row 0 is central, the others come from triangular laws."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.frames import records

Floats = NDArray[np.float64]


def triangular(low: Floats, central: Floats, high: Floats, uniform: Floats) -> Floats:
    """Quantiles of triangular laws with the mode at ``central``; a range of zero width stays put.

    Parameters
    ----------
    low, central, high (name,)
    uniform (draw, name) in [0, 1)

    Examples
    --------
    >>> one = np.array([0.0]), np.array([1.0]), np.array([2.0])
    >>> triangular(*one, np.array([[0.5]]))
    array([[1.]])
    """
    width = high - low
    with np.errstate(divide="ignore", invalid="ignore"):
        knee = np.where(width > 0, (central - low) / width, 0.0)
    rising = low + np.sqrt(uniform * width * (central - low))
    falling = high - np.sqrt((1.0 - uniform) * width * (high - central))
    return np.where(width > 0, np.where(uniform < knee, rising, falling), central)


def draw(
    ranges: pd.DataFrame, count: int, seed: int, fixed: Mapping[str, float] | None = None
) -> dict[str, Floats]:
    """Values (1 + count,) of every name of ``ranges``; the first is central.

    ``fixed`` sets a parameter, in all sectors, to one value. Each name has its own stream, so that
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
        drawn = triangular(low, central, high, stream.random((count, 1)))[:, 0]
        values[name] = np.concatenate([central, drawn])
    return values
