"""Reads parameters, labour coefficients and sources."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exposure.facts.documents import Parameters
from exposure.facts.files import numbers, read_csv, whole_numbers
from exposure.facts.strict_yaml import read_document

SOURCE_COLUMNS = ("source_id", "title", "publisher", "date", "address", "note")
LABOUR_COLUMNS = (
    "country", "industry", "jobs_low", "jobs_central", "jobs_high", "grade", "source", "note",
)  # fmt: skip

CORRELATION_COLUMNS = ("first", "second", "correlation", "grade", "source", "note")
CATEGORY_COLUMNS = (
    "category", "title", "unit", "units_low", "units_central", "units_high", "grade", "source",
    "note",
)  # fmt: skip

MARKETS = ("market", "title", "sector", "importer", "note")
MARKET_FLOWS = ("market", "exporter", "importer", "value_musd", "year", "grade", "source")
MARKET_LINES = (
    "market", "region", "origin", "hts", "imports_usd", "facts", "year", "grade", "source",
)  # fmt: skip
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
    """Markets of industries, trade between regions, and the tariff lines behind their rates."""
    lines = read_csv(folder / "market_lines.csv", MARKET_LINES)
    flows = read_csv(folder / "market_flows.csv", MARKET_FLOWS)
    for table, name, path in (
        (lines, "imports_usd", "market_lines.csv"),
        (flows, "value_musd", "market_flows.csv"),
    ):
        table[name] = numbers(table, name, folder / path)
        table["year"] = whole_numbers(table, "year", folder / path)
    return {
        "markets": read_csv(folder / "markets.csv", MARKETS),
        "market_flows": flows,
        "market_lines": lines,
    }


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
