"""Industries in a run of the shipped world: law to rates, rates to costs, output and jobs."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exposure as ex
from exposure.economy.embodied import in_final_demand, linked
from exposure.economy.one_importer import price_change, wedge
from exposure.economy.sectors import coefficients, leontief
from exposure.facts.documents import Scenario
from exposure.facts.scenario import read_scenario
from exposure.model.pipeline import run
from exposure.model.sector_table import sector_table
from exposure.model.sectors import (
    Answers,
    SectorRates,
    answers,
    job_draws,
    rates_by_sector,
    respond,
)
from exposure.model.trade_rates import line_rates, longest_prefix, sector_rates
from exposure.reports.description import Figure, Table, plain
from exposure.reports.figures import board_bars
from exposure.reports.industry_blocks import industry_blocks
from exposure.reports.page import Page
from exposure.reports.style import usd
from exposure.reports.text import industries_text
from exposure.reports.words import words

PRODUCT = ("gm-korea-suv",)


@pytest.fixture(scope="module")
def world():
    return ex.load()


@pytest.fixture(scope="module")
def table(world):
    return sector_table(world)


@pytest.fixture(scope="module")
def result(world):
    return run(world, "law-today", products=PRODUCT, draws=60, by_quarter=False)


@pytest.fixture(scope="module")
def lines(world):
    return line_rates(world, read_scenario(world, "law-today"))


def full(table, substitution=0.0, demand=0.0):
    """Importers bear all; buyers turn as told."""
    shape = (1, len(table.industries))
    return Answers(*(np.full(shape, x) for x in (1.0, 1.0, substitution, demand, 1.0)))


# --- the table ------------------------------------------------------------------------------


def test_rows_and_columns_balance(table):
    np.testing.assert_allclose(table.flows.sum(axis=0) + table.value_added, table.output)
    np.testing.assert_allclose(table.flows.sum(axis=1) + table.final.sum(axis=1), table.output)
    assert table.value_added.sum() == pytest.approx(table.final.sum(), rel=1e-12)
    assert (table.value_added >= 0).all()


def test_prices_of_one_reproduce_the_table(table):
    share = table.value_added / table.output
    np.testing.assert_allclose(table.importer.system.price(share[None]), 1.0, rtol=1e-12)


def test_it_has_the_regions_and_industries_that_are_asked_for(table):
    wanted = {"KOR", "JPN", "VNM", "CHN", "TWN", "MEX", "CAN", "USA", "DEU", "EUX", "IND", "THA"}
    assert wanted <= set(table.regions)
    assert len(table.industries) >= 20


# --- rates ----------------------------------------------------------------------------------


def test_a_mean_rate_is_that_of_its_lines(world, lines):
    """Korean iron and steel by hand: the lines one by one through `exposure.rate`."""
    rates = sector_rates(world, lines)
    row = rates.query("origin == 'KOR' and industry == 'iron_steel'").iloc[0]
    mine = (lines.origin == "KOR") & (lines.industry == "iron_steel")
    largest = np.flatnonzero(mine)[np.argsort(-lines.imports_usd[mine])][:5]
    for at in largest:
        sheet = ex.rate(
            world, hts=lines.hts[at], origin="KOR", on="2026-11-23", known="2026-10-10",
            claim="korus", steel_share=0.25,
        ).table.iloc[0]  # fmt: skip
        assert sheet["total"] == pytest.approx(lines.after[at], abs=0.005)
    known = mine & ~np.isnan(lines.before) & ~np.isnan(lines.after)
    plain = np.average(lines.after[known], weights=lines.imports_usd[known])
    assert row["rate_after"] == pytest.approx(plain, rel=1e-12)
    assert row["known_share"] == pytest.approx(
        lines.imports_usd[known].sum() / row["imports_usd"], rel=1e-12
    )


def test_every_dollar_of_imports_is_told_once(world, lines):
    rates = sector_rates(world, lines)
    once = rates[rates["origin"] != "EUX"]
    total = world.tables["us_import_totals"]["imports_kusd"].sum() * 1e3
    assert once["imports_usd"].sum() == pytest.approx(total, rel=1e-12)
    assert once["known_share"].between(0, 1.001).all()
    # Members of the union share its imports.
    assert rates.query("origin == 'EUX'")["imports_usd"].sum() == pytest.approx(
        rates.query("origin == 'DEU'")["imports_usd"].sum()
    )


def test_a_rate_that_is_mostly_not_known_is_not_known(world, lines):
    rates = sector_rates(world, lines)
    dark = rates[rates["known_share"] < 0.5]
    assert len(dark) > 0
    assert dark["rate_after"].isna().all()
    assert rates[rates["known_share"] >= 0.5]["rate_after"].notna().all()


def test_longest_prefix_holds():
    table = pd.DataFrame({"prefix": ["87", "8703", "870324"], "industry": ["a", "b", "c"]})
    codes = np.array(["87082951", "87032301", "87032401", "01012100"])
    assert longest_prefix(codes, table, "industry").tolist() == ["a", "b", "c", ""]


def test_law_that_does_not_change_moves_nothing(world, table):
    day = {"effective_on": "2025-10-01"}
    still = Scenario.model_validate(
        {"id": "still", "title": "Still", "question": "?", "baseline": day, "law_on": day}
    )
    mean = sector_rates(world, line_rates(world, still))
    rates = rates_by_sector(table, world, mean)
    found = respond(table, rates, answers(world, still, table, 3, 1), job_draws(table, 3, 1))
    assert not found.total.any()
    np.testing.assert_allclose(found.output, 0.0, atol=1e-6)
    np.testing.assert_allclose(found.shipped, np.repeat(table.shipped[None], 4, axis=0))
    np.testing.assert_allclose(np.nan_to_num(found.jobs_change), 0.0, atol=1e-6)


# --- costs ----------------------------------------------------------------------------------


def one_rate(table, rate, country="KOR", industry="motor_vehicles"):
    at = table.regions.index(country) * len(table.industries) + table.industries.index(industry)
    after = np.zeros(len(table))
    after[at] = rate
    known = np.ones(len(table), dtype=bool)
    return SectorRates(np.zeros(len(table)), after, known, np.zeros(len(table))), at


def test_costs_by_hand(table):
    """25 % on Korean cars: American car makers pay 25 % of what they buy of them, at once."""
    rates, at = one_rate(table, 0.25)
    found = respond(table, rates, full(table), job_draws(table, 0, 1))
    user = table.importer.users[table.industries.index("motor_vehicles")]
    by_hand = 0.25 * table.flows[at, user] / table.output[user]
    place = table.industries.index("motor_vehicles")
    assert found.direct[0, place] == pytest.approx(by_hand, rel=1e-12)
    inverse = np.linalg.inv(np.eye(len(table)) - table.coefficients)
    cost = 0.25 * table.coefficients[at, table.importer.users]
    np.testing.assert_allclose(found.total[0], cost @ inverse[table.importer.users], rtol=1e-9)


def test_costs_are_linear_and_parts_add_up(table):
    whole = np.zeros(len(table))
    parts = []
    for country in ("KOR", "JPN", "MEX"):
        rates, at = one_rate(table, 0.2, country)
        whole[at] = 0.2
        parts.append(price_change(table.importer, wedge(table.importer, rates.after[None])))
    together = price_change(table.importer, wedge(table.importer, whole[None]))
    np.testing.assert_allclose(sum(parts), together, rtol=1e-12)


def test_margins_in_per_cent_add_little_to_one_importers_duties(result):
    costs = result.table("sector_costs")
    apart = (costs["compounded"] - costs["full_total"]).abs()
    assert apart.max() < 1e-3
    assert apart.max() > 0


def test_dearer_imports_never_make_costs_fall(result):
    costs = result.table("sector_costs").query("country == 'USA'")
    assert (costs["total_central"] >= costs["direct_central"] - 1e-12).all()
    assert (costs["full_total"] >= costs["total_central"] - 1e-12).all()


# --- quantities -----------------------------------------------------------------------------


def test_nobody_turns_without_elasticities(table):
    rates, _ = one_rate(table, 0.25)
    found = respond(table, rates, full(table), job_draws(table, 0, 1))
    np.testing.assert_allclose(found.output[0] / table.output, 0.0, atol=1e-12)


def test_buyers_turn_to_rivals_and_home(table):
    """A duty on one origin: it loses, every rival and the importer's own makers gain."""
    rates, at = one_rate(table, 0.25)
    found = respond(table, rates, full(table, 3.0, 0.6), job_draws(table, 0, 1))
    industry = table.industries.index("motor_vehicles")
    mine = np.flatnonzero(table.industry == industry)
    change = found.shipped[0] - table.shipped
    assert change[at] < 0
    assert (change[np.setdiff1d(mine, at)] > 0).all()
    assert found.output[0, at] < change[at] * 0.99  # and suppliers in the same industry lose too
    more = one_rate(table, 0.30)[0]
    worse = respond(table, more, full(table, 3.0, 0.6), job_draws(table, 0, 1))
    assert worse.output[0, at] < found.output[0, at]


