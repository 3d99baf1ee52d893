"""An estimate as files: tables, a parameter row and a picture."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml

from exposure.errors import QueryError
from exposure.facts.writing import must_be_ours, replace_folder
from exposure.model.estimation import Estimated
from exposure.reports.figures.estimate_plot import draw, picture


def write_estimate(made: Estimated, folder: Path) -> list[Path]:
    """Write ``estimate.csv``, ``coefficients.csv``, ``plot.svg``, ``plot.png``, ``parameter.yaml``.

    The folder is whole or not there. Without a number there is no ``parameter.yaml``; one that an
    earlier estimate left is taken away.

    Raises
    ------
    QueryError
        If the folder holds other files.
    """
    figure = draw(made)
    content = {
        "estimate.csv": _csv(made.summary()),
        "coefficients.csv": _csv(made.table()),
        "plot.svg": figure.views[0][1].encode(),
        "plot.png": picture(made),
    }
    try:
        rows = {"parameters": [made.parameter_row()]}
        text = yaml.safe_dump(rows, sort_keys=False, allow_unicode=True, width=1000)
        content["parameter.yaml"] = text.encode()
    except QueryError:
        pass  # there is no number
    must_be_ours(folder, [*content, "parameter.yaml"])
    replace_folder(folder, content)
    return [folder / name for name in content]


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n", float_format="%.10g").encode()
