"""What the kernels keep whatever the numbers: sums, order, scale, and the slow plain way."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from exposure.axes import column_sums, stretch
from exposure.economy.border_tax import Lines, linear_market
from exposure.economy.closure import PricePath, exit_trigger
from exposure.economy.demand import buyers_of
from exposure.economy.demand import constant_elasticity as ratio_of_volume
from exposure.economy.demand import constant_elasticity_price as ratio_of_price
from exposure.economy.protection import effective_protection
from exposure.economy.quota import Demand, import_quota, linear_demand, tariff_rate_quota
from exposure.economy.relocation import Move, annuity, break_even_survival, present_value
from exposure.economy.sectors import coefficients, duty_cost, leontief
from exposure.errors import DataError
from exposure.law.base import Tag, base_shares, bases
from exposure.law.stack import Structure, per_crossing
from exposure.model.attribute import shapley
from exposure.model.parity import lower_envelope
from exposure.validate import scores

seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)
many = settings(max_examples=60, deadline=None)


def constant_elasticity(price, elasticity):
    return ratio_of_volume(price, buyers_of(elasticity))


def constant_elasticity_price(volume, elasticity):
    """Elasticities by scenario; volumes may have points as well."""
    wide = elasticity.reshape(elasticity.shape + (1,) * (volume.ndim - elasticity.ndim))
    return ratio_of_price(volume, buyers_of(wide))


# --- bases -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unmade", "share"), [(0.0, 0.3), (0.1, np.nan), (np.nan, 1.0)], ids=["none", "some", "unknown"]
)
def test_content_of_an_unknown_country_matters_only_where_there_is_some(unmade, share):
    """Steel made in Korea is charged: 0.3 of value; a further part was made nobody knows where."""
    clause = {"base": "content", "material": "steel", "made_in": "KOR"}
    clause |= dict.fromkeys(("not_made_in", "maker", "not_maker"), "")
    base = bases([clause], (Tag("steel"), Tag("steel", "KOR"), Tag("steel", "JPN")))
    found = base_shares(base, np.array([[[unmade, 0.3, 0.2]]]), np.array([[0.0]]))
    np.testing.assert_array_equal(found, [[share]])


# --- sums in a fixed order -------------------------------------------------------------------


@many
@given(seeds, st.integers(1, 8))
def test_lines_add_up_to_the_bits_of_reduceat_whatever_the_rows(random, most):
    """Nine lines and more of one crossing would be paired by the library in another way."""
    sizes = random.integers(1, most + 1, 5)
    crossing = np.repeat(np.arange(5), sizes)
    duty = random.normal(size=(len(crossing), 7)) * 10.0 ** random.integers(-8, 8, (1, 7))
    starts = np.cumsum(sizes) - sizes
    wanted = np.add.reduceat(duty, starts, axis=0)
    none = np.zeros(len(crossing), dtype=np.int64)
    order = random.permutation(5)
    shape = Structure(order[crossing], none, none, none[:0], none[:0], none > 0, 5)
    for rows in (7, 1):
        found = per_crossing(shape, duty[:, :rows].T, np.zeros(5))
        np.testing.assert_array_equal(found[:, order], wanted[:, :rows].T)


@many
@given(seeds)
def test_sums_of_columns_are_the_same_bits_in_one_row_and_in_many(random):
    group, table = random.integers(0, 4, 40), random.normal(size=(9, 40))
    found = column_sums(table, group, 4)
    for row in range(9):
        np.testing.assert_array_equal(column_sums(table[[row]], group, 4)[0], found[row])
        for number in range(4):
            assert found[row, number] == sum(table[row, group == number].tolist())


@many
@given(seeds, st.integers(0, 6))
def test_a_stretch_names_the_same_things(random, count):
    first = int(random.integers(0, 3))
    numbers = np.arange(first, first + count)
    things = np.arange(10)
    for pick in (numbers, numbers[::-1], random.permutation(numbers), numbers * 2 % 7):
        np.testing.assert_array_equal(things[stretch(pick)], things[pick])
    assert not count or isinstance(stretch(numbers), slice)


# --- protection ------------------------------------------------------------------------------


@many
@given(seeds, st.floats(0, 3))
def test_one_rate_on_everything_protects_by_that_rate(random, rate):
    shares = random.dirichlet(np.ones(4), size=5)[:, :3]
    found = effective_protection(np.full(5, rate), shares, np.full((5, 3), rate))
    np.testing.assert_allclose(found, rate, atol=1e-9, rtol=1e-9)


# --- quotas and lines ------------------------------------------------------------------------


def demands(random, count):
    """A line and a curve, each with the volumes that a price above its world price gives."""
    a, b = random.uniform(50, 150, count), random.uniform(0.5, 2, count)
    e = -random.uniform(0.5, 4, count)

    def price(volume):
        wide = (slice(None), *(None,) * (volume.ndim - 1))
        return constant_elasticity_price(volume / a[wide], e[wide])

    return [
        (linear_demand(a, b), random.uniform(1, 20, count)),
        (Demand(lambda at: a * constant_elasticity(at, e), price), random.uniform(0.5, 2, count)),
    ]


@many
@given(seeds)
def test_a_quota_equals_the_tariff_that_it_is_said_to_equal(random):
    for demand, world in demands(random, 8):
        quota = demand.volume(world) * random.uniform(0.2, 1.5, 8)
        done = import_quota(world, quota, demand)
        np.testing.assert_allclose(demand.volume(world + done.specific), done.units, rtol=1e-9)
        np.testing.assert_allclose(world * (1 + done.ad_valorem), done.price, rtol=1e-12)
        assert (done.binds == (done.units < demand.volume(world))).all()
        # Rent and loss are what buyers lose: a wide strip of the area left of the curve.
        points = np.linspace(world, done.price, 2001, axis=1)
        bought = np.stack([demand.volume(column) for column in points.T], axis=1)
        width = np.diff(points, axis=1)
        lost = ((bought[:, 1:] + bought[:, :-1]) / 2 * width).sum(axis=1)
        np.testing.assert_allclose(done.rent + done.deadweight, lost, rtol=1e-5, atol=1e-9)


@many
@given(seeds)
def test_a_rate_quota_lies_between_its_two_tariffs_and_falls_with_the_quota(random):
    for demand, world in demands(random, 8):
        low, high = np.full(8, 0.1), random.uniform(0.1, 2, 8)
        steps = [tariff_rate_quota(world, demand.volume(world) * share, low, high, demand)
                 for share in np.linspace(0.0, 1.2, 25)]  # fmt: skip
        price = np.array([step.price for step in steps])
        assert (np.diff(price, axis=0) <= 1e-12).all()
        assert (price >= world * 1.1 - 1e-12).all()
        assert (price <= world * (1 + high) + 1e-12).all()
        regimes = np.array([step.regime for step in steps])
        assert (np.diff(regimes, axis=0) <= 0).all()
        assert (regimes[-1] == 1).all()
        # All that buyers pay above the world price is rent or revenue.
        for step in steps:
            above = (step.price - world) * step.units
            np.testing.assert_allclose(step.rent + step.revenue, above, rtol=1e-9, atol=1e-9)


def lines(random, count):
    """Home makes part of its demand at any price that can clear."""
    return Lines(
        demand=random.uniform(200, 300, count),
        demand_slope=random.uniform(1, 3, count),
        supply=random.uniform(0, 20, count),
        supply_slope=random.uniform(0, 1, count),
        world_price=random.uniform(5, 20, count),
        world_rise=random.uniform(0, 2, count) * (random.random(count) < 0.7),
    )


@many
@given(seeds)
def test_gains_and_losses_of_a_duty_add_up(random):
    market = lines(random, 16)
    done = linear_market(market, random.uniform(0, 60, 16), random.uniform(0, 1, 16))
    home = done.consumers + done.producers + done.revenue
    np.testing.assert_allclose(home, done.terms_of_trade - done.deadweight_home, atol=1e-8)
    # Exporters lose what they pay of the duty, and their part of the triangle.
    triangle = done.deadweight - done.deadweight_home
    fall = done.free_price - done.exporter_price
    np.testing.assert_allclose(
        fall * (done.free_imports + done.imports) / 2, done.terms_of_trade + triangle, atol=1e-8
    )
    small = market.world_rise == 0
    np.testing.assert_allclose(done.terms_of_trade[small], 0.0, atol=1e-9)


# --- sectors ---------------------------------------------------------------------------------


def tables(random, count):
    """A random table of flows that adds up: ``x = Z 1 + f`` and ``v' + 1' A = 1'``."""
    flows = random.random((count, count)) * (random.random((count, count)) < 0.6)
    output = np.maximum(flows.sum(axis=0), flows.sum(axis=1)) + random.uniform(0.1, 1, count)
    return flows, output, output - flows.sum(axis=1), 1 - flows.sum(axis=0) / output


