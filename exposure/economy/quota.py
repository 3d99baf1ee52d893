"""Kernel: quotas and tariff-rate quotas on any demand that falls with price.

A quota that binds makes a price; the tariff that would have made the same one is its equivalent,
for this demand and not for another: when demand moves, a quota's price moves and a tariff's does
not (Bhagwati 1965). What buyers pay above the landed cost goes to whoever holds the licences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)
"""Gauss-Legendre: the area under a demand curve; exact on a straight line but for rounding."""


@dataclass(frozen=True)
class Demand:
    """Demand for imports and its inverse, both falling.

    Attributes
    ----------
    volume
        Price (scenario,) [USD per unit] to volume (scenario,) [units].
    price
        Volume (scenario,) or (scenario, point) [units] to the price at which it is bought.
    """

    volume: Callable[[Floats], Floats]
    price: Callable[[Floats], Floats]


def linear_demand(intercept: Floats, slope: Floats) -> Demand:
    """The line ``intercept - slope * price``, never below 0.

    ``intercept`` (scenario,) [units], ``slope`` (scenario,) [units per USD], > 0.
    """

    def price(volume: Floats) -> Floats:
        wide = (slice(None), *(None,) * (volume.ndim - 1)) if intercept.ndim else ()
        return np.asarray((intercept[wide] - volume) / slope[wide])

    return Demand(lambda at: np.maximum(0.0, intercept - slope * at), price)


@dataclass(frozen=True)
class Restricted:
    """A market under a quota, by scenario.

    Attributes
    ----------
    binds
        Whether fewer units come than would.
    units [units], price [USD per unit]
    specific [USD per unit], ad_valorem [fraction of the world price]
        The duties that would make the same price.
    rent [USD]
        Of the licences.
    deadweight [USD]
        What the units that do not come were worth to their buyers above the world price; not known
        where a price without bound keeps all of them out.
    """

    binds: NDArray[np.bool_]
    units: Floats
    price: Floats
    specific: Floats
    ad_valorem: Floats
    rent: Floats
    deadweight: Floats


def import_quota(world_price: Floats, quota: Floats, demand: Demand) -> Restricted:
    """Price, equivalent duty, rent and loss of a quota where the world price is given.

    Parameters
    ----------
    world_price (scenario,) [USD per unit]
    quota (scenario,) [units]
    demand
        Demand for imports.

    Raises
    ------
    DataError
        If a quota is negative or a world price is not above 0.

    Examples
    --------
    100 - 2 P at a world price of 20, cut from 60 to 40 units: the price is 30.

    >>> one = np.ones(1)
    >>> done = import_quota(20 * one, 40 * one, linear_demand(100 * one, 2 * one))
    >>> done.price.tolist(), done.rent.tolist(), [round(float(loss)) for loss in done.deadweight]
    ([30.0], [400.0], [100])
    """
    _check(world_price, quota)
    free = demand.volume(world_price)
    scarce = _price(demand, quota)
    # The dearer of the two prices rules; a maximum keeps what is unknown unknown.
    price = np.maximum(scarce, world_price)
    binds = scarce > world_price
    units = np.where(np.isnan(price), np.nan, np.where(binds, quota, free))
    wedge = price - world_price
    with np.errstate(invalid="ignore"):
        rent = np.where(units == 0, 0.0, wedge * units)
    lost = _area(demand, units, free) - world_price * (free - units)
    return Restricted(
        binds=binds,
        units=units,
        price=price,
        specific=wedge,
        ad_valorem=wedge / world_price,
        rent=rent,
        deadweight=np.where(np.isinf(price), np.nan, lost),
    )


IN_QUOTA, AT_QUOTA, OVER_QUOTA = 1, 2, 3
"""Regimes of a tariff-rate quota: the low rate rules, the quota rules, the high rate rules."""


@dataclass(frozen=True)
class RateQuota:
    """A market under a tariff-rate quota, by scenario.

    Attributes
    ----------
    regime
        `IN_QUOTA`, `AT_QUOTA` or `OVER_QUOTA`; 0 where it is not known.
    units [units], price [USD per unit]
    rent [USD]
        Of those who may import at the low rate.
    revenue [USD]
        Duty on the units within the quota and on those over it.
    """

    regime: Ints
    units: Floats
    price: Floats
    rent: Floats
    revenue: Floats


def tariff_rate_quota(
    world_price: Floats, quota: Floats, in_rate: Floats, over_rate: Floats, demand: Demand
) -> RateQuota:
    """Price, rent and revenue of a tariff-rate quota where the world price is given.

    Parameters
    ----------
    world_price (scenario,) [USD per unit]
    quota (scenario,) [units]
    in_rate, over_rate (scenario,) [fraction]
        Duty within the quota and over it.
    demand
        Demand for imports.

    Raises
    ------
    DataError
        If a quota is negative, a world price is not above 0, or the rate over the quota is below
        that within it.

    Examples
    --------
    100 - 2 P at a world price of 10, 60 units at 10 % and the rest at 200 %: the quota sets 20.

    >>> one = np.ones(1)
    >>> line = linear_demand(100 * one, 2 * one)
    >>> done = tariff_rate_quota(10 * one, 60 * one, 0.1 * one, 2 * one, line)
    >>> done.regime.tolist(), done.price.tolist(), done.rent.tolist()
    ([2], [20.0], [540.0])
    """
    _check(world_price, quota)
    if (over_rate < in_rate).any():
        raise DataError("the rate over the quota is below the rate within it",
                        f"scenario {int(np.argmax(over_rate < in_rate)) + 1}")  # fmt: skip
    low, high = world_price * (1.0 + in_rate), world_price * (1.0 + over_rate)
    scarce = _price(demand, quota)
    price = np.minimum(np.maximum(scarce, low), high)
    known = ~np.isnan(price + low + high)
    regime = np.where(known, 1 + (scarce > low) + (scarce > high), 0)
    units = np.where(regime == AT_QUOTA, quota, demand.volume(price))
    within = np.minimum(units, quota)
    return RateQuota(
        regime=regime,
        units=units,
        price=price,
        rent=(price - low) * within,
        revenue=world_price * (in_rate * within + over_rate * (units - within)),
    )


def _area(demand: Demand, low: Floats, high: Floats) -> Floats:
    """Area under the inverse demand from one volume to another (scenario,) [USD]."""
    step = (1.0 + NODES) / 2.0
    # A curve is steep where little is sold: a fourth power of the step puts most points there.
    points = low[..., None] + (high - low)[..., None] * step**4
    height = (_price(demand, points) * (WEIGHTS / 2.0 * 4.0 * step**3)).sum(axis=-1)
    # An interval of no width has no area, whatever the price there.
    return np.asarray(np.where(high == low, 0.0, (high - low) * height))


def _price(demand: Demand, volume: Floats) -> Floats:
    """Price at which a volume is bought; infinite for no volume where demand has no choke price."""
    with np.errstate(divide="ignore"):
        return demand.price(volume)


def _check(world_price: Floats, quota: Floats) -> None:
    if (quota < 0).any():
        raise DataError("a quota is negative", f"scenario {int(np.argmax(quota < 0)) + 1}")
    if (world_price <= 0).any():
        raise DataError("a world price is not above 0",
                        f"scenario {int(np.argmax(world_price <= 0)) + 1}")  # fmt: skip
