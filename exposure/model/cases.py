"""Rows of one side of a scenario, and the numbers that their draws give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LOW, HIGH = 0.1, 0.9
"""Quantiles of the printed range: an 80 per cent interval."""


@dataclass(frozen=True)
class Case:
    """Rows of one side of one scenario; the first of them is central."""

    scenario: str
    case: str
    state: int
    rows: slice


def three(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Low, central and high (label,) of values (row, label); the first row is central.

    The range is widened to hold the central value, which need not lie between the quantiles of a
    skewed law. Without draws there is no range: low and high are NaN, not known; so they are where
    a draw is not known.

    Examples
    --------
    >>> [float(end[0]) for end in three(np.array([[2.0], [1.0], [3.0]]))]
    [1.2, 2.0, 2.8]
    >>> [float(end[0]) for end in three(np.array([[2.0]]))]
    [nan, 2.0, nan]
    """
    central = values[0]
    if len(values) == 1:
        none = np.full(np.shape(central), np.nan)
        return none, central, none
    low, high = np.quantile(values[1:], [LOW, HIGH], axis=0)
    return np.minimum(low, central), central, np.maximum(high, central)


def median(values: Floats) -> Floats:
    """Median (label,) of the draws of values (row, label); without draws the central value."""
    middle: Floats = values[0] if len(values) == 1 else np.quantile(values[1:], 0.5, axis=0)
    return middle


def share_of_draws(held: NDArray[np.bool_]) -> float:
    """Share of the draws (row,) in which something holds; without draws it is not known.

    Examples
    --------
    >>> share_of_draws(np.array([True, True, False])), share_of_draws(np.array([True]))
    (0.5, nan)
    """
    return float(held[1:].mean()) if len(held) > 1 else np.nan
