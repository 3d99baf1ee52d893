"""Volumes without a pipeline: prices, capacity and demand of one market, worked out by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.economy.demand import Buyers
from exposure.economy.incidence import Burden
from exposure.model.rows import Rows
from exposure.model.volumes import Terms, _capacity, _own_capacity, move

INF = np.inf
few = settings(max_examples=25, deadline=None)
LABELS = SimpleNamespace(market=np.array([0, 0]), pool=np.array([0, 1]))
COMPILED = SimpleNamespace(labels=LABELS, products=["car"])


def one(value):
    return np.array([[float(value)]])


def moved(old, new, capacity=(INF, INF), route=1.0, demand=-1.0, passed=1.0, **more):
    """Two routes of 60 and 40 units; costs before and after. The scenario is row 1."""
    before, capacity = np.array([[60.0, 40.0]]), np.array([capacity])
    by = Terms(
        before=before,
        total=one(100),
        share=before / 100.0,
        elasticity=one(route),
        border=one(1),
        employment=one(1),
        burden=Burden(one(passed), one(1 - passed), one(0), one(0)),
        capacity=capacity,
        own_capacity=capacity,
        ceiling=capacity.sum(axis=1, keepdims=True) / 100.0,
        switching=np.zeros((1, 2)),
        buyers=Buyers(one(demand), one(-0.5), one(0.8), np.array([0]), one(0.1), one(0.5), one(1)),
    )
    rows = Rows(
        state=np.array([0, 1]), baseline=np.array([0, 0]), values={}, rates={},
        cheapest=np.array([False, bool(more.pop("cheapest", False))]),
        limits=np.full((1, 2), INF), demand=np.array([more.pop("model", "constant_elasticity")]),
        incidence=np.array(["stated"]),
    )  # fmt: skip
    return move(COMPILED, rows, np.array([old, new], dtype=float), replace(by, **more))


def test_nothing_moves_where_no_cost_does():
    found = moved((100, 120), (100, 120))
    assert found.units.tolist() == [[60.0, 40.0], [60.0, 40.0]]
    assert found.price.tolist() == [[1.0], [1.0]]
    assert not found.worth.any()


def test_a_cost_that_doubles_everywhere_halves_what_is_bought():
    found = moved((100, 100), (200, 200))
    assert found.price[1, 0] == pytest.approx(2.0)
    assert found.units[1].tolist() == pytest.approx([30.0, 20.0])


def test_half_of_a_rise_that_is_passed_on():
    """Costs rise by half, the price by a quarter; at an elasticity of -2: 1 / 1.5625."""
    found = moved((100, 100), (150, 150), passed=0.5, demand=-2.0)
    assert found.price[1, 0] == pytest.approx(1.25)
    assert found.volume[1, 0] == pytest.approx(0.64)


def test_the_route_that_grew_dearer_loses_to_the_other():
    """Weights 60 / 2 and 40: three sevenths and four."""
    found = moved((100, 100), (200, 100))
    assert found.share[1].tolist() == pytest.approx([3 / 7, 4 / 7])


def test_a_route_at_its_capacity_takes_no_more_and_is_worth_something():
    free = moved((100, 100), (200, 100))
    found = moved((100, 100), (200, 100), capacity=(INF, 35))
    assert free.units[1, 1] > 35
    assert found.units[1, 1] == pytest.approx(35.0)
    assert found.worth[1, 1] > 0 == found.worth[1, 0]
    assert found.volume[1, 0] < free.volume[1, 0]


def test_where_every_route_is_full_the_price_clears_the_market():
    """50 can be made of 100 that are wanted: at an elasticity of -1 the price doubles, and each
    unit of room is worth the 100 between."""
    found = moved((100, 100), (100, 100), capacity=(30, 20))
    assert found.units[1].tolist() == pytest.approx([30.0, 20.0])
    assert found.price[1, 0] == pytest.approx(2.0)
    assert found.worth[1].tolist() == pytest.approx([100.0, 100.0])


def test_a_straight_line_of_demand_reaches_nothing_and_stops_there():
    found = moved((100, 100), (300, 300), model="linear")
    assert found.volume[1, 0] == 0.0
    assert not found.units[1].any()


@few
@given(st.floats(1.0, 3.0), st.floats(0.1, 3.0), st.floats(40.0, 90.0))
def test_shares_fill_the_market_and_no_route_passes_its_capacity(ratio, route, room):
    found = moved((100, 100), (100 * ratio, 100), capacity=(INF, room), route=route)
    assert found.share[1].sum() == pytest.approx(1.0)
    assert found.units[1, 1] <= room * (1 + 1e-9)
    assert found.units[1].sum() == pytest.approx(100 * found.volume[1, 0])


@few
@given(st.floats(1.0, 3.0), st.floats(0.01, 2.0), st.floats(-3.0, -0.2))
def test_a_dearer_route_never_sells_more(ratio, more, demand):
    less, rest = (
        moved((100, 100), (100 * by, 100), demand=demand, route=2.0) for by in (ratio + more, ratio)
    )
    assert less.volume[1, 0] <= rest.volume[1, 0] + 1e-12
    assert less.units[1, 0] <= rest.units[1, 0] + 1e-9


@few
@given(st.floats(1e-3, 1e3))
def test_volumes_do_not_hang_on_the_unit_of_money(unit):
    found = moved((100, 100), (200, 100), capacity=(INF, 35))
    scaled = moved((100 * unit, 100 * unit), (200 * unit, 100 * unit), capacity=(INF, 35))
    np.testing.assert_allclose(scaled.units, found.units, rtol=1e-9)
    np.testing.assert_allclose(scaled.worth, found.worth * unit, rtol=1e-6)


# --- capacity ------------------------------------------------------------------------------------


def room(stated, before, pool=(0, 0)):
    labels = SimpleNamespace(
        capacity=SimpleNamespace(of=lambda values, none: np.array([stated])), pool=np.array(pool)
    )
    return _capacity(SimpleNamespace(labels=labels), {}, np.array([before]))[0].tolist()


@pytest.mark.parametrize(
    ("stated", "pool", "expected"),
    [
        ((120.0, INF), (0, 0), [120.0, 120.0]),  # one that is stated holds for the pool
        ((120.0, 110.0), (0, 0), [110.0, 110.0]),  # of two the least
        ((70.0, INF), (0, 0), [100.0, 100.0]),  # what ships today fits
        ((70.0, 30.0), (0, 1), [70.0, 40.0]),  # each its own
        ((INF, INF), (0, 1), [INF, INF]),
    ],
)
def test_capacity_of_a_pool(stated, pool, expected):
    assert room(stated, (60.0, 40.0), pool) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [((60.0, 40.0), [72.0, 48.0]), ((0.0, 0.0), [60.0, 60.0]), ((0.0, 5.0), [0.0, 120.0])],
)
def test_a_pool_is_divided_as_it_ships_today_and_evenly_where_nothing_does(before, expected):
    whole = np.array([[120.0, 120.0]])
    found = _own_capacity(whole, np.array([before]), np.array([0, 0]))
    assert found[0].tolist() == pytest.approx(expected)
