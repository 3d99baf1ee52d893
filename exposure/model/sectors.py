"""From duties on lines to industries: costs, output and jobs, in every draw.

Two systems on one table. Prices: the change of duty on each imported input, as far as importers
bear it, travels down the chains of supply. Quantities: American buyers of each good turn from the
origins that have become dearer (Armington), and what they buy less is made less, all rounds of
suppliers included. Everything else stands still: incomes, wages, currencies, and the mix of inputs
outside the United States. See ``docs/sectors.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy.embodied import linked
from exposure.economy.incidence import burden
from exposure.economy.jobs import predicted
from exposure.economy.one_importer import (
    compounded_change,
    output_change,
    price_change,
    wedge,
)
from exposure.economy.sourcing import armington
from exposure.facts.documents import Scenario
from exposure.facts.world import World
from exposure.model.draws import draw, two_sided, uniforms
from exposure.model.ranges import parameter_name, parameter_ranges
from exposure.model.sector_table import MILLION, SectorTable, region_of_origin

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
READ = (
    "pass_through", "exporter_absorption", "currency_offset", "exchange_pass_through",
    "origin_elasticity", "category_elasticity", "employment_elasticity",
)  # fmt: skip
"""Parameters by industry."""


@dataclass(frozen=True)
class SectorRates:
    """Mean duties of the importer on what each sector sells to it.

    Attributes
    ----------
    before, after (sector,) [fraction of customs value]
        0 for its own sectors and for services, and, with ``known`` false, where they are not known:
        such goods count as unchanged, and their value is reported.
    known (sector,)
    imports (sector,) [USD a year]
        What the importer bought of it by customs, in the year of ``us_imports``, of the goods whose
        rate is known: what duties are paid on. Sales of the table are of another year, at basic
        prices.
    """

    before: Floats
    after: Floats
    known: NDArray[np.bool_]
    imports: Floats


def rates_by_sector(table: SectorTable, world: World, rates: pd.DataFrame) -> SectorRates:
    """Rates of `exposure.model.trade_rates.sector_rates` on the sectors of the table."""
    width = len(table.industries)
    before, after = np.zeros(len(table)), np.zeros(len(table))
    goods = world.tables["mrio_industries"]["goods"].to_numpy(dtype=bool)
    known = ~goods[table.industry] | (table.region == table.here) | (table.shipped == 0)
    rows = rates[rates["industry"].isin(table.industries) & ~rates["rate_after"].isna()]
    at = np.array(
        [
            table.regions.index(origin) * width + table.industries.index(industry)
            for origin, industry in zip(rows["origin"], rows["industry"], strict=True)
        ],
        dtype=np.int64,
    )
    before[at], after[at] = rows["rate_before"], rows["rate_after"]
    known[at] = True
    return SectorRates(before, after, known, known_imports(world, table, rates))


def known_imports(world: World, table: SectorTable, mean: pd.DataFrame) -> Floats:
    """Imports with a known rate by sector (sector,) [USD a year].

    Members of a group whose imports are given as one share them by what the table says they sell.
    """
    imports = np.zeros(len(table))
    width = len(table.industries)
    listed = mean[mean["industry"].isin(table.industries) & ~mean["rate_after"].isna()]
    usd = (
        listed.set_index(["origin", "industry"])["imports_usd"]
        * listed.set_index(["origin", "industry"])["known_share"]
    )
    named = region_of_origin(world)
    for regions in named.values():
        first = [table.regions.index(name) * width for name in regions]
        for number, industry in enumerate(table.industries):
            whole = float(usd.get((regions[0], industry), 0.0))
            sold = np.array([table.shipped[at + number] for at in first])
            part = sold / sold.sum() if sold.sum() > 0 else np.full(len(sold), 1.0 / len(sold))
            imports[[at + number for at in first]] = whole * part
    return imports


def borne_of_imports(table: SectorTable, rates: SectorRates, borne_abroad: Floats) -> Floats:
    """Duty that exporters bear (scenario, sector) [USD a year], of the imports that pay it.

    ``borne_abroad`` [million USD] is that of `SectorResponse`, on what the table says they ship.
    """
    shipped = table.shipped * MILLION
    scale = np.divide(rates.imports, shipped, out=np.zeros(len(shipped)), where=shipped > 0)
    borne: Floats = borne_abroad * MILLION * scale
    return borne


@dataclass(frozen=True)
class Answers:
    """What buyers and sellers do, each (scenario, industry)."""

    buyer: Floats
    border: Floats
    substitution: Floats
    demand: Floats
    employment: Floats


def answers(world: World, scenario: Scenario, table: SectorTable, draws: int, seed: int) -> Answers:
    """Parameters by industry in the central row and every draw.

    ``buyer`` is the part of a change of duty that reaches the price of a final good, ``border``
    that which importers bear together with them, the rest being the exporter's; the draws are those
    of the products, by the same names.
    """
    values = draw(
        parameter_ranges(world).set_index("id"), draws, seed, dict(scenario.parameters),
        world.tables["correlations"], scenario.years,
    )  # fmt: skip
    sectors = world.tables["mrio_industries"]["sector"]

    def of(name: str) -> Floats:
        columns = [
            values.get(parameter_name(name, str(sector)), values[name]) for sector in sectors
        ]
        return np.stack(columns, axis=1)

    named = {name: of(name) for name in READ}
    who = burden(
        named["pass_through"], named["exporter_absorption"], named["currency_offset"],
        named["exchange_pass_through"],
    )  # fmt: skip
    return Answers(
        buyer=who.buyer,
        border=who.buyer + who.importer,
        substitution=named["origin_elasticity"],
        demand=-named["category_elasticity"],
        employment=named["employment_elasticity"],
    )


@dataclass(frozen=True)
class SectorResponse:
    """What follows for every sector; all (scenario, sector) but for those of the importer.

    Attributes
    ----------
    direct (scenario, user), total [fraction of output's cost]
        Rise of cost by duties on own inputs, and with all that suppliers pass on.
    full_direct (user,), full_total (sector,), compounded (sector,)
        The same if importers bear all of the duty: margins in money, and margins in per cent.
    shipped [million USD a year]
        Sales to the importer after, at old prices; ``SectorTable.shipped`` is before.
    output [million USD a year]
        Change of output at old prices.
    value_added [million USD a year]
        Its change.
    jobs, exposed_direct, exposed_home, exposed_abroad, jobs_change [persons]
        At work; of them in what is shipped to the importer, for exporters at home, for those
        abroad; and the change that follows from output.
    borne_abroad [million USD a year]
        Change of duty that exporters bear on what they ship.
    final_direct, final_inputs (scenario, industry) [fraction of the importer's final demand]
        Rise of the price of its final goods by duties on them, and by duties on inputs.
    """

    direct: Floats
    total: Floats
    full_direct: Floats
    full_total: Floats
    compounded: Floats
    shipped: Floats
    output: Floats
    value_added: Floats
    jobs: Floats
    exposed_direct: Floats
    exposed_home: Floats
    exposed_abroad: Floats
    jobs_change: Floats
    borne_abroad: Floats
    final_direct: Floats
    final_inputs: Floats


def respond(table: SectorTable, rates: SectorRates, how: Answers, jobs: Floats) -> SectorResponse:
    """Costs, output and jobs of every sector.

    Parameters
    ----------
    table, rates, how
        The table, its duties, and what buyers and sellers do.
    jobs (scenario, sector) [persons]
        At work in each draw.
    """
    users, here = table.importer.users, table.here
    change = rates.after - rates.before
    border = how.border[:, table.industry]
    borne = border * change
    direct = wedge(table.importer, borne)
    total = price_change(table.importer, direct)
    full = wedge(table.importer, change[None])
    once = [
        compounded_change(table.importer, rate[None])[0] for rate in (rates.before, rates.after)
    ]
    final = table.final[:, here]
    # Prices to buyers over old ones: the origin's own cost, and the duty as far as it reaches them.
    with_duty = change / (1.0 + rates.before)
    to_final = (1.0 + total) * (1.0 + how.buyer[:, table.industry] * with_duty)
    to_users = (1.0 + total) * (1.0 + border * with_duty)
    bought = _sourced(table, rates, how, to_users, table.flows[:, users].sum(axis=1), fixed=True)
    used = _sourced(table, rates, how, to_final, final, fixed=False)
    output = output_change(table.importer, table.output, bought, final * (used - 1.0))
    within = table.output[users] + output[:, users]
    shipped = bought * (within @ table.importer.bought.T) + final * used
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(table.output > 0, 1.0 + output / table.output, 1.0)
        per_output = np.where(table.output > 0, table.value_added / table.output, 0.0)
        one = np.where(table.output > 0, 1.0 / table.output, 0.0)
    others = table.without.others
    parts = linked(table.without, one[others], table.region[others])
    shares = np.zeros((3, len(table)))
    shares[:, others] = parts.direct, parts.home, parts.abroad
    exposed = jobs[:, None, :] * shares[None]
    abroad = (table.region != here) * (1.0 - border) * change
    by_industry = _summing(table)
    spent = final.sum()
    return SectorResponse(
        direct=direct,
        total=total,
        full_direct=full[0],
        full_total=price_change(table.importer, full)[0],
        compounded=(1.0 + once[1]) / (1.0 + once[0]) - 1.0,
        shipped=shipped,
        output=output,
        value_added=output * per_output,
        jobs=jobs,
        exposed_direct=exposed[:, 0],
        exposed_home=exposed[:, 1],
        exposed_abroad=exposed[:, 2],
        jobs_change=predicted(jobs, np.maximum(ratio, 0.0), how.employment[:, table.industry]),
        borne_abroad=abroad * shipped,
        final_direct=(how.buyer[:, table.industry] * change * final / spent) @ by_industry,
        final_inputs=(total * (1.0 + rates.after) * final / spent) @ by_industry,
    )


def _sourced(
    table: SectorTable, rates: SectorRates, how: Answers, price: Floats, value: Floats, *,
    fixed: bool,
) -> Floats:  # fmt: skip
    """What the importer takes of each sector over before (scenario, sector).

    Origins of one product are near rivals, its own plants among them; the product as a whole is
    used as before by industries (``fixed``), and by its elasticity of demand in final use. Products
    that pay no duty anywhere are bought as before.
    """
    ratio = np.ones_like(price)
    spent = value * (1.0 + rates.before)
    for number in range(len(table.industries)):
        mine = np.flatnonzero(table.industry == number)
        if not (rates.after[mine] != rates.before[mine]).any() or (spent[mine] <= 0).all():
            continue
        share = np.maximum(spent[mine], 0.0)
        share = np.repeat((share / share.sum())[None], len(price), axis=0)
        none = np.zeros(len(price))
        ratio[:, mine] = armington(
            share, price[:, mine], how.substitution[:, number],
            none if fixed else how.demand[:, number],
        ).quantity  # fmt: skip
    return ratio


def _summing(table: SectorTable) -> Floats:
    """Ones that sum sectors to industries (sector, industry)."""
    ones = np.zeros((len(table), len(table.industries)))
    ones[np.arange(len(table)), table.industry] = 1.0
    return ones


def job_draws(table: SectorTable, draws: int, seed: int) -> Floats:
    """Jobs (1 + draws, sector) [persons]: the counts of a country err together."""
    names = [f"mrio-jobs/{name}" for name in table.regions]
    chance: Mapping[str, Floats] = uniforms(names, draws, seed, None)
    middle = np.stack([np.concatenate([[0.5], chance[name]]) for name in names], axis=1)
    low, central, high = table.jobs
    return two_sided(low, central, high, middle[:, table.region])
