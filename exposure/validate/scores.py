"""How near forecasts came: errors, coverage of intervals, and proper scores (Gneiting, Raftery)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def bias(forecast: Floats, outcome: Floats) -> float:
    """Mean of forecast less outcome."""
    return float(np.mean(forecast - outcome))


def mean_absolute_error(forecast: Floats, outcome: Floats) -> float:
    """Mean size of the error."""
    return float(np.mean(np.abs(forecast - outcome)))


def root_mean_square_error(forecast: Floats, outcome: Floats) -> float:
    """Root of the mean square of the error."""
    return float(np.sqrt(np.mean((forecast - outcome) ** 2)))


def mape(forecast: Floats, outcome: Floats) -> float:
    """Mean absolute error over the outcome [per cent]; NaN where an outcome is 0: use `wape`."""
    if (outcome == 0).any():
        return float("nan")
    return float(100.0 * np.mean(np.abs(forecast - outcome) / np.abs(outcome)))


def wape(forecast: Floats, outcome: Floats) -> float:
    """Sum of absolute errors over the sum of outcomes [per cent]."""
    return float(100.0 * np.abs(forecast - outcome).sum() / np.abs(outcome).sum())


def coverage(low: Floats, high: Floats, outcome: Floats) -> float:
    """Share of outcomes within their interval."""
    return float(np.mean((low <= outcome) & (outcome <= high)))


def interval_score(low: Floats, high: Floats, outcome: Floats, level: float) -> float:
    """Width, and ``2 / (1 - level)`` times what an outcome lies outside; lower is better."""
    miss = np.maximum(low - outcome, 0.0) + np.maximum(outcome - high, 0.0)
    return float(np.mean(high - low + 2.0 / (1.0 - level) * miss))


def crps_normal(mean: Floats, spread: Floats, outcome: Floats) -> Floats:
    """Continuous ranked probability score of normal forecasts.

    Examples
    --------
    >>> round(float(crps_normal(np.array(0.0), np.array(1.0), np.array(0.0))), 5)
    0.23369
    """
    from scipy.special import ndtr

    z = (outcome - mean) / spread
    density = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
    score: Floats = spread * (z * (2.0 * ndtr(z) - 1.0) + 2.0 * density - 1.0 / np.sqrt(np.pi))
    return score


def crps_ensemble(draws: Floats, outcome: Floats, *, fair: bool = False) -> Floats:
    """The same of draws (draw, ...); ``fair`` takes out what a small number of draws adds."""
    count = len(draws)
    ordered = np.sort(draws, axis=0)
    # Sum over pairs of |x_i - x_j| from the sorted draws, without the pairs.
    weight = (2.0 * np.arange(1, count + 1) - count - 1.0).reshape(-1, *[1] * (draws.ndim - 1))
    pairs = 2.0 * (weight * ordered).sum(axis=0)
    whole = 2.0 * count * (count - 1) if fair else 2.0 * count**2
    score: Floats = np.abs(draws - outcome).mean(axis=0) - pairs / whole
    return score
