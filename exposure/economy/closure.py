"""Kernel: the price at which a plant stops, this year and for good.

In the short run a plant stops where its margin does not pay what stopping would save (Marshall).
For good it goes later than the break-even price says: waiting has a value, because prices may rise
and a plant that is gone does not come back (Dixit 1989).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ShutDown:
    """A plant's choice of this year, by scenario.

    Attributes
    ----------
    profit [USD a year]
        Of running over stopping.
    break_even [USD per unit]
        Price at which that is 0; not known without output.
    stops
        Whether stopping is better; at break-even a plant runs.
    """

    profit: Floats
    break_even: Floats
    stops: NDArray[np.bool_]


def shut_down(price: Floats, variable: Floats, avoidable: Floats, units: Floats) -> ShutDown:
    """Whether to run this year; sunk cost has no say.

    Parameters
    ----------
    price, variable (scenario,) [USD per unit]
        Price received, and variable cost.
    avoidable (scenario,) [USD a year]
        Fixed cost that stopping saves.
    units (scenario,) [units a year]

    Examples
    --------
    A margin of 2 on 100 units against 300 a year:

    >>> one = np.ones(1)
    >>> done = shut_down(10 * one, 8 * one, 300 * one, 100 * one)
    >>> done.profit.tolist(), done.break_even.tolist(), done.stops.tolist()
    ([-100.0], [11.0], [True])
    """
    profit = (price - variable) * units - avoidable
    with np.errstate(divide="ignore", invalid="ignore"):
        fixed = np.where(units > 0, avoidable / units, np.nan)
    return ShutDown(profit, variable + fixed, profit < 0)


@dataclass(frozen=True)
class Exit:
    """When a plant goes for good, by scenario.

    Attributes
    ----------
    root
        Negative root ``b`` of ``s^2 b (b - 1) / 2 + mu b - r = 0``; minus infinity where price
        does not move, or rises for certain.
    break_even, trigger [USD per unit]
        Price at which staying for ever is worth no more than going, and the price at which it is
        best to go.
    """

    root: Floats
    break_even: Floats
    trigger: Floats


@dataclass(frozen=True)
class PricePath:
    """How a price moves: a geometric random walk.

    Attributes
    ----------
    drift [fraction a year], spread [fraction a root of a year]
        ``mu`` and ``s`` of the price.
    discount [fraction a year]
        ``r``, above the drift.
    """

    drift: Floats
    spread: Floats
    discount: Floats


def exit_trigger(path: PricePath, cost: Floats, scrap: Floats, units: Floats) -> Exit:
    """Price at which a plant that never reopens is given up (Dixit 1989).

    ``b / (b - 1) * (r - mu) * (cost / r + scrap) / units``.

    Parameters
    ----------
    path
        Drift, spread and discount, each (scenario,).
    cost (scenario,) [USD a year]
        All that running costs, for ever.
    scrap (scenario,) [USD]
        What going brings, less severance; may be negative.
    units (scenario,) [units a year]

    Raises
    ------
    DataError
        If the discount is not above 0 and above the drift (staying would be worth infinitely
        much), the spread is negative, or nothing is made.
    """
    drift, spread, rate = path.drift, path.spread, path.discount
    if (rate <= drift).any() or (rate <= 0).any() or (spread < 0).any() or (units <= 0).any():
        allowed = "a discount above 0 and above the drift, a spread of 0 or more, units above 0"
        raise DataError("no exit price", "price path", allowed)
    half = spread**2 / 2.0
    slope = drift - half
    # 1 / b from the other root: it holds at a spread of 0 too, where b may be minus infinity.
    inverse = (slope - np.sqrt(slope**2 + 4.0 * half * rate)) / (2.0 * rate)
    with np.errstate(divide="ignore"):
        root = 1.0 / np.where(inverse == 0, -0.0, inverse)
    break_even = (rate - drift) * (cost / rate + scrap) / units
    return Exit(root, break_even, break_even / (1.0 - inverse))
