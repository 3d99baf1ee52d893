"""Armington, GSIM and SMART against published and hand-computed cases, and what must hold."""

import numpy as np
import pytest

from exposure.economy.gsim import World, between_rivals, in_steps, paper_consumer_surplus, solve
from exposure.economy.smart import creation, diversion, exact_creation, revenue_change
from exposure.economy.sourcing import armington, home_and_foreign, price_index, with_supply
from exposure.errors import QueryError


def row(*values):
    return np.array([values], dtype=float)


def one(value):
    return np.array([float(value)])


# --- Armington -----------------------------------------------------------------------------


def test_ces01_one_of_two_doubles():
    """P = (1/2 (1/2) + 1/2)**-1 = 4/3; shares 1/3 and 2/3."""
    found = armington(row(0.5, 0.5), row(2, 1), one(2), one(1))
    assert found.index[0] == pytest.approx(4 / 3, abs=1e-12)
    np.testing.assert_allclose(found.share, [[1 / 3, 2 / 3]], atol=1e-12)


def test_ces03_three_sources_with_a_top_elasticity():
    found = armington(row(0.3, 0.2, 0.5), row(1.25, 1.1, 1.0), one(2.53), one(1.53))
    assert found.index[0] == pytest.approx(1.0822498066102957, abs=1e-12)
    assert found.spending[0] == pytest.approx(0.9589730802077359, abs=1e-12)
    np.testing.assert_allclose(
        found.share, [[0.24064122828141365, 0.19508338748368415, 0.5642753842349022]], atol=1e-12
    )
    np.testing.assert_allclose(
        found.quantity, [[0.6153825597600004, 0.8503623499663083, 1.0822498066102957]], atol=1e-12
    )


def test_a_market_with_supply_by_a_published_example():
    """Four equal sources, sigma 4, supply 5, one pays 5 %: index 1.009908, prices before duty
    1.003292 and 0.98177 (the model of a former economist of the US International Trade Commission;
    its demand elasticity -1 is that of spending, so that of volume is 2)."""
    tariff = row(1, 1, 1.05, 1)
    found, before = with_supply(np.full((1, 4), 0.25), tariff, one(4), one(1), np.full((1, 4), 5.0))
    assert found.index[0] == pytest.approx(1.009908, abs=2e-6)
    np.testing.assert_allclose(before, row(1.003292, 1.003292, 0.98177, 1.003292), atol=2e-6)
    assert before[0, 2] * 1.05 == pytest.approx(1.030858, abs=2e-6)
    # What is asked for is what is sold.
    np.testing.assert_allclose(found.quantity, before**5.0, rtol=1e-9)


def test_flat_supply_is_plain_armington():
    tariff = row(1.25, 1.0, 1.1)
    share = row(0.2, 0.5, 0.3)
    flat, before = with_supply(share, tariff, one(3), one(0.8), np.full((1, 3), 1e9))
    plain = armington(share, tariff, one(3), one(0.8))
    np.testing.assert_allclose(before, 1.0, atol=1e-7)
    np.testing.assert_allclose(flat.quantity, plain.quantity, rtol=1e-6)


@pytest.mark.parametrize("tariff", [0.2, 4.0])
def test_a_market_whose_sources_all_pay_alike_has_its_index_by_hand(tariff):
    """Supply p**s meets demand (p T)**-d, so p = T**(-d / (s + d)) and the index is T p: with s
    and d of 1/2 and 2 it is T**0.2, far from T itself."""
    share, supply = row(0.5, 0.5), row(0.5, 0.5)
    found, before = with_supply(share, row(tariff, tariff), one(3), one(2), supply)
    np.testing.assert_allclose(found.index, tariff**0.2, rtol=1e-12)
    np.testing.assert_allclose(before, tariff**-0.8, rtol=1e-12)


def test_sigma_one_and_sigma_without_end_are_reached():
    share, price = row(0.3, 0.7), row(1.5, 1.0)
    middle = armington(share, price, one(1), one(1))
    assert middle.index[0] == pytest.approx(1.5**0.3)
    np.testing.assert_allclose(middle.share, share)
    for near in (1 - 1e-6, 1 + 1e-6):
        assert price_index(share, price, one(near))[0] == pytest.approx(1.5**0.3, rel=1e-6)
    far = armington(share, price, one(5000), one(1))
    assert far.index[0] == pytest.approx(1.0, abs=1e-3)
    np.testing.assert_allclose(far.share, [[0, 1]], atol=1e-12)


def test_a_source_that_sells_nothing_keeps_selling_nothing():
    found = armington(row(0.0, 1.0), row(0.01, 1.2), one(4), one(1))
    assert found.share[0, 0] == 0
    assert found.quantity[0, 0] == 1
    assert found.index[0] == pytest.approx(1.2)


