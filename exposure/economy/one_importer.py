"""Kernel: an inter-country table as the duties of one importer see it.

Duties of one country stand on the inputs of its own industries, in the columns of a few sectors.
What follows from them therefore needs a few rows of the Leontief inverse and systems of the size of
these columns, whatever the size of the table (Woodbury 1950). Duties are not in the table: a flow
is worth its basic price, and a rate is a fraction of that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.economy.sectors import Leontief

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BLOCK = 2048
"""Scenarios whose small systems are made at once."""
PRODUCTS = 4_000_000
"""Products of rows and columns that are kept at once (32 MB)."""


@dataclass(frozen=True)
class Importer:
    """A table and the sectors of one country in it.

    Attributes
    ----------
    system
        The factored table of all countries.
    users (user,)
        Numbers of the country's sectors.
    rows (user, sector)
        Those rows of the Leontief inverse.
    bought (sector, user)
        Those columns of the coefficients.
    """

    system: Leontief
    users: Ints
    rows: Floats
    bought: Floats


def importer(system: Leontief, users: Ints) -> Importer:
    """Take the rows and columns that duties of a country need.

    Parameters
    ----------
    system
        Of a dense table.
    users (user,)
        Numbers of the country's sectors.
    """
    size = system.coefficients.shape[0]
    units = np.zeros((len(users), size))
    units[np.arange(len(users)), users] = 1.0
    bought = np.ascontiguousarray(system.coefficients[:, users])
    return Importer(system, users, system.price(units), bought)


def wedge(country: Importer, rate: Floats) -> Floats:
    """What duties add to the cost of a unit of output (scenario, user) [fraction].

    Parameters
    ----------
    country
        From `importer`.
    rate (scenario, sector) [fraction]
        Duty on what each sector sells to the country, times the part that its buyers bear; 0 for
        the country's own sectors.
    """
    direct: Floats = rate @ country.bought
    return direct


def price_change(country: Importer, wedge: Floats) -> Floats:
    """Change of all prices (scenario, sector) [fraction], each duty passed on once.

    ``w L[users, :]``: margins in money stay as they are. Linear in the wedge; add up duties of
    several countries.
    """
    change: Floats = wedge @ country.rows
    return change


def _inner(country: Importer, factor: Floats) -> Floats:
    """``L[users, :] diag(factor) A[:, users]`` of every scenario (scenario, user, user).

    Written as one matrix product: a factor times the products of rows and columns.
    """
    count, size = country.rows.shape
    made = np.empty((len(factor), count, count))
    step = max(1, PRODUCTS // max(1, size * count))
    for first in range(0, count, step):
        rows = country.rows[first : first + step]
        pairs = (rows.T[:, :, None] * country.bought[:, None, :]).reshape(size, -1)
        made[:, first : first + step] = (factor @ pairs).reshape(len(factor), len(rows), count)
    return made


def compounded_change(country: Importer, rate: Floats) -> Floats:
    """The same where a duty is also paid on the rise of prices that duties make.

    ``p = p (A + W) + v`` with ``W = t A`` in the country's columns: margins in per cent stay as
    they are.

    Parameters
    ----------
    country, rate
        As in `wedge`.

    Notes
    -----
    ``g = w (I - L[users, :] W)^-1`` and ``dp = g L[users, :]`` with ``w = 1 W``, a system of the
    country's size for each scenario. With all duties within a table and prices that have a
    solution, the small system has one too.
    """
    count = len(country.users)
    push = wedge(country, rate)
    raised = np.empty_like(push)
    for start in range(0, len(rate), BLOCK):
        small = np.eye(count) - _inner(country, rate[start : start + BLOCK])
        sides = push[start : start + BLOCK, :, None]
        raised[start : start + BLOCK] = np.linalg.solve(small.transpose(0, 2, 1), sides)[:, :, 0]
    return price_change(country, raised)


def output_change(
    country: Importer, output: Floats, bought_ratio: Floats, final_change: Floats
) -> Floats:
    """Change of all outputs (scenario, sector) as the country buys otherwise.

    Parameters
    ----------
    country
        From `importer`.
    output (sector,)
        ``x``, before.
    bought_ratio (scenario, sector)
        What its industries now take of each sector in a unit of their output, over before.
    final_change (scenario, sector)
        Change of final demand for each sector, in the unit of ``x``.

    Notes
    -----
    ``(I - A - D) x' = y'`` with ``D`` in the country's columns, so
    ``d = L (dy + D x[users] + D d[users])`` (Miller and Blair 2022, sec. 13.2 on changed columns).
    """
    count = len(country.users)
    less = bought_ratio - 1.0
    side = final_change + less * (country.bought @ output[country.users])
    first = country.system.output(side)
    own = np.empty((len(less), count))
    for start in range(0, len(less), BLOCK):
        part = slice(start, start + BLOCK)
        small = np.eye(count) - _inner(country, less[part])
        own[part] = np.linalg.solve(small, first[part][:, country.users, None])[:, :, 0]
    change: Floats = first + country.system.output(less * (own @ country.bought.T))
    return change
