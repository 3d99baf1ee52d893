"""A solve as files: its tables and a picture of the curves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exposure.facts.files import parquet_bytes, replace_file
from exposure.reports.figures.solve_curve import draw
from exposure.sweeps.solve import Solved


def write_solve(made: Solved, folder: Path) -> list[Path]:
    """Write each table as CSV and Parquet, and ``curve.svg``; each file is whole or not there."""
    content = {"curve.svg": draw(made).views[0][1].encode()}
    for name, table in made.tables.items():
        content[f"{name}.csv"] = _csv(table)
        content[f"{name}.parquet"] = parquet_bytes(table)
    for name, data in content.items():
        replace_file(folder / name, data)
    return [folder / name for name in content]


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()