def test_no_change_changes_nothing_and_one_row_is_that_row_of_many():
    draws = np.random.default_rng(1)
    share = draws.dirichlet(np.ones(5), 8)
    price = draws.uniform(0.8, 1.4, (8, 5))
    sigma, top = draws.uniform(0.5, 8, 8), draws.uniform(0.3, 2, 8)
    still = armington(share, np.ones_like(price), sigma, top)
    np.testing.assert_allclose(still.quantity, 1.0, rtol=1e-14)
    many = armington(share, price, sigma, top)
    np.testing.assert_allclose(many.share.sum(axis=1), 1.0, rtol=1e-14)
    # What is spent is price times volume.
    value = (share * price * many.quantity).sum(axis=1)
    np.testing.assert_allclose(value, many.spending, rtol=1e-12)
    for place in range(8):
        pick = slice(place, place + 1)
        alone = armington(share[pick], price[pick], sigma[pick], top[pick])
        assert (alone.quantity[0] == many.quantity[place]).all()


def test_two_nests_of_one_elasticity_are_one():
    draws = np.random.default_rng(2)
    share, price = draws.dirichlet(np.ones(4), 3), draws.uniform(0.9, 1.3, (3, 4))
    home = np.array([True, False, False, False])
    sigma = np.full(3, 2.7)
    nested = home_and_foreign(share, price, home, (sigma, sigma), np.full(3, 0.9))
    plain = armington(share, price, sigma, np.full(3, 0.9))
    np.testing.assert_allclose(nested.share, plain.share, rtol=1e-12)
    np.testing.assert_allclose(nested.quantity, plain.quantity, rtol=1e-12)


def test_plants_at_home_gain_as_home_and_foreign_are_substitutes():
    """A duty on two foreign sources of three: the third and the home plants sell more."""
    share, price = row(0.4, 0.3, 0.2, 0.1), row(1.0, 1.2, 1.2, 1.0)
    home = np.array([True, False, False, False])
    found = home_and_foreign(share, price, home, (one(4), one(2)), one(0.6))
    assert found.quantity[0, 0] > 1
    assert found.quantity[0, 3] > found.quantity[0, 0]
    assert (found.quantity[0, 1:3] < 1).all()


# --- GSIM ----------------------------------------------------------------------------------

PAPER = {
    "trade": [[0, 50, 200, 300], [500, 0, 150, 200], [300, 100, 200, 200], [50, 100, 110, 20]],
    "rates": [[0, 0.21, 0.41, 0.22], [0.37, 0, 0.31, 0.23], [0.32, 0.36, 0, 0.18],
              [0.57, 0.41, 0.25, 0.15]],
}  # fmt: skip
OWN = {
    "trade": [[0, 50, 200, 300], [500, 0, 150, 200], [300, 100, 0, 200], [50, 100, 110, 20]],
    "rates": [[0, 0.21, 0.27, 0.32], [0.3, 0, 0.24, 0.2], [0.18, 0.23, 0, 0.26],
              [0.22, 0.3, 0.36, 0]],
}  # fmt: skip


def industry(case, free, rows=1):
    """Four countries; pairs in ``free`` drop the duties between them."""
    before = np.array(case["rates"])
    after = before.copy()
    for a, b in free:
        after[a, b] = after[b, a] = 0.0
    grid = np.ones((rows, 4))
    return World(
        trade=np.array(case["trade"], dtype=float),
        rate_before=np.repeat(before[None], rows, axis=0),
        rate_after=np.repeat(after[None], rows, axis=0),
        demand=-1.25 * grid,
        supply=1.5 * grid,
        substitution=5.0 * grid,
    )


def test_gsim_the_authors_example():
    """Four regions, the first and the third free their trade: the prices that the authors print."""
    world = industry(PAPER, [(0, 2)])
    found = solve(world)
    np.testing.assert_allclose(found.price[0], [0.0792, -0.0316, 0.0480, -0.0184], atol=5e-5)
    np.testing.assert_allclose(found.producer[0], [46.136, -26.24, 39.825, -5.073], atol=1e-3)
    np.testing.assert_allclose(found.revenue[0], [-138.517, 0.622, -93.839, -2.87], atol=1e-3)
    printed = paper_consumer_surplus(world, found)[0]
    np.testing.assert_allclose(printed, [110.595, -8.876, 68.559, -32.859], atol=1e-3)
    welfare = found.producer[0] + printed + found.revenue[0]
    np.testing.assert_allclose(welfare, [18.214, -34.495, 14.544, -40.802], atol=2e-3)


