"""Deals: duty saved against money paid, year by year, by firm and by industry, in draws.

Two readings stand side by side and are never added. *Duty saved* is what is no longer levied on the
party's goods at unchanged trade; most of it is not the party's, for buyers bear most of a duty.
*Gain at home* is what its exporters no longer bear, and a part of the value added in exports that
are won back. See ``docs/deals.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.axes import USA
from exposure.economy import deals as money
from exposure.errors import QueryError
from exposure.facts.documents.base import Figure
from exposure.facts.documents.deals import Deal
from exposure.facts.scenario import read_scenario
from exposure.facts.world import World
from exposure.model.boards import boards
from exposure.model.cases import HIGH, LOW, share_of_draws, three
from exposure.model.deal_firms import COLUMNS as FIRM_COLUMNS
from exposure.model.deal_firms import deal_firms
from exposure.model.deal_sides import (
    Law,
    between,
    deal_parameters,
    laws,
    need_table,
    of_country,
    sector_number,
)
from exposure.model.draws import draw
from exposure.model.formula import formula
from exposure.model.sector_results import spread
from exposure.model.sector_table import MILLION, SectorTable
from exposure.model.trade_rates import UNASSIGNED, Lines

Floats = NDArray[np.float64]
POINT = 0.01


@dataclass(frozen=True)
class Relief:
    """What a deal does in a year of unchanged trade, each (scenario,) [USD a year].

    Attributes
    ----------
    duty_saved
        On the party's goods at unchanged quantities, where both rates are known.
    exporters_saved
        What its exporters no longer bear.
    exports, value_added
        Won back: sales to the importer at old prices, and value added at home, suppliers included.
    revenue_forgone, others_duty
        What the importer collects less in all, and what it collects more on goods of others, at the
        quantities of each law.
    """

    duty_saved: Floats
    exporters_saved: Floats
    exports: Floats
    value_added: Floats
    revenue_forgone: Floats
    others_duty: Floats


@dataclass(frozen=True)
class Flows:
    """Money of a deal by year, each (scenario, year) [USD], chances taken into account.

    Attributes
    ----------
    duty_saved, home_gain, revenue_forgone
    outlay, returned, premium
        Paid, come back, and paid too much for goods.
    returned_of_one
        What would come back if every dollar brought one back.
    """

    duty_saved: Floats
    home_gain: Floats
    revenue_forgone: Floats
    outlay: Floats
    returned: Floats
    premium: Floats
    returned_of_one: Floats

    def net(self, benefit: Floats) -> Floats:
        """A benefit less what is paid and does not come back."""
        return benefit - self.outlay + self.returned - self.premium


def deal_tables(
    world: World, deals: Sequence[Deal], draws: int, seed: int
) -> dict[str, pd.DataFrame]:
    """``deal_summary, deal_years, deal_firms, deal_sectors, deal_boards, deal_formula``.

    See ``docs/deals.md`` for columns and units.
    """
    found: dict[str, list[pd.DataFrame]] = {}
    for deal in deals:
        for name, table in _one_deal(world, deal, draws, seed).items():
            found.setdefault(name, []).append(table)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in found.items()}


def _one_deal(world: World, deal: Deal, draws: int, seed: int) -> dict[str, pd.DataFrame]:
    pair = [read_scenario(world, name) for name in (deal.instead, deal.under)]
    table = need_table(world)
    instead, under = laws(world, pair, draws, seed)
    lines = between(instead, under)
    year = relief(table, deal.party, instead, under, lines)
    own = deal_parameters(world, draws, seed)
    flows = flows_of(world, deal, year, own, draws, seed)
    made = deal_boards(world, deal, table, lines)
    told = {
        "deal_summary": _summary(deal, table, year, flows, own, instead, under, lines),
        "deal_years": _years(deal, flows, own["discount_rate"]),
        "deal_firms": deal_firms(world, deal, pair, draws, seed),
        "deal_sectors": _sectors(deal, table, instead, under, lines),
        "deal_boards": made,
        "deal_formula": formula(world, extra_purchases(deal), deal.party).assign(deal=deal.id),
    }
    assert set(told["deal_firms"]) == set(FIRM_COLUMNS)
    return told


def of_party(lines: Lines, party: str) -> NDArray[np.bool_]:
    """Lines of a party whose rates are known under both laws."""
    known: NDArray[np.bool_] = ~np.isnan(lines.before) & ~np.isnan(lines.after)
    mine: NDArray[np.bool_] = known & (lines.origin == party)
    return mine


def relief(table: SectorTable, party: str, instead: Law, under: Law, lines: Lines) -> Relief:
    """What lies between two laws for a party and the importer.

    Raises
    ------
    QueryError
        If the party sells nothing whose rates are known.
    """
    mine = of_party(lines, party)
    if not mine.any():
        raise QueryError(f"no goods of {party!r} with known rates", "", "see us_imports.csv")
    saved = float(((lines.before - lines.after) * lines.imports_usd)[mine].sum())
    size = len(instead.collected)
    added = under.response.value_added - instead.response.value_added
    collected = under.collected - instead.collected
    own = of_country(table, collected, party)
    return Relief(
        duty_saved=np.full(size, saved),
        exporters_saved=of_country(table, instead.borne - under.borne, party),
        exports=of_country(table, under.response.shipped - instead.response.shipped, party)
        * MILLION,
        value_added=of_country(table, added, party) * MILLION,
        revenue_forgone=-collected.sum(axis=1),
        others_duty=collected.sum(axis=1) - own,
    )


# --- money by year ---------------------------------------------------------------------------


def drawn(name: str, figure: Figure, draws: int, seed: int) -> Floats:
    """Values of a figure of a document (1 + draws,); the first is central."""
    row = pd.DataFrame(
        {key: [getattr(figure, key)] for key in ("low", "central", "high", "distribution")},
        index=[name],
    )
    return draw(row, draws, seed)[name]


def flows_of(
    world: World, deal: Deal, year: Relief, own: Mapping[str, Floats], draws: int, seed: int
) -> Flows:
    """Money by year: relief over the horizon, payments, and returns until the last has come."""
    width = deal.horizon_years
    for item in deal.investments:
        last = max([item.last or item.first, *item.schedule]) - deal.first_year
        width = max(width, last + 1, _slowest(deal, item.id))
    # What is promised is paid for, though relief is no longer counted.
    width = max([width, *(item.last - deal.first_year + 1 for item in deal.purchases)])
    chance = drawn(f"deal/{deal.id}/probability", deal.probability, draws, seed)
    survives = chance[:, None] ** np.arange(width)[None]
    back_width = width + _longest(deal)
    outlay, returned, of_one = _invested(deal, survives, back_width, draws, seed)
    since = deal.first_year - int(world.tables["us_imports"]["year"].max())
    grown = (1.0 + own["trade_growth"][:, None]) ** (since + np.arange(width))
    lasts = grown * survives * (np.arange(width) < deal.horizon_years)
    more = ((0, 0), (0, back_width - width))

    def over_years(values: Floats) -> Floats:
        return np.pad(values[:, None] * lasts, more)

    gain = year.exporters_saved + own["value_kept"] * year.value_added
    bought = _bought(deal, width, draws, seed) * survives
    return Flows(
        duty_saved=over_years(year.duty_saved),
        home_gain=over_years(gain),
        revenue_forgone=over_years(year.revenue_forgone),
        outlay=np.pad(outlay, more),
        returned=returned,
        premium=np.pad(bought * own["purchase_premium"][:, None], more),
        returned_of_one=of_one,
    )


def _slowest(deal: Deal, name: str) -> int:
    """Years that the ceiling of an investment may take, the first included."""
    item = next(part for part in deal.investments if part.id == name)
    if item.ceiling_usd_a_year is None:
        return 0
    years = int(np.ceil(item.total_usd.high / item.ceiling_usd_a_year.low))
    return item.first - deal.first_year + years


def _longest(deal: Deal) -> int:
    """Years after a payment until the last of its returns."""
    ends = [i.return_delay_years.high + i.return_years.high for i in deal.investments]
    return int(np.ceil(max(ends, default=0.0)))


def _invested(
    deal: Deal, survives: Floats, width: int, draws: int, seed: int
) -> tuple[Floats, Floats, Floats]:
    """Paid (scenario, year), come back, and come back if every dollar brought one (…, ``width``).

    What a ceiling puts off is paid later while the deal holds; returns go on when it has ended.
    """
    size, years = survives.shape
    paid = np.zeros((size, years))
    back, of_one = np.zeros((size, width)), np.zeros((size, width))
    for item in deal.investments:
        named = {
            key: drawn(f"deal/{deal.id}/{item.id}/{key}", getattr(item, key), draws, seed)
            for key in ("total_usd", "paid_share", "return_share", "return_delay_years",
                        "return_years")
        }  # fmt: skip
        ceiling = np.full(size, np.inf)
        if item.ceiling_usd_a_year is not None:
            name = f"deal/{deal.id}/{item.id}/ceiling_usd_a_year"
            ceiling = drawn(name, item.ceiling_usd_a_year, draws, seed)
        due = _due(item.schedule, item.first, item.last, deal.first_year, years)
        asked = (named["total_usd"] * named["paid_share"])[:, None] * due
        mine = money.schedule(asked, ceiling) * survives
        delay, over = np.rint(named["return_delay_years"]), np.rint(named["return_years"])
        one = money.returned(mine, np.ones(size), delay, np.maximum(over, 1.0), width)
        paid += mine
        of_one += one
        back += one * named["return_share"][:, None]
    return paid, back, of_one


def _due(
    schedule: Mapping[int, float], first: int, last: int | None, start: int, years: int
) -> Floats:
    """Share of an investment that falls due by year (year,)."""
    due = np.zeros(years)
    if schedule:
        for year, share in schedule.items():
            due[year - start] = share
    elif last is not None:
        due[first - start : last - start + 1] = 1.0 / (last - first + 1)
    else:
        due[first - start] = 1.0
    return due


def _bought(deal: Deal, years: int, draws: int, seed: int) -> Floats:
    """Purchases that would not have been made otherwise (scenario, year) [USD]."""
    total = np.zeros((1 + draws, years))
    for number, item in enumerate(deal.purchases):
        name = f"deal/{deal.id}/purchases/{number}"
        usd = drawn(f"{name}/usd", item.usd, draws, seed)
        extra = drawn(f"{name}/extra_share", item.extra_share, draws, seed)
        start, end = item.first - deal.first_year, item.last - deal.first_year + 1
        total[:, start:end] += (usd * extra / (end - start))[:, None]
    return total


def extra_purchases(deal: Deal) -> float:
    """Most that promised purchases can add to the importer's exports in a year [USD]."""
    years = range(deal.first_year, deal.first_year + deal.horizon_years)
    return max(
        sum(
            item.usd.central / (item.last - item.first + 1)
            for item in deal.purchases
            if item.first <= year <= item.last
        )
        for year in years
    )


