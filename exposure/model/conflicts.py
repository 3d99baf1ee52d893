"""Figures that sources state differently: what each of them does to the answer, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from exposure.economy.deals import reciprocal_rate
from exposure.errors import QueryError
from exposure.facts.documents import Scenario
from exposure.facts.read_deals import read_deal
from exposure.facts.scenario import read_scenario
from exposure.facts.world import World
from exposure.frames import records
from exposure.model.deals import deal_tables
from exposure.model.pipeline import run
from exposure.model.results import Result
from exposure.near import nearest

COLUMNS = (
    "id", "topic", "title", "statement", "value", "unit", "stated", "stated_by", "stated_on",
    "source", "kind", "scenario", "key", "set_to", "subject", "metric", "low", "central", "high",
    "note",
)  # fmt: skip
DRAWS = 200
SEED = 20250204
Range = tuple[float, float, float]


def conflicts(world: World, topic: str = "", draws: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
    """The ledger of statements, each with the number that follows from it.

    Parameters
    ----------
    world
        From `load`.
    topic
        One dispute; all of them if it is empty.
    draws, seed
        Behind the ranges; 0 draws give central values alone, ends NaN.

    Returns
    -------
    DataFrame
        ``COLUMNS``: a row of ``data/raw/conflicts.csv`` each, with low, central and high of
        ``metric`` of ``subject`` when the model is run with it; not known where nothing reads it.

    Raises
    ------
    QueryError
        If there is no such dispute, or the model has no number of that name.

    Examples
    --------
    >>> found = ex.conflicts(world, "korea-deficit", draws=0)
    >>> found[["stated", "central"]].round(3).values.tolist()
    [['55.9 bn USD', 0.213], ['66 bn USD', 0.251]]
    """
    table = world.tables["conflicts"]
    if topic and topic not in set(table["topic"]):
        names = sorted(set(table["topic"]))
        raise QueryError(f"no dispute {topic!r}", "", nearest(topic, names))
    rows = records(table[table["topic"] == topic] if topic else table)
    found: dict[str, Range] = dict(_of_runs(world, rows, draws, seed))
    for row in rows:
        if row["kind"] == "deal":
            found[row["id"]] = _of_deal(world, row, draws, seed)
        elif row["kind"] == "formula":
            found[row["id"]] = (_of_formula(world, row),) * 3
    none = (np.nan, np.nan, np.nan)
    made = [
        {**row, "stated": stated(row),
         **dict(zip(("low", "central", "high"), found.get(row["id"], none), strict=True))}
        for row in rows
    ]  # fmt: skip
    return pd.DataFrame(made, columns=list(COLUMNS))


def stated(row: Mapping[str, Any]) -> str:
    """The figure with its unit, or the statement where it is none.

    Examples
    --------
    >>> stated({"value": 271000.0, "unit": "vehicles", "statement": "x"})
    '271,000 vehicles'
    """
    if pd.isna(row["value"]):
        return str(row["statement"])
    value = float(row["value"])
    text = f"{value:,.0f}" if value == round(value) else f"{value:,.10g}"
    return f"{text} {row['unit']}"


def _of_runs(
    world: World, rows: list[dict[str, Any]], draws: int, seed: int
) -> Iterator[tuple[str, Range]]:
    """Numbers of those that are run, all variants of a scenario and subject in one run."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        if row["kind"] in ("scenario", "rate", "figure"):
            groups.setdefault((row["scenario"], row["subject"]), []).append(row)
    products = set(world.tables["products"]["product"])
    for (name, subject), mine in groups.items():
        base = read_scenario(world, name)
        country = subject not in products
        wanted = (base.products or sorted(products))[:1] if country else [subject]
        result = run(
            world, *(_variant(base, row) for row in mine), products=wanted, draws=draws,
            seed=seed, by_quarter=False, by_sector=country,
        )  # fmt: skip
        for row in mine:
            yield row["id"], _number(result, row, country=country)


def _variant(base: Scenario, row: Mapping[str, Any]) -> Scenario:
    """The scenario with one statement in it."""
    changes: dict[str, Any] = {"id": str(row["id"])}
    if row["kind"] == "rate":
        changes["rates"] = {**base.rates, row["key"]: float(row["set_to"])}
    if row["kind"] == "figure":
        changes["figures"] = {**base.figures, row["key"]: float(row["set_to"])}
    return base.model_copy(update=changes)


def _number(result: Result, row: Mapping[str, Any], *, country: bool) -> Range:
    table = result.table("country_results" if country else "headline")
    column = "country" if country else "product"
    mine = table[(table["scenario"] == row["id"]) & (table[column] == row["subject"])]
    if row["metric"] not in set(mine["metric"]):
        where, known = f"conflicts.csv: {row['id']}", sorted(set(mine["metric"]))
        what = f"{row['subject']} has no {row['metric']}"
        raise QueryError(what, where, nearest(row["metric"], known))
    one = mine[mine["metric"] == row["metric"]].iloc[0]
    return float(one["low"]), float(one["central"]), float(one["high"])


def _of_deal(world: World, row: Mapping[str, Any], draws: int, seed: int) -> Range:
    """A number of a deal whose promises come to another sum, in proportion."""
    deal = read_deal(world, row["scenario"])
    whole = sum(item.total_usd.central for item in deal.investments)
    part = float(row["set_to"]) / whole
    scaled = [
        item.model_copy(
            update={
                "total_usd": item.total_usd.model_copy(
                    update={end: getattr(item.total_usd, end) * part
                            for end in ("low", "central", "high")}
                )
            }
        )
        for item in deal.investments
    ]  # fmt: skip
    changed = deal.model_copy(update={"investments": scaled})
    summary = records(deal_tables(world, [changed], draws, seed)["deal_summary"])
    one = next((item for item in summary if item["metric"] == row["metric"]), None)
    if one is None:
        known = sorted(item["metric"] for item in summary)
        raise QueryError(
            f"a deal has no {row['metric']}", f"conflicts.csv: {row['id']}",
            nearest(row["metric"], known),
        )  # fmt: skip
    return float(one["low"]), float(one["central"]), float(one["high"])


def _of_formula(world: World, row: Mapping[str, Any]) -> float:
    """The rate of the formula with another deficit."""
    table = world.tables["reciprocal_formula"].set_index("country")
    one = table.loc[row["key"]]
    imports = np.array(float(one["imports_usd"]))
    exports = imports - float(row["set_to"])
    return float(
        reciprocal_rate(
            exports, imports, np.array(float(one["part"])), np.array(float(one["floor"]))
        )
    )
