"""Kernel: least squares and Poisson pseudo maximum likelihood with fixed effects.

Two routes to the same slope: dummies through statsmodels where effects are few, and absorbed
effects (`exposure.economy.absorb`) where they are many. PPML with absorbed effects is iteratively
reweighted least squares on demeaned columns (Correia, Guimaraes and Zylkin 2020); the reason for
PPML is Santos Silva and Tenreyro (2006): zeros stay in, and the mean of flows is modelled, not
that of their logs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exposure.economy.absorb import Absorber, Codes, compact, rank, singletons
from exposure.errors import DataError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_ROUNDS: Final = 200
DEVIANCE_TOLERANCE: Final = 1e-12
COLLINEAR: Final = 1e-9
"""Share of a regressor's variance below which nothing of it is left."""
ALWAYS: Final = 1e6
"""Weight of positive outcomes in the search for separated zeros."""
FADED: Final = 1e-4
SETTLED: Final = 1e-5
MOST_RECTIFIED: Final = 500
"""Size at which the search has come to nothing, change at which it has settled, and its rounds."""


@dataclass(frozen=True)
class Sample:
    """Columns of one regression.

    Attributes
    ----------
    outcome (observation,)
        Level for PPML, log for least squares.
    regressors (observation, regressor)
    names
        Of the regressors.
    effects (effect, observation)
        Codes; a constant is one effect of one level, unless it is a regressor.
    clusters (way, observation)
        Codes; none for errors without clusters.
    weights (observation,)
    """

    outcome: Floats
    regressors: Floats
    names: tuple[str, ...]
    effects: tuple[Codes, ...]
    clusters: tuple[Codes, ...]
    weights: Floats

    def keep(self, kept: Flags) -> Sample:
        """The observations that are kept, groups numbered anew."""
        return Sample(
            self.outcome[kept],
            self.regressors[kept],
            self.names,
            tuple(compact([code[kept] for code in self.effects])),
            tuple(compact([code[kept] for code in self.clusters])),
            self.weights[kept],
        )

    def with_regressors(self, regressors: Floats, names: tuple[str, ...]) -> Sample:
        """The same observations with other regressors."""
        return replace(self, regressors=regressors, names=names)


@dataclass(frozen=True)
class Fit:
    """A fitted regression.

    Attributes
    ----------
    slopes (regressor,)
    x_left (observation, regressor), y_left (observation,)
        Regressors and (working) outcome after effects.
    weights (observation,)
        Of the last weighted regression: those of the sample, for PPML times the fitted mean.
    residual (observation,)
        Outcome less fitted mean; ``x_left * (weights of the sample) * residual`` are the scores.
    fitted (observation,)
        Mean (PPML) or log (least squares).
    parameters
        Slopes and free effects together: K of the small-sample factor.
    exact
        Whether that count is exact.
    route
        ``dummies`` or ``absorb``.
    """

    slopes: Floats
    x_left: Floats
    y_left: Floats
    weights: Floats
    residual: Floats
    fitted: Floats
    parameters: int
    exact: bool
    route: str


def solve(x_left: Floats, y_left: Floats, weights: Floats) -> Floats:
    """Slopes of weighted least squares on demeaned columns (observation, regressor)."""
    root = np.sqrt(weights)
    slopes = np.linalg.lstsq(x_left * root[:, None], y_left * root, rcond=None)[0]
    return np.asarray(slopes, dtype=np.float64)


def fit_ols(sample: Sample) -> Fit:
    """Least squares with absorbed effects."""
    absorber = Absorber(sample.effects, sample.weights)
    left = absorber.demean(np.column_stack([sample.regressors, sample.outcome]))
    x_left, y_left = left[:, :-1], left[:, -1]
    slopes = solve(x_left, y_left, sample.weights)
    residual = y_left - x_left @ slopes
    absorbed, exact = rank(sample.effects)
    return Fit(slopes, x_left, y_left, sample.weights, residual, sample.outcome - residual,
               absorbed + len(slopes), exact, "absorb")  # fmt: skip


