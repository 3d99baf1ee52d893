"""Route choice: limits, cheapest fill beside a linear programme, and the worth of capacity."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from exposure.errors import DataError
from exposure.routes.choice import cheapest, index_at_limits, limited_shares, shares

ONE = np.zeros(3, dtype=np.int64)
NONE = np.full((1, 3), np.inf)


def test_a_limit_by_hand():
    """Shares 1/2, 1/4, 1/4; the first doubles in cost at elasticity 1: weights 1/4, 1/4, 1/4, so
    thirds. With 0.3 as the most of the second, the others take 0.35 each; the level of weights is
    0.5 / 0.7 and the second's shadow ratio 0.25 / (0.3 * 0.5 / 0.7) = 7/6."""
    ratio, share = np.array([[2.0, 1.0, 1.0]]), np.array([[0.5, 0.25, 0.25]])
    one = np.array([[1.0]])
    free, index = shares(ratio, share, one, ONE)
    np.testing.assert_allclose(free, [[1 / 3] * 3])
    np.testing.assert_allclose(index, [[4 / 3]])
    limit = np.array([[np.inf, 0.3, np.inf]])
    new, index, scarce = limited_shares(ratio, share, one, ONE, limit)
    np.testing.assert_allclose(new, [[0.35, 0.30, 0.35]])
    np.testing.assert_allclose(index, [[7 / 5]])
    np.testing.assert_allclose(scarce, [[0.0, 1 / 6, 0.0]])


@st.composite
def markets(draw):
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    routes = draw(st.integers(2, 6))
    share = random.random((4, routes))
    share /= share.sum(axis=1, keepdims=True)
    ratio = 0.5 + random.random((4, routes))
    room = 1.0 + 2.0 * random.random((4, routes))
    return ratio, share, 0.5 + 5 * random.random((4, 1)), share * room, random


@settings(max_examples=150, deadline=None)
@given(markets())
def test_shares_add_up_stay_below_limits_and_cost_more_than_without(case):
    ratio, share, elasticity, limit, _ = case
    market = np.zeros(share.shape[1], dtype=np.int64)
    free, cheap = shares(ratio, share, elasticity, market)
    new, index, scarce = limited_shares(ratio, share, elasticity, market, limit)
    np.testing.assert_allclose(new.sum(axis=1), 1.0)
    assert (new <= limit * (1 + 1e-9)).all()
    assert (index >= cheap * (1 - 1e-9)).all()
    assert (scarce[new < limit * (1 - 1e-9)] == 0).all()
    # At its shadow price a route would be bought exactly so much without any limit.
    again, same = shares(ratio * (1 + scarce), share, elasticity, market)
    np.testing.assert_allclose(again, new, rtol=1e-7)
    np.testing.assert_allclose(same, index, rtol=1e-7)
    for row in range(len(ratio)):
        if (free[row] <= limit[row]).all():
            assert (new[row] == free[row]).all()


def test_cheapest_by_hand():
    """100 units: route a 10 USD (today 60, at most 70), b 12 (today 40), c 9 with 2 to switch (at
    most 20). c costs 11 for new units: 70 at a (10 of them new, free to switch), 20 at c, 10 at b.
    One more unit at a would replace one at b: 2 USD; at c: 12 - 11 = 1."""
    done = cheapest(
        cost=np.array([[10.0, 12.0, 9.0]]),
        switching=np.array([[0.0, 0.0, 2.0]]),
        today=np.array([[60.0, 40.0, 0.0]]),
        capacity=np.array([[70.0, np.inf, 20.0]]),
        demand=np.array([[100.0]]),
        market=ONE,
        pool=np.arange(3),
    )
    np.testing.assert_allclose(done.units, [[70.0, 10.0, 20.0]])
    np.testing.assert_allclose(done.spent, [[700.0 + 120.0 + 220.0]])
    np.testing.assert_allclose(done.worth, [[2.0, 0.0, 1.0]])


@pytest.mark.parametrize("shared", [False, True])
def test_capacity_below_today_is_worth_what_units_of_today_save(shared):
    """100 units: a 10 USD and 2 to switch, b 15. A cap of 50 lies below a's 100 of today, so one
    more at a is not new and saves 5; with 40 today it would be new and save 3."""
    pool = np.array([0, 1, 0]) if shared else np.array([0, 1])
    market = np.array([0, 0, 1]) if shared else np.array([0, 0])
    pick = slice(0, 3 if shared else 2)
    for today, worth in ((100.0, 5.0), (40.0, 3.0)):
        done = cheapest(
            cost=np.array([[10.0, 15.0, 30.0]])[:, pick],
            switching=np.array([[2.0, 0.0, 0.0]])[:, pick],
            today=np.array([[today, 100.0 - today, 0.0]])[:, pick],
            capacity=np.array([[50.0, np.inf, 50.0]])[:, pick],
            demand=np.array([[100.0, 0.0]]) if shared else np.array([[100.0]]),
            market=market,
            pool=pool,
        )
        np.testing.assert_allclose(done.units[0, :2], [50.0, 50.0])
        np.testing.assert_allclose(done.worth[0, :2], [worth, 0.0])


def test_the_index_at_limits_is_where_the_index_tends_to():
    """Just below the sum of the limits one route still sets the price; at it none does."""
    random = np.random.default_rng(5)
    for count in (2, 3, 6):
        ratio = random.uniform(0.8, 1.3, (40, count))
        share = random.dirichlet(np.ones(count), 40)
        elasticity = random.uniform(0.7, 6.0, (40, 1))
        market = np.zeros(count, dtype=np.int64)
        limit = random.dirichlet(np.ones(count), 40)
        reached = index_at_limits(ratio, share, elasticity, market, limit)
        below = limited_shares(ratio, share, elasticity, market, limit * (1 + 1e-9))[1]
        np.testing.assert_allclose(below, reached, rtol=1e-6)
        beyond = limited_shares(ratio, share, elasticity, market, limit * (1 - 1e-9))[1]
        assert np.isnan(beyond).all()


