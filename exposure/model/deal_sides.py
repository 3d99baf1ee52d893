"""Laws side by side in the same draws: what each collects, from whom, and what is made and sold.

Each law is compared with the law of one baseline day, under which the trade of the figures was
done; what lies between two laws is a subtraction draw by draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.errors import DataError, QueryError
from exposure.facts.documents import Scenario
from exposure.facts.world import World
from exposure.model.draws import draw
from exposure.model.sector_table import SectorTable, sector_table
from exposure.model.sectors import (
    SectorRates,
    SectorResponse,
    answers,
    borne_of_imports,
    job_draws,
    rates_by_sector,
    respond,
)
from exposure.model.trade_rates import Lines, line_rates, sector_rates

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Law:
    """One law and the world under it.

    Attributes
    ----------
    scenario
        Whose law it is.
    lines
        Rates of the baseline and of this law by line.
    collected [USD a year]
        Duties of the importer (scenario, sector) at the volumes of this law, where rates are known.
    borne [USD a year]
        Of the change of duty since the baseline, what exporters bear (scenario, sector).
    response
        Costs, output and jobs against the baseline.
    """

    scenario: Scenario
    lines: Lines
    collected: Floats
    borne: Floats
    response: SectorResponse


def need_table(world: World) -> SectorTable:
    """The table of industries.

    Raises
    ------
    DataError
        If the world has none: a deal is about a whole country's exports.
    """
    table = sector_table(world)
    if table is None:
        raise DataError("no table of industries", "economy/mrio", "a deal needs one")
    return table


def sector_number(table: SectorTable, country: str) -> NDArray[np.int64]:
    """Numbers of a country's sectors.

    Raises
    ------
    QueryError
        If the table has no region of that name.
    """
    if country not in table.regions:
        raise QueryError(f"no exports of {country!r}", "", f"known: {', '.join(table.regions)}")
    mine: NDArray[np.int64] = np.flatnonzero(table.region == table.regions.index(country))
    return mine


def laws(
    world: World,
    scenarios: Sequence[Scenario],
    draws: int,
    seed: int,
    rates: Mapping[str, Lines] | None = None,
    only: str = "",
) -> list[Law]:
    """Each scenario's law against the baseline that all of them share.

    Parameters
    ----------
    world, scenarios, draws, seed
        As of a run.
    rates
        Rates by line of some scenarios, by their ids; of the others they are asked for.
    only
        The one origin in which rates differ from those of the first scenario; empty: any.

    Raises
    ------
    QueryError
        If the baselines or the parameters that a scenario fixes are not the same.
    """
    first = scenarios[0]
    for other in scenarios[1:]:
        if (other.baseline, other.parameters, other.years) != (
            first.baseline,
            first.parameters,
            first.years,
        ):
            what = "baseline, parameters or years are not those of the other"
            raise QueryError(what, f"scenario {other.id}", f"as in {first.id}")
    table = need_table(world)
    how = answers(world, first, table, draws, seed)
    jobs = job_draws(table, draws, seed)
    found: list[Law] = []
    whole = pd.DataFrame()
    for scenario in scenarios:
        lines = (rates or {}).get(scenario.id) or line_rates(world, scenario)
        if only and found:
            own = sector_rates(world, lines, only)
            mean = pd.concat([whole[whole["origin"] != only], own], ignore_index=True)
        else:
            mean = whole = sector_rates(world, lines)
        by_sector = rates_by_sector(table, world, mean)
        response = respond(table, by_sector, how, jobs)
        found.append(_law(table, scenario, lines, by_sector, response))
    return found


def _law(
    table: SectorTable, scenario: Scenario, lines: Lines, rates: SectorRates,
    response: SectorResponse,
) -> Law:  # fmt: skip
    """Duties are of imports by line of their year, moved as the table says sales move."""
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.where(table.shipped > 0, response.shipped / table.shipped, 1.0)
    return Law(
        scenario=scenario,
        lines=lines,
        collected=rates.imports * moved * rates.after,
        borne=borne_of_imports(table, rates, response.borne_abroad),
        response=response,
    )


def between(instead: Law, under: Law) -> Lines:
    """Rates of both laws on every line: before is without the deal."""
    return replace(under.lines, before=instead.lines.after, after=under.lines.after)


def deal_parameters(world: World, draws: int, seed: int) -> dict[str, Floats]:
    """Parameters that only deals read, by name without ``deal_`` (1 + draws,)."""
    table = world.tables["parameters"]
    mine = table[table["id"].str.startswith("deal_")].set_index("id")
    drawn = draw(mine, draws, seed)
    return {name.removeprefix("deal_"): values for name, values in drawn.items()}


def of_country(table: SectorTable, values: Floats, country: str) -> Floats:
    """Sum (scenario,) over a country's sectors of values (scenario, sector); unknown spreads."""
    total: Floats = values[:, sector_number(table, country)].sum(axis=1)
    return total
