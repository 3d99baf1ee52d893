"""What commands that judge print: mismatches, scores, findings; their counts and exit codes."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement

from exposure.cli import main
from exposure.errors import DataError, Problems
from exposure.validate.answers import score
from exposure.validate.verify import Mismatch, Verification

bench = sys.modules["exposure.cli.bench"]
doctor = sys.modules["exposure.cli.doctor"]


def call(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


# --- verify ----------------------------------------------------------------------------------


def verified(monkeypatch, count, tables=2):
    found = Verification(
        pd.DataFrame({"table": ["a", "b"], "rows": [1, 2], "cells": [1500, 7], "sums": [3, 1000],
                      "mismatches": [0, 0]}).head(tables),
        files=12, words=3456,
        mismatches=tuple(Mismatch("cells", f"t {n}", "1, should be 2") for n in range(count)),
    )  # fmt: skip
    monkeypatch.setattr("exposure.api.verify", lambda folder: found)


WHOLE = ("reports/x: 12 files, 3,456 pieces of text, 1,507 cells of 2 tables made again, "
         "1,003 sums added up: {} mismatches")  # fmt: skip


def test_a_report_that_is_right_is_one_line_and_0(monkeypatch):
    verified(monkeypatch, 0)
    done = call("verify", "reports/x")
    assert (done.exit_code, done.stdout) == (0, f"{WHOLE.format(0)}\n")


@pytest.mark.parametrize(("count", "shown", "more"), [(1, 1, 0), (20, 20, 0), (1234, 20, 1214)])
def test_mismatches_are_told_up_to_a_number_and_all_counted(monkeypatch, count, shown, more):
    verified(monkeypatch, count)
    done = call("verify", "reports/x")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[:shown] == [f"cells: t {n}: 1, should be 2" for n in range(shown)]
    assert lines[shown:-1] == ([f"and {more:,} more"] if more else [])
    assert lines[-1] == WHOLE.format(f"{count:,}")


def test_a_program_is_told_all_mismatches(monkeypatch):
    verified(monkeypatch, 25)
    done = call("verify", "reports/x", "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert len(told["mismatches"]) == 25
    assert told["tables"][0]["cells"] == 1500
    assert call("verify", "reports/x", "--quiet").exit_code == 1


# --- bench -----------------------------------------------------------------------------------

# Three lines of two cases. The engine is right on one, off by a cent on one, silent on one.
CASES = pd.DataFrame(
    {
        "case_id": ["one", "one", "two"],
        "component": ["mfn", "total", "total"],
        "amount_usd": ["500.00", "3500.00", ""],
        "source": ["HTS", "Proc 1", "EO"],
    }
)
GIVEN = pd.DataFrame(
    {
        "case_id": ["one", "one"],
        "component": ["mfn", "total"],
        "amount_usd": ["500.00", "3500.01"],
    }
)


def test_scores_are_told_by_component_and_what_is_not_right_with_its_source():
    made = score(CASES, GIVEN)
    text = bench._text(made)
    lines = text.split("\n")
    assert lines[0] == "2 cases, 3 lines, to the cent"
    by = {line.split()[0]: line.split()[-1] for line in lines[3:5]}
    assert by == {"mfn": "100.0%", "total": "0.0%"}
    assert "not right: 2" in lines
    assert lines[-2].startswith("one total: 3500.01, expected 3500.00, ")
    assert lines[-2].endswith("(Proc 1)")
    # No answer and no known amount are words, and no empty place.
    assert lines[-1].startswith("two total: no answer, expected unknown, ")
    assert "nan" not in text and "None" not in text


def test_what_a_program_reads_of_scores():
    told = bench._document(score(CASES, GIVEN))
    assert (told["cases"], told["lines"]) == (2, 3)
    assert list(told["failures"]["case_id"]) == ["one", "two"]
    assert list(told["failures"]) == bench.FAILURE


def test_all_right_says_no_more():
    made = score(CASES.head(1), GIVEN.head(1))
    assert "not right" not in bench._text(made)
    assert len(made.failures) == 0


# --- doctor: versions ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("need", "version", "state", "found", "mend"),
    [
        ("pandas>=3.0", "3.0.1", "ok", "3.0.1 (needs >=3.0)", ""),
        ("pandas>=3.0", "3.1.0rc1", "ok", "3.1.0rc1 (needs >=3.0)", ""),
        ("pandas>=3.0", "2.9", "bad", "2.9 (needs >=3.0)", 'pip install "pandas>=3.0"'),
        ("pandas>=3.0", "", "bad", "missing (needs >=3.0)", 'pip install "pandas>=3.0"'),
        ("typst<0.16,>=0.15", "0.16.0", "bad", "0.16.0 (needs <0.16,>=0.15)",
         'pip install "typst<0.16,>=0.15"'),
        ("Python>=3.99", "3.11.2", "bad", "3.11.2 (needs >=3.99)", "install it"),
    ],
)  # fmt: skip
def test_a_version_fits_what_is_asked_or_is_told_with_the_mend(
    monkeypatch, need, version, state, found, mend
):
    monkeypatch.setattr(doctor, "in_checkout", lambda: False)
    made = doctor._versioned("software", Requirement(need), version)
    assert (made.state, made.found, made.mend) == (state, found, mend)


# --- doctor: what is told --------------------------------------------------------------------


def diagnosed(monkeypatch, *findings):
    parts = {"software": [], "data": [], "fonts": [], "output": []}
    for item in findings:
        parts[item.part].append(item)
    for name, items in parts.items():
        monkeypatch.setattr(doctor, name, lambda items=items: iter(items))
    return call("doctor")


GOOD = doctor.Finding("software", "pandas", "3.0")
NOTE = doctor.Finding("data", "built tables", "none", "note", "`exposure build`")
BAD = doctor.Finding("output", "reports", "full", "bad", "make room")


def test_findings_stand_under_their_part_with_what_mends_them(monkeypatch):
    done = diagnosed(monkeypatch, GOOD, GOOD, NOTE, BAD)
    assert done.exit_code == 1
    assert done.stdout == (
        "software\n  ok    pandas: 3.0\n  ok    pandas: 3.0\n"
        "data\n  note  built tables: none; `exposure build`\n"
        "output\n  bad   reports: full; make room\n"
        "1 thing is missing or wrong\n"
    )


@pytest.mark.parametrize(
    ("findings", "code", "last"),
    [
        ([GOOD], 0, "all that is needed is there"),
        ([GOOD, NOTE], 0, "all that is needed is there"),  # one can do without
        ([BAD], 1, "1 thing is missing or wrong"),
        ([BAD, GOOD, BAD], 1, "2 things are missing or wrong"),
    ],
)
def test_only_what_is_bad_counts(monkeypatch, findings, code, last):
    done = diagnosed(monkeypatch, *findings)
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (code, last)


@pytest.mark.parametrize(("count", "told", "more"), [(1, 1, 0), (5, 5, 0), (9, 5, 4)])
def test_a_few_problems_of_the_data_are_told_and_the_rest_counted(
    monkeypatch, tmp_path, count, told, more
):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "parameters.yaml").write_text("")
    for name in ("sources.csv", "conflicts.csv"):
        (tmp_path / "raw" / name).write_text("")
    monkeypatch.setenv("EXPOSURE_DATA", str(tmp_path))

    def broken(root):
        raise Problems(DataError(f"problem {n}", "a.csv") for n in range(count))

    monkeypatch.setattr("exposure.facts.build.raw_tables", broken)
    found = [item for item in doctor.data() if item.name == "checks"]
    texts = [f"a.csv: problem {n}" for n in range(told)]
    texts += [f"{more} more problems"] if more else []
    assert [item.found for item in found] == texts
    assert {item.state for item in found} == {"bad"}


def test_reports_go_where_they_are_or_beside(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (item,) = doctor.output()
    assert (item.state, item.name) == ("ok", str(tmp_path / "reports"))
    assert list(Path().iterdir()) == []  # to look leaves nothing behind
    (tmp_path / "reports").mkdir()
    (item,) = doctor.output()
    assert item.state == "ok" and list((tmp_path / "reports").iterdir()) == []
