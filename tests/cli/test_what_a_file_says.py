"""What `exposure check` says of each kind of file, and what other commands say of their options."""

import json

import pytest
from click.testing import CliRunner

from exposure.cli import files, main
from exposure.errors import ExposureError, Problems
from exposure.facts.documents import Scenario
from exposure.facts.place import BUNDLE
from exposure.facts.strict_yaml import parse
from tests.bad_inputs.test_law import MORNING

SCENARIO = {"id": "s", "title": "S", "question": "Q", "baseline": {"effective_on": "2025-01-15"}}


@pytest.fixture
def world(example_small):
    return example_small


@pytest.fixture
def call(world, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPOSURE_DATA", str(world.root))
    monkeypatch.chdir(tmp_path)
    # The world is read once for all: what is asked here is what is said of files.
    monkeypatch.setattr("exposure.api.load", lambda *_, **__: world)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


# --- kinds of files --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("deals/pact", ["deal pact"]),
        ("scenarios/tariff", ["scenario tariff", "  changes nothing but the day"]),
        (
            "scenarios/relief",
            ["scenario relief", "  us-cars/usmca charges 0.1, of all its goods from MEX"],
        ),
    ],
)
def test_a_shipped_file_is_told_by_its_kind(world, name, says):
    path = world.root / "raw" / f"{name}.yaml"
    first, *more = files._check_file(world, path).split("\n")
    assert [first, *more] == [f"{path}: {says[0]}", *says[1:]]


def test_a_sweep_says_what_it_will_take(world):
    path = world.root / "raw" / "sweeps" / "grid.yaml"
    said = files._check_file(world, path)
    assert said.startswith(f"{path}: ") and "6 scenarios" in said


def test_a_solve_says_what_it_varies_and_between_what(world, tmp_path):
    path = tmp_path / "turn.yaml"
    path.write_text(
        "id: turn\ntitle: T\nquestion: When?\nscenario: tariff\n"
        "vary: {action: us-cars, clause: usmca, between: [0, 0.5]}\n"
        "find: {level: {of: car/mexico/duty_usd_per_unit, is: 500.0}}\n"
    )
    assert files._check_file(world, path) == f"{path}: solve turn on us-cars/usmca, 0 to 0.5"


def test_a_rule_file_says_what_it_changes_on_its_first_day(world, tmp_path):
    path = tmp_path / "morning.yaml"
    path.write_text(MORNING, encoding="utf-8")
    first, second, *rows = files._check_file(world, path).split("\n")
    assert first == f"{path}: action us-robots, 2 measures, 0 exemptions"
    # One line; 25 % of all but KOR and DEU, which pay 15 %: six countries in all.
    assert second == "  on 2025-12-01: 1 lines, 6 duties changed"
    assert "  8517130000 from MEX: 0 % -> 25 %" in rows


@pytest.mark.parametrize("text", ["", "[]", "- 1", "text", "{}"])
def test_a_file_that_is_of_no_kind_is_asked_as_a_scenario(world, tmp_path, text):
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(ExposureError) as caught:
        files._check_file(world, path)
    assert all(line.startswith(f"{path}: ") for line in str(caught.value).split("\n"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rates": {"us-cars/all": 0.1}},
         "us-cars/all charges 0.1, of all its goods from everyone"),
        ({"rates": {"us-reciprocal/eu": 0.1}},
         "us-reciprocal/eu charges 0.1, of all its goods from EU"),
        ({"parameters": {"pass_through": 0.5}}, "pass_through = 0.5"),
    ],
)  # fmt: skip
def test_a_rate_of_the_law_moves_for_all_whom_its_clause_names(world, change, says):
    scenario = parse(Scenario, {**SCENARIO, **change}, "s.yaml")
    assert files._scenario_lines(world, scenario) == [f"  {says}"]


# --- the command -----------------------------------------------------------------------------


def test_checked_files_are_counted_and_told(call, world):
    shipped = call("check")
    # The scenarios tariff and relief, the sweep, the deal.
    assert shipped.stdout == "data and 4 files are well formed\n"
    path = world.root / "raw" / "deals" / "pact.yaml"
    assert call("check", path).stdout == f"{path}: deal pact\ndata and 1 files are well formed\n"
    told = json.loads(call("check", path, "--json").stdout)
    assert told == {"checked": [{"path": str(path), "says": f"{path}: deal pact"}]}


def test_a_file_that_is_wrong_is_told_beside_one_that_is_not(call, world, tmp_path):
    good = world.root / "raw" / "deals" / "pact.yaml"
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: x\ntitle: X\n")
    done = call("check", bad, tmp_path / "none.yaml", good)
    assert done.exit_code == 2
    assert done.stdout == f"{good}: deal pact\n"
    lines = done.stderr.splitlines()
    assert lines[-1] == f"{tmp_path / 'none.yaml'}: no such file"
    assert {line.split(": ")[0] for line in lines[:-1]} == {str(bad)}
    # A program that reads JSON gets a whole answer or none.
    assert call("check", bad, good, "--json").stdout == ""


