"""Kernel: effective protection, what a schedule of duties does to a maker's value added."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError

Floats = NDArray[np.float64]


def effective_protection(output_rate: Floats, input_shares: Floats, input_rates: Floats) -> Floats:
    """Change of value added per unit that duties on output and inputs bring (Corden 1966).

    ``(t_j - sum_i a_ij t_i) / (1 - sum_i a_ij)``: a duty on the output protects, duties on inputs
    are a tax; negative where the second outweighs the first.

    Parameters
    ----------
    output_rate (scenario,) [fraction]
        Duty on the product that competes with the maker's.
    input_shares (scenario, input) or (input,) [fraction]
        Inputs in the price of the product, all at free-trade prices.
    input_rates (scenario, input) or (input,) [fraction]
        Duties on those inputs, whether imported or not: a home input costs as much as its rival.

    Returns
    -------
    (scenario,) [fraction of value added at free-trade prices]

    Raises
    ------
    DataError
        If inputs leave nothing of the price: there is no value added to protect.

    Examples
    --------
    20 % on a product of which half is an input at 10 %: (0.20 - 0.05) / 0.5.

    >>> round(float(effective_protection(np.array([0.2]), np.array([[0.5]]), np.array([[0.1]]))[0]),
    ...       12)
    0.3
    """
    value_added = 1.0 - input_shares.sum(axis=-1)
    if (value_added <= 0).any():
        worst = int(np.argmin(np.where(np.isnan(value_added), np.inf, value_added)))
        raise DataError("inputs cost as much as the product at free-trade prices, or more",
                        f"scenario {worst + 1}", "shares that add up to less than 1")  # fmt: skip
    taxed = (input_shares * input_rates).sum(axis=-1)
    return np.asarray((output_rate - taxed) / value_added)
