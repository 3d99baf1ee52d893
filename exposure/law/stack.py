"""Kernel: rates and bases of duty lines become duty shares, after precedence.

A *duty line* is one crossing under one clause of one action. Arrays are (scenario, line) unless
said otherwise; lines are sorted so that displacers come first (``level``). The rules are those of
``docs/law-engine.md``; LAW: 19 U.S.C. 1862, 2411, 2132, 1338, 50 U.S.C. 1701 with U.S. notes to
subchapter III of chapter 99, and E.O. 14289 on their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exposure.axes import ALL_IN, RATE, stretch

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
    crossings
        How many there are.
    steps
        Lines that are displaced, level after level.
    turns
        Lines of each crossing, as they are added up.
    """

    crossing: Ints
    kind: Ints
    level: Ints
    displacer: Ints
    displaced: Ints
    covers_base: NDArray[np.bool_]
    crossings: int
    steps: tuple[Step, ...] = field(init=False, repr=False)
    turns: Turns = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out what hangs on the labels alone, once for all rows."""
        levels = self.level[self.displaced]
        vars(self)["steps"] = tuple(
            Step.of(self.displacer[levels == level], self.displaced[levels == level])
            for level in np.unique(levels).tolist()
        )
        vars(self)["turns"] = turns(self.crossing)


Turns = tuple[tuple[Ints | slice, Ints | slice], ...]
"""Numbers of parts, no two of one group, and their groups; one turn after another."""


@dataclass(frozen=True)
class Step:
    """Lines of one level and those that displace them.

    Attributes
    ----------
    lines (displaced line,)
    displacer (pair,)
    turns
        Pairs of each of the lines, as they are added up.
    """

    lines: Ints
    displacer: Ints
    turns: Turns

    @staticmethod
    def of(displacer: Ints, displaced: Ints) -> Step:
        """Step of pairs."""
        lines, place = np.unique(displaced, return_inverse=True)
        return Step(lines, displacer, turns(place))


def turns(group: Ints) -> Turns:
    """Order in which parts of a group are added up, all groups at once.

    ``first + (second + third)``: so `numpy.add.reduceat` does it, and so the last bits come out.
    """
    order = np.argsort(group, kind="stable")
    _, start, size = np.unique(group[order], return_index=True, return_counts=True)
    place = np.arange(len(group)) - np.repeat(start, size)
    turn = np.where(place > 0, place, np.repeat(size, size)) - 1
    picks = [order[turn == number] for number in range(int(size.max(initial=0)))]
    return tuple((stretch(pick), stretch(group[pick])) for pick in picks)


def _sums(parts: Floats, by: Turns, count: int) -> Floats:
    """Sums (group, scenario) of parts (part, scenario)."""
    total = np.zeros((count, parts.shape[1]))
    for pick, group in by:
        total[group] += parts[pick]
    return total


def extra_rate(kind: Ints, rate: Floats, cap: Floats, column1: Floats) -> Floats:
    """Extra rate over column 1 (scenario, line) [fraction].

    ``rate`` (scenario, line): as it is, or up to ``cap`` with column 1 (NaN: no cap). ``all_in``:
    what is missing to that total, never below 0. The others are (line,).

    Examples
    --------
    >>> kind = np.array([ALL_IN, ALL_IN, RATE])
    >>> none = np.array([np.nan] * 3)
    >>> extra_rate(kind, np.array([[0.15, 0.15, 0.25]]), none, np.array([0.025, 0.2, 0.025]))
    array([[0.125, 0.   , 0.25 ]])
    """
    # Lines go first inside: the rows of a line then lie side by side in memory.
    extra, ordinary = rate.T.copy(), column1[:, None]
    all_in = stretch(np.flatnonzero(kind == ALL_IN))
    room = extra[all_in]
    room -= ordinary[all_in]
    extra[all_in] = np.maximum(0.0, room, out=room)
    capped = np.flatnonzero((kind == RATE) & ~np.isnan(cap))
    room = np.maximum(0.0, cap[capped, None] - ordinary[capped])
    extra[capped] = np.minimum(extra[capped], room)
    return extra.T


def duty_shares(structure: Structure, rate: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Duty of each line as a fraction of customs value, and the share of value left to it.

    A displacer counts only where it is owed (rate, share and what is left to it above 0). What is
    not known spreads.

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
    rates, shares = rate.T, share.T
    duty = _due(rates, shares, 1.0)
    left = np.ones(duty.shape)
    if_owed = np.where(structure.covers_base[:, None], shares, 1.0)
    for step in structure.steps:
        # Those that displace stand on a level before: their duty is known.
        rest = _rest(step, duty[step.displacer], if_owed[step.displacer])
        left[step.lines] = rest
        duty[step.lines] = _due(rates[step.lines], shares[step.lines], rest)
    return duty.T, left.T


def _rest(step: Step, due: Floats, if_owed: Floats) -> Floats:
    """What the displacers (pair, scenario) leave of each line (displaced line, scenario)."""
    count = len(step.lines)
    covered = np.where(due > 0, if_owed, 0.0)
    unknown = np.isnan(due) | np.isnan(covered)
    if unknown.any():
        total = _sums(np.where(unknown, 0.0, covered), step.turns, count)
        hazy = _sums(unknown.astype(float), step.turns, count) > 0
        rest = np.where(hazy & (total < 1.0), np.nan, 1.0 - total)
    else:
        rest = 1.0 - _sums(covered, step.turns, count)
    return np.maximum(0.0, rest, out=rest)


def _due(rate: Floats, share: Floats, left: Floats | float) -> Floats:
    """Duty; what charges nothing, or has nothing left, is 0 whatever else is not known."""
    product: Floats = rate * share
    product *= left
    if np.isnan(product).any():
        return np.where((rate == 0) | np.equal(left, 0), 0.0, product)
    return product


def per_crossing(structure: Structure, duty: Floats, column1: Floats) -> Floats:
    """Total duty (scenario, crossing): column 1 and all lines of the crossing."""
    total = _sums(duty.T, structure.turns, len(column1))
    total += column1[:, None]
    return total.T
