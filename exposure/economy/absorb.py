"""Kernel: fixed effects taken out of columns by projections, and how many of them there are.

A column is demeaned by each effect in turn, forth and back, and the steps are combined by
conjugate gradients: the alternating projections of Guimaraes and Portugal (2010) in the form of
Correia (2016). The result is the residual of a regression on all dummies, without building them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from exposure.errors import DataError

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

TOLERANCE: Final = 1e-12
"""Norm of what is left to take out, relative to the column; slopes then agree to about 1e-9."""
MOST_STEPS: Final = 5000
EXACT_RANK: Final = 2500
"""Up to so many dummies beside the largest effect, their rank is computed and not bounded."""


class Absorber:
    """Demeans columns by several effects at once.

    Parameters
    ----------
    codes (effect, observation)
        Whole numbers from 0, without holes. Without an effect, columns stay as they are.
    weights (observation,)
        Of the means.
    """

    def __init__(self, codes: Sequence[Codes], weights: Floats) -> None:
        count = len(weights)
        self.codes = tuple(codes)
        one = np.ones(count)
        self._sums = tuple(
            sp.csr_array((one, (code, np.arange(count))), shape=(int(code.max()) + 1, count))
            for code in self.codes
        )
        self.reweight(weights)

    def reweight(self, weights: Floats) -> None:
        """Take other weights; the effects stay."""
        self.weights = weights
        self._totals = tuple((sums @ weights)[:, None] for sums in self._sums)

    def demean(self, columns: Floats, tolerance: float = TOLERANCE) -> Floats:
        """What is left of columns (observation, column) after all effects.

        Raises
        ------
        DataError
            If it does not converge: effects that are nearly the same.
        """
        if not self.codes:
            return columns
        first = self._sweep(columns)
        if len(self.codes) == 1:
            return first
        scale = np.maximum(self._squares(columns), 1e-300)
        taken = np.zeros_like(columns)
        left = columns - first
        step = left.copy()
        size = self._squares(left)
        for _ in range(MOST_STEPS):
            open_ = size > tolerance**2 * scale
            if not open_.any():
                # One more sweep takes rounding dust out; what is demeaned stays as it is.
                return self._sweep(columns - taken)
            moved = step - self._sweep(step)
            along = (self.weights[:, None] * step * moved).sum(axis=0)
            length = np.where(open_ & (along > 0), size / np.where(along > 0, along, 1.0), 0.0)
            taken += length * step
            left -= length * moved
            new = self._squares(left)
            # A column that no longer falls has reached the precision of the machine.
            new = np.where(length > 0, new, 0.0)
            step = left + np.where(size > 0, new / np.where(size > 0, size, 1.0), 0.0) * step
            size = new
        raise DataError("fixed effects do not separate", "", "effects that are nearly the same?")

    def _squares(self, columns: Floats) -> Floats:
        squares: Floats = (self.weights[:, None] * columns**2).sum(axis=0)
        return squares

    def _sweep(self, columns: Floats) -> Floats:
        """Demean by the first to the last effect and back: one symmetric step."""
        order = [*range(len(self.codes)), *range(len(self.codes) - 2, -1, -1)]
        for effect in order:
            weighted = self.weights[:, None] * columns
            means = (self._sums[effect] @ weighted) / self._totals[effect]
            columns = columns - means[self.codes[effect]]
        return columns


def rank(codes: Sequence[Codes]) -> tuple[int, bool]:
    """Number of free parameters of the effects, and whether it is exact.

    The largest effect counts in full; of the others what is not spanned already. Where the others
    have more than `EXACT_RANK` levels, one is taken off each for every connected piece it has with
    the largest: a bound from above, as packages that absorb use it.

    Examples
    --------
    Two units by two times: 2 + 2 - 1.

    >>> rank([np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])])
    (3, True)
    """
    if not codes:
        return 0, True
    ordered = sorted(codes, key=lambda code: -int(code.max()))
    dummies = [_dummies(code) for code in ordered]
    largest = dummies[0].shape[1]
    if len(dummies) == 1:
        return largest, True
    rest = sp.hstack(dummies[1:], format="csr")
    if rest.shape[1] > EXACT_RANK:
        return largest + sum(
            other.shape[1] - _pieces(dummies[0], other) for other in dummies[1:]
        ), False
    counts = np.asarray(dummies[0].sum(axis=0)).ravel()
    cross = (dummies[0].T @ rest).tocsr()
    left = (rest.T @ rest - cross.T @ sp.diags_array(1.0 / counts) @ cross).toarray()
    values = np.linalg.eigvalsh(left)
    return largest + int((values > 1e-9 * max(1.0, float(values[-1]))).sum()), True


def _dummies(code: Codes) -> sp.csr_array:
    count = len(code)
    shape = (count, int(code.max()) + 1)
    return sp.csr_array((np.ones(count), (np.arange(count), code)), shape=shape)


def _pieces(one: sp.csr_array, other: sp.csr_array) -> int:
    """Connected pieces of two effects: within each, one level is spanned."""
    links = (one.T @ other).tocsr()
    graph = sp.block_array([[None, links], [links.T, None]], format="csr")
    return int(connected_components(graph, directed=False)[0])


def nested(inner: Codes, outer: Codes) -> bool:
    """Whether every level of ``inner`` lies within one level of ``outer``."""
    pairs = np.unique(np.stack([inner, outer]), axis=1).shape[1]
    return bool(pairs == int(inner.max()) + 1)


def compact(codes: Sequence[Codes]) -> list[Codes]:
    """The same groups numbered from 0 without holes."""
    return [np.unique(code, return_inverse=True)[1].astype(np.intp) for code in codes]


def singletons(codes: Sequence[Codes], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """``keep`` without observations that are alone in a group, until none is left.

    Such an observation is fitted by its own effect, tells nothing of the slope and would count as
    a cluster (Correia 2015).
    """
    keep = keep.copy()
    while True:
        before = int(keep.sum())
        for code in codes:
            sizes = np.bincount(code[keep], minlength=int(code.max()) + 1)
            keep &= sizes[code] > 1
        if int(keep.sum()) == before:
            return keep
