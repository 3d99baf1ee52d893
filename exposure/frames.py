"""One small help for tables: rows as dictionaries of plain values."""

from __future__ import annotations

from typing import Any

import pandas as pd


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table, column names as keys."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
