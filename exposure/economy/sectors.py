"""Kernel: Leontief's quantity and price systems, and duties on imported inputs (Miller and Blair).

Matrices are (input sector, using sector), dense or sparse; vectors carry the scenario first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Leontief:
    """``I - A``, factorised once for many right-hand sides.

    Attributes
    ----------
    size
        Number of sectors.
    """

    size: int
    _solve: Callable[[Floats, bool], Floats]

    def output(self, final_demand: Floats) -> Floats:
        """Output (scenario, sector) that final demand needs: ``x = A x + f``."""
        return self._solve(final_demand.T, False).T

    def price(self, cost: Floats) -> Floats:
        """Prices (scenario, sector) from cost per unit of output beside inputs: ``p = p A + v``."""
        return self._solve(cost.T, True).T


def leontief(coefficients: Any) -> Leontief:
    """Factorise ``I - A``.

    Parameters
    ----------
    coefficients (sector, sector)
        Input of the row's sector per unit of the column's output; dense or scipy.sparse.

    Raises
    ------
    DataError
        If a coefficient is negative, or an economy with these inputs could deliver nothing (the
        Hawkins-Simon condition: the solution for positive demand must be positive).
    """
    from scipy import sparse
    from scipy.linalg import lu_factor, lu_solve
    from scipy.sparse.linalg import splu

    size = coefficients.shape[0]
    if coefficients.shape != (size, size):
        raise DataError(f"shape {coefficients.shape}", "input coefficients", "a square matrix")
    if coefficients.min() < 0:
        raise DataError("a negative coefficient", "input coefficients", "0 or more")
    if sparse.issparse(coefficients):
        parts = splu(sparse.csc_matrix(sparse.identity(size) - coefficients))

        def solve(right: Floats, transposed: bool) -> Floats:
            found: Floats = parts.solve(np.ascontiguousarray(right), "T" if transposed else "N")
            return found
    else:
        factors = lu_factor(np.eye(size) - coefficients)

        def solve(right: Floats, transposed: bool) -> Floats:
            found: Floats = lu_solve(factors, right, trans=int(transposed))
            return found

    if not (solve(np.ones((size, 1)), False) > 0).all():
        raise DataError(
            "these sectors use up as much as they make", "input coefficients",
            "columns that leave something over",
        )  # fmt: skip
    return Leontief(size, solve)


def tariff_cost(imported: Any, rate: Floats) -> Floats:
    """Cost per unit of output (scenario, sector) that duties on imported inputs add.

    ``imported (sector, sector)`` are coefficients of imported inputs, ``rate`` (scenario, input
    sector) [fraction] duties times what of them is passed on.
    """
    cost: Floats = np.asarray(rate @ imported)
    return cost


def tariff_price(domestic: Leontief, imported: Any, rate: Floats) -> Floats:
    """Change of prices (scenario, sector): duties on imported inputs passed on all the way down.

    An upper bound: fixed coefficients, and whole recovery of cost. Domestic coefficients carry the
    loop, imported ones the impulse.
    """
    return domestic.price(tariff_cost(imported, rate))


def job_multipliers(system: Leontief, jobs: Floats) -> tuple[Floats, Floats]:
    """Jobs per unit of final demand (sector,), and type I multipliers: those over direct jobs.

    ``jobs`` (sector,) per unit of output. Multipliers of a supplier and of its customer count the
    same people and are never added.
    """
    total = system.price(jobs[None])[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        return total, np.where(jobs > 0, total / jobs, np.nan)
