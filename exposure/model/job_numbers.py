"""Three numbers of jobs that never mix, by firm, plant, region, industry and country.

*Exposed*: at work on what goes to the American market now. *Predicted*: how many more or fewer work
there as volumes answer. *Tail*: at stake if a plant closes. A row has one kind; nothing adds kinds.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import USA
from exposure.facts.world import World
from exposure.model.cases import Case, three
from exposure.model.compiled import Compiled
from exposure.model.run import Evaluated
from exposure.model.sector_table import SectorTable
from exposure.model.sectors import SectorResponse
from exposure.model.trade_rates import longest_prefix

Floats = NDArray[np.float64]
COLUMNS = ("scenario", "level", "country", "name", "kind", "part", "low", "central", "high")
FIRM_COLUMNS = (
    "scenario", "country", "industry", "products", "firm_exports_usd", "sector_exports_usd",
    "exports_share", "firm_jobs", "sector_jobs_exposed", "jobs_share", "within",
)  # fmt: skip
STATED_COLUMNS = (
    "scenario", "country", "level", "name", "kind", "stated", "low", "central", "high", "exposed",
    "predicted", "suppliers", "source", "note",
)  # fmt: skip
PARTS = ("direct", "suppliers at home", "suppliers abroad")


def _row(head: tuple[str, ...], values: Floats) -> tuple[object, ...]:
    low, central, high = (float(part[0]) for part in three(values[:, None]))
    return (*head, low, central, high)


def of_firms(
    compiled: Compiled, pair: tuple[Case, Case], done: Evaluated
) -> list[tuple[object, ...]]:
    """Jobs on the routes of each firm, by country; parts made by others are inside."""
    nodes = compiled.network.nodes
    firm = nodes["product"].map(compiled.products.set_index("product")["firm"])
    rows = pair[1].rows
    made = []
    keys = pd.Series(list(zip(firm, nodes["country"], strict=True)), index=nodes.index)
    for name, country in sorted(set(keys)):
        mine = np.flatnonzero(keys == (name, country))
        for kind, values in (("exposed", done.exposed), ("predicted", done.predicted)):
            head = (pair[1].scenario, "firm", str(country), str(name), kind, "all stages")
            made.append(_row(head, values[rows][:, mine].sum(axis=1)))
    return made


def of_plants(plants: pd.DataFrame) -> list[tuple[object, ...]]:
    """Jobs at stake at plants and with their suppliers, and by region what all its plants hold.

    What is not known of one plant of a region is not known of the region.
    """
    made: list[tuple[object, ...]] = []
    ends = ("low", "central", "high")
    for level, key in (("plant", "title"), ("region", "region")):
        groups = plants.groupby(["country", key])
        scenario = groups["scenario"].first().tolist()
        for part, column in (("plant", "tail_plant"), ("suppliers at home", "tail_suppliers")):
            sums = groups[[f"{column}_{end}" for end in ends]].sum(skipna=False)
            for of, row in zip(scenario, sums.itertuples(), strict=True):
                country, name = row[0]
                made.append((of, level, country, name, "tail", part, *row[1:]))
    return made


def of_sectors(
    scenario: str, table: SectorTable, found: SectorResponse
) -> list[tuple[object, ...]]:
    """Jobs by industry and by country; not known where nobody counted."""
    parts = dict(
        zip(PARTS, (found.exposed_direct, found.exposed_home, found.exposed_abroad), strict=True)
    )
    groups: list[tuple[str, str, str, NDArray[np.bool_]]] = []
    for number, country in enumerate(table.regions):
        groups.append(("country", country, country, table.region == number))
        for place, industry in enumerate(table.industries):
            mine = (table.region == number) & (table.industry == place)
            groups.append(("industry", country, industry, mine))
    made = []
    for level, country, name, mine in groups:
        head = (scenario, level, country, name)
        if country != table.regions[table.here]:
            for part, values in parts.items():
                made.append(_row((*head, "exposed", part), values[:, mine].sum(axis=1)))
        made.append(_row((*head, "predicted", "all"), found.jobs_change[:, mine].sum(axis=1)))
    return made


def firms_in_sectors(
    scenario: str,
    world: World,
    compiled: Compiled,
    tables: Mapping[str, pd.DataFrame],
    sectors: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Firms beside the sector that holds them: exports and jobs; parts never exceed the whole.

    Parameters
    ----------
    scenario, world, compiled, tables
        A run: its tables ``volumes, jobs, products``.
    sectors
        ``sector_jobs`` and ``sector_output`` of the scenario.

    Returns
    -------
    DataFrame
        ``FIRM_COLUMNS``, central: American sales of the products at customs value against all
        imports of their industry from the country, and jobs on their routes against all exposed
        jobs of the industry, these brought to the imports of the same year. ``within`` is false
        where a part exceeds its whole. Sectors of the United States export nothing to it.
    """
    industry = _industry_of_parts(world)
    last = world.tables["parts"].query("into == ''")
    of_product = {
        product: industry[product, part]
        for product, part in zip(last["product"], last["part"], strict=True)
    }
    volumes = tables["volumes"].query("scenario == @scenario").merge(
        compiled.routes[["product", "route", "country"]], on=["product", "route"]
    )  # fmt: skip
    volumes["industry"] = volumes["product"].map(of_product)
    value = tables["products"].set_index("product")["customs_value_central"]
    volumes["usd"] = volumes["units_baseline"] * volumes["product"].map(value)
    sold = volumes.groupby(["country", "industry"]).agg(
        products=("product", lambda names: " ".join(sorted(set(names)))),
        firm_exports_usd=("usd", "sum"),
    )
    jobs = tables["jobs"].query("scenario == @scenario").copy()
    jobs["industry"] = [
        industry.get(key, "") for key in zip(jobs["product"], jobs["part"], strict=True)
    ]
    work = jobs.groupby(["country", "industry"])["exposed_central"].sum().rename("firm_jobs")
    made = pd.concat([sold, work], axis=1).reset_index()
    made = made[made["country"].isin(set(sectors["sector_jobs"]["country"]) - {USA})]
    totals = world.tables["us_import_totals"].rename(columns={"origin": "country"})
    made = made.merge(totals[["country", "industry", "imports_kusd"]], how="left")
    made["sector_exports_usd"] = made["imports_kusd"] * 1e3
    shipped = sectors["sector_output"][["country", "industry", "shipped_usd"]]
    exposed = sectors["sector_jobs"]
    parts = [f"exposed_{name}_central" for name in ("direct", "home", "abroad")]
    exposed = exposed[["country", "industry"]].assign(
        whole=exposed[parts].sum(axis=1, skipna=False)
    )
    made = made.merge(shipped, how="left").merge(exposed, how="left")
    grown = (made["sector_exports_usd"] / made["shipped_usd"]).clip(lower=1.0).fillna(1.0)
    made["sector_jobs_exposed"] = made["whole"] * grown
    made["exports_share"] = made["firm_exports_usd"] / made["sector_exports_usd"]
    made["jobs_share"] = made["firm_jobs"] / made["sector_jobs_exposed"]
    made["within"] = ~((made["exports_share"] > 1.0) | (made["jobs_share"] > 1.0))
    made["products"] = made["products"].fillna("")
    return made.assign(scenario=scenario)[list(FIRM_COLUMNS)]