def no_relief(draws: int) -> Relief:
    """Nothing saved: for what a deal costs by itself."""
    none = np.zeros(1 + draws)
    return Relief(none, none, none, none, none, none)


def cost_of(flows: Flows, rate: Floats) -> Floats:
    """Present value (scenario,) of what is paid and does not come back [USD]."""
    return money.present_value(flows.outlay - flows.returned + flows.premium, rate)


# --- tables ----------------------------------------------------------------------------------


def _years(deal: Deal, flows: Flows, rate: Floats) -> pd.DataFrame:
    """A row a year and metric; discounted to the first year."""
    values = {
        name: getattr(flows, name)
        for name in ("duty_saved", "home_gain", "revenue_forgone", "outlay", "returned", "premium")
    }
    factors = money.discount_factors(rate, flows.outlay.shape[1])
    for reading, benefit in (("duty", flows.duty_saved), ("gain", flows.home_gain)):
        net = flows.net(benefit)
        values |= {
            f"net_{reading}": net,
            f"discounted_{reading}": net * factors,
            f"cumulative_{reading}": np.cumsum(net * factors, axis=1),
        }
    parts = []
    money_of = ("duty_saved", "outlay", "returned", "premium")
    moved = np.stack([np.abs(getattr(flows, name)).max(axis=0) for name in money_of])
    last = 1 + int(np.flatnonzero(moved.max(axis=0) > 0).max(initial=0))
    for name, array in values.items():
        low, central, high = three(array[:, :last])
        years = deal.first_year + np.arange(last)
        columns = {"low": low, "central": central, "high": high}
        head = {"deal": deal.id, "year": years, "metric": f"{name}_usd"}
        parts.append(pd.DataFrame({**head, **columns}))
    return pd.concat(parts, ignore_index=True)


