"""Draws of everything uncertain: row 0 is central, the others come from laws on a range.

A number is drawn in two steps: a uniform number between 0 and 1, by its name alone or together with
others that it moves with, and the quantile of its law there. Designs of a sensitivity analysis give
uniform numbers of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from exposure.errors import DataError
from exposure.frames import records

Floats = NDArray[np.float64]
Quantile = Callable[[Floats, Floats, Floats, Floats], Floats]
LONG = ":long"
"""End of the name of a parameter's value in the long run."""
EDGE = 1.959963984540054
"""Standard deviations from the middle to the end of a 95 per cent interval."""
FIRST_YEAR = 1.0
MIDDLE = 0.5
"""The uniform number at which a value is central to the last bit."""


def two_sided(low: Floats, central: Floats, high: Floats, uniform: Floats) -> Floats:
    """Quantiles of a law that is triangular on each side of its median ``central``.

    Half of the draws lie on each side, so that a lopsided range does not pull the middle of a sum
    away from the central values that are printed beside it.

    Parameters
    ----------
    low, central, high (name,)
    uniform (draw, name) in [0, 1)

    Examples
    --------
    >>> one = np.array([0.0]), np.array([1.0]), np.array([2.0])
    >>> two_sided(*one, np.array([[0.5]]))
    array([[1.]])
    """
    below = low + np.sqrt(2.0 * uniform) * (central - low)
    above = high - np.sqrt(2.0 * np.maximum(0.0, 1.0 - uniform)) * (high - central)
    return np.where(uniform < 0.5, below, above)


def two_sided_uniform(low: Floats, central: Floats, high: Floats, uniform: Floats) -> Floats:
    """Quantiles of a law that is even on each side of its median ``central``."""
    part = 2.0 * uniform - 1.0
    return central + part * np.where(part < 0, central - low, high - central)


def two_sided_normal(low: Floats, central: Floats, high: Floats, uniform: Floats) -> Floats:
    """Quantiles of a normal law on each side of its median; 95 % lie between low and high.

    A number keeps the sign of its median: what would lie beyond 0 is 0, as an estimated elasticity
    is not drawn with a sign that theory excludes.
    """
    score = ndtri(uniform) / EDGE
    drawn = central + score * np.where(score < 0, central - low, high - central)
    kept: Floats = np.where(central >= 0, np.maximum(drawn, 0.0), np.minimum(drawn, 0.0))
    return kept


def two_sided_lognormal(low: Floats, central: Floats, high: Floats, uniform: Floats) -> Floats:
    """The same on the logarithm; all three are above 0, or all below."""
    score = ndtri(uniform) / EDGE
    score = np.where(central < 0, -score, score)  # the quantile of what is negative runs back
    side = np.where(central < 0, low, high), np.where(central < 0, high, low)
    up, down = np.log(side[0] / central), np.log(central / side[1])
    drawn: Floats = central * np.exp(score * np.where(score < 0, down, up))
    return drawn


LAWS: Final[Mapping[str, Quantile]] = {
    "triangle": two_sided,
    "uniform": two_sided_uniform,
    "normal": two_sided_normal,
    "lognormal": two_sided_lognormal,
}
"""Quantile functions ``law(low, central, high, uniform)``; the median of each is ``central``."""


def draw(
    ranges: pd.DataFrame,
    count: int,
    seed: int,
    fixed: Mapping[str, float] | None = None,
    correlations: pd.DataFrame | None = None,
    years: float = FIRST_YEAR,
) -> dict[str, Floats]:
    """Values (1 + count,) of every name of ``ranges``; the first is central.

    ``fixed`` sets a parameter, in all sectors, or a figure to one value. Each name has its own
    stream, so that a name that is added does not move the others.
    """
    chances = uniforms(list(ranges.index), count, seed, correlations)
    central = {name: np.concatenate([[MIDDLE], column]) for name, column in chances.items()}
    return quantiles(ranges, central, fixed, years)


def uniforms(
    names: list[str], count: int, seed: int, correlations: pd.DataFrame | None = None
) -> dict[str, Floats]:
    """Uniform numbers (draw,) of each name: its own stream, joined by a normal copula.

    A parameter of the long run has those of the first year: it is the same number, later.
    """
    if not count:
        return {name: np.zeros(0) for name in names if not name.endswith(LONG)}
    chances = {
        name: np.random.default_rng([seed, *name.encode()]).random((count, 1))[:, 0]
        for name in names
        if not name.endswith(LONG)
    }
    if correlations is not None and len(correlations):
        joined, root = _joint(list(chances), correlations)
        if joined:
            scores = ndtri(np.stack([chances[name] for name in joined], axis=1))
            moved = ndtr(scores @ root.T)
            chances |= {name: moved[:, place] for place, name in enumerate(joined)}
    return chances


def _joint(names: list[str], correlations: pd.DataFrame) -> tuple[list[str], Floats]:
    """Names that move with others, and the root of their correlation matrix.

    Raises
    ------
    DataError
        If no numbers can move together as the table says.
    """
    pairs: dict[tuple[str, str], float] = {}
    for row in records(correlations):
        first = [name for name in names if fnmatchcase(name, row["first"])]
        second = [name for name in names if fnmatchcase(name, row["second"])]
        for a in first:
            pairs |= {tuple(sorted((a, b))): row["correlation"] for b in second if a != b}  # type: ignore[misc]
    joined = sorted({name for pair in pairs for name in pair})
    place = {name: number for number, name in enumerate(joined)}
    matrix = np.eye(len(joined))
    for (a, b), value in pairs.items():
        matrix[place[a], place[b]] = matrix[place[b], place[a]] = value
    try:
        root = np.linalg.cholesky(matrix).astype(np.float64)
    except np.linalg.LinAlgError:
        what = "these correlations cannot hold together (the matrix is not positive definite)"
        raise DataError(what, "economy/correlations.csv", "smaller numbers") from None
    return joined, root


def quantiles(
    ranges: pd.DataFrame,
    chances: Mapping[str, Floats],
    fixed: Mapping[str, float] | None = None,
    years: float = FIRST_YEAR,
) -> dict[str, Floats]:
    """Values (draw,) of every name at uniform numbers; 0.5 is central.

    Between the first year and the long run a parameter moves by ``1 - exp(-(years - 1) / tau)`` of
    the way, tau being the parameter ``adjustment_years``.
    """
    values: dict[str, Floats] = {}
    count = len(next(iter(chances.values())))
    columns = (ranges[key] for key in ("low", "central", "high", "distribution"))
    for name, low, central, high, law in zip(ranges.index, *columns, strict=True):
        base = name.removesuffix(LONG).split("@")[0]
        if (fixed and base in fixed) or low == high:
            values[name] = np.full(
                count, float(fixed[base] if fixed and base in fixed else central)
            )
            continue
        at = chances[name.removesuffix(LONG)]
        bottom, middle, top = (np.array([end], dtype=np.float64) for end in (low, central, high))
        values[name] = np.where(at == MIDDLE, middle, LAWS[law](bottom, middle, top, at))
    way = np.zeros(count)
    if years > FIRST_YEAR:
        way = 1.0 - np.exp(-(years - FIRST_YEAR) / values["adjustment_years"])
    for name in [name for name in values if name.endswith(LONG)]:
        later = values.pop(name)
        short = name.removesuffix(LONG)
        values[short] = values[short] + way * (later - values[short])
    return values
