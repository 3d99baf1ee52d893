"""Kernel: rates and bases of duty lines become duty shares, after precedence.

A *duty line* is one crossing under one clause of one action. Arrays are (scenario, line) unless
said otherwise; lines are sorted so that displacers come first (``level``). The rules are those of
``docs/law-engine.md``; LAW: 19 U.S.C. 1862, 2411, 2132, 1338, 50 U.S.C. 1701 with U.S. notes to
subchapter III of chapter 99, and E.O. 14289 on their order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.axes import ALL_IN, RATE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Structure:
    """Who stands where: labels of lines that do not change between scenarios.

    Attributes
    ----------
    crossing (line,)
        Crossing of each line.
    kind (line,)
        ``RATE``, ``ALL_IN`` or ``SPECIFIC``; a specific rate comes converted to ad valorem.
    level (line,)
        0 for lines that nothing displaces, then up.
    displacer, displaced (pair,)
        Lines of the same crossing; sorted by ``displaced``.
    covers_base (line,)
        True: takes only the part on which it is charged out of what it displaces.
    """

    crossing: Ints
    kind: Ints
    level: Ints
    displacer: Ints
    displaced: Ints
    covers_base: NDArray[np.bool_]
    crossings: int


def extra_rate(kind: Ints, rate: Floats, cap: Floats, column1: Floats) -> Floats:
    """Extra rate over column 1 [fraction].

    ``rate``: as it is, or up to ``cap`` with column 1 (NaN: no cap). ``all_in``: what is missing
    to that total, never below 0.

    Examples
    --------
    >>> kind = np.array([ALL_IN, ALL_IN, RATE])
    >>> none = np.array([np.nan] * 3)
    >>> extra_rate(kind, np.array([0.15, 0.15, 0.25]), none, np.array([0.025, 0.2, 0.025]))
    array([0.125, 0.   , 0.25 ])
    """
    room = np.maximum(0.0, np.where(kind == ALL_IN, rate, cap) - column1)
    capped = np.where(np.isnan(cap), rate, np.minimum(rate, room))
    return np.where(kind == ALL_IN, room, np.where(kind == RATE, capped, rate))


def left_shares(structure: Structure, rate: Floats, share: Floats) -> Floats:
    """Share of value left to each line after those that displace it (scenario, line).

    A displacer counts only where it is owed (rate, share and what is left to it above 0). What is
    not known spreads.
    """
    # Lines go first inside: the rows of a line then lie side by side in memory.
    rates, shares = rate.T, share.T
    left = np.ones(np.broadcast_shapes(rates.shape, shares.shape))
    if_owed = np.where(structure.covers_base[:, None], shares, 1.0) + np.zeros((1, shares.shape[1]))
    for level in range(1, int(structure.level.max(initial=0)) + 1):
        chosen = structure.level[structure.displaced] == level
        displacer, displaced = structure.displacer[chosen], structure.displaced[chosen]
        if not len(displaced):
            continue
        due = _due(rates[displacer], shares[displacer], left[displacer])
        covered = np.where(due > 0, if_owed[displacer], 0.0)
        starts = np.flatnonzero(np.r_[True, displaced[1:] != displaced[:-1]])
        unknown = np.isnan(due) | np.isnan(covered)
        if unknown.any():
            total = np.add.reduceat(np.where(unknown, 0.0, covered), starts, axis=0)
            hazy = np.logical_or.reduceat(unknown, starts, axis=0)
            rest = np.where(hazy & (total < 1.0), np.nan, 1.0 - total)
        else:
            rest = 1.0 - np.add.reduceat(covered, starts, axis=0)
        left[displaced[starts]] = np.maximum(0.0, rest)
    return left.T


def duty_shares(structure: Structure, rate: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Duty of each line as a fraction of customs value, and the share left to it.

    Parameters
    ----------
    structure
        Labels of the lines.
    rate (scenario, line) [fraction]
        Extra rate over column 1, see `extra_rate`.
    share (scenario, line) [fraction]
        Part of value on which the line is charged before displacement.

    Returns
    -------
    duty (scenario, line) [fraction], left (scenario, line) [fraction]
    """
    left = left_shares(structure, rate, share)
    return _due(rate, share, left), left


def _due(rate: Floats, share: Floats, left: Floats) -> Floats:
    """Duty; what charges nothing, or has nothing left, is 0 whatever else is not known."""
    product: Floats = rate * share * left
    if np.isnan(product).any():
        return np.where((rate == 0) | (left == 0), 0.0, product)
    return product


def per_crossing(structure: Structure, duty: Floats, column1: Floats) -> Floats:
    """Total duty (scenario, crossing): column 1 and all lines of the crossing."""
    total = np.repeat(np.asarray(column1)[:, None], len(duty), axis=1)
    order = np.argsort(structure.crossing, kind="stable")
    if len(order):
        owner = structure.crossing[order]
        starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        total[owner[starts]] += np.add.reduceat(duty.T[order], starts, axis=0)
    return total.T
