"""Kernel: a duty or a limit on one market: prices, who gets the rent, and what is lost.

Demand comes as a pair of functions, so that any of them will do; `line` makes the straight one.
Arrays are (scenario,).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
IN_QUOTA, AT_QUOTA, OVER_QUOTA = 1, 2, 3
"""Regimes of a tariff-rate quota: the rate within rules, the quota sets the price, the rate over
it rules."""


@dataclass(frozen=True)
class Demand:
    """Volume at a price, price at a volume, and the area under the curve between two prices."""

    volume: Callable[[Floats], Floats]
    price: Callable[[Floats], Floats]


def line(intercept: Floats | float, slope: Floats | float) -> Demand:
    """Straight demand ``intercept - slope * price``, never below 0; ``slope`` above 0."""
    return Demand(
        volume=lambda price: np.maximum(0.0, intercept - slope * price),
        price=lambda volume: (intercept - volume) / slope,
    )


@dataclass(frozen=True)
class Quota:
    """A limit on imports from flat supply.

    Attributes
    ----------
    binding
        Whether more would be bought.
    price, volume
    equivalent_specific [price units], equivalent_rate [fraction of the world price]
        The duty at which as much is bought.
    rent
        Of whoever holds the right to import; the revenue of that duty.
    deadweight
        Lost to all, the triangle under a straight line between the two points of demand.
    """

    binding: NDArray[np.bool_]
    price: Floats
    volume: Floats
    equivalent_specific: Floats
    equivalent_rate: Floats
    rent: Floats
    deadweight: Floats


def import_quota(demand: Demand, world_price: Floats, quota: Floats) -> Quota:
    """A limit of ``quota`` units.

    Examples
    --------
    >>> found = import_quota(line(100.0, 2.0), np.array([20.0]), np.array([40.0]))
    >>> [float(x[0]) for x in (found.price, found.equivalent_rate, found.rent, found.deadweight)]
    [30.0, 0.5, 400.0, 100.0]
    """
    free = demand.volume(world_price)
    binding = quota < free
    volume = np.where(binding, quota, free)
    price = np.where(binding, demand.price(volume), world_price)
    gap = price - world_price
    return Quota(
        binding=binding,
        price=price,
        volume=volume,
        equivalent_specific=gap,
        equivalent_rate=gap / world_price,
        rent=gap * volume,
        deadweight=gap * (free - volume) / 2.0,
    )


@dataclass(frozen=True)
class RateQuota:
    """A tariff-rate quota: price, volume, regime, the rent of licences and the revenue."""

    price: Floats
    volume: Floats
    regime: NDArray[np.int64]
    rent: Floats
    revenue: Floats


def tariff_rate_quota(
    demand: Demand, world_price: Floats, quota: Floats, within: Floats, over: Floats
) -> RateQuota:
    """A lower rate up to ``quota`` units and a higher one beyond; rates are fractions.

    Who imports within the quota pays the lower rate and sells at the market's price: the gap is
    the rent. Units beyond pay the higher rate, which is revenue.
    """
    low, high = world_price * (1.0 + within), world_price * (1.0 + over)
    at_low, at_high = demand.volume(low), demand.volume(high)
    regime = np.where(at_low <= quota, IN_QUOTA, np.where(at_high >= quota, OVER_QUOTA, AT_QUOTA))
    price = np.select([regime == IN_QUOTA, regime == OVER_QUOTA], [low, high], demand.price(quota))
    volume = np.select([regime == IN_QUOTA, regime == OVER_QUOTA], [at_low, at_high], quota)
    inside = np.minimum(volume, quota)
    return RateQuota(
        price=price,
        volume=volume,
        regime=regime.astype(np.int64),
        rent=(price - low) * inside,
        revenue=world_price * (within * inside + over * (volume - inside)),
    )


@dataclass(frozen=True)
class LinearTariff:
    """A specific duty on a market of straight demand and foreign supply.

    Attributes
    ----------
    price_before, price_after
        Of the buyer.
    volume_before, volume_after
    pass_through [fraction]
        Of the duty in the buyer's price.
    revenue, consumer_loss, deadweight
    terms_of_trade_gain
        What the exporters bear of the revenue.
    """

    price_before: Floats
    price_after: Floats
    volume_before: Floats
    volume_after: Floats
    pass_through: Floats
    revenue: Floats
    consumer_loss: Floats
    deadweight: Floats
    terms_of_trade_gain: Floats


def linear_tariff(
    demand: tuple[Floats, Floats], supply: tuple[Floats, Floats], duty: Floats
) -> LinearTariff:
    """Demand ``a - b p`` of the buyer's price, supply ``c + d (p - duty)`` of the exporter's.

    Examples
    --------
    >>> pairs = [tuple(np.array(x) for x in pair) for pair in ((100.0, 2.0), (-20.0, 2.0))]
    >>> found = linear_tariff(*pairs, np.array(10.0))
    >>> float(found.price_after), float(found.revenue), float(found.deadweight)
    (35.0, 300.0, 50.0)
    """
    (a, b), (c, d) = demand, supply
    before = (a - c) / (b + d)
    after = before + duty * d / (b + d)
    sold, left = a - b * before, a - b * after
    rise = after - before
    return LinearTariff(
        price_before=before,
        price_after=after,
        volume_before=sold,
        volume_after=left,
        pass_through=d / (b + d) * np.ones_like(duty),
        revenue=duty * left,
        consumer_loss=rise * (sold + left) / 2.0,
        deadweight=duty * (sold - left) / 2.0,
        terms_of_trade_gain=(duty - rise) * left,
    )


@dataclass(frozen=True)
class SmallCountry:
    """A duty where home and foreign goods are the same and the world price stands."""

    price: Floats
    imports: Floats
    revenue: Floats
    consumer: Floats
    producer: Floats
    deadweight: Floats


def small_country_tariff(
    demand: tuple[Floats, Floats], supply: tuple[Floats, Floats], world_price: Floats, rate: Floats
) -> SmallCountry:
    """Home demand ``a - b p``, home supply ``c + d p``, ad valorem duty; changes of surplus."""
    (a, b), (c, d) = demand, supply
    price = world_price * (1.0 + rate)
    bought = [a - b * p for p in (world_price, price)]
    made = [c + d * p for p in (world_price, price)]
    rise = price - world_price
    revenue = rise * (bought[1] - made[1])
    consumer = -rise * (bought[0] + bought[1]) / 2.0
    producer = rise * (made[0] + made[1]) / 2.0
    return SmallCountry(
        price=price,
        imports=bought[1] - made[1],
        revenue=revenue,
        consumer=consumer,
        producer=producer,
        deadweight=-(consumer + producer + revenue),
    )


def effective_protection(output_rate: Floats, share: Floats, input_rate: Floats) -> Floats:
    """Effective rate of protection (scenario,): ``(t - sum a t_i) / (1 - sum a)`` (Corden 1966).

    Parameters
    ----------
    output_rate (scenario,) [fraction]
    share, input_rate (scenario, input) [fraction]
        Shares of inputs in the output's value at free-trade prices.

    Examples
    --------
    >>> one = np.array([0.2]), np.array([[0.5]]), np.array([[0.1]])
    >>> round(float(effective_protection(*one)[0]), 4)
    0.3
    """
    protected: Floats = (output_rate - (share * input_rate).sum(axis=-1)) / (
        1.0 - share.sum(axis=-1)
    )
    return protected
