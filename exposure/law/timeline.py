"""Which clauses are in force on a day, seen from a day: the two clocks of the law.

``effective_on`` is the date of entry; ``known_on`` the day from which one looks. Days are whole
numbers (2025-04-03 is 20250403), which order as days do; hindsight is the end of days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]
HINDSIGHT = 99991231
"""The day from which everything is known."""


def days(texts: Iterable[str], empty: int = 0) -> Ints:
    """ISO dates as whole numbers; empty text becomes ``empty``.

    Examples
    --------
    >>> days(["2025-04-03", ""])
    array([20250403,        0])
    """
    # Columns are long and hold few days.
    given = texts if isinstance(texts, pd.Series) else np.array(list(texts), dtype=object)
    place, unique = pd.factorize(given)
    made = np.array([int(text.replace("-", "")) if text else empty for text in unique], np.int64)
    whole: Ints = made[place]
    return whole


@dataclass(frozen=True)
class Clock:
    """Dates of rows (clauses or endings), as `days` gives them.

    Attributes
    ----------
    start, end
        First and last day; an ending has no last one.
    known, end_known
        Days on which its beginning and its end became public.
    withdrawn
        Day on which it became public that it would not come into force.
    """

    start: Ints
    end: Ints
    known: Ints
    end_known: Ints
    withdrawn: Ints

    def acts(self, on: int, seen_from: int) -> NDArray[np.bool_]:
        """Rows that act on a day as known on a day.

        An end, or a withdrawal, that was not yet public is ignored.
        """
        return (
            (self.start <= on)
            & ((self.end >= on) | (self.end_known > seen_from))
            & (self.known <= seen_from)
            & (self.withdrawn > seen_from)
        )


def clock(table: pd.DataFrame) -> Clock:
    """Clock of rows with ``from, known`` and, where they have them, the other dates."""

    def column(name: str, missing: int) -> Ints:
        if name not in table:
            return np.full(len(table), missing, dtype=np.int64)
        return days(table[name], missing)

    return Clock(
        start=days(table["from"]),
        end=column("until", HINDSIGHT),
        known=days(table["known"]),
        end_known=column("until_known", 0),
        withdrawn=column("withdrawn", HINDSIGHT + 1),
    )


def turns(starts: Iterable[Ints], ends: Iterable[Ints]) -> Ints:
    """Days, sorted, on each of which something begins or has just ended."""
    last = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *ends]))
    after = next_day(last[last < HINDSIGHT])
    return np.unique(np.concatenate([np.zeros(1, dtype=np.int64), *starts, after]))


def next_day(day: Ints, step: int = 1) -> Ints:
    """The day after, or some days after or before, as a whole number.

    Examples
    --------
    >>> next_day(np.array([20250430, 20251231]))
    array([20250501, 20260101])
    """
    dates = np.array([iso(number) for number in day.tolist()], dtype="datetime64[D]") + step
    return days(np.datetime_as_string(dates).tolist())


def iso(day: int) -> str:
    """A day as ISO text.

    Examples
    --------
    >>> iso(20250403)
    '2025-04-03'
    """
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"