def beside_stated(
    scenario: str, world: World, numbers: pd.DataFrame, plants: pd.DataFrame,
    jobs: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    """Numbers of jobs that others state beside ours of the same kind, and what belongs to them.

    Parameters
    ----------
    scenario, world
        A run.
    numbers, plants, jobs
        Its tables ``job_numbers, plants, sector_jobs``.

    Returns
    -------
    DataFrame
        ``STATED_COLUMNS``: ``low, central, high`` are ours of the stated kind; ``exposed``,
        ``predicted`` and, for a closure, ``suppliers`` stand beside them, central, and are never
        added.
    """
    rows = []
    for row in world.tables["stated_jobs"].itertuples():
        of_name = numbers[(numbers["country"] == row.country) & (numbers["name"] == row.name)]
        of_name = of_name[of_name["level"] == row.level]
        kinds = of_name.groupby("kind")["central"].sum(min_count=1)
        own = plants[(plants["firm"] == row.name) & (plants["country"] == row.country)]
        of_sector = jobs[(jobs["country"] == row.country) & (jobs["industry"] == row.name)]
        mine = own if row.kind == "tail" else of_sector
        column = "tail_plant" if row.kind == "tail" else "jobs"
        if not len(mine):
            continue
        ends = [
            float(mine[f"{column}_{end}"].sum(min_count=1)) for end in ("low", "central", "high")
        ]
        suppliers = float(own["tail_suppliers_central"].sum()) if row.kind == "tail" else np.nan
        rows.append(
            (scenario, row.country, row.level, row.name, row.kind, row.jobs, *ends,
             float(kinds.get("exposed", np.nan)), float(kinds.get("predicted", np.nan)),
             suppliers, row.source, row.note)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(STATED_COLUMNS))


def _industry_of_parts(world: World) -> dict[tuple[str, str], str]:
    """Industry of the table by product and part."""
    parts = world.tables["parts"]
    found = longest_prefix(parts["hts"].to_numpy(dtype=str), world.tables["mrio_hts"], "industry")
    return {
        (str(product), str(part)): str(name)
        for product, part, name in zip(parts["product"], parts["part"], found, strict=True)
    }
