"""Kernel: whether moving production pays while a tariff may end.

Arrays are (scenario,); flows at the end of each year, rate and flows both real.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HALVINGS = 60


def annuity(years: Floats, rate: Floats, survival: Floats) -> Floats:
    """Worth today of 1 a year for ``years``, each year there with chance ``survival**year``.

    Examples
    --------
    >>> round(float(annuity(np.array(10.0), np.array(0.1), np.array(0.8))), 6)
    2.556274
    """
    x = survival / (1.0 + rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        worth: Floats = np.where(x == 1.0, years, x * (1.0 - x**years) / (1.0 - x))
    return worth


def net_present_value(
    capex: Floats, saving: Floats, years: Floats, rate: Floats, *,
    survival: Floats | float = 1.0, tax: Floats | float = 0.0,
) -> Floats:  # fmt: skip
    """Worth of moving: what is saved a year, after tax, while the tariff stands, less the outlay.

    ``saving`` is the duty avoided less the higher unit cost; ``survival`` the chance a year that
    the tariff survives.
    """
    chance = np.asarray(survival, dtype=np.float64)
    value: Floats = saving * (1.0 - tax) * annuity(years, rate, chance) - capex
    return value


def breakeven_survival(
    capex: Floats, saving: Floats, years: Floats, rate: Floats, tax: Floats | float = 0.0
) -> Floats:
    """Chance a year of the tariff's survival at which moving just pays; NaN where none does."""
    low, high = np.zeros_like(capex), np.ones_like(capex)
    pays = net_present_value(capex, saving, years, rate, survival=high, tax=tax) >= 0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        enough = net_present_value(capex, saving, years, rate, survival=middle, tax=tax) >= 0
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(pays, high, np.nan)
