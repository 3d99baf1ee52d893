"""Kernel: whose value added and whose jobs stand in what one country buys from the others.

Three questions with three answers, which never mix. *In final demand*: what would not be made if
the country's households and investors bought nothing, by whatever way it reaches them (Johnson and
Noguera 2012). *In exports*: the home part of what is shipped to the country, goods for its
factories included (Hummels, Ishii and Yi 2001; Los, Timmer and de Vries 2016). *Without the
country*: what the others would not make if it bought nothing from them, the shipments of their
suppliers included; no shipment counts twice, so that the parts add up and never exceed what is
there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.economy.sectors import Leontief, leontief

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def in_final_demand(system: Leontief, intensity: Floats, final: Floats) -> Floats:
    """Value added or jobs of each sector in final demand (scenario, sector).

    Parameters
    ----------
    system
        The factored table of all countries.
    intensity (sector,)
        Value added, or jobs, in a unit of output.
    final (scenario, sector)
        What is bought of each sector for final use.
    """
    return system.output(final) * intensity


def home_multiplier(coefficients: Floats, intensity: Floats, country: Ints) -> Floats:
    """Value added or jobs at home in a unit of each sector's exports (sector,).

    ``e_r' (I - A_rr)^-1`` for each country ``r``: what comes from abroad and back is left out.

    Parameters
    ----------
    coefficients (sector, sector)
        ``A`` of all countries.
    intensity (sector,)
    country (sector,)
        Number of each sector's country.
    """
    made = np.zeros(len(intensity))
    for number in np.unique(country):
        mine = np.flatnonzero(country == number)
        block = leontief(np.ascontiguousarray(coefficients[np.ix_(mine, mine)]))
        made[mine] = block.price(intensity[mine][None])[0]
    return made


@dataclass(frozen=True)
class Without:
    """The world without one country.

    Attributes
    ----------
    others (other,)
        Numbers of the sectors of all other countries.
    system
        Their table.
    exports (other,)
        What they ship to the country, for its industries and for final use.
    """

    others: Ints
    system: Leontief
    exports: Floats


def without(coefficients: Floats, output: Floats, final: Floats, users: Ints) -> Without:
    """Take a country out of the table; what it buys becomes a final demand.

    Parameters
    ----------
    coefficients (sector, sector), output (sector,)
        ``A`` and ``x`` of all countries.
    final (sector,)
        What the country buys for final use.
    users (user,)
        Numbers of its sectors.
    """
    others = np.setdiff1d(np.arange(len(output)), users)
    block = np.ascontiguousarray(coefficients[np.ix_(others, others)])
    shipped = coefficients[np.ix_(others, users)] @ output[users] + final[others]
    return Without(others, leontief(block), shipped)


@dataclass(frozen=True)
class Linked:
    """What hangs on the country's purchases, by where it is made; all (other,).

    Attributes
    ----------
    direct
        In making what is shipped.
    home
        In making what the same country's exporters use, all rounds.
    abroad
        The same for exporters of other countries. The three add up to all that would not be made.
    """

    direct: Floats
    home: Floats
    abroad: Floats

    @property
    def total(self) -> Floats:
        """All three (other,)."""
        return self.direct + self.home + self.abroad


def linked(world: Without, intensity: Floats, country: Ints) -> Linked:
    """Value added or jobs that hang on the country's purchases, where they are.

    Parameters
    ----------
    world
        From `without`.
    intensity, country (other,)
        Of the sectors that remain.
    """
    numbers = np.unique(country)
    shipped = np.where(country[None] == numbers[:, None], world.exports[None], 0.0)
    made = world.system.output(shipped)
    own = made[np.searchsorted(numbers, country), np.arange(len(country))]
    return Linked(
        direct=intensity * world.exports,
        home=intensity * (own - world.exports),
        abroad=intensity * (made.sum(axis=0) - own),
    )


def by_exporter(world: Without, intensity: Floats, country: Ints) -> Linked:
    """The same by the exporting sector: direct, its suppliers at home, its suppliers abroad.

    The sum over all sectors is that of `linked`. Sectors whose intensity is not known count for
    nothing; say so beside the figure.
    """
    known = np.nan_to_num(intensity)
    everywhere = world.system.price(known[None])[0]
    numbers = np.unique(country)
    at_home = world.system.price(np.where(country[None] == numbers[:, None], known[None], 0.0))
    own = at_home[np.searchsorted(numbers, country), np.arange(len(country))]
    return Linked(
        direct=known * world.exports,
        home=(own - known) * world.exports,
        abroad=(everywhere - own) * world.exports,
    )
