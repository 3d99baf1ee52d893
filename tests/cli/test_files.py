"""Files of a user's own: a rule file laid over a run, and files given to the wrong option."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.facts.kinds import kind_of
from exposure.facts.place import data_root
from exposure.facts.strict_yaml import read_yaml
from tests import tiny

RULE = """
id: more
importer: USA
authority: hypothesis
component: hypothesis
title: Ten more on cars
instrument: Asked
scope: {hts: ["8703"]}
measures:
  - {id: ten, from: 2025-12-01, known: 2025-11-01, origin: [MEX], rate: 0.1, source: Asked}
"""
LATE = RULE.replace("2025-12-01", "2026-01-01")
SPAN = ("timing", "car/mexico", "--from", "2025-11-01", "--until", "2025-12-31",
        "--flows", "flows.csv")  # fmt: skip
QUICK = ("--draws", 0, "--kind", "brief")
EVEN = """
id: even
title: The rate at which the car costs 21,000
question: At which rate?
scenario: tariff
products: [car]
vary: {name: rate, action: us-cars, clause: usmca, between: [0, 1]}
find: {level: {of: car/mexico/duty_usd_per_unit, is: 5000}}
"""


@pytest.fixture
def data(tmp_path, monkeypatch):
    root = tiny.write(tmp_path / "data")
    monkeypatch.setenv("EXPOSURE_DATA", str(root))
    monkeypatch.chdir(tmp_path)
    flows = "month,entries,sales,stock\n2025-11,10,10,0\n2025-12,10,10,\n"
    for name, text in (("rule.yaml", RULE), ("late.yaml", LATE), ("flows.csv", flows)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return root


def call(*arguments):
    return CliRunner().invoke(main, [str(item) for item in arguments])


def one_line(done):
    assert done.exit_code == 2, done.output
    (line,) = done.output.splitlines()
    return line


def duty(folder):
    table = pd.read_parquet(folder / "tables" / "duty_lines.parquet")
    own = table[(table["component"] == "hypothesis") & (table["case"] == "scenario")]
    return own["duty_rate"].tolist()


def mexican(data):
    """Customs value of a car from Mexico [USD], and the part of it that pays the clause's rate."""
    made = ex.run(ex.load(data), "tariff", draws=0, by_quarter=False)
    lines = made.table("duty_lines").query("case == 'scenario' and action == 'us-cars'")
    line = lines[lines["route"] == "mexico"].iloc[0]
    value = line["duty_usd_per_unit"] / line["duty_rate"]
    return value, line["base_share"]


def test_a_run_takes_a_rule_file_says_so_and_can_be_made_again(data, tmp_path):
    done = call("run", "tariff", "--law", "rule.yaml", "-o", "own", *QUICK)
    assert done.exit_code == 0, done.output
    assert "with more (Ten more on cars), laid over the law" in done.output
    folder = tmp_path / "own"
    assert duty(folder) == pytest.approx([0.1])
    assert "Laid over the law: more (Ten more on cars)." in (folder / "report.html").read_text()
    # The report is made again from what it was asked, without the file.
    (tmp_path / "rule.yaml").unlink()
    kind, text = json.loads((folder / "asked.json").read_text())["added"][0]
    assert kind == "action"
    assert json.loads(text)["measures"][0]["from"] == "2025-12-01"
    found = ex.verify(folder, ex.load(data))
    assert [str(item) for item in found.mismatches] == []


def test_a_hypothetical_duty_has_its_name_in_the_pictures(data, tmp_path):
    done = call("run", "tariff", "--law", "rule.yaml", "-o", "own", "--draws", 0)
    assert done.exit_code == 0, done.output
    page = (tmp_path / "own" / "report.html").read_text()
    assert "Hypothetical duty" in page


def test_compare_and_timing_take_a_rule_file(data, tmp_path):
    done = call("compare", "tariff", "--law", "rule.yaml", "-o", "both", *QUICK)
    assert done.exit_code == 0, done.output
    assert duty(tmp_path / "both") == pytest.approx([0.1])
    before, after = (
        json.loads(call(*SPAN, "--json", *more).output)["timing"][1]["border_usd_per_unit"]
        for more in ((), ("--law", "rule.yaml"))
    )
    assert after > before


def test_a_market_takes_a_rule_file(data):
    """Ten on top of what German cars owe, which are nine tenths of their lines: 9 points more."""
    rule = Path("rule.yaml").read_text(encoding="utf-8").replace("[MEX]", "[DEU]")
    Path("german.yaml").write_text(rule, encoding="utf-8")
    asked = ("market", "tariff", "--market", "cars", "--draws", 0, "--json")
    before, after = (
        {row["exporter"]: row["rate_after"] for row in json.loads(done.output)["market_origins"]}
        for done in (call(*asked), call(*asked, "--law", "german.yaml"))
    )
    assert after["DEU"] - before["DEU"] == pytest.approx(0.09)
    assert after["KOR"] == before["KOR"]


def test_a_sweep_takes_a_rule_file_says_so_and_is_another_sweep(data, tmp_path):
    """Ten on the whole value of cars from Mexico, on top of every rate of the grid."""
    column = "car/mexico/duty_usd_per_unit"
    plain = call("sweep", "grid", "-o", "plain", "--workers", 1)
    assert "laid over" not in plain.output
    done = call("sweep", "grid", "-o", "own", "--workers", 1, "--law", "rule.yaml")
    assert done.exit_code == 0, done.output
    assert "with more (Ten more on cars), laid over the law" in done.output
    before, after = (ex.open_sweep(tmp_path / name) for name in ("plain", "own"))
    rise = after.frame()[column] - before.frame()[column]
    value, _ = mexican(data)
    assert rise.to_numpy() == pytest.approx([0.1 * value] * 6)
    assert after.note == "Laid over the law: more (Ten more on cars)."
    assert before.note == ""
    assert before.fingerprints["data"] != after.fingerprints["data"]
    said = one_line(call("sweep", "grid", "-o", "own", "--workers", 1, "--resume"))
    assert "own" in said


