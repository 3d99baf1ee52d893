"""Reads parameters, labour coefficients and sources."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from exposure.facts.documents import Parameters
from exposure.facts.files import numbers, read_csv, whole_numbers
from exposure.facts.strict_yaml import read_document
from exposure.frames import records

SOURCE_COLUMNS = ("source_id", "title", "publisher", "date", "address", "note")
LABOUR_COLUMNS = (
    "country", "industry", "jobs_low", "jobs_central", "jobs_high", "grade", "source", "note",
)  # fmt: skip

SECTORS = ("mrio_accounts", "mrio_flows", "mrio_industries", "mrio_regions")
"""Tables of industries from which missing labour coefficients are taken."""
LABOUR_DEFAULTS = ("figure", "low", "central", "high", "source", "note")
CORRELATION_COLUMNS = ("first", "second", "correlation", "grade", "source", "note")
CATEGORY_COLUMNS = (
    "category", "title", "unit", "units_low", "units_central", "units_high", "grade", "source",
    "note",
)  # fmt: skip

MARKETS = ("market", "title", "sector", "importer", "note")
MARKET_FLOWS = ("market", "exporter", "importer", "value_musd", "year", "grade", "source")
FORMULA = (
    "country", "exports_usd", "imports_usd", "announced_rate", "part", "floor", "year", "grade",
    "source", "note",
)  # fmt: skip
CONFLICTS = (
    "id", "topic", "title", "statement", "value", "unit", "stated_by", "stated_on", "source",
    "kind", "scenario", "key", "set_to", "subject", "metric", "note",
)  # fmt: skip


def read_parameters(path: Path) -> pd.DataFrame:
    """Behavioural parameters: ``id, sector, horizon, title, unit, low, ...``."""
    register = read_document(Parameters, path)
    return pd.DataFrame([item.model_dump() for item in register.parameters])


def read_labour(path: Path) -> pd.DataFrame:
    """Jobs per million USD of value added, by country and industry."""
    table = read_csv(path, LABOUR_COLUMNS)
    for name in ("jobs_low", "jobs_central", "jobs_high"):
        table[name] = numbers(table, name, path)
    return table


def read_labour_defaults(path: Path) -> pd.DataFrame:
    """Range around jobs that are taken from the table of industries; no row without the file."""
    if not path.is_file():
        return pd.DataFrame(columns=list(LABOUR_DEFAULTS))
    table = read_csv(path, LABOUR_DEFAULTS)
    return table.assign(**{name: numbers(table, name, path) for name in ("low", "central", "high")})


def filled_labour(
    labour: pd.DataFrame, sectors: Mapping[str, pd.DataFrame], defaults: pd.DataFrame
) -> pd.DataFrame:
    """Labour coefficients, and those of the table of industries where there is none.

    Jobs over value made: a stage's value made is output less inputs of the own industry (low) or
    of all goods (high), as for the rows of ``labour.csv``; the centre is the middle.

    Parameters
    ----------
    labour
        Rows of ``labour.csv`` [persons per million USD].
    sectors
        ``SECTORS``, all of the same year.
    defaults
        Row ``width``: low, central and high as multiples of what is derived; without it nothing is
        filled in.

    Returns
    -------
    labour
        The same columns; rows of its own first. An industry whose jobs or value made are not known
        stays without a row.
    """
    rows, regions = defaults[defaults["figure"] == "width"], sectors["mrio_regions"]
    if not (len(rows) and all(len(sectors[name]) for name in SECTORS)):
        return labour
    (width,), key = records(rows), ["country", "industry"]
    industries, flows = sectors["mrio_industries"], sectors["mrio_flows"]
    goods = set(industries.loc[industries["goods"], "industry"])
    into = [flows["user_country"], flows["user"]]
    own = flows["value_musd"].where(flows["industry"] == flows["user"], 0.0).groupby(into).sum()
    bought = flows["value_musd"].where(flows["industry"].isin(goods), 0.0).groupby(into).sum()
    # A region of many countries says nothing of one of them.
    single = set(regions.loc[regions["region"] == regions["members"], "region"])
    found = sectors["mrio_accounts"].set_index(key)
    found = found[found.index.get_level_values("country").isin(single)]
    made_most = found["output_musd"] - own.reindex(found.index).fillna(0.0)
    made_least = found["output_musd"] - bought.reindex(found.index).fillna(0.0)
    known = (made_most > 0) & (made_least > 0) & (found["jobs_central"] > 0)
    known &= ~found.index.isin(pd.MultiIndex.from_frame(labour[key]))
    jobs = found.loc[known, "jobs_central"]
    both = pd.concat([jobs / made_most[known], jobs / made_least[known]], axis=1)
    least, most = both.min(axis=1), both.max(axis=1)
    filled = pd.DataFrame(
        {
            "jobs_low": least * width["low"],
            "jobs_central": (least + most) / 2 * width["central"],
            "jobs_high": most * width["high"],
            "grade": "D",
            "source": found.loc[known, "source"],
            "note": width["note"],
        }
    ).reset_index()
    return pd.concat([labour, filled[labour.columns]], ignore_index=True)


def read_correlations(path: Path) -> pd.DataFrame:
    """Pairs of names, or patterns of names, whose draws move together."""
    table = read_csv(path, CORRELATION_COLUMNS)
    return table.assign(correlation=numbers(table, "correlation", path))


def read_categories(path: Path) -> pd.DataFrame:
    """Markets in which products have their rivals, with their size."""
    table = read_csv(path, CATEGORY_COLUMNS)
    for name in ("units_low", "units_central", "units_high"):
        table[name] = numbers(table, name, path)
    return table


def read_markets(folder: Path) -> dict[str, pd.DataFrame]:
    """Markets of industries, and trade between regions."""
    path = folder / "market_flows.csv"
    flows = read_csv(path, MARKET_FLOWS)
    flows["value_musd"] = numbers(flows, "value_musd", path)
    flows["year"] = whole_numbers(flows, "year", path)
    return {"markets": read_csv(folder / "markets.csv", MARKETS), "market_flows": flows}


def read_formula(path: Path) -> pd.DataFrame:
    """Trade in goods behind the 'reciprocal' formula, by country."""
    table = read_csv(path, FORMULA)
    for name in ("exports_usd", "imports_usd", "announced_rate", "part", "floor"):
        table[name] = numbers(table, name, path)
    return table.assign(year=whole_numbers(table, "year", path))


def read_conflicts(path: Path) -> pd.DataFrame:
    """Statements that contradict one another, kept side by side."""
    table = read_csv(path, CONFLICTS)
    return table.assign(**{name: numbers(table, name, path) for name in ("value", "set_to")})


def read_sources(path: Path) -> pd.DataFrame:
    """Citations by ``source_id``."""
    return read_csv(path, SOURCE_COLUMNS)
