"""What is bought instead: a scenario's duties in the market of a whole industry, by origin.

GSIM in many small steps gives creation, diversion between named rivals, and who gains; Armington's
CES with flat supply stands beside it as a check. Plants of the importing country are a source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy import gsim
from exposure.economy.sourcing import armington
from exposure.errors import DataError, QueryError
from exposure.facts.documents import LawDate, Scenario
from exposure.facts.scenario import read_scenario
from exposure.facts.world import World
from exposure.law.book import LawBook
from exposure.law.question import Crossings
from exposure.law.rates import rates
from exposure.model.cases import three
from exposure.model.compile import law_book
from exposure.model.draws import draw
from exposure.model.ranges import parameter_name, parameter_ranges

Floats = NDArray[np.float64]
STEPS = 40
"""Steps of a change of duty: the linear form errs with its square."""
KNOWN = 0.5
"""Part of a region's imports whose rate must be known, or the market's is not."""


def market(
    world: World,
    scenario: str | Path | Scenario,
    name: str,
    draws: int = 400,
    seed: int = 20250204,
) -> Mapping[str, pd.DataFrame]:
    """Tables of a market under a scenario against its baseline.

    Parameters
    ----------
    world
        From `load`.
    scenario
        Name of a shipped scenario, path, or document; its law and parameters count, its products
        do not.
    name
        Market of ``data/raw/economy/markets.csv``.
    draws, seed
        Behind the ranges, from the three elasticities; 0 draws give central values alone, ends NaN.

    Returns
    -------
    ``market_origins``
        A row an exporter: mean rate before and after [fraction], the part of imports whose rate is
        known, imports of the lines on which it is read over sales [fraction; of other years, so it
        may exceed 1], sales to the market [USD a year], their change with its range, creation and
        diversion (central; they add up to the change of volume at old prices), the change that CES
        with flat supply gives, the change of the exporter's price [fraction] and its producers'
        surplus.
    ``market_rivals``
        Diversion from exporter to exporter in the market [USD], at prices with duty.
    ``market_countries``
        Consumers, producers, duty revenue and welfare of every region [USD]; revenue, and so
        welfare, is known of the importing country only.

    Raises
    ------
    QueryError, DataError
        If there is no such market, draws are below 0, or the rates of too much of its trade are not
        known.

    Examples
    --------
    >>> found = ex.market(world, "law-today", "us-steel", draws=0)["market_origins"]
    >>> found.set_index("exporter").loc["CAN", ["rate_before", "rate_after"]].tolist()
    [0.0, 0.5]
    """
    known = world.tables["markets"].set_index("market")
    if name not in known.index:
        raise QueryError(f"no market {name!r}", "", f"known: {', '.join(known.index)}")
    if draws < 0:
        raise QueryError(f"draws {draws}", "", "0 or more")
    read = scenario if isinstance(scenario, Scenario) else read_scenario(world, scenario)
    importer, sector = str(known.at[name, "importer"]), str(known.at[name, "sector"])
    regions, value = _trade(world, name)
    here = regions.index(importer)
    sides = _mean_rates(world, read, name, regions, importer)
    choice = _choices(world, read, sector, draws, seed)
    whole = _world(value, here, sides, choice)
    found = gsim.in_steps(whole, STEPS)
    head = {"scenario": read.id, "market": name}
    return MappingProxyType(
        {
            "market_origins": _origins(
                head, regions, value[:, here], here, sides, choice, found
            ).merge(_lines_share(world, name, regions, value[:, here]), on="exporter"),
            "market_rivals": _rivals(head, regions, gsim.rivals_in_steps(_row(whole), STEPS, here)),
            "market_countries": _countries(head, regions, found, here),
        }
    )


def _trade(world: World, name: str) -> tuple[list[str], Floats]:
    """Regions of a market, and what each sells to each (exporter, importer) [USD a year]."""
    flows = world.tables["market_flows"].query(f"market == {name!r}")
    trade = flows.pivot_table(
        index="exporter", columns="importer", values="value_musd", aggfunc="sum", fill_value=0.0
    )
    regions = [str(region) for region in trade.index]
    value: Floats = trade[regions].to_numpy(dtype=float) * 1e6
    return regions, value


def _world(
    value: Floats, here: int, sides: Sequence[tuple[Floats, Floats]], choice: Mapping[str, Floats]
) -> gsim.World:
    """All regions, with the importer's rates on both sides and elasticities by row."""
    size, count = len(choice["origin_elasticity"]), len(value)
    supply = np.repeat(choice["export_supply_elasticity"][:, None], count, axis=1)
    supply[:, here] = choice["domestic_supply_elasticity"]
    # Duties of other countries do not move; they are left aside.
    duty = [np.zeros((size, count, count)) for _ in sides]
    for grid, (mean, _) in zip(duty, sides, strict=True):
        grid[:, :, here] = mean
    return gsim.World(
        trade=value,
        rate_before=duty[0],
        rate_after=duty[1],
        demand=np.repeat(choice["category_elasticity"][:, None], count, axis=1),
        supply=supply,
        substitution=np.repeat(choice["origin_elasticity"][:, None], count, axis=1),
    )


def _origins(
    head: Mapping[str, str],
    regions: Sequence[str],
    sold: Floats,
    here: int,
    sides: Sequence[tuple[Floats, Floats]],
    choice: Mapping[str, Floats],
    found: gsim.Change,
) -> pd.DataFrame:
    """What each region sells to the importer before and after, by GSIM and beside it by CES."""
    origins = {
        "exporter": regions,
        "rate_before": sides[0][0],
        "rate_after": sides[1][0],
        "rate_known_share": np.minimum(sides[0][1], sides[1][1]),
        "sales_before_usd": sold,
        **_range("change_usd", found.trade[:, :, here] - sold),
        "creation_usd": found.creation[0, :, here],
        "diversion_usd": found.diversion[0, :, here],
        "ces_change_usd": sold * (_ces(sold, sides, choice) - 1.0),
        **_range("price_change_share", found.price),
        **_range("producer_usd", found.producer),
    }
    return pd.DataFrame({**head, **origins})


