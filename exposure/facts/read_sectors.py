"""Reads the tables of industries: the inter-country table, trade by line, boards and plants."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from exposure.errors import DataError
from exposure.facts.files import numbers, read_csv, read_typed_table, whole_numbers

FINAL = "final"
"""What a column of final demand is called, where an industry stands elsewhere."""
COLUMNS = {
    "mrio_industries": ("industry", "title", "isic", "goods", "sector", "note"),
    "mrio_regions": ("region", "title", "members", "rate_origin", "imports_of", "note"),
    "mrio_accounts": (
        "country", "industry", "output_musd", "value_added_musd", "jobs_low", "jobs_central",
        "jobs_high", "jobs_grade", "source", "note",
    ),
    "mrio_hts": ("prefix", "industry", "source"),
    "us_imports": ("hts", "origin", "imports_kusd", "year", "source"),
    "us_import_totals": ("origin", "industry", "imports_kusd", "year", "source"),
    "shipment_facts": ("origin", "attribute", "value", "grade", "source", "note"),
    "boards": (
        "country", "board", "title", "industry", "prefixes", "stated_usd", "stated_year", "source",
        "note",
    ),
    "plants": (
        "site", "title", "firm", "country", "region", "industry", "jobs_low", "jobs_central",
        "jobs_high", "us_share_low", "us_share_central", "us_share_high", "fixed_share_low",
        "fixed_share_central", "fixed_share_high", "grade", "source", "note",
    ),
    "stated_jobs": ("country", "level", "name", "kind", "jobs", "year", "source", "note"),
}  # fmt: skip
FILES = {
    "mrio_industries": "mrio/industries.csv",
    "mrio_regions": "mrio/regions.csv",
    "mrio_accounts": "mrio/accounts.csv",
    "mrio_hts": "mrio/hts.csv",
    "us_imports": "mrio/us_imports.csv",
    "us_import_totals": "mrio/us_import_totals.csv",
    "shipment_facts": "mrio/shipment_facts.csv",
    "boards": "mrio/boards.csv",
    "plants": "plants.csv",
    "stated_jobs": "stated_jobs.csv",
}
FLOWS = "mrio/flows.csv"
NUMBERS = (
    "jobs", "output_musd", "value_added_musd", "jobs_low", "jobs_central", "jobs_high",
    "imports_kusd", "stated_usd", "stated_year", "us_share_low", "us_share_central",
    "us_share_high", "fixed_share_low", "fixed_share_central", "fixed_share_high",
)  # fmt: skip


def read_sectors(folder: Path) -> dict[str, pd.DataFrame]:
    """Tables of industries by name; those without a file have no row.

    Raises
    ------
    DataError
        If a file has other columns, or a figure is no number.
    """
    made = {}
    for name, file in FILES.items():
        path = folder / file
        made[name] = _read(path, COLUMNS[name]) if path.is_file() else pd.DataFrame()
    flows = folder / FLOWS
    made["mrio_flows"] = read_flows(flows) if flows.is_file() else pd.DataFrame()
    return made


def _read(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    table = read_csv(path, columns)
    for name in columns:
        if name in NUMBERS:
            table[name] = numbers(table, name, path)
    if "year" in columns:
        table["year"] = whole_numbers(table, "year", path)
    if "goods" in columns:
        if not table["goods"].isin(["0", "1"]).all():
            raise DataError("goods", str(path), "allowed: 0 or 1")
        table["goods"] = table["goods"] == "1"
    return table


def read_flows(path: Path) -> pd.DataFrame:
    """A wide table of flows as rows ``country, industry, user_country, user, value_musd``.

    A row of the file is an industry that sells; a column ``COUNTRY.industry`` or ``COUNTRY.final``
    is who buys; an empty cell is 0.

    Raises
    ------
    DataError
        If a column is not named so, or a cell is no number: a word for "not known" is none.
    """
    wide = read_typed_table(path, ["country", "industry"])
    if list(wide.columns[:2]) != ["country", "industry"]:
        raise DataError("the first columns differ", str(path), "country,industry")
    users = [str(name).partition(".") for name in wide.columns[2:]]
    for number, (land, point, user) in enumerate(users, start=3):
        if not (land and point and user):
            raise DataError(f"column {number}", str(path), "COUNTRY.industry or COUNTRY.final")
    kept = wide.iloc[:, 2:]
    wrong = [name for name in kept if not pd.api.types.is_numeric_dtype(kept[name])]
    # Columns without a row have no type of their own.
    if wrong and len(kept):
        raise DataError("holds what is no number", f"{path}, column {wrong[0]}")
    values = kept.to_numpy(dtype=float)
    row, at = np.nonzero(np.nan_to_num(values))
    lands, names = (np.array([part[k] for part in users], dtype=object) for k in (0, 2))
    return pd.DataFrame(
        {
            "country": wide["country"].to_numpy(dtype=object)[row],
            "industry": wide["industry"].to_numpy(dtype=object)[row],
            "user_country": lands[at],
            "user": names[at],
            "value_musd": values[row, at],
        }
    )
