"""Kernel: SMART, one importer's partial equilibrium (Laird and Yeats 1986), as in the WITS tool.

Creation is what a lower duty adds to imports, diversion what a favoured source takes from others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def creation(
    imports: Floats, rates: tuple[Floats, Floats], demand: Floats, supply: Floats | float = np.inf
) -> Floats:
    """Change of imports [USD] by a lower price: ``-M e dt / (1 + t0)``, less as supply is finite.

    ``demand`` is the import demand elasticity as a positive number, ``supply`` that of export
    supply; with both, ``e / (1 + e / supply)`` stands for e.

    Examples
    --------
    >>> ends = np.array(0.2), np.array(0.0)
    >>> round(float(creation(np.array(100.0), ends, np.array(1.2))), 6)
    20.0
    """
    moved = demand / (1.0 + demand / supply)
    return -imports * moved * (rates[1] - rates[0]) / (1.0 + rates[0])


def exact_creation(
    imports: Floats, rates: tuple[Floats, Floats], demand: Floats, supply: Floats
) -> Floats:
    """The same without linearising: ``M ((T1/T0)**-(e s / (e + s)) - 1)``."""
    moved = demand / (1.0 + demand / supply)
    grown: Floats = imports * np.expm1(-moved * (np.log1p(rates[1]) - np.log1p(rates[0])))
    return grown


def diversion(
    imports: Floats, others: Floats, rates: tuple[Floats, Floats], substitution: Floats
) -> Floats:
    """Imports [USD] that a source whose duty changes takes from all others.

    ``M_A M_B z / (M_A + M_B + M_A z)`` with ``z = -sigma dt / (1 + t0)``, at least -1: a source
    takes no more than the others have, and loses no more than it has.

    Examples
    --------
    >>> ends = np.array(0.2), np.array(0.0)
    >>> round(float(diversion(np.array(100.0), np.array(300.0), ends, np.array(1.5))), 3)
    17.647
    """
    pull = np.maximum(-1.0, -substitution * (rates[1] - rates[0]) / (1.0 + rates[0]))
    whole = imports + others + imports * pull
    # Without others, or anything to take, there is nothing to divert.
    moved = imports * others * pull / np.where(whole > 0, whole, 1.0)
    return np.asarray(moved)


def revenue_change(imports: tuple[Floats, Floats], rates: tuple[Floats, Floats]) -> Floats:
    """Change of duty revenue [USD]: ``M1 t1 - M0 t0``."""
    return imports[1] * rates[1] - imports[0] * rates[0]
