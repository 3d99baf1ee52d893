"""The command line: what it prints, its exit codes, and one clear line for bad input."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from tests import tiny


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPOSURE_DATA", str(tiny.write(tmp_path / "data")))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, [str(a) for a in arguments])


def test_run_explain_and_json(call, tmp_path):
    done = call("run", "tariff", "--draws", 10)
    assert done.exit_code == 0, done.output
    assert "Change of landed cost" in done.output
    folder = tmp_path / "reports" / "tariff"
    assert (folder / "report.html").is_file()
    told = call("explain", folder, "duty:car/mexico")
    assert told.exit_code == 0
    assert "us-cars/usmca" in told.output
    told = json.loads(call("explain", folder, "landed_cost:car/mexico", "--json").output)
    cost = pd.read_parquet(folder / "tables" / "landed_cost.parquet").set_index("case")
    assert told["value"] == cost.loc["scenario", "landed_central"]


def test_rate(call):
    line = ("rate", "8703.23.01", "--origin", "KOR", "--on", "2025-11-01", "--claim", "korus")
    assert "15.00" in call(*line).output
    found = json.loads(call(*line, "--json").output)
    assert found["total"] == pytest.approx(0.15)
    assert {entry["component"] for entry in found["lines"]} >= {"mfn", "s232"}
    content = ("rate", "8708.29.51", "--origin", "VNM", "--on", "2025-07-15", "--fact", "use=other")
    assert "24.50" in call(*content, "--content", "steel=0.3").output


def test_rates_keeps_order_and_columns(call, tmp_path):
    table = tmp_path / "in.csv"
    table.write_text(
        "mine,hts,origin,on,attributes\n"
        'b,8703.23.01,KOR,2025-11-01,"{""claim"": ""korus""}"\n'
        "a,2710.12.15,DEU,2025-11-01,\n"
        "c,8703.23.01,KOR,2025-05-01,\n",
        encoding="utf-8",
    )
    done = call("rates", table, "-o", tmp_path / "out.parquet")
    assert done.exit_code == 0, done.output
    out = pd.read_parquet(tmp_path / "out.parquet")
    assert list(out["mine"]) == ["b", "a", "c"]
    assert list(out["status"]) == ["known", "unknown", "known"]
    assert out["total"].tolist()[::2] == pytest.approx([0.15, 0.275])
    assert pd.isna(out["total"][1])


def test_check_build_and_sweep(call, tmp_path):
    assert call("check").exit_code == 0
    assert "clauses" in call("build").output
    assert call("sweep", "grid", "-o", tmp_path / "sweep").exit_code == 0
    assert len(ex.open_sweep(tmp_path / "sweep").frame()) == 6


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "nothing"), "no scenario 'nothing'"),
        (("run", "tariff", "--product", "bike"), "'bike' is not known"),
        (("run", "tariff", "--product", "Firms"), "'Firms' is not known (car: Car)"),
        (("run", "tariff", "--product", "8703.23"), "'8703.23' is not known (car: Car)"),
        (("timing", "vehicles of a firm/mexico"), "'vehicles of a firm' is not known (car: Car)"),
        (("run", "tariff", "--draws", "-1"), "draws -1"),
        (("rate", "8703", "--origin", "KOR"), "6 to 10 digits; under 8703: 8703.23.01)"),
        (("rate", "870", "--origin", "KOR"), "6 to 10 digits; under 870: 8703.23.01, 8708.29.51)"),
        (("rate", "8703.90", "--origin", "KOR"), "not in the US schedule (under 8703: 8703.23.01)"),
        (("rate", "8703.23.01.20", "--origin", "KOR"), "under 8703.23.01: 8703.23.0110, 8703.23"),
        (("rate", "9999.99.99", "--origin", "KOR"), "(no line begins with 9999)"),
        (("rate", "car", "--origin", "KOR"), "HTS 'car' is no tariff code (6 to 10 digits"),
        (("rate", "8703.23.01", "--origin", "korea"), "origin 'korea' is not known (KOR is Korea)"),
        (("rate", "8703.23.01", "--origin", "Vietnam"), "(VNM is Viet Nam)"),
        (("rate", "8703.23.01", "--origin", "DE"), "(DEU is Germany)"),
        (("rate", "8703.23.01", "--origin", "eu"), "(a group of countries, name one: DEU)"),
        (("rate", "8703.23.01", "--origin", "KRO"), "(KOR is Korea)"),
        (
            ("rate", "8703.23.01", "--origin", "KOR", "--importer", "Mexico"),
            "importer 'Mexico' is not known (MEX is Mexico)",
        ),
        (("rate", "9999.99.99", "--origin", "KOR", "--on", "2025-05-01"), "not in the US schedule"),
        (("rate", "8703.23.01", "--origin", "KR", "--on", "2025-05-01"), "origin 'KR'"),
        (("rate", "8703.23.01", "--origin", "KOR", "--on", "2015-05-01"), "before the first day"),
        (
            ("rate", "8703.23.01", "--origin", "KOR", "--on", "2025-05-01", "--content", "steel"),
            "form: NAME=VALUE",
        ),
        (("rates", "none.csv", "-o", "x.csv"), "none.csv: no such file"),
        (("explain", "none", "duty:car/mexico"), "no result tables"),
        (("sweep", "none", "-o", "x"), "no sweep 'none'"),
        (("check", "none.yaml"), "none.yaml: no such file"),
    ],
)
def test_bad_input_is_one_line_and_code_2(call, arguments, said):
    done = call(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.output
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hts,origin\n8703.23.01,KOR\n", "column missing: on"),
        ('hts,origin,on,attributes\n87032301,KOR,2025-05-01,"{"\n', "row 2: attributes"),
        ("hts,origin,on,value_usd\n87032301,KOR,2025-05-01,much\n", "row 2"),
        ("hts,origin,on\n87032301,KOR,2025-05-01\n8703,KOR,2025-05-01\n", "in.csv: row 3, hts: "),
        ("origin,hts,on\nKO,87032301,2025-05-01\n", "in.csv: row 2, origin: origin 'KO' is"),
        ("hts,origin,on\n87032301,KOR,2025-5-1\n", "in.csv: row 2, on: on '2025-5-1' is not"),
        (
            'hts,origin,on,attributes\n87032301,KOR,2025-05-01,"{""clam"": true}"\n',
            "in.csv: row 2, attributes: attribute 'clam' is not known",
        ),
        (
            "hts,origin,on,total,mine,note\n87032301,KOR,2025-05-01,9,8,7\n",
            "in.csv: columns of the answer stand there already: total, note",
        ),
    ],
)
def test_bad_tables(call, tmp_path, text, said):
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    done = call("rates", "in.csv", "-o", "out.parquet")
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "out.parquet").exists()
