"""Plants: whether what they earn still pays what closing would save, and who works there.

The tail of a scenario: jobs that go if a plant closes, with how often it would in the draws. It is
not a forecast of volume and is never added to one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy.closure import shut_down
from exposure.facts.world import World
from exposure.model.cases import Case, three
from exposure.model.compile import Compiled, Values, parameter
from exposure.model.draws import two_sided, uniforms
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
DRAWN = ("jobs", "us_share", "fixed_share")


def plants(
    world: World,
    compiled: Compiled,
    pair: tuple[Case, Case],
    done: Evaluated,
    values: Values,
    table: SectorTable | None,
    seed: int,
) -> pd.DataFrame:
    """Plants of the products of a run.

    Parameters
    ----------
    world, compiled, pair, done, values, seed
        A run, its two cases and its inputs.
    table
        For suppliers' jobs; not known without one.

    Returns
    -------
    DataFrame
        ``COLUMNS``. ``coverage`` is what a plant earns over variable cost, per dollar that closing
        would save; below 1 it stops (Marshall; `exposure.economy.closure`). ``stops_share`` is how
        many draws do. ``tail_plant`` and ``tail_suppliers`` are jobs that go if it closes.
        ``bearable_share`` is the cut of its American price, as a share, at which it just stops
        at the volumes of the scenario (central).
    """
    routes = compiled.routes.merge(
        world.tables["routes"][["product", "route", "assembly"]], on=["product", "route"]
    )
    at_site = routes["assembly"].to_numpy(dtype=str)
    market = routes["market"].to_numpy(dtype=np.int64)
    margin = parameter(compiled, values, "contribution_margin")
    old, new = (case.rows for case in pair)
    size = old.stop - old.start
    rows = []
    for plant in world.tables["plants"].itertuples():
        mine = np.flatnonzero(at_site == plant.site)
        before = done.units_before[new][:, mine]
        if not before[0].sum() > 0:
            continue  # A plant that the products of the run do not use today.
        drawn = _drawn(plant, size - 1, seed)
        after = done.units_after[new][:, mine]
        weight = before / np.maximum(before.sum(axis=1, keepdims=True), 1e-12)
        ratio = after.sum(axis=1) / np.maximum(before.sum(axis=1), 1e-12)
        who = done.burden
        own = (who.exporter + who.importer)[new][:, market[mine]]
        paid = (done.duty[new] - done.duty[old])[:, mine]
        price = (done.cost[old] - done.duty[old])[:, mine]
        cut = (weight * own * paid / price).sum(axis=1)
        earned = (weight * margin[new][:, market[mine]]).sum(axis=1)
        share, fixed = drawn["us_share"], drawn["fixed_share"]
        # Of a dollar of sales before: what is sold elsewhere, and what goes to the United States.
        elsewhere = (1.0 - share) * earned
        now = elsewhere + share * ratio * (earned - cut)
        one, none = np.ones(size), np.zeros(size)
        stops = [shut_down(side, none, fixed, one).stops for side in (earned, now)]
        draws = slice(1, None) if size > 1 else slice(None)
        bearable = earned - (fixed - elsewhere) / np.maximum(share * ratio, 1e-12)
        suppliers = _suppliers(table, plant)
        parts = {
            "jobs": drawn["jobs"],
            "coverage_before": earned / fixed,
            "coverage": now / fixed,
            "tail_plant": drawn["jobs"],
            "tail_suppliers": drawn["jobs"] * suppliers,
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
                "products": " ".join(sorted(set(routes["product"].iloc[mine]))),
                **spread,
                "stops_before_share": float(stops[0][draws].mean()),
                "stops_share": float(stops[1][draws].mean()),
                "bearable_share": float(bearable[0]),
                "grade": plant.grade,
                "source": plant.source,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _drawn(plant: object, draws: int, seed: int) -> dict[str, Floats]:
    """Persons and shares of a plant (1 + draws,)."""
    site = getattr(plant, "site")  # noqa: B009 - a row of a table
    names = [f"plant/{site}/{name}" for name in DRAWN]
    chance = uniforms(names, draws, seed, None)
    made = {}
    for key, name in zip(names, DRAWN, strict=True):
        low, central, high = (
            np.array([float(getattr(plant, f"{name}_{end}"))]) for end in ("low", "central", "high")
        )
        middle = np.concatenate([[0.5], chance[key]])
        made[name] = two_sided(low, central, high, middle)
    return made


def _suppliers(table: SectorTable | None, plant: object) -> float:
    """Jobs of suppliers at home per job of the plant, all rounds; not known without a table."""
    country, industry = getattr(plant, "country"), getattr(plant, "industry")  # noqa: B009
    if table is None or country not in table.regions or industry not in table.industries:
        return np.nan
    at = table.regions.index(country) * len(table.industries) + table.industries.index(industry)
    own = table.jobs[1, at] / table.output[at]
    return float(table.home_jobs[1, at] / own - 1.0)
