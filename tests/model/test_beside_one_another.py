"""Scenarios, rivals and states beside one another by hand; totals of the ledger; bargains' refusals."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from exposure.errors import QueryError
from exposure.facts.documents import Scenario
from exposure.facts.world import World
from exposure.model.bargains import bargain
from exposure.model.compare import _four, _matches, _sold, over_one_baseline, revenue
from exposure.model.deal_sides import laws
from exposure.model.ledger import with_totals
from tests.bargains import deal

NAN = np.nan


def scenario(name="s", day="2025-01-15", **more):
    form = {"id": name, "title": "S", "question": "Q", "baseline": {"effective_on": day}}
    return Scenario.model_validate(form | more)


# --- scenarios -----------------------------------------------------------------------------------


def test_scenarios_are_laid_over_the_first_ones_baseline_and_keep_their_own_law():
    first, plain = scenario("a"), scenario("b", "2025-06-15")
    moved = scenario("c", "2025-06-15", law_on={"effective_on": "2026-01-01"})
    made = over_one_baseline([first, plain, moved])
    assert {item.baseline for item in made} == {first.baseline}
    assert [item.law_on.effective_on.isoformat() for item in made] == [
        "2025-01-15", "2025-06-15", "2026-01-01"]  # fmt: skip
    assert plain.baseline.effective_on.isoformat() == "2025-06-15", "the document is left as it was"


def test_laying_over_twice_changes_nothing_more():
    once = over_one_baseline([scenario("a"), scenario("b", "2025-06-15")])
    assert over_one_baseline(once) == once


def test_low_median_high_and_central_of_draws():
    assert _four(np.array([3.0, *np.arange(101.0)])) == pytest.approx((3.0, 50.0, 90.0, 3.0))
    # Without draws there is no range.
    np.testing.assert_equal(_four(np.array([3.0])), (np.nan, 3.0, np.nan, 3.0))


# --- rivals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "pairs"),
    [
        (["us", "us"], [("us", 0, 1)]),
        (["us", "eu", "us"], [("us", 0, 2)]),
        (["us"] * 3, [("us", 0, 1), ("us", 0, 2), ("us", 1, 2)]),
        (["", ""], []),  # no category is not a common one
        ([], []),
    ],
)
def test_products_of_one_category_meet_once(kinds, pairs):
    compiled = SimpleNamespace(products=pd.DataFrame({"category": np.array(kinds, dtype=str)}))
    assert list(_matches(compiled)) == pairs


def test_units_of_a_product_are_those_of_its_routes():
    compiled = SimpleNamespace(products=pd.DataFrame({"product": ["a", "b"]}),
                               labels=SimpleNamespace(market=np.array([0, 1, 0])))  # fmt: skip
    assert _sold(compiled, np.array([[1.0, 2.0, 4.0], [0.0, NAN, 1.0]])).tolist()[0] == [5.0, 2.0]
    assert np.isnan(_sold(compiled, np.array([[1.0, NAN, 4.0]]))[0, 1])


# --- what states collect ---------------------------------------------------------------------------


def books(duties, units):
    """Duty by (route, importer) as (baseline, scenario); units by route as (before, after)."""
    ledger = [
        {"scenario": "s", "product": "car", "route": route, "case": case, "importer": state,
         "duty_usd": usd}
        for (route, state), pair in duties.items()
        for case, usd in zip(("baseline", "scenario"), pair, strict=True)
    ]  # fmt: skip
    volumes = [{"scenario": "s", "product": "car", "route": route, "units_baseline": old,
                "units_central": new} for route, (old, new) in units.items()]  # fmt: skip
    made = revenue({"ledger": pd.DataFrame(ledger), "volumes": pd.DataFrame(volumes)})
    return {row.importer: (row.baseline_usd, row.scenario_usd, row.change_usd)
            for row in made.itertuples()}  # fmt: skip


def test_each_state_collects_at_its_own_border_on_the_units_of_the_case():
    """Sea: 2 then 10 on 60 then 30, by air 5 on 40 then 50; Mexico takes 1 on the way by sea."""
    found = books({("sea", "USA"): (2.0, 10.0), ("air", "USA"): (5.0, 5.0),
                   ("sea", "MEX"): (1.0, 1.0)}, {"sea": (60, 30), "air": (40, 50)})  # fmt: skip
    assert found == {"USA": (320.0, 550.0, 230.0), "MEX": (60.0, 30.0, -30.0)}


def test_two_crossings_of_one_route_add_up_and_one_that_is_not_known_hides_both():
    ledger = pd.DataFrame({"scenario": "s", "product": "car", "route": "sea", "case": "scenario",
                           "importer": "USA", "duty_usd": [1.0, 2.0]})  # fmt: skip
    volumes = pd.DataFrame({"scenario": ["s"], "product": ["car"], "route": ["sea"],
                            "units_baseline": [5.0], "units_central": [4.0]})  # fmt: skip
    assert revenue({"ledger": ledger, "volumes": volumes})["scenario_usd"].tolist() == [12.0]
    dark = revenue({"ledger": ledger.assign(duty_usd=[1.0, NAN]), "volumes": volumes})
    assert dark["scenario_usd"].isna().all()
    assert dark["baseline_usd"].tolist() == [0.0]


def test_an_unknown_duty_on_a_route_that_ships_nothing_collects_nothing():
    found = books({("sea", "USA"): (NAN, NAN), ("air", "USA"): (5.0, 6.0)},
                  {"sea": (0, 0), "air": (10, 10)})  # fmt: skip
    assert found["USA"] == (50.0, 60.0, 10.0)
    opened = books({("sea", "USA"): (NAN, NAN)}, {"sea": (0, 1)})
    assert opened["USA"][0] == 0.0
    assert np.isnan(opened["USA"][1:]).all()


# --- totals of the ledger ----------------------------------------------------------------------------


def totals(duty, *entries):
    cost = pd.DataFrame([{"scenario": "s", "case": "scenario", "product": "car", "route": "sea",
                          "duty_usd_per_unit": duty}])  # fmt: skip
    names = ("duty_on_duty_usd", "suspended_usd", "drawn_back_usd", "fees_usd")
    rows = [{"scenario": "s", "case": "scenario", "product": "car", "route": "sea",
             **dict(zip(names, entry, strict=True))} for entry in entries]  # fmt: skip
    columns = ["scenario", "case", "product", "route", *names]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(names, float))
    return with_totals(cost, table).iloc[0]


def test_totals_of_a_route_are_sums_of_its_borders():
    """30 of duty, 5 of it on duty: 30 / 25."""
    found = totals(30.0, (5.0, 1.0, 0.0, 2.0), (0.0, 2.0, 3.0, 0.5))
    names = ["duty_on_duty", "suspended", "drawn_back", "fees"]
    assert found[[f"{name}_usd_per_unit" for name in names]].tolist() == [5.0, 3.0, 3.0, 2.5]
    assert found["cascade_factor"] == pytest.approx(1.2)


def test_a_sum_with_an_unknown_border_is_not_known_and_the_others_are():
    found = totals(30.0, (5.0, NAN, 0.0, 2.0), (0.0, 2.0, 3.0, 0.5))
    assert np.isnan(found["suspended_usd_per_unit"])
    assert found["fees_usd_per_unit"] == 2.5


def test_a_route_without_borders_has_noughts_and_no_factor():
    found = totals(0.0)
    assert found["fees_usd_per_unit"] == 0.0
    assert np.isnan(found["cascade_factor"])
    assert totals(4.0, (0.0, 0.0, 0.0, 0.0))["cascade_factor"] == 1.0
    assert np.isnan(totals(4.0, (4.0, 0.0, 0.0, 0.0))["cascade_factor"]), "no duty but on duty"


# --- bargains that are refused -----------------------------------------------------------------------

WORLD = World({}, "mark", Path("data"))


@pytest.mark.parametrize(
    ("names", "draws", "told"),
    [
        ((), 0, "no deal given (for example korea-350)"),
        ((deal(),), -1, "draws -1 (0 or more)"),
        ((deal(), deal()), 0, "pact, pact: one stands twice (each once)"),
    ],
)
def test_bargains_that_cannot_be_asked(names, draws, told):
    with pytest.raises(QueryError) as caught:
        bargain(WORLD, *names, draws=draws)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    "other",
    [scenario("b", "2025-02-01"), scenario("b", years=3), scenario("b", parameters={"p": 1.0})],
)
def test_laws_of_different_baselines_are_not_laid_side_by_side(other):
    with pytest.raises(QueryError) as caught:
        laws(WORLD, [scenario("a"), other], 0, 1)
    assert str(caught.value) == (
        "scenario b: baseline, parameters or years are not those of the other (as in a)"
    )
