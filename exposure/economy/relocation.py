"""Kernel: what moving production is worth while the tariff may end.

A plant behind the border saves the duty only in years in which the duty still stands. With a chance
``q`` a year that it survives, the saving of year ``t`` is worth ``(q / (1 + r))^t``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Move:
    """A move of production, by scenario.

    Attributes
    ----------
    outlay [USD]
        Paid today.
    saving [USD a year]
        Duty no longer paid, less the higher cost of making, before tax; at the end of each year.
    years
        Whole years for which the plant would serve.
    discount [fraction a year]
        Real where the flows are.
    tax [fraction of the saving]
    """

    outlay: Floats
    saving: Floats
    years: Floats
    discount: Floats
    tax: Floats


def annuity(survival: Floats, discount: Floats, years: Floats) -> Floats:
    """Worth today of 1 USD a year while the tariff stands (scenario,).

    ``x (1 - x^n) / (1 - x)`` with ``x = survival / (1 + discount)``, and ``n`` at ``x = 1``.

    Parameters
    ----------
    survival (scenario,) [fraction]
        Chance that the tariff outlives a year, if it stood at its beginning; 0 to 1.
    discount (scenario,) [fraction a year], years (scenario,)

    Raises
    ------
    DataError
        If a chance lies outside 0 to 1, a discount is -1 or less, or years are not whole.

    Examples
    --------
    >>> one = np.ones(1)
    >>> annuity(0.8 * one, 0.1 * one, 10 * one).round(6).tolist()
    [2.556274]
    """
    if ((survival < 0) | (survival > 1)).any():
        raise DataError("a chance that the tariff survives is out of range", "survival", "0 to 1")
    if (discount <= -1).any() or (years < 0).any() or (years != np.rint(years)).any():
        raise DataError("a discount or a number of years is out of range", "move",
                        "a discount above -1, whole years from 0 up")  # fmt: skip
    factor = survival / (1.0 + discount)
    gap = 1.0 - factor
    with np.errstate(divide="ignore", invalid="ignore"):
        # Near 1 the plain difference 1 - x^n would lose its digits.
        series = -np.expm1(years * np.log(factor)) * factor / gap
    some = np.where(factor == 0, 0.0, np.where(gap == 0, years * 1.0, series))
    return np.asarray(np.where(years == 0, 0.0, some))


def present_value(move: Move, survival: Floats) -> Floats:
    """Net present value of the move (scenario,) [USD].

    Examples
    --------
    40 a year for 5 years at 8 %, against 100 today, the tariff certain to stand:

    >>> one = np.ones(1)
    >>> move = Move(100 * one, 40 * one, 5 * one, 0.08 * one, 0 * one)
    >>> present_value(move, one).round(3).tolist()
    [59.708]
    """
    kept = move.saving * (1.0 - move.tax)
    return kept * annuity(survival, move.discount, move.years) - move.outlay


def break_even_survival(move: Move) -> Floats:
    """Chance a year that the tariff must survive for the move to pay (scenario,).

    0 where it pays even if the tariff ends at once, NaN where it does not pay even if the tariff
    stays for ever. Found by halving: the value rises with the chance.
    """
    one = np.ones_like(move.outlay * move.saving * move.years * move.discount)
    low, high = 0.0 * one, one
    for _ in range(64):
        middle = (low + high) / 2.0
        short = present_value(move, middle) < 0
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    best, least = present_value(move, one), present_value(move, 0.0 * one)
    return np.where(best >= 0, np.where(least >= 0, 0.0, high), np.nan)
