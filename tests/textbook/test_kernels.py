"""Kernels of markets, sectors, plants and forecasts against hand-computed cases, and properties."""

import numpy as np
import pytest
from scipy import sparse

from exposure.economy import closure, jobs, quota, relocation, sectors
from exposure.errors import DataError
from exposure.model.attribute import EXACT, shapley
from exposure.model.parity import envelope
from exposure.validate import scores
from tests.textbook.rows import chain, deal, plant_close, route


def at(*values):
    return np.array(values, dtype=float)


# --- routes --------------------------------------------------------------------------------


def test_duty_on_duty_and_its_refund():
    """(100 * 1.1 + 50) * 1.2 = 192; with the first duty given back (100 + 50) * 1.2 = 180."""
    plain = route([{"add": 100, "rate": 0.1}, {"add": 50, "rate": 0.2}])
    assert plain["landed"] == pytest.approx(192)
    assert plain["duties"] == pytest.approx([10, 32])
    back = route([{"add": 100, "rate": 0.1, "drawback": 1.0}, {"add": 50, "rate": 0.2}])
    assert back["landed"] == pytest.approx(180)
    assert back["refund"] == pytest.approx(10)


def test_the_base_with_freight_and_without():
    """1,000 and 85 of freight at 10 %: 100 on FOB, 108.50 on CIF."""
    for cif, duty in ((False, 100.0), (True, 108.5)):
        _, found = chain([{"add": 1000, "rate": 0.1}], cif=cif, freight=0.085)
        assert found.duty[0, 0] == pytest.approx(duty)


# --- limits and duties on one market -------------------------------------------------------


def test_a_quota_and_its_duty_bring_the_same_on_any_demand():
    """D = 100 - 2P at 20, limited to 40: price 30. A duty of that gap brings 40; its revenue is the
    rent. The same on constant elasticity 1.5: (40/60)**(-1/1.5)."""
    for demand in (
        quota.line(100.0, 2.0),
        quota.Demand(lambda p: 60 * (p / 20) ** -1.5, lambda q: 20 * (q / 60) ** (-1 / 1.5)),
    ):
        found = quota.import_quota(demand, at(20.0), at(40.0))
        assert demand.volume(20.0 + found.equivalent_specific)[0] == pytest.approx(40.0)
        assert found.rent[0] == pytest.approx(found.equivalent_specific[0] * 40.0)
    free = quota.import_quota(quota.line(100.0, 2.0), at(20.0), at(70.0))
    assert not free.binding[0]
    assert free.rent[0] == 0
    assert free.volume[0] == 60.0


def test_tariff_rate_quota_in_its_three_regimes():
    """D = 100 - 2P, price 10, 10 % up to the quota and 200 % beyond: 78 at 11; a quota of 60 sets
    the price 20, rent 9 * 60; a quota of 30: 40 at 30, rent 19 * 30 and revenue 30 + 10 * 20."""
    found = quota.tariff_rate_quota(
        quota.line(100.0, 2.0), at(10.0), at(90.0, 60.0, 30.0), at(0.1), at(2.0)
    )
    np.testing.assert_allclose(found.price, [11, 20, 30])
    np.testing.assert_allclose(found.volume, [78, 60, 40])
    np.testing.assert_allclose(found.rent, [0, 540, 570])
    np.testing.assert_allclose(found.revenue, [78, 60, 230])
    assert found.regime.tolist() == [quota.IN_QUOTA, quota.AT_QUOTA, quota.OVER_QUOTA]


def test_a_large_country_shares_the_duty_and_its_books_balance():
    """What buyers lose is revenue they pay, and the half of the triangle on their side."""
    found = quota.linear_tariff((at(100.0), at(2.0)), (at(-20.0), at(2.0)), at(10.0))
    assert found.price_after[0] == 35.0
    assert found.pass_through[0] == 0.5
    paid = found.revenue - found.terms_of_trade_gain
    assert found.consumer_loss[0] == pytest.approx(float(paid[0]) + 5.0 * 10.0 / 2)


def test_a_small_country_with_plants_of_its_own():
    """D = 240 - 2P, S = 20 + P at 50 with 20 %: 60, imports 40, revenue 400; surplus -1,300 and
    +750, so that 150 is lost."""
    found = quota.small_country_tariff((at(240.0), at(2.0)), (at(20.0), at(1.0)), at(50.0), at(0.2))
    assert found.price[0] == 60.0
    assert found.imports[0] == 40.0
    assert found.revenue[0] == 400.0
    assert found.consumer[0] == -1300.0
    assert found.producer[0] == 750.0
    assert found.deadweight[0] == 150.0