def test_output_holds_in_the_new_table(table):
    """What is sold after: the changed columns and final demand need the output that is told."""
    rates, _ = one_rate(table, 0.25)
    found = respond(table, rates, full(table, 3.0, 0.6), job_draws(table, 0, 1))
    sold = found.shipped[0] + (table.output - table.shipped)
    others = np.setdiff1d(np.arange(len(table)), table.importer.users)
    grown = found.output[0][others]
    left = table.coefficients[:, others] @ grown
    np.testing.assert_allclose(sold + left, table.output + found.output[0], rtol=1e-9)


# --- jobs -----------------------------------------------------------------------------------


def test_parts_of_jobs_never_exceed_the_whole(result):
    jobs = result.table("sector_jobs").query("country != 'USA'").dropna(subset="jobs_central")
    parts = [f"exposed_{name}_central" for name in ("direct", "home", "abroad")]
    assert (jobs[parts] >= -1e-9).all().all()
    assert (jobs[parts].sum(axis=1) <= jobs["jobs_central"] * (1 + 1e-9)).all()
    assert (-jobs["predicted_central"] <= jobs["jobs_central"]).all()


def test_jobs_by_place_and_by_exporter_are_the_same_jobs(result):
    jobs = result.table("sector_jobs")
    whose = result.table("export_jobs")
    parts = ("direct", "home", "abroad")
    where = sum(jobs[f"exposed_{name}_central"].sum() for name in parts)
    assert where == pytest.approx(sum(whose[f"{name}_central"].sum() for name in parts), rel=1e-9)


