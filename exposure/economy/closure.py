"""Kernel: when a plant stops: today's margin, and the price at which leaving beats waiting.

Arrays are (scenario,); money in one unit, rates a year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ShutDown:
    """Marshall's test.

    Attributes
    ----------
    margin
        Revenue less variable and avoidable fixed cost.
    breakeven_price
        At which it is 0.
    closes
        Whether it is below 0.
    """

    margin: Floats
    breakeven_price: Floats
    closes: NDArray[np.bool_]


def shut_down(
    price: Floats, variable_cost: Floats, avoidable_fixed: Floats, volume: Floats
) -> ShutDown:
    """Short run: a plant stands still if what it sells does not cover what it could avoid."""
    margin = (price - variable_cost) * volume - avoidable_fixed
    return ShutDown(margin, variable_cost + avoidable_fixed / volume, margin < 0)


def exit_root(rate: Floats, drift: Floats, spread: Floats) -> Floats:
    """Negative root b of ``spread**2 b (b - 1) / 2 + drift b - rate = 0`` (Dixit 1989)."""
    variance = spread**2
    middle = 0.5 - drift / variance
    root: Floats = middle - np.sqrt(middle**2 + 2.0 * rate / variance)
    return root


def exit_price(
    cost: Floats, volume: Floats, rate: Floats, *, drift: Floats, spread: Floats,
    scrap: Floats | float = 0.0,
) -> Floats:  # fmt: skip
    """Price at which a plant leaves for good, if its price wanders with ``drift`` and ``spread``.

    ``b / (b - 1) (rate - drift) (cost / rate + scrap) / volume``: below the price that breaks even,
    as waiting is worth something. ``cost`` a year, without output at the price; ``scrap`` what is
    got for leaving, less severance.
    """
    root = exit_root(rate, drift, spread)
    price: Floats = root / (root - 1.0) * (rate - drift) * (cost / rate + scrap) / volume
    return price