@many
@given(seeds, st.integers(1, 12))
def test_prices_of_the_base_are_1_and_outputs_are_those_of_the_table(random, count):
    flows, output, final, added = tables(random, count)
    for form in (np.asarray, csr_array):
        system = leontief(coefficients(form(flows), output))
        np.testing.assert_allclose(system.price(added[None]), 1.0, rtol=1e-9)
        np.testing.assert_allclose(system.output(final[None])[0], output, rtol=1e-9)


@many
@given(seeds, st.integers(1, 10))
def test_the_inverse_is_the_sum_of_all_rounds_and_the_two_systems_agree(random, count):
    flows, output, _, _ = tables(random, count)
    table = coefficients(flows, output)
    system = leontief(table)
    rounds, power = np.eye(count), np.eye(count)
    while power.max() > 1e-14:
        power = power @ table
        rounds = rounds + power
    np.testing.assert_allclose(system.inverse(), rounds, rtol=1e-8, atol=1e-10)
    cost, demand = random.random((3, count)), random.random((3, count))
    # Cost of what is finally bought: by prices, or by outputs.
    np.testing.assert_allclose(
        (system.price(cost) * demand).sum(1), (cost * system.output(demand)).sum(1), rtol=1e-9
    )


@many
@given(seeds, st.integers(1, 8), st.floats(0.5, 1.5))
def test_a_table_is_refused_just_where_its_spectral_radius_is_1_or_more(random, count, radius):
    table = random.random((count, count)) + 0.01
    table *= radius / np.abs(np.linalg.eigvals(table)).max()
    for form in (np.asarray, csr_array):
        if radius < 1 - 1e-6:
            assert (leontief(form(table)).inverse() >= 0).all()
        elif radius > 1 + 1e-6:
            with pytest.raises(DataError, match="all rounds counted"):
                leontief(form(table))


