"""Plants: whether what they earn still pays what closing would save, and who works there.

The tail of a scenario: jobs that go if a plant closes, with how often it would in the draws. It is
not a forecast of volume and is never added to one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import rows_of
from exposure.economy.closure import shut_down
from exposure.model.cases import Case, share_of_draws, three
from exposure.model.compiled import Compiled, Values, parameter
from exposure.model.headline import Sides
from exposure.model.inputs import OF_PLANT, plant_input
from exposure.model.run import Evaluated
from exposure.model.sector_table import SectorTable

Floats = NDArray[np.float64]
COLUMNS = (
    "scenario", "plant", "title", "firm", "country", "region", "industry", "products",
    "jobs_low", "jobs_central", "jobs_high",
    "coverage_before_low", "coverage_before_central", "coverage_before_high",
    "coverage_low", "coverage_central", "coverage_high",
    "stops_before_share", "stops_share",
    "tail_plant_low", "tail_plant_central", "tail_plant_high",
    "tail_suppliers_low", "tail_suppliers_central", "tail_suppliers_high",
    "bearable_share", "grade", "source",
)  # fmt: skip


@dataclass(frozen=True)
class Coverage:
    """What a plant earns over variable cost, per dollar that closing would save, by row.

    Attributes
    ----------
    used
        Whether the products use it today; where they do not, nothing else is said.
    before, after
        Today and under the scenario; below 1 it stops (Marshall; `exposure.economy.closure`).
    stops_before, stops
        Whether it does.
    bearable
        Cut of its American price, as a share, at which it just stops at the volumes of the row.
    """

    used: NDArray[np.bool_]
    before: Floats
    after: Floats
    stops_before: NDArray[np.bool_]
    stops: NDArray[np.bool_]
    bearable: Floats


def coverage(sides: Sides, site: str) -> Coverage:
    """Whether what a plant earns still pays."""
    compiled, done, values, old, new = (
        sides.compiled, sides.done, sides.values, sides.old, sides.new,
    )  # fmt: skip
    mine = np.flatnonzero(compiled.routes["site"].to_numpy(dtype=str) == site)
    market = compiled.routes["market"].to_numpy(dtype=np.int64)[mine]
    before = done.units_before[new][:, mine]
    after = done.units_after[new][:, mine]
    weight = before / np.maximum(before.sum(axis=1, keepdims=True), 1e-12)
    ratio = after.sum(axis=1) / np.maximum(before.sum(axis=1), 1e-12)
    who = done.burden
    own = (who.exporter + who.importer)[new][:, market]
    paid = (done.duty[new] - done.duty[old])[:, mine]
    price = (done.cost[old] - done.duty[old])[:, mine]
    cut = (weight * own * paid / price).sum(axis=1)
    margin = rows_of(parameter(compiled, values, "contribution_margin"), new)
    earned = (weight * margin[:, market]).sum(axis=1)
    share, fixed = (rows_of(values[plant_input(site, name)], new) for name in OF_PLANT[1:])
    # Of a dollar of sales before: what is sold elsewhere, and what goes to the United States.
    elsewhere = (1.0 - share) * earned
    now = elsewhere + share * ratio * (earned - cut)
    none, one = np.zeros(len(before)), np.ones(len(before))
    stops = [shut_down(side, none, fixed, one).stops for side in (earned, now)]
    bearable = earned - (fixed - elsewhere) / np.maximum(share * ratio, 1e-12)
    used = before.sum(axis=1) > 0
    return Coverage(used, earned / fixed, now / fixed, stops[0], stops[1], bearable)


def plants(
    compiled: Compiled,
    pair: tuple[Case, Case],
    done: Evaluated,
    values: Values,
    table: SectorTable | None,
) -> pd.DataFrame:
    """Plants of the products of a run.

    Parameters
    ----------
    compiled, pair, done, values
        A run, its two cases and its inputs.
    table
        For suppliers' jobs; not known without one.

    Returns
    -------
    DataFrame
        ``COLUMNS``: `coverage` with its range, and how many draws stop. ``tail_plant`` and
        ``tail_suppliers`` are jobs that go if a plant closes.
    """
    routes = compiled.routes
    sides = Sides(compiled, done, values, pair[0].rows, pair[1].rows)
    rows = []
    for plant in compiled.plants.itertuples():
        found = coverage(sides, str(plant.site))
        if not found.used[0]:
            continue  # A plant that the products of the run do not use today.
        jobs = values[plant_input(str(plant.site), "jobs")][pair[1].rows]
        parts = {
            "jobs": jobs,
            "coverage_before": found.before,
            "coverage": found.after,
            "tail_plant": jobs,
            "tail_suppliers": jobs * _suppliers(table, plant),
        }
        spread = {
            f"{name}_{end}": float(value[0])
            for name, column in parts.items()
            for end, value in zip(("low", "central", "high"), three(column[:, None]), strict=True)
        }
        rows.append(
            {
                "scenario": pair[1].scenario,
                "plant": plant.site,
                **{name: getattr(plant, name) for name in ("title", "firm", "country", "region")},
                "industry": plant.industry,
                "products": " ".join(sorted(set(routes["product"][routes["site"] == plant.site]))),
                **spread,
                "stops_before_share": share_of_draws(found.stops_before),
                "stops_share": share_of_draws(found.stops),
                "bearable_share": float(found.bearable[0]),
                "grade": plant.grade,
                "source": plant.source,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _suppliers(table: SectorTable | None, plant: object) -> float:
    """Jobs of suppliers at home per job of the plant, all rounds; not known without a table."""
    country, industry = getattr(plant, "country"), getattr(plant, "industry")  # noqa: B009
    if table is None or country not in table.regions or industry not in table.industries:
        return np.nan
    at = table.regions.index(country) * len(table.industries) + table.industries.index(industry)
    own = table.jobs[1, at] / table.output[at]
    return float(table.home_jobs[1, at] / own - 1.0)