def test_gsm01_own_data():
    found = solve(industry(OWN, [(0, 1)]))
    np.testing.assert_allclose(
        found.price[0],
        [0.022209251876882843, 0.07385111570412922, -0.03150995936954152, -0.013194698501646548],
        atol=1e-12,
    )
    np.testing.assert_allclose(
        found.composite[0],
        [-0.10700110518097108, -0.04704107199080142, 0.029517521373558266, 0.020170405045241438],
        atol=1e-12,
    )
    np.testing.assert_allclose(
        found.producer[0],
        [12.41855451571953, 66.25036524635958, -18.459180728963343, -3.657954566065669],
        atol=1e-9,
    )
    assert found.quantity[0, 0, 1] == pytest.approx(0.5803183156914027, abs=1e-12)
    assert found.output[0, 0] == pytest.approx(0.033313877815324265, abs=1e-12)


def small(trade, after, supply):
    trade = np.array(trade, dtype=float)
    shape = (1, *trade.shape)
    return World(
        trade, np.zeros(shape), np.array(after, dtype=float).reshape(shape),
        np.full((1, trade.shape[1]), -1.0), np.full((1, len(trade)), supply),
        np.full((1, trade.shape[1]), 5.0),
    )  # fmt: skip


def test_gsm02_one_flow():
    """P = Em t / (Ex - Em) = -0.1 / 5 = -0.02; volume -0.08; producers -2 (1 - 0.04) = -1.92."""
    found = solve(small([[100]], [[0.1]], 4.0))
    assert found.price[0, 0] == pytest.approx(-0.02, abs=1e-12)
    assert found.quantity[0, 0, 0] == pytest.approx(-0.08, abs=1e-12)
    assert found.producer[0, 0] == pytest.approx(-1.92, abs=1e-12)
    assert found.composite[0, 0] == pytest.approx(0.08, abs=1e-12)


def test_gsm04_flat_supply():
    """0.6 of the market pays 10 %: own -0.1 (0.6 + 0.4 * 5) = -0.26, rival 0.1 * 0.6 * 4 = 0.24."""
    found = solve(small([[60], [40]], [[0.1], [0.0]], 1e12))
    np.testing.assert_allclose(found.quantity[0, :, 0], [-0.26, 0.24], atol=1e-9)


def test_markets_clear_diversion_moves_and_does_not_make_and_rivals_add_up():
    world = industry(PAPER, [(0, 2)])
    found = solve(world)
    power = 1 + world.rate_before
    asked = (world.trade * found.quantity).sum(axis=2)
    offered = world.trade.sum(axis=1) * found.output
    np.testing.assert_allclose(asked, offered, atol=1e-10)
    # At duty-inclusive prices what one exporter loses by diversion another gains.
    np.testing.assert_allclose((found.diversion * power).sum(axis=1), 0.0, atol=1e-10)
    flows = between_rivals(world, found, 0)
    np.testing.assert_allclose(flows, -flows.transpose(0, 2, 1), atol=1e-12)
    gained = flows.sum(axis=1)
    np.testing.assert_allclose(gained, (found.diversion * power)[:, :, 0], atol=1e-10)
    np.testing.assert_allclose(
        found.creation + found.diversion, world.trade * found.quantity, atol=1e-12
    )


def test_no_change_scale_and_rows():
    still = solve(industry(PAPER, []))
    for name in ("price", "quantity", "producer", "consumer", "revenue"):
        assert (getattr(still, name) == 0).all(), name
    plain = solve(industry(PAPER, [(0, 2)]))
    large = solve(industry({**PAPER, "trade": 1e6 * np.array(PAPER["trade"])}, [(0, 2)]))
    np.testing.assert_allclose(large.price, plain.price, rtol=1e-12)
    np.testing.assert_allclose(large.welfare, 1e6 * plain.welfare, rtol=1e-9)
    many = solve(industry(PAPER, [(0, 2)], rows=5))
    assert (many.price == plain.price[0]).all()


def test_two_equal_exporters_are_one():
    """The second half of each flow of region 3 sold by a twin: same prices, halves of its sums."""
    world = industry(PAPER, [(0, 2)])
    split = np.vstack([world.trade, world.trade[3]])
    split[3:] /= 2
    twin = World(
        split,
        np.concatenate([world.rate_before, world.rate_before[:, [3]]], axis=1),
        np.concatenate([world.rate_after, world.rate_after[:, [3]]], axis=1),
        world.demand,
        np.full((1, 5), 1.5),
        world.substitution,
    )
    found, plain = solve(twin), solve(world)
    np.testing.assert_allclose(found.price[0, :4], plain.price[0], rtol=1e-10)
    assert found.price[0, 4] == pytest.approx(found.price[0, 3])
    assert found.producer[0, 3:].sum() == pytest.approx(plain.producer[0, 3])


