"""The worked cases of bench/cases: our engine, to four decimals."""

from pathlib import Path

import pandas as pd
import pytest

import exposure as ex
from exposure.validate.cases import read_cases

CASES = read_cases(Path(__file__).resolve().parents[2] / "bench")


@pytest.fixture(scope="module")
def answers():
    """All cases in one call: the table of rates is the thing under test."""
    written = [case.written for case in CASES]
    table = pd.DataFrame(
        {
            "hts": [case.hts for case in written],
            "origin": [case.origin for case in written],
            "importer": [case.importer for case in written],
            "on": [case.on.isoformat() for case in written],
            "known_on": [case.known.isoformat() if case.known else "" for case in written],
            "value_usd": [float(case.value_usd) for case in CASES],
            "quantity": pd.Series([case.quantity for case in written], dtype=float),
            "facts": [case.attributes for case in written],
        }
    )
    found = ex.rates(ex.load(), table).table
    return {case.id: row for case, (_, row) in zip(CASES, found.iterrows(), strict=True)}


def test_there_are_cases():
    assert len(CASES) >= 300


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(answers, case):
    row = answers[case.id]
    *lines, total = case.lines
    if total.rate is None:
        assert row["status"] == "unknown"
        return
    assert row["status"] == "known", row["note"]
    assert row["total"] == pytest.approx(float(total.rate), abs=5e-5)
    for line in lines:
        given = 0.0 if pd.isna(row[line.component]) else row[line.component]
        assert given == pytest.approx(float(line.rate), abs=5e-5), line.component
