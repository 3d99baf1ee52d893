"""Response kernels against hand-computed cases of the methods."""

import numpy as np

from exposure.economy.jobs import exposed, per_unit, predicted
from exposure.model.draws import two_sided
from exposure.routes.choice import shares

ONE = np.zeros(2, dtype=np.int64)


def test_ces_two_equal_routes_one_doubles():
    """Shares 1/2, 1/2, one cost doubles, sigma 2 (elasticity 1): index 4/3, shares 1/3, 2/3."""
    new, index = shares(np.array([[2.0, 1.0]]), np.array([[0.5, 0.5]]), np.array([[1.0]]), ONE)
    np.testing.assert_allclose(index, [[4 / 3]])
    np.testing.assert_allclose(new, [[1 / 3, 2 / 3]])


def test_a_closed_route_stays_closed_and_shares_add_up():
    new, index = shares(
        np.array([[1.5, 0.2, 1.0]]),
        np.array([[0.7, 0.0, 0.3]]),
        np.array([[3.0]]),
        np.zeros(3, dtype=np.int64),
    )
    assert new[0, 1] == 0
    np.testing.assert_allclose(new.sum(), 1.0)
    assert 1.0 < index[0, 0] < 1.5


def test_no_change_changes_nothing():
    share = np.array([[0.25, 0.75]])
    new, index = shares(np.ones((1, 2)), share, np.array([[2.5]]), ONE)
    np.testing.assert_allclose(new, share)
    np.testing.assert_allclose(index, 1.0)


def test_a_market_without_volume_is_not_known():
    _, index = shares(np.ones((1, 2)), np.array([[np.nan, np.nan]]), np.array([[2.0]]), ONE)
    assert np.isnan(index).all()


def test_jobs_by_hand():
    """1,000 USD a unit x 100,000 units = 100 million USD at 8 jobs a million: 800 jobs; volume
    -10 % at elasticity 0.5: 800 * (sqrt(0.9) - 1) = -41.05."""
    work = per_unit(np.array([[1000.0]]), np.array([[8.0]]))
    at_work = exposed(work, np.array([[100_000.0]]))
    np.testing.assert_allclose(at_work, 800.0)
    lost = predicted(at_work, np.array([[0.9]]), np.array([[0.5]]))
    np.testing.assert_allclose(lost, 800 * (0.9**0.5 - 1))


def test_draws_have_their_median_and_stay_in_their_range():
    """Triangular on both sides of the median 2 of 1 to 6: mean (5/3 + 10/3) / 2."""
    uniform = np.random.default_rng(1).random((200_000, 1))
    drawn = two_sided(np.array([1.0]), np.array([2.0]), np.array([6.0]), uniform)
    assert drawn.min() >= 1.0
    assert drawn.max() <= 6.0
    assert abs((drawn < 2.0).mean() - 0.5) < 0.005
    assert abs(drawn.mean() - 2.5) < 0.01


def test_draws_of_zero_width_and_of_one_sided_ranges():
    uniform = np.array([[0.0], [0.5], [0.999]])
    assert (two_sided(*(np.array([2.0]),) * 3, uniform) == 2.0).all()
    left = two_sided(np.array([0.0]), np.array([0.0]), np.array([1.0]), uniform)
    assert left[0, 0] == 0.0
    assert left[1, 0] == 0.0
    assert 0.9 < left[2, 0] < 1.0