def fit_ppml(sample: Sample) -> Fit:
    """Poisson pseudo maximum likelihood with absorbed effects.

    The outcome need not be a count. Separated observations must be out (`separated`).

    Raises
    ------
    DataError
        If it does not converge.
    """
    # Effects take up the scale; without any it would move the slopes.
    size = float(np.average(sample.outcome, weights=sample.weights)) if sample.effects else 1.0
    y = sample.outcome / size
    mean = (y + 1.0) / 2.0
    eta = np.log(mean)
    absorber = Absorber(sample.effects, sample.weights * mean)
    x_left = sample.regressors
    y_left = old_working = np.zeros_like(y)
    slopes = np.zeros(sample.regressors.shape[1])
    deviance = np.inf
    for _ in range(MOST_ROUNDS):
        working = eta + (y - mean) / mean
        absorber.reweight(sample.weights * mean)
        # Demeaning goes on from the last round: what was taken out lies in the effects' span.
        start = np.column_stack([x_left, y_left + working - old_working])
        left = absorber.demean(start)
        x_left, y_left, old_working = left[:, :-1], left[:, -1], working
        slopes = solve(x_left, y_left, absorber.weights)
        eta = working - (y_left - x_left @ slopes)
        mean = np.exp(np.clip(eta, -700.0, 700.0))
        last, deviance = deviance, _deviance(y, mean, sample.weights)
        if abs(last - deviance) <= DEVIANCE_TOLERANCE * max(deviance, 0.1):
            absorbed, exact = rank(sample.effects)
            return Fit(slopes, x_left, y_left, sample.weights * mean * size, (y - mean) * size,
                       mean * size, absorbed + len(slopes), exact, "absorb")  # fmt: skip
    raise DataError("PPML does not converge", "", "is an outcome separated, or a regressor huge?")


def _deviance(y: Floats, mean: Floats, weights: Floats) -> float:
    logs = np.zeros_like(y)
    positive = y > 0
    logs[positive] = y[positive] * np.log(y[positive] / mean[positive])
    return float(2.0 * (weights * (logs - (y - mean))).sum())


def fit_dummies(sample: Sample, model: str) -> Fit:
    """The same through statsmodels with a column for every free effect.

    Demeaned columns are those of `fit_ols` or the last weights, so that diagnostics do not depend
    on the route; slopes and parameters are statsmodels' own.
    """
    import statsmodels.api as sm

    dummies = free_dummies(sample.effects)
    design = np.column_stack([sample.regressors, dummies])
    if model == "ols":
        found = sm.WLS(sample.outcome, design, weights=sample.weights).fit()
        fitted = np.asarray(found.fittedvalues)
        weights = sample.weights
    else:
        size = float(np.average(sample.outcome, weights=sample.weights))
        family = sm.families.Poisson()
        # Scaled, so that the tolerance means the same in dollars and in billions.
        glm = sm.GLM(sample.outcome / size, design, family=family, var_weights=sample.weights)
        found = glm.fit(tol=1e-11, maxiter=MOST_ROUNDS, tol_criterion="params")
        fitted = np.asarray(found.fittedvalues) * size
        weights = sample.weights * fitted
    residual = sample.outcome - fitted
    slopes = np.asarray(found.params)[: sample.regressors.shape[1]]
    x_left = Absorber(sample.effects, weights).demean(sample.regressors)
    step = residual if model == "ols" else residual / fitted
    return Fit(slopes, x_left, x_left @ slopes + step, weights, residual, fitted,
               design.shape[1], True, "dummies")  # fmt: skip


def free_dummies(effects: tuple[Codes, ...]) -> Floats:
    """Dummies (observation, level) of all effects without those that others span."""
    from scipy.linalg import qr

    blocks = [(code[:, None] == np.arange(int(code.max()) + 1)).astype(float) for code in effects]
    dummies = np.concatenate([blocks[0], *(block[:, 1:] for block in blocks[1:])], axis=1)
    # Columns are independent where those of the small matrix of counts are.
    _, triangle, order = qr(dummies.T @ dummies, pivoting=True)
    size = np.abs(np.diag(triangle))
    free: Floats = dummies[:, np.sort(order[: int((size > 1e-9 * size[0]).sum())])]
    return free


