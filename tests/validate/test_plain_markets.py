"""Markets of the slow second way by hand: routes within capacity, prices, volumes at rest."""

import math

import pytest

from exposure.economy.incidence import PASS_THROUGH
from exposure.validate.plain_response import (
    Market,
    Way,
    answer,
    bears,
    clearing,
    divide,
    last_index,
    passed_on,
    settle,
    wanted,
)

FREE = math.inf


def way(share=1.0, ratio=1.0, room=FREE, cost=10.0):
    return Way(before=100.0 * share, share=share, ratio=ratio, cost=cost, room=room, capacity=room)


def market(*ways, route=1.0, demand=-1.0, border=1.0, buyer=1.0, linear=False):
    """100 units that cost 10 each today; buyers bear the whole price unless told otherwise."""
    rest = 1.0 - buyer
    return Market(ways, 100.0, 1000.0, route, demand, border, (buyer, rest, 0.0, 0.0), linear)


# --- who bears a dollar --------------------------------------------------------------------------


def test_parts_of_a_dollar_by_hand():
    """The currency meets 0.4 * 0.5 = 0.2; of the other 0.8 half is passed on; the exporter takes
    three quarters of the rest."""
    assert bears(0.5, 0.75, 0.4, 0.5) == pytest.approx((0.4, 0.1, 0.3, 0.2))


