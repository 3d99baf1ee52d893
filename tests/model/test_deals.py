"""The shipped bargains: they run, sums add up, ranges hold their centre, pages are current."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exposure as ex
from exposure.cli import main
from exposure.errors import ExposureError, QueryError
from exposure.facts.documents.deals import Frontier
from exposure.facts.read_deals import read_bargain, read_deal
from exposure.facts.scenario import read_scenario
from exposure.model.formula import formula
from exposure.model.frontier import laid_over, only_of
from exposure.model.trade_rates import line_rates, rates_of_origin
from exposure.reports.conflicts_page import page
from exposure.reports.deal_text import bargain_text, conflicts_text
from tests.night import part

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = sorted(path.stem for path in (ROOT / "data/raw/deals").glob("*.yaml"))


@pytest.fixture(scope="module")
def world():
    return ex.load()


@pytest.fixture(scope="module")
def deals(world):
    return ex.deal(world, "korea-350", "japan-550", draws=60)


def number(tables, deal, metric, end="central"):
    table = tables["deal_summary"].set_index(["deal", "metric"])
    return float(table.at[(deal, metric), end])


def ranges(table):
    """Pairs (low, central, high) of all columns that come in threes."""
    for name in table.columns:
        if name.endswith("_low"):
            stem = name.removesuffix("_low")
            yield tuple(
                table[f"{stem}_{end}"].to_numpy(float) for end in ("low", "central", "high")
            )
    if {"low", "central", "high"} <= set(table.columns):
        yield tuple(table[end].to_numpy(float) for end in ("low", "central", "high"))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_bargain_is_well_formed_and_names_its_questions(world, name):
    read = read_bargain(world, name)
    assert read.id == name
    assert read.answers


def test_ranges_hold_their_centre(deals):
    for table in deals.values():
        for low, central, high in ranges(table):
            known = ~np.isnan(central) & ~np.isnan(low) & ~np.isnan(high)
            assert (low[known] <= central[known] * (1 + 1e-12) + 1e-6).all()
            assert (central[known] <= high[known] + np.abs(high[known]) * 1e-12 + 1e-6).all()


@pytest.mark.parametrize("deal", ["korea-350", "japan-550"])
def test_duty_saved_adds_up(deals, deal):
    """Industries add up to the country; the board does too, but for groups whose rates are not
    known; firms stand inside of industries and are never more."""
    whole = number(deals, deal, "duty_saved_usd")
    sectors = deals["deal_sectors"].query("deal == @deal and duty_saved_usd.notna()")
    assert sectors["duty_saved_usd"].sum() == pytest.approx(whole, rel=1e-9)
    board = deals["deal_boards"].query("deal == @deal")["duty_change_usd"].sum()
    assert 0.9 * whole < -board <= whole * (1 + 1e-9)
    firms = deals["deal_firms"].query("deal == @deal")
    assert 0 < firms["duty_saved_usd_central"].sum() < whole


def test_who_keeps_it_adds_up_to_what_is_saved(deals):
    firms = deals["deal_firms"]
    kept = sum(firms[f"{name}_keep_usd_central"] for name in ("buyers", "importers", "exporters"))
    np.testing.assert_allclose(kept, firms["duty_saved_usd_central"], rtol=1e-9)


@pytest.mark.parametrize("deal", ["korea-350", "japan-550"])
def test_years_add_up_to_the_summary(deals, deal):
    """Net is benefit less payments; discounted years add up to the present value."""
    years = deals["deal_years"].query("deal == @deal").pivot(
        index="year", columns="metric", values="central"
    )  # fmt: skip
    for reading, benefit in (("duty", "duty_saved_usd"), ("gain", "home_gain_usd")):
        net = years[benefit] - years["outlay_usd"] + years["returned_usd"] - years["premium_usd"]
        np.testing.assert_allclose(years[f"net_{reading}_usd"], net, atol=0.01)
        total = years[f"discounted_{reading}_usd"].sum()
        assert total == pytest.approx(number(deals, deal, f"npv_{reading}_usd"), rel=1e-9)
    assert years["outlay_usd"].sum() == pytest.approx(number(deals, deal, "paid_usd"), rel=1e-9)


def test_korea_pays_no_more_cash_than_the_ceiling_in_any_year(world):
    """20 bn USD of cash and a tenth of what firms pay for ships, in the year that pays most."""
    sure = {"low": 1.0, "central": 1.0, "high": 1.0}
    deal = read_deal(world, "korea-350")
    cash = deal.investments[0]
    certain = deal.model_copy(
        update={
            "investments": [
                cash.model_copy(update={"paid_share": cash.paid_share.model_copy(update=sure)})
            ],
            "probability": deal.probability.model_copy(update=sure),
        }
    )
    years = ex.deal(world, certain, draws=0)["deal_years"]
    paid = years[years["metric"] == "outlay_usd"].set_index("year")["central"]
    np.testing.assert_allclose(paid.loc[2026:2035], 20e9, atol=0.01)
    assert paid.loc[2036:].sum() == 0.0


def test_a_deal_changes_the_rate_by_what_the_law_says(world):
    """Cars of Korea fall from 25 to 15 %, so the board's row does too."""
    board = ex.deal(world, "korea-350", draws=0)["deal_boards"].set_index("board")
    assert board.at["cars", "rate_before"] == pytest.approx(0.25, abs=0.002)
    assert board.at["cars", "rate_after"] == pytest.approx(0.15, abs=0.002)


