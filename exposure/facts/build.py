"""``data/raw`` becomes ``data/processed``: deterministic Parquet with a manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_object_dtype

from exposure.facts.checks import check_tables
from exposure.facts.files import fingerprint, parquet_bytes, read_parquet
from exposure.facts.read_economy import (
    filled_labour,
    read_categories,
    read_conflicts,
    read_correlations,
    read_formula,
    read_labour,
    read_labour_defaults,
    read_markets,
    read_parameters,
    read_sources,
)
from exposure.facts.read_firms import read_firms
from exposure.facts.read_law import read_law
from exposure.facts.read_outcomes import outcome_files, read_outcomes
from exposure.facts.read_sectors import read_sectors
from exposure.facts.writing import replace_files

BUILT = "processed"
MANIFEST = "MANIFEST.json"
FORMAT = 13
"""Number of the form of the built tables; a change makes older ones stale."""


def raw_fingerprint(root: Path) -> str:
    """Hash of everything that makes the world; scenarios and sweeps are not part of it."""
    raw = root / "raw"
    paths = [*(raw / "law").rglob("*"), *(raw / "firms").rglob("*"), *(raw / "economy").rglob("*")]
    paths += [raw / "parameters.yaml", raw / "sources.csv", raw / "conflicts.csv"]
    paths += outcome_files(raw / "outcomes")
    kept = (path for path in paths if path.suffix in {".yaml", ".csv"} and path.is_file())
    return fingerprint(kept, raw)


def raw_tables(root: Path) -> dict[str, pd.DataFrame]:
    """All tables from the raw files, checked: each by its form, then across tables.

    Raises
    ------
    Problems
        Everything that is wrong, a line each; checks across tables wait until the forms hold.
    """
    # Pandera is slow to import, and tables that are built already do not need it.
    from exposure.facts.tables import SCHEMAS, check_forms, with_columns

    raw = root / "raw"
    economy, sectors = raw / "economy", read_sectors(raw / "economy")
    own = read_labour(economy / "labour.csv")
    labour = filled_labour(own, sectors, read_labour_defaults(economy / "labour_defaults.csv"))
    tables = {
        **read_law(raw / "law"),
        **read_firms(raw / "firms"),
        "parameters": read_parameters(raw / "parameters.yaml"),
        "labour": labour,
        "correlations": read_correlations(raw / "economy" / "correlations.csv"),
        "categories": read_categories(raw / "economy" / "categories.csv"),
        **read_markets(raw / "economy"),
        **sectors,
        "reciprocal_formula": read_formula(raw / "economy" / "reciprocal_formula.csv"),
        "conflicts": read_conflicts(raw / "conflicts.csv"),
        **read_outcomes(raw / "outcomes"),
        "sources": read_sources(raw / "sources.csv"),
    }
    tables = {name: _plain(with_columns(name, tables[name])) for name in SCHEMAS}
    check_forms(tables)
    check_tables(tables)
    return tables


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Text columns as text, as they come back from disk."""
    text = [name for name, kind in table.dtypes.items() if is_object_dtype(kind)]
    return table.astype(dict.fromkeys(text, "str")) if text else table


def build(root: Path) -> dict[str, int]:
    """Write ``processed/``; gives rows by table.

    The same raw files give the same bytes.
    """
    tables = raw_tables(root)
    files = {f"{name}.parquet": parquet_bytes(table) for name, table in sorted(tables.items())}
    manifest = {
        "format": FORMAT,
        "raw": raw_fingerprint(root),
        "rows": {name: len(table) for name, table in sorted(tables.items())},
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files[MANIFEST] = (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode()
    replace_files(root / BUILT, files, seal=MANIFEST)
    return {name: len(table) for name, table in sorted(tables.items())}


def manifest_matches(root: Path, mark: str) -> bool:
    """Whether the built tables belong to these raw files."""
    manifest = _manifest(root / BUILT)
    return bool(manifest.get("format") == FORMAT and manifest.get("raw") == mark)


def damaged(root: Path) -> list[str]:
    """Names of built files that are not what the manifest says, or are gone."""
    folder = root / BUILT
    stated = _manifest(folder).get("sha256", {})
    return [
        name for name, mark in sorted(stated.items())
        if not (folder / name).is_file()
        or hashlib.sha256((folder / name).read_bytes()).hexdigest() != mark
    ]  # fmt: skip


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder; nothing where there is none that can be read."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def read_built(folder: Path) -> dict[str, pd.DataFrame]:
    """The built tables that the manifest names, by name.

    Raises
    ------
    DataError
        If one is missing or broken.
    """
    return {name: read_parquet(folder / f"{name}.parquet") for name in _manifest(folder)["rows"]}
