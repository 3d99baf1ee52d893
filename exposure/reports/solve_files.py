"""A solve as files: its tables and a picture of the curves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exposure.facts.files import parquet_bytes
from exposure.facts.writing import must_be_ours, replace_folder
from exposure.reports.figures.solve_curve import draw
from exposure.sweeps.solve import Solved


def write_solve(made: Solved, folder: Path) -> list[Path]:
    """Write each table as CSV and Parquet, and ``curve.svg``; the folder is whole or not there.

    Raises
    ------
    QueryError
        If the folder holds other files.
    """
    content = {"curve.svg": draw(made).views[0][1].encode()}
    for name, table in made.tables.items():
        content[f"{name}.csv"] = _csv(table)
        content[f"{name}.parquet"] = parquet_bytes(table)
    must_be_ours(folder, content)
    replace_folder(folder, content)
    return [folder / name for name in content]


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()