@many
@given(seeds, st.integers(2, 8))
def test_duties_of_suppliers_add_up_one_by_one(random, count):
    flows, output, _, _ = tables(random, count)
    imported = random.random((count, count)) * 0.1
    system = leontief(coefficients(flows, output))
    rate = random.random((1, count))
    single = np.diag(rate[0])
    np.testing.assert_allclose(
        system.price(duty_cost(imported, single)).sum(axis=0),
        system.price(duty_cost(imported, rate))[0],
        rtol=1e-9,
    )


# --- closing and moving ----------------------------------------------------------------------


@many
@given(seeds)
def test_risk_lowers_the_price_at_which_a_plant_is_given_up(random):
    rate = random.uniform(0.03, 0.2, 20)
    drift = rate * random.uniform(-1.5, 0.9, 20)
    cost, scrap, units = random.uniform(1, 100, (3, 20))
    last = np.full(20, np.inf)
    for spread in (0.0, 0.1, 0.2, 0.4):
        s = np.full(20, spread)
        done = exit_trigger(PricePath(drift, s, rate), cost, scrap, units)
        assert (done.trigger <= np.minimum(last, done.break_even) * (1 + 1e-9)).all()
        last = done.trigger
        if spread:
            b = done.root
            size = np.abs(s**2 * b * (b - 1) / 2) + np.abs(drift * b) + rate
            assert (np.abs(s**2 * b * (b - 1) / 2 + drift * b - rate) < 1e-9 * size).all()
            assert (b < 0).all()


@many
@given(seeds, st.integers(0, 40))
def test_the_closed_form_is_the_plain_sum_of_years(random, years):
    survival, rate = random.random(6), random.uniform(-0.2, 0.3, 6)
    # One just beside the point where the closed form is nothing over nothing.
    survival[0], rate[0] = 1.0, 1e-9
    plain = sum((survival / (1 + rate)) ** t for t in range(1, years + 1)) + np.zeros(6)
    found = annuity(survival, rate, np.full(6, float(years)))
    np.testing.assert_allclose(found, plain, rtol=1e-12)


