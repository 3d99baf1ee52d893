"""The part of a run that is about industries: from a scenario to its tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from exposure.facts.documents import Scenario
from exposure.facts.world import World
from exposure.model.boards import COLUMNS as BOARDS
from exposure.model.boards import boards
from exposure.model.cases import Case
from exposure.model.compiled import Compiled, Values
from exposure.model.job_numbers import (
    COLUMNS,
    FIRM_COLUMNS,
    STATED_COLUMNS,
    beside_stated,
    firms_in_sectors,
    of_firms,
    of_plants,
    of_sectors,
)
from exposure.model.plants import plants
from exposure.model.run import Evaluated
from exposure.model.sector_results import sector_tables
from exposure.model.sector_table import sector_table
from exposure.model.sectors import answers, job_draws, rates_by_sector, respond
from exposure.model.trade_rates import line_rates, sector_rates

NAMES = (
    "sector_rates", "sector_costs", "sector_output", "sector_jobs", "export_jobs", "final_prices",
    "country_results",
)  # fmt: skip
"""Tables that are empty, without columns, where a world has no table of industries."""


def industry_tables(
    world: World,
    compiled: Compiled,
    scenario: Scenario,
    pair: tuple[Case, Case],
    done: Evaluated,
    values: Values,
    made: Mapping[str, pd.DataFrame],
    seed: int,
    *,
    by_sector: bool,
) -> dict[str, pd.DataFrame]:
    """Tables of industries, plants and jobs of one scenario.

    Parameters
    ----------
    world, compiled, scenario, pair, done, values, seed
        A run and one of its scenarios.
    made
        Tables of products that the run has made.
    by_sector
        Whether to ask the industries; without it, and in a world without their table, only plants
        and firms are told.
    """
    table = sector_table(world) if by_sector else None
    draws = pair[1].rows.stop - pair[1].rows.start - 1
    found: dict[str, pd.DataFrame] = {name: pd.DataFrame() for name in NAMES}
    found["boards"] = pd.DataFrame(columns=list(BOARDS))
    found["firms_in_sectors"] = pd.DataFrame(columns=list(FIRM_COLUMNS))
    found["plants"] = plants(compiled, pair, done, values, sector_table(world))
    numbers = [*of_firms(compiled, pair, done), *of_plants(found["plants"])]
    if table is not None:
        lines = line_rates(world, scenario)
        mean = sector_rates(world, lines)
        rates = rates_by_sector(table, world, mean)
        how = answers(world, scenario, table, draws, seed)
        answer = respond(table, rates, how, job_draws(table, draws, seed))
        found["sector_rates"] = mean.assign(scenario=scenario.id)[["scenario", *mean.columns]]
        found |= sector_tables(scenario.id, world, table, rates, answer)
        found["boards"] = boards(scenario.id, world, table, lines)
        found["firms_in_sectors"] = firms_in_sectors(scenario.id, world, compiled, made, found)
        numbers += of_sectors(scenario.id, table, answer)
    told = pd.DataFrame(numbers, columns=list(COLUMNS))
    found["job_numbers"] = told
    found["stated_jobs"] = pd.DataFrame(columns=list(STATED_COLUMNS))
    if table is not None:
        found["stated_jobs"] = beside_stated(
            scenario.id, world, told, found["plants"], found["sector_jobs"]
        )
    return found
