"""The inter-country table of a world as arrays, factored once and kept with the world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import USA
from exposure.economy.embodied import Without, home_multiplier, without
from exposure.economy.one_importer import Importer, importer
from exposure.economy.sectors import coefficients, leontief
from exposure.errors import DataError
from exposure.facts.read_sectors import FINAL
from exposure.facts.world import World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MILLION = 1e6
"""USD by which the table counts."""


@dataclass(frozen=True)
class SectorTable:
    """An inter-country table; a sector is an industry of a country.

    Attributes
    ----------
    regions, industries
        Their names, in order; a sector's number is ``region * len(industries) + industry``.
    region, industry (sector,)
        Numbers of each sector's region and industry.
    flows (sector, sector), final (sector, region), output (sector,), value_added (sector,)
        ``Z``, ``Y``, ``x``, ``v`` [million USD at basic prices, a year].
    coefficients (sector, sector)
        ``A``.
    jobs (3, sector) [persons]
        Low, central and high; not known where nobody counted.
    importer
        The table as its duties see it.
    without
        The world without the importer.
    home_value (sector,), home_jobs (3, sector)
        Value added, and jobs per million USD, at home in a unit of exports.
    year
        Of the figures.
    """

    regions: tuple[str, ...]
    industries: tuple[str, ...]
    region: Ints
    industry: Ints
    flows: Floats
    final: Floats
    output: Floats
    value_added: Floats
    coefficients: Floats
    jobs: Floats
    importer: Importer
    without: Without
    home_value: Floats
    home_jobs: Floats

    def __len__(self) -> int:
        """Count the sectors."""
        return len(self.output)

    @property
    def here(self) -> int:
        """Number of the importer's region."""
        return self.regions.index(USA)

    @property
    def shipped(self) -> Floats:
        """What each sector sells to the importer, its own sales at home included (sector,)."""
        users = self.importer.users
        sold: Floats = self.flows[:, users].sum(axis=1) + self.final[:, self.here]
        return sold

    def labels(self) -> pd.DataFrame:
        """Columns ``country, industry`` of the sectors."""
        return pd.DataFrame(
            {
                "country": np.array(self.regions, dtype=object)[self.region],
                "industry": np.array(self.industries, dtype=object)[self.industry],
            }
        )


def sector_table(world: World) -> SectorTable | None:
    """The world's table; none where it has none. It is made once.

    Raises
    ------
    DataError
        If it has no solution.
    """
    if not len(world.tables["mrio_flows"]):
        return None
    if "sector table" not in world.kept:
        world.kept["sector table"] = _made(world)
    kept = world.kept["sector table"]
    if not isinstance(kept, SectorTable):
        raise DataError("not a table of sectors", "World.kept")
    return kept


def _made(world: World) -> SectorTable:
    regions = tuple(str(name) for name in world.tables["mrio_regions"]["region"])
    industries = tuple(str(name) for name in world.tables["mrio_industries"]["industry"])
    width, size = len(industries), len(regions) * len(industries)
    rows = world.tables["mrio_flows"]
    seller = _number(rows["country"], regions) * width + _number(rows["industry"], industries)
    buyer = _number(rows["user_country"], regions)
    value = rows["value_musd"].to_numpy(dtype=float)
    last = (rows["user"] == FINAL).to_numpy(dtype=bool)
    user = buyer[~last] * width + _number(rows["user"][~last], industries)
    flows, final = np.zeros((size, size)), np.zeros((size, len(regions)))
    flows[seller[~last], user] = value[~last]
    final[seller[last], buyer[last]] = value[last]
    accounts = world.tables["mrio_accounts"]
    at = _number(accounts["country"], regions) * width + _number(accounts["industry"], industries)
    jobs = np.full((3, size), np.nan)
    for row, name in enumerate(("jobs_low", "jobs_central", "jobs_high")):
        jobs[row, at] = accounts[name].to_numpy(dtype=float)
    output = flows.sum(axis=1) + final.sum(axis=1)
    value_added = output - flows.sum(axis=0)
    shares = coefficients(flows, output)
    region = np.repeat(np.arange(len(regions)), width)
    here = regions.index(USA)
    users = np.flatnonzero(region == here)
    with np.errstate(divide="ignore", invalid="ignore"):
        per_output = np.where(output > 0, value_added / output, 0.0)
        workers = np.where(output > 0, jobs / output, 0.0)
    return SectorTable(
        regions=regions,
        industries=industries,
        region=region,
        industry=np.tile(np.arange(width), len(regions)),
        flows=flows,
        final=final,
        output=output,
        value_added=value_added,
        coefficients=shares,
        jobs=jobs,
        importer=importer(leontief(shares), users),
        without=without(shares, output, final[:, here], users),
        home_value=home_multiplier(shares, per_output, region),
        home_jobs=np.stack([home_multiplier(shares, row, region) for row in workers]),
    )


def _number(names: pd.Series[str], known: tuple[str, ...]) -> Ints:
    codes = pd.Categorical(names, categories=list(known)).codes
    number: Ints = np.asarray(codes, dtype=np.int64)
    return number


def region_of_origin(world: World) -> dict[str, list[str]]:
    """Regions of the input-output table whose imports stand under each origin of the lines."""
    regions = world.tables["mrio_regions"]
    found: dict[str, list[str]] = {}
    for row in regions.itertuples():
        if row.imports_of:
            found.setdefault(str(row.imports_of), []).append(str(row.region))
    return found