SUMMARY = ("deal", "metric", "unit", "low", "central", "high")
A_YEAR, USD, YEAR, SHARE, PERSONS = "USD a year", "USD", "year", "share", "persons"


def _summary(
    deal: Deal, table: SectorTable, year: Relief, flows: Flows, own: Mapping[str, Floats],
    instead: Law, under: Law, lines: Lines,
) -> pd.DataFrame:  # fmt: skip
    rate = own["discount_rate"]
    size = len(rate)
    mine = of_party(lines, deal.party)
    weight = lines.imports_usd[mine]
    mean = [
        float((side[mine] * weight).sum() / weight.sum()) for side in (lines.before, lines.after)
    ]
    points = (mean[0] - mean[1]) / POINT
    pledged = sum(item.total_usd.central for item in deal.investments)
    cost = cost_of(flows, rate)
    jobs = under.response.jobs_change - instead.response.jobs_change
    exposed = under.response.exposed_direct + under.response.exposed_home
    metrics: dict[str, tuple[str, Floats]] = {
        "rate_instead": (SHARE, np.full(size, mean[0])),
        "rate_under": (SHARE, np.full(size, mean[1])),
        "duty_saved_usd": (A_YEAR, year.duty_saved),
        "exporters_saved_usd": (A_YEAR, year.exporters_saved),
        "exports_change_usd": (A_YEAR, year.exports),
        "value_added_usd": (A_YEAR, year.value_added),
        "home_gain_usd": (A_YEAR, year.exporters_saved + own["value_kept"] * year.value_added),
        "revenue_forgone_usd": (A_YEAR, year.revenue_forgone),
        "others_duty_usd": (A_YEAR, year.others_duty),
        "pledged_usd": (USD, np.full(size, pledged)),
        "paid_usd": (USD, flows.outlay.sum(axis=1)),
        "cost_usd": (USD, cost),
        "annual_cost_usd": (A_YEAR, money.annual_equivalent(cost, rate, deal.horizon_years)),
        "pledged_per_point_usd": (USD, np.full(size, pledged / points if points > 0 else np.nan)),
        "cost_per_point_usd": (USD, cost / points if points > 0 else np.full(size, np.nan)),
        "jobs_exposed_home": (PERSONS, of_country(table, exposed, deal.party)),
        "jobs_predicted_home": (PERSONS, of_country(table, jobs, deal.party)),
        "jobs_predicted_importer": (PERSONS, of_country(table, jobs, USA)),
    }
    for reading, benefit in (("duty", flows.duty_saved), ("gain", flows.home_gain)):
        metrics |= _worth(deal, reading, benefit, flows, rate, cost)
    rows = [
        (deal.id, name, unit, *(float(end[0]) for end in _three(values)))
        for name, (unit, values) in metrics.items()
    ]
    return pd.DataFrame(rows, columns=list(SUMMARY))


