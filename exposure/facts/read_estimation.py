"""Reads an estimation and its table."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pandas as pd

from exposure.errors import DataError, ExposureError, Problems, QueryError
from exposure.facts.documents.estimations import Estimation
from exposure.facts.files import inside, read_parquet, read_typed_table
from exposure.facts.kinds import read_as
from exposure.facts.place import data_root

FOLDER = "estimations"


def find_estimation(name: str | Path, data: str | Path | None = None) -> Path:
    """Path of an estimation: a file, or the name of a shipped one.

    Raises
    ------
    QueryError
        If there is none; those that are shipped are listed.
    """
    path = Path(name)
    if path.suffix in {".yaml", ".yml"}:
        return path
    folder = data_root(data) / "raw" / FOLDER
    found = folder / f"{name}.yaml"
    if path.name != str(name) or not found.is_file():
        names = ", ".join(sorted(item.stem for item in folder.glob("*.yaml")))
        raise QueryError(f"no estimation {str(name)!r}", "", f"a .yaml file, or one of: {names}")
    return found


def read_estimation(path: Path, data: str | Path | None = None) -> tuple[Estimation, pd.DataFrame]:
    """The document and the rows of its table that it keeps; an empty cell is not known.

    The table of a document lies in the document's folder or below; that of a document of the data
    folder ``data`` lies anywhere in the latter's ``raw/``.

    Raises
    ------
    Problems
        Everything that is wrong, a line each.
    """
    document = read_as("estimation", Estimation, path)
    table = _read_table(inside(_top(path, data), path.parent / document.table))
    problems: list[ExposureError] = []
    keep = pd.Series(True, index=table.index)
    for column, values in document.where.items():
        if column not in table:
            names = ", ".join(map(str, table.columns))
            problems.append(DataError(f"where: no column {column!r}", str(path), f"has {names}"))
            continue
        cells = table[column].astype(str)
        problems += [
            DataError(f"where: {column} {value!r} does not occur in the table", str(path))
            for value in values
            if not (cells == value).any()
        ]
        keep &= cells.isin(values)
    if problems:
        raise Problems(problems)
    if not keep.any():
        raise DataError("where: no row is left", str(path))
    return document, table[keep].reset_index(drop=True)


def _top(path: Path, data: str | Path | None) -> Path:
    """Folder out of which a document does not reach."""
    with suppress(DataError):
        raw = data_root(data) / "raw"
        if path.resolve().parent == (raw / FOLDER).resolve():
            return raw
    return path.parent


def _read_table(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return read_parquet(path)
    if path.suffix == ".csv":
        return read_typed_table(path)
    raise DataError(f"ending {path.suffix!r}", str(path), ".csv or .parquet")
