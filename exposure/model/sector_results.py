"""Tables of industries: rates, costs, output, jobs, and countries as a whole."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy.embodied import by_exporter
from exposure.facts.world import World
from exposure.model.cases import median, three
from exposure.model.sector_table import MILLION, SectorTable
from exposure.model.sectors import SectorRates, SectorResponse, borne_of_imports

Floats = NDArray[np.float64]
ENDS = ("low", "central", "high")


def spread(name: str, values: Floats) -> dict[str, Floats]:
    """Columns ``name_low, name_central, name_high`` of values (row, label)."""
    return {f"{name}_{end}": part for end, part in zip(ENDS, three(values), strict=True)}


def sector_tables(
    scenario: str, world: World, table: SectorTable, rates: SectorRates, found: SectorResponse
) -> Mapping[str, pd.DataFrame]:
    """``sector_costs, sector_output, sector_jobs, export_jobs, final_prices, country_results``.

    See ``docs/result-tables.md`` for columns and units.
    """
    labels = table.labels().assign(scenario=scenario)[["scenario", "country", "industry"]]
    own = table.region == table.here
    full_direct = np.zeros(len(table))
    full_direct[table.importer.users] = found.full_direct
    direct = np.zeros_like(found.total)
    direct[:, table.importer.users] = found.direct
    costs = labels.assign(
        **spread("direct", direct),
        **spread("total", found.total),
        full_direct=full_direct,
        full_total=found.full_total,
        compounded=found.compounded,
    )
    shipped = np.where(own, np.nan, table.shipped * MILLION)
    duty = (rates.after - rates.before) * rates.imports
    borne = borne_of_imports(table, rates, found.borne_abroad)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(table.output > 0, found.output / table.output, np.nan)
    output = labels.assign(
        output_usd=table.output * MILLION,
        shipped_usd=shipped,
        **spread("shipped_change_usd", _abroad(found.shipped - table.shipped, own) * MILLION),
        **spread("output_change_share", share),
        **spread("value_added_change_usd", found.value_added * MILLION),
        duty_change_usd=np.where(own | ~rates.known, np.nan, duty),
        **spread("borne_abroad_usd", _abroad(borne, own)),
        rate_known=rates.known,
    )
    jobs = labels.assign(
        **spread("jobs", found.jobs),
        **spread("exposed_direct", _abroad(found.exposed_direct, own)),
        **spread("exposed_home", _abroad(found.exposed_home, own)),
        **spread("exposed_abroad", _abroad(found.exposed_abroad, own)),
        **spread("predicted", found.jobs_change),
    )
    names = np.array(table.industries, dtype=object)
    final = table.final[:, table.here] * MILLION
    spent = np.bincount(table.industry, weights=final, minlength=len(names))
    prices = pd.DataFrame(
        {
            "scenario": scenario,
            "industry": names,
            "final_usd": spent,
            **spread("direct", found.final_direct),
            **spread("inputs", found.final_inputs),
        }
    )
    return {
        "sector_costs": costs,
        "sector_output": output,
        "sector_jobs": jobs,
        "export_jobs": export_jobs(scenario, table),
        "final_prices": prices,
        "country_results": country_results(scenario, table, rates, found),
    }


def _abroad(values: Floats, own: NDArray[np.bool_]) -> Floats:
    """Values of sectors abroad; the importer's own are not a shipment to it."""
    kept: Floats = np.where(own[None], np.nan, values)
    return kept


def export_jobs(scenario: str, table: SectorTable) -> pd.DataFrame:
    """Jobs in what each sector ships to the importer, by where they stand in the chain."""
    others = table.without.others
    with np.errstate(divide="ignore", invalid="ignore"):
        per_output = np.where(table.output > 0, table.jobs / table.output, 0.0)[:, others]
    parts = [by_exporter(table.without, row, table.region[others]) for row in per_output]
    counted = ~np.isnan(per_output[1])
    columns: dict[str, Floats] = {}
    for name in ("direct", "home", "abroad"):
        for end, part in zip(ENDS, parts, strict=True):
            value = getattr(part, name)
            # Jobs of suppliers in countries without counts are left out: the figure is a floor.
            columns[f"{name}_{end}"] = (
                value if name == "abroad" else np.where(counted, value, np.nan)
            )
    labels = table.labels().iloc[others].reset_index(drop=True)
    made = labels.assign(
        scenario=scenario,
        shipped_usd=table.without.exports * MILLION,
        home_value_share=table.home_value[others],
        **columns,
    )
    return made[["scenario", *[name for name in made if name != "scenario"]]]


def country_results(
    scenario: str, table: SectorTable, rates: SectorRates, found: SectorResponse
) -> pd.DataFrame:
    """Sums by country in every draw, a row a metric.

    Jobs of a country that has no count are not known, nor are the importer's shipments to itself.
    """
    rows = []
    duty = (rates.after - rates.before) * rates.imports
    borne = borne_of_imports(table, rates, found.borne_abroad)
    exposed = found.exposed_direct + found.exposed_home + found.exposed_abroad
    goods = table.shipped > 0
    for number, country in enumerate(table.regions):
        mine = table.region == number
        home = number == table.here
        added = found.value_added[:, mine].sum(axis=1)
        weight = table.output[mine & goods]
        metrics: dict[tuple[str, str], Floats] = {
            ("cost_change_share", "share"): found.total[:, mine & goods] @ weight / weight.sum(),
            ("value_added_change_usd", "USD"): added * MILLION,
            ("value_added_change_share", "share"): added / table.value_added[mine].sum(),
            ("jobs_predicted", "persons"): found.jobs_change[:, mine].sum(axis=1),
        }
        if home:
            metrics["final_price_direct_share", "share"] = found.final_direct.sum(axis=1)
            metrics["final_price_inputs_share", "share"] = found.final_inputs.sum(axis=1)
        else:
            change = (found.shipped - table.shipped)[:, mine].sum(axis=1)
            metrics |= {
                ("shipped_usd", "USD"): np.full(len(added), table.shipped[mine].sum() * MILLION),
                ("shipped_change_usd", "USD"): change * MILLION,
                ("duty_change_usd", "USD"): np.full(len(added), duty[mine].sum()),
                ("borne_abroad_usd", "USD"): borne[:, mine].sum(axis=1),
                ("jobs_exposed", "persons"): exposed[:, mine].sum(axis=1),
            }
        for (metric, unit), values in metrics.items():
            low, central, high = (float(part[0]) for part in three(values[:, None]))
            middle = float(median(values[:, None])[0])
            rows.append((scenario, country, metric, unit, low, middle, high, central))
    columns = ["scenario", "country", "metric", "unit", "low", "median", "high", "central"]
    return pd.DataFrame(rows, columns=columns)
