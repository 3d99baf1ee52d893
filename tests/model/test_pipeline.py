"""The pipeline on a tiny world: by hand, adding up, and one implementation."""

import re

import numpy as np
import pandas as pd
import pytest

import exposure as ex
from exposure.errors import QueryError
from exposure.model.explain import parse_cell
from tests import tiny


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return ex.load(tiny.write(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def result(world):
    return ex.run(world, "tariff", draws=60)


def test_landed_cost_by_hand(result):
    """Customs value 10,000: body 3,000 (half Korean, half US), engine 4,000 (US), assembly 3,000.

    Into Mexico: each part crosses with 2 % of freight (in the base there) and 5 % duty:
    body 3000 * 1.02 * 1.05, engine 4000 * 1.02 * 1.05; plus 3,000 of assembly = 10,497.
    US content 1500 + 4000 = 5,500. On 2025-12-15 the car qualifies and is approved:
    25 % of 10,497 - 5,500 = 1,249.25. Freight to market 2 % of 10,497 = 209.94.
    """
    cost = result.table("landed_cost").set_index("case")
    gate = 3000 + 7000 * 1.02 * 1.05
    duty = 0.25 * (gate - 5500)
    upstream = 7000 * 1.02 * 0.05
    new, old = cost.loc["scenario"], cost.loc["baseline"]
    assert new["duty_usd_per_unit"] == pytest.approx(duty + upstream)
    assert new["landed_central"] == pytest.approx(gate * 1.02 + duty)
    assert old["landed_central"] == pytest.approx(gate * 1.02)
    assert new["freight_usd_per_unit"] == pytest.approx(7000 * 0.02 + gate * 0.02)


def test_responses_by_hand(result):
    headline = result.table("headline").set_index("metric")["central"]
    cost = result.table("landed_cost").set_index("case")["landed_central"]
    ratio = cost["scenario"] / cost["baseline"]
    price = 1 + 0.5 * 0.8 * (ratio - 1)
    volume = price**-2.0
    assert headline["cost_change_share"] == pytest.approx(ratio - 1)
    assert headline["buyer_price_change_share"] == pytest.approx(price - 1)
    assert headline["volume_change_share"] == pytest.approx(volume - 1)
    # Work: assembly 3,000 in Mexico at 25, body 1,500 in Korea at 9, 5,500 in the US at 7.
    exposed = 100_000 * (3000 * 25 + 1500 * 9 + 5500 * 7) / 1e6
    assert headline["jobs_exposed"] == pytest.approx(exposed)
    assert headline["jobs_predicted"] == pytest.approx(exposed * (volume**0.7 - 1))
    change = (cost["scenario"] - cost["baseline"]) * 100_000 * volume
    # Half reaches the buyer; of the rest the exporter takes 0.4 by a lower price before duty, and a
    # dollar less saves the duty on it too.
    assert headline["buyer_pays_usd"] == pytest.approx(0.5 * change)
    assert headline["importer_pays_usd"] == pytest.approx(0.3 * change)
    gate = 3000 + 7000 * 1.02 * 1.05
    rate = 0.25 * (gate - 5500) / gate
    assert headline["exporter_pays_usd"] == pytest.approx(0.2 * change / (1 + rate))
    # The importer is the firm's own; a unit lost costs 20 % of the value at the gate.
    lost = 0.2 * gate * 100_000 * (1 - volume)
    profit = -0.3 * change - 0.2 * change / (1 + rate) - lost
    assert headline["operating_profit_change_usd"] == pytest.approx(profit)


def test_landed_cost_adds_up(result):
    cost = result.table("landed_cost")
    parts = cost[["value_added_usd_per_unit", "freight_usd_per_unit", "duty_usd_per_unit"]]
    np.testing.assert_allclose(parts.sum(axis=1), cost["landed_central"], rtol=0, atol=1e-9)


def test_duties_of_crossings_lines_and_legs_are_the_total_duty(result):
    key = ["case", "product", "route"]
    total = result.table("landed_cost").set_index(key)["duty_usd_per_unit"]
    for name, column in (
        ("crossings", "duty_usd_per_unit_central"),
        ("duty_lines", "duty_usd_per_unit"),
        ("legs", "duty_usd_per_unit"),
    ):
        added = result.table(name).groupby(key)[column].sum()
        np.testing.assert_allclose(added.loc[total.index], total, atol=1e-9, err_msg=name)


def test_content_adds_up_to_one(result):
    content = result.table("content")
    sums = content.groupby(["case", "route"])["share_central"].sum()
    np.testing.assert_allclose(sums, 1.0, atol=1e-12)
    us = content[(content["case"] == "scenario") & (content["country"] == "USA")]
    assert us["share_central"].iloc[0] == pytest.approx(5500 / (3000 + 7000 * 1.02 * 1.05))


def test_nodes_are_the_value_added(result):
    nodes = result.table("nodes")["value_added_central"].sum()
    assert nodes == pytest.approx(10_000)


def test_jobs_by_stage_add_up_to_the_headline(result):
    headline = result.table("headline").set_index("metric")["central"]
    jobs = result.table("jobs")
    for name in ("exposed", "predicted"):
        assert jobs[f"{name}_central"].sum() == pytest.approx(headline[f"jobs_{name}"])


def test_ranges_hold_the_central_value(result):
    for name, low, central, high in (
        ("headline", "low", "central", "high"),
        ("landed_cost", "landed_low", "landed_central", "landed_high"),
        ("jobs", "predicted_low", "predicted_central", "predicted_high"),
    ):
        table = result.table(name)
        assert (table[low] <= table[central]).all(), name
        assert (table[central] <= table[high]).all(), name
    bill = result.table("headline").set_index("metric").loc["duty_bill_usd"]
    assert bill["low"] < bill["central"] < bill["high"]


def test_the_same_day_changes_nothing(world, tmp_path):
    same = tmp_path / "same.yaml"
    same.write_text(
        "{id: same, title: S, question: Q, baseline: {effective_on: 2025-06-15}}", encoding="utf-8"
    )
    headline = ex.run(world, same, draws=5).table("headline").set_index("metric")
    changed = [m for m in headline.index if "change" in m or m.endswith("pays_usd")]
    assert (headline.loc[[*changed, "jobs_predicted"], ["low", "central", "high"]] == 0).all(
        axis=None
    )
    assert headline.loc["jobs_exposed", "central"] > 0


OF_FACTS = {"products", "assumptions", "law_timeline", "export_jobs", "boards"}
"""Tables whose low and high ends are ranges of facts, not of draws."""


def test_without_draws_there_is_no_range(world):
    result = ex.run(world, "tariff", draws=0)
    headline = result.table("headline")
    assert headline["central"].notna().all()
    assert (headline["median"] == headline["central"]).all()
    asked = 0
    for name in sorted(set(result.tables) - OF_FACTS):
        table = result.table(name)
        ends = [c for c in table if re.search(r"(^|_)(low|high)(_|$)", c)]
        asked += len(ends) if len(table) else 0
        assert table[ends].isna().all(axis=None), name
    assert asked > 60
    # What is there without draws is there in no fewer rows than with them.
    for name in ("jobs", "content", "content_views"):
        with_draws = ex.run(world, "tariff", draws=2).table(name)
        assert len(result.table(name)) == len(with_draws), name


def test_same_seed_same_bytes_and_other_seed_other_ranges(world):
    one, two = (ex.run(world, "tariff", draws=30).table("headline") for _ in range(2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    other = ex.run(world, "tariff", draws=30, seed=1).table("headline")
    assert (other["central"] == one["central"]).all()
    assert (other["low"] != one["low"]).any()


def test_two_scenarios_in_one_run_equal_each_alone(world, tmp_path):
    second = tmp_path / "second.yaml"
    second.write_text(
        "{id: second, title: S, question: Q, baseline: {effective_on: 2025-06-15},\n"
        " law: [{action: us-cars, clause: [usmca], suspend: true}]}",
        encoding="utf-8",
    )
    both = ex.run(world, "tariff", second, draws=10).table("headline")
    for name in ("tariff", second):
        alone = ex.run(world, name, draws=10).table("headline")
        mine = both[both["scenario"] == alone["scenario"].iloc[0]].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, alone, check_exact=True)


def test_suspending_the_content_rule_charges_the_full_value(world, tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(
        "{id: s, title: S, question: Q, baseline: {effective_on: 2025-12-15},\n"
        " law: [{action: us-cars, clause: [usmca], suspend: true}]}",
        encoding="utf-8",
    )
    result = ex.run(world, path, draws=0)
    last = result.table("crossings").query("part == 'assembly'").set_index("case")
    assert last.loc["scenario", "duty_rate_central"] == pytest.approx(0.25)
    assert last.loc["baseline", "duty_rate_central"] < 0.25


def test_a_scenario_row_beats_the_law_and_a_new_action_acts(world, tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(
        """
id: s
title: S
question: Q
baseline: {effective_on: 2025-12-15}
law:
  - action: us-cars
    measures:
      - {id: lower, from: 2025-01-01, known: 2025-01-01, origin: MEX, rate: 0.01, source: us}
  - new:
      id: extra
      importer: USA
      authority: s338
      component: s338
      title: Extra
      instrument: Wish
      scope: {hts: ["8703"]}
      measures: [{id: all, from: 2025-01-01, known: 2025-01-01, rate: 0.02, source: us}]
crossings:
  - {product: car, part: assembly, attributes: {approved: false}}
""",
        encoding="utf-8",
    )
    last = (
        ex.run(world, path, draws=0)
        .table("duty_lines")
        .query("part == 'assembly' and case == 'scenario'")
    )
    owed = last.set_index("component").query("status == 'owed'")["duty_rate"]
    assert owed.to_dict() == pytest.approx({"s232": 0.01, "s338": 0.02})


def test_explain_adds_up(result):
    trace = ex.explain(result, "landed_cost", product="car", route="mexico")
    top = trace.steps[trace.steps["depth"] == 0]["amount_usd"].sum()
    assert top == pytest.approx(trace.value)
    duty = ex.explain(result, "duty", product="car", route="mexico")
    crossings = duty.steps[duty.steps["depth"] == 0]["amount_usd"].sum()
    lines = duty.steps[duty.steps["depth"] == 1]["amount_usd"].sum()
    assert crossings == pytest.approx(duty.value)
    assert lines == pytest.approx(duty.value)
    text = str(duty)
    assert "us-cars/usmca" in text
    assert "outside_us_content" in text


@pytest.mark.parametrize(
    "change",
    [{"cell": "price"}, {"product": "bike"}, {"route": "moon"}, {"scenario": "x"}, {"case": "y"}],
)
def test_explain_names_what_there_is(result, change):
    arguments = {"cell": "duty", "product": "car", "route": "mexico"} | change
    with pytest.raises(QueryError, match="known: "):
        ex.explain(result, arguments.pop("cell"), **arguments)


def test_cells_are_parsed():
    assert parse_cell("duty:a/b@s/baseline") == {
        "cell": "duty",
        "product": "a",
        "route": "b",
        "scenario": "s",
        "case": "baseline",
    }
    with pytest.raises(QueryError, match="no cell that can be explained"):
        parse_cell("duty")


def test_sweep_points_equal_single_runs(world, tmp_path):
    table = ex.sweep(world, "grid", tmp_path / "out").frame()
    assert len(table) == 6
    central = ex.run(world, "tariff", draws=0)
    at_law = table[(table["us-cars/usmca"] == 0.25)].set_index("pass_through")
    cost = central.table("landed_cost").set_index("case").loc["scenario", "landed_central"]
    assert (at_law["car/mexico/landed_usd_per_unit"] == cost).all()
    assert at_law.loc[0.0, "car/volume_change_share"] == 0.0
    assert at_law.loc[1.0, "car/volume_change_share"] < 0.0
    # At zero the car duty displaces nothing: steel content (0.5 of the body, 1,500) pays 50 %.
    free = table[table["us-cars/usmca"] == 0.0]["car/mexico/duty_usd_per_unit"]
    np.testing.assert_allclose(free, 7000 * 1.02 * 0.05 + 0.5 * 1500)


def test_sweep_refuses_a_clause_that_acts_nowhere(tmp_path):
    root = tiny.write(tmp_path, sweeps__grid__yaml=("clause: usmca", "clause: kor"))
    with pytest.raises(QueryError, match=r"us-cars/kor.*acts on no crossing.*us-cars/usmca"):
        ex.sweep(ex.load(root), "grid", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_duty_never_falls_when_a_rate_rises(world, tmp_path):
    from exposure.facts.documents import Dimension, Sweep

    spec = Sweep(
        id="m",
        title="M",
        scenario="tariff",
        dimensions=[
            Dimension(action="us-cars", clause="usmca", values=list(np.linspace(0.001, 1, 600)))
        ],
    )
    table = ex.sweep(world, spec, tmp_path / "out").frame()
    assert (np.diff(table["car/mexico/duty_usd_per_unit"]) >= 0).all()
    assert (np.diff(table["car/mexico/units"]) <= 0).all()
    assert len(table) == 600


def test_built_tables_are_byte_identical_and_equal_the_raw_ones(tmp_path):
    from exposure.facts.build import build, raw_tables

    root = tiny.write(tmp_path)
    build(root)
    first = {p.name: p.read_bytes() for p in (root / "processed").iterdir()}
    build(root)
    assert first == {p.name: p.read_bytes() for p in (root / "processed").iterdir()}
    built = ex.load(root)
    for name, table in raw_tables(root).items():
        pd.testing.assert_frame_equal(built.table(name), table.reset_index(drop=True), obj=name)
    stale = root / "raw" / "parameters.yaml"
    stale.write_text(stale.read_text().replace("central: 0.5", "central: 0.6"), encoding="utf-8")
    fresh = ex.load(root).table("parameters").set_index("id")
    assert fresh.loc["pass_through", "central"] == 0.6