def test_a_solve_and_a_deal_take_a_rule_file(data):
    Path("even.yaml").write_text(EVEN, encoding="utf-8")
    asked = ("solve", "even.yaml", "--draws", 0, "--json")
    plain, own = (
        json.loads(call(*asked, *more).output)["solutions"][0]["value"]
        for more in ((), ("--law", "rule.yaml"))
    )
    # Ten of the whole value are ten over the part that pays the clause's rate, less to find.
    _, part = mexican(data)
    assert plain - own == pytest.approx(0.1 / part)
    told = call(*asked[:-1], "--law", "rule.yaml").output
    assert "with more (Ten more on cars), laid over the law" in told
    relief = (data / "raw" / "scenarios" / "tariff.yaml").read_text(encoding="utf-8")
    relief = relief.replace("id: tariff", "id: relief") + tiny.RELIEF
    (data / "raw" / "scenarios" / "relief.yaml").write_text(relief, encoding="utf-8")
    Path("pact.yaml").write_text(tiny.PACT, encoding="utf-8")
    asked = ("deal", "pact.yaml", "--draws", 0, "--json")
    before, after = (
        {row["metric"]: row["central"] for row in json.loads(done.output)["deal_summary"]}
        for done in (call(*asked), call(*asked, "--law", "rule.yaml"))
    )
    for side in ("rate_instead", "rate_under"):
        assert after[side] - before[side] == pytest.approx(0.1)


def test_the_formula_of_the_second_of_april_takes_no_rule_file(data):
    said = one_line(call("deal", "formula", "--law", "rule.yaml"))
    assert said == "formula: --law (the formula is of trade in 2024, not of a law)"


@pytest.mark.parametrize(
    "asked",
    [
        ("run", "tariff", "--draws", 0),
        ("compare", "tariff", "--draws", 0),
        ("sweep", "grid", "-o", "own"),
        SPAN,
    ],
)
def test_a_rule_that_begins_after_the_days_asked_is_refused_and_no_silent_zero(data, asked):
    said = one_line(call(*asked, "--law", "late.yaml"))
    assert "law more: no measure is in force and known on " in said
    assert "begin on 2026-01-01" in said


WRONG = [
    (("rate", "8703.23.01", "--origin", "KOR", "--law"), "scenario", "is a scenario, not a rule file"),
    (("rate", "8703.23.01", "--origin", "KOR", "--law"), "product", "is a product, not a rule file"),
    (("run", "--law"), "sweep", "is a sweep, not a rule file"),
    (("run", "--product"), "action", "is a rule file, not a product"),
    (("run",), "action", "is a rule file, not a scenario"),
    (("run",), "product", "is a product, not a scenario"),
    (("sweep", "-o", "out"), "scenario", "is a scenario, not a sweep"),
    (("solve",), "scenario", "is a scenario, not a solve"),
    (("deal",), "scenario", "is a scenario, not a deal"),
    (("estimate",), "scenario", "is a scenario, not an estimation"),
]  # fmt: skip
FILES = {"scenario": "scenarios/tariff", "product": "firms/car", "sweep": "sweeps/grid"}


@pytest.mark.parametrize(("asked", "kind", "says"), WRONG)
def test_a_file_for_another_option_is_one_line_that_names_it(data, tmp_path, asked, kind, says):
    if kind in FILES:
        shutil.copy(data / "raw" / f"{FILES[kind]}.yaml", tmp_path / "mine.yaml")
    else:
        (tmp_path / "mine.yaml").write_text(RULE, encoding="utf-8")
    said = one_line(call(*asked, "mine.yaml"))
    assert said.startswith(f"mine.yaml: {says} (")
    assert "FILE" in said


def test_a_mistake_in_a_file_of_the_right_kind_is_still_named(data, tmp_path):
    (tmp_path / "mine.yaml").write_text(RULE + "baseline: 1\n", encoding="utf-8")
    said = one_line(call("rate", "8703.23.01", "--origin", "KOR", "--law", "mine.yaml"))
    assert "baseline: unknown field" in said


def test_a_file_of_no_kind_is_one_line(data, tmp_path):
    (tmp_path / "mine.yaml").write_text("parameters: []\n", encoding="utf-8")
    assert "no field says what it is (a solve, a sweep, " in one_line(call("check", "mine.yaml"))


def test_a_solve_with_draws_is_no_sweep():
    asked = {"scenario": "tariff", "draws": 9}
    assert kind_of(asked) == "sweep"
    assert kind_of({**asked, "vary": {}}) == "solve"


FOLDERS = {"scenarios": "scenario", "sweeps": "sweep", "solves": "solve", "deals": "deal",
           "estimations": "estimation", "firms": "product", "law/*": "action"}  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_shipped_file_is_known_by_its_fields(folder):
    paths = list((data_root() / "raw").glob(f"{folder}/*.yaml"))
    assert paths
    assert {kind_of(read_yaml(path)) for path in paths} == {FOLDERS[folder]}