def test_countries_are_sums_of_industries(result):
    numbers = result.table("job_numbers")
    industries = numbers.query("level == 'industry' and country == 'KOR'")
    country = numbers.query("level == 'country' and country == 'KOR'")
    for part in ("direct", "suppliers at home", "suppliers abroad", "all"):
        whole = country[country["part"] == part]["central"].iloc[0]
        parts = industries[industries["part"] == part]["central"].sum()
        assert parts == pytest.approx(whole, rel=1e-9)


def test_a_row_of_jobs_has_one_kind_and_a_range(result):
    numbers = result.table("job_numbers")
    assert set(numbers["kind"]) == {"exposed", "predicted", "tail"}
    assert not numbers.duplicated(["level", "country", "name", "kind", "part"]).any()
    told = numbers.dropna(subset="central")
    assert (told["low"] <= told["central"] + 1e-6).all()
    assert (told["central"] <= told["high"] + 1e-6).all()
    assert set(told["level"]) == {"firm", "plant", "region", "industry", "country"}
    unknown = numbers[numbers["central"].isna()]
    assert set(unknown["country"]) == {"ROW"}


def test_firms_lie_inside_their_sectors(world):
    """All shipped products together: exports and jobs, sector by sector."""
    found = run(world, "law-today", draws=0, by_quarter=False).table("firms_in_sectors")
    assert found["within"].all(), found[~found["within"]].to_string()
    cars = found.query("country == 'KOR' and industry == 'motor_vehicles'").iloc[0]
    assert 0.5 < cars["exports_share"] < 1.0
    assert 0.5 < cars["jobs_share"] < 1.0


