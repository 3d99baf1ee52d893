"""Names that all rooms share: array axes and their order, components of a duty, the United States.

Arrays of the model have the scenario first, always, then one of the labels below, then a tag.
Docstrings write ``rate (scenario, line) [fraction]``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SCENARIO: Final = 0
"""First axis of every array of the model: one row per scenario and draw."""

NODE: Final = 1
EDGE: Final = 1
CROSSING: Final = 1
LINE: Final = 1
ROUTE: Final = 1
MARKET: Final = 1
TAG: Final = 2
"""Tracked content: material, country of making and nationality of the maker."""

USA: Final = "USA"
"""Whose schedule and actions the law holds by line, and whose imports the figures are of."""

TAKES: Final = {"bool": "bool", "number": "a share, 0 to 1"}
"""What a fact of a shipment may be, by its kind; of a choice, its choices."""

COMPONENTS: Final = (
    "mfn",
    "s201",
    "s232",
    "s301",
    "ieepa_fentanyl",
    "ieepa_reciprocal",
    "s122",
    "s338",
    "retaliation",
    "hypothesis",
)
"""Components of a duty, in the order in which they are shown; their sum is the duty."""

HYPOTHESIS: Final = "hypothesis"
"""Component, and authority, of a duty that is only asked; no law has it."""

ENACTED: Final = tuple(name for name in COMPONENTS if name != HYPOTHESIS)
"""Components that a law can have."""

RATE: Final = 0
"""Rate kind: an additional fraction of the base."""

ALL_IN: Final = 1
"""Rate kind: total with column 1 brought up to this fraction; never below column 1."""

SPECIFIC: Final = 2
"""Rate kind: US dollars per unit of quantity."""


def rows_of(table: NDArray[Any], pick: NDArray[Any] | slice) -> NDArray[Any]:
    """Rows of a table (scenario, ...) that has one row for each scenario, or one for all."""
    return table if len(table) == 1 else table[pick]


def row_sums(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums (scenario,) over the second axis, one column after another.

    The order of a library's sum hangs on how the table lies in memory, and so on how many rows are
    summed at once; here the last bit does not.
    """
    total = np.zeros(table.shape[:1] + table.shape[2:])
    for column in range(table.shape[1]):
        total += table[:, column]
    return total


def group_sums(
    parts: Iterable[NDArray[np.float64]], group: NDArray[np.int64], count: int, rows: int
) -> NDArray[np.float64]:
    """Sums (scenario, group) of columns ``parts`` (scenario,), one column after another.

    ``group`` numbers the group of each of them, below ``count``; ``rows`` is the number of
    scenarios. A column is used up while it is near: it need not stand in a table before.
    """
    total = np.zeros((count, rows))
    sums = list(total)
    for part, number in zip(parts, group.tolist(), strict=True):
        np.add(sums[number], part, out=sums[number])
    return total.T


def column_sums(
    table: NDArray[np.float64], group: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """`group_sums` of the columns of a table (scenario, column)."""
    if len(table) == 1:
        # Adds in the same order.
        return np.bincount(group, table[0], count).astype(float)[None]
    return group_sums(table.T, group, count, len(table))


def every_row(table: NDArray[Any], count: int) -> NDArray[Any]:
    """A table with a row for each of ``count`` scenarios, which may show one row many times."""
    return table if len(table) == count else np.broadcast_to(table, (count, *table.shape[1:]))


def stretch(numbers: NDArray[np.int64]) -> NDArray[np.int64] | slice:
    """Numbers that follow one another as a slice, by which nothing is copied."""
    if not len(numbers):
        return numbers
    first, count = int(numbers[0]), len(numbers)
    if (numbers != np.arange(first, first + count)).any():
        return numbers
    return slice(first, first + count)


def columns(table: NDArray[Any], pick: NDArray[np.int64] | slice) -> NDArray[Any]:
    """Columns of a table (scenario, ...); each lies in one piece in memory."""
    chosen: NDArray[Any] = table.T[pick].T
    return chosen
