"""Where curves change their form: every kink and jump of curves over one number, by asking alone.

A landed cost is made of straight pieces in a rate, of polynomials where a clause acts at borders
that stand behind one another, and of smooth pieces where routes share or buyers respond. Between
two breaks a curve is known from a few points; the breaks are found by asking where it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
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
    found = _cells(asked, starts, stops, near, noise, least)
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


@dataclass(frozen=True)
class _Found:
    """Cells, from the left."""

    points: Floats
    values: Floats
    linear: Bools


def _cells(
    f: Curves, starts: Floats, stops: Floats, near: float, noise: Floats, least: Floats
) -> _Found:
    """Cut stretches into cells in which the curves are polynomials."""
    cuts = np.linspace(starts, stops, CELLS + 1, axis=1)
    open_ = np.stack([cuts[:, :-1].ravel(), cuts[:, 1:].ravel()], axis=1)
    kept: list[_Found] = []
    for turn in range(ROUNDS):
        points = _points(open_)
        values = f(points.ravel()).reshape(*points.shape, -1)
        linear = _off_line(points, values) <= 2.0 * noise
        fine = (linear | (_off_polynomial(values) <= 4.0 * noise)).all(axis=1)
        narrow = open_[:, 1] - open_[:, 0] <= near
        jumps = narrow & (np.abs(values[:, -1] - values[:, 0]) > least).any(axis=1)
        last = turn == ROUNDS - 1 or len(open_) > MOST_CELLS
        keep = (fine | narrow | last) & ~jumps
        kept.append(_Found(points[keep], values[keep], linear[keep]))
        rest = np.flatnonzero(~keep & ~jumps)
        if not len(rest):
            break
        parts = [
            _cut(points[cell], values[cell], noise, near, halve=turn % 3 == 2) for cell in rest
        ]
        open_ = np.array([pair for part in parts for pair in part])
    whole = [np.concatenate([getattr(one, name) for one in kept]) for name in _Found.__annotations__]
    order = np.argsort(whole[0][:, 0], kind="stable")
    return _Found(*(table[order] for table in whole))


def _points(ends: Floats) -> Floats:
    """Points (cell, node) of cells with the given ends, which are kept to the last bit."""
    points = ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * NODES
    points[:, -1] = ends[:, 1]
    return points


def _off_line(points: Floats, values: Floats) -> Floats:
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


def _off_polynomial(values: Floats) -> Floats:
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
    return list(zip(cut[:-1], cut[1:], strict=True))


def _meeting(points: Floats, values: Floats, noise: Floats) -> float | None:
    """Where two lines meet that together are all the curves of a cell; None if none are."""
    width = points[1] - points[0], points[-1] - points[-2]
    if min(width) <= 0:
        return None
    off = _off_line(points[None], values[None])[0] / noise
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
        if (_off_line(points[None, side], values[None, side])[0] > 2.0 * noise).any():
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


def _gathered(f: Curves, found: _Found, alone: Floats, marks: Floats, noise: Floats) -> Pieces:
    """Join cells to pieces, where nothing breaks between them."""
    low, high = found.points[:, 0], found.points[:, -1]
    leaps = np.flatnonzero(low[1:] != high[:-1])
    # What hangs together: between two jumps.
    runs = np.r_[0, leaps + 1, len(low)]
    starts, stops, jump, of = [], [], [], np.empty(len(low), dtype=np.int64)
    for first, last in zip(runs[:-1], runs[1:], strict=True):
        kinks = _kinks(f, found, int(first), int(last), marks, noise)
        middle = (low[first:last] + high[first:last]) / 2.0
        of[first:last] = len(starts) + np.searchsorted(kinks, middle)
        starts += [low[first], *kinks]
        stops += [*kinks, high[last - 1]]
        jump += [first > 0, *(False for _ in kinks)]
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
    f: Curves, found: _Found, first: int, last: int, marks: Floats, noise: Floats
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
        points = _points(np.stack(ends, axis=1))
        values = f(points.ravel()).reshape(*points.shape, -1)
        broken &= (_off_polynomial(values) > 6.0 * noise).any(axis=1)
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


def _met(
    f: Curves, group: Floats, room: tuple[float, float], least: float, noise: Floats
) -> float:
    """Where the curves left of some borders and those right of them meet."""
    a, b = max(group[0] - least, room[0]), min(group[-1] + least, room[1])
    ends = np.array([
        [max(a - 4.0 * least, (a + room[0]) / 2.0), a],
        [b, min(b + 4.0 * least, (b + room[1]) / 2.0)],
    ])  # fmt: skip
    points = _points(ends)
    values = f(points.ravel()).reshape(*points.shape, -1)
    middle = (a + b) / 2.0
    best, sharp = middle, 0.0
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
            best, sharp = middle + at * least, abs(slope) / float(noise[curve])
    return best


def _straight(found: _Found, mine: Ints, noise: Floats) -> Bools:
    """Whether each curve is straight over some cells together (curve,)."""
    points = found.points[mine].reshape(1, -1)
    values = found.values[mine].reshape(1, points.shape[1], -1)
    # Narrow cells around a kink hold a little of both its sides.
    wide = np.ptp(found.points[mine], axis=1) > 1e-9 * np.ptp(points)
    own = found.linear[mine][wide].all(axis=0)
    together: Bools = own & (_off_line(points, values)[0] <= 4.0 * noise)
    return together
