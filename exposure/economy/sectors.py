"""Kernel: Leontief's quantity and price systems on any table of input coefficients.

Written as in Miller and Blair (2022, ch. 2): ``A[i, j]`` is the input from ``i`` in a unit of
output of ``j``, ``x = A x + f`` and ``p' = p' A + v'``. The matrix ``I - A`` is factored once and
serves all scenarios, dense or sparse; a dense row alone equals that row among many but for
rounding. Coefficients are fixed and costs are passed on in full, so answers are upper bounds.

A duty that travels through many borders is a table of its own: with ``T[i, j]`` the duty on the
flow from ``i`` to ``j``, ``leontief(A * (1 + T)).price(v)`` are the prices with duty on duty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgetrf, dgetrs
from scipy.sparse import csc_array, eye_array, issparse
from scipy.sparse.linalg import splu

from exposure.errors import DataError

Floats = NDArray[np.float64]
Matrix = Any
"""A numpy array or a scipy.sparse array or matrix (sector, sector)."""
BLOCK = 2048
"""Scenarios solved at once: enough for the speed of matrix products, little memory."""


@dataclass(frozen=True)
class Leontief:
    """A table of input coefficients, factored.

    Attributes
    ----------
    coefficients (sector, sector)
        ``A``, as it was given.
    factors
        Those of ``I - A``; ask `output` and `price`.
    """

    coefficients: Matrix
    factors: Any

    def output(self, final_demand: Floats, *, overwrite: bool = False) -> Floats:
        """Output ``x = (I - A)^-1 f`` (scenario, sector) that a final demand needs.

        ``overwrite`` lets the answer take the memory of the question: a sweep reuses its buffer.

        Examples
        --------
        Miller and Blair's two sectors:

        >>> system = leontief(np.array([[0.15, 0.25], [0.20, 0.05]]))
        >>> system.output(np.array([[600.0, 1500.0]])).round(1).tolist()
        [[1247.5, 1841.6]]
        """
        return self._solve(final_demand, transposed=False, overwrite=overwrite)

    def price(self, cost: Floats, *, overwrite: bool = False) -> Floats:
        """Price ``p' = v' (I - A)^-1`` (scenario, sector) that a cost outside the table makes.

        ``cost`` (scenario, sector) [of a unit of output]. The system is linear: with a change of
        cost it gives the change of price.
        """
        return self._solve(cost, transposed=True, overwrite=overwrite)

    def inverse(self) -> Floats:
        """Leontief inverse ``L`` (sector, sector), dense: output of ``i`` for a unit of ``j``."""
        return self.output(np.eye(self.coefficients.shape[0])).T

    def _solve(self, rows: Floats, *, transposed: bool, overwrite: bool) -> Floats:
        if isinstance(self.factors, tuple):
            # The factors are those of the transpose. Rows are already columns as LAPACK wants them:
            # a copy is solved in place, in blocks that leave room in memory. Unknown costs are let
            # through: they spread to whoever uses the sector.
            done = np.array(rows, dtype=float, order="C", copy=None if overwrite else True)
            factors, pivots = self.factors
            for start in range(0, len(done), BLOCK):
                part = done[start : start + BLOCK]
                solved, _ = dgetrs(
                    factors, pivots, part.T, trans=int(not transposed), overwrite_b=True
                )
                if not np.may_share_memory(solved, part):
                    part[:] = solved.T
            return done
        sides = np.ascontiguousarray(rows.T, dtype=float)
        return np.ascontiguousarray(self.factors.solve(sides, "T" if transposed else "N").T)


def coefficients(flows: Matrix, output: Floats) -> Matrix:
    """Input coefficients ``A[i, j] = Z[i, j] / x[j]``, sparse where the flows are.

    Parameters
    ----------
    flows (sector, sector)
        ``Z``: what ``j`` uses of ``i``.
    output (sector,)
        ``x``, in the unit of the flows. A sector without output has no inputs.

    Raises
    ------
    DataError
        If a sector without output has inputs.
    """
    used = np.asarray(abs(flows).sum(axis=0)).ravel()
    idle = output == 0
    if (idle & (used != 0)).any():
        raise DataError("a sector without output has inputs",
                        f"sector {int(np.argmax(idle & (used != 0))) + 1}")  # fmt: skip
    scale = np.where(idle, 0.0, 1.0 / np.where(idle, 1.0, output))
    if issparse(flows):
        return csc_array(flows) * scale[None, :]
    return flows * scale[None, :]


def leontief(coefficients: Matrix) -> Leontief:
    """Factor a table once.

    Parameters
    ----------
    coefficients (sector, sector)
        ``A``, not below 0; dense or sparse.

    Raises
    ------
    DataError
        If the table is not square, holds what is negative or not finite, or needs a unit or more
        of some output to make a unit of it, all rounds counted (spectral radius 1 or more).

    Notes
    -----
    Such a table has an inverse with negative entries, or none. Where ``A`` is not below 0, its
    radius is below 1 just if ``p' = p' A + 1'`` has a solution of 1 or more in every sector
    (Hawkins and Simon 1949), so one solution is the proof and no eigenvalue is needed.
    """
    size = coefficients.shape[0]
    if coefficients.shape != (size, size):
        raise DataError(f"a table of {coefficients.shape[0]} x {coefficients.shape[1]}",
                        "input coefficients", "as many rows as columns")  # fmt: skip
    entries = coefficients.data if issparse(coefficients) else coefficients
    # Least and largest alone: what is not a number spreads to both.
    if entries.size and not (entries.min() >= 0 and entries.max() < np.inf):
        raise DataError("a coefficient is negative or not known", "input coefficients",
                        "0 or more")  # fmt: skip
    system = Leontief(coefficients, factored(coefficients))
    proof = system.price(np.ones((1, size))) if system.factors is not None else np.zeros((1, 1))
    if not (np.isfinite(proof).all() and (proof >= 1.0 - 1e-9).all()):
        sums = np.asarray(coefficients.sum(axis=0)).ravel()
        raise DataError(
            "a unit of output needs a unit or more of itself, all rounds counted",
            f"input coefficients, sector {int(np.argmax(sums)) + 1} (inputs {sums.max():.4g})",
            "column sums below 1",
        )
    return system


def factored(coefficients: Matrix) -> Any:
    """LU factors of ``I - A`` (dense: of its transpose); None where it is singular.

    `leontief` also proves that they are those of a table that can be.
    """
    size = coefficients.shape[0]
    if not issparse(coefficients):
        # The transpose of a matrix by rows is one by columns, which LAPACK takes without a copy.
        system = np.negative(coefficients, dtype=float).T
        system[np.diag_indices(size)] += 1.0
        factors, pivots, failed = dgetrf(system, overwrite_a=True)
        return None if failed else (factors, pivots)
    try:
        return splu(csc_array(eye_array(size) - coefficients))
    except RuntimeError:
        return None


def duty_cost(imported: Matrix, rate: Floats) -> Floats:
    """What duties on imported inputs add to a sector's cost (scenario, sector) [of its output].

    Parameters
    ----------
    imported (sector, sector)
        ``Am``: imported inputs from ``i`` in a unit of output of ``j``.
    rate (scenario, sector) [fraction]
        Duty on the imports of each supplying sector, times the part that importers bear.

    Notes
    -----
    The impulse of the domestic price system: ``leontief(Ad).price(duty_cost(Am, rate))`` is the
    rise of prices with all that home suppliers pass on.
    """
    return np.asarray((imported.T @ rate.T).T)


def multipliers(system: Leontief, jobs: Floats) -> tuple[Floats, Floats]:
    """Employment multipliers.

    Parameters
    ----------
    system
        The factored table.
    jobs (scenario, sector) [persons per unit of output]

    Returns
    -------
    total (scenario, sector) [persons per unit of final demand], type I (scenario, sector)
        ``e' L`` and the same over ``e``: all jobs per job in the sector itself, households left
        out; not known where a sector has no jobs.
    """
    total = system.price(jobs)
    with np.errstate(divide="ignore", invalid="ignore"):
        return total, np.where(jobs == 0, np.nan, total / jobs)
