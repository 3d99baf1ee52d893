"""Whose doing is a change: Shapley's split among measures.

Where duties stack, the effect of one depends on the others, and taking them off in another order
gives another answer. Shapley (1953) takes the mean over all orders: parts add up to the whole, and
no order is preferred. A coalition of measures is a row of scenarios, so all are one evaluation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Value = Callable[[Bools], Floats]
"""``in force (coalition, factor) -> value (coalition, ...)``."""

EXACT_UP_TO = 12
"""Factors: 4,096 coalitions; above, orders are drawn."""


@dataclass(frozen=True)
class Split:
    """A change and its parts.

    Attributes
    ----------
    parts (factor, ...)
        In the unit of the value.
    standard_error (factor, ...)
        Of the drawing of orders; 0 where all were counted.
    total (...)
        With all factors less with none: the sum of the parts, but for rounding.
    """

    parts: Floats
    standard_error: Floats
    total: Floats


def shapley(
    value: Value,
    factors: int,
    *,
    orders: int = 512,
    seed: int = 0,
    exact_up_to: int = EXACT_UP_TO,
) -> Split:
    """Split the change from no factor to all of them.

    Parameters
    ----------
    value
        Called once, with all coalitions that are needed, each once.
    factors
        How many there are.
    orders
        Orders to draw, an even number of at least 4: each comes with its reverse, which cancels
        much of the noise.
    seed
        Of the drawing.
    exact_up_to
        Up to so many factors every order counts, by the values of all coalitions; above, orders
        are drawn.

    Raises
    ------
    DataError
        If there is no factor, or the number of orders is not even or below 4.

    Examples
    --------
    100 USD under 25 % and then 10 %: 25 * (1 + 1.1) / 2 and 10 * (1 + 1.25) / 2.

    >>> rates = np.array([0.25, 0.1])
    >>> split = shapley(lambda force: 100 * (1 + rates * force).prod(axis=1), 2)
    >>> split.parts.round(12).tolist()
    [26.25, 11.25]
    """
    if factors < 1:
        raise DataError("nothing to split a change among", "attribution", "one factor or more")
    if orders < 4 or orders % 2:
        raise DataError(f"{orders} orders to draw", "attribution", "an even number, 4 or more")
    if factors <= exact_up_to:
        return _all(value, factors)
    return _drawn(value, factors, orders, seed)


def _all(value: Value, factors: int) -> Split:
    """``phi_i = sum_S |S|! (n - |S| - 1)! / n! * (v(S + i) - v(S))``."""
    number = np.arange(2**factors)
    force = (number[:, None] >> np.arange(factors) & 1).astype(bool)
    worth = _worth(value, force)
    weight = np.array([
        factorial(size) * factorial(factors - size - 1) / factorial(factors)
        for size in range(factors)
    ])  # fmt: skip
    size = force.sum(axis=1)
    parts = np.empty((factors, *worth.shape[1:]))
    for factor in range(factors):
        without = number[~force[:, factor]]
        added = worth[without + 2**factor] - worth[without]
        parts[factor] = np.tensordot(weight[size[without]], added, axes=1)
    return Split(parts, np.zeros_like(parts), worth[-1] - worth[0])


def _drawn(value: Value, factors: int, orders: int, seed: int) -> Split:
    """Means over drawn orders of what each factor adds to those before it (Castro et al. 2009)."""
    random = np.random.default_rng(seed)
    pairs = orders // 2
    order = random.permuted(np.tile(np.arange(factors), (pairs, 1)), axis=1)
    order = np.concatenate([order, order[:, ::-1]])
    rank = np.argsort(order, axis=1)
    # Row k of an order has its first k factors in force.
    force = rank[:, None, :] < np.arange(factors + 1)[None, :, None]
    distinct, place = np.unique(force.reshape(-1, factors), axis=0, return_inverse=True)
    worth = _worth(value, distinct)[place.reshape(orders, factors + 1)]
    step = np.diff(worth, axis=1)
    turn = rank.reshape(orders, factors, *(1,) * (step.ndim - 2))
    added = np.take_along_axis(step, np.broadcast_to(turn, step.shape), axis=1)
    both = (added[:pairs] + added[pairs:]) / 2.0
    error = both.std(axis=0, ddof=1) / np.sqrt(pairs)
    return Split(added.mean(axis=0), error, worth[0, -1] - worth[0, 0])


def _worth(value: Value, force: Bools) -> Floats:
    worth = np.asarray(value(force), dtype=float)
    if worth.shape[:1] != (len(force),):
        raise DataError(f"{worth.shape[:1]} values of {len(force)} coalitions", "attribution",
                        "one value, or one array of them, for each coalition")  # fmt: skip
    return worth
