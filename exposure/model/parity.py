"""Duties at which the cheapest route changes: the lower envelope of straight cost lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CLOSE = 1e-12


@dataclass(frozen=True)
class Envelope:
    """Cheapest route over a range of a duty.

    Attributes
    ----------
    kinks (kink,)
        Duties at which the cheapest route changes, in order.
    winner (kink + 1,)
        Route between them; of routes that cost the same throughout, the first.
    cost_at_kinks (kink,), cost_at_ends (2,)
    """

    kinks: Floats
    winner: NDArray[np.int64]
    cost_at_kinks: Floats
    cost_at_ends: Floats


def envelope(fixed: Floats, slope: Floats, low: float, high: float) -> Envelope:
    """Envelope of ``fixed + slope * duty`` (route,) from ``low`` to ``high``.

    Steps along the kinks: from the cheapest route at the low end, the next is the flatter one that
    is met first; where several meet, the flattest.
    """

    def cost(duty: float) -> Floats:
        return fixed + slope * duty

    def first(duty: float) -> int:
        costs = cost(duty)
        near = costs <= costs.min() + CLOSE * max(1.0, abs(float(costs.min())))
        flattest = slope[near].min()
        return int(np.flatnonzero(near & (slope == flattest))[0])

    here, winners, kinks = low, [first(low)], []
    while True:
        current = winners[-1]
        flatter = np.flatnonzero(slope < slope[current])
        with np.errstate(divide="ignore", invalid="ignore"):
            meets = (fixed[flatter] - fixed[current]) / (slope[current] - slope[flatter])
        ahead = meets[meets > here]
        if not len(ahead) or ahead.min() >= high:
            break
        here = float(ahead.min())
        kinks.append(here)
        winners.append(first(here))
    turns = np.array(kinks)
    return Envelope(
        kinks=turns,
        winner=np.array(winners, dtype=np.int64),
        cost_at_kinks=np.array([cost(kink).min() for kink in kinks]),
        cost_at_ends=np.array([cost(end).min() for end in (low, high)]),
    )
