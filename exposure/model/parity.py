"""At which duty the cheapest route changes, exactly.

Of straight lines: a route costs ``a + b t`` at a duty ``t``; the cost of the cheapest is concave
and made of straight pieces, whose kinks are the parity rates (`lower_envelope`). Of curves of any
form, with kinks and jumps: `winners` looks between the breaks that `exposure.model.pieces` finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError
from exposure.model.cells import Curves
from exposure.model.pieces import Pieces
from exposure.model.roots import Kind, crossings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

WIDTH = 1e-12
"""Relative width of a tie: lines that meet in one point do so but for rounding."""


@dataclass(frozen=True)
class Envelope:
    """The cheapest routes between two duties, piece by piece from the left.

    Attributes
    ----------
    winner (scenario, piece)
        Route of each piece, numbered from 0; -1 where there is no further piece.
    kinks (scenario, piece - 1)
        Duty at which a piece ends and the next begins; NaN where there is none.
    cost_at_kinks (scenario, piece - 1) [USD per unit]
    cost_at_ends (scenario, 2) [USD per unit]
    """

    winner: Ints
    kinks: Floats
    cost_at_kinks: Floats
    cost_at_ends: Floats

    def nearest(self, today: Floats) -> tuple[Floats, Floats]:
        """Kink next to today's duty and its distance (scenario,); above today is positive.

        NaN where no route changes.
        """
        if not self.kinks.shape[1]:
            none = np.full(len(self.kinks), np.nan)
            return none, none
        distance = self.kinks - today[:, None]
        far = np.where(np.isnan(distance), np.inf, np.abs(distance))
        place = far.argmin(axis=1)[:, None]
        kink = np.take_along_axis(self.kinks, place, axis=1)[:, 0]
        return kink, kink - today


def lower_envelope(intercept: Floats, slope: Floats, low: float, high: float) -> Envelope:
    """Cheapest route at every duty from ``low`` to ``high``.

    Parameters
    ----------
    intercept (scenario, route) [USD per unit]
        Cost without the duty; infinite for a route that is closed.
    slope (scenario, route) [USD per unit and unit of duty]
        0 where the duty is not paid.
    low, high
        Range of the duty, in its own unit.

    Returns
    -------
    Envelope
        As many pieces as the scenario with the most has. Of routes that cost the same throughout,
        the first is named. A scenario with a cost that is not known has no winner.

    Raises
    ------
    DataError
        If the range is empty, or no route of a scenario is open.

    Examples
    --------
    >>> done = lower_envelope(np.array([[10., 12., 15.]]), np.array([[1., 0.5, 0.]]), 0.0, 10.0)
    >>> done.winner.tolist(), done.kinks.tolist(), done.cost_at_kinks.tolist()
    ([[0, 1, 2]], [[4.0, 6.0]], [[14.0, 15.0]])
    """
    if not low < high:
        raise DataError(f"a range from {low} to {high}", "parity", "from low to high")
    closed = np.isposinf(intercept)
    if closed.all(axis=1).any():
        raise DataError("no route is open",
                        f"scenario {int(np.argmax(closed.all(axis=1))) + 1}")  # fmt: skip
    known = np.asarray(~np.isnan(intercept + slope).any(axis=1))
    cost = intercept + slope * low
    least = np.where(closed, np.inf, cost).min(axis=1, keepdims=True)
    winners = [_lowest(cost, slope, ~closed, WIDTH * np.abs(least))]
    kinks: list[Floats] = []
    # Each piece has a lower slope than the last, so there are no more pieces than routes.
    for _ in range(intercept.shape[1] - 1):
        at, route = _next(intercept, slope, winners[-1], WIDTH * max(-low, high))
        on = known & (at < high)
        if not on.any():
            break
        kinks.append(np.where(on, at, np.nan))
        winners.append(np.where(on, route, winners[-1]))
    winner, kink = np.stack(winners, axis=1), _columns(kinks, len(intercept))
    a, b = (np.take_along_axis(line, winner, axis=1) for line in (intercept, slope))
    ends = np.stack([a[:, 0] + b[:, 0] * low, a[:, -1] + b[:, -1] * high], axis=1)
    none = np.concatenate([~known[:, None], np.isnan(kink)], axis=1)
    return Envelope(
        winner=np.where(none, -1, winner),
        kinks=kink,
        cost_at_kinks=a[:, :-1] + b[:, :-1] * kink,
        cost_at_ends=np.where(known[:, None], ends, np.nan),
    )


def _next(intercept: Floats, slope: Floats, route: Ints, width: float) -> tuple[Floats, Ints]:
    """Where a line of lower slope first crosses that of ``route``, and which (scenario,).

    Those above cross later than the last kink, so the first crossing is the next.
    """
    own_intercept, own_slope = (
        np.take_along_axis(line, route[:, None], axis=1) for line in (intercept, slope)
    )
    lower = slope < own_slope
    with np.errstate(divide="ignore", invalid="ignore"):
        at = np.where(lower, (intercept - own_intercept) / (own_slope - slope), np.inf)
    return at.min(axis=1), _lowest(at, slope, lower, width)


def _lowest(key: Floats, slope: Floats, among: Bools, width: Floats | float) -> Ints:
    """Route with the lowest key; of those that tie, with the lowest slope, then the first."""
    key = np.where(among, key, np.inf)
    tied = among & (key <= key.min(axis=1, keepdims=True) + width)
    return np.asarray(np.where(tied, slope, np.inf).argmin(axis=1))


def _columns(parts: list[Floats], rows: int) -> Floats:
    return np.stack(parts, axis=1) if parts else np.empty((rows, 0))


@dataclass(frozen=True)
class Winners:
    """The least of some curves, band by band from the left.

    Attributes
    ----------
    start, stop (band,)
        Ends; a band without width is a point at which a rule holds that holds on neither side.
    winner (band,)
        Number of the curve.
    kind (band,)
        How the band begins: ``crossing``, ``jump`` or ``touch``; the first is the ``end``.
    """

    start: Floats
    stop: Floats
    winner: Ints
    kind: tuple[Kind, ...]


def winners(f: Curves, pieces: Pieces) -> Winners:
    """Which curve is least between which points.

    Parameters
    ----------
    f (curve,)
        The curves, as `exposure.model.pieces.breakpoints` asked them.
    pieces
        Their pieces.

    Returns
    -------
    Winners
        With every point at which the least changes. Of curves that are the same, the first is
        named.
    """
    points: dict[float, Kind] = {}
    for first, second in combinations(range(pieces.values.shape[2]), 2):
        weights = np.zeros(pieces.values.shape[2])
        weights[[first, second]] = 1.0, -1.0
        for found in crossings(f, 0.0, pieces, weights):
            points.setdefault(found.at, found.kind)
            points.setdefault(found.until, found.kind)
    for at, jump in zip(pieces.at[1:], pieces.jump[1:], strict=True):
        if jump:
            points[float(at)] = "jump"
    return _bands(f, pieces, points)


def _bands(f: Curves, pieces: Pieces, points: dict[float, Kind]) -> Winners:
    """Winners between points, joined where the same curve wins on."""
    low, high = float(pieces.start[0]), float(pieces.stop[-1])
    ends = sorted({low, high, *points})
    alone = set(pieces.start[pieces.start == pieces.stop].tolist())
    bands = []
    for a, b in pairwise(ends):
        if a in alone:
            bands.append((a, a))
        bands.append((a, b))
    if high in alone:
        bands.append((high, high))
    asked = f(np.array([a + (b - a) / 2.0 for a, b in bands]))
    tied = asked <= asked.min(axis=1, keepdims=True) + 2.0 * pieces.noise
    kept: list[tuple[float, float, int]] = []
    for (a, b), winner in zip(bands, tied.argmax(axis=1).tolist(), strict=True):
        if kept and kept[-1][2] == winner:
            kept[-1] = (kept[-1][0], b, winner)
        else:
            kept.append((a, b, winner))
    start, stop, winner = (np.array(column) for column in zip(*kept, strict=True))
    kinds = ("end", *(points.get(float(a), "jump") for a in start[1:]))
    return Winners(start, stop, winner.astype(np.int64), kinds)