def test_effective_protection_of_a_car_and_of_cloth():
    """10,000 with 5,000 of steel at 25 %: 50 % where steel is free, 30 % where it pays 20 %. Cloth
    of 0.3 yarn and 0.3 fibre at 25 % and a sixth on yarn: (0.25 - 0.05) / 0.4 = 50 %."""
    steel = quota.effective_protection(at(0.25, 0.25), np.full((2, 1), 0.5), at(0.0, 0.2)[:, None])
    np.testing.assert_allclose(steel, [0.5, 0.3])
    cloth = quota.effective_protection(at(0.25), np.array([[0.3, 0.3]]), np.array([[1 / 6, 0.0]]))
    assert cloth[0] == pytest.approx(0.5)


# --- sectors -------------------------------------------------------------------------------

A = np.array([[0.15, 0.25], [0.2, 0.05]])


@pytest.mark.parametrize("form", [np.array, sparse.csc_matrix])
def test_miller_and_blair_in_both_forms(form):
    """Final demand of 600 and 1,500 needs 1,247.52 and 1,841.58; |I - A| = 0.7575."""
    system = sectors.leontief(form(A))
    np.testing.assert_allclose(system.output(at(600, 1500)[None])[0], [1247.52, 1841.58], atol=0.01)
    np.testing.assert_allclose(system.price(at(0.65, 0.70)[None])[0], [1.0, 1.0], atol=1e-12)
    # Labour is 0.30 and 0.25 of cost and rises by 30 %.
    np.testing.assert_allclose(
        1 + system.price(0.3 * at(0.30, 0.25)[None])[0], [1.132673, 1.113861], atol=1e-6
    )


def test_output_and_price_are_dual_and_rows_are_apart():
    """v'x = p'f: what is added is what is sold. Three rows are three runs."""
    system = sectors.leontief(A)
    draws = np.random.default_rng(1)
    final, cost = draws.random((3, 2)), draws.random((3, 2))
    made, price = system.output(final), system.price(cost)
    np.testing.assert_allclose((cost * made).sum(axis=1), (price * final).sum(axis=1))
    np.testing.assert_allclose(system.output(final[[1]])[0], made[1], rtol=1e-14)


def test_an_economy_that_delivers_nothing_is_refused():
    for bad in (np.array([[0.6, 0.5], [0.5, 0.6]]), np.array([[-0.1]])):
        with pytest.raises(DataError, match="input coefficients"):
            sectors.leontief(bad)


def test_jobs_answer_to_output_and_wage():
    slope = jobs.own_wage_elasticity(at(0.4), at(0.5), at(1.5))
    assert slope[0] == pytest.approx(-0.9)
    lost = jobs.labour_demand(at(1000.0), at(-0.1), at(0.02), slope)
    assert lost[0] == pytest.approx(1000 * (np.exp(-0.118) - 1))


# --- plants --------------------------------------------------------------------------------


def test_a_plant_leaves_below_the_price_that_breaks_even():
    """Cost 9 a unit: the wandering price at which it leaves is 4.83, and falls as it wanders more."""
    found = plant_close(10, 8, 100, 100, 0.05, 0.0, 0.0, 0.0, 0.2)
    assert found["breakeven_price"][0] == 9.0
    assert found["exit_price"][0] == pytest.approx(4.830, abs=1e-3)
    numbers = (at(900.0), at(100.0), at(0.05))
    calm, wild = (closure.exit_price(*numbers, drift=at(0.0), spread=at(s))[0] for s in (0.02, 0.4))
    assert wild < found["exit_price"][0] < calm < 9.0


def test_moving_pays_while_the_tariff_lasts():
    """The closed form is the plain sum, and at the break-even chance it is 0."""
    for keep, tax in ((1.0, 0.0), (0.8, 0.21), (0.95, 0.3)):
        plain = -100 + sum(40 * (1 - tax) * keep**t / 1.1**t for t in range(1, 11))
        found = deal(100, 40, 10, 0.1, keep, tax)
        assert found["npv"][0] == pytest.approx(plain)
        even = deal(100, 40, 10, 0.1, float(found["breakeven_p"][0]), tax)["npv"][0]
        assert even == pytest.approx(0.0, abs=1e-9)
    never = relocation.breakeven_survival(at(1e6), at(1.0), at(5.0), at(0.1))
    assert np.isnan(never[0])
    assert relocation.annuity(at(7.0), at(0.0), at(1.0))[0] == 7.0


# --- who stands for what -------------------------------------------------------------------


def stacked(on):
    return 100 * np.prod(np.where(on, [1.25, 1.1], 1.0), axis=1)