def absorbed_share(sample: Sample, weights: Floats) -> Floats:
    """Share of each regressor's variance that is left after the effects (regressor,)."""
    left = Absorber(sample.effects, weights).demean(sample.regressors)
    centred = sample.regressors - np.average(sample.regressors, axis=0, weights=weights)
    total = (weights[:, None] * centred**2).sum(axis=0)
    rest = (weights[:, None] * left**2).sum(axis=0)
    # A constant has no variance; rounding must not look like some.
    huge = (weights[:, None] * sample.regressors**2).sum(axis=0)
    share: Floats = np.where(total > 1e-20 * huge, rest / np.where(total > 0, total, 1.0), 0.0)
    return share


def collinear(sample: Sample) -> tuple[int, ...]:
    """Regressors, in their order, of which nothing is left after effects and those before them."""
    left = Absorber(sample.effects, sample.weights).demean(sample.regressors)
    share = absorbed_share(sample, sample.weights)
    found: list[int] = []
    basis = np.zeros((len(left), 0))
    for place in range(left.shape[1]):
        column = left[:, place] * np.sqrt(sample.weights)
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)
        size = float(rest @ rest)
        if share[place] < COLLINEAR or size < COLLINEAR * float(column @ column):
            found.append(place)
        else:
            basis = np.column_stack([basis, rest / np.sqrt(size)])
    return tuple(found)


@dataclass(frozen=True)
class Dropped:
    """Observations that say nothing of the slopes, by the reason why they are out."""

    singletons: int
    separated: int


def informative(sample: Sample, model: str) -> tuple[Flags, Dropped]:
    """Observations that can tell something, after singletons and separated ones are out."""
    kept = np.ones(len(sample.outcome), dtype=bool)
    alone = apart = 0
    levels = [code for code in sample.effects if int(code.max()) > 0]
    while True:
        before = int(kept.sum())
        kept = singletons(levels, kept)
        alone += before - int(kept.sum())
        if model == "ppml" and kept.any():
            wrong = separated(sample.keep(kept))
            apart += int(wrong.sum())
            kept[np.flatnonzero(kept)[wrong]] = False
        if int(kept.sum()) == before or not kept.any():
            return kept, Dropped(alone, apart)


def separated(sample: Sample) -> Flags:
    """Zeros that some combination of regressors and effects predicts perfectly (observation,).

    Their fitted mean would run to zero and a coefficient to infinity. First groups in which all
    outcomes are zero, again and again; then the iterative rectifier of Correia, Guimaraes and
    Zylkin (2019): project what is zero where the outcome is positive, cut off what is negative,
    until nothing is negative. What it names is separated; where it settles slowly it can miss some
    (1 of 700 small random samples against a linear programme), which only slows the fit.
    """
    zero: Flags = sample.outcome == 0
    apart = np.zeros_like(zero)
    while True:
        before = int(apart.sum())
        for code in sample.effects:
            sums = np.bincount(code[~apart], sample.outcome[~apart], int(code.max()) + 1)
            apart |= zero & (sums[code] == 0)
        if int(apart.sum()) > before:
            continue
        rest = np.flatnonzero(~apart)
        if zero[rest].any() and sample.regressors.shape[1]:
            apart[rest[_rectified(sample.keep(~apart))]] = True
        if int(apart.sum()) == before:
            return apart


def _rectified(sample: Sample) -> Flags:
    zero: Flags = sample.outcome == 0
    weights = np.where(zero, 1.0, ALWAYS)
    absorber = Absorber(sample.effects, weights)
    x_left = absorber.demean(sample.regressors)
    target = zero.astype(float)
    for _ in range(MOST_RECTIFIED):
        left = absorber.demean(target[:, None])[:, 0]
        residual = left - x_left @ solve(x_left, left, weights)
        shown = np.where(zero, target - residual, 0.0)
        top = float(np.abs(shown).max())
        # Without separation all runs to zero, down to what the finite weight leaves.
        if top < FADED:
            break
        # Settled means settled beside its size: what fades keeps falling at a steady rate.
        if max(-float(shown.min()), float(np.abs(residual).max())) < SETTLED * top:
            return zero & (shown > 1e-3 * top)
        target = np.maximum(shown, 0.0)
    return np.zeros_like(zero)
