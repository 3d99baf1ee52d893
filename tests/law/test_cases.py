"""The cases in tests/cases/law: worked examples of the law, to four decimals."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

import exposure as ex

FOLDER = Path(__file__).resolve().parent.parent / "cases" / "law"
CASES = [
    pytest.param(case | {"case": f"{path.stem}:{case['case']}"}, id=f"{path.stem}:{case['case']}")
    for path in sorted(FOLDER.rglob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def answers():
    """All cases in one call: the table of rates is the thing under test."""
    cases = [param.values[0] for param in CASES]
    table = pd.DataFrame(
        {
            "hts": [case["hts"] for case in cases],
            "origin": [case["origin"] for case in cases],
            "importer": [case.get("importer", "USA") for case in cases],
            "on": [str(case["on"]) for case in cases],
            "known_on": [str(case.get("known", "")) for case in cases],
            "facts": [case.get("attributes") or {} for case in cases],
        }
    )
    found = ex.rates(ex.load(), table).table
    return {case["case"]: row for case, (_, row) in zip(cases, found.iterrows(), strict=True)}


def test_there_are_cases():
    names = [param.values[0]["case"] for param in CASES]
    assert len(names) >= 100
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", CASES)
def test_case(answers, case):
    row = answers[case["case"]]
    if case["total"] is None:
        assert row["status"] == "unknown"
        return
    assert row["status"] == "known", row["note"]
    assert row["total"] == pytest.approx(case["total"], abs=5e-5)
    for name, value in case["components"].items():
        given = 0.0 if pd.isna(row[name]) else row[name]
        assert given == pytest.approx(value, abs=5e-5), name