def test_korean_car_jobs_beside_the_number_in_the_news(result):
    stated = result.table("stated_jobs").set_index("name")
    cars, closure = stated.loc["motor_vehicles"], stated.loc["GM Korea"]
    assert cars["stated"] == 335_600
    assert cars["low"] < cars["stated"] * 1.5
    assert cars["exposed"] < cars["stated"]
    assert closure["low"] < 12_000 < closure["high"] * 1.1
    assert closure["suppliers"] > 0


# --- plants ---------------------------------------------------------------------------------


def test_coverage_by_hand(world):
    """GM at Bupyeong, central values: (m (1 - s) + s q (m - c)) / f."""
    found = run(world, "law-today", products=PRODUCT, draws=0, by_quarter=False)
    plant = found.table("plants").set_index("plant").loc["gm-bupyeong"]
    margin, share, fixed = 0.18, 0.84, 0.10
    assert plant["coverage_before_central"] == pytest.approx(margin / fixed)
    routes = found.table("firm_results").query("level == 'route' and route == 'bupyeong'")
    values = routes.set_index("metric")
    ratio = values.at["units", "central"] / values.at["units", "baseline"]
    numbers = found.table("landed_cost").query("route == 'bupyeong'").set_index("case")
    before = numbers.loc["baseline"]
    price = before["landed_central"] - before["duty_usd_per_unit"]
    paid = numbers.loc["scenario", "duty_usd_per_unit"] - before["duty_usd_per_unit"]
    passed = found.table("assumptions").set_index("id").at["pass_through@cars", "central"]
    cut = (1.0 - passed) * paid / price
    by_hand = ((1 - share) * margin + share * ratio * (margin - cut)) / fixed
    assert plant["coverage_central"] == pytest.approx(by_hand, rel=1e-9)


def test_a_plant_closes_more_often_as_its_duty_rises(world):
    shares = []
    for day in ("2025-02-03", "2025-11-01", "2025-10-31"):  # nothing, 15 and 25 per cent
        case = Scenario.model_validate(
            {
                "id": f"law-{day}", "title": "t", "question": "?",
                "baseline": {"effective_on": "2025-02-03"}, "law_on": {"effective_on": day},
            }
        )  # fmt: skip
        made = run(world, case, products=PRODUCT, draws=60, by_quarter=False, by_sector=False)
        shares.append(made.table("plants").set_index("plant").at["gm-bupyeong", "stops_share"])
    assert shares == sorted(shares)
    assert shares[-1] > shares[0]


def test_without_industries_there_are_plants_and_firms_alone(world):
    made = run(world, "law-today", products=PRODUCT, draws=0, by_quarter=False, by_sector=False)
    assert not len(made.table("sector_costs"))
    assert len(made.table("plants")) == 2
    assert set(made.table("job_numbers")["level"]) == {"firm", "plant", "region"}


# --- boards ---------------------------------------------------------------------------------


def test_boards_hold_all_exports(world, result):
    boards = result.table("boards")
    totals = world.tables["us_import_totals"].groupby("origin")["imports_kusd"].sum() * 1e3
    for country in ("KOR", "JPN"):
        mine = boards.query("country == @country")
        assert mine["exports_usd"].sum() == pytest.approx(totals[country], rel=1e-9)
        assert mine["board"].iloc[-1] == "other"
        size = mine["duty_change_usd"].iloc[:-1].fillna(0.0).abs()
        assert size.is_monotonic_decreasing
    korea = boards.query("country == 'KOR'").set_index("board")
    # Duties of industries are of the same imports; boards hold goods of no industry as well.
    duty = result.table("country_results").query("country == 'KOR' and metric == 'duty_change_usd'")
    assert duty["central"].iloc[0] == pytest.approx(korea["duty_change_usd"].sum(), rel=0.02)
    third = korea.loc[["cars", "car-parts"], "exports_usd"].sum() / 128.4e9
    assert third == pytest.approx(1 / 3, abs=0.04)
    for board, low, high in (("plastics", 4.0, 5.0), ("organic-chemicals", 1.8, 2.5),
                             ("cosmetics", 1.7, 2.2), ("petrochemicals", 5.0, 6.0)):  # fmt: skip
        assert low * 1e9 < korea.at[board, "exports_usd"] < high * 1e9
    assert korea.at["cars", "rate_after"] == pytest.approx(0.15, abs=1e-6)


