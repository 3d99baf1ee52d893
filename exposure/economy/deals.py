"""Kernel: a bargain of duty for money: payments under a ceiling, present values, games of two.

Years stand in columns and the first is today: it is not discounted. Money is in dollars of the
first year, so that rates of discount are real.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
CENT = 0.005
"""Sums of money closer to 0 than this are 0."""


def schedule(planned: Floats, ceiling: Floats) -> Floats:
    """What is paid each year where no year may exceed a ceiling; the rest waits for the next.

    Parameters
    ----------
    planned (scenario, year) [USD]
    ceiling (scenario,) [USD a year]
        Above 0; infinite where there is none.

    Returns
    -------
    (scenario, year) [USD]
        What is still due after the last year is not paid.

    Examples
    --------
    50 at once under 20 a year:

    >>> schedule(np.array([[50.0, 0.0, 0.0, 0.0]]), np.array([20.0])).tolist()
    [[20.0, 20.0, 10.0, 0.0]]
    """
    if (ceiling <= 0).any():
        raise DataError("a ceiling of 0 pays nothing", "deal, ceiling", "above 0")
    paid = np.zeros_like(planned)
    due = np.zeros(len(planned))
    for year in range(planned.shape[1]):
        due = due + planned[:, year]
        paid[:, year] = np.minimum(due, ceiling)
        due = due - paid[:, year]
    return paid


def returned(paid: Floats, share: Floats, delay: Floats, years: Floats, last: int) -> Floats:
    """What comes back of payments: evenly over some years, after a delay.

    Parameters
    ----------
    paid (scenario, year) [USD]
    share (scenario,) [fraction of what was paid]
        In all, over the years; above 1 is a gain.
    delay, years (scenario,) [whole years]
        Between a payment and the first return, and how long returns flow (1 or more).
    last
        Columns of the answer: as many years as are needed to see the last return.

    Examples
    --------
    >>> one = np.ones(1)
    >>> returned(np.array([[100.0]]), 0.9 * one, one, 3 * one, 5).round(9).tolist()
    [[0.0, 30.0, 30.0, 30.0, 0.0]]
    """
    back = np.zeros((len(paid), last))
    at = np.arange(last)
    for year in range(paid.shape[1]):
        since = at[None] - year - delay[:, None]
        flows = (since >= 0) & (since < years[:, None])
        back += np.where(flows, (paid[:, year] * share / years)[:, None], 0.0)
    return back


def discount_factors(rate: Floats, years: int) -> Floats:
    """``(1 + rate)**-year`` (scenario, year); the first year is 1."""
    factors: Floats = (1.0 + rate[:, None]) ** -np.arange(years, dtype=np.float64)[None]
    return factors


def present_value(flows: Floats, rate: Floats) -> Floats:
    """Sum of discounted flows (scenario,) [USD] of ``flows`` (scenario, year).

    Examples
    --------
    >>> present_value(np.array([[-100.0, 60.0, 60.0]]), np.array([0.2])).round(2).tolist()
    [-8.33]
    """
    value: Floats = (flows * discount_factors(rate, flows.shape[1])).sum(axis=1)
    return value


def annual_equivalent(value: Floats, rate: Floats, years: int) -> Floats:
    """The same sum every year, the first included, that has a present value [USD a year].

    Examples
    --------
    >>> annual_equivalent(np.array([210.0]), np.array([0.1]), 2).round(2).tolist()
    [110.0]
    """
    equal: Floats = value / discount_factors(rate, years).sum(axis=1)
    return equal


def break_even(cumulative: Floats) -> Floats:
    """First year from which a running sum stays at 0 or above (scenario,); infinite if none.

    Examples
    --------
    >>> break_even(np.array([[-3.0, -1.0, 1.0], [1.0, -1.0, -1.0]])).tolist()
    [2.0, inf]
    """
    below = cumulative < -CENT
    width = cumulative.shape[1]
    after = width - np.argmax(below[:, ::-1], axis=1)
    first = np.where(below.any(axis=1), after, 0)
    return np.where(first < width, first, np.inf).astype(np.float64)


def root_share(worth: Floats, of_one: Floats) -> Floats:
    """The share at which ``worth + share * of_one`` is 0, not below 0; infinite without a slope.

    Of a present value without returns and that of returns of one dollar a dollar: which part must
    come back.

    Examples
    --------
    >>> root_share(np.array([-60.0, 5.0]), np.array([80.0, 80.0])).tolist()
    [0.75, 0.0]
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        needed = np.where(of_one > 0, -worth / of_one, np.inf)
    return np.where(worth >= 0, 0.0, needed)


