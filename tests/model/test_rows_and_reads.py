"""Rows to evaluate and the inputs that things read: joined, shifted, one row for all."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from exposure.errors import QueryError
from exposure.facts.documents import Scenario
from exposure.model.asking import stacked
from exposure.model.compiled import parameter, route_limits
from exposure.model.headline import Metric
from exposure.model.labels import currency_name, reads, together
from exposure.model.rows import Rows, joined, paired_rows, side_rows

NAN, INF = np.nan, np.inf


def compiled(category=("us", "us")):
    return SimpleNamespace(
        products=pd.DataFrame({"product": ["car", "van"], "category": category}),
        routes=pd.DataFrame({"product": ["car", "car", "van"], "route": ["sea", "air", "sea"]}),
        sectors=("cars", "vans"),
    )


def scenario(**more):
    form = {"id": "s", "title": "S", "question": "Q", "baseline": {"effective_on": "2025-01-15"}}
    return Scenario.model_validate(form | more)


INPUTS = {"a": np.array([1.0, 2.0])}


# --- reads ---------------------------------------------------------------------------------------


def test_a_name_that_many_read_stands_once_and_none_is_no_name():
    found = reads(["x", "", "y", "x"])
    assert found.names == ("x", "y")
    assert found.at.tolist() == [0, 2, 1, 0]
    assert reads([]).names == ()


def test_inputs_stand_where_they_are_read_and_otherwise_where_none_is():
    values = {"x": np.array([1.0, 2.0]), "y": np.array([7.0])}
    found = reads(["y", "", "x", "gone"]).of(values, -1.0)
    assert found.tolist() == [[7.0, -1.0, 1.0, -1.0], [7.0, -1.0, 2.0, -1.0]]


def test_one_row_stands_for_all_where_nothing_differs():
    values = {"x": np.array([1.0, 2.0]), "y": np.array([7.0])}
    assert reads(["y", ""]).of(values, 0.0).tolist() == [[7.0, 0.0]]
    assert together([np.array([7.0]), np.array([1.0, 2.0])]).tolist() == [[7.0, 1.0], [7.0, 2.0]]


def test_a_parameter_is_that_of_the_sector_or_of_all():
    values = {"e": np.array([1.0]), "e@vans": np.array([2.0, 3.0])}
    assert parameter(compiled(), values, "e").tolist() == [[1.0, 2.0], [1.0, 3.0]]
    assert parameter(compiled(), {"e": np.array([1.0])}, "e").tolist() == [[1.0, 1.0]]
    with pytest.raises(KeyError):
        parameter(compiled(), values, "f")


def test_caps_of_a_scenario_stand_at_their_route_and_are_infinite_elsewhere():
    capped = scenario(limits=[{"product": "car", "route": "air", "units": 5.0}])
    assert route_limits(compiled(), capped).tolist() == [INF, 5.0, INF]
    assert route_limits(compiled(), None).tolist() == [INF] * 3
    # A route of that name of another product is not meant.
    van = scenario(limits=[{"product": "van", "route": "sea", "units": 5.0}])
    assert route_limits(compiled(), van).tolist() == [INF, INF, 5.0]


# --- rows ----------------------------------------------------------------------------------------


def test_a_baseline_takes_nothing_of_a_scenario():
    rows = side_rows(compiled(), None, 3, np.arange(2), INPUTS)
    assert rows.state.tolist() == [3, 3]
    assert rows.values == INPUTS
    assert set(rows.demand) == {"constant_elasticity"}
    assert set(rows.incidence) == {"stated"}
    assert not rows.cheapest.any()
    assert np.isinf(rows.limits).all()
    assert len(rows) == 2


def test_a_side_takes_currencies_planner_and_models_of_its_scenario():
    asked = scenario(currencies={"KOR": -0.1}, route_choice="cheapest", demand="linear",
                     incidence="complete")  # fmt: skip
    rows = side_rows(compiled(), asked, 0, np.arange(2), INPUTS)
    assert rows.values[currency_name("KOR")].tolist() == [-0.1, -0.1]
    assert rows.values["a"] is INPUTS["a"]
    assert rows.cheapest.all()
    assert (rows.demand[0], rows.incidence[0]) == ("linear", "complete")


def test_a_pair_is_baselines_and_then_scenarios_that_name_them():
    moved = scenario(currencies={"KOR": -0.1}, demand="linear")
    rows = paired_rows(compiled(), moved, (4, 7), INPUTS)
    assert rows.state.tolist() == [4, 4, 7, 7]
    assert rows.baseline.tolist() == [0, 1, 0, 1]
    assert rows.values["a"].tolist() == [1.0, 2.0, 1.0, 2.0]
    # The baseline has today's currencies and demand.
    assert rows.values["currency/KOR"].tolist() == [0.0, 0.0, -0.1, -0.1]
    assert rows.demand.tolist() == ["constant_elasticity"] * 2 + ["linear"] * 2


@pytest.mark.parametrize("demand", ["nested_logit"])
def test_rivals_need_a_category_and_are_named(demand):
    asked = scenario(demand=demand)
    assert len(side_rows(compiled(), asked, 0, np.arange(1), {"a": np.zeros(1)})) == 1
    with pytest.raises(QueryError) as caught:
        side_rows(compiled(("", "us")), asked, 0, np.arange(1), {"a": np.zeros(1)})
    assert str(caught.value) == (
        "demand nested_logit: car: no category (give the product a category, name products that "
        "have one, or another demand)"
    )
    # Another product of the run may have none.
    named = scenario(demand=demand, products=["van"])
    assert len(side_rows(compiled(("", "us")), named, 0, np.arange(1), {"a": np.zeros(1)})) == 1


def rows_with(values, rates, baseline):
    count = len(baseline)
    return Rows(
        state=np.zeros(count, dtype=np.int64), baseline=np.array(baseline), values=values,
        rates=rates, cheapest=np.zeros(count, dtype=bool), limits=np.full((count, 1), INF),
        demand=np.full(count, "linear"), incidence=np.full(count, "stated"),
    )  # fmt: skip


def test_joined_rows_shift_their_baselines_and_fill_what_only_one_part_moves():
    first = rows_with({"a": np.array([1.0])}, {"x/y": np.array([0.5])}, [0])
    second = rows_with(
        {"a": np.array([2.0, 3.0]), "currency/KOR": np.array([0.1, 0.1])}, {}, [0, 0]
    )
    made = joined([first, second], [0, 1])
    assert made.baseline.tolist() == [0, 1, 1]
    assert made.values["a"].tolist() == [1.0, 2.0, 3.0]
    assert made.values["currency/KOR"].tolist() == [0.0, 0.1, 0.1]
    # A rate that is not set is the law's, not nought.
    np.testing.assert_array_equal(made.rates["x/y"], [0.5, NAN, NAN])
    assert made.limits.shape == (3, 1)


def test_one_part_joined_is_itself():
    part = rows_with({"a": np.array([1.0, 2.0])}, {}, [0, 0])
    made = joined([part], [0])
    assert made.values["a"].tolist() == [1.0, 2.0]
    assert made.baseline.tolist() == [0, 0]


def test_metrics_stand_in_the_middle():
    metrics = [Metric(name, "USD", np.full((4, 2), value)) for name, value in (("a", 1), ("b", 2))]
    assert stacked(metrics).shape == (4, 2, 2)
    assert stacked(metrics)[0, :, 0].tolist() == [1.0, 2.0]
