"""Shapley, parity and scores: benchmark rows by hand."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from exposure.errors import DataError
from exposure.model.attribute import EXACT_UP_TO, shapley
from exposure.model.parity import lower_envelope
from exposure.validate.scores import (
    bias,
    coverage,
    crps_ensemble,
    crps_normal,
    interval_score,
    mae,
    mape,
    rmse,
    wape,
)
from tests.chains import chain


def near(found, *expected):
    np.testing.assert_allclose(np.ravel(found), expected, rtol=1e-12, atol=1e-12)


# --- attribution -----------------------------------------------------------------------------


def test_shp02_two_tariffs_on_one_another():
    """100 * 1.25 * 1.1: 25 (1 + 1.1) / 2 = 26.25 and 10 (1 + 1.25) / 2 = 11.25, together 37.5."""
    rates = np.array([0.25, 0.1])
    split = shapley(lambda force: 100 * (1 + rates * force).prod(axis=1), 2)
    near(split.parts, 26.25, 11.25)
    near(split.total, 37.5)
    assert (split.standard_error == 0).all()


def test_shap_1_and_route_1_of_the_second_file():
    """The file gives 54.375 of duty, 223.875 landed, and the parts 11.8125 and 42.5625, not the
    route. One that fits: 100 and 5 of freight at 10 % (10.5), then 60 more at 25 % of 175.5
    (43.875), and 4.5 of freight that pays no duty. Parts: 10.5 (1 + 0.25 / 2), and
    0.25 (165 + 10.5 / 2)."""
    rates = np.array([0.1, 0.25])

    def landed(force):
        # The freight of the first leg is part of its customs value: it stands with the goods.
        return chain([105, 60], rates * force).value[:, -1] + 4.5

    near(landed(np.array([[True, True]])), 223.875)
    split = shapley(landed, 2)
    near(split.parts, 11.8125, 42.5625)
    near(split.total, 54.375)


def test_a_value_of_many_numbers_is_split_number_by_number():
    gain = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
    split = shapley(lambda force: force @ gain, 3)
    np.testing.assert_allclose(split.parts, gain)
    np.testing.assert_allclose(split.total, [7.0, 70.0])


def test_above_twelve_orders_are_drawn():
    """Fourteen factors, value (sum of weights)^2: each weight gets weight * total."""
    weight = np.arange(1.0, 15.0)
    split = shapley(lambda force: (force @ weight) ** 2, len(weight), orders=2000, seed=3)
    assert len(weight) > EXACT_UP_TO
    near(split.parts.sum(), split.total)
    exact = weight * weight.sum()
    # An order and its reverse together give the exact part of a square: nothing is left to chance.
    np.testing.assert_allclose(split.parts, exact, rtol=1e-9)
    cubic = shapley(lambda force: (force @ weight) ** 3, len(weight), orders=2000, seed=3)
    assert (cubic.standard_error > 0).all()
    # A cube multiplied out: terms of one weight are its own, of two are halved, of three are cut in
    # three.
    first, second = weight.sum(), (weight**2).sum()
    pairs = weight**2 * (first - weight) + weight * (second - weight**2)
    triples = weight * ((first - weight) ** 2 - (second - weight**2))
    cube = weight**3 + 1.5 * pairs + triples
    near(cube.sum() / first**3, 1.0)
    assert (np.abs(cubic.parts - cube) < 5 * cubic.standard_error).all()


def test_splits_that_make_no_sense():
    with pytest.raises(DataError, match="nothing to split"):
        shapley(lambda force: force.sum(axis=1), 0)
    with pytest.raises(DataError, match="5 orders"):
        shapley(lambda force: force.sum(axis=1), 13, orders=5)
    with pytest.raises(DataError, match="4 coalitions"):
        shapley(lambda force: force.sum(axis=0), 2)


# --- parity ----------------------------------------------------------------------------------


def test_par01_three_routes():
    """10 + t and 12 + t / 2 meet at 4 (14), 12 + t / 2 and 15 at 6 (15)."""
    done = lower_envelope(np.array([[10.0, 12.0, 15.0]]), np.array([[1.0, 0.5, 0.0]]), 0.0, 10.0)
    assert done.winner.tolist() == [[0, 1, 2]]
    near(done.kinks, 4.0, 6.0)
    near(done.cost_at_kinks, 14.0, 15.0)
    near(done.cost_at_ends, 10.0, 15.0)
    near(done.nearest(np.array([5.5])), 6.0, 0.5)
    near(done.nearest(np.array([0.0])), 4.0, 4.0)


ROUTES = (
    # Parallel: the lower one throughout. Identical: the first. A tie at the left end: the flatter.
    ([11.0, 10.0, 12.0], [1.0, 1.0, 1.0], [1, -1, -1], []),
    ([10.0, 10.0, 10.0], [1.0, 1.0, 1.0], [0, -1, -1], []),
    ([10.0, 10.0, 20.0], [1.0, 0.5, 0.5], [1, -1, -1], []),
    # Three lines in one point: the middle one never wins alone.
    ([10.0, 12.0, 14.0], [1.0, 0.5, 0.0], [0, 2, -1], [4.0]),
    # One closed, one that crosses only at the right end.
    ([10.0, np.inf, 20.0], [1.0, 0.0, 0.0], [0, -1, -1], []),
    # Not known: the cheapest of an unknown is unknown.
    ([10.0, np.nan, 15.0], [1.0, 0.5, 0.0], [-1, -1, -1], None),
    ([10.0, 12.0, 15.0], [1.0, 0.5, 0.0], [0, 1, 2], [4.0, 6.0]),
)


def test_ties_parallels_twins_and_unknowns_side_by_side():
    intercept, slope = (np.array([case[n] for case in ROUTES]) for n in (0, 1))
    done = lower_envelope(intercept, slope, 0.0, 10.0)
    assert done.winner.tolist() == [case[2] for case in ROUTES]
    for row, case in enumerate(ROUTES):
        kinks = case[3] or []
        near(done.kinks[row], *(kinks + [np.nan] * (2 - len(kinks))))
        assert np.isnan(done.cost_at_ends[row]).all() == (case[3] is None)
    kink, distance = done.nearest(np.full(len(ROUTES), 5.0))
    near(kink, np.nan, np.nan, np.nan, 4.0, np.nan, np.nan, 4.0)
    near(distance[[3, 6]], -1.0, -1.0)


def test_one_route_has_no_kink():
    done = lower_envelope(np.array([[10.0]]), np.array([[1.0]]), 0.0, 10.0)
    assert done.winner.tolist() == [[0]]
    near(done.cost_at_ends, 10.0, 20.0)
    assert np.isnan(done.nearest(np.zeros(1))).all()


def test_envelopes_that_make_no_sense():
    with pytest.raises(DataError, match="from 1.0 to 1.0"):
        lower_envelope(np.ones((1, 1)), np.ones((1, 1)), 1.0, 1.0)
    with pytest.raises(DataError, match="scenario 2: no route is open"):
        lower_envelope(np.array([[1.0], [np.inf]]), np.ones((2, 1)), 0.0, 1.0)


# --- scores ----------------------------------------------------------------------------------

CAME, SAID = np.array([100.0, 80.0, 50.0]), np.array([110.0, 72.0, 50.0])
LOW, HIGH = np.array([95.0, 60.0, 51.0]), np.array([120.0, 85.0, 60.0])


def test_scr01_by_hand():
    """Errors 10, -8, 0: bias 2 / 3, MAE 6, MAPE (0.1 + 0.1) / 3, WAPE 18 / 230, RMSE sqrt(164 / 3).
    Intervals: two of three hold; (25 + 25 + 9 + 10 * 1) / 3 = 23."""
    near(bias(SAID, CAME), 2 / 3)
    near(mae(SAID, CAME), 6.0)
    near(mape(SAID, CAME), 0.2 / 3)
    near(wape(SAID, CAME), 18 / 230)
    near(rmse(SAID, CAME), np.sqrt(164 / 3))
    near(coverage(LOW, HIGH, CAME), 2 / 3)
    near(interval_score(LOW, HIGH, CAME, 0.8), 23.0)


def test_score_1_of_the_second_file():
    """The file gives the scores and not the cases. Bias 2.5, WAPE 3 / 35, RMSE sqrt 63 and MAPE 0.1
    fit four cases with errors 10, 10, -6, -4 on 50, 100, 120, 80: 10 / 4, 30 / 350, sqrt(252 / 4),
    (0.2 + 0.1 + 0.05 + 0.05) / 4. Its intervals cannot be told."""
    came = np.array([50.0, 100.0, 120.0, 80.0])
    said = came + np.array([10.0, 10.0, -6.0, -4.0])
    near(bias(said, came), 2.5)
    near(wape(said, came), 3 / 35)
    near(rmse(said, came), np.sqrt(63))
    near(mape(said, came), 0.1)


def test_an_outcome_of_0_and_an_unknown_one():
    came, said = np.array([[0.0, 10.0], [0.0, 0.0], [np.nan, 10.0]]), np.full((3, 2), 5.0)
    assert np.isnan(mape(said, came)).all()
    np.testing.assert_allclose(wape(said, came), [1.0, np.nan, np.nan])
    np.testing.assert_allclose(bias(said, came), [0.0, 5.0, np.nan])
    assert np.isnan(coverage(said - 1, said + 1, came)[2])


def test_intervals_miss_on_both_sides_and_hold_their_ends():
    """0 to 2 at 50 %: 0 and 2 lie within; -1 and 3 miss by 1, which costs 4 more than the 2."""
    low, high = np.zeros((4, 1)), np.full((4, 1), 2.0)
    came = np.array([[0.0], [2.0], [-1.0], [3.0]])
    near(coverage(low, high, came), 1, 1, 0, 0)
    near(interval_score(low, high, came, 0.5), 2, 2, 6, 6)


def test_intervals_that_make_no_sense():
    with pytest.raises(DataError, match="a level of 80"):
        interval_score(LOW, HIGH, CAME, 80)
    with pytest.raises(DataError, match="ends below its beginning"):
        interval_score(HIGH, LOW, CAME, 0.8)


def test_scr02_normal_at_its_middle():
    """2 phi(0) - 1 / sqrt(pi) = (sqrt 2 - 1) / sqrt(pi) = 0.23369."""
    near(crps_normal(*map(np.array, (0.0, 1.0, 0.0))), (np.sqrt(2) - 1) / np.sqrt(np.pi))
    near(crps_normal(*map(np.array, (3.0, 0.0, 5.0))), 2.0)


def test_normal_against_its_definition():
    """The integral of (F(x) - 1[x >= y])^2."""
    mean, spread, came = 1.0, 2.0, 4.0
    below = quad(lambda x: ndtr((x - mean) / spread) ** 2, -30, came)[0]
    above = quad(lambda x: (1 - ndtr((x - mean) / spread)) ** 2, came, 30)[0]
    score = crps_normal(*map(np.array, (mean, spread, came)))
    np.testing.assert_allclose(score, below + above, rtol=1e-7)


def test_ensembles_against_all_pairs():
    random = np.random.default_rng(5)
    members, came = random.normal(size=(4, 7)), random.normal(size=4)
    pairs = np.abs(members[:, :, None] - members[:, None, :]).sum(axis=(1, 2))
    error = np.abs(members - came[:, None]).mean(axis=1)
    near(crps_ensemble(members, came), *(error - pairs / (2 * 49)))
    near(crps_ensemble(members, came, fair=True), *(error - pairs / (2 * 42)))
    assert np.isnan(crps_ensemble(members[:, :1], came, fair=True)).all()


def test_the_fair_score_of_few_members_is_that_of_the_law():
    """Three members of the standard normal, outcome 0: on average 0.23369; the plain one is higher
    by the mean distance 2 / sqrt(pi) over twice three."""
    members = np.random.default_rng(11).normal(size=(200_000, 3))
    law = (np.sqrt(2) - 1) / np.sqrt(np.pi)
    assert abs(crps_ensemble(members, np.zeros(200_000), fair=True).mean() - law) < 0.005
    plain = crps_ensemble(members, np.zeros(200_000)).mean()
    assert abs(plain - law - 1 / (3 * np.sqrt(np.pi))) < 0.005
