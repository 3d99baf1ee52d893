"""Origin in results: by hand on a tiny world, the K4 within what is known, and its proof."""

import re

import numpy as np
import pytest

import exposure as ex
from exposure.errors import DataError, Problems
from exposure.model.origin import unsupported
from tests import tiny


@pytest.fixture(scope="module")
def shipped():
    return ex.run(ex.load(), "law-today", draws=60, products=["kia-k4", "generic-tablets"])


def test_net_cost_by_hand(tmp_path):
    """10,000 with 1,500 of Korean body: net cost 9,000, content 1 - 1500 / 9000 = 83.3 %. It fails
    when 750 more are foreign: the American half of the body is too much of it, and enough."""
    result = ex.run(ex.load(tiny.write(tmp_path)), "tariff", draws=0)
    tests = result.table("origin_tests").query("part == 'assembly'")
    row = tests.iloc[0]
    assert row["measured_central"] == pytest.approx(1 - 1500 / 9000)
    assert row["outcome"] == "met"
    assert row["claimed"]
    changes = result.table("origin_changes")
    assert changes["direction"].tolist() == ["to fail"]
    assert changes[["part", "country"]].iloc[0].tolist() == ["body", "USA"]
    assert changes["needed_usd"].iloc[0] == pytest.approx(0.25 * 9000 - 1500)
    assert changes["moved_usd"].iloc[0] == pytest.approx(1500)


def test_worth_of_a_point_of_american_content_by_hand(tmp_path):
    result = ex.run(ex.load(tiny.write(tmp_path)), "tariff", draws=0)
    worth = result.table("origin_worth").set_index("case")
    gate = 3000 + 7000 * 1.02 * 1.05
    assert worth.loc["scenario", "us_content_point_usd"] == pytest.approx(0.0025 * gate)
    assert worth.loc["baseline", "us_content_point_usd"] == 0
    paid = 0.25 * (gate - 5500)
    assert worth.loc["scenario", "claim_worth_usd"] == pytest.approx(0.275 * gate - paid)


def test_the_car_from_mexico_lies_within_what_is_known(shipped):
    """87 % of regional content by the firm; a duty of 15 % (May 2025) or 11 % (September)."""
    tests = shipped.table("origin_tests").query(
        "product == 'kia-k4' and route == 'pesqueria' and part == 'assembly'"
    )
    value = tests[tests["test"] == "regional_value net_cost"].iloc[0]
    assert value["measured_low"] <= 0.87 <= value["measured_high"]
    views = shipped.table("content_views").query("product == 'kia-k4' and route == 'pesqueria'")
    share = views.set_index(["view", "key"])["share_central"]
    assert 0.35 <= share["country", "USA"] <= 0.56
    assert 0.31 <= share["country", "MEX"] <= 0.47
    assert 0.10 <= share["country", "KOR"] <= 0.25
    cost = shipped.table("landed_cost").query(
        "product == 'kia-k4' and route == 'pesqueria' and case == 'scenario'"
    )
    border = shipped.table("ledger").query(
        "product == 'kia-k4' and route == 'pesqueria' and case == 'scenario' and part == 'assembly'"
    )
    rate = float(border["duty_usd"].iloc[0] / border["customs_value_usd"].iloc[0])
    assert 0.11 <= rate <= 0.16
    assert len(cost) == 1


def test_origin_stays_with_the_ingredient(shipped):
    book = shipped.table("ledger").query("product == 'generic-tablets' and case == 'scenario'")
    last = book[book["part"] == "tablets"].set_index("route")
    assert last.loc["india-chinese-ingredient", ["dispatch", "origin"]].tolist() == ["IND", "CHN"]
    assert last.loc["korea", ["dispatch", "origin"]].tolist() == ["KOR", "IND"]


def test_the_proof_reads_as_a_tree(shipped):
    trace = ex.explain(shipped, "origin", product="kia-k4", route="pesqueria")
    assert trace.answer == "MEX; originates under usmca"
    text = str(trace)
    assert "confers origin MEX" in text
    assert "regional_value net_cost" in text
    assert "to fail is to buy outside the area" in text
    assert trace.steps["depth"].tolist()[:2] == [0, 1]
    kept = ex.explain(shipped, "origin", product="generic-tablets", route="korea")
    assert kept.answer.startswith("IND;")
    assert "origin stays with active_ingredient" in str(kept)


def test_a_stage_that_keeps_an_origin_needs_one(tmp_path):
    change = (
        "share: {low: 0.2, central: 0.3, high: 0.4, grade: D, source: s}}",
        "share: {low: 0.2, central: 0.3, high: 0.4, grade: D, source: s}, "
        "transformation: {done: false, keeps: body, reason: Because, grade: C, source: s}}",
    )
    world = ex.load(tiny.write(tmp_path, firms__car__yaml=change))
    with pytest.raises(DataError, match="assembly keeps the origin of body, which comes from"):
        ex.run(world, "tariff", draws=0)


def test_more_draws_do_not_move_the_centre(shipped):
    again = ex.run(ex.load(), "law-today", draws=0, products=["kia-k4"]).table("origin_tests")
    many = shipped.table("origin_tests").query("product == 'kia-k4'")
    np.testing.assert_allclose(again["measured_central"], many["measured_central"])


def test_a_claim_that_the_parts_do_not_support_is_said(tmp_path):
    """With the body Korean as a whole, 3,000 of 9,000 are foreign: 66.7 % is below 75 %."""
    change = ("{site: korea, split: 0.5}, {site: us, split: 0.5}", "{site: korea, split: 1}")
    world = ex.load(tiny.write(tmp_path, firms__car__yaml=change))
    result = ex.run(world, "tariff", draws=0)
    weak = unsupported(result.table("origin_tests"))
    assert weak[["part", "agreement", "rule"]].to_numpy().tolist() == [
        ["assembly", "usmca", "cars"]
    ]
    changes = result.table("origin_changes")
    assert changes["direction"].tolist() == ["to pass"]
    assert changes["part"].tolist() == ["body"]
    assert changes["needed_usd"].iloc[0] == pytest.approx(3000 - 0.25 * 9000)
    # A tenth of the body's 3,000 is what buying it inside would cost.
    assert changes["cost_usd"].iloc[0] == pytest.approx(300)
    answer = ex.explain(result, "origin", product="car", route="mexico").answer
    assert answer == "MEX; originates under no agreement tested"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("method: net_cost, threshold", "threshold"), "takes method, threshold"),
        (("method: net_cost", "method: guess"), "method"),
        (("threshold: 0.75", "threshold: 75"), "threshold"),
        (("agreement: usmca", "agreement: nafta"), "agreement 'nafta' is not in the file"),
        (("id: usmca, title", "id: nafta, title"), "agreement 'usmca' is not in the file"),
        (("members: [USA, MEX]", "members: [USA, ATL]"), "country 'ATL' is not known"),
    ],
)
def test_what_is_wrong_with_a_rule_is_named(tmp_path, change, said):
    with pytest.raises((Problems, DataError), match=re.escape(said)):
        ex.load(tiny.write(tmp_path, law__origin__yaml=change))