# --- published numbers ----------------------------------------------------------------------


def test_jobs_that_hang_on_american_demand_beside_the_ilo(table):
    """ILO, May 2025: 17.1 % of jobs in Canada and Mexico (final demand of 2023)."""
    per = np.nan_to_num(table.jobs[1] / table.output)
    mine = np.isin(np.array(table.regions)[table.region], ["CAN", "MEX"])
    final = in_final_demand(table.importer.system, per, table.final[:, table.here][None])[0]
    others = table.without.others
    whole = np.zeros(len(table))
    whole[others] = linked(table.without, per[others], table.region[others]).total
    jobs = table.jobs[1, mine].sum()
    assert final[mine].sum() / jobs == pytest.approx(0.171, abs=0.015)
    assert whole[mine].sum() / jobs == pytest.approx(0.171, abs=0.015)


def test_korean_value_added_in_three_senses(table):
    """Billion USD, 2022: what the research measured on the same figures before rounding."""
    share = table.value_added / table.output
    korea = table.region == table.regions.index("KOR")
    final = in_final_demand(table.importer.system, share, table.final[:, table.here][None])[0]
    assert final[korea].sum() / 1e3 == pytest.approx(96, abs=0.5)
    exports = (table.home_value * table.shipped)[korea].sum()
    assert exports / 1e3 == pytest.approx(77.6, abs=0.5)
    jobs = (table.home_jobs[1] * table.shipped)[korea].sum()
    assert jobs / 1e6 == pytest.approx(0.97, abs=0.01)


def test_korean_jobs_per_export_beside_the_bank_of_korea(table):
    """6.6 persons per bn won of exported manufactures (2020), 8.1 per bn of all demand (2022).

    At 1,180 and 1,290 won a dollar: 7.8 and 10.4 per million dollars.
    """
    korea = table.region == table.regions.index("KOR")
    jobs = (table.home_jobs[1] * table.shipped)[korea].sum() / table.shipped[korea].sum()
    assert 6.6 * 1.180 < jobs < 8.1 * 1.290
    cars = table.home_jobs[1][korea][table.industries.index("motor_vehicles")]
    assert cars == pytest.approx(8.04, abs=0.1)


SHARED = Path(os.environ.get("EXPOSURE_SHARED", Path(__file__).parents[3] / "shared" / "data"))
TABLE = SHARED / "mrio" / "wiod2013_2011_full.npz"


