"""Reads outcomes: what firms, statistics and treasuries reported, and what was promised of us."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from exposure.facts.documents.outcomes import Bands
from exposure.facts.files import numbers, read_csv, whole_numbers
from exposure.facts.strict_yaml import read_document

BANDS = "bands.yaml"
SCORES = "scores.csv"
FILES: Mapping[str, tuple[str, str, str]] = {
    "firm_bills": (
        "firm_bills.csv",
        "outcome firm products covers period value_low value_central value_high currency "
        "exchange_rate definition published_on known_on source grade note",
        "value_low value_central value_high",
    ),
    "exchange_rates": (
        "exchange_rates.csv",
        "exchange_rate currency period low central high grade source note",
        "low central high",
    ),
    "observed": (
        "observed.csv",
        "outcome kind exporter goods products period level unit change_low change_central "
        "change_high published_on known_on source grade note",
        "level change_low change_central change_high",
    ),
    "forecasts": (
        "forecasts.csv",
        "forecast forecaster outcome about low central high unit published_on source grade note",
        "low central high",
    ),
    "duties_collected": (
        "duties_collected.csv",
        "outcome country goods period duty_usd rate published_on known_on source grade note",
        "duty_usd rate",
    ),
    "unit_values": (
        "unit_values.csv",
        "unit_value product forecast value_usd units year source grade note",
        "value_usd units year",
    ),
    "backtest_diagnoses": ("diagnoses.csv", "kind diagnosis", ""),
    "backtest_revisions": (
        "revisions.csv",
        "revised_on kind what reason known_by coverage bias mape",
        "coverage bias mape",
    ),
    "backtest_scores": (
        SCORES,
        "kind title n least coverage coverage_low coverage_high bias bias_most mape "
        "naive_statutory naive_unchanged crps judged met missed diagnosis",
        "n least coverage coverage_low coverage_high bias bias_most mape naive_statutory "
        "naive_unchanged crps",
    ),
}
"""Table: its file, its columns, and those that are numbers."""
FLAGS = ("judged", "met")
WHOLE = ("n", "least", "year")


def outcome_files(folder: Path) -> list[Path]:
    """The files of the folder that make the world; the others are for estimations."""
    names = [BANDS, *(name for name, _, _ in FILES.values())]
    return [folder / name for name in names if (folder / name).is_file()]


def read_outcomes(folder: Path) -> dict[str, pd.DataFrame]:
    """Tables of outcomes by name; a file that is not there gives a table without rows."""
    tables = {name: _table(folder, *how) for name, how in FILES.items()}
    return {**tables, "backtest_bands": _bands(folder / BANDS)}


def _table(folder: Path, file: str, columns: str, numeric: str) -> pd.DataFrame:
    path = folder / file
    if not path.is_file():
        return pd.DataFrame()
    table = read_csv(path, columns.split())
    for name in numeric.split():
        read = whole_numbers if name in WHOLE else numbers
        table[name] = read(table, name, path)
    for name in FLAGS:
        if name in table:
            table[name] = table[name] == "true"
    return table


def _bands(path: Path) -> pd.DataFrame:
    """A row a kind of outcome: the band that was promised."""
    if not path.is_file():
        return pd.DataFrame()
    document = read_document(Bands, path)
    rows = []
    for band in document.bands:
        low, high = band.coverage or (float("nan"), float("nan"))
        rows.append(
            {
                "kind": band.kind,
                "title": band.title,
                "written": document.written.isoformat(),
                "interval": document.interval,
                "coverage_low": low,
                "coverage_high": high,
                "bias_most": band.bias,
                "beats": " ".join(band.beats),
                "least": band.least,
                "reason": band.reason,
            }
        )
    return pd.DataFrame(rows)
