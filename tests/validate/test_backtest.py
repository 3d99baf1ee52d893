"""The back-test: bills by hand, the known-on clock, scores by hand, and what is shipped is current."""

import datetime as dt
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.economy.stock import lagged
from exposure.errors import DataError, Problems, QueryError
from exposure.model.timing import duty_by_day
from exposure.reports.backtest_page import page
from exposure.reports.build import build_backtest
from exposure.reports.text import backtest_text
from exposure.validate import bills
from exposure.validate.backtest import backtest, scored
from tests import tiny

ROOT = Path(__file__).resolve().parents[2]
Q2 = (dt.date(2025, 4, 1), dt.date(2025, 6, 30))
LATE = "id: usmca, from: 2025-04-03, known: 2025-03-26"
BILLS = (
    "outcome,firm,products,covers,period,value_low,value_central,value_high,currency,exchange_rate,"
    "definition,published_on,known_on,source,grade,note\n"
    "firm-q2,Firm,car,all,2025Q2,90000000000,100000000000,110000000000,KRW,krw,profit,2025-07-20,"
    "2025-07-20,s,A,\n"
    "firm-q3,Firm,car,all,2025Q3,9e7,1e8,1.1e8,USD,,profit,2025-10-20,2025-10-20,s,A,\n"
    "silent,Other,,none,2025FY,,,,USD,,unpublished,2026-01-20,2026-01-20,s,D,\n"
)
RATES = (
    "exchange_rate,currency,period,low,central,high,grade,source,note\n"
    "krw,KRW,2025Q2,900,1000,1250,C,s,\n"
)
SEEN = (
    "outcome,kind,exporter,goods,products,period,level,unit,change_low,change_central,change_high,"
    "published_on,known_on,source,grade,note\n"
    "cars,exports_units,MEX,cars,car,2025-06,,,-0.2,-0.1,0,2025-07-20,2025-07-20,s,A,\n"
)
PAID = (
    "outcome,country,goods,period,duty_usd,rate,published_on,known_on,source,grade,note\n"
    "mex-2024,MEX,all,2024FY,,0.01,2025-02-05,2025-02-05,s,A,\n"
    "mex-06,MEX,all,2025-06,,0.14,2025-08-05,2025-08-05,s,A,\n"
)
SAID = (
    "forecast,forecaster,outcome,about,low,central,high,unit,published_on,source,grade,note\n"
    "claim,Firm,firm-q3,Its bill,,2e8,,USD,2025-07-22,s,A,\n"
)
VALUES = (
    "unit_value,product,forecast,value_usd,units,year,source,grade,note\n"
    "cars,car,claim,1e9,100000,2025,s,B,\n"
)
REVISED = (
    "revised_on,kind,what,reason,known_by,coverage,bias,mape\n"
    "2026-02-01,firm_bill_quarter,We looked.,It was known.,2025-06-30,0.25,-0.5,0.75\n"
)
STOCK = ("parts_freight_share", "stock_days: {low: 10, central: 20, high: 40, grade: C, source: s}\n"
         "        parts_freight_share")  # fmt: skip
YEAR = ("            cost_index: {low: 1, central: 1, high: 1, grade: D, source: s}\n",
        "            cost_index: {low: 1, central: 1, high: 1, grade: D, source: s}\n"
        "            volumes_by_year:\n"
        "              - {year: 2025, units: 73000, grade: A, source: early}\n")  # fmt: skip


def write(root, bills_text=BILLS, **changes):
    """A tiny world with outcomes and our own bands."""
    tiny.write(root, **changes)
    path = root / "raw" / "firms" / "car.yaml"
    text = path.read_text()
    for old, new in (STOCK, YEAR):
        old = old.replace("            ", "    ") if old is YEAR[0] else old
        new = new.replace("        parts", "parts").replace("              -", "      -")
        new = new.replace("            ", "    ")
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)
    with (root / "raw" / "sources.csv").open("a") as sources:
        sources.write("early,Early,Us,2025-01,,\n")
    folder = root / "raw" / "outcomes"
    folder.mkdir()
    files = {"firm_bills": bills_text, "exchange_rates": RATES, "observed": SEEN,
             "duties_collected": PAID, "forecasts": SAID, "unit_values": VALUES,
             "diagnoses": "kind,diagnosis\nfirm_bill_quarter,Because\n",
             "revisions": REVISED}  # fmt: skip
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
    bands = (ROOT / "data" / "raw" / "outcomes" / "bands.yaml").read_text(encoding="utf-8")
    (folder / "bands.yaml").write_text(bands.replace("least: 4", "least: 1"), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def made(world):
    return backtest(world, draws=40)


# --- periods, stock, bills by hand ---------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [("2025Q1", "2025-01-01", "2025-03-31"), ("2024FY", "2024-01-01", "2024-12-31"),
     ("2024-02", "2024-02-01", "2024-02-29"), ("2025-04/2025-09", "2025-04-01", "2025-09-30")],
)  # fmt: skip
def test_days_of_a_period(period, first, last):
    assert [str(day) for day in bills.period_days(period)] == [first, last]


