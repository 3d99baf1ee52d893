"""Route shares and the cheapest fill by hand: ties, limits, markets apart, what is not known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exposure.errors import DataError
from exposure.routes.choice import cheapest, index_at_limits, limited_shares, shares

NO_LIMIT = np.inf


def row(*numbers):
    return np.array([numbers], dtype=float)


def places(*numbers):
    return np.array(numbers, dtype=np.int64)


@pytest.mark.parametrize(
    ("ratio", "share", "elasticity", "new", "index"),
    [
        # Weights 1/2 * 1/4 and 1/2: 1/5 and 4/5; the index is (5/8) ** -1/2.
        ((2, 1), (0.5, 0.5), 2, (0.2, 0.8), 1.2649110640673518),
        # Both cost a tenth more: nobody moves, and all pay it.
        ((1.1, 1.1), (0.3, 0.7), 4, (0.3, 0.7), 1.1),
        # Shares need not be equal: 1/4 * 1/2 and 3/4: 1/7 and 6/7; index 8/7.
        ((2, 1), (0.25, 0.75), 1, (1 / 7, 6 / 7), 8 / 7),
        # The only route keeps all, whatever it costs.
        ((3,), (1,), 5, (1,), 3),
    ],
)
def test_shares_and_index(ratio, share, elasticity, new, index):
    found, level = shares(row(*ratio), row(*share), row(elasticity), places(*[0] * len(ratio)))
    np.testing.assert_allclose(found, row(*new))
    np.testing.assert_allclose(level, row(index))


def test_each_market_answers_to_its_own_routes_and_elasticity():
    """The first market at elasticity 1, the second at 2, their routes in any order."""
    found, index = shares(row(2, 2, 1, 1), row(0.5, 0.5, 0.5, 0.5), row(1, 2), places(0, 1, 0, 1))
    np.testing.assert_allclose(found, row(1 / 3, 1 / 5, 2 / 3, 4 / 5))
    np.testing.assert_allclose(index, row(4 / 3, (5 / 8) ** -0.5))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0.5, 2), min_size=3, max_size=3),
    st.lists(st.floats(0.1, 1), min_size=3, max_size=3),
    st.floats(0.2, 6),
    st.floats(0.5, 2),
)
def test_costs_in_another_unit_move_the_index_and_no_share(ratio, share, elasticity, factor):
    share = np.array(share) / sum(share)
    market = places(0, 0, 0)
    one, level = shares(row(*ratio), share[None], row(elasticity), market)
    other, scaled = shares(row(*ratio) * factor, share[None], row(elasticity), market)
    np.testing.assert_allclose(other, one, rtol=1e-9)
    np.testing.assert_allclose(scaled, level * factor, rtol=1e-9)
    assert min(ratio) * (1 - 1e-9) <= level[0, 0] <= max(ratio) * (1 + 1e-9)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.2, 6), st.floats(1.01, 3))
def test_a_dearer_route_loses_and_all_others_gain_in_proportion(elasticity, ratio):
    share = row(0.5, 0.3, 0.2)
    new, _ = shares(row(ratio, 1, 1), share, row(elasticity), places(0, 0, 0))
    assert new[0, 0] < 0.5
    assert new[0, 1] / new[0, 2] == pytest.approx(1.5)
    assert new.sum() == pytest.approx(1.0)


def test_shares_that_miss_1_by_rounding_leave_an_index_of_exactly_1():
    """Ten tenths add up to a little less than 1 in numbers of the machine."""
    tenths = row(*[0.1] * 10)
    assert sum(tenths[0].tolist()) != 1.0
    _, index = shares(np.ones((1, 10)), tenths, row(0.1), places(*[0] * 10))
    assert index[0, 0] == 1.0


def test_two_limits_that_bind_one_after_the_other():
    """Thirds; the first may take 0.1, so 0.45 each for the others; the second no more than 0.4, so
    the last takes 0.5. Its weight of 1/3 is half of the level 2/3: the index is 3/2. The price at
    which 0.1 would be bought is 1/3 / (0.1 * 2/3) = 5, for the second 1/3 / (0.4 * 2/3) = 1.25."""
    limit = row(0.1, 0.4, NO_LIMIT)
    new, index, scarce = limited_shares(
        row(1, 1, 1), row(1 / 3, 1 / 3, 1 / 3), row(1), places(0, 0, 0), limit
    )
    np.testing.assert_allclose(new, row(0.1, 0.4, 0.5))
    np.testing.assert_allclose(index, row(1.5))
    np.testing.assert_allclose(scarce, row(4, 0.25, 0))


def test_a_limit_just_at_the_share_binds_nothing():
    new, index, scarce = limited_shares(
        row(1, 1), row(0.5, 0.5), row(2), places(0, 0), row(0.5, NO_LIMIT)
    )
    np.testing.assert_array_equal(new, row(0.5, 0.5))
    np.testing.assert_array_equal(index, row(1))
    np.testing.assert_array_equal(scarce, row(0, 0))


def test_limits_of_one_market_do_not_touch_the_other():
    new, _, scarce = limited_shares(
        row(1, 1, 1, 1), row(0.5, 0.5, 0.5, 0.5), row(2, 2), places(0, 0, 1, 1),
        row(0.2, NO_LIMIT, NO_LIMIT, NO_LIMIT),
    )  # fmt: skip
    np.testing.assert_allclose(new, row(0.2, 0.8, 0.5, 0.5))
    assert (scarce[0, 1:] == 0).all()
    assert scarce[0, 0] > 0


def test_the_index_at_limits_is_that_of_the_last_route_to_be_full():
    """Of equal routes with 0.3 and 0.9, the second asks 0.5 / 0.9 of what it has room for."""
    market, one = places(0, 0), row(1, 1)
    found = index_at_limits(one, row(0.5, 0.5), row(1), market, row(0.3, 0.9))
    np.testing.assert_allclose(found, row(9 / 5))
    # A route that nobody used has no say.
    unused = index_at_limits(row(1, 1, 1), row(0.5, 0.5, 0), row(1), places(0, 0, 0),
                             row(0.3, 0.9, 0.0001))  # fmt: skip
    np.testing.assert_allclose(unused, row(9 / 5))


# --- a planner -----------------------------------------------------------------------------------


def fill(cost, switching, today, capacity, demand, pool=None, market=None):
    count = len(cost)
    return cheapest(
        row(*cost), row(*switching), row(*today), row(*capacity), row(*demand),
        places(*[0] * count) if market is None else places(*market),
        places(*range(count)) if pool is None else places(*pool),
    )  # fmt: skip


def test_the_cheapest_route_is_filled_and_the_next_takes_the_rest():
    """60 at 10, 40 at 12: 1,080 USD. One more place on the first would save 2."""
    done = fill((12, 10, 15), (0, 0, 0), (0, 0, 0), (80, 60, 99), (100,))
    np.testing.assert_allclose(done.units, row(40, 60, 0))
    np.testing.assert_allclose(done.spent, row(1080))
    np.testing.assert_allclose(done.worth, row(0, 2, 0))


@pytest.mark.parametrize(
    ("switching", "units", "spent"),
    [
        (0.5, (0, 100), 925.0),  # 9 and a half beside 10: all move, 50 of them for a half
        (1.0, (50, 50), 950.0),  # 9 and 1 are 10: nobody moves for nothing
        (3.0, (50, 50), 950.0),
    ],
)
def test_what_is_new_on_a_route_pays_for_the_change(switching, units, spent):
    """Half at 10 and half at 9; a move costs ``switching`` once a unit."""
    done = fill((10, 9), (switching, switching), (50, 50), (NO_LIMIT, NO_LIMIT), (100,))
    np.testing.assert_allclose(done.units, row(*units))
    np.testing.assert_allclose(done.spent, row(spent))


def test_routes_of_one_price_are_filled_in_their_order():
    done = fill((10, 10), (0, 0), (0, 0), (30, 99), (50,))
    np.testing.assert_allclose(done.units, row(30, 20))
    np.testing.assert_allclose(done.worth, row(0, 0))


def test_no_demand_ships_nothing_and_costs_nothing():
    done = fill((10, 12), (1, 1), (30, 20), (50, 50), (0,))
    np.testing.assert_array_equal(done.units, row(0, 0))
    np.testing.assert_array_equal(done.spent, row(0))


def test_markets_that_share_a_plant_give_it_to_whom_it_saves_most():
    """A plant for 150 at 10; the first market's other way costs 12, the second's 20: the second
    takes 100, and the first 50 beside 50 at 12. One place more saves the first market 2."""
    done = fill(
        (10, 12, 10, 20), (0,) * 4, (0,) * 4, (150, NO_LIMIT, 150, NO_LIMIT), (100, 100),
        pool=(0, 1, 0, 2), market=(0, 0, 1, 1),
    )  # fmt: skip
    np.testing.assert_allclose(done.units, row(50, 50, 100, 0), atol=1e-9)
    np.testing.assert_allclose(done.spent, row(1100, 1000))
    np.testing.assert_allclose(done.worth, row(2, 0, 2, 0))


@pytest.mark.parametrize("rows", [(0, 0), (0, 1)])
def test_demand_above_all_capacity_is_refused(rows):
    """A market by itself is named; markets that share a plant are refused together."""
    single = rows == (0, 0)
    with pytest.raises(DataError) as caught:
        if single:
            fill((10, 12), (0, 0), (0, 0), (50, 49), (100,))
        else:
            fill((10, 12), (0, 0), (0, 0), (99, 99), (50, 50), pool=(0, 0), market=rows)
    assert str(caught.value) == (
        "market 0: capacities do not meet the demand" if single else
        "capacities do not meet the demand of the markets that share them"
    )  # fmt: skip