def _worth(
    deal: Deal, reading: str, benefit: Floats, flows: Flows, rate: Floats, cost: Floats
) -> dict[str, tuple[str, Floats]]:
    """Present value, break-even and return needed of one reading of the benefit."""
    factors = money.discount_factors(rate, benefit.shape[1])
    worth = money.present_value(benefit, rate)
    even = money.break_even(np.cumsum(flows.net(benefit) * factors, axis=1))
    bare = money.present_value(benefit - flows.outlay - flows.premium, rate)
    needed = money.root_share(bare, money.present_value(flows.returned_of_one, rate))
    with np.errstate(divide="ignore", invalid="ignore"):
        # What costs nothing brings any number of dollars a dollar.
        per_dollar = np.where(cost > 0, worth / cost, np.inf)
    return {
        f"pv_{reading}_usd": (USD, worth),
        f"npv_{reading}_usd": (USD, worth - cost),
        f"{reading}_per_dollar": ("USD per USD", per_dollar),
        f"break_even_{reading}": (YEAR, even + deal.first_year),
        f"break_even_{reading}_share": (
            SHARE, np.full(len(even), share_of_draws(np.isfinite(even))),
        ),
        f"npv_{reading}_positive_share": (
            SHARE, np.full(len(even), share_of_draws(worth - cost >= 0)),
        ),
        f"return_needed_{reading}": (SHARE, needed),
    }  # fmt: skip


