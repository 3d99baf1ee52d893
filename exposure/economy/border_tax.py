"""Kernel: a duty in a market of straight lines, small country or large.

The textbook partial equilibrium: home demand and home supply, and the world's supply of exports,
flat for a small country and rising for a large one. Every area of the diagram is a number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.errors import DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lines:
    """Three lines, by scenario.

    Attributes
    ----------
    demand [units], demand_slope [units per USD]
        Home demand ``demand - demand_slope * price``.
    supply [units], supply_slope [units per USD]
        Home supply ``supply + supply_slope * price``; both 0 where nothing is made at home.
    world_price [USD per unit], world_rise [USD per unit and unit]
        Exporters ask ``world_price + world_rise * imports``; a rise of 0 is a small country.
    """

    demand: Floats
    demand_slope: Floats
    supply: Floats
    supply_slope: Floats
    world_price: Floats
    world_rise: Floats


@dataclass(frozen=True)
class Taxed:
    """The market with the duty, by scenario, and what changed from free trade.

    Attributes
    ----------
    free_price, price [USD per unit]
        At home, before and after.
    exporter_price [USD per unit]
        What exporters receive after.
    free_imports, imports [units]
    pass_through [fraction]
        Rise of the home price over the duty paid on a unit; not known without a duty.
    revenue [USD]
    consumers, producers [USD]
        Change of surplus; that of consumers is negative.
    terms_of_trade [USD]
        What exporters pay of the duty on the units that still come.
    deadweight [USD]
        Lost to the world: the triangle between demand for imports and supply of exports.
    deadweight_home [USD]
        The part of it that home bears; ``consumers + producers + revenue`` is
        ``terms_of_trade - deadweight_home``.
    """

    free_price: Floats
    price: Floats
    exporter_price: Floats
    free_imports: Floats
    imports: Floats
    pass_through: Floats
    revenue: Floats
    consumers: Floats
    producers: Floats
    terms_of_trade: Floats
    deadweight: Floats
    deadweight_home: Floats


def linear_market(lines: Lines, specific: Floats, ad_valorem: Floats) -> Taxed:
    """What a duty does to prices, volumes and the surplus of everyone.

    Parameters
    ----------
    lines
        The market.
    specific (scenario,) [USD per unit]
    ad_valorem (scenario,) [fraction of the exporter's price]

    Raises
    ------
    DataError
        If a duty is negative, or a price lies where home demand or supply would be below 0: the
        lines do not hold there.

    Examples
    --------
    Demand 100 - 2 P, supply of exports -20 + 2 P and 10 USD a unit: each side bears half.

    >>> one, none = np.ones(1), np.zeros(1)
    >>> lines = Lines(100 * one, 2 * one, none, none, 10 * one, 0.5 * one)
    >>> done = linear_market(lines, 10 * one, none)
    >>> done.price.tolist(), done.imports.tolist(), done.terms_of_trade.tolist()
    ([35.0], [30.0], [150.0])
    """
    if (specific < 0).any() or (ad_valorem < 0).any():
        raise DataError("a duty is negative", "linear market", "0 or more")
    zero = np.zeros_like(specific)
    free_price, _, free_imports = _clear(lines, zero, zero)
    price, exporter_price, imports = _clear(lines, specific, ad_valorem)
    rise, fewer = price - free_price, free_imports - imports
    # Where nothing comes any more, the gap is what the first unit would have to overcome.
    wedge = price - exporter_price
    bought = [lines.demand - lines.demand_slope * at for at in (free_price, price)]
    made = [lines.supply + lines.supply_slope * at for at in (free_price, price)]
    if any((units < -1e-9 * np.abs(lines.demand)).any() for units in (*bought, *made)):
        raise DataError("home demand or supply would be below 0 at the price that clears",
                        "linear market", "lines that hold at that price")  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        borne = rise / wedge
    return Taxed(
        free_price=free_price,
        price=price,
        exporter_price=exporter_price,
        free_imports=free_imports,
        imports=imports,
        pass_through=borne,
        revenue=wedge * imports,
        consumers=-rise * (bought[0] + bought[1]) / 2.0,
        producers=rise * (made[0] + made[1]) / 2.0,
        terms_of_trade=(wedge - rise) * imports,
        deadweight=wedge * fewer / 2.0,
        deadweight_home=rise * fewer / 2.0,
    )


def _clear(lines: Lines, specific: Floats, ad_valorem: Floats) -> tuple[Floats, Floats, Floats]:
    """Home price, exporter's price and imports (scenario,); a duty can end all imports."""
    gap, slope = lines.demand - lines.supply, lines.demand_slope + lines.supply_slope
    factor = 1.0 + ad_valorem
    first_unit = factor * lines.world_price + specific
    imports = np.maximum(
        0.0, (gap - slope * first_unit) / (1.0 + slope * factor * lines.world_rise)
    )
    exporter = lines.world_price + lines.world_rise * imports
    price = np.where(imports > 0, factor * exporter + specific, (gap - imports) / slope)
    return price, exporter, imports
