"""Where curves over one number reach a level: all such points, and the same point in many draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from exposure.model.cells import EPS, LAST_BITS, Curves
from exposure.model.pieces import NEIGHBOURHOOD, Pieces

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Kind = Literal["crossing", "jump", "touch", "end", "stretch"]
EXTREMES = 8
"""Degree of the polynomial whose extremes are asked: a curve may touch a level between nodes."""
TURNS = 200
"""Rounds in which the roots of draws are closed in, at most."""


@dataclass(frozen=True)
class Crossing:
    """One point at which a curve reaches a level.

    Attributes
    ----------
    at
        The point. Of a jump, the break; of a stretch, where it begins.
    kind
        ``crossing``; ``jump`` where the curve leaps over the level and never equals it; ``touch``
        where it returns to the side that it came from; ``end`` at an end of the range; ``stretch``
        where it stays at the level, up to ``until``.
    piece
        Number of the piece in which it lies; of a jump, the one that begins there.
    before, after
        Side of the level (-1 below, 1 above) on the left and on the right; 0 where there is none.
    """

    at: float
    kind: Kind
    piece: int
    before: int
    after: int
    until: float


def crossings(
    f: Curves, target: float, pieces: Pieces, weights: Floats | None = None
) -> list[Crossing]:
    """All points at which a curve reaches a level, from the left.

    Parameters
    ----------
    f
        The curves, as `exposure.model.pieces.breakpoints` asked them.
    target
        The level.
    pieces
        Their pieces.
    weights (curve,)
        The curve is the sum of all by these weights; without them, the first. 1 and -1 with a
        target of 0 say where two curves cross.

    Notes
    -----
    In a straight piece the point is that of the line, in a smooth one a bracketed root to the last
    bits. A smooth curve is asked at the extremes of its cells as well, so that two roots
    that lie close together are both found.
    """
    by = np.eye(1, pieces.values.shape[2])[0] if weights is None else weights

    def one(points: Floats) -> Floats:
        found: Floats = f(points) @ by - target
        return found

    width = float(np.abs(by) @ pieces.noise) + 4.0 * EPS * abs(target)
    value = pieces.values @ by - target
    if not _near(value):
        return []
    asked = _asked(one, value, pieces, by)
    sign = np.where(np.abs(asked.value) <= width, 0, np.sign(asked.value)).astype(np.int64)
    return _named(one, pieces, asked, sign)


@dataclass(frozen=True)
class _Asked:
    """Points at which a curve was asked, from the left; their piece, and whether it is straight.

    A border of two pieces stands twice.
    """

    point: Floats
    value: Floats
    piece: Ints
    straight: Bools


def _near(value: Floats) -> bool:
    """Whether a curve (cell, node) comes near 0 at all: in no cell is it as far as it is high."""
    aside = np.abs(value).min(axis=1) > np.ptp(value, axis=1)
    return not aside.all() or bool(np.ptp(np.sign(value[:, 0])))


def _asked(one: Callable[[Floats], Floats], value: Floats, pieces: Pieces, by: Floats) -> _Asked:
    straight: Bools = np.asarray(pieces.linear[:, by != 0].all(axis=1))
    rows: list[tuple[Floats, Floats, int]] = []
    bent: list[tuple[int, float]] = []
    for piece in range(len(pieces)):
        mine = np.flatnonzero(pieces.cell == piece)
        if straight[piece]:
            ends = [pieces.points[mine[0], 0], pieces.points[mine[-1], -1]]
            rows.append((np.array(ends), value[[mine[0], mine[-1]], [0, -1]], piece))
            continue
        for cell in mine:
            rows.append((pieces.points[cell], value[cell], piece))
            bent += [(piece, x) for x in _extremes(pieces.points[cell], value[cell])]
    if bent:
        number, more = (np.array(part) for part in zip(*bent, strict=True))
        rows += [
            (np.array([x]), np.array([y]), int(piece))
            for x, y, piece in zip(more, one(more), number, strict=True)
        ]
    point, found = (np.concatenate([row[place] for row in rows]) for place in (0, 1))
    of = np.concatenate([np.full(len(row[0]), row[2]) for row in rows])
    order = np.lexsort((point, of))
    point, found, of = point[order], found[order], of[order]
    # A border of two cells of a piece stands once.
    fresh = np.r_[True, (np.diff(point) > 0) | (np.diff(of) > 0)]
    fresh |= straight[of]
    return _Asked(point[fresh], found[fresh], of[fresh], straight[of[fresh]])


def _extremes(points: Floats, values: Floats) -> list[float]:
    """Where the polynomial through a cell turns, if it comes near the level at all."""
    if np.abs(values).min() > np.ptp(values):
        return []
    made = np.polynomial.Chebyshev.fit(points, values, EXTREMES, domain=points[[0, -1]])
    turns = made.deriv().roots()
    real = turns[np.abs(turns.imag) < 1e-6].real
    return [float(x) for x in real if points[0] < x < points[-1]]


def _named(
    one: Callable[[Floats], Floats], pieces: Pieces, asked: _Asked, sign: Ints
) -> list[Crossing]:
    """Crossings between points that lie on two sides, and at points on the level itself."""
    found: list[Crossing] = []
    count, place = len(sign), 0
    while place < count:
        if sign[place] == 0:
            last = place
            while last + 1 < count and sign[last + 1] == 0:
                last += 1
            found.append(_level(pieces, asked, sign, place, last))
            place = last + 1
            continue
        after = place + 1
        if after < count and sign[after] == -sign[place]:
            found.append(_between(one, pieces, asked, sign, place))
        place += 1
    return found


def _between(
    one: Callable[[Floats], Floats], pieces: Pieces, asked: _Asked, sign: Ints, place: int
) -> Crossing:
    """The crossing between two points that lie on two sides of the level."""
    (a, b), (u, v) = (table[place : place + 2] for table in (asked.point, asked.value))
    piece = int(asked.piece[place + 1])
    sides = int(sign[place]), int(sign[place + 1])
    if asked.piece[place] != piece:
        at = float(pieces.at[piece])
        return Crossing(at, "jump", piece, *sides, until=at)
    if asked.straight[place]:
        at = float(a + (b - a) * (u / (u - v)))
    else:
        low, high, under, over = (np.array([end]) for end in (a, b, u, v))
        tight = LAST_BITS * float(np.spacing(max(abs(a), abs(b))))
        at = float(_closed(lambda points, _: one(points), low, high, under, over, tight)[0])
    return Crossing(at, "crossing", piece, *sides, until=at)


def _level(pieces: Pieces, asked: _Asked, sign: Ints, first: int, last: int) -> Crossing:
    """The crossing of points that follow one another on the level."""
    before = int(sign[first - 1]) if first else 0
    after = int(sign[last + 1]) if last + 1 < len(sign) else 0
    at, until = float(asked.point[first]), float(asked.point[last])
    kind: Kind = "crossing" if before * after < 0 else "touch"
    # The two sides of a jump lie some last bits apart; beside its crest a smooth curve is on the
    # level but for rounding.
    bits = 2 * LAST_BITS * float(np.spacing(max(abs(at), abs(until))))
    if until - at > max(bits, NEIGHBOURHOOD * float(pieces.stop[-1] - pieces.start[0])):
        kind = "stretch"
    elif not before or not after:
        kind = "end"
    return Crossing(at, kind, int(asked.piece[first]), before, after, until)


# --- the same root in many rows ---------------------------------------------------------------


Rowwise = Callable[[Floats, Ints], Floats]
"""``(points (ask,), rows (ask,)) -> values (ask,)``."""


def roots_by_row(
    f: Rowwise, rows: Ints, grid: Floats, asked: Floats, near: float, side: int = 0
) -> Floats:
    """In each row, the root next to a point (row,); NaN where there is none in the range.

    Parameters
    ----------
    f
        A curve in each row.
    rows
        Numbers of the rows.
    grid (point,)
        Points between which roots are looked for, rising.
    asked (row, point)
        What the curves are there.
    near
        The point; of several roots the nearest is taken.
    side
        Side of 0 on which the curve lies left of the root (-1 or 1); 0 if either will do.

    Notes
    -----
    All rows are closed in on together.
    """
    place = _brackets(asked, grid, near, side)
    found = np.full(len(rows), np.nan)
    mine = np.flatnonzero(place >= 0)
    left = place[mine]
    tight = LAST_BITS * float(np.spacing(np.abs(grid).max()))
    found[mine] = _closed(
        lambda points, at: f(points, rows[mine[at]]),
        grid[left], grid[left + 1], asked[mine, left], asked[mine, left + 1], tight,
    )  # fmt: skip
    return found


def _brackets(values: Floats, grid: Floats, near: float, side: int) -> Ints:
    """Gap of each row in which its nearest root lies (row,); -1 where there is none."""
    sign = np.sign(values)
    over = sign[:, :-1] * sign[:, 1:] < 0
    exact = (sign[:, :-1] == 0) | (sign[:, 1:] == 0)
    hit = over | exact
    if side:
        hit &= (sign[:, :-1] == side) | ((sign[:, :-1] == 0) & (sign[:, 1:] == -side))
    away = np.maximum(0.0, np.maximum(grid[:-1] - near, near - grid[1:]))
    distance = np.where(hit, away, np.inf)
    return np.where(hit.any(axis=1), distance.argmin(axis=1), -1)


def _closed(
    f: Rowwise, low: Floats, high: Floats, under: Floats, over: Floats, tight: float
) -> Floats:
    """Roots (bracket,) between ends whose values lie on two sides of 0, or on it.

    By the line through both ends (Illinois: an end that stays is given half its weight), every
    third time by halving, which closes in on a jump as well, until the ends lie ``tight``.
    """
    found = np.where(under == 0, low, high)
    rows = np.flatnonzero((under != 0) & (over != 0) & (high - low > tight))
    low, high, under, over = (part[rows] for part in (low, high, under, over))
    side = np.zeros(len(rows))
    for turn in range(TURNS):
        if not len(rows):
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            line = high - over * (high - low) / (over - under)
        middle = low + (high - low) / 2.0
        tried = middle if turn % 3 == 2 else np.where((line > low) & (line < high), line, middle)
        value = f(tried, rows)
        left = np.sign(value) == np.sign(under)
        under = np.where(left, value, np.where(side < 0, under / 2.0, under))
        over = np.where(left, np.where(side > 0, over / 2.0, over), value)
        low, high = np.where(left, tried, low), np.where(left, high, tried)
        side = np.where(left, 1.0, -1.0)
        found[rows] = high
        open_ = (high - low > tight) & (value != 0)
        rows, low, high, under, over, side = (
            part[open_] for part in (rows, low, high, under, over, side)
        )
    return found
