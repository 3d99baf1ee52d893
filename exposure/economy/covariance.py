"""Kernel: covariances of slopes (sandwich, clusters one and two ways), tests, wild bootstrap.

Clustered: ``B (sum_g s_g s_g') B`` times ``G/(G-1) * (n-1)/(n-K)``, B the inverse of ``X'WX`` of
demeaned regressors and ``s_g`` the sum of scores in a cluster (Liang and Zeger 1986), the factor
of statsmodels. K counts slopes and free effects; it leaves out effects that lie inside clusters
(``nested``: fixest, reghdfe), or counts all (``dummies``: statsmodels), or the part with K is
dropped (``clusters``: ppmlhdfe). Effects inside a cluster do not make its sum of scores smaller, so
counting them makes errors too large, by a third and more in a short panel: ``nested`` is the
default.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from exposure.economy.absorb import Absorber, Codes, compact, nested, rank
from exposure.economy.panel_fit import Fit, Floats, Sample, solve
from exposure.errors import DataError

Errors = Literal["cluster", "hc0", "hc1", "iid"]
Factor = Literal["dummies", "nested", "clusters"]

DRAWS: Final = 1999
MOST_CELLS: Final = 4_000_000
"""Cells of outcomes drawn at once in the bootstrap [numbers]."""


def bread(fit: Fit) -> Floats:
    """Inverse of ``X'WX`` of the demeaned regressors (regressor, regressor)."""
    inverse = np.linalg.inv(fit.x_left.T @ (fit.weights[:, None] * fit.x_left))
    return np.asarray(inverse, dtype=np.float64)


def scores(sample: Sample, fit: Fit) -> Floats:
    """First-order conditions by observation (observation, regressor); their sum is 0."""
    return fit.x_left * (sample.weights * fit.residual)[:, None]


def free_parameters(sample: Sample, fit: Fit, factor: Factor) -> int:
    """K of the small-sample factor."""
    if factor == "clusters":
        return 1
    if factor == "dummies" or not sample.clusters:
        return fit.parameters
    outside = [
        code for code in sample.effects if not any(nested(code, way) for way in sample.clusters)
    ]
    slopes = len(fit.slopes)
    # The constant stays, whichever effect holds it.
    return slopes + (rank(outside)[0] if outside else 1)


def covariance(sample: Sample, fit: Fit, errors: Errors, factor: Factor = "nested") -> Floats:
    """Covariance of the slopes (regressor, regressor).

    Two ways of clustering: that by the first plus that by the second less that by both (Cameron,
    Gelbach and Miller 2011), all with the G of the smaller; if a variance comes out negative, the
    negative eigenvalues are set to zero.

    Raises
    ------
    DataError
        If fewer than two clusters or no free observations are left.
    """
    count = len(sample.outcome)
    free = free_parameters(sample, fit, factor)
    if count <= fit.parameters:
        raise DataError(
            f"{count} observations for {fit.parameters} parameters", "", "more data, or fewer"
        )
    inverse = bread(fit)
    if errors == "iid":
        if _is_ppml(sample, fit):
            return inverse
        squares = float((sample.weights * fit.residual**2).sum())
        return inverse * squares / (count - free)
    each = scores(sample, fit)
    if errors != "cluster":
        scale = count / (count - free) if errors == "hc1" else 1.0
        return inverse @ (each.T @ each) @ inverse * scale
    least = min(int(way.max()) + 1 for way in sample.clusters)
    if least < 2:
        raise DataError("only one cluster", "", "errors need several")
    scale = least / (least - 1) * (count - 1) / (count - free)
    middle = sum((sign * _meat(each, way) for sign, way in _ways(sample.clusters)),
                 np.zeros_like(inverse))  # fmt: skip
    found = inverse @ middle @ inverse * scale
    if len(sample.clusters) == 1:
        return found
    values, vectors = np.linalg.eigh(found)
    return found if values.min() >= 0 else (vectors * np.maximum(values, 0.0)) @ vectors.T


def _is_ppml(sample: Sample, fit: Fit) -> bool:
    return fit.weights is not sample.weights


def _ways(clusters: tuple[Codes, ...]) -> list[tuple[float, Codes]]:
    if len(clusters) == 1:
        return [(1.0, clusters[0])]
    one, other = clusters
    both = compact([one * (int(other.max()) + 1) + other])[0]
    return [(1.0, one), (1.0, other), (-1.0, both)]


def _meat(each: Floats, way: Codes) -> Floats:
    sums = cluster_sums(each, way)
    product: Floats = sums.T @ sums
    return product