@many
@given(seeds)
def test_the_value_is_0_at_break_even_and_rises_with_survival(random):
    outlay, saving = random.uniform(1, 300, 20), random.uniform(1, 100, 20)
    move = Move(outlay, saving, random.integers(1, 20, 20) * 1.0, random.uniform(0, 0.2, 20),
                random.uniform(0, 0.5, 20))  # fmt: skip
    least = break_even_survival(move)
    never = np.isnan(least)
    assert (present_value(move, np.ones(20))[never] < 0).all()
    at = present_value(move, np.where(never, 1.0, least))
    np.testing.assert_allclose(at[~never], 0.0, atol=1e-8)
    assert (present_value(move, np.where(never, 1.0, least) * 0.99) <= at).all()


# --- attribution -----------------------------------------------------------------------------


def game(random, factors):
    """A random value for each coalition, two numbers each."""
    worth = random.normal(size=(2**factors, 2))
    return lambda force: worth[force @ 2 ** np.arange(factors)]


@many
@given(seeds, st.integers(1, 5))
def test_shapley_is_the_mean_over_all_orders(random, factors):
    value = game(random, factors)
    split = shapley(value, factors)
    plain = np.zeros((factors, 2))
    orders = list(permutations(range(factors)))
    for order in orders:
        force = np.zeros((1, factors), dtype=bool)
        for factor in order:
            before = value(force)[0]
            force[0, factor] = True
            plain[factor] += (value(force)[0] - before) / len(orders)
    np.testing.assert_allclose(split.parts, plain, atol=1e-12)
    np.testing.assert_allclose(split.parts.sum(axis=0), split.total, atol=1e-12)


@many
@given(seeds, st.integers(2, 7), st.booleans())
def test_parts_add_up_null_players_get_0_and_order_does_not_matter(random, factors, drawn):
    """By all orders and by drawn ones."""
    inner = game(random, factors)

    def value(force):
        # The last factor, one more, does nothing.
        return inner(force[:, :-1])

    def split(function):
        return shapley(function, factors + 1, orders=40, exact_up_to=0 if drawn else 12)

    found = split(value)
    np.testing.assert_allclose(found.parts.sum(axis=0), found.total, atol=1e-11)
    assert (found.parts[-1] == 0).all()
    if not drawn:
        turn = random.permutation(factors + 1)
        # The same factors under other numbers: factor k is now turn[k].
        other = split(lambda force: value(force[:, turn]))
        np.testing.assert_allclose(other.parts[turn], found.parts, atol=1e-12)
        # Twins, as value knows only how many are in force.
        twins = shapley(lambda force: np.sqrt(force.sum(axis=1)), factors)
        np.testing.assert_allclose(twins.parts, np.sqrt(factors) / factors, rtol=1e-12)


def test_drawn_orders_come_close_and_are_the_same_with_the_same_seed():
    value = game(np.random.default_rng(4), 6)
    exact = shapley(value, 6)
    drawn = shapley(value, 6, orders=4000, seed=9, exact_up_to=5)
    assert (np.abs(drawn.parts - exact.parts) < 5 * drawn.standard_error).all()
    assert (drawn.standard_error < 0.05).all()
    assert (shapley(value, 6, orders=4000, seed=9, exact_up_to=5).parts == drawn.parts).all()


# --- parity ----------------------------------------------------------------------------------


@many
@given(seeds, st.integers(1, 8), st.booleans())
def test_the_envelope_is_the_least_of_all_lines(random, routes, round_numbers):
    """Round numbers make ties, parallels and lines that meet in one point."""
    intercept, slope = random.uniform(0, 20, (6, routes)), random.uniform(-1, 2, (6, routes))
    if round_numbers:
        intercept, slope = np.rint(intercept / 2), np.rint(slope * 2)
    closed = (random.random((6, routes)) < 0.2) & (np.arange(routes) > 0)
    intercept = np.where(closed, np.inf, intercept)
    done = lower_envelope(intercept, slope, -3.0, 7.0)
    for row in range(6):
        kinks = done.kinks[row][~np.isnan(done.kinks[row])]
        winner = done.winner[row][done.winner[row] >= 0]
        assert len(winner) == len(kinks) + 1
        edges = np.array([-3.0, *kinks, 7.0])
        assert (np.diff(edges) > 0).all()
        assert (np.diff(slope[row, winner]) < 0).all()
        for piece, route in enumerate(winner):
            t = np.linspace(edges[piece], edges[piece + 1], 11)
            least = (intercept[row][:, None] + slope[row][:, None] * t).min(axis=0)
            own = intercept[row, route] + slope[row, route] * t
            np.testing.assert_allclose(own, least, atol=1e-9)
        at = intercept[row][:, None] + slope[row][:, None] * edges
        np.testing.assert_allclose(
            done.cost_at_kinks[row, : len(kinks)], at.min(0)[1:-1], atol=1e-9
        )
        np.testing.assert_allclose(done.cost_at_ends[row], at.min(0)[[0, -1]], atol=1e-9)