@pytest.mark.parametrize("held", [0.0, 3.0, 12.5, 400.0])
def test_mean_of_what_is_sold_is_that_of_the_kernel(held):
    duty = np.repeat([0.0, 7.0, 2.0], [30, 40, 21])
    expected = lagged(duty, held, 0.0)[45:].mean()
    assert bills.mean_sold(duty, 45, held) == pytest.approx(expected, abs=1e-12)


def test_a_bill_is_duty_by_day_times_units_a_day(world):
    """Border: the days' added duties on 73,000 a year. Sold: the same days, 20 days later."""
    path = bills.course(world, ["car"], Q2[1], dt.date(2025, 7, 1), 0, 1)
    _, duty = duty_by_day(world, ["car"], bills.BEFORE, Q2[1])
    added = duty[:, 0] - duty[0, 0]
    start = (Q2[0] - bills.BEFORE).days
    border = bills.bill(world, path, Q2[0], sold=False)
    assert border[0] == pytest.approx(added[start:].sum() * 73000 / 365)
    # 25 % of what is not American of a car, from 3 April on: 89 days of 91.
    one = added[-1]
    assert border[0] == pytest.approx(one * 89 * 200)
    sold = bills.bill(world, path, Q2[0], sold=True)
    assert sold[0] == pytest.approx(one * 69 * 200)


def test_the_naive_rule_knows_no_stock_and_takes_the_volume_where_the_year_before_is_not_known(
    world,
):
    path = bills.course(world, ["car"], Q2[1], dt.date(2025, 7, 1), 0, 1)
    rate, gate = path.of("last_rate")[-1, 0, 0], path.of("gate")[0, 0, 0]
    naive = bills.statutory_bill(world, path, Q2[0])
    assert naive == pytest.approx(rate * gate * 89 * 100_000 / 366)


def test_an_offset_meets_duty_on_parts_up_to_what_a_vehicle_earns():
    """Alabama: 3.75 % of 35,000 USD is 1,312 USD; from 3 May 2025 parts owe more than that."""
    world = ex.load()
    path = bills.course(world, ["hyundai-cars"], Q2[1], dt.date(2025, 7, 1), 0, 1)
    number = list(path.compiled.routes["route"]).index("alabama")
    full, free = np.split(path.of("duty")[:, 0], 2)
    met = full - path.duty[:, 0]
    last = path.state[-1]
    assert (full - free)[last, number] > 1312
    assert met[last, number] == pytest.approx(1312)
    april = path.state[(dt.date(2025, 4, 20) - path.first).days]
    assert met[april, number] == 0
    abroad = list(path.compiled.routes["route"]).index("ulsan")
    assert (met[:, abroad] == 0).all()
    # No more is met than is owed.
    figures = world.tables["figures"]
    rich = figures.assign(central=figures["central"].where(
        figures["id"] != "hyundai-cars/route/alabama/parts_offset_usd", 9000.0))  # fmt: skip
    richer = replace(world, tables={**world.tables, "figures": rich})
    path = bills.course(richer, ["hyundai-cars"], Q2[1], dt.date(2025, 7, 1), 0, 1)
    assert path.duty[:, 0, number] == pytest.approx(free[:, number])


