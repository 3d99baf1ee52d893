"""Which measure stands for how much of a change: Shapley's split, which adds up exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Value = Callable[[NDArray[np.bool_]], Floats]
"""``coalition (row, factor) -> value (row, ...)``: factors that are switched on in each row."""
EXACT = 12
"""Factors up to which all coalitions are valued."""
PERMUTATIONS = 400


@dataclass(frozen=True)
class Split:
    """Parts by factor (factor, ...), and their standard errors: 0 where all was counted."""

    parts: Floats
    error: Floats


def shapley(
    value: Value, factors: int, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> Split:
    """Split ``value(all) - value(none)`` among factors (Shapley 1953).

    Exact up to `EXACT` factors; above, the mean over drawn orders, each of which adds up too.

    Examples
    --------
    Two duties stacked on 100: 25 % and 10 %.

    >>> both = shapley(lambda on: 100 * np.prod(np.where(on, [1.25, 1.1], 1.0), axis=1), 2)
    >>> both.parts.round(4).tolist()
    [26.25, 11.25]
    """
    if factors <= EXACT:
        return _exact(value, factors)
    stream = np.random.default_rng(seed)
    orders = stream.permuted(np.tile(np.arange(factors), (permutations, 1)), axis=1)
    # Row k of an order has its first k factors switched on.
    rank = np.argsort(orders, axis=1)
    on = rank[:, None, :] < np.arange(factors + 1)[None, :, None]
    found = value(on.reshape(-1, factors))
    found = found.reshape(permutations, factors + 1, *found.shape[1:])
    steps = np.diff(found, axis=1)
    parts = np.stack(
        [steps[np.arange(permutations), rank[:, factor]] for factor in range(factors)], axis=1
    )
    error = parts.std(axis=0, ddof=1) / np.sqrt(permutations)
    return Split(parts.mean(axis=0), error)


def _exact(value: Value, factors: int) -> Split:
    number = np.arange(2**factors)
    on = (number[:, None] >> np.arange(factors)) & 1 == 1
    found = value(on)
    size = on.sum(axis=1)
    parts = []
    for factor in range(factors):
        without = np.flatnonzero(~on[:, factor])
        weight = np.array(
            [factorial(s) * factorial(factors - s - 1) / factorial(factors) for s in size[without]]
        )
        gain = found[without + 2**factor] - found[without]
        parts.append(np.tensordot(weight, gain, axes=1))
    split = np.stack(parts)
    return Split(split, np.zeros_like(split))
