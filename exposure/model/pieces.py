"""Where curves change their form: every kink and jump of curves over one number, by asking alone.

A landed cost is made of straight pieces in a rate, of polynomials where a clause acts at borders
that stand behind one another, and of smooth pieces where routes share or buyers respond. Between
two breaks a curve is known from a few points; the breaks are found by asking where it is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError
from exposure.model.cells import (
    EPS,
    LAST_BITS,
    LEAST_JUMP,
    NODES,
    ROUNDING,
    Cells,
    Curves,
    cell_points,
    cut_cells,
    off_line,
    off_polynomial,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Pieces:
    """Pieces of curves between two ends, from the left; all curves have the same pieces.

    Attributes
    ----------
    start, stop (piece,)
        Ends. A piece begins where the last one stops, but for a jump: then the last bits lie
        between. A point that stands alone between two jumps is a piece without width.
    at (piece,)
        The break that a piece begins with, as it is told; the first is the low end.
    jump (piece,)
        Whether it begins with a jump.
    linear (piece, curve)
        Whether a curve is straight there.
    noise (curve,)
        Rounding of its values.
    cell (cell,), points (cell, node), values (cell, node, curve)
        Piece of each cell in which the curves are polynomials, and what was asked there.
    """

    start: Floats
    stop: Floats
    at: Floats
    jump: Bools
    linear: Bools
    noise: Floats
    cell: Ints
    points: Floats
    values: Floats

    def __len__(self) -> int:
        """Count the pieces."""
        return len(self.start)

    @property
    def kinks(self) -> Floats:
        """Breaks that are no jumps (kink,)."""
        return self.at[1:][~self.jump[1:]]

    @property
    def jumps(self) -> Floats:
        """Breaks that are jumps (jump,)."""
        return self.at[1:][self.jump[1:]]


def breakpoints(f: Curves, low: float, high: float, known: Iterable[float] = ()) -> Pieces:
    """All breaks of curves between two ends.

    Parameters
    ----------
    f
        The curves; asked in few calls of many points.
    low, high
        Ends, both asked.
    known
        Points where a break may be; each is tested, on both its sides. Others are found: a cell in
        which the curves are no polynomials is cut where two lines through its ends meet, or else
        around the worst of its points, until each cell is one or holds a jump in its last bits.

    Raises
    ------
    DataError
        If the range is empty, or a value is not known or not finite.

    Examples
    --------
    >>> done = breakpoints(lambda t: np.maximum(0.0, t - 0.025)[:, None], 0.0, 1.0)
    >>> done.kinks.round(12).tolist(), done.linear[:, 0].tolist()
    ([0.025], [True, True])
    """
    if not low < high:
        raise DataError(f"a range from {low} to {high}", "parity", "from low to high")
    asked = _checked(f)
    near = LAST_BITS * float(np.spacing(max(abs(low), abs(high))))
    inside = [x for x in known if low + near < x < high - near]
    marks = np.unique(np.array([low, high, *inside], dtype=np.float64))
    noise, least = _noise(asked, marks, near)
    starts, stops, points = _stretches(asked, marks, near, least)
    found = cut_cells(asked, starts, stops, near, noise, least)
    return _gathered(asked, found, points, marks, noise)


def _checked(f: Curves) -> Curves:
    def asked(points: Floats) -> Floats:
        values = f(points)
        if not np.isfinite(values).all():
            where = points[~np.isfinite(values).all(axis=1)][0]
            raise DataError("a value is not known or not finite", f"at {where:.6g}")
        return values

    return asked


def _noise(f: Curves, marks: Floats, near: float) -> tuple[Floats, Floats]:
    """Rounding, and the least jump (curve,): from values all over, and some that nearly touch."""
    low, high = marks[0], marks[-1]
    # Places that no law would name, so that no break lies between their points.
    places = low + (high - low) * np.array([0.0617, 0.2371, 0.4139, 0.5923, 0.7687, 0.9431])
    close = places[:, None] + near * np.arange(-2, 3)
    asked = np.concatenate([close.ravel(), marks])
    values = f(asked)
    scale = np.abs(values).max(axis=0)
    scatter = np.ptp(values[: close.size].reshape(*close.shape, -1), axis=1)
    # Half of the places: a break may lie in one after all.
    rounding = np.maximum(ROUNDING * scale, 4.0 * np.median(scatter, axis=0))
    least = np.maximum(LEAST_JUMP * scale, 16.0 * rounding)
    return np.maximum(rounding, np.finfo(np.float64).tiny), np.maximum(least, EPS)


def _stretches(
    f: Curves, marks: Floats, near: float, least: Floats
) -> tuple[Floats, Floats, Floats]:
    """Stretches between known points, without those that jump; and points that stand alone."""
    left, at, right = f(np.r_[marks[:1], marks[1:] - near]), f(marks), f(
        np.r_[marks[:-1] + near, marks[-1:]]
    )  # fmt: skip
    before = (np.abs(at - left) > least).any(axis=1)
    after = (np.abs(right - at) > least).any(axis=1)
    starts = np.where(after, marks + near, marks)[:-1]
    stops = np.where(before, marks - near, marks)[1:]
    ends = np.zeros(len(marks), dtype=bool)
    ends[[0, -1]] = True
    alone = (before | ends) & (after | ends) & (before | after)
    return starts, stops, marks[alone]


def _gathered(f: Curves, found: Cells, alone: Floats, marks: Floats, noise: Floats) -> Pieces:
    """Join cells to pieces, where nothing breaks between them."""
    low, high = found.points[:, 0], found.points[:, -1]
    leaps = np.flatnonzero(low[1:] != high[:-1])
    # What hangs together: between two jumps.
    runs = np.r_[0, leaps + 1, len(low)]
    starts: list[float] = []
    stops: list[float] = []
    jump: list[bool] = []
    of = np.empty(len(low), dtype=np.int64)
    for first, last in pairwise(runs):
        kinks = _kinks(f, found, int(first), int(last), marks, noise)
        middle = (low[first:last] + high[first:last]) / 2.0
        of[first:last] = len(starts) + np.searchsorted(kinks, middle)
        starts += [float(low[first]), *kinks]
        stops += [*kinks, float(high[last - 1])]
        jump += [bool(first > 0), *(False for _ in kinks)]
    linear = [_straight(found, np.flatnonzero(of == piece), noise) for piece in range(len(starts))]
    made = Pieces(
        start=np.array(starts), stop=np.array(stops), at=np.array(starts), jump=np.array(jump),
        linear=np.array(linear), noise=noise, cell=of, points=found.points, values=found.values,
    )  # fmt: skip
    return _named(_with_points(f, made, alone), marks)


def _with_points(f: Curves, pieces: Pieces, alone: Floats) -> Pieces:
    """Pieces with the points that stand alone among them."""
    if not len(alone):
        return pieces
    count, curves = len(pieces), pieces.linear.shape[1]
    order = np.argsort(np.r_[pieces.start, alone], kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    # Such a point is asked as often as any cell, to have the same shape.
    points = np.repeat(alone[:, None], len(NODES), axis=1)
    values = np.repeat(f(alone)[:, None], len(NODES), axis=1)
    cell = np.r_[place[pieces.cell], place[count:]]
    by = np.argsort(cell, kind="stable")
    start, stop = (np.r_[ends, alone][order] for ends in (pieces.start, pieces.stop))
    jump = np.r_[pieces.jump, np.ones(len(alone), dtype=bool)][order]
    jump[1:] |= start[1:] > stop[:-1]
    jump[0] = False
    one = np.ones((len(alone), curves), dtype=bool)
    return Pieces(
        start=start, stop=stop, at=start, jump=jump,
        linear=np.concatenate([pieces.linear, one])[order], noise=pieces.noise, cell=cell[by],
        points=np.concatenate([pieces.points, points])[by],
        values=np.concatenate([pieces.values, values])[by],
    )  # fmt: skip


def _named(pieces: Pieces, marks: Floats) -> Pieces:
    """Pieces whose jumps are told by the known point beside them, where there is one."""
    last = np.r_[pieces.start[0], pieces.stop[:-1]]
    known = pieces.jump & np.isin(last, marks) & ~np.isin(pieces.start, marks)
    return replace(pieces, at=np.where(known, last, pieces.start))


NEIGHBOURHOOD = 3e-6
"""Part of the range around a border in which a kink is looked for, at least: in a narrower one it
would not rise above rounding."""


def _kinks(
    f: Curves, found: Cells, first: int, last: int, marks: Floats, noise: Floats
) -> list[float]:
    """Kinks (kink,) of cells that hang together.

    Around a border the curves are a polynomial if nothing breaks there. Cells next to a kink are
    narrow, so that several borders may show the same one: it is where the curves left and right
    of them all meet.
    """
    low, high = found.points[first:last, 0], found.points[first:last, -1]
    border = high[:-1]
    if not len(border):
        return []
    least = NEIGHBOURHOOD * float(marks[-1] - marks[0])
    half = np.minimum(high - low, np.inf)
    half = np.minimum(half[:-1], half[1:])
    broken = np.ones(len(border), dtype=bool)
    # A smooth curve that is no polynomial over a wide neighbourhood is one over a narrow one.
    for part in (1.0, 0.125):
        wide = np.maximum(part * half, least)
        ends = np.maximum(border - wide, low[0]), np.minimum(border + wide, high[-1])
        points = cell_points(np.stack(ends, axis=1))
        values = f(points.ravel()).reshape(*points.shape, -1)
        broken &= (off_polynomial(values) > 6.0 * noise).any(axis=1)
    shown = border[broken]
    groups = np.split(shown, np.flatnonzero(np.diff(shown) > 2.0 * least) + 1)
    kinks: list[float] = []
    for number, group in enumerate(groups if len(shown) else []):
        known = group[np.isin(group, marks)]
        if len(known) or (len(group) == 1 and half[border == group[0]] > least):
            kinks.append(float(known[0] if len(known) else group[0]))
            continue
        room = (
            float(groups[number - 1][-1]) if number else float(low[0]),
            float(groups[number + 1][0]) if number + 1 < len(groups) else float(high[-1]),
        )
        kinks.append(_met(f, group, room, least, noise))
    return kinks


def _met(f: Curves, group: Floats, room: tuple[float, float], least: float, noise: Floats) -> float:
    """Where the curves left of some borders and those right of them meet."""
    a, b = max(group[0] - least, room[0]), min(group[-1] + least, room[1])
    ends = np.array([
        [max(a - 4.0 * least, (a + room[0]) / 2.0), a],
        [b, min(b + 4.0 * least, (b + room[1]) / 2.0)],
    ])  # fmt: skip
    points = cell_points(ends)
    values = f(points.ravel()).reshape(*points.shape, -1)
    middle = (a + b) / 2.0
    best, sharp = float(middle), 0.0
    for curve in range(values.shape[2]):
        # Through few points, in the distance from the middle in parts of the width.
        fits = [
            np.polynomial.Polynomial.fit((points[side] - middle) / least, values[side, :, curve], 3,
                                         domain=[-1.0, 1.0])
            for side in (0, 1)
        ]  # fmt: skip
        apart = fits[1] - fits[0]
        slope = float(apart.deriv()(0.0))
        at = 0.0
        for _ in range(4):
            steep = float(apart.deriv()(at))
            at -= float(apart(at)) / steep if steep else 0.0
        inside = a <= middle + at * least <= b
        if inside and abs(slope) / noise[curve] > sharp:
            best, sharp = float(middle + at * least), abs(slope) / float(noise[curve])
    return best


def _straight(found: Cells, mine: Ints, noise: Floats) -> Bools:
    """Whether each curve is straight over some cells together (curve,)."""
    points = found.points[mine].reshape(1, -1)
    values = found.values[mine].reshape(1, points.shape[1], -1)
    # Narrow cells around a kink hold a little of both its sides.
    wide = np.ptp(found.points[mine], axis=1) > 1e-9 * np.ptp(points)
    own = found.linear[mine][wide].all(axis=0)
    together: Bools = own & (off_line(points, values)[0] <= 4.0 * noise)
    return together