def test_a_law_of_tomorrow_does_not_enter(tmp_path):
    """Content outside the US alone pays, says a rule that is published on 10 July."""
    change = {"law__us__cars__yaml": (LATE, LATE.replace("2025-03-26", "2025-07-10"))}
    world = ex.load(write(tmp_path, **change))
    before, after = (
        bills.bill(
            world,
            bills.course(world, ["car"], Q2[1], dt.date(2025, 7, day), 0, 1),
            Q2[0],
            sold=False,
        )[0]
        for day in (9, 10)
    )
    assert before > 1.5 * after
    told = {
        day: backtest(ex.load(write(tmp_path / day, BILLS.replace("2025-07-20", day), **change)), 0)
        for day in ("2025-07-10", "2025-07-11")
    }
    bill = {day: t["backtest"].set_index("outcome").predicted_median["firm-q2"]
            for day, t in told.items()}  # fmt: skip
    assert bill["2025-07-10"] > 1.5 * bill["2025-07-11"]


# --- the table and its scores ----------------------------------------------------------------


def test_a_row_an_outcome_and_what_is_not_published_is_not_zero(made):
    table = made["backtest"].set_index("outcome")
    assert table.loc["firm-q2", "observed_central"] == pytest.approx(1e8)
    assert table.loc["firm-q2", "observed_low"] == pytest.approx(9e10 / 1250)
    assert table.loc["firm-q2", "observed_high"] == pytest.approx(1.1e11 / 900)
    assert np.isnan(table.loc["silent", "observed_central"])
    assert not table.loc["silent", "scored"]
    assert table.loc["firm-q2", "inside"] in ("yes", "no")
    assert (table["predicted_low"].dropna() <= table["predicted_high"].dropna()).all()


def test_facts_that_came_later_are_named(made):
    """The source of the tiny world is of 2026, the outcome and the year's volume of 2025."""
    late = made["backtest"].set_index("outcome")["hindsight"]
    assert late["firm-q2"].split() == ["car/customs_value_usd", "car/stock_days"]
    assert late["cars"].split() == ["car/customs_value_usd"]


def test_a_volume_that_was_not_published_yet_does_not_enter(world, tmp_path):
    """January counts as its last day; until then the file's own volume stands, and is named."""
    path = bills.course(world, ["car"], Q2[1], dt.date(2025, 7, 1), 0, 1)
    assert bills.units_a_day(world, path, "car", "mexico", 2025) == pytest.approx(200)
    for day, known in ((dt.date(2025, 1, 30), None), (dt.date(2025, 1, 31), (2025, 73000.0))):
        assert bills.volume_known(world, "car", "mexico", 2026, day) == known
        late = bills.hindsight(world, ["car"], 2026, day, sold=True)
        assert ("car/route/mexico/volume" in late) == (known is None)
    assert bills.volume_known(world, "car", "mexico", 2024, dt.date(2026, 1, 1)) is None


def test_scores_by_hand(world):
    """Two outcomes of 100 and 200; 120 in 90 to 130 and 150 in 100 to 160."""
    table = pd.DataFrame(
        {
            "outcome": ["a", "b"],
            "kind": "firm_bill_quarter",
            "scored": True,
            "observed_central": [100.0, 200.0],
            "predicted_low": [90.0, 100.0],
            "predicted_median": [120.0, 150.0],
            "predicted_high": [130.0, 160.0],
            "naive_statutory": [150.0, np.nan],
            "naive_unchanged": [0.0, 0.0],
        }
    )
    members = {"a": np.full(4, 120.0), "b": np.full(4, 150.0)}
    row = scored(world, table, members).set_index("kind").loc["firm_bill_quarter"]
    assert row["n"] == 2
    assert row["coverage"] == 0.5
    assert row["bias"] == pytest.approx(-30 / 300)
    assert row["mape"] == pytest.approx((0.2 + 0.25) / 2)
    assert row["naive_statutory"] == pytest.approx(0.5)
    assert row["naive_unchanged"] == 1.0
    assert row["crps"] == pytest.approx((20 + 50) / 2 / 150)
    # The bias is at its band, which holds; the coverage is not.
    assert row["judged"]
    assert not row["met"]
    assert row["missed"] == "coverage"
    assert row["diagnosis"] == "Because"


def test_a_kind_without_outcomes_is_not_judged(made):
    row = made["backtest_scores"].set_index("kind").loc["price_index"]
    assert row["n"] == 0
    assert not row["judged"]
    assert not row["met"]
    assert np.isnan(row["mape"])


def test_a_bill_that_was_stated_against_units_and_values(made):
    """73,000 at 10,000 and the rate; 200 m needs more than the product's highest value."""
    row = made["backtest_arithmetic"].iloc[0]
    assert row["bill_usd"] == pytest.approx(73000 * 10000 * row["rate"])
    assert row["needed_usd"] == pytest.approx(2e8 / 73000 / row["rate"])
    assert row["consistent"] == (9000 <= row["needed_usd"] <= 11000)


