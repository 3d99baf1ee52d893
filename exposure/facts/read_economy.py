"""Reads parameters, labour coefficients and sources."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exposure.facts.documents import Parameters
from exposure.facts.files import numbers, read_csv, read_document

SOURCE_COLUMNS = ("source_id", "title", "publisher", "date", "address", "note")
LABOUR_COLUMNS = (
    "country", "industry", "jobs_low", "jobs_central", "jobs_high", "grade", "source", "note",
)  # fmt: skip

CORRELATION_COLUMNS = ("first", "second", "correlation", "grade", "source", "note")
CATEGORY_COLUMNS = (
    "category", "title", "unit", "units_low", "units_central", "units_high", "grade", "source",
    "note",
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


def read_sources(path: Path) -> pd.DataFrame:
    """Citations by ``source_id``."""
    return read_csv(path, SOURCE_COLUMNS)