def _lines_share(world: World, name: str, regions: Sequence[str], sold: Floats) -> pd.DataFrame:
    """Imports of the lines whose rates stand for all that a region sells, over these sales."""
    lines = world.tables["market_lines"].query(f"market == {name!r}")
    read = lines.groupby("region")["imports_usd"].sum().reindex(list(regions)).to_numpy(dtype=float)
    share = np.divide(read, sold, out=np.full(len(sold), np.nan), where=sold > 0)
    return pd.DataFrame({"exporter": list(regions), "lines_share": share})


def _ces(
    sold: Floats, sides: Sequence[tuple[Floats, Floats]], choice: Mapping[str, Floats]
) -> Floats:
    """Quantity from each region over today's (region,) where supply is flat, central."""
    size = len(choice["origin_elasticity"])
    spent = sold * (1.0 + sides[0][0])
    price = (1.0 + sides[1][0]) / (1.0 + sides[0][0])
    share = np.repeat((spent / spent.sum())[None], size, axis=0)
    ces = armington(
        share, np.repeat(price[None], size, axis=0), choice["origin_elasticity"],
        -choice["category_elasticity"],
    )  # fmt: skip
    central: Floats = ces.quantity[0]
    return central


def _rivals(head: Mapping[str, str], regions: Sequence[str], between: Floats) -> pd.DataFrame:
    """Diversion (row, from, to) [USD] of the central row, largest first."""
    rows = [
        {**head, "from": regions[a], "to": regions[b], "usd": float(between[0, a, b])}
        for a, b in zip(*np.nonzero(between[0] > 0), strict=True)
    ]
    table = pd.DataFrame(rows, columns=[*head, "from", "to", "usd"])
    return table.sort_values("usd", ascending=False, kind="stable", ignore_index=True)


def _countries(
    head: Mapping[str, str], regions: Sequence[str], found: gsim.Change, here: int
) -> pd.DataFrame:
    """Gains and losses of every region; duties of the others are left aside, and so not known."""
    own = np.arange(len(regions)) == here
    revenue, welfare = (np.where(own, part, np.nan) for part in (found.revenue, found.welfare))
    return pd.DataFrame(
        {
            **head,
            "country": regions,
            **_range("consumer_usd", found.consumer),
            **_range("producer_usd", found.producer),
            **_range("revenue_usd", revenue),
            **_range("welfare_usd", welfare),
        }
    )


def _row(world: gsim.World) -> gsim.World:
    """The central row alone."""
    kept = {name: value[:1] for name, value in vars(world).items() if name != "trade"}
    return gsim.World(trade=world.trade, **kept)


def _range(name: str, values: Floats) -> dict[str, Floats]:
    ends = ("low", "central", "high")
    return {f"{name}_{end}": column for end, column in zip(ends, three(values), strict=True)}


def _choices(
    world: World, scenario: Scenario, sector: str, draws: int, seed: int
) -> dict[str, Floats]:
    """Elasticities of a sector (1 + draw,), each its own row or that for all sectors."""
    names = ("category_elasticity", "export_supply_elasticity", "origin_elasticity",
             "domestic_supply_elasticity")  # fmt: skip
    table = parameter_ranges(world).set_index("id")
    values = draw(
        table, draws, seed, dict(scenario.parameters), world.tables["correlations"], scenario.years
    )
    return {name: values.get(parameter_name(name, sector), values[name]) for name in names}


def _mean_rates(
    world: World, scenario: Scenario, name: str, regions: list[str], importer: str
) -> list[tuple[Floats, Floats]]:
    """Mean rate of each region before and after (region,), and the part that is known of it."""
    lines = world.tables["market_lines"].query(f"market == {name!r}")
    sides = (
        (law_book(world), scenario.baseline),
        (law_book(world, scenario), scenario.law_on or scenario.baseline),
    )
    found = []
    for book, day in sides:
        total = _rates(book, lines, importer, day)
        mean, part = np.zeros(len(regions)), np.ones(len(regions))
        for number, region in enumerate(regions):
            if region == importer:
                continue
            mine = (lines["region"] == region).to_numpy(dtype=bool)
            weight = lines["imports_usd"].to_numpy(dtype=float)[mine]
            clear = ~np.isnan(total[mine])
            part[number] = weight[clear].sum() / weight.sum()
            if part[number] < KNOWN:
                raise DataError(
                    f"the rates of {region} are known of {part[number]:.0%} of its imports only",
                    f"market {name} on {day.effective_on}",
                    "state in market_lines.csv what the law asks for",
                )
            mean[number] = np.average(total[mine][clear], weights=weight[clear])
        found.append((mean, part))
    return found


def _rates(book: LawBook, lines: pd.DataFrame, importer: str, day: LawDate) -> Floats:
    none = np.full(len(lines), np.nan)
    asked = Crossings(
        hts=list(lines["hts"].astype(str)),
        origin=list(lines["origin"].astype(str)),
        importer=[importer] * len(lines),
        on=[day.effective_on.isoformat()] * len(lines),
        known_on=[str(day.known_on or "")] * len(lines),
        value_usd=none,
        quantity=none,
        facts=[json.loads(str(text)) for text in lines["facts"]],
    )
    total: Floats = rates(book, asked).table["total"].to_numpy(dtype=float)
    return total