def test_a_scenario_on_a_product_and_law_of_ones_own_is_checked_with_both(call, world, tmp_path):
    text = (world.root / "raw" / "firms" / "car.yaml").read_text("utf-8")
    (tmp_path / "bus.yaml").write_text(text.replace("id: car\n", "id: bus\n", 1))
    (tmp_path / "morning.yaml").write_text(MORNING)
    (tmp_path / "ask.yaml").write_text(
        "id: ask\ntitle: A\nquestion: Q?\nbaseline: {effective_on: 2025-12-02}\n"
        "rates: {us-robots/general: 0.5}\nproducts: [bus]\n"
    )
    both = ("--product", "bus.yaml", "--law", "morning.yaml")
    done = call("check", "ask.yaml", *both)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == [
        "ask.yaml: scenario ask", "  us-robots/general charges 0.5, of all its goods from everyone"
    ]  # fmt: skip
    for given, lacks in ((both[2:], "bus"), (both[:2], "us-robots")):
        done = call("check", "ask.yaml", *given)
        assert done.exit_code == 2 and lacks in done.stderr


def test_a_law_that_does_not_act_on_the_days_of_a_scenario_is_refused(call, tmp_path):
    (tmp_path / "morning.yaml").write_text(MORNING)
    (tmp_path / "ask.yaml").write_text(
        "id: ask\ntitle: A\nquestion: Q?\nbaseline: {effective_on: 2025-11-02}\n"
    )
    done = call("check", "ask.yaml", "--law", "morning.yaml")
    assert done.exit_code == 2 and "no measure is in force and known on" in done.stderr


# --- options of other commands ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("data", "get", "hts"), "hts needs --revision and --from (as 2026_rev_11, 2026-11-01)"),
        (("data", "get", "hts", "--revision", "two"),
         "hts needs --revision and --from (as 2026_rev_11, 2026-11-01)"),
        (("data", "get", "icio", "--year", "2022"),
         "icio needs --year and --file (`exposure data list` says where)"),
        (("data", "get", "wiod", "--file", "x.xlsx"),
         "wiod needs --year and --file (`exposure data list` says where)"),
        (("panel", "--on", "2025-12-05", "--until", "2025-12-06", "--preferences", "claimed",
          "-o", "x"), "--preferences claimed goes with one day (leave --until out)"),
        (("rate", "87032301", "--origin", "KOR", "--fact", "approved"),
         "'approved' (form: NAME=VALUE)"),
        (("run", "tariff", "--product", "bus"), "--product: products: 'bus' is not known "
         "(known: car)"),
        (("compare", "tariff", "--product", "bus"), "--product: products: 'bus' is not known "
         "(known: car)"),
        (("new", "product", "A"), "name 'A' (lower-case letters, digits, '-' and '_')"),
        (("explain", "none", "duty"), "none: no result tables (a folder that `exposure run` "
         "wrote)"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_one_line(call, tmp_path, words, says):
    done = call(*words)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"{says}\n")
    assert list(tmp_path.iterdir()) == []


def test_the_data_of_an_installed_package_is_not_changed(call, monkeypatch, tmp_path):
    bundle = tmp_path / "exposure" / BUNDLE
    (bundle / "raw").mkdir(parents=True)
    monkeypatch.setattr("exposure.facts.place.PACKAGE", bundle.parent)
    monkeypatch.setenv("EXPOSURE_DATA", str(bundle))
    done = call("data", "get", "hts", "--revision", "two", "--from", "2026-07-01")
    assert (done.exit_code, done.stderr) == (
        2, "the data of an installed package is not changed "
        f"(copy {bundle} and set EXPOSURE_DATA to the copy)\n",
    )  # fmt: skip


def test_rate_says_what_was_asked_in_its_head(call):
    done = call("rate", "8703.23.01", "--origin", "KOR", "--on", "2025-12-05", "--claim", "korus",
                "--content", "us=0.4", "--fact", "approved=true")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == (
        "8703.23.01 from KOR into USA, entered 2025-12-05 "
        "(us_content=0.4 approved=True claim=korus)"
    )
    plain = call("rate", "87032301", "--origin", "KOR", "--on", "2025-12-05")
    assert plain.stdout.splitlines()[0] == "8703.23.01 from KOR into USA, entered 2025-12-05"
    for word in ("nan", "None", "inf "):
        assert word not in done.stdout + plain.stdout


def test_rates_counts_what_is_not_known(call, tmp_path):
    (tmp_path / "in.csv").write_text(
        "hts,origin,on\n8703.23.01,KOR,2025-11-01\n2710.12.15,DEU,2025-11-01\n"
        "8703.23.01,KOR,2025-05-01\n"
    )
    done = call("rates", "in.csv", "-o", "out.csv")
    assert done.stdout == "3 rows in out.csv, 1 unknown\n"
    told = json.loads(call("rates", "in.csv", "-o", "out.csv", "--json").stdout)
    assert told == {"rows": 3, "unknown": 1, "files": ["out.csv"]}
    # What is not known is an empty cell in the file.
    head, known, unknown, _ = (tmp_path / "out.csv").read_text().splitlines()
    at = head.split(",").index("total")
    assert float(known.split(",")[at]) == pytest.approx(0.15) and unknown.split(",")[at] == ""


def test_a_problem_is_a_problem_of_its_kind(world, tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("authority: x\n")
    with pytest.raises(Problems) as caught:
        files._check_file(world, path)
    # A file that names an authority is meant as a rule file.
    assert f"{path}: importer: is missing" in str(caught.value).split("\n")
