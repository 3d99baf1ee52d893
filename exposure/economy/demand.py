"""Kernel: how much is bought at a price, by name.

Every model is a pair of functions with one signature, ``volume(price_ratio, buyers)`` and its
inverse ``price(volume_ratio, buyers)``, on arrays (scenario, market): add one pair and its line in
`MODELS`. `Buyers` holds what any of them asks for. Prices of rivals stand in ``buyers``, so that a
model is a curve in its own price.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exposure.axes import row_sums, rows_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Buyers:
    """Those who choose in each market.

    Attributes
    ----------
    elasticity (scenario, market)
        Own-price elasticity, rivals' prices unchanged; negative.
    together (scenario, market)
        Elasticity of the whole category where all its prices move alike; negative, nearer to 0.
    outside (scenario, market) [fraction]
        Buyers of the category who buy none of it this year.
    category (market,)
        Number of each product's category; those of one number are rivals.
    share (scenario, market) [fraction]
        Of the category's sales.
    rest_response (scenario, market) [fraction]
        Price rise of rivals that are not modelled, for each unit of the mean rise of those that
        are.
    rivals (scenario, market)
        What the rivals' prices leave of their appeal, weighted by share: see `facing`.

    What is the same in all scenarios may stand in one row.
    """

    elasticity: Floats
    together: Floats
    outside: Floats
    category: Ints
    share: Floats
    rest_response: Floats
    rivals: Floats


@dataclass(frozen=True)
class DemandModel:
    """Volume at a price, and price at a volume; both as ratios to the old ones."""

    volume: Callable[[Floats, Buyers], Floats]
    price: Callable[[Floats, Buyers], Floats]
    between_rivals: bool = False


def buyers_of(elasticity: Floats) -> Buyers:
    """Buyers of goods that have no rivals: each market is a category of its own.

    A share of almost nothing in a category whose other goods keep their price.
    """
    none, one = np.zeros_like(elasticity), np.ones_like(elasticity)
    number = np.arange(elasticity.shape[-1]) if elasticity.ndim else np.zeros(1, dtype=np.int64)
    return Buyers(elasticity, elasticity, one, number, none, none, one)


def chosen(buyers: Buyers, pick: Ints | slice) -> Buyers:
    """Rows ``pick`` of the buyers."""
    if isinstance(pick, slice) and pick == slice(None):
        return buyers
    parts = ((name, value) for name, value in vars(buyers).items() if name != "category")
    return replace(buyers, **{name: rows_of(value, pick) for name, value in parts})


def facing(buyers: Buyers, price_ratio: Floats) -> Buyers:
    """The same buyers where the products of their categories cost ``price_ratio``.

    Sets ``rivals (scenario, market)``: the sum over the other goods of the category of share times
    ``exp(-a (price ratio - 1))``, the appeal that logit leaves them; goods that are not modelled
    rise by ``rest_response`` times the mean rise of those that are.
    """
    appeal = _appeal(price_ratio, buyers.elasticity)
    rivals = np.empty_like(appeal)
    for name in np.unique(buyers.category):
        mine = np.flatnonzero(buyers.category == name)
        share = buyers.share[:, mine]
        whole = row_sums(share)[:, None]
        rise = row_sums(share * (price_ratio[:, mine] - 1.0))[:, None]
        mean = np.where(whole > 0, rise / np.where(whole > 0, whole, 1.0), 0.0)
        rest = np.maximum(0.0, 1.0 - whole)
        moved = _appeal(1.0 + buyers.rest_response[:, mine] * mean, buyers.elasticity[:, mine])
        modelled = row_sums(share * appeal[:, mine])[:, None]
        rivals[:, mine] = modelled - share * appeal[:, mine] + rest * moved
    return replace(buyers, rivals=rivals)


def _appeal(price_ratio: Floats, elasticity: Floats) -> Floats:
    appeal: Floats = np.exp(elasticity * (price_ratio - 1.0))
    return appeal


def constant_elasticity(price_ratio: Floats, buyers: Buyers) -> Floats:
    """Volume ratio ``price_ratio ** elasticity``.

    Examples
    --------
    >>> round(float(constant_elasticity(np.array(1.1), buyers_of(np.array(-2.0)))), 4)
    0.8264
    """
    return price_ratio**buyers.elasticity


def constant_elasticity_price(volume_ratio: Floats, buyers: Buyers) -> Floats:
    """Price ratio at which just that volume is bought; infinite for none."""
    with np.errstate(divide="ignore"):
        return volume_ratio ** (1.0 / buyers.elasticity)


def linear(price_ratio: Floats, buyers: Buyers) -> Floats:
    """Volume ratio on a straight line with that elasticity at the old price; never below 0.

    Examples
    --------
    >>> round(float(linear(np.array(1.1), buyers_of(np.array(-2.0)))), 4)
    0.8
    """
    return np.maximum(0.0, 1.0 + buyers.elasticity * (price_ratio - 1.0))


def linear_price(volume_ratio: Floats, buyers: Buyers) -> Floats:
    """Price ratio at which just that volume is bought; for none the choke price ``1 - 1/e``."""
    return 1.0 + (volume_ratio - 1.0) / buyers.elasticity


def nested_logit(price_ratio: Floats, buyers: Buyers) -> Floats:
    """Volume ratio where buyers choose between the goods of a category, or none of them.

    Berry (1994), one nest for the category beside the outside good, in ratios to the old prices.
    A good of small share has the elasticity ``elasticity``; the category as a whole ``together``.
    With shares s of the category, appeal ``x = exp(elasticity (p - 1))`` and
    ``D = sum s x``, the volume ratio is ``x D**-r / (s0 + (1 - s0) D**(1 - r))``, where
    ``1 - r = (together / s0) / elasticity``. A scale that would make a good elastic beyond its
    category (r below 0) is cut at the plain logit.

    Examples
    --------
    Alone, and of no weight in its category: ``exp(-2 * 0.1)``.

    >>> round(float(nested_logit(np.array(1.1), buyers_of(np.array(-2.0)))), 4)
    0.8187
    """
    with np.errstate(divide="ignore"):
        within = np.minimum(1.0, buyers.together / buyers.outside / buyers.elasticity)
    return _logit(price_ratio, buyers, within, buyers.outside)


def logit(price_ratio: Floats, buyers: Buyers) -> Floats:
    """Volume ratio by plain logit: every good, and none, is as near a substitute as any other.

    The nested form with r = 0, whose outside good is as large as both elasticities ask for,
    ``s0 = together / elasticity``. Substitution in proportion to shares: for goods that are alike
    `nested_logit` is the better choice.
    """
    outside = np.minimum(1.0, buyers.together / buyers.elasticity)
    return _logit(price_ratio, buyers, np.ones_like(outside), outside)


def _logit(price_ratio: Floats, buyers: Buyers, within: Floats, outside: Floats) -> Floats:
    """``within`` is 1 - r."""
    appeal = _appeal(price_ratio, buyers.elasticity)
    inside = buyers.share * appeal + buyers.rivals
    volume: Floats = (
        appeal * inside ** (within - 1.0) / (outside + (1.0 - outside) * inside**within)
    )
    return volume


def _price_by_halving(volume: Callable[[Floats, Buyers], Floats]) -> Callable[..., Floats]:
    """Inverse of a falling curve, by halving between half and twice the price, or wider."""

    def price(volume_ratio: Floats, buyers: Buyers) -> Floats:
        low, high = np.zeros_like(volume_ratio), np.full_like(volume_ratio, 2.0)
        for _ in range(WIDENINGS):
            high = np.where(volume(high, buyers) > volume_ratio, 2.0 * high, high)
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            above = volume(middle, buyers) > volume_ratio
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        found = (low + high) / 2.0
        return np.where(volume_ratio > 0, found, np.inf)

    return price


WIDENINGS, HALVINGS = 12, 60
"""Rounds that find a price 2**12 times the old one, and settle it to the last bits."""

MODELS: Final[dict[str, DemandModel]] = {
    "constant_elasticity": DemandModel(constant_elasticity, constant_elasticity_price),
    "linear": DemandModel(linear, linear_price),
    "logit": DemandModel(logit, _price_by_halving(logit), between_rivals=True),
    "nested_logit": DemandModel(nested_logit, _price_by_halving(nested_logit), between_rivals=True),
}


# --- logit on its own, in levels -----------------------------------------------------------


def logit_shares(
    utility: Floats, nest: Ints | None = None, within: float = 0.0
) -> tuple[Floats, Floats]:
    """Shares (scenario, good) and of the outside good (scenario,) from mean utilities.

    Parameters
    ----------
    utility (scenario, good)
        Mean utility less the outside good's.
    nest (good,)
        Nest of each; None is plain logit.
    within
        Correlation r of tastes within a nest, 0 up to but not including 1.

    Examples
    --------
    >>> inside, outside = logit_shares(np.zeros((1, 2)))
    >>> inside.round(4).tolist(), outside.round(4).tolist()
    ([[0.3333, 0.3333]], [0.3333])
    """
    nest = np.arange(utility.shape[1]) if nest is None else nest
    worth = np.exp(utility / (1.0 - within))
    names = np.unique(nest)
    inclusive = np.stack([worth[:, nest == name].sum(axis=1) for name in names], axis=1)
    whole = 1.0 + (inclusive ** (1.0 - within)).sum(axis=1)
    of = inclusive[:, np.searchsorted(names, nest)]
    return worth * of**-within / whole[:, None], 1.0 / whole


def logit_surplus(outside_before: Floats, outside_after: Floats, alpha: float) -> Floats:
    """Change of consumer surplus a buyer, in units of price: ``-ln(s0' / s0) / alpha``.

    The log-sum formula (Small and Rosen 1981): the inclusive value is ``-ln s0``.
    """
    surplus: Floats = -np.log(outside_after / outside_before) / alpha
    return surplus


def nested_logit_elasticities(
    share: Floats, share_in_nest: Floats, alpha: float, price: Floats, within: float
) -> tuple[Floats, Floats, Floats]:
    """Own-price elasticity, and cross elasticities of goods in the same nest and in others.

    Berry (1994): own ``-alpha p [1/(1-r) - r/(1-r) s_in - s]``; of another good, with respect to
    this price, ``alpha p [r/(1-r) s_in + s]`` in the nest and ``alpha p s`` outside of it.
    """
    scale = within / (1.0 - within)
    own = -alpha * price * (1.0 / (1.0 - within) - scale * share_in_nest - share)
    return own, alpha * price * (scale * share_in_nest + share), alpha * price * share


def consumer_loss(
    model: str, price: Floats, volume: Floats, price_ratio: Floats, elasticity: Floats
) -> Floats:
    """Loss of consumer surplus [USD] as the price rises: the area left of the demand curve.

    Parameters
    ----------
    model
        ``constant_elasticity`` or ``linear``.
    price [USD per unit], volume [units]
        Before.
    price_ratio, elasticity
        As in the models; all arrays of one shape.
    """
    if model == "linear":
        after = np.maximum(0.0, 1.0 + elasticity * (price_ratio - 1.0))
        choke = 1.0 - 1.0 / elasticity
        reached = np.minimum(price_ratio, choke)
        return price * volume * (reached - 1.0) * (1.0 + after) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        area = (price_ratio ** (1.0 + elasticity) - 1.0) / (1.0 + elasticity)
    return price * volume * np.where(elasticity == -1.0, np.log(price_ratio), area)
