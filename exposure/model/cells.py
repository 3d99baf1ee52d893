"""Stretches of curves cut into cells in which all of them are polynomials, by asking alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Curves = Callable[[Floats], Floats]
"""``points (point,) -> values (point, curve)``."""

ORDER = 16
NODES: Floats = (1.0 - np.cos(np.pi * np.arange(ORDER + 1) / ORDER)) / 2.0
"""Points of a cell between 0 and 1 (Chebyshev): every second one carries the polynomial, the others
test it."""
CELLS = 4
"""Cells of the stretch between two known points, to begin with."""
EPS = float(np.finfo(np.float64).eps)
ROUNDING = 64 * EPS
"""Rounding of a curve in parts of its largest value: sums of some tens of terms."""
LEAST_JUMP = 1e-10
"""A jump smaller than this part of the largest value is no jump."""
LAST_BITS = 4
"""A jump is closed in to so many steps of the numbers at the end of the range."""
CLOSE = 1000
"""Cells so few last bits wide are only halved: their points run into one another."""
ROUNDS, MOST_CELLS = 120, 4096
"""Where a curve has no form that cells could find, it is given up as smooth."""


@dataclass(frozen=True)
class Cells:
    """Cells, from the left.

    Attributes
    ----------
    points (cell, node), values (cell, node, curve)
        What was asked.
    linear (cell, curve)
        Whether a curve is straight there.
    """

    points: Floats
    values: Floats
    linear: Bools


def cut_cells(
    f: Curves, starts: Floats, stops: Floats, near: float, noise: Floats, least: Floats
) -> Cells:
    """Cut stretches into cells in which the curves are polynomials."""
    cuts = np.linspace(starts, stops, CELLS + 1, axis=1)
    open_ = np.stack([cuts[:, :-1].ravel(), cuts[:, 1:].ravel()], axis=1)
    kept: list[Cells] = []
    for turn in range(ROUNDS):
        points = cell_points(open_)
        values = f(points.ravel()).reshape(*points.shape, -1)
        linear = off_line(points, values) <= 2.0 * noise
        fine = (linear | (off_polynomial(values) <= 4.0 * noise)).all(axis=1)
        narrow = open_[:, 1] - open_[:, 0] <= near
        jumps = narrow & (np.abs(values[:, -1] - values[:, 0]) > least).any(axis=1)
        last = turn == ROUNDS - 1 or len(open_) > MOST_CELLS
        keep = (fine | narrow | last) & ~jumps
        kept.append(Cells(points[keep], values[keep], linear[keep]))
        rest = np.flatnonzero(~keep & ~jumps)
        if not len(rest):
            break
        parts = [
            _cut(points[cell], values[cell], noise, near, halve=turn % 3 == 2) for cell in rest
        ]
        open_ = np.array([pair for part in parts for pair in part])
    whole = [np.concatenate([getattr(one, name) for one in kept]) for name in Cells.__annotations__]
    order = np.argsort(whole[0][:, 0], kind="stable")
    return Cells(*(table[order] for table in whole))


def cell_points(ends: Floats) -> Floats:
    """Points (cell, node) of cells with the given ends, which are kept to the last bit."""
    points = ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * NODES
    points[:, -1] = ends[:, 1]
    return points


def off_line(points: Floats, values: Floats) -> Floats:
    """How far the values of each cell lie from the line through its ends (cell, curve)."""
    width = points[:, -1] - points[:, 0]
    way = (points - points[:, :1]) / np.where(width > 0, width, 1.0)[:, None]
    line = values[:, :1] + way[:, :, None] * (values[:, -1:] - values[:, :1])
    off: Floats = np.abs(values - line).max(axis=1)
    return off


def _across() -> Floats:
    """Values at the odd nodes of the polynomial through the even ones (odd, even)."""
    even, odd = NODES[::2], NODES[1::2]
    weight = np.where(np.arange(len(even)) % 2, -1.0, 1.0)
    weight[[0, -1]] /= 2.0
    term = weight / (odd[:, None] - even)
    share: Floats = term / term.sum(axis=1, keepdims=True)
    return share


ACROSS = _across()


def off_polynomial(values: Floats) -> Floats:
    """How far the odd values of each cell lie from the polynomial of the even (cell, curve)."""
    made = np.einsum("oe,cek->cok", ACROSS, values[:, ::2])
    off: Floats = np.abs(values[:, 1::2] - made).max(axis=1)
    return off


def _cut(
    points: Floats, values: Floats, noise: Floats, near: float, *, halve: bool
) -> list[tuple[float, float]]:
    """Smaller cells of one: at its only kink, or around the gap in which the curves bend most."""
    low, high = float(points[0]), float(points[-1])
    middle = (low + high) / 2.0
    if not low < middle < high:
        return [(low, high)]
    if high - low <= CLOSE * near:
        return [(low, middle), (middle, high)]
    kink = _meeting(points, values, noise)
    if kink is not None and low < kink < high:
        return [(low, kink), (kink, high)]
    slopes = np.diff(values, axis=0) / np.diff(points)[:, None]
    wide = np.concatenate([slopes[:1], slopes, slopes[-1:]])
    bend = np.abs(wide[2:] - wide[:-2]) + np.abs(2.0 * slopes - wide[2:] - wide[:-2])
    gap = int((bend / noise).max(axis=1).argmax())
    ends = {low, high, float(points[gap]), float(points[gap + 1])}
    if halve:
        ends.add(middle)
    cut = sorted(ends)
    return list(pairwise(cut))


def _meeting(points: Floats, values: Floats, noise: Floats) -> float | None:
    """Where two lines meet that together are all the curves of a cell; None if none are."""
    width = points[1] - points[0], points[-1] - points[-2]
    if min(width) <= 0:
        return None
    off = off_line(points[None], values[None])[0] / noise
    worst = int(off.argmax())
    curve = values[:, worst]
    meet = _cross(points[[0, 1]], curve[[0, 1]], points[[-2, -1]], curve[[-2, -1]])
    if meet is None or not points[1] < meet < points[-2]:
        return None
    # Fitted anew over all of each side: less is lost to rounding.
    left, right = points <= meet, points >= meet
    ends = [np.flatnonzero(side)[[0, -1]] for side in (left, right)]
    meet = _cross(points[ends[0]], curve[ends[0]], points[ends[1]], curve[ends[1]])
    if meet is None or not points[ends[0][1]] <= meet <= points[ends[1][0]]:
        return None
    for side in (left, right):
        if (off_line(points[None, side], values[None, side])[0] > 2.0 * noise).any():
            return None
    reach = [_line(points[end], values[end], meet) for end in ends]
    return None if (np.abs(reach[0] - reach[1]) > 8.0 * noise).any() else float(meet)


def _cross(x: Floats, y: Floats, other_x: Floats, other_y: Floats) -> float | None:
    """Where the lines through two pairs of points cross."""
    slope = (y[1] - y[0]) / (x[1] - x[0])
    other = (other_y[1] - other_y[0]) / (other_x[1] - other_x[0])
    if slope == other:
        return None
    # From the middle gap, so that small differences are taken of near numbers.
    gap = (other_y[0] - other * (other_x[0] - x[1])) - y[1]
    return float(x[1] + gap / (slope - other))


def _line(x: Floats, y: Floats, at: float) -> Floats:
    """Values (curve,) at a point of the lines through two points of each curve."""
    value: Floats = y[0] + (at - x[0]) / (x[1] - x[0]) * (y[1] - y[0])
    return value