def test_revenue_forgone_is_not_duty_saved(deals):
    """Volumes answer: the importer collects duty on what is won back, and less on rivals' goods."""
    for deal in ("korea-350", "japan-550"):
        assert number(deals, deal, "revenue_forgone_usd") < number(deals, deal, "duty_saved_usd")
        assert number(deals, deal, "others_duty_usd") < 0


def test_three_kinds_of_jobs_stay_apart(deals):
    table = deals["deal_sectors"]
    assert {"jobs_exposed_central", "jobs_predicted_central"} <= set(table.columns)
    assert table.query("country == 'USA'")["jobs_exposed_central"].isna().all()


@pytest.fixture(scope="module")
def small(world):
    """The shipped frontier with three of its clauses and two products."""
    asked = read_bargain(world, "korea-frontier")
    chosen = [item for item in asked.concessions if item.id in ("cars", "steel", "s301")]
    update = {"concessions": chosen, "products": ["kia-cars", "korean-flat-steel"]}
    return asked.model_copy(update=update), ex.deal(
        world, asked.model_copy(update=update), draws=20
    )


def test_the_frontier_shows_no_dominated_offer(small):
    _, tables = small
    table = tables["frontier"]
    assert len(table) == 7
    best = table[~table["dominated"]]
    ordered = best.sort_values("relief_usd")
    assert ordered["revenue_forgone_usd_central"].is_monotonic_increasing
    for row in table[table["dominated"]].itertuples():
        assert row.dominated_by in set(best["offer"])
    beaten = set(table[table["dominated"]]["offer"])
    shown = bargain_text(tables).split("offers that no other beats")[1]
    listed = {line.split()[0] for line in shown.splitlines()[1 : 1 + len(best)]}
    assert listed == set(best["offer"])
    assert not listed & beaten


def test_more_clauses_save_more(small):
    _, tables = small
    relief = tables["frontier"].set_index("offer")["relief_usd"]
    assert relief["cars+steel+s301"] > relief["cars+steel"] > relief["cars"] > 0


def test_rates_of_one_origin_are_those_of_the_whole_law(world):
    """The short way of the frontier gives the rates that the long way gives."""
    asked = read_bargain(world, "korea-frontier")
    assert isinstance(asked, Frontier)
    assert all(only_of(item.option, "KOR") for item in asked.concessions)
    base = read_scenario(world, asked.base)
    offer = laid_over(base, tuple(asked.concessions))
    long = line_rates(world, offer).after
    short = rates_of_origin(world, offer, "KOR", line_rates(world, base)).after
    np.testing.assert_array_equal(short, long)