def _three(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Range of values (scenario,) of which some may be infinite: never."""
    if not np.isposinf(values).any() or len(values) == 1:
        return three(values[:, None])
    central = values[:1]
    # Draws themselves, not points between them: nothing lies between a year and never.
    low = np.quantile(values[1:], LOW, method="lower", keepdims=True)
    high = np.quantile(values[1:], HIGH, method="higher", keepdims=True)
    return np.fmin(low, central), central, np.fmax(high, central)


def _sectors(
    deal: Deal, table: SectorTable, instead: Law, under: Law, lines: Lines
) -> pd.DataFrame:
    """Industries of the party and of the importer; firms are inside of them and are not added."""
    one, other = instead.response, under.response
    parts = []
    for country in (deal.party, USA):
        mine = sector_number(table, country)
        home = country == deal.party
        with np.errstate(divide="ignore", invalid="ignore"):
            output = (other.output - one.output)[:, mine] / table.output[mine]
        exposed = (other.exposed_direct + other.exposed_home)[:, mine]
        columns = {
            **spread("shipped_change_usd", (other.shipped - one.shipped)[:, mine] * MILLION),
            **spread("output_change_share", output),
            **spread("value_added_change_usd",
                     (other.value_added - one.value_added)[:, mine] * MILLION),
            **spread("jobs_exposed", exposed),
            **spread("jobs_predicted", (other.jobs_change - one.jobs_change)[:, mine]),
        }  # fmt: skip
        if not home:
            # The importer's sales to itself are no exports, and nobody works for them abroad.
            columns |= {n: np.full(len(mine), np.nan) for n in columns if n.startswith(ABROAD)}
        head = {"deal": deal.id, "country": country, "industry": table.industries}
        made = pd.DataFrame({**head, **columns})
        if home:
            saved = _saved(table, lines, deal.party)
            made = saved.merge(made, on="industry", how="left").assign(
                deal=deal.id, country=country
            )
        parts.append(made)
    return pd.concat(parts, ignore_index=True)[list(SECTORS)]


ENDS = ("low", "central", "high")
ABROAD = ("shipped_change_usd", "jobs_exposed")
RANGES = (
    "shipped_change_usd", "output_change_share", "value_added_change_usd", "jobs_exposed",
    "jobs_predicted",
)  # fmt: skip
SECTORS = (
    "deal", "country", "industry", "exports_usd", "known_share", "duty_saved_usd",
    *(f"{name}_{end}" for name in RANGES for end in ENDS),
)  # fmt: skip


def _saved(table: SectorTable, lines: Lines, party: str) -> pd.DataFrame:
    """Duty saved, exports listed by line and the known part of them, by industry.

    Goods of no industry stand in a row of their own, so that the rows add up to the whole.
    """
    known = of_party(lines, party)
    rows = []
    for industry in (*table.industries, UNASSIGNED):
        listed = (lines.origin == party) & (lines.industry == industry)
        mine = listed & known
        exports, clear = (float(lines.imports_usd[part].sum()) for part in (listed, mine))
        saved = float(((lines.before - lines.after) * lines.imports_usd)[mine].sum())
        rows.append(
            {
                "industry": industry,
                "exports_usd": exports,
                "known_share": clear / exports if exports else np.nan,
                "duty_saved_usd": np.nan if exports and not clear else saved,
            }
        )
    return pd.DataFrame(rows)


def deal_boards(world: World, deal: Deal, table: SectorTable, lines: Lines) -> pd.DataFrame:
    """The party's board of exports with the rates of both laws."""
    made = boards(deal.id, world, table, lines).rename(columns={"scenario": "deal"})
    return made[made["country"] == deal.party].reset_index(drop=True)
