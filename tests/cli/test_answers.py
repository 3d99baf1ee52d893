"""What commands print and their exit codes: one JSON document, nothing, text; 0, 1, 2, 130."""

import json
import math
import re
import shutil
from functools import cache

import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure import api
from exposure.cli import main
from exposure.cli.common import plain
from exposure.facts.build import build
from exposure.validate.answers import find_bench, read_bench
from tests.cli.walk import LEAVES, options
from tests.validate.test_backtest import write as write_outcomes


def call(*arguments):
    return CliRunner().invoke(main, [str(item) for item in arguments])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A tiny data folder, built, with outcomes and a list of downloads."""
    root = write_outcomes(tmp_path_factory.mktemp("data"))
    (root / "raw" / "downloads.csv").write_text(
        "name,title,publisher,address,makes\nhts,Schedule,Us,there,lines\n"
    )
    build(root)
    return root


@pytest.fixture(scope="module")
def made(data, tmp_path_factory):
    """Folder of a run, and of a sweep; the document of the run."""
    place = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPOSURE_DATA", str(data))
        done = call("run", "tariff", "--draws", 0, "-o", place / "run", "--json")
        assert done.exit_code == 0, done.output
        swept = call("sweep", "grid", "-o", place / "sweep", "--workers", 1, "--json")
        assert swept.exit_code == 0, swept.output
    return place, done, swept


@pytest.fixture(scope="module")
def verify_once():
    """A verification takes seconds; what it says of a folder is asked twice."""
    return cache(api.verify)


@pytest.fixture
def place(data, made, tmp_path, monkeypatch, verify_once):
    monkeypatch.setattr(api, "verify", verify_once)
    monkeypatch.setenv("EXPOSURE_DATA", str(data))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text("hts,origin,on\n8703.23.01,KOR,2025-11-01\n")
    return made[0]


RATE = ("rate", "8703.23.01", "--origin", "KOR", "--on", "2025-11-01")
TINY = {
    "run": ("run", "tariff", "--draws", 0),
    "compare": ("compare", "tariff", "--draws", 0),
    "rate": RATE,
    "rates": ("rates", "in.csv", "-o", "out.parquet"),
    "panel": ("panel", "--on", "2025-12-15", "-o", "panel.parquet"),
    "sweep": ("sweep", "grid", "-o", "sweep", "--workers", 1),
    "report": ("report", "{made}/run", "-o", "again", "--kind", "brief"),
    "explain": ("explain", "{made}/run", "duty:car/mexico"),
    "verify": ("verify", "{made}/run"),
    "backtest": ("backtest", "--draws", 0),
    "check": ("check",),
    "new product": ("new", "product", "heater"),
    "data list": ("data", "list"),
    "data get": ("data", "get", "hts", "--revision", "two", "--from", "2026-07-01"),
    "build": ("build",),
    "doctor": ("doctor",),
    "conflicts": ("conflicts", "--draws", 0),
}
"""Each command on the tiny data."""
SHIPPED = {
    "market": ("market", "law-today", "--market", "us-cars", "--draws", 0),
    "timing": ("timing", "kia-cars/korea", "--until", "2025-02-01"),
    "deal": ("deal", "formula"),
    "estimate": ("estimate", "usmca-claims-rate"),
    "bench": ("bench", "--answers", "{bench}"),
    "solve": ("solve", "k4-leaves-mexico", "--draws", 0),
}
"""Commands for which the tiny data holds too little."""
SCRIPT = {"completion"}
"""Prints a script for a shell: there is nothing to say as JSON, and nothing to leave out."""


def test_every_command_has_json_and_quiet_and_is_tried_here():
    assert set(TINY) | set(SHIPPED) | SCRIPT == set(LEAVES)
    for name, command in LEAVES.items():
        has = {"--json", "--quiet"} & options(command)
        assert has == (set() if name in SCRIPT else {"--json", "--quiet"}), name


def one_document(text):
    """The one document; NaN and Infinity are no JSON."""

    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    found = json.loads(text, parse_constant=refuse)
    assert isinstance(found, dict)
    return found


def answers(line):
    told = call(*line, "--json")
    assert told.exit_code == 0, told.output
    assert told.stderr == ""
    assert one_document(told.stdout)
    return told


@pytest.mark.parametrize("name", TINY)
def test_json_is_one_document_and_quiet_is_silent(name, place, tmp_path, monkeypatch):
    monkeypatch.setattr("exposure.facts.downloads.get_hts", lambda *_: {"lines changed": 2})
    line = [str(item).format(made=place) for item in TINY[name]]
    answers(line)
    # Neither writes over what is there.
    (tmp_path / "heater.yaml").unlink(missing_ok=True)
    shutil.rmtree(tmp_path / "sweep", ignore_errors=True)
    silent = call(*line, "--quiet")
    assert (silent.exit_code, silent.stdout, silent.stderr) == (0, "", "")


@pytest.fixture(scope="module")
def whole():
    return ex.load()


@pytest.mark.parametrize("name", SHIPPED)
def test_json_and_quiet_on_the_shipped_data(name, whole, tmp_path, monkeypatch):
    monkeypatch.setattr("exposure.api.load", lambda *_, **__: whole)
    theirs = tmp_path / "theirs.csv"
    case = read_bench(find_bench(None))["case_id"].iloc[0]
    theirs.write_text(f"case_id,component,amount_usd\n{case},total,1\n")
    line = [str(item).format(bench=theirs) for item in SHIPPED[name]]
    answers(line)
    silent = call(*line, "--quiet")
    assert (silent.exit_code, silent.stdout, silent.stderr) == (0, "", "")


def test_tables_are_lists_of_rows_under_their_own_names(made):
    folder, run, sweep = made
    told = one_document(run.stdout)
    for name in ("headline", "scenarios"):
        table = pd.read_parquet(folder / "run" / "tables" / f"{name}.parquet")
        assert told[name] == plain(table)
        assert [list(row) for row in told[name]] == [list(table.columns)] * len(table)
    assert str(folder / "run" / "report.html") in told["files"]
    swept = one_document(sweep.stdout)
    assert (swept["sweep"], swept["scenarios"], swept["failed"]) == ("grid", 6, 0)


def test_without_draws_the_ends_of_a_range_are_null(place):
    told = one_document(call("run", "tariff", "--draws", "0", "--out", "none", "--json").output)
    assert {(row["low"], row["high"]) for row in told["headline"]} == {(None, None)}
    assert all(row["central"] is not None for row in told["headline"])
    said = call("run", "tariff", "--draws", "0", "--out", "none").output
    assert not re.search(r"\(\S+ (?:\S+ )?to ", said)
    assert "not known to" not in said


def test_numbers_say_what_they_are_of_where_they_stand(place):
    said = call("run", "tariff", "--draws", "0", "--out", "none").output
    said = " ".join(said.split())
    assert "Duty a year, volumes after response" in said
    assert "on the units sold after buyers and routes have answered" in said
    assert "together they may exceed the change of the duty a year" in said
    assert "on the routes of this product alone" in said
    month = call("timing", "car/mexico", "--from", "2025-03-01", "--until", "2025-04-30").output
    assert "on the units that enter, before any response" in " ".join(month.split())


ONE_DAY = """
id: more
title: Ten per cent more
question: What if?
baseline: {effective_on: 2025-12-15}
law_on: {effective_on: 2025-12-15}
law:
  - new:
      id: more
      importer: USA
      authority: hypothesis
      component: hypothesis
      title: Ten per cent more
      instrument: Hypothesis
      scope: {hts: ["8703"]}
      measures:
        - {id: ten, from: 2025-12-15, known: 2025-12-15, origin: [MEX], rate: 0.1, source: Us}