def test_settling_is_worth_what_the_deal_is_worth(world, deals):
    """Where nothing happens later, having settled is the deal's own net worth."""
    made = ex.deal(world, "korea-wait", draws=0)
    branch = made["wait_branches"].set_index("branch")
    own = ex.deal(world, "korea-350", draws=0)
    for reading in ("duty", "gain"):
        found = branch.at["none", f"settled_{reading}_usd_central"]
        assert found == pytest.approx(number(own, "korea-350", f"npv_{reading}_usd"), rel=1e-9)
        assert branch.at["none", f"waited_{reading}_usd_central"] == pytest.approx(0.0, abs=1.0)
    assert branch["chance_all_central"].sum() == pytest.approx(1.0)
    wait = made["wait"].set_index(["reading", "given"])
    # The law of total probability, with the chance of the document.
    for side in ("settle_usd_central", "wait_usd_central"):
        given = [wait.at[("duty", name), side] for name in ("rival settles", "rival does not")]
        whole = 0.9 * given[0] + 0.1 * given[1]
        assert wait.at[("duty", "all"), side] == pytest.approx(whole, rel=1e-9)


def test_the_stance_has_the_payoffs_of_its_deals(world):
    made = ex.deal(world, "korea-japan-stance", draws=0)["stance"]
    own = ex.deal(world, "korea-350", draws=0)
    alone = made.query("reading == 'duty' and player == 'KOR' and first_action == 'settle'")
    payoff = number(own, "korea-350", "duty_saved_usd") - number(
        own, "korea-350", "annual_cost_usd"
    )
    np.testing.assert_allclose(alone["payoff_usd_central"], payoff, rtol=1e-6)
    for row in made.query("equilibrium").itertuples():
        assert row.best_reply


def test_the_formula_gives_what_was_announced(world):
    table = formula(world).set_index("country")
    for code in ("JPN", "VNM", "CHN", "TWN", "GBR"):
        assert table.at[code, "rounded_rate"] == pytest.approx(table.at[code, "announced_rate"])
    # Korea and India: the annex first printed the rounded rate, a point above the chart.
    assert table.at["KOR", "rounded_rate"] == pytest.approx(0.26)
    moved = formula(world, 2.63e9, "KOR").set_index("country")
    assert moved.at["KOR", "change"] == pytest.approx(-0.01)
    assert moved.at["JPN", "change"] == 0.0


def test_conflicts_stand_side_by_side(world):
    made = ex.conflicts(world, "k4-from-mexico", draws=0).set_index("id")
    ratio = made.at["k4-271000", "central"] / made.at["k4-167111", "central"]
    assert ratio == pytest.approx(271000 / 167111, rel=1e-6)
    nothing = ex.conflicts(world, "administration", draws=0)
    assert nothing["central"].isna().all()
    assert "nothing in the model reads it" in conflicts_text(nothing)
    with pytest.raises(QueryError, match="no dispute 'vietnam'"):
        ex.conflicts(world, "vietnam")


def test_the_page_of_conflicts_is_current(world):
    """Each dispute stands on the page as it is made now; every second one by day."""
    written = (ROOT / "docs/conflicts.md").read_text(encoding="utf-8")
    topics = world.tables["conflicts"]["topic"].unique()
    made = pd.concat([ex.conflicts(world, topic, draws=0) for topic in part(topics, 2)])
    head, *sections = page(world, made).split("\n## ")
    assert written.startswith(head)
    assert len(sections) >= len(topics) / 2
    for section in sections:
        assert f"\n## {section.rstrip()}\n" in written
    assert written.count("\n## ") == len(topics)


def test_kinds_are_not_mixed_and_names_are_told(world):
    with pytest.raises(QueryError, match="korea-wait stands alone"):
        ex.deal(world, "korea-350", "korea-wait")
    with pytest.raises(ExposureError, match="no deal 'korea-35'.*korea-350"):
        ex.deal(world, "korea-35")


def test_commands(tmp_path):
    run = CliRunner().invoke(main, ["deal", "korea-350", "--draws", "0", "-o", str(tmp_path / "d")])
    assert run.exit_code == 0, run.output
    assert "duty saved a year" in run.output
    assert (tmp_path / "d" / "deal_years.parquet").is_file()
    told = CliRunner().invoke(main, ["conflicts", "korea-deficit", "--draws", "0", "--json"])
    assert told.exit_code == 0, told.output
    assert [row["id"] for row in json.loads(told.output)["conflicts"]] == [
        "deficit-559",
        "deficit-66",
    ]
    checked = CliRunner().invoke(main, ["check", str(ROOT / "data/raw/deals/korea-wait.yaml")])
    assert checked.exit_code == 0, checked.output
    assert "wait korea-wait" in checked.output