def offers(random, routes, markets):
    market = np.concatenate([np.arange(markets), random.integers(0, markets, routes - markets)])
    cost, switching = 5 + random.random((2, routes)) * 10, random.random((2, routes)) * 3
    today = random.integers(0, 20, (2, routes)).astype(float)
    capacity = today + random.integers(0, 20, (2, routes))
    capacity[:, :markets] = np.inf
    demand = np.stack(
        [
            np.array([today[row, market == m].sum() for m in range(markets)])
            for row in range(len(today))
        ]
    )
    return cost, switching, today, capacity, demand + 1.0, market


def least_cost(cost, switching, today, capacity, demand, market, pool, row):
    """The same problem as a linear programme, written down plainly."""
    count = cost.shape[1]
    equal = np.zeros((demand.shape[1], 2 * count))
    for route in range(count):
        equal[market[route], [route, count + route]] = 1.0
    rows, most = [], []
    for name in np.unique(pool):
        mine = np.flatnonzero(pool == name)
        if np.isfinite(capacity[row, mine[0]]):
            line = np.zeros(2 * count)
            line[mine] = line[count + mine] = 1.0
            rows.append(line)
            most.append(capacity[row, mine[0]])
    return linprog(
        np.concatenate([cost[row], cost[row] + switching[row]]),
        A_ub=np.array(rows) if rows else None,
        b_ub=most or None,
        A_eq=equal,
        b_eq=demand[row],
        bounds=[(0, size) for size in today[row]] + [(0, None)] * count,
    ).fun


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(3, 9), st.booleans())
def test_the_fill_costs_what_a_linear_programme_finds(seed, markets, routes, shared):
    random = np.random.default_rng(seed)
    cost, switching, today, capacity, demand, market = offers(random, routes, markets)
    pool = np.arange(routes)
    if shared and routes >= markets + 2:
        pool[-1] = pool[-2]
        capacity[:, -1] = capacity[:, -2]
        today = np.minimum(today, capacity)
    done = cheapest(cost, switching, today, capacity, demand, market, pool)
    for row in range(2):
        best = least_cost(cost, switching, today, capacity, demand, market, pool, row)
        assert done.spent[row].sum() == pytest.approx(best, rel=1e-9)
    for m in range(markets):
        np.testing.assert_allclose(done.units[:, market == m].sum(axis=1), demand[:, m])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_worth_of_capacity_is_what_one_more_unit_saves(seed):
    random = np.random.default_rng(seed)
    cost, switching, today, capacity, demand, market = offers(random, 5, 1)
    pool = np.arange(5)
    done = cheapest(cost, switching, today, capacity, demand, market, pool)
    for route in range(1, 5):
        # A small step: at a kink of the cost the next unit is worth no more than the last.
        step = 1e-6
        more = capacity.copy()
        more[:, route] += step
        saved = done.spent - cheapest(cost, switching, today, more, demand, market, pool).spent
        assert (saved[:, 0] <= done.worth[:, route] * step * (1 + 1e-3) + 1e-8).all()
        wide = done.worth[:, route] * step
        marginal = np.abs(done.units - today).min(axis=1) > 1e-3
        np.testing.assert_allclose(saved[marginal, 0], wide[marginal], atol=1e-8)


def test_too_little_capacity_is_said():
    with pytest.raises(DataError, match="do not meet the demand"):
        cheapest(*(np.ones((1, 1)),) * 4, np.array([[2.0]]), *(np.zeros(1, dtype=np.int64),) * 2)


def test_capacity_that_is_just_enough_is_enough_whatever_the_rounding():
    """0.7 + 0.1 is 0.7999999999999999 in numbers of the machine."""
    capacity = np.array([[0.7, 0.1]])
    cost = np.array([[1.0, 2.0]])
    two, nothing = np.zeros(2, dtype=np.int64), np.zeros((1, 2))
    done = cheapest(cost, nothing, nothing, capacity, np.array([[0.8]]), two, np.arange(2))
    np.testing.assert_allclose(done.units, capacity)
    np.testing.assert_allclose(done.spent, [[0.9]])


def test_limits_that_do_not_suffice_leave_no_price_and_no_worth():
    """0.3 + 0.2 of all are sold; what one more unit would be worth, no route says."""
    limit = np.array([[0.3, 0.2, 0.0]])
    share = np.array([[0.5, 0.5, 0.0]])
    new, index, scarce = limited_shares(np.ones((1, 3)), share, np.array([[2.0]]), ONE, limit)
    np.testing.assert_allclose(new, [[0.3, 0.2, 0.0]])
    assert np.isnan(index).all()
    assert np.isnan(scarce[0, :2]).all()


def test_a_market_without_routes_in_use_sells_nothing_and_leaves_others_alone():
    market = np.array([0, 0, 1])
    share = np.array([[0.5, 0.5, 0.0]])
    new, index, scarce = limited_shares(
        np.ones((1, 3)), share, np.array([[2.0, 2.0]]), market, np.full((1, 3), np.inf)
    )
    np.testing.assert_array_equal(new, [[0.5, 0.5, 0.0]])
    np.testing.assert_array_equal(index, [[1.0, np.nan]])
    np.testing.assert_array_equal(scarce, np.zeros((1, 3)))
