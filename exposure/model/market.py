"""What is bought instead: a scenario's duties in the market of a whole industry, by origin.

GSIM in many small steps gives creation, diversion between named rivals, and who gains; Armington's
CES with flat supply stands beside it as a check. Plants of the importing country are a source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exposure.economy import gsim
from exposure.economy.sourcing import armington
from exposure.errors import DataError, QueryError
from exposure.facts.documents import Scenario
from exposure.facts.scenario import read_scenario
from exposure.facts.world import World
from exposure.model.cases import three
from exposure.model.draws import draw
from exposure.model.ranges import parameter_name, parameter_ranges
from exposure.model.trade_rates import KNOWN, line_rates, rates_by_origin

Floats = NDArray[np.float64]
STEPS = 40
"""Steps of a change of duty: the linear form errs with its square."""


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
        A row an exporter: mean rate before and after [fraction] over every line of its imports,
        these imports [USD, by customs in the year of the table ``us_imports``] and the part of them
        whose rate is known, sales to the market [USD a year, by the input-output table], their
        change with its range, creation and diversion (central; they add up to the change of volume
        at old prices), the change that CES with flat supply gives, the change of the exporter's
        price [fraction] and its producers' surplus.
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
    >>> found.set_index("exporter").loc["CAN", ["rate_before", "rate_after"]].round(3).tolist()
    [0.0, 0.406]
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
    read_on = _mean_rates(world, read, name, sector, regions, importer)
    sides = [read_on[side].to_numpy(dtype=float) for side in ("rate_before", "rate_after")]
    choice = _choices(world, read, sector, draws, seed)
    whole = _world(value, here, sides, choice)
    found = gsim.in_steps(whole, STEPS)
    head = {"scenario": read.id, "market": name}
    return MappingProxyType(
        {
            "market_origins": _origins(head, read_on, value[:, here], here, choice, found),
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
    value: Floats, here: int, sides: Sequence[Floats], choice: Mapping[str, Floats]
) -> gsim.World:
    """All regions, with the importer's rates on both sides and elasticities by row."""
    size, count = len(choice["origin_elasticity"]), len(value)
    supply = np.repeat(choice["export_supply_elasticity"][:, None], count, axis=1)
    supply[:, here] = choice["domestic_supply_elasticity"]
    # Duties of other countries do not move; they are left aside.
    duty = [np.zeros((size, count, count)) for _ in sides]
    for grid, mean in zip(duty, sides, strict=True):
        grid[:, :, here] = mean
    return gsim.World(
        trade=value,
        rate_before=duty[0],
        rate_after=duty[1],
        demand=np.repeat(choice["category_elasticity"][:, None], count, axis=1),
        supply=supply,
        substitution=np.repeat(choice["origin_elasticity"][:, None], count, axis=1),
    )


def _mean_rates(
    world: World, scenario: Scenario, name: str, sector: str, regions: list[str], importer: str
) -> pd.DataFrame:
    """Mean rates of what each region sells of the industry of a sector, home sales without duty."""
    industries = world.tables["mrio_industries"].set_index("sector")
    if sector not in industries.index:
        raise DataError("no industry of its sector", f"market {name}, sector {sector}")
    industry = str(industries.at[sector, "industry"])
    found = rates_by_origin(world, line_rates(world, scenario), regions)
    mine = found[found["industry"] == industry].set_index("origin").reindex(regions)
    for region, part in mine["known_share"].drop(importer).fillna(0.0).items():
        if part < KNOWN:
            raise DataError(
                f"the rates of {region} are known of {part:.0%} of its imports only",
                f"market {name}: industry {industry} of economy/mrio/us_imports.csv",
                "state in shipment_facts.csv what the law asks for",
            )
    # What is sold at home crosses no border: its rate is nought, and nothing of it is imported.
    mine.loc[importer, ["rate_before", "rate_after"]] = 0.0
    return mine[["rate_before", "rate_after", "imports_usd", "known_share"]]


def _origins(
    head: Mapping[str, str],
    read_on: pd.DataFrame,
    sold: Floats,
    here: int,
    choice: Mapping[str, Floats],
    found: gsim.Change,
) -> pd.DataFrame:
    """What each region sells to the importer before and after, by GSIM and beside it by CES."""
    before, after = (read_on[f"rate_{side}"].to_numpy(dtype=float) for side in ("before", "after"))
    origins = {
        "exporter": read_on.index,
        "rate_before": before,
        "rate_after": after,
        "imports_usd": read_on["imports_usd"].to_numpy(dtype=float),
        "rate_known_share": read_on["known_share"].to_numpy(dtype=float),
        "sales_before_usd": sold,
        **_range("change_usd", found.trade[:, :, here] - sold),
        "creation_usd": found.creation[0, :, here],
        "diversion_usd": found.diversion[0, :, here],
        "ces_change_usd": sold * (_ces(sold, before, after, choice) - 1.0),
        **_range("price_change_share", found.price),
        **_range("producer_usd", found.producer),
    }
    return pd.DataFrame({**head, **origins})


def _ces(sold: Floats, before: Floats, after: Floats, choice: Mapping[str, Floats]) -> Floats:
    """Quantity from each region over today's (region,) where supply is flat, central."""
    size = len(choice["origin_elasticity"])
    spent = sold * (1.0 + before)
    price = (1.0 + after) / (1.0 + before)
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
