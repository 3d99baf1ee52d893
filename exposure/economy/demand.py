"""Kernel: pass-through and demand, by name.

Every model has the signature ``model(price_ratio, elasticity) -> volume_ratio`` on arrays
(scenario, market); add one function and its line in `MODELS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def buyer_price_ratio(cost_ratio: Floats, pass_through: Floats) -> Floats:
    """Buyer's price over the old one: the passed-on share of the change of landed cost.

    ``pass_through`` [fraction of the cost change that reaches the buyer, 0 to 1].
    """
    return 1.0 + pass_through * (cost_ratio - 1.0)


def constant_elasticity(price_ratio: Floats, elasticity: Floats) -> Floats:
    """Volume ratio ``price_ratio ** elasticity`` with a negative own-price elasticity.

    Examples
    --------
    >>> round(float(constant_elasticity(np.array(1.1), np.array(-2.0))), 4)
    0.8264
    """
    return price_ratio**elasticity


def linear(price_ratio: Floats, elasticity: Floats) -> Floats:
    """Volume ratio on a straight line with that elasticity at the old price; never below 0.

    Examples
    --------
    >>> round(float(linear(np.array(1.1), np.array(-2.0))), 4)
    0.8
    """
    return np.maximum(0.0, 1.0 + elasticity * (price_ratio - 1.0))


MODELS: Final[dict[str, Callable[[Floats, Floats], Floats]]] = {
    "constant_elasticity": constant_elasticity,
    "linear": linear,
}
