"""Scores of forecasts against what came: points, intervals and distributions.

Arrays have the case as their last axis and scores take the mean over it. Everything is a fraction
or has the unit of the outcome. A case without an outcome makes a score unknown: leave it out by
choice, not by silence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from exposure.errors import DataError

Floats = NDArray[np.float64]


def bias(forecast: Floats, outcome: Floats) -> Floats:
    """Mean of forecast less outcome: positive where forecasts are too high."""
    return np.asarray((forecast - outcome).mean(axis=-1))


def mae(forecast: Floats, outcome: Floats) -> Floats:
    """Mean absolute error."""
    return np.asarray(np.abs(forecast - outcome).mean(axis=-1))


def rmse(forecast: Floats, outcome: Floats) -> Floats:
    """Root of the mean squared error."""
    return np.asarray(np.sqrt(((forecast - outcome) ** 2).mean(axis=-1)))


def mape(forecast: Floats, outcome: Floats) -> Floats:
    """Mean absolute error relative to each outcome [fraction]; NaN if an outcome is 0.

    Examples
    --------
    >>> round(float(mape(np.array([110., 72., 50.]), np.array([100., 80., 50.]))), 4)
    0.0667
    """
    size = np.where(outcome == 0, np.nan, np.abs(outcome))
    return np.asarray((np.abs(forecast - outcome) / size).mean(axis=-1))


def wape(forecast: Floats, outcome: Floats) -> Floats:
    """Absolute errors over absolute outcomes, each added up [fraction].

    Defined with outcomes of 0 among others; NaN if all are 0.
    """
    size = np.abs(outcome).sum(axis=-1)
    return np.asarray(np.abs(forecast - outcome).sum(axis=-1) / np.where(size == 0, np.nan, size))


def coverage(low: Floats, high: Floats, outcome: Floats) -> Floats:
    """Share of outcomes within their interval, ends included [fraction]."""
    within = np.where(np.isnan(low + high + outcome), np.nan, (low <= outcome) & (outcome <= high))
    return np.asarray(within.mean(axis=-1))


def interval_score(low: Floats, high: Floats, outcome: Floats, level: float) -> Floats:
    """Mean width plus ``2 / (1 - level)`` times the miss; low is good (Gneiting, Raftery 2007).

    Raises
    ------
    DataError
        If the level is not between 0 and 1, or an interval ends below its beginning.

    Examples
    --------
    An interval of 51 to 60 at 80 % misses 50 by 1: 9 + 10 * 1.

    >>> float(interval_score(np.array([51.]), np.array([60.]), np.array([50.]), 0.8).round(9))
    19.0
    """
    if not 0 < level < 1:
        raise DataError(f"a level of {level}", "interval score", "between 0 and 1")
    if (high < low).any():
        raise DataError("an interval ends below its beginning", "interval score")
    miss = np.maximum(low - outcome, 0.0) + np.maximum(outcome - high, 0.0)
    return np.asarray((high - low + 2.0 / (1.0 - level) * miss).mean(axis=-1))


def crps_normal(mean: Floats, spread: Floats, outcome: Floats) -> Floats:
    """Continuous ranked probability score of normal forecasts, case by case.

    ``s (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi))``; the absolute error at a spread of 0.

    Examples
    --------
    >>> round(float(crps_normal(np.array(0.), np.array(1.), np.array(0.))), 5)
    0.23369
    """
    error = outcome - mean
    with np.errstate(divide="ignore", invalid="ignore"):
        z = error / spread
        density = np.exp(-(z**2) / 2.0) / np.sqrt(2.0 * np.pi)
        score = spread * (z * (2.0 * ndtr(z) - 1.0) + 2.0 * density - 1.0 / np.sqrt(np.pi))
    return np.asarray(np.where(spread == 0, np.abs(error), score))


def crps_ensemble(members: Floats, outcome: Floats, *, fair: bool = False) -> Floats:
    """Continuous ranked probability score of ensembles, case by case.

    ``mean |x_i - y| - sum |x_i - x_j| / (2 m^2)``; the fair one has ``2 m (m - 1)`` below, and
    with members drawn from a law its mean is the score of the law, whatever their number (Ferro
    2014).

    Parameters
    ----------
    members (..., member)
    outcome (...)
    fair
        Not known for a single member.

    Examples
    --------
    Members 0 and 2 on both sides of 1: 1 - 4 / 8, and fair 1 - 4 / 4.

    >>> pair, one = np.array([0., 2.]), np.array(1.)
    >>> float(crps_ensemble(pair, one)), float(crps_ensemble(pair, one, fair=True))
    (0.5, 0.0)
    """
    count = members.shape[-1]
    # Of members in order, the k-th is above k - 1 others and below the rest.
    order = np.sort(members, axis=-1)
    apart = 2.0 * (order * (2.0 * np.arange(1, count + 1) - count - 1.0)).sum(axis=-1)
    below = 2.0 * count * (count - 1 if fair else count)
    spread = apart / below if below else np.full_like(apart, np.nan)
    return np.asarray(np.abs(members - np.asarray(outcome)[..., None]).mean(axis=-1) - spread)
