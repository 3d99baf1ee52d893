"""Kernel: how a firm divides its volume among routes when their landed costs change.

Constant elasticity in exact-hat form (Dekle, Eaton and Kortum 2008; the logit over the logarithm
of cost): a route's share grows with the power ``-elasticity`` of its relative cost.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def shares(
    cost_ratio: Floats, share: Floats, elasticity: Floats, market: Ints
) -> tuple[Floats, Floats]:
    """New route shares and the change of the average cost of each market.

    Parameters
    ----------
    cost_ratio (scenario, route)
        New landed cost over old.
    share (scenario, route) [fraction]
        Old share of each route in its market's volume; a route at 0 stays at 0.
    elasticity (scenario, market)
        Elasticity of relative volumes to relative costs, > 0.
    market (route,)
        Market of each route, numbered from 0 without gaps.

    Returns
    -------
    new share (scenario, route), cost index ratio (scenario, market)
        ``index = (sum share * ratio**-e) ** (-1/e)``; a market without volume gives NaN.
    """
    exponent = elasticity[:, market]
    weight = np.where(share > 0, share * cost_ratio**-exponent, 0.0)
    total = np.zeros((len(share), elasticity.shape[1]))
    whole = np.zeros_like(total)
    for route, owner in enumerate(market):
        total[:, owner] += weight[:, route]
        whole[:, owner] += share[:, route]
    # Old shares add up to 1 but for rounding; over their own sum, no change is exactly no change.
    with np.errstate(divide="ignore", invalid="ignore"):
        total = total / whole
        new = weight / total[:, market]
        index = np.where(total > 0, total ** (-1.0 / elasticity), np.nan)
    return new, index