@pytest.mark.skipif(not TABLE.is_file(), reason="the full table is not on this machine")
def test_aggregation_bias_on_the_full_real_table():
    """WIOD 2011, 41 x 35 against 14 x 24: value added in American final demand, by country."""

    data = np.load(TABLE, allow_pickle=True)
    names = {key: [str(x) for x in data[key]] for key in data.files if data[key].dtype.kind in "UO"}
    keys = [key for key in data.files if data[key].ndim == 1 and key in names]
    countries = next(names[key] for key in keys if "USA" in names[key])
    folder = TABLE.parent
    regions = pd.read_csv(folder / "wiod11_map_regions.csv").set_index("wiod_country")["region"]
    sectors = pd.read_csv(folder / "wiod11_map_sectors.csv")["sector"].tolist()
    flows, final = data["Z"].astype(float), data["Y"].astype(float)
    count = len(sectors)
    rows = np.repeat([regions[c] for c in countries], count)
    mine = np.tile(sectors, len(countries))
    bought = final.reshape(len(flows), len(countries), -1).sum(axis=2)
    america = bought[:, countries.index("USA")]

    def embodied(z, y, output):
        added = (output - z.sum(axis=0)) / np.where(output > 0, output, 1.0)
        return in_final_demand(leontief(coefficients(z, output)), added, y[None])[0]

    output = flows.sum(axis=1) + bought.sum(axis=1)
    fine = embodied(flows, america, output)
    labels = sorted(set(zip(rows, mine, strict=True)))
    place = {label: number for number, label in enumerate(labels)}
    ones = np.zeros((len(flows), len(labels)))
    ones[np.arange(len(flows)), [place[k] for k in zip(rows, mine, strict=True)]] = 1.0
    coarse = embodied(ones.T @ flows @ ones, america @ ones, output @ ones)
    found = {
        country: coarse[[k for k, label in enumerate(labels) if label[0] == country]].sum()
        / fine[rows == country].sum()
        - 1.0
        for country in ("KOR", "JPN", "CHN", "MEX", "TWN")
    }
    # The research measured -0.9, -2.1, +0.6, -0.1 and -0.2 per cent.
    for country, bias in {"KOR": -0.009, "JPN": -0.021, "CHN": 0.006, "MEX": -0.001,
                          "TWN": -0.002}.items():  # fmt: skip
        assert found[country] == pytest.approx(bias, abs=0.002), json.dumps(found)


# --- what a change is of ----------------------------------------------------------------------


def test_a_board_shows_first_what_moved_most(result):
    """The largest changes of duty, then the largest imports; not the other way round."""
    table = result.table("boards").query("country == 'KOR' and board != 'other'")
    # One small group of goods is the only one that moves.
    least = table["exports_usd"].idxmin()
    moved = {**result.tables}
    moved["boards"] = result.tables["boards"].assign(duty_change_usd=0.0)
    moved["boards"].loc[least, "duty_change_usd"] = 2e6
    figure = board_bars.draw(Page(moved, words()), "law-today", "KOR")
    shown = [plain(cells[0]) for cells in figure.table.rows]
    rest = table.drop(least).sort_values("exports_usd", ascending=False)["title"]
    assert shown == [table.at[least, "title"], *rest.head(board_bars.SHOWN - 1)]


def test_boards_in_which_nothing_moves_are_named_in_a_line(result):
    tables = {**result.tables}
    boards = tables["boards"].copy()
    boards.loc[boards["country"] == "JPN", "duty_change_usd"] = 0.0
    tables["boards"] = boards
    blocks = industry_blocks(Page(tables, words()), "law-today")
    ids = {block.id for block in blocks if isinstance(block, Figure | Table)}
    assert {"board-bars-law-today-KOR", "board-law-today-KOR"} <= ids
    assert not any("JPN" in name for name in ids)
    (line,) = (plain(b) for b in blocks if isinstance(b, tuple) and "Left out" in plain(b))
    assert "the boards of Japan" in line


def test_the_report_says_how_much_of_an_industry_the_products_are(result):
    blocks = industry_blocks(Page(result.tables, words()), "law-today")
    share = result.table("firms_in_sectors")["exports_share"].max()
    (line,) = (
        plain(b) for b in blocks if isinstance(b, tuple) and "not that of a product" in plain(b)
    )
    assert f"{share:.1%}".replace("%", "\u00a0%") in line


def test_countries_in_the_terminal_have_ranges_and_those_that_stand_still_are_counted(result):
    tables = {**result.tables}
    found = tables["country_results"].copy()
    still = found["country"].isin(["DEU", "GBR"])
    found.loc[still, ["low", "median", "high", "central"]] = 0.0
    tables["country_results"] = found
    told = industries_text(tables, "law-today")
    assert "Germany" not in told
    assert "\n2 others move by less than" in told
    korea = found.query("country == 'KOR'").set_index("metric").loc["shipped_change_usd"]
    lines = told.splitlines()
    (at,) = (n for n, line in enumerate(lines) if line.startswith("Korea "))
    assert f"({usd(korea['low'])} to {usd(korea['high'])})" in lines[at + 1]
    assert "not of these products alone" in " ".join(told.split())
