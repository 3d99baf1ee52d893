"""What drives a headline, in how many draws it holds, and what would reverse it."""

import numpy as np
import pytest

import exposure as ex
from exposure.facts.scenario import read_scenario
from exposure.model.asking import LEAD
from tests import tiny
from tests.model.test_volumes import write


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def two_routes(tmp_path_factory):
    return ex.load(write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def result(world):
    return ex.run(world, "tariff", draws=300)


def test_every_headline_that_varies_has_three_drivers_in_order(result):
    drivers = result.table("drivers")
    headline = result.table("headline").set_index("metric")
    varies = headline[headline["high"] > headline["low"] + 1e-9].index
    assert set(drivers["metric"]) == set(varies)
    for metric, mine in drivers.groupby("metric"):
        assert list(mine["rank"]) == list(range(1, len(mine) + 1))[:3], metric
        assert (np.diff(mine["total_share"]) <= 0).all()
        assert mine["total_share"].between(0, 1.3).all()


def test_the_buyers_price_hangs_on_pass_through_the_price_share_and_content(result):
    """price = pass_through * border_price_share * ratio, ranges 0.2 to 0.8 and 0.6 to 1."""
    drivers = result.table("drivers").query("metric == 'buyer_price_change_share'")
    assert list(drivers["input"])[:1] == ["pass_through"]
    assert drivers["total_share"].iloc[0] > 0.6
    row = drivers.iloc[0]
    assert (row["low"], row["high"]) == (0.2, 0.8)
    # All else central the price moves in proportion.
    assert row["metric_at_high"] / row["metric_at_low"] == pytest.approx(4.0)


def test_what_is_certain_holds_in_all_draws_and_only_halves(result):
    row = result.table("conclusions").set_index("metric").loc["buyer_price_change_share"]
    assert row["statement"] == "rises"
    assert row["holds_share"] == 1.0
    assert row["flip"] == "halves"
    # In proportion to the pass-through, central 0.5: half of it halves the rise.
    assert row["flip_input"] == "pass_through"
    assert row["flip_value"] == pytest.approx(0.25, abs=0.001)
    assert row["flip_side"] == "below"
    assert row["flip_within"]
    assert (row["low"], row["high"]) == (0.2, 0.8)


def test_the_share_of_draws_is_that_of_the_draws(result):
    """Half of central is passed where the pass-through exceeds about 0.25: triangular on 0.2 to
    0.5, two thirds... the share below 0.25 is 0.5 (0.05 / 0.3)^2 = 1.4 %."""
    row = result.table("conclusions").set_index("metric").loc["buyer_price_change_share"]
    assert 0.95 < row["half_share"] < 1.0


def test_the_cheapest_route_and_its_reversal_by_hand(two_routes):
    """Germany lands at 12,950 times its cost index, Mexico at less; the index at which they meet is
    the ratio of the two costs, as all of Germany's cost is in its index."""
    scenario = read_scenario(two_routes, "tariff")
    wide = scenario.model_copy(update={"figures": {}})
    result = ex.run(two_routes, wide, draws=50)
    cost = result.table("landed_cost").query("case == 'scenario'").set_index("route")
    row = result.table("conclusions").set_index("metric").loc[LEAD]
    assert row["statement"] == "Mexico lands cheapest"
    # All figures of the German route are fixed here: what reverses it is Mexican.
    gap = cost.loc["germany", "landed_central"] - cost.loc["mexico", "landed_central"]
    assert gap > 0
    if row["flip"] == "reverses":
        fixed = {row["flip_input"]: float(row["flip_value"])}
        inputs = {name: value for name, value in fixed.items() if "/" in name}
        turned = ex.run(two_routes, scenario.model_copy(update={"figures": inputs}), draws=0)
        after = turned.table("landed_cost").query("case == 'scenario'").set_index("route")
        lead = after.loc["germany", "landed_central"] - after.loc["mexico", "landed_central"]
        assert abs(lead) < 0.01 * gap


def test_a_run_that_changes_nothing_says_so(world, tmp_path):
    same = tmp_path / "same.yaml"
    same.write_text(
        "{id: same, title: S, question: Q, baseline: {effective_on: 2025-06-15}}", encoding="utf-8"
    )
    table = ex.run(world, same, draws=20).table("conclusions")
    changes = table[table["metric"] != LEAD]
    assert (changes["statement"] == "does not change").all()
    assert (changes["holds_share"] == 1.0).all()
    assert (changes["flip"] == "").all()


def test_without_draws_nothing_is_claimed(world):
    result = ex.run(world, "tariff", draws=0)
    assert len(result.table("drivers")) == 0
    assert len(result.table("conclusions")) == 0


def test_what_a_scenario_fixes_drives_nothing(world):
    scenario = read_scenario(world, "tariff").model_copy(
        update={"parameters": {"pass_through": 0.5}}
    )
    result = ex.run(world, scenario, draws=60)
    assert "pass_through" not in set(result.table("drivers")["input"])
    assert "pass_through" not in set(result.table("conclusions")["flip_input"])


def test_two_scenarios_keep_their_own(world):
    other = read_scenario(world, "tariff").model_copy(update={"id": "other", "years": 5.0})
    table = ex.run(world, "tariff", other, draws=30).table("drivers")
    assert set(table["scenario"]) == {"tariff", "other"}