def test_without_draws_there_is_no_interval(world):
    table = backtest(world, draws=0)["backtest"]
    assert table["predicted_low"].isna().all()
    assert set(table["inside"]) == {""}
    with pytest.raises(QueryError, match="0 or more"):
        ex.backtest(world, draws=-1)


# --- forms -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("100000000000,", ",", "empty where `definition` is unpublished"),
        ("Firm,car,all", "Firm,cart,all", "'cart' is not known"),
        (",krw,", ",yen,", "'yen' is not known"),
        ("2025Q2", "2025Q5", "2025Q2, 2025FY"),
        ("KRW,krw", "KRW,", "given where `currency` is not USD"),
    ],
)
def test_a_broken_bill_is_told(tmp_path, old, new, says):
    with pytest.raises(Problems) as caught:
        ex.load(write(tmp_path, BILLS.replace(old, new, 1)))
    assert says in "\n".join(map(str, caught.value.problems))


# --- what is told ----------------------------------------------------------------------------


def test_text_page_and_report(world, made, tmp_path):
    lines = backtest_text(made)
    assert {verdict for verdict, _ in lines} >= {"missed"}
    written = page(world, made)
    assert "Why it errs" in written
    assert "We looked. It was known. Before: mean error 75.0 %, bias -50.0 %" in written
    paths = build_backtest(made, {"data": "x"}, tmp_path / "out")
    assert all(path.is_file() for path in paths)
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Hyundai" not in html
    assert "We looked." in html


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPOSURE_DATA", str(write(tmp_path / "data")))
    out = tmp_path / "out"
    told = CliRunner().invoke(main, ["backtest", "--draws", "5", "-o", str(out)])
    assert told.exit_code == 0, told.output
    assert "missed: " in told.output
    assert "\x1b[" not in told.output
    assert (out / "tables" / "backtest.csv").is_file()
    told = CliRunner().invoke(main, ["backtest", "--draws", "0", "--json"])
    assert json.loads(told.output)["backtest"][0]["outcome"] == "firm-q2"


# --- what is shipped -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped():
    world = ex.load()
    return world, backtest(world)


def test_shipped_scores_and_page_are_current(shipped):
    """Both files come from a run; numbers may differ by rounding only."""
    world, made = shipped
    stored = world.tables["backtest_scores"]
    now = made["backtest_scores"]
    assert list(stored.columns) == list(now.columns)
    for name in stored:
        if pd.api.types.is_float_dtype(stored[name]):
            near = np.isclose(stored[name], now[name], atol=6e-5, rtol=0, equal_nan=True)
            assert near.all(), name
        else:
            assert list(stored[name]) == list(now[name]), name
    text = (ROOT / "docs" / "backtest.md").read_text(encoding="utf-8")
    assert text == page(world, made)


def test_no_band_is_held_silently(shipped):
    """A kind that is missed says why."""
    scores = shipped[1]["backtest_scores"]
    missed = scores[scores["judged"] & ~scores["met"]]
    assert (missed["diagnosis"] != "").all()
    assert (missed["missed"] != "").all()


def test_bands_are_older_than_scores_and_were_never_changed():
    """What git says: one commit of the bands, before the first of the scores."""

    def commits(name):
        asked = ["git", "log", "--format=%H %ct", "--", f"data/raw/outcomes/{name}"]
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.split("\n")[:-1] if done.returncode == 0 else []

    bands, scores = commits("bands.yaml"), commits("scores.csv")
    if not bands or not scores:
        pytest.skip("no git history here, or not a whole one")
    assert len(bands) == 1
    assert int(bands[0].split()[1]) <= int(scores[-1].split()[1])
    first = scores[-1].split()[0]
    asked = ["git", "merge-base", "--is-ancestor", bands[0].split()[0], first]
    assert subprocess.run(asked, cwd=ROOT, check=False).returncode == 0


def test_a_world_without_outcomes_is_refused_in_a_line(tmp_path):
    world = ex.load(tiny.write(tmp_path / "data"))
    with pytest.raises(DataError, match=r"outcomes.bands\.yaml: the back-test has nothing"):
        ex.backtest(world, draws=0)