@pytest.mark.parametrize("passed", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("absorption", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("offset", [0.0, 0.5])
def test_parts_of_a_dollar_are_a_dollar(passed, absorption, offset):
    parts = bears(passed, absorption, offset, 0.2)
    assert sum(parts) == pytest.approx(1.0)
    assert min(parts) >= 0.0


@pytest.mark.parametrize(
    ("name", "passed"),
    [
        ("stated", 0.3),
        ("complete", 1.0),
        ("supply_and_demand", 0.8),  # 8 / (8 + 2)
        ("linear_monopoly", 0.5),
    ],
)
def test_what_is_passed_on_by_name(name, passed):
    assert passed_on(name, 0.3, 8.0, -2.0) == pytest.approx(passed)


def test_every_incidence_of_the_model_has_a_plain_form():
    assert {passed_on(name, 0.3, 8.0, -2.0) for name in PASS_THROUGH} <= {0.3, 1.0, 0.8, 0.5}


# --- routes --------------------------------------------------------------------------------------


def test_routes_divide_by_cost_ratio_by_hand():
    """Halves at ratios 1 and 2, elasticity 1: weights 0.5 and 0.25, and the index 1 / 0.75."""
    shares, scarcity, index = divide(market(way(0.5), way(0.5, 2.0)), 1.0)
    assert shares == pytest.approx([2 / 3, 1 / 3])
    assert scarcity == [0.0, 0.0]
    assert index == pytest.approx(4 / 3)


def test_a_route_at_its_limit_is_scarce_by_hand():
    """The cheap one may carry half: the other takes the rest, as if both cost 2; a place on the
    cheap one is worth as much again as its cost."""
    shares, scarcity, index = divide(market(way(0.5, room=50.0), way(0.5, 2.0)), 1.0)
    assert shares == pytest.approx([0.5, 0.5])
    assert scarcity == pytest.approx([1.0, 0.0])
    assert index == pytest.approx(2.0)


def test_scarcity_is_a_part_of_the_routes_own_cost():
    """One that became half as dear and is full: a place on it saves as much as it costs."""
    _, scarcity, index = divide(market(way(0.5, 0.5, room=50.0), way(0.5)), 1.0)
    assert index == pytest.approx(1.0)
    assert scarcity == pytest.approx([1.0, 0.0])


def test_a_route_that_was_not_used_stays_unused():
    shares, _, index = divide(market(way(0.0, 0.1), way(1.0, 1.5)), 1.0)
    assert shares == pytest.approx([0.0, 1.0])
    assert index == pytest.approx(1.5)


def test_all_at_their_limit_have_no_index_and_what_is_over_is_not_sold():
    shares, _, index = divide(market(way(0.5, room=30.0), way(0.5, room=20.0)), 1.0)
    assert shares == pytest.approx([0.3, 0.2])
    assert math.isnan(index)


@pytest.mark.parametrize("e", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("ratio", [0.8, 1.0, 1.3])
def test_one_change_for_all_routes_moves_no_share_and_is_the_index(e, ratio):
    shares, _, index = divide(market(way(0.2, ratio), way(0.8, ratio), route=e), 1.0)
    assert shares == pytest.approx([0.2, 0.8])
    assert index == pytest.approx(ratio)


@pytest.mark.parametrize("e", [0.5, 2.0, 6.0])
def test_the_index_lies_between_the_ratios_and_shares_add_up(e):
    ways = (way(0.3, 1.0), way(0.5, 1.2), way(0.2, 1.7))
    shares, _, index = divide(market(*ways, route=e), 1.0)
    assert sum(shares) == pytest.approx(1.0)
    assert 1.0 < index < 1.7
    assert shares[0] > 0.3
    assert shares[2] < 0.2


def test_a_smaller_market_meets_no_limit():
    ways = (way(0.5, room=50.0), way(0.5, 2.0))
    assert divide(market(*ways), 0.5)[0] == pytest.approx([2 / 3, 1 / 3])


def test_the_index_at_which_the_last_limit_is_met_by_hand():
    """Of 80 sold, 50 and 30 with shares 0.5: ratios times limit over share: 1.25 and 0.75."""
    one = market(way(0.5, room=50.0), way(0.5, room=30.0))
    assert last_index(one, 0.8) == pytest.approx(1.25)


# --- buyers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("linear", "price", "volume"),
    [(False, 1.25, 0.64), (True, 1.25, 0.5), (True, 1.6, 0.0), (False, 1.0, 1.0), (True, 0.5, 2.0)],
)
def test_what_is_bought_at_a_price_by_hand(linear, price, volume):
    """Elasticity -2: 1.25 ** -2 = 0.64; on a line 1 - 2 * 0.25, and never below nothing."""
    assert wanted(market(demand=-2.0, linear=linear), price) == pytest.approx(volume)


@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("volume", [0.2, 0.5, 1.0, 1.4])
def test_the_clearing_price_sells_just_that(linear, volume):
    one = market(demand=-2.0, linear=linear)
    assert wanted(one, clearing(one, volume)) == pytest.approx(volume)


def test_nothing_is_bought_at_a_price_without_end_or_where_the_line_ends():
    assert clearing(market(demand=-2.0), 0.0) == math.inf
    assert clearing(market(demand=-2.0, linear=True), 0.0) == 1.5


# --- at rest -------------------------------------------------------------------------------------


def test_a_market_at_rest_by_hand():
    """Cost 4 / 3 of before, of which 0.6 is border price and half is passed on: price 1.1, and
    1 / 1.1 of the volume is sold."""
    found, volume = settle(market(way(0.5), way(0.5, 2.0), border=0.6, buyer=0.5))
    assert found.index == pytest.approx(4 / 3)
    assert found.price == pytest.approx(1.1)
    assert volume == pytest.approx(1 / 1.1)


def test_nothing_changes_where_no_cost_does():
    found, volume = settle(market(way(0.25), way(0.75)))
    assert (found.price, found.index, volume) == pytest.approx((1.0, 1.0, 1.0))
    assert found.shares == pytest.approx((0.25, 0.75))
    assert found.worth == (0.0, 0.0)


def test_a_full_route_earns_a_rent_by_hand():
    """80 of 100 may be sold: the price rises to 1.25, a quarter of 10 dollars a unit."""
    found, volume = settle(market(way(room=80.0)))
    assert volume == pytest.approx(0.8)
    assert found.price == pytest.approx(1.25)
    assert found.worth == pytest.approx((2.5,))


def test_half_of_the_price_at_the_border_makes_the_rent_twice_as_large():
    """The price of the shop rises by a quarter; where the border is half of it, cost rises by
    half."""
    found, _ = settle(market(way(room=80.0), border=0.5))
    assert found.price == pytest.approx(1.25)
    assert found.worth == pytest.approx((5.0,))


def test_routes_at_different_limits_are_worth_what_each_saves():
    found, volume = settle(market(way(0.5, room=20.0), way(0.5, 1.5, room=500.0, cost=15.0)))
    # The dear one carries what the cheap one cannot: each unit on the cheap one saves.
    assert found.worth[0] > 0
    assert found.worth[1] == 0
    assert 100 * volume * found.shares[0] == pytest.approx(20.0)
    # At rest, what is wanted is what is sold.
    assert found.wanted == pytest.approx(volume, rel=1e-9)


@pytest.mark.parametrize("room", [FREE, 90.0, 60.0, 20.0])
def test_less_room_is_never_cheaper(room):
    price = settle(market(way(0.5, room=room / 2), way(0.5, 1.2, room=room / 2)))[0].price
    wide = settle(market(way(0.5), way(0.5, 1.2)))[0].price
    assert price >= wide - 1e-12


def test_a_market_without_sales_has_no_answer_rather_than_nought():
    none = Market((way(0.0),), 0.0, 0.0, 1.0, -1.0, 1.0, (1.0, 0.0, 0.0, 0.0), linear=False)
    found, volume = settle(none)
    assert math.isnan(volume)
    assert all(math.isnan(number) for number in (found.price, found.index, found.shares[0]))
    assert found.worth == (0.0,)


def test_an_answer_at_a_volume_prices_the_mix_where_all_routes_are_full():
    """Two full routes that cost 10 and 16: the mean 12.4 over today's 10; what is wanted answers
    to the last limit that is met: at 1.0 * 0.3 / 0.6 = 0.5 or 1.6 * 0.2 / 0.4 = 0.8."""
    one = market(way(0.6, room=30.0), way(0.4, 1.6, room=20.0, cost=16.0))
    found = answer(one, 1.0)
    assert found.index == pytest.approx((30 * 10 + 20 * 16) / 50 / 10)
    assert found.wanted == pytest.approx(1 / 0.8)