def test_steps_are_the_linear_form_for_small_changes_and_settle_for_large():
    small_change = industry(PAPER, [])
    nudged = World(**{**vars(small_change), "rate_after": small_change.rate_before * 1.001})
    np.testing.assert_allclose(in_steps(nudged, 4).price, solve(nudged).price, rtol=2e-3)
    world = industry(PAPER, [(0, 2)])
    prices = [in_steps(world, steps).price for steps in (50, 100, 200)]
    first, second = (np.abs(prices[n + 1] - prices[n]).max() for n in range(2))
    assert second < 0.6 * first
    assert np.abs(prices[2] - solve(world).price).max() > 5 * second
    # One exporter, one importer: ln(1 + P) goes to Em ln(1 + t) / (Ex - Em) as steps grow many.
    exact = np.expm1(-np.log(1.5) / 5.0)
    found = in_steps(small([[100]], [[0.5]], 4.0), 2000)
    assert found.price[0, 0] == pytest.approx(exact, abs=1e-4)


def test_what_does_not_fit_is_named():
    world = industry(PAPER, [])
    for field, value, said in (
        ("demand", -world.demand, "demand has the wrong sign"),
        ("supply", np.ones((1, 3)), "supply has shape"),
        ("trade", np.zeros((4, 4)), "sells nothing"),
    ):
        with pytest.raises(QueryError, match=said):
            solve(World(**{**vars(world), field: value}))


@pytest.mark.parametrize("field", ["demand", "supply", "substitution", "trade"])
def test_one_number_of_the_wrong_sign_is_refused_and_small_ones_are_not(field):
    world = industry(PAPER, [], rows=2)
    numbers = {name: np.array(value, dtype=float) for name, value in vars(world).items()}
    place = (-1,) * numbers[field].ndim
    numbers[field][place] *= 1e-3
    assert np.isfinite(solve(World(**numbers)).price).all()
    numbers[field][place] *= -1.0
    with pytest.raises(QueryError, match=f"{field} has the wrong sign"):
        solve(World(**numbers))


def test_a_flow_of_nothing_stays_nothing():
    world = industry(PAPER, [])
    trade = np.array(world.trade)
    trade[..., 0, 1] = 0.0
    found = solve(World(**{**vars(world), "trade": trade}))
    assert np.isfinite(found.price).all()
    assert (found.trade[..., 0, 1] == 0).all()


# --- SMART ---------------------------------------------------------------------------------


def test_smt01_to_smt03_and_a_second_survey():
    """100 * 1.2 * 0.2 / 1.2 = 20. z = 1.5 * 0.2 / 1.2 = 0.25: 7500 / 425 = 17.647. Supply and
    demand of 1: 100 (1.1**0.5 - 1) = 4.881. From 25 %: 100 * 1.5 * 0.2 = 30, and z = 0.3:
    6000 / 330 = 18.18; supply of 10: 30 / 1.15 = 26.087."""
    ends = np.array(0.2), np.array(0.0)
    hundred = np.array(100.0)
    assert creation(hundred, ends, np.array(1.2)) == pytest.approx(20.0, abs=1e-12)
    found = diversion(hundred, np.array(300.0), ends, np.array(1.5))
    assert found == pytest.approx(17.647058823529413, abs=1e-12)
    tenth = np.array(0.1), np.array(0.0)
    found = exact_creation(hundred, tenth, np.array(1.0), np.array(1.0))
    assert found == pytest.approx(4.880884817015163, abs=1e-12)
    quarter = np.array(0.25), np.array(0.0)
    assert creation(hundred, quarter, np.array(1.5)) == pytest.approx(30.0)
    assert creation(hundred, quarter, np.array(1.5), 10.0) == pytest.approx(26.086957, abs=1e-6)
    found = diversion(hundred, np.array(200.0), quarter, np.array(1.5))
    assert found == pytest.approx(18.181818, abs=1e-6)
    assert revenue_change((np.array(100.0), np.array(80.0)), (np.array(0.1), np.array(0.2))) == 6.0


def test_a_supply_without_end_is_the_power_of_demand_alone():
    """From 25 % to none: 100 (1.25**2 - 1)."""
    quarter = np.array(0.25), np.array(0.0)
    found = exact_creation(np.array(100.0), quarter, np.array(2.0), np.array(np.inf))
    assert found == pytest.approx(56.25, abs=1e-12)


def test_a_source_loses_no_more_than_it_has_and_nothing_without_rivals():
    """A rise by 50 points at sigma 5 would be z = -2.5; at z = -1 all 100 go to the others."""
    rise = np.array(0.0), np.array(0.5)
    hundred = np.array(100.0)
    assert diversion(hundred, np.array(50.0), rise, np.array(5.0)) == pytest.approx(-100.0)
    assert diversion(hundred, np.array(0.0), rise, np.array(5.0)) == 0.0


def test_diversion_never_takes_more_than_there_is():
    far = diversion(np.array(100.0), np.array(10.0), (np.array(5.0), np.array(0.0)), np.array(50.0))
    assert 0 < far < 10