"""


def test_scenarios_of_one_day_and_of_two_are_told_each_in_its_own_words(place, tmp_path):
    (tmp_path / "more.yaml").write_text(ONE_DAY)
    done = call("run", "more.yaml", "tariff", "--draws", "8", "--out", "both")
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "Ten per cent more law of 2025-12-15, with the change and without it" in said
    assert "A tariff law of 2025-12-15 against 2025-01-15" in said
    # What medians and drivers are is said once, for all scenarios.
    assert said.count("Headline numbers are medians of 8 draws") == 1
    assert said.count("as inputs act together") == 1
    page = (tmp_path / "both" / "report.html").read_text()
    assert "with the change and without it." in page


def test_a_product_begins_with_how_good_its_numbers_are(place, tmp_path):
    first = call("run", "tariff", "--draws", "0", "--out", "none")
    table = pd.read_csv(tmp_path / "none" / "tables" / "assumptions.csv")
    mine = table[table["id"].str.startswith("car/")]["grade"]
    told = " ".join(first.output.split())
    assert (
        f"of the {len(mine)} numbers of its own file {(mine == 'D').sum()} are of grade D" in told
    )
    assert "composite" not in told


def test_what_is_not_known_is_null_and_days_are_days():
    table = pd.DataFrame(
        {
            "on": pd.to_datetime(["2025-02-04", None]),
            "usd": [float("nan"), 0.1 + 0.2],
            "never": [math.inf, 1.0],
            "whole": pd.array([1, None], dtype="Int64"),
            "word": pd.array(["a", None], dtype="string"),
        }
    )
    assert plain(table) == [
        {"on": "2025-02-04", "usd": None, "never": None, "whole": 1, "word": "a"},
        {"on": None, "usd": 0.1 + 0.2, "never": 1.0, "whole": None, "word": None},
    ]


# --- exit codes --------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--json",), ("--quiet",), ("--json", "--quiet")])
def test_bad_input_is_a_line_on_standard_error_and_2(place, more):
    done = call("rate", "9999.99.99", "--origin", "KOR", "--on", "2025-11-01", *more)
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "not in the US schedule" in done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("rnu",), "exposure: no command 'rnu', did you mean run"),
        (("data", "lits"), "exposure data: no command 'lits', did you mean list?"),
        (("xyzzy",), "exposure: no command 'xyzzy' (see"),
        (("rate", "8703"), "exposure rate: missing option '--origin'"),
        (("run", "--orders", "1"), "exposure run: no such option"),
        (("run", "--draws", "many"), "'many' is not a valid integer"),
        (("rates", "in.csv", "-o", "in.csv/x.csv"), "in.csv/x.csv: cannot be written"),
    ],
)
def test_wrong_use_is_a_line_with_what_would_be_right(place, line, said):
    done = CliRunner().invoke(main, line, prog_name="exposure")
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_command_at_all_shows_the_help_and_is_2():
    done = call()
    assert (done.exit_code, done.stdout) == (2, "")
    assert "What the law says" in done.stderr


@pytest.mark.parametrize("more", [(), ("--json",), ("--quiet",)])
def test_a_check_that_fell_short_is_1(tmp_path, monkeypatch, more):
    monkeypatch.setenv("EXPOSURE_DATA", str(tmp_path))
    done = call("doctor", *more)
    assert (done.exit_code, done.stderr) == (1, "")
    if more == ("--json",):
        assert not one_document(done.stdout)["ok"]
    else:
        assert bool(done.stdout) == (not more)


def test_a_fault_of_ours_is_not_hidden(place, monkeypatch):
    def broken(*_, **__):
        raise FileNotFoundError(2, "gone", "x")

    monkeypatch.setattr("exposure.api.load", broken)
    assert isinstance(call(*RATE).exception, FileNotFoundError)


def test_ctrl_c_is_a_line_and_130(monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("exposure.api.load", stopped)
    done = call(*RATE)
    assert (done.exit_code, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_version_and_order_of_the_help():
    assert call("--version").stdout == f"exposure, version {ex.__version__}\n"
    told = call("--help").stdout
    order = [told.index(f"\n  {name} ") for name in
             ("run", "rate", "sweep", "deal", "report", "backtest", "check", "doctor")]  # fmt: skip
    assert order == sorted(order)
    placed = [name for names in main.sections.values() for name in names]
    assert sorted(placed) == sorted(main.commands)
