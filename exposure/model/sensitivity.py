"""Sobol indices: which share of the variance of an outcome each input stands for.

First order by Saltelli and others (2010), total by Jansen (1999), on two samples A and B and, for
each input or group of inputs, A with its columns from B. Inputs are independent there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sobol:
    """Indices of groups of inputs; both (group, ...).

    Attributes
    ----------
    first
        Share of the variance that goes if the group alone is known.
    total
        Share that stays if all but the group is known: its joint effects counted.
    """

    first: Floats
    total: Floats


def base_samples(size: int, names: int, seed: int) -> tuple[Floats, Floats]:
    """Two samples A and B (row, name) of uniform numbers from one scrambled Sobol sequence."""
    from scipy.stats import qmc

    points = qmc.Sobol(2 * names, rng=seed).random(size)
    # The ends of a law that is not bounded lie at infinity.
    points = np.clip(points, 1e-9, 1.0 - 1e-9)
    return points[:, :names], points[:, names:]


def even_samples(size: int, names: int, seed: int) -> tuple[Floats, Floats]:
    """The same for hundreds of names that matter little: a Latin hypercube each.

    Of so many names a Sobol sequence of a few hundred points is not even in pairs.
    """
    stream = np.random.default_rng(seed)
    cells = np.tile(np.arange(size, dtype=np.float64)[:, None], names)
    first, second = (
        (stream.permuted(cells, axis=0) + stream.random((size, names))) / size for _ in range(2)
    )
    return first, second


def indices(a: Floats, b: Floats, mixed: Floats, dust: Floats | float = 0.0) -> Sobol:
    """Indices from outcomes.

    Parameters
    ----------
    a, b (row, ...)
        Outcomes of the two samples.
    mixed (group, row, ...)
        Outcomes of A with the group's columns from B.
    dust
        Spread of an outcome that is none.

    Returns
    -------
    Sobol
        NaN where the outcome does not vary or is not known.
    """
    both = np.concatenate([a, b])
    centre, spread = both.mean(axis=0), both.var(axis=0)
    spread = np.where(spread <= np.square(dust), np.nan, spread)
    # Less noise than with raw outcomes: the product is of deviations.
    first = ((b - centre) * (mixed - a)).mean(axis=1) / spread
    total = 0.5 * ((a - mixed) ** 2).mean(axis=1) / spread
    return Sobol(first, total)


def sobol(model: object, size: int, names: int, seed: int = 0) -> Sobol:
    """Indices of every input of ``model(uniform (row, name)) -> outcome (row, ...)``.

    Takes ``size * (names + 2)`` rows.
    """
    assert callable(model)
    a, b = base_samples(size, names, seed)
    mixed = []
    for name in range(names):
        crossed = a.copy()
        crossed[:, name] = b[:, name]
        mixed.append(model(crossed))
    return indices(model(a), model(b), np.stack(mixed))