@many
@given(seeds, st.integers(2, 8), st.sampled_from([1.0, 1e-7]))
def test_lines_through_one_point_make_one_kink(random, routes, apart):
    """But for rounding, which moves the point where lines are all but parallel."""
    steps = np.tile(np.linspace(-1, 1, routes), (20, 1)) + random.uniform(0, 0.1, (20, routes))
    slope = 1.0 + random.permuted(steps, axis=1) * apart
    point = random.uniform(1, 9, (20, 1))
    done = lower_envelope(7.0 - slope * point, slope, 0.0, 10.0)
    if apart == 1.0:
        np.testing.assert_allclose(done.kinks, point, rtol=1e-12)
    kinks = np.where(np.isnan(done.kinks), np.inf, done.kinks)
    assert (kinks[:, 1:] >= kinks[:, :-1]).all()
    last = np.where(np.isnan(done.kinks), -np.inf, done.kinks).max(axis=1)
    np.testing.assert_allclose(last, point[:, 0], rtol=1e-5)


@many
@given(seeds)
def test_a_scenario_alone_has_the_envelope_that_it_has_among_others(random):
    intercept, slope = random.uniform(0, 20, (5, 6)), random.uniform(0, 2, (5, 6))
    whole = lower_envelope(intercept, slope, 0.0, 10.0)
    for row in range(5):
        one = lower_envelope(intercept[[row]], slope[[row]], 0.0, 10.0)
        count = one.kinks.shape[1]
        assert (one.kinks[0] == whole.kinks[row, :count]).all()
        assert np.isnan(whole.kinks[row, count:]).all()


# --- scores ----------------------------------------------------------------------------------


@many
@given(seeds, st.floats(0.1, 100), st.floats(-50, 50))
def test_scores_move_with_the_unit_and_not_with_the_zero(random, unit, zero):
    came, said = random.uniform(1, 2, 9), random.uniform(1, 2, 9)
    members = random.normal(size=(9, 12))
    for score in (scores.bias, scores.mae, scores.rmse):
        scaled = score(said * unit + zero, came * unit + zero)
        np.testing.assert_allclose(scaled, unit * score(said, came), rtol=1e-6, atol=1e-9)
    for score in (scores.mape, scores.wape):
        np.testing.assert_allclose(score(said * unit, came * unit), score(said, came), rtol=1e-9)
    for fair in (False, True):
        moved = scores.crps_ensemble(members * unit + zero, came * unit + zero, fair=fair)
        plain = scores.crps_ensemble(members, came, fair=fair)
        np.testing.assert_allclose(moved, unit * plain, rtol=1e-6, atol=1e-8)
    spread = random.uniform(0.1, 2, 9)
    moved = scores.crps_normal(said * unit + zero, spread * unit, came * unit + zero)
    np.testing.assert_allclose(moved, unit * scores.crps_normal(said, spread, came), rtol=1e-6)


@many
@given(seeds)
def test_no_score_is_better_than_that_of_the_truth(random):
    """A spread of 0 on what came scores 0; everything else scores more."""
    came, said = random.normal(size=5), random.normal(size=5)
    assert (scores.crps_normal(came, np.zeros(5), came) == 0).all()
    assert (scores.crps_normal(said, random.uniform(0.1, 2, 5), came) > 0).all()
    assert scores.mae(said, came) >= abs(scores.bias(said, came))
    assert scores.rmse(said, came) >= scores.mae(said, came) - 1e-12