def cluster_sums(each: Floats, way: Codes) -> Floats:
    """Sums of rows by cluster (cluster, column)."""
    sums = np.zeros((int(way.max()) + 1, each.shape[1]))
    np.add.at(sums, way, each)
    return sums


def wald(values: Floats, spread: Floats, freedom: float) -> float:
    """p-value that all values are zero: F(q, freedom), chi-squared where freedom is infinite.

    NaN where the covariance is singular: more values than clusters can tell apart.
    """
    from scipy.stats import chi2
    from scipy.stats import f as f_law

    count = len(values)
    if not count or np.linalg.matrix_rank(spread, hermitian=True) < count or freedom < count:
        return float("nan")
    square = float(values @ np.linalg.solve(spread, values))
    if np.isinf(freedom):
        return float(chi2.sf(square, count))
    return float(f_law.sf(square / count, count, freedom))


def effective_clusters(sample: Sample, fit: Fit, contrast: Floats) -> float:
    """Clusters that a combination of slopes rests on, by their shares in its variation."""
    pull = fit.x_left @ bread(fit) @ contrast
    shares = np.bincount(sample.clusters[0], fit.weights * pull**2)
    return float(shares.sum() ** 2 / (shares**2).sum())


def leave_one_out(sample: Sample, fit: Fit, place: int) -> Floats:
    """A slope without each cluster in turn (cluster,), by one Newton step from the full fit.

    Exact for least squares whose effects lie inside the clusters, near it otherwise.
    """
    way = sample.clusters[0]
    each = cluster_sums(scores(sample, fit), way)
    weighted = fit.weights[:, None] * fit.x_left
    total = fit.x_left.T @ weighted
    found = np.full(len(each), np.nan)
    for cluster in range(len(each)):
        inside = way == cluster
        rest = total - fit.x_left[inside].T @ weighted[inside]
        if np.linalg.matrix_rank(rest, tol=1e-9 * float(np.abs(total).max())) == len(rest):
            found[cluster] = fit.slopes[place] - np.linalg.solve(rest, each[cluster])[place]
    return found


def wild_bootstrap(
    sample: Sample, fit: Fit, place: int, draws: int = DRAWS, seed: int = 0
) -> float:
    """p-value that a slope of least squares is zero, by the wild cluster bootstrap.

    Signs by cluster (Rademacher), the null imposed, the statistic studentised (Cameron, Gelbach
    and Miller 2008). With so few clusters that there are no more than ``draws`` patterns, all are
    used once and the p-value has no sampling error.
    """
    way = sample.clusters[0]
    groups = int(way.max()) + 1
    if 2**groups <= draws:
        grid = (np.arange(2**groups)[:, None] >> np.arange(groups)) & 1
        signs = 1.0 - 2.0 * grid
    else:
        random = np.random.default_rng(seed)
        signs = random.choice([-1.0, 1.0], size=(draws, groups))
    others = np.delete(fit.x_left, place, axis=1)
    absorber = Absorber(sample.effects, sample.weights)
    own = fit.x_left[:, place]
    if others.shape[1]:
        own = own - others @ solve(others, own, sample.weights)
        null = fit.y_left - others @ solve(others, fit.y_left, sample.weights)
    else:
        null = fit.y_left
    # Unrestricted first, then drawn: the factor for few clusters is in both and cancels.
    observed = _studentised(own, fit.x_left, fit.y_left[:, None], sample)[0]
    chunk = max(1, MOST_CELLS // len(null))
    drawn = np.concatenate([
        _studentised(own, fit.x_left, absorber.demean(null[:, None] * part.T[way]), sample)
        for part in np.array_split(signs, int(np.ceil(len(signs) / chunk)))
    ])  # fmt: skip
    return float((np.abs(drawn) >= abs(observed) * (1 - 1e-9)).mean())


def _studentised(own: Floats, x_left: Floats, y_left: Floats, sample: Sample) -> Floats:
    """Slope of ``own`` over its clustered error, for many outcomes (observation, draw)."""
    weights = sample.weights
    size = float(weights @ own**2)
    slope = (weights * own) @ y_left / size
    root = np.sqrt(weights)[:, None]
    fitted = x_left @ np.linalg.lstsq(x_left * root, y_left * root, rcond=None)[0]
    sums = cluster_sums((weights * own)[:, None] * (y_left - fitted), sample.clusters[0])
    error = np.sqrt((sums**2).sum(axis=0)) / size
    ratio: Floats = slope / np.where(error > 0, error, np.nan)
    return ratio