def test_shapley_by_hand_and_by_its_axioms():
    """25 (1 + 1.1) / 2 = 26.25 and 10 (1 + 1.25) / 2 = 11.25, together 37.5."""
    np.testing.assert_allclose(shapley(stacked, 2).parts, [26.25, 11.25])
    weight = np.array([3.0, 0.0, 1.0, 1.0])

    def model(on):
        part = on @ weight
        return np.stack([part**2, part * on[:, 0]], axis=1)

    found = shapley(model, 4).parts
    whole = model(np.ones((1, 4), bool)) - model(np.zeros((1, 4), bool))
    np.testing.assert_allclose(found.sum(axis=0), whole[0])
    np.testing.assert_allclose(found[1], 0.0, atol=1e-12)  # plays no part
    np.testing.assert_allclose(found[2], found[3])  # alike
    order = np.array([2, 0, 3, 1])
    turned = shapley(lambda on: model(on[:, np.argsort(order)]), 4).parts
    np.testing.assert_allclose(turned, found[order])


def test_many_factors_are_drawn_and_still_add_up():
    weight = np.arange(1.0, EXACT + 4)
    found = shapley(lambda on: np.sqrt(on @ weight), len(weight), permutations=300, seed=2)
    assert found.parts.sum() == pytest.approx(np.sqrt(weight.sum()))
    assert (np.diff(found.parts) > -4 * found.error[1:]).all()
    assert (found.error > 0).all()
    flat = shapley(lambda on: on @ weight, len(weight), permutations=5)
    np.testing.assert_allclose(flat.parts, weight)


def test_the_cheapest_route_by_duty():
    """10 + t, 12 + t / 2 and 15: the first to 4, the second to 6, the third beyond."""
    found = envelope(at(10, 12, 15), at(1, 0.5, 0), 0.0, 10.0)
    np.testing.assert_allclose(found.kinks, [4, 6])
    assert found.winner.tolist() == [0, 1, 2]
    np.testing.assert_allclose(found.cost_at_ends, [10, 15])
    # Three lines through one point; one that is never cheapest; two that are the same.
    through = envelope(at(0, 2, 4, 9, 0), at(1, 0.5, 0, 0, 1), 0.0, 10.0)
    np.testing.assert_allclose(through.kinks, [4])
    assert through.winner.tolist() == [0, 2]
    alone = envelope(at(5.0), at(2.0), 0.0, 1.0)
    assert alone.winner.tolist() == [0]
    assert len(alone.kinks) == 0


def test_the_envelope_is_the_least_everywhere():
    draws = np.random.default_rng(4)
    for _ in range(30):
        fixed, slope = draws.uniform(0, 10, 6), draws.uniform(0, 3, 6)
        found = envelope(fixed, slope, 0.0, 5.0)
        for duty in np.linspace(0, 5, 101):
            place = int(np.searchsorted(found.kinks, duty))
            route = found.winner[place]
            least = (fixed + slope * duty).min()
            assert fixed[route] + slope[route] * duty == pytest.approx(least)


# --- forecasts -----------------------------------------------------------------------------


def test_scores_by_hand():
    """Errors 10, -8, 0 on 100, 80, 50; the third outcome lies 1 below its interval of 9: at 80 %
    its score is 9 + 10."""
    y, f = at(100, 80, 50), at(110, 72, 50)
    low, high = at(95, 60, 51), at(120, 85, 60)
    assert scores.bias(f, y) == pytest.approx(2 / 3)
    assert scores.mean_absolute_error(f, y) == 6.0
    assert scores.mape(f, y) == pytest.approx(20 / 3)
    assert scores.wape(f, y) == pytest.approx(100 * 18 / 230)
    assert scores.coverage(low, high, y) == pytest.approx(2 / 3)
    assert scores.interval_score(low, high, y, 0.8) == pytest.approx((25 + 25 + 19) / 3)
    assert scores.root_mean_square_error(f, y) == pytest.approx(np.sqrt(164 / 3))
    assert np.isnan(scores.mape(f, at(1, 0, 1)))


def test_crps_of_draws_is_that_of_their_law():
    """Closed form at the middle: 0.23369; of an ensemble the plain double sum."""
    draws = np.random.default_rng(5).normal(size=(400, 2))
    outcome = at(0.3, -1.0)
    plain = np.abs(draws - outcome).mean(axis=0) - np.abs(
        draws[:, None] - draws[None]
    ).sum(axis=(0, 1)) / (2 * 400**2)  # fmt: skip
    np.testing.assert_allclose(scores.crps_ensemble(draws, outcome), plain)
    fair = scores.crps_ensemble(draws, outcome, fair=True)
    assert (fair < plain).all()
    closed = scores.crps_normal(at(0, 0), at(1, 1), outcome)
    np.testing.assert_allclose(fair, closed, atol=0.05)