# --- offers --------------------------------------------------------------------------------


def dominated_by(gain: Floats, cost: Floats) -> NDArray[np.int64]:
    """Number of an offer that gives as much for as little and beats each; -1 where none does.

    Parameters
    ----------
    gain, cost (offer,)
        To one side and to the other. Offers that are alike do not beat one another. Of those that
        beat an offer the one with the largest gain, then the smallest cost, then the first is
        named: none beats it.

    Examples
    --------
    >>> dominated_by(np.array([1.0, 2.0, 2.0]), np.array([1.0, 1.0, 3.0])).tolist()
    [1, -1, 1]
    """
    found = np.full(len(gain), -1, dtype=np.int64)
    for offer in range(len(gain)):
        as_good = (gain >= gain[offer]) & (cost <= cost[offer])
        better = as_good & ((gain > gain[offer]) | (cost < cost[offer]))
        if better.any():
            rivals = np.flatnonzero(better)
            found[offer] = rivals[np.lexsort((cost[rivals], -gain[rivals]))[0]]
    return found


# --- chances -------------------------------------------------------------------------------


def expected(values: Floats, chances: Floats) -> Floats:
    """Mean of ``values`` (scenario, branch) by ``chances``, which are scaled to add up to 1."""
    mean: Floats = (values * chances).sum(axis=1) / chances.sum(axis=1)
    return mean


def switch_chance(sure: Floats, good: Floats, bad: Floats) -> Floats:
    """Chance of ``good`` at which a gamble is worth what is sure (scenario,); not known if none is.

    ``p * good + (1 - p) * bad = sure``. Outside of 0 and 1 one of the two always wins, and the
    answer is not a chance: it is not known.

    Examples
    --------
    >>> switch_chance(np.array([5.0, 9.0]), np.array([8.0, 8.0]), np.array([2.0, 2.0])).tolist()
    [0.5, nan]
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        chance = (sure - bad) / (good - bad)
    return np.where((chance >= 0) & (chance <= 1), chance, np.nan)


# --- games ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Game:
    """Best replies of two players, each (row action, column action).

    Attributes
    ----------
    row_best, column_best
        Whether the row player's, and the column player's, action answers the other's best.
    """

    row_best: Flags
    column_best: Flags

    @property
    def equilibria(self) -> Flags:
        """Cells in which both answer best: Nash equilibria in pure actions."""
        return self.row_best & self.column_best


def game(row: Floats, column: Floats) -> Game:
    """Best replies of payoffs (row action, column action); ties are both best.

    Examples
    --------
    A prisoners' dilemma: both confess.

    >>> row = np.array([[-1.0, -9.0], [0.0, -6.0]])
    >>> game(row, row.T).equilibria.tolist()
    [[False, False], [False, True]]
    """
    return Game(row == row.max(axis=0, keepdims=True), column == column.max(axis=1, keepdims=True))


# --- the formula of 2 April 2025 -------------------------------------------------------------


def reciprocal_rate(exports: Floats, imports: Floats, part: Floats, floor: Floats) -> Floats:
    """``max(floor, part * (imports - exports) / imports)`` [fraction].

    Examples
    --------
    >>> x = [np.array(value) for value in (13.0, 130.0, 0.5, 0.1)]
    >>> float(reciprocal_rate(*x))
    0.45
    """
    return np.maximum(floor, part * (imports - exports) / imports)
