"""Kernel: who bears a duty: the buyer, the importer, the exporter, and what a currency undoes.

Pass-through models have one signature, ``model(stated, supply, demand) -> share``; add one function
and its line in `PASS_THROUGH`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def stated(share: Floats, supply: Floats, demand: Floats) -> Floats:
    """The share that the register of parameters states."""
    return share


def complete(share: Floats, supply: Floats, demand: Floats) -> Floats:
    """All of it: export supply that is flat (Fajgelbaum and others 2020)."""
    return np.ones_like(share)


def supply_and_demand(share: Floats, supply: Floats, demand: Floats) -> Floats:
    """``supply / (supply + |demand|)``: both sides of a competitive market.

    Examples
    --------
    >>> float(supply_and_demand(np.array(0.0), np.array(4.0), np.array(-1.0)))
    0.8
    """
    return supply / (supply + np.abs(demand))


def linear_monopoly(share: Floats, supply: Floats, demand: Floats) -> Floats:
    """Half: a monopolist with steady unit cost who faces a straight demand line."""
    return np.full_like(share, 0.5)


PASS_THROUGH: Final[dict[str, Callable[[Floats, Floats, Floats], Floats]]] = {
    "stated": stated,
    "complete": complete,
    "supply_and_demand": supply_and_demand,
    "linear_monopoly": linear_monopoly,
}


@dataclass(frozen=True)
class Burden:
    """Who bears a dollar of a change of duty: four fractions that add up to 1.

    Attributes
    ----------
    buyer
        A higher price to the buyer.
    importer
        A smaller margin of the company that enters the goods.
    exporter
        A lower price before duty, out of the exporter's margin.
    currency
        A lower dollar price because the exporter's currency has fallen; no loss in that currency.
    """

    buyer: Floats
    importer: Floats
    exporter: Floats
    currency: Floats


def burden(passed: Floats, absorption: Floats, offset: Floats, exchange: Floats) -> Burden:
    """Divide a change of duty among those who bear it.

    Parameters
    ----------
    passed [fraction]
        Of what the currency leaves, what reaches the buyer's price.
    absorption [fraction]
        Of the rest, what the exporter takes by a lower price before duty; the importer bears the
        remainder.
    offset [fraction]
        Of the duty that a rise of the dollar would undo if prices followed it wholly (Lerner).
    exchange [fraction]
        Of a move of the exchange rate that reaches the dollar price.

    Examples
    --------
    >>> who = burden(*(np.array(x) for x in (0.5, 0.4, 0.25, 0.2)))
    >>> [round(float(x), 3) for x in (who.buyer, who.importer, who.exporter, who.currency)]
    [0.475, 0.285, 0.19, 0.05]
    """
    currency = offset * exchange
    left = 1.0 - currency
    kept = 1.0 - passed
    return Burden(
        buyer=left * passed,
        importer=left * kept * (1.0 - absorption),
        exporter=left * kept * absorption,
        currency=currency,
    )


def price_cut(duty_change: Floats, share: Floats, rate: Floats) -> Floats:
    """Cut of the price before duty [USD] that takes ``share`` of a change of duty off the importer.

    A dollar off the customs value saves ``1 + rate`` dollars, so ``share * change / (1 + rate)``
    is enough; the treasury loses ``rate`` on it.

    Examples
    --------
    The whole of 25 % on 100 is undone by a cut of 20: 80 and a quarter of it is 100.

    >>> float(price_cut(np.array(25.0), np.array(1.0), np.array(0.25)))
    20.0
    """
    return duty_change * share / (1.0 + rate)


def log_incidence(
    rates: tuple[Floats, Floats],
    passed: Floats,
    appreciation: Floats | float = 0.0,
    exchange: Floats | float = 0.0,
) -> tuple[Floats, Floats]:
    """Log change of the buyer's price and of the exporter's, as a rate goes from one to another.

    ``dln p_buyer = passed * dln(1 + t) - exchange * appreciation``; the exporter's is that less
    ``dln(1 + t)``. ``appreciation`` is the log rise of the dollar.

    Examples
    --------
    >>> buyer, exporter = log_incidence((np.array(0.0), np.array(0.25)), np.array(0.8))
    >>> round(float(buyer), 4), round(float(exporter), 4)
    (0.1785, -0.0446)
    """
    wedge = np.log1p(rates[1]) - np.log1p(rates[0])
    buyer = passed * wedge - exchange * appreciation
    return buyer, buyer - wedge


def buyer_price_ratio(cost_ratio: Floats, passed: Floats, border_price_share: Floats) -> Floats:
    """Buyer's price over the old one: the passed-on dollars of the change of landed cost.

    ``passed`` [fraction of the dollars of the cost change that reach the buyer, 0 to 1];
    ``border_price_share`` [landed cost as a fraction of the buyer's price]: the rest of the price
    (transport inland, margins of importer and dealer) stays the same in dollars.

    Examples
    --------
    >>> one = np.array(1.0)
    >>> round(float(buyer_price_ratio(1.25 * one, 0.5 * one, 0.8 * one)), 4)
    1.1
    """
    return 1.0 + passed * border_price_share * (cost_ratio - 1.0)
