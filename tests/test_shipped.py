"""The shipped world: the numbers that must come out, and every scenario runs and adds up."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exposure as ex
from exposure.errors import Problems
from exposure.reports import products_page
from exposure.reports.contents import describe
from exposure.reports.description import plain
from tests.night import NIGHT, part

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = sorted(path.stem for path in (ROOT / "data/raw/scenarios").glob("*.yaml"))


@pytest.fixture(scope="module")
def world():
    return ex.load()


NUMBERS = [
    ("8703.23.01", "MEX", "2025-07-15",
     {"claim": "usmca", "commerce_approved": True, "us_content": 0.4}, 0.15),
    ("8703.23.01", "MEX", "2025-07-15", {}, 0.275),
    ("8703.23.01", "KOR", "2025-06-01", {"claim": "korus"}, 0.25),
    ("8703.23.01", "KOR", "2025-12-05", {"claim": "korus"}, 0.15),
    ("8703.23.01", "JPN", "2025-06-01", {}, 0.275),
    ("8703.23.01", "JPN", "2025-10-01", {}, 0.15),
    ("8517.13", "VNM", "2025-05-01", {}, 0.0),
    ("8517.13", "CHN", "2025-05-01", {}, 0.2),
]  # fmt: skip


@pytest.mark.parametrize(("hts", "origin", "on", "facts", "expected"), NUMBERS)
def test_numbers_that_must_come_out(world, hts, origin, on, facts, expected):
    found = ex.rate(world, hts, origin, on, **facts).table.iloc[0]
    assert found["total"] == pytest.approx(expected, abs=5e-5), found["note"]


def test_every_country_has_a_code_of_two_letters_of_its_own(world):
    codes = world.tables["countries"]["also"].str.split().str[0]
    assert codes.str.fullmatch("[A-Z]{2}").all()
    assert codes.is_unique
    with pytest.raises(Problems) as caught:
        ex.rate(world, "8703.23.01", "UK", "2025-05-01")
    assert str(caught.value) == "origin 'UK' is not known (GBR is United Kingdom)"


@pytest.fixture(scope="module")
def result(world):
    return ex.run(world, *SCENARIOS, draws=0, by_quarter=False, by_sector=False)


def test_landed_cost_adds_up_in_every_scenario(result):
    cost = result.table("landed_cost")
    parts = cost[["value_added_usd_per_unit", "freight_usd_per_unit", "duty_usd_per_unit"]]
    np.testing.assert_allclose(parts.sum(axis=1), cost["landed_central"], rtol=0, atol=1e-9)
    key = ["scenario", "case", "product", "route"]
    lines = result.table("duty_lines").groupby(key)["duty_usd_per_unit"].sum()
    total = cost.set_index(key)["duty_usd_per_unit"]
    np.testing.assert_allclose(lines.reindex(total.index).fillna(0.0), total, atol=1e-9)


def test_every_scenario_tells_industries_and_three_kinds_of_jobs(world):
    """A scenario whose law moves no line of the importer may leave industries as they are."""
    result = ex.run(world, *(SCENARIOS if NIGHT else SURE), draws=0, by_quarter=False)
    for scenario in result.table("scenarios")["scenario"]:
        jobs = result.table("job_numbers").query("scenario == @scenario")
        assert {"exposed", "predicted"} <= set(jobs["kind"]), scenario
        assert {"firm", "industry", "country"} <= set(jobs["level"]), scenario
        costs = result.table("sector_costs").query("scenario == @scenario")
        assert costs["total_central"].notna().all(), scenario
        results = result.table("country_results").query("scenario == @scenario")
        assert set(results["country"]) >= {"USA", "KOR", "JPN", "MEX", "VNM", "CHN"}, scenario
        assert set(result.table("boards").query("scenario == @scenario")["country"]) == {
            "KOR", "JPN",
        }  # fmt: skip
    assert result.table("firms_in_sectors")["within"].all()


SURE = (
    "gm-korea-25", "japan-quota", "k4-filled-by-cost", "mexico-cars-15", "usmca-cars-withdrawn",
    "vietnam-20-phones",
)  # fmt: skip
"""One of each kind; a run with drivers takes a second or two."""


@pytest.mark.parametrize("scenario", SURE)
def test_every_headline_carries_an_interval_drivers_and_what_turns_it(world, scenario):
    result = ex.run(world, scenario, draws=40)
    countries = result.table("country_results").dropna(subset="central")
    assert (countries["low"] <= countries["median"]).all()
    assert (countries["median"] <= countries["high"]).all()
    key = ["product", "metric"]
    headline = result.table("headline").set_index(key)
    drivers = result.table("drivers").groupby(key).size()
    conclusions = result.table("conclusions").set_index(key)
    moved = headline[headline["high"] - headline["low"] > 1e-6 * headline["central"].abs().clip(1)]
    assert len(moved) >= 3
    assert (moved["low"] <= moved["median"]).all()
    assert (moved["median"] <= moved["high"]).all()
    # Three, where so many inputs act at all: a cost that moves with two has two.
    assert drivers.reindex(moved.index).between(1, 3).all()
    assert (drivers.reindex(moved.index) == 3).mean() > 0.7
    changes = conclusions[conclusions["statement"].isin(["rises", "falls"])]
    assert changes["holds_share"].between(0.0, 1.0).all()
    turned = changes[changes["flip"] != ""]
    assert len(turned) >= 0.5 * len(changes)
    assert (turned["flip_value"].notna() & (turned["flip_input"] != "")).all()
    within = turned[turned["flip_within"]]
    assert within["flip_value"].between(within["low"] - 1e-9, within["high"] + 1e-9).all()


def duty(result, scenario, product, route, case="scenario"):
    cost = result.table("landed_cost")
    keys = {"scenario": scenario, "product": product, "route": route, "case": case}
    for name, value in keys.items():
        cost = cost[cost[name] == value]
    return float(cost["duty_usd_per_unit"].iloc[0])


def test_scenarios_say_what_they_are_named_for(result):
    k4, phone = "kia-k4", "samsung-galaxy-s"
    full = duty(result, "usmca-cars-withdrawn", k4, "pesqueria")
    netted = duty(result, "usmca-cars-withdrawn", k4, "pesqueria", "baseline")
    assert 0 < netted < full
    korea = "korea-25-japan-15"
    assert duty(result, korea, k4, "hwaseong") == pytest.approx(
        duty(result, korea, k4, "hwaseong", "baseline") * 25 / 15
    )
    exempt = "chip-duty-korean-firms-exempt"
    assert (
        0
        < duty(result, exempt, phone, "vietnam")
        < duty(result, "chip-duty-by-origin", phone, "vietnam")
    )
    assert duty(result, "vietnam-20-phones", phone, "vietnam") > 0
    assert duty(result, "vietnam-20-phones", phone, "vietnam", "baseline") == 0
    assert duty(result, "law-today", phone, "vietnam") == 0


def test_the_last_day_against_itself_changes_nothing(result):
    headline = result.table("headline")
    mine = headline[headline["scenario"] == "last-day-before-2025-02-04"].set_index("metric")
    changes = mine.loc[[name for name in mine.index if "change" in name]]
    # A bill of a year is a sum of billions of dollars: its change is zero but for rounding.
    size = mine["central"].abs().max()
    scale = np.where(changes["unit"] == "USD a year", size, 1.0)
    np.testing.assert_allclose(changes["central"] / scale, 0.0, atol=1e-12)


def test_jobs_by_stage_are_the_jobs_of_the_headline(result):
    keys = ["scenario", "product"]
    for kind in ("exposed", "predicted"):
        added = result.table("jobs").groupby(keys)[f"{kind}_central"].sum()
        headline = result.table("headline").query(f"metric == 'jobs_{kind}'").set_index(keys)
        total = headline["central"]
        np.testing.assert_allclose(added.reindex(total.index).fillna(0.0), total, atol=1e-6)


def test_us_content_of_the_reference_car_is_as_stated(result):
    content = result.table("content").query(
        "scenario == 'law-today' and case == 'baseline' and product == 'kia-k4'"
        " and route == 'pesqueria'"
    )
    us = content.set_index("country").loc["USA", "share_central"]
    assert us == pytest.approx(0.40, abs=0.005)


def test_every_product_runs_alone_as_it_does_among_all(world, result):
    keys = ["scenario", "case", "product", "route"]
    among = result.table("landed_cost").set_index(keys)["landed_central"]
    for product in part(world.table("products")["product"], 4):
        cost = ex.run(world, "law-today", products=[product], draws=0, by_quarter=False).table(
            "landed_cost"
        )
        assert set(cost["product"]) == {product}
        alone = cost.set_index(keys)["landed_central"]
        np.testing.assert_allclose(alone, among.loc[alone.index], rtol=1e-12)
        assert np.isfinite(cost["landed_central"]).all()
        assert (cost["landed_central"] > 0).all()


def test_shares_of_every_product_add_up_and_grade_d_says_why(world):
    figures = world.table("figures")
    parts = figures[figures["id"].str.contains("/part/")]
    sums = parts.groupby("product")["central"].sum()
    np.testing.assert_allclose(sums, 1.0, atol=1e-9)
    reasons = world.table("sources").set_index("source_id")["note"]
    for table in ("figures", "makings", "labour", "volumes_by_year", "transformations"):
        rows = world.table(table)
        illustrative = rows[rows["grade"] == "D"]
        said = illustrative.get("note", illustrative.get("reason")).str.len() > 0
        assert (said | (illustrative["source"].map(reasons).str.len() > 0)).all(), table


def test_sources_that_firm_files_name_in_words_exist(world):
    known = set(world.table("sources")["source_id"])
    for path in sorted((ROOT / "data/raw/firms").glob("*.yaml")):
        named = set(re.findall(r"\b[a-z]+(?:-[a-z0-9]+)+-20\d\d\b", path.read_text("utf-8")))
        assert named - known == set(), path.name


def test_every_measure_has_a_source(world):
    clauses = world.table("clauses")
    assert (clauses["source"].str.len() > 3).all()
    for name in ("figures", "parameters", "labour"):
        table = world.table(name)
        low, high = ("jobs_low", "jobs_high") if name == "labour" else ("low", "high")
        assert (table[low] <= table[high]).all()
        assert table["grade"].isin(list("ABCD")).all()


def test_a_table_of_one_row_equals_that_row_among_many(world):
    rows = pd.DataFrame([{"hts": h, "origin": o, "on": d, "facts": f} for h, o, d, f, _ in NUMBERS])
    many = ex.rates(world, rows).table
    for number in range(len(rows)):
        alone = ex.rates(world, rows.iloc[[number]]).table
        pd.testing.assert_series_equal(
            alone.iloc[0], many.iloc[number], check_names=False, check_exact=True
        )


def test_importing_loads_nothing_heavy():
    code = (
        "import sys, exposure, exposure.cli;"
        "print([m for m in ('pandas', 'numpy', 'matplotlib', 'statsmodels') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_of_products_is_current():
    page = (ROOT / "docs" / "products.md").read_text(encoding="utf-8")
    assert products_page.page(ex.load()) == page


def test_a_composite_says_so_first_and_how_much_of_it_is_illustrative(world):
    result = ex.run(world, "k-beauty-15", draws=0, by_quarter=False, by_sector=False)
    row = result.table("input_grades").iloc[0]
    assert row[["a", "b", "c", "d"]].sum() == row["inputs"]
    assert row["d_share"] == row["d"] / row["inputs"] > 0.5
    told = [plain(text).replace("\u00a0", " ") for text in describe(result.tables).notices]
    (mine,) = (text for text in told if "It is a composite: no one firm's product" in text)
    assert (
        f"{row['d']} are of grade D, illustrative ({row['d_share']:.0%}".replace("%", " %") in mine
    )
