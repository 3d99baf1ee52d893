"""Kernel: what follows from estimated numbers, with its error.

First-order (delta method) errors where a gradient is enough, exact intervals where the derived
number moves one way with the estimate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def delta(gradient: Floats, covariance: Floats) -> float:
    """Standard error of a function of estimates: root of ``g' V g``.

    Examples
    --------
    >>> round(delta(np.array([0.04, -0.16]), np.diag([0.25, 0.04])), 5)
    0.03774
    """
    gradient = np.asarray(gradient, dtype=float)
    return float(np.sqrt(gradient @ np.asarray(covariance, dtype=float) @ gradient))


def incidence(supply: float, demand: float, covariance: Floats) -> tuple[float, Floats, float]:
    """Pass-through of a duty ``es / (es + ed)`` from elasticities, both positive.

    Share of the duty that buyers bear in a competitive market (Weyl and Fabinger 2013).

    Returns
    -------
    value, gradient (supply, demand), standard error

    Examples
    --------
    >>> value, gradient, error = incidence(4.0, 1.0, np.diag([0.25, 0.04]))
    >>> value, gradient.round(2).tolist(), round(error, 4)
    (0.8, [0.04, -0.16], 0.0377)
    """
    both = (supply + demand) ** 2
    gradient = np.array([demand / both, -supply / both])
    return supply / (supply + demand), gradient, delta(gradient, covariance)


def percent_effect(
    slope: float, error: float, rate: float, critical: float = 1.959963984540054
) -> tuple[float, float, float, float]:
    """Change of the outcome by a duty: ``(1 + rate) ** slope - 1`` [fraction].

    Returns
    -------
    effect, standard error (delta), low, high
        The interval is the slope's with both ends transformed, so it is exact and not symmetric.

    Examples
    --------
    >>> [round(item, 4) for item in percent_effect(-1.5, 0.3, 0.15)]
    [-0.1891, 0.034, -0.2531, -0.1197]
    """
    size = float(np.log1p(rate))
    level = float(np.exp(slope * size))
    ends = sorted(float(np.expm1((slope + sign * critical * error) * size)) for sign in (-1, 1))
    return level - 1.0, abs(size) * level * error, ends[0], ends[1]


def lognormal(mu: float, sd: float) -> dict[str, float]:
    """Mean and spread of ``exp(Z)`` exactly and by the delta method: why draws are needed.

    Examples
    --------
    >>> {name: round(value, 4) for name, value in lognormal(0.0, 0.5).items()}
    {'exact_mean': 1.1331, 'delta_mean': 1.0, 'delta_sd': 0.5, 'exact_sd': 0.6039}
    """
    mean = float(np.exp(mu + sd**2 / 2))
    middle = float(np.exp(mu))
    spread = mean * float(np.sqrt(np.expm1(sd**2)))
    return {"exact_mean": mean, "delta_mean": middle, "delta_sd": middle * sd, "exact_sd": spread}
