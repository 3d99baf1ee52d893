"""Kernel: pass-through and demand, by name.

Every model has the signature ``model(price_ratio, elasticity) -> volume_ratio`` on arrays
(scenario, market); add one function and its line in `MODELS`,
and its inverse in `INVERSES`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def buyer_price_ratio(
    cost_ratio: Floats, pass_through: Floats, border_price_share: Floats
) -> Floats:
    """Buyer's price over the old one: the passed-on dollars of the change of landed cost.

    ``pass_through`` [fraction of the dollars of the cost change that reach the buyer, 0 to 1];
    ``border_price_share`` [landed cost as a fraction of the buyer's price]: the rest of the price
    (transport inland, margins of importer and dealer) stays the same in dollars.

    Examples
    --------
    >>> one = np.array(1.0)
    >>> round(float(buyer_price_ratio(1.25 * one, 0.5 * one, 0.8 * one)), 4)
    1.1
    """
    return 1.0 + pass_through * border_price_share * (cost_ratio - 1.0)


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


def constant_elasticity_price(volume_ratio: Floats, elasticity: Floats) -> Floats:
    """Price ratio at which just that volume is bought: the inverse of `constant_elasticity`.

    Examples
    --------
    >>> round(float(constant_elasticity_price(np.array(0.8264), np.array(-2.0))), 3)
    1.1
    """
    return volume_ratio ** (1.0 / elasticity)


def linear_price(volume_ratio: Floats, elasticity: Floats) -> Floats:
    """Price ratio at which just that volume is bought: the inverse of `linear`.

    Examples
    --------
    >>> round(float(linear_price(np.array(0.8), np.array(-2.0))), 3)
    1.1
    """
    return 1.0 + (volume_ratio - 1.0) / elasticity


MODELS: Final[dict[str, Callable[[Floats, Floats], Floats]]] = {
    "constant_elasticity": constant_elasticity,
    "linear": linear,
}
INVERSES: Final[dict[str, Callable[[Floats, Floats], Floats]]] = {
    "constant_elasticity": constant_elasticity_price,
    "linear": linear_price,
}
"""The price that clears a market which cannot have more, by the same names."""
