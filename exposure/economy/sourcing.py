"""Kernel: what is bought from which origin: Armington's CES in ratios to what was (exact hat).

Shares are of spending at duty-inclusive prices, prices are ratios. A source that sells nothing
keeps selling nothing: the form opens no new plant. Plants in the importing country are a source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NEAR_ONE = 1e-7
"""Distance of sigma from 1 below which the index is the geometric mean, its limit."""
ROUNDS = 80
"""Halvings that settle a price index to the last bits."""


@dataclass(frozen=True)
class Sourced:
    """Answer of a market.

    Attributes
    ----------
    index (scenario,)
        Price index over the old one.
    share (scenario, source) [fraction of spending]
    quantity (scenario, source)
        Over the old ones; 1 where nothing was bought.
    spending (scenario,)
        Over the old.
    """

    index: Floats
    share: Floats
    quantity: Floats
    spending: Floats


def price_index(share: Floats, price: Floats, sigma: Floats) -> Floats:
    """CES price index (scenario,) over the old one: ``(sum w p**(1-sigma))**(1/(1-sigma))``.

    Parameters
    ----------
    share, price (scenario, source)
    sigma (scenario,)
        Elasticity of substitution; at 1 the geometric mean.

    Examples
    --------
    Two equal sources, one of which doubles its price, sigma 2: 4/3.

    >>> one = np.array([0.5, 0.5])[None], np.array([2.0, 1.0])[None]
    >>> round(float(price_index(*one, np.array([2.0]))[0]), 4)
    1.3333
    """
    power = 1.0 - sigma
    near = np.abs(power) < NEAR_ONE
    safe = np.where(near, 1.0, power)
    # Prices over the cheapest that sells: no overflow as sigma grows.
    least = np.where(share > 0, price, np.inf).min(axis=1, keepdims=True)
    part = np.where(share > 0, share * (price / least) ** safe[:, None], 0.0)
    logs = np.where(share > 0, share * np.log(price / least), 0.0)
    with np.errstate(divide="ignore"):
        mean = np.where(near, np.exp(logs.sum(axis=1)), part.sum(axis=1) ** (1.0 / safe))
    index: Floats = least[:, 0] * mean
    return index


def armington(share: Floats, price: Floats, sigma: Floats, demand: Floats) -> Sourced:
    """Shares and volumes by source as their prices change.

    Parameters
    ----------
    share, price (scenario, source)
        Old shares of spending; prices over the old ones, with the duty.
    sigma (scenario,)
        Elasticity of substitution between sources.
    demand (scenario,)
        Elasticity of the whole market's volume to its index, as a positive number.

    Notes
    -----
    ``w' = w (p/P)**(1-sigma)``; spending ``P**(1-demand)``; volume ``(w'/w) spending / p``
    (Dekle, Eaton and Kortum 2008).
    """
    index = price_index(share, price, sigma)
    spending = index ** (1.0 - demand)
    new = np.where(share > 0, share * (price / index[:, None]) ** (1.0 - sigma[:, None]), 0.0)
    new = new / new.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        quantity = np.where(share > 0, new / share * spending[:, None] / price, 1.0)
    return Sourced(index, new, quantity, spending)


def home_and_foreign(
    share: Floats, price: Floats, home: NDArray[np.bool_], sigma: tuple[Floats, Floats],
    demand: Floats,
) -> Sourced:  # fmt: skip
    """The same in two nests: sources abroad among each other, then home against all of them.

    ``sigma`` holds the elasticity between foreign sources, and that between home and foreign goods,
    each (scenario,). ``home (source,)`` marks the plants of the importing country.
    """
    within, between = sigma
    sides = [home, ~home]
    whole = np.stack([share[:, side].sum(axis=1) for side in sides], axis=1)
    inner, index = [], []
    for number, side in enumerate(sides):
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(whole[:, [number]] > 0, share[:, side] / whole[:, [number]], 0.0)
        sold = whole[:, number] > 0
        found = np.ones(len(share))
        if sold.any():
            found[sold] = price_index(part[sold], price[sold][:, side], within[sold])
        inner.append(part)
        index.append(found)
    top = armington(whole, np.stack(index, axis=1), between, demand)
    new = np.zeros_like(share)
    for number, side in enumerate(sides):
        moved = inner[number] * (price[:, side] / index[number][:, None]) ** (1.0 - within[:, None])
        total = moved.sum(axis=1, keepdims=True)
        new[:, side] = top.share[:, [number]] * moved / np.where(total > 0, total, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        quantity = np.where(share > 0, new / share * top.spending[:, None] / price, 1.0)
    return Sourced(top.index, new, quantity, top.spending)


def with_supply(
    share: Floats, tariff: Floats, sigma: Floats, demand: Floats, supply: Floats
) -> tuple[Sourced, Floats]:
    """One market whose sources raise their prices as they sell more.

    Parameters
    ----------
    share (scenario, source), sigma, demand (scenario,)
        As in `armington`.
    tariff (scenario, source)
        ``(1 + t) / (1 + t0)``.
    supply (scenario, source)
        Elasticity of supply of each source.

    Returns
    -------
    Sourced, price before duty (scenario, source) over the old one

    Notes
    -----
    A source sells ``p**supply`` and is asked for ``(p tariff)**-sigma * P**(sigma - demand)``, so
    its price hangs on the index alone, and the index is found by halving: it lies between 1 and
    the largest, or the least, of the tariffs.
    """

    def prices(index: Floats) -> Floats:
        pull = (sigma - demand) * np.log(index)
        logs = (pull[:, None] - sigma[:, None] * np.log(tariff)) / (supply + sigma[:, None])
        found: Floats = np.exp(logs)
        return found

    low = np.minimum(1.0, tariff.min(axis=1)) / 2.0
    high = np.maximum(1.0, tariff.max(axis=1)) * 2.0
    for _ in range(ROUNDS):
        middle = np.sqrt(low * high)
        above = price_index(share, prices(middle) * tariff, sigma) > middle
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    before = prices(np.sqrt(low * high))
    return armington(share, before * tariff, sigma, demand), before
